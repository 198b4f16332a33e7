//! JQL, the vendor's query language, as far as its clients need it.
//!
//! Grammar: <https://support.atlassian.com/jira-software-cloud/docs/what-is-advanced-search-in-jira-cloud/>. The history
//! operators (`WAS`, `CHANGED`) and their predicates are not understood and are refused with a message of this server's
//! own; everything else that is refused is refused in the vendor's words. Unlike the vendor it knows no fields of
//! times, votes and watchers, and of functions only those about the user, dates, sprints and issue types.

mod ast;
mod column;
mod dates;
mod error;
mod lexer;
mod order;
mod parser;
mod plan;
mod reserved;
mod text;
mod values;

#[cfg(test)]
mod tests;

pub(super) use ast::Query;
#[cfg(test)]
use ast::{Clause, Direction, FieldRef, Function, Operand, Operator, Sort, Terminal};
pub(super) use error::JqlError;
pub(super) use plan::Scope;
pub(super) use text::plain;

/// Reads a query; an empty one is valid and finds everything.
///
/// # Errors
///
/// In the vendor's words, with line and character: what belongs into `errorMessages` of a 400.
pub(super) fn parse(text: &str) -> Result<Query, JqlError> {
    parser::parse(&lexer::tokens(text)?)
}
