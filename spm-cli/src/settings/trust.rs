//! Secrets go only where somebody at least as trusted sends them.
//!
//! Flags, environment and user file are the user's own; `.env` comes with the folder, which may be a cloned repository.
//! So what `.env` says of an address gets no secret of the user's, and no file that `.env` names is read as a secret,
//! until the user says so: `spm config trust`.

use std::fs;
use std::path::Path;

use pm_core::{Exposure, Secret, SecretReference, SettingValue};

use super::address::{self, Destination};
use super::gather::{Choice, Loaded};
use super::setting::{Setting, printable};
use super::trust_file::{Entry, TrustFile};
use crate::failure::{Failure, Result};
use crate::host::Host;

/// Something in `.env` that needs the user's consent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Wish {
    /// The setting's key.
    pub(crate) setting: &'static str,
    /// The variable in `.env`.
    variable: String,
    /// The variable to set in the environment instead.
    instead: &'static str,
    /// What is wished for.
    kind: Kind,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Kind {
    /// Secrets of the user's would go to this origin.
    Address { origin: String, secrets: Vec<String> },
    /// Nobody can tell where the secrets would go.
    Unclear { secrets: Vec<String> },
    /// A file is read that may be outside of the folder.
    File { path: String },
    /// Whoever is in this file can pose as the backend, and would get the user's secrets.
    Anchor { file: String, secrets: Vec<String> },
}

impl Wish {
    /// What is remembered once it is allowed; `None` for what cannot be.
    fn origin(&self) -> Option<String> {
        match &self.kind {
            Kind::Address { origin, .. } => Some(origin.clone()),
            Kind::Unclear { .. } => None,
            Kind::File { path } => Some(format!("file:{path}")),
            Kind::Anchor { file, .. } => Some(format!("anchor:{file}")),
        }
    }

    /// What is wished for, in one line.
    pub(crate) fn words(&self) -> String {
        match &self.kind {
            Kind::Address { origin, secrets } => {
                format!("`{}` sends {} to `{}`", self.variable, secrets.join(" and "), printable(origin))
            }
            Kind::Unclear { secrets } => {
                format!("`{}` sends {}, and it is unclear where to", self.variable, secrets.join(" and "))
            }
            Kind::Anchor { file, secrets } => format!(
                "`{}` lets whoever is in `{}` receive {} in the place of your backend",
                self.variable,
                printable(file),
                secrets.join(" and ")
            ),
            Kind::File { path } => {
                format!(
                    "`{}` has `{}` read from the file `{}`, which may be outside of this folder",
                    self.variable,
                    self.setting,
                    printable(path)
                )
            }
        }
    }

    fn instead(&self) -> String {
        match &self.kind {
            Kind::Unclear { .. } => {
                format!("write `{}` as `scheme://host`, or set it in your environment", self.variable)
            }
            Kind::Address { .. } | Kind::File { .. } | Kind::Anchor { .. } => format!(
                "look at the file; if it is yours, say `spm config trust`, or set `{}` in your environment",
                self.instead
            ),
        }
    }
}

/// What `.env` wishes, and what of that is allowed already.
#[derive(Debug)]
pub(crate) struct Examined {
    /// `.env` in the working directory, as it is remembered.
    pub(crate) file: String,
    /// The backend's name.
    pub(crate) provider: String,
    /// What was never allowed.
    pub(crate) open: Vec<Wish>,
    /// What was allowed.
    pub(crate) allowed: Vec<Wish>,
}

impl Examined {
    /// Refuses while anything is open.
    pub(super) fn check(&self) -> Result<()> {
        let Some(first) = self.open.first() else { return Ok(()) };
        let wishes: Vec<_> = self.open.iter().map(Wish::words).collect();
        let message = format!("`{}` is not trusted: {}", printable(&self.file), wishes.join("; "));
        Err(Failure::settings(message).hint(first.instead()))
    }

    /// What is remembered when everything that is open is allowed.
    pub(crate) fn entries(&self) -> Result<Vec<Entry>> {
        self.open.iter().map(|wish| self.entry(wish).ok_or_else(|| unclear(self, wish))).collect()
    }

    fn entry(&self, wish: &Wish) -> Option<Entry> {
        wish.origin().map(|origin| Entry {
            file: self.file.clone(),
            provider: self.provider.clone(),
            setting: wish.setting.to_owned(),
            origin,
        })
    }
}

fn unclear(examined: &Examined, wish: &Wish) -> Failure {
    let message = format!("`{}` cannot be trusted: {}", printable(&examined.file), wish.words());
    Failure::settings(message).hint(wish.instead())
}

/// Looks through the settings that come from `.env`; `None` where there is no such file.
fn examine(loaded: &Loaded, choice: &Choice, settings: &[Setting], host: &Host) -> Result<Option<Examined>> {
    let Some(dot_env) = &loaded.dot_env else { return Ok(None) };
    let wishes = wishes(settings);
    let mut examined = Examined {
        file: remembered_path(&dot_env.path),
        provider: choice.factory.name().to_lowercase(),
        open: Vec::new(),
        allowed: Vec::new(),
    };
    if wishes.is_empty() {
        return Ok(Some(examined));
    }
    let trusted = TrustFile::read(host)?;
    for wish in wishes {
        let known = examined.entry(&wish).is_some_and(|entry| trusted.entries.contains(&entry));
        if known { examined.allowed.push(wish) } else { examined.open.push(wish) }
    }
    Ok(Some(examined))
}

