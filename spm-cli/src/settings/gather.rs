//! Which source has which setting.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use pm_core::environment::{CONNECTION, DATA_DIR, DEFAULT_PROVIDER, PROVIDER};
use pm_core::{
    Connection, Environment, Exposure, ProviderFactory, ProviderRegistry, Secret, SecretReference, SettingSpec,
    SettingValue,
};

use super::dotenv::DotEnv;
use super::flags::Flags;
use super::setting::{Origin, Setting, printable};
use super::user_file::{self, UserFile};
use crate::failure::{Failure, Result};
use crate::host::Host;

/// The key of the internal database's address, which hides [`DATA_DIR`].
const DATABASE_URL: &str = "PM_DATABASE_URL";

/// What all sources say, read once.
#[derive(Debug)]
pub(crate) struct Loaded {
    flags: Flags,
    environment: Environment,
    pub(crate) dot_env: Option<DotEnv>,
    user_file: Option<UserFile>,
    connected: Option<Connected>,
}

/// The named connection that was chosen, and by whom.
#[derive(Clone, Debug)]
struct Connected {
    connection: Connection,
    origin: Origin,
}

/// The backend that was chosen, and by whom.
#[derive(Clone, Debug)]
pub(crate) struct Choice {
    pub(crate) factory: Arc<dyn ProviderFactory>,
    pub(crate) origin: Origin,
    /// The name of the connection that it was chosen with.
    pub(crate) connection: Option<String>,
}

impl Choice {
    /// Who chose it, in words.
    pub(crate) fn place(&self) -> String {
        let Some(connection) = &self.connection else { return provider_place(self.origin) };
        let place = match self.origin {
            Origin::Environment => format!("`{CONNECTION}` of the environment"),
            Origin::DotEnv => format!("`{CONNECTION}` in `.env`"),
            _ => "`--connection`".to_owned(),
        };
        format!("connection `{connection}`, {place}")
    }
}

impl Loaded {
    pub(super) fn read(flags: Flags, host: &Host, registry: &ProviderRegistry) -> Result<Self> {
        let dot_env = host.environment.directory().map(DotEnv::read).transpose()?.flatten();
        let user_file = UserFile::path(host).map(|path| UserFile::read(path, registry)).transpose()?;
        Ok(Self { flags, environment: host.environment.clone(), dot_env, user_file, connected: None })
    }

    /// The name of the connection that was chosen, and by whom. Who names a backend closer at hand wants that.
    pub(super) fn connection_name(&self) -> Result<Option<(String, Origin)>> {
        if self.flags.connection.is_some() || self.flags.provider.is_some() {
            return Ok(self.flags.connection.clone().map(|name| (name, Origin::Flag)));
        }
        if let Some(name) = self.environment.connection_name()? {
            return Ok(Some((name, Origin::Environment)));
        }
        if self.environment.variable(PROVIDER)?.is_some() {
            return Ok(None);
        }
        let Some(dot_env) = &self.dot_env else { return Ok(None) };
        let name = dot_env.get(CONNECTION)?.map(|name| (printable(name.expose()), Origin::DotEnv));
        if name.is_some() && dot_env.get(PROVIDER)?.is_some() {
            let message = format!("both `{CONNECTION}` and `{PROVIDER}` are set in `.env`; allowed is one of them");
            return Err(Failure::settings(message).hint(format!("take `{PROVIDER}` out: a connection has a provider")));
        }
        Ok(name)
    }

    /// Takes the connection that was chosen, with what the flags say in the place of what it says.
    pub(super) fn connect(&mut self, connection: Connection, origin: Origin) {
        self.connected = Some(Connected { connection: self.flags.applied_to(connection), origin });
    }

    /// The connection that was chosen.
    pub(super) fn connection(&self) -> Option<&Connection> {
        self.connected.as_ref().map(|connected| &connected.connection)
    }

    /// Backends that the user's file has settings for, and this program does not know.
    pub(crate) fn other_backends(&self) -> &[String] {
        self.user_file.as_ref().map_or(&[], |file| &file.others)
    }

