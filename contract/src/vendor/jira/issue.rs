//! Bodies of writes to issues. The description allows any member and any value in `fields` and `update`: a wrong field would
//! pass, and the server refuses it, or takes it and does something else.

use serde_json::{Map, Value};

use super::value::{self, Kind};
use super::{Flavor, Learnt, adf};

/// The longest value of a property (the description of `PUT …/properties/{propertyKey}`).
const LONGEST_PROPERTY: usize = 32_768;
/// What a create cannot do without.
const REQUIRED: [&str; 3] = ["project", "issuetype", "summary"];
/// The most issues of one request (the description of `POST …/issue/bulk`).
const MOST_AT_ONCE: usize = 50;

/// One look at a body, and what it found: a place and what is wrong there.
pub(super) struct Look<'a> {
    flavor: Flavor,
    learnt: &'a Learnt,
    pub(super) found: Vec<(String, String)>,
}

impl<'a> Look<'a> {
    pub(super) fn new(flavor: Flavor, learnt: &'a Learnt) -> Self {
        Self { flavor, learnt, found: Vec::new() }
    }

    fn wrong(&mut self, pointer: impl Into<String>, what: impl Into<String>) {
        self.found.push((pointer.into(), what.into()));
    }

    pub(super) fn create(&mut self, body: &Value, pointer: &str) {
        let given = |name: &str| !body["fields"][name].is_null() || !body["update"][name].is_null();
        for name in REQUIRED.into_iter().filter(|name| !given(name)) {
            self.wrong(format!("{pointer}/fields"), format!("a new issue needs `{name}`"));
        }
        self.fields_and_update(body, pointer);
    }

    pub(super) fn create_many(&mut self, body: &Value) {
        let issues = body["issueUpdates"].as_array().map(Vec::as_slice).unwrap_or_default();
        if issues.is_empty() || issues.len() > MOST_AT_ONCE {
            self.wrong("/issueUpdates", format!("{} issues; allowed are 1 to {MOST_AT_ONCE}", issues.len()));
        }
        for (number, issue) in issues.iter().enumerate() {
            self.create(issue, &format!("/issueUpdates/{number}"));
        }
    }

    /// `PUT` takes no status: "issue transition is not supported and is ignored here".
    pub(super) fn edit(&mut self, body: &Value) {
        if !body["transition"].is_null() {
            self.wrong("/transition", "an edit ignores the transition: it has an operation of its own");
        }
        self.fields_and_update(body, "");
    }

    pub(super) fn transition(&mut self, body: &Value) {
        if !body["transition"]["id"].is_string() {
            self.wrong("/transition/id", "a transition is named by its id, a text");
        }
        self.fields_and_update(body, "");
    }

    /// A comment, or a worklog with one.
    pub(super) fn comment(&mut self, body: &Value, member: &str, pointer: &str) {
        if !body[member].is_null() {
            self.text(&body[member], &format!("{pointer}/{member}"));
        } else if member == "body" {
            self.wrong(pointer, "a comment needs a `body`");
        }
        self.properties(&body["properties"], &format!("{pointer}/properties"));
    }

    fn fields_and_update(&mut self, body: &Value, pointer: &str) {
        for (name, value) in members(&body["fields"]) {
            let place = format!("{pointer}/fields/{name}");
            if body["update"].get(name).is_some() {
                self.wrong(&place, "the field is in `update` as well");
            }
            self.field(name, value, &place);
        }
        for (name, operations) in members(&body["update"]) {
            self.operations(name, operations, &format!("{pointer}/update/{name}"));
        }
        self.properties(&body["properties"], &format!("{pointer}/properties"));
    }

    fn field(&mut self, name: &str, value: &Value, place: &str) {
        let Some(kind) = self.kind(name, place) else { return };
        match kind {
            Kind::ReadOnly => self.wrong(place, "only the server writes this field"),
            Kind::OnlyByUpdate => self.wrong(place, "this field is changed by `update` alone"),
            Kind::Text => self.text(value, place),
            kind => {
                if let Err(what) = value::check(&kind, value, self.flavor) {
                    self.wrong(place, what);
                }
            }
        }
    }

    /// The kind of a field; `None`, and a finding, where there is no such field.
    fn kind(&mut self, name: &str, place: &str) -> Option<Kind> {
        let learnt = self.learnt.schema(name);
        let kind = value::system_kind(name).or_else(|| learnt.map(value::custom_kind));
        let is_custom = name.strip_prefix("customfield_").is_some_and(is_number);
        let kind = kind.or_else(|| (is_custom && !self.learnt.knows_screens()).then_some(Kind::Anything));
        if kind.is_none() {
            let what = match is_custom {
                true => "no create, edit or transition screen has this field",
                false => "there is no field of this id: names of fields are no ids",
            };
            self.wrong(place, what);
        } else if learnt.is_none() && self.learnt.knows_screens() && !value::is_on_any_screen(name) {
            self.wrong(place, "no create, edit or transition screen has this field");
            return None;
        }
        kind
    }

