//! Our tables inside a database that has a migrator of its own.

// `async_trait` makes the elided lifetime of sea-orm's trait a named one; only the same spelling matches it.
#![allow(elided_lifetimes_in_paths)]

use std::sync::Arc;

use async_trait::async_trait;
use pm_core::{
    ErrorKind, NewProject, NewTask, PmProvider, PmProviderBuilder, PmProviderExt, ProjectQuery, Result,
    builtin_registry,
};
use pm_provider_internal::store;
use pm_tests::TestDatabase;
use sea_orm::{ConnectionTrait as _, DatabaseConnection, DbErr};
use sea_orm_migration::prelude::{ColumnDef, DeriveMigrationName, MigrationTrait, MigratorTrait, SchemaManager, Table};

use crate::sql;

/// The application's migrator, with sea-orm's own table for what has run: `seaql_migrations`.
struct Application;

#[async_trait]
impl MigratorTrait for Application {
    fn migrations() -> Vec<Box<dyn MigrationTrait>> {
        vec![Box::new(CreateInvoices), Box::new(AddAmount)]
    }
}

#[derive(DeriveMigrationName)]
struct CreateInvoices;

#[async_trait]
impl MigrationTrait for CreateInvoices {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let number = ColumnDef::new("number").integer().primary_key().take();
        let project = ColumnDef::new("project_id").text().not_null().take();
        manager.create_table(Table::create().table("invoices").col(number).col(project).take()).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.drop_table(Table::drop().table("invoices").take()).await
    }
}

struct AddAmount;

impl sea_orm_migration::MigrationName for AddAmount {
    fn name(&self) -> &'static str {
        "m2_add_amount"
    }
}

#[async_trait]
impl MigrationTrait for AddAmount {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let amount = ColumnDef::new("amount").integer().not_null().default(0).take();
        manager.alter_table(Table::alter().table("invoices").add_column(amount).take()).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.alter_table(Table::alter().table("invoices").drop_column("amount").take()).await
    }
}

const THEIRS: [&str; 2] = ["invoices", "seaql_migrations"];

async fn provider_on(connection: &DatabaseConnection) -> Result<Arc<dyn PmProvider>> {
    PmProviderBuilder::new(builtin_registry()).database(connection.clone()).build().await
}

/// Writes an invoice for a project: the application's data beside ours.
async fn invoice(connection: &DatabaseConnection, number: i32, project: &str) {
    let sql = format!("INSERT INTO invoices (number, project_id, amount) VALUES ({number}, '{project}', {number}00)");
    connection.execute_unprepared(&sql).await.unwrap();
}

async fn amounts(connection: &DatabaseConnection) -> Vec<i32> {
    sql::column(connection, "SELECT amount FROM invoices ORDER BY number").await
}

/// Both migrators know what is theirs, and nothing else.
async fn assert_applied(connection: &DatabaseConnection, theirs: usize, ours: usize) {
    assert_eq!(Application::get_applied_migrations(connection).await.unwrap().len(), theirs);
    assert_eq!(Application::get_pending_migrations(connection).await.unwrap().len(), 2 - theirs);
    let versions: Vec<String> = sql::column(connection, "SELECT version FROM pm_migrations ORDER BY version").await;
    assert_eq!(versions, store::migration_names()[..ours]);
    let theirs_only: i64 = sql::value(connection, "SELECT count(*) FROM seaql_migrations").await;
    assert_eq!(usize::try_from(theirs_only).unwrap(), theirs);
}

async fn project_names(provider: &Arc<dyn PmProvider>) -> Vec<String> {
    let projects = provider.list_projects(ProjectQuery::new()).await.unwrap();
    projects.into_iter().map(|project| project.name).collect()
}

