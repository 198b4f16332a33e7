//! The projects of comments and relations, so that those of a whole project are walked in order.
//!
//! A task never moves to another project, so the copy of its project never goes stale.

use sea_orm_migration::prelude::*;

use super::columns::{Columns, create_indexes, index, index_name};

/// Each table, and the column that points to the task whose project it is.
pub(super) const TABLES: [(&str, &str); 2] = [("pm_comments", "task_id"), ("pm_relations", "from_task_id")];
/// What listings of a project walk.
const COLUMNS: [&str; 3] = ["project_id", "created_at", "id"];

#[derive(DeriveMigrationName)]
pub(super) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for (table, task) in TABLES {
            // No table of SQLite gets a column later that must have a value; writers give it one, or the next
            // migration's triggers do.
            let column = Columns::of(manager).text("project_id");
            manager.alter_table(Table::alter().table(table).add_column(column).take()).await?;
            manager.execute(of_tasks(table, task)).await?;
            create_indexes(manager, [index(table, &COLUMNS)]).await?;
        }
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for (table, _) in TABLES {
            manager.drop_index(Index::drop().name(index_name(table, &COLUMNS)).to_owned()).await?;
            manager.alter_table(Table::alter().table(table).drop_column("project_id").take()).await?;
        }
        Ok(())
    }
}

/// Copies the projects of the tasks to rows that have none.
pub(super) fn of_tasks(table: &'static str, task: &'static str) -> UpdateStatement {
    let project = Query::select()
        .column(("pm_tasks", "project_id"))
        .from("pm_tasks")
        .and_where(Expr::col(("pm_tasks", "id")).equals((table, task)))
        .take();
    Query::update()
        .table(table)
        .value("project_id", SimpleExpr::SubQuery(None, Box::new(project.into())))
        .and_where(Expr::col("project_id").is_null())
        .take()
}
