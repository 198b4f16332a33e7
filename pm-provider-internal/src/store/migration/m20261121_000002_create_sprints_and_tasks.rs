//! Sprints and tasks.

use sea_orm_migration::prelude::*;

use super::columns::{Columns, create_indexes, drop_tables, index, reference, unique_index};

#[derive(DeriveMigrationName)]
pub(super) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let columns = Columns::of(manager);
        manager.create_table(sprints(&columns)).await?;
        manager.create_table(tasks(&columns)).await?;
        manager.create_table(members(&columns, "pm_task_labels", "label")).await?;
        let mut assignees = members(&columns, "pm_task_assignees", "user_id");
        assignees.foreign_key(&mut reference("pm_task_assignees", "user_id", "pm_users", ForeignKeyAction::NoAction));
        manager.create_table(assignees).await?;
        manager.create_table(vocabulary(&columns)).await?;
        create_indexes(manager, indexes()).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        drop_tables(manager, &["pm_vocabulary", "pm_task_assignees", "pm_task_labels", "pm_tasks", "pm_sprints"]).await
    }
}

fn sprints(columns: &Columns) -> TableCreateStatement {
    Table::create()
        .table("pm_sprints")
        .col(columns.id())
        .col(columns.some_text("project_id"))
        .col(columns.number("number"))
        .col(columns.some_text("name"))
        .col(columns.date("start_date"))
        .col(columns.date("end_date"))
        .col(columns.some_text("status_category"))
        .col(columns.some_text("status_name"))
        .col(columns.optional_number("capacity_seconds"))
        .col(columns.optional_number("planned_seconds"))
        .col(columns.text("url"))
        .col(columns.number("version"))
        .col(columns.number("created_at"))
        .col(columns.number("updated_at"))
        .col(columns.text("goal"))
        .col(columns.text("raw_data"))
        .col(columns.some_text("search_text"))
        .foreign_key(&mut reference("pm_sprints", "project_id", "pm_projects", ForeignKeyAction::NoAction))
        .take()
}

/// The long texts come last: SQLite reads a row from the front and stops where it has what it needs.
fn tasks(columns: &Columns) -> TableCreateStatement {
    Table::create()
        .table("pm_tasks")
        .col(columns.id())
        .col(columns.some_text("project_id"))
        .col(columns.number("number"))
        .col(columns.some_text("title"))
        .col(columns.some_text("status_category"))
        .col(columns.some_text("status_name"))
        .col(columns.text("priority_level"))
        .col(columns.text("priority_name"))
        .col(columns.text("parent_task_id"))
        .col(columns.text("sprint_id"))
        .col(columns.text("author_id"))
        .col(columns.optional_number("estimated_seconds"))
        .col(columns.optional_number("actual_seconds"))
        .col(columns.date("start_date"))
        .col(columns.date("due_date"))
        .col(columns.text("task_type"))
        .col(columns.some_text("visibility"))
        .col(columns.text("url"))
        .col(columns.number("version"))
        .col(columns.number("created_at"))
        .col(columns.number("updated_at"))
        .col(columns.optional_number("completed_at"))
        .col(columns.text("custom_fields"))
        .col(columns.text("description"))
        .col(columns.text("raw_data"))
        .col(columns.some_text("search_text"))
        .foreign_key(&mut reference("pm_tasks", "project_id", "pm_projects", ForeignKeyAction::NoAction))
        .foreign_key(&mut reference("pm_tasks", "parent_task_id", "pm_tasks", ForeignKeyAction::NoAction))
        .foreign_key(&mut reference("pm_tasks", "sprint_id", "pm_sprints", ForeignKeyAction::NoAction))
        .foreign_key(&mut reference("pm_tasks", "author_id", "pm_users", ForeignKeyAction::NoAction))
        .take()
}

/// A table of what a task has several of, in the order in which they were given.
fn members(columns: &Columns, table: &'static str, member: &'static str) -> TableCreateStatement {
    Table::create()
        .table(table)
        .col(columns.some_text("task_id"))
        .col(columns.some_text(member))
        .col(columns.number("position"))
        .primary_key(Index::create().col("task_id").col(member))
        .foreign_key(&mut reference(table, "task_id", "pm_tasks", ForeignKeyAction::Cascade))
        .take()
}

/// The names of statuses and priorities that were used beside the usual ones, so that nobody has to look at all tasks.
fn vocabulary(columns: &Columns) -> TableCreateStatement {
    Table::create()
        .table("pm_vocabulary")
        .col(columns.some_text("scope"))
        .col(columns.some_text("kind"))
        .col(columns.some_text("name"))
        .col(columns.some_text("category"))
        .primary_key(Index::create().col("scope").col("kind").col("name").col("category"))
        .take()
}

fn indexes() -> Vec<IndexCreateStatement> {
    vec![
        unique_index("pm_sprints", &["project_id", "number"]),
        index("pm_sprints", &["created_at", "id"]),
        index("pm_sprints", &["updated_at", "id"]),
        index("pm_sprints", &["project_id", "created_at", "id"]),
        index("pm_sprints", &["project_id", "updated_at", "id"]),
        unique_index("pm_tasks", &["project_id", "number"]),
        index("pm_tasks", &["created_at", "id"]),
        index("pm_tasks", &["updated_at", "id"]),
        index("pm_tasks", &["project_id", "created_at", "id"]),
        index("pm_tasks", &["project_id", "updated_at", "id"]),
        index("pm_tasks", &["parent_task_id"]),
        index("pm_tasks", &["sprint_id"]),
        index("pm_tasks", &["author_id"]),
        index("pm_task_labels", &["label", "task_id"]),
        index("pm_task_assignees", &["user_id", "task_id"]),
    ]
}
