//! Programs that only read: they make nothing, and read what this user may not write.

use std::fs::{self, Permissions};
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _};
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use pm_provider::{ErrorKind, NewProject, PmProvider, ProjectQuery, Result};
use pm_provider_internal::store::{self, Store, StoreOptions};
use pm_provider_internal::{InternalConfig, InternalProvider};
use sea_orm::ConnectionTrait;
use tempfile::TempDir;

#[cfg(feature = "postgres")]
use crate::database::TestDatabase;

/// Names the folder for [`another_user`].
const FOLDER: &str = "PM_TEST_FOLDER";
const NOBODY: u32 = 65534;

fn only_reads() -> StoreOptions {
    StoreOptions::default().create_missing(false)
}

async fn reader(path: &Path) -> Result<InternalProvider> {
    InternalProvider::open(&InternalConfig::at_path(path).options(only_reads()).user("ada")).await
}

async fn projects(provider: &InternalProvider) -> usize {
    provider.projects_page(&ProjectQuery::new(), None).await.unwrap().items.len()
}

/// Makes a database with one project in a folder.
async fn database_in(folder: &Path) -> PathBuf {
    let path = folder.join("pm.sqlite3");
    let provider = InternalProvider::open(&InternalConfig::at_path(&path)).await.unwrap();
    provider.create_project(NewProject::new("Shed")).await.unwrap();
    provider.store().connection().clone().close().await.unwrap();
    assert_eq!(names_in(folder), ["pm.sqlite3"]);
    path
}

/// What is in a folder as soon as the threads of closed connections are through: they tidy up a moment later.
fn names_in(folder: &Path) -> Vec<String> {
    for _ in 0..200 {
        let names = names_now(folder);
        if !names.iter().any(|name| name.ends_with("-wal") || name.ends_with("-shm")) {
            return names;
        }
        std::thread::sleep(Duration::from_millis(50));
    }
    names_now(folder)
}

fn names_now(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let mut names: Vec<_> = entries.collect();
    names.sort();
    names
}

fn set_mode(path: &Path, mode: u32) {
    fs::set_permissions(path, Permissions::from_mode(mode)).unwrap();
}

#[tokio::test]
async fn a_missing_file_is_named_and_neither_it_nor_its_folder_is_made() {
    let root = TempDir::new().unwrap();
    for path in [root.path().join("pm.sqlite3"), root.path().join("deep/.pm/pm.sqlite3")] {
        for url in [store::sqlite_url(&path), format!("{}?mode=rwc", store::sqlite_url(&path))] {
            let error = Store::open(&url, &only_reads()).await.unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Configuration, "{error:?}");
            assert_eq!(error.message(), format!("there is no database file `{}`", path.display()));
            assert!(error.hint_text().unwrap().contains("`Store::open`"), "{error}");
        }
    }
    assert!(names_in(root.path()).is_empty());
}

#[tokio::test]
async fn a_file_of_something_else_is_left_as_it_is() {
    let root = TempDir::new().unwrap();
    let (empty, foreign) = (root.path().join("empty.sqlite3"), root.path().join("foreign.sqlite3"));
    fs::write(&empty, "").unwrap();
    let connection = store::connect(&store::sqlite_url(&foreign), &StoreOptions::default()).await.unwrap();
    // In one call: a second connection of the pool would go back to the write-ahead log.
    let made = "CREATE TABLE invoices (id INTEGER); PRAGMA journal_mode = DELETE";
    connection.execute_unprepared(made).await.unwrap();
    connection.close().await.unwrap();
    let before = fs::read(&foreign).unwrap();
    for path in [&empty, &foreign] {
        let error = reader(path).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Configuration, "{error:?}");
        assert_eq!(error.message(), "the database has no tables of pm-core yet");
        assert!(error.hint_text().unwrap().contains("`Store::open`"), "{error}");
    }
    let error = Store::open("sqlite::memory:", &only_reads()).await.unwrap_err();
    assert_eq!(error.message(), "the database has no tables of pm-core yet");
    assert_eq!((fs::read(&empty).unwrap(), fs::read(&foreign).unwrap()), (Vec::new(), before));
    assert_eq!(names_in(root.path()), ["empty.sqlite3", "foreign.sqlite3"]);
}

#[tokio::test]
async fn an_older_database_is_brought_up_to_date_unless_nobody_may() {
    let root = TempDir::new().unwrap();
    let path = database_in(root.path()).await;
    let connection = store::connect(&store::sqlite_url(&path), &StoreOptions::default()).await.unwrap();
    store::rollback(&connection, 1).await.unwrap();
    connection.close().await.unwrap();

    set_mode(&path, 0o444);
    let error = reader(&path).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::PermissionDenied, "{error:?}");
    assert!(error.message().contains("are of an older version"), "{error}");

    set_mode(&path, 0o644);
    let provider = reader(&path).await.unwrap();
    store::check(provider.store().connection()).await.unwrap();
    assert_eq!(projects(&provider).await, 1);
}

