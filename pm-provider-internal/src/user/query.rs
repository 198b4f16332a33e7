//! Finding users.

use pm_provider::{Cursor, Error, PMUser, Page, UserId, UserQuery};
use sea_orm::sea_query::{Expr, ExprTrait, Query, SelectStatement};
use sea_orm::{ConnectionTrait, DbBackend};

use super::map::{COLUMNS, read};
use crate::error::Result;
use crate::filter;
use crate::id;
use crate::keyset::Keyset;
use crate::record::Record;
use crate::text::fold;

fn select() -> SelectStatement {
    Query::select().columns(COLUMNS.map(|column| ("t", column))).from_as(PMUser::TABLE, "t").take()
}

pub(crate) async fn page<C: ConnectionTrait>(
    db: &C,
    query: &UserQuery,
    cursor: Option<&Cursor>,
) -> Result<Page<PMUser>> {
    let keyset = Keyset::new("users", query, query.sort, query.page_size, cursor)?.counting(query.with_total);
    keyset.page(db, statement(db.get_database_backend(), query), COLUMNS.len(), read).await
}

/// What a query selects, without order and page.
pub(crate) fn statement(backend: DbBackend, query: &UserQuery) -> SelectStatement {
    let mut select = select();
    if let Some(project) = &query.project {
        // Everybody can be assigned in every project that there is.
        let there =
            Query::select().column("id").from("pm_projects").and_where(Expr::col("id").eq(project.as_str())).take();
        select.and_where(Expr::exists(there));
    }
    if let Some(login) = &query.login {
        select.and_where(Expr::col(("t", "login_folded")).eq(fold(login)));
    }
    if let Some(email) = &query.email {
        select.and_where(Expr::col(("t", "email_folded")).eq(fold(email)));
    }
    filter::by_text(&mut select, backend, query.text.as_deref());
    select
}

pub(crate) async fn find_many<C: ConnectionTrait>(db: &C, ids: &[&str]) -> Result<Vec<PMUser>> {
    let select = select().and_where(Expr::col(("t", "id")).is_in(ids.iter().copied())).take();
    db.query_all(&select).await?.iter().map(read).collect()
}

pub(crate) async fn find<C: ConnectionTrait>(db: &C, id: &str) -> Result<Option<PMUser>> {
    if !id::is_possible(id) {
        return Ok(None);
    }
    let select = select().and_where(Expr::col(("t", "id")).eq(id)).take();
    db.query_one(&select).await?.as_ref().map(read).transpose()
}

pub(crate) async fn find_by_login<C: ConnectionTrait>(db: &C, login: &str) -> Result<Option<PMUser>> {
    let select = select().and_where(Expr::col(("t", "login_folded")).eq(fold(login))).take();
    db.query_one(&select).await?.as_ref().map(read).transpose()
}

pub(crate) async fn get<C: ConnectionTrait>(db: &C, id: &UserId) -> Result<PMUser> {
    find(db, id.as_str()).await?.ok_or_else(|| Error::not_found("user", id).into())
}