    /// The backend that answers.
    pub(crate) fn choice(&self, registry: &ProviderRegistry) -> Result<Choice> {
        if let Some(Connected { connection, origin }) = &self.connected {
            let factory = registry.get(connection.provider()).map_err(Failure::from);
            let factory = factory.map_err(|failure| failure.during(format!("connection `{}`", connection.name())))?;
            let (factory, connection) = (Arc::clone(factory), Some(connection.name().to_owned()));
            return Ok(Choice { factory, origin: *origin, connection });
        }
        let (name, origin) = self.provider_name()?;
        let factory = registry.get(&name).map_err(|error| {
            let failure = Failure::from(error);
            if origin == Origin::Flag { failure } else { failure.during(provider_place(origin)) }
        })?;
        Ok(Choice { factory: Arc::clone(factory), origin, connection: None })
    }

    fn provider_name(&self) -> Result<(String, Origin)> {
        if let Some(name) = &self.flags.provider {
            return Ok((name.clone(), Origin::Flag));
        }
        if let Some(name) = self.environment.variable(PROVIDER)? {
            return Ok((name, Origin::Environment));
        }
        if let Some(name) = self.dot_env.as_ref().map(|file| file.get(PROVIDER)).transpose()?.flatten() {
            return Ok((printable(name.expose()), Origin::DotEnv));
        }
        match self.user_file.as_ref().and_then(|file| file.provider.clone()) {
            Some(name) => Ok((name, Origin::UserFile)),
            None => Ok((DEFAULT_PROVIDER.to_owned(), Origin::Default)),
        }
    }

    /// The settings of the backend that was chosen, flags among them.
    pub(crate) fn settings(&self, choice: &Choice) -> Result<Vec<Setting>> {
        let factory = &*choice.factory;
        self.flags.check(factory)?;
        let mut settings = Vec::new();
        for spec in factory.settings() {
            let flag = self.flags.get(spec)?;
            settings.extend(match (flag, &self.connected) {
                (Some(setting), _) => Some(setting),
                (None, Some(connected)) => in_connection(&connected.connection, spec),
                (None, None) => self.without_flags(factory, spec)?,
            });
        }
        drop_hidden_address(&mut settings);
        Ok(settings)
    }

    /// The settings of any backend, as they would be without flags.
    pub(crate) fn settings_of_other(&self, factory: &dyn ProviderFactory) -> Result<Vec<Setting>> {
        let found = factory.settings().iter().map(|spec| self.without_flags(factory, spec));
        let mut settings: Vec<_> = found.filter_map(Result::transpose).collect::<Result<_>>()?;
        drop_hidden_address(&mut settings);
        Ok(settings)
    }

    fn without_flags(&self, factory: &dyn ProviderFactory, spec: &SettingSpec) -> Result<Option<Setting>> {
        if let Some(setting) = self.in_environment(spec)? {
            return Ok(Some(setting));
        }
        if let Some(setting) = self.in_dot_env(spec)? {
            return Ok(Some(setting));
        }
        let in_file = self.user_file.as_ref().and_then(|file| file.get(factory, spec));
        Ok(match in_file {
            Some(value) => {
                let name = format!("{}.{}", factory.name(), spec.key);
                Some(Setting { spec: *spec, value: value.clone(), origin: Origin::UserFile, name })
            }
            None => self.default_folder(spec),
        })
    }

    fn in_environment(&self, spec: &SettingSpec) -> Result<Option<Setting>> {
        let value = self.environment.variable(spec.env)?.map(|text| match spec.exposure {
            Exposure::Secret => SettingValue::Reference(SecretReference::Environment(spec.env.to_owned())),
            _ => SettingValue::Text(text),
        });
        let name = file_variable(spec);
        let file = if may_stand_in_file(spec) { self.environment.variable(&name)? } else { None };
        either(spec, Origin::Environment, value, file.map(|path| SettingValue::Reference(SecretReference::File(path))))
    }

