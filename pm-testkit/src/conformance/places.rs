//! Where a task belongs: parents, sprints, people; references must lead somewhere.

use pm_provider::{Entity, ErrorKind, Field, NewTask, PMTask, ProjectId, SprintPatch, TaskPatch};
use serde_json::{Value, json};

use super::Subject;
use super::capable::NOWHERE;
use super::expect::{refused, same};
use super::items::{Place, only, unchanged, with};
use super::verdict::Outcome;

/// A reference to what is not there is refused, on create and on update, and changes nothing.
pub(super) async fn reference_must_lead_somewhere(subject: &Subject, entity: Entity, field: Field) -> Outcome {
    let unknown: Value = if field == Field::Assignees { json!([NOWHERE]) } else { json!(NOWHERE) };
    subject.requires_on_create(entity, field, unknown.clone()).await?;
    let least = subject.least(entity).await?;
    let answer = subject.create_json(entity, with(least.clone(), field.word(), unknown.clone())).await;
    refused(&format!("a new {entity} with an unknown `{field}`"), ErrorKind::InvalidInput, answer)?;
    if !subject.can(entity).field(field).on_update.is_possible() {
        return Ok(());
    }
    let before = subject.create_json(entity, least).await?;
    let place = Place::of(entity, &before);
    let answer = subject.update_json(&place, only(field.word(), unknown)).await;
    refused(&format!("an unknown `{field}` of a {entity}"), ErrorKind::InvalidInput, answer)?;
    unchanged("after a refused change", &before, &subject.get_json(&place).await?, &[])
}

async fn family(subject: &Subject) -> Outcome<(ProjectId, PMTask)> {
    subject.requires_on_create(Entity::Task, Field::ParentTaskId, json!(NOWHERE)).await?;
    subject.requires_on_update(Entity::Task, Field::ParentTaskId, json!(NOWHERE)).await?;
    let project = subject.own_project().await?;
    let top = subject.task(&project, "top").await?;
    Ok((project, top))
}

/// A task is not its own parent.
pub(super) async fn no_task_is_its_own_parent(subject: &Subject) -> Outcome {
    let (_, top) = family(subject).await?;
    let answer = subject.provider.update_task(&top.id, TaskPatch::new().parent_task_id(&top.id)).await;
    refused("a task as its own parent", ErrorKind::InvalidInput, answer)?;
    same("the parent", &None, &subject.provider.get_task(&top.id).await?.parent_task_id)
}

/// A task is not put below its own child or grandchild.
pub(super) async fn no_circles_of_parents(subject: &Subject) -> Outcome {
    subject.requires_on_create(Entity::Task, Field::ParentTaskId, json!(NOWHERE)).await?;
    subject.requires_on_update(Entity::Task, Field::ParentTaskId, json!(NOWHERE)).await?;
    let project = subject.own_project().await?;
    let ranks = subject.ranks_for_circle(&project).await?;
    let titles = &["top", "child", "grandchild"][..ranks.count()];
    let line = subject.line_of(&ranks, &project, titles).await?;
    let top = &line[0];
    for below in &line[1..] {
        let answer = subject.provider.update_task(&top.id, TaskPatch::new().parent_task_id(&below.id)).await;
        refused("a parent from below", ErrorKind::InvalidInput, answer)?;
    }
    same("the parent", &None, &subject.provider.get_task(&top.id).await?.parent_task_id)?;
    // A grandchild of a type that stands below the child's type alone stays where it is.
    let Some(low) = line.get(2) else { return Ok(()) };
    let schema = subject.schema(&project).await?;
    if !ranks.fits(&schema, 2, 0) {
        return Ok(());
    }
    subject.provider.update_task(&low.id, TaskPatch::new().parent_task_id(&top.id)).await?;
    same("the parent", &Some(top.id.clone()), &subject.provider.get_task(&low.id).await?.parent_task_id)
}

/// A parent is a task of the same project.
pub(super) async fn parents_are_of_the_same_project(subject: &Subject) -> Outcome {
    let (project, top) = family(subject).await?;
    let other = subject.other_project().await?;
    let stranger = subject.task(&other, "elsewhere").await?;
    let answer = subject.create_task(NewTask::new(&other, "child").parent_task_id(&top.id)).await;
    refused("a new task below a task of another project", ErrorKind::InvalidInput, answer)?;
    let task = subject.task(&project, "here").await?;
    let answer = subject.provider.update_task(&task.id, TaskPatch::new().parent_task_id(&stranger.id)).await;
    refused("a parent of another project", ErrorKind::InvalidInput, answer)?;
    same("the parent", &None, &subject.provider.get_task(&task.id).await?.parent_task_id)
}

/// A sprint is one of the same project.
pub(super) async fn sprints_are_of_the_same_project(subject: &Subject) -> Outcome {
    subject.requires_on_create(Entity::Task, Field::SprintId, json!(NOWHERE)).await?;
    let project = subject.own_project().await?;
    let sprint = subject.sprint(&project, "here").await?;
    let other = subject.other_project().await?;
    let answer = subject.create_task(NewTask::new(&other, "planned").sprint_id(&sprint.id)).await;
    refused("a new task in a sprint of another project", ErrorKind::InvalidInput, answer)?;
    subject.requires_on_update(Entity::Task, Field::SprintId, json!(NOWHERE)).await?;
    let task = subject.task(&other, "planned").await?;
    let answer = subject.provider.update_task(&task.id, TaskPatch::new().sprint_id(&sprint.id)).await;
    refused("a sprint of another project", ErrorKind::InvalidInput, answer)?;
    same("the sprint", &None, &subject.provider.get_task(&task.id).await?.sprint_id)
}

/// A change of a sprint leaves its tasks in it.
pub(super) async fn tasks_stay_in_a_changed_sprint(subject: &Subject) -> Outcome {
    subject.requires_on_create(Entity::Task, Field::SprintId, json!(NOWHERE)).await?;
    let project = subject.own_project().await?;
    let sprint = subject.sprint(&project, "before").await?;
    let task = subject.create_task(NewTask::new(&project, "planned").sprint_id(&sprint.id)).await?;
    subject.provider.update_sprint(&sprint.id, SprintPatch::new().name("after")).await?;
    let read = subject.provider.get_task(&task.id).await?;
    same("the sprint", &Some(sprint.id), &read.sprint_id)?;
    same("the version of the task", &task.version, &read.version)
}
