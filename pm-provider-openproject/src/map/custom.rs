//! Custom fields: `customField3` on the wire, by name in the contract.

use std::collections::BTreeMap;

use pm_provider::{CustomField, CustomFieldKind, CustomFields, CustomValue, Error, Field, FieldPatch, RawData, Result};
use serde_json::{Map, Value, json};

use crate::dto::{Link, Property, Schema, id_of};
use crate::ids::number;
use crate::places::Places;

/// One custom field of a schema.
#[derive(Clone, Debug)]
pub(crate) struct CustomShape {
    wire: String,
    name: String,
    kind: CustomFieldKind,
    required: bool,
    is_formattable: bool,
    is_integer: bool,
    choices: Vec<Link>,
    in_links: bool,
    writable: bool,
    /// What a value that no choice is listed for links to.
    resource: Option<&'static str>,
}

/// The custom fields of a schema.
#[derive(Clone, Debug, Default)]
pub(crate) struct Shapes(Vec<CustomShape>);

impl Shapes {
    /// Takes them out of a schema.
    pub(crate) fn of(schema: &Schema) -> Self {
        let custom = schema.properties.iter().filter(|(wire, _)| is_custom(wire));
        Self(custom.map(|(wire, property)| CustomShape::new(wire, property)).collect())
    }

    /// Says whether there are none.
    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// What the contract says of them.
    pub(crate) fn fields(&self) -> impl Iterator<Item = CustomField> + '_ {
        self.0.iter().map(CustomShape::field)
    }

    fn find(&self, name: &str) -> Option<&CustomShape> {
        let exact = self.0.iter().find(|shape| shape.name == name);
        exact.or_else(|| self.0.iter().find(|shape| shape.name.to_lowercase() == name.to_lowercase()))
    }

    /// Reads the values from the raw JSON of a work package.
    pub(crate) fn read(&self, raw: &RawData) -> CustomFields {
        let Ok(json) = raw.parse::<Value>() else { return CustomFields::new() };
        let read = |shape: &CustomShape| Some((shape.name.clone(), shape.read(&json)?));
        self.0.iter().filter_map(read).collect()
    }

    /// Puts values into the body of a write: scalars at the top, choices and people among the links.
    pub(crate) fn write(
        &self,
        values: &BTreeMap<String, FieldPatch<CustomValue>>,
        places: &Places,
        body: &mut Map<String, Value>,
        links: &mut Map<String, Value>,
    ) -> Result<()> {
        for (name, value) in values {
            let shape = self.find(name).ok_or_else(|| self.refuse(name))?;
            let wanted = match value {
                FieldPatch::Set(value) => Some(value),
                FieldPatch::Clear => None,
                _ => continue,
            };
            let target = if shape.in_links { &mut *links } else { &mut *body };
            target.insert(shape.wire.clone(), shape.written(wanted, places)?);
        }
        Ok(())
    }

    fn refuse(&self, name: &str) -> Error {
        if self.is_empty() {
            let message = format!("custom fields: there are none here, `{name}` neither");
            return Error::unsupported(message).on_field(Field::CustomFields, "not supported");
        }
        let names: Vec<_> = self.0.iter().map(|shape| format!("`{}`", shape.name)).collect();
        let message = format!("there is no `{name}`; allowed are {}", names.join(", "));
        Error::invalid_input("a custom field is not known here").on_field(Field::CustomFields, message)
    }
}

/// Says whether a property of the wire is a custom field.
pub(crate) fn is_custom(wire: &str) -> bool {
    let number = wire.strip_prefix("customField").unwrap_or_default();
    !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit())
}

impl CustomShape {
    fn new(wire: &str, property: &Property) -> Self {
        let base = property.kind.trim_start_matches("[]");
        let kind = match base {
            "User" => CustomFieldKind::User,
            "Integer" | "Float" => CustomFieldKind::Number,
            "Boolean" => CustomFieldKind::Bool,
            "Date" => CustomFieldKind::Date,
            "DateTime" => CustomFieldKind::DateTime,
            "String" | "Formattable" | "Link" => CustomFieldKind::Text,
            _ if property.is_list() => CustomFieldKind::MultiChoice,
            _ if property.is_link() => CustomFieldKind::Choice,
            _ => CustomFieldKind::Json,
        };
        let kind =
            if kind == CustomFieldKind::User && property.is_list() { CustomFieldKind::MultiChoice } else { kind };
        Self {
            wire: wire.to_owned(),
            name: property.name.clone(),
            kind,
            required: property.required && !property.has_default,
            is_formattable: base == "Formattable",
            is_integer: base == "Integer",
            choices: property.choices(),
            in_links: property.is_link(),
            writable: property.writable,
            resource: match base {
                "User" => Some("users"),
                "Version" => Some("versions"),
                _ => None,
            },
        }
    }