#[tokio::test]
async fn a_write_protected_file_is_read_and_nothing_is_left_beside_it() {
    let root = TempDir::new().unwrap();
    let path = database_in(root.path()).await;
    set_mode(&path, 0o444);
    let provider = reader(&path).await.unwrap();
    assert_eq!(projects(&provider).await, 1);
    assert_eq!(provider.health_check().await.unwrap().user, None);
    refuses_writes(&provider).await;
    provider.store().connection().clone().close().await.unwrap();
    assert_eq!(names_in(root.path()), ["pm.sqlite3"]);

    // Who reads did not get in the way of who writes.
    set_mode(&path, 0o644);
    let writer = InternalProvider::open(&InternalConfig::at_path(&path)).await.unwrap();
    writer.create_project(NewProject::new("Fence")).await.unwrap();
    // It is at work, and what it wrote is not in the file yet: the log is read as well.
    set_mode(&path, 0o444);
    assert_eq!(projects(&reader(&path).await.unwrap()).await, 2);
}

async fn refuses_writes(provider: &InternalProvider) {
    let error = provider.create_project(NewProject::new("Fence")).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::PermissionDenied, "{error:?}");
    assert!(error.message().contains("takes no writes") && error.hint_text().is_some(), "{error}");
}

/// Runs [`another_user`] in a folder, as somebody who does not own it.
fn run_another_user(folder: &Path) {
    // The way to the program that runs may be closed to others.
    let program = folder.join("program");
    fs::copy(std::env::current_exe().unwrap(), &program).unwrap();
    set_mode(&program, 0o755);
    let mut command = Command::new(&program);
    command.args(["--exact", "reading::another_user", "--ignored"]).env(FOLDER, folder).current_dir("/");
    if folder.metadata().unwrap().uid() == 0 {
        command.uid(NOBODY).gid(NOBODY);
    }
    let output = command.output().unwrap();
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(
        output.status.success() && said.contains("1 passed"),
        "{said}\n{}",
        String::from_utf8_lossy(&output.stderr)
    );
}

#[tokio::test]
async fn a_folder_of_somebody_else_can_be_read() {
    let root = TempDir::new().unwrap();
    let (at_rest, interrupted) = (root.path().join("at_rest"), root.path().join("interrupted"));
    fs::create_dir(&at_rest).unwrap();
    fs::create_dir(&interrupted).unwrap();
    let path = database_in(&at_rest).await;
    let writer = InternalProvider::open(&InternalConfig::at_path(&path)).await.unwrap();
    writer.create_project(NewProject::new("Fence")).await.unwrap();
    for name in ["pm.sqlite3", "pm.sqlite3-wal"] {
        fs::copy(at_rest.join(name), interrupted.join(name)).unwrap();
    }
    writer.store().connection().clone().close().await.unwrap();
    for folder in [root.path(), &at_rest, &interrupted] {
        set_mode(folder, 0o555);
    }
    set_mode(root.path(), 0o755);
    run_another_user(root.path());
    assert_eq!(names_in(&at_rest), ["pm.sqlite3"]);
    for folder in [&at_rest, &interrupted] {
        set_mode(folder, 0o755);
    }
}

#[tokio::test]
#[ignore = "is run as another user by `a_folder_of_somebody_else_can_be_read`"]
async fn another_user() {
    let Ok(folder) = std::env::var(FOLDER) else { return };
    let folder = Path::new(&folder);
    let provider = reader(&folder.join("at_rest/pm.sqlite3")).await.unwrap();
    assert_eq!(projects(&provider).await, 2);
    assert_eq!(provider.health_check().await.unwrap().user, None);
    refuses_writes(&provider).await;

    // What an interrupted program left is not to be read without the right to tidy up.
    let error = reader(&folder.join("interrupted/pm.sqlite3")).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Configuration, "{error:?}");
    assert_eq!(error.message(), "the database file cannot be opened");
    assert!(error.hint_text().unwrap().contains("may write there"), "{error}");
}

#[tokio::test]
async fn a_full_disk_is_told() {
    let root = TempDir::new().unwrap();
    let path = database_in(root.path()).await;
    let options = StoreOptions::default().max_connections(1);
    let provider = InternalProvider::open(&InternalConfig::at_path(&path).options(options)).await.unwrap();
    provider.store().connection().execute_unprepared("PRAGMA max_page_count = 1").await.unwrap();
    let large = NewProject::new("Fence").description("x".repeat(100_000));
    let error = provider.create_project(large).await.unwrap_err();
    assert_eq!((error.kind(), error.retry()), (ErrorKind::Internal, pm_provider::Retry::Never), "{error:?}");
    assert_eq!(error.message(), "the disk of the database is full");
    assert!(error.hint_text().unwrap().contains("make room"), "{error}");
    assert_eq!(projects(&provider).await, 1);
}

#[cfg(feature = "postgres")]
#[tokio::test]
async fn a_server_without_our_tables_stays_without() {
    let Some(database) = TestDatabase::postgres() else { return };
    for _ in 0..2 {
        let error = Store::open(&database.url, &only_reads()).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Configuration, "{error:?}");
        assert_eq!(error.message(), "the database has no tables of pm-core yet");
    }
    database.store().await;
    Store::open(&database.url, &only_reads()).await.unwrap();
}
