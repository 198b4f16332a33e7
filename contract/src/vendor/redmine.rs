//! Redmine: <https://www.redmine.org/projects/redmine/wiki/Rest_api>, described by its community.

use std::sync::atomic::{AtomicU64, Ordering};

use serde_json::{Map, Value, json};

use super::Exception;
use crate::answer::Written;

/// What the community's file has wrong against the server.
pub(super) const EXCEPTIONS: &[Exception] = &[
    Exception {
        name: "users can be sorted",
        operation: ("GET", "/users.{format}"),
        place: "query `sort`",
        what: "no such parameter",
        reason: "`UsersController#index` takes `sort` (`sort_update` in app/controllers/users_controller.rb, 5.0)",
    },
    Exception {
        name: "projects can be sorted",
        operation: ("GET", "/projects.{format}"),
        place: "query `sort`",
        what: "no such parameter",
        reason: "`ProjectsController#index` runs a query, which takes `sort` (`sort_clause` in app/models/project_query.rb, 5.0)",
    },
    empty_text(("POST", "/issues.{format}")),
    empty_text(("PUT", "/issues/{issue_id}.{format}")),
    empty_text(("POST", "/projects/{project_id}/versions.{format}")),
    empty_text(("PUT", "/versions/{version_id}.{format}")),
];

/// Redmine's own forms send nothing but texts, and Rails casts an empty one to no value; for `start_date` it also keeps the
/// default, today, away.
const fn empty_text(operation: (&'static str, &'static str)) -> Exception {
    Exception {
        name: "an empty text clears a field",
        operation,
        place: "body `/",
        what: "\"\" is not ",
        reason: "Rails casts it to no value, as it does with what Redmine's own forms send",
    }
}

/// No body is marked as required. Every described one is: there is nothing to create or change without.
pub(super) fn needs_body(method: &str, _template: &str) -> bool {
    matches!(method, "POST" | "PUT" | "PATCH")
}

/// Mends the file; answers what, and in how many places.
pub(super) fn repair(document: &mut Value) -> Vec<(&'static str, usize)> {
    let places = custom_field_filters(document);
    [("a filter by custom field is an object of any names", places)]
        .into_iter()
        .filter(|(_, places)| *places > 0)
        .collect()
}

/// The file describes filters by custom fields as one parameter `cf_x`, an object of any names: taken at its word that lets
/// every misspelt parameter pass.
fn custom_field_filters(document: &mut Value) -> usize {
    let mut places = 0;
    crate::schema::each_object(document, &mut |object| {
        if object.get("name") == Some(&json!("cf_x")) && object.contains_key("in") {
            object.insert("schema".to_owned(), json!({"type": "string"}));
            places += 1;
        }
    });
    places
}

/// Whether a parameter is the filter by a custom field, which is described as `cf_x`.
pub(super) fn is_named(described: &str, sent: &str) -> bool {
    let number = sent.strip_prefix("cf_").unwrap_or_default();
    described == "cf_x" && !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit())
}

/// The id of the next journal: who writes one recognises it by an id that was not there before.
static NEXT_JOURNAL: AtomicU64 = AtomicU64::new(1000);

/// Bodies have one member, and its name is the kind: `{"issue": {…}}`. A comment is written as the notes of its issue, and read
/// as a journal of its own.
pub(super) fn written(body: &Value) -> Vec<(String, Value)> {
    let member = body.as_object().and_then(|body| body.iter().find(|(_, fields)| fields.is_object()));
    let Some((kind, fields)) = member else { return Vec::new() };
    let mut fields = fields.clone();
    let notes = fields.as_object_mut().filter(|_| kind == "issue").and_then(|issue| {
        let is_private = issue.remove("private_notes").unwrap_or(json!(false));
        let notes = issue.remove("notes")?;
        Some(json!({"id": NEXT_JOURNAL.fetch_add(1, Ordering::Relaxed), "notes": notes, "private_notes": is_private}))
    });
    let journal = notes.map(|notes| ("journal".to_owned(), notes));
    [(kind.clone(), fields)].into_iter().chain(journal).collect()
}

/// `PUT /projects/{id}/close.json` and its like: statuses are numbers (`Project::STATUS_CLOSED` and others in
/// app/models/project.rb).
pub(super) fn switched(path: &str) -> Option<(&'static str, Value)> {
    let statuses = [("/close.json", 5), ("/reopen.json", 1), ("/archive.json", 9), ("/unarchive.json", 1)];
    let (_, status) = statuses.into_iter().find(|(end, _)| path.ends_with(end))?;
    Some(("project", json!({"status": status})))
}

/// Lays what was written over the items, makes the counts of lists true, and answers pages.
pub(super) fn shape(answer: &mut Value, written: &Written, query: &[(String, String)]) {
    let Some(object) = answer.as_object_mut() else { return };
    show_members(object, written);
    if object.values().any(Value::is_array) {
        page(object, query);
    }
}

