//! The database underneath: public because applications bring their own connection, and because other crates of the
//! family share the tables.
//!
//! Here, and only here, sea-orm's types are part of the public surface.

use std::fmt;
use std::sync::Arc;

use pm_provider::{Clock, Error, SystemClock};
use sea_orm::{DatabaseConnection, DatabaseTransaction, DbBackend};
use tokio::sync::Semaphore;

pub mod connections;
pub mod entity;
pub mod mappings;

mod connection;
pub(crate) mod fault;
mod migration;
mod patience;
mod secret;
mod transaction;

pub(crate) use connection::lacks_password;
pub use connection::{StoreOptions, connect, sqlite_url};
pub use migration::{check, migrate, migration_names, rollback};
pub use transaction::{Done, Transaction};

use crate::error::{Failure, Result};
use migration::bring_up_to_date;
use patience::Patience;
use transaction::begin_snapshot;

/// A connection with the rules for using it.
#[derive(Clone)]
pub struct Store {
    connection: DatabaseConnection,
    /// SQLite has one writer at a time. Waiting for a turn here is fair and wakes at once; waiting for the file's lock
    /// is a loop of sleeps, and takes a connection away from readers.
    turns: Arc<Semaphore>,
    clock: Arc<dyn Clock>,
}

impl Store {
    /// Wraps a connection whose tables are there; see [`migrate`].
    #[must_use]
    pub fn new(connection: DatabaseConnection) -> Self {
        let writers = match connection.get_database_backend() {
            DbBackend::Sqlite => 1,
            _ => Semaphore::MAX_PERMITS,
        };
        Self { connection, turns: Arc::new(Semaphore::new(writers)), clock: Arc::new(SystemClock) }
    }

    /// Takes another clock.
    #[must_use]
    pub fn clock(mut self, clock: Arc<dyn Clock>) -> Self {
        self.clock = clock;
        self
    }

    /// Connects to a database and brings its tables up to date.
    ///
    /// # Errors
    /// As [`connect`] and [`migrate`]; `Configuration` when there are no tables and none may be made.
    pub async fn open(url: &str, options: &StoreOptions) -> pm_provider::Result<Self> {
        let connection = connect(url, options).await?;
        bring_up_to_date(&connection, options.create_missing).await?;
        Ok(Self::new(connection))
    }

    /// The connection, for reading.
    #[must_use]
    pub fn connection(&self) -> &DatabaseConnection {
        &self.connection
    }

    /// Makes a write: all of it or nothing, the change feed included.
    ///
    /// `body` ends with [`Transaction::done`]. It runs again from the start where the database asks for that, so it must
    /// do nothing but speak to the database. Dropping the future takes everything back, unless the commit was under way.
    ///
    /// ```
    /// # use pm_provider_internal::store::{Store, StoreOptions};
    /// # use sea_orm::ConnectionTrait;
    /// # async fn example(store: &Store) -> pm_provider::Result<()> {
    /// let touched = store
    ///     .write(|transaction| async move {
    ///         let touch = "UPDATE pm_users SET active = true WHERE active = false";
    ///         let touched = transaction.execute_unprepared(touch).await.map_err(Store::error)?;
    ///         transaction.done(touched.rows_affected())
    ///     })
    ///     .await?;
    /// # Ok(()) }
    /// ```
    ///
    /// # Errors
    /// What `body` returns, or what the database has to say about the commit.
    pub async fn write<T, F, Work>(&self, body: F) -> pm_provider::Result<T>
    where
        F: Fn(Transaction) -> Work,
        Work: Future<Output = pm_provider::Result<Done<T>>>,
    {
        let written = self.transact(|transaction| async { Ok(body(transaction).await?) }).await;
        written.map_err(Error::from)
    }

    pub(crate) async fn transact<T, F, Work>(&self, body: F) -> Result<T>
    where
        F: Fn(Transaction) -> Work,
        Work: Future<Output = Result<Done<T>>>,
    {
        let mut patience = Patience::new();
        loop {
            match self.attempt(&body).await {
                Err(failure) => patience.bear(failure).await?,
                done => return done,
            }
        }
    }

    async fn attempt<T, F, Work>(&self, body: &F) -> Result<T>
    where
        F: Fn(Transaction) -> Work,
        Work: Future<Output = Result<Done<T>>>,
    {
        // The semaphore is never closed.
        let _turn = self.turns.acquire().await.ok();
        let transaction = Transaction::begin(&self.connection, &*self.clock).await?;
        body(transaction).await?.commit().await
    }

    /// Begins a transaction that only reads and sees one state of the database throughout. Dropping it ends it.
    ///
    /// # Errors
    /// What the database has to say.
    pub async fn snapshot(&self) -> pm_provider::Result<DatabaseTransaction> {
        Ok(begin_snapshot(&self.connection).await?)
    }

    /// Turns an error of sea-orm into the contract's, without the values that the statement was about.
    #[must_use]
    pub fn error(error: sea_orm::DbErr) -> Error {
        Failure::from(error).into()
    }
}

impl fmt::Debug for Store {
    /// Names the kind of database alone: options of the pool may hold a password.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Store").field("backend", &self.connection.get_database_backend()).finish_non_exhaustive()
    }
}
