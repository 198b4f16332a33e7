//! From what a caller wants of a task to the fields of a write.

use std::collections::{BTreeMap, HashMap};

use pm_provider::{
    CustomValue, Error, ErrorKind, Field, FieldPatch, Hours, NewTask, PMTask, Result, SetPatch, TaskId, TaskPatch,
    UserId,
};
use serde_json::{Map, Value, json};

use super::Kind;
use super::look_ups::LookUps;
use crate::api::{Api, found};
use crate::dto::{FieldMeta, Issue, IssueType, Screen};
use crate::ids::{leads_nowhere, referred};
use crate::map::{Holds, Shape, Writing};
use crate::schema::{Catalogue, find_type, parents_of};

/// What is written of an issue: values of fields, and changes of sets.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Body {
    pub(crate) fields: Map<String, Value>,
    pub(crate) update: Map<String, Value>,
    /// Which field of ours each field of Jira's stands for.
    names: BTreeMap<String, Field>,
}

/// Fields that are no matter of screens.
const OFF_SCREEN: [&str; 3] = ["project", "issuetype", "parent"];

impl Body {
    /// Gives a field a value.
    pub(crate) fn set(&mut self, field: Field, id: &str, value: impl Into<Value>) {
        self.fields.insert(id.to_owned(), value.into());
        self.names.insert(id.to_owned(), field);
    }

    /// Changes a set, or what takes no plain value.
    pub(crate) fn verbs(&mut self, field: Field, id: &str, verbs: Vec<Value>) {
        self.update.insert(id.to_owned(), Value::Array(verbs));
        self.names.insert(id.to_owned(), field);
    }

    /// Says whether there is nothing to write.
    pub(crate) fn is_empty(&self) -> bool {
        self.fields.is_empty() && self.update.is_empty()
    }

    /// Says whether a field is written.
    pub(crate) fn has(&self, id: &str) -> bool {
        self.fields.contains_key(id) || self.update.contains_key(id)
    }

    /// The names of what is written, for people.
    pub(crate) fn words(&self) -> Vec<String> {
        self.names.values().map(|field| format!("`{field}`")).collect()
    }

    /// The body of the request.
    pub(crate) fn json(&self) -> Value {
        let mut body = Map::new();
        if !self.fields.is_empty() {
            body.insert("fields".to_owned(), Value::Object(self.fields.clone()));
        }
        if !self.update.is_empty() {
            body.insert("update".to_owned(), Value::Object(self.update.clone()));
        }
        Value::Object(body)
    }

    /// Takes out what a screen does not have.
    pub(crate) fn split_off(&mut self, screen: &Screen) -> Self {
        let is_off = |id: &str| !OFF_SCREEN.contains(&id) && !screen.has(id);
        let off: Vec<String> = self.names.keys().filter(|id| is_off(id)).cloned().collect();
        let mut other = Self::default();
        for id in off {
            let moved = [(&mut self.fields, &mut other.fields), (&mut self.update, &mut other.update)];
            for (from, to) in moved {
                to.extend(from.remove_entry(&id));
            }
            other.names.extend(self.names.remove_entry(&id));
        }
        other
    }

    /// The error for what no screen has: Jira would refuse all of the write, or take no notice.
    pub(crate) fn off_screen(&self, where_to: &str) -> Error {
        let message = format!("{} cannot be set on this issue", self.words().join(", "));
        let error = Error::unsupported(message).hint("an administrator puts fields on the screens of a project");
        self.names.values().fold(error, |error, field| error.on_field(*field, format!("is not on {where_to}")))
    }
}

/// What an issue is before it is changed.
#[derive(Clone, Debug)]
pub(crate) struct Current {
    pub(crate) issue: Issue,
    pub(crate) task: PMTask,
}

/// Where something is written.
pub(crate) struct Place<'a> {
    pub(crate) kind: Kind,
    pub(crate) types: &'a [IssueType],
    pub(crate) screen: &'a Screen,
    pub(crate) catalogue: &'a Catalogue,
    pub(crate) current: Option<&'a Current>,
    pub(crate) look_ups: &'a LookUps,
}

