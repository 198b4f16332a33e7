//! Triggers that give comments and relations the project which their writer left out.
//!
//! A program of an older version may be at work while the tables change, and goes on without knowing of the column. What
//! it writes would be missing where a whole project is listed.

use sea_orm_migration::prelude::*;
use sea_orm_migration::sea_orm::DbBackend;

use super::m20261121_000006_list_by_project::{TABLES, of_tasks};

#[derive(DeriveMigrationName)]
pub(super) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for (table, task) in TABLES {
            for sql in trigger(manager.get_database_backend(), table, task) {
                manager.get_connection().execute_unprepared(&sql).await?;
            }
            // Not before the trigger: on PostgreSQL others write until it locks the table.
            manager.execute(of_tasks(table, task)).await?;
        }
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for (table, _) in TABLES {
            let name = name(table);
            let sql = match manager.get_database_backend() {
                // The trigger goes along.
                DbBackend::Postgres => format!("DROP FUNCTION {name}() CASCADE"),
                _ => format!("DROP TRIGGER {name}"),
            };
            manager.get_connection().execute_unprepared(&sql).await?;
        }
        Ok(())
    }
}

/// What trigger and function of a table are called.
fn name(table: &str) -> String {
    format!("{table}_fill_in_project")
}

fn trigger(backend: DbBackend, table: &str, task: &str) -> Vec<String> {
    let name = name(table);
    let project = format!("(SELECT project_id FROM pm_tasks WHERE id = NEW.{task})");
    match backend {
        DbBackend::Postgres => vec![
            format!(
                "CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS \
                 $$ BEGIN NEW.project_id := {project}; RETURN NEW; END $$"
            ),
            format!(
                "CREATE TRIGGER {name} BEFORE INSERT ON {table} FOR EACH ROW WHEN (NEW.project_id IS NULL) \
                 EXECUTE FUNCTION {name}()"
            ),
        ],
        // A trigger of SQLite cannot change the row that is coming.
        _ => vec![format!(
            "CREATE TRIGGER {name} AFTER INSERT ON {table} WHEN NEW.project_id IS NULL \
             BEGIN UPDATE {table} SET project_id = {project} WHERE id = NEW.id; END"
        )],
    }
}
