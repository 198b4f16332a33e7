//! Error bodies: what went wrong, and with which attribute.
//!
//! `{"_type": "Error", "errorIdentifier": "urn:openproject-org:api:v3:errors:…", "message": …,
//! "_embedded": {"details": {"attribute": …}}}`; several of them come as `MultipleErrors`, with the errors embedded.

use pm_http::ErrorReply;
use pm_provider::{Error, ErrorKind, Field};
use serde::Deserialize;

#[derive(Debug, Deserialize)]
struct Body {
    #[serde(default, rename = "errorIdentifier")]
    identifier: String,
    #[serde(default)]
    message: String,
    #[serde(default, rename = "_embedded")]
    embedded: Embedded,
}

#[derive(Debug, Default, Deserialize)]
struct Embedded {
    #[serde(default)]
    details: Details,
    #[serde(default)]
    errors: Vec<Body>,
}

#[derive(Debug, Default, Deserialize)]
struct Details {
    #[serde(default)]
    attribute: Option<String>,
}

/// Reads the body of an error answer; `None` where it is none of OpenProject's.
pub(crate) fn read(reply: &ErrorReply<'_>) -> Option<Error> {
    let body: Body = reply.json()?;
    (!body.identifier.is_empty() || !body.message.is_empty()).then(|| body.into_error(reply.status))
}

impl Body {
    fn into_error(self, status: u16) -> Error {
        let kind = self.kind(status);
        let mut error = Error::new(kind, self.text(status));
        if let Some(hint) = hint(kind, status) {
            error = error.hint(hint);
        }
        self.attributes().into_iter().fold(error, |error, (attribute, message)| match field(attribute) {
            Some(field) => error.on_field(field, message),
            None => error,
        })
    }

    fn kind(&self, status: u16) -> ErrorKind {
        match (self.word(), status) {
            ("UpdateConflict", _) => ErrorKind::VersionConflict,
            ("Unauthenticated", _) | (_, 401) => ErrorKind::Unauthenticated,
            ("MissingPermission", _) | (_, 403) => ErrorKind::PermissionDenied,
            (_, 404) => ErrorKind::NotFound,
            ("MissingContentType" | "TypeNotSupported", _) | (_, 406 | 415) => ErrorKind::Internal,
            (_, 409) => ErrorKind::Conflict,
            (_, 429) => ErrorKind::RateLimited,
            (_, 500..) => ErrorKind::Unavailable,
            _ => ErrorKind::InvalidInput,
        }
    }

    /// The last word of the identifier: `PropertyConstraintViolation`.
    fn word(&self) -> &str {
        self.identifier.rsplit(':').next().unwrap_or_default()
    }

    fn text(&self, status: u16) -> String {
        let message = if self.message.is_empty() { self.word() } else { self.message.trim() };
        let named: Vec<_> = self.attributes().into_iter().filter(|(attribute, _)| field(attribute).is_none()).collect();
        match (status, named.as_slice()) {
            (404, _) => format!("not there or not visible: {message}"),
            (_, []) => message.to_owned(),
            (_, named) => {
                let named: Vec<_> = named.iter().map(|(attribute, _)| format!("`{attribute}`")).collect();
                format!("{message} ({})", named.join(", "))
            }
        }
    }

    /// Every attribute that something is wrong with.
    fn attributes(&self) -> Vec<(&str, &str)> {
        let own = self.embedded.details.attribute.as_deref().map(|attribute| (attribute, self.message.as_str()));
        own.into_iter().chain(self.embedded.errors.iter().flat_map(Body::attributes)).collect()
    }
}

fn hint(kind: ErrorKind, status: u16) -> Option<&'static str> {
    match (kind, status) {
        (ErrorKind::Unauthenticated, _) => {
            Some("make an API key under `Account settings` > `Access tokens`; some servers only take `auth=bearer`")
        }
        (ErrorKind::PermissionDenied, _) => Some("the user's role in this project does not permit it"),
        (ErrorKind::Internal, 406 | 415) => Some("this is a fault of this library: please report it"),
        _ => None,
    }
}

