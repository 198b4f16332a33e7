//! The schema, up and down, beside whatever else lives in the database.
//!
//! Nothing in here drops what it did not make: there is no `fresh` and no `reset`.

// `async_trait` makes the elided lifetime of sea-orm's trait a named one; only the same spelling matches it.
#![allow(elided_lifetimes_in_paths)]

use pm_provider::{Error, ErrorKind};
use sea_orm::sea_query::{IntoIden, Order, Query};
use sea_orm::{ConnectionTrait, DatabaseConnection, DbBackend, DynIden, Statement};
use sea_orm_migration::{MigrationTrait, MigratorTrait};

use super::patience::Patience;
use super::transaction::begin_immediate;
use crate::error::Result;

mod columns;
mod m20261121_000001_create_users_and_projects;
mod m20261121_000002_create_sprints_and_tasks;
mod m20261121_000003_create_comments_and_relations;
mod m20261121_000004_create_change_feed;
mod m20261121_000005_create_sync_tables;
mod m20261121_000006_list_by_project;
mod m20261121_000007_fill_in_projects;
mod m20261122_000008_create_engine_tables;

/// Which of our migrations have run.
pub(super) const TABLE: &str = "pm_migrations";
/// The advisory lock that migrations of this crate hold on PostgreSQL: `pm-core` in bytes.
const LOCK: i64 = 0x70_6d_2d_63_6f_72_65;

/// Private, because sea-orm's trait brings `fresh` and `reset` along.
struct Migrator;

impl MigratorTrait for Migrator {
    fn migrations() -> Vec<Box<dyn MigrationTrait>> {
        vec![
            Box::new(m20261121_000001_create_users_and_projects::Migration),
            Box::new(m20261121_000002_create_sprints_and_tasks::Migration),
            Box::new(m20261121_000003_create_comments_and_relations::Migration),
            Box::new(m20261121_000004_create_change_feed::Migration),
            Box::new(m20261121_000005_create_sync_tables::Migration),
            Box::new(m20261121_000006_list_by_project::Migration),
            Box::new(m20261121_000007_fill_in_projects::Migration),
            Box::new(m20261122_000008_create_engine_tables::Migration),
        ]
    }

    fn migration_table_name() -> DynIden {
        TABLE.into_iden()
    }
}

/// How far a database is.
#[derive(Debug, PartialEq, Eq)]
enum State {
    /// All migrations of this program have run, and no others.
    Current,
    /// Some are still to run.
    Behind,
    /// None has run.
    Absent,
    /// It knows one that this program does not.
    Newer(String),
}

/// Brings the tables up to date; does nothing where they are.
///
/// Several programs may call it on one database at once: they wait for one another. The application's own migrator
/// and its table are left alone; ours is called `pm_migrations`.
///
/// # Errors
/// `Configuration` when the database was made by a newer version of this crate, `PermissionDenied` or `Unavailable`
/// when the database takes no writes.
pub async fn migrate(connection: &DatabaseConnection) -> pm_provider::Result<()> {
    bring_up_to_date(connection, true).await
}

/// Brings tables up to date, and makes them where there are none and that is allowed.
pub(super) async fn bring_up_to_date(connection: &DatabaseConnection, create: bool) -> pm_provider::Result<()> {
    // Reading first keeps the many starts after the first from taking a lock, and read-only databases usable.
    let found = state(connection).await?;
    match found {
        State::Current => return Ok(()),
        State::Absent if !create => return Err(no_tables()),
        _ => {}
    }
    match under_lock(connection, Direction::Up).await.map_err(Error::from) {
        Err(error) if found == State::Behind && error.kind() == ErrorKind::PermissionDenied => Err(outdated(error)),
        done => done,
    }
}

/// Whoever only reads would wonder about writes.
fn outdated(error: Error) -> Error {
    let message = "the tables of the database are of an older version, and this user may not bring them up to date";
    Error::new(ErrorKind::PermissionDenied, message)
        .hint("open it once with a user who may write to it")
        .in_provider(crate::NAME)
        .with_source(error)
}

fn no_tables() -> Error {
    Error::configuration("the database has no tables of pm-core yet")
        .hint("check that it is the right one; a command that writes makes them, in a program `Store::open` does")
        .in_provider(crate::NAME)
}

