//! The values of fields that no field of a task stands for: Resolution, Components, Fix versions, custom fields.

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDate, SecondsFormat, Utc};
use pm_provider::{CustomField, CustomFieldKind, CustomValue, Error, Field, Result};
use serde_json::{Value, json};

use crate::api::Api;
use crate::dto::{Allowed, FieldMeta, FieldSchema, moment};

/// What values of a field look like on the wire.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Holds {
    /// A line of plain text.
    Line,
    /// A text with formatting: a document on Cloud, wiki markup on Data Center.
    Area,
    Number,
    Date,
    Time,
    /// `{"value": …}`
    Choice,
    Choices,
    /// `{"value": …, "child": {"value": …}}`
    Cascade,
    /// `{"name": …}`
    Named,
    NamedList,
    Person,
    People,
    /// Plain texts without blanks.
    Words,
    Other,
}

/// A field that no field of ours stands for.
#[derive(Clone, Debug)]
pub(crate) struct Shape {
    /// Its id: `resolution`, `customfield_10016`.
    pub(crate) id: String,
    /// The name that people know it by, made unambiguous.
    pub(crate) name: String,
    /// What its values look like.
    pub(crate) holds: Holds,
}

/// What a value needs of the outside: how texts and people are written here.
pub(crate) trait Writing {
    /// A text with formatting, as it is stored.
    fn text(&self, markdown: &str) -> Value;
    /// A user, as writes name one.
    fn person(&self, id: &str) -> Value;
}

/// What a value is to be: as it will read, and as it is sent.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Fitting {
    pub(crate) shown: CustomValue,
    pub(crate) sent: Value,
}

impl Shape {
    /// Describes a field.
    pub(crate) fn new(id: &str, name: String, schema: &FieldSchema) -> Self {
        Self { id: id.to_owned(), name, holds: holds(schema) }
    }

    /// The field as a schema shows it; `meta` is what the screens say of it.
    pub(crate) fn described(&self, meta: Option<&FieldMeta>) -> CustomField {
        let options = meta.and_then(|meta| meta.allowed.as_deref()).unwrap_or_default();
        let options = options.iter().filter(|option| option.is_open()).map(|option| option.label().to_owned());
        let options: Vec<String> = if self.is_choice() { options.collect() } else { Vec::new() };
        let required = meta.is_some_and(|meta| meta.required && !meta.has_default);
        CustomField::new(self.name.clone(), self.kind()).id(self.id.clone()).required(required).options(options)
    }

    fn kind(&self) -> CustomFieldKind {
        match self.holds {
            Holds::Line | Holds::Area => CustomFieldKind::Text,
            Holds::Number => CustomFieldKind::Number,
            Holds::Date => CustomFieldKind::Date,
            Holds::Time => CustomFieldKind::DateTime,
            Holds::Choice | Holds::Named => CustomFieldKind::Choice,
            Holds::Choices | Holds::NamedList | Holds::Words => CustomFieldKind::MultiChoice,
            Holds::Person => CustomFieldKind::User,
            Holds::Cascade | Holds::People | Holds::Other => CustomFieldKind::Json,
        }
    }

    fn is_choice(&self) -> bool {
        matches!(self.holds, Holds::Choice | Holds::Choices | Holds::Named | Holds::NamedList)
    }

    /// Says whether its values are lists, whose order means nothing.
    pub(crate) fn is_list(&self) -> bool {
        matches!(self.holds, Holds::Choices | Holds::NamedList | Holds::People | Holds::Words)
    }

    /// Reads a value.
    pub(crate) fn read(&self, value: &Value) -> Option<CustomValue> {
        match self.holds {
            Holds::Area => Some(Api::shown_text(value)).filter(|text| !text.is_empty()).map(CustomValue::Text),
            Holds::Time => match value.as_str().and_then(moment) {
                Some(time) => Some(CustomValue::Text(rfc3339(time))),
                None => plain(value),
            },
            Holds::Choices | Holds::NamedList | Holds::People | Holds::Words => {
                let values: Vec<_> = value.as_array()?.iter().filter_map(|one| self.read_one(one)).collect();
                (!values.is_empty()).then_some(CustomValue::List(values))
            }
            Holds::Cascade => {
                let label = |value: &Value| value["value"].as_str().map(CustomValue::from);
                let levels = [("value", label(value)), ("child", label(&value["child"]))];
                let levels = levels.into_iter().filter_map(|(name, label)| Some((name.to_owned(), label?)));
                Some(CustomValue::Object(levels.collect())).filter(|levels| *levels != CustomValue::Object([].into()))
            }
            _ => self.read_one(value),
        }
    }

