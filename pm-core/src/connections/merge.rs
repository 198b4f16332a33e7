//! All connections: those of the user's file, and those of the internal database.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::path::{Path, PathBuf};

use pm_provider::{Error, ProviderRegistry, Result};

use super::connection::{Connection, ConnectionSource, check_name, printable};
#[cfg(feature = "internal")]
use super::database::Database;
use super::file::ConnectionFile;
use crate::environment::Environment;
use crate::registry::builtin_registry;

/// The connections that there are, by name: those in the user's file, and those in the internal database.
///
/// Where both have one of the same name, the file's counts: it is the user's own. Nothing is remembered, so that a
/// connection that was changed is the changed one the next time that it is asked for.
///
/// ```no_run
/// use pm_core::connections::Connections;
/// use pm_core::PmProviderBuilder;
///
/// # async fn example() -> pm_core::Result<()> {
/// let connections = Connections::of_process()?;
/// let work = PmProviderBuilder::from_env().connection(connections.get("work-jira").await?).build().await?;
/// let home = PmProviderBuilder::from_env().connection(connections.get("home").await?).build().await?;
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
#[must_use]
pub struct Connections {
    file: Option<PathBuf>,
    registry: ProviderRegistry,
    #[cfg(feature = "internal")]
    database: Database,
}

impl Connections {
    /// Takes what this process has: the file that `PM_CONNECTIONS` names, else `pm-core/connections.toml` in the user's
    /// folder of settings; and the internal database, where there is one already.
    ///
    /// # Errors
    /// `Configuration` when `PM_CONNECTIONS` is no absolute path.
    pub fn of_process() -> Result<Self> {
        Self::of_environment(&Environment::of_process())
    }

    /// The same with another environment.
    ///
    /// # Errors
    /// As [`of_process`](Self::of_process).
    pub fn of_environment(environment: &Environment) -> Result<Self> {
        Ok(Self {
            file: environment.connections_file()?,
            registry: builtin_registry(),
            #[cfg(feature = "internal")]
            database: Database::of_environment(environment)?,
        })
    }

    /// Has none: neither a file nor a database.
    pub fn none() -> Self {
        Self {
            file: None,
            registry: builtin_registry(),
            #[cfg(feature = "internal")]
            database: Database::None,
        }
    }

    /// Takes this file, which need not exist yet. It counts as the user's own.
    pub fn file(mut self, path: impl Into<PathBuf>) -> Self {
        self.file = Some(path.into());
        self
    }

    /// Takes other backends: they say what the columns of the database mean.
    pub fn registry(mut self, registry: ProviderRegistry) -> Self {
        self.registry = registry;
        self
    }

    /// Takes the connections of the application's own database, into which nobody writes whom the secrets of the
    /// connections are kept from. All of them count.
    #[cfg(feature = "internal")]
    pub fn own_database(mut self, store: crate::internal::store::Store) -> Self {
        self.database = Database::Own(store);
        self
    }

    /// Takes the connections of a database that others may write into, or that came with a folder. Each counts once the
    /// user agreed to it ([`trust`](Self::trust)), and as long as it stays as it was then.
    #[cfg(feature = "internal")]
    pub fn shared_database(mut self, store: crate::internal::store::Store) -> Self {
        self.database = Database::Shared(store);
        self
    }

    /// Takes the connections of the internal database with these settings, as those of others; it is opened when it is
    /// needed, and not made.
    #[cfg(feature = "internal")]
    pub fn internal(mut self, settings: pm_provider::Settings, environment: &Environment) -> Self {
        self.database = Database::Settings(settings, environment.clone());
        self
    }

    /// Opens the internal database that connections are looked for in; it is not made.
    ///
    /// # Errors
    /// `Configuration` when there is none; what the database has to say.
    #[cfg(feature = "internal")]
    pub async fn database(&self) -> Result<crate::internal::store::Store> {
        self.database.required().await
    }

    /// The file, which need not exist.
    #[must_use]
    pub fn path(&self) -> Option<&Path> {
        self.file.as_deref()
    }

