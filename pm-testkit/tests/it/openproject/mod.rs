//! The fake OpenProject, trap by trap, asked with plain HTTP.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod access;
mod collections;
mod others;
mod work_packages;

use pm_testkit::openproject::{FakeOpenProject, FakeOpenProjectBuilder, Seed};
use reqwest::{Client, Method, RequestBuilder};
use serde_json::{Value, json};

/// A server and somebody who asks it.
pub(crate) struct Api {
    pub(crate) server: FakeOpenProject,
    client: Client,
}

/// An answer: its status and its JSON, null where there is none.
pub(crate) type Answer = (u16, Value);

impl Api {
    pub(crate) async fn start() -> Self {
        Self::with(FakeOpenProject::builder()).await
    }

    pub(crate) async fn with(builder: FakeOpenProjectBuilder) -> Self {
        // Answers are looked at as they are sent, whatever features of the client other crates turn on.
        let client = Client::builder().no_proxy().no_gzip().no_brotli().no_deflate().build().unwrap();
        Self { server: builder.start().await.unwrap(), client }
    }

    /// A server with this seed.
    pub(crate) async fn seeded(seed: Value) -> Self {
        Self::with(FakeOpenProject::builder().seed(read(&seed))).await
    }

    /// A server with a project `garden`, whose number is 1.
    pub(crate) async fn garden() -> Self {
        Self::seeded(json!({ "projects": [{ "identifier": "garden", "name": "Garden", "members": ["ada"] }] })).await
    }

    pub(crate) fn request(&self, method: Method, path: &str) -> RequestBuilder {
        self.client.request(method, format!("{}/api/v3{path}", self.server.url()))
    }

    async fn send(&self, key: Option<&str>, method: Method, path: &str, body: Option<Value>) -> Answer {
        let mut request = self.request(method.clone(), path);
        if let Some(key) = key {
            request = request.basic_auth("apikey", Some(key));
        }
        request = match body {
            Some(body) => request.json(&body),
            None if method == Method::GET => request,
            None => request.header("content-type", "application/json"),
        };
        let reply = request.send().await.unwrap();
        let status = reply.status().as_u16();
        let text = reply.text().await.unwrap();
        (status, serde_json::from_str(&text).unwrap_or(Value::Null))
    }

    pub(crate) async fn get(&self, path: &str) -> Answer {
        self.send(Some(self.server.api_key()), Method::GET, path, None).await
    }

    pub(crate) async fn post(&self, path: &str, body: Value) -> Answer {
        self.send(Some(self.server.api_key()), Method::POST, path, Some(body)).await
    }

    pub(crate) async fn patch(&self, path: &str, body: Value) -> Answer {
        self.send(Some(self.server.api_key()), Method::PATCH, path, Some(body)).await
    }

    pub(crate) async fn delete(&self, path: &str) -> Answer {
        self.send(Some(self.server.api_key()), Method::DELETE, path, None).await
    }

    /// The same as Ada, who is no administrator.
    pub(crate) async fn as_ada(&self, method: Method, path: &str, body: Option<Value>) -> Answer {
        self.send(Some(self.server.member_api_key()), method, path, body).await
    }

    pub(crate) async fn as_nobody(&self, path: &str) -> Answer {
        self.send(None, Method::GET, path, None).await
    }

    /// Creates a work package in project 1; answers it.
    pub(crate) async fn task(&self, body: Value) -> Value {
        let (status, task) = self.post("/projects/1/work_packages", body).await;
        assert_eq!(status, 201, "{task}");
        task
    }

    /// Lists with filters; answers the ids.
    pub(crate) async fn filtered(&self, path: &str, filters: Value) -> Vec<u64> {
        let query = format!("{path}?pageSize=1000&filters={}", encode(&filters.to_string()));
        let (status, found) = self.get(&query).await;
        assert_eq!(status, 200, "{found}");
        ids(&found)
    }

    /// The error of a refused filter.
    pub(crate) async fn refused(&self, path: &str, filters: Value) -> Answer {
        self.get(&format!("{path}?filters={}", encode(&filters.to_string()))).await
    }
}

pub(crate) fn read(seed: &Value) -> Seed {
    seed.to_string().parse().unwrap()
}

pub(crate) fn ids(collection: &Value) -> Vec<u64> {
    let elements = collection["_embedded"]["elements"].as_array().unwrap();
    elements.iter().map(|element| element["id"].as_u64().unwrap()).collect()
}

pub(crate) fn encode(text: &str) -> String {
    text.bytes().map(|byte| format!("%{byte:02X}")).collect()
}

/// The end of an error's identifier, and the property that it is about.
pub(crate) fn error(answer: &Answer) -> (u16, &str, &str) {
    let identifier = answer.1["errorIdentifier"].as_str().unwrap_or_default();
    let attribute = answer.1["_embedded"]["details"]["attribute"].as_str().unwrap_or_default();
    (answer.0, identifier.rsplit(':').next().unwrap_or_default(), attribute)
}

pub(crate) fn href(path: &str) -> Value {
    json!({ "href": format!("/api/v3{path}") })
}
