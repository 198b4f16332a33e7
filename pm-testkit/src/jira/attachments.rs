//! Attachments. They are only read here; tests attach them by [`FakeJira::attach`](super::FakeJira::attach).
//!
//! Cloud keeps files in a store of another host, to which the content resource redirects
//! (<https://developer.atlassian.com/cloud/jira/platform/rest/v3/api-group-issue-attachments/#api-rest-api-3-attachment-content-id-get>);
//! Data Center gives them away itself, outside of its API: at `content`, which is `/secure/attachment/{id}/{name}`
//! (<https://docs.atlassian.com/software/jira/docs/api/REST/9.12.0/#api/2/attachment>).

use async_trait::async_trait;
use axum::Router;
use axum::extract::{Path, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use chrono::{DateTime, Utc};
use pm_provider::{Error, Result, TaskId};
use serde_json::{Value, json};

use super::access::Caller;
use super::errors::{Answer, Problem};
use super::model::{Attachment, Issue};
use super::reply::Reply;
use super::request::Parameters;
use super::store::{App, Store};
use super::view::View;
use crate::conformance::Files;
use crate::file_store::StoredFile;

/// Attaches files to the issues of a site, for the conformance suite.
#[derive(Clone)]
pub struct Attacher(pub(super) App);

impl std::fmt::Debug for Attacher {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Attacher")
    }
}

#[async_trait]
impl Files for Attacher {
    async fn attach(&self, task: &TaskId, name: &str, content_type: &str, content: Vec<u8>) -> Result<()> {
        let file = StoredFile::new(name, content_type, content);
        attach(&self.0, task.as_str(), file).map(drop).ok_or_else(|| Error::not_found("task", task))
    }
}

pub(super) fn routes() -> Router<App> {
    Router::new().route("/attachment/{id}", get(show))
}

/// What Cloud alone has.
pub(super) fn cloud_routes() -> Router<App> {
    Router::new().route("/attachment/content/{id}", get(content))
}

/// What Data Center has outside of its API.
pub(super) fn pages() -> Router<App> {
    Router::new().route("/secure/attachment/{id}/{name}", get(page))
}

/// Attaches a file to an issue, by id or key, as the first administrator; says under which number.
pub(super) fn attach(app: &App, issue: &str, file: StoredFile) -> Option<u64> {
    let mut store = app.lock();
    let issue = store.find_issue(issue)?.id;
    let now = app.now();
    Some(add(&mut store, issue, file, now))
}

/// Adds a file to an issue that is there.
pub(super) fn add(store: &mut Store, issue: u64, file: StoredFile, created: DateTime<Utc>) -> u64 {
    let author = store.users.values().find(|user| user.admin).map(|admin| admin.id.clone());
    let id = store.next_id("attachments");
    store.attachments.insert(id, Attachment { id, issue, author, file, created });
    id
}

/// The value of the field `attachment`: the latest first, as sites list them (unverified).
pub(super) fn field(view: View<'_>, issue: &Issue) -> Value {
    let own = view.store.attachments.values().rev().filter(|attachment| attachment.issue == issue.id);
    own.map(|attachment| render(view, attachment)).collect()
}

fn render(view: View<'_>, attachment: &Attachment) -> Value {
    let (id, file) = (attachment.id, &attachment.file);
    let content = match view.is_cloud() {
        true => view.href(&format!("/attachment/content/{id}")),
        false => format!("{}/secure/attachment/{id}/{}", view.caller.base, file.name.replace(' ', "+")),
    };
    json!({
        "self": view.href(&format!("/attachment/{id}")),
        "id": id.to_string(),
        "filename": file.name,
        "author": view.user(attachment.author.as_deref()),
        "created": view.time(attachment.created),
        "size": file.content.len(),
        "mimeType": file.content_type,
        "content": content,
    })
}

fn visible<'a>(store: &'a Store, caller: &Caller, id: &str) -> Answer<&'a Attachment> {
    let lost = || Problem::new(404, format!("The attachment with id '{id}' does not exist"));
    let found = id.parse().ok().and_then(|id: u64| store.attachments.get(&id)).ok_or_else(lost)?;
    caller.issue(store, &found.issue.to_string()).map(|_| found).map_err(|_| lost())
}

async fn show(State(app): State<App>, caller: Caller, Path(id): Path<String>) -> Answer<Reply> {
    let store = app.lock();
    let attachment = visible(&store, &caller, &id)?;
    Ok(Reply::ok(render(View::new(&app, &store, &caller), attachment)))
}

/// 303 to the store, or the file itself for who wants no redirect.
async fn content(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
    parameters: Parameters,
) -> Answer<Response> {
    let store = app.lock();
    let file = &visible(&store, &caller, &id)?.file;
    Ok(match parameters.get("redirect") {
        Some("false") => file.answer(),
        _ => (StatusCode::SEE_OTHER, [(header::LOCATION, app.files.link(file))]).into_response(),
    })
}

/// The name does not matter (unverified). Who may not see it is sent to the login page.
async fn page(State(app): State<App>, caller: Caller, Path((id, _)): Path<(String, String)>) -> Response {
    let store = app.lock();
    match visible(&store, &caller, &id) {
        Ok(attachment) => attachment.file.answer(),
        Err(_) if caller.user.is_none() => {
            (StatusCode::FOUND, [(header::LOCATION, format!("/login.jsp?os_destination=/secure/attachment/{id}"))])
                .into_response()
        }
        Err(_) => {
            let page = "<html><head><title>Not found</title></head></html>";
            (StatusCode::NOT_FOUND, [(header::CONTENT_TYPE, "text/html;charset=UTF-8")], page).into_response()
        }
    }
}
