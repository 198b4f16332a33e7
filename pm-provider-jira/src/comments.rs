//! Comments.

use async_trait::async_trait;
use pm_http::creating::identity;
use pm_http::page::{Fetched, Listing, offset};
use pm_http::{Creating, Made, Marker, Raw, named};
use pm_provider::{
    CommentId, CommentPatch, CommentQuery, Comments, Cursor, DeleteOptions, Direction, Entity, Error, Field,
    NewComment, Operation, Page, Result, TaskId, Visibility,
};
use serde_json::{Map, Value, json};

use crate::api::Api;
use crate::capabilities::MAX_PAGE_SIZE;
use crate::dto::{Comment, Paged};
use crate::marks::{property, random_marker};
use crate::provider::told;
use crate::{JiraProvider, NAME, RestrictedTo, endpoints, ids, map};

const LISTING: &str = "comments";

impl Api {
    async fn comments_page(&self, query: &CommentQuery, cursor: Option<&Cursor>) -> Result<Page<pm_provider::Comment>> {
        self.capabilities.check_query(query)?;
        let task = query.task.as_ref().ok_or_else(|| Error::not_found("task", ""))?;
        let task = ids::existing("task", task)?;
        let size = self.page_size(query.page_size, MAX_PAGE_SIZE) as usize;
        let direction = query.sort.direction;
        let listing = Listing::new(NAME, LISTING, query, size).direction(direction);
        let key = |row: &Raw<Comment>| {
            let created = row.item.created.map(|moment| moment.utc().timestamp_millis());
            (created, row.item.id.0)
        };
        let fetch = |start: u64, rows: usize| self.fetch_comments(task, direction, start, rows);
        let page = offset(&listing, cursor, MAX_PAGE_SIZE as usize, key, fetch).await?;
        let Page { items, next, ahead, total, .. } = page;
        let comments = items.into_iter().map(|row| map::comment(row, task)).collect();
        Ok(Page::new(comments).next(next).ahead(ahead).total(total))
    }

    async fn fetch_comments(
        &self,
        task: u64,
        direction: Direction,
        start: u64,
        rows: usize,
    ) -> Result<Fetched<Raw<Comment>>> {
        let request = self.request(&endpoints::LIST_COMMENTS, &[&task.to_string()]).await?;
        let order = if direction == Direction::Descending { "-created" } else { "created" };
        let request = request.query("orderBy", order).query("startAt", start).query("maxResults", rows);
        let reply = self.send(request).await.map_err(|error| named(error, "task", task))?;
        let page: Paged<Raw<Comment>> = reply.json()?;
        if start == 0 && page.values.is_empty() {
            self.believe_emptiness().await?;
        }
        let end = start + page.values.len() as u64;
        let has_more = page.total.map_or(!page.values.is_empty(), |total| end < total) && !page.values.is_empty();
        Ok(Fetched::new(page.values, has_more).total(page.total))
    }

    /// One comment; that of another task is not found in this one.
    async fn comment_row(&self, task: &TaskId, id: &CommentId) -> Result<(u64, Raw<Comment>)> {
        let (task, number) = (ids::existing("task", task)?, ids::existing("comment", id)?);
        let path = [&*task.to_string(), &*number.to_string()];
        let row: Result<Raw<Comment>> = self.get(&endpoints::GET_COMMENT, &path).await;
        Ok((task, row.map_err(|error| named(error, "comment", id))?))
    }

    /// Gets one comment of a task.
    pub(crate) async fn get_comment(&self, task: &TaskId, id: &CommentId) -> Result<pm_provider::Comment> {
        self.capabilities.check_operation(Entity::Comment, Operation::Get)?;
        let (task, row) = self.comment_row(task, id).await?;
        Ok(map::comment(row, task))
    }

    async fn create_comment(&self, new: &NewComment) -> Result<pm_provider::Comment> {
        self.capabilities.check_create(new)?;
        let task = ids::existing("task", &new.task_id)?;
        let key = Marker::of_key(Entity::Comment, new.idempotency_key.as_deref());
        // Without a key a mark of its own tells it from all others, should the answer be lost.
        let marker = key.clone().unwrap_or_else(random_marker);
        let mut body = Map::new();
        body.insert("body".to_owned(), self.stored_text(&new.body).await?);
        body.insert("properties".to_owned(), json!([property(&marker)]));
        if new.visibility == Some(Visibility::Restricted) {
            body.insert("visibility".to_owned(), self.restriction()?);
        }
        let body = Value::Object(body);
        let identity = identity(Entity::Comment, Some(&marker), task, &[]);
        let place = format!("the comments of the task `{task}`");
        let (body, marker) = (&body, &marker);
        let send = move || async move {
            let row = self.write::<Comment>(&endpoints::CREATE_COMMENT, &[&task.to_string()], body).await;
            let row = row.map_err(|error| named(error, "task", task))?;
            Ok(Made::new(row.item.id, row))
        };
        let find = move |_| async move {
            let marked = self.marked_comments(task, &[marker]).await?;
            Ok(marked.into_iter().map(|(_, row)| Made::new(row.item.id, row)).collect())
        };
        let creating = Creating::new(identity, key.as_ref(), place, send, find).new_key(new.new_key);
        let made = self.http.create(&creating).await?;
        self.put_comment_mark(task, marker, made.row.item.id.0).await?;
        Ok(map::comment(made.row, task))
    }

