//! Finding tasks.

use pm_provider::{Cursor, Error, Match, PMTask, Page, TaskId, TaskQuery};
use sea_orm::sea_query::{Expr, ExprTrait, Query, SelectStatement};
use sea_orm::{ConnectionTrait, DbBackend};

use super::map::{BESIDE, COLUMNS, read};
use crate::error::Result;
use crate::filter;
use crate::id;
use crate::keyset::Keyset;
use crate::record::Record;

/// A task with its key, labels and assignees in one statement: one state of the database, one round trip.
///
/// Each member comes with its place (`0:paint`), to be sorted here: a sort in the subquery would cost one per task.
fn select(backend: DbBackend) -> SelectStatement {
    let (labels, assignees) = match backend {
        DbBackend::Postgres => (
            "(SELECT json_agg(l.position || ':' || l.label)::text FROM pm_task_labels l WHERE l.task_id = t.id)",
            "(SELECT json_agg(a.position || ':' || a.user_id)::text FROM pm_task_assignees a WHERE a.task_id = t.id)",
        ),
        _ => (
            "(SELECT json_group_array(l.position || ':' || l.label) FROM pm_task_labels l WHERE l.task_id = t.id)",
            "(SELECT json_group_array(a.position || ':' || a.user_id) FROM pm_task_assignees a WHERE a.task_id = t.id)",
        ),
    };
    Query::select()
        .columns(COLUMNS.map(|column| ("t", column)))
        .expr(Expr::cust("(SELECT p.\"key\" || '-' || t.number FROM pm_projects p WHERE p.id = t.project_id)"))
        .expr(Expr::cust(labels))
        .expr(Expr::cust(assignees))
        .from_as(PMTask::TABLE, "t")
        .take()
}

pub(crate) async fn page<C: ConnectionTrait>(
    db: &C,
    query: &TaskQuery,
    cursor: Option<&Cursor>,
) -> Result<Page<PMTask>> {
    let keyset = Keyset::new("tasks", query, query.sort, query.page_size, cursor)?.counting(query.with_total);
    keyset.page(db, statement(db.get_database_backend(), query), COLUMNS.len() + BESIDE, read).await
}

/// What a query selects, without order and page.
pub(crate) fn statement(backend: DbBackend, query: &TaskQuery) -> SelectStatement {
    let mut select = select(backend);
    if let Some(project) = &query.project {
        select.and_where(Expr::col(("t", "project_id")).eq(project.as_str()));
    }
    if let Some(key) = &query.key {
        select.and_where(has_key(key));
    }
    filter_by_reference(&mut select, "sprint_id", &query.sprint);
    filter_by_reference(&mut select, "parent_task_id", &query.parent);
    filter_by_assignee(&mut select, query);
    filter::by_status(&mut select, &query.statuses);
    for label in &query.labels {
        let labelled =
            Query::select().column("task_id").from("pm_task_labels").and_where(Expr::col("label").eq(label)).take();
        select.and_where(Expr::col(("t", "id")).in_subquery(labelled));
    }
    filter::by_text(&mut select, backend, query.text.as_deref());
    filter::by_update(&mut select, query.updated_since);
    select
}

fn filter_by_reference<I: AsRef<str>>(select: &mut SelectStatement, column: &'static str, wanted: &Match<I>) {
    match wanted {
        Match::Is(id) => select.and_where(Expr::col(("t", column)).eq(id.as_ref())),
        Match::Unset => select.and_where(Expr::col(("t", column)).is_null()),
        _ => select,
    };
}

fn filter_by_assignee(select: &mut SelectStatement, query: &TaskQuery) {
    let mut assigned = Query::select();
    assigned.column("task_id").from("pm_task_assignees");
    match &query.assignee {
        Match::Is(user) => {
            assigned.and_where(Expr::col("user_id").eq(user.as_str()));
            select.and_where(Expr::col(("t", "id")).in_subquery(assigned));
        }
        Match::Unset => {
            assigned.and_where(Expr::col(("pm_task_assignees", "task_id")).equals(("t", "id")));
            select.and_where(Expr::exists(assigned).not());
        }
        _ => {}
    }
}

/// `KEY-12`: the task with this number in the project with this key.
fn has_key(key: &str) -> Expr {
    let parts = key.rsplit_once('-').and_then(|(project, number)| Some((project, filter::key_number(number)?)));
    let Some((project, number)) = parts else { return Expr::val(false) };
    let project = Query::select()
        .column("id")
        .from("pm_projects")
        .and_where(filter::lower_key().eq(project.to_ascii_lowercase()))
        .take();
    Expr::col(("t", "project_id")).in_subquery(project).and(Expr::col(("t", "number")).eq(number))
}

pub(crate) async fn find_many<C: ConnectionTrait>(db: &C, ids: &[&str]) -> Result<Vec<PMTask>> {
    let select = select(db.get_database_backend()).and_where(Expr::col(("t", "id")).is_in(ids.iter().copied())).take();
    db.query_all(&select).await?.iter().map(read).collect()
}

pub(crate) async fn find<C: ConnectionTrait>(db: &C, id: &str) -> Result<Option<PMTask>> {
    if !id::is_possible(id) {
        return Ok(None);
    }
    let select = select(db.get_database_backend()).and_where(Expr::col(("t", "id")).eq(id)).take();
    db.query_one(&select).await?.as_ref().map(read).transpose()
}

pub(crate) async fn get<C: ConnectionTrait>(db: &C, id: &TaskId) -> Result<PMTask> {
    find(db, id.as_str()).await?.ok_or_else(|| Error::not_found("task", id).into())
}
