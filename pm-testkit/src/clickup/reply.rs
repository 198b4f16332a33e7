//! Answers.

use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};

/// An answer that worked.
#[derive(Debug)]
pub(super) struct Reply {
    status: u16,
    body: Option<String>,
}

impl Reply {
    pub(super) fn ok(body: impl Into<Value>) -> Self {
        Self { status: 200, body: Some(body.into().to_string()) }
    }

    /// JSON that has been written before.
    pub(super) fn text(body: String) -> Self {
        Self { status: 200, body: Some(body) }
    }

    /// `{}`, as most writes are answered.
    pub(super) fn empty() -> Self {
        Self::ok(json!({}))
    }

    /// 204 without a body.
    pub(super) fn nothing() -> Self {
        Self { status: 204, body: None }
    }
}

impl IntoResponse for Reply {
    fn into_response(self) -> Response {
        let status = StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        match self.body {
            Some(body) => (status, [("content-type", "application/json; charset=utf-8")], body).into_response(),
            None => status.into_response(),
        }
    }
}
