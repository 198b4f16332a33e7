//! Custom fields: by name in the contract, by id on the wire
//! (<https://developer.clickup.com/docs/customfields>).
//!
//! What is read is not what is written: an option is read by its place in the field's options and written by its id,
//! people are read as objects and written as two lists of ids.

use chrono::NaiveDate;
use chrono_tz::Tz;
use pm_provider::{CustomField, CustomFieldKind, CustomValue, Error, Field, Result};
use serde::Deserialize;
use serde_json::value::RawValue;
use serde_json::{Value, json};

use crate::dates;
use crate::dto::{self, wire};

/// One choice of a field; labels have a `label` where others have a `name`.
#[derive(Clone, Debug, Default, Deserialize)]
struct Choice {
    #[serde(default, deserialize_with = "wire::text_or_empty")]
    id: String,
    #[serde(default, deserialize_with = "wire::some_text")]
    name: Option<String>,
    #[serde(default, deserialize_with = "wire::some_text")]
    label: Option<String>,
    #[serde(default, deserialize_with = "wire::whole")]
    orderindex: Option<i64>,
}

impl Choice {
    fn shown(&self) -> &str {
        self.name.as_deref().or(self.label.as_deref()).unwrap_or(&self.id)
    }
}

#[derive(Debug, Default, Deserialize)]
struct Config {
    #[serde(default, deserialize_with = "wire::list")]
    options: Vec<Choice>,
}

/// A number as the contract has it.
pub(crate) fn number(number: f64) -> CustomValue {
    #[expect(clippy::cast_possible_truncation, reason = "it is whole and in range")]
    match number.fract() == 0.0 && number.abs() < 9.0e15 {
        true => CustomValue::Integer(number as i64),
        false => CustomValue::Number(number),
    }
}

/// Reads the value of a field of a task; `None` where there is none.
pub(crate) fn read(field: &dto::FieldValue, zone: Tz) -> Option<CustomValue> {
    let value: Value = serde_json::from_str(field.value.as_deref().map(RawValue::get)?).ok()?;
    let is_empty = match &value {
        Value::Null => true,
        Value::String(text) => text.is_empty(),
        Value::Array(values) => values.is_empty(),
        _ => false,
    };
    if is_empty {
        return None;
    }
    let choices = || choices_of(field.type_config.as_deref().map(RawValue::get).unwrap_or_default());
    match field.kind.as_str() {
        "drop_down" => {
            let choices = choices();
            let chosen = chosen(&choices, &value);
            chosen.map(|choice| CustomValue::Text(choice.shown().to_owned())).or_else(|| plain(value))
        }
        "labels" => {
            let choices = choices();
            let each = value.as_array()?.iter().filter_map(|id| chosen(&choices, id));
            some(each.map(|choice| CustomValue::Text(choice.shown().to_owned())).collect())
        }
        "date" => {
            let day = wire::number(&value).and_then(|time| dates::day(zone, time))?;
            Some(CustomValue::Text(day.to_string()))
        }
        "checkbox" => Some(CustomValue::Bool(matches!(&value, Value::Bool(true)) || value.as_str() == Some("true"))),
        "number" | "currency" | "emoji" => match &value {
            Value::Number(found) => found.as_f64().map(number),
            Value::String(text) => text.trim().parse().ok().filter(|found: &f64| found.is_finite()).map(number),
            _ => None,
        },
        "manual_progress" => match wire::text(&value["current"]) {
            Some(current) => current.parse().ok().map(number),
            None => plain(value),
        },
        "users" | "tasks" | "list_relationship" => {
            let each =
                value.as_array()?.iter().filter_map(|member| wire::text(&member["id"]).or_else(|| wire::text(member)));
            some(each.map(CustomValue::Text).collect())
        }
        _ => plain(value),
    }
}

fn some(values: Vec<CustomValue>) -> Option<CustomValue> {
    (!values.is_empty()).then_some(CustomValue::List(values))
}

fn plain(value: Value) -> Option<CustomValue> {
    // A `null` inside has no place in the contract.
    serde_json::from_value(value).ok()
}

fn choices_of(config: &str) -> Vec<Choice> {
    serde_json::from_str::<Config>(config).unwrap_or_default().options
}

/// A choice is told by its place or by its id.
fn chosen<'a>(choices: &'a [Choice], value: &Value) -> Option<&'a Choice> {
    if let Some(place) = value.as_i64() {
        let by_order = choices.iter().find(|choice| choice.orderindex == Some(place));
        return by_order.or_else(|| choices.get(usize::try_from(place).ok()?));
    }
    let text = value.as_str()?;
    let by_id = choices.iter().find(|choice| choice.id == text);
    by_id.or_else(|| chosen(choices, &Value::from(text.parse::<i64>().ok()?)))
}

