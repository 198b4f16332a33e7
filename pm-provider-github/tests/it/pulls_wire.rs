//! Pull requests on the wire.

use std::time::Duration;

use pm_provider::{
    CheckState, ErrorKind, Freshness, LinkReason, Mergeability, PmProvider, ProjectId, PullRequestQuery,
    PullRequestState, ReviewDecision, ReviewState,
};
use serde_json::{Value, json};
use wiremock::matchers::{header, method, path, query_param};
use wiremock::{Mock, MockServer, ResponseTemplate};

use crate::support::{answer, github, repository};

const PULLS: &str = "/repos/octo/web/pulls";

/// A pull request as a list shows it.
pub(crate) fn pull(number: u64) -> Value {
    let branch = |name: &str| {
        json!({ "label": format!("octo:{name}"), "ref": name, "sha": format!("{name}{number}"), "user": { "id": 1 },
            "repo": { "id": 7, "full_name": "octo/web" } })
    };
    json!({ "id": 9000 + number, "number": number, "title": format!("Pull {number}"), "body": null, "state": "open",
        "draft": false, "user": { "id": 1, "login": "ada" }, "head": branch("fence"), "base": branch("main"),
        "labels": [], "assignees": [{ "id": 2, "login": "mel" }], "requested_reviewers": [], "requested_teams": [],
        "html_url": format!("https://github.com/octo/web/pull/{number}"), "created_at": "2026-01-02T03:04:05Z",
        "updated_at": "2026-01-02T03:04:05Z", "closed_at": null, "merged_at": null, "new_member": [1.50] })
}

async fn server() -> (MockServer, pm_provider_github::GitHubProvider) {
    let (server, provider) = github().await;
    answer(&server, "GET", "/repositories/7", 200, repository(7, "octo", "web")).await;
    (server, provider)
}

fn project() -> ProjectId {
    ProjectId::new("7")
}

/// What was asked for, without what the tests' own preparations ask.
pub(crate) async fn asked(server: &MockServer) -> Vec<String> {
    let requests = server.received_requests().await.unwrap();
    let lines = requests.iter().map(|request| {
        let query = request.url.query().map(|query| format!("?{query}")).unwrap_or_default();
        format!("{} {}{query}", request.method, request.url.path())
    });
    lines.filter(|line| !line.contains("/repositories/7") && !line.contains("rate_limit")).collect()
}

#[tokio::test]
async fn github_filters_what_it_can_and_the_rest_is_left_out_here() {
    let (server, provider) = server().await;
    let mut merged = pull(3);
    merged["state"] = json!("closed");
    merged["merged_at"] = json!("2026-01-03T00:00:00Z");
    let mut closed = pull(4);
    closed["state"] = json!("closed");
    answer(&server, "GET", PULLS, 200, json!([merged, closed])).await;
    let query = PullRequestQuery::in_project(project())
        .states([PullRequestState::Merged])
        .source_branch("fence")
        .target_branch("main")
        .assignee("2")
        .page_size(50_u32);
    let page = provider.pull_requests().unwrap().pull_requests_page(&query, None).await.unwrap();
    assert_eq!(page.items.iter().map(|one| one.number).collect::<Vec<_>>(), [3]);
    let expected = "?state=closed&sort=created&direction=asc&head=octo%3Afence&base=main&per_page=50&page=1";
    assert_eq!(asked(&server).await, [format!("GET {PULLS}{expected}")]);
    let one = &page.items[0];
    assert_eq!((one.state, one.author_name.as_deref()), (PullRequestState::Merged, Some("ada")));
    assert_eq!(one.raw_data.as_str(), Some(merged.to_string().as_str()), "the wire, byte for byte");
}

#[tokio::test]
async fn the_whole_list_is_fetched_by_numbered_links() {
    let (server, provider) = server().await;
    let link = |page: u32| format!("{}/repositories/7/pulls?state=all&per_page=100&page={page}", server.uri());
    let first = ResponseTemplate::new(200)
        .set_body_json(json!([pull(1)]))
        .insert_header("link", format!("<{}>; rel=\"next\", <{}>; rel=\"last\"", link(2), link(3)));
    Mock::given(method("GET")).and(path(PULLS)).respond_with(first).mount(&server).await;
    for page in [2, 3] {
        let rest = if page == 2 { format!("<{}>; rel=\"next\"", link(3)) } else { "<x>; rel=\"prev\"".to_owned() };
        let reply = ResponseTemplate::new(200).set_body_json(json!([pull(page)])).insert_header("link", rest);
        Mock::given(path("/repositories/7/pulls"))
            .and(query_param("page", page.to_string()))
            .respond_with(reply)
            .mount(&server)
            .await;
    }
    let provider: std::sync::Arc<dyn PmProvider> = std::sync::Arc::new(provider);
    let query = PullRequestQuery::in_project(project());
    let all = pm_provider::PmProviderExt::list_pull_requests(&provider, query.clone()).await.unwrap();
    assert_eq!(all.iter().map(|one| one.number).collect::<Vec<_>>(), [1, 2, 3]);
    let page = provider.pull_requests().unwrap().pull_requests_page(&query, None).await.unwrap();
    assert_eq!((page.next.is_some(), page.ahead.len()), (true, 1), "page 3 can be fetched beside page 2");
}