    fn field(&self) -> CustomField {
        let options = self.choices.iter().filter_map(|choice| choice.title.clone());
        CustomField::new(&self.name, self.kind).id(&self.wire).required(self.required).options(options)
    }

    fn read(&self, json: &Value) -> Option<CustomValue> {
        let value = if self.in_links { &json["_links"][&self.wire] } else { &json[&self.wire] };
        if self.in_links {
            return self.read_link(value);
        }
        let value = if self.is_formattable { &value["raw"] } else { value };
        let is_empty = value.is_null() || value.as_str() == Some("");
        if is_empty { None } else { serde_json::from_value(value.clone()).ok() }
    }

    fn read_link(&self, value: &Value) -> Option<CustomValue> {
        if let Some(links) = value.as_array() {
            let values: Vec<_> = links.iter().filter_map(|link| self.read_link(link)).collect();
            return (!values.is_empty()).then_some(CustomValue::List(values));
        }
        let href = value["href"].as_str()?;
        if self.kind == CustomFieldKind::User {
            return id_of(href).map(|id| CustomValue::Text(id.to_string()));
        }
        Some(CustomValue::Text(value["title"].as_str().unwrap_or(href).to_owned()))
    }

    fn written(&self, value: Option<&CustomValue>, places: &Places) -> Result<Value> {
        if !self.writable {
            return Err(self.bad("cannot be written here"));
        }
        if self.in_links {
            return self.linked(value, places);
        }
        let Some(value) = value else {
            return Ok(if self.is_formattable { json!({ "raw": "" }) } else { Value::Null });
        };
        let json = serde_json::to_value(value).map_err(|_| self.bad("has no JSON form"))?;
        let fits = match self.kind {
            CustomFieldKind::Text | CustomFieldKind::Date | CustomFieldKind::DateTime => json.is_string(),
            CustomFieldKind::Bool => json.is_boolean(),
            CustomFieldKind::Number if self.is_integer => json.is_i64(),
            CustomFieldKind::Number => json.is_number(),
            _ => true,
        };
        if !fits {
            return Err(self.bad(&format!("does not hold {json}")));
        }
        Ok(if self.is_formattable { json!({ "raw": json }) } else { json })
    }

    fn linked(&self, value: Option<&CustomValue>, places: &Places) -> Result<Value> {
        match value {
            None if self.kind == CustomFieldKind::MultiChoice => Ok(json!([])),
            None => Ok(json!({ "href": null })),
            Some(CustomValue::List(values)) if self.kind == CustomFieldKind::MultiChoice => {
                values.iter().map(|value| self.choice(value, places)).collect::<Result<Vec<_>>>().map(Value::from)
            }
            Some(value) if self.kind == CustomFieldKind::MultiChoice => Ok(json!([self.choice(value, places)?])),
            Some(value) => self.choice(value, places),
        }
    }

    fn choice(&self, value: &CustomValue, places: &Places) -> Result<Value> {
        let text = value.as_text().ok_or_else(|| self.bad("is chosen by a text"))?;
        if self.choices.is_empty()
            && let Some((resource, id)) = self.resource.zip(number(text))
        {
            return Ok(json!({ "href": places.href(resource, id) }));
        }
        let by_title = self.choices.iter().find(|choice| choice.title.as_deref() == Some(text));
        let by_id = || self.choices.iter().find(|choice| choice.id().is_some_and(|id| id.to_string() == text));
        let found = by_title.or_else(by_id).and_then(|choice| choice.href.clone());
        found.map(|href| json!({ "href": href })).ok_or_else(|| {
            let names: Vec<_> = self.choices.iter().filter_map(|choice| choice.title.as_deref()).collect();
            self.bad(&format!("does not hold `{text}`; allowed are `{}`", names.join("`, `")))
        })
    }

