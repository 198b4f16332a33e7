//! The application's own table: its entity, its migrator, a way to fill it.

use sea_orm::{ActiveModelTrait, ActiveValue::Set, ColumnTrait, DatabaseConnection, DbErr, EntityTrait, QueryFilter};

/// A customer.
pub(crate) mod customer {
    #![allow(unreachable_pub, reason = "what sea-orm derives is public")]

    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "customers")]
    pub struct Model {
        #[sea_orm(primary_key)]
        pub id: i32,
        #[sea_orm(unique)]
        pub name: String,
        pub project_id: Option<String>,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

/// The application's own migrations.
pub(crate) mod migration {
    // `async_trait` makes the elided lifetime of sea-orm's trait a named one; only the same spelling matches it.
    #![allow(elided_lifetimes_in_paths)]

    use sea_orm_migration::prelude::*;
    use sea_orm_migration::schema::{pk_auto, string_null, string_uniq};

    pub(crate) struct Migrator;

    impl MigratorTrait for Migrator {
        fn migrations() -> Vec<Box<dyn MigrationTrait>> {
            vec![Box::new(CreateCustomers)]
        }
    }

    struct CreateCustomers;

    impl MigrationName for CreateCustomers {
        fn name(&self) -> &str {
            "m20200101_000001_create_customers"
        }
    }

    #[async_trait::async_trait]
    impl MigrationTrait for CreateCustomers {
        async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
            let table = Table::create()
                .table("customers")
                .col(pk_auto("id"))
                .col(string_uniq("name"))
                .col(string_null("project_id"))
                .to_owned();
            manager.create_table(table).await
        }

        async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
            manager.drop_table(Table::drop().table("customers").to_owned()).await
        }
    }
}

pub(crate) async fn find_or_add(database: &DatabaseConnection, name: &str) -> Result<customer::Model, DbErr> {
    let found = customer::Entity::find().filter(customer::Column::Name.eq(name)).one(database).await?;
    match found {
        Some(customer) => Ok(customer),
        None => customer::ActiveModel { name: Set(name.to_owned()), ..Default::default() }.insert(database).await,
    }
}
