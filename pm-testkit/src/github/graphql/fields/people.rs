//! The fields of accounts.

use super::super::coerce::Arguments;
use super::super::errors::GraphError;
use super::super::object::{Object, Out, Resolved};
use super::super::scope::{Scope, time};
use super::{common, unresolved};
use crate::github::model::AccountKind;

pub(in super::super) fn account_kind(scope: &Scope<'_>, id: u64) -> &'static str {
    match scope.store.accounts.get(&id).map(|account| account.kind) {
        Some(AccountKind::Organization) => "Organization",
        Some(AccountKind::Bot) => "Bot",
        _ => "User",
    }
}

pub(in super::super) fn account(scope: &Scope<'_>, id: u64, field: &str, arguments: &Arguments) -> Resolved {
    let Some(account) = scope.store.accounts.get(&id) else { return Ok(Out::Null) };
    if let Some(out) = common(scope, &Object::Account(id), field, || format!("/{}", account.login)) {
        return Ok(out);
    }
    Ok(match field {
        "databaseId" => Out::leaf(id),
        "login" => Out::leaf(account.login.as_str()),
        "name" => Out::leaf(account.name.clone()),
        "email" => Out::leaf(account.email.clone().unwrap_or_default()),
        "avatarUrl" => Out::leaf(format!("https://avatars.githubusercontent.com/u/{id}?v=4")),
        "createdAt" | "updatedAt" => time(account.created),
        "projectV2" => return project_at(scope, id, arguments),
        "projectsV2" => projects_of(scope, id, arguments),
        "repository" => {
            let name = format!("{}/{}", account.login, arguments.text("name").unwrap_or_default());
            let found = scope.store.repository_named(&name).and_then(|one| scope.repository(one.id));
            Out::maybe(found.map(|one| Object::Repository(one.id)))
        }
        "repositories" => {
            let own = scope.store.repositories.values().filter(|one| one.owner == id);
            Out::pages(own.filter(|one| scope.repository(one.id).is_some()).map(|one| one.id), Object::Repository)
        }
        _ => return unresolved("User", field),
    })
}

fn project_at(scope: &Scope<'_>, owner: u64, arguments: &Arguments) -> Resolved {
    let number = arguments.number("number").unwrap_or(0);
    let projects = scope.store.boards.projects.values();
    let mut found = projects.filter(|one| one.owner == owner && i64::try_from(one.number) == Ok(number));
    let found = found.find(|one| scope.project(one.id).is_some());
    let message = || format!("Could not resolve to a ProjectV2 with the number {number}.");
    found.map(|one| Out::One(Object::Project(one.id))).ok_or_else(|| GraphError::not_found(message()))
}

/// An owner's projects: the last one first, unless told otherwise; with a text, those that have it in their titles, and
/// with `is:open` or `is:closed` those alone.
fn projects_of(scope: &Scope<'_>, owner: u64, arguments: &Arguments) -> Out {
    let query = arguments.text("query").unwrap_or_default();
    let (states, words): (Vec<&str>, Vec<&str>) = query.split_whitespace().partition(|word| word.starts_with("is:"));
    let words = words.join(" ").to_lowercase();
    let projects = scope.store.boards.projects.values().filter(|one| one.owner == owner);
    let mut found: Vec<_> = projects
        .filter(|one| scope.project(one.id).is_some())
        .filter(|one| one.title.to_lowercase().contains(&words))
        .filter(|one| !states.contains(&"is:open") || one.closed.is_none())
        .filter(|one| !states.contains(&"is:closed") || one.closed.is_some())
        .collect();
    let order = arguments.get("orderBy");
    let part = |name: &str| order.and_then(|order| order.get(name)).and_then(serde_json::Value::as_str);
    match part("field") {
        Some("TITLE") => found.sort_by_key(|one| one.title.to_lowercase()),
        Some("UPDATED_AT") => found.sort_by_key(|one| one.updated),
        _ => found.sort_by_key(|one| one.number),
    }
    if part("direction") != Some("ASC") {
        found.reverse();
    }
    Out::pages(found.into_iter().map(|one| one.id), Object::Project)
}
