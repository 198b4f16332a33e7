//! Deleting: what has contents is refused unless they are taken along.

use pm_provider::{
    CommentQuery, DeleteOptions, Entity, ErrorKind, Field, NewComment, NewTask, Operation, ProjectId, TaskId, TaskQuery,
};
use serde_json::json;

use super::Subject;
use super::capable::NOWHERE;
use super::expect::{done, ensure, refused, same};
use super::items::Place;
use super::verdict::Outcome;

/// What was deleted is not found any more: by get, by update, by a second delete.
pub(super) async fn gone_is_gone(subject: &Subject, entity: Entity) -> Outcome {
    subject.requires(entity, Operation::Delete).await?;
    let (place, _) = subject.least_item(entity).await?;
    done(&format!("deleting a {entity}"), subject.delete_item(&place, DeleteOptions::new()).await)?;
    refused(&format!("getting a deleted {entity}"), ErrorKind::NotFound, subject.get_json(&place).await)?;
    let again = subject.delete_item(&place, DeleteOptions::new()).await;
    refused(&format!("deleting a {entity} twice"), ErrorKind::NotFound, again)?;
    subject.requires(entity, Operation::Update).await?;
    let patch = super::items::only(super::items::text_field(entity).word(), json!("anything"));
    refused(&format!("changing a deleted {entity}"), ErrorKind::NotFound, subject.update_json(&place, patch).await)
        .map(drop)
}

/// Deleting one item leaves the others.
pub(super) async fn others_stay(subject: &Subject) -> Outcome {
    subject.requires(Entity::Task, Operation::Delete).await?;
    let project = subject.own_project().await?;
    let tasks = subject.tasks(&project, 3).await?;
    subject.provider.delete_task(&tasks[1].id, DeleteOptions::new()).await?;
    subject.settled().await;
    let stayed = subject.task_ids(&TaskQuery::in_project(&project)).await?;
    same("the tasks that stay", &vec![tasks[0].id.clone(), tasks[2].id.clone()], &stayed)
}

async fn family(subject: &Subject) -> Outcome<(ProjectId, [TaskId; 3])> {
    subject.requires(Entity::Task, Operation::Delete).await?;
    subject.requires_on_create(Entity::Task, Field::ParentTaskId, json!(NOWHERE)).await?;
    let project = subject.own_project().await?;
    let line = subject.line(&project, &["top", "child", "low"]).await?;
    let family = [0, 1, 2].map(|rank| line[rank].id.clone());
    Ok((project, family))
}

/// A task with children is refused, and all of them stay.
pub(super) async fn task_with_children_is_refused(subject: &Subject) -> Outcome {
    let (project, family) = family(subject).await?;
    let answer = subject.provider.delete_task(&family[0], DeleteOptions::new()).await;
    refused("deleting a task with children", ErrorKind::Conflict, answer)?;
    subject.settled().await;
    same("the family", &family.to_vec(), &subject.task_ids(&TaskQuery::in_project(&project)).await?)
}

/// A task takes children and grandchildren along when it is told to.
pub(super) async fn task_takes_children_along(subject: &Subject) -> Outcome {
    subject.requires_contents(Entity::Task).await?;
    let (project, family) = family(subject).await?;
    let bystander = subject.task(&project, "bystander").await?.id;
    let answer = subject.provider.delete_task(&family[0], DeleteOptions::with_contents()).await;
    done("deleting a task with its children", answer)?;
    for id in &family {
        refused("getting one of the deleted family", ErrorKind::NotFound, subject.provider.get_task(id).await)?;
    }
    subject.settled().await;
    same("what stays", &vec![bystander], &subject.task_ids(&TaskQuery::in_project(&project)).await?)
}

/// A project that is not empty is refused, and stays as it is.
pub(super) async fn project_with_contents_is_refused(subject: &Subject, contents: Entity) -> Outcome {
    subject.requires(Entity::Project, Operation::Delete).await?;
    let project = subject.other_project().await?;
    let place = match contents {
        Entity::Sprint => Place::new(contents, subject.sprint(&project, "inside").await?.id.as_str()),
        _ => Place::new(contents, subject.task(&project, "inside").await?.id.as_str()),
    };
    let answer = subject.provider.delete_project(&project, DeleteOptions::new()).await;
    refused(&format!("deleting a project with a {contents}"), ErrorKind::Conflict, answer)?;
    done("getting the project", subject.provider.get_project(&project).await)?;
    done(&format!("getting the {contents}"), subject.get_json(&place).await).map(drop)
}

