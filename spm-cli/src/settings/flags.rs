//! `--provider`, `--connection` and `--setting`.

use std::collections::BTreeMap;

use pm_core::{Connection, Exposure, ProviderFactory, SettingSpec, SettingValue};

use super::setting::{Origin, Setting};
use super::user_file::reference;
use crate::cli::Globals;
use crate::failure::{Failure, Result};

/// What the command line says; values may be secrets by mistake, so `Debug` shows the keys.
#[derive(Clone)]
pub(super) struct Flags {
    pub(super) provider: Option<String>,
    pub(super) connection: Option<String>,
    settings: BTreeMap<String, String>,
}

impl std::fmt::Debug for Flags {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let keys: Vec<_> = self.settings.keys().collect();
        f.debug_struct("Flags")
            .field("provider", &self.provider)
            .field("connection", &self.connection)
            .field("settings", &keys)
            .finish()
    }
}

impl Flags {
    /// Of several values for one key, the last one counts; an empty one counts as not given.
    pub(super) fn read(globals: &Globals) -> Result<Self> {
        let provider = globals.provider.clone().filter(|name| !name.is_empty());
        let settings = globals.settings.iter().map(|text| pair(text)).collect::<Result<_>>()?;
        let connection = globals.connection.clone().filter(|name| !name.is_empty());
        Ok(Self { provider, connection, settings })
    }

    /// Refuses keys that the backend does not know.
    pub(super) fn check(&self, factory: &dyn ProviderFactory) -> Result<()> {
        self.settings.keys().try_for_each(|key| super::user_file::spec_of(factory, key).map(drop))
    }

    /// A connection with what the flags say in the place of what it says.
    pub(super) fn applied_to(&self, connection: Connection) -> Connection {
        let given = self.settings.iter().filter(|(_, text)| !text.is_empty());
        given.fold(connection, |connection, (key, text)| connection.set(key, text))
    }

    pub(super) fn get(&self, spec: &SettingSpec) -> Result<Option<Setting>> {
        let Some(text) = self.settings.get(spec.key).filter(|text| !text.is_empty()) else { return Ok(None) };
        let name = format!("--setting {}", spec.key);
        let value = match spec.exposure {
            Exposure::Secret => SettingValue::Reference(reference(&name, text)?),
            _ => SettingValue::Text(text.clone()),
        };
        Ok(Some(Setting { spec: *spec, value, origin: Origin::Flag, name }))
    }
}

fn pair(text: &str) -> Result<(String, String)> {
    match text.split_once('=') {
        Some((key, value)) if !key.trim().is_empty() => Ok((key.trim().to_owned(), value.to_owned())),
        // The text may be a secret.
        _ => Err(Failure::usage("--setting takes KEY=VALUE").hint("`spm config` lists the keys")),
    }
}
