//! The database's own errors, sorted by what a person can do about them.

use pm_provider::{Error, ErrorKind, Retry};
use sea_orm::{ConnAcquireErr, DbErr};

/// What kind of trouble a database is in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Trouble {
    /// Somebody else holds the lock.
    Busy,
    /// PostgreSQL gave up on one of two transactions that were in each other's way.
    Collision,
    /// A unique index refused a row.
    Duplicate,
    /// A foreign key refused a row.
    Dangling,
    /// The file or the server takes no writes.
    ReadOnly,
    /// The server's user lacks a right.
    Forbidden,
    /// No room left on the disk.
    Full,
    /// The disk fails to read or write.
    BadDisk,
    /// The file is something else.
    NotADatabase,
    /// The file cannot be opened or made.
    CannotOpen,
    /// A table or column is missing.
    MissingSchema,
    /// The server does not accept the credentials.
    Unauthenticated,
    /// The server's own rules keep this user out.
    KeptOut,
    /// The server has no database of that name.
    NoSuchDatabase,
    /// The server does not answer.
    Unreachable,
    /// The server answers, but takes nobody in at the moment.
    TurnedAway,
    /// Server and program found no encryption that both accept.
    NoEncryption,
    /// All connections of the pool are taken.
    NoFreeConnection,
    /// The address of the database makes no sense.
    BadAddress,
    /// A text holds a character that the server cannot store.
    BadText,
    /// A text does not fit into an index.
    TextTooLong,
    /// Anything else.
    Other,
}

/// A database error without the values that it was about.
///
/// The drivers' own errors print the offending row in `Debug`; this one keeps the message alone.
#[derive(Clone, Debug, thiserror::Error)]
#[error("{message}")]
pub(crate) struct DatabaseFault {
    trouble: Trouble,
    message: String,
}

impl DatabaseFault {
    pub(crate) fn new(trouble: Trouble, message: impl Into<String>) -> Self {
        Self { trouble, message: message.into() }
    }

    pub(crate) fn trouble(&self) -> Trouble {
        self.trouble
    }

    /// Takes a secret out of the message.
    pub(crate) fn without(mut self, secret: &str) -> Self {
        if !secret.is_empty() {
            self.message = self.message.replace(secret, "***");
        }
        self
    }
}

impl From<&DbErr> for DatabaseFault {
    fn from(error: &DbErr) -> Self {
        let trouble = match error {
            DbErr::ConnectionAcquire(ConnAcquireErr::Timeout) => Trouble::NoFreeConnection,
            _ => driver_trouble(error),
        };
        Self::new(trouble, error.to_string())
    }
}

#[cfg(not(any(feature = "sqlite", feature = "postgres")))]
fn driver_trouble(_error: &DbErr) -> Trouble {
    Trouble::Other
}

#[cfg(any(feature = "sqlite", feature = "postgres"))]
fn driver_trouble(error: &DbErr) -> Trouble {
    use sea_orm::RuntimeErr;
    match error {
        DbErr::Conn(RuntimeErr::SqlxError(error))
        | DbErr::Exec(RuntimeErr::SqlxError(error))
        | DbErr::Query(RuntimeErr::SqlxError(error)) => sqlx_trouble(error),
        _ => Trouble::Other,
    }
}

/// Sorts an error of the driver.
pub(crate) fn sqlx_trouble(error: &sqlx::Error) -> Trouble {
    match error {
        sqlx::Error::Database(error) => code_trouble(&error.code().unwrap_or_default(), error.message()),
        sqlx::Error::PoolTimedOut => Trouble::NoFreeConnection,
        sqlx::Error::Io(_) => Trouble::Unreachable,
        sqlx::Error::Tls(_) => Trouble::NoEncryption,
        sqlx::Error::Configuration(_) => Trouble::BadAddress,
        _ => Trouble::Other,
    }
}

