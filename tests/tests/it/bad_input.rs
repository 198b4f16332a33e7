//! What people read when the database is not what it should be. Word for word, because words are what is promised.

use std::error::Error as _;
use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::time::Duration;

use pm_core::ErrorKind::{Configuration, Internal, PermissionDenied, Unauthenticated, Unavailable};
use pm_core::{
    Error, ErrorKind, NewProject, NewTask, PmProviderBuilder, PmProviderExt, ProjectQuery, Retry, TaskQuery,
    builtin_registry,
};
use pm_provider_internal::store;
use pm_tests::database::{TestDatabase, open, postgres_server};
use sea_orm::{ConnectionTrait as _, DatabaseConnection};

use crate::sql;
use crate::worker::{PROGRAM, Worker};

/// Stands in every place of an address where a secret may stand.
const PLANTED: &str = "pl4nted-s3cret";

/// Checks what a person reads, and that the planted secret is nowhere.
#[track_caller]
fn assert_error(error: &Error, kind: ErrorKind, message: &str, hint: &str) {
    let text = format!("internal: {message}\nhint: {hint}");
    assert_eq!((error.kind(), error.to_string()), (kind, text), "{error:?}");
    assert_eq!(error.provider(), Some("internal"));
    assert_no_secret(error);
}

#[track_caller]
fn assert_no_secret(error: &Error) {
    let mut told = format!("{error} {error:?}");
    let mut source = error.source();
    while let Some(error) = source {
        told += &format!(" {error} {error:?}");
        source = error.source();
    }
    assert!(!told.contains(PLANTED), "{told}");
}

async fn refused(url: &str) -> Error {
    open(url).await.map(|_| ()).unwrap_err()
}

const TAKES_NO_WRITES: (&str, &str) =
    ("the database takes no writes", "check the rights of this user on the database, its file and the file's folder");

const CANNOT_OPEN: (&str, &str) =
    ("the database file cannot be opened", "check that its folder exists and that this user may write there");

#[tokio::test]
async fn a_database_that_is_opened_read_only_can_be_read() {
    let database = TestDatabase::sqlite();
    database.provider().await.create_project(NewProject::new("There")).await.unwrap();
    let provider = open(&format!("{}?mode=ro", database.url())).await.unwrap();
    assert_eq!(provider.list_projects(ProjectQuery::new()).await.unwrap().len(), 1);
    let error = provider.create_project(NewProject::new("New")).await.unwrap_err();
    assert_eq!((error.kind(), error.message()), (PermissionDenied, TAKES_NO_WRITES.0));
    assert_eq!((error.hint_text(), error.retry()), (Some(TAKES_NO_WRITES.1), Retry::Never));
    assert_eq!(provider.list_projects(ProjectQuery::new()).await.unwrap().len(), 1);
}

#[tokio::test]
async fn a_file_and_a_folder_without_the_right_to_write_are_told() {
    let database = TestDatabase::sqlite();
    let connection = database.connection().await;
    store::migrate(&connection).await.unwrap();
    // The last connection to a file takes away what SQLite keeps beside it.
    connection.close().await.unwrap();
    let file = database.file();
    let folder = file.parent().unwrap();
    assert_eq!(fs::read_dir(folder).unwrap().count(), 1);
    let program = folder.join("worker");
    fs::hard_link(PROGRAM, &program).or_else(|_| fs::copy(PROGRAM, &program).map(drop)).unwrap();
    fs::set_permissions(&file, fs::Permissions::from_mode(0o444)).unwrap();
    fs::set_permissions(folder, fs::Permissions::from_mode(0o555)).unwrap();
    let on_the_file = first_start_without_privileges(&program, database.url()).await;
    let new_file = store::sqlite_url(&folder.join("new.sqlite3"));
    let in_the_folder = first_start_without_privileges(&program, &new_file).await;
    // Else nobody could remove it.
    fs::set_permissions(folder, fs::Permissions::from_mode(0o755)).unwrap();

    let (message, hint) = TAKES_NO_WRITES;
    assert_eq!(on_the_file, format!("PermissionDenied: internal: {message}\nhint: {hint}"));
    let (message, hint) = CANNOT_OPEN;
    assert_eq!(in_the_folder, format!("Configuration: internal: {message}\nhint: {hint}"));
}

