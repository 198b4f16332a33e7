//! What a write asks for, and what the server made of it: attributes that the role or the workflow does not permit it
//! drops without a word, with a status that says that all is well.

use pm_provider::{Effect, Error, ErrorKind, Field, Hours};
use serde_json::{Map, Value, json};

use crate::custom;
use crate::dto::{IssueDto, Reference};
use crate::text::line_ends;

/// The attributes of an issue that can be written, and the fields that they are.
const ATTRIBUTES: [(&str, Field); 13] = [
    ("project_id", Field::ProjectId),
    ("subject", Field::Title),
    ("description", Field::Description),
    ("status_id", Field::Status),
    ("priority_id", Field::Priority),
    ("parent_issue_id", Field::ParentTaskId),
    ("fixed_version_id", Field::SprintId),
    ("assigned_to_id", Field::Assignees),
    ("estimated_hours", Field::EstimatedHours),
    ("start_date", Field::StartDate),
    ("due_date", Field::DueDate),
    ("tracker_id", Field::TaskType),
    ("is_private", Field::Visibility),
];

/// What tells an issue apart: it is stored as it was asked for, or the create is refused. Others may be dropped.
const STABLE: [&str; 4] = ["subject", "description", "parent_issue_id", "tracker_id"];

/// What is asked for, by the server's names.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Draft {
    attributes: Map<String, Value>,
    /// Id, name and value.
    custom: Vec<(u64, String, Value)>,
    /// Attributes that are sent to keep the server's defaults out, and that nobody asked for.
    unasked: Vec<&'static str>,
}

impl Draft {
    /// Asks for a value; `""` empties.
    pub(crate) fn set(&mut self, attribute: &'static str, value: impl Into<Value>) {
        self.attributes.insert(attribute.to_owned(), value.into());
    }

    /// Sends a value that nobody asked for: it may be dropped.
    pub(crate) fn set_unasked(&mut self, attribute: &'static str, value: impl Into<Value>) {
        self.set(attribute, value);
        self.unasked.push(attribute);
    }

    /// Asks for the value of a custom field.
    pub(crate) fn set_custom(&mut self, id: u64, name: &str, value: Value) {
        self.custom.push((id, name.to_owned(), value));
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.attributes.is_empty() && self.custom.is_empty()
    }

    pub(crate) fn has(&self, attribute: &str) -> bool {
        self.attributes.contains_key(attribute)
    }

    /// Forgets everything but one attribute.
    pub(crate) fn only(&self, attribute: &'static str) -> Self {
        let value = self.attributes.get(attribute).cloned();
        Self { attributes: value.map(|value| (attribute.to_owned(), value)).into_iter().collect(), ..Self::default() }
    }

    /// Forgets what the issue holds already.
    pub(crate) fn retain_changes(&mut self, issue: &IssueDto) {
        self.attributes.retain(|name, value| !holds(issue, name, value));
        self.custom.retain(|(id, _, value)| !holds_custom(issue, *id, value));
    }

    /// The body of the request.
    pub(crate) fn json(&self) -> Value {
        let mut attributes = self.attributes.clone();
        if !self.custom.is_empty() {
            let fields = self.custom.iter().map(|(id, _, value)| json!({ "id": id, "value": value }));
            attributes.insert("custom_fields".to_owned(), fields.collect());
        }
        json!({ "issue": attributes })
    }

    /// Whether an issue may be what was asked for, whatever the server dropped of it.
    pub(crate) fn is_like(&self, issue: &IssueDto) -> bool {
        let mut asked = STABLE.iter().filter_map(|name| self.attributes.get(*name).map(|value| (*name, value)));
        let is_same = |(name, value): (&str, &Value)| match name {
            "subject" => value.as_str().is_some_and(|title| title.trim() == issue.subject.trim()),
            "description" => {
                let stored = line_ends(issue.description.as_deref().unwrap_or_default());
                value.as_str().is_some_and(|text| line_ends(text).trim() == stored.trim())
            }
            _ => holds(issue, name, value),
        };
        asked.all(is_same)
            && (self.has("parent_issue_id") || issue.parent.is_none())
            && (self.has("description") || issue.description.as_deref().unwrap_or_default().trim().is_empty())
    }

    /// The text of an attribute, for the identity of a create.
    pub(crate) fn text(&self, attribute: &str) -> &str {
        self.attributes.get(attribute).and_then(Value::as_str).unwrap_or_default().trim()
    }

