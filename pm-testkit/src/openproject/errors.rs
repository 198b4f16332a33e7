//! Errors in the vendor's form.
//!
//! The identifiers and their statuses: <https://www.openproject.org/docs/api/errors/>.

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};

use super::hal::HAL;

/// The result of a handler.
pub(super) type Answer<T> = Result<T, Problem>;

/// An error answer.
#[derive(Clone, Debug)]
pub(super) struct Problem {
    status: u16,
    identifier: &'static str,
    message: String,
    /// The property that the error is about, as `details.attribute`.
    attribute: Option<String>,
    /// Several errors at once.
    several: Vec<Problem>,
}

impl Problem {
    fn new(status: u16, identifier: &'static str, message: impl Into<String>) -> Self {
        Self { status, identifier, message: message.into(), attribute: None, several: Vec::new() }
    }

    pub(super) fn unauthenticated() -> Self {
        Self::new(401, "Unauthenticated", "You need to be authenticated to access this resource.")
    }

    pub(super) fn not_found() -> Self {
        Self::new(404, "NotFound", "The requested resource could not be found.")
    }

    pub(super) fn forbidden() -> Self {
        Self::new(403, "MissingPermission", "You are not authorized to access this resource.")
    }

    pub(super) fn invalid_query(message: impl Into<String>) -> Self {
        Self::new(400, "InvalidQuery", message)
    }

    pub(super) fn invalid_signal(property: &str) -> Self {
        Self::new(400, "InvalidSignal", format!("The requested select of `{property}` is not supported."))
    }

    pub(super) fn invalid_body() -> Self {
        Self::new(400, "InvalidRequestBody", "The request body was not a single JSON object.")
    }

    pub(super) fn wrong_type(got: &str) -> Self {
        let message = format!("Expected CONTENT-TYPE to be 'application/json' but got '{got}'.");
        Self::new(415, "TypeNotSupported", message)
    }

    pub(super) fn conflict() -> Self {
        let message = "Your changes could not be saved, because the work package was changed since you've seen it the \
                       last time.";
        Self::new(409, "UpdateConflict", message)
    }

    pub(super) fn conflicting() -> Self {
        Self::new(409, "UpdateConflict", "Couldn't update the resource because of conflicting modifications.")
    }

    pub(super) fn constraint(attribute: &str, message: impl Into<String>) -> Self {
        Self::new(422, "PropertyConstraintViolation", message).about(attribute)
    }

    pub(super) fn read_only(attribute: &str) -> Self {
        let message = format!("The property {attribute} was attempted to be written but is not writable.");
        Self::new(422, "PropertyIsReadOnly", message).about(attribute)
    }

    pub(super) fn unknown(attribute: &str) -> Self {
        Self::new(422, "PropertyIsReadOnly", format!("The property {attribute} does not exist.")).about(attribute)
    }

    pub(super) fn format(attribute: &str, expected: &str) -> Self {
        let message = format!("Invalid format for property '{attribute}': Expected format like '{expected}'.");
        Self::new(422, "PropertyFormatError", message).about(attribute)
    }

    pub(super) fn resource_type(attribute: &str, expected: &str, got: &str) -> Self {
        let message = format!("For property '{attribute}' a link like '{expected}' is expected, but got '{got}'.");
        Self::new(422, "ResourceTypeMismatch", message).about(attribute)
    }

    fn about(mut self, attribute: &str) -> Self {
        self.attribute = Some(attribute.to_owned());
        self
    }

    /// One error of several: the only one as it is, more under `MultipleErrors`.
    pub(super) fn all(mut problems: Vec<Self>) -> Answer<()> {
        match problems.len() {
            0 => Ok(()),
            1 => Err(problems.remove(0)),
            _ => {
                let several = "Multiple field constraints have been violated.";
                Err(Self { several: problems, ..Self::new(422, "MultipleErrors", several) })
            }
        }
    }

    /// What a form shows: every error under the property that it is about.
    pub(super) fn by_attribute(problems: &[Self]) -> Value {
        let named =
            problems.iter().map(|problem| (problem.attribute.clone().unwrap_or_else(|| "base".into()), problem));
        named.map(|(attribute, problem)| (attribute, problem.body())).collect::<serde_json::Map<_, _>>().into()
    }

    fn body(&self) -> Value {
        let mut body = json!({
            "_type": "Error",
            "errorIdentifier": format!("urn:openproject-org:api:v3:errors:{}", self.identifier),
            "message": self.message,
        });
        if !self.several.is_empty() {
            body["_embedded"] = json!({ "errors": self.several.iter().map(Self::body).collect::<Vec<_>>() });
        } else if let Some(attribute) = &self.attribute {
            body["_embedded"] = json!({ "details": { "attribute": attribute } });
        }
        body
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let status = StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let mut response = (status, [(header::CONTENT_TYPE, HAL)], self.body().to_string()).into_response();
        if self.status == 401 {
            let challenge = HeaderValue::from_static("Basic realm=\"OpenProject API\"");
            response.headers_mut().insert(header::WWW_AUTHENTICATE, challenge);
        }
        response
    }
}
