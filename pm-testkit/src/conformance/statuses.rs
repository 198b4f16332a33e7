//! Statuses and priorities: written by category, name, id or a bare word; never guessed.

use pm_provider::{
    Entity, ErrorKind, Field, Native, NewTask, Operation, PMTask, PriorityLevel, PriorityRef, ProjectId,
    ProjectStatusCategory, SprintStatusCategory, Status, StatusCategory, StatusRef, TaskPatch, Vocabulary,
};
use serde_json::{Value, json};

use super::Subject;
use super::capable::{must, unsupported};
use super::expect::{done, ensure, refused, same};
use super::items::{Place, only};
use super::verdict::Outcome;

/// A task whose status can be changed, and what its project accepts.
async fn task_with_choices(subject: &Subject) -> Outcome<(PMTask, ProjectId, Vec<Status>)> {
    subject.requires_on_update(Entity::Task, Field::Status, json!({ "category": "done" })).await?;
    let project = subject.own_project().await?;
    let task = subject.task(&project, "on its way").await?;
    let statuses = subject.schema(&project).await?.statuses.clone();
    ensure(!statuses.is_empty(), "statuses in the schema of a project", &statuses)?;
    Ok((task, project, statuses))
}

async fn set(subject: &Subject, task: &PMTask, status: StatusRef) -> Outcome<Status> {
    let what = format!("setting a status to {status}");
    let answered = done(&what, subject.provider.update_task(&task.id, TaskPatch::new().status(status)).await)?;
    let read = subject.provider.get_task(&task.id).await?;
    same(&format!("the status in the answer to {what}"), &read.status, &answered.status)?;
    Ok(read.status)
}

/// Every category that the project has a status for can be asked for, and gives a status of that category.
pub(super) async fn by_category(subject: &Subject) -> Outcome {
    let (task, _, statuses) = task_with_choices(subject).await?;
    for category in StatusCategory::ALL.iter().filter(|category| category.is_writable()) {
        let choices: Vec<_> = statuses.iter().filter(|status| status.category == *category).collect();
        let [_] = choices.as_slice() else { continue };
        let shown = set(subject, &task, (*category).into()).await?;
        same("the category", category, &shown.category)?;
    }
    Ok(())
}

/// Every status of the schema can be asked for by its name, and is shown under that name.
pub(super) async fn by_name(subject: &Subject) -> Outcome {
    let (task, _, statuses) = task_with_choices(subject).await?;
    for status in &statuses {
        let shown = set(subject, &task, StatusRef::Name(status.name.clone())).await?;
        same("the status", status, &shown)?;
    }
    Ok(())
}

/// A name is found in another case, where that leaves no doubt.
pub(super) async fn by_name_in_any_case(subject: &Subject) -> Outcome {
    let (task, _, statuses) = task_with_choices(subject).await?;
    for status in &statuses {
        let alike = statuses.iter().filter(|other| other.name.to_lowercase() == status.name.to_lowercase());
        if alike.count() > 1 {
            continue;
        }
        for name in [status.name.to_uppercase(), status.name.to_lowercase()] {
            let shown = set(subject, &task, StatusRef::Name(name)).await?;
            same("the status", status, &shown)?;
        }
    }
    Ok(())
}

/// A status with an id can be asked for by it.
pub(super) async fn by_id(subject: &Subject) -> Outcome {
    let (task, _, statuses) = task_with_choices(subject).await?;
    let unknown = TaskPatch::new().status(StatusRef::Id("conformance-no-such-id".to_owned()));
    let answer = subject.provider.update_task(&task.id, unknown).await;
    refused("a status by an id that is not there", ErrorKind::InvalidInput, answer)?;
    for status in &statuses {
        let Some(id) = status.id.clone() else { continue };
        same("the status", status, &set(subject, &task, StatusRef::Id(id)).await?)?;
    }
    Ok(())
}

