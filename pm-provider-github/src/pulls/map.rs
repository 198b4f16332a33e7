//! From the wire to the models.

use pm_http::Raw;
use pm_provider::{Check, CheckState, Mergeability, PullRequest, PullRequestState, ReviewState, UserId};

use super::dto::{Branch, CheckRun, Pull, Review, Status};
use crate::dto::User;

fn user_id(user: &User) -> Option<UserId> {
    user.id.map(|id| UserId::new(id.to_string()))
}

fn user_ids(users: &[User]) -> Vec<UserId> {
    users.iter().filter_map(user_id).collect()
}

fn filled(text: Option<String>) -> Option<String> {
    text.filter(|text| !text.is_empty())
}

/// A pull request of a repository.
pub(super) fn pull_request(raw: Raw<Pull>, repository: u64) -> PullRequest {
    let Raw { item, raw } = raw;
    let state = state(&item);
    let mut one = PullRequest::new(item.id.to_string(), item.number, repository.to_string(), item.title, state);
    one.description = filled(item.body);
    one.draft = item.draft.unwrap_or_default();
    one.author_id = item.user.as_ref().and_then(user_id);
    one.author_name = item.user.and_then(|user| user.login);
    one.source_repository = elsewhere(&item.head, &item.base);
    one.source_branch = Some(item.head.name);
    one.source_commit = Some(item.head.sha);
    one.target_branch = Some(item.base.name);
    one.labels = item.labels.into_iter().filter_map(|label| label.name).collect();
    one.assignees = user_ids(&item.assignees);
    one.requested_reviewers = user_ids(&item.requested_reviewers);
    one.requested_teams = item.requested_teams.into_iter().map(|team| team.name).collect();
    one.url = item.html_url;
    one.created_at = item.created_at;
    one.updated_at = item.updated_at;
    one.closed_at = item.closed_at;
    one.merged_at = item.merged_at;
    one.raw_data(raw)
}

fn state(pull: &Pull) -> PullRequestState {
    match () {
        () if pull.is_open() => PullRequestState::Open,
        () if pull.merged_at.is_some() => PullRequestState::Merged,
        () => PullRequestState::Closed,
    }
}

/// The fork that a branch is of; its owner, who stands before the colon, where it is gone.
fn elsewhere(head: &Branch, base: &Branch) -> Option<String> {
    let home = base.repo.as_ref();
    match &head.repo {
        Some(place) => home.is_none_or(|home| home.id != place.id).then(|| place.full_name.clone()),
        None => {
            let (owner, _) = head.label.as_deref()?.split_once(':')?;
            let is_home = home.is_some_and(|home| home.full_name.split('/').next() == Some(owner));
            (!is_home).then(|| owner.to_owned())
        }
    }
}

/// Whether it can be merged.
pub(super) fn mergeability(pull: &Pull) -> Mergeability {
    match pull.mergeable.filter(|_| pull.is_open()) {
        Some(true) => Mergeability::Mergeable,
        Some(false) => Mergeability::Conflicting,
        None => Mergeability::Unknown,
    }
}

/// A review; `None` for one that is not handed in, and for kinds that we do not know.
fn review(raw: Raw<Review>) -> Option<pm_provider::Review> {
    let Raw { item, raw } = raw;
    let state = match item.state.as_str() {
        "APPROVED" => ReviewState::Approved,
        "CHANGES_REQUESTED" => ReviewState::ChangesRequested,
        "COMMENTED" => ReviewState::Commented,
        "DISMISSED" => ReviewState::Dismissed,
        _ => return None,
    };
    let mut review = pm_provider::Review::new(item.id.to_string(), state).raw_data(raw);
    review.author_id = item.user.as_ref().and_then(user_id);
    review.author_name = item.user.and_then(|user| user.login);
    review.body = filled(item.body);
    review.commit = item.commit_id;
    review.url = item.html_url;
    review.submitted_at = item.submitted_at;
    Some(review)
}

/// One review of each person: the last one with an opinion, else the last comment. GitHub lists them in the order of time
/// (<https://docs.github.com/en/rest/pulls/reviews#list-reviews-for-a-pull-request>); a comment after an approval takes
/// nothing back, as on its own pages.
pub(super) fn latest_reviews(rows: Vec<Raw<Review>>) -> Vec<pm_provider::Review> {
    let mut latest: Vec<pm_provider::Review> = Vec::new();
    for review in rows.into_iter().filter_map(review) {
        let is_same = |other: &pm_provider::Review| match (&review.author_id, &other.author_id) {
            (Some(one), Some(other)) => one == other,
            // People who are gone cannot be told apart.
            _ => false,
        };
        let Some(place) = latest.iter().position(is_same) else {
            latest.push(review);
            continue;
        };
        let has_opinion = review.state != ReviewState::Commented;
        if has_opinion || latest[place].state == ReviewState::Commented {
            latest.remove(place);
            latest.push(review);
        }
    }
    latest.sort_by_key(|review| review.submitted_at);
    latest
}

