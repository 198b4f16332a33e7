//! Values that a schema allows, always the same ones.

use serde_json::{Map, Number, Value, json};

use crate::description::{Description, Match};
use crate::schema::{Parts, first_parts};

/// Further down nothing but what is required is told.
const DEEP: usize = 6;
/// Further down nothing is told: a schema holds itself.
const DEEPEST: usize = 12;

/// Makes values from schemas of one document.
#[derive(Clone, Copy, Debug)]
pub struct Generator<'a> {
    description: &'a Description,
    /// The path that was asked for: where links lead that have no better place to lead to.
    path: &'a str,
}

impl<'a> Generator<'a> {
    /// Makes a generator for the answer to a request for a path.
    #[must_use]
    pub fn new(description: &'a Description, path: &'a str) -> Self {
        Self { description, path }
    }

    /// Makes a value that a schema allows.
    #[must_use]
    pub fn generate(&self, schema: &'a Value) -> Value {
        self.value("", &[schema], 0)
    }

    /// Makes a value that several schemas allow.
    fn value(&self, name: &str, schemas: &[&'a Value], depth: usize) -> Value {
        let parts = first_parts(self.description.document(), schemas);
        if let Some(value) = parts.keyword("const").cloned().or_else(|| allowed(&parts)) {
            return value;
        }
        match parts.type_name() {
            Some("object") => self.object(name, &parts, depth),
            Some("array") => self.array(name, &parts, depth),
            Some("integer") => integer(&parts),
            Some("number") => Number::from_f64(1.5).map_or(Value::Null, Value::Number),
            Some("boolean") => truth(name, &parts),
            Some("string") | None => text(name, &parts),
            Some(_) => Value::Null,
        }
    }

    fn object(&self, name: &str, parts: &Parts<'a>, depth: usize) -> Value {
        let names = parts.property_names();
        if names.contains(&"href") {
            return self.link(name, parts);
        }
        let mut object = Map::new();
        for name in names {
            let schemas = parts.of_property(name);
            let is_wanted = depth < DEEP || (depth < DEEPEST && parts.requires(name));
            if is_wanted && !self.is_secret(&schemas) {
                object.insert(name.to_owned(), self.value(name, &schemas, depth + 1));
            }
        }
        Value::Object(object)
    }

    fn is_secret(&self, schemas: &[&'a Value]) -> bool {
        first_parts(self.description.document(), schemas).has_flag("writeOnly")
    }

    fn array(&self, name: &str, parts: &Parts<'a>, depth: usize) -> Value {
        let items = parts.items();
        if items.is_empty() || depth >= DEEP {
            return json!([]);
        }
        let least = parts.keyword("minItems").and_then(Value::as_u64).and_then(|least| usize::try_from(least).ok());
        Value::Array(vec![self.value(name, &items, depth + 1); least.unwrap_or(1).max(1)])
    }

    /// A link that leads to a path that the description knows: by the resource that its text names, else to where it stands.
    fn link(&self, name: &str, parts: &Parts<'a>) -> Value {
        let resource = parts.texts("description").find_map(resource);
        let place = resource.map(|resource| format!("{}/{}/1", self.root(), plural_path(resource)));
        let is_served = |place: &String| !matches!(self.description.find("GET", place), Match::Unknown);
        let href = place.filter(is_served).unwrap_or_else(|| self.path.to_owned());
        json!({"href": href, "title": format!("the {name}")})
    }

    /// What the paths of all resources begin with: `/api/v3`.
    fn root(&self) -> String {
        let segments = self.path.split('/').filter(|segment| !segment.is_empty());
        let root = segments.take_while(|segment| *segment == "api" || is_version(segment));
        root.map(|segment| format!("/{segment}")).collect()
    }
}

/// The resource that a description names, as OpenProject writes it: `**Resource**: WorkPackage`.
fn resource(description: &str) -> Option<&str> {
    let (_, after) = description.split_once("**Resource**:")?;
    let word = after.split_whitespace().next()?;
    word.chars().all(char::is_alphanumeric).then_some(word)
}

fn is_version(segment: &str) -> bool {
    segment.strip_prefix('v').is_some_and(|rest| !rest.is_empty() && rest.bytes().all(|byte| byte.is_ascii_digit()))
}

/// `WorkPackage` is served under `work_packages`.
pub(crate) fn plural_path(resource: &str) -> String {
    let mut words = String::new();
    for letter in resource.chars() {
        if letter.is_uppercase() && !words.is_empty() {
            words.push('_');
        }
        words.extend(letter.to_lowercase());
    }
    match words.as_str() {
        "principal" | "author" => "users".to_owned(),
        "workspace" => "projects".to_owned(),
        word if word.ends_with('y') => format!("{}ies", &word[..word.len() - 1]),
        word if word.ends_with('s') => format!("{word}es"),
        word => format!("{word}s"),
    }
}

/// The first value that all lists allow; where they contradict each other, of the last one, which is the most particular.
fn allowed(parts: &Parts<'_>) -> Option<Value> {
    let lists: Vec<&Vec<Value>> = parts.keywords("enum").filter_map(Value::as_array).collect();
    let values = || lists.iter().rev().copied().flatten().filter(|value| !value.is_null());
    let everywhere = values().find(|value| lists.iter().all(|list| list.contains(value)));
    everywhere.or_else(|| values().next()).cloned()
}

/// Ids and counts are 1, whatever else is a number is the least that is allowed.
fn integer(parts: &Parts<'_>) -> Value {
    let least = parts.keyword("minimum").and_then(Value::as_i64).unwrap_or(1);
    let most = parts.keyword("maximum").and_then(Value::as_i64).unwrap_or(i64::MAX);
    json!(least.max(1).min(most))
}

/// Things are in use, and nothing else is true unless the description says so.
fn truth(name: &str, parts: &Parts<'_>) -> Value {
    let said = ["default", "example"].iter().find_map(|word| parts.keyword(word)?.as_bool());
    json!(said.unwrap_or(name == "active" || name == "is_default"))
}

fn text(name: &str, parts: &Parts<'_>) -> Value {
    let by_format = match parts.text("format").unwrap_or_default() {
        "date" => "2026-01-05",
        "date-time" => "2026-01-05T08:00:00Z",
        "duration" => "PT1H",
        "email" => "ada@example.com",
        "uri" => "https://example.com/",
        _ => return text_by_name(name, parts),
    };
    json!(by_format)
}

fn text_by_name(name: &str, parts: &Parts<'_>) -> Value {
    if let Some(example) = parts.text("example") {
        return json!(example);
    }
    match name {
        "identifier" => json!("demo"),
        "mail" => json!("ada@example.com"),
        _ => json!(format!("the {name}")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::vendor::Vendor;

    /// A description of two paths, with one schema.
    fn described(schema: &Value) -> Description {
        let paths = json!({"/api/v3/projects/{id}": {"get": {}}, "/api/v3/statuses/{id}": {"get": {}}});
        Description::new(json!({"openapi": "3.1.0", "paths": paths, "schema": schema}), Vendor::Other)
    }

    fn made(schema: &Value) -> Value {
        let description = described(schema);
        Generator::new(&description, "/api/v3/projects/1").generate(&description.document()["schema"])
    }

    #[test]
    fn values_fit_their_schemas_and_repeat() {
        let schema = json!({"type": "object", "properties": {
            "id": {"type": "integer"}, "day": {"type": ["string", "null"], "format": "date"}, "kind": {"enum": ["a", "b"]},
            "some": {"type": "array", "items": {"type": "boolean"}}, "hours": {"type": "number"}, "key": {"writeOnly": true},
        }});
        let value = made(&schema);
        assert_eq!(value, json!({"id": 1, "day": "2026-01-05", "kind": "a", "some": [false], "hours": 1.5}));
        assert!(jsonschema::is_valid(&schema, &value));
        assert_eq!(value, made(&schema));
    }

    #[test]
    fn links_lead_to_the_resource_that_they_name() {
        let link =
            json!({"properties": {"href": {"type": "string"}}, "description": "Its state\n\n**Resource**: Status"});
        assert_eq!(made(&link)["href"], "/api/v3/statuses/1");
        let elsewhere = json!({"properties": {"href": {"type": "string"}}, "description": "**Resource**: Nothing"});
        assert_eq!(made(&elsewhere)["href"], "/api/v3/projects/1");
        assert_eq!(
            [plural_path("WorkPackage"), plural_path("Priority"), plural_path("User")],
            ["work_packages", "priorities", "users"]
        );
    }

    #[test]
    fn a_schema_within_itself_comes_to_an_end() {
        let value =
            made(&json!({"type": "object", "required": ["next"], "properties": {"next": {"$ref": "#/schema"}}}));
        assert!(value.to_string().len() < 1_000);
    }
}
