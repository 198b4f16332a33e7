//! GraphQL: documents are parsed, checked against the schema, and run.
//!
//! <https://docs.github.com/en/graphql>

mod coerce;
mod cost;
mod errors;
mod execute;
mod fields;
mod mutations;
mod object;
mod schema;
mod scope;
#[cfg(test)]
mod tests;
mod validate;

use async_graphql_parser::Positioned;
use async_graphql_parser::parse_query;
use async_graphql_parser::types::{ExecutableDocument, OperationDefinition, OperationType};
use axum::extract::State;
use serde_json::{Map, Value, json};

use super::access::Caller;
use super::errors::{Answer, Problem};
use super::limits;
use super::reply::Reply;
use super::request::Body;
use super::store::App;
use coerce::Variables;
use errors::GraphError;
use execute::{Outcome, Program};
use scope::Call;

/// `POST /graphql`. What goes wrong within it is told in an answer of status 200, but for what is no request at all.
pub(super) async fn post(State(app): State<App>, caller: Caller, Body(body): Body) -> Answer<Reply> {
    caller.account.ok_or_else(|| Problem::new(401, "This endpoint requires you to be authenticated."))?;
    let Some(text) = body.get("query").and_then(Value::as_str) else {
        return Err(Problem::new(400, "A query attribute must be specified and must be a string."));
    };
    let variables = match body.get("variables") {
        None | Some(Value::Null) => Map::new(),
        Some(Value::Object(variables)) => variables.clone(),
        Some(_) => return Err(Problem::new(400, "Variables must be an object.")),
    };
    let name = body.get("operationName").and_then(Value::as_str);
    let prepared = prepare(text, name, &variables);
    let (document, operation, variables) = match &prepared {
        Ok((document, name, variables)) => match operation(document, name.as_deref()) {
            Some(operation) => (document, operation, variables),
            None => return Ok(Reply::ok(errors(&[GraphError::plain("An operation name is required")]))),
        },
        Err(problems) => return Ok(Reply::ok(errors(problems))),
    };
    run(&app, &caller, Program { document, operation: &operation.node, variables })
}

/// The points of the minute and of the hour are counted, then it is run.
fn run(app: &App, caller: &Caller, program: Program<'_>) -> Answer<Reply> {
    let cost = match cost::cost(program.document, program.operation, program.variables) {
        Ok(cost) => cost,
        Err(error) => return Ok(Reply::ok(errors(&[error]))),
    };
    let writes = program.operation.ty == OperationType::Mutation;
    limits::graphql(app, caller, if writes { 5 } else { 1 })?;
    for _ in 0..mutations::contents(program.document, program.operation) {
        limits::content(app, caller)?;
    }
    if !limits::graphql_hour(app, caller, cost.points()) {
        let message = format!("API rate limit already exceeded for user ID {}.", caller.account.unwrap_or_default());
        return Ok(Reply::ok(errors(&[GraphError::rate_limited(message)])));
    }
    let hour = limits::state(app, caller, "graphql");
    let call = Call { app, caller, nodes: cost.nodes, points: cost.points(), hour };
    let Outcome { data, errors } = program.run(&call);
    let mut answer = json!({ "data": data });
    if !errors.is_empty() {
        answer["errors"] = errors.iter().map(GraphError::body).collect();
    }
    Ok(Reply::ok(answer))
}

type Prepared = (ExecutableDocument, Option<String>, Variables);

/// Reads and checks a document and its variables.
fn prepare(text: &str, name: Option<&str>, given: &Map<String, Value>) -> Result<Prepared, Vec<GraphError>> {
    let document = parse_query(text).map_err(|error| vec![unreadable(&error)])?;
    let operation = operation(&document, name).ok_or_else(|| vec![GraphError::plain("No operation named that way")])?;
    let problems = validate::validate(&document, operation);
    if !problems.is_empty() {
        return Err(problems);
    }
    let variables = coerce::variables(&operation.node, given).map_err(|error| vec![error])?;
    Ok((document, name.map(str::to_owned), variables))
}

/// The operation of a name, or the only one.
fn operation<'a>(document: &'a ExecutableDocument, name: Option<&str>) -> Option<&'a Positioned<OperationDefinition>> {
    let mut all = document.operations.iter();
    match name {
        Some(wanted) => all.find(|(name, _)| name.is_some_and(|name| name.as_str() == wanted)).map(|(_, found)| found),
        None if all.len() == 1 => all.next().map(|(_, found)| found),
        None => None,
    }
}

fn unreadable(error: &async_graphql_parser::Error) -> GraphError {
    let at = error.positions().next();
    let found = GraphError::plain(format!("Parse error: {error}"));
    match at {
        Some(at) => found.at(at),
        None => found,
    }
}

fn errors(problems: &[GraphError]) -> Value {
    json!({ "errors": problems.iter().map(GraphError::body).collect::<Vec<_>>() })
}