/// A check run.
pub(super) fn check_run(raw: Raw<CheckRun>) -> Check {
    let Raw { item, raw } = raw;
    let is_over = item.status.as_deref() == Some("completed") || item.conclusion.is_some();
    let outcome = if is_over { item.conclusion } else { item.status };
    let state = match outcome.as_deref() {
        _ if !is_over => CheckState::Pending,
        Some("success") => CheckState::Passed,
        Some("neutral" | "skipped") => CheckState::Skipped,
        Some("cancelled" | "stale") => CheckState::Cancelled,
        // `failure`, `timed_out`, `action_required`, `startup_failure`, and what is not known yet.
        _ => CheckState::Failed,
    };
    let mut check = Check::new(item.name, state).raw_data(raw);
    check.source = item.app.and_then(|app| app.name);
    check.outcome = outcome;
    check.summary = item.output.and_then(|output| filled(output.title));
    check.url = item.html_url.or(item.details_url);
    check.started_at = item.started_at;
    check.completed_at = item.completed_at;
    check
}

/// What another system reported.
pub(super) fn status(raw: Raw<Status>) -> Check {
    let Raw { item, raw } = raw;
    let state = match item.state.as_str() {
        "success" => CheckState::Passed,
        "pending" => CheckState::Pending,
        _ => CheckState::Failed,
    };
    let mut check = Check::new(item.context, state).raw_data(raw).outcome(item.state);
    check.summary = filled(item.description);
    check.url = filled(item.target_url);
    check.started_at = item.created_at;
    check.completed_at = item.updated_at.filter(|_| state != CheckState::Pending);
    check
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use serde_json::{Value, json};

    use super::*;

    fn pull(change: impl Fn(&mut Value)) -> PullRequest {
        let mut json = json!({
            "id": 11, "number": 7, "title": "Mend", "body": "", "state": "open", "draft": true, "user": {"id": 1, "login": "ada"},
            "head": {"label": "octo:fence", "ref": "fence", "sha": "abc", "repo": {"id": 5, "full_name": "octo/web"}},
            "base": {"label": "octo:main", "ref": "main", "sha": "def", "repo": {"id": 5, "full_name": "octo/web"}},
            "requested_teams": [{"name": "Painters"}], "labels": [{"name": "outside"}], "assignees": [{"id": 2}],
        });
        change(&mut json);
        pull_request(serde_json::from_str(&json.to_string()).unwrap(), 5)
    }

    #[test]
    fn a_pull_request_comes_from_a_branch_or_a_fork() {
        let one = pull(|_| ());
        assert_eq!((one.source_branch.as_deref(), one.source_repository), (Some("fence"), None));
        assert_eq!((one.description, one.requested_teams), (None, vec!["Painters".to_owned()]));
        let fork = pull(|json| json["head"]["repo"] = json!({"id": 6, "full_name": "octocat/web"}));
        assert_eq!(fork.source_repository.as_deref(), Some("octocat/web"));
        let gone = pull(|json| {
            json["head"]["repo"] = Value::Null;
            json["head"]["label"] = json!("octocat:fence");
        });
        assert_eq!(gone.source_repository.as_deref(), Some("octocat"));
    }

    #[test]
    fn what_is_merged_is_closed_on_the_wire() {
        let of = |state: &str, merged: Value| {
            pull(|json| {
                json["state"] = json!(state);
                json["merged_at"] = merged.clone();
            })
        };
        assert_eq!(of("open", Value::Null).state, PullRequestState::Open);
        assert_eq!(of("closed", Value::Null).state, PullRequestState::Closed);
        assert_eq!(of("closed", json!("2026-01-01T00:00:00Z")).state, PullRequestState::Merged);
    }

    #[test]
    fn each_person_has_one_review() {
        let row = |id: u64, who: u64, state: &str| {
            let json = json!({"id": id, "user": {"id": who, "login": "x"}, "state": state,
                "submitted_at": format!("2026-01-0{id}T00:00:00Z")});
            serde_json::from_str::<Raw<Review>>(&json.to_string()).unwrap()
        };
        let rows = vec![
            row(1, 1, "COMMENTED"),
            row(2, 1, "APPROVED"),
            row(3, 2, "CHANGES_REQUESTED"),
            row(4, 1, "COMMENTED"),
            row(5, 3, "COMMENTED"),
            row(6, 2, "DISMISSED"),
            row(7, 3, "PENDING"),
        ];
        let shown: Vec<_> = latest_reviews(rows).into_iter().map(|review| (review.id, review.state)).collect();
        let expected = [("2", ReviewState::Approved), ("5", ReviewState::Commented), ("6", ReviewState::Dismissed)];
        assert_eq!(shown, expected.map(|(id, state)| (id.to_owned(), state)));
    }

    #[test]
    fn checks_pass_fail_or_wait() {
        let state = |status: &str, conclusion: Value| {
            let json = json!({"name": "build", "status": status, "conclusion": conclusion});
            check_run(serde_json::from_str(&json.to_string()).unwrap()).state
        };
        assert_eq!(state("in_progress", Value::Null), CheckState::Pending);
        assert_eq!(state("completed", json!("success")), CheckState::Passed);
        assert_eq!(state("completed", json!("neutral")), CheckState::Skipped);
        assert_eq!(state("completed", json!("stale")), CheckState::Cancelled);
        assert_eq!(state("completed", json!("timed_out")), CheckState::Failed);
        let status_of = |state: &str| {
            let json = json!({"context": "ci", "state": state, "updated_at": "2026-01-01T00:00:00Z"});
            status(serde_json::from_str(&json.to_string()).unwrap())
        };
        assert_eq!(status_of("error").state, CheckState::Failed);
        assert_eq!((status_of("pending").state, status_of("pending").completed_at), (CheckState::Pending, None));
    }
}