/// Answers for the details of pull request 7.
async fn details(server: &MockServer, mergeable: &[Value]) {
    for (place, known) in mergeable.iter().enumerate() {
        let mut one = pull(7);
        one["mergeable"] = known.clone();
        for (member, value) in [("additions", 10), ("deletions", 2), ("changed_files", 3), ("commits", 1)] {
            one[member] = json!(value);
        }
        let reply = ResponseTemplate::new(200).set_body_json(one).insert_header("etag", format!("\"{place}\""));
        let mock = Mock::given(method("GET")).and(path(format!("{PULLS}/7"))).respond_with(reply);
        let is_last = place + 1 == mergeable.len();
        if is_last { mock } else { mock.up_to_n_times(1) }.mount(server).await;
    }
    let review = |id: u64, who: u64, state: &str| {
        json!({ "id": id, "user": { "id": who, "login": format!("u{who}") }, "state": state, "body": "",
            "submitted_at": format!("2026-01-0{id}T00:00:00Z") })
    };
    let reviews = json!([review(1, 1, "CHANGES_REQUESTED"), review(2, 2, "COMMENTED"), review(3, 1, "APPROVED")]);
    answer(server, "GET", &format!("{PULLS}/7/reviews"), 200, reviews).await;
    let runs = json!({ "total_count": 2, "check_runs": [
        { "id": 1, "name": "build", "status": "completed", "conclusion": "success", "app": { "name": "Actions" } },
        { "id": 2, "name": "lint", "status": "in_progress", "conclusion": null },
    ] });
    answer(server, "GET", "/repos/octo/web/commits/fence7/check-runs", 200, runs).await;
    let statuses = json!({ "state": "failure", "statuses": [{ "id": 3, "context": "ci", "state": "failure",
        "description": "2 tests fail", "target_url": "https://ci.example.org/3" }] });
    answer(server, "GET", "/repos/octo/web/commits/fence7/status", 200, statuses).await;
}

#[tokio::test]
async fn one_comes_with_reviews_and_checks() {
    let (server, provider) = server().await;
    details(&server, &[json!(true)]).await;
    let pulls = provider.pull_requests().unwrap();
    let one = pulls.get_pull_request(&project(), 7, Freshness::Remembered).await.unwrap();
    assert_eq!((one.mergeability, one.additions, one.commits), (Mergeability::Mergeable, Some(10), Some(1)));
    let reviews: Vec<_> = one.reviews.iter().map(|review| (review.id.as_str(), review.state)).collect();
    assert_eq!(reviews, [("2", ReviewState::Commented), ("3", ReviewState::Approved)]);
    assert_eq!(one.review_decision, Some(ReviewDecision::Approved));
    let checks: Vec<_> = one.checks.iter().flatten().map(|check| (check.name.as_str(), check.state)).collect();
    let expected = [("build", CheckState::Passed), ("lint", CheckState::Pending), ("ci", CheckState::Failed)];
    assert_eq!((checks.as_slice(), one.checks_state()), (expected.as_slice(), Some(CheckState::Failed)));
    let mut asked = asked(&server).await;
    asked.sort();
    let expected = [
        "GET /repos/octo/web/commits/fence7/check-runs?per_page=100".to_owned(),
        "GET /repos/octo/web/commits/fence7/status?per_page=100".to_owned(),
        format!("GET {PULLS}/7"),
        format!("GET {PULLS}/7/reviews?per_page=100"),
    ];
    assert_eq!(asked, expected);
}

