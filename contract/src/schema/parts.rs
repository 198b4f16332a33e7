//! A schema as the schemas that it is put together from.

use serde_json::Value;

use super::resolve;

/// Deeper compositions than this are taken for loops.
const DEEPEST: usize = 24;

/// All the plain schemas behind one: references followed, `allOf`, `oneOf` and `anyOf` taken apart.
#[derive(Clone, Debug, Default)]
pub struct Parts<'a> {
    schemas: Vec<&'a Value>,
}

/// Takes a schema apart. Of alternatives all are taken, the first one first.
#[must_use]
pub fn parts<'a>(document: &'a Value, schema: &'a Value) -> Parts<'a> {
    let mut found = Parts::default();
    collect(document, schema, usize::MAX, DEEPEST, &mut found.schemas);
    found
}

/// Takes several schemas apart that hold for the same value; of alternatives only the first one is taken.
#[must_use]
pub fn first_parts<'a>(document: &'a Value, schemas: &[&'a Value]) -> Parts<'a> {
    let mut found = Parts::default();
    for schema in schemas {
        collect(document, schema, 1, DEEPEST, &mut found.schemas);
    }
    found
}

fn collect<'a>(document: &'a Value, schema: &'a Value, alternatives: usize, left: usize, found: &mut Vec<&'a Value>) {
    let plain = resolve(document, schema);
    if left == 0 || found.iter().any(|known| std::ptr::eq(*known, plain)) {
        return;
    }
    found.push(plain);
    if !std::ptr::eq(plain, schema) {
        // 3.1 allows keywords beside a reference: `readOnly` often stands there.
        found.push(schema);
    }
    for (keyword, branches) in [("allOf", usize::MAX), ("oneOf", alternatives), ("anyOf", alternatives)] {
        for branch in plain.get(keyword).and_then(Value::as_array).into_iter().flatten().take(branches) {
            collect(document, branch, alternatives, left - 1, found);
        }
    }
}

impl<'a> Parts<'a> {
    /// The first value of a keyword.
    #[must_use]
    pub fn keyword(&self, name: &str) -> Option<&'a Value> {
        self.schemas.iter().find_map(|schema| schema.get(name))
    }

    /// The text of a keyword, of the first part that has it as text.
    #[must_use]
    pub fn text(&self, name: &str) -> Option<&'a str> {
        self.schemas.iter().find_map(|schema| schema.get(name)?.as_str())
    }

    /// All texts of a keyword.
    pub fn texts(&self, name: &str) -> impl Iterator<Item = &'a str> {
        self.schemas.iter().filter_map(move |schema| schema.get(name)?.as_str())
    }

    /// Whether the server alone writes it.
    #[must_use]
    pub fn is_read_only(&self) -> bool {
        self.has_flag("readOnly")
    }

    /// Whether a keyword is `true` somewhere.
    #[must_use]
    pub fn has_flag(&self, name: &str) -> bool {
        self.schemas.iter().any(|schema| schema.get(name) == Some(&Value::Bool(true)))
    }

    /// The names of the types, without `null`; deduced where only other keywords tell.
    #[must_use]
    pub fn type_name(&self) -> Option<&'a str> {
        let said = self.schemas.iter().find_map(|schema| match schema.get("type") {
            Some(Value::String(name)) => Some(name.as_str()).filter(|name| *name != "null"),
            Some(Value::Array(names)) => names.iter().filter_map(Value::as_str).find(|name| *name != "null"),
            _ => None,
        });
        said.or_else(|| self.deduced_type())
    }

    fn deduced_type(&self) -> Option<&'static str> {
        match () {
            () if self.keyword("properties").is_some() => Some("object"),
            () if self.keyword("items").is_some() => Some("array"),
            () => None,
        }
    }

    /// Every schema of a property, by its name, a pattern or the rule for further ones.
    #[must_use]
    pub fn of_property(&self, name: &str) -> Vec<&'a Value> {
        self.schemas.iter().flat_map(|schema| schemas_of(schema, name)).collect()
    }

    /// The names of all properties that have one, and of those that are required without being described.
    #[must_use]
    pub fn property_names(&self) -> Vec<&'a str> {
        let described = self.schemas.iter().filter_map(|it| it.get("properties")?.as_object()).flat_map(|it| it.keys());
        let required =
            self.schemas.iter().filter_map(|it| it.get("required")?.as_array()).flatten().filter_map(Value::as_str);
        let mut found: Vec<&str> = Vec::new();
        for name in described.map(String::as_str).chain(required) {
            if !found.contains(&name) {
                found.push(name);
            }
        }
        found
    }

    /// Every value of a keyword.
    pub fn keywords(&self, name: &str) -> impl Iterator<Item = &'a Value> {
        self.schemas.iter().filter_map(move |schema| schema.get(name))
    }

    /// Whether properties are named at all: where none is, the description leaves the object open.
    #[must_use]
    pub fn names_properties(&self) -> bool {
        ["properties", "patternProperties"].iter().any(|word| self.keyword(word).is_some())
    }

    /// Whether it says that properties without a name of theirs are welcome.
    #[must_use]
    pub fn allows_any_property(&self) -> bool {
        self.has_flag("additionalProperties")
    }

    /// Whether it forbids properties without a name of theirs: then the validator tells of them.
    #[must_use]
    pub fn forbids_further(&self) -> bool {
        self.schemas.iter().any(|schema| schema.get("additionalProperties") == Some(&Value::Bool(false)))
    }

    /// The schemas of elements.
    #[must_use]
    pub fn items(&self) -> Vec<&'a Value> {
        self.schemas.iter().filter_map(|schema| schema.get("items")).collect()
    }

    /// Whether a property must be there.
    #[must_use]
    pub fn requires(&self, name: &str) -> bool {
        let mut lists = self.schemas.iter().filter_map(|schema| schema.get("required")?.as_array());
        lists.any(|names| names.iter().any(|known| known == name))
    }
}

