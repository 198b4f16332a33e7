//! Running a checked document: selections on objects, errors beside the data.

use async_graphql_parser::types::{
    ExecutableDocument, Field, OperationDefinition, OperationType, Selection, SelectionSet, Type,
};
use async_graphql_parser::{Pos, Positioned};
use serde_json::{Map, Value};

use super::coerce::{self, Variables};
use super::errors::GraphError;
use super::mutations;
use super::object::{Object, Out, Page};
use super::schema::{base, schema};
use super::scope::{Call, Scope};

/// The outcome of an operation: `data` and `errors`.
#[derive(Debug, Default)]
pub(super) struct Outcome {
    pub(super) data: Value,
    pub(super) errors: Vec<GraphError>,
}

/// A document with what it is run with.
#[derive(Clone, Copy)]
pub(super) struct Program<'a> {
    pub(super) document: &'a ExecutableDocument,
    pub(super) operation: &'a OperationDefinition,
    pub(super) variables: &'a Variables,
}

impl Program<'_> {
    /// Runs it: a query on one state of the database, the fields of a mutation one after the other.
    pub(super) fn run(self, call: &Call<'_>) -> Outcome {
        let mut run = Run { program: self, errors: Vec::new() };
        let set = [&self.operation.selection_set.node];
        let data = match self.operation.ty {
            OperationType::Mutation => run.mutation(call, &set),
            _ => {
                let store = call.app.lock();
                run.select(&Scope::new(call, &store), &Object::Query, &set, &mut Vec::new())
            }
        };
        Outcome { data: data.map_or(Value::Null, Value::Object), errors: run.errors }
    }
}

struct Run<'a> {
    program: Program<'a>,
    errors: Vec<GraphError>,
}

/// The fields that give one key of the answer: the first says what, all say which parts of it.
type Asked<'a> = (String, Vec<&'a Positioned<Field>>);

