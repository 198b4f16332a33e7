//! One connection: which provider, and its settings.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::path::{Path, PathBuf};

use pm_provider::{Error, Exposure, ProviderFactory, Result, SecretReference, SettingSpec, Settings};

use super::secrets::{Permitted, may_read};

/// Where a connection is written down.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ConnectionSource {
    /// Nowhere yet: the program made it.
    #[default]
    Program,
    /// In the user's own file.
    File(PathBuf),
    /// In the table `pm_provider_connections`.
    Database,
}

impl fmt::Display for ConnectionSource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Program => f.write_str("the program"),
            Self::File(path) => write!(f, "`{}`", path.display()),
            Self::Database => f.write_str("the database"),
        }
    }
}

/// A way to reach one system, by name: which provider, and all of its settings.
///
/// It is whole: what it does not say is not taken from the environment, so that the token of one system never goes to
/// another. Secrets are references: `env:NAME`, `file:/path`, `cmd:PROGRAM …`, `keyring:SERVICE/NAME`, `app:NAME`.
/// `Debug` shows no value.
///
/// ```
/// use pm_core::connections::Connection;
///
/// let connection = Connection::new("work-jira", "jira")
///     .set("base_url", "https://work.atlassian.net")
///     .set("username", "ada@work.example")
///     .set("api_token", "env:PM_SECRET_WORK_JIRA");
/// assert_eq!(connection.get("username"), Some("ada@work.example"));
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct Connection {
    name: String,
    provider: String,
    settings: BTreeMap<String, String>,
    source: ConnectionSource,
    /// The variables that the user's file lets references name, beside the provider's own.
    pub(super) variables: BTreeSet<String>,
    /// Whether what is written here may be used with secrets of the user's.
    pub(super) trusted: bool,
}

impl Connection {
    /// Starts a connection of this name to a provider, `jira` say.
    #[must_use]
    pub fn new(name: impl Into<String>, provider: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            provider: provider.into(),
            settings: BTreeMap::new(),
            source: ConnectionSource::Program,
            variables: BTreeSet::new(),
            trusted: true,
        }
    }

    /// Sets a setting of the provider; of a secret only where it is. An empty text counts as unset.
    #[must_use]
    pub fn set(mut self, key: impl Into<String>, text: impl Into<String>) -> Self {
        let (key, text) = (key.into(), text.into());
        if text.is_empty() {
            self.settings.remove(&key);
        } else {
            self.settings.insert(key, text);
        }
        self
    }

    pub(super) fn from(mut self, source: ConnectionSource) -> Self {
        self.source = source;
        self
    }

    /// What people call it.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The provider's name in the registry.
    #[must_use]
    pub fn provider(&self) -> &str {
        &self.provider
    }

    /// Where it is written down.
    #[must_use]
    pub fn source(&self) -> &ConnectionSource {
        &self.source
    }

    /// Whether it may be used: a row of a database that others may write into counts once the user agreed to it, and as
    /// long as it stays as it was then.
    #[must_use]
    pub fn is_trusted(&self) -> bool {
        self.trusted
    }

    /// A setting as it is written: a text, or the reference to a secret.
    #[must_use]
    pub fn get(&self, key: &str) -> Option<&str> {
        self.settings.get(key).map(String::as_str)
    }

    /// The settings as they are written, by key.
    pub fn settings(&self) -> impl Iterator<Item = (&str, &str)> {
        self.settings.iter().map(|(key, text)| (key.as_str(), text.as_str()))
    }

    /// Says whether the two say the same, wherever they are written down.
    #[cfg(feature = "internal")]
    pub(super) fn says_the_same(&self, other: &Self) -> bool {
        self.name == other.name
            && self.provider.eq_ignore_ascii_case(&other.provider)
            && self.settings == other.settings
    }

    /// Checks name and settings, as far as that is possible without using them.
    ///
    /// # Errors
    /// `Configuration` that says what is wrong and what is allowed: a name that cannot be written down, settings that the
    /// provider does not know or lacks, a raw secret (it is not repeated), a reference that this place may not have.
    pub fn check(&self, factory: &dyn ProviderFactory) -> Result<()> {
        self.settings_for(factory).map(drop)
    }

    /// The settings as a factory takes them.
    pub(crate) fn settings_for(&self, factory: &dyn ProviderFactory) -> Result<Settings> {
        check_name(&self.name)?;
        let settings = self.checked(factory).map_err(|error| self.told(&error))?;
        settings.check(factory.name(), factory.settings()).map_err(|error| self.told(&error))?;
        Ok(settings)
    }

    fn checked(&self, factory: &dyn ProviderFactory) -> Result<Settings> {
        let spec_of = |key: &str| factory.settings().iter().find(|spec| spec.key == key);
        self.settings.iter().try_fold(Settings::new(), |settings, (key, text)| match spec_of(key) {
            Some(spec) if spec.exposure == Exposure::Secret => {
                Ok(settings.reference(key, self.reference(factory, spec, text)?))
            }
            Some(spec) if spec.exposure == Exposure::Url && holds_password(text) => Err(password_in_address(spec)),
            // The contract has the words for what nobody knows.
            _ => Ok(settings.set(key, text)),
        })
    }

    fn reference(&self, factory: &dyn ProviderFactory, spec: &SettingSpec, text: &str) -> Result<SecretReference> {
        let reference: SecretReference = text.parse().map_err(|_| raw_secret(spec))?;
        may_read(&reference, &self.permitted(factory))?;
        Ok(match reference {
            SecretReference::File(path) => SecretReference::File(self.beside(&path)?),
            other => other,
        })
    }

    /// What the secrets of this connection may be read from.
    pub(crate) fn permitted(&self, factory: &dyn ProviderFactory) -> Permitted {
        let own = factory.settings().iter().filter(|spec| spec.exposure == Exposure::Secret).map(|spec| spec.env);
        let variables = own.map(str::to_owned).chain(self.variables.iter().cloned()).collect();
        Permitted { variables, programs: matches!(self.source, ConnectionSource::File(_)) }
    }

    /// A path in the user's file is seen from the folder of the file, not from wherever the program happens to run.
    fn beside(&self, path: &str) -> Result<String> {
        let folder = match &self.source {
            ConnectionSource::File(file) => file.parent(),
            _ if Path::new(path).is_absolute() => None,
            _ => {
                let message = format!("the path in `file:{path}` is relative; allowed is an absolute one");
                return Err(Error::configuration(message));
            }
        };
        Ok(folder.map_or_else(|| path.to_owned(), |folder| folder.join(path).to_string_lossy().into_owned()))
    }

    /// Refuses a connection that nobody agreed to.
    pub(crate) fn check_trust(&self) -> Result<()> {
        if self.trusted {
            return Ok(());
        }
        let says: Vec<_> = self.settings().map(|(key, text)| format!("`{key}` = `{}`", printable(text))).collect();
        let message = format!(
            "connection `{}` comes from a database, where others may have written it, and is not trusted: provider `{}`, {}",
            self.name,
            printable(&self.provider),
            says.join(", ")
        );
        Err(Error::configuration(message).hint(format!(
            "look at it; if it is right, say `spm connection trust {}`, or write it into your own file",
            self.name
        )))
    }

    fn told(&self, error: &Error) -> Error {
        let told = Error::configuration(format!("connection `{}`: {}", self.name, error.message()));
        match error.hint_text() {
            // What to do is done in the connection: its settings have nothing to do with variables.
            Some(hint) if !hint.starts_with("set ") => told.hint(hint),
            _ => told,
        }
    }
}

