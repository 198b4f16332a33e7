//! SQLite: one file, many readers, one writer.

use std::path::Path;
use std::str::FromStr;
use std::time::{Duration, Instant};

use pm_provider::Error;
use sea_orm::{DatabaseConnection, SqlxSqliteConnector};
use sqlx::ConnectOptions;
use sqlx::sqlite::{SqliteConnectOptions, SqlitePool, SqlitePoolOptions, SqliteSynchronous};

use super::{StoreOptions, driver_failure};
use crate::error::{Failure, Result};
use crate::store::fault::{ADDRESS_HINT, DatabaseFault, Trouble, sqlx_trouble};
use crate::store::migration::TABLE;

/// Connections to a file where the caller does not say: one writer beside a few readers.
const DEFAULT_CONNECTIONS: u32 = 4;

pub(super) async fn connect(url: &str, options: &StoreOptions) -> Result<DatabaseConnection> {
    let address = Address::parse(url, options.create_missing)?;
    let pool = match options.create_missing {
        true => address.open_or_make(options).await?,
        false => address.open_as_it_is(options).await?,
    };
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
    fn parse(url: &str, create_missing: bool) -> Result<Self> {
        let options = SqliteConnectOptions::from_str(url).map_err(|error| driver_failure(&error))?;
        let (database, parameters) = url.split_once('?').unwrap_or((url, ""));
        let has = |name: &str, wanted: &str| {
            url::form_urlencoded::parse(parameters.as_bytes()).any(|(key, value)| key == name && value == wanted)
        };
        let kind = match () {
            () if is_memory(database) || has("mode", "memory") => Kind::Memory,
            () if has("mode", "ro") || has("immutable", "1") || has("immutable", "true") => Kind::ReadOnlyFile,
            () => Kind::File,
        };
        let creates = create_missing && kind == Kind::File && !has("mode", "rw");
        let address = Self { options: options.create_if_missing(creates), kind };
        match create_missing {
            true => address.refuse_missing_path(creates)?,
            false => address.refuse_missing_file()?,
        }
        Ok(address)
    }

    /// SQLite says "unable to open database file" for a missing folder, without its name.
    fn refuse_missing_path(&self, creates: bool) -> Result<()> {
        let Some(path) = self.path()? else { return Ok(()) };
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

    /// Says the same whether the folder is there or not: neither would be made.
    fn refuse_missing_file(&self) -> Result<()> {
        match self.path()? {
            // Where the folder may not be looked into, SQLite has the better words.
            Some(path) if matches!(path.try_exists(), Ok(false)) => {
                let error = Error::configuration(format!("there is no database file `{}`", path.display()));
                Err(error.hint("a command that writes makes it; in a program, `Store::open` does").into())
            }
            _ => Ok(()),
        }
    }

    /// The file; `None` for a database in memory.
    fn path(&self) -> Result<Option<&Path>> {
        let path = self.options.get_filename();
        if self.kind == Kind::Memory {
            return Ok(None);
        }
        if path.as_os_str().is_empty() {
            // SQLite would take a temporary file, and forget all at the end.
            let error = Error::configuration("the database URL has no path; allowed is a file or `:memory:`");
            return Err(error.hint(ADDRESS_HINT).into());
        }
        Ok(Some(path))
    }

    async fn open_or_make(&self, options: &StoreOptions) -> Result<SqlitePool> {
        let pool = self.pool(options).await?;
        if options.refuse_foreign {
            self.refuse_foreign(&pool, options.busy_timeout).await?;
        }
        if self.kind == Kind::File {
            switch_to_wal(&pool, options.busy_timeout).await?;
        }
        Ok(pool)
    }

    /// Leaves somebody else's file as it is: a wrong path must not fill it with tables that nobody wants there.
    async fn refuse_foreign(&self, pool: &SqlitePool, patience: Duration) -> Result<()> {
        let Some(path) = self.path()? else { return Ok(()) };
        if !patiently(patience, || is_foreign(pool)).await? {
            return Ok(());
        }
        // Files beside it, which reading may have made, go with the last connection.
        pool.close().await;
        let message = format!(
            "the file `{}` holds other tables; allowed are a database of pm-core and a file that is empty or not there",
            path.display()
        );
        let hint = "name another file; an application that wants our tables beside its own calls `store::migrate`";
        Err(Error::configuration(message).hint(hint).into())
    }

    /// Opens what is there without changing it: it may be somebody else's file, or an empty one.
    async fn open_as_it_is(self, options: &StoreOptions) -> Result<SqlitePool> {
        // SQLite would leave a `-wal` file without the right to write behind, which locks out later writers.
        if self.is_write_protected() && self.is_at_rest() {
            return self.unchanging().open_to_read(options).await;
        }
        match self.open_to_read(options).await {
            Err(failure) if needs_files_beside(&failure) && self.is_at_rest() => {
                self.unchanging().open_to_read(options).await
            }
            opened => opened,
        }
    }

    /// Reads once: only then does SQLite look at the file, and for the files beside it.
    async fn open_to_read(&self, options: &StoreOptions) -> Result<SqlitePool> {
        let pool = self.pool(options).await?;
        let read = sqlx::query("SELECT count(*) FROM sqlite_master").fetch_one(&pool).await;
        read.map_err(|error| driver_failure(&error))?;
        Ok(pool)
    }

    /// Promises SQLite that nobody writes meanwhile: it then needs no lock and no file beside.
    fn unchanging(self) -> Self {
        Self { options: self.options.immutable(true), kind: Kind::ReadOnlyFile }
    }

    /// Asks for the rights without opening: closing a file that SQLite has open elsewhere would drop its locks.
    fn is_write_protected(&self) -> bool {
        self.options.get_filename().metadata().is_ok_and(|file| file.permissions().readonly())
    }

    /// No program has it open to write, and none was interrupted.
    fn is_at_rest(&self) -> bool {
        let beside = |suffix: &str| {
            let mut name = self.options.get_filename().as_os_str().to_owned();
            name.push(suffix);
            Path::new(&name).try_exists()
        };
        self.kind != Kind::Memory && ["-wal", "-journal"].iter().all(|suffix| matches!(beside(suffix), Ok(false)))
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

/// A log can be neither read nor begun in a folder without the right to write.
fn needs_files_beside(failure: &Failure) -> bool {
    matches!(failure.trouble(), Some(Trouble::CannotOpen | Trouble::ReadOnly))
}

/// Exactly what the driver takes for it: `/data/:memory:/x.db` is a file.
fn is_memory(database: &str) -> bool {
    database.trim_start_matches("sqlite://").trim_start_matches("sqlite:") == ":memory:"
}

/// Turns the write-ahead log on, once for the file's life.
///
/// The switch needs the file for itself and fails at once where it does not get it, whatever the busy timeout:
/// when several programs make one file at the same time, all but one meet that.
async fn switch_to_wal(pool: &SqlitePool, patience: Duration) -> Result<()> {
    if patiently(patience, || wal_is_on(pool)).await? { Ok(()) } else { Err(no_wal()) }
}

/// Asks again while others keep the file for themselves.
async fn patiently<T, F, Answer>(patience: Duration, ask: F) -> Result<T>
where
    F: Fn() -> Answer,
    Answer: Future<Output = sqlx::Result<T>>,
{
    let started = Instant::now();
    loop {
        match ask().await {
            Ok(answer) => return Ok(answer),
            Err(error) if sqlx_trouble(&error) != Trouble::Busy => return Err(driver_failure(&error)),
            _ if started.elapsed() < patience => tokio::time::sleep(Duration::from_millis(5)).await,
            _ => return Err(DatabaseFault::new(Trouble::Busy, "the start found no quiet moment").into()),
        }
    }
}

/// Says whether there are tables, and none of ours. Migrations make all of ours at once.
async fn is_foreign(pool: &SqlitePool) -> sqlx::Result<bool> {
    let sql = "SELECT count(*) > 0 AND count(*) FILTER (WHERE name = $1) = 0 FROM sqlite_master \
               WHERE type = 'table' AND name NOT GLOB 'sqlite_*'";
    sqlx::query_scalar(sql).bind(TABLE).fetch_one(pool).await
}

/// SQLite names another mode instead of failing where files cannot be shared in memory.
fn no_wal() -> Failure {
    let error = Error::configuration("the database file cannot have a write-ahead log where it is");
    error.hint("put it on a disk of this machine: network file systems and some `vfs` have no shared memory").into()
}

async fn wal_is_on(pool: &SqlitePool) -> sqlx::Result<bool> {
    let mode: String = sqlx::query_scalar("PRAGMA journal_mode").fetch_one(pool).await?;
    if mode == "wal" {
        return Ok(true);
    }
    let mode: String = sqlx::query_scalar("PRAGMA journal_mode = WAL").fetch_one(pool).await?;
    Ok(mode == "wal")
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

    use super::*;

    #[test]
    fn only_the_whole_name_means_memory() {
        for url in ["sqlite::memory:", "sqlite://:memory:", "sqlite::memory:?cache=private", "sqlite:x?mode=memory"] {
            assert!(Address::parse(url, true).unwrap().kind == Kind::Memory, "{url}");
        }
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(":memory:");
        std::fs::create_dir(&path).unwrap();
        let url = crate::store::sqlite_url(&path.join("x.db"));
        assert!(Address::parse(&url, true).unwrap().kind == Kind::File, "{url}");
        assert!(Address::parse("sqlite:x.db?cache=shared&vfs=:memory:", true).unwrap().kind == Kind::File);
    }

    #[tokio::test]
    async fn a_file_without_wal_is_told_soon() {
        let folder = tempfile::tempdir().unwrap();
        // Locks by a file beside the database, and has no shared memory.
        let url = format!("{}?vfs=unix-dotfile", crate::store::sqlite_url(&folder.path().join("x.db")));
        let started = Instant::now();
        let error = Error::from(connect(&url, &StoreOptions::default()).await.unwrap_err());
        assert!(started.elapsed() < Duration::from_secs(5));
        assert_eq!(error.kind(), pm_provider::ErrorKind::Configuration, "{error:?}");
        assert!(error.message().contains("write-ahead log"), "{error}");
    }
}