/// The folder may be reached by links; the file is looked at as it is at the moment anyway.
pub(crate) fn remembered_path(path: &Path) -> String {
    let folder = path.parent().and_then(|folder| fs::canonicalize(folder).ok());
    match (folder, path.file_name()) {
        (Some(folder), Some(name)) => folder.join(name),
        _ => path.to_owned(),
    }
    .to_string_lossy()
    .into_owned()
}

fn wishes(settings: &[Setting]) -> Vec<Wish> {
    let mut wishes: Vec<_> = settings.iter().filter_map(file_wish).collect();
    let secrets = own_secrets(settings);
    if !secrets.is_empty() {
        wishes.extend(settings.iter().filter_map(|setting| address_wish(setting, &secrets)));
        wishes.extend(settings.iter().filter_map(|setting| anchor_wish(setting, &secrets)));
    }
    wishes
}

/// Whatever file `.env` names: it may be a key of the user's, also behind a link within the folder.
fn file_wish(setting: &Setting) -> Option<Wish> {
    let path = file_in_dot_env(setting)?;
    let path = fs::canonicalize(path).map_or_else(|_| path.to_owned(), |real| real.to_string_lossy().into_owned());
    Some(wish(setting, Kind::File { path }))
}

fn file_in_dot_env(setting: &Setting) -> Option<&str> {
    match &setting.value {
        SettingValue::Reference(SecretReference::File(path)) if !setting.origin.is_yours() => Some(path),
        _ => None,
    }
}

fn address_wish(setting: &Setting, secrets: &[String]) -> Option<Wish> {
    let secrets = secrets.to_vec();
    match address_in_dot_env(setting)?.1 {
        Destination::Nowhere => None,
        Destination::Origin(origin) => Some(wish(setting, Kind::Address { origin, secrets })),
        Destination::Unclear => Some(wish(setting, Kind::Unclear { secrets })),
    }
}

/// A certificate authority that comes with the folder; the file is looked at as it is named.
fn anchor_wish(setting: &Setting, secrets: &[String]) -> Option<Wish> {
    match &setting.value {
        SettingValue::Text(file) if setting.spec.trust_anchor && !setting.origin.is_yours() => {
            Some(wish(setting, Kind::Anchor { file: file.clone(), secrets: secrets.to_vec() }))
        }
        _ => None,
    }
}

/// What is declared as an address, or looks like one, and where it leads.
fn address_in_dot_env(setting: &Setting) -> Option<(&str, Destination)> {
    let text = match &setting.value {
        _ if setting.origin.is_yours() => return None,
        SettingValue::Text(text) => text,
        SettingValue::Secret(text) => text.expose(),
        _ => return None,
    };
    match setting.spec.exposure {
        Exposure::Url => Some((text, address::destination(text))),
        Exposure::Secret => None,
        _ => address::hidden_destination(text).map(|destination| (text, destination)),
    }
}

fn wish(setting: &Setting, kind: Kind) -> Wish {
    Wish { setting: setting.spec.key, variable: setting.name.clone(), instead: setting.spec.env, kind }
}

/// The names of secrets that the folder did not bring along, or that it fetches from who knows where.
fn own_secrets(settings: &[Setting]) -> Vec<String> {
    let is_own = |setting: &&Setting| {
        let is_secret = setting.spec.exposure == Exposure::Secret;
        is_secret && (setting.origin.is_yours() || file_in_dot_env(setting).is_some())
    };
    let mut names: Vec<_> =
        settings.iter().filter(is_own).map(|found| format!("`{}` ({})", found.spec.key, found.place())).collect();
    names.extend(unasked(settings));
    names
}

/// What PostgreSQL's driver takes by itself for an address that lacks it.
///
/// Where it looks differs from system to system and from version to version: this does not try to know better.
fn unasked(settings: &[Setting]) -> Option<String> {
    let borrows = |setting| address_in_dot_env(setting).is_some_and(|(text, _)| address::borrows(text));
    let has_password = settings.iter().any(|setting| setting.spec.env == PASSWORD);
    let takes = !has_password && settings.iter().any(borrows);
    takes.then(|| format!("what PostgreSQL's driver finds by itself (`{PASSWORD}`, `~/.pgpass`, `PGHOST`)"))
}

/// The variable of PostgreSQL's password.
const PASSWORD: &str = "PGPASSWORD";

/// Looks through the settings, and behind those addresses that stand in a file which the user allowed to be read.
pub(super) fn examine_all(
    loaded: &Loaded,
    choice: &Choice,
    settings: &mut [Setting],
    host: &Host,
) -> Result<Option<Examined>> {
    let Some(files) = examine(loaded, choice, settings, host)? else { return Ok(None) };
    if !files.open.is_empty() || !fetch_addresses(settings)? {
        return Ok(Some(files));
    }
    let mut all = examine(loaded, choice, settings, host)?;
    if let Some(all) = &mut all {
        all.allowed.extend(files.allowed);
    }
    Ok(all)
}

/// Takes addresses out of files once and for all: what was looked at is what is used.
fn fetch_addresses(settings: &mut [Setting]) -> Result<bool> {
    let mut fetched = false;
    for setting in settings.iter_mut().filter(|setting| setting.spec.exposure == Exposure::Url) {
        if let Some(path) = file_in_dot_env(setting) {
            let text = fs::read_to_string(path).map_err(|error| Failure::io(format!("reading `{path}`"), &error))?;
            setting.value = SettingValue::Secret(Secret::new(text.trim_end_matches(['\r', '\n'])));
            fetched = true;
        }
    }
    Ok(fetched)
}
