//! The user's own file: `config.toml` in the folder of settings.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use pm_core::{
    Error, Exposure, ProviderFactory, ProviderRegistry, SecretReference, SettingSpec, SettingValue, Settings,
};
use toml_edit::{DocumentMut, Item, TableLike, Value, value};

use super::address;
use super::file;
use crate::exit::Code;
use crate::failure::{Failure, Result};
use crate::host::Host;

/// The name of the file.
const NAME: &str = "config.toml";
/// The key that chooses the backend.
pub(crate) const PROVIDER: &str = "provider";

/// What the user's file says, checked against what the backends declare.
#[derive(Debug)]
pub(crate) struct UserFile {
    /// The file, which need not exist.
    pub(crate) path: PathBuf,
    /// The backend that it chooses.
    pub(crate) provider: Option<String>,
    /// Tables for backends that this program does not have.
    pub(crate) others: Vec<String>,
    settings: BTreeMap<(String, &'static str), SettingValue>,
}

impl UserFile {
    /// Where the file is, or would be.
    pub(crate) fn path(host: &Host) -> Option<PathBuf> {
        host.config_dir().map(|folder| folder.join(NAME))
    }

    /// Reads the file; an empty one where there is none.
    pub(crate) fn read(path: PathBuf, registry: &ProviderRegistry) -> Result<Self> {
        let document = file::read_toml(&path)?;
        let mut file = Self { path, provider: None, others: Vec::new(), settings: BTreeMap::new() };
        for (key, item) in document.iter() {
            file.take(registry, key, item).map_err(|failure| failure.during(format!("`{}`", file.path.display())))?;
        }
        Ok(file)
    }

    /// A setting of a backend.
    pub(crate) fn get(&self, factory: &dyn ProviderFactory, spec: &SettingSpec) -> Option<&SettingValue> {
        self.settings.get(&(factory.name().to_lowercase(), spec.key))
    }

    fn take(&mut self, registry: &ProviderRegistry, key: &str, item: &Item) -> Result<()> {
        if key == PROVIDER {
            self.provider = Some(text_of(key, item)?).filter(|name| !name.is_empty());
            return Ok(());
        }
        let Some(table) = item.as_table_like() else {
            let message = format!("there is no setting `{key}` outside of a table");
            return Err(Failure::settings(message)
                .hint("allowed are `provider = \"NAME\"` and a table for each backend: `[internal]`"));
        };
        let factory = match registry.get(key) {
            Ok(factory) => factory,
            Err(error) if is_misspelt(&error) => return Err(error.into()),
            Err(_) => {
                self.others.push(key.to_owned());
                return Ok(());
            }
        };
        for (key, item) in table.iter() {
            let spec = spec_of(&**factory, key)?;
            let text = text_of(&format!("{}.{key}", factory.name()), item)?;
            if let Some(value) = checked(&**factory, spec, &text, self.path.parent())? {
                self.settings.insert((factory.name().to_lowercase(), spec.key), value);
            }
        }
        Ok(())
    }
}

/// Another `spm` with more backends reads the same file: only what is close to a name of ours is a mistake.
fn is_misspelt(error: &Error) -> bool {
    error.hint_text().is_some_and(|hint| hint.starts_with("did you mean"))
}

/// What a key of a backend's table means.
pub(crate) fn spec_of<'a>(factory: &'a dyn ProviderFactory, key: &str) -> Result<&'a SettingSpec> {
    match factory.settings().iter().find(|spec| spec.key == key) {
        Some(spec) => Ok(spec),
        // The contract has the words for it.
        None => match Settings::new().set(key, "?").check(factory.name(), factory.settings()) {
            Err(error) => Err(error.into()),
            Ok(()) => Err(Failure::settings(format!("there is no setting `{key}`"))),
        },
    }
}

/// Numbers and truths are texts without quotes.
fn text_of(key: &str, item: &Item) -> Result<String> {
    match item.as_value() {
        Some(Value::String(text)) => Ok(text.value().clone()),
        Some(Value::Integer(number)) => Ok(number.value().to_string()),
        Some(Value::Boolean(truth)) => Ok(truth.value().to_string()),
        _ => Err(Failure::settings(format!("`{key}` is no text")).hint("put the value between quotes")),
    }
}

/// Refuses what must not lie about in a file; `None` for an empty text, which counts as unset.
///
/// A path in a reference is seen from the folder of the file, not from wherever the command happens to run.
fn checked(
    factory: &dyn ProviderFactory,
    spec: &SettingSpec,
    text: &str,
    folder: Option<&Path>,
) -> Result<Option<SettingValue>> {
    if text.is_empty() {
        return Ok(None);
    }
    let key = format!("{}.{}", factory.name(), spec.key);
    match spec.exposure {
        Exposure::Secret => Ok(Some(SettingValue::Reference(match reference(&key, text)? {
            SecretReference::File(path) => SecretReference::File(beside(folder, &path)),
            other => other,
        }))),
        Exposure::Url if address::holds_password(text) => {
            let message = format!("the address `{key}` has a password in it, which does not belong into this file");
            Err(Failure::settings(message).hint(format!(
                "leave the password out, or put the whole address into a file that {}_FILE names",
                spec.env
            )))
        }
        _ => Ok(Some(SettingValue::Text(text.to_owned()))),
    }
}

