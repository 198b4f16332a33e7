//! The fake ClickUp, trap by trap, asked with plain HTTP.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod access;
mod comments;
mod dates;
mod fields;
mod files;
mod limits;
mod lists;
mod places;
mod tasks;
mod types;
mod webhooks;

use pm_testkit::clickup::{FakeClickUp, FakeClickUpBuilder};
use reqwest::{Client, Method, Response};
use serde_json::{Value, json};

/// A server with a space of two lists, and somebody who asks it.
pub(crate) struct Api {
    pub(crate) server: FakeClickUp,
    pub(crate) client: Client,
    pub(crate) team: String,
    pub(crate) space: String,
    pub(crate) list: String,
    pub(crate) other: String,
}

/// An answer: its status and its JSON, null where there is none.
pub(crate) type Answer = (u16, Value);

impl Api {
    pub(crate) async fn new() -> Self {
        Self::with(FakeClickUp::builder()).await
    }

    pub(crate) async fn with(builder: FakeClickUpBuilder) -> Self {
        // Answers are looked at as they are sent, whatever features of the client other crates turn on.
        let client = Client::builder().no_proxy().no_gzip().no_brotli().no_deflate().build().unwrap();
        let server = builder.start().await.unwrap();
        let space = server.add_space("Engineering");
        let [list, other] = ["Backlog", "Ideas"].map(|name| server.add_list(&space, name));
        Self { team: server.workspace_id(), space, list, other, server, client }
    }

    pub(crate) async fn response_as(&self, token: &str, method: Method, path: &str, body: Option<Value>) -> Response {
        let path = if path.starts_with("/api/") { path.to_owned() } else { format!("/api/v2{path}") };
        let request = self.client.request(method, format!("{}{path}", self.server.url()));
        let request = if token.is_empty() { request } else { request.header("authorization", token) };
        let request = match body {
            Some(body) => request.json(&body),
            None => request,
        };
        request.send().await.unwrap()
    }

    pub(crate) async fn ask(&self, method: Method, path: &str, body: Option<Value>) -> Answer {
        answer(self.response_as(&self.server.token(), method, path, body).await).await
    }

    pub(crate) async fn get(&self, path: &str) -> Answer {
        self.ask(Method::GET, path, None).await
    }

    pub(crate) async fn post(&self, path: &str, body: Value) -> Answer {
        self.ask(Method::POST, path, Some(body)).await
    }

    pub(crate) async fn put(&self, path: &str, body: Value) -> Answer {
        self.ask(Method::PUT, path, Some(body)).await
    }

    pub(crate) async fn delete(&self, path: &str) -> Answer {
        self.ask(Method::DELETE, path, None).await
    }

    /// Plants a task in the first list; its id.
    pub(crate) fn plant(&self, body: Value) -> String {
        self.server.add_task(&self.list, body).unwrap()
    }

    /// The names of a page of tasks.
    pub(crate) async fn names(&self, path: &str) -> Vec<String> {
        let (status, page) = self.get(path).await;
        assert_eq!(status, 200, "{page}");
        page["tasks"].as_array().unwrap().iter().map(|task| task["name"].as_str().unwrap().to_owned()).collect()
    }
}

pub(crate) async fn answer(response: Response) -> Answer {
    let status = response.status().as_u16();
    (status, serde_json::from_slice(&response.bytes().await.unwrap()).unwrap_or_default())
}

/// The status and the code of a refusal.
pub(crate) fn code((status, body): &Answer) -> (u16, String) {
    (*status, body["ECODE"].as_str().unwrap_or_default().to_owned())
}

pub(crate) fn named(name: &str) -> Value {
    json!({ "name": name })
}
