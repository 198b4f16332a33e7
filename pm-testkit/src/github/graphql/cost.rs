//! What a document costs: the nodes that it may return, and points of the hour's budget.
//!
//! <https://docs.github.com/en/graphql/overview/rate-limits-and-query-limits-for-the-graphql-api>

use async_graphql_parser::types::{ExecutableDocument, OperationDefinition, Selection, SelectionSet};

use super::coerce::{self, Variables};
use super::errors::GraphError;
use super::schema::{base, schema};
use super::validate::root;

/// The most nodes that one call may ask for.
const MOST_NODES: u64 = 500_000;

/// What a call may return at most, and what it takes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Cost {
    pub(super) nodes: u64,
    /// Requests to the database that it takes to fulfil each connection.
    requests: u64,
}

impl Cost {
    /// Hundredths of the requests, but one at least.
    pub(super) fn points(self) -> u64 {
        ((self.requests + 50) / 100).max(1)
    }
}

/// Adds an operation up.
pub(super) fn cost(
    document: &ExecutableDocument,
    operation: &OperationDefinition,
    variables: &Variables,
) -> Result<Cost, GraphError> {
    let mut sum = Sum { document, variables, cost: Cost::default() };
    sum.selections(&operation.selection_set.node, root(operation), 1);
    let nodes = sum.cost.nodes;
    if nodes > MOST_NODES {
        let message = format!(
            "This query requests up to {nodes} possible nodes which exceeds the maximum limit of {MOST_NODES}."
        );
        return Err(GraphError::too_many_nodes(message));
    }
    Ok(sum.cost)
}

struct Sum<'a> {
    document: &'a ExecutableDocument,
    variables: &'a Variables,
    cost: Cost,
}

impl Sum<'_> {
    fn selections(&mut self, set: &SelectionSet, parent: &str, times: u64) {
        for selection in &set.items {
            match &selection.node {
                Selection::Field(field) => {
                    let name = field.node.name.node.as_str();
                    let Some(definition) = schema().field(parent, name) else { continue };
                    let ty = base(&definition.ty.node);
                    let inside = match ty.ends_with("Connection") {
                        true => {
                            let given = coerce::arguments(&definition.arguments, &field.node.arguments, self.variables);
                            let size = given.number("first").or(given.number("last")).unwrap_or(0);
                            let size = u64::try_from(size).unwrap_or(0);
                            self.cost.requests = self.cost.requests.saturating_add(times);
                            self.cost.nodes = self.cost.nodes.saturating_add(times.saturating_mul(size));
                            times.saturating_mul(size)
                        }
                        false => times,
                    };
                    self.selections(&field.node.selection_set.node, ty, inside);
                }
                Selection::InlineFragment(inner) => {
                    let on = inner.node.type_condition.as_ref().map(|on| on.node.on.node.as_str());
                    self.selections(&inner.node.selection_set.node, on.unwrap_or(parent), times);
                }
                Selection::FragmentSpread(spread) => {
                    if let Some(found) = self.document.fragments.get(&spread.node.fragment_name.node) {
                        let on = found.node.type_condition.node.on.node.as_str();
                        self.selections(&found.node.selection_set.node, on, times);
                    }
                }
            }
        }
    }
}