    fn bad(&self, what: &str) -> Error {
        Error::invalid_input("a custom field does not fit")
            .on_field(Field::CustomFields, format!("`{}` {what}", self.name))
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use pm_provider::ErrorKind;

    use super::*;

    const SCHEMA: &str = r#"{
        "customField1": {"type": "String", "name": "Colour", "writable": true},
        "customField2": {"type": "CustomOption", "name": "Size", "writable": true, "location": "_links",
            "_links": {"allowedValues": [{"href": "/api/v3/custom_options/1", "title": "S"},
                                         {"href": "/api/v3/custom_options/2", "title": "L"}]}},
        "customField3": {"type": "[]CustomOption", "name": "Rooms", "writable": true, "location": "_links",
            "_links": {"allowedValues": [{"href": "/api/v3/custom_options/7", "title": "Hall"}]}},
        "customField4": {"type": "User", "name": "Reviewer", "writable": true, "location": "_links"},
        "customField5": {"type": "Integer", "name": "Points", "writable": true},
        "customField6": {"type": "Formattable", "name": "Notes", "writable": true},
        "customFieldX": {"type": "String", "name": "No number", "writable": true}
    }"#;

    fn places() -> Places {
        Places::new(&"https://example.org".parse().unwrap())
    }

    fn shapes() -> Shapes {
        Shapes::of(&serde_json::from_str(SCHEMA).unwrap())
    }

    fn write(name: &str, value: FieldPatch<CustomValue>) -> Result<(Value, Value)> {
        let (mut body, mut links) = (Map::new(), Map::new());
        let values = BTreeMap::from([(name.to_owned(), value)]);
        shapes().write(&values, &places(), &mut body, &mut links)?;
        Ok((body.into(), links.into()))
    }

    #[test]
    fn scalars_stand_at_the_top_and_choices_among_the_links() {
        let raw = RawData::from_json(
            r#"{"customField1": "red", "customField5": 8, "customField6": {"raw": "*x*"}, "_links": {
                "customField2": {"href": "/api/v3/custom_options/2", "title": "L"},
                "customField3": [{"href": "/api/v3/custom_options/7", "title": "Hall"}],
                "customField4": {"href": "/api/v3/users/9", "title": "Zoë"}}}"#,
        )
        .unwrap();
        let read = shapes().read(&raw);
        assert_eq!(read["Colour"], "red".into());
        assert_eq!(read["Size"], "L".into());
        assert_eq!(read["Rooms"], vec![CustomValue::from("Hall")].into());
        assert_eq!(read["Reviewer"], "9".into());
        assert_eq!(read["Points"], 8.into());
        assert_eq!(read["Notes"], "*x*".into());
    }

    #[test]
    fn values_are_written_where_they_are_read() {
        let set = |value: &str| FieldPatch::Set(CustomValue::from(value));
        assert_eq!(write("colour", set("red")).unwrap(), (json!({ "customField1": "red" }), json!({})));
        let size = json!({ "customField2": { "href": "/api/v3/custom_options/1" } });
        assert_eq!(write("Size", set("S")).unwrap(), (json!({}), size));
        let rooms = json!({ "customField3": [{ "href": "/api/v3/custom_options/7" }] });
        assert_eq!(write("Rooms", set("Hall")).unwrap(), (json!({}), rooms));
        let reviewer = json!({ "customField4": { "href": "/api/v3/users/9" } });
        assert_eq!(write("Reviewer", set("9")).unwrap().1, reviewer);
        assert_eq!(write("Notes", set("x")).unwrap().0, json!({ "customField6": { "raw": "x" } }));
        assert_eq!(write("Size", FieldPatch::Clear).unwrap().1, json!({ "customField2": { "href": null } }));
        assert_eq!(write("Rooms", FieldPatch::Clear).unwrap().1, json!({ "customField3": [] }));
        assert_eq!(write("Colour", FieldPatch::Clear).unwrap().0, json!({ "customField1": null }));
    }

    #[test]
    fn what_does_not_fit_is_refused_before_any_request() {
        let set = |value: &str| FieldPatch::Set(CustomValue::from(value));
        for (name, value, part) in
            [("Size", "XXL", "`S`, `L`"), ("Points", "many", "does not hold"), ("Weight", "1", "`Colour`")]
        {
            let error = write(name, set(value)).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::InvalidInput);
            assert!(error.to_string().contains(part), "{error}");
        }
        let none = Shapes::default().write(
            &BTreeMap::from([("a".to_owned(), set("b"))]),
            &places(),
            &mut Map::new(),
            &mut Map::new(),
        );
        assert_eq!(none.unwrap_err().kind(), ErrorKind::Unsupported);
    }
}