/// What the contract says of a field.
pub(crate) fn definition(field: &dto::CustomField) -> CustomField {
    let kind = match field.kind.as_str() {
        "drop_down" => CustomFieldKind::Choice,
        "labels" => CustomFieldKind::MultiChoice,
        "date" => CustomFieldKind::Date,
        "checkbox" => CustomFieldKind::Bool,
        "number" | "currency" | "emoji" | "manual_progress" => CustomFieldKind::Number,
        "text" | "short_text" | "url" | "email" | "phone" => CustomFieldKind::Text,
        _ => CustomFieldKind::Json,
    };
    let choices = choices_of(&field.type_config.to_string());
    let options = choices.iter().map(|choice| choice.shown().to_owned());
    // ClickUp takes tasks without them, unless it is asked to be strict.
    CustomField::new(&field.name, kind).id(&field.id).options(options)
}

/// The value of a field as it is written; `current` is what is there, of which people and tasks are told apart from what
/// is wanted.
///
/// # Errors
/// `InvalidInput` for what the field does not hold.
pub(crate) fn written(
    field: &dto::CustomField,
    value: &CustomValue,
    current: Option<&CustomValue>,
    zone: Tz,
) -> Result<Value> {
    let bad = |what: &str| bad(&field.name, what);
    let json = serde_json::to_value(value).map_err(|_| bad("has no JSON form"))?;
    match field.kind.as_str() {
        "drop_down" => choice(field, &json).map(Value::from),
        "labels" => {
            let each = each(&json).iter().map(|value| choice(field, value)).collect::<Result<Vec<_>>>()?;
            Ok(json!(each))
        }
        "date" => {
            let day: Option<NaiveDate> = value.as_text().and_then(|text| text.parse().ok());
            day.map(|day| json!(dates::noon(zone, day))).ok_or_else(|| bad(&format!("takes a day, not {json}")))
        }
        "checkbox" if json.is_boolean() => Ok(json),
        "number" | "currency" if json.is_number() => Ok(json),
        "emoji" if json.is_u64() => Ok(json),
        "manual_progress" if json.is_number() => Ok(json!({ "current": json })),
        "text" | "short_text" | "url" | "email" | "phone" if json.is_string() => Ok(json),
        "users" => difference(&json, current, |id| id.parse::<u64>().map(Value::from).ok())
            .ok_or_else(|| bad(&format!("takes ids of people, not {json}"))),
        "tasks" | "list_relationship" => difference(&json, current, |id| Some(Value::from(id)))
            .ok_or_else(|| bad(&format!("takes ids of tasks, not {json}"))),
        "location" if json.is_object() => Ok(json),
        "checkbox" | "number" | "currency" | "emoji" | "manual_progress" | "text" | "short_text" | "url" | "email"
        | "phone" | "location" => Err(bad(&format!("does not hold {json}"))),
        kind => Err(bad(&format!("is of the type `{kind}`, which cannot be written here"))),
    }
}

fn bad(name: &str, what: &str) -> Error {
    Error::invalid_input("a custom field does not fit").on_field(Field::CustomFields, format!("`{name}` {what}"))
}

fn choice(field: &dto::CustomField, value: &Value) -> Result<String> {
    let text = value.as_str().ok_or_else(|| bad(&field.name, "is chosen by a text"))?;
    let choices = choices_of(&field.type_config.to_string());
    let exact = choices.iter().find(|choice| choice.shown() == text || choice.id == text);
    let found = exact.or_else(|| choices.iter().find(|choice| choice.shown().to_lowercase() == text.to_lowercase()));
    found.map(|choice| choice.id.clone()).ok_or_else(|| {
        let names: Vec<_> = choices.iter().map(|choice| format!("`{}`", choice.shown())).collect();
        bad(&field.name, &format!("does not hold `{text}`; allowed are {}", names.join(", ")))
    })
}

fn each(json: &Value) -> Vec<Value> {
    json.as_array().cloned().unwrap_or_else(|| vec![json.clone()])
}

