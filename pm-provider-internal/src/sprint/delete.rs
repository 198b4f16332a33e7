//! Deleting sprints; their tasks stay.

use pm_provider::{DeleteOptions, ItemRef, PMSprint, SprintId};
use sea_orm::ConnectionTrait;
use sea_orm::sea_query::{Expr, ExprTrait, LockType, Query};

use super::query;
use crate::error::Result;
use crate::record::{self, Record};
use crate::store::Transaction;
use crate::time::to_micros;

pub(crate) async fn delete(transaction: &mut Transaction, id: &SprintId, options: &DeleteOptions) -> Result<()> {
    record::lock(transaction, PMSprint::TABLE, id.as_str(), LockType::Update).await?;
    let sprint = query::get(transaction, id).await?;
    record::check_version(&sprint, options.if_version.as_ref())?;
    let released = Query::update()
        .table("pm_tasks")
        .value("sprint_id", Option::<String>::None)
        .value("version", Expr::col("version").add(1))
        .value("updated_at", to_micros(transaction.now()))
        .and_where(Expr::col("sprint_id").eq(id.as_str()))
        .returning_col("id")
        .take();
    for row in transaction.query_all(&released).await? {
        let task: String = row.try_get_by_index(0)?;
        transaction.record(ItemRef::Task(task.into()), Some(&sprint.project_id));
    }
    let row = Query::delete().from_table(PMSprint::TABLE).and_where(Expr::col("id").eq(id.as_str())).take();
    transaction.execute(&row).await?;
    transaction.record_deletion(ItemRef::Sprint(id.clone()), Some(&sprint.project_id));
    Ok(())
}
