//! One pull request: with its reviews, its checks, and whether it can be merged.

use std::sync::Arc;
use std::time::Duration;

use futures_util::try_join;
use pm_http::{Endpoint, Raw, Reply, named};
use pm_provider::{
    Check, Entity, Error, ErrorKind, Freshness, Operation, ProjectId, PullRequestDetails, Result, ReviewDecision,
};

use super::dto::{CheckRuns, CombinedStatus, Pull, Review};
use super::map;
use super::memory::Question;
use crate::api::Api;
use crate::endpoints;
use crate::page::linked;
use crate::repositories::Repository;

/// When it is asked again whether a pull request can be merged: GitHub works it out in the background once somebody asks,
/// and says `null` until then
/// (<https://docs.github.com/en/rest/guides/using-the-rest-api-to-interact-with-your-git-database#checking-mergeability-of-pull-requests>).
const PAUSES: [Duration; 3] = [Duration::from_millis(500), Duration::from_secs(1), Duration::from_secs(2)];
/// How many pages reviews and checks have before the backend is believed to answer for ever.
const MOST_PAGES: usize = 1_000;
/// The largest page.
const PAGE: (&str, &str) = ("per_page", "100");

impl Api {
    /// Gets one pull request with everything.
    pub(crate) async fn get_pull_request(
        &self,
        project: &ProjectId,
        number: u64,
        freshness: Freshness,
    ) -> Result<PullRequestDetails> {
        self.capabilities.check_operation(Entity::PullRequest, Operation::Get)?;
        let repository = self.repository_with_pulls(project).await?;
        let pull = self.settled_pull(&repository, number, freshness).await?;
        let commit = pull.item.head.sha.clone();
        let (reviews, checks) =
            try_join!(self.reviews(&repository, number, freshness), self.checks(&repository, &commit, freshness))?;
        Ok(details(pull, reviews, checks, &repository))
    }

    /// One pull request alone.
    pub(super) async fn pull(&self, repository: &Repository, number: u64, freshness: Freshness) -> Result<Raw<Pull>> {
        let number = number.to_string();
        let reply = self.remembered(repository, Question::In(&endpoints::GET_PULL, &[&number], &[]), freshness).await;
        reply.and_then(|reply| reply.json()).map_err(|error| unknown(error, repository, &number))
    }

    /// One pull request, asked for again while GitHub works out whether it can be merged.
    async fn settled_pull(&self, repository: &Repository, number: u64, freshness: Freshness) -> Result<Raw<Pull>> {
        let mut pull = self.pull(repository, number, freshness).await?;
        for pause in PAUSES {
            if !pull.item.is_open() || pull.item.mergeable.is_some() {
                break;
            }
            tokio::time::sleep(pause.mul_f64(self.config.pace)).await;
            pull = self.pull_again(repository, number).await?;
        }
        Ok(pull)
    }

    /// As a whole: whether the entity tag changes with what is worked out stands nowhere.
    async fn pull_again(&self, repository: &Repository, number: u64) -> Result<Raw<Pull>> {
        let number = number.to_string();
        let rest = [number.as_str()];
        let reply = self.in_repository(repository, &endpoints::GET_PULL, &rest).send().await;
        let reply = Arc::new(reply.map_err(|error| unknown(error, repository, &number))?);
        let pull = reply.json()?;
        self.remember(repository, Question::In(&endpoints::GET_PULL, &rest, &[]), reply).await;
        Ok(pull)
    }

    async fn reviews(&self, repository: &Repository, number: u64, freshness: Freshness) -> Result<Vec<Raw<Review>>> {
        let rest = [&*number.to_string()];
        self.whole(repository, (&endpoints::LIST_REVIEWS, &rest), freshness, pm_http::Reply::json).await
    }

    /// The checks of a commit: runs, and what other systems reported. A token may be allowed to see the one and not the
    /// other: then it is all that there is to tell.
    async fn checks(&self, repository: &Repository, commit: &str, freshness: Freshness) -> Result<Option<Vec<Check>>> {
        let rest = [commit];
        let runs = self.whole(repository, (&endpoints::LIST_CHECK_RUNS, &rest), freshness, |reply| {
            Ok(reply.json::<CheckRuns>()?.check_runs)
        });
        let statuses = self.whole(repository, (&endpoints::COMBINED_STATUS, &rest), freshness, |reply| {
            Ok(reply.json::<CombinedStatus>()?.statuses)
        });
        let (runs, statuses) = futures_util::join!(runs, statuses);
        let (runs, statuses) = (if_shown(runs)?, if_shown(statuses)?);
        if runs.is_none() && statuses.is_none() {
            return Ok(None);
        }
        let runs = runs.into_iter().flatten().map(map::check_run);
        Ok(Some(runs.chain(statuses.into_iter().flatten().map(map::status)).collect()))
    }

    /// Every page of something.
    async fn whole<T>(
        &self,
        repository: &Repository,
        (endpoint, rest): (&'static Endpoint, &[&str]),
        freshness: Freshness,
        read: impl Fn(&Reply) -> Result<Vec<T>>,
    ) -> Result<Vec<T>> {
        let mut reply = self.remembered(repository, Question::In(endpoint, rest, &[PAGE]), freshness).await?;
        let mut all = read(&reply)?;
        for _ in 0..MOST_PAGES {
            let Some(next) = linked(&reply, "next").map(ToOwned::to_owned) else { return Ok(all) };
            reply = self.remembered(repository, Question::Link(endpoint, &next), freshness).await?;
            all.extend(read(&reply)?);
        }
        Err(Error::new(ErrorKind::InvalidResponse, "the backend's listing never ends"))
    }
}

fn unknown(error: Error, repository: &Repository, number: &str) -> Error {
    named(error, "pull request", format!("{}#{number}", repository.full_name()))
}

/// `None` for what we may not see. GitHub says of some of it that it is not there, or that there is no such commit.
fn if_shown<T>(answer: Result<T>) -> Result<Option<T>> {
    match answer {
        Ok(shown) => Ok(Some(shown)),
        Err(error)
            if matches!(error.kind(), ErrorKind::PermissionDenied | ErrorKind::NotFound | ErrorKind::InvalidInput) =>
        {
            Ok(None)
        }
        Err(error) => Err(error),
    }
}

fn details(
    pull: Raw<Pull>,
    reviews: Vec<Raw<Review>>,
    checks: Option<Vec<Check>>,
    repository: &Repository,
) -> PullRequestDetails {
    let row = &pull.item;
    let mergeability = map::mergeability(row);
    let sizes = [row.additions, row.deletions, row.changed_files, row.commits];
    let somebody_is_asked = !row.requested_reviewers.is_empty() || !row.requested_teams.is_empty();
    let reviews = map::latest_reviews(reviews);
    let decision = ReviewDecision::of(&reviews, somebody_is_asked);
    let mut details = PullRequestDetails::new(map::pull_request(pull, repository.id));
    details.reviews = reviews;
    details.review_decision = decision;
    details.checks = checks;
    details.mergeability = mergeability;
    [details.additions, details.deletions, details.changed_files, details.commits] = sizes;
    details
}
