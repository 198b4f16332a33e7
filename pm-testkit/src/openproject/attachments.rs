//! Attachments: <https://www.openproject.org/docs/api/endpoints/attachments/>. They are only read here; tests attach them by
//! [`FakeOpenProject::attach`](super::FakeOpenProject::attach).

use async_trait::async_trait;
use axum::extract::{Path, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use chrono::{DateTime, Utc};
use pm_provider::{Error, Result, TaskId};
use serde_json::{Value, json};

use super::access::Caller;
use super::errors::{Answer, Problem};
use super::hal::{Reply, collection, link, path, time};
use super::model::Attachment;
use super::store::{App, Store};
use crate::conformance::Files;
use crate::file_store::StoredFile;

/// Attaches files to the work packages of a server, for the conformance suite.
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
        let id = task.as_str().parse().ok();
        let file = StoredFile::new(name, content_type, content);
        id.and_then(|id| attach(&self.0, id, file)).map(drop).ok_or_else(|| Error::not_found("task", task))
    }
}

/// Attaches a file as the first administrator; says under which number.
pub(super) fn attach(app: &App, work_package: u64, file: StoredFile) -> Option<u64> {
    let mut store = app.lock();
    store.work_packages.contains_key(&work_package).then(|| add(&mut store, work_package, file, app.now()))
}

/// Adds a file to a work package that is there.
pub(super) fn add(store: &mut Store, work_package: u64, file: StoredFile, created: DateTime<Utc>) -> u64 {
    let author = store.principals.values().find(|principal| principal.admin).map_or(0, |admin| admin.id);
    let id = store.next_id("attachments");
    store.attachments.insert(id, Attachment { id, work_package, author, file, created });
    id
}

/// Lists the attachments of a work package, all at once.
pub(super) async fn list(State(app): State<App>, caller: Caller, Path(id): Path<String>) -> Answer<Reply> {
    let store = app.lock();
    let item = caller.work_package(&store, &id)?.id;
    let own = store.attachments.values().filter(|attachment| attachment.work_package == item);
    let elements = own.map(|attachment| render(&app, &store, attachment)).collect();
    Ok(Reply::ok(collection(&format!("/api/v3/work_packages/{item}/attachments"), elements)))
}

pub(super) async fn show(State(app): State<App>, caller: Caller, Path(id): Path<String>) -> Answer<Reply> {
    let store = app.lock();
    visible(&store, caller, &id).map(|attachment| Reply::ok(render(&app, &store, attachment)))
}

/// The file itself, or the way to the store that keeps it (`lib/api/v3/attachments/attachments_api.rb` of opf/openproject:
/// `respond_with_attachment` redirects where there is an external storage).
pub(super) async fn content(State(app): State<App>, caller: Caller, Path(id): Path<String>) -> Answer<Response> {
    let store = app.lock();
    let file = &visible(&store, caller, &id)?.file;
    Ok(match app.options.external_files {
        true => (StatusCode::FOUND, [(header::LOCATION, app.files.link(file))]).into_response(),
        false => file.answer(),
    })
}

fn visible<'a>(store: &'a Store, caller: Caller, id: &str) -> Answer<&'a Attachment> {
    let found = id.parse().ok().and_then(|id: u64| store.attachments.get(&id)).ok_or_else(Problem::not_found)?;
    caller.work_package(store, &found.work_package.to_string()).map(|_| found)
}

fn render(app: &App, store: &Store, attachment: &Attachment) -> Value {
    let own = path("attachments", attachment.id);
    let content = format!("{own}/content");
    let author = store.principals.get(&attachment.author).map_or("", |user| user.name.as_str());
    let item = store.work_packages.get(&attachment.work_package).map_or("", |item| item.subject.as_str());
    let location = if app.options.external_files { app.files.link(&attachment.file) } else { content.clone() };
    json!({
        "_type": "Attachment",
        "id": attachment.id,
        "fileName": attachment.file.name,
        "fileSize": attachment.file.content.len(),
        "description": { "format": "plain", "raw": "", "html": "" },
        "status": "uploaded",
        "contentType": attachment.file.content_type,
        "createdAt": time(attachment.created),
        "_links": {
            "self": { "href": own, "title": attachment.file.name },
            "author": link("users", attachment.author, author),
            "container": link("work_packages", attachment.work_package, item),
            "staticDownloadLocation": { "href": content },
            "downloadLocation": { "href": location },
            "delete": { "href": own, "method": "delete" },
        },
    })
}
