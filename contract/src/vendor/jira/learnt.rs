//! What passing answers tell of a site: which fields its screens have, and of which kind they are.

use std::collections::BTreeMap;

use serde_json::Value;

/// The fields of all screens that were asked for.
///
/// It knows of a field whether some create, edit or transition screen has it, not which: a field on the wrong screen is the
/// server's to refuse.
#[derive(Clone, Debug, Default)]
pub(crate) struct Learnt {
    fields: BTreeMap<String, Value>,
}

impl Learnt {
    /// Whether the answer to a request tells of screens.
    pub(crate) fn is_told_by(path: &str) -> bool {
        path.contains("/createmeta/") || path.ends_with("/editmeta") || path.ends_with("/transitions")
    }

    /// Takes what an answer tells.
    pub(crate) fn take(&mut self, answer: &Value) {
        self.take_fields(&answer["fields"]);
        // Data Center pages them under another name.
        self.take_fields(&answer["values"]);
        for transition in answer["transitions"].as_array().into_iter().flatten() {
            self.take_fields(&transition["fields"]);
        }
    }

    fn take_fields(&mut self, fields: &Value) {
        match fields {
            Value::Object(fields) => fields.iter().for_each(|(id, field)| self.put(id, field)),
            Value::Array(fields) => {
                for field in fields {
                    let id = field["fieldId"].as_str().or_else(|| field["key"].as_str());
                    id.into_iter().for_each(|id| self.put(id, field));
                }
            }
            _ => {}
        }
    }

    /// Lists of issue types have the same form, but no schemas.
    fn put(&mut self, id: &str, field: &Value) {
        if field["schema"].is_object() {
            self.fields.insert(id.to_owned(), field["schema"].clone());
        }
    }

    /// Whether any screen was seen at all.
    pub(super) fn knows_screens(&self) -> bool {
        !self.fields.is_empty()
    }

    /// The kind of a field on some screen.
    pub(super) fn schema(&self, field: &str) -> Option<&Value> {
        self.fields.get(field)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn screens_are_told_in_three_forms() {
        let mut learnt = Learnt::default();
        assert!(!learnt.knows_screens());
        learnt.take(&json!({"fields": [{"fieldId": "summary", "schema": {"type": "string"}}]}));
        learnt.take(&json!({"fields": {"customfield_1": {"schema": {"type": "number"}}}}));
        learnt.take(&json!({"transitions": [{"fields": {"resolution": {"schema": {"type": "resolution"}}}}]}));
        learnt.take(&json!({"values": [{"fieldId": "labels", "schema": {"type": "array"}}, {"id": "10001"}]}));
        let known: Vec<_> = learnt.fields.keys().map(String::as_str).collect();
        assert_eq!(known, ["customfield_1", "labels", "resolution", "summary"]);
        assert_eq!(learnt.schema("customfield_1"), Some(&json!({"type": "number"})));
    }

    #[test]
    fn only_some_answers_tell_of_screens() {
        for path in ["/rest/api/3/issue/createmeta/1/issuetypes/2", "/rest/api/3/issue/1/editmeta"] {
            assert!(Learnt::is_told_by(path));
        }
        assert!(!Learnt::is_told_by("/rest/api/3/issue/1"));
    }
}
