//! Comments.

use std::sync::Arc;

use async_trait::async_trait;
use pm_http::creating::{comparable, identity, is_since, oldest};
use pm_http::page::{Fetched, Listing, number, slice};
use pm_http::{Creating, Made, Marker, Raw, marked, named};
use pm_provider::{
    Comment, CommentId, CommentPatch, CommentQuery, Comments, Cursor, DeleteOptions, Direction, Entity, Error,
    NewComment, Operation, Page, ProjectId, Result, TaskId,
};
use serde_json::json;

use crate::api::Api;
use crate::ids::RepositoryId;
use crate::page::{distinct, linked};
use crate::provider::told;
use crate::repositories::Repository;
use crate::{GitHubProvider, NAME, dto, endpoints, ids, map};

const LISTING: &str = "comments";

impl Api {
    async fn comments_page(&self, query: &CommentQuery, cursor: Option<&Cursor>) -> Result<Page<Comment>> {
        self.capabilities.check_query(query)?;
        match (&query.task, &query.project) {
            (Some(task), project) => self.comments_of_task(query, cursor, task, project.as_ref()).await,
            (None, Some(project)) => self.comments_of_project(query, cursor, project).await,
            (None, None) => Err(Error::not_found("task", "")),
        }
    }

    /// Those of one issue, which GitHub lists in one order only: read whole.
    async fn comments_of_task(
        &self,
        query: &CommentQuery,
        cursor: Option<&Cursor>,
        task: &TaskId,
        project: Option<&ProjectId>,
    ) -> Result<Page<Comment>> {
        let (repository, issue) = self.issue_place(task).await?;
        if let Some(project) = project
            && self.repository_of(project).await?.id != repository.id
        {
            return Ok(Page::new(Vec::new()));
        }
        let rows = self.comments_on(&repository, issue, None).await.map_err(|error| named(error, "task", task))?;
        let (total, size) = (rows.len() as u64, self.page_size(query.page_size) as usize);
        let listing = Listing::new(NAME, LISTING, query, size).direction(query.sort.direction);
        let page = slice(&listing, cursor, rows, |row: &Raw<dto::Comment>| key(&row.item))?;
        let Page { items, next, .. } = page;
        let comments = items.into_iter().map(|row| map::comment(row, repository.id, issue)).collect();
        Ok(Page::new(comments).next(next).total(Some(total)))
    }

    /// All comments on an issue, of a time on.
    async fn comments_on(
        &self,
        repository: &Repository,
        issue: u64,
        since: Option<chrono::DateTime<chrono::Utc>>,
    ) -> Result<Vec<Raw<dto::Comment>>> {
        let request = self.in_repository(repository, &endpoints::LIST_COMMENTS, &[&issue.to_string()]);
        let request = match since {
            Some(since) => request.query("since", since.format("%Y-%m-%dT%H:%M:%SZ")),
            None => request,
        };
        let rows = self.all(&endpoints::LIST_COMMENTS, request).await?;
        Ok(distinct(rows, |row: &dto::Comment| row.id))
    }

    /// Those of a whole repository; what stands on pull requests is left out, and a page of nothing else is no end.
    async fn comments_of_project(
        &self,
        query: &CommentQuery,
        cursor: Option<&Cursor>,
        project: &ProjectId,
    ) -> Result<Page<Comment>> {
        let repository = &*self.repository_of(project).await?;
        let direction = query.sort.direction;
        let size = self.page_size(query.page_size) as usize;
        let listing = Listing::new(NAME, LISTING, query, size).direction(direction);
        let fetch = |page: u64, rows: usize| self.fetch_comments(repository, direction, page, rows);
        let mut cursor = cursor.cloned();
        loop {
            let page = number(&listing, cursor.as_ref(), |row: &Raw<dto::Comment>| key(&row.item), fetch).await?;
            let Page { items, next, .. } = page;
            let comments: Vec<_> = items.into_iter().filter_map(|row| on_issue(row, repository.id)).collect();
            match next {
                Some(next) if comments.is_empty() => cursor = Some(next),
                next => return Ok(Page::new(comments).next(next)),
            }
        }
    }

