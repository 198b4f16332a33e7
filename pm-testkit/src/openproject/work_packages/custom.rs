//! Custom fields: `customFieldN`, scalars beside the other properties, lists and users among the links
//! (AndyEverything/openproject-mcp-server#16).

use serde_json::{Value, json};

use crate::openproject::access::principal_of;
use crate::openproject::errors::{Answer, Problem};
use crate::openproject::fields;
use crate::openproject::hal::{link, no_link};
use crate::openproject::model::{CustomField, CustomKind, WorkPackage};
use crate::openproject::store::Store;

/// The custom field of this name.
pub(super) fn named<'a>(store: &'a Store, key: &str) -> Option<&'a CustomField> {
    store.custom_fields.values().find(|field| field.key() == key)
}

pub(super) fn is_link(field: &CustomField) -> bool {
    matches!(field.kind, CustomKind::List | CustomKind::User)
}

pub(super) fn show(store: &Store, item: &WorkPackage, shown: &mut Value) {
    for field in store.custom_fields.values() {
        let (key, value) = (field.key(), item.custom.get(&field.key()).unwrap_or(&Value::Null));
        match (field.kind, value.as_u64()) {
            (CustomKind::List, id) => {
                let option = id.and_then(|id| field.options.iter().find(|(option, _)| *option == id));
                shown["_links"][key] = option.map_or_else(no_link, |(id, name)| link("custom_options", *id, name));
            }
            (CustomKind::User, id) => {
                let user = id.and_then(|id| store.principals.get(&id));
                let shown_user = user.map(|user| link(user.kind.resource(), user.id, &user.name));
                shown["_links"][key] = shown_user.unwrap_or_else(no_link);
            }
            _ => shown[key] = value.clone(),
        }
    }
}

/// Sets a scalar.
pub(super) fn set(item: &mut WorkPackage, field: &CustomField, value: &Value) -> Answer<()> {
    let key = field.key();
    let fits = match field.kind {
        CustomKind::String => value.is_string(),
        CustomKind::Integer => value.is_i64(),
        CustomKind::Float => value.is_number(),
        CustomKind::Boolean => value.is_boolean(),
        CustomKind::Date => fields::date(&key, value).is_ok(),
        // These are links: the vendor ignores them here, and that hides mistakes.
        CustomKind::List | CustomKind::User => return Err(Problem::unknown(&key)),
    };
    if !fits && !value.is_null() {
        return Err(Problem::format(&key, &format!("{:?}", field.kind)));
    }
    item.custom.insert(key, value.clone());
    Ok(())
}

/// Sets a link.
pub(super) fn set_link(store: &Store, item: &mut WorkPackage, field: &CustomField, value: &Value) -> Answer<()> {
    let key = field.key();
    let Some(href) = fields::href(&key, value)? else {
        item.custom.insert(key, Value::Null);
        return Ok(());
    };
    let wrong = || Problem::constraint(&key, format!("{} is not set to one of the allowed values.", field.name));
    let id = match field.kind {
        CustomKind::List => {
            let (_, id) = fields::target(&key, &["custom_options"], &href)?;
            field.options.iter().any(|(option, _)| *option == id).then_some(id)
        }
        _ => {
            let (resource, id) = fields::target(&key, &["users", "groups", "placeholder_users"], &href)?;
            principal_of(store, &resource, id)
        }
    };
    item.custom.insert(key.clone(), json!(id.ok_or_else(wrong)?));
    Ok(())
}

/// Required fields must have a value: all of them on creation or when asked for, else those that are written.
///
/// opf/openproject#20755
pub(super) fn check(store: &Store, item: &WorkPackage, all: bool, given: &[String]) -> Vec<Problem> {
    let required = store.custom_fields.values().filter(|field| field.required);
    let checked = required.filter(|field| all || given.contains(&field.key()));
    let empty = |value: Option<&Value>| value.is_none_or(|value| value.is_null() || value == "");
    let missing = checked.filter(|field| empty(item.custom.get(&field.key())));
    missing.map(|field| Problem::constraint(&field.key(), format!("{} can't be blank.", field.name))).collect()
}
