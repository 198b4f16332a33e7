//! Opening a database by its URL.

use std::path::Path;
use std::time::Duration;

use pm_provider::{Error, Secret};
use sea_orm::DatabaseConnection;

use super::fault::ADDRESS_HINT;
use crate::error::Failure;

#[cfg(feature = "postgres")]
mod postgres;
#[cfg(feature = "sqlite")]
mod sqlite;

/// How to open a database.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct StoreOptions {
    /// The most connections at once; `None` takes 4 on SQLite and 10 on PostgreSQL. A database in memory has one.
    pub max_connections: Option<u32>,
    /// How long SQLite waits for another program's lock.
    pub busy_timeout: Duration,
    /// How long a call waits for a free connection, and a start for the server.
    pub acquire_timeout: Duration,
    /// Whether file and tables may be made where there are none, as they are by default.
    ///
    /// Without it, an SQLite file is not put into WAL mode either, and one that this user cannot write is read all the
    /// same; see [`connect`].
    pub create_missing: bool,
    /// Whether an SQLite file is refused that holds tables of others and none of ours, before it is changed in any way.
    ///
    /// For programs that are told a path by people, who name the wrong file at times; the factory does it. Off by
    /// default, since applications keep our tables beside their own. PostgreSQL is never asked: a server's database is
    /// not named by accident as a file is, and to share the application's own by its URL is common there.
    pub refuse_foreign: bool,
    /// The password for PostgreSQL, where it is not in the URL. Without it `~/.pgpass` is asked, and the variable
    /// `PGPASSWORD` never is; only, where that is set, the driver does not look into `~/.pgpass` either.
    pub password: Option<Secret>,
}

impl Default for StoreOptions {
    fn default() -> Self {
        Self {
            max_connections: None,
            busy_timeout: Duration::from_secs(10),
            acquire_timeout: Duration::from_secs(30),
            create_missing: true,
            refuse_foreign: false,
            password: None,
        }
    }
}

impl StoreOptions {
    /// Sets the most connections at once.
    #[must_use]
    pub fn max_connections(mut self, most: u32) -> Self {
        self.max_connections = Some(most.max(1));
        self
    }

    /// Sets how long SQLite waits for another program's lock.
    #[must_use]
    pub fn busy_timeout(mut self, time: Duration) -> Self {
        self.busy_timeout = time;
        self
    }

    /// Sets how long a call waits for a free connection.
    #[must_use]
    pub fn acquire_timeout(mut self, time: Duration) -> Self {
        self.acquire_timeout = time;
        self
    }

    /// Sets whether file and tables may be made where there are none.
    #[must_use]
    pub fn create_missing(mut self, create: bool) -> Self {
        self.create_missing = create;
        self
    }

    /// Sets whether an SQLite file is refused that holds tables of others and none of ours.
    #[must_use]
    pub fn refuse_foreign(mut self, refuse: bool) -> Self {
        self.refuse_foreign = refuse;
        self
    }

    /// Sets the password for PostgreSQL, where it is not in the URL.
    #[must_use]
    pub fn password(mut self, password: Secret) -> Self {
        self.password = Some(password);
        self
    }
}

/// Returns the URL of an SQLite file, whatever characters its path has.
#[must_use]
pub fn sqlite_url(path: &Path) -> String {
    let path = path.to_string_lossy().replace('%', "%25").replace('?', "%3F").replace('#', "%23");
    format!("sqlite:{path}")
}

/// Connects to `sqlite:PATH`, `sqlite::memory:` or `postgres://USER@HOST/DATABASE`, without touching the schema.
///
/// An SQLite file is made where it is missing (not with `?mode=rw` or `?mode=ro`), and put into WAL mode.
///
/// Not so without [`StoreOptions::create_missing`]: the file is left in the mode that it has. One that nobody may write,
/// or that is in a folder where this user may not write, is then opened as if it never changed, unless a `-wal` or
/// `-journal` file beside it says that somebody is at work or was interrupted. Such a connection is for a short look:
/// it does not notice what somebody with more rights writes meanwhile.
///
/// # Errors
/// `Configuration` for an address that makes no sense or a file that is no database, `Unauthenticated`, `Unavailable`.
/// The URL's password is in none of them.
pub async fn connect(url: &str, options: &StoreOptions) -> pm_provider::Result<DatabaseConnection> {
    let connected = match url.split_once(':').map(|(scheme, _)| scheme) {
        #[cfg(feature = "sqlite")]
        Some("sqlite") => sqlite::connect(url, options).await,
        #[cfg(not(feature = "sqlite"))]
        Some("sqlite") => Err(left_out("SQLite", "sqlite")),
        #[cfg(feature = "postgres")]
        Some("postgres" | "postgresql") => postgres::connect(url, options).await,
        #[cfg(not(feature = "postgres"))]
        Some("postgres" | "postgresql") => Err(left_out("PostgreSQL", "postgres")),
        Some(scheme) if scheme.chars().all(|c| c.is_ascii_alphanumeric()) && scheme.len() > 1 => {
            Err(unknown_scheme(scheme))
        }
        _ => Err(no_scheme()),
    };
    connected.map_err(|failure| Error::from(without_password(failure, url, options)))
}

