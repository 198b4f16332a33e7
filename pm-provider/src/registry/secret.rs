//! Secrets, and references to where they are.

use std::fmt;
use std::str::FromStr;

use async_trait::async_trait;
use secrecy::{ExposeSecret, SecretString};

use crate::error::{Error, Result};

/// A secret: wiped from memory when dropped, never shown by `Debug`, not serialisable.
#[derive(Clone)]
pub struct Secret(SecretString);

impl Secret {
    /// Takes a secret.
    #[must_use]
    pub fn new(text: impl Into<String>) -> Self {
        Self(SecretString::from(text.into()))
    }

    /// Shows the secret: for the request that needs it, and for nothing else.
    #[must_use]
    pub fn expose(&self) -> &str {
        self.0.expose_secret()
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(***)")
    }
}

/// Where a secret is: the only form in which secrets are stored.
///
/// ```
/// use pm_provider::SecretReference;
/// let reference: SecretReference = "env:JIRA_TOKEN".parse()?;
/// assert_eq!(reference.to_string(), "env:JIRA_TOKEN");
/// // A raw token is refused, and not repeated in the message.
/// let error = "ghp_x7Rk2".parse::<SecretReference>().unwrap_err();
/// assert!(!error.to_string().contains("x7Rk2"));
/// # Ok::<(), pm_provider::Error>(())
/// ```
#[derive(Clone, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum SecretReference {
    /// `env:NAME`: an environment variable.
    Environment(String),
    /// `file:/path`: the contents of a file, without the line break at its end.
    File(String),
    /// `app:NAME`: whatever the application's own resolver makes of the name, a vault say.
    Application(String),
    /// `cmd:PROGRAM ARGUMENTS`: what a program prints. Run for connections in the user's own file alone.
    Command(String),
    /// `keyring:SERVICE/NAME`: an entry of the keyring of the system.
    Keyring(String),
}

impl FromStr for SecretReference {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        match text.split_once(':') {
            Some(("env", name)) if is_variable(name) => Ok(Self::Environment(name.to_owned())),
            Some(("file", path)) if is_path(path) => Ok(Self::File(path.to_owned())),
            Some(("app", name)) if is_path(name) => Ok(Self::Application(name.to_owned())),
            Some(("cmd", line)) if is_path(line) => Ok(Self::Command(line.to_owned())),
            Some(("keyring", entry)) if is_path(entry) => Ok(Self::Keyring(entry.to_owned())),
            _ => Err(Error::configuration(
                "this is no reference to a secret; allowed are `env:NAME`, `file:/path` and `app:NAME`",
            )
            .hint("put the secret itself into an environment variable or a file, and write down only where it is")),
        }
    }
}

fn is_variable(name: &str) -> bool {
    let mut characters = name.chars();
    let first = characters.next().is_some_and(|c| c.is_ascii_alphabetic() || c == '_');
    first && characters.all(|c| c.is_ascii_alphanumeric() || c == '_')
}

fn is_path(path: &str) -> bool {
    !path.trim().is_empty() && !path.contains(['\0', '\n', '\r'])
}

/// As people read it; of a command the program alone, for its arguments may say too much.
impl fmt::Display for SecretReference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Environment(name) => write!(f, "env:{name}"),
            Self::File(path) => write!(f, "file:{path}"),
            Self::Application(name) => write!(f, "app:{name}"),
            Self::Keyring(entry) => write!(f, "keyring:{entry}"),
            Self::Command(line) => {
                let mut words = line.split_whitespace();
                write!(f, "cmd:{}", words.next().unwrap_or_default())?;
                if words.next().is_some() { f.write_str(" …") } else { Ok(()) }
            }
        }
    }
}

impl fmt::Debug for SecretReference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SecretReference({self})")
    }
}

/// Fetches secrets. Asked again after a 401, so that rotated tokens live on.
#[async_trait]
pub trait SecretResolver: fmt::Debug + Send + Sync + 'static {
    /// Fetches the secret that a reference points to.
    ///
    /// # Errors
    /// `Configuration` when there is nothing there; the message names the reference, never a secret.
    async fn resolve(&self, reference: &SecretReference) -> Result<Secret>;
}