    fn read_one(&self, value: &Value) -> Option<CustomValue> {
        let member = |names: &[&str]| names.iter().find_map(|name| value[*name].as_str()).map(CustomValue::from);
        match self.holds {
            Holds::Choice | Holds::Choices => member(&["value", "name"]).or_else(|| plain(value)),
            Holds::Named | Holds::NamedList => member(&["name", "value", "key"]).or_else(|| plain(value)),
            Holds::Person | Holds::People => member(&["accountId", "key", "name"]),
            _ => plain(value),
        }
    }

    /// Fits a value to the field, or says why it cannot be: the names of choices are those of the screen.
    pub(crate) fn fit(&self, value: &CustomValue, meta: Option<&FieldMeta>, writing: &dyn Writing) -> Result<Fitting> {
        let values: Vec<&CustomValue> = match value {
            CustomValue::List(values) if self.is_list() => values.iter().collect(),
            single => vec![single],
        };
        if self.is_list() {
            let each = values.into_iter().map(|value| self.fit_one(value, meta, writing));
            let (shown, sent) =
                each.map(|one| one.map(|one| (one.shown, one.sent))).collect::<Result<(Vec<_>, Vec<_>)>>()?;
            return Ok(Fitting { shown: CustomValue::List(shown), sent: Value::Array(sent) });
        }
        self.fit_one(value, meta, writing)
    }

    fn fit_one(&self, value: &CustomValue, meta: Option<&FieldMeta>, writing: &dyn Writing) -> Result<Fitting> {
        let same = |sent: Value| Ok(Fitting { shown: value.clone(), sent });
        match (self.holds, value) {
            (Holds::Line, CustomValue::Text(text)) if !text.contains(['\n', '\r']) => same(json!(text)),
            (Holds::Line, CustomValue::Text(_)) => Err(self.bad("holds one line")),
            (Holds::Area, CustomValue::Text(text)) => {
                let sent = writing.text(text);
                Ok(Fitting { shown: Api::shown_text(&sent).into(), sent })
            }
            (Holds::Number, CustomValue::Integer(number)) => same(json!(number)),
            (Holds::Number, CustomValue::Number(number)) => {
                let sent = json!(number);
                Ok(Fitting { shown: plain(&sent).unwrap_or_else(|| value.clone()), sent })
            }
            (Holds::Date, CustomValue::Text(text)) if text.parse::<NaiveDate>().is_ok() => same(json!(text)),
            (Holds::Time, CustomValue::Text(text)) => self.time(text),
            (Holds::Choice | Holds::Choices, CustomValue::Text(text)) => self.choose(text, meta, "value"),
            (Holds::Named | Holds::NamedList, CustomValue::Text(text)) => self.choose(text, meta, "name"),
            (Holds::Person | Holds::People, CustomValue::Text(id)) => same(writing.person(id)),
            (Holds::Words, CustomValue::Text(word)) if !word.contains(char::is_whitespace) => same(json!(word)),
            (Holds::Words, CustomValue::Text(word)) => Err(self.bad(&format!("holds words, and `{word}` has a blank"))),
            (Holds::Cascade, CustomValue::Object(levels)) => self.cascade(levels, meta),
            (Holds::Cascade, CustomValue::Text(text)) => {
                self.cascade(&BTreeMap::from([("value".to_owned(), text.as_str().into())]), meta)
            }
            (Holds::Other, _) => same(serde_json::to_value(value).map_err(|_| self.bad("has no JSON form"))?),
            _ => Err(self.bad(&format!("holds {}, not {}", self.wanted(), json(value)))),
        }
    }

    /// What empties the field.
    pub(crate) fn emptied(&self) -> Value {
        if self.is_list() { json!([]) } else { Value::Null }
    }