impl fmt::Debug for Connection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Connection")
            .field("name", &self.name)
            .field("provider", &self.provider)
            .field("settings", &self.settings.keys().collect::<Vec<_>>())
            .field("source", &self.source)
            .field("trusted", &self.trusted)
            .finish_non_exhaustive()
    }
}

/// A name is typed on command lines and stands as a key in a file.
pub(super) fn check_name(name: &str) -> Result<()> {
    let is_plain = |c: char| c.is_alphanumeric() || matches!(c, '-' | '_' | '.');
    if !name.is_empty() && name.chars().all(is_plain) && !name.starts_with(['-', '.']) {
        return Ok(());
    }
    let message = format!("`{}` is no name for a connection", printable(name));
    Err(Error::configuration(message).hint("allowed are letters, digits, `-`, `_` and `.`, none of the signs first"))
}

fn raw_secret(spec: &SettingSpec) -> Error {
    Error::configuration(format!(
        "setting `{}` is a secret, and this is no reference to one; allowed are `env:NAME`, `file:/path`, `app:NAME`, \
         `keyring:SERVICE/NAME`, and in your own file `cmd:PROGRAM ARGUMENTS`",
        spec.key
    ))
    .hint(format!(
        "put the secret itself into a file or a variable, and write down only where it is: `env:{}`",
        spec.env
    ))
}

fn password_in_address(spec: &SettingSpec) -> Error {
    let message = format!("the address `{}` has a secret in it; allowed is an address without one", spec.key);
    Error::configuration(message)
        .hint("the password has a setting of its own, which refers to it: `env:NAME`, `file:/path`")
}

/// An address with a password, or with a parameter that is called like one.
fn holds_password(text: &str) -> bool {
    const FILE: &str = "sqlite";
    let Ok(url) = url::Url::parse(text) else { return text.contains('@') };
    if url.scheme() == FILE {
        return false;
    }
    let telling =
        |name: &str| ["password", "token", "secret", "key"].iter().any(|word| name.to_lowercase().ends_with(word));
    // `x://me:12/34@host` is read as the host `me`, its port, and a path.
    let is_misread = (url.cannot_be_a_base() || url.port().is_some()) && url.path().contains('@');
    url.password().is_some() || is_misread || url.query_pairs().any(|(name, _)| name != "sslkey" && telling(&name))
}

/// A text without anything that moves a cursor: what a database says is shown before anybody trusts it.
pub(super) fn printable(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { c.escape_unicode().to_string() } else { c.to_string() }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn passwords_in_addresses_are_noticed() {
        for address in [
            "https://me:x@host",
            "postgres://me:1/x@host",
            "postgres:///db?password=x",
            "me:x@host",
            "https://h?api_key=1",
        ] {
            assert!(holds_password(address), "{address}");
        }
        for address in ["https://me@host", "https://host/@me", "sqlite:a@b", "postgres://me@host/db?sslkey=/k", "host"]
        {
            assert!(!holds_password(address), "{address}");
        }
    }

    #[test]
    fn names_are_plain() {
        for name in ["work-jira", "a", "größe_2", "x.y"] {
            assert!(check_name(name).is_ok(), "{name}");
        }
        for name in ["", "-x", ".x", "a b", "a/b", "a\n", "a\u{1b}[1m"] {
            assert!(check_name(name).is_err(), "{name:?}");
        }
    }
}
