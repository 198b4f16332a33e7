//! From what a caller wants of a task to the members of a write.

use std::collections::BTreeMap;
use std::sync::Arc;

use chrono_tz::Tz;
use pm_provider::{
    CustomValue, Error, Field, FieldPatch, NewTask, Result, SetPatch, Status, StatusRef, TaskId, TaskPatch, UserId,
};
use serde_json::{Map, Value, json};

use super::{folder, home, space};
use crate::api::Api;
use crate::dto::{self, Task};
use crate::ids::{self, Place, leads_nowhere};
use crate::map::{self, LIST, POINTS, custom};
use crate::tree::List;
use crate::{ProjectLevel, dates};

/// What is to become of custom fields, by their names.
pub(super) type Wishes = BTreeMap<String, FieldPatch<CustomValue>>;

/// A custom field and its new value; none where it is emptied.
#[derive(Clone, Debug)]
pub(super) struct Setting {
    pub(super) id: String,
    pub(super) name: String,
    pub(super) value: Option<Value>,
}

/// The members that creates and changes have in common.
pub(super) type Body = Map<String, Value>;

impl Api {
    /// The members that a patch sets, whatever is there already; statuses are those of the List that the task will be in,
    /// which is to be named where there is one.
    pub(super) async fn common_members(&self, patch: &TaskPatch, list: Option<&List>) -> Result<Body> {
        let mut body = Body::new();
        if let Some(title) = patch.title.value() {
            body.insert("name".into(), title.as_str().into());
        }
        if let (Some(wanted), Some(list)) = (patch.status.value(), list) {
            body.insert("status".into(), self.status_in(list, wanted).await?.name.into());
        }
        self.priority_member(&mut body, patch)?;
        if let Some(name) = patch.task_type.value() {
            body.insert("custom_item_id".into(), self.type_called(name).await?.into());
        }
        match &patch.estimated_hours {
            FieldPatch::Set(hours) => drop(body.insert("time_estimate".into(), map::millis(*hours).into())),
            FieldPatch::Clear => drop(body.insert("time_estimate".into(), Value::Null)),
            _ => {}
        }
        for (name, day) in [("start_date", &patch.start_date), ("due_date", &patch.due_date)] {
            match day {
                FieldPatch::Set(day) => {
                    body.insert(name.into(), dates::noon(self.zone().await?, *day).into());
                    body.insert(format!("{name}_time"), false.into());
                }
                FieldPatch::Clear => drop(body.insert(name.into(), Value::Null)),
                _ => {}
            }
        }
        points_member(&mut body, &patch.custom_fields)?;
        Ok(body)
    }

    async fn type_called(&self, name: &str) -> Result<i64> {
        let types = self.task_types().await?;
        map::type_number(name, &types).ok_or_else(|| {
            let plain = map::PLAIN_TYPES.iter().map(|(_, name)| *name);
            let names: Vec<_> = plain.chain(types.iter().map(|kind| kind.name.as_str())).collect();
            let message = format!("`{name}` is no type of tasks here; allowed are `{}`", names.join("`, `"));
            Error::invalid_input("a task does not fit").on_field(Field::TaskType, message)
        })
    }

    fn priority_member(&self, body: &mut Body, patch: &TaskPatch) -> Result<()> {
        match &patch.priority {
            FieldPatch::Set(wanted) => {
                let choices = map::priorities(&self.config.priorities);
                let priority = wanted.resolve(&choices, self.config.priorities.preferred());
                let priority = priority.map_err(|error| on_field(Field::Priority, &error))?;
                let number: Option<i64> = priority.id.and_then(|id| id.parse().ok());
                body.insert("priority".into(), number.into());
            }
            FieldPatch::Clear => drop(body.insert("priority".into(), Value::Null)),
            _ => {}
        }
        Ok(())
    }

    /// The status of a List that is wanted.
    ///
    /// # Errors
    /// `InvalidInput` that names the List and its statuses: each List may have others.
    pub(super) async fn status_in(&self, list: &List, wanted: &StatusRef) -> Result<Status> {
        let choices = self.statuses_of(list).await?;
        wanted.resolve(&choices, self.config.statuses.preferred()).map_err(|error| {
            let message = format!("{} in the List `{}`", error.message(), list.name);
            Error::invalid_input("a task does not fit").on_field(Field::Status, message)
        })
    }

    /// Makes sure that everybody is a member of the Workspace; their ids as numbers.
    pub(crate) async fn people(&self, users: &[UserId]) -> Result<Vec<u64>> {
        let mut numbers = Vec::with_capacity(users.len());
        for user in users {
            let number = user.as_str().parse().ok().filter(|_| ids::is_number(user.as_str()));
            let is_there = number.is_some() && self.is_member(user.as_str()).await?;
            let number = number.filter(|_| is_there).ok_or_else(|| leads_nowhere(Field::Assignees, user.as_str()))?;
            numbers.push(number);
        }
        Ok(numbers)
    }

