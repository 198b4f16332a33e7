//! Deleting tasks, with what hangs on them.

use std::collections::HashSet;

use pm_provider::{CommentId, Contents, DeleteOptions, Error, ErrorKind, ItemRef, PMTask, ProjectId, TaskId};
use sea_orm::sea_query::{Expr, ExprTrait, LockType, Order, Query};
use sea_orm::{ConnectionTrait, DbBackend, QueryResult, Statement};

use super::query;
use crate::error::Result;
use crate::record::{self, Record};
use crate::store::Transaction;

/// Ids in one statement; SQLite takes 32,766 values.
const IDS_PER_STATEMENT: usize = 1_000;

pub(crate) async fn delete(transaction: &mut Transaction, id: &TaskId, options: &DeleteOptions) -> Result<()> {
    record::lock(transaction, PMTask::TABLE, id.as_str(), LockType::Update).await?;
    let task = query::get(transaction, id).await?;
    record::check_version(&task, options.if_version.as_ref())?;
    let below = match options.contents {
        Contents::Delete => lock_below(transaction, id).await?,
        _ => below(transaction, id).await?,
    };
    if options.contents != Contents::Delete && !below.is_empty() {
        let message = format!("task `{id}` has {} task(s) below it", below.len());
        let error = Error::new(ErrorKind::Conflict, message).subject(format!("task `{id}`"));
        return Err(error.hint("delete it with its contents, or move them first").into());
    }
    let ids: Vec<String> = std::iter::once(id.as_str().to_owned()).chain(below).collect();
    for ids in ids.chunks(IDS_PER_STATEMENT) {
        // So that no chunk points into another. Chosen by their own ids: whoever else points in here must be in the
        // way, not lose its parent.
        let loosen = Query::update()
            .table(PMTask::TABLE)
            .value("parent_task_id", Option::<String>::None)
            .and_where(Expr::col("id").is_in(ids))
            .take();
        transaction.execute(&loosen).await?;
    }
    for ids in ids.chunks(IDS_PER_STATEMENT) {
        remove(transaction, &task.project_id, &Chosen::Ids(ids)).await?;
    }
    Ok(())
}

/// Deletes every task of a project.
pub(crate) async fn all_of_project(transaction: &mut Transaction, project: &ProjectId) -> Result<()> {
    let chosen = Chosen::Project(project);
    lock(transaction, &chosen).await?;
    remove(transaction, project, &chosen).await
}

/// Locks the tasks below a task, until those that were locked are all that there are: a row that is locked gets no
/// children and no comments any more, but one that was waited for may have got some, or may stand elsewhere now.
async fn lock_below(transaction: &Transaction, id: &TaskId) -> Result<Vec<String>> {
    let mut locked = HashSet::new();
    loop {
        let below = below(transaction, id).await?;
        let mut found: Vec<String> = below.iter().filter(|id| !locked.contains(*id)).cloned().collect();
        if found.is_empty() {
            return Ok(below);
        }
        found.sort_unstable();
        for ids in found.chunks(IDS_PER_STATEMENT) {
            lock(transaction, &Chosen::Ids(ids)).await?;
        }
        locked.extend(found);
    }
}

/// Waits for everybody who changes the tasks or hangs something on them, so that what is read next is all there is.
///
/// Always in the order of the ids, so that two deletions do not wait for each other. SQLite's writer is alone anyway.
async fn lock(transaction: &Transaction, chosen: &Chosen<'_>) -> Result<()> {
    if transaction.get_database_backend() == DbBackend::Postgres {
        let tasks = Query::select()
            .column("id")
            .from(PMTask::TABLE)
            .and_where(chosen.by("id"))
            .order_by("id", Order::Asc)
            .lock(LockType::Update)
            .take();
        transaction.query_all(&tasks).await?;
    }
    Ok(())
}

/// The tasks below a task, however deep.
async fn below(transaction: &Transaction, id: &TaskId) -> Result<Vec<String>> {
    let sql = "WITH RECURSIVE below (id) AS (\
               SELECT id FROM pm_tasks WHERE parent_task_id = $1 \
               UNION SELECT t.id FROM pm_tasks t JOIN below ON t.parent_task_id = below.id) \
               SELECT id FROM below";
    let statement = Statement::from_sql_and_values(transaction.get_database_backend(), sql, [id.as_str().into()]);
    let rows = transaction.query_all_raw(statement).await?;
    Ok(rows.iter().map(|row| row.try_get_by_index(0)).collect::<Result<_, _>>()?)
}

enum Chosen<'c> {
    Ids(&'c [String]),
    Project(&'c ProjectId),
}

impl Chosen<'_> {
    /// The condition that a column holds the id of a chosen task.
    fn by(&self, column: &'static str) -> Expr {
        match self {
            Self::Ids(ids) => Expr::col(column).is_in(ids.iter().map(String::as_str)),
            Self::Project(project) => {
                let of_project = Expr::col("project_id").eq(project.as_str());
                Expr::col(column)
                    .in_subquery(Query::select().column("id").from(PMTask::TABLE).and_where(of_project).take())
            }
        }
    }
}

/// Removes tasks and all that hangs on them; every task and comment gets its tombstone.
///
/// Done by hand, not by the database's cascades: an application's own SQLite connection may have them switched off,
/// and the change feed has to hear of each comment.
async fn remove(transaction: &mut Transaction, project: &ProjectId, chosen: &Chosen<'_>) -> Result<()> {
    for (table, column) in [
        ("pm_relations", "from_task_id"),
        ("pm_relations", "to_task_id"),
        ("pm_task_labels", "task_id"),
        ("pm_task_assignees", "task_id"),
    ] {
        let rows = Query::delete().from_table(table).and_where(chosen.by(column)).take();
        transaction.execute(&rows).await?;
    }
    let comments = Query::delete()
        .from_table("pm_comments")
        .and_where(chosen.by("task_id"))
        .returning(Query::returning().columns(["id", "task_id"]))
        .take();
    for row in transaction.query_all(&comments).await? {
        transaction.record_deletion(comment(&row)?, Some(project));
    }
    let tasks = Query::delete().from_table(PMTask::TABLE).and_where(chosen.by("id")).returning_col("id").take();
    for row in transaction.query_all(&tasks).await? {
        let task: String = row.try_get_by_index(0)?;
        transaction.record_deletion(ItemRef::Task(task.into()), Some(project));
    }
    Ok(())
}

fn comment(row: &QueryResult) -> Result<ItemRef> {
    let (id, task): (String, String) = (row.try_get_by_index(0)?, row.try_get_by_index(1)?);
    Ok(ItemRef::Comment(TaskId::new(task), CommentId::new(id)))
}
