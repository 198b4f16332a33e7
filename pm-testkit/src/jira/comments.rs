//! Comments.
//!
//! <https://developer.atlassian.com/cloud/jira/platform/rest/v3/api-group-issue-comments/>. What people may do with
//! comments: all who work in a project write them and change and delete their own; its administrators those of others.

use axum::Router;
use axum::extract::{Path, State};
use axum::routing::{get, post};
use serde_json::{Map, Value, json};

use super::access::Caller;
use super::errors::{Answer, Problem};
use super::issues::values::{Refusal, comment_body};
use super::model::{Comment, Issue, Role};
use super::paging::Page;
use super::reply::Reply;
use super::request::{Body, Parameters, id_of, only};
use super::store::{App, Store};
use super::view::View;

const MEMBERS: [&str; 5] = ["body", "visibility", "properties", "public", "jsdPublic"];

pub(super) fn routes() -> Router<App> {
    Router::new()
        .route("/issue/{issue}/comment", get(list).post(create))
        .route("/issue/{issue}/comment/{id}", get(show).put(update).delete(delete))
}

/// What Cloud alone has.
pub(super) fn cloud_routes() -> Router<App> {
    Router::new().route("/comment/list", post(by_ids))
}

/// Lists an issue's comments from the oldest on, up to 100 a page; `-created` turns the list round.
///
/// <https://developer.atlassian.com/cloud/jira/platform/rest/v3/api-group-issue-comments/#api-rest-api-3-issue-issueidorkey-comment-get>.
/// Data Center has pages too, but all comments are the default (unverified).
async fn list(
    State(app): State<App>,
    caller: Caller,
    Path(issue): Path<String>,
    parameters: Parameters,
) -> Answer<Reply> {
    let store = app.lock();
    let issue = caller.issue(&store, &issue)?;
    let view = View::new(&app, &store, &caller);
    let default = if view.is_cloud() { 100 } else { usize::MAX };
    let most = if view.is_cloud() { app.options.list_page } else { usize::MAX };
    let page = Page::read(&parameters, default, most)?;
    let mut comments = visible(view, issue);
    match parameters.get("orderBy").unwrap_or("created") {
        "created" | "+created" | " created" => {}
        "-created" => comments.reverse(),
        // The words are unverified.
        other => return Err(Problem::bad(format!("The orderBy value '{other}' is not valid."))),
    }
    let mut body = page.with_total("comments", &comments, |comment| render(view, comment, &parameters));
    if page.size == usize::MAX {
        body["maxResults"] = 1_048_576.into();
    }
    Ok(Reply::ok(body))
}

async fn show(
    State(app): State<App>,
    caller: Caller,
    Path((issue, id)): Path<(String, String)>,
    parameters: Parameters,
) -> Answer<Reply> {
    let store = app.lock();
    let view = View::new(&app, &store, &caller);
    Ok(Reply::ok(render(view, find(view, &issue, &id)?, &parameters)))
}

/// Adds a comment; its properties come with it.
async fn create(
    State(app): State<App>,
    caller: Caller,
    Path(issue): Path<String>,
    parameters: Parameters,
    body: Body,
) -> Answer<Reply> {
    let body = body.object()?;
    only(&app, &body, &MEMBERS)?;
    let mut store = app.lock();
    let issue = caller.issue(&store, &issue)?.clone();
    let denied = format!("You do not have the permission to comment on this issue. {}", issue.key);
    caller.needs(&store, issue.project, Role::Member, &denied)?;
    let text = text(View::new(&app, &store, &caller), body.get("body"))?;
    let visibility = visibility(&body)?;
    let properties = super::properties::given(&body)?;
    let (id, now) = (store.next_id("comments"), app.now());
    let comment = Comment {
        id,
        issue: issue.id,
        author: caller.user.clone(),
        update_author: caller.user.clone(),
        body: text,
        created: now,
        updated: now,
        visibility: visibility.flatten(),
        public: true,
        properties,
    };
    store.comments.insert(id, comment.clone());
    touch(&app, &mut store, issue);
    Ok(Reply::created(render(View::new(&app, &store, &caller), &comment, &parameters)))
}

