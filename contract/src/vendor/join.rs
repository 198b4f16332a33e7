//! Two files of one vendor as one.

use serde_json::Value;

/// Adds a second file to the first: its paths under a name that may change, and its components in a room of their own, because
/// schemas of one name may differ.
pub(super) fn join(document: &mut Value, mut other: Value, room: &str, path: impl Fn(String) -> String) {
    crate::schema::each_object(&mut other, &mut |object| {
        if let Some(Value::String(reference)) = object.get_mut("$ref")
            && let Some(name) = reference.strip_prefix("#/components/")
        {
            *reference = format!("#/components/{room}/{name}");
        }
    });
    let paths = other.get_mut("paths").and_then(Value::as_object_mut).map(std::mem::take).unwrap_or_default();
    if let Some(all) = document.get_mut("paths").and_then(Value::as_object_mut) {
        all.extend(paths.into_iter().map(|(name, item)| (path(name), item)));
    }
    if let Some(components) = document.get_mut("components").and_then(Value::as_object_mut) {
        components.insert(room.to_owned(), other["components"].take());
    }
}
