//! Values of custom fields: what is taken, and what is shown then, which is not the same.
//!
//! <https://developer.clickup.com/docs/customfields>

use serde_json::{Map, Value, json};

use crate::clickup::errors::{Answer, Problem};
use crate::clickup::model::{Field, Task, task_number};
use crate::clickup::places::people;
use crate::clickup::store::Store;

/// Kinds that the server computes by itself.
const COMPUTED: [&str; 3] = ["automatic_progress", "formula", "votes"];

/// The definition of a field as lists show it.
pub(super) fn definition(field: &Field) -> Value {
    let mut shown = json!({
        "id": field.id,
        "name": field.name,
        "type": field.kind,
        "type_config": config(field),
        "date_created": field.created.to_string(),
        "hide_from_guests": false,
        "required": field.required,
    });
    if !field.items.is_empty() {
        let items = field.items.iter().map(|item| json!({ "object_type": 19, "object_id": item }));
        shown["applied_objects"] = items.collect();
    }
    shown
}

fn config(field: &Field) -> Value {
    let options = field.options.iter();
    match field.kind.as_str() {
        "drop_down" => {
            let shown = options.enumerate();
            let shown =
                shown.map(|(index, (id, name))| json!({ "id": id, "name": name, "color": null, "orderindex": index }));
            json!({ "default": 0, "placeholder": null, "options": shown.collect::<Vec<_>>() })
        }
        "labels" => {
            let shown = options.map(|(id, label)| json!({ "id": id, "label": label, "color": null }));
            json!({ "options": shown.collect::<Vec<_>>() })
        }
        "currency" => json!({ "precision": 2, "currency_type": "USD" }),
        "emoji" => json!({ "count": 5, "code_point": "2b50" }),
        "manual_progress" => json!({ "start": 0, "end": 100 }),
        _ => json!({}),
    }
}

/// Whether a type of task has a field.
fn applies(field: &Field, task: &Task) -> bool {
    field.items.is_empty() || field.items.contains(&task.item)
}

/// The fields of a task: all that its list has for its type, with a `value` where one is set.
pub(super) fn shown(store: &Store, task: &Task) -> Value {
    let fields = store.fields_of(task.list).filter(|field| applies(field, task));
    let shown = fields.map(|field| {
        let mut shown = definition(field);
        if let Some(value) = task.fields.get(&field.id) {
            shown["value"] = value_shown(store, field, value);
        }
        shown
    });
    shown.collect()
}

/// A drop-down is shown by the place of its option, although it is set by the option's id.
fn value_shown(store: &Store, field: &Field, value: &Value) -> Value {
    let ids = || value.as_array().into_iter().flatten().filter_map(Value::as_u64);
    match field.kind.as_str() {
        "drop_down" => field.options.iter().position(|(id, _)| value == id.as_str()).into(),
        "users" => ids().map(|id| people::shown(store, id)).collect(),
        "tasks" | "list_relationship" => {
            let task = |id| store.tasks.get(&id).map(|task| json!({ "id": task.key(), "name": task.name }));
            ids().filter_map(task).collect()
        }
        _ => value.clone(),
    }
}

/// Finds a field of a task's list for its type.
pub(super) fn find<'a>(store: &'a Store, task: &Task, id: &str) -> Answer<&'a Field> {
    // As met by clients: the field may exist, only not here.
    let missing = || Problem::new(400, "Custom field does not exist in the task location hierarchy", "FIELD_115");
    let field = store.fields_of(task.list).find(|field| field.id == id).ok_or_else(missing)?;
    if applies(field, task) {
        Ok(field)
    } else {
        Err(Problem::new(400, "Custom field is not enabled for the task type", "FIELD_260"))
    }
}

/// Sets a value; `null` takes it away.
pub(super) fn set(store: &Store, task: &mut Task, id: &str, value: &Value) -> Answer<()> {
    let field = find(store, task, id)?;
    if value.is_null() {
        task.fields.remove(id);
        return Ok(());
    }
    let stored = stored(store, field, task, value)?;
    task.fields.insert(id.to_owned(), stored);
    Ok(())
}

