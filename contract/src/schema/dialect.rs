//! What OpenAPI 3.0 says differently from JSON Schema.

use serde_json::{Map, Value, json};

use super::each_object;

/// Rewrites the dialect of OpenAPI 3.0 (`nullable`, limits that are exclusive by a flag) in a whole document. A document of
/// 3.1 is JSON Schema already, and stays as it is.
pub fn to_json_schema(document: &mut Value) {
    let is_old = document.get("openapi").and_then(Value::as_str).is_some_and(|version| version.starts_with("3.0"));
    if is_old {
        each_object(document, &mut |object| {
            exclusive_limit(object, "exclusiveMinimum", "minimum");
            exclusive_limit(object, "exclusiveMaximum", "maximum");
            nullable(object);
        });
    }
}

/// `minimum: 0, exclusiveMinimum: true` is `exclusiveMinimum: 0`.
fn exclusive_limit(object: &mut Map<String, Value>, exclusive: &str, limit: &str) {
    let Some(flag) = object.get(exclusive).and_then(Value::as_bool) else { return };
    object.remove(exclusive);
    if flag && let Some(value) = object.remove(limit) {
        object.insert(exclusive.to_owned(), value);
    }
}

/// `nullable: true` is one more type; where no type is said, a choice between the schema and null.
fn nullable(object: &mut Map<String, Value>) {
    if object.get("nullable").and_then(Value::as_bool) != Some(true) {
        return;
    }
    object.remove("nullable");
    if let Some(Value::String(name)) = object.get("type").cloned() {
        object.insert("type".to_owned(), json!([name, "null"]));
        null_among_the_allowed(object);
    } else {
        wrap_in_a_choice(object);
    }
}

fn null_among_the_allowed(object: &mut Map<String, Value>) {
    if let Some(Value::Array(allowed)) = object.get_mut("enum")
        && !allowed.contains(&Value::Null)
    {
        allowed.push(Value::Null);
    }
}

fn wrap_in_a_choice(object: &mut Map<String, Value>) {
    let schema = std::mem::take(object);
    object.insert("anyOf".to_owned(), json!([schema, {"type": "null"}]));
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rewritten(schema: &Value) -> Value {
        let mut document = json!({"openapi": "3.0.3", "schema": schema});
        to_json_schema(&mut document);
        document["schema"].take()
    }

    #[test]
    fn nullable_is_one_more_type() {
        assert_eq!(rewritten(&json!({"type": "string", "nullable": true})), json!({"type": ["string", "null"]}));
        let choice = json!({"type": "string", "nullable": true, "enum": ["a"]});
        assert_eq!(rewritten(&choice)["enum"], json!(["a", null]));
    }

    #[test]
    fn nullable_without_type_is_a_choice() {
        let schema = json!({"nullable": true, "allOf": [{"$ref": "#/a"}]});
        assert_eq!(rewritten(&schema), json!({"anyOf": [{"allOf": [{"$ref": "#/a"}]}, {"type": "null"}]}));
    }

    #[test]
    fn limits_by_a_flag_become_limits() {
        let schema = json!({"minimum": 0, "exclusiveMinimum": true, "maximum": 9, "exclusiveMaximum": false});
        assert_eq!(rewritten(&schema), json!({"exclusiveMinimum": 0, "maximum": 9}));
    }

    #[test]
    fn a_property_may_be_called_nullable() {
        let schema = json!({"type": "object", "properties": {"nullable": {"type": "boolean"}}});
        assert_eq!(rewritten(&schema), schema);
    }

    #[test]
    fn a_document_of_3_1_stays() {
        let mut document = json!({"openapi": "3.1.2", "schema": {"type": ["string", "null"], "exclusiveMinimum": 3}});
        let before = document.clone();
        to_json_schema(&mut document);
        assert_eq!(document, before);
    }
}
