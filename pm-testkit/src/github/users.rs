//! People and organisations.
//!
//! <https://docs.github.com/en/rest/users/users>, <https://docs.github.com/en/rest/orgs/orgs>

use axum::Router;
use axum::extract::{Path, State};
use axum::routing::get;
use serde_json::{Value, json};

use super::access::Caller;
use super::errors::{Answer, Problem};
use super::model::{Account, AccountKind};
use super::paging::numbered;
use super::reply::Reply;
use super::request::Parameters;
use super::store::App;
use super::view::{View, time};

pub(super) fn routes() -> Router<App> {
    Router::new()
        .route("/user", get(me))
        .route("/user/orgs", get(my_organizations))
        .route("/user/{id}", get(by_id))
        .route("/users", get(list))
        .route("/users/{login}", get(by_login))
        .route("/orgs/{organization}", get(organization))
        .route("/orgs/{organization}/members", get(members))
}

impl View<'_> {
    /// Somebody's page: what it shows to everybody.
    pub(super) fn public_user(&self, account: &Account) -> Value {
        let own = self.store.repositories.values().filter(|one| one.owner == account.id && !one.private).count();
        let mut shown = self.simple_user(account);
        let more = json!({
            "name": account.name,
            "company": null,
            "blog": "",
            "location": null,
            "email": account.email,
            "hireable": null,
            "bio": null,
            "twitter_username": null,
            "public_repos": own,
            "public_gists": 0,
            "followers": 0,
            "following": 0,
            "created_at": time(account.created),
            "updated_at": time(account.created),
        });
        for (name, value) in more.as_object().into_iter().flatten() {
            shown[name] = value.clone();
        }
        shown
    }

    /// What somebody sees of themselves.
    fn private_user(&self, account: &Account) -> Value {
        let private = self.store.repositories.values().filter(|one| one.owner == account.id && one.private).count();
        let mut shown = self.public_user(account);
        shown["user_view_type"] = "private".into();
        for (name, number) in [("total_private_repos", private), ("owned_private_repos", private)] {
            shown[name] = number.into();
        }
        for name in ["private_gists", "disk_usage", "collaborators"] {
            shown[name] = 0.into();
        }
        shown["two_factor_authentication"] = true.into();
        shown["plan"] = json!({ "name": "pro", "space": 976_562_499, "collaborators": 0, "private_repos": 9_999 });
        shown
    }
}

async fn me(State(app): State<App>, caller: Caller) -> Answer<Reply> {
    let store = app.lock();
    let account = store.accounts.get(&caller.account()?).ok_or_else(Problem::not_found)?;
    // Apps are nobody: <https://docs.github.com/en/rest/authentication/endpoints-available-for-github-app-installation-access-tokens>.
    if account.kind == AccountKind::Bot {
        return Err(Problem::forbidden("Resource not accessible by integration"));
    }
    Ok(Reply::ok(View::new(&store, &caller).private_user(account)))
}

async fn by_id(State(app): State<App>, caller: Caller, Path(id): Path<u64>) -> Answer<Reply> {
    let store = app.lock();
    let account = store.accounts.get(&id).ok_or_else(Problem::not_found)?;
    Ok(Reply::ok(View::new(&store, &caller).public_user(account)))
}

async fn by_login(State(app): State<App>, caller: Caller, Path(login): Path<String>) -> Answer<Reply> {
    let store = app.lock();
    let account = store.account_named(&login).ok_or_else(Problem::not_found)?;
    Ok(Reply::ok(View::new(&store, &caller).public_user(account)))
}

/// Everybody behind an id, in the order of the ids.
async fn list(State(app): State<App>, caller: Caller, parameters: Parameters) -> Answer<Reply> {
    let store = app.lock();
    let since = parameters.number("since").unwrap_or(0);
    let size = parameters.number("per_page").unwrap_or(30).min(100);
    let behind = store.accounts.values().filter(|account| account.id > since as u64);
    let view = View::new(&store, &caller);
    Ok(Reply::ok(behind.take(size).map(|account| view.simple_user(account)).collect::<Vec<_>>()))
}

fn organization_of<'a>(store: &'a super::store::Store, login: &str) -> Answer<&'a Account> {
    let account = store.account_named(login).filter(|account| account.kind == AccountKind::Organization);
    account.ok_or_else(Problem::not_found)
}

/// An organisation as lists show it.
fn simple_organization(view: &View<'_>, account: &Account) -> Value {
    let user = view.simple_user(account);
    let url = view.href(&format!("/orgs/{}", account.login));
    json!({
        "login": account.login,
        "id": account.id,
        "node_id": user["node_id"],
        "url": url,
        "repos_url": format!("{url}/repos"),
        "events_url": format!("{url}/events"),
        "hooks_url": format!("{url}/hooks"),
        "issues_url": format!("{url}/issues"),
        "members_url": format!("{url}/members{{/member}}"),
        "public_members_url": format!("{url}/public_members{{/member}}"),
        "avatar_url": user["avatar_url"],
        "description": null,
    })
}

async fn organization(State(app): State<App>, caller: Caller, Path(login): Path<String>) -> Answer<Reply> {
    let store = app.lock();
    let account = organization_of(&store, &login)?;
    let view = View::new(&store, &caller);
    let mut shown = simple_organization(&view, account);
    shown["name"] = account.name.clone().into();
    shown["type"] = "Organization".into();
    shown["html_url"] = format!("{}/{}", super::view::WEB, account.login).into();
    shown["has_organization_projects"] = true.into();
    shown["has_repository_projects"] = true.into();
    for name in ["public_gists", "followers", "following"] {
        shown[name] = 0.into();
    }
    let public = store.repositories.values().filter(|one| one.owner == account.id && !one.private).count();
    shown["public_repos"] = public.into();
    shown["created_at"] = time(account.created).into();
    shown["updated_at"] = time(account.created).into();
    shown["archived_at"] = Value::Null;
    Ok(Reply::ok(shown))
}

async fn my_organizations(State(app): State<App>, caller: Caller, parameters: Parameters) -> Answer<Reply> {
    let me = caller.account()?;
    let store = app.lock();
    let mine = |account: &&Account| account.owners.contains(&me) || account.members.contains(&me);
    let organizations: Vec<&Account> = store.accounts.values().filter(mine).collect();
    let view = View::new(&store, &caller);
    Ok(numbered(&caller, &parameters, &organizations, |account| simple_organization(&view, account)))
}

async fn members(
    State(app): State<App>,
    caller: Caller,
    Path(login): Path<String>,
    parameters: Parameters,
) -> Answer<Reply> {
    let store = app.lock();
    let organization = organization_of(&store, &login)?;
    let role = parameters.one_of("role", &["all", "admin", "member"], "all")?;
    let owners = organization.owners.iter().filter(|_| role != "member");
    let members = organization.members.iter().filter(|_| role != "admin");
    let people: Vec<&Account> = owners.chain(members).filter_map(|id| store.accounts.get(id)).collect();
    let view = View::new(&store, &caller);
    Ok(numbered(&caller, &parameters, &people, |account| view.simple_user(account)))
}
