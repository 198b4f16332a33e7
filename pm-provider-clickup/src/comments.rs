//! Comments on tasks.
//!
//! ClickUp lists them newest first, 25 at a time; the next page begins behind the comment that `start` and `start_id` name
//! together (<https://developer.clickup.com/reference/gettaskcomments>). Answers to a comment are listed apart, and are
//! comments of the same task here. There is no request for a single one.

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use futures_util::{StreamExt, TryStreamExt, stream};
use pm_http::creating::{comparable, identity, oldest};
use pm_http::page::{Listing, slice};
use pm_http::{Creating, Made, Marker, Raw, marked, named};
use pm_provider::{
    Comment, CommentId, CommentPatch, CommentQuery, Comments, CreateGuarantee, Cursor, DeleteOptions, Entity,
    EntityCapabilities, Error, ErrorKind, Field, FieldSupport, NewComment, Operation, Page, Result, SortField, TaskId,
};
use serde_json::json;

use crate::api::Api;
use crate::dto::{self, MadeComment};
use crate::projects::age;
use crate::provider::told;
use crate::{ClickUpProvider, NAME, endpoints, ids, map, places};

/// How many comments a page has.
const PAGE: usize = 25;
/// How many threads are read at once.
const AT_ONCE: usize = 8;
/// How many pages a task has at most: what goes on is no list.
const MOST_PAGES: usize = 10_000;

type Row = Raw<dto::Comment>;

/// What can be done with comments.
pub(crate) fn capabilities() -> EntityCapabilities {
    let read = [Field::Id, Field::AuthorId, Field::AuthorName, Field::CreatedAt, Field::RawData];
    EntityCapabilities::new()
        .all_operations()
        .fields(read, &FieldSupport::read_only())
        .fields([Field::TaskId], &FieldSupport::on_create())
        .fields([Field::Body], &FieldSupport::required())
        .sorts([SortField::CreatedAt])
        .create_guarantee(CreateGuarantee::Marker {
            place: "a line at the end of the comment".to_owned(),
            visible_within: std::time::Duration::ZERO,
        })
}

impl Api {
    async fn comments_page(&self, query: &CommentQuery, cursor: Option<&Cursor>) -> Result<Page<Comment>> {
        self.capabilities.check_query(query)?;
        let task = query.task.as_ref().ok_or_else(|| Error::not_found("task", ""))?;
        let task = self.own_id(task).await?;
        let rows = self.comments_on(&task).await?;
        let total = rows.len() as u64;
        let size = query.page_size.map_or(usize::MAX, |size| size as usize);
        let listing = Listing::new(NAME, "comments", query, size).direction(query.sort.direction);
        let Page { items, next, .. } = slice(&listing, cursor, rows, |row| key(&row.item))?;
        let comments = items.into_iter().map(|row| map::comment(row, &task)).collect();
        Ok(Page::new(comments).next(next).total(Some(total)))
    }

    /// The id of a task that may be named by what people call it.
    pub(crate) async fn own_id(&self, task: &TaskId) -> Result<String> {
        if ids::is_task(task.as_str()) {
            return Ok(task.as_str().to_owned());
        }
        Ok(self.task_row(task.as_str()).await?.item.id)
    }

    /// One page of comments: behind one, where that is named.
    async fn page_of_comments(&self, task: &str, behind: Option<&dto::Comment>) -> Result<Vec<Row>> {
        let request = self.http.request(&endpoints::LIST_COMMENTS, &[task]);
        let request = match behind {
            Some(last) => request.query("start", last.date.unwrap_or_default()).query("start_id", &last.id),
            None => request,
        };
        let page = request.send().await.map_err(|error| named(error, "task", task))?;
        Ok(page.json::<dto::Comments>()?.comments)
    }

    /// The comments of a task up to those that are old enough, newest first, without answers.
    async fn threads(&self, task: &str, is_enough: impl Fn(&dto::Comment) -> bool) -> Result<Vec<Row>> {
        let mut rows: Vec<Row> = Vec::new();
        for _ in 0..MOST_PAGES {
            let page = self.page_of_comments(task, rows.last().map(|row| &row.item)).await?;
            let is_last = page.len() < PAGE || page.iter().any(|row| is_enough(&row.item));
            let before = rows.len();
            let known: std::collections::HashSet<_> = rows.iter().map(|row| row.item.id.clone()).collect();
            rows.extend(page.into_iter().filter(|row| !known.contains(&row.item.id)));
            if is_last || rows.len() == before {
                return Ok(rows);
            }
        }
        Err(Error::new(ErrorKind::InvalidResponse, "the backend's list of comments never ends"))
    }

    async fn answers_to(&self, threads: &[Row]) -> Result<Vec<Row>> {
        let asked = threads.iter().filter(|row| row.item.reply_count.is_some_and(|count| count > 0));
        let asked: Vec<String> = asked.map(|row| row.item.id.clone()).collect();
        let answers = stream::iter(asked).map(|id| async move {
            let answers: dto::Comments = self.get(&endpoints::LIST_REPLIES, &[&id]).await?;
            Ok::<_, Error>(answers.comments)
        });
        Ok(answers.buffered(AT_ONCE).try_collect::<Vec<_>>().await?.into_iter().flatten().collect())
    }

    /// All comments of a task, answers too.
    pub(crate) async fn comments_on(&self, task: &str) -> Result<Vec<Row>> {
        let mut rows = self.threads(task, |_| false).await?;
        let answers = self.answers_to(&rows).await?;
        rows.extend(answers);
        Ok(rows)
    }