impl Place<'_> {
    fn task(&self) -> Option<&PMTask> {
        self.current.map(|current| &current.task)
    }

    /// The type of the issue.
    pub(crate) fn issue_type(&self) -> Option<&IssueType> {
        self.types.iter().find(|kind| kind.id.0 == self.kind.1)
    }
}

/// A field that no field of ours stands for, and what is to become of it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Custom<'a> {
    pub(crate) shape: &'a Shape,
    pub(crate) wanted: &'a FieldPatch<CustomValue>,
}

/// Texts and people, looked up before values are fitted.
#[derive(Default)]
struct LookedUp {
    texts: HashMap<String, Value>,
    people: HashMap<String, Value>,
}

impl Writing for LookedUp {
    fn text(&self, markdown: &str) -> Value {
        self.texts.get(markdown).cloned().unwrap_or_else(|| markdown.into())
    }

    fn person(&self, id: &str) -> Value {
        self.people.get(id).cloned().unwrap_or_else(|| json!({ "accountId": id }))
    }
}

impl Api {
    /// What a patch changes of the fields that a task has; not its status, its sprint and its custom fields.
    pub(crate) async fn changed_fields(&self, patch: &TaskPatch, place: &Place<'_>) -> Result<Body> {
        let mut body = Body::default();
        let task = place.task();
        if let Some(title) = patch.title.value()
            && task.is_none_or(|task| task.title != *title)
        {
            body.set(Field::Title, "summary", title.as_str());
        }
        self.description(&mut body, patch, place).await?;
        self.priority(&mut body, patch, place).await?;
        self.kind(&mut body, patch, place)?;
        self.parent(&mut body, &patch.parent_task_id, place).await?;
        self.assignee(&mut body, &patch.assignees, place).await?;
        labels(&mut body, &patch.labels, place)?;
        estimate(&mut body, &patch.estimated_hours, place);
        let due = task.and_then(|task| task.due_date);
        if differs(&patch.due_date, due.as_ref()) {
            body.set(Field::DueDate, "duedate", date(&patch.due_date));
        }
        let start = task.and_then(|task| task.start_date);
        if differs(&patch.start_date, start.as_ref()) {
            let Some(id) = &place.catalogue.start_date else {
                let error = Error::unsupported("this Jira has no field `Start date`");
                let error = error.on_field(Field::StartDate, "not supported");
                return Err(error.hint("name the field that start dates are in: JIRA_START_DATE_FIELD"));
            };
            body.set(Field::StartDate, id, date(&patch.start_date));
        }
        Ok(body)
    }

    async fn description(&self, body: &mut Body, patch: &TaskPatch, place: &Place<'_>) -> Result<()> {
        let markdown = match &patch.description {
            FieldPatch::Set(text) => text.as_str(),
            FieldPatch::Clear => "",
            _ => return Ok(()),
        };
        let old = place.current.and_then(|current| current.issue.fields.description.as_ref());
        let value = match old {
            Some(old) => self.changed_text(Field::Description, old, markdown, discards(patch)).await?,
            None if markdown.is_empty() => None,
            None => Some(self.stored_text(markdown).await?),
        };
        if let Some(value) = value {
            let value = if markdown.is_empty() { Value::Null } else { value };
            body.set(Field::Description, "description", value);
        }
        Ok(())
    }

    async fn priority(&self, body: &mut Body, patch: &TaskPatch, place: &Place<'_>) -> Result<()> {
        let Some(wanted) = patch.priority.value() else { return Ok(()) };
        let choices = self.priorities_on(place.screen).await?;
        let priority = wanted.resolve(&choices, self.config.priorities.preferred());
        let priority = priority.map_err(|error| unfit(Field::Priority, error.message()))?;
        let present = place.task().and_then(|task| task.priority.as_ref()).and_then(|present| present.id.as_ref());
        if present.is_none() || present != priority.id.as_ref() {
            body.set(Field::Priority, "priority", json!({ "id": priority.id }));
        }
        Ok(())
    }

