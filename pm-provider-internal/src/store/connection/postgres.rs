//! PostgreSQL.

use std::str::FromStr;
use std::time::Duration;

use sea_orm::{DatabaseConnection, SqlxPostgresConnector};
use sqlx::postgres::{PgConnectOptions, PgConnection, PgPoolOptions};
use sqlx::{ConnectOptions, Connection};

use super::{StoreOptions, driver_failure};
use crate::error::Result;
use crate::store::fault::{DatabaseFault, Trouble};

const DEFAULT_CONNECTIONS: u32 = 10;
/// Servers and firewalls drop lines that lay idle; only those are tried before use, for a try costs a round trip.
const TRUSTED_WHILE_IDLE: Duration = Duration::from_secs(30);

pub(super) async fn connect(url: &str, options: &StoreOptions) -> Result<DatabaseConnection> {
    let address = PgConnectOptions::from_str(url).map_err(|error| driver_failure(&error))?.disable_statement_logging();
    try_once(&address, options.acquire_timeout).await?;
    let pool = PgPoolOptions::new()
        .max_connections(options.max_connections.unwrap_or(DEFAULT_CONNECTIONS))
        .acquire_timeout(options.acquire_timeout)
        .test_before_acquire(false)
        .before_acquire(|connection, line| {
            Box::pin(async move { Ok(line.idle_for < TRUSTED_WHILE_IDLE || connection.ping().await.is_ok()) })
        });
    Ok(SqlxPostgresConnector::from_sqlx_postgres_pool(pool.connect_lazy_with(address)))
}

/// A pool would go on trying until its time is up, and then not say why: one plain connection tells at once.
async fn try_once(address: &PgConnectOptions, patience: Duration) -> Result<()> {
    let Ok(tried) = tokio::time::timeout(patience, PgConnection::connect_with(address)).await else {
        return Err(DatabaseFault::new(Trouble::Unreachable, "no answer in time").into());
    };
    let connection = tried.map_err(|error| driver_failure(&error))?;
    connection.close().await.map_err(|error| driver_failure(&error))
}
