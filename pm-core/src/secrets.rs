//! Secrets from environment variables and files.

use async_trait::async_trait;
use pm_provider::{Error, Result, Secret, SecretReference, SecretResolver};

use crate::environment::Environment;

/// Fetches secrets from environment variables (`env:NAME`) and files (`file:/path`), anew each time.
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
