//! What a task has several of: labels and assignees.

use pm_provider::{PMTask, SetPatch};
use sea_orm::ConnectionTrait;
use sea_orm::sea_query::{Expr, ExprTrait, Query};

use crate::error::Result;
use crate::store::Transaction;

const LABELS: (&str, &str) = ("pm_task_labels", "label");
const ASSIGNEES: (&str, &str) = ("pm_task_assignees", "user_id");

/// Takes duplicates out, the first of each stays.
pub(super) fn distinct<T: Clone + Ord>(values: &[T]) -> Vec<T> {
    SetPatch::Replace(values.to_vec()).apply(&[])
}

/// Writes the labels and assignees of a new task.
pub(super) async fn insert(transaction: &Transaction, task: &PMTask) -> Result<()> {
    add(transaction, LABELS, task.id.as_str(), &task.labels).await?;
    add(transaction, ASSIGNEES, task.id.as_str(), &task.assignees).await
}

/// Makes labels and assignees those of `after`; says whether anything changed.
pub(super) async fn update(transaction: &Transaction, before: &PMTask, after: &PMTask) -> Result<bool> {
    let labels = replace(transaction, LABELS, after.id.as_str(), &before.labels, &after.labels).await?;
    let assignees = replace(transaction, ASSIGNEES, after.id.as_str(), &before.assignees, &after.assignees).await?;
    Ok(labels || assignees)
}

async fn replace<T: AsRef<str> + PartialEq>(
    transaction: &Transaction,
    table: (&'static str, &'static str),
    task: &str,
    before: &[T],
    after: &[T],
) -> Result<bool> {
    if before == after {
        return Ok(false);
    }
    let present = Query::delete().from_table(table.0).and_where(Expr::col("task_id").eq(task)).take();
    transaction.execute(&present).await?;
    add(transaction, table, task, after).await?;
    Ok(true)
}

async fn add<T: AsRef<str>>(
    transaction: &Transaction,
    (table, column): (&'static str, &'static str),
    task: &str,
    members: &[T],
) -> Result<()> {
    // Three values a row, far below the 32,766 that SQLite takes in a statement.
    for (chunk, members) in members.chunks(1_000).enumerate() {
        let mut rows = Query::insert().into_table(table).columns(["task_id", column, "position"]).take();
        for (place, member) in members.iter().enumerate() {
            let position = i64::try_from(chunk * 1_000 + place).unwrap_or(i64::MAX);
            rows.values_panic([task.into(), member.as_ref().into(), position.into()]);
        }
        transaction.execute(&rows).await?;
    }
    Ok(())
}
