//! Error bodies: `{"err": "Team not authorized", "ECODE": "OAUTH_027"}`
//! (<https://developer.clickup.com/docs/common_errors>).

use pm_http::ErrorReply;
use pm_provider::{Error, ErrorKind};
use serde::Deserialize;

use crate::dto::wire;

#[derive(Debug, Default, Deserialize)]
struct Body {
    #[serde(default, deserialize_with = "wire::text_or_empty")]
    err: String,
    #[serde(default, rename = "ECODE", deserialize_with = "wire::text_or_empty")]
    code: String,
    /// What version 3 of the API says.
    #[serde(default, deserialize_with = "wire::text_or_empty")]
    message: String,
}

/// Codes that say that the token itself is none, or none any longer.
const OF_TOKEN: [&str; 5] = ["OAUTH_017", "OAUTH_019", "OAUTH_021", "OAUTH_025", "OAUTH_077"];

/// Reads the body of an error answer; `None` where it is none of ClickUp's.
pub(crate) fn read(reply: &ErrorReply<'_>) -> Option<Error> {
    let body: Body = reply.json()?;
    let is_ours = !body.err.is_empty() || !body.code.is_empty() || !body.message.is_empty();
    is_ours.then(|| body.into_error(reply.status, reply.endpoint.path))
}

/// Says whether an error is about an id that is not of our Workspace, or not for us: nobody but ClickUp knows which.
pub(crate) fn is_foreign(error: &Error) -> bool {
    error.kind() == ErrorKind::NotFound && error.http_status() == Some(401)
}

impl Body {
    fn into_error(self, status: u16, path: &str) -> Error {
        let kind = self.kind(status, path);
        let error = Error::new(kind, self.text(kind));
        match hint(kind, status, path) {
            Some(hint) => error.hint(hint),
            None => error,
        }
    }

    /// The code says more than the status: an id of another Workspace is answered with 401, "Team not authorized", as if
    /// the token were bad.
    fn kind(&self, status: u16, path: &str) -> ErrorKind {
        match status {
            401 if OF_TOKEN.contains(&self.code.as_str()) => ErrorKind::Unauthenticated,
            401 if self.code.starts_with("OAUTH_") && is_about_team(path) => ErrorKind::PermissionDenied,
            401 if self.code.starts_with("OAUTH_") && path.contains('{') => ErrorKind::NotFound,
            401 => ErrorKind::Unauthenticated,
            403 => ErrorKind::PermissionDenied,
            404 => ErrorKind::NotFound,
            400 if self.is_missing() => ErrorKind::NotFound,
            409 => ErrorKind::Conflict,
            429 => ErrorKind::RateLimited,
            406 | 415 => ErrorKind::Internal,
            500.. => ErrorKind::Unavailable,
            _ => ErrorKind::InvalidInput,
        }
    }

    /// Some requests answer 400 for what is not there.
    fn is_missing(&self) -> bool {
        matches!(self.code.as_str(), "ITEM_013" | "ITEM_015")
    }

    fn text(&self, kind: ErrorKind) -> String {
        let said = [&self.err, &self.message].into_iter().find(|text| !text.is_empty());
        let said = said.map_or("an error without words", |said| said.trim());
        let code = if self.code.is_empty() { String::new() } else { format!(" ({})", self.code) };
        match kind {
            ErrorKind::NotFound => format!("not there or not visible: {said}{code}"),
            _ => format!("{said}{code}"),
        }
    }
}

/// Says whether a request names nothing but the Workspace.
fn is_about_team(path: &str) -> bool {
    path.contains("/team/{team}") && path.matches('{').count() == 1
}

fn hint(kind: ErrorKind, status: u16, path: &str) -> Option<&'static str> {
    match kind {
        ErrorKind::Unauthenticated => {
            Some("check CLICKUP_API_KEY: a personal token (`pk_…`) is made under `Settings` > `Apps`")
        }
        ErrorKind::PermissionDenied if status == 401 && is_about_team(path) => {
            Some("the token may not see this Workspace: check CLICKUP_TEAM_ID")
        }
        ErrorKind::Internal => Some("this is a fault of this library: please report it"),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::endpoints;

    fn of(status: u16, code: &str, path: &str) -> Error {
        let body = format!(r#"{{"err": "Team not authorized", "ECODE": "{code}"}}"#);
        serde_json::from_str::<Body>(&body).unwrap().into_error(status, path)
    }

    #[test]
    fn trap_401_for_an_id_is_no_bad_token() {
        for code in ["OAUTH_023", "OAUTH_026", "OAUTH_027", "OAUTH_029", "OAUTH_045"] {
            assert_eq!(of(401, code, endpoints::GET_TASK.path).kind(), ErrorKind::NotFound, "{code}");
            let team = of(401, code, endpoints::LIST_SPACES.path);
            assert_eq!(team.kind(), ErrorKind::PermissionDenied, "{code}");
            assert!(team.to_string().contains("CLICKUP_TEAM_ID"), "{team}");
            assert_eq!(of(401, code, endpoints::ME.path).kind(), ErrorKind::Unauthenticated, "{code}");
        }
        for code in OF_TOKEN {
            assert_eq!(of(401, code, endpoints::GET_TASK.path).kind(), ErrorKind::Unauthenticated, "{code}");
        }
    }

    #[test]
    fn each_status_has_its_meaning() {
        let cases = [
            (400, "INPUT_003", ErrorKind::InvalidInput),
            (400, "ITEM_013", ErrorKind::NotFound),
            (401, "", ErrorKind::Unauthenticated),
            (403, "ACCESS_999", ErrorKind::PermissionDenied),
            (404, "ITEM_013", ErrorKind::NotFound),
            (429, "APP_002", ErrorKind::RateLimited),
            (500, "TASK_071", ErrorKind::Unavailable),
        ];
        for (status, code, kind) in cases {
            assert_eq!(of(status, code, endpoints::GET_TASK.path).kind(), kind, "{status} {code}");
        }
    }

    #[test]
    fn codes_are_shown_and_odd_bodies_are_read() {
        assert!(of(400, "INPUT_003", "x").message().contains("INPUT_003"));
        let body: Body = serde_json::from_str(r#"{"err": null, "ECODE": 7}"#).unwrap();
        assert_eq!(body.into_error(400, "x").message(), "an error without words (7)");
    }
}
