//! Building from settings, and over an application's own connection.

use std::sync::Arc;

use async_trait::async_trait;
use pm_provider::{
    BuildContext, ChangeQuery, Changes, Clock, Error, ErrorKind, NewProject, NewTask, NewUser, PmProvider,
    ProviderFactory, ProviderRegistry, Result, Secret, SecretReference, SecretResolver, Settings, UserAdmin, UserQuery,
};
use pm_provider_internal::store::{self, Store, StoreOptions};
use pm_provider_internal::{InternalConfig, InternalFactory, InternalProvider};
use sea_orm::ConnectionTrait;

use crate::database::TestDatabase;

#[derive(Debug)]
struct NoSecrets;

#[async_trait]
impl SecretResolver for NoSecrets {
    async fn resolve(&self, reference: &SecretReference) -> Result<Secret> {
        Err(Error::configuration(format!("nothing at {reference}")))
    }
}

fn context(settings: Settings) -> BuildContext {
    BuildContext::new("internal", settings, Arc::new(NoSecrets))
}

async fn build(settings: Settings) -> Result<Arc<dyn PmProvider>> {
    ProviderRegistry::new().with(InternalFactory).build(context(settings)).await
}

#[derive(Debug)]
struct Stopped;

impl Clock for Stopped {
    fn now(&self) -> chrono::DateTime<chrono::Utc> {
        "2027-01-02T03:04:05.678901234Z".parse().unwrap()
    }
}

#[test]
fn the_factory_says_what_it_is() {
    assert_eq!(InternalFactory.name(), "internal");
    let names: Vec<_> = InternalFactory.settings().iter().map(|spec| (spec.key, spec.env)).collect();
    assert_eq!(
        names,
        [
            ("database_url", "PM_DATABASE_URL"),
            ("data_dir", "PM_DATA_DIR"),
            ("database_password", "PGPASSWORD"),
            ("user", "PM_USER")
        ]
    );
    assert_eq!(InternalFactory.capabilities().provider, "internal");
}

#[cfg(feature = "sqlite")]
#[tokio::test]
async fn a_data_folder_is_made_and_kept() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("deep/.pm");
    let settings = || Settings::new().set("data_dir", data.to_str().unwrap());
    let project = build(settings()).await.unwrap().create_project(NewProject::new("Kept")).await.unwrap();
    assert!(data.join("pm.sqlite3").is_file());
    assert_eq!(build(settings()).await.unwrap().get_project(&project.id).await.unwrap(), project);
}

#[cfg(feature = "sqlite")]
#[tokio::test]
async fn who_may_not_make_a_database_makes_no_folder_either() {
    let root = tempfile::tempdir().unwrap();
    let data = root.path().join("deep/.pm");
    let settings = Settings::new().set("data_dir", data.to_str().unwrap()).set("user", "ada");
    let open = |create| {
        let context = context(settings.clone()).create_missing(create);
        async move { ProviderRegistry::new().with(InternalFactory).build(context).await }
    };
    let error = open(false).await.unwrap_err();
    let expected = format!("there is no database file `{}`", data.join("pm.sqlite3").display());
    assert_eq!((error.kind(), error.message()), (ErrorKind::Configuration, expected.as_str()));
    assert_eq!(std::fs::read_dir(root.path()).unwrap().count(), 0);
    open(true).await.unwrap();
    assert!(open(false).await.unwrap().health_check().await.unwrap().user.is_some());
}

/// A database of somebody else, with a table of theirs.
#[cfg(feature = "sqlite")]
async fn foreign_file(path: &std::path::Path) -> Vec<u8> {
    let connection = store::connect(&store::sqlite_url(path), &StoreOptions::default()).await.unwrap();
    connection.execute_unprepared("PRAGMA journal_mode = DELETE").await.unwrap();
    connection.execute_unprepared("CREATE TABLE invoices (id INTEGER PRIMARY KEY AUTOINCREMENT)").await.unwrap();
    connection.close().await.unwrap();
    std::fs::read(path).unwrap()
}

#[cfg(feature = "sqlite")]
#[tokio::test]
async fn a_file_of_somebody_else_is_refused_and_left_as_it_is() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("pm.sqlite3");
    let before = foreign_file(&path).await;
    let url = store::sqlite_url(&path);
    for settings in [
        Settings::new().set("database_url", url.as_str()).set("user", "ada"),
        Settings::new().set("database_url", format!("{url}?mode=rw")),
        Settings::new().set("data_dir", folder.path().to_str().unwrap()),
    ] {
        let error = build(settings).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Configuration, "{error:?}");
        let message = format!(
            "the file `{}` holds other tables; allowed are a database of pm-core and a file that is empty or not there",
            path.display()
        );
        assert_eq!(error.message(), message);
        assert!(error.hint_text().unwrap().contains("`store::migrate`"), "{error}");
    }
    assert_eq!(std::fs::read(&path).unwrap(), before);
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);

    // Whoever wants ours beside theirs says so, and then the file is one of ours too.
    let connection = store::connect(&url, &StoreOptions::default()).await.unwrap();
    store::migrate(&connection).await.unwrap();
    connection.close().await.unwrap();
    build(Settings::new().set("database_url", url)).await.unwrap().create_project(NewProject::new("P")).await.unwrap();
}

