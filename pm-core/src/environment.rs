//! The environment of the process. Nothing else in this project reads it.

use std::ffi::OsString;
use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use pm_provider::{Error, Exposure, ProviderFactory, Result, SecretReference, SettingSpec, Settings};

/// The variable that chooses the provider.
pub const PROVIDER: &str = "PM_PROVIDER";
/// The variable that says where data is kept.
pub const DATA_DIR: &str = "PM_DATA_DIR";
/// The provider that is taken when none is chosen.
pub const DEFAULT_PROVIDER: &str = "internal";
/// The name of the directory that is looked for when no other is named.
pub const DATA_DIR_NAME: &str = ".pm";

type Lookup = dyn Fn(&str) -> Option<OsString> + Send + Sync;

/// The environment: variables and the working directory.
///
/// An empty variable counts as unset. `Debug` shows no variable.
///
/// ```
/// use pm_core::Environment;
/// let environment = Environment::from_lookup(|name| (name == "PM_PROVIDER").then(|| "jira".to_owned()));
/// assert_eq!(environment.provider_name()?, "jira");
/// # Ok::<(), pm_core::Error>(())
/// ```
#[derive(Clone)]
pub struct Environment {
    lookup: Arc<Lookup>,
    working_directory: Option<PathBuf>,
}

impl Environment {
    /// Takes the environment of this process.
    #[must_use]
    pub fn of_process() -> Self {
        Self { lookup: Arc::new(|name| std::env::var_os(name)), working_directory: std::env::current_dir().ok() }
    }

    /// Takes variables from a function instead of the process, for tests; it has no working directory yet.
    pub fn from_lookup<T: Into<OsString>>(lookup: impl Fn(&str) -> Option<T> + Send + Sync + 'static) -> Self {
        Self { lookup: Arc::new(move |name| lookup(name).map(Into::into)), working_directory: None }
    }

    /// Takes another working directory.
    #[must_use]
    pub fn working_directory(mut self, directory: impl Into<PathBuf>) -> Self {
        self.working_directory = Some(directory.into());
        self
    }

    /// The working directory, where there is one.
    #[must_use]
    pub fn directory(&self) -> Option<&Path> {
        self.working_directory.as_deref()
    }

    /// Reads a variable; an empty one counts as unset.
    ///
    /// # Errors
    /// `Configuration` when its value is not valid Unicode.
    pub fn variable(&self, name: &str) -> Result<Option<String>> {
        let Some(value) = (self.lookup)(name) else { return Ok(None) };
        let text = value.into_string().map_err(|_| not_unicode(name))?;
        Ok(Some(text).filter(|text| !text.is_empty()))
    }

    /// Reads the provider's name from `PM_PROVIDER`; `internal` if nothing is said.
    ///
    /// # Errors
    /// `Configuration` when it is not valid Unicode.
    pub fn provider_name(&self) -> Result<String> {
        Ok(self.variable(PROVIDER)?.unwrap_or_else(|| DEFAULT_PROVIDER.to_owned()))
    }

    /// Says where data is kept: in `PM_DATA_DIR`, else in the nearest `.pm` upwards from the working directory (as git
    /// looks for `.git`), else in a `.pm` right here, which need not exist yet.
    ///
    /// # Errors
    /// `Configuration` when the variable is not valid Unicode, or when there is no working directory any more.
    pub fn data_dir(&self) -> Result<PathBuf> {
        if let Some(path) = self.variable(DATA_DIR)? {
            return Ok(path.into());
        }
        let Some(here) = &self.working_directory else {
            return Err(Error::configuration("the working directory cannot be found").hint(format!("set {DATA_DIR}")));
        };
        let mut candidates = here.ancestors().map(|directory| directory.join(DATA_DIR_NAME));
        Ok(candidates.find(|candidate| candidate.is_dir()).unwrap_or_else(|| here.join(DATA_DIR_NAME)))
    }

    /// Reads the settings of a provider from the variables that its factory names.
    ///
    /// Of a secret only the reference is taken: `env:NAME`, or `file:PATH` where `NAME_FILE` is set. The latter goes for
    /// a URL as well, which may have a password in it.
    ///
    /// # Errors
    /// `Configuration` when a variable is not valid Unicode, or both `NAME` and `NAME_FILE` are set.
    pub fn settings(&self, factory: &dyn ProviderFactory) -> Result<Settings> {
        let add = |settings, spec| self.add(settings, spec).map_err(|error| error.in_provider(factory.name()));
        factory.settings().iter().try_fold(Settings::new(), add)
    }

    fn add(&self, settings: Settings, spec: &SettingSpec) -> Result<Settings> {
        let value = self.variable(spec.env)?;
        let Some(file) = self.file_of(spec)? else {
            return self.add_value(settings, spec, value);
        };
        if value.is_some() {
            let message = format!("both `{0}` and `{0}_FILE` are set; allowed is one of them", spec.env);
            return Err(Error::configuration(message).hint(format!("unset `{}`", spec.env)));
        }
        Ok(settings.reference(spec.key, SecretReference::File(file)))
    }

    fn add_value(&self, settings: Settings, spec: &SettingSpec, value: Option<String>) -> Result<Settings> {
        match (value, spec.exposure) {
            (Some(_), Exposure::Secret) => {
                Ok(settings.reference(spec.key, SecretReference::Environment(spec.env.to_owned())))
            }
            (Some(text), _) => Ok(settings.set(spec.key, text)),
            // Whoever needs a folder says so; a program with a database of its own runs without one.
            (None, _) if spec.env == DATA_DIR => Ok(match self.data_dir_text() {
                Ok(folder) => settings.set(spec.key, folder),
                Err(_) => settings,
            }),
            (None, _) => Ok(settings),
        }
    }

    /// The file that holds a secret, or a URL that may have one in it.
    fn file_of(&self, spec: &SettingSpec) -> Result<Option<String>> {
        match spec.exposure {
            Exposure::Secret | Exposure::Url => self.variable(&format!("{}_FILE", spec.env)),
            _ => Ok(None),
        }
    }

    fn data_dir_text(&self) -> Result<String> {
        let unspeakable = |path: OsString| {
            Error::configuration(format!("the path {path:?} is not valid Unicode")).hint(format!("set {DATA_DIR}"))
        };
        self.data_dir()?.into_os_string().into_string().map_err(unspeakable)
    }
}

/// The value stays out of the message: it may be a secret.
fn not_unicode(name: &str) -> Error {
    Error::configuration(format!("the value of the environment variable `{name}` is not valid Unicode"))
}

impl fmt::Debug for Environment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Environment").field("working_directory", &self.working_directory).finish_non_exhaustive()
    }
}