/// A project takes its tasks and sprints along when it is told to, and no listing shows them any more.
pub(super) async fn project_takes_contents_along(subject: &Subject) -> Outcome {
    subject.requires_contents(Entity::Project).await?;
    let project = subject.other_project().await?;
    let task = subject.task(&project, "inside").await?.id;
    if subject.can(Entity::Task).field(Field::ParentTaskId).on_create.is_possible() {
        subject.create_task(NewTask::new(&project, "child").parent_task_id(&task)).await?;
    }
    let sprints = subject.provider.capabilities().can(Entity::Sprint, Operation::Create);
    let sprint = if sprints { Some(subject.sprint(&project, "inside").await?.id) } else { None };
    let answer = subject.provider.delete_project(&project, DeleteOptions::with_contents()).await;
    done("deleting a project with its contents", answer)?;
    refused("getting the project", ErrorKind::NotFound, subject.provider.get_project(&project).await)?;
    refused("getting its task", ErrorKind::NotFound, subject.provider.get_task(&task).await)?;
    if let Some(sprint) = sprint {
        refused("getting its sprint", ErrorKind::NotFound, subject.provider.get_sprint(&sprint).await)?;
    }
    subject.settled().await;
    match subject.provider.tasks_page(&TaskQuery::in_project(&project), None).await {
        Ok(page) => same("the tasks of a deleted project", &0, &page.items.len()),
        Err(error) => same("the error", &ErrorKind::NotFound, &error.kind()),
    }
}

/// An empty project is deleted without further ado.
pub(super) async fn empty_project_is_deleted(subject: &Subject) -> Outcome {
    subject.requires(Entity::Project, Operation::Delete).await?;
    let project = subject.other_project().await?;
    done("deleting an empty project", subject.provider.delete_project(&project, DeleteOptions::new()).await)?;
    subject.settled().await;
    let listed = subject.list_projects(&pm_provider::ProjectQuery::new()).await?;
    ensure(listed.iter().all(|listed| listed.id != project), "no deleted project in the listing", &project)
}

/// The tasks of a deleted sprint stay, without a sprint, and so do those of other sprints.
pub(super) async fn tasks_of_a_deleted_sprint_stay(subject: &Subject) -> Outcome {
    subject.requires(Entity::Sprint, Operation::Delete).await?;
    subject.requires_on_create(Entity::Task, Field::SprintId, json!(NOWHERE)).await?;
    let project = subject.own_project().await?;
    let (going, staying) = (subject.sprint(&project, "going").await?, subject.sprint(&project, "staying").await?);
    let freed = subject.create_task(NewTask::new(&project, "freed").sprint_id(&going.id)).await?;
    let other = subject.create_task(NewTask::new(&project, "other").sprint_id(&staying.id)).await?;
    done("deleting a sprint with tasks", subject.provider.delete_sprint(&going.id, DeleteOptions::new()).await)?;
    let read = done("getting a task of a deleted sprint", subject.provider.get_task(&freed.id).await)?;
    same("its sprint", &None, &read.sprint_id)?;
    let locked = subject.can(Entity::Task).optimistic_lock;
    ensure(!locked || read.version != freed.version, "a new version of the freed task", &read.version)?;
    same("the sprint of the other task", &Some(staying.id), &subject.provider.get_task(&other.id).await?.sprint_id)
}

/// The comments of a deleted task are gone with it.
pub(super) async fn comments_go_with_their_task(subject: &Subject) -> Outcome {
    let comments = subject.comments()?;
    subject.requires(Entity::Task, Operation::Delete).await?;
    subject.requires(Entity::Comment, Operation::Create).await?;
    let project = subject.own_project().await?;
    let task = subject.task(&project, "talked about").await?.id;
    let comment = comments.create_comment(NewComment::new(&task, "a word")).await?;
    done("deleting a task with comments", subject.provider.delete_task(&task, DeleteOptions::new()).await)?;
    refused("getting its comment", ErrorKind::NotFound, comments.get_comment(&task, &comment.id).await)?;
    let answer = comments.comments_page(&CommentQuery::of_task(&task), None).await;
    refused("listing its comments", ErrorKind::NotFound, answer).map(drop)
}