    /// `[{"add": "x"}, {"remove": "y"}]`: one verb each; what is set is a value of the field.
    fn operations(&mut self, name: &str, operations: &Value, place: &str) {
        let Some(kind) = self.kind(name, place) else { return };
        if kind == Kind::ReadOnly {
            return self.wrong(place, "only the server writes this field");
        }
        let Some(operations) = operations.as_array() else {
            return self.wrong(place, "operations are a list");
        };
        for (number, operation) in operations.iter().enumerate() {
            let place = format!("{place}/{number}");
            let verbs: Vec<_> = members(operation).collect();
            match verbs.as_slice() {
                [(verb, value)] => self.operation(name, &kind, (verb.as_str(), value), &place),
                _ => self.wrong(place, "an operation has one verb"),
            }
        }
    }

    fn operation(&mut self, name: &str, kind: &Kind, (verb, value): (&str, &Value), place: &str) {
        let place = format!("{place}/{verb}");
        let is_without_parent = name == "parent" && value["none"] == Value::Bool(true);
        let checked = match (verb, kind) {
            ("set", _) if is_without_parent => Ok(()),
            ("set", Kind::Text) => return self.text(value, &place),
            ("set", Kind::OnlyByUpdate) | ("edit" | "copy", _) => Ok(()),
            ("set", kind) => value::check(kind, value, self.flavor),
            ("add" | "remove", Kind::ListOf(element)) => value::check(element, value, self.flavor),
            ("add", Kind::OnlyByUpdate) if name == "comment" => return self.comment(value, "body", &place),
            ("add" | "remove", Kind::OnlyByUpdate | Kind::Anything) => Ok(()),
            ("add" | "remove", _) => Err(format!("`{name}` is no list: nothing can be added to it")),
            (verb, _) => Err(format!("`{verb}` is no operation")),
        };
        if let Err(what) = checked {
            self.wrong(place, what);
        }
    }

    fn text(&mut self, value: &Value, place: &str) {
        match (self.flavor, value) {
            (_, Value::Null) | (Flavor::DataCenter, Value::String(_)) => {}
            (Flavor::DataCenter, _) => self.wrong(place, "Data Center takes wiki markup, a text"),
            (Flavor::Cloud, Value::String(_)) => self.wrong(place, "no text, but a document of Atlassian's format"),
            (Flavor::Cloud, document) => {
                let wrong = adf::check(document);
                self.found.extend(wrong.into_iter().map(|(inner, what)| (format!("{place}{inner}"), what)));
            }
        }
    }

    /// Each has a key and a value, and none comes twice.
    fn properties(&mut self, properties: &Value, place: &str) {
        let mut known = Vec::new();
        for (number, property) in properties.as_array().into_iter().flatten().enumerate() {
            let place = format!("{place}/{number}");
            match property["key"].as_str().filter(|key| !key.is_empty() && key.len() <= 255) {
                Some(key) if known.contains(&key) => self.wrong(&place, format!("the key `{key}` comes twice")),
                Some(key) => known.push(key),
                None => self.wrong(&place, "a property needs a `key` of 1 to 255 characters"),
            }
            self.property_value(&property["value"], &format!("{place}/value"));
        }
    }

    pub(super) fn property_value(&mut self, value: &Value, place: &str) {
        if value.is_null() {
            self.wrong(place, "a property needs a value");
        } else if value.to_string().len() > LONGEST_PROPERTY {
            self.wrong(place, format!("a property has {LONGEST_PROPERTY} bytes at most"));
        }
    }
}

fn members(object: &Value) -> impl Iterator<Item = (&String, &Value)> {
    object.as_object().into_iter().flat_map(Map::iter)
}

