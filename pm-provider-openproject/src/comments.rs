//! Comments: the entries of a journal that have a text.

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use pm_http::creating::identity;
use pm_http::page::{Listing, slice};
use pm_http::{Creating, Marker, Raw, marked};
use pm_provider::{
    Comment, CommentId, CommentPatch, CommentQuery, Comments, Cursor, DeleteOptions, Entity, Error, Field, NewComment,
    Page, Result, TaskId, Visibility,
};

use crate::api::Api;
use crate::body::Body;
use crate::dto::{Activity, Link};
use crate::ids;
use crate::map::{self, is_comment};
use crate::markers::{made, oldest};
use crate::provider::told;
use crate::tasks::json;
use crate::{NAME, OpenProjectProvider, endpoints};

impl Api {
    /// The journal of a task: comments and changes of fields, all at once.
    pub(crate) async fn activities(&self, task: u64) -> Result<Vec<Raw<Activity>>> {
        let id = task.to_string();
        let rows = self.all(&endpoints::LIST_ACTIVITIES, &[&id], &[]).await;
        rows.map_err(|error| error.subject(format!("task `{task}`")))
    }

    /// The comments of a task.
    pub(crate) async fn comments_of(&self, task: u64) -> Result<Vec<Raw<Activity>>> {
        let rows = self.activities(task).await?;
        Ok(rows.into_iter().filter(|row| is_comment(&row.item)).collect())
    }

    async fn comments_page(&self, query: &CommentQuery, cursor: Option<&Cursor>) -> Result<Page<Comment>> {
        self.capabilities.check_query(query)?;
        let task = query.task.as_ref().ok_or_else(|| Error::not_found("task", ""))?;
        let task = ids::existing("task", task)?;
        let comments = self.comments_of(task).await?.into_iter().map(|row| map::comment(row, task)).collect::<Vec<_>>();
        let total = comments.len() as u64;
        let size = usize::try_from(self.page_size(query.page_size)).unwrap_or(usize::MAX);
        let listing = Listing::new(NAME, "comments", query, size).direction(query.sort.direction);
        let key = |comment: &Comment| {
            let time = comment.created_at.map(|time| time.timestamp_micros());
            (time, ids::number(comment.id.as_str()))
        };
        Ok(slice(&listing, cursor, comments, key)?.total(Some(total)))
    }

    /// One comment; that of another task is not found in this one.
    async fn comment_row(&self, task: &TaskId, id: &CommentId) -> Result<(u64, Raw<Activity>)> {
        let lost = || Error::not_found("comment", id);
        let (task, number) = (ids::existing("task", task)?, ids::number(id.as_str()).ok_or_else(lost)?);
        let row: Result<Raw<Activity>> = self.get(&endpoints::GET_ACTIVITY, &[&number.to_string()]).await;
        let row = row.map_err(|error| error.subject(format!("comment `{id}`")))?;
        let of = row.item.links.work_package.as_ref().and_then(Link::id);
        if of != Some(task) || !is_comment(&row.item) {
            return Err(lost());
        }
        Ok((task, row))
    }

    pub(crate) async fn get_comment(&self, task: &TaskId, id: &CommentId) -> Result<Comment> {
        let (task, row) = self.comment_row(task, id).await?;
        Ok(map::comment(row, task))
    }

    async fn create_comment(&self, new: &NewComment) -> Result<Comment> {
        self.capabilities.check_create(new)?;
        let task = ids::existing("task", &new.task_id)?;
        let marker = Marker::of_key(Entity::Comment, new.idempotency_key.as_deref());
        let mut body = Body::default();
        body.text("comment", &marked(&new.body, marker.as_ref()));
        if new.visibility == Some(Visibility::Restricted) {
            self.check_internal(task).await?;
            body.set("internal", true);
        }
        let creating = self.creating_comment(&body, task, marker.as_ref()).new_key(new.new_key);
        let made = self.http.create(&creating).await?;
        match body.dropped_by_create(&creating, &made) {
            Some(error) => Err(error),
            None => Ok(map::comment(made.row, task)),
        }
    }

