//! Where a task stands: below another task, in a sprint; always within its project.

use pm_provider::{Field, PMTask, ProjectId, SprintId, TaskId};
use sea_orm::sea_query::{Expr, ExprTrait, LockType, Query};
use sea_orm::{ConnectionTrait, Statement};

use crate::error::Result;
use crate::record::{self, Record};
use crate::refer::refuse;
use crate::store::Transaction;

/// Refuses a sprint that is not there or not of the project.
pub(crate) async fn check_sprint<C: ConnectionTrait>(db: &C, project: &ProjectId, sprint: &SprintId) -> Result<()> {
    match project_of(db, "pm_sprints", sprint.as_str()).await? {
        None => Err(refuse(Field::SprintId, format!("there is no sprint `{sprint}`"))),
        Some(other) if other != project.as_str() => {
            Err(refuse(Field::SprintId, format!("sprint `{sprint}` is of another project, `{other}`")))
        }
        Some(_) => Ok(()),
    }
}

/// Refuses a parent that is not there or not of the project.
pub(crate) async fn check_parent<C: ConnectionTrait>(db: &C, project: &ProjectId, parent: &TaskId) -> Result<()> {
    match project_of(db, PMTask::TABLE, parent.as_str()).await? {
        None => Err(refuse(Field::ParentTaskId, format!("there is no task `{parent}`"))),
        Some(other) if other != project.as_str() => {
            Err(refuse(Field::ParentTaskId, format!("task `{parent}` is of another project, `{other}`")))
        }
        Some(_) => Ok(()),
    }
}

/// Refuses a parent that is the task itself or stands below it.
pub(super) async fn check_cycle(transaction: &Transaction, task: &PMTask, parent: &TaskId) -> Result<()> {
    if task.id == *parent {
        return Err(refuse(Field::ParentTaskId, "a task cannot be its own parent"));
    }
    // Two tasks that are put below each other at once must not both succeed.
    record::lock(transaction, "pm_projects", task.project_id.as_str(), LockType::NoKeyUpdate).await?;
    if is_below(transaction, parent, &task.id).await? {
        return Err(refuse(Field::ParentTaskId, format!("task `{parent}` stands below this task")));
    }
    Ok(())
}

async fn project_of<C: ConnectionTrait>(db: &C, table: &'static str, id: &str) -> Result<Option<String>> {
    let project = Query::select().column("project_id").from(table).and_where(Expr::col("id").eq(id)).take();
    let row = db.query_one(&project).await?;
    Ok(row.map(|row| row.try_get_by_index(0)).transpose()?)
}

/// Walks from a task up to the top; `UNION` ends the walk even in a circle.
async fn is_below(transaction: &Transaction, task: &TaskId, above: &TaskId) -> Result<bool> {
    let sql = "WITH RECURSIVE line (id) AS (\
               SELECT parent_task_id FROM pm_tasks WHERE id = $1 \
               UNION SELECT t.parent_task_id FROM pm_tasks t JOIN line ON t.id = line.id) \
               SELECT 1 FROM line WHERE id = $2";
    let values = [task.as_str().into(), above.as_str().into()];
    let walk = Statement::from_sql_and_values(transaction.get_database_backend(), sql, values);
    Ok(transaction.query_one_raw(walk).await?.is_some())
}
