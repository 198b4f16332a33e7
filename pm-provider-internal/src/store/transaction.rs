//! The one way to write.
//!
//! A write begins with the lock (IMMEDIATE on SQLite: a deferred transaction that turns into a writer fails under
//! load), ends with the change feed's counter, and is made again as a whole where PostgreSQL asks for that. The
//! counter's row is the last lock that any write takes, so the feed's order is the order of commits and no two
//! writes wait for each other there.

use std::collections::HashSet;

use chrono::{DateTime, Utc};
use pm_provider::value::micros;
use pm_provider::{Clock, ItemRef, ProjectId};
use sea_orm::sea_query::{Expr, ExprTrait, InsertStatement, OnConflict, Query};
use sea_orm::{
    AccessMode, ConnectionTrait, DatabaseConnection, DatabaseTransaction, DbBackend, DbErr, ExecResult, IsolationLevel,
    QueryResult, SqliteTransactionMode, Statement, TransactionOptions, TransactionTrait,
};

use super::fault::{DatabaseFault, Trouble};
use crate::error::{Failure, Result};

/// Rows of `pm_changes` in one statement: seven values each, far below SQLite's 32,766.
const CHANGES_PER_STATEMENT: usize = 1_000;

/// A write in progress: statements go through it, and it keeps what the change feed has to hear of.
#[derive(Debug)]
pub struct Transaction {
    inner: DatabaseTransaction,
    changes: Vec<Change>,
    now: DateTime<Utc>,
}

/// A write that is ready to be committed; made by [`Transaction::done`].
#[derive(Debug)]
pub struct Done<T> {
    transaction: Transaction,
    value: T,
}

impl<T> Done<T> {
    pub(super) async fn commit(self) -> Result<T> {
        self.transaction.commit().await?;
        Ok(self.value)
    }
}

/// Where a part that may fail alone began.
#[derive(Debug)]
pub(crate) struct Savepoint {
    inner: DatabaseTransaction,
    recorded: usize,
}

#[derive(Debug)]
struct Change {
    item: ItemRef,
    project: Option<ProjectId>,
    deleted: bool,
}

impl Transaction {
    pub(super) async fn begin(connection: &DatabaseConnection, clock: &dyn Clock) -> Result<Self> {
        let inner = begin_immediate(connection).await?;
        // The clock is read after the wait for SQLite's lock: times then follow the order of commits. PostgreSQL's
        // writes still wait for rows after this, so `record::update` keeps the time of an item from going back.
        Ok(Self { inner, changes: Vec::new(), now: micros(clock.now()) })
    }

    /// The time of this write: one for all that it changes.
    #[must_use]
    pub fn now(&self) -> DateTime<Utc> {
        self.now
    }

    /// Tells the change feed that an item was made or changed.
    pub fn record(&mut self, item: ItemRef, project: Option<&ProjectId>) {
        self.changes.push(Change { item, project: project.cloned(), deleted: false });
    }

    /// Tells the change feed that an item is gone.
    pub fn record_deletion(&mut self, item: ItemRef, project: Option<&ProjectId>) {
        self.changes.push(Change { item, project: project.cloned(), deleted: true });
    }

    /// Ends the body of a write that is to be committed, with what the caller gets.
    ///
    /// # Errors
    /// None; the type is what [`Store::write`](super::Store::write) wants to see.
    pub fn done<T, E>(self, value: T) -> std::result::Result<Done<T>, E> {
        Ok(Done { transaction: self, value })
    }

    /// Begins a part that may fail alone; end it with [`release`](Self::release) or [`roll_back`](Self::roll_back).
    pub(crate) async fn savepoint(&self) -> Result<Savepoint> {
        let inner = self.inner.begin_with_options(TransactionOptions::default()).await?;
        Ok(Savepoint { inner, recorded: self.changes.len() })
    }

    /// Keeps what was done since the savepoint.
    pub(crate) async fn release(&self, savepoint: Savepoint) -> Result<()> {
        Ok(savepoint.inner.commit().await?)
    }

    /// Takes back what was done and recorded since the savepoint.
    pub(crate) async fn roll_back(&mut self, savepoint: Savepoint) -> Result<()> {
        savepoint.inner.rollback().await?;
        self.changes.truncate(savepoint.recorded);
        Ok(())
    }

    async fn commit(self) -> Result<()> {
        let latest = latest_of_each(&self.changes);
        if !latest.is_empty() {
            let last = self.bump_counter(latest.len()).await?;
            self.write_changes(&latest, last).await?;
        }
        self.inner.commit().await.map_err(|error| commit_failure(&error))
    }

    async fn bump_counter(&self, by: usize) -> Result<i64> {
        let by = i64::try_from(by).unwrap_or(i64::MAX);
        let bump = Query::update()
            .table("pm_change_counter")
            .value("value", Expr::col("value").add(by))
            .and_where(Expr::col("id").eq(1))
            .returning_col("value")
            .take();
        let row = self.inner.query_one(&bump).await?;
        row.map_or_else(|| Err(counter_is_gone()), |row| Ok(row.try_get_by_index(0)?))
    }