fn unknown_scheme(scheme: &str) -> Failure {
    let message = format!("there is no database `{scheme}`; allowed are `sqlite` and `postgres`");
    Error::configuration(message).hint(ADDRESS_HINT).into()
}

fn no_scheme() -> Failure {
    Error::configuration("the database URL has no scheme; allowed are `sqlite:` and `postgres:`")
        .hint(ADDRESS_HINT)
        .into()
}

#[cfg(not(all(feature = "sqlite", feature = "postgres")))]
fn left_out(database: &str, feature: &str) -> Failure {
    Error::configuration(format!("this program was built without {database}"))
        .hint(format!("switch on the cargo feature `{feature}`"))
        .into()
}

#[cfg(any(feature = "sqlite", feature = "postgres"))]
fn driver_failure(error: &sqlx::Error) -> Failure {
    use super::fault::{DatabaseFault, sqlx_trouble};

    DatabaseFault::new(sqlx_trouble(error), error.to_string()).into()
}

/// Drivers quote parts of an address in their messages; the password must not be one of them.
fn without_password(failure: Failure, url: &str, options: &StoreOptions) -> Failure {
    let Failure::Database(fault) = failure else { return failure };
    let fault = options.password.iter().fold(fault, |fault, password| fault.without(password.expose()));
    Failure::Database(passwords(url).iter().fold(fault, |fault, password| fault.without(password)))
}

/// Says whether a database asks for a password that its URL does not hold.
pub(crate) fn lacks_password(url: &str) -> bool {
    let Ok(address) = url::Url::parse(url) else { return false };
    let named = address.query_pairs().any(|(name, _)| name == "password");
    matches!(address.scheme(), "postgres" | "postgresql") && address.password().is_none() && !named
}

/// The passwords of an address, as written and as meant.
fn passwords(url: &str) -> Vec<String> {
    let user_info = url.split_once("://").and_then(|(_, rest)| rest.rsplit_once('@')).map_or("", |(user, _)| user);
    let written = user_info.split_once(':').map_or("", |(_, password)| password);
    let meant = url::form_urlencoded::parse(written.replace('+', "%2B").as_bytes())
        .map(|(text, _)| text.into_owned())
        .collect();
    let parameters = url.split_once('?').map_or("", |(_, parameters)| parameters);
    let named = url::form_urlencoded::parse(parameters.as_bytes()).filter(|(name, _)| name == "password");
    named.map(|(_, password)| password.into_owned()).chain([written.to_owned(), meant]).collect()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

    use super::*;

    #[test]
    fn every_spelling_of_a_password_is_known() {
        let found = passwords("postgres://me:s%40cr3t@host/db?sslmode=x&password=an+other");
        assert_eq!(found, ["an other", "s%40cr3t", "s@cr3t"]);
        assert!(passwords("sqlite:some/file").iter().all(String::is_empty));
    }

    #[tokio::test]
    async fn a_wrong_address_is_explained_without_its_password() {
        for (url, part) in [
            ("mysql://me:s3cr3t@host/db", "there is no database `mysql`"),
            ("pm.sqlite3", "the database URL has no scheme"),
            ("C:\\data\\pm.sqlite3", "the database URL has no scheme"),
        ] {
            let error = connect(url, &StoreOptions::default()).await.unwrap_err();
            assert!(error.message().starts_with(part), "{error}");
            assert!(error.hint_text().unwrap().contains("sqlite:path/to/file"), "{error}");
            assert!(!format!("{error} {error:?}").contains("s3cr3t"));
        }
    }

    #[test]
    fn any_path_fits_into_a_url() {
        assert_eq!(sqlite_url(Path::new("/tmp/100% a#b?.db")), "sqlite:/tmp/100%25 a%23b%3F.db");
    }
}
