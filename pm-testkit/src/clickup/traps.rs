//! Other types than the documents promise, as clients meet them: the vendor's description has `orderindex` as text and as
//! number, `time_estimate` as text and as number, and ids of comments come as numbers.

use serde_json::Value;

/// Members that change between text and number.
const EITHER: [&str; 20] = [
    "id",
    "orderindex",
    "date",
    "date_created",
    "date_updated",
    "date_closed",
    "date_done",
    "due_date",
    "start_date",
    "time_estimate",
    "time_spent",
    "points",
    "task_count",
    "team_id",
    "userid",
    "workspace_id",
    "custom_item_id",
    "creator",
    "reply_count",
    "type",
];

/// Members that may be `null` although nothing says so.
const MISSING: [&str; 5] = ["username", "initials", "profilePicture", "color", "text_content"];

/// Turns numbers into texts, texts of digits into numbers, and names of people into `null`.
pub(super) fn bend(value: &mut Value) {
    match value {
        Value::Array(items) => items.iter_mut().for_each(bend),
        Value::Object(members) => {
            for (name, member) in members.iter_mut() {
                if MISSING.contains(&name.as_str()) {
                    *member = Value::Null;
                } else if EITHER.contains(&name.as_str()) && !member.is_object() {
                    *member = turned(member);
                } else {
                    bend(member);
                }
            }
            // What no client knows yet.
            members.insert("x_unknown".to_owned(), serde_json::json!({ "nested": [1, "two", null] }));
        }
        _ => {}
    }
}

fn turned(value: &Value) -> Value {
    match value {
        Value::Number(number) => number.to_string().into(),
        Value::String(text) => match text.parse::<i64>() {
            Ok(number) => number.into(),
            Err(_) => {
                text.parse::<f64>().ok().filter(|_| text.contains('.')).map_or_else(|| value.clone(), Value::from)
            }
        },
        other => other.clone(),
    }
}
