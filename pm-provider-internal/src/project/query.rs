//! Finding projects.

use pm_provider::{Cursor, Error, PMProject, Page, ProjectId, ProjectQuery};
use sea_orm::sea_query::{Expr, ExprTrait, Query, SelectStatement};
use sea_orm::{ConnectionTrait, DbBackend};

use super::map::{COLUMNS, read};
use crate::error::Result;
use crate::filter;
use crate::id;
use crate::keyset::Keyset;
use crate::record::Record;

fn select() -> SelectStatement {
    let mut select = Query::select();
    select.columns(COLUMNS.map(|column| ("t", column))).from_as(PMProject::TABLE, "t").take()
}

pub(crate) async fn page<C: ConnectionTrait>(
    db: &C,
    query: &ProjectQuery,
    cursor: Option<&Cursor>,
) -> Result<Page<PMProject>> {
    let keyset = Keyset::new("projects", query, query.sort, query.page_size, cursor)?.counting(query.with_total);
    keyset.page(db, statement(db.get_database_backend(), query), COLUMNS.len(), read).await
}

/// What a query selects, without order and page.
pub(crate) fn statement(backend: DbBackend, query: &ProjectQuery) -> SelectStatement {
    let mut select = select();
    if let Some(key) = &query.key {
        select.and_where(filter::lower_key().eq(key.to_ascii_lowercase()));
    }
    filter::by_status(&mut select, &query.statuses);
    filter::by_text(&mut select, backend, query.text.as_deref());
    filter::by_update(&mut select, query.updated_since);
    select
}

pub(crate) async fn find_many<C: ConnectionTrait>(db: &C, ids: &[&str]) -> Result<Vec<PMProject>> {
    let select = select().and_where(Expr::col(("t", "id")).is_in(ids.iter().copied())).take();
    db.query_all(&select).await?.iter().map(read).collect()
}

pub(crate) async fn find<C: ConnectionTrait>(db: &C, id: &str) -> Result<Option<PMProject>> {
    if !id::is_possible(id) {
        return Ok(None);
    }
    let select = select().and_where(Expr::col(("t", "id")).eq(id)).take();
    db.query_one(&select).await?.as_ref().map(read).transpose()
}

pub(crate) async fn get<C: ConnectionTrait>(db: &C, id: &ProjectId) -> Result<PMProject> {
    find(db, id.as_str()).await?.ok_or_else(|| Error::not_found("project", id).into())
}

/// Makes sure that a project is there.
pub(crate) async fn check<C: ConnectionTrait>(db: &C, id: &ProjectId) -> Result<()> {
    get(db, id).await.map(drop)
}
