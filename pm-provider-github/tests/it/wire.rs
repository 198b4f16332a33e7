//! What goes over the wire with every request.

use pm_provider::{PmProvider, ProjectId};
use wiremock::matchers::{header, method, path};
use wiremock::{Mock, ResponseTemplate};

use crate::support::{github, repository};

#[tokio::test]
async fn every_request_says_who_asks_for_what() {
    let (server, provider) = github().await;
    let reply = ResponseTemplate::new(200).set_body_json(repository(7, "octo", "web"));
    Mock::given(method("GET"))
        .and(path("/repositories/7"))
        .and(header("authorization", "Bearer ghp_s3cr3t"))
        .and(header("accept", "application/vnd.github+json"))
        .and(header("x-github-api-version", "2022-11-28"))
        .respond_with(reply)
        .expect(1)
        .mount(&server)
        .await;
    let project = provider.get_project(&ProjectId::new("7")).await.unwrap();
    assert_eq!((project.key.as_deref(), project.name.as_str()), (Some("octo/web"), "web"));
    let requests = server.received_requests().await.unwrap();
    let agent = requests[0].headers.get("user-agent").unwrap().to_str().unwrap();
    assert!(agent.starts_with("pm-core/"), "{agent}");
    assert!(requests[0].headers.get("content-length").is_none());
}
