//! Who asks, and what they may see and do.

use std::convert::Infallible;

use axum::extract::{FromRequestParts, Request, State};
use axum::http::header;
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::Flavor;
use super::errors::{Answer, Problem};
use super::model::{Issue, Project, Role, Stage, User};
use super::store::{App, Store};

/// Who asks: a user, or nobody in particular; and the address that they used.
#[derive(Clone, Debug)]
pub(super) struct Caller {
    pub(super) user: Option<String>,
    /// `http://127.0.0.1:PORT`, for links.
    pub(super) base: String,
}

/// What the login module makes of a request's credentials.
enum Login {
    /// There are none.
    Anonymous,
    User(String),
    /// Credentials that nobody has.
    Failed,
    /// A bearer token where the site takes none.
    NoBearer,
}

impl FromRequestParts<App> for Caller {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Infallible> {
        let host = parts.headers.get(header::HOST).and_then(|host| host.to_str().ok()).unwrap_or("localhost");
        let user = match login(app, &parts.headers) {
            Login::User(user) => Some(user),
            Login::Anonymous | Login::Failed | Login::NoBearer => None,
        };
        Ok(Self { user, base: format!("http://{host}") })
    }
}

/// Tells what came of the login, or refuses the request.
///
/// - Cloud goes on without a user when e-mail and token do not match; only `X-Seraph-LoginReason: AUTHENTICATED_FAILED`
///   says so (`MrRefactoring/jira.js#418`). A bearer token that is no OAuth token of the site is 403
///   (`lesstif/php-jira-rest-client#528`).
/// - Data Center refuses wrong credentials with 401 and a page: ID-6351 of the vendor's tracker. That it does the same
///   for wrong personal access tokens is unverified.
pub(super) async fn check_login(State(app): State<App>, request: Request, next: Next) -> Response {
    let reason = match (login(&app, request.headers()), app.options.flavor) {
        (Login::Anonymous, _) => None,
        (Login::User(_), _) => Some("OK"),
        (Login::Failed, Flavor::Cloud) => Some("AUTHENTICATED_FAILED"),
        (Login::NoBearer, _) => {
            let text = "{\"error\": \"Failed to parse Connect Session Auth Token\"}";
            return Problem::raw(403, "application/json", text).into_response();
        }
        (Login::Failed, Flavor::DataCenter) => return refusal().into_response(),
    };
    let mut response = next.run(request).await;
    if let Some(reason) = reason {
        response.headers_mut().insert("x-seraph-loginreason", HeaderValue::from_static(reason));
    }
    response
}

fn refusal() -> Problem {
    let page = "<html><head><title>Unauthorized (401)</title></head><body>Encountered a <code>\"401 - Unauthorized\"</code> \
                error while loading this page.<p>Basic Authentication Failure - Reason : AUTHENTICATED_FAILED</p></body></html>";
    let refusal = Problem::raw(401, "text/html;charset=UTF-8", page);
    refusal.header("X-Seraph-LoginReason", "AUTHENTICATED_FAILED").header("WWW-Authenticate", "OAuth realm=\"\"")
}

fn login(app: &App, headers: &HeaderMap) -> Login {
    let Some(value) = headers.get(header::AUTHORIZATION) else { return Login::Anonymous };
    let value = value.to_str().unwrap_or_default();
    let store = app.lock();
    let by = |fits: &dyn Fn(&User) -> bool| {
        let user = store.users.values().find(|user| user.active && fits(user));
        user.map_or(Login::Failed, |user| Login::User(user.id.clone()))
    };
    match (value.split_once(' '), app.options.flavor) {
        (Some(("Bearer", token)), Flavor::DataCenter) => by(&|user| user.token.as_deref() == Some(token)),
        (Some(("Bearer", _)), Flavor::Cloud) => Login::NoBearer,
        (Some(("Basic", pair)), flavor) => match unpack(pair) {
            Some((name, secret)) => by(&|user| fits(user, flavor, &name, &secret)),
            None => Login::Failed,
        },
        _ => Login::Failed,
    }
}

