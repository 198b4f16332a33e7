//! The check of a document before anything of it is done, as `graphql-ruby` does it for the vendor.
//!
//! The messages and codes are those of its static validation (`rmosolgo/graphql-ruby`, `lib/graphql/static_validation`).

use std::collections::{BTreeSet, HashMap};

use async_graphql_parser::types::{
    BaseType, ExecutableDocument, Field, FieldDefinition, OperationDefinition, OperationType, Selection, SelectionSet,
    Type,
};
use async_graphql_parser::{Pos, Positioned};
use async_graphql_value::{Name, Value as Literal};

use super::coerce;
use super::errors::GraphError;
use super::schema::{base, schema};

/// How deep selections may be nested, fragments in fragments included.
const DEEPEST: usize = 60;

/// The root type of an operation.
pub(super) fn root(operation: &OperationDefinition) -> &'static str {
    if operation.ty == OperationType::Mutation { "Mutation" } else { "Query" }
}

/// Everything that is wrong in an operation and the fragments that it uses.
pub(super) fn validate(document: &ExecutableDocument, operation: &Positioned<OperationDefinition>) -> Vec<GraphError> {
    let declared = operation.node.variable_definitions.iter();
    let mut check = Check {
        document,
        declared: declared.map(|one| (one.node.name.node.as_str(), &one.node.var_type.node)).collect(),
        used: BTreeSet::new(),
        spread: BTreeSet::new(),
        errors: Vec::new(),
    };
    check.selections(&operation.node.selection_set.node, root(&operation.node), 0);
    check.leftovers(&operation.node);
    check.errors
}

struct Check<'a> {
    document: &'a ExecutableDocument,
    declared: HashMap<&'a str, &'a Type>,
    used: BTreeSet<String>,
    spread: BTreeSet<String>,
    errors: Vec<GraphError>,
}

impl<'a> Check<'a> {
    fn refuse(&mut self, code: &str, message: impl Into<String>, at: Pos) {
        self.errors.push(GraphError::invalid(code, message, at));
    }

    fn selections(&mut self, set: &'a SelectionSet, parent: &str, depth: usize) {
        if depth > DEEPEST {
            return self.refuse("maxDepth", "Query has a depth that is too deep", Pos::default());
        }
        self.conflicts(set);
        for selection in &set.items {
            match &selection.node {
                Selection::Field(field) => self.field(&field.node, parent, field.pos, depth),
                Selection::InlineFragment(fragment) => {
                    let on = fragment.node.type_condition.as_ref().map(|on| on.node.on.node.as_str());
                    self.fragment(&fragment.node.selection_set.node, on.unwrap_or(parent), parent, fragment.pos, depth);
                }
                Selection::FragmentSpread(spread) => {
                    let name = spread.node.fragment_name.node.as_str();
                    self.named_fragment(name, parent, spread.pos, depth);
                }
            }
        }
    }

    /// The same key of the answer for different fields.
    fn conflicts(&mut self, set: &'a SelectionSet) {
        let mut seen: HashMap<&str, &Field> = HashMap::new();
        for selection in &set.items {
            let Selection::Field(field) = &selection.node else { continue };
            let key = field.node.response_key().node.as_str();
            let Some(before) = seen.insert(key, &field.node) else { continue };
            let same_arguments = format!("{:?}", values(before)) == format!("{:?}", values(&field.node));
            if before.name.node != field.node.name.node {
                let message =
                    format!("Field '{key}' has a field conflict: {} or {}?", before.name.node, field.node.name.node);
                self.refuse("fieldConflict", message, field.pos);
            } else if !same_arguments {
                self.refuse("fieldConflict", format!("Field '{key}' has an argument conflict"), field.pos);
            }
        }
    }

    fn fragment(&mut self, set: &'a SelectionSet, on: &str, parent: &str, at: Pos, depth: usize) {
        if !schema().is_composite(on) {
            let message = format!("No such type {on}, so it can't be a fragment condition");
            return self.refuse("undefinedType", message, at);
        }
        if !schema().overlaps(on, parent) {
            let message = format!("Fragment on {on} can't be spread inside {parent}");
            return self.refuse("cannotSpreadFragment", message, at);
        }
        self.selections(set, on, depth + 1);
    }

