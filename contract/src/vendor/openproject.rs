//! OpenProject: <https://www.openproject.org/docs/api/>.

use serde_json::{Map, Value, json};

use super::Exception;
use crate::answer::Written;

mod query;
mod repairs;
mod shape;

pub(super) use query::check_text;
pub(super) use repairs::repair;
pub(super) use shape::shape;

/// What the file says wrongly, and no repair of a schema could say rightly.
pub(super) const EXCEPTIONS: &[Exception] = &[
    paged_projects("query `offset`"),
    paged_projects("query `pageSize`"),
    Exception {
        name: "an edit form takes the lock version",
        operation: ("POST", "/api/v3/work_packages/{id}/form"),
        place: "body `/lockVersion`",
        what: "no schema of the operation names",
        reason: "the file's own example for the operation has one (`work_package_with_meta_validation`)",
    },
];

const fn paged_projects(place: &'static str) -> Exception {
    Exception {
        name: "projects come in pages",
        operation: ("GET", "/api/v3/projects"),
        place,
        what: "no such parameter",
        reason: "the same file describes the answer as a collection in pages (`offset_paginated_collection_links`)",
    }
}

/// Only 4 of 74 bodies are marked as required. Every write needs one, but for forms, which then show their defaults, and for
/// switches like `…/favorite`, which describe none.
pub(super) fn needs_body(method: &str, template: &str) -> bool {
    matches!(method, "POST" | "PUT" | "PATCH") && !template.ends_with("/form")
}

/// The kind of item that a body writes is the `_type` of the answer.
pub(super) fn written(body: &Value, answer: &Value) -> Option<(String, Value)> {
    let kind = answer.get("_type")?.as_str().filter(|kind| *kind != "Form")?;
    Some((kind.to_owned(), body.clone()))
}

/// Lays what was written over every item of its kind.
fn show(item: &mut Map<String, Value>, written: &Written) {
    let kind = item.get("_type").and_then(Value::as_str).and_then(|kind| written.of(kind));
    for (name, value) in kind.into_iter().flatten() {
        if !matches!(name.as_str(), "lockVersion" | "_meta") {
            crate::answer::merge(item.entry(name.clone()).or_insert(json!(null)), value);
        }
    }
}
