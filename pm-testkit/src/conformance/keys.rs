//! Keys: unique, and found in any case.

use std::collections::BTreeSet;

use pm_provider::{
    Entity, Error, ErrorKind, Field, Filter, NewProject, ProjectPatch, ProjectQuery, SprintQuery, TaskQuery,
};
use serde_json::json;

use super::Subject;
use super::capable::{must, unsupported};
use super::expect::{done, ensure, refused, same};
use super::fixture::project_key;
use super::verdict::Outcome;

/// The key of a project is unique, whatever its case.
pub(super) async fn project_keys_are_unique(subject: &Subject) -> Outcome {
    subject.requires_on_create(Entity::Project, Field::Key, json!("KEY")).await?;
    let key = project_key();
    subject.create_project(NewProject::new("first").key(key.clone())).await?;
    for again in [key.clone(), key.to_lowercase()] {
        let answer = subject.create_project(NewProject::new("second").key(again)).await;
        refused("a project key that is taken", ErrorKind::Conflict, answer)?;
    }
    subject.requires_on_update(Entity::Project, Field::Key, json!("KEY")).await?;
    let other = subject.create_project(NewProject::new("second").key(project_key())).await?;
    let answer = subject.provider.update_project(&other.id, ProjectPatch::new().key(key)).await;
    refused("a change to a project key that is taken", ErrorKind::Conflict, answer)?;
    same("the key", &other.key, &subject.provider.get_project(&other.id).await?.key)
}

/// Projects that are created without keys get keys of their own, even if they have the same name; where names are unique
/// as well, even if their words begin alike.
pub(super) async fn keys_are_made_up(subject: &Subject) -> Outcome {
    if !subject.can(Entity::Project).field(Field::Key).readable.is_possible() {
        return unsupported("keys of projects");
    }
    subject.requires(Entity::Project, pm_provider::Operation::Create).await?;
    let mut keys = BTreeSet::new();
    for last in ["Conformance", "Confidence", "Contents", "Controls"] {
        let mut answer = subject.create_project(NewProject::new("Website Relaunch Conformance")).await;
        let is_taken = |error: &Error| {
            error.kind() == ErrorKind::Conflict && error.field_errors().iter().any(|wrong| wrong.field == Field::Name)
        };
        if answer.as_ref().is_err_and(is_taken) {
            answer = subject.create_project(NewProject::new(format!("Website Relaunch {last}"))).await;
        }
        let project = done("creating a project without a key", answer)?;
        let key = must("a key that the backend makes", project.key)?;
        ensure(keys.insert(key.to_lowercase()), "a key of its own", key)?;
    }
    Ok(())
}

/// The keys of tasks are unique, and not given again after a task is deleted.
pub(super) async fn task_keys_are_unique(subject: &Subject) -> Outcome {
    if !subject.can(Entity::Task).field(Field::Key).readable.is_possible() {
        return unsupported("keys of tasks");
    }
    let project = subject.own_project().await?;
    let tasks = subject.tasks(&project, 3).await?;
    if has_no_keys(subject, &tasks) {
        return unsupported("keys of tasks in such a project");
    }
    if subject.provider.capabilities().can(Entity::Task, pm_provider::Operation::Delete) {
        subject.provider.delete_task(&tasks[2].id, pm_provider::DeleteOptions::new()).await?;
    }
    let more = subject.tasks(&project, 2).await?;
    let keys: Vec<_> = tasks.iter().chain(&more).filter_map(|task| task.key.clone()).collect();
    let distinct: BTreeSet<_> = keys.iter().collect();
    same("the number of different keys", &5, &distinct.len())
}

/// Whether keys depend on the project, and tasks of this one have none: drafts, say.
fn has_no_keys(subject: &Subject, tasks: &[pm_provider::PMTask]) -> bool {
    let depends = subject.can(Entity::Task).field(Field::Key).depends_on_project();
    depends && tasks.iter().all(|task| task.key.is_none())
}

/// The key of a project finds it in any case, and nothing else.
pub(super) async fn project_by_key(subject: &Subject) -> Outcome {
    subject.requires_filter(Entity::Project, Filter::Key).await?;
    let project = subject.own_project().await?;
    let key = must("the key of a project", subject.provider.get_project(&project).await?.key)?;
    subject.settled().await;
    for key in [key.clone(), key.to_lowercase(), key.to_uppercase()] {
        let found = subject.list_projects(&ProjectQuery::new().key(key.clone())).await?;
        same(&format!("projects with key {key}"), &vec![&project], &found.iter().map(|found| &found.id).collect())?;
    }
    let none = subject.list_projects(&ProjectQuery::new().key("CONFORMANCENOSUCHKEY")).await?;
    same("projects with a key that nobody has", &0, &none.len())
}

/// The key of a task finds it in any case, and nothing else.
pub(super) async fn task_by_key(subject: &Subject) -> Outcome {
    subject.requires_filter(Entity::Task, Filter::Key).await?;
    let project = subject.own_project().await?;
    let tasks = subject.tasks(&project, 3).await?;
    if has_no_keys(subject, &tasks) {
        return unsupported("keys of tasks in such a project");
    }
    let key = must("the key of a task", tasks[1].key.clone())?;
    for key in [key.clone(), key.to_lowercase(), key.to_uppercase()] {
        let found = subject.task_ids(&TaskQuery::new().key(key.clone())).await?;
        same(&format!("tasks with key {key}"), &vec![tasks[1].id.clone()], &found)?;
    }
    let none = subject.task_ids(&TaskQuery::in_project(&project).key("CONFORMANCENOSUCHKEY-1")).await?;
    same("tasks with a key that nobody has", &0, &none.len())
}

/// The key of a sprint finds it in any case, and nothing else.
pub(super) async fn sprint_by_key(subject: &Subject) -> Outcome {
    subject.requires_filter(Entity::Sprint, Filter::Key).await?;
    let project = subject.own_project().await?;
    let sprint = subject.sprint(&project, "one").await?;
    subject.sprint(&project, "two").await?;
    subject.settled().await;
    let key = must("the key of a sprint", sprint.key)?;
    for key in [key.clone(), key.to_lowercase(), key.to_uppercase()] {
        let found = subject.list_sprints(&SprintQuery::new().key(key.clone())).await?;
        same(&format!("sprints with key {key}"), &vec![&sprint.id], &found.iter().map(|found| &found.id).collect())?;
    }
    Ok(())
}