#[tokio::test]
async fn mergeability_is_asked_for_again_while_it_is_worked_out() {
    let (server, provider) = server().await;
    details(&server, &[Value::Null, Value::Null, json!(false)]).await;
    let pulls = provider.pull_requests().unwrap();
    let one = pulls.get_pull_request(&project(), 7, Freshness::Remembered).await.unwrap();
    assert_eq!(one.mergeability, Mergeability::Conflicting);
    let times = |asked: &[String]| asked.iter().filter(|line| line.ends_with("/pulls/7")).count();
    assert_eq!(times(&asked(&server).await), 3);
    // What was found out in the end is what is remembered.
    let again = pulls.get_pull_request(&project(), 7, Freshness::Remembered).await.unwrap();
    assert_eq!((again.mergeability, times(&asked(&server).await)), (Mergeability::Conflicting, 3));
}

#[tokio::test]
async fn mergeability_that_is_never_worked_out_is_unknown() {
    let (server, provider) = server().await;
    details(&server, &[Value::Null]).await;
    let pulls = provider.pull_requests().unwrap();
    let one = pulls.get_pull_request(&project(), 7, Freshness::Remembered).await.unwrap();
    assert_eq!(one.mergeability, Mergeability::Unknown);
    assert_eq!(asked(&server).await.iter().filter(|line| line.ends_with("/pulls/7")).count(), 4);
}

#[tokio::test]
async fn checks_that_are_not_shown_are_told_from_none() {
    let (server, provider) = server().await;
    let mut one = pull(7);
    one["mergeable"] = json!(true);
    answer(&server, "GET", &format!("{PULLS}/7"), 200, one).await;
    answer(&server, "GET", &format!("{PULLS}/7/reviews"), 200, json!([])).await;
    let refused = json!({ "message": "Resource not accessible by personal access token" });
    answer(&server, "GET", "/repos/octo/web/commits/fence7/check-runs", 403, refused.clone()).await;
    answer(&server, "GET", "/repos/octo/web/commits/fence7/status", 403, refused).await;
    let pulls = provider.pull_requests().unwrap();
    let one = pulls.get_pull_request(&project(), 7, Freshness::Remembered).await.unwrap();
    assert_eq!((one.checks, one.review_decision), (None, None));
}

#[tokio::test]
async fn an_issue_is_no_pull_request() {
    let (server, provider) = server().await;
    answer(&server, "GET", &format!("{PULLS}/12"), 404, json!({ "message": "Not Found" })).await;
    let pulls = provider.pull_requests().unwrap();
    let error = pulls.get_pull_request(&project(), 12, Freshness::Remembered).await.unwrap_err();
    assert_eq!((error.kind(), error.operation()), (ErrorKind::NotFound, Some("get_pull_request")));
    assert!(error.message().contains("`octo/web#12`"), "{error}");
    let error = pulls.pull_requests_page(&PullRequestQuery::in_project("v2:PVT_1"), None).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unsupported);
}

#[tokio::test]
async fn what_is_remembered_is_not_asked_for_and_what_is_fresh_is_revalidated() {
    let (server, provider) = github().await;
    answer(&server, "GET", "/repositories/7", 200, repository(7, "octo", "web")).await;
    let unchanged = ResponseTemplate::new(304).insert_header("etag", "\"a\"");
    Mock::given(path(PULLS)).and(header("if-none-match", "\"a\"")).respond_with(unchanged).mount(&server).await;
    let list = ResponseTemplate::new(200).set_body_json(json!([pull(1)])).insert_header("etag", "\"a\"");
    Mock::given(path(PULLS)).respond_with(list).mount(&server).await;
    let pulls = provider.pull_requests().unwrap();
    let query = PullRequestQuery::in_project(project());
    for _ in 0..3 {
        assert_eq!(pulls.pull_requests_page(&query, None).await.unwrap().items.len(), 1);
    }
    assert_eq!(asked(&server).await.len(), 1);
    let fresh = query.clone().freshness(Freshness::Fresh);
    assert_eq!(pulls.pull_requests_page(&fresh, None).await.unwrap().items.len(), 1);
    let requests = server.received_requests().await.unwrap();
    let last = requests.last().unwrap();
    assert_eq!(last.headers.get("if-none-match").unwrap(), "\"a\"", "the second answer has headers only");
    // Several who ask at once share one request.
    let other = query.states([PullRequestState::Open]);
    let all = futures_util::future::join_all((0..5).map(|_| pulls.pull_requests_page(&other, None))).await;
    assert!(all.iter().all(Result::is_ok));
    assert_eq!(asked(&server).await.len(), 3);
}

