//! Fields that projects defined themselves: by name.

use pm_provider::{CustomField, CustomFieldKind};
use serde_json::Value;

/// A value in the terms of the other side's field of that name; else why it cannot be said.
pub(super) fn carry(
    value: &Value,
    theirs: &CustomField,
    backend: &str,
    person: impl Fn(&str) -> Option<String>,
) -> Result<Value, String> {
    let single = single(value);
    match theirs.kind {
        CustomFieldKind::Json => Ok(value.clone()),
        CustomFieldKind::Choice => option(single.ok_or_else(|| several(theirs, backend))?, theirs, backend),
        CustomFieldKind::MultiChoice => {
            let values = value.as_array().cloned().unwrap_or_else(|| vec![value.clone()]);
            values.iter().map(|one| option(one, theirs, backend)).collect::<Result<Vec<_>, _>>().map(Value::from)
        }
        CustomFieldKind::User => {
            let id = single.and_then(Value::as_str).ok_or_else(|| several(theirs, backend))?;
            person(id).map(Value::from).ok_or_else(|| format!("`{backend}` knows nobody who is `{id}`"))
        }
        CustomFieldKind::Number if value.is_number() => Ok(value.clone()),
        CustomFieldKind::Bool if value.is_boolean() => Ok(value.clone()),
        CustomFieldKind::Text | CustomFieldKind::Date | CustomFieldKind::DateTime => {
            single.filter(|one| one.is_string()).cloned().ok_or_else(|| unlike(theirs, backend))
        }
        _ => Err(unlike(theirs, backend)),
    }
}

/// A value that is one, also in a list of its own.
fn single(value: &Value) -> Option<&Value> {
    match value {
        Value::Array(values) if values.len() == 1 => values.first(),
        Value::Array(_) => None,
        one => Some(one),
    }
}

fn option(value: &Value, theirs: &CustomField, backend: &str) -> Result<Value, String> {
    let Some(text) = value.as_str() else { return Err(unlike(theirs, backend)) };
    if theirs.options.is_empty() {
        return Ok(value.clone());
    }
    let same = |option: &&String| option.to_lowercase() == text.to_lowercase();
    let found = theirs.options.iter().find(|option| *option == text).or_else(|| theirs.options.iter().find(same));
    let field = &theirs.name;
    found.map(|option| option.clone().into()).ok_or_else(|| format!("`{field}` of `{backend}` has no `{text}`"))
}

fn several(theirs: &CustomField, backend: &str) -> String {
    format!("`{}` of `{backend}` holds one value only", theirs.name)
}

fn unlike(theirs: &CustomField, backend: &str) -> String {
    format!("`{}` of `{backend}` holds values of another kind", theirs.name)
}