    /// What was asked for and is not stored.
    pub(crate) fn dropped_by(&self, issue: &IssueDto) -> Self {
        let mut dropped = self.clone();
        dropped.attributes.retain(|name, _| !self.unasked.contains(&name.as_str()));
        dropped.retain_changes(issue);
        dropped
    }

    /// The error for attributes that the server dropped; with what it did store.
    pub(crate) fn refused(&self, id: u64, dropped: &Self, is_new: bool) -> Error {
        let failed = dropped.names();
        let mut applied: Vec<_> = self.names().into_iter().filter(|name| !failed.contains(name)).collect();
        if is_new {
            applied.insert(0, "create".to_owned());
        }
        not_permitted(&id.to_string(), "task", applied, failed, dropped.fields())
    }

    fn fields(&self) -> Vec<Field> {
        let named = |name: &str| ATTRIBUTES.iter().find(|(known, _)| *known == name).map(|(_, field)| *field);
        let custom = (!self.custom.is_empty()).then_some(Field::CustomFields);
        let asked = self.attributes.keys().filter(|name| !self.unasked.contains(&name.as_str()));
        asked.filter_map(|name| named(name)).chain(custom).collect()
    }

    /// The fields by their names in the contract; custom ones by their own.
    fn names(&self) -> Vec<String> {
        let fields = self.fields().into_iter().filter(|field| *field != Field::CustomFields);
        let custom = self.custom.iter().map(|(_, name, _)| format!("custom field {name}"));
        fields.map(|field| field.word().to_owned()).chain(custom).collect()
    }
}

/// The error for what a write asked for and the server dropped.
pub(crate) fn not_permitted(
    id: &str,
    what: &str,
    applied: Vec<String>,
    failed: Vec<String>,
    fields: Vec<Field>,
) -> Error {
    let names: Vec<_> = failed.iter().map(|name| format!("`{name}`")).collect();
    let message = format!("the server left {} of {what} `{id}` as it was, without saying why", names.join(", "));
    let effect = match applied.is_empty() {
        true => Effect::NotExecuted,
        false => Effect::Partial { id: id.to_owned(), applied, failed },
    };
    let error = Error::new(ErrorKind::PermissionDenied, message).with_effect(effect).hint(
        "the role or the workflow of this user does not permit it, the tracker has no such field, or it follows from \
         the sub-tasks",
    );
    fields.into_iter().fold(error, |error, field| error.on_field(field, "not permitted"))
}

/// Whether an issue holds the value of an attribute.
fn holds(issue: &IssueDto, attribute: &str, value: &Value) -> bool {
    let refers = |reference: &Option<Reference>| same_id(value, reference.as_ref().map(|held| held.id));
    let text = value.as_str().unwrap_or_default();
    match attribute {
        "project_id" => same_id(value, Some(issue.project.id)),
        "subject" => issue.subject == text,
        "description" => line_ends(issue.description.as_deref().unwrap_or_default()) == line_ends(text),
        "status_id" => same_id(value, Some(issue.status.id)),
        "priority_id" => refers(&issue.priority),
        "parent_issue_id" => refers(&issue.parent),
        "fixed_version_id" => refers(&issue.fixed_version),
        "assigned_to_id" => refers(&issue.assigned_to),
        "tracker_id" => refers(&issue.tracker),
        "estimated_hours" => same_hours(value.as_f64(), issue.estimated_hours),
        "start_date" => text == issue.start_date.map(|date| date.to_string()).unwrap_or_default(),
        "due_date" => text == issue.due_date.map(|date| date.to_string()).unwrap_or_default(),
        "is_private" => value.as_bool() == Some(issue.is_private == Some(true)),
        _ => false,
    }
}

fn same_id(value: &Value, held: Option<u64>) -> bool {
    value.as_u64() == held
}

/// Equal to the second: databases keep hours as floats of different sizes.
fn same_hours(wanted: Option<f64>, held: Option<f64>) -> bool {
    let seconds = |hours: Option<f64>| hours.and_then(|hours| Hours::from_hours(hours).ok());
    seconds(wanted) == seconds(held)
}

