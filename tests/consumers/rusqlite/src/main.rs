//! An application with a database of its own by rusqlite: one SQLite in the process, two libraries that use it.

use std::error::Error;

use pm_core::{NewProject, PmProviderExt as _, ProjectQuery, Settings, build_pm_provider_with, builtin_registry};
use rusqlite::Connection;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    let own = Connection::open_in_memory()?;
    own.execute_batch("CREATE TABLE note (text TEXT); INSERT INTO note VALUES ('ours')")?;

    let settings = Settings::new().set("database_url", "sqlite::memory:");
    let embedded = build_pm_provider_with(&builtin_registry(), "internal", &settings).await?;
    embedded.create_project(NewProject::new("theirs")).await?;
    let theirs = embedded.list_projects(ProjectQuery::new()).await?;

    let ours: String = own.query_row("SELECT text FROM note", [], |row| row.get(0))?;
    println!("{ours} {} {}", theirs[0].name, rusqlite::version());
    println!("{}", pm_core::build_pm_provider().await?.health_check().await?.backend);
    Ok(())
}
