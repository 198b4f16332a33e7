//! Pull requests, read on demand.

use std::fmt::Debug;

use async_trait::async_trait;

use crate::error::Result;
use crate::model::PullRequest;
use crate::query::{Cursor, Page, PullRequestQuery};
use crate::value::ProjectId;

/// Reads pull requests; nothing of them is ever stored on our side.
#[async_trait]
pub trait PullRequests: Debug + Send + Sync + 'static {
    /// Lists one page of the pull requests of a project.
    async fn pull_requests_page(&self, query: &PullRequestQuery, cursor: Option<Cursor>) -> Result<Page<PullRequest>>;

    /// Gets one by the number that people use.
    async fn get_pull_request(&self, project: &ProjectId, number: u64) -> Result<PullRequest>;
}
