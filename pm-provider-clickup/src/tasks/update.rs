//! Changes of tasks: only what differs, in as few requests as ClickUp lets it be.
//!
//! Lists, tags and custom fields have requests of their own. Everything is checked before the first of them, and they
//! come before the change of the task itself, whose answer shows them all: nothing has to be read again then.

use pm_http::{Raw, unless_missing};
use pm_provider::{
    Effect, Error, ErrorKind, Field, FieldPatch, PMTask, Result, SetPatch, StatusRef, TaskId, TaskPatch, UserId,
};
use serde_json::{Value, json};

use super::draft::{Body, Setting, tags_patch};
use super::home;
use super::moves::Moves;
use crate::api::Api;
use crate::dto::{Task, wire};
use crate::markers::marked;
use crate::tree::List;
use crate::{dates, endpoints, map};

/// What ClickUp clears a description with (<https://developer.clickup.com/reference/updatetask>).
const BLANK: &str = " ";

/// What a change takes.
#[derive(Debug, Default)]
struct Plan {
    moves: Moves,
    status: Option<StatusRef>,
    add_tags: Vec<String>,
    remove_tags: Vec<String>,
    settings: Vec<Setting>,
    body: Body,
}

/// One request of a change.
#[derive(Debug)]
enum Step<'a> {
    Home(&'a List),
    AddTo(&'a str),
    RemoveFrom(&'a str),
    AddTag(&'a str),
    RemoveTag(&'a str),
    Set(&'a Setting),
    Put(&'a Body),
}

impl Plan {
    fn steps(&self) -> Vec<Step<'_>> {
        let mut steps: Vec<Step<'_>> = Vec::new();
        steps.extend(self.moves.home.as_deref().map(Step::Home));
        steps.extend(self.moves.add.as_deref().map(Step::AddTo));
        steps.extend(self.moves.remove.iter().map(|list| Step::RemoveFrom(list)));
        steps.extend(self.remove_tags.iter().map(|tag| Step::RemoveTag(tag)));
        steps.extend(self.add_tags.iter().map(|tag| Step::AddTag(tag)));
        steps.extend(self.settings.iter().map(Step::Set));
        if !self.body.is_empty() {
            steps.push(Step::Put(&self.body));
        }
        steps
    }
}

impl Step<'_> {
    /// What it is about, in the words of the contract.
    fn words(&self) -> Vec<String> {
        match self {
            Self::Home(list) if list.is_sprint => vec![Field::SprintId.word().to_owned()],
            Self::AddTo(_) | Self::RemoveFrom(_) => vec![Field::SprintId.word().to_owned()],
            Self::Home(_) => vec![map::LIST.to_owned()],
            Self::AddTag(_) | Self::RemoveTag(_) => vec![Field::Labels.word().to_owned()],
            Self::Set(setting) => vec![setting.name.clone()],
            Self::Put(body) => words(body.keys().map(String::as_str)),
        }
    }
}

impl Api {
    /// Changes a task.
    pub(crate) async fn update_task(&self, id: &TaskId, patch: &TaskPatch) -> Result<PMTask> {
        self.capabilities.check_update(patch)?;
        let _turn = self.turns.of(id.as_str()).await;
        let row = self.task_row(id.as_str()).await?;
        let plan = self.plan(&row.item, patch).await?;
        let row = self.carry_out(row, &plan).await?;
        self.to_task(row).await
    }

    /// Checks everything, and says what differs.
    async fn plan(&self, task: &Task, patch: &TaskPatch) -> Result<Plan> {
        let place = self.place_of_task(task).ok_or_else(|| Error::not_found("task", &task.id))?;
        let moves = self.moves(task, &place, &patch.sprint_id, &patch.custom_fields).await?;
        let needs_list = !patch.status.is_keep() || !patch.custom_fields.is_empty() || !patch.parent_task_id.is_keep();
        let mut plan = Plan { status: patch.status.value().cloned(), ..Plan::default() };
        if needs_list || moves.home.is_some() {
            let list = match &moves.home {
                Some(list) => std::sync::Arc::clone(list),
                None => self.list(home(task)).await?,
            };
            plan.settings = self.settings(&patch.custom_fields, &list, Some(task)).await?;
            plan.body = self.common_members(patch, Some(&list)).await?;
            if let Some(parent) = patch.parent_task_id.value()
                && task.parent.as_deref() != Some(parent.as_str())
            {
                let found = self.parent(parent, &place, Some(task)).await?;
                check_home(&found, &list)?;
                plan.body.insert("parent".into(), found.id.into());
            }
        } else {
            plan.body = self.common_members(patch, None).await?;
        }
        plan.moves = moves;
        (plan.add_tags, plan.remove_tags) = tag_changes(task, &patch.labels);
        plan.body.extend(description(task, &patch.description));
        plan.body.extend(self.assignees(task, &patch.assignees).await?);
        let zone = self.zone().await?;
        plan.body.retain(|name, value| !name.ends_with("_time") && !shows(task, name, value, zone));
        for name in ["start_date", "due_date"] {
            if plan.body.get(name).is_some_and(Value::is_number) {
                plan.body.insert(format!("{name}_time"), false.into());
            }
        }
        Ok(plan)
    }

    async fn assignees(&self, task: &Task, patch: &SetPatch<UserId>) -> Result<Option<(String, Value)>> {
        if patch.is_keep() {
            return Ok(None);
        }
        let present: Vec<_> = task.assignees.iter().map(|person| UserId::new(&person.id)).collect();
        let wanted = patch.apply(&present);
        let new: Vec<_> = wanted.iter().filter(|user| !present.contains(user)).cloned().collect();
        let add = self.people(&new).await?;
        let gone = present.iter().filter(|user| !wanted.contains(user));
        let rem: Vec<u64> = gone.filter_map(|user| user.as_str().parse().ok()).collect();
        let is_same = add.is_empty() && rem.is_empty();
        Ok((!is_same).then(|| ("assignees".to_owned(), json!({ "add": add, "rem": rem }))))
    }

    /// Does one step after the other; the task as it is afterwards.
    async fn carry_out(&self, row: Raw<Task>, plan: &Plan) -> Result<Raw<Task>> {
        let steps = plan.steps();
        let (mut applied, mut answer): (Vec<String>, Option<Raw<Task>>) = (Vec::new(), None);
        for (index, step) in steps.iter().enumerate() {
            match self.step(&row.item, step, plan.status.as_ref()).await {
                Ok(shown) => answer = shown,
                Err(error) => {
                    let failed = distinct(steps[index..].iter().flat_map(Step::words));
                    return Err(partial(error, &row.item.id, distinct(applied), failed));
                }
            }
            applied.extend(step.words());
        }
        if steps.is_empty() {
            return Ok(row);
        }
        let now = match answer {
            Some(answer) => self.whole(answer, &row.item, &plan.body).await?,
            None => self.task_row(&row.item.id).await?,
        };
        match dropped(&plan.body, &now.item, distinct(applied), self.zone().await?) {
            Some(error) => Err(error),
            None => Ok(now),
        }
    }

    /// Does one step; the task, where the answer shows it.
    async fn step(&self, task: &Task, step: &Step<'_>, status: Option<&StatusRef>) -> Result<Option<Raw<Task>>> {
        let id = task.id.as_str();
        match step {
            Step::Home(list) => self.move_to(task, list, status).await?,
            Step::AddTo(list) => self.touch(&endpoints::ADD_TO_LIST, &[list, id]).await?,
            Step::RemoveFrom(list) => self.delete(&endpoints::REMOVE_FROM_LIST, &[list, id]).await?,
            Step::AddTag(tag) => self.touch(&endpoints::ADD_TAG, &[id, tag]).await?,
            // Somebody else may have been faster.
            Step::RemoveTag(tag) => {
                unless_missing(self.delete(&endpoints::REMOVE_TAG, &[id, tag]).await)?;
            }
            Step::Set(setting) => self.set_field(id, setting).await?,
            Step::Put(body) => {
                let body = Value::Object((*body).clone());
                return Ok(Some(self.write(&endpoints::UPDATE_TASK, &[id], &body).await?));
            }
        }
        Ok(None)
    }

    async fn set_field(&self, task: &str, setting: &Setting) -> Result<()> {
        let answer = match &setting.value {
            Some(value) => self.put(&endpoints::SET_FIELD, &[task, &setting.id], &json!({ "value": value })).await,
            None => self.delete(&endpoints::CLEAR_FIELD, &[task, &setting.id]).await,
        };
        answer.map_err(|error| match error.kind() {
            ErrorKind::InvalidInput => {
                let message = format!("`{}`: {}", setting.name, error.message());
                error.on_field(Field::CustomFields, message)
            }
            _ => error,
        })
    }

    /// The answer to a write shows all of a task but, maybe, the marks of its description: those are the same as before
    /// where its words are, and else read.
    pub(super) async fn whole(&self, mut answer: Raw<Task>, before: &Task, body: &Body) -> Result<Raw<Task>> {
        let shown = &answer.item;
        let is_placed = shown.list.is_some() && shown.space.is_some();
        let is_empty = shown.description.is_none() && shown.text_content.is_none();
        let written = body.get("markdown_content").and_then(Value::as_str);
        let is_right = is_empty && written.is_none_or(|text| text.trim().is_empty());
        if is_placed && (shown.markdown_description.is_some() || is_right) {
            return Ok(answer);
        }
        let is_same = shown.text_content.is_some() && shown.text_content == before.text_content;
        if is_placed && is_same && written.is_none() {
            answer.item.markdown_description.clone_from(&before.markdown_description);
            return Ok(answer);
        }
        self.task_row(&answer.item.id).await
    }
}

/// A subtask is at home where its parent is.
pub(super) fn check_home(parent: &Task, list: &List) -> Result<()> {
    if home(parent) == list.id {
        return Ok(());
    }
    let own = parent.list.as_ref().map(|list| list.name.as_str()).unwrap_or_default();
    let message =
        format!("it is at home in the List `{own}`, the task in `{}`: a subtask is where its parent is", list.name);
    Err(Error::invalid_input("the parent does not fit").on_field(Field::ParentTaskId, message))
}

/// The tags to be put on, and those to be taken off, as they are stored.
fn tag_changes(task: &Task, patch: &SetPatch<String>) -> (Vec<String>, Vec<String>) {
    let present: Vec<_> = task.tags.iter().map(|tag| tag.0.clone()).filter(|name| !name.is_empty()).collect();
    let lower: Vec<_> = present.iter().map(|name| name.to_lowercase()).collect();
    let wanted = tags_patch(patch).apply(&lower);
    let add = wanted.iter().filter(|name| !lower.contains(name)).cloned().collect();
    let remove = present.into_iter().filter(|name| !wanted.contains(&name.to_lowercase())).collect();
    (add, remove)
}

/// A new description keeps the mark of the key that the task was made with.
fn description(task: &Task, patch: &FieldPatch<String>) -> Option<(String, Value)> {
    if patch.is_keep() {
        return None;
    }
    let marker = map::task_marker(task);
    let text = marked(patch.value().map(String::as_str), marker.as_ref()).unwrap_or_default();
    let stored = map::stored_text(task);
    if text == stored || (text.trim().is_empty() && stored.trim().is_empty()) {
        return None;
    }
    let text = if text.trim().is_empty() { BLANK.to_owned() } else { text };
    Some(("markdown_content".to_owned(), text.into()))
}

/// Says whether a task shows the value of a member that is written, as far as that can be told.
fn shows(task: &Task, name: &str, value: &Value, zone: chrono_tz::Tz) -> bool {
    let is_day = |shown: Option<i64>| {
        let day = |time: Option<i64>| time.and_then(|time| dates::day(zone, time));
        day(shown) == day(wire::number(value))
    };
    match name {
        "name" => value.as_str() == Some(&task.name),
        "status" => {
            let shown = task.status.as_ref().map(|status| status.status.to_lowercase());
            shown.is_some() && shown == value.as_str().map(str::to_lowercase)
        }
        "priority" => {
            let shown = task.priority.as_ref().map(|priority| priority.id.clone());
            shown.filter(|id| !id.is_empty()) == wire::text(value)
        }
        "time_estimate" => task.time_estimate.unwrap_or_default() == wire::number(value).unwrap_or_default(),
        "custom_item_id" => task.custom_item_id.unwrap_or_default() == wire::number(value).unwrap_or_default(),
        "points" => task.points == value.as_f64(),
        "start_date" => is_day(task.start_date),
        "due_date" => is_day(task.due_date),
        "parent" => task.parent.as_deref() == value.as_str(),
        _ => false,
    }
}

/// The error for what ClickUp took and left as it was: without its app, say, points and estimates are.
pub(super) fn dropped(body: &Body, now: &Task, applied: Vec<String>, zone: chrono_tz::Tz) -> Option<Error> {
    const TOLD: [&str; 9] =
        ["name", "status", "priority", "custom_item_id", "time_estimate", "points", "start_date", "due_date", "parent"];
    let lost = |name: &&String| TOLD.contains(&name.as_str()) && !shows(now, name, &body[*name], zone);
    let failed = words(body.keys().filter(lost).map(String::as_str));
    if failed.is_empty() {
        return None;
    }
    let applied: Vec<_> = applied.into_iter().filter(|word| !failed.contains(word)).collect();
    let names: Vec<_> = failed.iter().map(|name| format!("`{name}`")).collect();
    let message = format!("ClickUp took the write and left {} as it was", names.join(", "));
    let error = Error::new(ErrorKind::PermissionDenied, message);
    let hint =
        "the ClickApp for it may be switched off in the Space, or the role of the token's user does not permit it";
    Some(partial(error.hint(hint), &now.id, applied, failed))
}

/// What members of the wire are called in the contract.
fn words<'a>(names: impl Iterator<Item = &'a str>) -> Vec<String> {
    let word = |name: &str| match name {
        "name" => Field::Title.word().to_owned(),
        "markdown_content" => Field::Description.word().to_owned(),
        "time_estimate" => Field::EstimatedHours.word().to_owned(),
        "parent" => Field::ParentTaskId.word().to_owned(),
        "custom_item_id" => Field::TaskType.word().to_owned(),
        "points" => map::POINTS.to_owned(),
        other => other.to_owned(),
    };
    names.filter(|name| !name.ends_with("_date_time")).map(word).collect()
}

fn distinct(words: impl IntoIterator<Item = String>) -> Vec<String> {
    SetPatch::Replace(words.into_iter().collect()).apply(&[])
}

/// Says of an error of a later request what was done before it, if anything was.
pub(crate) fn partial(error: Error, id: &str, applied: Vec<String>, failed: Vec<String>) -> Error {
    if applied.is_empty() {
        return error;
    }
    error.with_effect(Effect::Partial { id: id.to_owned(), applied, failed })
}