    /// Lists all connections by name, with what is wrong with those that cannot be read.
    ///
    /// # Errors
    /// `Configuration` when the file as a whole cannot be read; what the database has to say.
    pub async fn list(&self) -> Result<Vec<(String, Result<Connection>)>> {
        let file = self.read()?;
        let mut found = self.rows(file.as_ref()).await?;
        if let Some(file) = &file {
            for name in file.names() {
                let connection =
                    file.get(&name).and_then(|found| found.ok_or_else(|| Error::not_found("connection", &name)));
                found.insert(name, connection);
            }
        }
        Ok(found.into_iter().collect())
    }

    /// Says whether the user's file has a connection of this name; the database is not asked.
    ///
    /// # Errors
    /// `Configuration` when the file as a whole cannot be read.
    pub fn is_in_file(&self, name: &str) -> Result<bool> {
        Ok(self.read()?.is_some_and(|file| file.names().iter().any(|known| known == name)))
    }

    /// Finds a connection by its name.
    ///
    /// # Errors
    /// `Configuration`: there is none of this name (those that there are, are listed), or it cannot be read.
    pub async fn get(&self, name: &str) -> Result<Connection> {
        let file = self.read()?;
        if let Some(connection) = file.as_ref().map(|file| file.get(name)).transpose()?.flatten() {
            return Ok(connection);
        }
        let mut rows = self.rows(file.as_ref()).await?;
        match rows.remove(name) {
            Some(found) => found,
            None => Err(self
                .unknown(name, file.map(|file| file.names()).unwrap_or_default().into_iter().chain(rows.into_keys()))),
        }
    }

    /// Writes a connection into the user's file, in the place of one of the same name; comments and order stay.
    ///
    /// # Errors
    /// `Configuration` as [`Connection::check`]; there is no place for the file, or it cannot be written.
    pub fn save(&self, connection: &Connection) -> Result<()> {
        let Some(path) = &self.file else { return Err(no_file()) };
        let mut file = ConnectionFile::read(path)?;
        let factory = self.registry.get(connection.provider())?;
        let mut saved = connection.clone().from(ConnectionSource::File(path.clone()));
        saved.variables.clone_from(file.variables());
        saved.check(&**factory)?;
        file.put(&saved)?;
        file.write()
    }

    /// Writes a connection into the database, in the place of one of the same name. Who may write it so is asked nothing
    /// more: the user's file notes that they agreed to it.
    ///
    /// # Errors
    /// As [`save`](Self::save); `Configuration` when there is no database; what the database has to say.
    #[cfg(feature = "internal")]
    pub async fn save_in_database(&self, connection: &Connection) -> Result<()> {
        let factory = self.registry.get(connection.provider())?;
        let mut file = self.read()?;
        let mut saved = connection.clone().from(ConnectionSource::Database);
        if let Some(file) = &file {
            saved.variables.clone_from(file.variables());
        }
        saved.check(&**factory)?;
        let row = super::table::to_row(&saved, &**factory)?;
        let store = self.database.required().await?;
        let row = crate::internal::store::connections::save(&store, row).await?;
        // What the table says is what has to stay as it is.
        let row = super::table::from_row(&row, Some(&**factory))?;
        match &mut file {
            Some(file) if self.database.is_shared() => {
                file.trust(&row)?;
                file.write()
            }
            _ => Ok(()),
        }
    }

    /// Notes in the user's file that they agree to a connection of the database, as it was when it was read.
    ///
    /// # Errors
    /// `Configuration`: there is no place for the file, or it cannot be written.
    pub fn trust(&self, connection: &Connection) -> Result<()> {
        let Some(path) = &self.file else { return Err(no_file()) };
        let mut file = ConnectionFile::read(path)?;
        file.trust(connection)?;
        file.write()
    }

