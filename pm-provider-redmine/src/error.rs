//! From Redmine's error answers to the contract's error.

use pm_http::ErrorReply;
use pm_provider::{Error, ErrorKind, Field};

use crate::dto::Errors;

/// Makes an error of an answer; `None` leaves it to the status code.
pub(crate) fn of_reply(reply: &ErrorReply<'_>) -> Option<Error> {
    match reply.status {
        401 => Some(unauthenticated()),
        403 => Some(forbidden()),
        404 => Some(not_found()),
        409 => Some(Error::new(ErrorKind::VersionConflict, "somebody else changed it at the same moment")),
        412 => Some(Error::configuration("the server knows nobody of the name in X-Redmine-Switch-User")),
        422 => Some(of_validation(reply.json::<Errors>().map(|body| body.errors))),
        _ => None,
    }
}

fn unauthenticated() -> Error {
    Error::new(ErrorKind::Unauthenticated, "the server does not take the API key").hint(
        "look it up under My account, API access key; an administrator must have turned on the REST web service \
         (Administration, Settings, API)",
    )
}

fn forbidden() -> Error {
    Error::new(ErrorKind::PermissionDenied, "the server does not let this user do that").hint(
        "the user's role lacks the permission, the project is closed or archived, or the REST web service is turned off",
    )
}

/// The server answers the same for what is not there and for what is not shown.
fn not_found() -> Error {
    Error::new(ErrorKind::NotFound, "it is not there, or not visible to this user")
}

/// Makes an error of a refused validation.
///
/// One without any message is what is left of a stale lock: the controller renders the validation errors of an issue
/// that has none (`IssuesController#update`, Redmine 5.0.4).
pub(crate) fn of_validation(messages: Option<Vec<String>>) -> Error {
    match messages {
        Some(messages) if messages.is_empty() => {
            Error::new(ErrorKind::VersionConflict, "somebody else changed it at the same moment")
        }
        Some(messages) => {
            let kind =
                if messages.iter().any(|text| is_taken(text)) { ErrorKind::Conflict } else { ErrorKind::InvalidInput };
            let error = Error::new(kind, format!("the server refuses it: {}", messages.join("; ")));
            messages.iter().fold(error, |error, message| match field_of(message) {
                Some(field) => error.on_field(field, message.clone()),
                None => error,
            })
        }
        None => Error::new(ErrorKind::InvalidInput, "the server refuses it and does not say why"),
    }
}

/// Messages are in the user's language; this knows the English ones, and nothing depends on it but the kind of error.
fn is_taken(message: &str) -> bool {
    message.ends_with("has already been taken")
}

/// The attribute that an English message begins with.
fn field_of(message: &str) -> Option<Field> {
    const NAMES: [(&str, Field); 17] = [
        ("Subject ", Field::Title),
        ("Description ", Field::Description),
        ("Status ", Field::Status),
        ("Priority ", Field::Priority),
        ("Project ", Field::ProjectId),
        ("Parent task ", Field::ParentTaskId),
        ("Target version ", Field::SprintId),
        ("Assignee ", Field::Assignees),
        ("Estimated time ", Field::EstimatedHours),
        ("Start date ", Field::StartDate),
        ("Due date ", Field::DueDate),
        ("Tracker ", Field::TaskType),
        ("Private ", Field::Visibility),
        ("Identifier ", Field::Key),
        ("Name ", Field::Name),
        ("Notes ", Field::Body),
        ("Date ", Field::EndDate),
    ];
    NAMES.iter().find(|(name, _)| message.starts_with(name)).map(|(_, field)| *field)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn messages(texts: &[&str]) -> Option<Vec<String>> {
        Some(texts.iter().map(|text| (*text).to_owned()).collect())
    }

    #[test]
    fn an_empty_list_of_errors_is_a_conflict_of_versions() {
        assert_eq!(of_validation(messages(&[])).kind(), ErrorKind::VersionConflict);
    }

    #[test]
    fn messages_name_their_fields() {
        let error = of_validation(messages(&["Subject cannot be blank", "Assignee is invalid", "Farbe fehlt"]));
        assert_eq!(error.kind(), ErrorKind::InvalidInput);
        let fields: Vec<_> = error.field_errors().iter().map(|error| error.field).collect();
        assert_eq!(fields, [Field::Title, Field::Assignees]);
        assert!(error.to_string().contains("Farbe fehlt"), "{error}");
    }

    #[test]
    fn what_is_taken_is_a_conflict() {
        let error = of_validation(messages(&["Identifier has already been taken"]));
        assert_eq!((error.kind(), error.field_errors()[0].field), (ErrorKind::Conflict, Field::Key));
    }

    #[test]
    fn a_body_that_is_no_json_is_still_a_refusal() {
        assert_eq!(of_validation(None).kind(), ErrorKind::InvalidInput);
    }
}
