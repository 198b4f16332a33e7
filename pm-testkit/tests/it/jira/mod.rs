//! The fake Jira, trap by trap, asked with plain HTTP.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod access;
mod agile;
mod comments;
mod creating;
mod data_center;
mod editing;
mod hanging;
mod installation;
mod projects;
mod queries;
mod searching;
mod transitions;
mod webhooks;

use pm_testkit::jira::{FakeJira, FakeJiraBuilder, Flavor, Seed};
use reqwest::{Client, Method, RequestBuilder, Response};
use serde_json::{Value, json};

/// A server and somebody who asks it.
pub(crate) struct Api {
    pub(crate) server: FakeJira,
    client: Client,
}

/// An answer: its status and its JSON, null where there is none.
pub(crate) type Answer = (u16, Value);

impl Api {
    pub(crate) async fn with(builder: FakeJiraBuilder) -> Self {
        // Answers are looked at as they are sent, whatever features of the client other crates turn on.
        let client = Client::builder().no_proxy().no_gzip().no_brotli().no_deflate();
        let client = client.redirect(reqwest::redirect::Policy::none()).build().unwrap();
        Self { server: builder.start().await.unwrap(), client }
    }

    /// A Cloud site with this seed.
    pub(crate) async fn seeded(seed: Value) -> Self {
        Self::with(FakeJira::builder().seed(read(&seed))).await
    }

    /// A Cloud site with a project `WEB` whose number is 10000.
    pub(crate) async fn web() -> Self {
        Self::seeded(web()).await
    }

    pub(crate) fn request(&self, method: Method, path: &str) -> RequestBuilder {
        let version = if self.server.flavor() == Flavor::Cloud { 3 } else { 2 };
        let url = match path.strip_prefix("//") {
            Some(path) => format!("{}/{path}", self.server.url()),
            None => format!("{}/rest/api/{version}{path}", self.server.url()),
        };
        self.client.request(method, url)
    }

    pub(crate) async fn response(&self, method: Method, path: &str, body: Option<Value>) -> Response {
        let mut request = self.request(method, path);
        request = match self.server.flavor() {
            Flavor::Cloud => request.basic_auth(self.server.username(), Some(self.server.api_token())),
            Flavor::DataCenter => request.bearer_auth(self.server.api_token()),
        };
        if let Some(body) = body {
            request = request.json(&body);
        }
        request.send().await.unwrap()
    }

    pub(crate) async fn get(&self, path: &str) -> Answer {
        answer(self.response(Method::GET, path, None).await).await
    }

    pub(crate) async fn post(&self, path: &str, body: Value) -> Answer {
        answer(self.response(Method::POST, path, Some(body)).await).await
    }

    pub(crate) async fn put(&self, path: &str, body: Value) -> Answer {
        answer(self.response(Method::PUT, path, Some(body)).await).await
    }

    pub(crate) async fn delete(&self, path: &str) -> Answer {
        answer(self.response(Method::DELETE, path, None).await).await
    }

    /// The same as Mel, who is no administrator (on Cloud).
    pub(crate) async fn as_mel(&self, method: Method, path: &str, body: Option<Value>) -> Answer {
        let request = self.request(method, path);
        let request = request.basic_auth(self.server.member_username(), Some(self.server.member_api_token()));
        let request = match body {
            Some(body) => request.json(&body),
            None => request,
        };
        answer(request.send().await.unwrap()).await
    }

    pub(crate) async fn as_nobody(&self, path: &str) -> Answer {
        answer(self.request(Method::GET, path).send().await.unwrap()).await
    }

    /// Creates an issue of project `WEB`; answers its key.
    pub(crate) async fn issue(&self, fields: Value) -> String {
        let (status, created) = self.create(fields).await;
        assert_eq!(status, 201, "{created}");
        created["key"].as_str().unwrap().to_owned()
    }

    /// Creates an issue of project `WEB`, a task unless the fields say otherwise.
    pub(crate) async fn create(&self, fields: Value) -> Answer {
        let mut all = json!({ "project": { "key": "WEB" }, "issuetype": { "name": "Task" }, "summary": "A task" });
        for (name, value) in fields.as_object().unwrap() {
            all[name] = value.clone();
        }
        self.post("/issue", json!({ "fields": all })).await
    }

    /// The fields of an issue.
    pub(crate) async fn fields(&self, issue: &str) -> Value {
        let (status, mut shown) = self.get(&format!("/issue/{issue}")).await;
        assert_eq!(status, 200, "{shown}");
        shown["fields"].take()
    }

    /// The id of a custom field.
    pub(crate) async fn field(&self, name: &str) -> String {
        let (_, fields) = self.get("/field").await;
        let field = fields.as_array().unwrap().iter().find(|field| field["name"] == name);
        field.unwrap()["id"].as_str().unwrap().to_owned()
    }

    /// The keys that a search finds, once the index has caught up.
    pub(crate) async fn found(&self, jql: &str) -> Vec<String> {
        let (status, found) = self.post("/search/jql", json!({ "jql": jql, "fields": ["key"] })).await;
        assert_eq!(status, 200, "{found}");
        keys(&found)
    }
}

pub(crate) async fn answer(response: Response) -> Answer {
    let status = response.status().as_u16();
    let text = response.text().await.unwrap();
    (status, serde_json::from_str(&text).unwrap_or(Value::Null))
}

/// A seed with an empty project `WEB`.
pub(crate) fn web() -> Value {
    json!({ "projects": [{ "key": "WEB", "name": "Website" }] })
}

pub(crate) fn read(seed: &Value) -> Seed {
    seed.to_string().parse().unwrap()
}

pub(crate) fn keys(found: &Value) -> Vec<String> {
    found["issues"].as_array().unwrap().iter().map(|issue| issue["key"].as_str().unwrap().to_owned()).collect()
}

pub(crate) fn doc(text: &str) -> Value {
    json!({ "version": 1, "type": "doc", "content": [
        { "type": "paragraph", "content": [{ "type": "text", "text": text }] }
    ] })
}

/// The status and the message about a field.
pub(crate) fn about<'a>(answer: &'a Answer, field: &str) -> (u16, &'a str) {
    (answer.0, answer.1["errors"][field].as_str().unwrap_or_default())
}

/// The status and the first message about the whole request.
pub(crate) fn whole(answer: &Answer) -> (u16, &str) {
    (answer.0, answer.1["errorMessages"][0].as_str().unwrap_or_default())
}