    /// Who sees a restricted comment.
    fn restriction(&self) -> Result<Value> {
        match &self.config.restricted_to {
            Some(RestrictedTo::Role(name)) => Ok(json!({"type": "role", "value": name})),
            Some(RestrictedTo::Group(name)) => Ok(json!({"type": "group", "value": name})),
            None => {
                let error = Error::unsupported("nothing says who is to see restricted comments: everybody would");
                Err(error.on_field(Field::Visibility, "not supported").hint("set JIRA_RESTRICTED_TO"))
            }
        }
    }

    async fn update_comment(
        &self,
        task: &TaskId,
        id: &CommentId,
        patch: &CommentPatch,
    ) -> Result<pm_provider::Comment> {
        self.capabilities.check_update(patch)?;
        let (task, current) = self.comment_row(task, id).await?;
        let text = match patch.body.value() {
            Some(text) => self.changed_text(Field::Body, &current.item.body, text, patch.discard_formatting).await?,
            None => None,
        };
        let visibility = self.changed_visibility(&current.item, patch)?;
        if text.is_none() && visibility.is_none() {
            return Ok(map::comment(current, task));
        }
        let mut body = Map::new();
        body.insert("body".to_owned(), text.unwrap_or_else(|| current.item.body.clone()));
        // An update without a word about it would show a restricted comment to everybody (unverified for Cloud).
        if let Some(visibility) = visibility.unwrap_or(current.item.visibility) {
            body.insert("visibility".to_owned(), visibility);
        }
        let request =
            self.request(&endpoints::UPDATE_COMMENT, &[&task.to_string(), &current.item.id.to_string()]).await?;
        let request = request.json(&Value::Object(body));
        let request = if self.config.notify { request } else { request.query("notifyUsers", false) };
        let reply = self.send(request).await.map_err(|error| named(error, "comment", id))?;
        Ok(map::comment(reply.json()?, task))
    }

    /// What a patch changes about who sees a comment: nothing, or whom it is restricted to.
    fn changed_visibility(&self, current: &Comment, patch: &CommentPatch) -> Result<Option<Option<Value>>> {
        Ok(match patch.visibility.value() {
            Some(Visibility::Restricted) if !current.is_restricted() => Some(Some(self.restriction()?)),
            Some(Visibility::Public) if current.is_internal() => {
                let error =
                    Error::unsupported("an internal comment of a service desk cannot be shown to its customers");
                return Err(error.on_field(Field::Visibility, "not supported").hint("write a new comment"));
            }
            Some(Visibility::Public) if current.is_restricted() => Some(None),
            _ => None,
        })
    }

    async fn delete_comment(&self, task: &TaskId, id: &CommentId, options: &DeleteOptions) -> Result<()> {
        self.capabilities.check_delete(Entity::Comment, options)?;
        let (task, number) = (ids::existing("task", task)?, ids::existing("comment", id)?);
        let path = [&*task.to_string(), &*number.to_string()];
        let answer = self.delete(&endpoints::DELETE_COMMENT, &path, &[]).await;
        answer.map_err(|error| named(error, "comment", id))
    }
}

#[async_trait]
impl Comments for JiraProvider {
    async fn comments_page(&self, query: &CommentQuery, cursor: Option<Cursor>) -> Result<Page<pm_provider::Comment>> {
        told("list_comments", self.api.comments_page(query, cursor.as_ref()).await)
    }

    async fn get_comment(&self, task: &TaskId, id: &CommentId) -> Result<pm_provider::Comment> {
        told("get_comment", self.api.get_comment(task, id).await)
    }

    async fn create_comment(&self, new: NewComment) -> Result<pm_provider::Comment> {
        told("create_comment", self.api.create_comment(&new).await)
    }

    async fn update_comment(&self, task: &TaskId, id: &CommentId, patch: CommentPatch) -> Result<pm_provider::Comment> {
        told("update_comment", self.api.update_comment(task, id, &patch).await)
    }

    async fn delete_comment(&self, task: &TaskId, id: &CommentId, options: DeleteOptions) -> Result<()> {
        told("delete_comment", self.api.delete_comment(task, id, &options).await)
    }
}
