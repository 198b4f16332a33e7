//! JSON within the text of query parameters.

use serde_json::Value;

/// Operators of filters: <https://www.openproject.org/docs/api/filters/>, and `GET /queries/operators` of a server.
const OPERATORS: [&str; 31] = [
    "=",
    "!",
    "*",
    "!*",
    "o",
    "c",
    "~",
    "!~",
    "**",
    ">=",
    "<=",
    "&=",
    "&",
    "<>d",
    "=d",
    "<t+",
    ">t+",
    "t+",
    "t",
    "w",
    "t-",
    "<t-",
    ">t-",
    "ow",
    "=n",
    "!*n",
    "^",
    "=@",
    "ncontains",
    "!&",
    "><t-",
];

/// Checks `filters` and `sortBy`: texts to the description, but JSON of a strict form to the server.
pub(in crate::vendor) fn check_text(parameter: &str, value: &str) -> Result<(), String> {
    match parameter {
        "filters" => filters(value),
        "sortBy" => sort_by(value),
        _ => Ok(()),
    }
}

/// `[{"status_id": {"operator": "=", "values": ["1"]}}]`. Values have to be a list of texts: a text alone is refused by the
/// server, and so is a number (johannesjo/super-productivity#4628).
fn filters(text: &str) -> Result<(), String> {
    let filters = list(text, "filters")?;
    filters.iter().try_for_each(|filter| {
        let Some(filter) = filter.as_object().filter(|filter| filter.len() == 1) else {
            return Err(format!("`{filter}` is no object of one name"));
        };
        filter.iter().try_for_each(|(name, condition)| self::filter(name, condition))
    })
}

fn filter(name: &str, condition: &Value) -> Result<(), String> {
    let operator = condition.get("operator").and_then(Value::as_str).unwrap_or_default();
    if !OPERATORS.contains(&operator) {
        return Err(format!("filter `{name}`: `{operator}` is no operator"));
    }
    let is_text = |values: &Vec<Value>| values.iter().all(Value::is_string);
    match condition.get("values") {
        None | Some(Value::Null) => Ok(()),
        Some(Value::Array(values)) if is_text(values) => Ok(()),
        Some(other) => Err(format!("filter `{name}`: values are no list of texts: `{other}`")),
    }
}

/// `[["id", "asc"]]`.
fn sort_by(text: &str) -> Result<(), String> {
    list(text, "orders")?.iter().try_for_each(|order| match order.as_array().map(Vec::as_slice) {
        Some([Value::String(_), Value::String(direction)]) if direction == "asc" || direction == "desc" => Ok(()),
        _ => Err(format!("`{order}` is no pair of a name and `asc` or `desc`")),
    })
}

fn list(text: &str, what: &str) -> Result<Vec<Value>, String> {
    serde_json::from_str(text).map_err(|problem| format!("no JSON list of {what}: {problem}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn filters_are_lists_of_one_name_each() {
        assert_eq!(check_text("filters", "[]"), Ok(()));
        assert_eq!(check_text("filters", r#"[{"status":{"operator":"o","values":[]}}]"#), Ok(()));
        assert_eq!(check_text("filters", r#"[{"status":{"operator":"*","values":null}}]"#), Ok(()));
        for wrong in [
            "x",
            "{}",
            "[1]",
            r#"[{"a":{"operator":"=","values":["1"]},"b":{"operator":"=","values":["1"]}}]"#,
            r#"[{"a":{"operator":"is","values":["1"]}}]"#,
            r#"[{"a":{"operator":"=","values":"1"}}]"#,
            r#"[{"a":{"operator":"=","values":[1]}}]"#,
        ] {
            assert!(check_text("filters", wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn orders_are_pairs() {
        assert_eq!(check_text("sortBy", r#"[["id","asc"]]"#), Ok(()));
        for wrong in [r#"["id","asc"]"#, r#"[["id"]]"#, r#"[["id","up"]]"#] {
            assert!(check_text("sortBy", wrong).is_err(), "{wrong}");
        }
    }
}
