//! A store of files on another port than the server that points to it, as vendors keep attachments in.
//!
//! It stands for object storage: a link opens a file for whoever has it, and a request that brings a credential as well is
//! refused. S3 answers so: "Only one auth mechanism allowed"
//! (<https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html>).

use std::collections::BTreeMap;
use std::fmt;
use std::io;
use std::sync::{Arc, Mutex, PoisonError};

use axum::Router;
use axum::body::Body;
use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;

use crate::http_fault::{Faults, FaultyServer};

/// A file as servers keep it.
#[derive(Clone)]
pub(crate) struct StoredFile {
    pub(crate) name: String,
    pub(crate) content_type: String,
    pub(crate) content: Arc<[u8]>,
}

impl StoredFile {
    pub(crate) fn new(name: impl Into<String>, content_type: impl Into<String>, content: impl Into<Arc<[u8]>>) -> Self {
        Self { name: name.into(), content_type: content_type.into(), content: content.into() }
    }

    /// The answer that gives it away.
    pub(crate) fn answer(&self) -> Response {
        let kind = header::HeaderValue::from_str(&self.content_type);
        let kind = kind.unwrap_or(header::HeaderValue::from_static("application/octet-stream"));
        let mut response = Body::from(self.content.to_vec()).into_response();
        response.headers_mut().insert(header::CONTENT_TYPE, kind);
        response.headers_mut().insert(header::CONTENT_DISPOSITION, header::HeaderValue::from_static("attachment"));
        response
    }
}

impl fmt::Debug for StoredFile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("StoredFile").field("name", &self.name).field("bytes", &self.content.len()).finish()
    }
}

/// What a link opens, by its signature.
type Shelf = Arc<Mutex<BTreeMap<String, StoredFile>>>;

/// The store. It stops when it is dropped.
pub(crate) struct FileStore {
    server: FaultyServer,
    shelf: Shelf,
}

impl FileStore {
    /// Starts on a random loopback port.
    pub(crate) async fn start() -> io::Result<Self> {
        let shelf = Shelf::default();
        let router = Router::new().route("/file/{id}/binary", get(file)).with_state(Arc::clone(&shelf));
        let server = FaultyServer::start(router, Faults::new()).await?;
        Ok(Self { server, shelf })
    }

    /// Makes a link that opens a file.
    pub(crate) fn link(&self, file: &StoredFile) -> String {
        let (id, signature) = (crate::secrets::random(1), crate::secrets::random(2));
        self.shelf.lock().unwrap_or_else(PoisonError::into_inner).insert(signature.clone(), file.clone());
        format!("{}/file/{id}/binary?signature={signature}", self.server.url())
    }

    /// The handle that plans faults and shows the requests.
    pub(crate) fn faults(&self) -> &Faults {
        self.server.faults()
    }
}

async fn file(
    State(shelf): State<Shelf>,
    Path(_): Path<String>,
    Query(query): Query<BTreeMap<String, String>>,
    headers: HeaderMap,
) -> Response {
    if [header::AUTHORIZATION, header::COOKIE].iter().any(|name| headers.contains_key(name)) {
        let text = "<Error><Code>InvalidArgument</Code><Message>Only one auth mechanism allowed</Message></Error>";
        return (StatusCode::BAD_REQUEST, [(header::CONTENT_TYPE, "application/xml")], text).into_response();
    }
    let signature = query.get("signature").map(String::as_str).unwrap_or_default();
    let shelf = shelf.lock().unwrap_or_else(PoisonError::into_inner);
    shelf.get(signature).map_or_else(|| StatusCode::FORBIDDEN.into_response(), StoredFile::answer)
}
