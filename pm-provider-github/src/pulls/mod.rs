//! Pull requests: read on demand, opened, never stored.
//!
//! GitHub is the only source of truth. What is remembered is in memory, for five minutes if nothing else is set, and asked
//! about by its entity tag afterwards.

mod create;
mod details;
mod dto;
mod linked;
mod list;
mod map;
mod memory;
mod naming;

use async_trait::async_trait;
use pm_provider::{
    Cursor, EntityCapabilities, Field, FieldSupport, Filter, Freshness, LinkedPullRequests, NewPullRequest, Operation,
    Page, ProjectId, PullRequest, PullRequestDetails, PullRequestQuery, PullRequests, Result, SortField, TaskId,
};

use crate::GitHubProvider;
use crate::capabilities::MAX_TEXT;
use crate::config::MAX_PAGE_SIZE;
use crate::provider::told;

pub(crate) use memory::Memory;

/// The longest title: "title is too long (maximum is 256 characters)" (unverified for pull requests).
const MAX_TITLE: usize = 256;

/// What can be done with pull requests.
pub(crate) fn capabilities() -> EntityCapabilities {
    use Field::{
        Assignees, AuthorId, AuthorName, ClosedAt, CreatedAt, Description, Draft, Id, Labels, MergedAt, Number,
        ProjectId, RawData, RequestedReviewers, SourceBranch, State, TargetBranch, Title, UpdatedAt, Url,
    };
    let read = [Id, Number, State, AuthorId, AuthorName, Labels, Assignees, RequestedReviewers, Url, RawData];
    EntityCapabilities::new()
        .operations([Operation::List, Operation::Get, Operation::Create])
        .fields(read, &FieldSupport::read_only())
        .fields([CreatedAt, UpdatedAt, ClosedAt, MergedAt], &FieldSupport::read_only())
        .fields([ProjectId, SourceBranch, TargetBranch, Draft], &FieldSupport::on_create())
        .fields([Title], &FieldSupport::on_create().max_length(MAX_TITLE))
        .fields([Description], &FieldSupport::on_create().max_length(MAX_TEXT))
        .filters([
            Filter::Status,
            Filter::Draft,
            Filter::Author,
            Filter::Assignee,
            Filter::Labels,
            Filter::SourceBranch,
            Filter::TargetBranch,
        ])
        .sorts([SortField::CreatedAt, SortField::UpdatedAt])
        .max_page_size(MAX_PAGE_SIZE)
}

#[async_trait]
impl PullRequests for GitHubProvider {
    async fn pull_requests_page(&self, query: &PullRequestQuery, cursor: Option<Cursor>) -> Result<Page<PullRequest>> {
        told("list_pull_requests", self.api.pull_requests_page(query, cursor.as_ref()).await)
    }

    async fn get_pull_request(
        &self,
        project: &ProjectId,
        number: u64,
        freshness: Freshness,
    ) -> Result<PullRequestDetails> {
        told("get_pull_request", self.api.get_pull_request(project, number, freshness).await)
    }

    async fn pull_requests_of_task(&self, task: &TaskId, freshness: Freshness) -> Result<LinkedPullRequests> {
        told("list_pull_requests_of_task", self.api.pull_requests_of_task(task, freshness).await)
    }

    async fn create_pull_request(&self, new: NewPullRequest) -> Result<PullRequest> {
        told("create_pull_request", self.api.create_pull_request(&new).await)
    }
}
