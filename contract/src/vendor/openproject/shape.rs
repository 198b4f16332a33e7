//! Answers of OpenProject.

use serde_json::{Map, Value, json};

use super::show;
use crate::answer::{Written, plural_path};

/// Lays what was written over the items, makes the counts of collections true, and answers pages.
pub(in crate::vendor) fn shape(answer: &mut Value, written: &Written, query: &[(String, String)]) {
    each_item(answer, &mut |item| {
        stand_alone(item);
        know_themselves(item);
        have_a_custom_field(item);
        show(item, written);
    });
    if let Some(collection) = answer.as_object_mut().filter(|it| it.contains_key("total")) {
        page(collection, query);
    }
}

fn each_item(value: &mut Value, change: &mut dyn FnMut(&mut Map<String, Value>)) {
    match value {
        Value::Object(object) => {
            change(object);
            object.values_mut().for_each(|child| each_item(child, change));
        }
        Value::Array(items) => items.iter_mut().for_each(|item| each_item(item, change)),
        _ => {}
    }
}

/// An item is not its own parent.
fn stand_alone(item: &mut Map<String, Value>) {
    let Some(Value::Object(links)) = item.get_mut("_links") else { return };
    for name in ["ancestors", "children"] {
        links.entry(name).and_modify(|list| *list = json!([]));
    }
    links.entry("parent").and_modify(|link| *link = json!({"href": null}));
}

/// Kinds of items that are served under their plural.
const SERVED: [&str; 11] = [
    "Activity",
    "Group",
    "Label",
    "Priority",
    "Project",
    "Relation",
    "Sprint",
    "Status",
    "User",
    "Version",
    "WorkPackage",
];

/// Every item leads to itself, wherever it stands.
fn know_themselves(item: &mut Map<String, Value>) {
    let kind = item.get("_type").and_then(Value::as_str).unwrap_or_default();
    // Comments are called `Activity::Comment`.
    let Some(kind) = SERVED.iter().find(|known| kind.split("::").next() == Some(**known)) else { return };
    let Some(id) = item.get("id").and_then(Value::as_u64) else { return };
    if let Some(link) = item.get_mut("_links").and_then(|links| links.get_mut("self")) {
        *link = json!({"href": format!("/api/v3/{}/{id}", plural_path(kind)), "title": "itself"});
    }
}

/// Custom fields stand beside the others, and only the schema of a work package knows their names.
fn have_a_custom_field(item: &mut Map<String, Value>) {
    if item.get("_type") != Some(&json!("WorkPackage")) {
        return;
    }
    item.insert("customField1".to_owned(), json!("the value"));
    if let Some(link) = item.get_mut("_links").and_then(|links| links.get_mut("schema")) {
        *link = json!({"href": "/api/v3/work_packages/schemas/1-1"});
    }
}

/// The first page has everything, and there are no others: `offset` is the number of a page.
fn page(collection: &mut Map<String, Value>, query: &[(String, String)]) {
    let asked =
        |name: &str| query.iter().find(|(known, _)| known == name).and_then(|(_, value)| value.parse::<u64>().ok());
    let offset = asked("offset").unwrap_or(1);
    let Some(Value::Array(elements)) = collection.get_mut("_embedded").and_then(|it| it.get_mut("elements")) else {
        return;
    };
    let total = elements.len();
    if offset > 1 {
        elements.clear();
    }
    let count = elements.len();
    let figures =
        json!({"total": total, "count": count, "offset": offset, "pageSize": asked("pageSize").unwrap_or(20)});
    // The description leaves `offset` and `pageSize` out of some collections that have them.
    collection.extend(figures.as_object().cloned().unwrap_or_default());
}
