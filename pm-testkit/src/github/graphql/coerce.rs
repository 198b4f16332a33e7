//! Values of arguments and variables, checked by their types.

use std::collections::HashMap;

use async_graphql_parser::types::{BaseType, InputValueDefinition, OperationDefinition, Type};
use async_graphql_parser::{Pos, Positioned};
use async_graphql_value::{ConstValue, Name, Value as Literal};
use serde_json::{Map, Value};

use super::errors::GraphError;
use super::schema::schema;

/// The values of the variables of a request.
pub(super) type Variables = HashMap<String, Value>;

/// Arguments by name, with the defaults of the schema.
#[derive(Clone, Debug, Default)]
pub(super) struct Arguments(pub(super) Map<String, Value>);

impl Arguments {
    pub(super) fn get(&self, name: &str) -> Option<&Value> {
        self.0.get(name).filter(|value| !value.is_null())
    }

    pub(super) fn text(&self, name: &str) -> Option<&str> {
        self.get(name).and_then(Value::as_str)
    }

    pub(super) fn number(&self, name: &str) -> Option<i64> {
        self.get(name).and_then(Value::as_i64)
    }

    pub(super) fn is_true(&self, name: &str) -> bool {
        self.get(name).and_then(Value::as_bool) == Some(true)
    }

    pub(super) fn list(&self, name: &str) -> Vec<&Value> {
        self.get(name).and_then(Value::as_array).map(|all| all.iter().collect()).unwrap_or_default()
    }

    /// The texts of a list: ids, names, values of an enumeration.
    pub(super) fn texts(&self, name: &str) -> Vec<&str> {
        self.list(name).into_iter().filter_map(Value::as_str).collect()
    }

    /// Whether it was given, be it as null.
    pub(super) fn has(&self, name: &str) -> bool {
        self.0.contains_key(name)
    }
}

/// Reads the values of variables against their declarations.
pub(super) fn variables(operation: &OperationDefinition, given: &Map<String, Value>) -> Result<Variables, GraphError> {
    let mut values = Variables::new();
    for declared in &operation.variable_definitions {
        let (name, ty) = (declared.node.name.node.as_str(), &declared.node.var_type.node);
        let default = declared.node.default_value.as_ref().map(|value| constant(&value.node));
        let Some(value) = given.get(name).cloned().or(default) else {
            if ty.nullable {
                continue;
            }
            return Err(refused(name, ty, "Expected value to not be null", declared.pos));
        };
        match check(&value, ty) {
            Ok(value) => values.insert(name.to_owned(), value),
            Err(problem) => return Err(refused(name, ty, &problem, declared.pos)),
        };
    }
    Ok(values)
}

fn refused(name: &str, ty: &Type, problem: &str, at: Pos) -> GraphError {
    GraphError::plain(format!("Variable ${name} of type {ty} was provided invalid value ({problem})")).at(at)
}

/// The arguments of a field, once the document has been checked.
pub(super) fn arguments(
    declared: &[Positioned<InputValueDefinition>],
    given: &[(Positioned<Name>, Positioned<Literal>)],
    variables: &Variables,
) -> Arguments {
    let mut found = Map::new();
    for argument in declared {
        let name = argument.node.name.node.as_str();
        let literal = given.iter().find(|(key, _)| key.node.as_str() == name).map(|(_, value)| &value.node);
        let value = literal.and_then(|literal| resolve(literal, variables));
        let default = || argument.node.default_value.as_ref().map(|value| constant(&value.node));
        if let Some(value) = value.or_else(default) {
            found.insert(name.to_owned(), value);
        }
    }
    Arguments(found)
}

/// What a literal stands for; `None` for a variable that has no value.
pub(super) fn resolve(literal: &Literal, variables: &Variables) -> Option<Value> {
    Some(match literal {
        Literal::Variable(name) => return variables.get(name.as_str()).cloned(),
        Literal::Null => Value::Null,
        Literal::Number(number) => Value::Number(number.clone()),
        Literal::String(text) => text.clone().into(),
        Literal::Boolean(yes) => (*yes).into(),
        Literal::Binary(_) => Value::Null,
        Literal::Enum(name) => name.as_str().into(),
        Literal::List(all) => all.iter().map(|one| resolve(one, variables).unwrap_or(Value::Null)).collect(),
        Literal::Object(members) => {
            let member = |(name, one): (&Name, &Literal)| Some((name.to_string(), resolve(one, variables)?));
            Value::Object(members.iter().filter_map(member).collect())
        }
    })
}

fn constant(value: &ConstValue) -> Value {
    value.clone().into_json().unwrap_or(Value::Null)
}

/// A value as its type wants it, or what is wrong with it.
pub(super) fn check(value: &Value, ty: &Type) -> Result<Value, String> {
    if value.is_null() {
        return if ty.nullable { Ok(Value::Null) } else { Err("Expected value to not be null".into()) };
    }
    match (&ty.base, value) {
        (BaseType::List(inner), Value::Array(all)) => all.iter().map(|one| check(one, inner)).collect(),
        // One value stands for a list of one.
        (BaseType::List(inner), one) => Ok(Value::Array(vec![check(one, inner)?])),
        (BaseType::Named(name), one) => named(one, name.as_str()),
    }
}

fn named(value: &Value, name: &str) -> Result<Value, String> {
    if let Some(members) = schema().input(name) {
        return object(value, name, &members);
    }
    if let Some(choices) = schema().choices(name) {
        let known = value.as_str().is_some_and(|text| choices.contains(&text));
        return match known {
            true => Ok(value.clone()),
            false => Err(format!("Expected {value} to be one of: {}", choices.join(", "))),
        };
    }
    let fits = match name {
        "Int" => value.as_i64().is_some_and(|number| i32::try_from(number).is_ok()),
        "Float" => value.is_number(),
        "Boolean" => value.is_boolean(),
        // Numbers are taken for ids, as the language says.
        "ID" => value.is_string() || value.is_i64(),
        "Date" => value.as_str().is_some_and(|text| text.parse::<chrono::NaiveDate>().is_ok()),
        _ => value.is_string(),
    };
    if fits { Ok(value.clone()) } else { Err(format!("Could not coerce value {value} to {name}")) }
}

fn object(value: &Value, name: &str, members: &[&InputValueDefinition]) -> Result<Value, String> {
    let Some(given) = value.as_object() else { return Err(format!("Expected {value} to be an object ({name})")) };
    let known = |key: &String| members.iter().any(|member| member.name.node.as_str() == key);
    if let Some(key) = given.keys().find(|key| !known(key)) {
        return Err(format!("Field is not defined on {name}: {key}"));
    }
    let mut found = Map::new();
    for member in members {
        let key = member.name.node.as_str();
        let default = || member.default_value.as_ref().map(|value| constant(&value.node));
        match given.get(key).cloned().or_else(default) {
            Some(value) => {
                found.insert(key.to_owned(), check(&value, &member.ty.node).map_err(|e| format!("{key}: {e}"))?)
            }
            None if member.ty.node.nullable => continue,
            None => return Err(format!("{key}: Expected value to not be null")),
        };
    }
    Ok(Value::Object(found))
}
