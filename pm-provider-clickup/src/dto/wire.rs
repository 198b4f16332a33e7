//! Members as they really come: ids as numbers, times as texts, `null` for nothing, whatever the reference says.

use serde::de::DeserializeOwned;
use serde::{Deserialize, Deserializer};
use serde_json::Value;

/// A text, or a number as one; empty for whatever else.
pub(crate) fn text_or_empty<'de, D: Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    Ok(text(&Value::deserialize(deserializer)?).unwrap_or_default())
}

/// A text, or a number as one; `None` for nothing, and for the empty text.
pub(crate) fn some_text<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<String>, D::Error> {
    Ok(text(&Value::deserialize(deserializer)?).filter(|text| !text.is_empty()))
}

/// A whole number, or a text that is one.
pub(crate) fn whole<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<i64>, D::Error> {
    Ok(number(&Value::deserialize(deserializer)?))
}

/// Yes or no; no for whatever else.
pub(crate) fn flag<'de, D: Deserializer<'de>>(deserializer: D) -> Result<bool, D::Error> {
    Ok(match Value::deserialize(deserializer)? {
        Value::Bool(flag) => flag,
        Value::String(text) => text == "true",
        _ => false,
    })
}

/// A list; an empty one for `null`, and without the members that are none of their kind.
pub(crate) fn list<'de, D: Deserializer<'de>, T: DeserializeOwned>(deserializer: D) -> Result<Vec<T>, D::Error> {
    let Value::Array(members) = Value::deserialize(deserializer)? else { return Ok(Vec::new()) };
    Ok(members.into_iter().filter_map(|member| serde_json::from_value(member).ok()).collect())
}

/// The rows of a list with their texts; none for `null`.
pub(crate) fn rows<'de, D: Deserializer<'de>, T: Deserialize<'de>>(deserializer: D) -> Result<Vec<T>, D::Error> {
    Ok(Option::deserialize(deserializer)?.unwrap_or_default())
}

/// An object; `None` for whatever else, and for one that is not of its kind.
pub(crate) fn object<'de, D: Deserializer<'de>, T: DeserializeOwned>(deserializer: D) -> Result<Option<T>, D::Error> {
    let value = Value::deserialize(deserializer)?;
    Ok(if value.is_object() { serde_json::from_value(value).ok() } else { None })
}

/// A scalar as text.
pub(crate) fn text(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}

/// A whole number, as number or text.
pub(crate) fn number(value: &Value) -> Option<i64> {
    match value {
        #[expect(clippy::cast_possible_truncation, reason = "what is no whole number is cut to one")]
        Value::Number(number) => number.as_i64().or_else(|| number.as_f64().map(|number| number as i64)),
        Value::String(text) => text.trim().parse().ok().or_else(|| number(&serde_json::from_str(text.trim()).ok()?)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use serde_json::json;

    use super::*;

    #[derive(Deserialize)]
    struct Row {
        #[serde(deserialize_with = "text_or_empty")]
        id: String,
        #[serde(default, deserialize_with = "whole")]
        due: Option<i64>,
        #[serde(default, deserialize_with = "list")]
        tags: Vec<Tag>,
        #[serde(default, deserialize_with = "flag")]
        archived: bool,
    }

    #[derive(Deserialize)]
    struct Tag {
        name: String,
    }

    #[test]
    fn trap_types_are_not_those_of_the_reference() {
        let rows = [
            json!({ "id": 7, "due": "1567780450202", "tags": [{ "name": "a" }, "b", null], "archived": null }),
            json!({ "id": "7", "due": 1_567_780_450_202_i64, "tags": null }),
            json!({ "id": "7", "due": 1_567_780_450_202.0, "archived": "false" }),
        ];
        for row in rows {
            let row: Row = serde_json::from_value(row).unwrap();
            assert_eq!((row.id.as_str(), row.due, row.archived), ("7", Some(1_567_780_450_202), false));
            assert!(row.tags.iter().all(|tag| tag.name == "a"));
        }
        for due in [json!(null), json!(""), json!("soon"), json!({}), json!("{}"), json!("\"1\"")] {
            let row: Row = serde_json::from_value(json!({ "id": null, "due": due })).unwrap();
            assert!(row.id.is_empty() && row.due != Some(0));
        }
    }
}