    fn named_fragment(&mut self, name: &str, parent: &str, at: Pos, depth: usize) {
        let Some((_, found)) = self.document.fragments.iter().find(|(key, _)| key.as_str() == name) else {
            return self.refuse("useAndDefineFragment", format!("Fragment {name} was used, but not defined"), at);
        };
        self.spread.insert(name.to_owned());
        let on = found.node.type_condition.node.on.node.as_str();
        self.fragment(&found.node.selection_set.node, on, parent, at, depth);
    }

    fn field(&mut self, field: &'a Field, parent: &str, at: Pos, depth: usize) {
        let name = field.name.node.as_str();
        if name == "__typename" {
            return;
        }
        let Some(definition) = schema().field(parent, name) else {
            return self.refuse("undefinedField", format!("Field '{name}' doesn't exist on type '{parent}'"), at);
        };
        self.arguments(field, definition, at);
        let ty = base(&definition.ty.node);
        let asks = !field.selection_set.node.items.is_empty();
        match (schema().is_composite(ty), asks) {
            (true, true) => self.selections(&field.selection_set.node, ty, depth + 1),
            (true, false) => {
                let message = format!(
                    "Field must have selections (field '{name}' returns {ty} but has no selections. Did you mean '{name} {{ ... }}'?)"
                );
                self.refuse("selectionMismatch", message, at);
            }
            (false, true) => {
                let message =
                    format!("Selections can't be made on scalars (field '{name}' returns {ty} but has selections)");
                self.refuse("selectionMismatch", message, at);
            }
            (false, false) => {}
        }
    }

    fn arguments(&mut self, field: &'a Field, definition: &FieldDefinition, at: Pos) {
        let name = field.name.node.as_str();
        for (argument, value) in &field.arguments {
            let declared = definition.arguments.iter().find(|one| one.node.name.node == argument.node);
            match declared {
                None => {
                    let message = format!("Field '{name}' doesn't accept argument '{}'", argument.node);
                    self.refuse("argumentNotAccepted", message, argument.pos);
                }
                Some(declared) => {
                    let defaults = declared.node.default_value.is_some();
                    self.value(&value.node, &declared.node.ty.node, (name, argument), defaults);
                }
            }
        }
        let given = |name: &Name| field.arguments.iter().any(|(argument, _)| argument.node == *name);
        let missing = definition.arguments.iter().map(|one| &one.node);
        let missing =
            missing.filter(|one| !one.ty.node.nullable && one.default_value.is_none() && !given(&one.name.node));
        let missing: Vec<&str> = missing.map(|one| one.name.node.as_str()).collect();
        if !missing.is_empty() {
            let message = format!("Field '{name}' is missing required arguments: {}", missing.join(", "));
            self.refuse("missingRequiredArguments", message, at);
        }
    }

    /// A literal must fit, and so must the types of the variables in it.
    fn value(&mut self, value: &'a Literal, ty: &Type, (field, argument): (&str, &Positioned<Name>), defaults: bool) {
        match value {
            Literal::Variable(name) => self.variable(name, ty, argument, defaults),
            Literal::List(all) => {
                let inner = match &ty.base {
                    BaseType::List(inner) => inner,
                    BaseType::Named(_) => ty,
                };
                all.iter().for_each(|one| self.value(one, inner, (field, argument), false));
            }
            Literal::Object(members) => {
                let declared = schema().input(base(ty)).unwrap_or_default();
                for (key, one) in members {
                    match declared.iter().find(|member| member.name.node == *key) {
                        Some(member) => {
                            self.value(one, &member.ty.node, (field, argument), member.default_value.is_some());
                        }
                        None => {
                            let message = format!("InputObject '{}' doesn't accept argument '{key}'", base(ty));
                            self.refuse("argumentNotAccepted", message, argument.pos);
                        }
                    }
                }
                let missing = declared.iter().find(|member| {
                    !member.ty.node.nullable
                        && member.default_value.is_none()
                        && !members.contains_key(&member.name.node)
                });
                if let Some(member) = missing {
                    let message = format!("Argument '{}' on InputObject '{}' is required", member.name.node, base(ty));
                    self.refuse("missingRequiredInputObjectAttribute", message, argument.pos);
                }
            }
            literal => self.literal(literal, ty, field, argument),
        }
    }