    async fn fetch_comments(
        &self,
        repository: &Repository,
        direction: Direction,
        page: u64,
        rows: usize,
    ) -> Result<Fetched<Raw<dto::Comment>>> {
        let order = if direction == Direction::Descending { "desc" } else { "asc" };
        let request = self.in_repository(repository, &endpoints::LIST_REPOSITORY_COMMENTS, &[]);
        let request = request.query("sort", "created").query("direction", order);
        let reply = request.query("per_page", rows).query("page", page).revalidate().send().await?;
        let rows: Vec<Raw<dto::Comment>> = reply.json()?;
        let more = linked(&reply, "next").is_some() && !rows.is_empty();
        Ok(Fetched::new(rows, more))
    }

    /// The repository and the number of the issue that a task is.
    async fn issue_place(&self, task: &TaskId) -> Result<(Arc<Repository>, u64)> {
        if ids::is_v2(task) {
            let error = Error::unsupported("comments belong to issues, not to items of Projects v2");
            return Err(error.hint("use the id of the issue behind the item"));
        }
        let place = ids::existing_issue(task)?;
        let repository = self.repository_with(&place.repository, "task", task).await?;
        Ok((repository, place.number))
    }

    /// One comment; that of another task is not found in this one.
    async fn comment_row(&self, task: &TaskId, id: &CommentId) -> Result<(Raw<dto::Comment>, Arc<Repository>, u64)> {
        let comment = match pm_http::ids::number(id.as_str()) {
            Some(number) => number,
            None => ids::existing_comment(id)?.number,
        };
        let (repository, issue) = self.issue_place(task).await?;
        let row = self.get_in(&repository, &endpoints::GET_COMMENT, &[&comment.to_string()]).await;
        let row: Raw<dto::Comment> = row.map_err(|error| named(error, "comment", id))?;
        let named_repository = ids::comment(id.as_str()).map(|id| id.repository);
        let is_elsewhere = match named_repository {
            Some(RepositoryId::Number(number)) => number != repository.id,
            Some(name) => self.repository(&name).await?.id != repository.id,
            None => false,
        };
        if is_elsewhere || row.item.issue() != Some(issue) {
            return Err(Error::not_found("comment", id));
        }
        Ok((row, repository, issue))
    }

    /// Gets one comment of a task.
    pub(crate) async fn get_comment(&self, task: &TaskId, id: &CommentId) -> Result<Comment> {
        self.capabilities.check_operation(Entity::Comment, Operation::Get)?;
        let (row, repository, issue) = self.comment_row(task, id).await?;
        Ok(map::comment(row, repository.id, issue))
    }

    /// Writes a comment.
    pub(crate) async fn create_comment(&self, new: &NewComment) -> Result<Comment> {
        self.capabilities.check_create(new)?;
        let (repository, issue) = self.issue_place(&new.task_id).await?;
        let repository = &*repository;
        let marker = Marker::of_key(Entity::Comment, new.idempotency_key.as_deref());
        let marker = marker.as_ref();
        let text = &marked(&new.body, marker);
        let body = &json!({ "body": text });
        let send = move || async move {
            let row = self.write_in(repository, &endpoints::CREATE_COMMENT, &[&issue.to_string()], body).await;
            let row: Raw<dto::Comment> = row.map_err(|error| named(error, "task", &new.task_id))?;
            Ok(Made::new(row.item.id, row))
        };
        let find = move |since| async move {
            let rows = match marker {
                Some(marker) => marked_comment(self.comments_on(repository, issue, None).await?, marker),
                None => self.my_comments_like(repository, issue, text, since).await?,
            };
            Ok(rows.into_iter().map(|row| Made::new(row.item.id, row)).collect())
        };
        let place = self.places.page(&format!("{}/issues/{issue}", repository.full_name()));
        let task = ids::of_issue(repository.id, issue);
        let identity = identity(Entity::Comment, marker, task, &[text]);
        let creating = Creating::new(identity, marker, place, send, find).new_key(new.new_key);
        let made = self.http.create(&creating).await?;
        Ok(map::comment(made.row, repository.id, issue))
    }