impl<'a> Run<'a> {
    fn mutation(&mut self, call: &Call<'_>, sets: &[&'a SelectionSet]) -> Option<Map<String, Value>> {
        let mut asked = Vec::new();
        sets.iter().for_each(|set| self.collect("Mutation", set, &mut asked));
        let mut data = Map::new();
        for (key, fields) in asked {
            let path = &mut vec![Value::from(key.as_str())];
            data.insert(key, self.one_mutation(call, &fields, path));
        }
        Some(data)
    }

    /// Does one thing; it stays done whatever becomes of the others.
    fn one_mutation(&mut self, call: &Call<'_>, fields: &[&'a Positioned<Field>], path: &mut Vec<Value>) -> Value {
        let Some(field) = fields.first() else { return Value::Null };
        let name = field.node.name.node.as_str();
        let Some(definition) = schema().field("Mutation", name) else { return Value::Null };
        let given = coerce::arguments(&definition.arguments, &field.node.arguments, self.program.variables);
        let mut store = call.app.lock();
        match mutations::run(call, &mut store, name, &given) {
            Ok(out) => {
                let scope = Scope::new(call, &store);
                self.complete(&scope, out, &definition.ty.node, (fields, name), path).unwrap_or(Value::Null)
            }
            Err(error) => {
                self.refuse(error, path, field.pos);
                Value::Null
            }
        }
    }

    fn refuse(&mut self, error: GraphError, path: &[Value], at: Pos) {
        self.errors.push(error.on(path).at(at));
    }

    /// The selected fields of an object; `None` where one that cannot be null has no value.
    fn select(
        &mut self,
        scope: &Scope<'_>,
        object: &Object,
        sets: &[&'a SelectionSet],
        path: &mut Vec<Value>,
    ) -> Option<Map<String, Value>> {
        let kind = object.kind(scope);
        let mut asked = Vec::new();
        sets.iter().for_each(|set| self.collect(&kind, set, &mut asked));
        let mut data = Map::new();
        for (key, fields) in asked {
            path.push(key.as_str().into());
            let value = self.field(scope, object, &kind, &fields, path);
            path.pop();
            data.insert(key, value?);
        }
        Some(data)
    }

    fn field(
        &mut self,
        scope: &Scope<'_>,
        object: &Object,
        kind: &str,
        fields: &[&'a Positioned<Field>],
        path: &mut Vec<Value>,
    ) -> Option<Value> {
        let field = fields.first()?;
        let name = field.node.name.node.as_str();
        if name == "__typename" {
            return Some(kind.into());
        }
        let definition = schema().field(kind, name)?;
        let ty = &definition.ty.node;
        let given = coerce::arguments(&definition.arguments, &field.node.arguments, self.program.variables);
        let found = scope.spoiled(object, name).map_or_else(|| object.resolve(scope, name, &given), Err);
        let found = found.and_then(|out| match out {
            Out::Pages(all) => Ok(Out::One(Object::Connection(Box::new(Page::cut(name, base(ty), all, &given)?)))),
            out => Ok(out),
        });
        match found {
            Ok(out) => self.complete(scope, out, ty, (fields, name), path),
            Err(error) => {
                self.refuse(error, path, field.pos);
                ty.nullable.then_some(Value::Null)
            }
        }
    }

    /// What a field gave, as its type says; `None` where there is nothing and should be something.
    fn complete(
        &mut self,
        scope: &Scope<'_>,
        out: Out,
        ty: &Type,
        (fields, name): (&[&'a Positioned<Field>], &str),
        path: &mut Vec<Value>,
    ) -> Option<Value> {
        let nothing = ty.nullable.then_some(Value::Null);
        let sets: Vec<&SelectionSet> = fields.iter().map(|field| &field.node.selection_set.node).collect();
        match out {
            Out::Null => nothing,
            Out::Leaf(value) => Some(value),
            Out::One(object) => self.select(scope, &object, &sets, path).map(Value::Object).or(nothing),
            Out::Many(objects) => self.list(scope, &objects, &sets, path).or(nothing),
            Out::Pages(_) => {
                let error = GraphError::unprocessable(format!("`{name}` is no connection"));
                self.refuse(error, path, fields.first().map_or(Pos::default(), |field| field.pos));
                nothing
            }
        }
    }

    /// A list: in all of the schema's lists of nodes an element may be null.
    fn list(
        &mut self,
        scope: &Scope<'_>,
        objects: &[Object],
        sets: &[&'a SelectionSet],
        path: &mut Vec<Value>,
    ) -> Option<Value> {
        let mut all = Vec::new();
        for (index, object) in objects.iter().enumerate() {
            path.push(index.into());
            let value = match object {
                Object::Missing(error) => {
                    self.errors.push(error.clone().on(path));
                    Value::Null
                }
                object => self.select(scope, object, sets, path).map_or(Value::Null, Value::Object),
            };
            path.pop();
            all.push(value);
        }
        Some(Value::Array(all))
    }

    /// The fields that are asked of a type, those of fragments included.
    fn collect(&self, kind: &str, set: &'a SelectionSet, asked: &mut Vec<Asked<'a>>) {
        for selection in set.items.iter().filter(|selection| self.is_wanted(&selection.node)) {
            match &selection.node {
                Selection::Field(field) => {
                    let key = field.node.response_key().node.to_string();
                    match asked.iter_mut().find(|(other, _)| *other == key) {
                        Some((_, fields)) => fields.push(field),
                        None => asked.push((key, vec![field])),
                    }
                }
                Selection::InlineFragment(inner) => {
                    let on = inner.node.type_condition.as_ref().map(|on| on.node.on.node.as_str());
                    if on.is_none_or(|on| schema().is_a(kind, on)) {
                        self.collect(kind, &inner.node.selection_set.node, asked);
                    }
                }
                Selection::FragmentSpread(spread) => {
                    let Some(found) = self.program.document.fragments.get(&spread.node.fragment_name.node) else {
                        continue;
                    };
                    if schema().is_a(kind, found.node.type_condition.node.on.node.as_str()) {
                        self.collect(kind, &found.node.selection_set.node, asked);
                    }
                }
            }
        }
    }

    /// Whether `@skip` and `@include` let it through.
    fn is_wanted(&self, selection: &Selection) -> bool {
        selection.directives().iter().all(|directive| {
            let condition = directive.node.get_argument("if");
            let condition = condition.and_then(|value| coerce::resolve(&value.node, self.program.variables));
            let holds = condition.and_then(|value| value.as_bool()).unwrap_or(false);
            match directive.node.name.node.as_str() {
                "skip" => !holds,
                "include" => holds,
                _ => true,
            }
        })
    }
}
