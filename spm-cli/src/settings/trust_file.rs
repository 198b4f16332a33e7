//! What the user allowed: `trust.toml` in the folder of settings.

use std::path::{Path, PathBuf};

use serde::Serialize;
use toml_edit::{ArrayOfTables, DocumentMut, Item, Table, value};

use super::file;
use super::setting::printable;
use crate::failure::{Failure, Result};
use crate::host::Host;
use crate::output::{Cell, Column, Tone, presented};

/// The name of the file.
const NAME: &str = "trust.toml";
const TABLE: &str = "trusted";
const HEADER: &str =
    "# What `spm config trust` allowed. Take something back: `spm config trust --remove`, or delete it here.\n";

/// One thing that was allowed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(crate) struct Entry {
    /// The `.env` file.
    pub(crate) file: String,
    /// The backend.
    pub(crate) provider: String,
    /// The setting.
    pub(crate) setting: String,
    /// Where secrets may go, `scheme://host:port`; or the file that may be read, `file:/path`.
    pub(crate) origin: String,
}

/// What the user allowed.
#[derive(Debug)]
pub(crate) struct TrustFile {
    path: Option<PathBuf>,
    pub(crate) entries: Vec<Entry>,
}

impl TrustFile {
    /// Where the file is, or would be.
    pub(crate) fn path(host: &Host) -> Option<PathBuf> {
        host.config_dir().map(|folder| folder.join(NAME))
    }

    /// Reads the file; nothing is allowed where there is none.
    pub(crate) fn read(host: &Host) -> Result<Self> {
        let path = Self::path(host);
        let entries = match &path {
            Some(path) => entries(path, &file::read_toml(path)?)?,
            None => Vec::new(),
        };
        Ok(Self { path, entries })
    }

    /// Writes the file.
    pub(crate) fn write(&self) -> Result<()> {
        let Some(path) = &self.path else {
            return Err(Failure::settings("there is no folder for settings").hint("set HOME or XDG_CONFIG_HOME"));
        };
        let mut tables = ArrayOfTables::new();
        for entry in &self.entries {
            tables.push(entry.table());
        }
        let mut document = DocumentMut::new();
        document.insert(TABLE, Item::ArrayOfTables(tables));
        file::write(path, &format!("{HEADER}{document}"))
    }
}

impl Entry {
    fn table(&self) -> Table {
        let members =
            [("file", &self.file), ("provider", &self.provider), ("setting", &self.setting), ("origin", &self.origin)];
        let mut table = Table::new();
        for (key, text) in members {
            table.insert(key, value(text.as_str()));
        }
        table
    }

    fn read(table: &Table) -> Option<Self> {
        let text = |key: &str| table.get(key).and_then(Item::as_str).map(str::to_owned);
        Some(Self {
            file: text("file")?,
            provider: text("provider")?,
            setting: text("setting")?,
            origin: text("origin")?,
        })
    }
}

fn entries(path: &Path, document: &DocumentMut) -> Result<Vec<Entry>> {
    let tables = document.get(TABLE).and_then(Item::as_array_of_tables);
    let entries: Option<Vec<_>> = tables.into_iter().flatten().map(Entry::read).collect();
    entries.ok_or_else(|| {
        let message = format!("`{}` has an entry without file, provider, setting or origin", path.display());
        Failure::settings(message).hint("take the entry out, or delete the file: nothing is trusted then")
    })
}

presented!(
    Entry,
    "trusted entries",
    ["file", "provider", "setting", "origin"],
    [Column::wide("FILE"), Column::fixed("PROVIDER"), Column::fixed("SETTING"), Column::wide("ORIGIN")],
    |entry| vec![
        Cell::text(Tone::Key, printable(&entry.file)),
        Cell::text(Tone::Plain, &entry.provider),
        Cell::text(Tone::Plain, &entry.setting),
        Cell::text(Tone::Bold, printable(&entry.origin)),
    ]
);