    fn in_dot_env(&self, spec: &SettingSpec) -> Result<Option<Setting>> {
        let Some(dot_env) = &self.dot_env else { return Ok(None) };
        let value = dot_env.get(spec.env)?.map(|value| match spec.exposure {
            Exposure::Secret => SettingValue::Secret(value.clone()),
            _ => SettingValue::Text(value.expose().to_owned()),
        });
        let name = file_variable(spec);
        let file = if may_stand_in_file(spec) { dot_env.get(&name)? } else { None };
        let file = file.map(|path| {
            let folder = dot_env.path.parent().unwrap_or(Path::new(""));
            SettingValue::Reference(SecretReference::File(folder.join(path.expose()).to_string_lossy().into_owned()))
        });
        either(spec, Origin::DotEnv, value, file)
    }

    /// Whoever needs a folder says so; a backend with a database of its own runs without one.
    fn default_folder(&self, spec: &SettingSpec) -> Option<Setting> {
        if spec.env != DATA_DIR {
            return None;
        }
        let value = SettingValue::Text(nearest_folder(&self.environment)?.into_os_string().into_string().ok()?);
        let name = "the nearest folder `.pm`, upwards from here".to_owned();
        Some(Setting { spec: *spec, value, origin: Origin::Default, name })
    }
}

/// A connection is whole: where it says nothing, nothing is set.
fn in_connection(connection: &Connection, spec: &SettingSpec) -> Option<Setting> {
    let text = connection.get(spec.key)?;
    let value = match (spec.exposure, text.parse()) {
        (Exposure::Secret, Ok(reference)) => SettingValue::Reference(reference),
        // A raw secret, which is refused when the connection is used.
        (Exposure::Secret, Err(_)) => SettingValue::Secret(Secret::new(text)),
        _ => SettingValue::Text(text.to_owned()),
    };
    let name = format!("{}.{}", connection.name(), spec.key);
    Some(Setting { spec: *spec, value, origin: Origin::Connection, name })
}

/// The folder of data that is taken where nobody names one.
pub(crate) fn nearest_folder(environment: &Environment) -> Option<PathBuf> {
    let here = environment.directory()?;
    Environment::from_lookup(|_| None::<String>).working_directory(here).data_dir().ok()
}

/// Who chose the backend.
pub(crate) fn provider_place(origin: Origin) -> String {
    match origin {
        Origin::Flag | Origin::Connection => "`--provider`".to_owned(),
        Origin::Environment => format!("`{PROVIDER}` of the environment"),
        Origin::DotEnv => format!("`{PROVIDER}` in `.env`"),
        Origin::UserFile => format!("`{}` in the user file", user_file::PROVIDER),
        Origin::Default => "nothing else was said".to_owned(),
    }
}

/// Secrets, and addresses, which may have one in them.
fn may_stand_in_file(spec: &SettingSpec) -> bool {
    matches!(spec.exposure, Exposure::Secret | Exposure::Url)
}

fn file_variable(spec: &SettingSpec) -> String {
    format!("{}_FILE", spec.env)
}

fn either(
    spec: &SettingSpec,
    origin: Origin,
    value: Option<SettingValue>,
    file: Option<SettingValue>,
) -> Result<Option<Setting>> {
    let (value, name) = match (value, file) {
        (Some(_), Some(_)) => {
            let place = if origin == Origin::DotEnv { " in `.env`" } else { "" };
            let message = format!("both `{0}` and `{0}_FILE` are set{place}; allowed is one of them", spec.env);
            return Err(Failure::settings(message).hint(format!("take `{}` out", spec.env)));
        }
        (Some(value), None) => (value, spec.env.to_owned()),
        (None, Some(file)) => (file, file_variable(spec)),
        (None, None) => return Ok(None),
    };
    Ok(Some(Setting { spec: *spec, value, origin, name }))
}

/// A folder that was named closer at hand than the database must not lose against it.
fn drop_hidden_address(settings: &mut Vec<Setting>) {
    let origin_of = |variable| settings.iter().find(|setting| setting.spec.env == variable).map(|found| found.origin);
    if let (Some(address), Some(folder)) = (origin_of(DATABASE_URL), origin_of(DATA_DIR))
        && folder < address
    {
        settings.retain(|setting| setting.spec.env != DATABASE_URL);
    }
}