    fn creating_comment<'a>(&'a self, body: &'a Body, task: u64, marker: Option<&'a Marker>) -> Creating<'a, Activity> {
        let identity = identity(Entity::Comment, marker, task, &body.texts(["comment"]));
        let place = self.places.page("work_packages", format!("{task}/activity"));
        let send = move || async move {
            let path = task.to_string();
            let row = self.write_quietly(&endpoints::CREATE_ACTIVITY, &[&path], &body.json()).await;
            Ok(made(row.map_err(|error| error.subject(format!("task `{path}`")))?))
        };
        let find = move |since| async move {
            let rows = match marker {
                Some(marker) => self.marked_comments(marker, task).await?,
                None => self.like_comments(body, task, since).await?,
            };
            Ok(rows.into_iter().map(made).collect())
        };
        Creating::new(identity, marker, place, send, find)
    }

    /// What we wrote since a time with the same text.
    async fn like_comments(&self, body: &Body, task: u64, since: Option<DateTime<Utc>>) -> Result<Vec<Raw<Activity>>> {
        let me = self.me().await?;
        let mine = |row: &Raw<Activity>| {
            let author = row.item.links.user.as_ref().and_then(Link::id).map(|id| id.to_string());
            author.as_deref() == Some(me.id.as_str())
                && since.is_none_or(|since| row.item.created_at.is_some_and(|at| at >= since))
                && body.has_texts_of(&json(row), &["comment"])
        };
        Ok(self.comments_of(task).await?.into_iter().filter(mine).collect())
    }

    /// An old server would skip the word `internal`, and show everybody what is meant for few.
    async fn check_internal(&self, task: u64) -> Result<()> {
        let journal = self.activities(task).await?;
        if journal.iter().any(|row| row.item.internal.is_some()) {
            return Ok(());
        }
        let error = Error::unsupported("this server has no internal comments: everybody would see it");
        Err(error.on_field(Field::Visibility, "not supported"))
    }

    async fn update_comment(&self, task: &TaskId, id: &CommentId, patch: &CommentPatch) -> Result<Comment> {
        self.capabilities.check_update(patch)?;
        let (number, current) = self.comment_row(task, id).await?;
        let mut body = Body::default();
        if let Some(text) = patch.body.value() {
            let marker = map::marker(current.item.comment.as_ref());
            body.text("comment", &marked(text, marker.as_ref()));
        }
        let changes = body.changes(&json(&current));
        if changes.is_empty() {
            return Ok(map::comment(current, number));
        }
        let path = current.item.id.to_string();
        let row: Raw<Activity> = self.write(&endpoints::UPDATE_ACTIVITY, &[&path], &changes.json()).await?;
        match changes.dropped(row.item.id, &json(&row)) {
            Some(error) => Err(error),
            None => Ok(map::comment(row, number)),
        }
    }

    /// The comment of a task with the mark of a key, which we wrote ourselves: the oldest, where there are several.
    pub(crate) async fn marked_comments(&self, marker: &Marker, task: u64) -> Result<Vec<Raw<Activity>>> {
        let me = self.me().await?;
        let rows = self.comments_of(task).await?.into_iter();
        let ours = rows.filter(|row| map::is_ours(&me, row.item.links.user.as_ref()));
        let marked = ours.filter(|row| map::marker(row.item.comment.as_ref()).as_ref() == Some(marker)).collect();
        Ok(oldest(marked, |row: &Activity| row.created_at).into_iter().collect())
    }
}

#[async_trait]
impl Comments for OpenProjectProvider {
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

    async fn delete_comment(&self, _task: &TaskId, _id: &CommentId, options: DeleteOptions) -> Result<()> {
        // The API has no such request: only people can empty a comment, in the browser.
        told("delete_comment", self.api.capabilities.check_delete(Entity::Comment, &options))
    }
}
