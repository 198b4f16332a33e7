//! A GitHub that shows an export, byte for byte as far as JSON goes, and takes no writes.
//!
//! The fake of the test kit has rows of its own making; here the point is what GitHub itself once said. What is asked and
//! not known here is answered with 404 or 422, which the test takes for a failure: nothing is made up by the way.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, Method, StatusCode, header};
use axum::response::Response;
use pm_testkit::http_fault::{Faults, FaultyServer, LoggedRequest};
use serde_json::{Value, json};

use super::export::{self, Export};
use super::listing::{Listing, Page, chosen};

/// The repository's own number, which exports of issues do not tell.
pub(super) const REPOSITORY: u64 = 1_296_269;

/// A running server.
pub(super) struct ExportServer {
    server: FaultyServer,
}

impl ExportServer {
    pub(super) async fn start(export: Arc<Export>) -> Self {
        let router = Router::new().fallback(answer).with_state(export);
        Self { server: FaultyServer::start(router, Faults::new()).await.unwrap() }
    }

    pub(super) fn url(&self) -> String {
        self.server.url()
    }

    pub(super) fn requests(&self) -> Vec<LoggedRequest> {
        self.server.faults().requests()
    }

    /// The writes that came, each of which was refused.
    pub(super) fn refused_writes(&self) -> Vec<LoggedRequest> {
        self.requests().into_iter().filter(|request| request.method != "GET").collect()
    }

    /// The reads that could not be answered.
    pub(super) fn unanswered(&self) -> Vec<LoggedRequest> {
        let is_read = |request: &LoggedRequest| request.method == "GET" && request.status != Some(200);
        self.requests().into_iter().filter(is_read).collect()
    }
}

/// What is answered: one thing, or a page of many.
enum Answer {
    One(Value),
    Many(Page),
    Refused(StatusCode, &'static str),
}

const MISSING: Answer = Answer::Refused(StatusCode::NOT_FOUND, "Not Found");

async fn answer(State(export): State<Arc<Export>>, request: Request) -> Response {
    let site = Site { export: &export, host: host(request.headers()) };
    let answer = match *request.method() {
        Method::GET => site.answer(request.uri().path(), request.uri().query().unwrap_or_default()),
        _ => Answer::Refused(StatusCode::FORBIDDEN, "Resource not accessible by personal access token"),
    };
    let (status, links, body) = match answer {
        Answer::One(row) => (StatusCode::OK, None, row),
        Answer::Many(page) => (StatusCode::OK, page.links, Value::Array(page.rows)),
        Answer::Refused(status, message) => (status, None, json!({ "message": message })),
    };
    let response = Response::builder().status(status).header(header::CONTENT_TYPE, "application/json; charset=utf-8");
    let response = links.into_iter().fold(response, |response, links| response.header(header::LINK, links));
    response.body(Body::from(body.to_string())).unwrap()
}

fn host(headers: &HeaderMap) -> String {
    let host = headers.get(header::HOST).and_then(|host| host.to_str().ok());
    format!("http://{}", host.unwrap_or("localhost"))
}

/// The export, and where the one who asks has found it.
struct Site<'a> {
    export: &'a Export,
    host: String,
}

