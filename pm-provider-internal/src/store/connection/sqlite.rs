//! SQLite: one file, many readers, one writer.

use std::str::FromStr;
use std::time::{Duration, Instant};

use pm_provider::Error;
use sea_orm::{DatabaseConnection, SqlxSqliteConnector};
use sqlx::ConnectOptions;
use sqlx::sqlite::{SqliteConnectOptions, SqlitePool, SqlitePoolOptions, SqliteSynchronous};

use super::{StoreOptions, driver_failure};
use crate::error::Result;
use crate::store::fault::{DatabaseFault, Trouble, sqlx_trouble};

/// Connections to a file where the caller does not say: one writer beside a few readers.
const DEFAULT_CONNECTIONS: u32 = 4;

pub(super) async fn connect(url: &str, options: &StoreOptions) -> Result<DatabaseConnection> {
    let address = Address::parse(url)?;
    let pool = address.pool(options).await?;
    if address.kind == Kind::File {
        switch_to_wal(&pool, options.busy_timeout).await?;
    }
    Ok(SqlxSqliteConnector::from_sqlx_sqlite_pool(pool))
}

#[derive(Clone, Copy, PartialEq)]
enum Kind {
    File,
    ReadOnlyFile,
    Memory,
}

struct Address {
    options: SqliteConnectOptions,
    kind: Kind,
}

impl Address {
    fn parse(url: &str) -> Result<Self> {
        let options = SqliteConnectOptions::from_str(url).map_err(|error| driver_failure(&error))?;
        let parameters = url.split_once('?').map_or("", |(_, parameters)| parameters);
        let has = |name: &str, wanted: &str| {
            url::form_urlencoded::parse(parameters.as_bytes()).any(|(key, value)| key == name && value == wanted)
        };
        let kind = match () {
            () if url.contains(":memory:") || has("mode", "memory") => Kind::Memory,
            () if has("mode", "ro") || has("immutable", "1") || has("immutable", "true") => Kind::ReadOnlyFile,
            () => Kind::File,
        };
        let creates = kind == Kind::File && !has("mode", "rw");
        let address = Self { options: options.create_if_missing(creates), kind };
        address.refuse_missing_path(creates)?;
        Ok(address)
    }

    /// SQLite says "unable to open database file" for a missing folder, without its name.
    fn refuse_missing_path(&self, creates: bool) -> Result<()> {
        if self.kind == Kind::Memory {
            return Ok(());
        }
        let path = self.options.get_filename();
        let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
        let missing = match folder {
            Some(folder) if !folder.is_dir() => {
                format!("the folder `{}` of the database does not exist", folder.display())
            }
            _ if !creates && !path.exists() => format!("there is no database file `{}`", path.display()),
            _ => return Ok(()),
        };
        Err(Error::configuration(missing).hint("check the path, or make the folder first").into())
    }

    async fn pool(&self, options: &StoreOptions) -> Result<SqlitePool> {
        let pool = SqlitePoolOptions::new()
            .acquire_timeout(options.acquire_timeout)
            .max_lifetime(None)
            .test_before_acquire(false);
        let pool = match self.kind {
            // Such a database lives as long as its connection, and a second connection would see another one.
            Kind::Memory => pool.max_connections(1).min_connections(1).idle_timeout(None),
            _ => pool.max_connections(options.max_connections.unwrap_or(DEFAULT_CONNECTIONS)),
        };
        pool.connect_with(self.connection_options(options)).await.map_err(|error| driver_failure(&error))
    }

    fn connection_options(&self, options: &StoreOptions) -> SqliteConnectOptions {
        self.options
            .clone()
            .busy_timeout(options.busy_timeout)
            .foreign_keys(true)
            // With WAL, NORMAL loses nothing to a crash of the program; a power cut may take the last commits, never more.
            .synchronous(SqliteSynchronous::Normal)
            .disable_statement_logging()
    }
}

/// Turns the write-ahead log on, once for the file's life.
///
/// The switch needs the file for itself and fails at once where it does not get it, whatever the busy timeout:
/// when several programs make one file at the same time, all but one meet that.
async fn switch_to_wal(pool: &SqlitePool, patience: Duration) -> Result<()> {
    let started = Instant::now();
    loop {
        match wal_is_on(pool).await {
            Ok(true) => return Ok(()),
            Err(error) if sqlx_trouble(&error) != Trouble::Busy => return Err(driver_failure(&error)),
            _ if started.elapsed() < patience => tokio::time::sleep(Duration::from_millis(5)).await,
            _ => return Err(DatabaseFault::new(Trouble::Busy, "the switch to WAL mode found no quiet moment").into()),
        }
    }
}

async fn wal_is_on(pool: &SqlitePool) -> sqlx::Result<bool> {
    let mode: String = sqlx::query_scalar("PRAGMA journal_mode").fetch_one(pool).await?;
    if mode == "wal" {
        return Ok(true);
    }
    let mode: String = sqlx::query_scalar("PRAGMA journal_mode = WAL").fetch_one(pool).await?;
    Ok(mode == "wal")
}
