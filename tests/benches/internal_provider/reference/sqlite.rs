//! What differs on SQLite.

#[path = "handwritten.rs"]
mod handwritten;

pub(crate) use handwritten::Handwritten;
use sqlx::{Pool, Transaction};

type Database = sqlx::Sqlite;
type Connection = sqlx::SqliteConnection;
type Row = sqlx::sqlite::SqliteRow;

const LABELS: &str = "(SELECT json_group_array(l.position || ':' || l.label) FROM pm_task_labels l \
    WHERE l.task_id = t.id)";
const ASSIGNEES: &str = "(SELECT json_group_array(a.position || ':' || a.user_id) FROM pm_task_assignees a \
    WHERE a.task_id = t.id)";

/// Leaves `?` as it is.
fn placeholders(sql: &str) -> String {
    sql.to_owned()
}

async fn begin(pool: &Pool<Database>) -> sqlx::Result<Transaction<'static, Database>> {
    pool.begin_with("BEGIN IMMEDIATE").await
}
