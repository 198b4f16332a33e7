//! Rows of `pm_comments` and comments.

use chrono::{DateTime, Utc};
use pm_provider::{Comment, ItemRef, ProjectId, Version};
use sea_orm::QueryResult;

use crate::error::Result;
use crate::record::{Fields, Record};
use crate::row::{Row, visibility_word};

/// What a statement selects, in the order in which [`read`] takes it.
pub(super) const COLUMNS: [&str; 10] = [
    "id",
    "task_id",
    "body",
    "author_id",
    "author_name",
    "visibility",
    "created_at",
    "updated_at",
    "version",
    "raw_data",
];

pub(super) fn read(row: &QueryResult) -> Result<Comment> {
    let mut row = Row::new(Stored::TABLE, row);
    let (id, task_id, body): (String, String, String) = (row.take()?, row.take()?, row.take()?);
    let mut comment = Comment::new(id, task_id, body);
    comment.author_id = row.optional_id()?;
    comment.author_name = row.take()?;
    comment.visibility = row.visibility()?;
    comment.created_at = row.time()?;
    comment.updated_at = row.time()?;
    comment.version = row.version()?;
    comment.raw_data = row.raw_data()?;
    Ok(comment)
}

/// A comment and the project of its task, which the change feed wants to know.
#[derive(Clone)]
pub(super) struct Stored {
    pub(super) comment: Comment,
    pub(super) project: ProjectId,
}

impl Record for Stored {
    const TABLE: &'static str = "pm_comments";
    const WHAT: &'static str = "comment";

    fn id(&self) -> &str {
        self.comment.id.as_str()
    }

    fn fields(&self) -> Result<Fields> {
        let comment = &self.comment;
        Ok(vec![
            ("body", comment.body.as_str().into()),
            ("author_id", comment.author_id.as_ref().map(AsRef::<str>::as_ref).into()),
            ("author_name", comment.author_name.as_deref().into()),
            ("visibility", visibility_word(comment.visibility).into()),
            ("raw_data", comment.raw_data.as_str().into()),
        ])
    }

    fn version(&self) -> Option<&Version> {
        self.comment.version.as_ref()
    }

    fn stamp(&mut self, version: Version, updated_at: DateTime<Utc>) {
        self.comment.version = Some(version);
        self.comment.updated_at = Some(updated_at);
    }

    fn change(&self) -> Option<(ItemRef, Option<ProjectId>)> {
        let comment = &self.comment;
        Some((ItemRef::Comment(comment.task_id.clone(), comment.id.clone()), Some(self.project.clone())))
    }
}
