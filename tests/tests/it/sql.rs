//! Looking into a database past the provider.

use sea_orm::{ConnectionTrait as _, DatabaseConnection, DbBackend, Statement, TryGetable};

/// The first column of every row.
pub(crate) async fn column<T: TryGetable>(connection: &DatabaseConnection, sql: &str) -> Vec<T> {
    let statement = Statement::from_string(connection.get_database_backend(), sql);
    let rows = connection.query_all_raw(statement).await.unwrap();
    rows.iter().map(|row| row.try_get_by_index(0).unwrap()).collect()
}

/// The only value of the only row.
pub(crate) async fn value<T: TryGetable>(connection: &DatabaseConnection, sql: &str) -> T {
    let mut values = column(connection, sql).await;
    assert_eq!(values.len(), 1, "{sql}");
    values.remove(0)
}

/// Makes sure that an SQLite file is whole; PostgreSQL sees to that itself.
pub(crate) async fn assert_intact(connection: &DatabaseConnection) {
    if connection.get_database_backend() == DbBackend::Sqlite {
        assert_eq!(column::<String>(connection, "PRAGMA integrity_check").await, ["ok"]);
        assert_eq!(column::<String>(connection, "PRAGMA foreign_key_check").await, Vec::<String>::new());
    }
}

/// The names of the tables, sorted.
pub(crate) async fn tables(connection: &DatabaseConnection) -> Vec<String> {
    let sql = match connection.get_database_backend() {
        DbBackend::Postgres => "SELECT tablename::text FROM pg_tables WHERE schemaname = 'public' ORDER BY 1",
        _ => "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY 1",
    };
    column(connection, sql).await
}
