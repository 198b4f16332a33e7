//! A database of its own for each test.

use pm_provider_internal::store::{Store, StoreOptions};
use tempfile::TempDir;

/// An empty database that goes away with the value.
pub(crate) struct TestDatabase {
    pub(crate) url: String,
    _folder: Option<TempDir>,
}

impl TestDatabase {
    #[cfg(feature = "sqlite")]
    pub(crate) fn sqlite() -> Self {
        let folder = TempDir::new().unwrap();
        let url = pm_provider_internal::store::sqlite_url(&folder.path().join("pm.sqlite3"));
        Self { url, _folder: Some(folder) }
    }

    /// `None` where PostgreSQL is not installed and nobody insists on it.
    #[cfg(feature = "postgres")]
    pub(crate) fn postgres() -> Option<Self> {
        let required =
            std::env::var("PM_TEST_REQUIRE").is_ok_and(|names| names.split(',').any(|name| name == "postgres"));
        let server = pm_testkit::postgres::require_or_skip(required).unwrap()?;
        Some(Self { url: server.create_database().unwrap(), _folder: None })
    }

    pub(crate) async fn store(&self) -> Store {
        Store::open(&self.url, &StoreOptions::default()).await.unwrap()
    }

    pub(crate) async fn connection(&self) -> sea_orm::DatabaseConnection {
        pm_provider_internal::store::connect(&self.url, &StoreOptions::default()).await.unwrap()
    }
}

/// How many migrations are taken back so that the one of that name is the last of them.
pub(crate) fn steps_down_to(name: &str) -> u32 {
    let names = pm_provider_internal::store::migration_names();
    u32::try_from(names.iter().rev().position(|migration| migration.ends_with(name)).unwrap()).unwrap() + 1
}

/// Makes a test per database out of one function.
macro_rules! on_each_database {
    ($($(#[$attribute:meta])* async fn $name:ident($database:ident: TestDatabase) $body:block)*) => { $(
        $(#[$attribute])*
        mod $name {
            use super::*;

            async fn run($database: TestDatabase) $body

            #[cfg(feature = "sqlite")]
            #[tokio::test(flavor = "multi_thread", worker_threads = 4)]
            async fn sqlite() {
                run(TestDatabase::sqlite()).await;
            }

            #[cfg(feature = "postgres")]
            #[tokio::test(flavor = "multi_thread", worker_threads = 4)]
            async fn postgres() {
                if let Some(database) = TestDatabase::postgres() {
                    run(database).await;
                }
            }
        }
    )* };
}

impl TestDatabase {
    pub(crate) async fn provider(&self) -> pm_provider_internal::InternalProvider {
        pm_provider_internal::InternalProvider::open(&pm_provider_internal::InternalConfig::new(&self.url))
            .await
            .unwrap()
    }
}
