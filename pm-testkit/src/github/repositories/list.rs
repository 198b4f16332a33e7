//! Lists of repositories.

use axum::extract::{Path, State};
use serde_json::json;

use crate::github::access::{Caller, Rights, rights_of};
use crate::github::errors::{Answer, Problem};
use crate::github::model::{AccountKind, Repository};
use crate::github::paging::numbered;
use crate::github::reply::Reply;
use crate::github::request::Parameters;
use crate::github::store::{App, Store};
use crate::github::view::View;

const SORTS: [&str; 4] = ["created", "updated", "pushed", "full_name"];

/// Those that the caller owns, works in, or sees as a member of their owner; by name where nothing is said.
pub(super) async fn mine(State(app): State<App>, caller: Caller, parameters: Parameters) -> Answer<Reply> {
    let me = caller.account()?;
    let store = app.lock();
    let affiliation = parameters.get("affiliation").unwrap_or("owner,collaborator,organization_member");
    let affiliation: Vec<&str> = affiliation.split(',').map(str::trim).collect();
    let visibility = parameters.one_of("visibility", &["all", "public", "private"], "all")?;
    let kind = parameters.one_of("type", &["all", "owner", "public", "private", "member"], "all")?;
    let shown = |one: &&Repository| {
        let is_private =
            |word: &str| word == "all" || !matches!(word, "public" | "private") || (word == "private") == one.private;
        let own = one.owner == me;
        own_way(&store, me, one).is_some_and(|way| affiliation.contains(&way))
            && is_private(visibility)
            && is_private(kind)
            && (kind != "owner" || own)
            && (kind != "member" || !own)
    };
    let repositories = store.repositories.values().filter(shown).collect();
    page(&store, &caller, &parameters, (repositories, "full_name"))
}

/// How somebody comes to have a repository among their own.
fn own_way(store: &Store, me: u64, repository: &Repository) -> Option<&'static str> {
    let owner = store.accounts.get(&repository.owner)?;
    let everywhere = store.accounts.get(&me).and_then(|account| account.everywhere);
    let added = repository.collaborators.contains_key(&me) || everywhere.is_some();
    match () {
        () if repository.owner == me => Some("owner"),
        () if owner.owners.contains(&me) || owner.members.contains(&me) => Some("organization_member"),
        () if added && rights_of(store, me, repository).is_some() => Some("collaborator"),
        () => None,
    }
}

pub(super) async fn of_organization(
    State(app): State<App>,
    caller: Caller,
    Path(login): Path<String>,
    parameters: Parameters,
) -> Answer<Reply> {
    let store = app.lock();
    let owner = store.account_named(&login).filter(|account| account.kind == AccountKind::Organization);
    let owner = owner.ok_or_else(Problem::not_found)?.id;
    let kind = parameters.one_of("type", &["all", "public", "private", "forks", "sources", "member"], "all")?;
    let fits = |one: &&Repository| match kind {
        "public" => !one.private,
        "private" => one.private,
        "forks" => false,
        _ => true,
    };
    let repositories = visible(&store, &caller, owner).into_iter().filter(fits).collect();
    page(&store, &caller, &parameters, (repositories, "created"))
}

pub(super) async fn of_user(
    State(app): State<App>,
    caller: Caller,
    Path(login): Path<String>,
    parameters: Parameters,
) -> Answer<Reply> {
    let store = app.lock();
    let owner = store.account_named(&login).ok_or_else(Problem::not_found)?.id;
    // Only public ones, whoever asks: <https://docs.github.com/en/rest/repos/repos#list-repositories-for-a-user>.
    let repositories = visible(&store, &caller, owner).into_iter().filter(|one| !one.private).collect();
    page(&store, &caller, &parameters, (repositories, "full_name"))
}

/// What an app may work in: <https://docs.github.com/en/rest/apps/installations>.
pub(super) async fn of_installation(State(app): State<App>, caller: Caller, parameters: Parameters) -> Answer<Reply> {
    let store = app.lock();
    let is_app = store.accounts.get(&caller.account()?).is_some_and(|account| account.kind == AccountKind::Bot);
    if !is_app {
        return Err(Problem::forbidden(
            "You must authenticate with an installation access token in order to list \
                                       repositories for an installation.",
        ));
    }
    let repositories: Vec<&Repository> =
        store.repositories.values().filter(|one| caller.may(&store, one, Rights::Read)).collect();
    let view = View::new(&store, &caller);
    let reply = numbered(&caller, &parameters, &repositories, |repository| view.repository(repository));
    let total = repositories.len();
    Ok(reply.map(|items| json!({ "total_count": total, "repository_selection": "all", "repositories": items })))
}

fn visible<'a>(store: &'a Store, caller: &Caller, owner: u64) -> Vec<&'a Repository> {
    let all = store.repositories.values();
    all.filter(|one| one.owner == owner && caller.may(store, one, Rights::Read)).collect()
}

fn page(
    store: &Store,
    caller: &Caller,
    parameters: &Parameters,
    (mut repositories, default): (Vec<&Repository>, &str),
) -> Answer<Reply> {
    let sort = parameters.one_of("sort", &SORTS, default)?;
    match sort {
        "created" => repositories.sort_by_key(|one| one.created),
        "updated" => repositories.sort_by_key(|one| one.updated),
        "pushed" => repositories.sort_by_key(|one| one.pushed),
        _ => repositories.sort_by_key(|one| store.full_name(one).to_lowercase()),
    }
    let usual = if sort == "full_name" { "asc" } else { "desc" };
    if parameters.one_of("direction", &["asc", "desc"], usual)? == "desc" {
        repositories.reverse();
    }
    let view = View::of(store, caller);
    Ok(numbered(caller, parameters, &repositories, |repository| view.repository(repository)))
}
