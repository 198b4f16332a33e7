//! The schema, up and down, beside another migrator.

// `async_trait` makes the elided lifetime of sea-orm's trait a named one; only the same spelling matches it.
#![allow(elided_lifetimes_in_paths)]

use pm_provider::{CommentQuery, Comments, ErrorKind, NewProject, NewTask, PmProvider, RelationQuery, Relations};
use pm_provider_internal::store::{self, Store, StoreOptions};
use sea_orm::{ConnectionTrait, DatabaseConnection, DbErr, Statement};
use sea_orm_migration::prelude::{ColumnDef, DeriveMigrationName, MigrationTrait, MigratorTrait, SchemaManager, Table};

use crate::database::TestDatabase;

/// An application's own migrations, with sea-orm's default table.
struct ApplicationMigrator;

#[async_trait::async_trait]
impl MigratorTrait for ApplicationMigrator {
    fn migrations() -> Vec<Box<dyn MigrationTrait>> {
        vec![Box::new(CreateInvoices)]
    }
}

#[derive(DeriveMigrationName)]
struct CreateInvoices;

#[async_trait::async_trait]
impl MigrationTrait for CreateInvoices {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let id = ColumnDef::new("id").integer().primary_key().take();
        manager.create_table(Table::create().table("invoices").col(id).take()).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.drop_table(Table::drop().table("invoices").take()).await
    }
}

async fn tables(connection: &DatabaseConnection) -> Vec<String> {
    let backend = connection.get_database_backend();
    let sql = match backend {
        sea_orm::DbBackend::Postgres => "SELECT tablename::text FROM pg_tables WHERE schemaname = 'public' ORDER BY 1",
        _ => "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY 1",
    };
    let rows = connection.query_all_raw(Statement::from_string(backend, sql)).await.unwrap();
    rows.iter().map(|row| row.try_get_by_index(0).unwrap()).collect()
}

fn steps() -> u32 {
    u32::try_from(store::migration_names().len()).unwrap()
}

const OURS: [&str; 24] = [
    "pm_change_counter",
    "pm_changes",
    "pm_comments",
    "pm_idempotency_keys",
    "pm_migrations",
    "pm_projects",
    "pm_provider_connections",
    "pm_relations",
    "pm_sprints",
    "pm_task_assignees",
    "pm_task_labels",
    "pm_tasks",
    "pm_users",
    "pm_vocabulary",
    "project_sync_mappings",
    "sync_conflicts",
    "sync_cursors",
    "sync_events",
    "sync_intents",
    "sync_items",
    "sync_leases",
    "sync_runs",
    "sync_users",
    "sync_work",
];

