//! Secrets from environment variables and files.

use async_trait::async_trait;
use pm_provider::{Error, Result, Secret, SecretReference, SecretResolver};

use crate::environment::Environment;

/// Fetches secrets from environment variables (`env:NAME`), files (`file:/path`) and, with the feature `keyring`, the
/// keyring of the system (`keyring:SERVICE/NAME`), anew each time. Programs (`cmd:…`) are not run.
///
/// References to a vault (`app:NAME`) need a resolver of the application's own, which may well ask this one for the rest:
///
/// ```
/// use pm_core::{EnvironmentSecrets, Result, Secret, SecretReference, SecretResolver};
///
/// #[derive(Debug)]
/// struct Vault(EnvironmentSecrets);
///
/// #[async_trait::async_trait]
/// impl SecretResolver for Vault {
///     async fn resolve(&self, reference: &SecretReference) -> Result<Secret> {
///         match reference {
///             SecretReference::Application(name) => Ok(Secret::new(format!("the vault's secret for {name}"))),
///             other => self.0.resolve(other).await,
///         }
///     }
/// }
/// ```
#[derive(Clone, Debug)]
pub struct EnvironmentSecrets {
    environment: Environment,
}

impl EnvironmentSecrets {
    /// Looks variables up in an environment.
    #[must_use]
    pub fn new(environment: Environment) -> Self {
        Self { environment }
    }

    fn variable(&self, name: &str) -> Result<Secret> {
        self.environment.variable(name)?.map(Secret::new).ok_or_else(|| {
            let message = format!("there is no secret at `env:{name}`: the environment variable is unset or empty");
            Error::configuration(message).hint(format!("set {name}"))
        })
    }
}

impl Default for EnvironmentSecrets {
    /// Looks variables up in the environment of this process.
    fn default() -> Self {
        Self::new(Environment::of_process())
    }
}

#[async_trait]
impl SecretResolver for EnvironmentSecrets {
    async fn resolve(&self, reference: &SecretReference) -> Result<Secret> {
        match reference {
            SecretReference::Environment(name) => self.variable(name),
            SecretReference::File(path) => from_file(path),
            SecretReference::Command(_) => Err(Error::configuration(format!("`{reference}` would run a program"))
                .hint("programs are run for named connections in your own file alone")),
            #[cfg(feature = "keyring")]
            SecretReference::Keyring(entry) => from_keyring(entry.clone()).await,
            #[cfg(not(feature = "keyring"))]
            SecretReference::Keyring(_) => {
                Err(Error::configuration(format!("this program cannot read `{reference}` from a keyring"))
                    .hint("build it with the cargo feature `keyring`, or take another reference"))
            }
            other => Err(Error::configuration(format!("nobody here knows the secret `{other}`"))
                .hint("give a resolver of your own to `PmProviderBuilder::secrets`")),
        }
    }
}

/// Blocks for the moment that a file of a few bytes takes.
fn from_file(path: &str) -> Result<Secret> {
    let text = std::fs::read_to_string(path).map_err(|source| {
        Error::configuration(format!("the secret `file:{path}` cannot be read: {source}")).with_source(source)
    })?;
    let line = text.strip_suffix('\n').unwrap_or(&text);
    let secret = line.strip_suffix('\r').unwrap_or(line);
    if secret.is_empty() {
        return Err(Error::configuration(format!("there is no secret at `file:{path}`: the file is empty")));
    }
    Ok(Secret::new(secret))
}

/// The service of entries that name none.
#[cfg(feature = "keyring")]
const SERVICE: &str = "pm-core";

/// Asks the keyring of the system, which may take the time that a person needs to unlock it.
#[cfg(feature = "keyring")]
async fn from_keyring(entry: String) -> Result<Secret> {
    let asked = tokio::task::spawn_blocking(move || {
        let (service, name) = entry.split_once('/').unwrap_or((SERVICE, &entry));
        let password = keyring::Entry::new(service, name).and_then(|found| found.get_password());
        // The store's own words may quote more than we know.
        password.map(Secret::new).map_err(|error| {
            let what = match error {
                keyring::Error::NoEntry => "there is no such entry",
                keyring::Error::NoDefaultStore => "this system has no keyring that answers",
                keyring::Error::NoStorageAccess(_) => "the keyring lets nobody in",
                _ => "the keyring does not answer with a text",
            };
            Error::configuration(format!("the secret `keyring:{entry}` cannot be had: {what}"))
        })
    });
    asked.await.map_err(|_| Error::configuration("the keyring was not asked to the end"))?
}
