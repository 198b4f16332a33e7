//! Values of the engine, as people read them.

use pm_core::sync::config::Mode;
use pm_core::sync::item::Side;
use serde_json::Value;

/// How long a value is in one line.
const LONGEST: usize = 48;

/// The word of something that the settings of a mapping have a word for.
pub(super) fn word(value: &impl serde::Serialize) -> String {
    match serde_json::to_value(value) {
        Ok(Value::String(word)) => word,
        other => other.map(|value| value.to_string()).unwrap_or_default(),
    }
}

/// The mode, as it is written.
pub(super) fn mode(mode: Mode) -> String {
    word(&mode)
}

/// A side, as people call it.
pub(super) fn side(side: Side) -> &'static str {
    match side {
        Side::A => "internal",
        Side::B => "external",
    }
}

/// A value of a field: a text, the name of a status, the members of a set.
pub(super) fn value(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        Value::Array(members) => members.iter().map(self::value).collect::<Vec<_>>().join(", "),
        Value::Object(members) => match members.get("name").or_else(|| members.get("category")) {
            Some(Value::String(name)) => name.clone(),
            _ => Value::Object(members.clone()).to_string(),
        },
        other => other.to_string(),
    }
}

/// A value in quotes and one line, cut where it is long.
pub(super) fn quoted(of: &Value) -> String {
    let text = value(of);
    let mut line: String = text.split_whitespace().collect::<Vec<_>>().join(" ");
    if line.is_empty() {
        return "nothing".to_owned();
    }
    if line.chars().count() > LONGEST {
        line = line.chars().take(LONGEST - 1).chain(['…']).collect();
    }
    format!("`{line}`")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn values_are_told_by_their_names() {
        for (value, text) in [
            (json!("Paint\n it"), "`Paint it`"),
            (json!({"category": "done", "name": "Shipped"}), "`Shipped`"),
            (json!({"category": "done"}), "`done`"),
            (json!(["a", "b"]), "`a, b`"),
            (json!(2.5), "`2.5`"),
            (Value::Null, "nothing"),
        ] {
            assert_eq!(quoted(&value), text);
        }
        assert_eq!(quoted(&json!("x".repeat(60))).chars().count(), LONGEST + 2);
    }
}
