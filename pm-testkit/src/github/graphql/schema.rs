//! The schema that documents are checked against.

use std::collections::HashMap;
use std::sync::LazyLock;

use async_graphql_parser::parse_schema;
use async_graphql_parser::types::{
    BaseType, FieldDefinition, InputValueDefinition, Type, TypeDefinition, TypeKind, TypeSystemDefinition,
};

const SDL: &str = include_str!("schema.graphql");

static SCHEMA: LazyLock<Schema> = LazyLock::new(|| Schema::read(SDL));

/// Types by name, and what stands for what.
#[derive(Debug)]
pub(super) struct Schema {
    types: HashMap<String, TypeDefinition>,
    /// Object types by the interface or union that they are one of.
    possible: HashMap<String, Vec<String>>,
}

/// The schema of the fake.
pub(super) fn schema() -> &'static Schema {
    &SCHEMA
}

impl Schema {
    fn read(text: &str) -> Self {
        // A mistake in the text is found by the tests of this file: the schema is then empty and refuses everything.
        let definitions = parse_schema(text).map(|document| document.definitions).unwrap_or_default();
        let types: HashMap<String, TypeDefinition> = definitions
            .into_iter()
            .filter_map(|definition| match definition {
                TypeSystemDefinition::Type(found) => Some((found.node.name.node.to_string(), found.node)),
                _ => None,
            })
            .collect();
        let mut possible: HashMap<String, Vec<String>> = HashMap::new();
        for (name, definition) in &types {
            match &definition.kind {
                TypeKind::Object(object) => {
                    for interface in &object.implements {
                        possible.entry(interface.node.to_string()).or_default().push(name.clone());
                    }
                }
                TypeKind::Union(union) => {
                    let members = union.members.iter().map(|member| member.node.to_string());
                    possible.insert(name.clone(), members.collect());
                }
                _ => {}
            }
        }
        Self { types, possible }
    }

    fn kind(&self, name: &str) -> Option<&TypeKind> {
        self.types.get(name).map(|found| &found.kind)
    }

    /// Whether fields can be asked of it.
    pub(super) fn is_composite(&self, name: &str) -> bool {
        matches!(self.kind(name), Some(TypeKind::Object(_) | TypeKind::Interface(_) | TypeKind::Union(_)))
    }

    pub(super) fn field(&self, parent: &str, name: &str) -> Option<&FieldDefinition> {
        let fields = match self.kind(parent)? {
            TypeKind::Object(object) => &object.fields,
            TypeKind::Interface(interface) => &interface.fields,
            _ => return None,
        };
        fields.iter().map(|field| &field.node).find(|field| field.name.node.as_str() == name)
    }

    /// The members of an input object; `None` for other types.
    pub(super) fn input(&self, name: &str) -> Option<Vec<&InputValueDefinition>> {
        match self.kind(name)? {
            TypeKind::InputObject(input) => Some(input.fields.iter().map(|field| &field.node).collect()),
            _ => None,
        }
    }

    /// The values of an enumeration; `None` for other types.
    pub(super) fn choices(&self, name: &str) -> Option<Vec<&str>> {
        match self.kind(name)? {
            TypeKind::Enum(choices) => {
                Some(choices.values.iter().map(|value| value.node.value.node.as_str()).collect())
            }
            _ => None,
        }
    }

    /// Whether an object of a type is also of another: the same, one of its interfaces, or a union with it.
    pub(super) fn is_a(&self, object: &str, other: &str) -> bool {
        object == other || self.possible.get(other).is_some_and(|members| members.iter().any(|member| member == object))
    }

    /// Whether something can be of both types.
    pub(super) fn overlaps(&self, one: &str, other: &str) -> bool {
        self.objects(one).iter().any(|object| self.is_a(object, other))
    }

    fn objects<'a>(&'a self, name: &'a str) -> Vec<&'a str> {
        match self.possible.get(name) {
            Some(members) => members.iter().map(String::as_str).collect(),
            None => vec![name],
        }
    }

    #[cfg(test)]
    pub(super) fn object_fields(&self) -> Vec<(&str, &str)> {
        let mut all = Vec::new();
        for (name, definition) in &self.types {
            if let TypeKind::Object(object) = &definition.kind {
                all.extend(object.fields.iter().map(|field| (name.as_str(), field.node.name.node.as_str())));
            }
        }
        all
    }
}

/// The name at the heart of a type: `Issue` of `[Issue!]!`.
pub(super) fn base(ty: &Type) -> &str {
    match &ty.base {
        BaseType::Named(name) => name.as_str(),
        BaseType::List(inner) => base(inner),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    #[test]
    fn every_type_that_is_named_is_there() {
        assert!(parse_schema(SDL).is_ok());
        let schema = schema();
        let scalar = |name: &str| ["Int", "Float", "String", "Boolean", "ID"].contains(&name);
        for (parent, name) in schema.object_fields() {
            let field = schema.field(parent, name).unwrap();
            let types = field.arguments.iter().map(|argument| &argument.node.ty.node).chain([&field.ty.node]);
            for ty in types {
                let name = base(ty);
                assert!(scalar(name) || schema.types.contains_key(name), "{parent}.{}: {name}", field.name.node);
            }
        }
    }

    #[test]
    fn interfaces_and_unions_know_their_members() {
        let schema = schema();
        assert!(schema.is_a("Issue", "Node"));
        assert!(schema.is_a("DraftIssue", "ProjectV2ItemContent"));
        assert!(!schema.is_a("Label", "ProjectV2ItemContent"));
        assert!(schema.overlaps("Node", "ProjectV2ItemContent"));
        assert!(!schema.overlaps("Label", "Issue"));
    }
}