fn is_number(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn found(flavor: Flavor, learnt: &Learnt, look: impl FnOnce(&mut Look<'_>)) -> Vec<String> {
        let mut looking = Look::new(flavor, learnt);
        look(&mut looking);
        looking.found.into_iter().map(|(place, what)| format!("{place}: {what}")).collect()
    }

    fn edit(body: &Value) -> Vec<String> {
        found(Flavor::Cloud, &Learnt::default(), |look| look.edit(body))
    }

    #[test]
    fn a_good_create_passes() {
        let body = json!({
            "fields": {"project": {"id": "10000"}, "issuetype": {"id": "1"}, "summary": "x", "labels": ["a"],
                "description": {"version": 1, "type": "doc", "content": []}, "duedate": null, "customfield_10016": 3},
            "properties": [{"key": "pm-core", "value": {"key": "x"}}],
        });
        assert!(found(Flavor::Cloud, &Learnt::default(), |look| look.create(&body, "")).is_empty());
        let many = json!({"issueUpdates": [body]});
        assert!(found(Flavor::Cloud, &Learnt::default(), |look| look.create_many(&many)).is_empty());
    }

    #[test]
    fn what_a_create_lacks_is_told() {
        let body = json!({"fields": {"project": {"id": "10000"}}});
        let wrong = found(Flavor::Cloud, &Learnt::default(), |look| look.create(&body, ""));
        assert_eq!(wrong.len(), 2, "{wrong:?}");
        let none = json!({"issueUpdates": []});
        assert_eq!(found(Flavor::Cloud, &Learnt::default(), |look| look.create_many(&none)).len(), 1);
    }

    #[test]
    fn fields_have_ids_and_kinds() {
        for (fields, expected) in [
            (json!({"Summary": "x"}), "no field of this id"),
            (json!({"status": {"id": "3"}}), "only the server"),
            (json!({"timeoriginalestimate": 60}), "only the server"),
            (json!({"issuelinks": []}), "by `update` alone"),
            (json!({"summary": 7}), "text"),
            (json!({"labels": "a"}), "list"),
            (json!({"labels": ["a b"]}), "blank"),
            (json!({"duedate": "21.11.2026"}), "YYYY-MM-DD"),
            (json!({"assignee": "ada"}), "accountId"),
            (json!({"priority": "High"}), "`id`"),
            (json!({"description": "text"}), "Atlassian"),
        ] {
            let wrong = edit(&json!({"fields": fields}));
            assert!(wrong.len() == 1 && wrong[0].contains(expected), "{fields}: {wrong:?}");
        }
    }

    #[test]
    fn a_field_that_no_screen_has_is_told_once_screens_are_known() {
        let mut learnt = Learnt::default();
        learnt.take(&json!({"fields": {"customfield_10016": {"schema": {"type": "number", "custom": "x:float"}}}}));
        let look = |body: Value| found(Flavor::Cloud, &learnt, |look| look.edit(&body));
        assert!(look(json!({"fields": {"customfield_10016": 3, "summary": "x"}})).is_empty());
        assert_eq!(look(json!({"fields": {"customfield_10016": "3"}})).len(), 1);
        assert!(look(json!({"fields": {"customfield_1": 3}}))[0].contains("screen"));
        assert!(look(json!({"fields": {"environment": null}}))[0].contains("screen"));
    }

    #[test]
    fn operations_have_one_verb() {
        assert!(edit(&json!({"update": {"labels": [{"add": "a"}, {"remove": "b"}]}})).is_empty());
        assert!(edit(&json!({"update": {"parent": [{"set": {"none": true}}]}})).is_empty());
        for (update, expected) in [
            (json!({"labels": [{"add": "a", "remove": "b"}]}), "one verb"),
            (json!({"labels": {"add": "a"}}), "a list"),
            (json!({"labels": [{"append": "a"}]}), "no operation"),
            (json!({"summary": [{"add": "a"}]}), "no list"),
            (json!({"labels": [{"add": 7}]}), "text"),
        ] {
            let wrong = edit(&json!({"update": update}));
            assert!(wrong.len() == 1 && wrong[0].contains(expected), "{update}: {wrong:?}");
        }
        let both = json!({"fields": {"summary": "x"}, "update": {"summary": [{"set": "y"}]}});
        assert!(edit(&both)[0].contains("as well"));
    }

    #[test]
    fn a_status_goes_by_transitions() {
        assert!(edit(&json!({"transition": {"id": "31"}}))[0].contains("ignores"));
        let look = |body: Value| found(Flavor::Cloud, &Learnt::default(), |look| look.transition(&body));
        assert!(look(json!({"transition": {"id": "31"}, "fields": {"resolution": {"id": "1"}}})).is_empty());
        assert_eq!(look(json!({"transition": {"name": "Done"}})).len(), 1);
        assert_eq!(look(json!({"transition": {"id": 31}})).len(), 1);
    }

    #[test]
    fn properties_have_a_key_and_a_value() {
        for (properties, count) in [
            (json!([{"key": "a", "value": 1}]), 0),
            (json!([{"key": "a", "value": 1}, {"key": "a", "value": 2}]), 1),
            (json!([{"key": "a"}]), 1),
            (json!([{"value": 1}]), 1),
            (json!([{"key": "a", "value": "x".repeat(LONGEST_PROPERTY)}]), 1),
        ] {
            assert_eq!(edit(&json!({"properties": properties})).len(), count, "{properties}");
        }
    }

    #[test]
    fn data_center_takes_wiki_markup() {
        let look = |body: Value| found(Flavor::DataCenter, &Learnt::default(), |look| look.edit(&body));
        assert!(look(json!({"fields": {"description": "h1. x", "assignee": {"name": "ada"}}})).is_empty());
        assert_eq!(look(json!({"fields": {"description": {"type": "doc"}}})).len(), 1);
        assert_eq!(look(json!({"fields": {"assignee": {"accountId": "1"}}})).len(), 1);
    }

    #[test]
    fn comments_have_a_text() {
        let look = |body: Value| found(Flavor::Cloud, &Learnt::default(), |look| look.comment(&body, "body", ""));
        assert!(look(json!({"body": {"version": 1, "type": "doc", "content": []}})).is_empty());
        assert_eq!(look(json!({"body": "text"})).len(), 1);
        assert_eq!(look(json!({})).len(), 1);
    }
}
