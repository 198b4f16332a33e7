//! The user's own file of connections.

use std::collections::BTreeSet;
use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use pm_provider::{Error, ErrorKind, Result};
use toml_edit::{DocumentMut, Item, Table, TableLike, Value, value};

use super::connection::{Connection, ConnectionSource, check_name};

/// The key of the list of variables that references may name.
const ALLOW_ENV: &str = "allow_env";
/// The table of connections.
const CONNECTIONS: &str = "connections";
/// The table of what the user agreed to of databases.
const TRUSTED: &str = "trusted";
/// The key of a connection's provider.
const PROVIDER: &str = "provider";

/// A file of connections, as it was when it was read.
#[derive(Debug)]
pub(super) struct ConnectionFile {
    path: PathBuf,
    document: DocumentMut,
    variables: BTreeSet<String>,
}

impl ConnectionFile {
    /// Reads a file; an empty one where there is none.
    pub(super) fn read(path: &Path) -> Result<Self> {
        let text = match fs::read_to_string(path) {
            Ok(text) => text,
            Err(error) if error.kind() == io::ErrorKind::NotFound => String::new(),
            Err(error) => return Err(failed("reading", path, error)),
        };
        check_writers(path)?;
        let document = parse(path, &text)?;
        let variables = variables(path, &document)?;
        let file = Self { path: path.to_owned(), document, variables };
        file.check_keys()?;
        Ok(file)
    }

    /// The names of all connections.
    pub(super) fn names(&self) -> Vec<String> {
        let table = self.document.get(CONNECTIONS).and_then(Item::as_table_like);
        table.into_iter().flat_map(TableLike::iter).map(|(name, _)| name.to_owned()).collect()
    }

    /// The connection of this name.
    pub(super) fn get(&self, name: &str) -> Result<Option<Connection>> {
        let connection = self.read_one(CONNECTIONS, name)?;
        Ok(connection.map(|connection| connection.from(ConnectionSource::File(self.path.clone()))))
    }

    /// The variables that references may name.
    pub(super) fn variables(&self) -> &BTreeSet<String> {
        &self.variables
    }

    /// Whether the user agreed to a row of a database, and it still says the same.
    #[cfg(feature = "internal")]
    pub(super) fn trusts(&self, row: &Connection) -> Result<bool> {
        Ok(self.read_one(TRUSTED, row.name())?.is_some_and(|agreed| agreed.says_the_same(row)))
    }

    /// Writes a connection in, in the place of one of the same name.
    pub(super) fn put(&mut self, connection: &Connection) -> Result<()> {
        self.put_in(CONNECTIONS, connection)
    }

    /// Notes that the user agreed to a row as it is now.
    pub(super) fn trust(&mut self, row: &Connection) -> Result<()> {
        self.put_in(TRUSTED, row)
    }

    /// Takes a connection out; says whether it was there.
    pub(super) fn remove(&mut self, name: &str) -> bool {
        self.remove_in(CONNECTIONS, name)
    }

    /// Takes back what was agreed to; says whether anything was.
    pub(super) fn distrust(&mut self, name: &str) -> bool {
        self.remove_in(TRUSTED, name)
    }

    /// Writes the file, for this user alone, at once: a crash leaves the old one or the new one.
    pub(super) fn write(&self) -> Result<()> {
        // Whoever keeps settings elsewhere and links to them wants to find them there.
        let target = fs::canonicalize(&self.path).unwrap_or_else(|_| self.path.clone());
        write_whole(&target, &self.document.to_string()).map_err(|error| failed("writing", &self.path, error))
    }

    fn read_one(&self, section: &str, name: &str) -> Result<Option<Connection>> {
        let Some(item) = self.document.get(section).and_then(Item::as_table_like).and_then(|table| table.get(name))
        else {
            return Ok(None);
        };
        let at = |key: &str| format!("`{section}.{name}{key}` in `{}`", self.path.display());
        let Some(table) = item.as_table_like() else {
            return Err(Error::configuration(format!("{} is no table", at("")))
                .hint(format!("write [{section}.{name}] and below it provider = \"NAME\" and its settings")));
        };
        let Some(provider) = table.get(PROVIDER) else {
            return Err(Error::configuration(format!("{} names no provider", at("")))
                .hint("add provider = \"NAME\"; `spm provider list` names them"));
        };
        let connection = Connection::new(name, text_of(&at(".provider"), provider)?);
        let settings = table.iter().filter(|(key, _)| *key != PROVIDER);
        let mut connection = settings.into_iter().try_fold(connection, |connection, (key, item)| {
            Ok::<_, Error>(connection.set(key, text_of(&at(&format!(".{key}")), item)?))
        })?;
        connection.variables = self.variables.clone();
        Ok(Some(connection))
    }

