//! What reviews and checks come to.

use super::model::{Pull, Review};
use crate::github::model::Issue;

/// The last review of each person that says yes or no, or was taken back; comments change nothing.
pub(in crate::github) fn latest_reviews(pull: &Pull) -> Vec<&Review> {
    let mut latest: Vec<&Review> = Vec::new();
    for review in pull.reviews.iter().filter(|review| review.state != "PENDING") {
        let before = latest.iter().position(|other| other.author == review.author);
        match before {
            Some(_) if review.state == "COMMENTED" => {}
            Some(at) => latest[at] = review,
            None => latest.push(review),
        }
    }
    latest
}

/// `PullRequestReviewDecision`; `None` where nobody has to review.
///
/// The vendor tells it where the base branch requires reviews; here, where somebody was asked or has reviewed.
pub(in crate::github) fn decision(pull: &Pull) -> Option<&'static str> {
    let latest = latest_reviews(pull);
    let any = |state: &str| latest.iter().any(|review| review.state == state);
    match () {
        () if any("CHANGES_REQUESTED") => Some("CHANGES_REQUESTED"),
        () if any("APPROVED") => Some("APPROVED"),
        () if !pull.requested.is_empty() => Some("REVIEW_REQUIRED"),
        () => None,
    }
}

/// The state of all checks and statuses together, as `StatusState` calls it; `None` where there are none.
pub(in crate::github) fn rollup_state(pull: &Pull) -> Option<&'static str> {
    let checks = pull.checks.iter().map(|check| match check.conclusion.as_deref() {
        None => "pending",
        Some("success" | "neutral" | "skipped") => "success",
        Some(_) => "failure",
    });
    combine(checks.chain(pull.statuses.iter().map(|status| status.state.as_str())))
}

/// The worst of several states.
pub(super) fn combine<'a>(states: impl Iterator<Item = &'a str>) -> Option<&'static str> {
    let order = [("error", "ERROR"), ("failure", "FAILURE"), ("pending", "PENDING"), ("success", "SUCCESS")];
    let worst = states.filter_map(|state| order.iter().position(|(name, _)| *name == state)).min();
    worst.map(|at| order[at].1)
}

/// `mergeable_state` of the REST API.
///
/// <https://docs.github.com/en/graphql/reference/enums#mergestatestatus>
pub(in crate::github) fn merge_state(issue: &Issue, pull: &Pull) -> &'static str {
    match (issue.open, pull.computing, pull.conflict, pull.draft) {
        (false, ..) | (_, 1.., ..) => "unknown",
        (_, _, true, _) => "dirty",
        (_, _, _, true) => "draft",
        _ if rollup_state(pull).is_some_and(|state| state != "SUCCESS") => "unstable",
        _ if decision(pull) == Some("CHANGES_REQUESTED") => "blocked",
        _ => "clean",
    }
}
