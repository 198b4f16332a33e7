//! What items refer to must be there; who is wrong learns which id it was.

use std::collections::HashSet;

use pm_provider::{Error, Field, ProjectId, TaskId, UserId};
use sea_orm::ConnectionTrait;
use sea_orm::sea_query::{Expr, ExprTrait, Query};

use crate::error::{Failure, Result};
use crate::{project, task};

/// SQLite takes 32,766 values in one statement.
const IDS_PER_STATEMENT: usize = 1_000;

/// The error for a field that names what is not there, or may not be named.
pub(crate) fn refuse(field: Field, problem: impl Into<String>) -> Failure {
    Error::invalid_input("the input is not valid").on_field(field, problem).into()
}

/// Makes sure that the task or project is there whose contents are listed.
pub(crate) async fn check_scope<C: ConnectionTrait>(
    db: &C,
    task: Option<&TaskId>,
    project: Option<&ProjectId>,
) -> Result<()> {
    if let Some(task) = task {
        task::query::get(db, task).await?;
    }
    if let Some(project) = project {
        project::query::check(db, project).await?;
    }
    Ok(())
}

/// Refuses users that are not there.
pub(crate) async fn check_users<'u, C, I>(db: &C, named: I) -> Result<()>
where
    C: ConnectionTrait,
    I: IntoIterator<Item = (Field, &'u UserId)>,
{
    let named: Vec<_> = named.into_iter().collect();
    let mut present = HashSet::new();
    for named in named.chunks(IDS_PER_STATEMENT) {
        let ids = named.iter().map(|(_, id)| id.as_str());
        let users = Query::select().column("id").from("pm_users").and_where(Expr::col("id").is_in(ids)).take();
        for row in db.query_all(&users).await? {
            present.insert(row.try_get_by_index::<String>(0)?);
        }
    }
    match named.iter().find(|(_, id)| !present.contains(id.as_str())) {
        Some((field, id)) => Err(refuse(*field, format!("there is no user `{id}`"))),
        None => Ok(()),
    }
}

#[cfg(all(test, feature = "sqlite"))]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

    use super::*;
    use crate::store::{Store, StoreOptions};

    #[tokio::test]
    async fn more_users_than_a_statement_takes_are_looked_up() {
        let store = Store::open("sqlite::memory:", &StoreOptions::default()).await.unwrap();
        let insert = "WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < 39999) \
            INSERT INTO pm_users (id, name, active, version, created_at, updated_at, search_text) \
            SELECT 'u' || i, 'U', 1, 1, 0, 0, 'u' FROM n";
        store.connection().execute_unprepared(insert).await.unwrap();
        let mut users: Vec<_> = (0..40_000).map(|number| UserId::new(format!("u{number}"))).collect();
        check_users(store.connection(), users.iter().map(|user| (Field::Assignees, user))).await.unwrap();
        users.push(UserId::new("u40000"));
        let named = users.iter().map(|user| (Field::Assignees, user));
        let error = Error::from(check_users(store.connection(), named).await.unwrap_err());
        assert!(error.to_string().contains("there is no user `u40000`"), "{error}");
    }
}
