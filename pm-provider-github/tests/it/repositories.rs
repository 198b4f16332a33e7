//! Repositories on the wire: which list is asked, what is written and what is refused.

use std::sync::Arc;

use pm_provider::{
    DeleteOptions, Effect, ErrorKind, NewProject, PmProvider, PmProviderExt, ProjectId, ProjectPatch, ProjectQuery,
    ProjectStatusCategory, Visibility,
};
use pm_provider_github::{GitHubProvider, RepositoryWrites};
use serde_json::{Value, json};
use wiremock::matchers::{method, path, query_param};
use wiremock::{Mock, MockServer, ResponseTemplate};

use crate::support::{answer, config, repository};

/// A provider that may do everything to the repositories of `octo`, who we are.
async fn writer() -> (MockServer, Arc<GitHubProvider>) {
    let server = MockServer::start().await;
    let octo = json!({ "id": 1, "login": "octo", "type": "User", "name": "Octo Cat" });
    answer(&server, "GET", "/users/octo", 200, octo.clone()).await;
    answer(&server, "GET", "/user", 200, octo).await;
    let config = config(&server).owner("octo").repositories(RepositoryWrites::CreateAndDelete);
    (server, Arc::new(GitHubProvider::new(config).unwrap()))
}

async fn sent(server: &MockServer, verb: &str) -> Vec<Value> {
    let requests = server.received_requests().await.unwrap();
    let those = requests.iter().filter(|request| request.method.as_str() == verb);
    those.map(|request| serde_json::from_slice(&request.body).unwrap_or(Value::Null)).collect()
}

#[tokio::test]
async fn pages_of_a_list_are_fetched_side_by_side_and_none_is_lost() {
    let (server, provider) = writer().await;
    for page in 1..=3_u64 {
        let rows: Vec<_> = (0..2).map(|row| repository(page * 10 + row, "octo", &format!("r{page}{row}"))).collect();
        let link = |to: u64, rel: &str| format!("<{}/user/repos?per_page=100&page={to}>; rel=\"{rel}\"", server.uri());
        let next = if page < 3 { link(page + 1, "next") } else { link(1, "first") };
        let links = format!("{next}, {}", link(3, "last"));
        let reply = ResponseTemplate::new(200).set_body_json(rows).insert_header("link", links);
        let mock = Mock::given(method("GET")).and(path("/user/repos"));
        // The first page is asked for without a number.
        let mock = if page == 1 { mock } else { mock.and(query_param("page", page.to_string())) };
        mock.respond_with(reply).with_priority(if page == 1 { 9 } else { 1 }).mount(&server).await;
    }
    let projects = provider.list_projects(ProjectQuery::new()).await.unwrap();
    let ids: Vec<_> = projects.iter().map(|project| project.id.as_str()).collect();
    assert_eq!(ids, ["10", "11", "20", "21", "30", "31"]);
}

#[tokio::test]
async fn an_organisation_has_a_list_of_its_own() {
    let server = MockServer::start().await;
    answer(&server, "GET", "/users/acme", 200, json!({ "id": 9, "login": "acme", "type": "Organization" })).await;
    answer(&server, "GET", "/orgs/acme/repos", 200, json!([repository(7, "acme", "web")])).await;
    let provider = Arc::new(GitHubProvider::new(config(&server).owner("acme")).unwrap());
    let projects = provider.list_projects(ProjectQuery::new()).await.unwrap();
    assert_eq!(projects[0].key.as_deref(), Some("acme/web"));
}

#[tokio::test]
async fn by_name_one_repository_is_asked_for() {
    let (server, provider) = writer().await;
    answer(&server, "GET", "/repos/octo/web", 200, repository(7, "octo", "web")).await;
    let found = provider.list_projects(ProjectQuery::new().key("octo/web")).await.unwrap();
    assert_eq!(found.len(), 1);
    let lists = server.received_requests().await.unwrap();
    assert!(lists.iter().all(|request| request.url.path() != "/user/repos"));
}

#[tokio::test]
async fn nothing_is_written_unless_a_setting_says_so() {
    let server = MockServer::start().await;
    let provider = GitHubProvider::new(config(&server)).unwrap();
    let refused = [
        provider.create_project(NewProject::new("web")).await.map(drop),
        provider.update_project(&ProjectId::new("7"), ProjectPatch::new().name("web")).await.map(drop),
        provider.delete_project(&ProjectId::new("7"), DeleteOptions::with_contents()).await,
    ];
    for answer in refused {
        assert_eq!(answer.unwrap_err().kind(), ErrorKind::Unsupported);
    }
    assert!(server.received_requests().await.unwrap().is_empty());
}

#[tokio::test]
async fn a_new_repository_has_a_name_of_githubs_and_is_private_where_that_is_wanted() {
    let (server, provider) = writer().await;
    answer(&server, "POST", "/user/repos", 201, repository(7, "octo", "My-site")).await;
    answer(&server, "GET", "/rate_limit", 200, json!({})).await;
    let new = NewProject::new("My site").description("two\nlines").visibility(Visibility::Restricted);
    provider.create_project(new).await.unwrap();
    let expected = json!({ "name": "My-site", "description": "two lines", "private": true });
    assert_eq!(sent(&server, "POST").await, [expected]);
}

#[tokio::test]
async fn a_name_that_is_taken_is_a_conflict() {
    let (server, provider) = writer().await;
    answer(&server, "GET", "/rate_limit", 200, json!({})).await;
    let body = json!({ "message": "Repository creation failed.", "errors": [{ "resource": "Repository",
        "code": "custom", "field": "name", "message": "name already exists on this account" }] });
    answer(&server, "POST", "/user/repos", 422, body).await;
    let error = provider.create_project(NewProject::new("web")).await.unwrap_err();
    assert_eq!((error.kind(), error.effect()), (ErrorKind::Conflict, &Effect::NotExecuted));
}

#[tokio::test]
async fn an_archived_repository_comes_out_of_the_archive_first() {
    let (server, provider) = writer().await;
    let mut archived = repository(7, "octo", "web");
    archived["archived"] = json!(true);
    answer(&server, "GET", "/repositories/7", 200, archived).await;
    answer(&server, "PATCH", "/repos/octo/web", 200, repository(7, "octo", "web")).await;
    let patch = ProjectPatch::new().name("site");
    let error = provider.update_project(&ProjectId::new("7"), patch.clone()).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Conflict);
    let patch = patch.status(ProjectStatusCategory::Active);
    provider.update_project(&ProjectId::new("7"), patch).await.unwrap();
    assert_eq!(sent(&server, "PATCH").await, [json!({ "archived": false }), json!({ "name": "site" })]);
}

#[tokio::test]
async fn what_holds_issues_is_deleted_only_when_that_is_said() {
    let (server, provider) = writer().await;
    answer(&server, "GET", "/repositories/7", 200, repository(7, "octo", "web")).await;
    answer(&server, "GET", "/repos/octo/web/milestones", 200, json!([])).await;
    answer(&server, "GET", "/repos/octo/web/issues", 200, json!([{ "number": 1 }])).await;
    Mock::given(method("DELETE"))
        .and(path("/repos/octo/web"))
        .respond_with(ResponseTemplate::new(204))
        .mount(&server)
        .await;
    let id = ProjectId::new("7");
    let error = provider.delete_project(&id, DeleteOptions::new()).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Conflict);
    provider.delete_project(&id, DeleteOptions::with_contents()).await.unwrap();
}
