//! Connections to other systems, and which project of ours is which of theirs.

use sea_orm_migration::prelude::*;

use super::columns::{Columns, create_indexes, drop_tables, index, reference, unique_index};

const CONNECTIONS: &str = "pm_provider_connections";
const MAPPINGS: &str = "project_sync_mappings";

#[derive(DeriveMigrationName)]
pub(super) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let columns = Columns::of(manager);
        manager.create_table(connections(&columns)).await?;
        manager.create_table(mappings(&columns)).await?;
        let indexes = [
            unique_index(CONNECTIONS, &["name"]),
            unique_index(MAPPINGS, &["provider_connection_id", "external_project_id"]),
            index(MAPPINGS, &["internal_project_id"]),
        ];
        create_indexes(manager, indexes).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        drop_tables(manager, &[MAPPINGS, CONNECTIONS]).await
    }
}

fn connections(columns: &Columns) -> TableCreateStatement {
    Table::create()
        .table(CONNECTIONS)
        .col(columns.id())
        .col(columns.some_text("name"))
        .col(columns.some_text("provider_type"))
        .col(columns.text("base_url"))
        .col(columns.text("api_key"))
        .col(columns.text("api_token"))
        .col(columns.text("username"))
        .col(columns.text("organization_id"))
        .col(columns.text("project_key"))
        .col(columns.text("workspace_id"))
        .col(columns.json("additional_config"))
        .col(columns.moment("created_at").not_null())
        .col(columns.moment("updated_at").not_null())
        .take()
}

fn mappings(columns: &Columns) -> TableCreateStatement {
    Table::create()
        .table(MAPPINGS)
        .col(columns.id())
        .col(columns.some_text("internal_project_id"))
        .col(columns.some_text("provider_connection_id"))
        .col(columns.some_text("external_project_id"))
        .col(columns.flag("sync_enabled"))
        .col(columns.moment("last_sync_at"))
        .col(columns.json("sync_config"))
        .foreign_key(&mut reference(MAPPINGS, "internal_project_id", "pm_projects", ForeignKeyAction::Cascade))
        .foreign_key(&mut reference(MAPPINGS, "provider_connection_id", CONNECTIONS, ForeignKeyAction::NoAction))
        .take()
}
