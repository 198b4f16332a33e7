//! Opening, and what people read when it fails.

use pm_provider::ErrorKind;
use pm_provider_internal::store::{self, Store, StoreOptions};
use sea_orm::{ConnectionTrait, DbBackend, Statement};

use crate::database::TestDatabase;

#[cfg(feature = "sqlite")]
async fn pragma(store: &Store, name: &str) -> String {
    let column = if name == "busy_timeout" { "timeout" } else { name };
    let statement =
        Statement::from_string(DbBackend::Sqlite, format!("SELECT CAST({column} AS TEXT) FROM pragma_{name}"));
    store.connection().query_one_raw(statement).await.unwrap().unwrap().try_get_by_index(0).unwrap()
}

#[cfg(feature = "sqlite")]
#[tokio::test]
async fn a_file_is_made_with_the_right_pragmas() {
    let database = TestDatabase::sqlite();
    let store = database.store().await;
    assert_eq!(pragma(&store, "journal_mode").await, "wal");
    assert_eq!(pragma(&store, "busy_timeout").await, "10000");
    assert_eq!(pragma(&store, "foreign_keys").await, "1");
    assert_eq!(pragma(&store, "synchronous").await, "1");
}

#[cfg(feature = "sqlite")]
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_database_in_memory_is_one_database() {
    let store = Store::open("sqlite::memory:", &StoreOptions::default().max_connections(8)).await.unwrap();
    let counts = (0..16).map(|_| {
        let store = store.clone();
        tokio::spawn(async move {
            let count = Statement::from_string(DbBackend::Sqlite, "SELECT count(*) FROM pm_change_counter");
            let row = store.connection().query_one_raw(count).await.unwrap().unwrap();
            row.try_get_by_index::<i64>(0).unwrap()
        })
    });
    for count in counts.collect::<Vec<_>>() {
        assert_eq!(count.await.unwrap(), 1);
    }
    let another = Store::open("sqlite::memory:", &StoreOptions::default()).await.unwrap();
    another.connection().execute_unprepared("UPDATE pm_change_counter SET value = 7").await.unwrap();
    let value = Statement::from_string(DbBackend::Sqlite, "SELECT value FROM pm_change_counter");
    let row = store.connection().query_one_raw(value).await.unwrap().unwrap();
    assert_eq!(row.try_get_by_index::<i64>(0).unwrap(), 0);
}

#[cfg(feature = "sqlite")]
#[tokio::test]
async fn paths_and_files_that_do_not_work_are_explained() {
    let folder = tempfile::tempdir().unwrap();
    let missing_folder = store::sqlite_url(&folder.path().join("not there/pm.sqlite3"));
    let missing_file = format!("{}?mode=rw", store::sqlite_url(&folder.path().join("none.sqlite3")));
    let text_file = folder.path().join("notes.txt");
    std::fs::write(
        &text_file,
        "These are notes, and they go on for a while, longer than a header would be. ".repeat(20),
    )
    .unwrap();
    for (url, part) in [
        (missing_folder, "not there` of the database does not exist"),
        (missing_file, "there is no database file"),
        (store::sqlite_url(&text_file), "the file is not an SQLite database"),
        (store::sqlite_url(folder.path()), "the database file cannot be opened"),
        ("sqlite:".to_owned(), "the database URL has no path"),
        ("sqlite://?mode=rwc".to_owned(), "the database URL has no path"),
        ("sqlite:x.sqlite3?mood=rw".to_owned(), "the database URL cannot be understood"),
    ] {
        let error = Store::open(&url, &StoreOptions::default()).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Configuration, "{url}: {error:?}");
        assert!(error.message().contains(part), "{url}: {error}");
        assert!(error.hint_text().is_some(), "{url}: {error}");
        assert_eq!(error.provider(), Some("internal"));
    }
    assert!(!folder.path().join("none.sqlite3").exists());
}

#[cfg(feature = "sqlite")]
#[tokio::test]
async fn a_read_only_database_can_be_read_and_refuses_writes_clearly() {
    let database = TestDatabase::sqlite();
    drop(database.store().await);
    let url = format!("{}?mode=ro", database.url);
    let store = Store::open(&url, &StoreOptions::default()).await.unwrap();
    let refused = store.write(|transaction| async move {
        transaction.execute_unprepared("DELETE FROM pm_tasks").await.map_err(Store::error)?;
        transaction.done(())
    });
    let error = refused.await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::PermissionDenied, "{error:?}");
    assert!(error.message().contains("takes no writes"), "{error}");
}

#[cfg(feature = "sqlite")]
#[tokio::test]
async fn a_lock_that_is_never_given_back_is_told() {
    let database = TestDatabase::sqlite();
    let options = StoreOptions::default().busy_timeout(std::time::Duration::from_millis(50));
    let holder = database.store().await;
    let (held, wait) = tokio::sync::oneshot::channel::<()>();
    let keeps_it = holder.write(|transaction| async move {
        transaction.execute_unprepared("UPDATE pm_change_counter SET value = value").await.map_err(Store::error)?;
        std::future::pending::<()>().await;
        transaction.done(())
    });
    let waits = async {
        let _held = held;
        let store = store::connect(&database.url, &options).await.unwrap();
        // Not through `Store::write`, which bears with it for half a minute.
        let error = store.execute_unprepared("UPDATE pm_change_counter SET value = value").await.unwrap_err();
        Store::error(error)
    };
    let error = tokio::select! {
        _ = keeps_it => panic!("the lock was given back"),
        error = waits => error,
    };
    drop(wait);
    assert_eq!((error.kind(), error.retry()), (ErrorKind::Unavailable, pm_provider::Retry::Now), "{error:?}");
    assert!(error.message().contains("the database is busy"), "{error}");
}

#[cfg(feature = "postgres")]
#[tokio::test]
async fn a_server_that_does_not_answer_is_told_at_once_and_without_the_password() {
    let folder = tempfile::tempdir().unwrap();
    let url = format!("postgres://me:s3cr3t@localhost/db?host={}", folder.path().display());
    let started = std::time::Instant::now();
    let error = Store::open(&url, &StoreOptions::default()).await.unwrap_err();
    assert!(started.elapsed() < std::time::Duration::from_secs(5));
    assert_eq!(error.kind(), ErrorKind::Unavailable, "{error:?}");
    assert!(!format!("{error} {error:?}").contains("s3cr3t"));
}

#[cfg(feature = "postgres")]
#[tokio::test]
async fn a_missing_postgres_database_is_named_as_such() {
    let Some(database) = TestDatabase::postgres() else { return };
    let url = database.url.replacen("test_", "missing_", 1);
    let error = Store::open(&url, &StoreOptions::default()).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Configuration, "{error:?}");
    assert!(error.message().contains("no database of that name"), "{error}");
}

on_each_database! {
    async fn nothing_prints_the_url(database: TestDatabase) {
        let store = database.store().await;
        assert!(!format!("{store:?}").contains("://"), "{store:?}");
        assert!(format!("{store:?}").starts_with("Store { backend: "));
    }
}