impl Site<'_> {
    fn answer(&self, path: &str, query: &str) -> Answer {
        let parts: Vec<&str> = path.trim_matches('/').split('/').collect();
        let (owner, name) = self.export.place();
        match parts.as_slice() {
            ["user"] => Answer::One(reader()),
            ["rate_limit"] => Answer::One(json!({ "resources": {}, "rate": { "limit": 5_000, "remaining": 5_000 } })),
            ["users", login] => self.person(|user| user["login"] == *login),
            ["user", id] => self.person(|user| user["id"].as_u64() == id.parse().ok()),
            ["repos", at, repository, rest @ ..] if (*at, *repository) == (owner, name) => self.inside(rest, query),
            ["repositories", id, rest @ ..] if *id == REPOSITORY.to_string() => self.inside(rest, query),
            _ => MISSING,
        }
    }

    fn inside(&self, path: &[&str], query: &str) -> Answer {
        let Export { issues, comments, milestones, .. } = self.export;
        match path {
            [] => Answer::One(self.repository()),
            ["issues"] => self.many(path, query, &Listing::ISSUES, issues.values()),
            ["issues", "comments"] => self.many(path, query, &Listing::ALL_COMMENTS, comments.values()),
            ["issues", "comments", id] => row(comments, id),
            ["issues", number] => row(issues, number),
            ["milestones"] => self.many(path, query, &Listing::MILESTONES, milestones.values()),
            ["milestones", number] => row(milestones, number),
            ["labels"] => self.many(path, query, &Listing::PLAIN, self.labels().into_values()),
            ["assignees"] => self.many(path, query, &Listing::PLAIN, self.assignees().into_iter()),
            ["issues", number, of @ ..] => match number.parse().ok().filter(|number| issues.contains_key(number)) {
                Some(number) => self.of_issue(path, of, number, query),
                None => MISSING,
            },
            _ => MISSING,
        }
    }

    /// Exports say nothing of dependencies and parts: there are none.
    fn of_issue(&self, path: &[&str], of: &[&str], number: u64, query: &str) -> Answer {
        match of {
            ["comments"] => self.many(path, query, &Listing::COMMENTS, self.export.comments_on(number)),
            ["sub_issues"] | ["dependencies", "blocked_by" | "blocking"] => {
                self.many(path, query, &Listing::PLAIN, std::iter::empty())
            }
            _ => MISSING,
        }
    }

    /// Pages of lists lead on by the repository's number, as GitHub's do.
    fn many<'r>(&self, path: &[&str], query: &str, how: &Listing, rows: impl Iterator<Item = &'r Value>) -> Answer {
        let address = format!("{}/repositories/{REPOSITORY}/{}", self.host, path.join("/"));
        match chosen(how, &address, query, rows) {
            Some(page) => Answer::Many(page),
            None => Answer::Refused(StatusCode::UNPROCESSABLE_ENTITY, "a parameter that this server does not know"),
        }
    }

    fn person(&self, is_meant: impl Fn(&Value) -> bool) -> Answer {
        let found = self.export.people.values().find(|user| is_meant(user));
        found.map_or(MISSING, |user| Answer::One(user.clone()))
    }

    fn labels(&self) -> BTreeMap<&str, &Value> {
        let labels = self.export.issues.values().flat_map(|issue| issue["labels"].as_array().into_iter().flatten());
        labels.map(|label| (export::text(label, "name"), label)).collect()
    }

    /// The owner, and whoever is assigned to something.
    fn assignees(&self) -> Vec<&Value> {
        let owner = self.export.place().0;
        let rows = self.export.issues.values().flat_map(|issue| issue["assignees"].as_array().into_iter().flatten());
        let logins: BTreeSet<&str> = rows.map(|user| export::text(user, "login")).chain([owner]).collect();
        logins.into_iter().filter_map(|login| self.export.people.get(login)).collect()
    }

    /// A public repository, in which the one who asks may read and no more.
    fn repository(&self) -> Value {
        let (owner, name) = self.export.place();
        let nobody = json!({ "login": owner, "id": 1, "type": "User" });
        let first = self.export.issues.values().map(|issue| export::text(issue, "created_at")).min();
        json!({
            "id": REPOSITORY,
            "node_id": "R_kgDO",
            "name": name,
            "full_name": self.export.full_name,
            "private": false,
            "owner": self.export.people.get(owner).unwrap_or(&nobody),
            "html_url": format!("https://github.com/{}", self.export.full_name),
            "description": null,
            "has_issues": true,
            "archived": false,
            "default_branch": "master",
            "size": 100,
            "created_at": first,
            "updated_at": first,
            "permissions": { "admin": false, "maintain": false, "push": false, "triage": false, "pull": true },
        })
    }
}

fn row(rows: &BTreeMap<u64, Value>, number: &str) -> Answer {
    let found = number.parse().ok().and_then(|number: u64| rows.get(&number));
    found.map_or(MISSING, |row| Answer::One(row.clone()))
}

/// Who asks: somebody who has written nothing of the export.
fn reader() -> Value {
    json!({ "login": "reader", "id": 999_999_999_u64, "type": "User", "name": "A reader" })
}
