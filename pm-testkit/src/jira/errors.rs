//! Errors in the vendor's form: `{"errorMessages": […], "errors": {"field": "message"}}`.
//!
//! <https://developer.atlassian.com/cloud/jira/platform/rest/v3/intro/#status-codes>

use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde_json::{Map, Value, json};

/// The result of a handler.
pub(super) type Answer<T> = Result<T, Problem>;

/// An error answer.
#[derive(Clone, Debug)]
pub(super) struct Problem {
    status: u16,
    messages: Vec<String>,
    /// Messages by the id of the field that they are about.
    fields: Map<String, Value>,
    /// An answer that has no such form: its content type and text.
    raw: Option<(&'static str, String)>,
    headers: Vec<(&'static str, String)>,
}

impl Problem {
    pub(super) fn new(status: u16, message: impl Into<String>) -> Self {
        Self { messages: vec![message.into()], ..Self::empty(status) }
    }

    pub(super) fn several(status: u16, messages: Vec<String>) -> Self {
        Self { messages, ..Self::empty(status) }
    }

    /// An error without any message.
    pub(super) fn empty(status: u16) -> Self {
        Self { status, messages: Vec::new(), fields: Map::new(), raw: None, headers: Vec::new() }
    }

    pub(super) fn bad(message: impl Into<String>) -> Self {
        Self::new(400, message)
    }

    /// 400 about one field.
    pub(super) fn field(field: &str, message: impl Into<String>) -> Self {
        let mut problem = Self::empty(400);
        problem.fields.insert(field.to_owned(), message.into().into());
        problem
    }

    /// An answer of another form, as proxies and login modules in front of the API give.
    pub(super) fn raw(status: u16, content_type: &'static str, text: impl Into<String>) -> Self {
        Self { raw: Some((content_type, text.into())), ..Self::empty(status) }
    }

    /// What resources that nobody may see anonymously answer: text, though the content type says otherwise (unverified).
    pub(super) fn unauthenticated() -> Self {
        let text = "Client must be authenticated to access this resource.";
        Self::raw(401, "text/html;charset=UTF-8", text).header("WWW-Authenticate", "OAuth realm=\"\"")
    }

    pub(super) fn no_issue() -> Self {
        Self::new(404, "Issue does not exist or you do not have permission to see it.")
    }

    pub(super) fn no_project(id_or_key: &str) -> Self {
        let by = if id_or_key.parse::<u64>().is_ok() { "id" } else { "key" };
        Self::new(404, format!("No project could be found with {by} '{id_or_key}'."))
    }

    pub(super) fn forbidden(message: impl Into<String>) -> Self {
        Self::new(403, message)
    }

    pub(super) fn conflict(message: impl Into<String>) -> Self {
        Self::new(409, message)
    }

    pub(super) fn invalid_payload() -> Self {
        Self::bad("Invalid request payload. Refer to the REST API documentation and try again.")
    }

    /// 500, as the vendor's framework tells of its own mistakes.
    pub(super) fn broken(message: &str) -> Self {
        let body = json!({ "message": message, "status-code": 500, "stack-trace": "" });
        Self::raw(500, "application/json;charset=UTF-8", body.to_string())
    }

    /// What Cloud's framework refuses before a resource sees the request: RFC 7807.
    ///
    /// As measured by `brekkylab/backlot` (`errors/atlassian.py`).
    pub(super) fn framework(status: u16, title: &str, detail: &str, path: &str) -> Self {
        let body =
            json!({ "type": "about:blank", "title": title, "status": status, "detail": detail, "instance": path });
        Self::raw(status, "application/problem+json;charset=UTF-8", body.to_string())
    }

    pub(super) fn header(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.headers.push((name, value.into()));
        self
    }

    /// Takes in the messages of another error; the status stays.
    pub(super) fn merge(&mut self, other: Self) {
        self.messages.extend(other.messages);
        self.fields.extend(other.fields);
    }

    /// 400 with all of these messages, unless there are none.
    pub(super) fn all(problems: impl IntoIterator<Item = Self>) -> Answer<()> {
        let mut all = Self::empty(400);
        problems.into_iter().for_each(|problem| all.merge(problem));
        if all.messages.is_empty() && all.fields.is_empty() { Ok(()) } else { Err(all) }
    }

    /// Whether there is a message about a field.
    pub(super) fn is_about(&self, field: &str) -> bool {
        self.fields.contains_key(field)
    }

    /// The first message about the whole request.
    pub(super) fn first_message(&self) -> String {
        self.messages.first().cloned().unwrap_or_default()
    }

    pub(super) fn status(&self) -> u16 {
        self.status
    }

    pub(super) fn body(&self) -> Value {
        json!({ "errorMessages": self.messages, "errors": self.fields })
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let status = StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let (kind, text) = match &self.raw {
            Some((kind, text)) => (*kind, text.clone()),
            None => ("application/json;charset=UTF-8", self.body().to_string()),
        };
        let mut response = (status, [("content-type", kind)], text).into_response();
        for (name, value) in self.headers {
            if let (Ok(name), Ok(value)) = (name.parse::<axum::http::HeaderName>(), value.parse()) {
                response.headers_mut().insert(name, value);
            }
        }
        response
    }
}
