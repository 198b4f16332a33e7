//! PostgreSQL.

use std::str::FromStr;
use std::time::Duration;

use pm_provider::Error;
use sea_orm::{DatabaseConnection, SqlxPostgresConnector};
use sqlx::postgres::{PgConnectOptions, PgConnection, PgPoolOptions};
use sqlx::{ConnectOptions, Connection};

use super::{StoreOptions, driver_failure, lacks_password};
use crate::error::Result;
use crate::store::fault::{DatabaseFault, Trouble};

const DEFAULT_CONNECTIONS: u32 = 10;
/// Servers and firewalls drop lines that lay idle; only those are tried before use, for a try costs a round trip.
const TRUSTED_WHILE_IDLE: Duration = Duration::from_secs(30);

/// The parameters that the driver knows; of any other it logs name and value, and goes on without it.
const PARAMETERS: [&str; 18] = [
    "sslmode",
    "ssl-mode",
    "sslrootcert",
    "ssl-root-cert",
    "ssl-ca",
    "sslcert",
    "ssl-cert",
    "sslkey",
    "ssl-key",
    "statement-cache-capacity",
    "host",
    "hostaddr",
    "port",
    "dbname",
    "user",
    "password",
    "application_name",
    "options",
];

pub(super) async fn connect(url: &str, options: &StoreOptions) -> Result<DatabaseConnection> {
    check_parameters(url)?;
    let address = address(url, options)?.disable_statement_logging();
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

/// A password out of the environment belongs to one server, and not to any that a URL may name: whoever wants the
/// driver's habit of sending it hands it over.
fn address(url: &str, options: &StoreOptions) -> Result<PgConnectOptions> {
    let address = PgConnectOptions::from_str(url).map_err(|error| driver_failure(&error))?;
    Ok(match &options.password {
        _ if !lacks_password(url) => address,
        Some(password) => address.password(password.expose()),
        None if driver_found_password() => address.password(""),
        None => address,
    })
}

/// The driver looks at `PGPASSWORD` unasked, and cannot be made to forget it. Shown with an address that always makes a URL.
fn driver_found_password() -> bool {
    let found = PgConnectOptions::new_without_pgpass().host("localhost").username("nobody").database("none");
    found.to_url_lossy().password().is_some()
}

/// A mistyped `sslmode` would leave the line without encryption, and a mistyped `password` end up in the logs.
fn check_parameters(url: &str) -> Result<()> {
    // What is no address at all is the driver's to refuse.
    let Ok(address) = url::Url::parse(url) else { return Ok(()) };
    let unknown = address.query_pairs().map(|(name, _)| name).find(|name| !is_known(name));
    unknown.map_or(Ok(()), |name| Err(unknown_parameter(&name).into()))
}

fn is_known(name: &str) -> bool {
    PARAMETERS.contains(&name) || (name.starts_with("options[") && name.ends_with(']'))
}

fn unknown_parameter(name: &str) -> Error {
    // A password with a question mark in it, not written as `%3F`, gets here too.
    let is_word = name.chars().all(|c| c.is_ascii_alphanumeric() || "_-[].".contains(c));
    let what = if is_word { format!("the parameter `{name}`") } else { "a parameter".to_owned() };
    let message = format!("the database URL has {what}, which does not exist; allowed are {}", allowed());
    Error::configuration(message).hint("check its spelling; in user name and password write `?` as `%3F`")
}

fn allowed() -> String {
    let names = PARAMETERS.map(|name| format!("`{name}`"));
    format!("{} and `options[NAME]`", names.join(", "))
}

/// A pool would go on trying until its time is up, and then not say why: one plain connection tells at once.
async fn try_once(address: &PgConnectOptions, patience: Duration) -> Result<()> {
    let Ok(tried) = tokio::time::timeout(patience, PgConnection::connect_with(address)).await else {
        return Err(DatabaseFault::new(Trouble::Unreachable, "no answer in time").into());
    };
    let connection = tried.map_err(|error| driver_failure(&error))?;
    connection.close().await.map_err(|error| driver_failure(&error))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

    use super::*;

    #[test]
    fn a_parameter_that_the_driver_would_leave_out_is_refused_without_its_value() {
        for (url, part) in [
            ("postgres://me@host/db?pwd=s3cr3t", "the parameter `pwd`"),
            ("postgres://me@host/db?sslmode=require&ssl_mode=s3cr3t", "the parameter `ssl_mode`"),
            ("postgres://me@host/db?options[search_path=s3cr3t", "the parameter `options[search_path`"),
            ("postgres://me:12?s3cr3t@host/db", "has a parameter, which"),
        ] {
            let error = Error::from(check_parameters(url).unwrap_err());
            assert_eq!(error.kind(), pm_provider::ErrorKind::Configuration);
            assert!(error.message().contains(part), "{error}");
            assert!(!format!("{error} {error:?}").contains("s3cr3t"), "{error:?}");
        }
    }

    #[test]
    fn the_drivers_own_parameters_pass() {
        for name in PARAMETERS {
            check_parameters(&format!("postgres://me@host/db?{name}=x")).unwrap();
        }
        check_parameters("postgres:///db?host=/tmp&options[search_path]=a").unwrap();
        check_parameters("postgres://me:pa/ss@host/db").unwrap();
    }
}
