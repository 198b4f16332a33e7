//! Whether the database is well, and who we are in it.

use pm_provider::{Health, UserId};
use sea_orm::sea_query::Query;
use sea_orm::{ConnectionTrait, DbBackend, Statement};

use crate::error::Result;
use crate::user;

pub(crate) async fn check<C: ConnectionTrait>(db: &C, user: Option<&UserId>) -> Result<Health> {
    let backend = db.get_database_backend();
    let (name, sql) = match backend {
        DbBackend::Postgres => ("PostgreSQL", "SELECT current_setting('server_version')"),
        _ => ("SQLite", "SELECT sqlite_version()"),
    };
    let row = db.query_one_raw(Statement::from_string(backend, sql)).await?;
    let version: Option<String> = row.map(|row| row.try_get_by_index(0)).transpose()?;
    let mut health = Health::new(format!("{name} {}", version.unwrap_or_default()));
    // The server may be well and the tables gone: they must answer too.
    let tables = Query::select().column("value").from("pm_change_counter").take();
    db.query_one(&tables).await?;
    if let Some(id) = user {
        health.user = Some(user::query::get(db, id).await?);
    }
    Ok(health)
}