#[cfg(feature = "sqlite")]
#[tokio::test]
async fn an_empty_file_is_taken() {
    let file = tempfile::NamedTempFile::new().unwrap();
    let settings = Settings::new().set("database_url", store::sqlite_url(file.path()));
    build(settings).await.unwrap().create_project(NewProject::new("P")).await.unwrap();
}

#[tokio::test]
async fn what_is_missing_or_wrong_is_said() {
    let error = build(Settings::new()).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Configuration);
    assert_eq!(error.to_string(), "internal: no database is named\nhint: set PM_DATABASE_URL or PM_DATA_DIR");
    let error = build(Settings::new().set("database_ur", "x")).await.unwrap_err();
    assert!(error.to_string().contains("did you mean `database_url`?"), "{error}");
    let error = build(Settings::new().set("database_url", "mysql://me:s3cr3t@host/db")).await.unwrap_err();
    assert!(error.to_string().contains("there is no database `mysql`"), "{error}");
    assert!(!format!("{error} {error:?}").contains("s3cr3t"));
}

#[tokio::test]
async fn a_folder_that_cannot_be_made_is_said() {
    let file = tempfile::NamedTempFile::new().unwrap();
    let below = file.path().join("data");
    let error = build(Settings::new().set("data_dir", below.to_str().unwrap())).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Configuration);
    assert!(error.to_string().contains("cannot be made"), "{error}");
}

on_each_database! {
    async fn the_acting_user_is_found_or_made_once(database: TestDatabase) {
        let settings = || Settings::new().set("database_url", &*database.url).set("user", "Ada");
        let first = build(settings()).await.unwrap();
        let ada = first.health_check().await.unwrap().user.unwrap();
        assert_eq!((ada.name.as_str(), ada.login.as_deref()), ("Ada", Some("Ada")));
        let again = build(settings().set("user", "aDA")).await.unwrap();
        assert_eq!(again.health_check().await.unwrap().user.unwrap().id, ada.id);
        assert_eq!(again.users_page(&UserQuery::new(), None).await.unwrap().items.len(), 1);
        let project = again.create_project(NewProject::new("P")).await.unwrap();
        let task = again.create_task(NewTask::new(&project.id, "T")).await.unwrap();
        assert_eq!(task.author_id, Some(ada.id));
    }

    async fn who_only_reads_is_not_entered_as_a_user(database: TestDatabase) {
        let provider = database.provider().await;
        let settings = Settings::new().set("database_url", &*database.url).set("user", "ada");
        let registry = ProviderRegistry::new().with(InternalFactory);
        let read = || registry.build(context(settings.clone()).create_missing(false));
        assert_eq!(read().await.unwrap().health_check().await.unwrap().user, None);
        assert_eq!(provider.users_page(&UserQuery::new(), None).await.unwrap().items, []);
        assert_eq!(provider.changes_page(&ChangeQuery::new(), None).await.unwrap().items, []);
        let ada = provider.create_user(NewUser::new("Ada").login("ADA")).await.unwrap();
        assert_eq!(read().await.unwrap().health_check().await.unwrap().user, Some(ada));
    }

    async fn many_starts_with_one_new_user_make_one(database: TestDatabase) {
        let config = InternalConfig::new(&database.url).user("ada");
        let starts: Vec<_> = (0..8).map(|_| {
            let config = config.clone();
            tokio::spawn(async move { InternalProvider::open(&config).await.unwrap() })
        }).collect();
        for start in starts {
            start.await.unwrap();
        }
        let provider = database.provider().await;
        assert_eq!(provider.users_page(&UserQuery::new(), None).await.unwrap().items.len(), 1);
    }

    async fn an_applications_connection_is_taken_when_its_tables_are_there(database: TestDatabase) {
        let connection = database.connection().await;
        let error = InternalProvider::from_connection(connection.clone()).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Configuration);
        assert!(error.hint_text().unwrap().contains("store::migrate(&connection)"), "{error}");
        store::migrate(&connection).await.unwrap();
        let provider = InternalProvider::from_connection(connection).await.unwrap();
        provider.create_project(NewProject::new("P")).await.unwrap();
        assert_eq!(provider.name(), "internal");
    }

    async fn the_clock_is_the_given_one(database: TestDatabase) {
        let store = database.store().await.clock(Arc::new(Stopped));
        let provider = InternalProvider::from_store(store, Some("ada")).await.unwrap();
        let project = provider.create_project(NewProject::new("P")).await.unwrap();
        assert_eq!(project.created_at.unwrap().to_rfc3339(), "2027-01-02T03:04:05.678901+00:00");
        assert_eq!(project.updated_at, project.created_at);
    }

    async fn the_backend_says_its_name_and_version(database: TestDatabase) {
        let health = database.provider().await.health_check().await.unwrap();
        let (name, version) = health.backend.split_once(' ').unwrap();
        assert!(["SQLite", "PostgreSQL"].contains(&name) && version.starts_with(|c: char| c.is_ascii_digit()), "{health:?}");
        assert_eq!(health.user, None);
    }

    async fn a_store_without_tables_is_not_well(database: TestDatabase) {
        let provider = database.provider().await;
        let steps = u32::try_from(store::migration_names().len()).unwrap();
        store::rollback(provider.store().connection(), steps).await.unwrap();
        let error = provider.health_check().await.unwrap_err();
        assert_eq!((error.kind(), error.operation()), (ErrorKind::Configuration, Some("health_check")), "{error:?}");
        assert!(format!("{:?}", Store::new(provider.store().connection().clone())).starts_with("Store"));
    }
}