/// SQLite's codes are decimal numbers, PostgreSQL's have five characters: the two never meet.
///
/// Sources: <https://www.sqlite.org/rescode.html>, <https://www.postgresql.org/docs/current/errcodes-appendix.html>.
fn code_trouble(code: &str, message: &str) -> Trouble {
    match code {
        code if code.len() != 5 => code.parse().map_or(Trouble::Other, |code| sqlite_trouble(code, message)),
        "40001" | "40P01" => Trouble::Collision,
        "55P03" => Trouble::Busy,
        "23505" => Trouble::Duplicate,
        "23503" => Trouble::Dangling,
        "25006" => Trouble::ReadOnly,
        "42501" => Trouble::Forbidden,
        "53100" => Trouble::Full,
        "58030" => Trouble::BadDisk,
        "42P01" | "42703" | "3F000" => Trouble::MissingSchema,
        "28P01" => Trouble::Unauthenticated,
        "28000" => Trouble::KeptOut,
        "3D000" => Trouble::NoSuchDatabase,
        "22021" | "22P05" => Trouble::BadText,
        "54000" => Trouble::TextTooLong,
        "53300" | "57P03" => Trouble::TurnedAway,
        "57P01" | "57P02" | "08006" | "08001" | "08003" => Trouble::Unreachable,
        _ => Trouble::Other,
    }
}

/// The low byte is the kind, the rest says more; two constraints are told apart by the whole.
fn sqlite_trouble(code: u32, message: &str) -> Trouble {
    match (code, code & 0xff) {
        (1555 | 2067, _) => Trouble::Duplicate,
        (787, _) => Trouble::Dangling,
        // Missing tables and columns have no code of their own.
        (1, _) if message.contains("no such table") || message.contains("no such column") => Trouble::MissingSchema,
        (_, 5 | 6) => Trouble::Busy,
        (_, 8) => Trouble::ReadOnly,
        // The file beside the database that its readers and writers share could not grow.
        (4874, _) | (_, 13) => Trouble::Full,
        (_, 10) => Trouble::BadDisk,
        (_, 14) => Trouble::CannotOpen,
        (_, 11 | 26) => Trouble::NotADatabase,
        _ => Trouble::Other,
    }
}

impl From<DatabaseFault> for Error {
    fn from(fault: DatabaseFault) -> Self {
        let (kind, message, hint) = fault.trouble.words();
        let error = Error::new(kind, message).with_retry(fault.trouble.retry());
        let error = if hint.is_empty() { error } else { error.hint(hint) };
        error.with_source(fault)
    }
}

impl Trouble {
    fn retry(self) -> Retry {
        match self {
            Self::Busy | Self::Collision | Self::NoFreeConnection | Self::Unreachable | Self::TurnedAway => Retry::Now,
            _ => Retry::Never,
        }
    }

    fn words(self) -> (ErrorKind, &'static str, &'static str) {
        match self {
            Self::Busy => (
                ErrorKind::Unavailable,
                "the database is busy: another program has held its lock for too long",
                "look for a program that keeps a transaction open on it",
            ),
            Self::Collision => (ErrorKind::Unavailable, "the write kept colliding with others", "try again"),
            Self::Duplicate => (ErrorKind::Conflict, "there is such an item already", ""),
            Self::Dangling => {
                (ErrorKind::Conflict, "an item that this one belongs to, or that belongs to it, is in the way", "")
            }
            Self::ReadOnly => (
                ErrorKind::PermissionDenied,
                "the database takes no writes",
                "check the rights of this user on the database, its file and the file's folder",
            ),
            Self::Full => (ErrorKind::Internal, "the disk of the database is full", "make room, then try again"),
            Self::BadDisk => (
                ErrorKind::Internal,
                "the disk of the database cannot be read or written",
                "look into the system's log, and whether the disk has room",
            ),
            Self::NotADatabase => (
                ErrorKind::Configuration,
                "the file is not an SQLite database, or it is damaged",
                "check the path; a backup is put back with the program stopped and without the `-wal` file",
            ),
            Self::CannotOpen => (
                ErrorKind::Configuration,
                "the database file cannot be opened",
                "check that its folder exists and that this user may write there",
            ),
            Self::MissingSchema => (
                ErrorKind::Configuration,
                "the database lacks tables that this program needs",
                "on a connection of your own, call `store::migrate(&connection)` first",
            ),
            Self::Forbidden => (
                ErrorKind::PermissionDenied,
                "the database does not permit this to its user",
                "check the rights of this user on the database, its schema and its tables",
            ),
            Self::BadText => (ErrorKind::InvalidInput, "a text holds a character that the database cannot store", ""),
            Self::TextTooLong => (ErrorKind::InvalidInput, "a text is too long for the database", "shorten it"),
            _ => self.connection_words(),
        }
    }

