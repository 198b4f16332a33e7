//! Builds the provider from settings.

use std::path::Path;
use std::sync::Arc;

use async_trait::async_trait;
use pm_provider::{
    BuildContext, Capabilities, ConnectionColumn, Error, PmProvider, ProviderFactory, Result, SettingSpec,
};

use crate::capabilities::capabilities;
use crate::{InternalConfig, InternalProvider, NAME, store};

const DATABASE_URL: SettingSpec = SettingSpec::new(
    "database_url",
    "PM_DATABASE_URL",
    "the database: `sqlite:path/to/file.sqlite3` or `postgres://user@host/database`",
)
.url()
.columns(&[ConnectionColumn::BaseUrl]);
const DATA_DIR: SettingSpec =
    SettingSpec::new("data_dir", "PM_DATA_DIR", "the folder of the SQLite file, where no database is named");
const DATABASE_PASSWORD: SettingSpec =
    SettingSpec::new("database_password", "PGPASSWORD", "the password for PostgreSQL, where it is not in the URL")
        .secret()
        .columns(&[ConnectionColumn::ApiToken, ConnectionColumn::ApiKey]);
const USER: SettingSpec = SettingSpec::new("user", "PM_USER", "the login of the acting user, created if it is new")
    .columns(&[ConnectionColumn::Username]);
const SETTINGS: [SettingSpec; 4] = [DATABASE_URL, DATA_DIR, DATABASE_PASSWORD, USER];
/// The SQLite file in the data folder.
const FILE: &str = "pm.sqlite3";

/// Builds [`InternalProvider`]s; the provider's name is `internal`.
#[derive(Clone, Copy, Debug, Default)]
pub struct InternalFactory;

#[async_trait]
impl ProviderFactory for InternalFactory {
    fn name(&self) -> &str {
        NAME
    }

    fn summary(&self) -> &str {
        "the embedded backend: SQLite, or PostgreSQL"
    }

    fn settings(&self) -> &[SettingSpec] {
        &SETTINGS
    }

    fn capabilities(&self) -> Capabilities {
        capabilities()
    }

    /// Opens the database and brings its tables up to date; a data folder that is not there is made, unless the context
    /// says that nothing is to be made. An SQLite file with tables of others alone is refused: see
    /// [`StoreOptions::refuse_foreign`](store::StoreOptions::refuse_foreign).
    async fn build(&self, context: BuildContext) -> Result<Arc<dyn PmProvider>> {
        let config = InternalConfig::from_context(&context).await?;
        Ok(Arc::new(InternalProvider::open_with_clock(&config, context.clock).await?))
    }
}

impl InternalConfig {
    /// Reads the settings of a context; makes the data folder where it is missing, if the context allows it.
    ///
    /// # Errors
    /// `Configuration` when no database is named, or the folder cannot be made.
    pub async fn from_context(context: &BuildContext) -> Result<Self> {
        let mut config = match (context.url(DATABASE_URL.key).await?, context.text(DATA_DIR.key)) {
            (Some(url), _) => Self::new(url.expose()),
            (None, Some(folder)) => in_folder(Path::new(folder), context.create_missing)?,
            (None, None) => return Err(nowhere()),
        };
        config.options = config.options.create_missing(context.create_missing).refuse_foreign(true);
        // One that nobody asks for is not fetched: it may well be another program's.
        if store::lacks_password(&config.database_url) {
            config.options.password = context.secret(DATABASE_PASSWORD.key).await?;
        }
        Ok(match context.text(USER.key) {
            Some(login) => config.user(login),
            None => config,
        })
    }
}

fn in_folder(folder: &Path, create: bool) -> Result<InternalConfig> {
    if create {
        std::fs::create_dir_all(folder).map_err(|error| no_folder(folder, &error))?;
    }
    Ok(InternalConfig::at_path(folder.join(FILE)))
}

fn no_folder(folder: &Path, error: &std::io::Error) -> Error {
    Error::configuration(format!("the data folder `{}` cannot be made: {error}", folder.display()))
        .in_provider(NAME)
        .hint(format!("set {} to a folder where this user may write", DATA_DIR.env))
}

fn nowhere() -> Error {
    Error::configuration("no database is named")
        .in_provider(NAME)
        .hint(format!("set {} or {}", DATABASE_URL.env, DATA_DIR.env))
}
