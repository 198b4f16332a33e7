//! What a write asks for, and what GitHub made of it: without push access labels, assignees, milestones and types are
//! dropped, with a status that says that all is well.

use pm_provider::{Effect, Error, ErrorKind, Field, Result};
use serde_json::{Map, Value, json};

use super::references::is_same_label;
use crate::dto::Issue;
use crate::map;
use crate::repositories::Repository;

/// What is asked for in one request.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Draft {
    pub(crate) title: Option<String>,
    /// With the mark of a key, where there is one.
    pub(crate) body: Option<String>,
    /// The id of a status.
    pub(crate) status: Option<&'static str>,
    pub(crate) labels: Option<Vec<String>>,
    /// Logins.
    pub(crate) assignees: Option<Vec<String>>,
    pub(crate) milestone: Option<Option<u64>>,
    pub(crate) kind: Option<Option<String>>,
}

impl Draft {
    pub(crate) fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// The body of the request.
    pub(crate) fn json(&self) -> Value {
        let mut body = Map::new();
        let mut set = |name: &str, value: Option<Value>| {
            if let Some(value) = value {
                body.insert(name.to_owned(), value);
            }
        };
        set("title", self.title.as_ref().map(|title| json!(title)));
        set("body", self.body.as_ref().map(|text| json!(text)));
        set("labels", self.labels.as_ref().map(|labels| json!(labels)));
        set("assignees", self.assignees.as_ref().map(|logins| json!(logins)));
        set("milestone", self.milestone.map(|number| json!(number)));
        set("type", self.kind.as_ref().map(|kind| json!(kind)));
        match self.status {
            Some(map::OPEN) => set("state", Some(json!("open"))),
            Some(reason) => {
                set("state", Some(json!("closed")));
                set("state_reason", Some(json!(reason)));
            }
            None => {}
        }
        Value::Object(body)
    }

    /// The fields that it is about.
    pub(crate) fn fields(&self) -> Vec<Field> {
        let all = [
            (Field::Title, self.title.is_some()),
            (Field::Description, self.body.is_some()),
            (Field::Status, self.status.is_some()),
            (Field::Labels, self.labels.is_some()),
            (Field::Assignees, self.assignees.is_some()),
            (Field::SprintId, self.milestone.is_some()),
            (Field::TaskType, self.kind.is_some()),
        ];
        all.into_iter().filter(|(_, is_asked)| *is_asked).map(|(field, _)| field).collect()
    }

    /// What was asked for and is not stored.
    pub(crate) fn dropped_by(&self, issue: &Issue) -> Vec<Field> {
        let is_stored = |field: &Field| match field {
            Field::Status => self.status == map::status_id(issue),
            Field::Labels => self.labels.as_deref().is_none_or(|labels| has_labels(issue, labels)),
            Field::Assignees => self.assignees.as_deref().is_none_or(|logins| has_assignees(issue, logins)),
            Field::SprintId => self.milestone == Some(issue.milestone.map(|milestone| milestone.number)),
            Field::TaskType => {
                let kind = issue.kind.as_ref().map(|kind| kind.name.to_lowercase());
                self.kind.as_ref().is_some_and(|wanted| wanted.as_ref().map(|name| name.to_lowercase()) == kind)
            }
            _ => true,
        };
        self.fields().into_iter().filter(|field| !is_stored(field)).collect()
    }
}

fn has_labels(issue: &Issue, wanted: &[String]) -> bool {
    let has = |name: &str| issue.labels.iter().any(|label| is_same_label(&label.0, name));
    wanted.len() == issue.labels.len() && wanted.iter().all(|name| has(name))
}

fn has_assignees(issue: &Issue, wanted: &[String]) -> bool {
    let has = |login: &str| issue.assignees.iter().any(|person| person.login.eq_ignore_ascii_case(login));
    wanted.len() == issue.assignees.len() && wanted.iter().all(|login| has(login))
}

/// The error for a field whose value does not fit.
pub(crate) fn unfit(field: Field, problem: &str) -> Error {
    Error::invalid_input("a task does not fit").on_field(field, problem)
}

