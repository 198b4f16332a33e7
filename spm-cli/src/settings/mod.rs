//! Where settings come from: flags, environment, `.env`, user file, the first that has one.

use std::sync::Arc;

use pm_core::layers::TracingLayer;
use pm_core::{EnvironmentSecrets, PmProvider, PmProviderBuilder, ProviderRegistry, SettingValue, Settings};

use crate::cli::Globals;
use crate::failure::Result;
use crate::host::Host;
use crate::output::note;

mod address;
mod dotenv;
mod file;
mod flags;
mod gather;
mod missing;
mod setting;
mod trust;
mod trust_file;
mod user_file;

pub(crate) use dotenv::DotEnv;
pub(crate) use gather::{Choice, Loaded, nearest_folder, provider_place};
pub(crate) use setting::{Origin, Setting, printable};
pub(crate) use trust::{Examined, remembered_path};
pub(crate) use trust_file::{Entry, TrustFile};
pub(crate) use user_file::{Key, PROVIDER, UserFile, set, spec_of, unset};

/// What a command does with the backend.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Access {
    /// It only looks: no database is made.
    Read,
    /// It writes, and makes a database where there is none.
    Write,
}

/// Everything that says how the backend is reached. Files are read when a command needs them.
#[derive(Debug)]
pub(crate) struct Sources {
    flags: flags::Flags,
    verbose: bool,
}

impl Sources {
    pub(crate) fn read(globals: &Globals) -> Result<Self> {
        Ok(Self { flags: flags::Flags::read(globals)?, verbose: globals.verbose > 0 })
    }

    /// The backend that `--provider` names.
    pub(crate) fn provider_flag(&self) -> Option<&str> {
        self.flags.provider.as_deref()
    }

    /// Reads environment and files.
    pub(crate) fn load(&self, registry: &ProviderRegistry, host: &Host) -> Result<Loaded> {
        Loaded::read(self.flags.clone(), host, registry)
    }

    /// Looks at what `.env` wishes of the chosen backend; `None` where there is no such file.
    pub(crate) fn examine(&self, registry: &ProviderRegistry, host: &Host) -> Result<Option<Examined>> {
        let loaded = self.load(registry, host)?;
        let choice = loaded.choice(registry)?;
        let mut settings = loaded.settings(&choice)?;
        trust::examine_all(&loaded, &choice, &mut settings, host)
    }

    pub(crate) async fn open(
        &self,
        registry: &ProviderRegistry,
        host: &Host,
        access: Access,
    ) -> Result<Arc<dyn PmProvider>> {
        let loaded = self.load(registry, host)?;
        let choice = loaded.choice(registry)?;
        let mut settings = loaded.settings(&choice)?;
        if let Some(examined) = trust::examine_all(&loaded, &choice, &mut settings, host)? {
            examined.check()?;
        }
        let name = choice.factory.name().to_owned();
        let mut builder = PmProviderBuilder::new(registry.clone())
            .provider(&name)
            .settings(for_build(&settings))
            .secrets(Arc::new(EnvironmentSecrets::new(host.environment.clone())))
            .create_missing(access == Access::Write);
        if self.verbose {
            note(format_args!("settings: {}", in_one_line(&choice, &settings)));
            builder = builder.layer(TracingLayer);
        }
        builder.build().await.map_err(|error| missing::explain(error, &name, &settings, host))
    }
}

/// Where the settings come from, in one line.
pub(crate) fn in_one_line(choice: &Choice, settings: &[Setting]) -> String {
    let provider = format!("provider `{}` ({})", choice.factory.name(), provider_place(choice.origin));
    let settings = settings.iter().map(|setting| format!("`{}` ({})", setting.spec.key, setting.place()));
    std::iter::once(provider).chain(settings).collect::<Vec<_>>().join(", ")
}

fn for_build(settings: &[Setting]) -> Settings {
    settings.iter().fold(Settings::new(), |built, setting| match setting.value.clone() {
        SettingValue::Text(text) => built.set(setting.spec.key, text),
        SettingValue::Reference(reference) => built.reference(setting.spec.key, reference),
        SettingValue::Secret(secret) => built.secret(setting.spec.key, secret),
        _ => built,
    })
}
