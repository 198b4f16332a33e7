//! `spm pr view`.

use std::sync::Arc;

use clap::Args;
use pm_core::{
    Check, CheckState, Freshness, Mergeability, PMProject, PullRequest, PullRequestDetails, PullRequestQuery,
    PullRequestState, PullRequests, Review, ReviewDecision, ReviewState, Sort, SortField,
};

use super::branch;
use super::present::{Listed, Viewed, standing};
use crate::browser;
use crate::exit::Code;
use crate::failure::{Failure, Result};
use crate::lookup::{Finder, Names};
use crate::output::{Details, FormatArgs, Written, moment, show_item};
use crate::session::Session;

pub(super) const EXAMPLES: &str = "\
Examples:
  spm pr view 7 --project octo-org/website
  spm pr view octo-org/website#7 --fresh
  spm pr view fence --json mergeability,checks_state,review_decision";

/// Which pull request.
#[derive(Args, Debug)]
pub(crate) struct ViewArgs {
    /// The pull request: number, PROJECT#NUMBER, or branch [default: the branch of the git repository here]
    #[arg(value_name = "PULL REQUEST")]
    word: Option<String>,
    /// The project that it goes into; not needed where there is only one
    #[arg(long, short, value_name = "PROJECT")]
    project: Option<String>,
    /// Ask the backend, whatever is remembered
    #[arg(long)]
    fresh: bool,
    /// Open it in a browser instead
    #[arg(long, short)]
    web: bool,
    #[command(flatten)]
    format: FormatArgs,
}

pub(super) async fn run(session: &Session, args: ViewArgs) -> Result<()> {
    args.format.read::<Viewed>()?;
    let word = args.word.clone().or_else(|| branch::current(&session.host));
    let word = word.filter(|word| !word.trim().is_empty()).ok_or_else(|| {
        Failure::usage("which pull request? There is no git repository here, or it is on no branch")
            .hint("name its number or its branch")
    })?;
    let provider = session.reader().await?;
    let pull_requests = super::of(&provider)?;
    let finder = Finder::new(Arc::clone(&provider));
    let freshness = Freshness::fresh_if(args.fresh);
    let (key, word) = match word.rsplit_once('#') {
        Some((key, number)) if !key.is_empty() && number.parse::<u64>().is_ok() => (Some(key), number),
        _ => (None, word.as_str()),
    };
    let project = finder.project_or_only(key.or(args.project.as_deref())).await?;
    let number = match word.strip_prefix('#').unwrap_or(word).parse() {
        Ok(number) => number,
        Err(_) => of_branch(&*pull_requests, &project, word, freshness).await?.number,
    };
    let details = pull_requests.get_pull_request(&project.id, number, freshness).await?;
    if args.web {
        let listed = Listed::new(details.pull_request);
        return browser::open(&session.host, &listed.described(), listed.url());
    }
    let viewed = Viewed(details);
    show_item(session, &provider, &viewed, &args.format, async |names| Ok(shown(&viewed.0, names))).await
}

/// The pull request of a branch: the open one, else the newest.
async fn of_branch(
    pull_requests: &dyn PullRequests,
    project: &PMProject,
    branch: &str,
    freshness: Freshness,
) -> Result<PullRequest> {
    let newest = Sort::descending(SortField::CreatedAt);
    let query = PullRequestQuery::in_project(&project.id).source_branch(branch).sort(newest).freshness(freshness);
    for query in [query.clone().states([PullRequestState::Open]), query] {
        if let Some(found) = first(pull_requests, &query).await? {
            return Ok(found);
        }
    }
    let name = name(project);
    let message = format!("there is no pull request `{branch}` in `{name}`: it is no number, and no branch of one");
    Err(Failure::new(Code::NotFound, message).hint("`spm pr list --state all` shows them"))
}

async fn first(pull_requests: &dyn PullRequests, query: &PullRequestQuery) -> Result<Option<PullRequest>> {
    let mut cursor = None;
    loop {
        let page = pull_requests.pull_requests_page(query, cursor).await?;
        let found = page.items.into_iter().next();
        cursor = page.next;
        if found.is_some() || cursor.is_none() {
            return Ok(found);
        }
    }
}

fn name(project: &PMProject) -> &str {
    project.key.as_deref().unwrap_or(project.id.as_str())
}

fn shown(details: &PullRequestDetails, names: &Names) -> Details {
    let one = &details.pull_request;
    let moment_of = |time: Option<_>| time.map(moment).unwrap_or_default();
    let logins = |ids: &[_]| ids.iter().map(|id| names.login(id)).collect::<Vec<_>>().join(", ");
    let asked = [logins(&one.requested_reviewers), one.requested_teams.join(", ")];
    let asked: Vec<_> = asked.into_iter().filter(|names| !names.is_empty()).collect();
    let shown = Details::new(format!("#{}  {}", one.number, one.title))
        .fact("project", names.project_key(&one.project_id))
        .fact("state", standing(one))
        .fact("branches", branches(one))
        .fact("author", one.author_name.as_deref().unwrap_or_default())
        .fact("assignees", logins(&one.assignees))
        .fact("labels", one.labels.join(", "))
        .fact("asked", asked.join(", "))
        .fact("reviews", reviews(details))
        .fact("checks", checks(details.checks.as_deref()))
        .fact("merging", merging(one, details.mergeability))
        .fact("size", size(details))
        .fact("created", moment_of(one.created_at))
        .fact("updated", moment_of(one.updated_at))
        .fact("closed", moment_of(one.closed_at.filter(|_| one.merged_at.is_none())))
        .fact("merged", moment_of(one.merged_at))
        .fact("address", one.url.as_deref().unwrap_or_default())
        .fact("id", &one.id)
        .text(None, one.description.as_deref().unwrap_or_default())
        .text(Some("-- checks".to_owned()), check_lines(details.checks.as_deref().unwrap_or_default()));
    let texts = details.reviews.iter().map(|review| (heading(review), review.body.as_deref().unwrap_or_default()));
    texts.fold(shown, |shown, (heading, body)| shown.text(Some(heading), body))
}

