//! Which source has which setting.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use pm_core::environment::{DATA_DIR, DEFAULT_PROVIDER, PROVIDER};
use pm_core::{Environment, Exposure, ProviderFactory, ProviderRegistry, SecretReference, SettingSpec, SettingValue};

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
}

/// The backend that was chosen, and by whom.
#[derive(Clone, Debug)]
pub(crate) struct Choice {
    pub(crate) factory: Arc<dyn ProviderFactory>,
    pub(crate) origin: Origin,
}

impl Loaded {
    pub(super) fn read(flags: Flags, host: &Host, registry: &ProviderRegistry) -> Result<Self> {
        let dot_env = host.environment.directory().map(DotEnv::read).transpose()?.flatten();
        let user_file = UserFile::path(host).map(|path| UserFile::read(path, registry)).transpose()?;
        Ok(Self { flags, environment: host.environment.clone(), dot_env, user_file })
    }

    /// Backends that the user's file has settings for, and this program does not know.
    pub(crate) fn other_backends(&self) -> &[String] {
        self.user_file.as_ref().map_or(&[], |file| &file.others)
    }

    /// The backend that answers.
    pub(crate) fn choice(&self, registry: &ProviderRegistry) -> Result<Choice> {
        let (name, origin) = self.provider_name()?;
        let factory = registry.get(&name).map_err(|error| {
            let failure = Failure::from(error);
            if origin == Origin::Flag { failure } else { failure.during(provider_place(origin)) }
        })?;
        Ok(Choice { factory: Arc::clone(factory), origin })
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
            settings.extend(match flag {
                Some(setting) => Some(setting),
                None => self.without_flags(factory, spec)?,
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

/// The folder of data that is taken where nobody names one.
pub(crate) fn nearest_folder(environment: &Environment) -> Option<PathBuf> {
    let here = environment.directory()?;
    Environment::from_lookup(|_| None::<String>).working_directory(here).data_dir().ok()
}

/// Who chose the backend.
pub(crate) fn provider_place(origin: Origin) -> String {
    match origin {
        Origin::Flag => "`--provider`".to_owned(),
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
