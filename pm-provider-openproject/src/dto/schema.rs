//! The schema of work packages of one type in one project: which fields there are, and what they take.

use std::collections::BTreeMap;
use std::fmt;

use serde::de::{IgnoredAny, MapAccess, Visitor};
use serde::{Deserialize, Deserializer};
use serde_json::Value;

use super::hal::{Link, last_segment};

/// What `/work_packages/schemas/{project}-{type}` says.
#[derive(Clone, Debug, Default)]
pub(crate) struct Schema {
    /// `{project}-{type}`.
    pub(crate) id: Option<String>,
    /// The properties by their names on the wire: `subject`, `customField3`.
    pub(crate) properties: BTreeMap<String, Property>,
}

/// One property of a schema.
#[derive(Clone, Debug, Default, Deserialize)]
pub(crate) struct Property {
    #[serde(default, rename = "type")]
    pub(crate) kind: String,
    #[serde(default)]
    pub(crate) name: String,
    #[serde(default)]
    pub(crate) required: bool,
    #[serde(default, rename = "hasDefault")]
    pub(crate) has_default: bool,
    #[serde(default)]
    pub(crate) writable: bool,
    /// `_links` where the value is a link.
    #[serde(default)]
    pub(crate) location: Option<String>,
    #[serde(default, rename = "_embedded")]
    embedded: Allowed,
    #[serde(default, rename = "_links")]
    links: AllowedLinks,
}

#[derive(Clone, Debug, Default, Deserialize)]
struct Allowed {
    #[serde(default, rename = "allowedValues")]
    allowed_values: Vec<Value>,
}

#[derive(Clone, Debug, Default, Deserialize)]
struct AllowedLinks {
    /// A list of links, or one link to a collection.
    #[serde(default, rename = "allowedValues")]
    allowed_values: Option<Value>,
}

impl Property {
    /// The values to choose from, as links with titles; empty where they are not listed.
    pub(crate) fn choices(&self) -> Vec<Link> {
        let embedded = self.embedded.allowed_values.iter().filter_map(embedded_choice);
        let listed = self.links.allowed_values.as_ref().and_then(Value::as_array);
        let linked = listed.into_iter().flatten().filter_map(|link| serde_json::from_value(link.clone()).ok());
        let linked: Vec<Link> = linked.collect();
        if linked.is_empty() { embedded.collect() } else { linked }
    }

    /// Whether several values can be chosen.
    pub(crate) fn is_list(&self) -> bool {
        self.kind.starts_with("[]")
    }

    /// Whether the value is a link.
    pub(crate) fn is_link(&self) -> bool {
        let by_kind = matches!(self.kind.trim_start_matches("[]"), "CustomOption" | "User" | "Version");
        self.location.as_deref() == Some("_links") || by_kind || self.is_list()
    }
}

/// A choice that is embedded as a whole resource: its link and its name.
fn embedded_choice(resource: &Value) -> Option<Link> {
    let own = &resource["_links"]["self"];
    let title = ["value", "name", "title"].iter().find_map(|member| resource[member].as_str());
    let title = title.or_else(|| own["title"].as_str())?.to_owned();
    Some(Link { href: Some(own["href"].as_str()?.to_owned()), title: Some(title) })
}

impl<'de> Deserialize<'de> for Schema {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(SchemaVisitor)
    }
}

struct SchemaVisitor;

#[derive(Deserialize)]
struct Own {
    #[serde(default, rename = "self")]
    own: Link,
}

impl<'de> Visitor<'de> for SchemaVisitor {
    type Value = Schema;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a schema")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Schema, A::Error> {
        let mut schema = Schema::default();
        while let Some(name) = map.next_key::<String>()? {
            if name == "_links" {
                let links: Own = map.next_value()?;
                schema.id = links.own.href.as_deref().map(|href| last_segment(href).to_owned());
            } else if name.starts_with('_') {
                map.next_value::<IgnoredAny>()?;
            } else {
                // Servers differ in what they describe: what is no property is skipped, not refused.
                let value: Value = map.next_value()?;
                if let Ok(property) = serde_json::from_value::<Property>(value) {
                    schema.properties.insert(name, property);
                }
            }
        }
        Ok(schema)
    }
}

/// The answer of a form: the schema for the item as it is, without a change of anything.
#[derive(Debug, Deserialize)]
pub(crate) struct Form {
    #[serde(rename = "_embedded")]
    embedded: FormParts,
}

#[derive(Debug, Deserialize)]
struct FormParts {
    #[serde(default)]
    schema: Schema,
}

impl Form {
    /// The schema, with what its fields can be set to.
    pub(crate) fn into_schema(self) -> Schema {
        self.embedded.schema
    }

    /// The names of what a property takes right now.
    pub(crate) fn allowed(&self, property: &str) -> Vec<String> {
        let property = self.embedded.schema.properties.get(property);
        property.map(Property::choices).unwrap_or_default().into_iter().filter_map(|choice| choice.title).collect()
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    const SCHEMA: &str = r#"{
        "_type": "Schema", "_dependencies": [], "_attributeGroups": [{"name": "x"}],
        "subject": {"type": "String", "name": "Subject", "required": true, "hasDefault": false, "writable": true},
        "odd": "not a property",
        "customField1": {"type": "CustomOption", "name": "Colour", "required": false, "writable": true, "location": "_links",
            "_links": {"allowedValues": [{"href": "/api/v3/custom_options/1", "title": "red"}]}},
        "status": {"type": "Status", "name": "Status", "_embedded": {"allowedValues": [
            {"_type": "Status", "id": 1, "name": "New", "_links": {"self": {"href": "/api/v3/statuses/1", "title": "New"}}}]},
            "_links": {"allowedValues": {"href": "/api/v3/statuses"}}},
        "_links": {"self": {"href": "/api/v3/work_packages/schemas/12-13"}}
    }"#;

    #[test]
    fn a_schema_is_read_by_its_property_names() {
        let schema: Schema = serde_json::from_str(SCHEMA).unwrap();
        assert_eq!(schema.id.as_deref(), Some("12-13"));
        assert!(schema.properties["subject"].required && schema.properties["subject"].writable);
        let colour = &schema.properties["customField1"];
        assert!(colour.is_link() && !colour.is_list());
        assert_eq!(colour.choices()[0].title.as_deref(), Some("red"));
        assert!(!schema.properties.contains_key("_links"));
    }

    #[test]
    fn choices_may_be_embedded_or_linked() {
        let form = format!(r#"{{"_type": "Form", "_embedded": {{"schema": {SCHEMA}}}}}"#);
        let form: Form = serde_json::from_str(&form).unwrap();
        assert_eq!(form.allowed("status"), ["New"]);
        assert_eq!(form.allowed("customField1"), ["red"]);
        assert!(form.allowed("nothing").is_empty());
    }
}
