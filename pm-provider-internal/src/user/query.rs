//! Finding users.

use pm_provider::{Cursor, Error, PMUser, Page, UserId, UserQuery};
use sea_orm::ConnectionTrait;
use sea_orm::sea_query::{Expr, ExprTrait, Query, SelectStatement};

use super::map::{COLUMNS, read};
use crate::error::Result;
use crate::keyset::Keyset;
use crate::record::Record;
use crate::text::{contains, fold};

fn select() -> SelectStatement {
    Query::select().columns(COLUMNS.map(|column| ("t", column))).from_as(PMUser::TABLE, "t").take()
}

pub(crate) async fn page<C: ConnectionTrait>(
    db: &C,
    query: &UserQuery,
    cursor: Option<&Cursor>,
) -> Result<Page<PMUser>> {
    let keyset = Keyset::new("users", query, query.sort, query.page_size, cursor)?;
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
    if let Some(text) = &query.text {
        select.and_where(contains(db.get_database_backend(), Expr::col(("t", "search_text")), text));
    }
    keyset.page(db, select, COLUMNS.len(), read).await
}

pub(crate) async fn find<C: ConnectionTrait>(db: &C, id: &str) -> Result<Option<PMUser>> {
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