/// What a value is stored as. Numbers become texts, as answers show them.
fn stored(store: &Store, field: &Field, task: &Task, value: &Value) -> Answer<Value> {
    let refused = |text: &str, code| Err(Problem::new(400, text, code));
    let text = value.as_str();
    match field.kind.as_str() {
        kind if COMPUTED.contains(&kind) => refused("Custom field can not be set", "FIELD_014"),
        "short_text" | "text" => {
            text.map(Value::from).ok_or_else(|| Problem::new(400, "Value must be a string", "FIELD_010"))
        }
        "url" if text.is_none_or(|text| !text.contains("://")) => refused("Value is not a valid URL", "FIELD_012"),
        "email" if text.is_none_or(|text| !text.contains('@')) => refused("Value is not a valid email", "FIELD_013"),
        "phone" if text.is_none_or(|text| !text.starts_with('+')) => {
            refused("Value is not a valid phone number", "FIELD_015")
        }
        "url" | "email" | "phone" => Ok(value.clone()),
        "number" | "currency" => number(value).map_or_else(|| refused("Value is not a valid number", "FIELD_016"), Ok),
        "emoji" => match value.as_u64() {
            Some(0..=5) => Ok(value.to_string().into()),
            _ => refused("Value is not a valid rating", "FIELD_018"),
        },
        "date" => match value.as_i64().or_else(|| text.and_then(|text| text.parse().ok())) {
            Some(moment) => Ok(moment.to_string().into()),
            None => refused("Value is not a valid date", "FIELD_017"),
        },
        "checkbox" => match value.as_bool() {
            Some(flag) => Ok(flag.to_string().into()),
            None => refused("Value is not a boolean", "FIELD_019"),
        },
        "drop_down" => option(field, value),
        "labels" => labels(field, value),
        "users" => changed(value, &task.fields, field, &|one| one.as_u64().filter(|id| store.users.contains_key(id))),
        "tasks" | "list_relationship" => changed(value, &task.fields, field, &|one| {
            one.as_str().and_then(task_number).filter(|id| store.tasks.contains_key(id))
        }),
        "manual_progress" => match value["current"].as_f64() {
            Some(current) => Ok(json!({ "current": current.to_string(), "percent_completed": current / 100.0 })),
            None => refused("Value is not a valid progress", "FIELD_020"),
        },
        _ => Ok(value.clone()),
    }
}

fn number(value: &Value) -> Option<Value> {
    let digits = |text: &str| text.parse::<f64>().is_ok().then(|| text.to_owned());
    match value {
        Value::Number(number) => Some(number.to_string().into()),
        Value::String(text) => digits(text).map(Value::from),
        _ => None,
    }
}

/// An option by its id or by its place, never by its name.
fn option(field: &Field, value: &Value) -> Answer<Value> {
    let by_place =
        value.as_u64().and_then(|place| usize::try_from(place).ok()).and_then(|place| field.options.get(place));
    let by_id = field.options.iter().find(|(id, _)| value == id.as_str());
    let found = by_place.or(by_id).map(|(id, _)| id.clone().into());
    found.ok_or_else(|| Problem::new(400, "Value must be an option index or uuid", "FIELD_011"))
}

fn labels(field: &Field, value: &Value) -> Answer<Value> {
    let refused = || Problem::new(400, "Value must be an array of label ids", "FIELD_144");
    let ids = value.as_array().ok_or_else(refused)?;
    let known = ids.iter().all(|one| field.options.iter().any(|(id, _)| one == id.as_str()));
    if known { Ok(value.clone()) } else { Err(refused()) }
}

/// Takes `{"add": [], "rem": []}` for people and for tasks.
fn changed(
    value: &Value,
    fields: &std::collections::BTreeMap<String, Value>,
    field: &Field,
    id: &dyn Fn(&Value) -> Option<u64>,
) -> Answer<Value> {
    let refused = || Problem::new(400, "Invalid Value", "FIELD_342");
    let members: &Map<String, Value> = value.as_object().ok_or_else(refused)?;
    let ids = |name: &str| -> Answer<Vec<u64>> {
        let list = members.get(name).and_then(Value::as_array).into_iter().flatten();
        list.map(|one| id(one).ok_or_else(refused)).collect()
    };
    let (added, removed) = (ids("add")?, ids("rem")?);
    let before = fields.get(&field.id).and_then(Value::as_array).cloned().unwrap_or_default();
    let mut now: Vec<u64> = before.iter().filter_map(Value::as_u64).filter(|id| !removed.contains(id)).collect();
    now.extend(added.into_iter().filter(|id| !before.iter().any(|one| one.as_u64() == Some(*id))));
    Ok(now.into())
}

/// Refuses a task that lacks a value which its list requires.
pub(super) fn check_required(store: &Store, task: &Task) -> Answer<()> {
    let mut required = store.fields_of(task.list).filter(|field| field.required && applies(field, task));
    match required.find(|field| !task.fields.contains_key(&field.id)) {
        Some(field) => Err(Problem::new(400, format!("Custom field {} is required", field.name), "ITEM_200")),
        None => Ok(()),
    }
}