    /// Words for what happens on the way to the database.
    fn connection_words(self) -> (ErrorKind, &'static str, &'static str) {
        match self {
            Self::Unauthenticated => (
                ErrorKind::Unauthenticated,
                "the database server does not accept the user name or the password",
                "check both; a password that is not in the database URL comes from `PGPASSWORD` or `~/.pgpass`",
            ),
            Self::NoSuchDatabase => {
                (ErrorKind::Configuration, "the server has no database of that name", "make it first: `createdb NAME`")
            }
            Self::Unreachable => (
                ErrorKind::Unavailable,
                "the database server cannot be reached",
                "check host and port in the database URL, and that the server runs",
            ),
            Self::NoFreeConnection => (
                ErrorKind::Timeout,
                "no database connection became free in time",
                "allow more connections, or make fewer calls at once",
            ),
            Self::KeptOut => (
                ErrorKind::Unauthenticated,
                "the database server does not let this user in",
                "check the user name in the database URL, and what `pg_hba.conf` on the server permits",
            ),
            Self::TurnedAway => (
                ErrorKind::Unavailable,
                "the database server takes no connection at the moment",
                "it is starting, stopping or full: try again, or allow more connections on the server",
            ),
            Self::NoEncryption => (
                ErrorKind::Configuration,
                "the database server and this program cannot agree on encryption",
                "check `sslmode` and `sslrootcert` in the database URL, and the server's certificate",
            ),
            Self::BadAddress => (ErrorKind::Configuration, "the database URL cannot be understood", ADDRESS_HINT),
            _ => (ErrorKind::Internal, "the database refused a statement", ""),
        }
    }
}

/// What addresses look like.
pub(crate) const ADDRESS_HINT: &str = "write `sqlite:path/to/file.sqlite3` or `postgres://user@host/database`";

#[cfg(test)]
mod tests {
    use super::*;

    fn words(code: &str) -> (ErrorKind, &'static str, &'static str) {
        code_trouble(code, "").words()
    }

    #[test]
    fn what_the_server_says_is_told_apart() {
        for code in ["53300", "57P03"] {
            assert!(words(code).0 == ErrorKind::Unavailable && !words(code).2.contains("host"), "{code}");
        }
        let tls = sqlx_trouble(&sqlx::Error::Tls("no".into())).words();
        assert!(tls.0 == ErrorKind::Configuration && tls.2.contains("`sslmode`"));
        assert_eq!((words("42501").0, words("25006").0), (ErrorKind::PermissionDenied, ErrorKind::PermissionDenied));
        assert!(!words("42501").1.contains("writes") && words("25006").1.contains("writes"));
        assert_eq!((words("28000").0, words("28P01").0), (ErrorKind::Unauthenticated, ErrorKind::Unauthenticated));
        assert!(!words("28000").1.contains("password") && words("28P01").1.contains("password"));
        assert_eq!(words("22P05"), words("22021"));
        assert_eq!(
            (words("54000").0, words("54000").1),
            (ErrorKind::InvalidInput, "a text is too long for the database")
        );
        assert_eq!(words("XX000").0, ErrorKind::Internal);
        assert!(words("13").1.contains("is full") && words("4874") == words("13"));
        assert!(words("266").1.contains("cannot be read or written") && words("58030") == words("266"));
    }
}
