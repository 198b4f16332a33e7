//! People on the wire.

use std::sync::Arc;

use pm_provider::{ErrorKind, PmProvider, PmProviderExt, UserId, UserQuery};
use pm_provider_github::GitHubProvider;
use serde_json::{Value, json};
use wiremock::MockServer;

use crate::support::{answer, config, github, repository};

fn user(id: u64, login: &str) -> Value {
    json!({ "id": id, "login": login, "type": "User", "avatar_url": "https://avatars.example.org/u/1" })
}

#[tokio::test]
async fn those_of_a_repository_are_its_assignable_users() {
    let (server, provider) = github().await;
    let provider = Arc::new(provider);
    answer(&server, "GET", "/repositories/7", 200, repository(7, "octo", "web")).await;
    answer(&server, "GET", "/repos/octo/web/assignees", 200, json!([user(5, "mel"), user(2, "ada")])).await;
    let users = provider.list_users(UserQuery::new().project("7")).await.unwrap();
    let shown: Vec<_> = users.iter().map(|user| (user.id.as_str(), user.login.as_deref())).collect();
    assert_eq!(shown, [("2", Some("ada")), ("5", Some("mel"))]);
    let some = provider.list_users(UserQuery::new().project("7").text("ME")).await.unwrap();
    assert_eq!(some.len(), 1);
}

#[tokio::test]
async fn somebody_is_found_by_id_and_by_login_and_has_one_id() {
    let (server, provider) = github().await;
    let full = json!({ "id": 5, "login": "mel", "name": "Mel Kaye", "email": "mel@example.org", "type": "User" });
    answer(&server, "GET", "/user/5", 200, full.clone()).await;
    answer(&server, "GET", "/users/mel", 200, full).await;
    answer(&server, "GET", "/users/acme", 200, json!({ "id": 9, "login": "acme", "type": "Organization" })).await;
    for id in ["5", "mel"] {
        let found = provider.get_user(&UserId::new(id)).await.unwrap();
        assert_eq!((found.id.as_str(), found.name.as_str()), ("5", "Mel Kaye"));
    }
    for id in ["acme", "not a login", ""] {
        assert_eq!(provider.get_user(&UserId::new(id)).await.unwrap_err().kind(), ErrorKind::NotFound, "{id}");
    }
}

#[tokio::test]
async fn members_of_an_organisation_are_listed_with_ourselves() {
    let server = MockServer::start().await;
    answer(&server, "GET", "/users/acme", 200, json!({ "id": 9, "login": "acme", "type": "Organization" })).await;
    answer(&server, "GET", "/orgs/acme/members", 200, json!([user(5, "mel"), user(2, "ada")])).await;
    answer(&server, "GET", "/user", 200, user(2, "ada")).await;
    let provider = Arc::new(GitHubProvider::new(config(&server).owner("acme")).unwrap());
    let users = provider.list_users(UserQuery::new()).await.unwrap();
    assert_eq!(users.len(), 2, "nobody twice");
}

#[tokio::test]
async fn health_says_who_we_are_and_which_server_it_is() {
    let server = MockServer::start().await;
    answer(&server, "GET", "/api/v3/user", 200, user(2, "ada")).await;
    answer(&server, "GET", "/api/v3/meta", 200, json!({ "installed_version": "3.17.4" })).await;
    let config = config(&server).base_url(format!("{}/api/v3", server.uri()));
    let health = GitHubProvider::new(config).unwrap().health_check().await.unwrap();
    assert_eq!(health.backend, "GitHub Enterprise Server 3.17.4");
    assert_eq!(health.user.unwrap().login.as_deref(), Some("ada"));
}

#[tokio::test]
async fn what_is_no_github_is_told_as_a_wrong_address() {
    let (server, provider) = github().await;
    answer(&server, "GET", "/user", 404, json!({ "message": "Not Found" })).await;
    let error = provider.health_check().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Configuration);
    assert!(error.hint_text().unwrap().contains("GITHUB_API_URL"), "{error}");
}
