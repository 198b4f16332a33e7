//! Where attachments are downloaded from: another host than the API's, without any token.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use axum::Router;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;

use super::store::App;

/// The database, which is there once the server has started, and how many requests brought a token.
#[derive(Clone, Default)]
pub(super) struct Files {
    app: Arc<std::sync::OnceLock<App>>,
    tokens: Arc<AtomicUsize>,
}

impl Files {
    pub(super) fn open(&self, app: App) {
        // It is opened once, by whoever has made it.
        let _kept = self.app.set(app);
    }

    /// How many requests brought credentials, which this host has no business with.
    pub(super) fn tokens_seen(&self) -> usize {
        self.tokens.load(Ordering::Relaxed)
    }

    pub(super) fn router(&self) -> Router {
        Router::new().route("/{id}/{name}", get(download)).with_state(self.clone())
    }
}

async fn download(State(files): State<Files>, headers: HeaderMap, Path((id, _)): Path<(String, String)>) -> Response {
    if headers.contains_key(header::AUTHORIZATION) {
        files.tokens.fetch_add(1, Ordering::Relaxed);
    }
    let Some(app) = files.app.get() else { return StatusCode::NOT_FOUND.into_response() };
    let store = app.read();
    let found = store.tasks.values().flat_map(|task| &task.attachments).find(|file| file.id == id);
    match found {
        Some(file) => ([(header::CONTENT_TYPE, file.content_type.clone())], file.content.clone()).into_response(),
        None => (StatusCode::FORBIDDEN, "<Error><Code>AccessDenied</Code></Error>").into_response(),
    }
}