/// The one error of a process that may write nowhere.
async fn first_start_without_privileges(program: &Path, url: &str) -> String {
    let mut worker = Worker::start_as(without_privileges(program).args(["first-start", url]));
    worker.go().await;
    let ended = worker.finish().await;
    let [error] = ended.errors()[..] else { panic!("one error was expected: {:?}", ended.heard) };
    error.to_owned()
}

/// Root may write everywhere: then somebody else must try.
fn without_privileges(program: &Path) -> tokio::process::Command {
    let mut command = tokio::process::Command::new(program);
    let accounts = fs::read_to_string("/etc/passwd").unwrap();
    let nobody = accounts.lines().find_map(|line| line.strip_prefix("nobody:")).unwrap();
    let numbers: Vec<u32> = nobody.split(':').filter_map(|field| field.parse().ok()).collect();
    if fs::metadata("/proc/self").is_ok_and(|process| std::os::unix::fs::MetadataExt::uid(&process) == 0) {
        command.uid(numbers[0]).gid(numbers[1]);
    }
    command.current_dir("/");
    command
}

#[tokio::test]
async fn a_path_that_is_no_database_is_told() {
    let folder = tempfile::tempdir().unwrap();
    let url = |name: &str| store::sqlite_url(&folder.path().join(name));
    fs::write(folder.path().join("notes.txt"), "Notes that go on for longer than a page. ".repeat(200)).unwrap();
    let (message, hint) = CANNOT_OPEN;
    assert_error(&refused(&store::sqlite_url(folder.path())).await, Configuration, message, hint);

    let hint = "check the path; a backup is put back with the program stopped and without the `-wal` file";
    let message = "the file is not an SQLite database, or it is damaged";
    assert_error(&refused(&url("notes.txt")).await, Configuration, message, hint);

    let hint = "check the path, or make the folder first";
    let missing = folder.path().join("missing");
    let message = format!("the folder `{}` of the database does not exist", missing.display());
    assert_error(&refused(&url("missing/pm.sqlite3")).await, Configuration, &message, hint);

    let message = format!("there is no database file `{}`", missing.display());
    assert_error(&refused(&(url("missing") + "?mode=rw")).await, Configuration, &message, hint);
    assert_error(&refused(&(url("missing") + "?mode=ro")).await, Configuration, &message, hint);
    let left: Vec<_> = fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert_eq!(left, ["notes.txt"], "nothing was made on the way");
}

#[tokio::test]
async fn a_damaged_file_is_told() {
    let database = TestDatabase::sqlite();
    let provider = database.provider().await;
    let project = provider.create_project(NewProject::new("Damaged")).await.unwrap();
    for number in 0..50 {
        let task = NewTask::new(&project.id, format!("Task {number}")).description("words ".repeat(500));
        provider.create_task(task).await.unwrap();
    }
    drop(provider);
    let connection = database.connection().await;
    connection.execute_unprepared("PRAGMA wal_checkpoint(TRUNCATE)").await.unwrap();
    connection.close().await.unwrap();
    let mut bytes = fs::read(database.file()).unwrap();
    let half = bytes.len() / 2;
    bytes[half..].fill(0xa5);
    fs::write(database.file(), bytes).unwrap();
    let error = match open(database.url()).await {
        Err(error) => error,
        Ok(provider) => provider.list_tasks(TaskQuery::new()).await.unwrap_err(),
    };
    assert_eq!(error.kind(), Configuration, "{error:?}");
    assert_eq!(error.message(), "the file is not an SQLite database, or it is damaged");
}