/// E-mail and API token on Cloud, user name and password on Data Center.
///
/// <https://developer.atlassian.com/cloud/jira/platform/basic-auth-for-rest-apis/>,
/// <https://developer.atlassian.com/server/jira/platform/basic-authentication/>
fn fits(user: &User, flavor: Flavor, name: &str, secret: &str) -> bool {
    match flavor {
        Flavor::Cloud => user.email.eq_ignore_ascii_case(name) && user.token.as_deref() == Some(secret),
        Flavor::DataCenter => user.name == name && user.password.as_deref() == Some(secret),
    }
}

fn unpack(pair: &str) -> Option<(String, String)> {
    let pair = String::from_utf8(STANDARD.decode(pair.trim()).ok()?).ok()?;
    pair.split_once(':').map(|(name, secret)| (name.to_owned(), secret.to_owned()))
}

impl Caller {
    /// Somebody who asks from inside the server: for what it sends of its own accord.
    pub(super) fn inside(user: Option<String>, base: String) -> Self {
        Self { user, base }
    }

    /// The user; 401 for nobody in particular, where a resource has no anonymous form.
    pub(super) fn user(&self) -> Answer<&str> {
        self.user.as_deref().ok_or_else(Problem::unauthenticated)
    }

    pub(super) fn account<'a>(&self, store: &'a Store) -> Option<&'a User> {
        self.user.as_ref().and_then(|id| store.users.get(id))
    }

    /// Whether the caller has the global permission *Administer Jira*.
    pub(super) fn is_admin(&self, store: &Store) -> bool {
        self.account(store).is_some_and(|user| user.admin)
    }

    pub(super) fn needs_admin(&self, store: &Store) -> Answer<()> {
        self.user()?;
        match self.is_admin(store) {
            true => Ok(()),
            false => Err(Problem::forbidden("You do not have permission to perform this operation.")),
        }
    }

    /// The strongest role of the caller in a project.
    pub(super) fn role(&self, store: &Store, project: &Project) -> Option<Role> {
        if self.is_admin(store) {
            return Some(Role::Admin);
        }
        let own = self.user.as_ref().and_then(|user| project.members.get(user).copied().max(project.everyone));
        own.or_else(|| project.public.then_some(Role::Viewer))
    }

    /// Whether the caller can do in a project what a role can.
    pub(super) fn may(&self, store: &Store, project: u64, role: Role) -> bool {
        let project = store.projects.get(&project).filter(|project| project.stage != Stage::Deleted);
        project.is_some_and(|project| self.role(store, project) >= Some(role))
    }

    /// 403 unless the caller can do what a role can: for what the caller is known to see.
    pub(super) fn needs(&self, store: &Store, project: u64, role: Role, message: &str) -> Answer<()> {
        match self.may(store, project, role) {
            true => Ok(()),
            false => Err(Problem::forbidden(message)),
        }
    }

    /// The project if it is visible; else 404, so that nobody learns that it exists.
    ///
    /// <https://developer.atlassian.com/cloud/jira/platform/rest/v3/api-group-projects/>
    pub(super) fn project<'a>(&self, store: &'a Store, id_or_key: &str) -> Answer<&'a Project> {
        let found = store.find_project(id_or_key).filter(|project| self.role(store, project).is_some());
        found.ok_or_else(|| Problem::no_project(id_or_key))
    }

    /// The issue if it is visible; else 404.
    ///
    /// <https://developer.atlassian.com/cloud/jira/platform/rest/v3/api-group-issues/>
    pub(super) fn issue<'a>(&self, store: &'a Store, id_or_key: &str) -> Answer<&'a Issue> {
        store.find_issue(id_or_key).filter(|issue| self.sees(store, issue)).ok_or_else(Problem::no_issue)
    }

    pub(super) fn sees(&self, store: &Store, issue: &Issue) -> bool {
        self.may(store, issue.project, Role::Viewer)
    }
}

/// Whether issues of a project can be assigned to somebody: active people who work in it.
pub(super) fn is_assignable(user: &User, project: &Project) -> bool {
    let role =
        if user.admin { Some(Role::Admin) } else { project.members.get(&user.id).copied().max(project.everyone) };
    user.active && user.kind == "atlassian" && role >= Some(Role::Member)
}
