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
/// The variable that chooses a connection by its name, in the place of a provider and its settings.
pub const CONNECTION: &str = "PM_CONNECTION";
/// The variable that names the file of connections.
pub const CONNECTIONS: &str = "PM_CONNECTIONS";
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

    /// Reads the name of a connection from `PM_CONNECTION`.
    ///
    /// # Errors
    /// `Configuration` when it is not valid Unicode, and when `PM_PROVIDER` is set as well: a connection has a provider.
    pub fn connection_name(&self) -> Result<Option<String>> {
        let name = self.variable(CONNECTION)?;
        if name.is_some() && self.variable(PROVIDER)?.is_some() {
            let message = format!("both `{CONNECTION}` and `{PROVIDER}` are set; allowed is one of them");
            return Err(Error::configuration(message).hint(format!("unset `{PROVIDER}`: a connection has a provider")));
        }
        Ok(name)
    }

    /// Says which file of connections is the user's own: the one that `PM_CONNECTIONS` names, else
    /// `pm-core/connections.toml` in the user's folder of settings (`$XDG_CONFIG_HOME`, else `~/.config`; `%APPDATA%`).
    /// The file need not exist; `None` where nothing tells where it would be.
    ///
    /// # Errors
    /// `Configuration` when `PM_CONNECTIONS` is a relative path: in another folder it would be somebody else's file.
    pub fn connections_file(&self) -> Result<Option<PathBuf>> {
        if let Some(path) = self.variable(CONNECTIONS)? {
            if Path::new(&path).is_absolute() {
                return Ok(Some(path.into()));
            }
            let message = format!("`{CONNECTIONS}` is a relative path; allowed is an absolute one");
            return Err(Error::configuration(message).hint("begin it at the root of the file system"));
        }
        let folder =
            |name: &str| Ok::<_, Error>(self.variable(name)?.map(PathBuf::from).filter(|path| path.is_absolute()));
        let base = match (folder("XDG_CONFIG_HOME")?, folder("HOME")?) {
            (Some(base), _) => Some(base),
            (None, Some(home)) => Some(home.join(".config")),
            (None, None) => folder("APPDATA")?,
        };
        Ok(base.map(|base| base.join("pm-core").join("connections.toml")))
    }

    /// Says where data is kept: in `PM_DATA_DIR`, else in the nearest `.pm` upwards from the working directory (as git
    /// looks for `.git`), else in a `.pm` right here, which need not exist yet.
    ///
    /// On Unix a `.pm` above the working directory counts only if both have one owner: in `/tmp` and other shared places
    /// anybody could put one in everybody's way. See [`Self::skipped_data_dirs`].
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
        Ok(search(here, owner).found.unwrap_or_else(|| here.join(DATA_DIR_NAME)))
    }

    /// Lists the `.pm` folders that [`Self::data_dir`] passes on its way upwards, because their owner is not the one of
    /// the working directory; the nearest first.
    #[must_use]
    pub fn skipped_data_dirs(&self) -> Vec<PathBuf> {
        self.working_directory.as_deref().map(|here| search(here, owner).skipped).unwrap_or_default()
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

/// What a look upwards for a data folder found.
#[derive(Debug, PartialEq, Eq)]
struct Search {
    found: Option<PathBuf>,
    skipped: Vec<PathBuf>,
}

/// Looks for the nearest data folder; one above must be the property of whoever owns the working directory.
fn search<T: PartialEq>(here: &Path, owner: impl Fn(&Path) -> Option<T>) -> Search {
    let mut skipped = Vec::new();
    for directory in here.ancestors() {
        let candidate = directory.join(DATA_DIR_NAME);
        if !candidate.is_dir() {
            continue;
        }
        let expected = owner(here);
        if directory == here || expected.is_some() && owner(&candidate) == expected {
            return Search { found: Some(candidate), skipped };
        }
        skipped.push(candidate);
    }
    Search { found: None, skipped }
}

/// Who owns a folder; nobody, where a link to it belongs to somebody else.
#[cfg(unix)]
fn owner(path: &Path) -> Option<u32> {
    use std::os::unix::fs::MetadataExt;

    let (target, link) = (std::fs::metadata(path).ok()?.uid(), std::fs::symlink_metadata(path).ok()?.uid());
    (target == link).then_some(target)
}

/// Elsewhere no owner is told: all folders count as one's own.
#[cfg(not(unix))]
fn owner(_path: &Path) -> Option<()> {
    Some(())
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

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

    use super::*;

    #[test]
    fn a_folder_above_counts_only_if_it_has_the_owner_of_the_working_directory() {
        let root = tempfile::tempdir().unwrap();
        let (here, middle) = (root.path().join("a/b"), root.path().join("a"));
        std::fs::create_dir_all(&here).unwrap();
        let (near, far) = (middle.join(DATA_DIR_NAME), root.path().join(DATA_DIR_NAME));
        std::fs::create_dir(&near).unwrap();
        std::fs::create_dir(&far).unwrap();
        let with_stranger = |stranger: &Path| search(&here, |path| Some(usize::from(path == stranger)));
        let (nobody, near_only) = (Path::new(""), Search { found: Some(near.clone()), skipped: Vec::new() });
        assert_eq!(with_stranger(nobody), near_only);
        assert_eq!(with_stranger(&far), near_only);
        assert_eq!(with_stranger(&near), Search { found: Some(far.clone()), skipped: vec![near.clone()] });
        assert_eq!(with_stranger(&here), Search { found: None, skipped: vec![near.clone(), far.clone()] });
        assert_eq!(search(&here, |_| None::<u32>), Search { found: None, skipped: vec![near, far] });
        // Whoever may write into the working directory itself needs no such trick.
        let own = here.join(DATA_DIR_NAME);
        std::fs::create_dir(&own).unwrap();
        assert_eq!(with_stranger(&own), Search { found: Some(own.clone()), skipped: Vec::new() });
    }

    #[cfg(unix)]
    #[test]
    fn a_link_of_somebody_else_owns_nothing() {
        let root = tempfile::tempdir().unwrap();
        let link = root.path().join("link");
        std::os::unix::fs::symlink(root.path(), &link).unwrap();
        assert_eq!(owner(&link), owner(root.path()));
        // Only root may give things away.
        if std::os::unix::fs::lchown(&link, Some(12_345), None).is_ok() {
            assert_eq!(owner(&link), None);
        }
        assert_eq!(owner(&root.path().join("missing")), None);
    }
}
