//! What the fields of each type give.

mod boards;
mod issues;
mod people;
mod pulls;
mod query;
mod repositories;

pub(super) use boards::{draft, field_kind, field_value, item, project, project_field, value_kind};
pub(super) use issues::{comment, issue, label, milestone};
pub(super) use people::{account, account_kind};
pub(super) use pulls::pull_request;
pub(super) use query::query;
pub(super) use repositories::repository;

use super::object::{Object, Out, Resolved};
use super::scope::Scope;

/// What is not resolved by any other rule. The schema lets no other field through: a test asks for each.
fn unresolved(kind: &str, field: &str) -> Resolved {
    Err(super::errors::GraphError::plain(format!("the fake does not know `{field}` of {kind}")))
}

/// The fields that everything with a page of its own has.
fn common(scope: &Scope<'_>, object: &Object, field: &str, path: impl FnOnce() -> String) -> Option<Out> {
    match field {
        "id" => object.node(scope).map(Out::leaf),
        "url" | "permalink" => Some(Out::leaf(scope.html(&path()))),
        "resourcePath" => Some(Out::leaf(path())),
        _ => None,
    }
}
