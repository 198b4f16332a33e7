//! What clients wrote.

use std::collections::HashMap;

use serde_json::{Map, Value};

/// The fields last written, by kind of item. There is one item of each kind, and every answer shows what was written to it:
/// enough for clients that compare what they sent with what is stored.
#[derive(Clone, Debug, Default)]
pub struct Written {
    kinds: HashMap<String, Map<String, Value>>,
}

impl Written {
    /// Adds fields to a kind of item.
    pub fn write(&mut self, kind: &str, fields: &Value) {
        let known = self.kinds.entry(kind.to_owned()).or_default();
        for (name, value) in fields.as_object().into_iter().flatten() {
            merge(known.entry(name.clone()).or_insert(Value::Null), value);
        }
    }

    /// The fields of a kind of item.
    #[must_use]
    pub fn of(&self, kind: &str) -> Option<&Map<String, Value>> {
        self.kinds.get(kind)
    }
}

/// Lays a value over another: objects member by member, everything else as a whole.
pub(crate) fn merge(under: &mut Value, over: &Value) {
    match (under, over) {
        (Value::Object(under), Value::Object(over)) => {
            for (name, value) in over {
                merge(under.entry(name.clone()).or_insert(Value::Null), value);
            }
        }
        (under, over) => *under = over.clone(),
    }
}

/// Lays an object over another, without adding members to it.
pub(crate) fn merge_known(under: &mut Map<String, Value>, over: &Value) {
    for (name, value) in over.as_object().into_iter().flatten() {
        if let Some(known) = under.get_mut(name) {
            *known = value.clone();
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn later_fields_lie_over_earlier_ones() {
        let mut written = Written::default();
        written.write("Task", &json!({"name": "a", "text": {"raw": "x", "html": "x"}}));
        written.write("Task", &json!({"text": {"raw": "y"}}));
        assert_eq!(json!(written.of("Task")), json!({"name": "a", "text": {"raw": "y", "html": "x"}}));
        assert!(written.of("Project").is_none());
    }
}