    fn literal(&mut self, literal: &Literal, ty: &Type, field: &str, argument: &Positioned<Name>) {
        let name = base(ty);
        let resolved = coerce::resolve(literal, &HashMap::new()).unwrap_or_default();
        // What an enumeration allows is written without quotes, everything else that is text with them.
        let is_choice = schema().choices(name).is_some();
        let quoted = match literal {
            Literal::String(_) => is_choice,
            Literal::Enum(_) => !is_choice,
            _ => false,
        };
        if quoted || coerce::check(&resolved, ty).is_err() {
            let message = format!(
                "Argument '{}' on Field '{field}' has an invalid value ({literal}). Expected type '{ty}'.",
                argument.node
            );
            self.refuse("argumentLiteralsIncompatible", message, argument.pos);
        }
    }

    fn variable(&mut self, name: &Name, wanted: &Type, argument: &Positioned<Name>, defaults: bool) {
        self.used.insert(name.to_string());
        let Some(ty) = self.declared.get(name.as_str()).copied() else {
            let message = format!("Variable ${name} is used by anonymous query but not declared");
            return self.refuse("variableNotDefined", message, argument.pos);
        };
        if !fits(ty, wanted, defaults) {
            let message = format!("Type mismatch on variable ${name} and argument {} ({ty} / {wanted})", argument.node);
            self.refuse("variableMismatch", message, argument.pos);
        }
    }

    /// Variables and fragments that nothing uses are mistakes too.
    fn leftovers(&mut self, operation: &'a OperationDefinition) {
        self.directives(&operation.selection_set.node, 0);
        for declared in &operation.variable_definitions {
            let name = declared.node.name.node.as_str();
            if !self.used.contains(name) {
                let message = format!("Variable ${name} is declared by anonymous query but not used");
                self.refuse("variableNotUsed", message, declared.pos);
            }
        }
        let document = self.document;
        for (name, fragment) in &document.fragments {
            if !self.spread.contains(name.as_str()) {
                let message = format!("Fragment {name} was defined, but not used");
                self.refuse("useAndDefineFragment", message, fragment.pos);
            }
        }
    }

    /// Variables in `@include` and `@skip` are used as well.
    fn directives(&mut self, set: &'a SelectionSet, depth: usize) {
        for selection in set.items.iter().filter(|_| depth <= DEEPEST) {
            for directive in selection.node.directives() {
                for (_, value) in &directive.node.arguments {
                    if let Literal::Variable(name) = &value.node {
                        self.used.insert(name.to_string());
                    }
                }
            }
            match &selection.node {
                Selection::Field(field) => self.directives(&field.node.selection_set.node, depth + 1),
                Selection::InlineFragment(inner) => self.directives(&inner.node.selection_set.node, depth + 1),
                Selection::FragmentSpread(spread) => {
                    if let Some(found) = self.document.fragments.get(&spread.node.fragment_name.node) {
                        self.directives(&found.node.selection_set.node, depth + 1);
                    }
                }
            }
        }
    }
}

fn values(field: &Field) -> Vec<(&str, &Literal)> {
    field.arguments.iter().map(|(name, value)| (name.node.as_str(), &value.node)).collect()
}

/// Whether a variable may stand where a type is wanted: one that may be null only where null is fine or a default waits.
fn fits(ty: &Type, wanted: &Type, defaults: bool) -> bool {
    if ty.nullable && !wanted.nullable && !defaults {
        return false;
    }
    match (&ty.base, &wanted.base) {
        (BaseType::Named(one), BaseType::Named(other)) => one == other,
        (BaseType::List(one), BaseType::List(other)) => fits(one, other, false),
        _ => false,
    }
}
