//! The embedded backend, reached through the facade.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use pm_core::internal::store::{self, StoreOptions};
use pm_core::{
    Clock, ErrorKind, NewProject, PmProviderBuilder, PmProviderExt, ProjectQuery, Settings, build_pm_provider_with,
    builtin_registry,
};

use crate::support::{Tracker, environment};

fn from(variables: &[(&str, &str)]) -> PmProviderBuilder {
    PmProviderBuilder::from_environment(environment(variables))
}

async fn refusal(builder: PmProviderBuilder) -> String {
    let error = builder.build().await.expect_err("nothing should be built from this");
    assert_eq!(error.kind(), ErrorKind::Configuration);
    error.to_string()
}

#[tokio::test]
async fn a_backend_that_needs_another_database_leaves_the_connection_alone() {
    let connection = sea_orm::DatabaseConnection::default();
    let tracker = Tracker::default();
    let builder = from(&[("PM_PROVIDER", "tracker"), ("TRACKER_URL", "https://x.org"), ("PM_DATA_DIR", "/d")]);
    let registry = builtin_registry().with(tracker.clone());
    let provider = builder.registry(registry).database(connection).build().await.unwrap();
    assert_eq!((provider.name(), tracker.built().len()), ("memory", 1));
}

#[tokio::test]
async fn without_a_database_the_settings_to_make_are_named() {
    let refused = build_pm_provider_with(&builtin_registry(), "internal", &Settings::new()).await.unwrap_err();
    assert_eq!(refused.to_string(), "internal: no database is named\nhint: set PM_DATABASE_URL or PM_DATA_DIR");
}

#[tokio::test]
async fn an_unknown_setting_is_named() {
    let settings = Settings::new().set("database", "sqlite::memory:");
    let builder = PmProviderBuilder::new(builtin_registry()).settings(settings);
    assert_eq!(
        refusal(builder).await,
        "internal: unknown setting `database`; allowed are `database_url`, `data_dir`, `database_password`, `user`\n\
         hint: did you mean `database_url`?"
    );
}

#[test]
fn the_password_of_postgres_is_taken_as_a_reference() {
    let registry = builtin_registry();
    let factory = registry.get("internal").unwrap();
    for (variable, reference) in [("PGPASSWORD", "env:PGPASSWORD"), ("PGPASSWORD_FILE", "file:s3cr3t")] {
        let settings = environment(&[(variable, "s3cr3t")]).settings(&**factory).unwrap();
        assert_eq!(format!("{:?}", settings.get("database_password").unwrap()), reference);
    }
}

#[tokio::test]
async fn a_misspelt_name_is_corrected() {
    let refused = refusal(from(&[("PM_PROVIDER", "internl")])).await;
    // Which others are allowed depends on the features.
    assert!(refused.starts_with("unknown provider `internl`; allowed are `"), "{refused}");
    assert!(refused.contains("`internal`, ") || refused.contains("`internal`\n"), "{refused}");
    assert!(refused.ends_with("\nhint: did you mean `internal`?"), "{refused}");
}

#[cfg(not(any(feature = "sqlite", feature = "postgres")))]
#[tokio::test]
async fn without_the_feature_of_a_database_that_feature_is_named() {
    let directory = tempfile::tempdir().unwrap();
    let refused = refusal(from(&[("PM_DATA_DIR", directory.path().to_str().unwrap())])).await;
    assert!(refused.contains("built without SQLite") && refused.contains("feature `sqlite`"), "{refused}");
}

#[cfg(feature = "sqlite")]
mod sqlite {
    use super::*;

    #[tokio::test]
    async fn the_default_is_a_file_in_the_data_directory() {
        let root = tempfile::tempdir().unwrap();
        let directory = root.path().join(".pm");
        for run in 1..=2 {
            let here = environment(&[]).working_directory(root.path());
            let provider = PmProviderBuilder::from_environment(here).build().await.unwrap();
            assert_eq!(provider.name(), "internal");
            provider.create_project(NewProject::new("Shed")).await.unwrap();
            assert_eq!(provider.list_projects(ProjectQuery::new()).await.unwrap().len(), run);
        }
        assert!(directory.join("pm.sqlite3").is_file());
    }