/// Reads the reference to a secret; the message does not repeat a raw one.
pub(super) fn reference(key: &str, text: &str) -> Result<SecretReference> {
    text.parse().map_err(|error| Failure::from(error).during(format!("`{key}` is a secret")))
}

fn beside(folder: Option<&Path>, path: &str) -> String {
    folder.map_or_else(|| path.to_owned(), |folder| folder.join(path).to_string_lossy().into_owned())
}

/// What a key of `spm config set` means.
pub(crate) enum Key {
    /// The choice of the backend.
    Provider,
    /// A setting of a backend, by the backend's name.
    Setting(String, SettingSpec),
}

impl Key {
    /// Reads `provider` or `PROVIDER.KEY`.
    pub(crate) fn parse(registry: &ProviderRegistry, text: &str) -> Result<Self> {
        if text == PROVIDER {
            return Ok(Self::Provider);
        }
        let Some((provider, key)) = text.split_once('.') else {
            let failure = Failure::usage(format!("`{text}` is no key; allowed are `provider` and `PROVIDER.KEY`"));
            return Err(failure.hint("`spm config` lists the keys"));
        };
        let factory = registry.get(provider).map_err(Failure::from).map_err(unusable)?;
        let spec = spec_of(&**factory, key).map_err(unusable)?;
        Ok(Self::Setting(factory.name().to_lowercase(), *spec))
    }

    /// The key in words.
    pub(crate) fn name(&self) -> String {
        match self {
            Self::Provider => PROVIDER.to_owned(),
            Self::Setting(provider, spec) => format!("{provider}.{}", spec.key),
        }
    }
}

/// A word that the user just wrote is no file that is wrong.
fn unusable(mut failure: Failure) -> Failure {
    failure.code = Code::Usage;
    failure
}

/// Writes a setting into the file; comments and order stay.
pub(crate) fn set(path: &Path, registry: &ProviderRegistry, key: &Key, text: &str) -> Result<()> {
    if text.is_empty() {
        let hint = format!("`spm config unset {}` takes it out", key.name());
        return Err(Failure::usage("an empty value counts as unset").hint(hint));
    }
    let mut document = file::read_toml(path)?;
    match key {
        Key::Provider => {
            let factory = registry.get(text).map_err(Failure::from).map_err(unusable)?;
            put(&mut *document, PROVIDER, &factory.name().to_lowercase());
        }
        Key::Setting(provider, spec) => {
            checked(&**registry.get(provider)?, spec, text, None).map_err(unusable)?;
            put(table(&mut document, provider)?, spec.key, text);
        }
    }
    file::write(path, &document.to_string())
}

/// Takes a setting out of the file; says whether it was there.
pub(crate) fn unset(path: &Path, key: &Key) -> Result<bool> {
    let mut document = file::read_toml(path)?;
    let removed = match key {
        Key::Provider => document.remove(PROVIDER),
        Key::Setting(provider, spec) => match name_of(&document, provider) {
            Some(name) => document.get_mut(&name).and_then(Item::as_table_like_mut).and_then(|t| t.remove(spec.key)),
            None => None,
        },
    };
    if removed.is_some() {
        file::write(path, &document.to_string())?;
    }
    Ok(removed.is_some())
}

/// How the table of a backend is spelt in the file.
fn name_of(document: &DocumentMut, provider: &str) -> Option<String> {
    document.iter().map(|(key, _)| key).find(|key| key.to_lowercase() == provider).map(str::to_owned)
}

fn table<'a>(document: &'a mut DocumentMut, provider: &str) -> Result<&'a mut dyn TableLike> {
    let name = name_of(document, provider).unwrap_or_else(|| provider.to_owned());
    let item = document.entry(&name).or_insert_with(toml_edit::table);
    item.as_table_like_mut().ok_or_else(|| Failure::settings(format!("`{name}` in the user file is no table")))
}

/// Changes a value where it stands, so that a comment after it stays.
fn put(table: &mut dyn TableLike, key: &str, text: &str) {
    let mut new = Value::from(text);
    match table.get_mut(key).and_then(Item::as_value_mut) {
        Some(old) => {
            *new.decor_mut() = old.decor().clone();
            *old = new;
        }
        None => {
            table.insert(key, value(new));
        }
    }
}
