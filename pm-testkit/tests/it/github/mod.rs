//! The fake GitHub, trap by trap, asked with plain HTTP.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod access;
mod addresses;
mod editing;
mod hanging;
mod issues;
mod limits;
mod lists;
mod repositories;
mod sprints;
mod webhooks;

use pm_testkit::github::{FakeGitHub, FakeGitHubBuilder, Seed};
use reqwest::{Client, Method, RequestBuilder, Response};
use serde_json::{Value, json};

/// A server and somebody who asks it.
pub(crate) struct Api {
    pub(crate) server: FakeGitHub,
    client: Client,
}

/// An answer: its status and its JSON, null where there is none.
pub(crate) type Answer = (u16, Value);

/// The issues of the repository that most tests look at.
pub(crate) const ISSUES: &str = "/repos/acme/web/issues";

impl Api {
    pub(crate) async fn with(builder: FakeGitHubBuilder) -> Self {
        // Answers are looked at as they are sent, whatever features of the client other crates turn on.
        let client = Client::builder().no_proxy().no_gzip().no_brotli().no_deflate().user_agent("tests");
        let client = client.redirect(reqwest::redirect::Policy::none()).build().unwrap();
        Self { server: builder.start().await.unwrap(), client }
    }

    pub(crate) async fn seeded(seed: Value) -> Self {
        Self::with(FakeGitHub::builder().seed(read(&seed))).await
    }

    /// A site with a repository `acme/web` of an organisation, and `ada/notes` of a person.
    pub(crate) async fn web() -> Self {
        Self::seeded(web()).await
    }

    pub(crate) fn request(&self, method: Method, path: &str) -> RequestBuilder {
        let url = if path.starts_with("http") { path.to_owned() } else { format!("{}{path}", self.server.url()) };
        self.client.request(method, url)
    }

    pub(crate) async fn response(&self, method: Method, path: &str, body: Option<Value>) -> Response {
        self.response_as(&self.server.token(), method, path, body).await
    }

    pub(crate) async fn response_as(&self, token: &str, method: Method, path: &str, body: Option<Value>) -> Response {
        let request = self.request(method, path).bearer_auth(token);
        let request = match body {
            Some(body) => request.json(&body),
            None => request,
        };
        request.send().await.unwrap()
    }

    pub(crate) async fn get(&self, path: &str) -> Answer {
        answer(self.response(Method::GET, path, None).await).await
    }

    pub(crate) async fn post(&self, path: &str, body: Value) -> Answer {
        answer(self.response(Method::POST, path, Some(body)).await).await
    }

    pub(crate) async fn patch(&self, path: &str, body: Value) -> Answer {
        answer(self.response(Method::PATCH, path, Some(body)).await).await
    }

    pub(crate) async fn put(&self, path: &str, body: Value) -> Answer {
        answer(self.response(Method::PUT, path, Some(body)).await).await
    }

    pub(crate) async fn delete(&self, path: &str, body: Value) -> Answer {
        answer(self.response(Method::DELETE, path, Some(body)).await).await
    }

    pub(crate) async fn by(&self, login: &str, method: Method, path: &str, body: Option<Value>) -> Answer {
        let token = self.server.token_of(login).unwrap();
        answer(self.response_as(&token, method, path, body).await).await
    }

    /// Creates an issue of `acme/web`; answers it.
    pub(crate) async fn issue(&self, body: Value) -> Value {
        let (status, issue) = self.post(ISSUES, body).await;
        assert_eq!(status, 201, "{issue}");
        issue
    }
}

pub(crate) async fn answer(response: Response) -> Answer {
    let status = response.status().as_u16();
    (status, serde_json::from_slice(&response.bytes().await.unwrap()).unwrap_or_default())
}

pub(crate) fn read(seed: &Value) -> Seed {
    seed.to_string().parse().unwrap()
}

pub(crate) fn web() -> Value {
    json!({
        "users": [{ "login": "rita", "name": "Rita Reader" }],
        "repositories": [
            { "name": "acme/web", "milestones": [{ "title": "Sprint 1", "due": "2026-05-01" }] },
            { "name": "ada/notes", "private": true, "collaborators": { "mel": "read" } },
        ],
    })
}

/// The codes of a refusal: `Issue.title: missing_field`.
pub(crate) fn codes((status, body): &Answer) -> (u16, Vec<String>) {
    let code = |error: &Value| {
        let text = |name: &str| error[name].as_str().unwrap_or_default();
        format!("{}.{}: {}", text("resource"), text("field"), text("code"))
    };
    (*status, body["errors"].as_array().into_iter().flatten().map(code).collect())
}

/// One member of each object of a list.
pub(crate) fn each(list: &Value, name: &str) -> Vec<Value> {
    list.as_array().unwrap().iter().map(|one| one[name].clone()).collect()
}

/// The address of another page.
pub(crate) fn link(response: &Response, rel: &str) -> Option<String> {
    let links = response.headers().get("link")?.to_str().unwrap().to_owned();
    let wanted = format!("; rel=\"{rel}\"");
    let found = links.split(", ").find_map(|link| link.strip_suffix(&wanted).map(str::to_owned));
    found.map(|link| link.trim_start_matches('<').trim_end_matches('>').to_owned())
}
