//! Pull requests, by both of the APIs.

use pm_testkit::github::PullRequestSeed;
use reqwest::Method;
use serde_json::{Value, json};

use super::Api;

fn seed(value: Value) -> PullRequestSeed {
    serde_json::from_value(value).unwrap()
}

#[tokio::test]
async fn lists_are_filtered_by_state_and_by_branches() {
    let api = Api::start().await;
    api.server.add_pull_request("acme/site", &seed(json!({ "title": "Open", "head": "1-build" }))).unwrap();
    api.server
        .add_pull_request("acme/site", &seed(json!({ "title": "Merged", "head": "two", "state": "merged" })))
        .unwrap();
    api.server
        .add_pull_request(
            "acme/site",
            &seed(json!({ "title": "Closed", "head": "three", "base": "next", "state": "closed" })),
        )
        .unwrap();
    let titles = async |query: &str| {
        let (status, pulls) = api.rest(Method::GET, &format!("/repos/acme/site/pulls{query}"), None).await;
        assert_eq!(status, 200);
        pulls.as_array().unwrap().iter().map(|pull| pull["title"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(titles("").await, ["Open"]);
    assert_eq!(titles("?state=closed&direction=asc").await, ["Merged", "Closed"]);
    assert_eq!(titles("?state=all&head=acme:two").await, ["Merged"]);
    assert_eq!(titles("?state=all&base=next").await, ["Closed"]);
    assert_eq!(api.rest(Method::GET, "/repos/acme/site/pulls/1", None).await.0, 404);
}

#[tokio::test]
async fn mergeability_is_not_known_at_first() {
    let api = Api::start().await;
    let number = api.server.add_pull_request("acme/site", &seed(json!({ "title": "One", "computing": 2 }))).unwrap();
    let path = format!("/repos/acme/site/pulls/{number}");
    let mut seen = Vec::new();
    for _ in 0..3 {
        seen.push(api.rest(Method::GET, &path, None).await.1["mergeable"].clone());
    }
    assert_eq!(seen, [Value::Null, Value::Null, json!(true)]);
    assert_eq!(api.rest(Method::GET, &path, None).await.1["mergeable_state"], "clean");
}

#[tokio::test]
async fn there_is_one_open_pull_request_between_two_branches() {
    let api = Api::start().await;
    let body = json!({ "title": "Build it", "head": "1-build", "base": "main", "body": "Closes #1" });
    let (status, made) = api.rest(Method::POST, "/repos/acme/site/pulls", Some(body.clone())).await;
    assert_eq!((status, &made["head"]["label"], &made["mergeable"]), (201, &json!("acme:1-build"), &Value::Null));
    let (status, twin) = api.rest(Method::POST, "/repos/acme/site/pulls", Some(body)).await;
    assert_eq!(status, 422);
    assert_eq!(twin["errors"][0]["message"], "A pull request already exists for acme:1-build.");
    let nowhere = json!({ "title": "No", "head": "missing-branch", "base": "main" });
    let (status, refused) = api.rest(Method::POST, "/repos/acme/site/pulls", Some(nowhere)).await;
    assert_eq!((status, &refused["errors"][0]["field"]), (422, &json!("head")));
}

#[tokio::test]
async fn reviews_requests_and_checks_are_told() {
    let api = Api::start().await;
    let described = seed(json!({
        "title": "Build it", "reviews": [["mel", "COMMENTED"], ["mel", "APPROVED"]], "requested": ["mel"],
        "checks": [["build", "success"], ["lint", null]], "statuses": [["ci", "failure"], ["ci", "success"]],
    }));
    let number = api.server.add_pull_request("acme/site", &described).unwrap();
    let path = format!("/repos/acme/site/pulls/{number}");
    let pull = api.rest(Method::GET, &path, None).await.1;
    let reviews = api.rest(Method::GET, &format!("{path}/reviews"), None).await.1;
    assert_eq!(reviews[1]["state"], "APPROVED");
    let requested = api.rest(Method::GET, &format!("{path}/requested_reviewers"), None).await.1;
    assert_eq!(requested["users"][0]["login"], "mel");
    let sha = pull["head"]["sha"].as_str().unwrap();
    let runs = api.rest(Method::GET, &format!("/repos/acme/site/commits/{sha}/check-runs"), None).await.1;
    assert_eq!((&runs["total_count"], &runs["check_runs"][1]["conclusion"]), (&json!(2), &Value::Null));
    let status = api.rest(Method::GET, &format!("/repos/acme/site/commits/{sha}/status"), None).await.1;
    assert_eq!((&status["state"], &status["total_count"]), (&json!("success"), &json!(1)));
    let commits = api.rest(Method::GET, &format!("{path}/commits"), None).await.1;
    assert_eq!(commits[0]["sha"], sha);

    let query = "query($n: Int!) { repository(owner: \"acme\", name: \"site\") { pullRequest(number: $n) {
        reviewDecision mergeable state isDraft headRefName
        statusCheckRollup { state contexts(first: 10) { nodes { __typename ... on CheckRun { name conclusion } ... on StatusContext { context state } } } }
        latestReviews(first: 5) { nodes { state author { login } } }
        reviewRequests(first: 5) { nodes { requestedReviewer { ... on User { login } } } } } } }";
    let data = api.data(query, json!({ "n": number })).await["repository"]["pullRequest"].clone();
    assert_eq!((&data["reviewDecision"], &data["statusCheckRollup"]["state"]), (&json!("APPROVED"), &json!("FAILURE")));
    assert_eq!(data["latestReviews"]["nodes"], json!([{ "state": "APPROVED", "author": { "login": "mel" } }]));
}

