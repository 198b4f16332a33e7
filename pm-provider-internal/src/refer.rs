//! What items refer to must be there; who is wrong learns which id it was.

use std::collections::HashSet;

use pm_provider::{Error, Field, UserId};
use sea_orm::ConnectionTrait;
use sea_orm::sea_query::{Expr, ExprTrait, Query};

use crate::error::{Failure, Result};

/// The error for a field that names what is not there, or may not be named.
pub(crate) fn refuse(field: Field, problem: impl Into<String>) -> Failure {
    Error::invalid_input("the input is not valid").on_field(field, problem).into()
}

/// Refuses users that are not there.
pub(crate) async fn check_users<'u, C, I>(db: &C, named: I) -> Result<()>
where
    C: ConnectionTrait,
    I: IntoIterator<Item = (Field, &'u UserId)>,
{
    let named: Vec<_> = named.into_iter().collect();
    if named.is_empty() {
        return Ok(());
    }
    let ids = named.iter().map(|(_, id)| id.as_str());
    let present = Query::select().column("id").from("pm_users").and_where(Expr::col("id").is_in(ids)).take();
    let rows = db.query_all(&present).await?;
    let present = rows.iter().map(|row| row.try_get_by_index(0)).collect::<Result<HashSet<String>, _>>()?;
    match named.iter().find(|(_, id)| !present.contains(id.as_str())) {
        Some((field, id)) => Err(refuse(*field, format!("there is no user `{id}`"))),
        None => Ok(()),
    }
}