    /// Another type; only those that the edit screen offers share workflow and fields with the present one.
    fn kind(&self, body: &mut Body, patch: &TaskPatch, place: &Place<'_>) -> Result<()> {
        let (Some(name), Some(_)) = (patch.task_type.value(), place.current) else { return Ok(()) };
        let wanted = named_type(place.types, name)?;
        if wanted.id.0 == place.kind.1 {
            return Ok(());
        }
        let allowed = place.screen.get("issuetype").and_then(|field| field.allowed.as_ref());
        let id = wanted.id.to_string();
        if let Some(allowed) = allowed
            && !allowed.is_empty()
            && !allowed.iter().any(|kind| kind.id.as_deref() == Some(id.as_str()))
        {
            let names: Vec<_> = allowed.iter().map(|kind| format!("`{}`", kind.label())).collect();
            let message =
                format!("`{}` has another workflow or other fields; allowed are {}", wanted.name, names.join(", "));
            return Err(unfit(Field::TaskType, &message).hint("people move such issues in the browser"));
        }
        body.set(Field::TaskType, "issuetype", json!({ "id": id }));
        Ok(())
    }

    async fn parent(&self, body: &mut Body, patch: &FieldPatch<TaskId>, place: &Place<'_>) -> Result<()> {
        let present = place.task().and_then(|task| task.parent_task_id.as_ref());
        if !differs(patch, present) {
            return Ok(());
        }
        let is_subtask = place.issue_type().is_some_and(|kind| kind.level() < 0);
        let is_cloud = self.flavor().await?.is_cloud();
        let Some(parent) = patch.value() else {
            if is_subtask {
                return Err(unfit(Field::ParentTaskId, "a sub-task must have a parent"));
            }
            match (&place.catalogue.epic_link, is_cloud) {
                (Some(id), false) => body.set(Field::ParentTaskId, id, Value::Null),
                _ => body.verbs(Field::ParentTaskId, "parent", vec![json!({ "set": { "none": true } })]),
            }
            return Ok(());
        };
        let row = self.check_parent(parent, place).await?;
        if is_cloud || (is_subtask && place.current.is_none()) {
            body.set(Field::ParentTaskId, "parent", json!({ "id": row.id.to_string() }));
            return Ok(());
        }
        match &place.catalogue.epic_link {
            Some(id) if !is_subtask => body.set(Field::ParentTaskId, id, row.key.unwrap_or_default()),
            _ => {
                let error = Error::unsupported("Jira Data Center moves no sub-task to another parent by its API");
                return Err(error.on_field(Field::ParentTaskId, "cannot be changed"));
            }
        }
        Ok(())
    }

    /// Makes sure that a parent is there, in the same project, and one level up.
    pub(crate) async fn check_parent(&self, parent: &TaskId, place: &Place<'_>) -> Result<Issue> {
        let id = referred(Field::ParentTaskId, parent)?;
        if place.current.is_some_and(|current| current.issue.id.0 == id) {
            return Err(unfit(Field::ParentTaskId, "a task cannot be a part of itself"));
        }
        let row = self.parent_row(id, place.look_ups).await?;
        let row = row.ok_or_else(|| leads_nowhere(Field::ParentTaskId, parent.as_str()))?;
        if row.project() != Some(place.kind.0) {
            return Err(unfit(Field::ParentTaskId, "it belongs to another project"));
        }
        let Some(own) = place.issue_type() else { return Ok(row) };
        let (above, _) = parents_of(place.types, own);
        let Some(kind) = row.fields.issue_type.as_ref() else { return Ok(row) };
        if above.iter().any(|other| other.id == kind.id) {
            return Ok(row);
        }
        let names: Vec<_> = above.iter().map(|kind| format!("`{}`", kind.name)).collect();
        let allowed =
            if names.is_empty() { "it has none".to_owned() } else { format!("allowed are {}", names.join(", ")) };
        let message = format!("`{}` is a {}, which is no parent of a {}; {allowed}", parent, kind.name, own.name);
        Err(unfit(Field::ParentTaskId, &message))
    }

