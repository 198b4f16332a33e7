//! Finding comments.

use pm_provider::{Comment, CommentId, CommentQuery, Cursor, Error, Page, ProjectId, TaskId};
use sea_orm::ConnectionTrait;
use sea_orm::sea_query::{Expr, ExprTrait, Query, SelectStatement};

use super::map::{COLUMNS, Stored, read};
use crate::error::Result;
use crate::keyset::Keyset;
use crate::record::Record;
use crate::refer::check_scope;
use crate::{filter, id, task};

fn select() -> SelectStatement {
    Query::select().columns(COLUMNS.map(|column| ("t", column))).from_as(Stored::TABLE, "t").take()
}

pub(crate) async fn page<C: ConnectionTrait>(
    db: &C,
    query: &CommentQuery,
    cursor: Option<&Cursor>,
) -> Result<Page<Comment>> {
    let keyset = Keyset::new("comments", query, query.sort, query.page_size, cursor)?;
    let page = keyset.page(db, statement(query), COLUMNS.len(), read).await?;
    if page.items.is_empty() {
        check_scope(db, query.task.as_ref(), query.project.as_ref()).await?;
    }
    Ok(page)
}

/// What a query selects, without order and page.
pub(crate) fn statement(query: &CommentQuery) -> SelectStatement {
    let mut select = select();
    if let Some(task) = &query.task {
        select.and_where(Expr::col(("t", "task_id")).eq(task.as_str()));
    }
    filter::by_project(&mut select, query.project.as_ref());
    select
}

/// The project of a task, which must be there.
pub(super) async fn project_of<C: ConnectionTrait>(db: &C, task: &TaskId) -> Result<ProjectId> {
    Ok(task::query::get(db, task).await?.project_id)
}

pub(crate) async fn find_many<C: ConnectionTrait>(db: &C, ids: &[&str]) -> Result<Vec<Comment>> {
    let select = select().and_where(Expr::col(("t", "id")).is_in(ids.iter().copied())).take();
    db.query_all(&select).await?.iter().map(read).collect()
}

pub(crate) async fn find<C: ConnectionTrait>(db: &C, id: &str) -> Result<Option<Comment>> {
    if !id::is_possible(id) {
        return Ok(None);
    }
    let select = select().and_where(Expr::col(("t", "id")).eq(id)).take();
    db.query_one(&select).await?.as_ref().map(read).transpose()
}

/// A comment of another task is not there.
pub(crate) async fn get<C: ConnectionTrait>(db: &C, task: &TaskId, id: &CommentId) -> Result<Comment> {
    let found = find(db, id.as_str()).await?.filter(|comment| comment.task_id == *task);
    found.ok_or_else(|| Error::not_found("comment", id).into())
}
