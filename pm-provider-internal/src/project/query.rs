//! Finding projects.

use pm_provider::{Cursor, Error, PMProject, Page, ProjectId, ProjectQuery, Vocabulary};
use sea_orm::ConnectionTrait;
use sea_orm::sea_query::{Expr, ExprTrait, Func, Query, SelectStatement};

use super::map::{COLUMNS, read};
use crate::error::Result;
use crate::keyset::Keyset;
use crate::record::Record;
use crate::text::contains;
use crate::time::to_micros;

fn select() -> SelectStatement {
    let mut select = Query::select();
    select.columns(COLUMNS.map(|column| ("t", column))).from_as(PMProject::TABLE, "t").take()
}

pub(crate) async fn page<C: ConnectionTrait>(
    db: &C,
    query: &ProjectQuery,
    cursor: Option<&Cursor>,
) -> Result<Page<PMProject>> {
    let keyset = Keyset::new("projects", query, query.sort, query.page_size, cursor)?;
    let mut select = select();
    if let Some(key) = &query.key {
        select.and_where(Expr::expr(Func::lower(Expr::col(("t", "key")))).eq(key.to_ascii_lowercase()));
    }
    if !query.statuses.is_empty() {
        select.and_where(Expr::col(("t", "status_category")).is_in(query.statuses.iter().map(|status| status.word())));
    }
    if let Some(text) = &query.text {
        select.and_where(contains(db.get_database_backend(), Expr::col(("t", "search_text")), text));
    }
    if let Some(since) = query.updated_since {
        select.and_where(Expr::col(("t", "updated_at")).gte(to_micros(since)));
    }
    keyset.page(db, select, COLUMNS.len(), read).await
}

pub(crate) async fn find_many<C: ConnectionTrait>(db: &C, ids: &[&str]) -> Result<Vec<PMProject>> {
    let select = select().and_where(Expr::col(("t", "id")).is_in(ids.iter().copied())).take();
    db.query_all(&select).await?.iter().map(read).collect()
}

pub(crate) async fn find<C: ConnectionTrait>(db: &C, id: &str) -> Result<Option<PMProject>> {
    let select = select().and_where(Expr::col(("t", "id")).eq(id)).take();
    db.query_one(&select).await?.as_ref().map(read).transpose()
}

pub(crate) async fn get<C: ConnectionTrait>(db: &C, id: &ProjectId) -> Result<PMProject> {
    find(db, id.as_str()).await?.ok_or_else(|| Error::not_found("project", id).into())
}

/// Makes sure that a project is there.
pub(crate) async fn check<C: ConnectionTrait>(db: &C, id: &ProjectId) -> Result<()> {
    let present =
        Query::select().expr(Expr::val(1)).from(PMProject::TABLE).and_where(Expr::col("id").eq(id.as_str())).take();
    match db.query_one(&present).await? {
        Some(_) => Ok(()),
        None => Err(Error::not_found("project", id).into()),
    }
}