    /// What we ourselves wrote with this text since a time.
    async fn my_comments_like(
        &self,
        repository: &Repository,
        issue: u64,
        text: &str,
        since: Option<chrono::DateTime<chrono::Utc>>,
    ) -> Result<Vec<Raw<dto::Comment>>> {
        let me = match self.is_installation() {
            true => None,
            false => self.me().await?.id,
        };
        let rows = self.comments_on(repository, issue, since).await?;
        let like = |row: &Raw<dto::Comment>| {
            let author = row.item.user.as_ref().and_then(|user| user.id);
            (me.is_none() || author == me)
                && is_since(row.item.created_at, since)
                && comparable(row.item.body.as_deref().unwrap_or_default()) == comparable(text)
        };
        Ok(rows.into_iter().filter(like).collect())
    }

    async fn update_comment(&self, task: &TaskId, id: &CommentId, patch: &CommentPatch) -> Result<Comment> {
        self.capabilities.check_update(patch)?;
        let (current, repository, issue) = self.comment_row(task, id).await?;
        let stored = current.item.body.as_deref().unwrap_or_default();
        let wanted = patch.body.value().map(|text| marked(text, Marker::take_out(stored).1.as_ref()));
        let Some(text) = wanted.filter(|text| text != stored) else {
            return Ok(map::comment(current, repository.id, issue));
        };
        let number = current.item.id.to_string();
        let row = self.write_in(&repository, &endpoints::UPDATE_COMMENT, &[&number], &json!({ "body": text })).await;
        Ok(map::comment(row.map_err(|error| named(error, "comment", id))?, repository.id, issue))
    }

    async fn delete_comment(&self, task: &TaskId, id: &CommentId, options: &DeleteOptions) -> Result<()> {
        self.capabilities.check_delete(Entity::Comment, options)?;
        let (row, repository, _) = self.comment_row(task, id).await?;
        let number = row.item.id.to_string();
        let answer = self.delete_in(&repository, &endpoints::DELETE_COMMENT, &[&number]).await;
        answer.map_err(|error| named(error, "comment", id))
    }
}

fn key(comment: &dto::Comment) -> (Option<i64>, u64) {
    (comment.created_at.map(|time| time.timestamp_micros()), comment.id)
}

/// A comment of a whole repository's list, unless it is on a pull request.
pub(crate) fn on_issue(row: Raw<dto::Comment>, repository: u64) -> Option<Comment> {
    let issue = row.item.issue().filter(|_| !row.item.is_of_pull_request())?;
    Some(map::comment(row, repository, issue))
}

fn marked_comment(rows: Vec<Raw<dto::Comment>>, marker: &Marker) -> Vec<Raw<dto::Comment>> {
    let marked = rows.into_iter().filter(|row| row.item.body.as_deref().is_some_and(|text| marker.matches(text)));
    oldest(marked, |row: &dto::Comment| (row.created_at, row.id)).into_iter().collect()
}

#[async_trait]
impl Comments for GitHubProvider {
    async fn comments_page(&self, query: &CommentQuery, cursor: Option<Cursor>) -> Result<Page<Comment>> {
        told("list_comments", self.api.comments_page(query, cursor.as_ref()).await)
    }

    async fn get_comment(&self, task: &TaskId, id: &CommentId) -> Result<Comment> {
        told("get_comment", self.api.get_comment(task, id).await)
    }

    async fn create_comment(&self, new: NewComment) -> Result<Comment> {
        told("create_comment", self.api.create_comment(&new).await)
    }

    async fn update_comment(&self, task: &TaskId, id: &CommentId, patch: CommentPatch) -> Result<Comment> {
        told("update_comment", self.api.update_comment(task, id, &patch).await)
    }

    async fn delete_comment(&self, task: &TaskId, id: &CommentId, options: DeleteOptions) -> Result<()> {
        told("delete_comment", self.api.delete_comment(task, id, &options).await)
    }
}