/// A bare word is a native name, else a category; `{"status": "completed"}` is a patch of a task.
pub(super) async fn by_bare_word(subject: &Subject) -> Outcome {
    let (task, _, statuses) = task_with_choices(subject).await?;
    let named = must("a status", statuses.first())?;
    same("the status", named, &set(subject, &task, named.name.as_str().into()).await?)?;
    for (word, category) in [("completed", StatusCategory::Done), ("in progress", StatusCategory::InProgress)] {
        if statuses.iter().filter(|status| status.category == category).count() != 1 {
            continue;
        }
        let patch: TaskPatch = serde_json::from_value(json!({ "status": word }))?;
        done(&format!("the patch {word:?}"), subject.provider.update_task(&task.id, patch).await)?;
        let shown = subject.provider.get_task(&task.id).await?.status;
        same(&format!("the category for {word:?}"), &category, &shown.category)?;
    }
    Ok(())
}

/// A word that is neither is refused with the choices, and changes nothing.
pub(super) async fn unknown_word_lists_the_choices(subject: &Subject) -> Outcome {
    let (task, project, statuses) = task_with_choices(subject).await?;
    let wanted = StatusRef::from("conformance-no-such-status");
    let patched = subject.provider.update_task(&task.id, TaskPatch::new().status(wanted.clone())).await;
    let created = subject.create_task(NewTask::new(&project, "never made").status(wanted)).await;
    for answer in [patched, created] {
        let error = refused("an unknown status", ErrorKind::InvalidInput, answer)?;
        let text = error.to_string();
        let missing = statuses.iter().find(|status| !text.contains(&status.name));
        ensure(missing.is_none(), format!("an error that lists every status, {missing:?} too"), &text)?;
    }
    same("the status", &task.status, &subject.provider.get_task(&task.id).await?.status)
}

/// `unknown` is only ever read: nobody can ask for it.
pub(super) async fn unknown_category_is_refused(subject: &Subject) -> Outcome {
    let (task, ..) = task_with_choices(subject).await?;
    let patch = TaskPatch::new().status(StatusCategory::Unknown);
    let answer = subject.provider.update_task(&task.id, patch).await;
    refused("the status `unknown`", ErrorKind::InvalidInput, answer).map(drop)
}

/// A status that was read can be written back, and changes nothing.
pub(super) async fn read_status_is_written_back(subject: &Subject) -> Outcome {
    let (task, _, statuses) = task_with_choices(subject).await?;
    for status in &statuses {
        let shown = set(subject, &task, status.into()).await?;
        same("the status", status, &shown)?;
        same("the status", &shown, &set(subject, &task, (&shown).into()).await?)?;
    }
    Ok(())
}

/// A status from another system: the same name where names are open or there is one, else the category.
pub(super) async fn copied_status_keeps_its_category(subject: &Subject) -> Outcome {
    let (task, project, statuses) = task_with_choices(subject).await?;
    let category = must("a status", statuses.first())?.category;
    if statuses.iter().filter(|status| status.category == category).count() != 1 || !category.is_writable() {
        return unsupported("one status of a category");
    }
    let foreign = StatusRef::Like { name: "Überprüfung läuft".to_owned(), category };
    let shown = set(subject, &task, foreign).await?;
    same("the category of a copied status", &category, &shown.category)?;
    if subject.schema(&project).await?.open_vocabulary {
        same("the name of a copied status", "Überprüfung läuft", shown.name.as_str())?;
    }
    Ok(())
}

/// Priorities go by level, name and bare word; an unknown word is refused with the choices.
pub(super) async fn priorities(subject: &Subject) -> Outcome {
    subject.requires_on_update(Entity::Task, Field::Priority, json!({ "level": "high" })).await?;
    let project = subject.own_project().await?;
    let task = subject.task(&project, "pressing").await?;
    let choices = subject.schema(&project).await?.priorities.clone();
    ensure(!choices.is_empty(), "priorities in the schema of a project", &choices)?;
    for priority in &choices {
        let mut wanted = vec![PriorityRef::Name(priority.name.clone()), priority.name.to_uppercase().as_str().into()];
        if choices.iter().filter(|other| other.level == priority.level).count() == 1 && priority.level.is_writable() {
            wanted.push(priority.level.into());
        }
        for wanted in wanted {
            let what = format!("the priority {wanted}");
            done(&what, subject.provider.update_task(&task.id, TaskPatch::new().priority(wanted)).await)?;
            let shown = subject.provider.get_task(&task.id).await?.priority;
            same(&what, &Some(priority), &shown.as_ref())?;
        }
    }
    let patch = TaskPatch::new().priority("conformance-no-such-priority");
    let error =
        refused("an unknown priority", ErrorKind::InvalidInput, subject.provider.update_task(&task.id, patch).await)?;
    let missing = choices.iter().find(|choice| !error.to_string().contains(choice.name()));
    ensure(missing.is_none(), format!("an error that lists every priority, {missing:?} too"), error.to_string())?;
    let patch = TaskPatch::new().priority(PriorityLevel::Unknown);
    refused("the priority `unknown`", ErrorKind::InvalidInput, subject.provider.update_task(&task.id, patch).await)
        .map(drop)
}