    async fn write_changes(&self, latest: &[&Change], last: i64) -> Result<()> {
        let first = last - i64::try_from(latest.len()).unwrap_or(0) + 1;
        let numbered: Vec<_> = (first..).zip(latest.iter().copied()).collect();
        for rows in numbered.chunks(CHANGES_PER_STATEMENT) {
            self.inner.execute(&upsert_changes(rows, self.now.timestamp_micros())).await?;
        }
        Ok(())
    }
}

/// Keeps the last change of each item, in the order of those last changes.
fn latest_of_each(changes: &[Change]) -> Vec<&Change> {
    let mut seen = HashSet::with_capacity(changes.len());
    let mut latest: Vec<_> = changes.iter().rev().filter(|change| seen.insert(&change.item)).collect();
    latest.reverse();
    latest
}

fn upsert_changes(rows: &[(i64, &Change)], changed_at: i64) -> InsertStatement {
    let columns = ["entity", "item_id", "seq", "project_id", "task_id", "deleted", "changed_at"];
    let newer = OnConflict::columns(["entity", "item_id"])
        .update_columns(["seq", "project_id", "deleted", "changed_at"])
        .to_owned();
    let mut insert = Query::insert().into_table("pm_changes").columns(columns).on_conflict(newer).take();
    for (seq, change) in rows {
        let task = match &change.item {
            ItemRef::Comment(task, _) => Some(task.as_str()),
            _ => None,
        };
        insert.values_panic([
            change.item.entity().word().into(),
            change.item.id().into(),
            (*seq).into(),
            change.project.as_ref().map(ProjectId::as_str).into(),
            task.into(),
            change.deleted.into(),
            changed_at.into(),
        ]);
    }
    insert
}

fn counter_is_gone() -> Failure {
    Failure::Damaged { table: "pm_change_counter", what: "counter", found: "no row".to_owned() }
}

/// Only an answer of the database proves that a commit did not happen; a broken line proves nothing.
fn commit_failure(error: &DbErr) -> Failure {
    let fault = DatabaseFault::from(error);
    match fault.trouble() {
        Trouble::Unreachable | Trouble::BadDisk | Trouble::Other => Failure::Commit(fault),
        _ => Failure::Database(fault),
    }
}

/// Begins a transaction that will write: with the lock on SQLite, by row locks on PostgreSQL.
///
/// On PostgreSQL the level is named, for servers may be set to another one: what is read after a wait for a lock has to
/// be what the others left.
pub(super) async fn begin_immediate(connection: &DatabaseConnection) -> Result<DatabaseTransaction> {
    let options = match connection.get_database_backend() {
        DbBackend::Postgres => {
            TransactionOptions { isolation_level: Some(IsolationLevel::ReadCommitted), ..TransactionOptions::default() }
        }
        _ => TransactionOptions {
            sqlite_transaction_mode: Some(SqliteTransactionMode::Immediate),
            ..TransactionOptions::default()
        },
    };
    begin(connection, options).await
}

/// Begins a transaction that only reads, and sees one state of the database throughout.
pub(super) async fn begin_snapshot(connection: &DatabaseConnection) -> Result<DatabaseTransaction> {
    let options = match connection.get_database_backend() {
        DbBackend::Postgres => TransactionOptions {
            isolation_level: Some(IsolationLevel::RepeatableRead),
            access_mode: Some(AccessMode::ReadOnly),
            ..TransactionOptions::default()
        },
        _ => TransactionOptions {
            sqlite_transaction_mode: Some(SqliteTransactionMode::Deferred),
            ..TransactionOptions::default()
        },
    };
    begin(connection, options).await
}

/// Begins a transaction that is rolled back also when the caller gives up before it has begun.
///
/// sqlx rolls PostgreSQL's transaction back only after it heard that it began: a future that is dropped before would
/// give a connection back to the pool with the transaction open. A task of its own hears the answer in any case.
async fn begin(connection: &DatabaseConnection, options: TransactionOptions) -> Result<DatabaseTransaction> {
    if connection.get_database_backend() != DbBackend::Postgres {
        return Ok(connection.begin_with_options(options).await?);
    }
    let connection = connection.clone();
    let begun = tokio::spawn(async move { connection.begin_with_options(options).await }).await;
    let ended = |error: tokio::task::JoinError| DatabaseFault::new(Trouble::Other, error.to_string());
    Ok(begun.map_err(ended)??)
}

#[async_trait::async_trait]
impl ConnectionTrait for Transaction {
    fn get_database_backend(&self) -> DbBackend {
        self.inner.get_database_backend()
    }

    async fn execute_raw(&self, statement: Statement) -> Result<ExecResult, DbErr> {
        self.inner.execute_raw(statement).await
    }

    async fn execute_unprepared(&self, sql: &str) -> Result<ExecResult, DbErr> {
        self.inner.execute_unprepared(sql).await
    }

    async fn query_one_raw(&self, statement: Statement) -> Result<Option<QueryResult>, DbErr> {
        self.inner.query_one_raw(statement).await
    }

    async fn query_all_raw(&self, statement: Statement) -> Result<Vec<QueryResult>, DbErr> {
        self.inner.query_all_raw(statement).await
    }
}
