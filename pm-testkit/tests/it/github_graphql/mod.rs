//! GraphQL of the fake GitHub, asked with plain HTTP.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod documents;
mod projects;
mod pull_requests;

use pm_testkit::github::FakeGitHub;
use reqwest::{Client, Method};
use serde_json::{Value, json};

/// A server with a repository of two issues and a project of the first of them.
pub(crate) struct Api {
    pub(crate) server: FakeGitHub,
    pub(crate) project: String,
    client: Client,
}

impl Api {
    pub(crate) async fn start() -> Self {
        Self::with(FakeGitHub::builder()).await
    }

    pub(crate) async fn with(builder: pm_testkit::github::FakeGitHubBuilder) -> Self {
        let seed = json!({ "repositories": [{ "name": "acme/site", "issues": [
            { "title": "Build", "labels": ["bug"], "assignees": ["mel"] }, { "title": "Paint" },
        ] }] });
        let server = builder.seed(seed.to_string().parse().unwrap()).start().await.unwrap();
        let project = json!({ "owner": "acme", "title": "Roadmap", "issues": ["acme/site#1"], "fields": [
            { "name": "Priority", "type": "SINGLE_SELECT", "options": ["High", "Low"] },
            { "name": "Estimate", "type": "NUMBER" },
            { "name": "Start date", "type": "DATE" },
            { "name": "Sprint", "type": "ITERATION", "iterations": [
                { "title": "Over", "start": "2020-01-06", "days": 14 },
                { "title": "To come", "start": "2120-01-06", "days": 7 },
            ] },
        ] });
        let project = server.add_project_v2(&serde_json::from_value(project).unwrap()).unwrap();
        let client = Client::builder().no_proxy().user_agent("tests").build().unwrap();
        Self { server, project, client }
    }

    pub(crate) async fn rest(&self, method: Method, path: &str, body: Option<Value>) -> (u16, Value) {
        let request = self.client.request(method, format!("{}{path}", self.server.url()));
        let request = request.bearer_auth(self.server.token());
        let request = match body {
            Some(body) => request.json(&body),
            None => request,
        };
        let response = request.send().await.unwrap();
        let status = response.status().as_u16();
        let text = response.text().await.unwrap();
        (status, if text.is_empty() { Value::Null } else { serde_json::from_str(&text).unwrap() })
    }

    pub(crate) async fn ask(&self, query: &str, variables: Value) -> Value {
        let body = json!({ "query": query, "variables": variables });
        let (status, answer) = self.rest(Method::POST, "/graphql", Some(body)).await;
        assert_eq!(status, 200, "{answer}");
        answer
    }

    /// The data of a document that goes well.
    pub(crate) async fn data(&self, query: &str, variables: Value) -> Value {
        let answer = self.ask(query, variables).await;
        assert_eq!(answer["errors"], Value::Null, "{answer}");
        answer["data"].clone()
    }

    /// The first error of a document.
    pub(crate) async fn error(&self, query: &str, variables: Value) -> Value {
        self.ask(query, variables).await["errors"][0].clone()
    }
}