/// `octocat/website fence into main`.
fn branches(one: &PullRequest) -> String {
    let source = one.source_branch.as_deref().unwrap_or("(gone)");
    let target = one.target_branch.as_deref().unwrap_or("(gone)");
    let repository = one.source_repository.as_ref().map(|repository| format!("{repository} ")).unwrap_or_default();
    format!("{repository}{source} into {target}")
}

fn says(state: ReviewState) -> &'static str {
    match state {
        ReviewState::Approved => "approves",
        ReviewState::ChangesRequested => "asks for changes",
        ReviewState::Dismissed => "dismissed",
        _ => "comments",
    }
}

fn reviewer(review: &Review) -> &str {
    review.author_name.as_deref().unwrap_or("somebody")
}

/// `approved: ada approves, grace comments`.
fn reviews(details: &PullRequestDetails) -> String {
    let decision = match details.review_decision {
        Some(ReviewDecision::Approved) => "approved",
        Some(ReviewDecision::ChangesRequested) => "changes requested",
        Some(ReviewDecision::ReviewRequired) => "asked for",
        _ => "",
    };
    let each: Vec<_> =
        details.reviews.iter().map(|review| format!("{} {}", reviewer(review), says(review.state))).collect();
    let parts = [decision.to_owned(), each.join(", ")];
    parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(": ")
}

fn heading(review: &Review) -> String {
    let time = review.submitted_at.map(|time| format!(", {}", moment(time))).unwrap_or_default();
    format!("-- {} {}{time}", reviewer(review), says(review.state))
}

fn outcome(state: CheckState) -> &'static str {
    match state {
        CheckState::Passed => "passed",
        CheckState::Failed => "failed",
        CheckState::Skipped => "skipped",
        CheckState::Cancelled => "cancelled",
        _ => "pending",
    }
}

/// `1 failed, 3 passed`.
fn checks(checks: Option<&[Check]>) -> String {
    let Some(checks) = checks else { return "not shown to us".to_owned() };
    let all = [CheckState::Failed, CheckState::Cancelled, CheckState::Pending, CheckState::Passed, CheckState::Skipped];
    let counted = all.map(|state| (checks.iter().filter(|check| check.state == state).count(), outcome(state)));
    let shown = counted.into_iter().filter(|(count, _)| *count > 0);
    shown.map(|(count, word)| format!("{count} {word}")).collect::<Vec<_>>().join(", ")
}

fn check_lines(checks: &[Check]) -> String {
    let line = |check: &Check| {
        let word = check.outcome.as_deref().filter(|word| !word.is_empty()).unwrap_or(outcome(check.state));
        let address = check.url.as_ref().map(|url| format!("  {url}")).unwrap_or_default();
        format!("{}  {word}{address}", check.name)
    };
    checks.iter().map(line).collect::<Vec<_>>().join("\n")
}

fn merging(one: &PullRequest, mergeability: Mergeability) -> &'static str {
    match mergeability {
        _ if one.state != PullRequestState::Open => "",
        Mergeability::Mergeable => "no conflicts",
        Mergeability::Conflicting => "conflicts",
        _ => "not known yet",
    }
}

/// `+10 -2 in 3 files, 1 commit`.
fn size(details: &PullRequestDetails) -> String {
    let counted = |count: Option<u64>, what: &str| {
        count.map(|count| format!("{count} {what}{}", if count == 1 { "" } else { "s" }))
    };
    let lines = details.additions.zip(details.deletions).map(|(added, gone)| format!("+{added} -{gone}"));
    let files = counted(details.changed_files, "file");
    let changed: Vec<_> = [lines, files].into_iter().flatten().collect();
    let parts = [Some(changed.join(" in ")), counted(details.commits, "commit")];
    parts.into_iter().flatten().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn details() -> PullRequestDetails {
        let one = PullRequest::new("1", 7, "1", "Paint", PullRequestState::Open);
        PullRequestDetails::new(one.source_branch("fence").target_branch("main"))
    }

    #[test]
    fn what_there_is_is_counted() {
        let mut details = details();
        assert_eq!((size(&details), checks(Some(&[])), reviews(&details)), Default::default());
        assert_eq!(checks(None), "not shown to us");
        details = details.additions(10_u64).deletions(2_u64).changed_files(1_u64).commits(3_u64);
        assert_eq!(size(&details), "+10 -2 in 1 file, 3 commits");
        let states = [CheckState::Passed, CheckState::Failed, CheckState::Passed];
        let details_checks = states.map(|state| Check::new("build", state));
        assert_eq!(checks(Some(&details_checks)), "1 failed, 2 passed");
        let review = Review::new("1", ReviewState::Approved).author_name("ada");
        details = details.reviews([review]).review_decision(ReviewDecision::Approved);
        assert_eq!(reviews(&details), "approved: ada approves");
    }

    #[test]
    fn branches_of_forks_are_told_apart() {
        let one = details().pull_request;
        assert_eq!(branches(&one), "fence into main");
        assert_eq!(branches(&one.source_repository("octocat/website")), "octocat/website fence into main");
    }
}