#[tokio::test]
async fn what_is_remembered_ends_after_its_time() {
    let server = MockServer::start().await;
    let config = crate::support::config(&server).pull_request_cache(Duration::from_millis(200));
    let provider = pm_provider_github::GitHubProvider::new(config).unwrap();
    answer(&server, "GET", "/repositories/7", 200, repository(7, "octo", "web")).await;
    answer(&server, "GET", PULLS, 200, json!([])).await;
    let pulls = provider.pull_requests().unwrap();
    let query = PullRequestQuery::in_project(project());
    for pause in [0, 0, 300] {
        tokio::time::sleep(Duration::from_millis(pause)).await;
        pulls.pull_requests_page(&query, None).await.unwrap();
    }
    assert_eq!(asked(&server).await.len(), 2);
}

#[tokio::test]
async fn an_error_is_not_remembered() {
    let (server, provider) = server().await;
    let refused = ResponseTemplate::new(403).set_body_json(json!({ "message": "no" }));
    Mock::given(path(PULLS)).respond_with(refused).up_to_n_times(1).mount(&server).await;
    answer(&server, "GET", PULLS, 200, json!([])).await;
    let pulls = provider.pull_requests().unwrap();
    let query = PullRequestQuery::in_project(project());
    let error = pulls.pull_requests_page(&query, None).await.unwrap_err();
    assert_eq!((error.kind(), error.http_status()), (ErrorKind::PermissionDenied, Some(403)));
    assert!(pulls.pull_requests_page(&query, None).await.is_ok());
}

#[tokio::test]
async fn links_of_an_issue_come_from_one_document() {
    let (server, provider) = server().await;
    let source = |number: u64, of: &str| json!({ "number": number, "repository": { "nameWithOwner": of } });
    let connection = |nodes: Value| json!({ "pageInfo": { "hasNextPage": false, "endCursor": null }, "nodes": nodes });
    let event = |closes: bool, source: Value| json!({ "willCloseTarget": closes, "source": source });
    let data = json!({ "data": { "repository": { "issue": {
        "closedByPullRequestsReferences": connection(json!([source(9, "octo/web")])),
        "timelineItems": connection(json!([
            event(true, source(9, "octo/web")), event(false, source(3, "octo/web")), event(false, json!({})), null,
            event(false, source(5, "other/secret")),
        ])),
    } } } });
    answer(&server, "POST", "/graphql", 200, data).await;
    let mut named = pull(8);
    named["head"]["ref"] = json!("7-fence");
    named["title"] = json!("GH-7: paint");
    answer(&server, "GET", PULLS, 200, json!([pull(10), pull(9), named, pull(6)])).await;
    answer(&server, "GET", &format!("{PULLS}/3"), 200, pull(3)).await;
    answer(&server, "GET", "/repos/other/secret", 404, json!({ "message": "Not Found" })).await;
    let found = provider.pull_requests().unwrap().pull_requests_of_task(&"7#7".into(), Freshness::Remembered).await;
    let found = found.unwrap();
    let reasons: Vec<_> = found.items.iter().map(|one| (one.pull_request.number, one.reasons.clone())).collect();
    let expected = [
        (3, vec![LinkReason::CrossReference]),
        (8, vec![LinkReason::BranchName, LinkReason::Title]),
        (9, vec![LinkReason::ClosingKeyword, LinkReason::CrossReference]),
    ];
    assert_eq!((reasons.as_slice(), found.complete), (expected.as_slice(), true));
    let requests = server.received_requests().await.unwrap();
    let asked = requests.iter().find(|request| request.url.path() == "/graphql").unwrap();
    let body: Value = asked.body_json().unwrap();
    let variables = json!({ "owner": "octo", "name": "web", "number": 7, "closing": null, "events": null });
    assert_eq!((&body["variables"], &body["operationName"]), (&variables, &json!("PullRequestsOfIssue")));
}

#[tokio::test]
async fn an_issue_that_graphql_does_not_find_is_not_found() {
    let (server, provider) = server().await;
    let problem = json!({ "type": "NOT_FOUND", "path": ["repository", "issue"],
        "message": "Could not resolve to an Issue with the number of 7." });
    let body = json!({ "data": { "repository": { "issue": null } }, "errors": [problem] });
    answer(&server, "POST", "/graphql", 200, body).await;
    let found = provider.pull_requests().unwrap().pull_requests_of_task(&"7#7".into(), Freshness::Fresh).await;
    let error = found.unwrap_err();
    assert_eq!((error.kind(), error.operation()), (ErrorKind::NotFound, Some("list_pull_requests_of_task")));
}
