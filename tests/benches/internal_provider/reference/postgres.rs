//! What differs on PostgreSQL.

#[path = "handwritten.rs"]
mod handwritten;

pub(crate) use handwritten::Handwritten;
use sqlx::{Pool, Transaction};

type Database = sqlx::Postgres;
type Connection = sqlx::PgConnection;
type Row = sqlx::postgres::PgRow;

const LABELS: &str = "(SELECT json_agg(l.position || ':' || l.label)::text FROM pm_task_labels l \
    WHERE l.task_id = t.id)";
const ASSIGNEES: &str = "(SELECT json_agg(a.position || ':' || a.user_id)::text FROM pm_task_assignees a \
    WHERE a.task_id = t.id)";

/// Turns each `?` into `$1`, `$2` and so on.
fn placeholders(sql: &str) -> String {
    let mut parts = sql.split('?');
    let first = parts.next().unwrap_or_default().to_owned();
    parts.enumerate().fold(first, |sql, (place, part)| format!("{sql}${}{part}", place + 1))
}

async fn begin(pool: &Pool<Database>) -> sqlx::Result<Transaction<'static, Database>> {
    pool.begin().await
}
