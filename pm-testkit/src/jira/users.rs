//! People.

use axum::Router;
use axum::extract::State;
use axum::routing::get;
use chrono::{DateTime, Utc};
use serde_json::{Value, json};

use super::Flavor;
use super::access::{Caller, is_assignable};
use super::errors::{Answer, Problem};
use super::model::User;
use super::paging::Page;
use super::reply::Reply;
use super::request::Parameters;
use super::store::{App, Store};

/// Shows who asks; 401 for nobody in particular, whatever the site shows anonymously.
///
/// <https://developer.atlassian.com/cloud/jira/platform/rest/v3/api-group-myself/>
pub(super) async fn myself(State(app): State<App>, caller: Caller, parameters: Parameters) -> Answer<Reply> {
    let store = app.lock();
    caller.user()?;
    let mut myself = caller.account(&store).map(|user| render(&app, &caller, user)).unwrap_or_default();
    if parameters.expands("groups") {
        myself["groups"] = json!({ "size": 0, "items": [] });
    }
    Ok(Reply::ok(myself))
}

/// A moment as the vendor writes it: milliseconds, an offset without a colon, in the time zone of who asks.
///
/// <https://developer.atlassian.com/cloud/jira/platform/rest/v3/intro/#timestamps>
pub(super) fn time(store: &Store, caller: &Caller, at: DateTime<Utc>) -> String {
    match caller.account(store) {
        Some(user) => at.with_timezone(&user.time_zone.1).format("%Y-%m-%dT%H:%M:%S%.3f%z").to_string(),
        None => at.format("%Y-%m-%dT%H:%M:%S%.3f%z").to_string(),
    }
}

/// A user by id, or null: for the many fields that hold one.
pub(super) fn render_id(app: &App, store: &Store, caller: &Caller, id: Option<&str>) -> Value {
    id.and_then(|id| store.users.get(id)).map(|user| render(app, caller, user)).unwrap_or_default()
}

/// A user: by account id on Cloud, by name and key on Data Center.
///
/// E-mail addresses are left out on Cloud where the profile hides them, for administrators too:
/// <https://developer.atlassian.com/cloud/jira/platform/profile-visibility/>.
pub(super) fn render(app: &App, caller: &Caller, user: &User) -> Value {
    let base = &caller.base;
    let avatar = |size: u32| format!("{base}/secure/useravatar?size={size}&ownerId={}", user.id);
    let mut shown = json!({
        "avatarUrls": { "48x48": avatar(48), "24x24": avatar(24), "16x16": avatar(16), "32x32": avatar(32) },
        "displayName": user.display_name,
        "active": user.active,
        "timeZone": user.time_zone.0,
    });
    let visible = !user.hides_email || caller.user.as_deref() == Some(&user.id);
    if app.options.flavor == Flavor::DataCenter || visible {
        shown["emailAddress"] = user.email.clone().into();
    }
    match app.options.flavor {
        Flavor::Cloud => {
            shown["self"] = format!("{base}/rest/api/3/user?accountId={}", user.id).into();
            shown["accountId"] = user.id.clone().into();
            shown["accountType"] = user.kind.into();
        }
        Flavor::DataCenter => {
            shown["self"] = format!("{base}/rest/api/2/user?username={}", user.name).into();
            shown["name"] = user.name.clone().into();
            shown["key"] = user.id.clone().into();
        }
    }
    shown
}

/// What both products have, though under other parameters.
pub(super) fn routes() -> Router<App> {
    Router::new()
        .route("/myself", get(myself))
        .route("/user", get(user))
        .route("/user/search", get(search))
        .route("/user/assignable/search", get(assignable))
}

/// What Cloud alone has.
pub(super) fn cloud_routes() -> Router<App> {
    Router::new().route("/users/search", get(all)).route("/users", get(all)).route("/user/bulk", get(bulk))
}

/// Shows a user by `accountId` (Cloud) or by `username` or `key` (Data Center).
///
/// <https://developer.atlassian.com/cloud/jira/platform/rest/v3/api-group-users/#api-rest-api-3-user-get>
async fn user(State(app): State<App>, caller: Caller, parameters: Parameters) -> Answer<Reply> {
    caller.user()?;
    let store = app.lock();
    let (name, found) = match app.options.flavor {
        Flavor::Cloud => {
            let id = parameters.get("accountId");
            let message = "The 'accountId' query parameter needs to be provided";
            let id = id.ok_or_else(|| Problem::bad(message))?;
            (id, store.users.get(id))
        }
        Flavor::DataCenter => match (parameters.get("username"), parameters.get("key")) {
            (Some(name), _) => (name, store.users.values().find(|user| user.name == name)),
            (None, Some(key)) => (key, store.users.get(key)),
            (None, None) => {
                return Err(Problem::new(
                    404,
                    "Either the 'username' or the 'key' query parameters need to be provided",
                ));
            }
        },
    };
    let missing = || match app.options.flavor {
        Flavor::Cloud => Problem::new(404, "Specified user does not exist or you do not have required permissions"),
        Flavor::DataCenter => Problem::new(404, format!("The user named '{name}' does not exist")),
    };
    Ok(Reply::ok(render(&app, &caller, found.ok_or_else(missing)?)))
}

