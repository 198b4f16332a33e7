//! Pull requests of a GitHub for tests.

use std::sync::Arc;

use pm_provider::{
    CheckState, Effect, Freshness, LinkReason, Mergeability, NewPullRequest, PmProvider, ProjectId, PullRequestQuery,
    PullRequestState, ReviewDecision, Secret,
};
use pm_provider_github::{GitHubConfig, GitHubProvider, RepositoryWrites};
use pm_testkit::conformance::{EveryBranch, RULES, Subject, Verdict};
use pm_testkit::github::FakeGitHub;
use serde_json::json;

const SEED: &str = r#"{ "repositories": [
    { "name": "ada/web", "issues": [{ "title": "Paint the fence" }, { "title": "Mow the lawn" }] },
    { "name": "ada/docs" }
] }"#;

async fn site() -> (FakeGitHub, Arc<dyn PmProvider>) {
    let site = FakeGitHub::builder().seed(SEED.parse().unwrap()).start().await.unwrap();
    let provider = provider(&site);
    (site, provider)
}

fn provider(site: &FakeGitHub) -> Arc<dyn PmProvider> {
    let config = GitHubConfig::new(Secret::new(site.token())).base_url(site.url()).pace(0.001);
    Arc::new(GitHubProvider::new(config.repositories(RepositoryWrites::CreateAndDelete)).unwrap())
}

fn plant(site: &FakeGitHub, repository: &str, seed: serde_json::Value) -> u64 {
    site.add_pull_request(repository, &serde_json::from_value(seed).unwrap()).unwrap()
}

fn web() -> ProjectId {
    ProjectId::new("ada/web")
}

#[tokio::test]
async fn everything_about_one_is_shown() {
    let (site, provider) = site().await;
    let number = plant(
        &site,
        "ada/web",
        json!({ "title": "Paint", "head": "1-paint", "requested": ["mel"], "reviews": [["mel", "CHANGES_REQUESTED"]],
            "checks": [["build", "success"], ["lint", null]], "statuses": [["ci", "success"]], "conflict": true,
            "computing": 2 }),
    );
    let pulls = provider.pull_requests().unwrap();
    let one = pulls.get_pull_request(&web(), number, Freshness::Remembered).await.unwrap();
    assert_eq!(one.mergeability, Mergeability::Conflicting);
    assert_eq!(one.review_decision, Some(ReviewDecision::ChangesRequested));
    assert_eq!((one.checks.as_ref().map(Vec::len), one.checks_state()), (Some(3), Some(CheckState::Pending)));
    assert_eq!(one.pull_request.author_name.as_deref(), Some("ada"));
}

#[tokio::test]
async fn states_are_told_apart() {
    let (site, provider) = site().await;
    for (head, state, draft) in
        [("a", "open", false), ("b", "merged", false), ("c", "closed", false), ("d", "open", true)]
    {
        plant(&site, "ada/web", json!({ "title": head, "head": head, "state": state, "draft": draft }));
    }
    let pulls = provider.pull_requests().unwrap();
    let titles = async |query: PullRequestQuery| {
        let page = pulls.pull_requests_page(&query, None).await.unwrap();
        page.items.into_iter().map(|one| one.title).collect::<Vec<_>>()
    };
    let all = PullRequestQuery::in_project(web());
    assert_eq!(titles(all.clone()).await, ["a", "b", "c", "d"]);
    assert_eq!(titles(all.clone().states([PullRequestState::Merged])).await, ["b"]);
    assert_eq!(titles(all.clone().states([PullRequestState::Closed])).await, ["c"]);
    assert_eq!(titles(all.clone().states([PullRequestState::Open]).draft(false)).await, ["a"]);
    assert_eq!(titles(all.source_branch("d")).await, ["d"]);
}

#[tokio::test]
async fn a_task_has_its_pull_requests_and_why() {
    let (site, provider) = site().await;
    let plant = |repository: &str, seed| plant(&site, repository, seed);
    let closing = plant("ada/web", json!({ "title": "Close", "head": "x", "body": "Fixes #1" }));
    let branch = plant("ada/web", json!({ "title": "Branch", "head": "feature/1-paint", "state": "merged" }));
    let title = plant("ada/web", json!({ "title": "GH-1: title", "head": "y", "state": "closed" }));
    let linked = plant("ada/web", json!({ "title": "Linked by hand", "head": "z", "closes": [1] }));
    plant("ada/web", json!({ "title": "Of another", "head": "11-paint", "body": "#2" }));
    let abroad = plant("ada/docs", json!({ "title": "Abroad", "head": "w", "body": "See ada/web#1" }));
    let task = provider.get_task(&"ada/web#1".into()).await.unwrap();
    let found = provider.pull_requests().unwrap().pull_requests_of_task(&task.id, Freshness::Remembered).await;
    let found = found.unwrap();
    let project = &task.project_id;
    let reasons = |number: u64, is_home: bool| {
        let mut items = found.items.iter();
        let one =
            items.find(|one| one.pull_request.number == number && (one.pull_request.project_id == *project) == is_home);
        one.map(|one| one.reasons.clone()).unwrap_or_default()
    };
    let by_keyword = [LinkReason::ClosingKeyword, LinkReason::CrossReference, LinkReason::Description];
    assert_eq!(reasons(closing, true), by_keyword);
    assert_eq!(reasons(branch, true), [LinkReason::BranchName]);
    assert_eq!(reasons(title, true), [LinkReason::Title]);
    assert_eq!(reasons(linked, true), [LinkReason::ClosingKeyword]);
    assert_eq!(reasons(abroad, false), [LinkReason::CrossReference]);
    assert_eq!((found.items.len(), found.complete), (5, true));
}

#[tokio::test]
async fn a_lost_reply_opens_one_and_twins_are_refused() {
    let (site, provider) = site().await;
    let pulls = provider.pull_requests().unwrap();
    site.faults().add("drop-reply:POST:/pulls:1".parse().unwrap());
    let new = NewPullRequest::new(web(), "Paint", "fence").description("Closes #1");
    let opened = pulls.create_pull_request(new.clone()).await.unwrap();
    assert_eq!(opened.title, "Paint");
    let error = pulls.create_pull_request(new).await.unwrap_err();
    assert_eq!((error.kind(), error.effect()), (pm_provider::ErrorKind::Conflict, &Effect::NotExecuted));
    assert!(error.message().contains(&format!("#{}", opened.number)), "{error}");
    let all = pulls.pull_requests_page(&PullRequestQuery::in_project(web()), None).await.unwrap();
    assert_eq!(all.items.len(), 1);
}

/// The rules about pull requests, r270 and on: how many passed, and what is not kept.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_rules_about_pull_requests_are_kept() {
    let (_site, provider) = site().await;
    let subject = Subject::new(provider).branches(EveryBranch);
    let (mut passed, mut others) = (0, Vec::new());
    for rule in RULES.iter().filter(|rule| (270..288).contains(&rule.number)) {
        match rule.run(&subject).await {
            Ok(Verdict::Passed) => passed += 1,
            other => others.push(format!("{}: {other:?}", rule.test)),
        }
    }
    assert!(others.is_empty(), "{passed} passed; not:\n{}", others.join("\n"));
}
