//! Stores of every kind, each empty and its own.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use pm_provider::Clock;
use pm_sync::store::{MemoryStore, SyncStore};

/// A clock that stands still until it is told to go on.
#[derive(Clone, Debug)]
pub(crate) struct HandClock(Arc<Mutex<DateTime<Utc>>>);

impl HandClock {
    pub(crate) fn new() -> Self {
        Self(Arc::new(Mutex::new(DateTime::from_timestamp(1_795_000_000, 0).unwrap())))
    }

    fn advance(&self, by: Duration) {
        *self.0.lock().unwrap() += TimeDelta::from_std(by).unwrap();
    }
}

impl Clock for HandClock {
    fn now(&self) -> DateTime<Utc> {
        *self.0.lock().unwrap()
    }
}

/// A store with two mappings, of which nothing is remembered.
pub(crate) struct Bed {
    pub(crate) store: Arc<dyn SyncStore>,
    pub(crate) mapping: String,
    pub(crate) other: String,
    clock: Option<HandClock>,
    _folder: Option<tempfile::TempDir>,
}

impl Bed {
    pub(crate) fn memory() -> Self {
        let clock = HandClock::new();
        Self {
            store: Arc::new(MemoryStore::new(Arc::new(clock.clone()))),
            mapping: "one".to_owned(),
            other: "two".to_owned(),
            clock: Some(clock),
            _folder: None,
        }
    }

    /// Lets time pass by the clock that leases go by.
    pub(crate) async fn pass(&self, time: Duration) {
        match &self.clock {
            Some(clock) => clock.advance(time),
            None => tokio::time::sleep(time).await,
        }
    }
}

#[cfg(feature = "sql")]
pub(crate) mod sql {
    use pm_provider::{NewProject, PmProvider};
    use pm_provider_internal::InternalProvider;
    use pm_provider_internal::store::connections::{self, NewConnection};
    use pm_provider_internal::store::mappings::{self, NewMapping};
    use pm_provider_internal::store::{Store, StoreOptions};
    use pm_sync::store::SqlStore;
    use tempfile::TempDir;

    use super::*;

    /// A database of its own.
    pub(crate) struct Database {
        pub(crate) url: String,
        folder: Option<TempDir>,
    }

    impl Database {
        pub(crate) fn sqlite() -> Self {
            let folder = TempDir::new().unwrap();
            let url = pm_provider_internal::store::sqlite_url(&folder.path().join("pm.sqlite3"));
            Self { url, folder: Some(folder) }
        }

        /// `None` where PostgreSQL is not installed and nobody insists on it.
        pub(crate) fn postgres() -> Option<Self> {
            let required =
                std::env::var("PM_TEST_REQUIRE").is_ok_and(|names| names.split(',').any(|name| name == "postgres"));
            let server = pm_testkit::postgres::require_or_skip(required).unwrap()?;
            Some(Self { url: server.create_database().unwrap(), folder: None })
        }

        pub(crate) async fn store(&self) -> Store {
            Store::open(&self.url, &StoreOptions::default()).await.unwrap()
        }

        pub(crate) async fn bed(self) -> Bed {
            let store = self.store().await;
            Bed {
                mapping: mapping(&store, "one").await,
                other: mapping(&store, "two").await,
                store: Arc::new(SqlStore::new(store)),
                clock: None,
                _folder: self.folder,
            }
        }
    }

    /// Pairs a new project with one over there; answers the mapping's id.
    pub(crate) async fn mapping(store: &Store, name: &str) -> String {
        let provider = InternalProvider::from_store(store.clone(), None).await.unwrap();
        let project = provider.create_project(NewProject::new(name)).await.unwrap();
        let connection = connections::save(store, NewConnection::new("tracker", "jira")).await.unwrap();
        mappings::save(store, &NewMapping::new(&project.id, &connection.id, name)).await.unwrap().id
    }
}

/// Makes a test per store out of one function.
macro_rules! on_each_store {
    ($($(#[$attribute:meta])* async fn $name:ident($bed:ident: Bed) $body:block)*) => { $(
        $(#[$attribute])*
        mod $name {
            use super::*;

            async fn prove($bed: Bed) $body

            #[tokio::test]
            async fn memory() {
                prove(Bed::memory()).await;
            }

            #[cfg(feature = "sql")]
            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn sqlite() {
                prove(crate::store_bed::sql::Database::sqlite().bed().await).await;
            }

            #[cfg(feature = "sql")]
            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn postgres() {
                if let Some(database) = crate::store_bed::sql::Database::postgres() {
                    prove(database.bed().await).await;
                }
            }
        }
    )* };
}

/// Makes a test per database out of one function.
#[cfg(feature = "sql")]
macro_rules! on_each_database {
    ($($(#[$attribute:meta])* async fn $name:ident($database:ident: Database) $body:block)*) => { $(
        $(#[$attribute])*
        mod $name {
            use super::*;

            async fn prove($database: Database) $body

            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn sqlite() {
                prove(Database::sqlite()).await;
            }

            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn postgres() {
                if let Some(database) = Database::postgres() {
                    prove(database).await;
                }
            }
        }
    )* };
}