#[tokio::test]
async fn an_address_that_makes_no_sense_is_told() {
    let hint = "write `sqlite:path/to/file.sqlite3` or `postgres://user@host/database`";
    let error = refused(&format!("mysql://me:{PLANTED}@host/db?password={PLANTED}")).await;
    assert_error(&error, Configuration, "there is no database `mysql`; allowed are `sqlite` and `postgres`", hint);

    let message = "the database URL has no scheme; allowed are `sqlite:` and `postgres:`";
    assert_error(&refused("pm.sqlite3").await, Configuration, message, hint);
    assert_error(&refused(&format!("//me:{PLANTED}@host/db")).await, Configuration, message, hint);

    let message = "the database URL cannot be understood";
    for url in ["postgres://me:SECRET@host:port/db", "postgres://me:SECRET@host/db?sslmode=SECRET"] {
        assert_error(&refused(&url.replace("SECRET", PLANTED)).await, Configuration, message, hint);
    }
}

#[tokio::test]
async fn a_server_that_is_not_there_is_told() {
    let folder = tempfile::tempdir().unwrap();
    let (message, hint) =
        ("the database server cannot be reached", "check host and port in the database URL, and that the server runs");
    // Nobody listens on port 1, nor in an empty folder.
    for address in ["127.0.0.1:1/db".to_owned(), format!("localhost/db?host={}", folder.path().display())] {
        let error = refused(&format!("postgres://me:{PLANTED}@{address}")).await;
        assert_error(&error, Unavailable, message, hint);
        assert_eq!(error.retry(), Retry::Now);
    }
}

/// A connection to the maintenance database of the test server, and the address of `user` there.
async fn server_with(user: &str, password: &str) -> Option<(DatabaseConnection, String)> {
    let server = postgres_server()?;
    let url = server.create_database().unwrap();
    let connection = store::connect(&url, &store::StoreOptions::default()).await.unwrap();
    connection.execute_unprepared(&format!("CREATE ROLE {user} LOGIN PASSWORD '{password}'")).await.unwrap();
    Some((connection, url.replacen("postgres@", &format!("{user}:SECRET@"), 1)))
}

#[tokio::test]
async fn a_wrong_password_is_told_without_it() {
    let Some((connection, url)) = server_with("distrusted", "right").await else { return };
    let rules = postgres_server().unwrap().directory().join("data/pg_hba.conf");
    let trusting = fs::read_to_string(&rules).unwrap();
    fs::write(&rules, format!("local all distrusted password\n{trusting}")).unwrap();
    let _: bool = sql::value(&connection, "SELECT pg_reload_conf()").await;

    let message = "the database server does not accept the user name or the password";
    let hint = "check both; a password that is not in the database URL comes from `PGPASSWORD` or `~/.pgpass`";
    for wrong in [url.replace("SECRET", PLANTED), url.replace(":SECRET", "") + "&password=" + PLANTED] {
        let error = wait_for_the_rules(&wrong).await;
        assert_error(&error, Unauthenticated, message, hint);
        assert_eq!(error.retry(), Retry::Never);
    }
    // Accepted, and then without the right to make tables.
    assert_eq!(refused(&url.replace("SECRET", "right")).await.kind(), PermissionDenied);
}