on_each_database! {
    async fn all_tables_come_and_go(database: TestDatabase) {
        let connection = database.connection().await;
        store::migrate(&connection).await.unwrap();
        assert_eq!(tables(&connection).await, OURS);

        store::rollback(&connection, steps()).await.unwrap();
        assert_eq!(tables(&connection).await, ["pm_migrations"]);
        store::migrate(&connection).await.unwrap();
        assert_eq!(tables(&connection).await, OURS);
    }

    async fn each_step_goes_down_and_up_again(database: TestDatabase) {
        let connection = database.connection().await;
        store::migrate(&connection).await.unwrap();
        for steps in 1..=steps() {
            store::rollback(&connection, steps).await.unwrap();
            store::check(&connection).await.unwrap_err();
            store::migrate(&connection).await.unwrap();
            assert_eq!(tables(&connection).await, OURS);
        }
    }

    async fn an_applications_own_migrator_lives_beside(database: TestDatabase) {
        let connection = database.connection().await;
        ApplicationMigrator::up(&connection, None).await.unwrap();
        store::migrate(&connection).await.unwrap();
        let together = tables(&connection).await;
        assert!(OURS.iter().chain(&["invoices", "seaql_migrations"]).all(|table| together.contains(&(*table).to_owned())));
        // Each takes back its own, in any order, and the other's stays.
        ApplicationMigrator::down(&connection, None).await.unwrap();
        assert!(!tables(&connection).await.contains(&"invoices".to_owned()));
        store::check(&connection).await.unwrap();
        ApplicationMigrator::up(&connection, None).await.unwrap();
        store::rollback(&connection, steps()).await.unwrap();
        assert_eq!(tables(&connection).await, ["invoices", "pm_migrations", "seaql_migrations"]);
        assert_eq!(ApplicationMigrator::get_applied_migrations(&connection).await.unwrap().len(), 1);
        store::migrate(&connection).await.unwrap();
        store::check(&connection).await.unwrap();
    }

    async fn what_writers_of_an_older_version_leave_out_is_filled_in(database: TestDatabase) {
        let provider = database.provider().await;
        let connection = provider.store().connection();
        let project = provider.create_project(NewProject::new("P")).await.unwrap().id;
        let task = provider.create_task(NewTask::new(&project, "t")).await.unwrap().id;
        let other = provider.create_task(NewTask::new(&project, "other")).await.unwrap().id;
        let write = |name: &'static str| {
            let comment = format!(
                "INSERT INTO pm_comments (id, task_id, visibility, version, created_at, updated_at, body) \
                 VALUES ('{name}', '{task}', 'public', 1, 0, 0, '{name}')"
            );
            let kind = if name == "before" { "blocks" } else { "precedes" };
            let relation = format!(
                "INSERT INTO pm_relations (id, from_task_id, to_task_id, kind, created_at) \
                 VALUES ('{name}', '{task}', '{other}', '{kind}', 0)"
            );
            async move {
                connection.execute_unprepared(&comment).await.unwrap();
                connection.execute_unprepared(&relation).await.unwrap();
            }
        };
        // A program of the version before, which was at work when the column came and goes on.
        store::rollback(connection, crate::database::steps_down_to("fill_in_projects")).await.unwrap();
        write("before").await;
        store::migrate(connection).await.unwrap();
        write("since").await;

        let comments = provider.comments_page(&CommentQuery::in_project(&project), None).await.unwrap().items;
        assert_eq!(comments.iter().map(|comment| comment.body.as_str()).collect::<Vec<_>>(), ["before", "since"]);
        let relations = provider.relations_page(&RelationQuery::in_project(&project), None).await.unwrap().items;
        let ids: Vec<_> = relations.iter().map(|relation| relation.id.as_str()).collect();
        assert_eq!(ids, ["before", "since"]);
    }

    async fn a_connection_without_tables_is_told_to_migrate(database: TestDatabase) {
        let connection = database.connection().await;
        let error = store::check(&connection).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Configuration);
        assert!(error.hint_text().unwrap().contains("store::migrate(&connection)"), "{error}");
        let statement = connection.execute_unprepared("SELECT * FROM pm_tasks").await.unwrap_err();
        let error = Store::error(statement);
        assert_eq!(error.kind(), ErrorKind::Configuration);
        assert!(error.hint_text().unwrap().contains("store::migrate(&connection)"), "{error}");
    }

    async fn a_newer_database_is_refused_and_left_alone(database: TestDatabase) {
        let connection = database.connection().await;
        store::migrate(&connection).await.unwrap();
        let newer = "INSERT INTO pm_migrations (version, applied_at) VALUES ('m20991231_000001_future', 0)";
        connection.execute_unprepared(newer).await.unwrap();
        for error in [
            store::migrate(&connection).await.unwrap_err(),
            store::rollback(&connection, 1).await.unwrap_err(),
            store::check(&connection).await.unwrap_err(),
            Store::open(&database.url, &StoreOptions::default()).await.unwrap_err(),
        ] {
            assert_eq!(error.kind(), ErrorKind::Configuration);
            assert!(error.message().contains("newer version of this program"), "{error}");
            assert!(error.message().contains("m20991231_000001_future"), "{error}");
        }
        assert_eq!(tables(&connection).await, OURS);
    }

    async fn many_first_starts_at_once_all_succeed(database: TestDatabase) {
        let starts: Vec<_> = (0..8)
            .map(|_| {
                let url = database.url.clone();
                tokio::spawn(async move { Store::open(&url, &StoreOptions::default()).await.map(|_| ()) })
            })
            .collect();
        for start in starts {
            start.await.unwrap().unwrap();
        }
        let connection = database.connection().await;
        store::check(&connection).await.unwrap();
        assert_eq!(tables(&connection).await, OURS);
    }
}
