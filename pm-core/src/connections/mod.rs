//! Named connections: several systems in one program, each by a name.
//!
//! A file of the user's own says what they are, `connections.toml` in the folder `pm-core` of the user's settings
//! (`~/.config/pm-core` on Linux), or wherever `PM_CONNECTIONS` says:
//!
//! ```toml
//! # Variables that references to secrets may name, beside those of the provider itself and `PM_SECRET_…`.
//! allow_env = ["WORK_TOKEN"]
//!
//! [connections.work-jira]
//! provider = "jira"
//! base_url = "https://work.atlassian.net"
//! username = "ada@work.example"
//! api_token = "env:WORK_TOKEN"
//!
//! [connections.club]
//! provider = "openproject"
//! base_url = "https://projects.club.example"
//! api_key = "cmd:pass show club/openproject"
//! ```
//!
//! The keys are those of the provider's settings. The rows of `pm_provider_connections` in the internal database are
//! connections as well.
//!
//! [`build_named`] builds a provider from one of them, [`Connections`] has them all. With `PM_CONNECTION` in the
//! environment, [`build_pm_provider`](crate::build_pm_provider) takes that one.
//!
//! # Secrets
//!
//! They stand nowhere but where references point to, and are fetched again once when a server refuses them:
//!
//! | Reference | What it is | Where it may stand |
//! |---|---|---|
//! | `env:NAME` | a variable: one of the provider's own, `PM_SECRET_…`, or one that `allow_env` lists | everywhere |
//! | `file:PATH` | a file's contents, without the line break at its end; seen from the folder of the file of connections | everywhere; absolute in the database |
//! | `keyring:SERVICE/NAME` | an entry of the system's keyring (feature `keyring`) | everywhere |
//! | `app:NAME` | what the application's own [`SecretResolver`](crate::SecretResolver) makes of it | everywhere |
//! | `cmd:PROGRAM …` | the first line that a program prints; no shell is between | the user's own file |
//!
//! # Trust
//!
//! A connection never gets anything of the environment's settings: what it does not say is unset. A database may be
//! shared, or come with a folder that somebody else made, and a row in it could send the user's secrets to an address of
//! somebody else's. So a row counts once the user agreed to it as it is: `spm connection trust NAME`,
//! [`Connections::trust`], or an equal `[trusted.NAME]` in the file of connections. An application that is alone with its
//! database says [`Connections::own_database`].

#[cfg(feature = "internal")]
mod columns;
mod connection;
#[cfg(feature = "internal")]
mod database;
mod file;
mod merge;
mod secrets;
#[cfg(feature = "internal")]
mod table;

use std::sync::Arc;

use pm_provider::{PmProvider, Result};

pub use connection::{Connection, ConnectionSource};
pub use merge::Connections;
pub use secrets::SECRET_PREFIX;

pub(crate) use secrets::ConnectionSecrets;

use crate::builder::PmProviderBuilder;

/// Builds a provider from a connection of this process by its name, `work-jira` say.
///
/// ```no_run
/// # async fn example() -> pm_core::Result<()> {
/// let work = pm_core::build_named("work-jira").await?;
/// let home = pm_core::build_named("home").await?;
/// # Ok(())
/// # }
/// ```
///
/// # Errors
/// `Configuration` for a name that there is no connection of, and for a connection that cannot be used; what the backend
/// says when it is opened.
pub async fn build_named(name: &str) -> Result<Arc<dyn PmProvider>> {
    let connection = Connections::of_process()?.get(name).await?;
    PmProviderBuilder::from_env().connection(connection).build().await
}