fn show_members(object: &mut Map<String, Value>, written: &Written) {
    for (name, value) in object {
        match value {
            Value::Array(items) => items.iter_mut().for_each(|item| show(&singular(name), item, written)),
            other => show(name, other, written),
        }
    }
}

/// `time_entries` are of the kind `time_entry`.
fn singular(name: &str) -> String {
    name.strip_suffix("ies").map_or_else(|| name.trim_end_matches('s').to_owned(), |stem| format!("{stem}y"))
}

fn show(kind: &str, item: &mut Value, written: &Written) {
    let Some(item) = item.as_object_mut() else { return };
    if kind == "issue" || kind == "project" {
        item.remove("parent");
    }
    for (name, value) in written.of(kind).into_iter().flatten() {
        show_field(item, name, value);
    }
    show_members(item, written);
}

fn show_field(item: &mut Map<String, Value>, name: &str, value: &Value) {
    let association = match name {
        "parent_issue_id" => Some("parent"),
        _ => name.strip_suffix("_id").filter(|_| !item.contains_key(name)),
    };
    match association {
        // The server leaves out what is not set, and tells a name with every id.
        Some(name) if value.is_null() || is_empty(value) => drop(item.remove(name)),
        Some(name) => drop(item.insert(name.to_owned(), json!({"id": value, "name": format!("the {name}")}))),
        None if is_empty(value) && !is_text(name) => drop(item.insert(name.to_owned(), Value::Null)),
        None => drop(item.insert(name.to_owned(), value.clone())),
    }
}

fn is_empty(value: &Value) -> bool {
    value.as_str() == Some("")
}

/// Whether an empty text is what the server shows for an empty field, and not null.
fn is_text(name: &str) -> bool {
    matches!(name, "description" | "notes" | "homepage")
}

/// Whether a filter by number leaves the only item out: clients that go on after the last id seen would go on for ever.
fn is_above_one(filter: &str) -> bool {
    filter.strip_prefix(">=").and_then(|least| least.parse::<u64>().ok()).is_some_and(|least| least > 1)
}

/// The first page has everything, and there are no others: `offset` is the number of items before a page.
fn page(object: &mut Map<String, Value>, query: &[(String, String)]) {
    let asked =
        |name: &str| query.iter().find(|(known, _)| known == name).and_then(|(_, value)| value.parse::<u64>().ok());
    let offset = asked("offset").unwrap_or(0);
    let is_beyond = offset > 0 || query.iter().any(|(name, value)| name == "issue_id" && is_above_one(value));
    let mut total = 0;
    for items in object.values_mut().filter_map(Value::as_array_mut) {
        total = items.len();
        if is_beyond {
            items.clear();
        }
    }
    crate::answer::merge_known(
        object,
        &json!({"total_count": total, "offset": offset, "limit": asked("limit").unwrap_or(25)}),
    );
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_filter_by_custom_field_is_described_as_cf_x() {
        assert!(is_named("cf_x", "cf_12"));
        for (described, sent) in [("cf_x", "cf_"), ("cf_x", "cf_a"), ("cf_x", "subjet"), ("subject", "cf_1")] {
            assert!(!is_named(described, sent), "{sent}");
        }
    }

    #[test]
    fn what_was_written_is_read_as_the_server_tells_it() {
        let mut written = Written::default();
        let body = json!({"issue": {"subject": "x", "tracker_id": 3, "parent_issue_id": 7, "assigned_to_id": null, "notes": "hi"}});
        self::written(&body).iter().for_each(|(kind, fields)| written.write(kind, fields));
        let mut answer =
            json!({"issue": {"id": 1, "subject": "", "assigned_to": {"id": 1}, "journals": [{"id": 1, "notes": ""}]}});
        shape(&mut answer, &written, &[]);
        let issue = &answer["issue"];
        assert_eq!(
            (&issue["subject"], &issue["tracker"]["id"], &issue["parent"]["id"]),
            (&json!("x"), &json!(3), &json!(7))
        );
        let journal = &issue["journals"][0];
        assert_eq!((&journal["notes"], &journal["private_notes"]), (&json!("hi"), &json!(false)));
        assert!(journal["id"].as_u64() > Some(1), "a journal of its own: {journal}");
        assert!(issue.get("assigned_to").is_none());
    }

    #[test]
    fn there_is_one_page() {
        let mut answer = json!({"issues": [{"id": 1}], "total_count": 9, "offset": 9, "limit": 9});
        shape(&mut answer, &Written::default(), &[("offset".to_owned(), "100".to_owned())]);
        assert_eq!(answer, json!({"issues": [], "total_count": 1, "offset": 100, "limit": 25}));
    }
}
