//! Answers that went well.

use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde_json::Value;

/// A status and its JSON.
#[derive(Debug)]
pub(super) struct Reply {
    status: u16,
    body: Option<Value>,
    location: Option<String>,
}

impl Reply {
    pub(super) fn ok(body: impl Into<Value>) -> Self {
        Self { status: 200, body: Some(body.into()), location: None }
    }

    pub(super) fn of(status: u16, body: impl Into<Value>) -> Self {
        Self { status, ..Self::ok(body) }
    }

    pub(super) fn created(body: impl Into<Value>) -> Self {
        Self { status: 201, ..Self::ok(body) }
    }

    /// 201 without a body.
    pub(super) fn nothing_created() -> Self {
        Self { status: 201, body: None, location: None }
    }

    /// 204: done, and nothing to say.
    pub(super) fn empty() -> Self {
        Self { status: 204, body: None, location: None }
    }

    /// 303: the job is under way; where it can be followed.
    pub(super) fn see(body: Value, location: String) -> Self {
        Self { status: 303, body: Some(body), location: Some(location) }
    }
}

impl IntoResponse for Reply {
    fn into_response(self) -> Response {
        let status = StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let mut response = match self.body {
            Some(body) => {
                (status, [("content-type", "application/json;charset=UTF-8")], body.to_string()).into_response()
            }
            None => status.into_response(),
        };
        if let Some(location) = self.location.and_then(|location| location.parse().ok()) {
            response.headers_mut().insert("location", location);
        }
        response
    }
}
