//! What the provider needs to know to open its database.

use std::fmt;
use std::path::Path;

use crate::store::{self, StoreOptions};

/// Where the data is, and who we are.
///
/// ```
/// use pm_provider_internal::InternalConfig;
/// let config = InternalConfig::new("postgres://me:s3cr3t@localhost/pm").user("ada");
/// assert!(!format!("{config:?}").contains("s3cr3t"));
/// ```
#[derive(Clone)]
#[non_exhaustive]
pub struct InternalConfig {
    /// `sqlite:PATH`, `sqlite::memory:` or `postgres://USER@HOST/DATABASE`.
    pub database_url: String,
    /// The login of the acting user: found, or created at the first start; the author of what is written.
    ///
    /// Without [`StoreOptions::create_missing`] a login that is new is not created: nobody acts then.
    pub user: Option<String>,
    /// How the database is opened.
    pub options: StoreOptions,
}

impl InternalConfig {
    /// Takes a database by its URL.
    #[must_use]
    pub fn new(database_url: impl Into<String>) -> Self {
        Self { database_url: database_url.into(), user: None, options: StoreOptions::default() }
    }

    /// Takes an SQLite file, whatever characters its path has.
    #[must_use]
    pub fn at_path(path: impl AsRef<Path>) -> Self {
        Self::new(store::sqlite_url(path.as_ref()))
    }

    /// Sets the login of the acting user.
    #[must_use]
    pub fn user(mut self, login: impl Into<String>) -> Self {
        self.user = Some(login.into());
        self
    }

    /// Sets how the database is opened.
    #[must_use]
    pub fn options(mut self, options: StoreOptions) -> Self {
        self.options = options;
        self
    }
}

impl fmt::Debug for InternalConfig {
    /// Shows the scheme of the URL alone: user, password and parameters stay out of logs.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let scheme = self.database_url.split_once(':').map_or("", |(scheme, _)| scheme);
        f.debug_struct("InternalConfig")
            .field("database_url", &format_args!("{scheme}:***"))
            .field("user", &self.user)
            .field("options", &self.options)
            .finish()
    }
}
