//! When two values are the same.

use std::collections::BTreeSet;

use pm_sync::store::Conflict;
use serde_json::{Value, json};

use super::super::setup::COARSE;

pub(super) fn says(conflict: &Conflict, field: &str) -> bool {
    conflict.field.as_ref().is_some_and(|named| named.to_string() == field)
}

pub(super) fn is_set(field: &str) -> bool {
    matches!(field, "labels" | "assignees")
}

/// The members of a set, whatever their case.
pub(super) fn members(value: &Value) -> BTreeSet<String> {
    value.as_array().into_iter().flatten().filter_map(Value::as_str).map(str::to_lowercase).collect()
}

pub(super) fn lower(value: &Value) -> BTreeSet<String> {
    members(value)
}

pub(super) fn trimmed(value: &Value) -> String {
    let text = value.as_str().unwrap_or_default();
    text.lines().map(str::trim_end).collect::<Vec<_>>().join("\n")
}

pub(super) fn coarse(value: &Value) -> Value {
    let found = COARSE.iter().find(|(fine, _)| Some(*fine) == value.as_str());
    found.map_or_else(|| value.clone(), |(_, coarse)| json!(coarse))
}
