//! Properties that no schema names, and properties that only the server writes.
//!
//! JSON Schema lets further properties pass unless told otherwise, and descriptions hardly ever tell: a misspelt field would
//! be valid, and the server would ignore it.

use serde_json::Value;

use super::Check;
use super::body::place;
use crate::report::Finding;
use crate::schema::{Parts, parts};

impl Check<'_> {
    /// Checks the names of all properties of a body, however deep.
    pub(super) fn names(&mut self, schema: &Value, value: &Value) {
        let document = self.description.requests();
        let mut walk = Walk { check: self, document };
        walk.value(&[schema], value, "");
    }
}

struct Walk<'w, 'c> {
    check: &'w mut Check<'c>,
    document: &'c Value,
}

impl<'c> Walk<'_, 'c> {
    /// Looks into a value, of which each of several schemas may say something.
    fn value(&mut self, schemas: &[&Value], value: &Value, pointer: &str) {
        match value {
            Value::Object(object) => self.object(schemas, object, pointer),
            Value::Array(items) => self.array(schemas, items, pointer),
            _ => {}
        }
    }

    fn array(&mut self, schemas: &[&Value], items: &[Value], pointer: &str) {
        let document = self.document;
        let all: Vec<Parts<'_>> = schemas.iter().map(|schema| of(document, schema)).collect();
        let elements: Vec<&Value> = all.iter().flat_map(Parts::items).collect();
        for (number, item) in items.iter().enumerate() {
            self.value(&elements, item, &format!("{pointer}/{number}"));
        }
    }

    fn object(&mut self, schemas: &[&Value], object: &serde_json::Map<String, Value>, pointer: &str) {
        let document = self.document;
        let all: Vec<Parts<'_>> = schemas.iter().map(|schema| of(document, schema)).collect();
        for (name, value) in object {
            let pointer = format!("{pointer}/{}", name.replace('~', "~0").replace('/', "~1"));
            let named: Vec<&Value> = all.iter().flat_map(|parts| parts.of_property(name)).collect();
            if named.is_empty() && all.iter().any(Parts::forbids_further) {
                // The validator has told of it.
            } else if named.is_empty() {
                self.unnamed(&all, &pointer);
            } else if named.iter().any(|schema| of(document, schema).is_read_only()) {
                self.check.violation(place(&pointer), "only the server writes this property");
            } else {
                self.value(&named, value, &pointer);
            }
        }
    }

    fn unnamed(&mut self, all: &[Parts<'_>], pointer: &str) {
        let is_open = all.iter().any(Parts::allows_any_property) || !all.iter().any(Parts::names_properties);
        if is_open {
            let parent = pointer.rsplit_once('/').map_or("", |(parent, _)| parent);
            let finding = Finding::new(&self.check.name, place(parent), "the description names no properties here");
            self.check.findings.open.push(finding);
        } else {
            self.check.violation(place(pointer), "no schema of the operation names this property");
        }
    }
}

/// Takes a schema apart, for as long as both it and the document live.
fn of<'a>(document: &'a Value, schema: &'a Value) -> Parts<'a> {
    parts(document, schema)
}
