//! What has not changed is not sent again.

use std::sync::Arc;

use pm_provider::{PmProvider, PmProviderExt, Secret, TaskQuery};
use pm_provider_github::{GitHubConfig, GitHubProvider};
use pm_testkit::github::FakeGitHub;
use serde_json::json;

#[tokio::test]
async fn a_second_listing_of_an_unchanged_repository_transfers_headers_only() {
    let issues: Vec<_> = (0..250).map(|number| json!({ "title": format!("Issue {number}") })).collect();
    let seed = json!({ "repositories": [{ "name": "ada/big", "issues": issues }] });
    let server = FakeGitHub::builder().seed(seed.to_string().parse().unwrap()).start().await.unwrap();
    let config = GitHubConfig::new(Secret::new(server.token())).base_url(server.url()).pace(0.0);
    let provider: Arc<dyn PmProvider> = Arc::new(GitHubProvider::new(config.repository("ada", "big")).unwrap());
    let first = provider.list_tasks(TaskQuery::new()).await.unwrap();
    let before = server.requests().len();
    let second = provider.list_tasks(TaskQuery::new()).await.unwrap();
    assert_eq!((first.len(), second.len()), (250, 250));
    assert_eq!(first, second);
    let listed: Vec<_> = server.requests().split_off(before);
    let listed: Vec<_> = listed.iter().filter(|request| request.path().ends_with("/issues")).collect();
    assert!(listed.len() >= 3 && listed.iter().all(|request| request.status == Some(304)), "{listed:?}");
}