    /// Makes sure that a parent is there, at home in the same List, and neither the task itself nor below it.
    ///
    /// The API wants a subtask in the List of its parent (<https://developer.clickup.com/reference/createtask>).
    pub(crate) async fn parent(&self, parent: &TaskId, place: &Place, own: Option<&Task>) -> Result<Task> {
        let refuse = |what: String| Error::invalid_input("the parent does not fit").on_field(Field::ParentTaskId, what);
        let found = pm_http::unless_hidden(self.task_row(parent.as_str()).await)?;
        let Some(found) = found.map(|row| row.item) else {
            return Err(leads_nowhere(Field::ParentTaskId, parent.as_str()));
        };
        if self.place_of_task(&found).as_ref() != Some(place) {
            return Err(refuse("it belongs to another project".to_owned()));
        }
        if let Some(own) = own {
            if own.id == found.id {
                return Err(refuse("a task cannot be a part of itself".to_owned()));
            }
            if self.is_below(&found, own).await? {
                return Err(refuse("it is itself a part of this task".to_owned()));
            }
        }
        Ok(found)
    }

    /// Says whether a task is somewhere below another.
    async fn is_below(&self, task: &Task, top: &Task) -> Result<bool> {
        if top.parent.is_none() && task.top_level_parent.is_some() {
            return Ok(task.top_level_parent.as_ref() == Some(&top.id));
        }
        let mut parent = task.parent.clone();
        while let Some(id) = parent {
            if id == top.id {
                return Ok(true);
            }
            parent = match pm_http::unless_hidden(self.task_row(&id).await)? {
                Some(row) => row.item.parent.filter(|next| *next != id),
                None => None,
            };
        }
        Ok(false)
    }

    /// The project that a task is in; none where that is none of ours.
    pub(super) fn place_of_task(&self, task: &Task) -> Option<Place> {
        let id = match self.config.projects {
            ProjectLevel::Space => space(task)?.to_owned(),
            ProjectLevel::Folder => folder(task)?.id.clone(),
            ProjectLevel::List => home(task).to_owned(),
        };
        Some(Place::new(self.config.projects, id))
    }

    /// The List of a project with a name or an id.
    pub(super) async fn list_called(&self, place: &Place, value: &CustomValue) -> Result<Arc<List>> {
        let bad = |what: String| Error::invalid_input("a task does not fit").on_field(Field::CustomFields, what);
        let wanted = value.as_text().ok_or_else(|| bad(format!("`{LIST}` is a name or an id")))?;
        let lists = self.lists_of(place).await?;
        let plain = || lists.iter().filter(|list| !list.is_sprint && !list.archived);
        let exact = plain().find(|list| list.id == wanted).or_else(|| plain().find(|list| list.name == wanted));
        let found = exact.or_else(|| plain().find(|list| list.name.to_lowercase() == wanted.to_lowercase()));
        found.cloned().ok_or_else(|| {
            let names: Vec<_> = plain().map(|list| format!("`{}`", list.name)).collect();
            bad(format!("`{LIST}`: the project has no List `{wanted}`; it has {}", names.join(", ")))
        })
    }

    /// The custom fields that are wanted, as the List has them.
    pub(super) async fn settings(&self, wishes: &Wishes, list: &List, current: Option<&Task>) -> Result<Vec<Setting>> {
        let own = wishes.iter().filter(|(name, wish)| !wish.is_keep() && !is_ours(name));
        let own: Vec<_> = own.collect();
        if own.is_empty() {
            return Ok(Vec::new());
        }
        let (fields, zone) = (self.fields_of(&list.id).await?, self.zone().await?);
        let mut settings = Vec::with_capacity(own.len());
        for (name, wish) in own {
            let field = find(&fields, name).ok_or_else(|| unknown(&fields, name, list))?;
            settings.extend(setting(field, wish, current, zone)?);
        }
        Ok(settings)
    }
}

/// Says whether a custom field is none of ClickUp's, but our name for something else.
fn is_ours(name: &str) -> bool {
    name == LIST || name == POINTS
}

fn find<'a>(fields: &'a [dto::CustomField], name: &str) -> Option<&'a dto::CustomField> {
    let exact = fields.iter().find(|field| field.name == name);
    exact.or_else(|| fields.iter().find(|field| field.name.to_lowercase() == name.to_lowercase()))
}

