//! New, changed and deleted repositories.

use axum::extract::{Path, State};
use serde_json::json;

use crate::github::access::{Caller, Rights};
use crate::github::changes::{Change, Item, announce};
use crate::github::errors::{Answer, Problem};
use crate::github::labels::add_defaults;
use crate::github::model::{AccountKind, Repository};
use crate::github::planting::blank_repository;
use crate::github::reply::Reply;
use crate::github::request::Body;
use crate::github::store::{App, Store};
use crate::github::view::View;

pub(super) async fn create(State(app): State<App>, caller: Caller, body: Body) -> Answer<Reply> {
    let me = caller.account()?;
    create_for(&app, &caller, me, &body)
}

pub(super) async fn create_in_organization(
    State(app): State<App>,
    caller: Caller,
    Path(login): Path<String>,
    body: Body,
) -> Answer<Reply> {
    let me = caller.account()?;
    let owner = {
        let store = app.lock();
        let owner = store.account_named(&login).filter(|account| account.kind == AccountKind::Organization);
        let owner = owner.ok_or_else(Problem::not_found)?;
        let everywhere = store.accounts.get(&me).and_then(|account| account.everywhere);
        let may = owner.owners.contains(&me) || owner.members.contains(&me) || everywhere == Some(Rights::Admin);
        if !may {
            return Err(Problem::forbidden(
                "You need admin access to the organization before adding a repository to it.",
            ));
        }
        owner.id
    };
    create_for(&app, &caller, owner, &body)
}

fn create_for(app: &App, caller: &Caller, owner: u64, body: &Body) -> Answer<Reply> {
    if caller.ceiling < Rights::Admin {
        return Err(Problem::forbidden("Resource not accessible by personal access token"));
    }
    let mut store = app.lock();
    let name = body.required("name")?;
    check_name(&store, owner, &name, None)?;
    let id = store.next_id("repositories");
    let blank = blank_repository(id, owner, plain(&name), app.now());
    let repository = changed(blank, body)?;
    store.repositories.insert(id, repository);
    add_defaults(&mut store, id);
    let view = View::new(&store, caller);
    Ok(Reply::created(store.repositories.get(&id).map(|one| view.full_repository(one)).unwrap_or_default()))
}

/// A name as the vendor keeps it: everything that no address has becomes a dash.
fn plain(name: &str) -> String {
    let keep = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
    name.chars().map(|c| if keep(c) { c } else { '-' }).collect()
}

fn check_name(store: &Store, owner: u64, name: &str, own: Option<u64>) -> Answer<()> {
    let failed = |error: serde_json::Value| Err(Problem::validation_named("Repository creation failed.", vec![error]));
    if name.trim().is_empty() {
        return failed(json!({ "resource": "Repository", "code": "missing_field", "field": "name" }));
    }
    let name = plain(name);
    let same = |one: &Repository| one.owner == owner && one.name.eq_ignore_ascii_case(&name);
    let taken = store.repositories.values().any(|one| Some(one.id) != own && same(one));
    let message = "name already exists on this account";
    let error = json!({ "resource": "Repository", "code": "custom", "field": "name", "message": message });
    if taken { failed(error) } else { Ok(()) }
}

/// A repository as a body changes it, but for its name.
fn changed(mut repository: Repository, body: &Body) -> Answer<Repository> {
    repository.description = body.text("description")?.unwrap_or(repository.description);
    repository.homepage = body.text("homepage")?.unwrap_or(repository.homepage);
    if let Some(visibility) = body.text("visibility")?.flatten() {
        repository.private = visibility != "public";
    }
    let flags = [
        ("private", &mut repository.private),
        ("archived", &mut repository.archived),
        ("has_issues", &mut repository.has_issues),
        ("has_projects", &mut repository.has_projects),
        ("has_wiki", &mut repository.has_wiki),
    ];
    for (name, flag) in flags {
        *flag = body.flag(name)?.unwrap_or(*flag);
    }
    Ok(repository)
}

pub(super) async fn update(State(app): State<App>, caller: Caller, Path(id): Path<u64>, body: Body) -> Answer<Reply> {
    let mut store = app.lock();
    let before = caller.repository_for(&store, id, Rights::Admin)?.clone();
    let mut repository = changed(before.clone(), &body)?;
    if before.archived && repository.archived {
        return Err(Problem::forbidden("Repository was archived so is read-only."));
    }
    repository.updated = app.now();
    if let Some(name) = body.text("name")?.flatten() {
        check_name(&store, before.owner, &name, Some(id))?;
        rename(&store, &mut repository, &name);
    }
    let action = match (before.archived, repository.archived) {
        (false, true) => "archived",
        (true, false) => "unarchived",
        _ if before.name != repository.name => "renamed",
        _ => "edited",
    };
    store.repositories.insert(id, repository);
    announce(&mut store, &caller, app.now(), Change::of(Item::Repository(id), action));
    let view = View::new(&store, &caller);
    Ok(Reply::ok(store.repositories.get(&id).map(|one| view.full_repository(one)).unwrap_or_default()))
}

/// Gives a repository another name; the old one leads to it from now on.
pub(in crate::github) fn rename(store: &Store, repository: &mut Repository, name: &str) {
    let (old, name) = (store.full_name(repository), plain(name));
    if repository.name != name {
        repository.old_names.push(old);
        repository.name = name;
    }
}

pub(super) async fn delete(State(app): State<App>, caller: Caller, Path(id): Path<u64>) -> Answer<Reply> {
    let mut store = app.lock();
    caller.repository_for(&store, id, Rights::Admin)?;
    announce(&mut store, &caller, app.now(), Change::of(Item::Repository(id), "deleted"));
    let issues: Vec<u64> = store.issues_of(id).map(|issue| issue.id).collect();
    issues.into_iter().for_each(|issue| store.delete_issue(issue));
    store.labels.retain(|_, label| label.repository != id);
    store.milestones.retain(|_, milestone| milestone.repository != id);
    store.hooks.retain(|_, hook| hook.repository != id);
    store.places.retain(|(repository, _), _| *repository != id);
    store.repositories.remove(&id);
    Ok(Reply::empty())
}