#[tokio::test]
async fn closing_words_and_mentions_link_issues() {
    let api = Api::start().await;
    let add = |value: Value| api.server.add_pull_request("acme/site", &seed(value)).unwrap();
    let closing = add(json!({ "title": "Build", "body": "This fixes: #1", "head": "a" }));
    let mentioning = add(json!({ "title": "See", "body": "see acme/site#1.", "head": "b" }));
    let by_hand = add(json!({ "title": "Hand", "closes": [1], "head": "c" }));
    add(json!({ "title": "#1 in the title alone", "head": "1-build" }));
    add(json!({ "title": "Elsewhere", "body": "closes #1", "base": "next", "head": "d" }));
    let query = "{ repository(owner: \"acme\", name: \"site\") { issue(number: 1) {
        closedByPullRequestsReferences(first: 10, includeClosedPrs: true) { nodes { number } }
        timelineItems(first: 10, itemTypes: [CROSS_REFERENCED_EVENT]) { nodes { ... on CrossReferencedEvent { willCloseTarget source { ... on PullRequest { number } } } } } } } }";
    let issue = api.data(query, json!({})).await["repository"]["issue"].clone();
    let numbers =
        |list: &Value| list.as_array().unwrap().iter().map(|one| one["number"].as_u64().unwrap()).collect::<Vec<_>>();
    assert_eq!(numbers(&issue["closedByPullRequestsReferences"]["nodes"]), [closing, by_hand]);
    let events = issue["timelineItems"]["nodes"].as_array().unwrap();
    let seen: Vec<(u64, bool)> = events
        .iter()
        .map(|event| (event["source"]["number"].as_u64().unwrap(), event["willCloseTarget"].as_bool().unwrap()))
        .collect();
    assert_eq!(seen[..2], [(closing, true), (mentioning, false)]);
    assert_eq!(seen.len(), 3);

    assert!(api.server.merge_pull_request("acme/site", closing));
    assert_eq!(api.server.issue("acme/site", 1).unwrap()["state"], "closed");
    assert_eq!(api.server.pull_request("acme/site", closing).unwrap()["merged"], true);
}