    /// Removes the connection of this name that counts: the file's, else the database's. Says where it was.
    ///
    /// # Errors
    /// The file cannot be written; `Conflict` while projects are mapped through a connection of the database.
    pub async fn remove(&self, name: &str) -> Result<Option<ConnectionSource>> {
        let mut file = self.read()?;
        if let Some(file) = &mut file
            && file.remove(name)
        {
            file.write()?;
            return Ok(self.file.clone().map(ConnectionSource::File));
        }
        if !self.remove_row(name).await? {
            return Ok(None);
        }
        if let Some(file) = &mut file
            && file.distrust(name)
        {
            file.write()?;
        }
        Ok(Some(ConnectionSource::Database))
    }

    fn read(&self) -> Result<Option<ConnectionFile>> {
        self.file.as_deref().map(ConnectionFile::read).transpose()
    }

    #[cfg(feature = "internal")]
    async fn rows(&self, file: Option<&ConnectionFile>) -> Result<BTreeMap<String, Result<Connection>>> {
        let Some(store) = self.database.open().await? else { return Ok(BTreeMap::new()) };
        let rows = crate::internal::store::connections::list(&store).await?;
        let read = |row: &crate::internal::store::connections::ProviderConnection| {
            let factory = self.registry.get(&row.provider_type).ok();
            let mut connection = super::table::from_row(row, factory.map(|factory| &**factory)).map_err(|error| {
                Error::configuration(format!(
                    "connection `{}` of the database: {}",
                    printable(&row.name),
                    error.message()
                ))
            })?;
            if let Some(file) = file {
                connection.variables.clone_from(file.variables());
            }
            if self.database.is_shared() {
                connection.trusted = file.map(|file| file.trusts(&connection)).transpose()?.unwrap_or_default();
            }
            Ok(connection)
        };
        Ok(rows.iter().map(|row| (row.name.clone(), read(row))).collect())
    }

    #[cfg(not(feature = "internal"))]
    async fn rows(&self, _file: Option<&ConnectionFile>) -> Result<BTreeMap<String, Result<Connection>>> {
        Ok(BTreeMap::new())
    }

    #[cfg(feature = "internal")]
    async fn remove_row(&self, name: &str) -> Result<bool> {
        match self.database.open().await? {
            Some(store) => crate::internal::store::connections::remove(&store, name).await,
            None => Ok(false),
        }
    }

    #[cfg(not(feature = "internal"))]
    async fn remove_row(&self, _name: &str) -> Result<bool> {
        Ok(false)
    }

    fn unknown(&self, name: &str, known: impl Iterator<Item = String>) -> Error {
        if let Err(error) = check_name(name) {
            return error;
        }
        let known: Vec<_> = known.collect::<BTreeSet<_>>().into_iter().collect();
        let message = match (&self.file, known.as_slice()) {
            (_, [_, ..]) => {
                let known: Vec<_> = known.iter().map(|name| format!("`{}`", printable(name))).collect();
                format!("there is no connection `{name}`; there are {}", known.join(", "))
            }
            (Some(file), []) => {
                format!("there is no connection `{name}`, and no other; looked at `{}`", file.display())
            }
            (None, []) => format!("there is no connection `{name}`, and no file of connections"),
        };
        let error = Error::configuration(message);
        match nearest(name, &known) {
            Some(near) => error.hint(format!("did you mean `{near}`?")),
            None => error.hint(format!("`spm connection add {name} --provider NAME KEY=VALUE …` makes one")),
        }
    }
}

fn no_file() -> Error {
    Error::configuration("there is no place for a file of connections")
        .hint("set PM_CONNECTIONS, HOME or XDG_CONFIG_HOME")
}

fn nearest<'a>(name: &str, known: &'a [String]) -> Option<&'a str> {
    const LIKELY: f64 = 0.75;
    let ranked = known.iter().map(|candidate| (strsim::jaro_winkler(name, candidate), candidate.as_str()));
    ranked.filter(|(likeness, _)| *likeness > LIKELY).max_by(|(a, _), (b, _)| a.total_cmp(b)).map(|(_, name)| name)
}

impl fmt::Debug for Connections {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Connections").field("file", &self.file).finish_non_exhaustive()
    }
}