fn schemas_of<'a>(schema: &'a Value, name: &str) -> Vec<&'a Value> {
    let named = schema.get("properties").and_then(|properties| properties.get(name));
    let by_pattern = schema.get("patternProperties").and_then(Value::as_object).into_iter().flatten();
    let by_pattern = by_pattern.filter(|(pattern, _)| matches_pattern(pattern, name)).map(|(_, schema)| schema);
    let mut found: Vec<&Value> = named.into_iter().chain(by_pattern).collect();
    if found.is_empty() {
        found.extend(schema.get("additionalProperties").filter(|further| further.is_object()));
    }
    found
}

/// Whether a name matches a pattern, as the validator understands patterns.
fn matches_pattern(pattern: &str, name: &str) -> bool {
    jsonschema::is_valid(&serde_json::json!({"pattern": pattern}), &Value::String(name.to_owned()))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_composition_is_taken_apart() {
        let document = json!({"link": {"type": "object", "properties": {"href": {"type": "string"}}}});
        let schema = json!({"allOf": [{"$ref": "#/link"}, {"readOnly": true, "properties": {"title": {}}}]});
        let parts = parts(&document, &schema);
        assert_eq!(parts.type_name(), Some("object"));
        assert!(parts.is_read_only());
        assert_eq!(parts.property_names(), ["href", "title"]);
    }

    #[test]
    fn a_property_is_named_by_itself_or_by_a_pattern() {
        let schema =
            json!({"properties": {"a": {"type": "string"}}, "patternProperties": {"^b\\d$": {"type": "integer"}}});
        let document = json!({});
        let parts = parts(&document, &schema);
        assert_eq!(parts.of_property("b1"), [&json!({"type": "integer"})]);
        assert!(parts.of_property("bx").is_empty());
    }

    #[test]
    fn a_schema_within_itself_comes_to_an_end() {
        let document = json!({"node": {"allOf": [{"$ref": "#/node"}], "type": "object"}});
        assert_eq!(parts(&document, &document["node"]).type_name(), Some("object"));
    }
}
