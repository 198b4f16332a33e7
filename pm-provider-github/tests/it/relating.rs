//! Dependencies and the change feed on the wire.

use pm_provider::{ChangeQuery, Changes, Effect, ErrorKind, NewRelation, RelationKind, RelationQuery, Relations};
use serde_json::{Value, json};
use wiremock::matchers::{method, path};
use wiremock::{Mock, MockServer, ResponseTemplate};

use crate::issue::{ISSUES, asked, issue, pull, web, with, writes};
use crate::support::{answer, github};

async fn known(server: &MockServer, number: u64, blocked_by: &[Value], blocking: &[Value]) {
    let at = format!("{ISSUES}/{number}");
    answer(server, "GET", &at, 200, issue(number)).await;
    answer(server, "GET", &format!("{at}/dependencies/blocked_by"), 200, json!(blocked_by)).await;
    answer(server, "GET", &format!("{at}/dependencies/blocking"), 200, json!(blocking)).await;
}

#[tokio::test]
async fn a_dependency_is_told_from_both_ends() {
    let (server, provider) = github().await;
    web(&server).await;
    known(&server, 1, &[], &[issue(2)]).await;
    known(&server, 2, &[issue(1)], &[]).await;
    for task in ["7#1", "7#2"] {
        let page = Relations::relations_page(&provider, &RelationQuery::of_task(task), None).await.unwrap();
        let told: Vec<_> = page.items.iter().map(|relation| relation.id.as_str()).collect();
        assert_eq!(told, ["7#1>7#2"], "{task}");
        assert_eq!((page.items[0].kind, page.items[0].from.as_str()), (RelationKind::Blocks, "7#1"));
    }
}

#[tokio::test]
async fn the_one_that_blocks_is_told_by_its_database_id() {
    let (server, provider) = github().await;
    web(&server).await;
    known(&server, 1, &[], &[]).await;
    known(&server, 2, &[], &[]).await;
    let at = format!("{ISSUES}/2/dependencies/blocked_by");
    answer(&server, "POST", &at, 201, issue(2)).await;
    let relation = provider.create_relation(NewRelation::new(RelationKind::Blocks, "7#1", "octo/web#2")).await.unwrap();
    assert_eq!(relation.id.as_str(), "7#1>7#2");
    assert_eq!(writes(&server).await, [("POST".to_owned(), at, json!({ "issue_id": 1001 }))]);
}

#[tokio::test]
async fn what_github_refuses_of_two_issues_is_a_conflict() {
    let (server, provider) = github().await;
    web(&server).await;
    known(&server, 1, &[issue(2)], &[]).await;
    known(&server, 2, &[], &[issue(1)]).await;
    let at = format!("{ISSUES}/2/dependencies/blocked_by");
    answer(&server, "POST", &at, 422, json!({ "message": "Validation Failed" })).await;
    let error = provider.create_relation(NewRelation::new(RelationKind::Blocks, "7#1", "7#2")).await.unwrap_err();
    assert_eq!((error.kind(), error.effect()), (ErrorKind::Conflict, &Effect::NotExecuted));
    for (kind, to, expected) in [
        (RelationKind::Relates, "7#2", ErrorKind::Unsupported),
        (RelationKind::Blocks, "octo/web#1", ErrorKind::InvalidInput),
        (RelationKind::Blocks, "7#3", ErrorKind::NotFound),
    ] {
        let error = provider.create_relation(NewRelation::new(kind, "7#1", to)).await.unwrap_err();
        assert_eq!(error.kind(), expected, "{to}");
    }
}

#[tokio::test]
async fn a_dependency_is_deleted_from_either_end() {
    for task in ["7#1", "7#2"] {
        let (server, provider) = github().await;
        web(&server).await;
        known(&server, 1, &[], &[issue(2)]).await;
        known(&server, 2, &[issue(1)], &[]).await;
        let at = format!("{ISSUES}/2/dependencies/blocked_by/1001");
        answer(&server, "DELETE", &at, 200, issue(2)).await;
        provider.delete_relation(&task.into(), &"7#1>7#2".into()).await.unwrap();
        assert_eq!(writes(&server).await, [("DELETE".to_owned(), at, Value::Null)]);
        for other in ["7#2>7#1", "nonsense", "7#1>7#3"] {
            let error = provider.delete_relation(&task.into(), &other.into()).await.unwrap_err();
            assert_eq!(error.kind(), ErrorKind::NotFound, "{other}");
        }
    }
}

#[tokio::test]
async fn the_feed_begins_without_a_time_and_reads_on_from_the_last() {
    let (server, provider) = github().await;
    web(&server).await;
    let date = ResponseTemplate::new(200)
        .set_body_json(json!({ "resources": {} }))
        .insert_header("date", "Thu, 01 Jan 2026 01:00:00 GMT");
    Mock::given(method("GET")).and(path("/rate_limit")).respond_with(date).mount(&server).await;
    let changed = |number: u64| with(issue(number), json!({ "updated_at": format!("2026-01-01T00:0{number}:00Z") }));
    let rows = json!([changed(1), with(pull(2), json!({ "updated_at": "2026-01-01T00:02:00Z" })), changed(3)]);
    answer(&server, "GET", ISSUES, 200, rows).await;
    let query = ChangeQuery::in_project("7").page_size(1_u32);
    let first = provider.changes_page(&query, None).await.unwrap();
    assert_eq!((first.items.len(), first.more), (1, true));
    let second = provider.changes_page(&query, Some(first.next)).await.unwrap();
    assert_eq!((second.items[0].reference().id(), second.more), ("7#3", false));
    let third = provider.changes_page(&query, Some(second.next)).await.unwrap();
    let told: Vec<_> = third.items.iter().map(|change| change.reference().id().to_owned()).collect();
    assert_eq!(told, ["7#1"], "older than what is remembered of it: told again");
    let asked = asked(&server, ISSUES).await;
    assert_eq!(asked[0], "state=all&sort=updated&direction=asc&per_page=100");
    assert_eq!(asked[1], format!("{}&since=2026-01-01T00%3A00%3A59Z", asked[0]));
    assert_eq!(asked[2], format!("{}&since=2026-01-01T00%3A57%3A59Z", asked[0]));
}
