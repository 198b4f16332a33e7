//! Bodies of writes, and what a stored item shows of them.
//!
//! Only what differs is sent, and what was sent is compared with what is stored: servers drop attributes silently that
//! a role, a type or a workflow does not let us set.

use pm_http::creating::comparable;
use pm_http::{Creating, Made};
use pm_provider::{Effect, Error, ErrorKind, Hours};
use serde_json::{Map, Value, json};

use crate::dto::{HasId, last_segment};
use crate::duration;

/// The members of a write: values at the top, references among the links.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Body {
    pub(crate) fields: Map<String, Value>,
    pub(crate) links: Map<String, Value>,
}

/// How exactly a stored value must be what was asked for.
#[derive(Clone, Copy, PartialEq)]
enum Compare {
    Exactly,
    /// Servers trim, and change line breaks.
    Leniently,
}

impl Body {
    /// Sets a value.
    pub(crate) fn set(&mut self, name: &str, value: impl Into<Value>) {
        self.fields.insert(name.to_owned(), value.into());
    }

    /// Sets a text in Markdown.
    pub(crate) fn text(&mut self, name: &str, raw: &str) {
        self.set(name, json!({ "raw": raw }));
    }

    /// Sets or empties a reference.
    pub(crate) fn link(&mut self, name: &str, href: Option<String>) {
        let link = Map::from_iter([("href".to_owned(), href.map_or(Value::Null, Value::String))]);
        self.links.insert(name.to_owned(), link.into());
    }

    /// Sets a list of references.
    pub(crate) fn list(&mut self, name: &str, hrefs: Vec<String>) {
        let links: Vec<_> = hrefs.into_iter().map(|href| json!({ "href": href })).collect();
        self.links.insert(name.to_owned(), Value::from(links));
    }

    /// Says whether there is nothing to write.
    pub(crate) fn is_empty(&self) -> bool {
        self.fields.is_empty() && self.links.is_empty()
    }

    /// The JSON of the write.
    pub(crate) fn json(&self) -> Value {
        let mut json = self.fields.clone();
        if !self.links.is_empty() {
            json.insert("_links".to_owned(), self.links.clone().into());
        }
        json.into()
    }

    /// The same without what a stored item shows already: a write that changes nothing is not sent.
    pub(crate) fn changes(&self, stored: &Value) -> Self {
        let mut changes = self.clone();
        changes.fields.retain(|name, asked| !holds(asked, &stored[name.as_str()], Compare::Exactly));
        changes.links.retain(|name, asked| !links_to(asked, &stored["_links"][name.as_str()]));
        changes
    }

    /// The names of what a stored item does not show.
    pub(crate) fn missing(&self, stored: &Value) -> Vec<String> {
        let fields =
            self.fields.iter().filter(|(name, asked)| !holds(asked, &stored[name.as_str()], Compare::Leniently));
        let links = self.links.iter().filter(|(name, asked)| !links_to(asked, &stored["_links"][name.as_str()]));
        fields.chain(links).map(|(name, _)| called(name)).collect()
    }

    /// Texts of it, as they were given.
    pub(crate) fn texts<const N: usize>(&self, names: [&str; N]) -> [&str; N] {
        names.map(|name| self.fields.get(name).map(text).unwrap_or_default())
    }

    /// Says whether a stored item has the same texts: what a create is told by, as no role and no form takes those out.
    /// What is not given is empty.
    pub(crate) fn has_texts_of(&self, stored: &Value, names: &[&str]) -> bool {
        let text = |value: &Value| comparable(text(value));
        names.iter().all(|name| self.fields.get(*name).map(text).unwrap_or_default() == text(&stored[*name]))
    }

    /// Says whether a stored item has the same links; one that is not given leads nowhere.
    pub(crate) fn has_links_of(&self, stored: &Value, names: &[&str]) -> bool {
        let asked = |name: &str| self.links.get(name).and_then(target);
        names.iter().all(|name| asked(name) == target(&stored["_links"][*name]))
    }

    /// Says whether a stored item shows all of it.
    pub(crate) fn is_in(&self, stored: &Value) -> bool {
        self.missing(stored).is_empty()
    }

    /// The error for a write that the server took and did not carry out, or only in part.
    pub(crate) fn dropped(&self, id: u64, stored: &Value) -> Option<Error> {
        self.dropped_after(Vec::new(), id, stored)
    }

    /// The same for a create. What was there before we sent anything may have been changed since, and that is right.
    pub(crate) fn dropped_by_create<T: HasId>(&self, creating: &Creating<'_, T>, made: &Made<T>) -> Option<Error> {
        let dropped = self.dropped_from_new(made.row.item.id(), &crate::tasks::json(&made.row));
        dropped.filter(|_| creating.is_new())
    }

    /// The same for a new item, which is there whatever it lacks.
    pub(crate) fn dropped_from_new(&self, id: u64, stored: &Value) -> Option<Error> {
        self.dropped_after(vec!["create".to_owned()], id, stored)
    }

    fn dropped_after(&self, done: Vec<String>, id: u64, stored: &Value) -> Option<Error> {
        let failed = self.missing(stored);
        if failed.is_empty() {
            return None;
        }
        let all = self.fields.keys().chain(self.links.keys()).map(|name| called(name));
        let applied: Vec<_> = done.into_iter().chain(all.filter(|name| !failed.contains(name))).collect();
        let names: Vec<_> = failed.iter().map(|name| format!("`{name}`")).collect();
        let message = format!("the server took the write and left {} as it was", names.join(", "));
        let effect = match applied.is_empty() {
            true => Effect::NotExecuted,
            false => Effect::Partial { id: id.to_string(), applied, failed },
        };
        let hint = "the user's role, the type's form or the workflow may not permit it";
        Some(Error::new(ErrorKind::PermissionDenied, message).with_effect(effect).hint(hint))
    }
}

