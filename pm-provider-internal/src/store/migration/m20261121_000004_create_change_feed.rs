//! The change feed, its counter, and the keys of creates.

use sea_orm_migration::prelude::*;

use super::columns::{Columns, create_indexes, drop_tables, index, unique_index};

#[derive(DeriveMigrationName)]
pub(super) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let columns = Columns::of(manager);
        manager.create_table(changes(&columns)).await?;
        manager.create_table(counter(&columns)).await?;
        manager.create_table(idempotency_keys(&columns)).await?;
        let first = Query::insert()
            .into_table("pm_change_counter")
            .columns(["id", "value"])
            .values_panic([1.into(), 0.into()])
            .take();
        manager.execute(first).await?;
        let indexes = [
            unique_index("pm_changes", &["seq"]),
            index("pm_changes", &["project_id", "seq"]),
            index("pm_changes", &["entity", "seq"]),
        ];
        create_indexes(manager, indexes).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        drop_tables(manager, &["pm_idempotency_keys", "pm_change_counter", "pm_changes"]).await
    }
}

fn changes(columns: &Columns) -> TableCreateStatement {
    Table::create()
        .table("pm_changes")
        .col(columns.some_text("entity"))
        .col(columns.some_text("item_id"))
        .col(columns.number("seq"))
        .col(columns.text("project_id"))
        .col(columns.text("task_id"))
        .col(columns.flag("deleted"))
        .col(columns.number("changed_at"))
        .primary_key(Index::create().col("entity").col("item_id"))
        .take()
}

fn counter(columns: &Columns) -> TableCreateStatement {
    Table::create()
        .table("pm_change_counter")
        .col(columns.number("id").primary_key())
        .col(columns.number("value"))
        .take()
}

fn idempotency_keys(columns: &Columns) -> TableCreateStatement {
    Table::create()
        .table("pm_idempotency_keys")
        .col(columns.some_text("entity"))
        .col(columns.some_text("key"))
        .col(columns.some_text("item_id"))
        .primary_key(Index::create().col("entity").col("key"))
        .take()
}
