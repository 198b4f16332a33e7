//! Column kinds, so that every table says the same thing the same way on both databases.

use sea_orm_migration::prelude::*;
use sea_orm_migration::sea_orm::DbBackend;

/// Makes columns for one database.
pub(super) struct Columns(DbBackend);

impl Columns {
    pub(super) fn of(manager: &SchemaManager<'_>) -> Self {
        Self(manager.get_database_backend())
    }

    /// Text that may be missing.
    ///
    /// PostgreSQL would sort and lower it by the server's language; bytes, as on SQLite, are the same everywhere.
    pub(super) fn text<N: IntoIden>(&self, name: N) -> ColumnDef {
        let mut column = ColumnDef::new(name).text().take();
        if self.0 == DbBackend::Postgres {
            column.extra("COLLATE \"C\"");
        }
        column
    }

    /// Text that is always there.
    pub(super) fn some_text<N: IntoIden>(&self, name: N) -> ColumnDef {
        self.text(name).not_null().take()
    }

    /// A UUID of version 7 as text, the table's key.
    pub(super) fn id(&self) -> ColumnDef {
        self.text("id").not_null().primary_key().take()
    }

    /// A whole number that is always there: counters, versions, microseconds.
    pub(super) fn number<N: IntoIden>(&self, name: N) -> ColumnDef {
        ColumnDef::new(name).big_integer().not_null().take()
    }

    /// A whole number that may be missing: seconds, microseconds.
    pub(super) fn optional_number<N: IntoIden>(&self, name: N) -> ColumnDef {
        ColumnDef::new(name).big_integer().take()
    }

    /// A day.
    pub(super) fn date<N: IntoIden>(&self, name: N) -> ColumnDef {
        ColumnDef::new(name).date().take()
    }

    /// Yes or no.
    pub(super) fn flag<N: IntoIden>(&self, name: N) -> ColumnDef {
        ColumnDef::new(name).boolean().not_null().take()
    }

    /// A moment with its time zone, as the two sync tables have it.
    pub(super) fn moment<N: IntoIden>(&self, name: N) -> ColumnDef {
        ColumnDef::new(name).timestamp_with_time_zone().take()
    }

    /// JSON that the database may look into.
    pub(super) fn json<N: IntoIden>(&self, name: N) -> ColumnDef {
        ColumnDef::new(name).json_binary().take()
    }
}

/// A column that points to another table's `id`.
pub(super) fn reference(
    table: &'static str,
    column: &'static str,
    target: &'static str,
    on_delete: ForeignKeyAction,
) -> ForeignKeyCreateStatement {
    ForeignKey::create()
        .name(format!("fk_{table}_{column}"))
        .from(table, column)
        .to(target, "id")
        .on_delete(on_delete)
        .take()
}

/// An index named after what it covers.
pub(super) fn index(table: &'static str, columns: &[&'static str]) -> IndexCreateStatement {
    let mut index = Index::create().name(index_name(table, columns)).table(table).take();
    for column in columns {
        index.col(*column);
    }
    index
}

/// An index that holds each combination once.
pub(super) fn unique_index(table: &'static str, columns: &[&'static str]) -> IndexCreateStatement {
    index(table, columns).unique().take()
}

/// Makes an index over a lower-cased text column that holds each once.
///
/// In plain SQL: sea-query has no indexes over expressions for SQLite.
pub(super) async fn create_unique_ignoring_case(
    manager: &SchemaManager<'_>,
    table: &str,
    column: &str,
) -> Result<(), DbErr> {
    let sql = format!(r#"CREATE UNIQUE INDEX "ix_{table}_lower_{column}" ON "{table}" (lower("{column}"))"#);
    manager.get_connection().execute_unprepared(&sql).await.map(|_| ())
}

/// What an index over these columns is called.
pub(super) fn index_name(table: &str, columns: &[&str]) -> String {
    format!("ix_{table}_{}", columns.join("_"))
}

/// Drops tables, last made first.
pub(super) async fn drop_tables(manager: &SchemaManager<'_>, tables: &[&'static str]) -> Result<(), DbErr> {
    for table in tables {
        manager.drop_table(Table::drop().table(*table).take()).await?;
    }
    Ok(())
}

/// Makes indexes.
pub(super) async fn create_indexes(
    manager: &SchemaManager<'_>,
    indexes: impl IntoIterator<Item = IndexCreateStatement>,
) -> Result<(), DbErr> {
    for index in indexes {
        manager.create_index(index).await?;
    }
    Ok(())
}