    async fn assignee(&self, body: &mut Body, patch: &SetPatch<UserId>, place: &Place<'_>) -> Result<()> {
        let present = place.task().map(|task| task.assignees.as_slice()).unwrap_or_default();
        let wanted = patch.apply(present);
        if patch.is_keep() || wanted == present {
            return Ok(());
        }
        let value = match one_assignee(&wanted)? {
            None => Value::Null,
            Some(user) => {
                let value = found(self.user_value(&user).await)?;
                value.ok_or_else(|| leads_nowhere(Field::Assignees, user.as_str()))?
            }
        };
        body.set(Field::Assignees, "assignee", value);
        Ok(())
    }

    /// The custom fields that a patch names.
    pub(crate) fn customs<'a>(
        &self,
        wanted: &'a BTreeMap<String, FieldPatch<CustomValue>>,
        catalogue: &'a Catalogue,
    ) -> Result<Vec<Custom<'a>>> {
        let named = wanted.iter().filter(|(_, patch)| !patch.is_keep());
        named
            .map(|(name, wanted)| {
                let shape = catalogue.named(name).ok_or_else(|| unknown_field(name, catalogue))?;
                Ok(Custom { shape, wanted })
            })
            .collect()
    }

    /// Writes a custom field into a body; `meta` is what the screen says of it. What is there already is left out.
    pub(crate) async fn custom(
        &self,
        body: &mut Body,
        custom: &Custom<'_>,
        meta: Option<&FieldMeta>,
        place: &Place<'_>,
        discard: bool,
    ) -> Result<()> {
        let shape = custom.shape;
        let old = place.current.and_then(|current| current.issue.fields.other(&shape.id));
        let old: Option<Value> = old.and_then(|old| serde_json::from_str(old.get()).ok());
        let present = old.as_ref().and_then(|old| shape.read(old));
        let Some(wanted) = custom.wanted.value() else {
            if present.is_some() {
                body.set(Field::CustomFields, &shape.id, shape.emptied());
            }
            return Ok(());
        };
        if let (Holds::Area, Some(old), CustomValue::Text(text)) = (shape.holds, &old, wanted) {
            if let Some(value) = self.changed_text(Field::CustomFields, old, text, discard).await? {
                body.set(Field::CustomFields, &shape.id, value);
            }
            return Ok(());
        }
        let looked_up = self.look_up(custom).await?;
        let fitting = shape.fit(wanted, meta, &looked_up)?;
        if present.as_ref().is_none_or(|present| !shape.is_same(present, &fitting.shown)) {
            body.set(Field::CustomFields, &shape.id, fitting.sent);
        }
        Ok(())
    }

    /// What a custom field will show.
    pub(crate) async fn shown_custom(
        &self,
        custom: &Custom<'_>,
        meta: Option<&FieldMeta>,
    ) -> Result<FieldPatch<CustomValue>> {
        let Some(wanted) = custom.wanted.value() else { return Ok(custom.wanted.clone()) };
        let looked_up = self.look_up(custom).await?;
        Ok(FieldPatch::Set(custom.shape.fit(wanted, meta, &looked_up)?.shown))
    }

    async fn look_up(&self, custom: &Custom<'_>) -> Result<LookedUp> {
        let mut looked_up = LookedUp::default();
        let Some(wanted) = custom.wanted.value() else { return Ok(looked_up) };
        if let (Holds::Area, CustomValue::Text(text)) = (custom.shape.holds, wanted) {
            looked_up.texts.insert(text.clone(), self.stored_text(text).await?);
        }
        for id in custom.shape.people(wanted) {
            let value = found(self.user_value(&UserId::from(id)).await)?;
            let value = value.ok_or_else(|| custom.shape.bad(&format!("names `{id}`, who is not there")))?;
            looked_up.people.insert(id.to_owned(), value);
        }
        Ok(looked_up)
    }
}

/// The type with a name, which must be one of the project's.
pub(crate) fn named_type<'t>(types: &'t [IssueType], name: &str) -> Result<&'t IssueType> {
    find_type(types, name).ok_or_else(|| {
        let names: Vec<_> = types.iter().map(|kind| format!("`{}`", kind.name)).collect();
        let message = format!("`{name}` is no type of this project; allowed are {}", names.join(", "));
        unfit(Field::TaskType, &message)
    })
}

