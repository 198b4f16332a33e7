//! An application with a database, tables and a migrator of its own gets projects and tasks next to them.
//!
//! `cargo run --example existing_database`. One SQLite file, one connection pool, two migrators that leave each other alone.
#![allow(clippy::print_stdout)]

mod customers;

use std::error::Error;
use std::process::ExitCode;
use std::sync::Arc;

use customers::{customer, find_or_add, migration::Migrator};
use pm_core::internal::store;
use pm_core::{Environment, NewProject, NewTask, PmProvider, PmProviderBuilder, PmProviderExt, TaskQuery};
use pm_examples::exit;
use sea_orm::{
    ActiveModelTrait, ActiveValue::Set, Database, DatabaseConnection, EntityTrait, IntoActiveModel, QueryOrder,
};
use sea_orm_migration::MigratorTrait;

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    exit(run().await)
}

async fn run() -> Result<(), Box<dyn Error>> {
    // What the application has already: a connection, made as it likes, and tables.
    let directory = Environment::of_process().data_dir()?;
    std::fs::create_dir_all(&directory)?;
    let file = directory.join("application.sqlite3");
    let database = Database::connect(format!("{}?mode=rwc", store::sqlite_url(&file))).await?;
    Migrator::up(&database, None).await?;

    // What is new. Our tables begin with `pm_`; they are made when the application asks, never by themselves.
    store::migrate(&database).await?;
    let provider = PmProviderBuilder::from_env().database(database.clone()).build().await?;

    for name in ["Ada's bakery", "Grace's shipyard"] {
        let customer = find_or_add(&database, name).await?;
        start_project(&database, &provider, customer).await?;
    }
    print_customers(&database, &provider).await?;
    println!("\nBoth are in {}.", file.display());
    Ok(())
}

/// Opens a project for a customer, and keeps its id with the customer.
async fn start_project(
    database: &DatabaseConnection,
    provider: &Arc<dyn PmProvider>,
    customer: customer::Model,
) -> Result<(), Box<dyn Error>> {
    if customer.project_id.is_some() {
        return Ok(());
    }
    // The program may stop between the two writes: the key makes the next run find the project again.
    let new = NewProject::new(customer.name.clone()).idempotency_key(format!("customer/{}", customer.id));
    let project = provider.create_project(new).await?;
    for title in ["Say hello", "Send an offer"] {
        provider
            .create_task(NewTask::new(&project.id, title).idempotency_key(format!("{}/{title}", project.id)))
            .await?;
    }
    let mut row = customer.into_active_model();
    row.project_id = Set(Some(project.id.into_string()));
    row.update(database).await?;
    Ok(())
}

async fn print_customers(database: &DatabaseConnection, provider: &Arc<dyn PmProvider>) -> Result<(), Box<dyn Error>> {
    for customer in customer::Entity::find().order_by_asc(customer::Column::Id).all(database).await? {
        println!("{}", customer.name);
        let Some(project) = customer.project_id else { continue };
        for task in provider.list_tasks(TaskQuery::in_project(project)).await? {
            println!("  {}  {} ({})", task.key.unwrap_or_default(), task.title, task.status.name);
        }
    }
    Ok(())
}