    /// One comment; that of another task is not found in this one.
    async fn comment_row(&self, task: &str, id: &str) -> Result<Row> {
        let lost = || Error::not_found("comment", id);
        if !ids::is_number(id) {
            return Err(lost());
        }
        let threads = self.threads(task, |comment| comment.id == id).await?;
        if let Some(found) = threads.iter().find(|row| row.item.id == id) {
            return Ok(found.clone());
        }
        self.answers_to(&threads).await?.into_iter().find(|row| row.item.id == id).ok_or_else(lost)
    }

    /// Gets one comment of a task.
    pub(crate) async fn get_comment(&self, task: &TaskId, id: &CommentId) -> Result<Comment> {
        self.capabilities.check_operation(Entity::Comment, Operation::Get)?;
        let task = self.own_id(task).await?;
        Ok(map::comment(self.comment_row(&task, id.as_str()).await?, &task))
    }

    async fn create_comment(&self, new: &NewComment) -> Result<Comment> {
        self.capabilities.check_create(new)?;
        let task = self.own_id(&new.task_id).await?;
        let marker = Marker::of_key(Entity::Comment, new.idempotency_key.as_deref());
        let text = marked(&new.body, marker.as_ref());
        let made = self.http.create(&self.creating_comment(&task, &text, marker.as_ref()).new_key(new.new_key)).await?;
        let row = self.comment_row(&task, &made.id).await;
        let row = row.map_err(|error| {
            crate::tasks::partial(error, &made.id, vec!["create".to_owned()], vec!["read".to_owned()])
        })?;
        Ok(map::comment(row, &task))
    }

    fn creating_comment<'a>(
        &'a self,
        task: &'a str,
        text: &'a str,
        marker: Option<&'a Marker>,
    ) -> Creating<'a, MadeComment> {
        let identity = identity(Entity::Comment, marker, task, &[text]);
        let send = move || async move {
            // Whoever wrote a comment need not be told of it.
            let body = json!({ "comment_text": text, "notify_all": false });
            let row: Result<Raw<MadeComment>> = self.write(&endpoints::CREATE_COMMENT, &[task], &body).await;
            let row = row.map_err(|error| named(error, "task", task))?;
            Ok(Made::new(row.item.id.clone(), row))
        };
        let find = move |since: Option<DateTime<Utc>>| async move {
            let rows = match marker {
                Some(marker) => self.marked_comment(task, marker).await?.into_iter().collect(),
                None => self.my_comments_like(task, text, since).await?,
            };
            let made = |row: Row| {
                let id = row.item.id;
                Made::new(id.clone(), Raw { item: MadeComment { id }, raw: row.raw })
            };
            Ok(rows.into_iter().map(made).collect())
        };
        Creating::new(identity, marker, places::task(task), send, find)
    }

    /// The comment of ours with a mark, on a task.
    pub(crate) async fn marked_comment(&self, task: &str, marker: &Marker) -> Result<Option<Row>> {
        let me = self.me().await?;
        let rows = self.comments_on(task).await?.into_iter();
        let ours = rows.filter(|row| row.item.user.as_ref().is_some_and(|user| user.id == me.id));
        Ok(oldest(ours.filter(|row| marker.matches(&row.item.comment_text)), key))
    }

    /// What we ourselves wrote with this text since a time.
    async fn my_comments_like(&self, task: &str, text: &str, since: Option<DateTime<Utc>>) -> Result<Vec<Row>> {
        let Some(since) = since.map(|since| since.timestamp_millis()) else { return Ok(Vec::new()) };
        let me = self.me().await?;
        let is_older = |comment: &dto::Comment| comment.date.is_some_and(|date| date < since);
        let rows = self.threads(task, is_older).await?.into_iter();
        let like = rows.filter(|row| {
            let is_ours = row.item.user.as_ref().is_some_and(|user| user.id == me.id);
            is_ours && !is_older(&row.item) && comparable(&row.item.comment_text) == comparable(text)
        });
        let mut like: Vec<_> = like.collect();
        like.reverse();
        Ok(like)
    }

    async fn update_comment(&self, task: &TaskId, id: &CommentId, patch: &CommentPatch) -> Result<Comment> {
        self.capabilities.check_update(patch)?;
        let task = self.own_id(task).await?;
        let current = self.comment_row(&task, id.as_str()).await?;
        let stored = &current.item.comment_text;
        let wanted = patch.body.value().map(|text| marked(text, Marker::take_out(stored).1.as_ref()));
        let Some(text) = wanted.filter(|text| text != stored) else { return Ok(map::comment(current, &task)) };
        // All three are asked for (<https://developer.clickup.com/reference/updatecomment>): what is not to change is
        // said as it is.
        let mut body = json!({ "comment_text": text, "resolved": current.item.resolved });
        if let Some(assignee) = current.item.assignee.and_then(|user| user.id.parse::<u64>().ok()) {
            body["assignee"] = assignee.into();
        }
        let written = self.put(&endpoints::UPDATE_COMMENT, &[id.as_str()], &body).await;
        written.map_err(|error| named(error, "comment", id))?;
        Ok(map::comment(self.comment_row(&task, id.as_str()).await?, &task))
    }

    async fn delete_comment(&self, task: &TaskId, id: &CommentId, options: &DeleteOptions) -> Result<()> {
        self.capabilities.check_delete(Entity::Comment, options)?;
        let task = self.own_id(task).await?;
        self.comment_row(&task, id.as_str()).await?;
        let answer = self.delete(&endpoints::DELETE_COMMENT, &[id.as_str()]).await;
        answer.map_err(|error| named(error, "comment", id))
    }
}

fn key(comment: &dto::Comment) -> (Option<i64>, (usize, String)) {
    (comment.date, age(&comment.id))
}

#[async_trait]
impl Comments for ClickUpProvider {
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
