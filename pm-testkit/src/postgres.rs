//! A temporary PostgreSQL cluster for tests, made from the server programs that are installed on the machine.
//!
//! The cluster listens on a Unix socket in its own directory under `/tmp`, never on a network port, and goes away with
//! the process that started it, however that process ends. `initdb` refuses to run as root: a root process runs
//! everything as the user `postgres` (else `nobody`).
//!
//! One cluster serves a whole test binary ([`TestPostgres::shared`]), and each test has a database of its own:
//!
//! ```no_run
//! # fn main() -> Result<(), pm_testkit::postgres::PostgresError> {
//! // Test binaries read `PM_TEST_REQUIRE` themselves: this crate never reads the environment.
//! let required = std::env::var("PM_TEST_REQUIRE").is_ok_and(|names| names.split(',').any(|name| name == "postgres"));
//! let Some(server) = pm_testkit::postgres::require_or_skip(required)? else {
//!     return Ok(()); // one line on standard error said what is missing and how to get it
//! };
//! let url = server.create_database()?;
//! # Ok(())
//! # }
//! ```
//!
//! All functions block: starting a cluster takes about a second, creating a database some 50 ms. A runner that starts
//! one process per test, such as nextest, pays for a cluster in each of them.

mod error;
mod programs;
mod watchdog;

#[cfg(test)]
mod tests;

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};

pub use error::PostgresError;
use watchdog::Watchdog;

/// Holds how a cluster is made; the default looks for everything by itself.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct PostgresOptions {
    /// The folder of `initdb`, `postgres` and `psql`; `None` looks in `PATH`, then for the newest version
    /// below `/usr/lib/postgresql`.
    pub programs: Option<PathBuf>,
}

impl PostgresOptions {
    /// Makes options that look for the server programs by themselves.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Takes the server programs from this folder alone.
    #[must_use]
    pub fn programs(mut self, folder: impl Into<PathBuf>) -> Self {
        self.programs = Some(folder.into());
        self
    }
}

/// Is a running PostgreSQL cluster; dropping it stops the server and removes its directory.
#[derive(Debug)]
pub struct TestPostgres {
    programs: PathBuf,
    watchdog: Watchdog,
    databases: AtomicU32,
}

impl TestPostgres {
    /// Starts a cluster of its own.
    ///
    /// # Errors
    /// As [`start_with`](Self::start_with).
    pub fn start() -> Result<Self, PostgresError> {
        Self::start_with(&PostgresOptions::new())
    }

    /// Starts a cluster of its own, with options.
    ///
    /// # Errors
    /// [`is_unavailable`](PostgresError::is_unavailable) where the programs are not installed or no user is there to
    /// run them; anything else means that they are there and did not work: the message ends with the server's log.
    pub fn start_with(options: &PostgresOptions) -> Result<Self, PostgresError> {
        let programs = programs::locate(options.programs.as_deref())?;
        let watchdog = Watchdog::start(&programs)?;
        Ok(Self { programs, watchdog, databases: AtomicU32::new(0) })
    }

    /// Returns the one cluster of this process, started on the first call and stopped when the process ends.
    ///
    /// # Errors
    /// As [`start_with`](Self::start_with); every later call gives the same error without trying again.
    pub fn shared() -> Result<&'static Self, PostgresError> {
        static SHARED: OnceLock<Result<TestPostgres, PostgresError>> = OnceLock::new();
        SHARED.get_or_init(Self::start).as_ref().map_err(Clone::clone)
    }

    /// Creates an empty database under a new name and returns its URL; it lives as long as the cluster and takes some
    /// 7 MB of `/tmp`. Text is ordered by bytes (locale `C`), on every machine alike.
    ///
    /// # Errors
    /// When the server refuses or is gone.
    pub fn create_database(&self) -> Result<String, PostgresError> {
        let name = format!("test_{}", self.databases.fetch_add(1, Ordering::Relaxed));
        self.run_sql(&format!("CREATE DATABASE {name}"))?;
        Ok(self.url_of(&name))
    }

    /// Returns the directory that holds the socket, the data and the server's log.
    #[must_use]
    pub fn directory(&self) -> &Path {
        self.watchdog.directory()
    }

    /// The port names the socket's file; it stands here so that a reader's `PGPORT` changes nothing.
    fn url_of(&self, database: &str) -> String {
        format!("postgres://postgres@localhost:5432/{database}?host={}", self.directory().display())
    }

    fn run_sql(&self, statement: &str) -> Result<String, PostgresError> {
        query(&self.programs, &self.url_of("postgres"), statement)
    }
}

/// Returns the shared cluster, or `None` where PostgreSQL is not installed and not `required`; one line on standard
/// error, past the capture of test output, then says what was left out and how to get it.
///
/// # Errors
/// When PostgreSQL is required and not there, and whenever it is there but does not start.
pub fn require_or_skip(required: bool) -> Result<Option<&'static TestPostgres>, PostgresError> {
    static TOLD: OnceLock<()> = OnceLock::new();
    let started = TestPostgres::shared();
    let Some(reason) = reason_to_leave_out(required, &started) else {
        return started.map(Some);
    };
    TOLD.get_or_init(|| {
        // A closed standard error is no reason to fail a test.
        let _ = writeln!(std::io::stderr(), "left out: tests on PostgreSQL: {}", one_line(reason));
    });
    Ok(None)
}

/// A cluster that is there and does not start is never left out.
fn reason_to_leave_out<T>(required: bool, started: &Result<T, PostgresError>) -> Option<&PostgresError> {
    started.as_ref().err().filter(|error| !required && error.is_unavailable())
}

fn one_line(error: &PostgresError) -> String {
    error.to_string().replace('\n', "; ")
}

/// Runs one statement through `psql` and returns its bare output.
fn query(programs: &Path, url: &str, statement: &str) -> Result<String, PostgresError> {
    let output = programs::without_settings(&mut Command::new(programs.join("psql")))
        .args(["--no-psqlrc", "--quiet", "--tuples-only", "--no-align"])
        .args(["--set=ON_ERROR_STOP=1", "--command", statement, url])
        .output()
        .map_err(|error| PostgresError::failed(format!("`psql` could not be run: {error}")))?;
    if output.status.success() {
        return Ok(String::from_utf8_lossy(&output.stdout).trim().to_owned());
    }
    let answer = String::from_utf8_lossy(&output.stderr);
    Err(PostgresError::failed(format!("`{statement}` was refused: {}", answer.trim())))
}
