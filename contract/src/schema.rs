//! Schemas of OpenAPI 3.0 and 3.1 as JSON Schema that a validator compiles.

mod bundle;
mod dialect;
mod parts;
mod reference;
mod request;

pub use bundle::compile;
pub use dialect::to_json_schema;
pub use parts::{Parts, first_parts, parts};
pub use reference::resolve;
pub use request::drop_read_only_from_required;

use serde_json::Value;

/// Calls a function on every object of a document, but not inside of examples and other data.
pub fn each_object(value: &mut Value, change: &mut dyn FnMut(&mut serde_json::Map<String, Value>)) {
    match value {
        Value::Object(object) => {
            change(object);
            for (name, child) in object.iter_mut() {
                if !is_data(name, child) {
                    each_object(child, change);
                }
            }
        }
        Value::Array(items) => items.iter_mut().for_each(|item| each_object(item, change)),
        _ => {}
    }
}

/// Whether a keyword holds data instead of schemas. A property may have such a name, and then it has a schema.
fn is_data(name: &str, child: &Value) -> bool {
    let is_keyword = matches!(name, "example" | "default" | "enum" | "const" | "examples" | "x-examples");
    is_keyword
        && !["type", "$ref", "allOf", "properties"].iter().any(|word| child.get(word).is_some_and(|it| !it.is_null()))
}