/// The server reads its rules a moment after it was told to; until then it takes any password.
async fn wait_for_the_rules(url: &str) -> Error {
    let options = store::StoreOptions::default();
    let refuses = async {
        while store::connect(url, &options).await.is_ok() {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    };
    tokio::time::timeout(Duration::from_mins(1), refuses)
        .await
        .expect("the server refuses a wrong password in the end");
    refused(url).await
}

#[tokio::test]
async fn a_user_without_rights_on_a_postgres_database_is_told() {
    let Some((connection, url)) = server_with("reader", "any").await else { return };
    let url = url.replace("SECRET", PLANTED);
    let message = "the database does not permit this to its user";
    let hint = "check the rights of this user on the database, its schema and its tables";
    assert_error(&refused(&url).await, PermissionDenied, message, hint);

    store::migrate(&connection).await.unwrap();
    connection.execute_unprepared("GRANT SELECT ON ALL TABLES IN SCHEMA public TO reader").await.unwrap();
    let provider = open(&url).await.unwrap();
    assert_eq!(provider.list_projects(ProjectQuery::new()).await.unwrap(), []);
    let error = provider.create_project(NewProject::new("New")).await.unwrap_err();
    assert_eq!((error.kind(), error.message(), error.hint_text()), (PermissionDenied, message, Some(hint)));
    assert_no_secret(&error);
}

#[tokio::test]
async fn a_missing_postgres_database_is_told() {
    let Some(database) = TestDatabase::postgres() else { return };
    let url = database.url().replacen("test_", "missing_", 1).replacen("postgres@", &format!("postgres:{PLANTED}@"), 1);
    let message = "the server has no database of that name";
    assert_error(&refused(&url).await, Configuration, message, "make it first: `createdb NAME`");
}

async fn a_newer_database(database: &TestDatabase) {
    database.provider().await.create_project(NewProject::new("Kept")).await.unwrap();
    let connection = database.connection().await;
    let newer = "INSERT INTO pm_migrations (version, applied_at) VALUES ('m29991231_000001_teleport', 0)";
    connection.execute_unprepared(newer).await.unwrap();
    let message = "the database was made by a newer version of this program: \
                   it has the migration `m29991231_000001_teleport`";
    assert_error(&refused(database.url()).await, Configuration, message, "update this program");
    let names: Vec<String> = sql::column(&connection, "SELECT name FROM pm_projects").await;
    assert_eq!(names, ["Kept"]);
}

#[tokio::test]
async fn a_database_of_a_newer_program_is_left_alone() {
    a_newer_database(&TestDatabase::sqlite()).await;
    if let Some(database) = TestDatabase::postgres() {
        a_newer_database(&database).await;
    }
}

/// The application's own connection, which may not let the file grow by more than some pages.
async fn connection_with_room_for(database: &TestDatabase, pages: i64) -> DatabaseConnection {
    // The limit holds for one connection.
    let options = store::StoreOptions::default().max_connections(1);
    let connection = store::connect(database.url(), &options).await.unwrap();
    let present: i64 = sql::value(&connection, "SELECT page_count FROM pragma_page_count").await;
    allow_pages(&connection, present + pages).await;
    connection
}

async fn allow_pages(connection: &DatabaseConnection, pages: i64) {
    connection.execute_unprepared(&format!("PRAGMA max_page_count = {pages}")).await.unwrap();
}

#[tokio::test]
async fn a_full_disk_is_told_and_takes_nothing_with_it() {
    let database = TestDatabase::sqlite();
    let project = database.provider().await.create_project(NewProject::new("Full")).await.unwrap();
    let connection = connection_with_room_for(&database, 40).await;
    let provider = PmProviderBuilder::new(builtin_registry()).database(connection.clone()).build().await.unwrap();
    let mut written = Vec::new();
    let error = loop {
        let task = NewTask::new(&project.id, "Large").description("room ".repeat(1_000));
        match provider.create_task(task).await {
            Ok(task) => written.push(task),
            Err(error) => break error,
        }
        assert!(written.len() < 1_000, "40 pages never get full");
    };
    assert_eq!((error.kind(), error.message()), (Internal, "the disk of the database is full"));
    assert_eq!((error.hint_text(), error.retry()), (Some("make room, then try again"), Retry::Never));

    assert!(written.len() > 3);
    let query = TaskQuery::in_project(&project.id);
    assert_eq!(provider.list_tasks(query.clone()).await.unwrap(), written, "what was written before is there");
    allow_pages(&connection, 1_000_000).await;
    written.push(provider.create_task(NewTask::new(&project.id, "There is room again")).await.unwrap());
    assert_eq!(provider.list_tasks(query).await.unwrap(), written);
    sql::assert_intact(&connection).await;
}
