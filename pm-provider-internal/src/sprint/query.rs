//! Finding sprints.

use pm_provider::{Cursor, Error, PMSprint, Page, SprintId, SprintQuery};
use sea_orm::sea_query::{Expr, ExprTrait, Query, SelectStatement};
use sea_orm::{ConnectionTrait, DbBackend};

use super::map::{BESIDE, COLUMNS, read};
use crate::error::Result;
use crate::filter;
use crate::id;
use crate::keyset::Keyset;
use crate::record::Record;

fn select() -> SelectStatement {
    Query::select()
        .columns(COLUMNS.map(|column| ("t", column)))
        .expr(Expr::cust("(SELECT p.\"key\" || '-S' || t.number FROM pm_projects p WHERE p.id = t.project_id)"))
        .from_as(PMSprint::TABLE, "t")
        .take()
}

pub(crate) async fn page<C: ConnectionTrait>(
    db: &C,
    query: &SprintQuery,
    cursor: Option<&Cursor>,
) -> Result<Page<PMSprint>> {
    let keyset = Keyset::new("sprints", query, query.sort, query.page_size, cursor)?.counting(query.with_total);
    keyset.page(db, statement(db.get_database_backend(), query), COLUMNS.len() + BESIDE, read).await
}

/// What a query selects, without order and page.
pub(crate) fn statement(backend: DbBackend, query: &SprintQuery) -> SelectStatement {
    let mut select = select();
    if let Some(project) = &query.project {
        select.and_where(Expr::col(("t", "project_id")).eq(project.as_str()));
    }
    if let Some(key) = &query.key {
        select.and_where(has_key(key));
    }
    filter::by_status(&mut select, &query.statuses);
    filter::by_text(&mut select, backend, query.text.as_deref());
    filter::by_update(&mut select, query.updated_since);
    select
}

/// `KEY-S1`: the sprint with this number in the project with this key.
fn has_key(key: &str) -> Expr {
    let lower = key.to_ascii_lowercase();
    let parts = lower.rsplit_once("-s").and_then(|(project, number)| Some((project, filter::key_number(number)?)));
    let Some((project, number)) = parts else { return Expr::val(false) };
    let project = Query::select().column("id").from("pm_projects").and_where(filter::lower_key().eq(project)).take();
    Expr::col(("t", "project_id")).in_subquery(project).and(Expr::col(("t", "number")).eq(number))
}

pub(crate) async fn find_many<C: ConnectionTrait>(db: &C, ids: &[&str]) -> Result<Vec<PMSprint>> {
    let select = select().and_where(Expr::col(("t", "id")).is_in(ids.iter().copied())).take();
    db.query_all(&select).await?.iter().map(read).collect()
}

pub(crate) async fn find<C: ConnectionTrait>(db: &C, id: &str) -> Result<Option<PMSprint>> {
    if !id::is_possible(id) {
        return Ok(None);
    }
    let select = select().and_where(Expr::col(("t", "id")).eq(id)).take();
    db.query_one(&select).await?.as_ref().map(read).transpose()
}

pub(crate) async fn get<C: ConnectionTrait>(db: &C, id: &SprintId) -> Result<PMSprint> {
    find(db, id.as_str()).await?.ok_or_else(|| Error::not_found("sprint", id).into())
}