/// A text, formatted or not.
fn text(value: &Value) -> &str {
    value["raw"].as_str().or(value.as_str()).unwrap_or_default()
}

/// The name that the contract has for a member of the wire.
fn called(name: &str) -> String {
    crate::error::field(name).map_or_else(|| name.to_owned(), |field| field.word().to_owned())
}

fn holds(asked: &Value, stored: &Value, compare: Compare) -> bool {
    if let Some(raw) = asked.get("raw").and_then(Value::as_str) {
        return same_text(raw, stored["raw"].as_str().unwrap_or_default(), compare);
    }
    match (asked, stored) {
        (Value::String(asked), Value::String(stored)) => {
            let durations = duration::parse(asked).zip(duration::parse(stored));
            durations
                .map_or_else(|| same_text(asked, stored, compare), |(asked, stored)| same_time(asked, stored, compare))
        }
        (Value::Number(asked), Value::Number(stored)) => asked.as_f64() == stored.as_f64(),
        (asked, stored) => asked == stored,
    }
}

/// The server holds whole minutes.
fn same_time(asked: Hours, stored: Hours, compare: Compare) -> bool {
    match compare {
        Compare::Exactly => asked == stored,
        Compare::Leniently => asked.as_seconds().abs_diff(stored.as_seconds()) < 60,
    }
}

fn same_text(asked: &str, stored: &str, compare: Compare) -> bool {
    match compare {
        Compare::Exactly => asked == stored,
        Compare::Leniently => comparable(asked) == comparable(stored),
    }
}

fn links_to(asked: &Value, stored: &Value) -> bool {
    if let Some(asked) = asked.as_array() {
        let ids = |links: &[Value]| links.iter().map(|link| target(link).map(ToOwned::to_owned)).collect::<Vec<_>>();
        let (mut asked, mut stored) = (ids(asked), ids(stored.as_array().map_or(&[], Vec::as_slice)));
        asked.sort();
        stored.sort();
        return asked == stored;
    }
    target(asked) == target(stored)
}

fn target(link: &Value) -> Option<&str> {
    link["href"].as_str().map(last_segment)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stored() -> Value {
        json!({
            "subject": "Paint", "description": { "raw": "one\r\ntwo" }, "estimatedTime": "PT1H", "dueDate": null,
            "_links": { "status": { "href": "/op/api/v3/statuses/3" }, "assignee": { "href": null },
                "labels": [{ "href": "/api/v3/labels/2" }, { "href": "/api/v3/labels/1" }] }
        })
    }

    #[test]
    fn only_what_differs_is_sent() {
        let mut body = Body::default();
        body.set("subject", "Paint");
        body.set("estimatedTime", "PT60M");
        body.set("dueDate", Value::Null);
        body.text("description", "one\r\ntwo");
        body.link("status", Some("/api/v3/statuses/3".to_owned()));
        body.link("assignee", None);
        body.list("labels", vec!["/api/v3/labels/1".to_owned(), "/api/v3/labels/2".to_owned()]);
        assert!(body.changes(&stored()).is_empty());
        body.set("dueDate", "2026-01-01");
        body.link("assignee", Some("/api/v3/users/5".to_owned()));
        let changes = body.changes(&stored());
        assert_eq!(
            changes.json(),
            json!({ "dueDate": "2026-01-01", "_links": { "assignee": { "href": "/api/v3/users/5" } } })
        );
    }

    #[test]
    fn trap_dropped_attributes_are_noticed() {
        let mut body = Body::default();
        body.set("subject", "Paint ");
        body.text("description", "one\ntwo\n");
        assert!(body.is_in(&stored()), "trimming drops nothing");
        body.set("dueDate", "2026-01-01");
        body.link("assignee", Some("/api/v3/users/5".to_owned()));
        let error = body.dropped(1, &stored());
        let effect = error.as_ref().map(Error::effect);
        let failed = vec!["due_date".to_owned(), "assignees".to_owned()];
        let applied = vec!["description".to_owned(), "title".to_owned()];
        assert_eq!(effect, Some(&Effect::Partial { id: "1".to_owned(), applied, failed }));
    }

    #[test]
    fn a_new_item_is_there_whatever_it_lacks() {
        let mut body = Body::default();
        body.set("dueDate", "2026-01-01");
        let error = body.dropped_from_new(1, &stored());
        let (applied, failed) = (vec!["create".to_owned()], vec!["due_date".to_owned()]);
        let effect = error.as_ref().map(Error::effect);
        assert_eq!(effect, Some(&Effect::Partial { id: "1".to_owned(), applied, failed }));
    }

    #[test]
    fn a_create_is_told_by_texts_and_links_alone() {
        let mut body = Body::default();
        body.set("subject", " Paint");
        body.set("dueDate", "2026-01-01");
        assert!(!body.has_texts_of(&stored(), &["subject", "description"]), "none given is an empty one");
        body.text("description", "one\ntwo");
        assert!(body.has_texts_of(&stored(), &["subject", "description"]));
        assert!(body.has_links_of(&stored(), &["assignee", "parent"]));
        assert!(!body.has_links_of(&stored(), &["status"]));
    }

    #[test]
    fn a_write_of_which_nothing_came_was_not_executed() {
        let mut body = Body::default();
        body.set("dueDate", "2026-01-01");
        let error = body.dropped(1, &stored());
        assert_eq!(error.as_ref().map(Error::effect), Some(&Effect::NotExecuted));
    }
}
