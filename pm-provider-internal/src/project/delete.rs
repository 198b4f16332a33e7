//! Deleting projects.

use pm_provider::{Contents, DeleteOptions, Error, ErrorKind, ItemRef, PMProject, ProjectId};
use sea_orm::ConnectionTrait;
use sea_orm::sea_query::{Expr, ExprTrait, LockType, Query};

use super::query;
use crate::error::Result;
use crate::record::{self, Record};
use crate::store::Transaction;
use crate::task;

pub(crate) async fn delete(transaction: &mut Transaction, id: &ProjectId, options: &DeleteOptions) -> Result<()> {
    record::lock(transaction, PMProject::TABLE, id.as_str(), LockType::Update).await?;
    let project = query::get(transaction, id).await?;
    record::check_version(&project, options.if_version.as_ref())?;
    if options.contents == Contents::Delete {
        task::delete::all_of_project(transaction, id).await?;
        sprints(transaction, id).await?;
    } else {
        refuse_contents(transaction, id).await?;
    }
    for (table, column) in
        [("project_sync_mappings", "internal_project_id"), ("pm_vocabulary", "scope"), (PMProject::TABLE, "id")]
    {
        let rows = Query::delete().from_table(table).and_where(Expr::col(column).eq(id.as_str())).take();
        transaction.execute(&rows).await?;
    }
    transaction.record_deletion(ItemRef::Project(id.clone()), Some(id));
    Ok(())
}

async fn refuse_contents(transaction: &Transaction, id: &ProjectId) -> Result<()> {
    let tasks = count(transaction, "pm_tasks", id).await?;
    let sprints = count(transaction, "pm_sprints", id).await?;
    if tasks + sprints == 0 {
        return Ok(());
    }
    let message = format!("project `{id}` is not empty: it has {tasks} task(s) and {sprints} sprint(s)");
    let error = Error::new(ErrorKind::Conflict, message).subject(format!("project `{id}`"));
    Err(error.hint("delete it with its contents, or empty it first").into())
}

async fn count(transaction: &Transaction, table: &'static str, project: &ProjectId) -> Result<i64> {
    let count = Query::select()
        .expr(Expr::col("id").count())
        .from(table)
        .and_where(Expr::col("project_id").eq(project.as_str()))
        .take();
    let row = transaction.query_one(&count).await?;
    Ok(row.map_or(Ok(0), |row| row.try_get_by_index(0))?)
}

async fn sprints(transaction: &mut Transaction, project: &ProjectId) -> Result<()> {
    let sprints = Query::delete()
        .from_table("pm_sprints")
        .and_where(Expr::col("project_id").eq(project.as_str()))
        .returning_col("id")
        .take();
    for row in transaction.query_all(&sprints).await? {
        let sprint: String = row.try_get_by_index(0)?;
        transaction.record_deletion(ItemRef::Sprint(sprint.into()), Some(project));
    }
    Ok(())
}
