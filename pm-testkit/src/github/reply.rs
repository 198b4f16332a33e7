//! Answers that went well.

use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde_json::Value;

/// A status, its JSON, and the addresses of other pages.
#[derive(Debug)]
pub(super) struct Reply {
    status: u16,
    body: Option<Value>,
    links: Vec<(&'static str, String)>,
}

impl Reply {
    pub(super) fn of(status: u16, body: impl Into<Value>) -> Self {
        Self { status, body: Some(body.into()), links: Vec::new() }
    }

    pub(super) fn ok(body: impl Into<Value>) -> Self {
        Self::of(200, body)
    }

    pub(super) fn created(body: impl Into<Value>) -> Self {
        Self::of(201, body)
    }

    /// 204: done, and nothing to say.
    pub(super) fn empty() -> Self {
        Self { status: 204, body: None, links: Vec::new() }
    }

    /// An object around a page, and where others are.
    pub(super) fn linked(body: impl Into<Value>, links: Vec<(&'static str, String)>) -> Self {
        Self { links, ..Self::ok(body) }
    }

    /// The same answer with another body.
    pub(super) fn map(self, change: impl FnOnce(Value) -> Value) -> Self {
        Self { body: self.body.map(change), ..self }
    }

    /// A page of a list, and where others are.
    pub(super) fn page(items: Vec<Value>, links: Vec<(&'static str, String)>) -> Self {
        Self { links, ..Self::ok(items) }
    }
}

impl IntoResponse for Reply {
    fn into_response(self) -> Response {
        let status = StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let mut response = match self.body {
            Some(body) => {
                (status, [("content-type", "application/json; charset=utf-8")], body.to_string()).into_response()
            }
            None => status.into_response(),
        };
        let links: Vec<String> =
            self.links.into_iter().map(|(rel, address)| format!("<{address}>; rel=\"{rel}\"")).collect();
        if let (false, Ok(links)) = (links.is_empty(), links.join(", ").parse()) {
            response.headers_mut().insert("link", links);
        }
        response
    }
}