/// Takes back the last `steps` migrations, with the data in their tables.
///
/// # Errors
/// As [`migrate`]. Nothing is changed then.
pub async fn rollback(connection: &DatabaseConnection, steps: u32) -> pm_provider::Result<()> {
    under_lock(connection, Direction::Down { steps }).await.map_err(Error::from)
}

/// Makes sure that the tables are there and of this version, without changing anything.
///
/// # Errors
/// `Configuration` that names [`migrate`] when they are missing or old, or says that they are too new.
pub async fn check(connection: &DatabaseConnection) -> pm_provider::Result<()> {
    match state(connection).await? {
        State::Current => Ok(()),
        State::Behind | State::Absent => Err(Error::configuration("the database lacks tables that this program needs")
            .hint("on a connection of your own, call `store::migrate(&connection)` first")
            .in_provider(crate::NAME)),
        newer @ State::Newer(_) => Ok(refuse_newer(newer)?),
    }
}

fn refuse_newer(state: State) -> Result<()> {
    let State::Newer(migration) = state else { return Ok(()) };
    let message =
        format!("the database was made by a newer version of this program: it has the migration `{migration}`");
    Err(Error::new(ErrorKind::Configuration, message).hint("update this program").into())
}

async fn state<C: ConnectionTrait>(db: &C) -> Result<State> {
    let applied = applied(db).await?;
    let known: Vec<_> = Migrator::migrations().iter().map(|migration| migration.name().to_owned()).collect();
    if let Some(unknown) = applied.iter().find(|name| !known.contains(name)) {
        return Ok(State::Newer(unknown.clone()));
    }
    Ok(match applied.len() {
        0 => State::Absent,
        all if all == known.len() => State::Current,
        _ => State::Behind,
    })
}

async fn applied<C: ConnectionTrait>(db: &C) -> Result<Vec<String>> {
    if !has_table(db).await? {
        return Ok(Vec::new());
    }
    let names = Query::select().column("version").from(TABLE).order_by("version", Order::Asc).take();
    let rows = db.query_all(&names).await?;
    rows.iter().map(|row| Ok(row.try_get_by_index(0)?)).collect()
}

async fn has_table<C: ConnectionTrait>(db: &C) -> Result<bool> {
    let backend = db.get_database_backend();
    let sql = match backend {
        DbBackend::Postgres => format!("SELECT to_regclass('{TABLE}') IS NOT NULL"),
        _ => format!("SELECT count(*) > 0 FROM sqlite_master WHERE type = 'table' AND name = '{TABLE}'"),
    };
    let row = db.query_one_raw(Statement::from_string(backend, sql)).await?;
    row.map_or(Ok(false), |row| Ok(row.try_get_by_index(0)?))
}

#[derive(Clone, Copy)]
enum Direction {
    Up,
    Down { steps: u32 },
}

async fn under_lock(connection: &DatabaseConnection, direction: Direction) -> Result<()> {
    let mut patience = Patience::new();
    loop {
        match attempt(connection, direction).await {
            Err(failure) => patience.bear(failure).await?,
            done => return done,
        }
    }
}

/// Runs migrations in one transaction that no other program's migrations run beside.
///
/// SQLite's transaction is immediate, so it is the only writer; PostgreSQL's holds an advisory lock until it ends.
async fn attempt(connection: &DatabaseConnection, direction: Direction) -> Result<()> {
    let transaction = begin_immediate(connection).await?;
    let backend = connection.get_database_backend();
    if backend == DbBackend::Postgres {
        let lock = Statement::from_sql_and_values(backend, "SELECT pg_advisory_xact_lock($1)", [LOCK.into()]);
        transaction.execute_raw(lock).await?;
    }
    refuse_newer(state(&transaction).await?)?;
    match direction {
        Direction::Up => Migrator::up(&transaction, None).await?,
        Direction::Down { steps } => Migrator::down(&transaction, Some(steps)).await?,
    }
    Ok(transaction.commit().await?)
}

/// Says which migrations there are; for messages and tests.
#[must_use]
pub fn migration_names() -> Vec<String> {
    Migrator::migrations().iter().map(|migration| migration.name().to_owned()).collect()
}
