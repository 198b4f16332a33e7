//! Errors in the vendor's form: `{"message": …, "errors": [{"resource", "field", "code"}], "documentation_url": …}`.
//!
//! <https://docs.github.com/en/rest/using-the-rest-api/troubleshooting-the-rest-api>

use axum::http::{HeaderName, StatusCode};
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};

/// The result of a handler.
pub(super) type Answer<T> = Result<T, Problem>;

/// An error answer.
#[derive(Clone, Debug)]
pub(super) struct Problem {
    status: u16,
    message: String,
    errors: Vec<Value>,
    /// The page of the documentation, behind `https://docs.github.com/`.
    page: &'static str,
    /// Where a thing that moved is now.
    location: Option<String>,
    /// An answer that is no JSON.
    plain: bool,
    headers: Vec<(&'static str, String)>,
}

impl Problem {
    pub(super) fn new(status: u16, message: impl Into<String>) -> Self {
        let message = message.into();
        Self { status, message, errors: Vec::new(), page: "rest", location: None, plain: false, headers: Vec::new() }
    }

    /// 404: not there, or not visible.
    pub(super) fn not_found() -> Self {
        Self::new(404, "Not Found")
    }

    /// 401 for a token that nobody has.
    pub(super) fn bad_credentials() -> Self {
        Self::new(401, "Bad credentials")
    }

    /// 401 for a write without any token.
    pub(super) fn requires_authentication() -> Self {
        Self::new(401, "Requires authentication")
    }

    pub(super) fn forbidden(message: impl Into<String>) -> Self {
        Self::new(403, message)
    }

    /// 403 for those who see a repository and may not do this in it.
    pub(super) fn needs_rights() -> Self {
        Self::forbidden("Must have admin rights to Repository.")
    }

    /// 410 for the number of an issue that was deleted (body as `polarsource/polar#482` and others met it).
    pub(super) fn deleted() -> Self {
        Self::new(410, "This issue was deleted")
    }

    /// 410 where a repository has no issues.
    pub(super) fn issues_disabled() -> Self {
        Self::new(410, "Issues has been disabled in this repository.")
    }

    /// 422 about a body whose form is wrong: `For 'properties/labels', "bug" is not an array.`
    pub(super) fn invalid_request(detail: impl AsRef<str>) -> Self {
        Self::new(422, format!("Invalid request.\n\n{}", detail.as_ref()))
    }

    /// 422 with a list of what is wrong.
    pub(super) fn validation(errors: Vec<Value>) -> Self {
        Self { errors, ..Self::new(422, "Validation Failed") }
    }

    /// The same under another headline.
    pub(super) fn validation_named(message: &str, errors: Vec<Value>) -> Self {
        Self { errors, ..Self::new(422, message) }
    }

    pub(super) fn missing_field(resource: &str, field: &str) -> Self {
        Self::validation(vec![json!({ "resource": resource, "code": "missing_field", "field": field })])
    }

    pub(super) fn invalid(resource: &str, field: &str, value: impl Into<Value>) -> Self {
        let error = json!({ "value": value.into(), "resource": resource, "field": field, "code": "invalid" });
        Self::validation(vec![error])
    }

    pub(super) fn already_exists(resource: &str, field: &str) -> Self {
        Self::validation(vec![json!({ "resource": resource, "code": "already_exists", "field": field })])
    }

    pub(super) fn custom(resource: &str, field: &str, message: &str) -> Self {
        let error = json!({ "resource": resource, "code": "custom", "field": field, "message": message });
        Self::validation(vec![error])
    }

    /// A redirect: `{"message": "Moved Permanently", "url": …}` and the same address in a header.
    ///
    /// As in `gidgethub/gidgethub#214`, with 307 for writes as in `18F/charlie#85`.
    pub(super) fn moved(status: u16, address: String) -> Self {
        let problem = Self { location: Some(address), ..Self::new(status, "Moved Permanently") };
        problem.about("rest/guides/best-practices-for-using-the-rest-api#follow-redirects")
    }

    /// An answer from before the API, in plain words.
    pub(super) fn page(status: u16, text: impl Into<String>) -> Self {
        Self { plain: true, ..Self::new(status, text) }
    }

    /// Names the page of the documentation, behind `https://docs.github.com/`.
    pub(super) fn about(mut self, page: &'static str) -> Self {
        self.page = page;
        self
    }

    pub(super) fn header(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.headers.push((name, value.into()));
        self
    }

    fn body(&self) -> Value {
        let mut body = json!({ "message": self.message });
        if let Some(address) = &self.location {
            body["url"] = address.clone().into();
        }
        if !self.errors.is_empty() {
            body["errors"] = self.errors.clone().into();
        }
        body["documentation_url"] = format!("https://docs.github.com/{}", self.page).into();
        body["status"] = self.status.to_string().into();
        body
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let status = StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let (kind, text) = match self.plain {
            true => ("text/html; charset=utf-8", self.message.clone()),
            false => ("application/json; charset=utf-8", self.body().to_string()),
        };
        let mut response = (status, [("content-type", kind)], text).into_response();
        let location = self.location.map(|address| ("location", address));
        for (name, value) in self.headers.into_iter().chain(location) {
            if let (Ok(name), Ok(value)) = (name.parse::<HeaderName>(), value.parse()) {
                response.headers_mut().insert(name, value);
            }
        }
        response
    }
}
