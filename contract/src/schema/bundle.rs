//! One schema with everything that it refers to, compiled.

use std::collections::HashMap;

use jsonschema::{Draft, Validator};
use serde_json::{Map, Value, json};

use super::reference::look_up;

/// Compiles a schema of a document, formats (`date`, `duration`, …) included.
///
/// # Errors
/// Why the validator refuses the schema, or which reference leads nowhere.
pub fn compile(document: &Value, schema: &Value) -> Result<Validator, String> {
    let bundled = Bundle::new(document).bundle(schema)?;
    jsonschema::options()
        .with_draft(Draft::Draft202012)
        .should_validate_formats(true)
        .build(&bundled)
        .map_err(|problem| problem.to_string())
}

/// Collects what a schema refers to, so that only that is compiled and not the whole document.
struct Bundle<'a> {
    document: &'a Value,
    numbers: HashMap<String, usize>,
    waiting: Vec<String>,
}

impl<'a> Bundle<'a> {
    fn new(document: &'a Value) -> Self {
        Self { document, numbers: HashMap::new(), waiting: Vec::new() }
    }

    fn bundle(mut self, schema: &Value) -> Result<Value, String> {
        let root = self.rewrite(schema);
        let mut definitions = Map::new();
        while let Some(reference) = self.waiting.pop() {
            let target = look_up(self.document, &reference);
            let target = target.ok_or_else(|| format!("`{reference}` leads nowhere"))?;
            let number = self.numbers[&reference];
            definitions.insert(number.to_string(), self.rewrite(target));
        }
        Ok(json!({"allOf": [root], "$defs": definitions}))
    }

    /// Copies a schema with its references led to the definitions of the bundle.
    fn rewrite(&mut self, value: &Value) -> Value {
        match value {
            Value::Object(object) => {
                Value::Object(object.iter().map(|(name, child)| self.member(name, child)).collect())
            }
            Value::Array(items) => items.iter().map(|item| self.rewrite(item)).collect(),
            other => other.clone(),
        }
    }

    fn member(&mut self, name: &str, child: &Value) -> (String, Value) {
        let child = match child {
            Value::String(reference) if name == "$ref" => Value::String(self.lead(reference)),
            other => self.rewrite(other),
        };
        (name.to_owned(), child)
    }

    fn lead(&mut self, reference: &str) -> String {
        let next = self.numbers.len();
        let waiting = &mut self.waiting;
        let number = self.numbers.entry(reference.to_owned()).or_insert_with(|| {
            waiting.push(reference.to_owned());
            next
        });
        format!("#/$defs/{number}")
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn references_are_compiled_along_even_in_circles() {
        let document =
            json!({"node": {"type": "object", "properties": {"next": {"$ref": "#/node"}, "day": {"format": "date"}}}});
        let validator = compile(&document, &json!({"$ref": "#/node"})).unwrap();
        assert!(validator.is_valid(&json!({"next": {"next": {"day": "2026-11-21"}}})));
        assert!(!validator.is_valid(&json!({"next": {"next": {"day": "tomorrow"}}})));
    }

    #[test]
    fn a_schema_that_cannot_be_compiled_says_why() {
        assert!(compile(&json!({}), &json!({"type": "strin"})).unwrap_err().contains("strin"));
        assert_eq!(compile(&json!({}), &json!({"$ref": "#/gone"})).unwrap_err(), "`#/gone` leads nowhere");
    }
}
