//! Pull requests: what their queries match, what their checks and reviews come to, their JSON.

use pm_provider::*;
use serde_json::json;

fn one() -> PullRequest {
    PullRequest::new("11", 7, "1", "Mend the gate", PullRequestState::Open)
        .source_branch("fence")
        .target_branch("main")
        .author_id("u1")
        .assignees(["u2", "u3"])
        .labels(["Outside", "wood"])
}

fn query() -> PullRequestQuery {
    PullRequestQuery::in_project("1")
}

#[test]
fn filters_match_what_they_name_and_combine_with_and() {
    let fits = [
        query(),
        query().states([PullRequestState::Merged, PullRequestState::Open]),
        query().draft(false),
        query().author("u1").assignee("u3"),
        query().labels(["outside", "WOOD"]),
        query().source_branch("fence").target_branch("main"),
    ];
    for query in fits {
        assert!(query.matches(&one()), "{query:?}");
    }
    let others = [
        query().states([PullRequestState::Merged]),
        query().draft(true),
        query().author("u2"),
        query().assignee("u1"),
        query().labels(["outside", "stone"]),
        query().source_branch("Fence"),
        query().source_branch("octocat:fence"),
        query().target_branch("fence"),
        query().author("u1").draft(true),
    ];
    for query in others {
        assert!(!query.matches(&one()), "{query:?}");
    }
}

#[test]
fn branches_of_forks_are_named_with_their_owner() {
    let fork = one().source_repository("octocat/web");
    assert!(query().source_branch("OctoCat:fence").matches(&fork));
    assert!(!query().source_branch("fence").matches(&fork));
    let gone = one().source_repository("octocat");
    assert!(query().source_branch("octocat:fence").matches(&gone));
}

#[test]
fn a_cursor_goes_on_however_recent_the_answer_must_be() {
    let cursor = Cursor::seal("p", "pull_requests", &query(), "2");
    let fresh = query().freshness(Freshness::Fresh).page_size(5_u32);
    assert_eq!(cursor.open("p", "pull_requests", &fresh).unwrap(), "2");
    assert!(cursor.open("p", "pull_requests", &query().draft(true)).is_err());
}

#[test]
fn checks_come_to_the_worst_of_them() {
    use CheckState::{Cancelled, Failed, Passed, Pending, Skipped};
    let state = |states: &[CheckState]| {
        let checks: Vec<_> = states.iter().map(|state| Check::new("build", *state)).collect();
        PullRequestDetails::new(one()).checks(checks).checks_state()
    };
    assert_eq!(PullRequestDetails::new(one()).checks_state(), None);
    assert_eq!(state(&[]), None);
    assert_eq!(state(&[Passed, Skipped]), Some(Passed));
    assert_eq!(state(&[Passed, Pending]), Some(Pending));
    assert_eq!(state(&[Pending, Failed]), Some(Failed));
    assert_eq!(state(&[Cancelled, Passed]), Some(Failed));
}

#[test]
fn reviews_come_to_a_decision() {
    use ReviewState::{Approved, ChangesRequested, Commented, Dismissed};
    let decision = |states: &[ReviewState], asked: bool| {
        let reviews: Vec<_> = states.iter().map(|state| Review::new("1", *state)).collect();
        ReviewDecision::of(&reviews, asked)
    };
    assert_eq!(decision(&[], false), None);
    assert_eq!(decision(&[Commented, Dismissed], true), Some(ReviewDecision::ReviewRequired));
    assert_eq!(decision(&[Approved, Commented], true), Some(ReviewDecision::Approved));
    assert_eq!(decision(&[Approved, ChangesRequested], false), Some(ReviewDecision::ChangesRequested));
}

#[test]
fn everything_survives_a_trip_through_json() {
    let raw = RawData::from_json(r#"{"b": 1,  "a": [2.50]}"#).unwrap();
    let review = Review::new("3", ReviewState::Approved).author_name("ada").raw_data(raw.clone());
    let check = Check::new("build", CheckState::Failed).outcome("timed_out").raw_data(raw.clone());
    let details = PullRequestDetails::new(one().raw_data(raw))
        .reviews([review])
        .review_decision(ReviewDecision::Approved)
        .checks(vec![check])
        .mergeability(Mergeability::Conflicting)
        .additions(3_u64);
    let text = serde_json::to_string(&details).unwrap();
    assert_eq!(text.matches(r#"{"b": 1,  "a": [2.50]}"#).count(), 3, "{text}");
    let back: PullRequestDetails = serde_json::from_str(&text).unwrap();
    assert_eq!(back, details);
    assert_eq!(serde_json::to_value(&details).unwrap()["mergeability"], "conflicting");
    let linked = LinkedPullRequest::new(one(), [LinkReason::Title, LinkReason::ClosingKeyword, LinkReason::Title]);
    assert_eq!(serde_json::to_value(linked).unwrap()["reasons"], json!(["closing_keyword", "title"]));
}