fn unknown_field(name: &str, catalogue: &Catalogue) -> Error {
    if catalogue.is_empty() {
        let error = Error::unsupported("this Jira shows no custom fields");
        return error.on_field(Field::CustomFields, "not supported");
    }
    let candidates = catalogue.candidates(name);
    let message = if candidates.is_empty() {
        format!("there is no field `{name}`")
    } else {
        let names: Vec<_> = candidates.iter().map(|name| format!("`{name}`")).collect();
        format!("several fields are called `{name}`; say which: {}", names.join(", "))
    };
    unfit(Field::CustomFields, &message)
}

/// Labels that are added or removed are changed one by one, so that those that others add meanwhile stay; only who says what
/// all of them are to be replaces them.
fn labels(body: &mut Body, patch: &SetPatch<String>, place: &Place<'_>) -> Result<()> {
    if patch.is_keep() {
        return Ok(());
    }
    let present = place.task().map(|task| task.labels.as_slice()).unwrap_or_default();
    let wanted = patch.apply(present);
    check_labels(&wanted)?;
    if wanted == present {
        return Ok(());
    }
    if place.current.is_none() || matches!(patch, SetPatch::Replace(_)) {
        body.set(Field::Labels, "labels", json!(wanted));
        return Ok(());
    }
    let add = wanted.iter().filter(|label| !present.contains(label)).map(|label| json!({ "add": label }));
    let remove = present.iter().filter(|label| !wanted.contains(label)).map(|label| json!({ "remove": label }));
    body.verbs(Field::Labels, "labels", remove.chain(add).collect());
    Ok(())
}

/// Labels of Jira hold no blanks, and at most 255 characters.
pub(crate) fn check_labels(labels: &[String]) -> Result<()> {
    let is_bad =
        |label: &&String| label.is_empty() || label.contains(char::is_whitespace) || label.chars().count() > 255;
    match labels.iter().find(is_bad) {
        None => Ok(()),
        Some(label) => {
            let message = format!("`{label}` is no label: they have 1 to 255 characters and no blanks");
            Err(unfit(Field::Labels, &message))
        }
    }
}

/// Estimates are held in minutes. What remains is sent along where it is known to be another: a plain change of the estimate
/// overwrites it (JRACLOUD-30459, unverified for today's servers).
fn estimate(body: &mut Body, patch: &FieldPatch<Hours>, place: &Place<'_>) {
    let present = place.task().and_then(|task| task.estimated_hours);
    let wanted = match patch {
        FieldPatch::Set(hours) => FieldPatch::Set(whole_minutes(*hours)),
        other => other.clone(),
    };
    if !differs(&wanted, present.as_ref()) {
        return;
    }
    let minutes = |hours: Hours| format!("{}m", hours.as_seconds() / 60);
    let text = wanted.value().map(|hours| minutes(*hours)).unwrap_or_default();
    let mut value = json!({ "originalEstimate": text });
    let tracked = place.current.and_then(|current| current.issue.fields.time_tracking.clone()).unwrap_or_default();
    if let Some(remaining) = tracked.remaining.filter(|remaining| Some(*remaining) != tracked.original_estimate) {
        value["remainingEstimate"] = json!(minutes(Hours::from_seconds(remaining)));
    }
    body.set(Field::EstimatedHours, "timetracking", value);
}

/// The nearest duration that Jira holds.
pub(crate) fn whole_minutes(hours: Hours) -> Hours {
    Hours::from_seconds((hours.as_seconds() + 30) / 60 * 60)
}

/// One at most: an issue holds no more.
pub(crate) fn one_assignee(wanted: &[UserId]) -> Result<Option<UserId>> {
    match wanted {
        [] => Ok(None),
        [one] => Ok(Some(one.clone())),
        several => Err(unfit(Field::Assignees, &format!("an issue has one assignee, not {}", several.len()))),
    }
}

fn date(patch: &FieldPatch<chrono::NaiveDate>) -> Value {
    patch.value().map_or(Value::Null, |date| json!(date.to_string()))
}

