//! Where things are today: repositories by name or id, renamed ones, issues that moved or are gone.
//!
//! `/repos/{owner}/{name}/…` and `/repositories/{id}/…` are the same. The second form is the one that the vendor's own
//! redirects and links have: <https://docs.github.com/en/rest/using-the-rest-api/using-pagination-in-the-rest-api>,
//! `gidgethub/gidgethub#214`.

use axum::http::Method;

use super::access::{Caller, Rights};
use super::errors::{Answer, Problem};
use super::model::{Place, Repository};
use super::store::{App, Store};

/// The path of a resource by the id of its repository; other paths stay as they are.
pub(super) fn resolve(app: &App, caller: &Caller, method: &Method, path: &str, query: Option<&str>) -> Answer<String> {
    let query = query.map(|query| format!("?{query}")).unwrap_or_default();
    let store = app.lock();
    let Some((repository, rest)) = repository(&store, caller, method, path, &query)? else {
        return Ok(path.to_owned());
    };
    check_archive(caller, &store, repository, method, rest)?;
    check_issue(&store, caller, repository, rest, &query)?;
    Ok(format!("/repositories/{}{rest}", repository.id))
}

/// The repository that a path begins with, and the rest of the path.
fn repository<'a, 'p>(
    store: &'a Store,
    caller: &Caller,
    method: &Method,
    path: &'p str,
    query: &str,
) -> Answer<Option<(&'a Repository, &'p str)>> {
    if let Some(rest) = path.strip_prefix("/repositories/") {
        let (id, rest) = split(rest, 1);
        let id = id.parse().map_err(|_| Problem::not_found())?;
        return Ok(Some((caller.repository(store, id)?, rest)));
    }
    let Some(rest) = path.strip_prefix("/repos/") else { return Ok(None) };
    let (name, rest) = split(rest, 2);
    if let Some(repository) = store.repository_named(name) {
        return Ok(Some((caller.repository(store, repository.id)?, rest)));
    }
    let once = store.repository_once_named(name).ok_or_else(Problem::not_found)?;
    caller.repository(store, once.id)?;
    let status = if matches!(*method, Method::GET | Method::HEAD) { 301 } else { 307 };
    Err(Problem::moved(status, format!("{}/repositories/{}{rest}{query}", caller.base, once.id)))
}

/// The first parts of a path, and the rest with its slash.
fn split(path: &str, parts: usize) -> (&str, &str) {
    let end = path.match_indices('/').nth(parts - 1).map_or(path.len(), |(at, _)| at);
    path.split_at(end)
}

/// 403 for writes to what is archived, but for the repository itself: it can be taken out of the archive, or deleted.
fn check_archive(caller: &Caller, store: &Store, repository: &Repository, method: &Method, rest: &str) -> Answer<()> {
    let writes = !matches!(*method, Method::GET | Method::HEAD) && !rest.is_empty();
    match writes && repository.archived && caller.may(store, repository, Rights::Read) {
        true => Err(Problem::forbidden("Repository was archived so is read-only.")),
        false => Ok(()),
    }
}

/// Refuses what has gone: 301 for an issue that is in another repository now, 410 for one that was deleted, 410 for all
/// of them where issues are switched off. <https://docs.github.com/en/rest/issues/issues#get-an-issue>
fn check_issue(store: &Store, caller: &Caller, repository: &Repository, rest: &str, query: &str) -> Answer<()> {
    let Some(rest) = rest.strip_prefix("/issues") else { return Ok(()) };
    let (number, rest) = split(rest.trim_start_matches('/'), 1);
    let number: u64 = match number {
        "" | "comments" | "events" => {
            return if repository.has_issues { Ok(()) } else { Err(Problem::issues_disabled()) };
        }
        number => number.parse().map_err(|_| Problem::not_found())?,
    };
    match store.places.get(&(repository.id, number)) {
        Some(Place::Here(id)) => {
            let is_pull = store.issues.get(id).is_some_and(|issue| issue.pull.is_some());
            if repository.has_issues || is_pull { Ok(()) } else { Err(Problem::issues_disabled()) }
        }
        Some(Place::Deleted) => Err(Problem::deleted()),
        Some(Place::Moved(id)) => {
            let issue = caller.issue_by_id(store, *id).ok_or_else(Problem::not_found)?;
            let place = format!("/repositories/{}/issues/{}{rest}{query}", issue.repository, issue.number);
            Err(Problem::moved(301, format!("{}{place}", caller.base)))
        }
        None => Err(Problem::not_found()),
    }
}
