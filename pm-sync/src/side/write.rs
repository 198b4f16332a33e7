//! From patches to what the contract writes.
//!
//! The names of fields are those of the contract's JSON, and `null` clears in both: so a patch becomes one of the
//! contract's by way of its JSON.

use pm_provider::{Error, Field, ProjectId, Result, TaskId};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use super::read::canonical;
use crate::record::{FieldKey, Patch};

/// Reads a patch as one of the contract's.
pub(crate) fn patch<P: DeserializeOwned>(patch: &Patch) -> Result<P> {
    let mut members = Map::new();
    let mut custom = Map::new();
    for (field, value) in patch.iter() {
        match field {
            FieldKey::Of(field) => members.insert(field.word().to_owned(), value.clone()),
            FieldKey::Custom(name) => custom.insert(name.clone(), value.clone()),
        };
    }
    if !custom.is_empty() {
        members.insert("custom_fields".to_owned(), Value::Object(custom));
    }
    read(Value::Object(members))
}

/// Reads a patch as a new item of a project: what it clears is left out.
pub(crate) fn new_item<N: DeserializeOwned>(patch: &Patch, project: &ProjectId, mark: Option<&str>) -> Result<N> {
    let mut members = set_members(patch);
    members.insert("project_id".to_owned(), project.as_str().into());
    keyed(members, mark)
}

/// Reads a patch as a new comment on a task.
pub(crate) fn new_comment<N: DeserializeOwned>(patch: &Patch, task: &TaskId, mark: Option<&str>) -> Result<N> {
    let mut members = set_members(patch);
    members.insert("task_id".to_owned(), task.as_str().into());
    keyed(members, mark)
}

fn keyed<N: DeserializeOwned>(mut members: Map<String, Value>, mark: Option<&str>) -> Result<N> {
    if let Some(mark) = mark {
        members.insert("idempotency_key".to_owned(), mark.into());
    }
    read(Value::Object(members))
}

fn set_members(patch: &Patch) -> Map<String, Value> {
    let mut members = Map::new();
    let mut custom = Map::new();
    for (field, value) in patch.iter().filter(|(_, value)| !value.is_null()) {
        match field {
            FieldKey::Of(field) => members.insert(field.word().to_owned(), value.clone()),
            FieldKey::Custom(name) => custom.insert(name.clone(), value.clone()),
        };
    }
    if !custom.is_empty() {
        members.insert("custom_fields".to_owned(), Value::Object(custom));
    }
    members
}

/// Reads back what a patch of the contract says.
pub(crate) fn said<P: Serialize>(written: &P) -> Result<Patch> {
    let json = serde_json::to_value(written).map_err(|error| internal(&error))?;
    let Value::Object(members) = json else { return Ok(Patch::new()) };
    let mut patch = Patch::new();
    for (name, value) in members {
        if name == Field::CustomFields.word() {
            for (name, value) in value.as_object().into_iter().flatten() {
                patch.set(FieldKey::Custom(name.clone()), value.clone());
            }
        } else if let Some(field) = FieldKey::parse(&name) {
            let value = canonical(&field, value);
            patch.set(field, value);
        }
    }
    Ok(patch)
}

fn read<T: DeserializeOwned>(json: Value) -> Result<T> {
    serde_json::from_value(json).map_err(|error| internal(&error))
}

fn internal(error: &serde_json::Error) -> Error {
    Error::invalid_input(format!("a value cannot be written as it is: {error}"))
}
