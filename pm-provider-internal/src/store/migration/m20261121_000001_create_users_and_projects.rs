//! Users and projects.

use sea_orm_migration::prelude::*;

use super::columns::{
    Columns, create_indexes, create_unique_ignoring_case, drop_tables, index, reference, unique_index,
};

#[derive(DeriveMigrationName)]
pub(super) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let columns = Columns::of(manager);
        manager.create_table(users(&columns)).await?;
        manager.create_table(projects(&columns)).await?;
        create_unique_ignoring_case(manager, "pm_projects", "key").await?;
        let indexes = [
            unique_index("pm_users", &["login_folded"]),
            index("pm_users", &["email_folded"]),
            index("pm_users", &["created_at", "id"]),
            index("pm_users", &["updated_at", "id"]),
            index("pm_projects", &["created_at", "id"]),
            index("pm_projects", &["updated_at", "id"]),
            index("pm_projects", &["owner_id"]),
        ];
        create_indexes(manager, indexes).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        drop_tables(manager, &["pm_projects", "pm_users"]).await
    }
}

fn users(columns: &Columns) -> TableCreateStatement {
    Table::create()
        .table("pm_users")
        .col(columns.id())
        .col(columns.some_text("name"))
        .col(columns.text("login"))
        .col(columns.text("login_folded"))
        .col(columns.text("email"))
        .col(columns.text("email_folded"))
        .col(columns.text("avatar_url"))
        .col(columns.flag("active"))
        .col(columns.text("raw_data"))
        .col(columns.number("version"))
        .col(columns.number("created_at"))
        .col(columns.number("updated_at"))
        .col(columns.some_text("search_text"))
        .take()
}

fn projects(columns: &Columns) -> TableCreateStatement {
    Table::create()
        .table("pm_projects")
        .col(columns.id())
        .col(columns.some_text("key"))
        .col(columns.some_text("name"))
        .col(columns.some_text("status_category"))
        .col(columns.some_text("status_name"))
        .col(columns.text("priority_level"))
        .col(columns.text("priority_name"))
        .col(columns.date("start_date"))
        .col(columns.date("end_date"))
        .col(columns.text("owner_id"))
        .col(columns.some_text("visibility"))
        .col(columns.text("url"))
        .col(columns.number("version"))
        .col(columns.number("created_at"))
        .col(columns.number("updated_at"))
        .col(columns.number("next_task_number"))
        .col(columns.number("next_sprint_number"))
        .col(columns.text("description"))
        .col(columns.text("raw_data"))
        .col(columns.some_text("search_text"))
        .foreign_key(&mut reference("pm_projects", "owner_id", "pm_users", ForeignKeyAction::NoAction))
        .take()
}