/// Refuses before anything is sent what GitHub would drop without a word.
pub(crate) fn require_push(repository: &Repository, fields: &[Field]) -> Result<()> {
    if fields.is_empty() || repository.can_push() != Some(false) {
        return Ok(());
    }
    let message = format!("{} of a task can only be written with push access", names(fields));
    let error = Error::new(ErrorKind::PermissionDenied, message).hint(NO_PUSH);
    Err(fields.iter().fold(error, |error, field| error.on_field(*field, "not permitted")))
}

const NO_PUSH: &str = "the token, or its user, needs the role `triage` or push access in this repository";

/// The error for what GitHub dropped; with what it did store.
pub(crate) fn dropped(id: &str, applied: Vec<String>, fields: &[Field]) -> Error {
    let message = format!("GitHub left {} of task `{id}` as it was, without saying why", names(fields));
    let effect = match applied.is_empty() {
        true => Effect::NotExecuted,
        false => Effect::Partial { id: id.to_owned(), applied, failed: words(fields) },
    };
    let error = Error::new(ErrorKind::PermissionDenied, message).with_effect(effect).hint(NO_PUSH);
    fields.iter().fold(error, |error, field| error.on_field(*field, "not permitted"))
}

/// Says of an error of a later request what was done before it, if anything was.
pub(crate) fn partial(error: Error, id: &str, applied: Vec<String>, failed: Vec<String>) -> Error {
    if applied.is_empty() {
        return error;
    }
    error.with_effect(Effect::Partial { id: id.to_owned(), applied, failed })
}

/// The names that fields have in the contract.
pub(crate) fn words(fields: &[Field]) -> Vec<String> {
    fields.iter().map(|field| field.word().to_owned()).collect()
}

fn names(fields: &[Field]) -> String {
    fields.iter().map(|field| format!("`{field}`")).collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn issue() -> Issue {
        let json = json!({
            "id": 1000, "number": 7, "title": "Paint", "state": "closed", "state_reason": "not_planned",
            "labels": [{ "name": "Bug" }, { "name": "ui" }], "assignees": [{ "id": 5, "login": "Ann" }],
            "milestone": { "number": 3 }, "type": { "name": "Bug" },
        });
        serde_json::from_value(json).unwrap()
    }

    #[test]
    fn only_what_is_asked_for_is_sent() {
        let draft = Draft { title: Some("Paint".to_owned()), milestone: Some(None), ..Draft::default() };
        assert_eq!(draft.json(), json!({ "title": "Paint", "milestone": null }));
        let status = |status| Draft { status: Some(status), ..Draft::default() }.json();
        assert_eq!(status("open"), json!({ "state": "open" }));
        assert_eq!(status("duplicate"), json!({ "state": "closed", "state_reason": "duplicate" }));
        let kind = Draft { kind: Some(None), ..Draft::default() };
        assert_eq!(kind.json(), json!({ "type": null }));
        assert!(Draft::default().is_empty() && !kind.is_empty());
    }

    #[test]
    fn what_is_stored_was_not_dropped() {
        let stored = Draft {
            title: Some("Paint".to_owned()),
            body: Some(String::new()),
            status: Some("not_planned"),
            labels: Some(vec!["UI".to_owned(), "bug".to_owned()]),
            assignees: Some(vec!["ann".to_owned()]),
            milestone: Some(Some(3)),
            kind: Some(Some("bug".to_owned())),
        };
        assert_eq!(stored.dropped_by(&issue()), []);
        assert_eq!(stored.fields().len(), 7);
    }

    #[test]
    fn every_field_notices_that_it_was_dropped() {
        let asked = Draft {
            status: Some("completed"),
            labels: Some(vec!["ui".to_owned()]),
            assignees: Some(vec!["ann".to_owned(), "bob".to_owned()]),
            milestone: Some(None),
            kind: Some(None),
            ..Draft::default()
        };
        assert_eq!(asked.dropped_by(&issue()), asked.fields());
    }

    #[test]
    fn what_was_dropped_is_named_with_what_was_not() {
        let error = dropped("42#7", vec!["create".to_owned()], &[Field::Labels]);
        assert_eq!(error.kind(), ErrorKind::PermissionDenied);
        let (applied, failed) = (vec!["create".to_owned()], vec!["labels".to_owned()]);
        assert_eq!(error.effect(), &Effect::Partial { id: "42#7".to_owned(), applied, failed });
        assert_eq!(dropped("42#7", Vec::new(), &[Field::Labels]).effect(), &Effect::NotExecuted);
    }
}