/// The field behind an attribute of the server.
pub(crate) fn field(attribute: &str) -> Option<Field> {
    Some(match attribute {
        "subject" => Field::Title,
        "name" => Field::Name,
        "identifier" => Field::Key,
        "description" => Field::Description,
        "status" | "statusCode" => Field::Status,
        "priority" => Field::Priority,
        "project" | "definingProject" => Field::ProjectId,
        "parent" => Field::ParentTaskId,
        "version" | "sprint" => Field::SprintId,
        "assignee" | "assignedTo" => Field::Assignees,
        "estimatedTime" | "estimatedHours" => Field::EstimatedHours,
        "startDate" => Field::StartDate,
        "dueDate" | "date" => Field::DueDate,
        "endDate" | "effectiveDate" | "finishDate" => Field::EndDate,
        "type" => Field::TaskType,
        "labels" => Field::Labels,
        "public" => Field::Visibility,
        "comment" | "notes" => Field::Body,
        "lockVersion" => Field::Version,
        custom if crate::map::is_custom(custom) => Field::CustomFields,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn of(status: u16, body: &str) -> Error {
        serde_json::from_str::<Body>(body).unwrap().into_error(status)
    }

    #[test]
    fn trap_opaque_422s_name_their_attribute() {
        let error = of(
            422,
            r#"{"_type": "Error", "errorIdentifier": "urn:openproject-org:api:v3:errors:PropertyConstraintViolation",
                "message": "Start date may not be before the predecessor's end.", "_embedded": {"details": {"attribute": "startDate"}}}"#,
        );
        assert_eq!(error.kind(), ErrorKind::InvalidInput);
        assert_eq!(error.field_errors()[0].field, Field::StartDate);
        let error = of(
            422,
            r#"{"errorIdentifier": "urn:openproject-org:api:v3:errors:PropertyIsReadOnly", "message": "No.",
                "_embedded": {"details": {"attribute": "duration"}}}"#,
        );
        assert!(error.message().contains("`duration`"), "{error}");
    }

    #[test]
    fn several_errors_name_all_of_their_attributes() {
        let error = of(
            422,
            r#"{"_type": "Error", "errorIdentifier": "urn:openproject-org:api:v3:errors:MultipleErrors", "message": "Multiple",
                "_embedded": {"errors": [
                    {"message": "Subject can't be blank.", "_embedded": {"details": {"attribute": "subject"}}},
                    {"message": "Colour can't be blank.", "_embedded": {"details": {"attribute": "customField3"}}}]}}"#,
        );
        let fields: Vec<_> = error.field_errors().iter().map(|error| error.field).collect();
        assert_eq!(fields, [Field::Title, Field::CustomFields]);
        assert!(error.to_string().contains("Colour can't be blank."));
    }

    #[test]
    fn each_status_has_its_meaning() {
        let urn = "urn:openproject-org:api:v3:errors";
        let cases = [
            (400, "InvalidQuery", ErrorKind::InvalidInput),
            (401, "Unauthenticated", ErrorKind::Unauthenticated),
            (403, "MissingPermission", ErrorKind::PermissionDenied),
            (404, "NotFound", ErrorKind::NotFound),
            (406, "MissingContentType", ErrorKind::Internal),
            (409, "UpdateConflict", ErrorKind::VersionConflict),
            (415, "TypeNotSupported", ErrorKind::Internal),
            (422, "ResourceTypeMismatch", ErrorKind::InvalidInput),
            (500, "InternalServerError", ErrorKind::Unavailable),
        ];
        for (status, word, kind) in cases {
            let error = of(status, &format!(r#"{{"errorIdentifier": "{urn}:{word}", "message": "m"}}"#));
            assert_eq!(error.kind(), kind, "{status} {word}");
        }
    }

    #[test]
    fn trap_404_is_also_what_is_invisible() {
        let error = of(
            404,
            r#"{"errorIdentifier": "urn:x:NotFound", "message": "The requested resource could not be found."}"#,
        );
        assert!(error.message().starts_with("not there or not visible"), "{error}");
    }
}