/// Changes text, visibility and properties. A visibility that is not said is lifted (unverified).
async fn update(
    State(app): State<App>,
    caller: Caller,
    Path((issue, id)): Path<(String, String)>,
    parameters: Parameters,
    body: Body,
) -> Answer<Reply> {
    let body = body.object()?;
    only(&app, &body, &MEMBERS)?;
    let mut store = app.lock();
    let comment = find(View::new(&app, &store, &caller), &issue, &id)?.clone();
    needs_owner(&store, &caller, &comment, "edit")?;
    let text = text(View::new(&app, &store, &caller), body.get("body"))?;
    let visibility = visibility(&body)?;
    let mut properties = comment.properties.clone();
    properties.extend(super::properties::given(&body)?);
    let changed = Comment {
        body: text,
        visibility: visibility.unwrap_or_default(),
        properties,
        update_author: caller.user.clone(),
        updated: app.now(),
        ..comment
    };
    store.comments.insert(changed.id, changed.clone());
    if let Some(issue) = store.issues().get(&changed.issue).cloned() {
        touch(&app, &mut store, issue);
    }
    Ok(Reply::ok(render(View::new(&app, &store, &caller), &changed, &parameters)))
}

async fn delete(State(app): State<App>, caller: Caller, Path((issue, id)): Path<(String, String)>) -> Answer<Reply> {
    let mut store = app.lock();
    let comment = find(View::new(&app, &store, &caller), &issue, &id)?.clone();
    needs_owner(&store, &caller, &comment, "delete")?;
    store.comments.remove(&comment.id);
    if let Some(issue) = store.issues().get(&comment.issue).cloned() {
        touch(&app, &mut store, issue);
    }
    Ok(Reply::empty())
}

/// Shows comments of any issues by id, up to 1,000; those that are not visible are left out.
///
/// <https://developer.atlassian.com/cloud/jira/platform/rest/v3/api-group-issue-comments/#api-rest-api-3-comment-list-post>
async fn by_ids(State(app): State<App>, caller: Caller, parameters: Parameters, body: Body) -> Answer<Reply> {
    let body = body.object()?;
    only(&app, &body, &["ids"])?;
    let ids = body.get("ids").and_then(Value::as_array).ok_or_else(Problem::invalid_payload)?;
    if ids.is_empty() || ids.len() > 1000 {
        return Err(Problem::bad("The number of comment ids must be between 1 and 1000."));
    }
    let store = app.lock();
    let view = View::new(&app, &store, &caller);
    let rows = ids.iter().filter_map(id_of).filter_map(|id| store.comments.get(&id));
    let seen: Vec<&Comment> = rows.filter(|comment| is_visible(view, comment)).collect();
    let page = Page { start: 0, size: 1000 };
    Ok(Reply::ok(page.linked(&view.href("/comment/list"), &seen, |comment| render(view, comment, &parameters))))
}

/// The comments of an issue that the caller sees, from the oldest on.
pub(super) fn visible<'a>(view: View<'a>, issue: &Issue) -> Vec<&'a Comment> {
    let own = view.store.comments.values().filter(|comment| comment.issue == issue.id);
    let mut seen: Vec<&Comment> = own.filter(|comment| is_visible(view, comment)).collect();
    seen.sort_by_key(|comment| (comment.created, comment.id));
    seen
}

/// Comments for some are seen by administrators and authors: which roles and groups people are in, this server does not
/// know.
pub(super) fn is_visible(view: View<'_>, comment: &Comment) -> bool {
    let issue = view.store.issues().get(&comment.issue);
    let own = comment.author.is_some() && comment.author == view.caller.user;
    issue.is_some_and(|issue| {
        let for_all = comment.visibility.is_none() && comment.public;
        view.caller.sees(view.store, issue)
            && (for_all || own || view.caller.may(view.store, issue.project, Role::Admin))
    })
}

