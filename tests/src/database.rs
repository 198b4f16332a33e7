//! Databases that go away with the test, and providers on them.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use pm_core::{PmProvider, Result, Settings, build_pm_provider_with, builtin_registry};
use pm_provider_internal::store;
use pm_testkit::postgres::{TestPostgres, require_or_skip};
use sea_orm::DatabaseConnection;
use tempfile::TempDir;

/// Opens the embedded backend on the database of a URL, the way that applications do.
///
/// # Errors
/// What a person would read.
pub async fn open(url: &str) -> Result<Arc<dyn PmProvider>> {
    built("internal", Settings::new().set("database_url", url)).await
}

/// Builds any backend of this workspace from its settings, the way that applications do.
///
/// # Errors
/// What a person would read.
pub async fn built(provider: &str, settings: Settings) -> Result<Arc<dyn PmProvider>> {
    build_pm_provider_with(&builtin_registry(), provider, &settings).await
}

/// Returns the PostgreSQL server of this test binary, or `None` where there is none and nobody insists on it.
///
/// # Panics
/// When `PM_TEST_REQUIRE` names `postgres` and there is none, or when it is there and does not start.
#[must_use]
pub fn postgres_server() -> Option<&'static TestPostgres> {
    let required = std::env::var("PM_TEST_REQUIRE").is_ok_and(|names| names.split(',').any(|name| name == "postgres"));
    require_or_skip(required).unwrap()
}

/// Is an empty database; dropping it removes it, or leaves that to the server that goes away with the test binary.
#[derive(Debug)]
pub struct TestDatabase {
    url: String,
    folder: Option<TempDir>,
}

impl TestDatabase {
    /// Makes room for an SQLite file, which is made when it is opened.
    ///
    /// # Panics
    /// When no temporary folder can be made.
    #[must_use]
    pub fn sqlite() -> Self {
        let folder = TempDir::new().unwrap();
        Self { url: store::sqlite_url(&file_in(folder.path())), folder: Some(folder) }
    }

    /// Makes an empty PostgreSQL database; `None` where PostgreSQL is left out.
    ///
    /// # Panics
    /// As [`postgres_server`], and when the server refuses.
    #[must_use]
    pub fn postgres() -> Option<Self> {
        let server = postgres_server()?;
        Some(Self { url: server.create_database().unwrap(), folder: None })
    }

    /// The address for `database_url`.
    #[must_use]
    pub fn url(&self) -> &str {
        &self.url
    }

    /// The SQLite file.
    ///
    /// # Panics
    /// When it is a PostgreSQL database.
    #[must_use]
    pub fn file(&self) -> PathBuf {
        file_in(self.folder.as_ref().unwrap().path())
    }

    /// Opens the provider on it.
    ///
    /// # Panics
    /// When that fails.
    pub async fn provider(&self) -> Arc<dyn PmProvider> {
        open(&self.url).await.unwrap()
    }

    /// Connects to it without touching its tables, as an application does that brings its own connection.
    ///
    /// # Panics
    /// When that fails.
    pub async fn connection(&self) -> DatabaseConnection {
        store::connect(&self.url, &store::StoreOptions::default()).await.unwrap()
    }

    /// Gives the folder of the SQLite file away, to be kept by somebody who lives longer.
    #[must_use]
    pub fn into_folder(self) -> Option<TempDir> {
        self.folder
    }
}

fn file_in(folder: &Path) -> PathBuf {
    folder.join("pm.sqlite3")
}