fn holds_custom(issue: &IssueDto, id: u64, value: &Value) -> bool {
    match issue.custom_fields.iter().find(|field| field.id == id) {
        Some(field) => custom::is_stored(value, &field.value),
        // An empty field that the tracker does not have.
        None => custom::is_stored(value, &Value::Null),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::map::cleared;

    fn issue() -> IssueDto {
        serde_json::from_value(json!({
            "id": 12, "project": { "id": 7 }, "status": { "id": 1, "name": "New" }, "subject": "Paint it",
            "description": "a\r\nb", "assigned_to": { "id": 5 }, "estimated_hours": 0.333_333_333_3, "is_private": false,
            "start_date": "2026-11-01", "custom_fields": [{ "id": 3, "name": "Colour", "value": "red" }],
        }))
        .unwrap()
    }

    fn draft(values: &[(&'static str, Value)]) -> Draft {
        let mut draft = Draft::default();
        for (name, value) in values {
            draft.set(name, value.clone());
        }
        draft
    }

    #[test]
    fn what_is_stored_already_is_not_sent() {
        let mut same = draft(&[
            ("subject", json!("Paint it")),
            ("description", json!("a\nb")),
            ("assigned_to_id", json!(5)),
            ("fixed_version_id", cleared()),
            ("estimated_hours", json!(1.0 / 3.0)),
            ("start_date", json!("2026-11-01")),
            ("due_date", cleared()),
            ("is_private", json!(false)),
        ]);
        same.set_custom(3, "Colour", json!("red"));
        same.retain_changes(&issue());
        assert!(same.is_empty(), "{same:?}");
    }

    #[test]
    fn every_attribute_notices_that_it_was_dropped() {
        let asked = draft(&[
            ("project_id", json!(8)),
            ("subject", json!("x")),
            ("description", json!("x")),
            ("status_id", json!(5)),
            ("priority_id", json!(5)),
            ("parent_issue_id", json!(1)),
            ("fixed_version_id", json!(1)),
            ("assigned_to_id", cleared()),
            ("tracker_id", json!(2)),
            ("estimated_hours", cleared()),
            ("start_date", cleared()),
            ("due_date", json!("2026-12-31")),
            ("is_private", json!(true)),
        ]);
        assert_eq!(asked.dropped_by(&issue()), asked);
        assert_eq!(asked.fields().len(), ATTRIBUTES.len());
    }

    #[test]
    fn what_was_dropped_is_named_with_what_was_not() {
        let mut asked = draft(&[("subject", json!("Paint it")), ("status_id", json!(5))]);
        asked.set_custom(3, "Colour", json!("blue"));
        let error = asked.refused(12, &asked.dropped_by(&issue()), false);
        assert_eq!(error.kind(), ErrorKind::PermissionDenied);
        let (applied, failed) = (vec!["title".to_owned()], vec!["status".to_owned(), "custom field Colour".to_owned()]);
        assert_eq!(error.effect(), &Effect::Partial { id: "12".to_owned(), applied, failed });
    }

    #[test]
    fn where_nothing_was_stored_nothing_happened() {
        let asked = draft(&[("status_id", json!(5))]);
        let error = asked.refused(12, &asked.dropped_by(&issue()), false);
        assert_eq!(error.effect(), &Effect::NotExecuted);
        let new = asked.refused(12, &asked.dropped_by(&issue()), true);
        assert!(matches!(new.effect(), Effect::Partial { applied, .. } if applied == &["create"]));
    }

    #[test]
    fn what_nobody_asked_for_is_not_missed() {
        let mut asked = draft(&[("subject", json!("Paint it"))]);
        asked.set_unasked("start_date", cleared());
        assert!(asked.json().to_string().contains("start_date"));
        assert!(asked.dropped_by(&issue()).is_empty());
    }

    #[test]
    fn an_issue_is_known_by_what_is_never_dropped() {
        let asked = draft(&[
            ("subject", json!("Paint it ")),
            ("description", json!("a\nb")),
            ("due_date", json!("2026-12-31")),
        ]);
        assert!(asked.is_like(&issue()), "the date may have been dropped");
        for (name, value) in [
            ("subject", json!("x")),
            ("description", json!("")),
            ("parent_issue_id", json!(3)),
            ("tracker_id", json!(2)),
        ] {
            let mut other = asked.clone();
            other.set(name, value);
            assert!(!other.is_like(&issue()), "{name}");
        }
        let below = IssueDto { parent: Some(Reference { id: 3, name: None }), ..issue() };
        assert!(!asked.is_like(&below), "nobody asked for a parent");
        assert!(!draft(&[("subject", json!("Paint it"))]).is_like(&issue()), "no description is an empty one");
    }

    #[test]
    fn the_body_has_the_servers_names() {
        let mut asked = draft(&[("due_date", cleared())]);
        asked.set_custom(3, "Colour", json!("blue"));
        let expected = json!({ "issue": { "due_date": "", "custom_fields": [{ "id": 3, "value": "blue" }] } });
        assert_eq!(asked.json(), expected);
    }
}