    #[tokio::test]
    async fn a_program_that_only_reads_leaves_nothing_behind() {
        let root = tempfile::tempdir().unwrap();
        let here = environment(&[]).working_directory(root.path());
        let builder = PmProviderBuilder::from_environment(here);
        let refused = refusal(builder.clone().create_missing(false)).await;
        let file = root.path().join(".pm/pm.sqlite3");
        assert!(refused.starts_with(&format!("internal: there is no database file `{}`", file.display())), "{refused}");
        assert_eq!(std::fs::read_dir(root.path()).unwrap().count(), 0);
        builder.clone().build().await.unwrap();
        builder.create_missing(false).build().await.unwrap();
    }

    #[tokio::test]
    async fn a_database_url_wins_and_may_stand_in_a_file() {
        let root = tempfile::tempdir().unwrap();
        let (database, file) = (root.path().join("named.sqlite3"), root.path().join("url"));
        std::fs::write(&file, format!("sqlite:{}\n", database.display())).unwrap();
        let data = root.path().join("data");
        let variables = [("PM_DATABASE_URL_FILE", file.to_str().unwrap()), ("PM_DATA_DIR", data.to_str().unwrap())];
        from(&variables).build().await.unwrap();
        assert!(database.is_file());
        assert!(!data.exists());
    }

    #[tokio::test]
    async fn an_unreadable_file_of_the_url_is_an_error_and_no_other_database_is_taken() {
        let root = tempfile::tempdir().unwrap();
        let data = root.path().join("data");
        let variables = [("PM_DATABASE_URL_FILE", "/no/such/file"), ("PM_DATA_DIR", data.to_str().unwrap())];
        let refused = refusal(from(&variables)).await;
        assert!(refused.starts_with("internal: the secret `file:/no/such/file` cannot be read: "), "{refused}");
        assert!(!data.exists());
    }

    #[tokio::test]
    async fn the_acting_user_comes_from_the_environment() {
        let builder = from(&[("PM_DATABASE_URL", "sqlite::memory:"), ("PM_USER", "ada"), ("PM_DATA_DIR", "/d")]);
        let user = builder.build().await.unwrap().health_check().await.unwrap().user.unwrap();
        assert_eq!(user.login.as_deref(), Some("ada"));
    }

    async fn connection() -> sea_orm::DatabaseConnection {
        store::connect("sqlite::memory:", &StoreOptions::default()).await.unwrap()
    }

    #[tokio::test]
    async fn a_connection_of_ones_own_is_used_once_its_tables_are_there() {
        let connection = connection().await;
        let builder = || from(&[("PM_USER", "ada"), ("PM_DATA_DIR", "/nowhere")]).database(connection.clone());
        let refused = refusal(builder()).await;
        assert!(refused.contains("migrate"), "{refused}");

        store::migrate(&connection).await.unwrap();
        let provider = builder().build().await.unwrap();
        provider.create_project(NewProject::new("Shed")).await.unwrap();
        let again = builder().build().await.unwrap();
        assert_eq!(again.list_projects(ProjectQuery::new()).await.unwrap().len(), 1);
        assert_eq!(again.health_check().await.unwrap().user.unwrap().name, "ada");
    }

    #[derive(Debug)]
    struct StoppedClock;

    impl Clock for StoppedClock {
        fn now(&self) -> DateTime<Utc> {
            DateTime::UNIX_EPOCH
        }
    }

    #[tokio::test]
    async fn a_clock_of_ones_own_tells_the_time_on_both_ways_in() {
        let connection = connection().await;
        store::migrate(&connection).await.unwrap();
        let plain = from(&[("PM_DATABASE_URL", "sqlite::memory:"), ("PM_DATA_DIR", "/d")]);
        for builder in [plain.clone(), plain.database(connection)] {
            let provider = builder.clock(Arc::new(StoppedClock)).build().await.unwrap();
            let project = provider.create_project(NewProject::new("Shed")).await.unwrap();
            assert_eq!(project.created_at, Some(DateTime::UNIX_EPOCH));
        }
    }
}
