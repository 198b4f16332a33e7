//! Values of custom fields: texts on the wire, typed in the contract where their definition is known.

use pm_provider::{CustomFieldKind, CustomFields, CustomValue};
use serde_json::{Number, Value};

use crate::dto::{CustomFieldDto, CustomValueDto};
use crate::vocabulary::{Vocabulary, kind};

/// Reads the fields of an issue; those without a value are left out.
pub(crate) fn read(vocabulary: &Vocabulary, fields: &[CustomValueDto]) -> CustomFields {
    let value = |field: &CustomValueDto| {
        let value = from_wire(&field.value, vocabulary.custom_field(field.id))?;
        Some((field.name.clone(), value))
    };
    fields.iter().filter_map(value).collect()
}

/// Makes a typed value of what the server sends; `None` for an unset field.
pub(crate) fn from_wire(value: &Value, definition: Option<&CustomFieldDto>) -> Option<CustomValue> {
    match value {
        Value::String(text) if text.is_empty() => None,
        Value::String(text) => Some(typed(text, definition)),
        Value::Array(values) if values.is_empty() => None,
        Value::Array(values) => {
            Some(CustomValue::List(values.iter().filter_map(|value| from_wire(value, definition)).collect()))
        }
        Value::Null => None,
        other => serde_json::from_value(other.clone()).ok(),
    }
}

/// Without a definition, which only administrators may read, a value stays the text that it is.
fn typed(text: &str, definition: Option<&CustomFieldDto>) -> CustomValue {
    let as_text = || CustomValue::Text(text.to_owned());
    let Some(definition) = definition else { return as_text() };
    match kind(definition) {
        CustomFieldKind::Bool => CustomValue::Bool(text == "1"),
        CustomFieldKind::Number if definition.field_format == "int" => {
            text.parse().map_or_else(|_| as_text(), CustomValue::Integer)
        }
        CustomFieldKind::Number => {
            text.parse().ok().filter(|number: &f64| number.is_finite()).map_or_else(as_text, CustomValue::Number)
        }
        CustomFieldKind::Choice | CustomFieldKind::MultiChoice => CustomValue::Text(label(definition, text)),
        _ => as_text(),
    }
}

/// A choice as people see it: values of enumerations are numbers on the wire.
fn label(definition: &CustomFieldDto, value: &str) -> String {
    let known = definition.possible_values.iter().find(|choice| choice.value == value);
    known.and_then(|choice| choice.label.clone()).unwrap_or_else(|| value.to_owned())
}

/// Makes of a value what the server takes.
pub(crate) fn to_wire(value: &CustomValue, definition: Option<&CustomFieldDto>) -> Value {
    match value {
        CustomValue::Bool(yes) => Value::from(if *yes { "1" } else { "0" }),
        CustomValue::Integer(number) => Value::from(number.to_string()),
        CustomValue::Number(number) => Value::from(number.to_string()),
        CustomValue::Text(text) => Value::from(choice(definition, text)),
        CustomValue::List(values) => values.iter().map(|value| to_wire(value, definition)).collect(),
        other => serde_json::to_value(other).map_or(Value::Null, |json| Value::from(json.to_string())),
    }
}

fn choice(definition: Option<&CustomFieldDto>, text: &str) -> String {
    let choices = definition.map(|definition| definition.possible_values.as_slice()).unwrap_or_default();
    let known = choices.iter().find(|choice| choice.label.as_deref() == Some(text));
    known.map_or_else(|| text.to_owned(), |choice| choice.value.clone())
}

/// Says whether the server holds what was sent: it writes numbers and line ends in its own way.
pub(crate) fn is_stored(sent: &Value, stored: &Value) -> bool {
    match (sent, stored) {
        (Value::Array(sent), Value::Array(stored)) => {
            sent.len() == stored.len() && sent.iter().all(|value| stored.iter().any(|held| is_stored(value, held)))
        }
        (Value::String(sent), Value::String(stored)) => same_text(sent, stored),
        (Value::String(sent), Value::Null) => sent.is_empty(),
        (Value::String(sent), Value::Array(stored)) => sent.is_empty() && stored.is_empty(),
        (sent, stored) => sent == stored,
    }
}

fn same_text(sent: &str, stored: &str) -> bool {
    let number = |text: &str| text.parse::<f64>().ok().and_then(Number::from_f64);
    crate::text::line_ends(sent) == crate::text::line_ends(stored)
        || number(sent).is_some_and(|sent| number(stored) == Some(sent))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dto::PossibleValueDto;
    use serde_json::json;

    fn definition(field_format: &str) -> CustomFieldDto {
        let choice =
            |value: &str, label: &str| PossibleValueDto { value: value.to_owned(), label: Some(label.to_owned()) };
        CustomFieldDto {
            id: 1,
            name: Some("Colour".to_owned()),
            customized_type: Some("issue".to_owned()),
            field_format: field_format.to_owned(),
            is_required: false,
            multiple: false,
            possible_values: vec![choice("11", "red"), choice("12", "blue")],
        }
    }

    #[test]
    fn values_get_the_type_of_their_definition() {
        let cases = [
            ("int", "7", CustomValue::Integer(7)),
            ("float", "-0.125", CustomValue::Number(-0.125)),
            ("bool", "0", CustomValue::Bool(false)),
            ("enumeration", "12", CustomValue::Text("blue".to_owned())),
            ("date", "2026-11-21", CustomValue::Text("2026-11-21".to_owned())),
            ("int", "seven", CustomValue::Text("seven".to_owned())),
        ];
        for (format, text, expected) in cases {
            let definition = definition(format);
            assert_eq!(from_wire(&json!(text), Some(&definition)), Some(expected.clone()), "{format} {text}");
            assert!(is_stored(&to_wire(&expected, Some(&definition)), &json!(text)), "{format} {text}");
        }
        assert_eq!(from_wire(&json!("7"), None), Some(CustomValue::Text("7".to_owned())));
    }

    #[test]
    fn nothing_is_no_value() {
        for nothing in [json!(null), json!(""), json!([])] {
            assert_eq!(from_wire(&nothing, None), None, "{nothing}");
            assert!(is_stored(&json!(""), &nothing), "{nothing}");
        }
        assert_eq!(from_wire(&json!(["a", "b"]), None), Some(CustomValue::List(vec!["a".into(), "b".into()])));
    }

    #[test]
    fn what_was_dropped_shows() {
        assert!(!is_stored(&json!("red"), &json!("")));
        assert!(!is_stored(&json!("red"), &json!("blue")));
        assert!(is_stored(&json!("2.50"), &json!("2.5")));
        assert!(is_stored(&json!(["a", "b"]), &json!(["b", "a"])));
    }
}