/// Says whether a patch would change a value.
pub(crate) fn differs<T: PartialEq>(patch: &FieldPatch<T>, present: Option<&T>) -> bool {
    match patch {
        FieldPatch::Set(wanted) => present != Some(wanted),
        FieldPatch::Clear => present.is_some(),
        _ => false,
    }
}

/// The error for a value that does not fit its field.
pub(crate) fn unfit(field: Field, message: &str) -> Error {
    Error::new(ErrorKind::InvalidInput, "a task does not fit").on_field(field, message)
}

/// Says whether a change may drop formatting that Markdown cannot say.
pub(crate) fn discards(patch: &TaskPatch) -> bool {
    patch.discard_formatting
}

/// What is given on create, as a patch of an empty task.
pub(crate) fn as_patch(new: &NewTask) -> TaskPatch {
    fn set<T: Clone>(value: Option<&T>) -> FieldPatch<T> {
        value.map_or(FieldPatch::Keep, |value| FieldPatch::Set(value.clone()))
    }
    let mut patch = TaskPatch::new().title(new.title.clone());
    patch.description = set(new.description.as_ref());
    patch.status = set(new.status.as_ref());
    patch.priority = set(new.priority.as_ref());
    patch.parent_task_id = set(new.parent_task_id.as_ref());
    patch.sprint_id = set(new.sprint_id.as_ref());
    patch.estimated_hours = set(new.estimated_hours.as_ref());
    patch.start_date = set(new.start_date.as_ref());
    patch.due_date = set(new.due_date.as_ref());
    if !new.assignees.is_empty() {
        patch.assignees = SetPatch::Replace(new.assignees.clone());
    }
    if !new.labels.is_empty() {
        patch.labels = SetPatch::Replace(new.labels.clone());
    }
    let custom = new.custom_fields.iter();
    patch.custom_fields = custom.map(|(name, value)| (name.clone(), FieldPatch::Set(value.clone()))).collect();
    patch
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn screen(ids: &[&str]) -> Screen {
        Screen::of_map(ids.iter().map(|id| ((*id).to_owned(), FieldMeta::default())).collect())
    }

    #[test]
    fn what_is_on_no_screen_is_taken_out_and_named() {
        let mut body = Body::default();
        body.set(Field::Title, "summary", "x");
        body.set(Field::DueDate, "duedate", "2026-01-01");
        body.set(Field::ParentTaskId, "parent", json!({ "id": "1" }));
        body.verbs(Field::Labels, "labels", vec![json!({ "add": "a" })]);
        let off = body.split_off(&screen(&["summary"]));
        assert_eq!(body.json(), json!({ "fields": { "summary": "x", "parent": { "id": "1" } } }));
        let expected = json!({ "fields": { "duedate": "2026-01-01" }, "update": { "labels": [{ "add": "a" }] } });
        assert_eq!(off.json(), expected);
        let error = off.off_screen("the edit screen");
        assert_eq!((error.kind(), error.field_errors().len()), (ErrorKind::Unsupported, 2));
        assert!(error.to_string().contains("`due_date`"), "{error}");
    }

    #[test]
    fn trap_labels_hold_no_blanks() {
        assert!(check_labels(&["paint".to_owned()]).is_ok());
        for bad in ["wet paint", "", "a\tb"] {
            assert_eq!(check_labels(&[bad.to_owned()]).unwrap_err().field_errors()[0].field, Field::Labels);
        }
    }

    #[test]
    fn estimates_are_whole_minutes() {
        for (given, held) in [(0, 0), (29, 0), (30, 60), (3_600, 3_600), (3_659, 3_660)] {
            assert_eq!(whole_minutes(Hours::from_seconds(given)), Hours::from_seconds(held), "{given}");
        }
    }

    #[test]
    fn only_what_differs_is_a_change() {
        assert!(differs(&FieldPatch::Set(1), Some(&2)) && differs(&FieldPatch::Set(1), None));
        assert!(differs(&FieldPatch::Clear, Some(&1)) && !differs(&FieldPatch::Clear, None::<&u8>));
        assert!(!differs(&FieldPatch::Set(1), Some(&1)) && !differs(&FieldPatch::Keep, Some(&1)));
    }
}
