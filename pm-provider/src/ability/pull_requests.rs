//! Pull requests, read on demand.

use std::fmt::Debug;

use async_trait::async_trait;

use crate::error::Result;
use crate::model::{LinkedPullRequests, PullRequest, PullRequestDetails};
use crate::query::{Cursor, Freshness, Page, PullRequestQuery};
use crate::value::{ProjectId, TaskId};
use crate::write::NewPullRequest;

/// Reads and opens pull requests. The backend is the only source of truth: nothing of them is ever stored on our side,
/// beyond what a provider remembers in memory for a few minutes; [`Freshness::Fresh`] goes past that.
///
/// # Rules
/// The numbers are those of the conformance suite.
///
/// - What is opened is what a later get and a listing show (r270, r271), at once (r286), and a number is given once (r272).
/// - Filters and pages are those of every listing (r273–r276): all states unless some are named, each item once.
/// - An unknown number, project or task is `NotFound` (r277–r279).
/// - What stands in the way of opening one leaves nothing behind (r280, r281): a project without the branches is
///   `InvalidInput` and so is a title that is empty; a second open one of the same two branches is `Conflict`.
/// - Those of a task come each once, with every reason (r282–r284).
/// - Behind a read-only layer opening one is `ReadOnly` (r285), and errors say where they come from (r287).
#[async_trait]
pub trait PullRequests: Debug + Send + Sync + 'static {
    /// Lists one page of the pull requests of a project: in any state if the query names none, oldest first if it says
    /// nothing else. Takes one request a page, whatever the filters are.
    ///
    /// # Errors
    /// `NotFound` for an unknown project, `InvalidInput` for a cursor of another query.
    async fn pull_requests_page(&self, query: &PullRequestQuery, cursor: Option<Cursor>) -> Result<Page<PullRequest>>;

    /// Gets one by the number that people use, with reviews, checks and whether it can be merged.
    ///
    /// Whether an open one can be merged is worked out by some backends only when they are asked: they are asked again a
    /// few times, within seconds, and then it is [`Unknown`](crate::Mergeability::Unknown).
    ///
    /// # Errors
    /// `NotFound` for an unknown project or number; the number of a task is unknown here.
    async fn get_pull_request(
        &self,
        project: &ProjectId,
        number: u64,
        freshness: Freshness,
    ) -> Result<PullRequestDetails>;

    /// Finds the pull requests that belong to a task, each with why: linked by the backend itself, or named by branch,
    /// title or description.
    ///
    /// # Errors
    /// `NotFound` for an unknown task.
    async fn pull_requests_of_task(&self, task: &TaskId, freshness: Freshness) -> Result<LinkedPullRequests>;

    /// Opens one and returns it as it is stored.
    ///
    /// Where a reply was lost, the provider finds the one that was made instead of opening a second.
    ///
    /// # Errors
    /// `NotFound` for an unknown project, `InvalidInput` for a branch that is not there or brings nothing in,
    /// `Conflict` where one of the same two branches is open already: its number is in the message.
    async fn create_pull_request(&self, new: NewPullRequest) -> Result<PullRequest>;
}
