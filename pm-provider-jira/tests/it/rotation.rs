//! Tokens that are replaced while a list is read: most of Jira answers anybody, with less than the whole.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use pm_provider::{
    BuildContext, ErrorKind, PmProvider, PmProviderExt, ProjectQuery, ProviderFactory, Result, Retry, Secret,
    SecretReference, SecretResolver, Settings,
};
use pm_provider_jira::{Flavor, JiraFactory};
use serde_json::json;
use wiremock::matchers::{header, method, path};
use wiremock::{Mock, MockServer, ResponseTemplate};

use crate::support::{ann, answer};

/// Knows the old token first, then the new one.
#[derive(Debug, Default)]
struct Vault(AtomicUsize);

#[async_trait::async_trait]
impl SecretResolver for Vault {
    async fn resolve(&self, _reference: &SecretReference) -> Result<Secret> {
        Ok(Secret::new(if self.0.fetch_add(1, Ordering::SeqCst) == 0 { "old-token" } else { "new-token" }))
    }
}

/// A site that answers anybody but for the question who they are; only the new token is known there.
async fn site() -> (MockServer, Arc<dyn PmProvider>) {
    let server = MockServer::start().await;
    answer(&server, "GET", "/rest/api/3/project/search", 200, json!({ "values": [], "total": 0, "isLast": true }))
        .await;
    answer(&server, "GET", "/rest/api/3/myself", 401, json!({ "errorMessages": ["who?"], "errors": {} })).await;
    let known = ResponseTemplate::new(200).set_body_json(ann(Flavor::Cloud));
    let myself = Mock::given(method("GET")).and(path("/rest/api/3/myself"));
    myself.and(header("authorization", "Bearer new-token")).respond_with(known).with_priority(1).mount(&server).await;
    let token = SecretReference::Application("token".into());
    let settings = Settings::new().set("base_url", server.uri()).set("flavor", "cloud").reference("api_token", token);
    let context = BuildContext::new("jira", settings, Arc::new(Vault::default()));
    (server, JiraFactory.build(context).await.unwrap())
}

#[tokio::test]
async fn trap_an_empty_list_of_an_old_token_is_not_believed() {
    let (_server, provider) = site().await;
    let error = provider.list_projects(ProjectQuery::new()).await.unwrap_err();
    assert_eq!((error.kind(), error.retry()), (ErrorKind::Unavailable, Retry::Now), "{error}");
    assert!(error.message().contains("token was replaced"), "{error}");
    // With the new one the list is what it is.
    assert_eq!(provider.list_projects(ProjectQuery::new()).await.unwrap().len(), 0);
}
