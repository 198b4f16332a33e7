//! A GitHub App that signs in.

use chrono::{TimeDelta, Utc};
use pm_provider::{ErrorKind, PmProvider, ProjectId, Secret};
use pm_provider_github::{GitHubConfig, GitHubProvider};
use serde_json::json;
use wiremock::matchers::{header, method, path};
use wiremock::{Mock, MockServer, ResponseTemplate};

use crate::support::repository;

fn key() -> String {
    rcgen::KeyPair::generate_for(&rcgen::PKCS_RSA_SHA256).unwrap().serialize_pem()
}

async fn site(minutes: i64) -> MockServer {
    let server = MockServer::start().await;
    let expires = (Utc::now() + TimeDelta::minutes(minutes)).format("%Y-%m-%dT%H:%M:%SZ").to_string();
    let token = ResponseTemplate::new(201).set_body_json(json!({ "token": "ghs_s3cr3t", "expires_at": expires }));
    Mock::given(method("POST"))
        .and(path("/app/installations/5/access_tokens"))
        .respond_with(token)
        .mount(&server)
        .await;
    let shown = ResponseTemplate::new(200).set_body_json(repository(7, "octo", "web"));
    let mock = Mock::given(path("/repositories/7")).and(header("authorization", "Bearer ghs_s3cr3t"));
    mock.respond_with(shown).mount(&server).await;
    server
}

async fn tokens(server: &MockServer) -> Vec<String> {
    let requests = server.received_requests().await.unwrap();
    let asked = requests.iter().filter(|request| request.method.as_str() == "POST");
    asked.map(|request| request.headers["authorization"].to_str().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn one_token_lasts_until_shortly_before_its_end() {
    for (minutes, expected) in [(60, 1), (1, 2)] {
        let server = site(minutes).await;
        let config = GitHubConfig::app(1, Secret::new(key()), 5).base_url(server.uri()).pace(0.0);
        let provider = GitHubProvider::new(config).unwrap();
        for _ in 0..2 {
            provider.get_project(&ProjectId::new("7")).await.unwrap();
        }
        let tokens = tokens(&server).await;
        assert_eq!(tokens.len(), expected, "{minutes} minutes");
        assert!(tokens.iter().all(|token| token.starts_with("Bearer ey") && token.split('.').count() == 3));
        assert!(!format!("{provider:?}").contains("s3cr3t"));
    }
}

#[tokio::test]
async fn a_key_that_is_none_is_a_wrong_setting() {
    let server = site(60).await;
    let config = GitHubConfig::app(1, Secret::new("s3cr3t"), 5).base_url(server.uri());
    let error = GitHubProvider::new(config).unwrap().get_project(&ProjectId::new("7")).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Configuration);
    assert!(!format!("{error} {error:?}").contains("s3cr3t"), "{error}");
}
