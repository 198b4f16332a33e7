//! Schemas as they hold for requests.

use serde_json::{Map, Value};

use super::{each_object, parts};

/// Takes the names of properties that only the server writes from every list of required ones: JSON Schema knows nothing of
/// `readOnly`, and a request must not bring them.
pub fn drop_read_only_from_required(document: &mut Value) {
    let unchanged = document.clone();
    each_object(document, &mut |object| drop_in(&unchanged, object));
}

fn drop_in(document: &Value, object: &mut Map<String, Value>) {
    let Some(Value::Object(properties)) = object.get("properties").cloned() else { return };
    if let Some(Value::Array(required)) = object.get_mut("required") {
        required.retain(|name| {
            let property = name.as_str().and_then(|name| properties.get(name));
            !property.is_some_and(|property| parts(document, property).is_read_only())
        });
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_only_the_server_writes_is_not_required() {
        let mut document = json!({
            "id": {"type": "integer", "readOnly": true},
            "item": {
                "required": ["id", "name", "self"],
                "properties": {
                    "id": {"$ref": "#/id"}, "name": {"type": "string"},
                    "self": {"allOf": [{"type": "object"}, {"readOnly": true}]},
                },
            },
        });
        drop_read_only_from_required(&mut document);
        assert_eq!(document["item"]["required"], json!(["name"]));
    }
}