    fn put_in(&mut self, section: &str, connection: &Connection) -> Result<()> {
        check_name(connection.name())?;
        let mut table = Table::new();
        table.insert(PROVIDER, value(connection.provider()));
        for (key, text) in connection.settings() {
            table.insert(key, value(text));
        }
        let item = self.document.entry(section).or_insert_with(|| {
            let mut all = Table::new();
            all.set_implicit(true);
            Item::Table(all)
        });
        let Some(all) = item.as_table_like_mut() else {
            return Err(Error::configuration(format!("`{section}` in `{}` is no table", self.path.display())));
        };
        all.insert(connection.name(), Item::Table(table));
        Ok(())
    }

    fn remove_in(&mut self, section: &str, name: &str) -> bool {
        let table = self.document.get_mut(section).and_then(Item::as_table_like_mut);
        table.and_then(|table| table.remove(name)).is_some()
    }

    /// A misspelt key must not be a connection that is silently not there.
    fn check_keys(&self) -> Result<()> {
        for (key, item) in self.document.iter() {
            let fits = match key {
                CONNECTIONS | TRUSTED => item.is_table_like(),
                ALLOW_ENV => true,
                _ => false,
            };
            if !fits {
                let message = format!("`{key}` in `{}` means nothing", self.path.display());
                return Err(Error::configuration(message)
                    .hint("allowed are [connections.NAME], [trusted.NAME] and allow_env = [\"VARIABLE\"]"));
            }
        }
        Ok(())
    }
}

/// The error's own text quotes the line, which may be a secret.
fn parse(path: &Path, text: &str) -> Result<DocumentMut> {
    text.parse().map_err(|error: toml_edit::TomlError| {
        let place = error.span().map_or(0, |span| span.start);
        let line = text.bytes().take(place).filter(|byte| *byte == b'\n').count() + 1;
        Error::configuration(format!("line {line} of `{}` is no TOML: {}", path.display(), error.message()))
    })
}

fn variables(path: &Path, document: &DocumentMut) -> Result<BTreeSet<String>> {
    let Some(item) = document.get(ALLOW_ENV) else { return Ok(BTreeSet::new()) };
    let names = item.as_array().map(|names| names.iter().map(|name| name.as_str().map(str::to_owned)).collect());
    names.flatten().ok_or_else(|| {
        Error::configuration(format!("`{ALLOW_ENV}` in `{}` is no list of names", path.display()))
            .hint("write allow_env = [\"WORK_TOKEN\"]")
    })
}

/// Numbers and truths are texts without quotes.
fn text_of(place: &str, item: &Item) -> Result<String> {
    match item.as_value() {
        Some(Value::String(text)) => Ok(text.value().clone()),
        Some(Value::Integer(number)) => Ok(number.value().to_string()),
        Some(Value::Boolean(truth)) => Ok(truth.value().to_string()),
        _ => Err(Error::configuration(format!("{place} is no text")).hint("put the value between quotes")),
    }
}

/// Whoever can write into the file can send its secrets anywhere, and have programs run.
#[cfg(unix)]
fn check_writers(path: &Path) -> Result<()> {
    use std::os::unix::fs::PermissionsExt;

    const ANYBODY_WRITES: u32 = 0o002;
    match fs::metadata(path) {
        Ok(metadata) if metadata.permissions().mode() & ANYBODY_WRITES != 0 => {
            let message = format!("everybody may write into `{}`, so nothing in it is used", path.display());
            Err(Error::new(ErrorKind::Configuration, message).hint(format!("chmod go-w {}", path.display())))
        }
        _ => Ok(()),
    }
}

#[cfg(not(unix))]
fn check_writers(_path: &Path) -> Result<()> {
    Ok(())
}

fn write_whole(target: &Path, text: &str) -> io::Result<()> {
    let folder = target.parent().unwrap_or(Path::new("."));
    fs::create_dir_all(folder)?;
    let name = target.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let new = folder.join(format!(".{name}.{}.new", std::process::id()));
    let written = write_new(&new, text).and_then(|()| fs::rename(&new, target));
    if written.is_err() {
        // What is left of a failed attempt is of no use; that it cannot be removed is no news either.
        let _gone = fs::remove_file(&new);
    }
    written
}

fn write_new(path: &Path, text: &str) -> io::Result<()> {
    let mut options = fs::OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(path)?;
    file.write_all(text.as_bytes())?;
    file.sync_all()
}

fn failed(what: &str, path: &Path, error: io::Error) -> Error {
    Error::configuration(format!("{what} `{}` failed: {error}", path.display())).with_source(error)
}