/// `{"status": "active"}` is a patch of a sprint and of a project.
pub(super) async fn active_is_a_patch(subject: &Subject, entity: Entity) -> Outcome {
    subject.requires_on_update(entity, Field::Status, json!("active")).await?;
    let least = subject.ready(entity, subject.least(entity).await?);
    let item = subject.create_json(entity, least.clone()).await?;
    let mut place = Place::of(entity, &item);
    let there = subject.categories_of(entity, &item).await?;
    for (word, category) in [("COMPLETED", "completed"), ("planned", "planned"), ("active", "active")] {
        if !there.contains(&category) {
            continue;
        }
        let mut answered = subject.update_json(&place, only("status", json!(word))).await;
        // What is over may stay so, if it says that; a new item can become anything.
        if entity == Entity::Sprint && matches!(&answered, Err(error) if error.kind() == ErrorKind::Conflict) {
            let kept = subject.get_json(&place).await?;
            same("the category after a refusal", &json!("completed"), &kept["status"]["category"])?;
            let another = subject.create_json(entity, subject.another(entity, &least)).await?;
            place = Place::of(entity, &another);
            answered = subject.update_json(&place, only("status", json!(word))).await;
        }
        done(&format!("the status {word:?} of a {entity}"), answered)?;
        let shown = subject.get_json(&place).await?;
        same(&format!("the category for {word:?}"), &json!(category), &shown["status"]["category"])?;
    }
    let before = subject.get_json(&place).await?;
    ensure(there.contains(&"active"), format!("an active {entity}"), &there)?;
    let answer = subject.update_json(&place, only("status", json!("conformance-no-such-status"))).await;
    refused(&format!("an unknown status of a {entity}"), ErrorKind::InvalidInput, answer)?;
    same("the status", &before["status"], &subject.get_json(&place).await?["status"])
}

/// The schema of a project names its project, and no status or priority twice.
pub(super) async fn schema_lists_choices(subject: &Subject) -> Outcome {
    let project = subject.own_project().await?;
    let schema = subject.schema(&project).await?;
    same("the project of the schema", &project, &schema.project)?;
    let names: Vec<_> = schema.statuses.iter().map(|status| status.name.as_str()).collect();
    let priorities: Vec<_> = schema.priorities.iter().map(|priority| priority.name.as_str()).collect();
    ensure(!names.is_empty(), "statuses of tasks in the schema", &schema)?;
    for names in [names, priorities] {
        let distinct: std::collections::BTreeSet<_> = names.iter().collect();
        ensure(distinct.len() == names.len(), "each name once", names)?;
    }
    if subject.can(Entity::Sprint).field(Field::Status).on_update.is_possible() {
        ensure(!schema.sprint_statuses.is_empty(), "statuses of sprints in the schema", &schema)?;
    }
    if subject.can(Entity::Project).field(Field::Status).on_update.is_possible() {
        ensure(!schema.project_statuses.is_empty(), "statuses of projects in the schema", &schema)?;
    }
    Ok(())
}

/// The schema of a project that is not there is not found.
pub(super) async fn schema_of_unknown_project(subject: &Subject) -> Outcome {
    let answer = subject.provider.project_schema(&super::capable::NOWHERE.into()).await;
    refused("the schema of an unknown project", ErrorKind::NotFound, answer).map(drop)
}

