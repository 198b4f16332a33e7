//! Errors in the vendor's form: `{"err": "…", "ECODE": "ITEM_013"}`.
//!
//! <https://developer.clickup.com/docs/common_errors> lists the codes of authorization; the others are those that clients
//! have met, where a comment says so.

use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};

/// The result of a handler.
pub(super) type Answer<T> = Result<T, Problem>;

/// An error answer.
#[derive(Clone, Debug)]
pub(super) struct Problem {
    status: u16,
    message: String,
    code: &'static str,
    /// Whether it is in the form of the API's third version.
    third: bool,
}

impl Problem {
    pub(super) fn new(status: u16, message: impl Into<String>, code: &'static str) -> Self {
        Self { status, message: message.into(), code, third: false }
    }

    /// 400 with a code that no document names (unverified).
    pub(super) fn invalid(message: impl Into<String>) -> Self {
        Self::new(400, message, "INPUT_005")
    }

    /// 400 for what should be another type (unverified).
    pub(super) fn wrong(name: &str, value: &Value, kind: &str) -> Self {
        Self::new(400, format!("{name} must be {kind}, not {value}"), "INPUT_003")
    }

    /// No `Authorization` at all.
    pub(super) fn no_token() -> Self {
        Self::new(401, "Authorization header required", "OAUTH_017")
    }

    /// A personal token that nobody has, or one with a prefix that it must not have.
    pub(super) fn token_invalid() -> Self {
        Self::new(401, "Token invalid", "OAUTH_025")
    }

    /// An OAuth token that was revoked.
    pub(super) fn token_not_found() -> Self {
        Self::new(401, "Oauth token not found", "OAUTH_019")
    }

    /// Anything of a workspace that the token was not authorized for, and of private spaces that its owner is not in.
    pub(super) fn foreign() -> Self {
        Self::new(401, "Team not authorized", "OAUTH_027")
    }

    /// The same for the id of a workspace.
    pub(super) fn foreign_team() -> Self {
        Self::new(401, "Team(s) not authorized", "OAUTH_023")
    }

    /// A task that is not there, or not any more.
    pub(super) fn no_task() -> Self {
        Self::new(404, "Task not found, deleted or you do not have access to it", "ITEM_013")
    }

    /// Another thing that is not there.
    pub(super) fn none(what: &str) -> Self {
        Self::new(404, format!("{what} not found"), "ITEM_015")
    }

    pub(super) fn no_route() -> Self {
        Self::new(404, "Route not found", "APP_001")
    }

    pub(super) fn too_many() -> Self {
        Self::new(429, "Rate limit reached", "APP_002")
    }

    /// The same error as the third version of the API writes it.
    pub(super) fn third(mut self) -> Self {
        self.third = true;
        self
    }

    fn body(&self) -> Value {
        if self.third {
            let now = chrono::Utc::now().timestamp_millis();
            return json!({ "status": self.status, "message": self.message, "trace_id": null, "timestamp": now });
        }
        json!({ "err": self.message, "ECODE": self.code })
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let status = StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        (status, [("content-type", "application/json; charset=utf-8")], self.body().to_string()).into_response()
    }
}