fn unknown(fields: &[dto::CustomField], name: &str, list: &List) -> Error {
    let known = fields.iter().map(|field| field.name.as_str()).chain([LIST, POINTS]);
    let known: Vec<_> = known.map(|name| format!("`{name}`")).collect();
    let message = format!("the List `{}` has no `{name}`; it has {}", list.name, known.join(", "));
    Error::invalid_input("a custom field is not known here").on_field(Field::CustomFields, message)
}

/// What is to be written of a field; nothing where it has that value already.
fn setting(
    field: &dto::CustomField,
    wish: &FieldPatch<CustomValue>,
    current: Option<&Task>,
    zone: Tz,
) -> Result<Option<Setting>> {
    let shown = current.and_then(|task| task.custom_fields.iter().find(|shown| shown.id == field.id));
    let shown = shown.and_then(|shown| custom::read(shown, zone));
    let value = match wish {
        FieldPatch::Set(value) if shown.as_ref() == Some(value) => return Ok(None),
        FieldPatch::Set(value) => Some(custom::written(field, value, shown.as_ref(), zone)?),
        _ if shown.is_none() => return Ok(None),
        _ => None,
    };
    Ok(Some(Setting { id: field.id.clone(), name: field.name.clone(), value }))
}

fn points_member(body: &mut Body, wishes: &Wishes) -> Result<()> {
    let value = match wishes.get(POINTS) {
        Some(FieldPatch::Set(CustomValue::Integer(points))) => json!(points),
        Some(FieldPatch::Set(CustomValue::Number(points))) => json!(points),
        Some(FieldPatch::Set(_)) => {
            let error = Error::invalid_input("a custom field does not fit");
            return Err(error.on_field(Field::CustomFields, format!("`{POINTS}` is a number")));
        }
        Some(FieldPatch::Clear) => Value::Null,
        _ => return Ok(()),
    };
    body.insert("points".into(), value);
    Ok(())
}

/// Tags as ClickUp keeps them: in small letters, nothing twice.
pub(super) fn tags(labels: &[String]) -> Vec<String> {
    let lower = labels.iter().map(|label| label.trim().to_lowercase()).collect();
    SetPatch::Replace(lower).apply(&[])
}

/// The same of a change.
pub(crate) fn tags_patch(patch: &SetPatch<String>) -> SetPatch<String> {
    match patch {
        SetPatch::Replace(labels) => SetPatch::Replace(tags(labels)),
        SetPatch::Edit { add, remove } => SetPatch::Edit { add: tags(add), remove: tags(remove) },
        other => other.clone(),
    }
}

/// What is given on create, as a patch of an empty task.
pub(super) fn as_patch(new: &NewTask) -> TaskPatch {
    fn set<T: Clone>(value: Option<&T>) -> FieldPatch<T> {
        value.map_or(FieldPatch::Keep, |value| FieldPatch::Set(value.clone()))
    }
    let mut patch = TaskPatch::new().title(new.title.as_str());
    patch.status = set(new.status.as_ref());
    patch.priority = set(new.priority.as_ref());
    patch.task_type = set(new.task_type.as_ref());
    patch.estimated_hours = set(new.estimated_hours.as_ref());
    patch.start_date = set(new.start_date.as_ref());
    patch.due_date = set(new.due_date.as_ref());
    let custom = new.custom_fields.iter();
    patch.custom_fields = custom.map(|(name, value)| (name.clone(), FieldPatch::Set(value.clone()))).collect();
    patch
}

fn on_field(field: Field, error: &Error) -> Error {
    Error::invalid_input("a task does not fit").on_field(field, error.message())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_are_in_small_letters_and_once() {
        let labels = |labels: &[&str]| labels.iter().map(|label| (*label).to_owned()).collect::<Vec<_>>();
        assert_eq!(tags(&labels(&["Paint", "wood ", "PAINT", "ÄPFEL"])), ["paint", "wood", "äpfel"]);
        let edit = SetPatch::Edit { add: labels(&["A"]), remove: labels(&["B", "b"]) };
        assert_eq!(tags_patch(&edit), SetPatch::Edit { add: labels(&["a"]), remove: labels(&["b"]) });
    }

    #[test]
    fn points_are_a_number() {
        let mut body = Body::new();
        let wish = |value: FieldPatch<CustomValue>| Wishes::from([(POINTS.to_owned(), value)]);
        assert!(points_member(&mut body, &wish(FieldPatch::Set("many".into()))).is_err());
        assert!(points_member(&mut body, &wish(FieldPatch::Set(2.5.into()))).is_ok());
        assert_eq!(body["points"], json!(2.5));
        assert!(points_member(&mut body, &wish(FieldPatch::Clear)).is_ok());
        assert_eq!(body["points"], Value::Null);
    }
}