/// The time of completion comes and goes with the status.
pub(super) async fn completion_follows_the_status(subject: &Subject) -> Outcome {
    subject.requires_on_update(Entity::Task, Field::Status, json!({ "category": "done" })).await?;
    if !subject.can(Entity::Task).field(Field::CompletedAt).readable.is_possible() {
        return unsupported("`completed_at` of a task");
    }
    let (place, new) = subject.least_item(Entity::Task).await?;
    same("the time of completion of a new task", &Value::Null, &new["completed_at"])?;
    let project = must("the project of a task", new["project_id"].as_str())?;
    let there = subject.schema(&project.into()).await?.statuses.clone();
    for (word, over) in [("done", true), ("todo", false), ("cancelled", true), ("in progress", false)] {
        if !there.iter().any(|status| StatusCategory::find(word) == Some(status.category)) {
            continue;
        }
        done(&format!("the status {word:?}"), subject.update_json(&place, only("status", json!(word))).await)?;
        let shown = subject.get_json(&place).await?["completed_at"].is_string();
        ensure(shown == over, format!("`completed_at` in `{word}`: {over}"), shown)?;
    }
    Ok(())
}

/// A task that is over keeps the time at which it came to its end when something else changes.
pub(super) async fn completion_stays_put(subject: &Subject) -> Outcome {
    subject.requires_on_update(Entity::Task, Field::Status, json!({ "category": "done" })).await?;
    let (place, _) = subject.least_item(Entity::Task).await?;
    let completed = subject.update_json(&place, only("status", json!("done"))).await?;
    subject.update_json(&place, only("title", json!("done long ago"))).await?;
    let read = subject.get_json(&place).await?;
    same("`completed_at` after the title changed", &completed["completed_at"], &read["completed_at"])
}

/// A task can be created in any status, and one that is created as done is completed.
pub(super) async fn status_on_create(subject: &Subject) -> Outcome {
    subject.requires_on_create(Entity::Task, Field::Status, json!({ "category": "done" })).await?;
    let project = subject.own_project().await?;
    let readable = subject.can(Entity::Task).field(Field::CompletedAt).readable.is_possible();
    for status in &subject.schema(&project).await?.statuses {
        let new = NewTask::new(&project, "born so").status(status.clone());
        let created = done(&format!("creating in {status:?}"), subject.create_task(new).await)?;
        same("the status", status, &created.status)?;
        let completed = created.completed_at.is_some();
        let right = completed == status.category.is_closed();
        ensure(!readable || right, format!("`completed_at` of a task created in {status:?}"), completed)?;
    }
    Ok(())
}

/// The default status of a new task is one that its project has.
pub(super) async fn default_status_is_a_choice(subject: &Subject) -> Outcome {
    let project = subject.own_project().await?;
    let task = subject.task(&project, "fresh").await?;
    let statuses = subject.schema(&project).await?.statuses.clone();
    ensure(statuses.contains(&task.status), format!("one of {statuses:?}"), &task.status)?;
    let shown = subject.get_json(&Place::new(Entity::Task, task.id.as_str())).await?;
    ensure(shown["status"]["name"].is_string(), "the native name of a status in JSON", &shown["status"])?;
    subject.requires(Entity::Task, Operation::Get).await
}

impl Subject {
    /// The categories that projects can be in here.
    pub(super) async fn project_categories(&self) -> Outcome<Vec<ProjectStatusCategory>> {
        let project = self.own_project().await?;
        Ok(self.schema(&project).await?.project_statuses.iter().map(|status| status.category).collect())
    }

    /// The words for the categories that a project or a sprint can be in.
    async fn categories_of(&self, entity: Entity, item: &Value) -> Outcome<Vec<&'static str>> {
        let project = if entity == Entity::Project { &item["id"] } else { &item["project_id"] };
        let schema = self.schema(&must("the project", project.as_str())?.into()).await?;
        Ok(match entity {
            Entity::Project => schema.project_statuses.iter().map(|status| status.category.word()).collect(),
            _ => schema.sprint_statuses.iter().map(|status| status.category.word()).collect(),
        })
    }

    /// Says whether sprints of a project can be planned, before they begin.
    pub(super) async fn plans_sprints(&self, project: &ProjectId) -> Outcome<bool> {
        let schema = self.schema(project).await?;
        Ok(schema.sprint_statuses.iter().any(|status| status.category == SprintStatusCategory::Planned))
    }

    /// The usual categories that tasks of a project can be in.
    pub(super) async fn categories(&self, project: &ProjectId) -> Outcome<Vec<StatusCategory>> {
        let schema = self.schema(project).await?;
        let usual = [StatusCategory::InProgress, StatusCategory::Todo, StatusCategory::Done];
        let there = |category: &StatusCategory| schema.statuses.iter().any(|status| status.category == *category);
        Ok(usual.into_iter().filter(there).collect())
    }
}