    /// The users in a value, who may have to be looked up before it is written.
    pub(crate) fn people<'v>(&self, value: &'v CustomValue) -> Vec<&'v str> {
        match (self.holds, value) {
            (Holds::Person | Holds::People, CustomValue::Text(id)) => vec![id],
            (Holds::People, CustomValue::List(ids)) => ids.iter().filter_map(CustomValue::as_text).collect(),
            _ => Vec::new(),
        }
    }

    /// Says whether two values of the field say the same.
    pub(crate) fn is_same(&self, one: &CustomValue, other: &CustomValue) -> bool {
        match (one, other) {
            (CustomValue::List(one), CustomValue::List(other)) if self.is_list() => {
                one.len() == other.len() && one.iter().all(|value| other.contains(value))
            }
            (CustomValue::Number(one), CustomValue::Integer(other))
            | (CustomValue::Integer(other), CustomValue::Number(one)) => (*one - *other as f64).abs() < f64::EPSILON,
            _ => one == other,
        }
    }

    fn time(&self, text: &str) -> Result<Fitting> {
        let Some(time) = moment(text) else {
            return Err(self.bad(&format!("holds a time (RFC 3339), not `{text}`")));
        };
        let sent = time.format("%Y-%m-%dT%H:%M:%S%.3f%z").to_string();
        Ok(Fitting { shown: CustomValue::Text(rfc3339(time)), sent: json!(sent) })
    }

    fn choose(&self, text: &str, meta: Option<&FieldMeta>, member: &str) -> Result<Fitting> {
        let Some(allowed) = meta.and_then(|meta| meta.allowed.as_deref()) else {
            return Ok(Fitting { shown: text.into(), sent: json!({ member: text }) });
        };
        let chosen = self.find(allowed, text)?;
        Ok(Fitting { shown: chosen.label().into(), sent: by_id(chosen, member) })
    }

    fn cascade(&self, levels: &BTreeMap<String, CustomValue>, meta: Option<&FieldMeta>) -> Result<Fitting> {
        let text = |name: &str| levels.get(name).and_then(CustomValue::as_text);
        let Some(first) = text("value") else { return Err(self.bad("needs its `value`")) };
        let Some(allowed) = meta.and_then(|meta| meta.allowed.as_deref()) else {
            let sent = match text("child") {
                Some(child) => json!({ "value": first, "child": { "value": child } }),
                None => json!({ "value": first }),
            };
            return Ok(Fitting { shown: CustomValue::Object(levels.clone()), sent });
        };
        let first = self.find(allowed, first)?;
        let mut shown = BTreeMap::from([("value".to_owned(), first.label().into())]);
        let mut sent = by_id(first, "value");
        if let Some(child) = text("child") {
            let child = self.find(&first.children, child)?;
            shown.insert("child".to_owned(), child.label().into());
            sent["child"] = by_id(child, "value");
        }
        Ok(Fitting { shown: CustomValue::Object(shown), sent })
    }

    fn find<'a>(&self, allowed: &'a [Allowed], text: &str) -> Result<&'a Allowed> {
        let open = || allowed.iter().filter(|choice| choice.is_open());
        let lower = text.to_lowercase();
        let exact = open().find(|choice| choice.label() == text);
        let folded = || open().find(|choice| choice.label().to_lowercase() == lower);
        let by_id = || open().find(|choice| choice.id.as_deref() == Some(text));
        exact.or_else(folded).or_else(by_id).ok_or_else(|| {
            let names: Vec<_> = open().map(|choice| format!("`{}`", choice.label())).collect();
            self.bad(&format!("does not hold `{text}`; allowed are {}", names.join(", ")))
        })
    }

    fn wanted(&self) -> &'static str {
        match self.holds {
            Holds::Number => "a number",
            Holds::Date => "a date (`YYYY-MM-DD`)",
            Holds::Cascade => "an object with `value` and `child`",
            Holds::Person | Holds::People => "the ids of users",
            Holds::Choice | Holds::Choices | Holds::Named | Holds::NamedList => "the names of choices",
            _ => "texts",
        }
    }

    /// The error for a value that the field does not take.
    pub(crate) fn bad(&self, what: &str) -> Error {
        let error = Error::invalid_input("a custom field does not fit");
        error.on_field(Field::CustomFields, format!("`{}` {what}", self.name))
    }
}

/// A choice by its id; some have none.
fn by_id(choice: &Allowed, member: &str) -> Value {
    match &choice.id {
        Some(id) => json!({ "id": id }),
        None => json!({ member: choice.label() }),
    }
}