fn find<'a>(view: View<'a>, issue: &str, id: &str) -> Answer<&'a Comment> {
    let issue = view.caller.issue(view.store, issue)?;
    let comment = id.parse().ok().and_then(|id: u64| view.store.comments.get(&id));
    let own = comment.filter(|comment| comment.issue == issue.id && is_visible(view, comment));
    own.ok_or_else(|| Problem::new(404, format!("Can not find a comment for the id: {id}.")))
}

/// A comment with its properties, which `expand=properties` of the documents asks for where Data Center needs that.
pub(super) fn render(view: View<'_>, comment: &Comment, parameters: &Parameters) -> Value {
    let mut shown = json!({
        "self": view.href(&format!("/issue/{}/comment/{}", comment.issue, comment.id)),
        "id": comment.id.to_string(),
        "author": view.user(comment.author.as_deref()),
        "body": comment.body,
        "updateAuthor": view.user(comment.update_author.as_deref()),
        "created": view.time(comment.created),
        "updated": view.time(comment.updated),
    });
    if view.is_cloud() {
        shown["jsdPublic"] = comment.public.into();
    }
    if let Some(visibility) = &comment.visibility {
        shown["visibility"] = visibility.clone().into();
    }
    if parameters.expands("properties") {
        let pairs = comment.properties.iter().map(|(key, value)| json!({ "key": key, "value": value }));
        shown["properties"] = pairs.collect();
    }
    shown
}

/// Comments as a field of an issue: the first page of them.
pub(super) fn field(view: View<'_>, issue: &Issue) -> Value {
    let comments = visible(view, issue);
    let count = comments.len();
    let shown: Vec<Value> = comments.iter().map(|comment| render(view, comment, &Parameters::default())).collect();
    let mut page = json!({ "comments": shown, "maxResults": count, "total": count, "startAt": 0 });
    if view.is_cloud() {
        page["self"] = view.href(&format!("/issue/{}/comment", issue.id)).into();
    }
    page
}

/// `{"errors": {"comment": …}}`: `lesstif/php-jira-rest-client#411`.
fn text(view: View<'_>, body: Option<&Value>) -> Answer<Value> {
    comment_body(view, body.unwrap_or(&Value::Null)).map_err(|refusal| match refusal {
        Refusal::Field(message) => Problem::field("comment", message),
        Refusal::Whole(message) => Problem::bad(message),
    })
}

/// Who shall see the comment: `None` where nothing is said, `Some(None)` for everybody.
fn visibility(body: &Map<String, Value>) -> Answer<Option<Option<Map<String, Value>>>> {
    match body.get("visibility") {
        None => Ok(None),
        Some(Value::Null) => Ok(Some(None)),
        Some(Value::Object(visibility)) => {
            let kind = visibility.get("type").and_then(Value::as_str);
            let named = visibility.contains_key("value") || visibility.contains_key("identifier");
            match (kind, named) {
                (Some("role" | "group"), true) => Ok(Some(Some(visibility.clone()))),
                _ => Err(Problem::field("commentLevel", "The visibility of the comment is not valid.")),
            }
        }
        Some(_) => Err(Problem::invalid_payload()),
    }
}

/// 400, not 403, for those who may not: the descriptions of *Update comment* and *Delete comment*.
fn needs_owner(store: &Store, caller: &Caller, comment: &Comment, verb: &str) -> Answer<()> {
    let project = store.issues().get(&comment.issue).map(|issue| issue.project).unwrap_or_default();
    let own = comment.author.is_some() && comment.author == caller.user && caller.may(store, project, Role::Member);
    match own || caller.may(store, project, Role::Admin) {
        true => Ok(()),
        false => Err(Problem::bad(format!("You do not have the permission to {verb} this comment."))),
    }
}

/// A comment changes the time when its issue was changed last (unverified).
pub(super) fn touch(app: &App, store: &mut Store, issue: Issue) {
    store.save(Issue { updated: app.now(), ..issue });
}