/// Lists all users: inactive ones, apps and customers too. Short pages are not the end, an empty one is.
///
/// The vendor filters after it has cut a page: <https://developer.atlassian.com/cloud/jira/platform/rest/v3/api-group-users/#api-rest-api-3-users-search-get>.
async fn all(State(app): State<App>, caller: Caller, parameters: Parameters) -> Answer<Reply> {
    caller.user()?;
    let store = app.lock();
    let page = Page::read(&parameters, 50, 1000)?;
    let users: Vec<&User> = store.users.values().collect();
    Ok(Reply::ok(page.array(&users, |user| render(&app, &caller, user))))
}

/// Finds users by the beginning of a word of their name or their e-mail address; active ones alone unless told otherwise.
///
/// Of what it finds, the first 1000 users alone are looked at:
/// <https://developer.atlassian.com/cloud/jira/platform/rest/v3/api-group-user-search/#api-rest-api-3-user-search-get>;
/// on Data Center `username` is what is searched for, and `.` finds everybody.
async fn search(State(app): State<App>, caller: Caller, parameters: Parameters) -> Answer<Reply> {
    caller.user()?;
    let store = app.lock();
    let cloud = app.options.flavor == Flavor::Cloud;
    let text = wanted(&app, &parameters);
    let id = parameters.get("accountId").filter(|_| cloud);
    if text.is_none() && id.is_none() {
        let name = if cloud { "query" } else { "username" };
        return Err(Problem::bad(format!("The {name} query parameter was not provided")));
    }
    let active = parameters.get("includeActive") != Some("false");
    let inactive = if cloud { true } else { parameters.is_true("includeInactive") };
    let fits = |user: &&User| {
        let by_text = text.as_deref().is_none_or(|text| matches(user, text));
        by_text && id.is_none_or(|id| user.id == id) && if user.active { active } else { inactive }
    };
    let found: Vec<&User> = store.users.values().filter(fits).take(1000).collect();
    let page = Page::read(&parameters, 50, 1000)?;
    Ok(Reply::ok(page.array(&found, |user| render(&app, &caller, user))))
}

/// Finds users whom issues of a project, or one issue, can be assigned to.
///
/// The page is cut out of everybody whom the text fits, up to the thousandth, and filtered then: a short page is not the
/// end, and nobody behind the thousandth is ever found.
/// <https://developer.atlassian.com/cloud/jira/platform/rest/v3/api-group-user-search/#api-rest-api-3-user-assignable-search-get>
async fn assignable(State(app): State<App>, caller: Caller, parameters: Parameters) -> Answer<Reply> {
    caller.user()?;
    let store = app.lock();
    let project = match (parameters.get("project"), parameters.get("issueKey").or(parameters.get("issueId"))) {
        (_, Some(issue)) => {
            let project = caller.issue(&store, issue)?.project;
            store.projects.get(&project)
        }
        (Some(project), None) => Some(caller.project(&store, project)?),
        (None, None) => return Err(Problem::bad("Either 'project' or 'issueKey' must be provided.")),
    };
    let project = project.ok_or_else(Problem::no_issue)?;
    let text = wanted(&app, &parameters).unwrap_or_default();
    let id = parameters.get("accountId");
    let fits = |user: &&User| matches(user, &text) && id.is_none_or(|id| user.id == id);
    let found: Vec<&User> = store.users.values().filter(fits).take(1000).collect();
    let page = Page::read(&parameters, 50, 1000)?;
    let shown = page.cut(&found).iter().filter(|user| is_assignable(user, project));
    Ok(Reply::ok(shown.map(|user| render(&app, &caller, user)).collect::<Value>()))
}

/// Shows several users by account id.
///
/// <https://developer.atlassian.com/cloud/jira/platform/rest/v3/api-group-users/#api-rest-api-3-user-bulk-get>
async fn bulk(State(app): State<App>, caller: Caller, parameters: Parameters) -> Answer<Reply> {
    caller.user()?;
    let ids = parameters.list("accountId");
    if ids.is_empty() {
        return Err(Problem::bad("The 'accountId' query parameter needs to be provided"));
    }
    let store = app.lock();
    let found: Vec<&User> = store.users.values().filter(|user| ids.contains(&user.id.as_str())).collect();
    let page = Page::read(&parameters, 10, 200)?;
    Ok(Reply::ok(page.with_total("values", &found, |user| render(&app, &caller, user))))
}

/// What is searched for, in lower case.
fn wanted(app: &App, parameters: &Parameters) -> Option<String> {
    let name = if app.options.flavor == Flavor::Cloud { "query" } else { "username" };
    parameters.get(name).map(str::to_lowercase)
}

fn matches(user: &User, text: &str) -> bool {
    let names = [&user.display_name, &user.email, &user.name].map(|name| name.to_lowercase());
    let words = names.iter().flat_map(|name| name.split_whitespace());
    text.is_empty() || text == "." || words.chain(names.iter().map(String::as_str)).any(|word| word.starts_with(text))
}