/// What to add to those who are there, and whom to take away.
fn difference(json: &Value, current: Option<&CustomValue>, id: impl Fn(&str) -> Option<Value>) -> Option<Value> {
    let texts = |values: Vec<Value>| values.iter().map(wire::text).collect::<Option<Vec<_>>>();
    let wanted = texts(each(json))?;
    let present = current.and_then(|current| serde_json::to_value(current).ok());
    let present = present.map(|present| each(&present)).and_then(texts).unwrap_or_default();
    let ids = |texts: &[String], without: &[String]| {
        texts.iter().filter(|text| !without.contains(text)).map(|text| id(text)).collect::<Option<Vec<_>>>()
    };
    Some(json!({ "add": ids(&wanted, &present)?, "rem": ids(&present, &wanted)? }))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    const CHOICES: &str = r#"{"options": [{"id": "u0", "name": "Small", "orderindex": 0},
        {"id": "u1", "name": "Large", "orderindex": "1"}]}"#;

    fn shown(kind: &str, config: &str, value: &str) -> Option<CustomValue> {
        let json =
            format!(r#"{{"id": "f", "name": "F", "type": "{kind}", "type_config": {config}, "value": {value}}}"#);
        read(&serde_json::from_str(&json).unwrap(), Tz::America__New_York)
    }

    fn field(kind: &str, config: &str) -> dto::CustomField {
        let json = format!(r#"{{"id": "f", "name": "F", "type": "{kind}", "type_config": {config}}}"#);
        serde_json::from_str(&json).unwrap()
    }

    #[test]
    fn values_are_read_by_the_type_of_their_field() {
        for (value, name) in [("1", "Large"), ("\"u0\"", "Small"), ("\"1\"", "Large"), ("0", "Small")] {
            assert_eq!(shown("drop_down", CHOICES, value), Some(name.into()), "{value}");
        }
        let labels = r#"{"options": [{"id": "a", "label": "red"}, {"id": "b", "label": "blue"}]}"#;
        let list = CustomValue::List(vec!["blue".into(), "red".into()]);
        assert_eq!(shown("labels", labels, r#"["b", "gone", "a"]"#), Some(list));
        assert_eq!(shown("date", "{}", "\"1767254400000\""), Some("2026-01-01".into()));
        assert_eq!(shown("checkbox", "{}", "\"true\""), Some(true.into()));
        assert_eq!(shown("checkbox", "{}", "false"), Some(false.into()));
        assert_eq!(shown("number", "{}", "\"2.5\""), Some(2.5.into()));
        assert_eq!(shown("currency", "{}", "8000"), Some(8000_i64.into()));
        assert_eq!(
            shown("users", "{}", r#"[{"id": 183}, {"id": "184"}]"#).unwrap(),
            CustomValue::List(vec!["183".into(), "184".into()])
        );
        assert_eq!(shown("short_text", "{}", "\"red\""), Some("red".into()));
        assert_eq!(
            shown("manual_progress", "{}", r#"{"current": "20", "percent_completed": 50}"#),
            Some(20_i64.into())
        );
        for nothing in ["null", "\"\"", "[]"] {
            assert_eq!(shown("short_text", "{}", nothing), None);
        }
    }

    #[test]
    fn values_are_written_by_the_type_of_their_field() {
        let write = |kind: &str, config: &str, value: CustomValue, current: Option<CustomValue>| {
            written(&field(kind, config), &value, current.as_ref(), Tz::UTC)
        };
        assert_eq!(write("drop_down", CHOICES, "large".into(), None).unwrap(), json!("u1"));
        let error = write("drop_down", CHOICES, "medium".into(), None).unwrap_err().to_string();
        assert!(error.contains("`Small`") && error.contains("`F`"), "{error}");
        assert_eq!(write("date", "{}", "2026-01-01".into(), None).unwrap(), json!(1_767_268_800_000_i64));
        assert_eq!(write("checkbox", "{}", true.into(), None).unwrap(), json!(true));
        let people = CustomValue::List(vec!["1".into(), "3".into()]);
        let wanted = CustomValue::List(vec!["3".into(), "2".into()]);
        assert_eq!(write("users", "{}", wanted, Some(people)).unwrap(), json!({ "add": [2], "rem": [1] }));
        for (kind, value) in [
            ("checkbox", CustomValue::from("yes")),
            ("number", "7".into()),
            ("date", "soon".into()),
            ("formula", 1.into()),
            ("users", "ann".into()),
        ] {
            assert!(write(kind, "{}", value, None).is_err(), "{kind}");
        }
    }

    #[test]
    fn options_are_told_by_their_names() {
        let definition = definition(&field("drop_down", CHOICES));
        assert_eq!(
            (definition.kind, definition.options),
            (CustomFieldKind::Choice, vec!["Small".to_owned(), "Large".to_owned()])
        );
    }
}
