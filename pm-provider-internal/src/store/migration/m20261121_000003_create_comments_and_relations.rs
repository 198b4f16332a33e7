//! Comments on tasks and relations between them.

use sea_orm_migration::prelude::*;

use super::columns::{Columns, create_indexes, drop_tables, index, reference, unique_index};

#[derive(DeriveMigrationName)]
pub(super) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let columns = Columns::of(manager);
        manager.create_table(comments(&columns)).await?;
        manager.create_table(relations(&columns)).await?;
        let indexes = [
            index("pm_comments", &["task_id", "created_at", "id"]),
            index("pm_comments", &["author_id"]),
            unique_index("pm_relations", &["from_task_id", "to_task_id", "kind"]),
            index("pm_relations", &["to_task_id"]),
        ];
        create_indexes(manager, indexes).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        drop_tables(manager, &["pm_relations", "pm_comments"]).await
    }
}

fn comments(columns: &Columns) -> TableCreateStatement {
    Table::create()
        .table("pm_comments")
        .col(columns.id())
        .col(columns.some_text("task_id"))
        .col(columns.text("author_id"))
        .col(columns.text("author_name"))
        .col(columns.some_text("visibility"))
        .col(columns.number("version"))
        .col(columns.number("created_at"))
        .col(columns.number("updated_at"))
        .col(columns.some_text("body"))
        .col(columns.text("raw_data"))
        .foreign_key(&mut reference("pm_comments", "task_id", "pm_tasks", ForeignKeyAction::Cascade))
        .foreign_key(&mut reference("pm_comments", "author_id", "pm_users", ForeignKeyAction::NoAction))
        .take()
}

fn relations(columns: &Columns) -> TableCreateStatement {
    Table::create()
        .table("pm_relations")
        .col(columns.id())
        .col(columns.some_text("from_task_id"))
        .col(columns.some_text("to_task_id"))
        .col(columns.some_text("kind"))
        .col(columns.number("created_at"))
        .foreign_key(&mut reference("pm_relations", "from_task_id", "pm_tasks", ForeignKeyAction::Cascade))
        .foreign_key(&mut reference("pm_relations", "to_task_id", "pm_tasks", ForeignKeyAction::Cascade))
        .take()
}