async fn both_live_together(database: &TestDatabase) {
    let connection = database.connection().await;
    let all = store::migration_names().len();
    let steps = u32::try_from(all).unwrap();
    Application::up(&connection, None).await.unwrap();
    assert_nothing_happens_unasked(&connection).await;

    store::migrate(&connection).await.unwrap();
    assert_applied(&connection, 2, all).await;
    use_both(&connection).await;

    store::rollback(&connection, steps).await.unwrap();
    assert_applied(&connection, 2, 0).await;
    assert_eq!(sql::tables(&connection).await, ["invoices", "pm_migrations", "seaql_migrations"]);
    assert_eq!(amounts(&connection).await, [100, 200], "our way down leaves the application's data alone");
    Application::up(&connection, None).await.unwrap();

    store::migrate(&connection).await.unwrap();
    let provider = provider_on(&connection).await.unwrap();
    assert_eq!(project_names(&provider).await, Vec::<String>::new());
    provider.create_project(NewProject::new("Again")).await.unwrap();

    the_applications_way_down_leaves_ours(&connection, &provider, all).await;
    step_by_step(&connection, steps).await;
    sql::assert_intact(&connection).await;
}

/// On an application's own connection nothing is migrated that was not asked for.
async fn assert_nothing_happens_unasked(connection: &DatabaseConnection) {
    let refused = provider_on(connection).await;
    assert_eq!(sql::tables(connection).await, THEIRS);
    let error = match refused {
        Err(error) => error,
        Ok(provider) => provider.list_projects(ProjectQuery::new()).await.unwrap_err(),
    };
    assert_eq!(error.kind(), ErrorKind::Configuration);
    assert_eq!(error.message(), "the database lacks tables that this program needs");
    assert_eq!(error.hint_text(), Some("on a connection of your own, call `store::migrate(&connection)` first"));
}

async fn use_both(connection: &DatabaseConnection) {
    let provider = provider_on(connection).await.unwrap();
    for number in 1..=2 {
        let project = provider.create_project(NewProject::new(format!("Client {number}"))).await.unwrap();
        provider.create_task(NewTask::new(&project.id, "Write the invoice")).await.unwrap();
        invoice(connection, number, project.id.as_str()).await;
    }
    let joined = "SELECT p.name FROM invoices i JOIN pm_projects p ON p.id = i.project_id ORDER BY i.number";
    assert_eq!(sql::column::<String>(connection, joined).await, ["Client 1", "Client 2"]);
}

async fn the_applications_way_down_leaves_ours(
    connection: &DatabaseConnection,
    provider: &Arc<dyn PmProvider>,
    all: usize,
) {
    Application::down(connection, None).await.unwrap();
    assert_applied(connection, 0, all).await;
    assert!(!sql::tables(connection).await.contains(&"invoices".to_owned()));
    store::check(connection).await.unwrap();
    assert_eq!(project_names(provider).await, ["Again"]);
    provider.create_project(NewProject::new("And Again")).await.unwrap();
    Application::up(connection, None).await.unwrap();
    assert_applied(connection, 2, all).await;
    assert_eq!(project_names(provider).await, ["Again", "And Again"]);
}

/// Any number of our steps back and forth beside the application's.
async fn step_by_step(connection: &DatabaseConnection, steps: u32) {
    for back in 1..=steps {
        store::rollback(connection, back).await.unwrap();
        Application::down(connection, Some(1)).await.unwrap();
        assert_applied(connection, 1, (steps - back) as usize).await;
        store::migrate(connection).await.unwrap();
        Application::up(connection, None).await.unwrap();
        assert_applied(connection, 2, steps as usize).await;
    }
    let provider = provider_on(connection).await.unwrap();
    provider.create_project(NewProject::new("After All")).await.unwrap();
}

#[tokio::test]
async fn beside_an_applications_migrator_in_an_sqlite_file() {
    both_live_together(&TestDatabase::sqlite()).await;
}

#[tokio::test]
async fn beside_an_applications_migrator_in_a_postgres_database() {
    let Some(database) = TestDatabase::postgres() else { return };
    both_live_together(&database).await;
}
