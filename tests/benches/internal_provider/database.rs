//! The databases that both sides are compared on.

use std::str::FromStr;
use std::time::Duration;

use pm_testkit::postgres::TestPostgres;
use sea_orm::{DatabaseConnection, SqlxPostgresConnector, SqlxSqliteConnector};
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use sqlx::sqlite::{SqliteConnectOptions, SqlitePoolOptions, SqliteSynchronous};
use sqlx::{ConnectOptions, Connection, Executor, PgConnection, SqliteConnection};
use tempfile::TempDir;

use crate::Result;
use crate::reference::{Reference, postgres, sqlite};

/// Is a kind of database that can be made afresh.
pub(crate) trait Database {
    /// The hand-written side.
    type Reference: Reference;

    /// What people call it.
    const NAME: &'static str;

    /// Makes an empty database and gives its URL.
    fn create(&self, name: &str) -> Result<String>;

    /// Opens the hand-written side on a database that has tables.
    async fn reference(url: &str, logging: Logging) -> Result<Self::Reference>;

    /// Connects as the provider does, but with statements logged.
    async fn logged_connection(url: &str) -> Result<DatabaseConnection>;

    /// Leaves a database as if it had been at rest for long, so that no side pays for what was written before.
    async fn settle(url: &str) -> Result<()>;
}

/// Says whether sqlx tells of each statement.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Logging {
    On,
    Off,
}

impl Logging {
    fn set<O: ConnectOptions>(self, options: O) -> O {
        match self {
            Self::On => options,
            Self::Off => options.disable_statement_logging(),
        }
    }
}

/// Is SQLite, in a folder that goes away again.
#[derive(Debug)]
pub(crate) struct Sqlite {
    folder: TempDir,
}

impl Sqlite {
    pub(crate) fn new() -> Result<Self> {
        Ok(Self { folder: TempDir::with_prefix("pm-bench-")? })
    }

    /// The pragmas of the provider; the file is in WAL mode already, for the provider made it.
    fn options(url: &str) -> Result<SqliteConnectOptions> {
        let options = SqliteConnectOptions::from_str(url)?;
        Ok(options.foreign_keys(true).synchronous(SqliteSynchronous::Normal).busy_timeout(Duration::from_secs(10)))
    }
}

impl Database for Sqlite {
    type Reference = sqlite::Handwritten;

    const NAME: &'static str = "sqlite";

    fn create(&self, name: &str) -> Result<String> {
        Ok(pm_core::internal::store::sqlite_url(&self.folder.path().join(name)))
    }

    async fn reference(url: &str, logging: Logging) -> Result<Self::Reference> {
        let options = logging.set(Self::options(url)?);
        let pool = SqlitePoolOptions::new().max_connections(1).test_before_acquire(false);
        Ok(sqlite::Handwritten::new(pool.connect_with(options).await?))
    }

    async fn logged_connection(url: &str) -> Result<DatabaseConnection> {
        let options = Self::options(url)?.create_if_missing(true);
        let pool = SqlitePoolOptions::new().max_connections(1).connect_with(options).await?;
        Ok(SqlxSqliteConnector::from_sqlx_sqlite_pool(pool))
    }

    async fn settle(url: &str) -> Result<()> {
        let mut connection = SqliteConnection::connect_with(&Self::options(url)?).await?;
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").await?;
        Ok(connection.close().await?)
    }
}

/// Is PostgreSQL, a cluster that goes away again.
#[derive(Debug)]
pub(crate) struct Postgres {
    server: TestPostgres,
}

impl Postgres {
    /// Starts a cluster; `None`, after a line that says so, where PostgreSQL is not installed.
    pub(crate) fn start() -> Result<Option<Self>> {
        match TestPostgres::start() {
            Ok(server) => Ok(Some(Self { server })),
            Err(error) if error.is_unavailable() => {
                println!("left out: PostgreSQL: {error}");
                Ok(None)
            }
            Err(error) => Err(error.into()),
        }
    }
}

impl Database for Postgres {
    type Reference = postgres::Handwritten;

    const NAME: &'static str = "postgres";

    fn create(&self, _name: &str) -> Result<String> {
        Ok(self.server.create_database()?)
    }

    async fn reference(url: &str, logging: Logging) -> Result<Self::Reference> {
        let options = logging.set(PgConnectOptions::from_str(url)?);
        let pool = PgPoolOptions::new().max_connections(1).test_before_acquire(false);
        Ok(postgres::Handwritten::new(pool.connect_with(options).await?))
    }

    async fn logged_connection(url: &str) -> Result<DatabaseConnection> {
        let pool = PgPoolOptions::new().max_connections(1).connect(url).await?;
        Ok(SqlxPostgresConnector::from_sqlx_postgres_pool(pool))
    }

    async fn settle(url: &str) -> Result<()> {
        let mut connection = PgConnection::connect(url).await?;
        connection.execute("VACUUM ANALYZE").await?;
        connection.execute("CHECKPOINT").await?;
        Ok(connection.close().await?)
    }
}