fn holds(schema: &FieldSchema) -> Holds {
    let custom = schema.custom.as_deref().unwrap_or_default();
    if custom.ends_with(":textarea") || schema.system.as_deref() == Some("environment") {
        return Holds::Area;
    }
    match (schema.kind.as_str(), schema.items.as_deref()) {
        ("string", _) => Holds::Line,
        ("number", _) => Holds::Number,
        ("date", _) => Holds::Date,
        ("datetime", _) => Holds::Time,
        ("option", _) => Holds::Choice,
        ("option-with-child", _) => Holds::Cascade,
        ("user", _) => Holds::Person,
        ("resolution" | "priority" | "version" | "component" | "group" | "project" | "issuetype", _) => Holds::Named,
        ("array", Some("option")) => Holds::Choices,
        ("array", Some("version" | "component" | "group")) => Holds::NamedList,
        ("array", Some("user")) => Holds::People,
        ("array", Some("string")) => Holds::Words,
        _ => Holds::Other,
    }
}

/// A value as it is: whole numbers are told as such, since Jira sends every number with a fraction.
fn plain(value: &Value) -> Option<CustomValue> {
    match value {
        Value::Null => None,
        Value::Number(number) => Some(match (number.as_i64(), number.as_f64()) {
            (Some(whole), _) => CustomValue::Integer(whole),
            // Up to here every whole number is exact.
            (None, Some(number)) if number.fract() == 0.0 && number.abs() < 9e15 => CustomValue::Integer(number as i64),
            (None, Some(number)) => CustomValue::Number(number),
            (None, None) => return None,
        }),
        Value::Array(values) => Some(CustomValue::List(values.iter().filter_map(plain).collect())),
        Value::Object(members) => {
            let members = members.iter().filter_map(|(name, value)| Some((name.clone(), plain(value)?)));
            Some(CustomValue::Object(members.collect()))
        }
        Value::Bool(truth) => Some(CustomValue::Bool(*truth)),
        Value::String(text) if text.is_empty() => None,
        Value::String(text) => Some(CustomValue::Text(text.clone())),
    }
}

fn rfc3339(time: DateTime<Utc>) -> String {
    time.to_rfc3339_opts(SecondsFormat::AutoSi, true)
}

