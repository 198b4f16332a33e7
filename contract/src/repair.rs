//! Known defects of vendors' descriptions, each mended by a function of its own.
//!
//! The ones here are found in several files or are harmless to look for in all; what concerns one operation of one vendor is
//! with the [vendor](crate::vendor). `tests/it/defects.rs` shows each defect on the real file.

use serde_json::{Map, Value, json};

use crate::schema::{each_object, resolve};

/// Mends one defect, and answers in how many places.
type Repair = fn(&mut Value) -> usize;

const REPAIRS: [(&str, Repair); 4] = [
    ("a value stands twice in an enum", repeated_enum_values),
    ("a query parameter is an array of objects", arrays_of_objects_in_queries),
    ("a query parameter is an object of nothing", bare_objects_in_queries),
    ("an example is JSON within a string", examples_in_strings),
];

/// Mends everything that is known to be wrong in some file; answers which, and in how many places.
pub fn repair(document: &mut Value) -> Vec<(&'static str, usize)> {
    let mended = REPAIRS.iter().map(|(name, repair)| (*name, repair(document)));
    mended.filter(|(_, places)| *places > 0).collect()
}

/// Trello repeats values of `keepFromSource` on `POST /cards`; JSON Schema wants them unique.
pub fn repeated_enum_values(document: &mut Value) -> usize {
    let mut places = 0;
    each_object(document, &mut |object| {
        let Some(Value::Array(values)) = object.get_mut("enum") else { return };
        let before = values.len();
        let mut known = Vec::new();
        values.retain(|value| {
            !known.contains(value) && {
                known.push(value.clone());
                true
            }
        });
        places += usize::from(values.len() < before);
    });
    places
}

/// Jira describes lists separated by commas (`fields=summary,status`) as arrays of objects.
pub fn arrays_of_objects_in_queries(document: &mut Value) -> usize {
    let unchanged = document.clone();
    query_parameters_as_text(document, |schema| {
        let element = schema.get("items").and_then(|items| resolve(&unchanged, items).get("type"));
        schema.get("type") == Some(&json!("array")) && element == Some(&json!("object"))
    })
}

/// Jira Software describes single words (`state=active`) as objects of which it says nothing more.
pub fn bare_objects_in_queries(document: &mut Value) -> usize {
    query_parameters_as_text(document, |schema| {
        let says_more =
            schema.contains_key("properties") || schema.get("additionalProperties").is_some_and(Value::is_object);
        schema.get("type") == Some(&json!("object")) && !says_more
    })
}

fn query_parameters_as_text(document: &mut Value, is_wrong: impl Fn(&Map<String, Value>) -> bool) -> usize {
    let mut places = 0;
    each_object(document, &mut |object| {
        if object.get("in") != Some(&json!("query")) {
            return;
        }
        if let Some(schema) = object.get_mut("schema").filter(|schema| schema.as_object().is_some_and(&is_wrong)) {
            *schema = json!({"type": "string"});
            places += 1;
        }
    });
    places
}

/// Jira's examples are JSON texts: taken at their word, a client would be answered with a quoted string.
pub fn examples_in_strings(document: &mut Value) -> usize {
    let mut places = 0;
    each_object(document, &mut |object| {
        let has_schema = object.contains_key("schema");
        let Some(Value::String(text)) = object.get("example").filter(|_| has_schema) else { return };
        if let Ok(parsed @ (Value::Object(_) | Value::Array(_))) = serde_json::from_str(text) {
            object.insert("example".to_owned(), parsed);
            places += 1;
        }
    });
    places
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_repair_mends_its_defect_and_nothing_else() {
        let good = json!({"a": {"enum": ["x", "y"], "pattern": "^a$"}, "b": [{"in": "query", "schema": {"type": "array", "items": {"type": "string"}}}]});
        let mut document = good.clone();
        assert!(repair(&mut document).is_empty());
        assert_eq!(document, good);
    }

    #[test]
    fn values_that_repeat_stand_once() {
        let mut document = json!({"enum": ["all", "due", "due"]});
        assert_eq!(repeated_enum_values(&mut document), 1);
        assert_eq!(document["enum"], json!(["all", "due"]));
    }

    #[test]
    fn objects_in_queries_are_text() {
        let mut document = json!([
            {"in": "query", "schema": {"type": "array", "items": {"type": "object"}}},
            {"in": "query", "schema": {"type": "object", "additionalProperties": false}},
        ]);
        assert_eq!(arrays_of_objects_in_queries(&mut document) + bare_objects_in_queries(&mut document), 2);
        assert_eq!(document[0]["schema"], document[1]["schema"]);
    }

    #[test]
    fn an_example_in_a_string_is_parsed() {
        let mut document = json!({"schema": {"type": "object"}, "example": "{\"id\": 1}"});
        assert_eq!(examples_in_strings(&mut document), 1);
        assert_eq!(document["example"], json!({"id": 1}));
    }
}