fn json(value: &CustomValue) -> String {
    serde_json::to_string(value).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::needless_pass_by_value)]
    use pm_provider::ErrorKind;

    use super::*;

    struct Plain;

    impl Writing for Plain {
        fn text(&self, markdown: &str) -> Value {
            json!({ "type": "doc", "text": markdown })
        }

        fn person(&self, id: &str) -> Value {
            json!({ "accountId": id })
        }
    }

    fn shape(schema: Value) -> Shape {
        Shape::new("customfield_1", "Size".to_owned(), &serde_json::from_value(schema).unwrap())
    }

    fn read(schema: Value, value: Value) -> Option<CustomValue> {
        shape(schema).read(&value)
    }

    fn options(schema: Value, allowed: Value) -> (Shape, FieldMeta) {
        let meta = json!({ "name": "Size", "allowedValues": allowed, "schema": schema });
        (shape(schema), serde_json::from_value(meta).unwrap())
    }

    #[test]
    fn values_are_read_by_what_the_field_holds() {
        let text = |text: &str| Some(CustomValue::from(text));
        assert_eq!(read(json!({ "type": "string" }), json!("x")), text("x"));
        assert_eq!(read(json!({ "type": "number" }), json!(8.0)), Some(8.into()));
        assert_eq!(read(json!({ "type": "number" }), json!(2.5)), Some(2.5.into()));
        assert_eq!(read(json!({ "type": "option" }), json!({ "id": "1", "value": "L" })), text("L"));
        assert_eq!(read(json!({ "type": "resolution" }), json!({ "id": "1", "name": "Fixed" })), text("Fixed"));
        let versions = json!([{ "id": "1", "name": "1.0" }, { "id": "2", "name": "1.1" }]);
        let read_versions = read(json!({ "type": "array", "items": "version" }), versions);
        assert_eq!(read_versions, Some(vec!["1.0".into(), "1.1".into()].into()));
        assert_eq!(read(json!({ "type": "array", "items": "component" }), json!([])), None);
        assert_eq!(read(json!({ "type": "user" }), json!({ "accountId": "5b" })), text("5b"));
        let time = read(json!({ "type": "datetime" }), json!("2026-11-21T09:40:00.000+0000"));
        assert_eq!(time, text("2026-11-21T09:40:00Z"));
        let area = json!({ "type": "string", "custom": "com.atlassian.jira.plugin.system.customfieldtypes:textarea" });
        let document = json!({ "version": 1, "type": "doc",
            "content": [{ "type": "paragraph", "content": [{ "type": "text", "text": "x" }] }] });
        assert_eq!(read(area, document), text("x"));
    }

    #[test]
    fn trap_text_areas_are_documents_and_text_fields_are_not() {
        let kind = |name: &str| {
            let custom = format!("com.atlassian.jira.plugin.system.customfieldtypes:{name}");
            shape(json!({ "type": "string", "custom": custom })).fit(&"x".into(), None, &Plain).unwrap().sent
        };
        assert_eq!(kind("textarea"), json!({ "type": "doc", "text": "x" }));
        assert_eq!(kind("textfield"), json!("x"));
    }

    #[test]
    fn choices_are_found_by_name_in_any_case_and_sent_by_id() {
        let allowed = json!([{ "id": "1", "value": "S" }, { "id": "2", "value": "XL" }, { "id": "3", "value": "M", "disabled": true }]);
        let (size, meta) = options(json!({ "type": "option" }), allowed);
        let fit = size.fit(&"xl".into(), Some(&meta), &Plain).unwrap();
        assert_eq!(fit, Fitting { shown: "XL".into(), sent: json!({ "id": "2" }) });
        let error = size.fit(&"M".into(), Some(&meta), &Plain).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidInput);
        assert!(error.to_string().ends_with("`Size` does not hold `M`; allowed are `S`, `XL`"), "{error}");
        assert_eq!(size.described(Some(&meta)).options, ["S", "XL"]);
    }

    #[test]
    fn a_list_takes_one_value_as_well() {
        let (parts, meta) =
            options(json!({ "type": "array", "items": "component" }), json!([{ "id": "7", "name": "Hall" }]));
        let fit = parts.fit(&"Hall".into(), Some(&meta), &Plain).unwrap();
        assert_eq!(fit.sent, json!([{ "id": "7" }]));
        assert_eq!(fit.shown, vec!["Hall".into()].into());
        assert_eq!(parts.emptied(), json!([]));
        let turned: CustomValue = vec!["b".into(), "a".into()].into();
        assert!(parts.is_same(&turned, &vec!["a".into(), "b".into()].into()));
    }

    #[test]
    fn choices_of_two_levels_are_read_and_written() {
        let allowed = json!([{ "id": "1", "value": "EU", "children": [{ "id": "11", "value": "DE" }] }]);
        let (place, meta) = options(json!({ "type": "option-with-child" }), allowed);
        let wanted = CustomValue::Object([("value".to_owned(), "EU".into()), ("child".to_owned(), "DE".into())].into());
        let fit = place.fit(&wanted, Some(&meta), &Plain).unwrap();
        assert_eq!(fit.sent, json!({ "id": "1", "child": { "id": "11" } }));
        let stored = json!({ "value": "EU", "id": "1", "child": { "value": "DE", "id": "11" } });
        assert_eq!(place.read(&stored), Some(wanted));
    }

    #[test]
    fn what_does_not_fit_is_refused() {
        let refused =
            |schema: Value, value: CustomValue| shape(schema).fit(&value, None, &Plain).unwrap_err().to_string();
        assert!(refused(json!({ "type": "number" }), "many".into()).contains("holds a number, not \"many\""));
        assert!(refused(json!({ "type": "date" }), "soon".into()).contains("YYYY-MM-DD"));
        assert!(refused(json!({ "type": "string" }), "a\nb".into()).contains("one line"));
        assert!(refused(json!({ "type": "array", "items": "string" }), "a b".into()).contains("blank"));
    }

    #[test]
    fn times_are_sent_in_the_form_that_jira_takes() {
        let time = shape(json!({ "type": "datetime" })).fit(&"2026-11-21T10:40:00+01:00".into(), None, &Plain).unwrap();
        assert_eq!(time.sent, json!("2026-11-21T09:40:00.000+0000"));
        assert_eq!(time.shown, "2026-11-21T09:40:00Z".into());
    }
}
