//! From names and settings to a provider.

use std::fmt;
use std::sync::Arc;

use pm_provider::{
    BuildContext, Clock, Layer, PmProvider, ProviderFactory, ProviderRegistry, Result, SecretResolver, Settings,
};
#[cfg(feature = "internal")]
use sea_orm::DatabaseConnection;

#[cfg(feature = "connections")]
use crate::connections::{Connection, ConnectionSecrets, Connections};
use crate::environment::{DEFAULT_PROVIDER, Environment};
use crate::registry::builtin_registry;
use crate::secrets::EnvironmentSecrets;

/// Builds the provider that the environment asks for: `PM_PROVIDER` chooses it, `internal` is the default.
///
/// ```no_run
/// use pm_core::{PmProviderExt, TaskQuery, build_pm_provider};
///
/// # async fn example() -> pm_core::Result<()> {
/// let provider = build_pm_provider().await?;
/// for task in provider.list_tasks(TaskQuery::new().open()).await? {
///     println!("{}", task.title);
/// }
/// # Ok(())
/// # }
/// ```
///
/// # Errors
/// `Configuration` for an unknown or compiled-out provider, and for wrong or missing settings; what the backend says
/// when it is opened.
pub async fn build_pm_provider() -> Result<Arc<dyn PmProvider>> {
    PmProviderBuilder::from_env().build().await
}

/// Builds the provider that the environment asks for, out of backends that the application chose.
///
/// # Errors
/// As [`build_pm_provider`].
pub async fn build_pm_provider_from(registry: &ProviderRegistry) -> Result<Arc<dyn PmProvider>> {
    PmProviderBuilder::from_env().registry(registry.clone()).build().await
}

/// Builds a provider by name and settings. Of the environment only those variables are read that a setting refers to.
///
/// ```
/// # #[cfg(feature = "sqlite")]
/// # tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(async {
/// use pm_core::{Settings, build_pm_provider_with, builtin_registry};
///
/// let settings = Settings::new().set("database_url", "sqlite::memory:");
/// let provider = build_pm_provider_with(&builtin_registry(), "internal", &settings).await?;
/// assert_eq!(provider.name(), "internal");
/// # Ok::<(), pm_core::Error>(())
/// # }).unwrap();
/// ```
///
/// # Errors
/// As [`build_pm_provider`].
pub async fn build_pm_provider_with(
    registry: &ProviderRegistry,
    name: &str,
    settings: &Settings,
) -> Result<Arc<dyn PmProvider>> {
    PmProviderBuilder::new(registry.clone()).provider(name).settings(settings.clone()).build().await
}

/// Builds a provider step by step.
///
/// ```no_run
/// use pm_core::PmProviderBuilder;
/// use pm_core::layers::{ReadOnlyLayer, TracingLayer};
///
/// # async fn example() -> pm_core::Result<()> {
/// let provider = PmProviderBuilder::from_env().layer(ReadOnlyLayer).layer(TracingLayer).build().await?;
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
#[must_use]
pub struct PmProviderBuilder {
    registry: ProviderRegistry,
    environment: Option<Environment>,
    provider: Option<String>,
    settings: Option<Settings>,
    #[cfg(feature = "connections")]
    connection: Option<Connection>,
    layers: Vec<Arc<dyn Layer>>,
    secrets: Option<Arc<dyn SecretResolver>>,
    clock: Option<Arc<dyn Clock>>,
    create_missing: bool,
    #[cfg(feature = "internal")]
    database: Option<DatabaseConnection>,
}

impl PmProviderBuilder {
    /// Takes backends, and nothing from the environment: provider `internal` and no settings, until told otherwise. Only
    /// a secret that a setting says is in a variable (`env:NAME`) is read there, unless [`secrets`](Self::secrets) says
    /// otherwise.
    pub fn new(registry: ProviderRegistry) -> Self {
        Self {
            registry,
            environment: None,
            provider: None,
            settings: None,
            #[cfg(feature = "connections")]
            connection: None,
            layers: Vec::new(),
            secrets: None,
            clock: None,
            create_missing: true,
            #[cfg(feature = "internal")]
            database: None,
        }
    }

    /// Takes the built-in backends, and provider and settings from the environment of this process.
    pub fn from_env() -> Self {
        Self::from_environment(Environment::of_process())
    }

    /// Takes the built-in backends, and provider and settings from an environment.
    pub fn from_environment(environment: Environment) -> Self {
        Self { environment: Some(environment), ..Self::new(builtin_registry()) }
    }

    /// Takes other backends.
    pub fn registry(mut self, registry: ProviderRegistry) -> Self {
        self.registry = registry;
        self
    }

    /// Takes this provider, whatever the environment says.
    pub fn provider(mut self, name: impl Into<String>) -> Self {
        self.provider = Some(name.into());
        self
    }

    /// Takes these settings instead of those in the environment.
    pub fn settings(mut self, settings: Settings) -> Self {
        self.settings = Some(settings);
        self
    }

    /// Takes provider and settings from a connection; of the environment's settings none is taken then, whatever the
    /// connection leaves out. [`settings`](Self::settings) replaces its settings, but not the rules for its secrets.
    #[cfg(feature = "connections")]
    pub fn connection(mut self, connection: Connection) -> Self {
        self.connection = Some(connection);
        self
    }

    /// Keeps the data of the provider `internal` in the application's own database, whatever its settings say; any other
    /// provider leaves the connection alone.
    ///
    /// Its tables must be there: [`store::migrate`](crate::internal::store::migrate) makes them, when asked and beside
    /// the application's own.
    #[cfg(feature = "internal")]
    pub fn database(mut self, connection: DatabaseConnection) -> Self {
        self.database = Some(connection);
        self
    }

    /// Puts a layer around the provider and the layers that were added before.
    pub fn layer(mut self, layer: impl Layer) -> Self {
        self.layers.push(Arc::new(layer));
        self
    }

    /// Fetches secrets through this resolver instead of [`EnvironmentSecrets`].
    pub fn secrets(mut self, secrets: Arc<dyn SecretResolver>) -> Self {
        self.secrets = Some(secrets);
        self
    }

    /// Tells the time by this clock instead of the machine's.
    pub fn clock(mut self, clock: Arc<dyn Clock>) -> Self {
        self.clock = Some(clock);
        self
    }

    /// Says whether the provider may make its storage where there is none, which is the default. A program that only reads
    /// says no: it then hears that there is nothing, and leaves no empty database behind.
    pub fn create_missing(mut self, create: bool) -> Self {
        self.create_missing = create;
        self
    }

    /// Builds the provider.
    ///
    /// # Errors
    /// As [`build_pm_provider`].
    pub async fn build(self) -> Result<Arc<dyn PmProvider>> {
        let builder = self.with_connection_of_environment().await?;
        builder.build_as_said().await
    }

    async fn build_as_said(self) -> Result<Arc<dyn PmProvider>> {
        let name = self.provider_name()?;
        let factory = self.registry.get(&name)?;
        let settings = self.settings_for(&**factory)?;
        settings.check(factory.name(), factory.settings())?;
        let context = self.context(&**factory, settings);
        let provider = self.open(&**factory, context).await?;
        Ok(self.layers.iter().fold(provider, |inner, layer| layer.wrap(inner)))
    }

    /// Takes the connection that the environment names, if nothing else was chosen.
    #[cfg(feature = "connections")]
    async fn with_connection_of_environment(mut self) -> Result<Self> {
        let nothing_chosen = self.provider.is_none() && self.settings.is_none() && self.connection.is_none();
        if let Some(environment) = self.environment.as_ref().filter(|_| nothing_chosen)
            && let Some(name) = environment.connection_name()?
        {
            let connections = Connections::of_environment(environment)?.registry(self.registry.clone());
            self.connection = Some(connections.get(&name).await?);
        }
        Ok(self)
    }

    #[cfg(not(feature = "connections"))]
    #[allow(clippy::unused_async)]
    async fn with_connection_of_environment(self) -> Result<Self> {
        match self.environment.as_ref().filter(|_| self.provider.is_none()).map(Environment::connection_name) {
            Some(Ok(Some(name))) => {
                let message = format!("connection `{name}`: named connections are not compiled into this program");
                Err(pm_provider::Error::configuration(message).hint("build it with the cargo feature `connections`"))
            }
            Some(Err(error)) => Err(error),
            _ => Ok(self),
        }
    }

    fn provider_name(&self) -> Result<String> {
        #[cfg(feature = "connections")]
        if let Some(connection) = &self.connection {
            return match &self.provider {
                Some(name) if !name.eq_ignore_ascii_case(connection.provider()) => Err(two_providers(name, connection)),
                _ => Ok(connection.provider().to_owned()),
            };
        }
        match (&self.provider, &self.environment) {
            (Some(name), _) => Ok(name.clone()),
            (None, Some(environment)) => environment.provider_name(),
            (None, None) => Ok(DEFAULT_PROVIDER.to_owned()),
        }
    }

    fn settings_for(&self, factory: &dyn ProviderFactory) -> Result<Settings> {
        #[cfg(feature = "connections")]
        if let Some(connection) = &self.connection {
            connection.check_trust()?;
            return match &self.settings {
                Some(settings) => Ok(settings.clone()),
                None => connection.settings_for(factory),
            };
        }
        match (&self.settings, &self.environment) {
            (Some(settings), _) => Ok(settings.clone()),
            (None, Some(environment)) => environment.settings(factory),
            (None, None) => Ok(Settings::new()),
        }
    }

    fn context(&self, factory: &dyn ProviderFactory, settings: Settings) -> BuildContext {
        let context =
            BuildContext::new(factory.name(), settings, self.resolver(factory)).create_missing(self.create_missing);
        match &self.clock {
            Some(clock) => context.clock(Arc::clone(clock)),
            None => context,
        }
    }

    #[cfg(feature = "connections")]
    fn resolver(&self, factory: &dyn ProviderFactory) -> Arc<dyn SecretResolver> {
        let Some(connection) = &self.connection else { return self.general_resolver() };
        let environment = self.environment.clone().map_or_else(EnvironmentSecrets::default, EnvironmentSecrets::new);
        Arc::new(ConnectionSecrets {
            permitted: connection.permitted(factory),
            environment,
            application: self.secrets.clone(),
        })
    }

    #[cfg(not(feature = "connections"))]
    fn resolver(&self, _factory: &dyn ProviderFactory) -> Arc<dyn SecretResolver> {
        self.general_resolver()
    }

    fn general_resolver(&self) -> Arc<dyn SecretResolver> {
        match (&self.secrets, &self.environment) {
            (Some(secrets), _) => Arc::clone(secrets),
            (None, Some(environment)) => Arc::new(EnvironmentSecrets::new(environment.clone())),
            (None, None) => Arc::new(EnvironmentSecrets::default()),
        }
    }

    #[cfg(feature = "internal")]
    async fn open(&self, factory: &dyn ProviderFactory, context: BuildContext) -> Result<Arc<dyn PmProvider>> {
        match &self.database {
            Some(connection) if factory.name() == pm_provider_internal::NAME => {
                open_in(connection.clone(), &context).await
            }
            _ => factory.build(context).await,
        }
    }

    #[cfg(not(feature = "internal"))]
    async fn open(&self, factory: &dyn ProviderFactory, context: BuildContext) -> Result<Arc<dyn PmProvider>> {
        factory.build(context).await
    }
}

#[cfg(feature = "connections")]
fn two_providers(name: &str, connection: &Connection) -> pm_provider::Error {
    let (connection, other) = (connection.name(), connection.provider());
    let message = format!("connection `{connection}` is one to the provider `{other}`, not to `{name}`");
    pm_provider::Error::configuration(message).hint("choose the connection or the provider, not both")
}

#[cfg(feature = "internal")]
async fn open_in(connection: DatabaseConnection, context: &BuildContext) -> Result<Arc<dyn PmProvider>> {
    use pm_provider_internal::{InternalProvider, store::Store};

    let store = Store::new(connection).clock(Arc::clone(&context.clock));
    Ok(Arc::new(InternalProvider::from_store(store, context.text("user")).await?))
}

impl fmt::Debug for PmProviderBuilder {
    /// Leaves the connection out: its pool knows a password.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PmProviderBuilder")
            .field("registry", &self.registry)
            .field("environment", &self.environment)
            .field("provider", &self.provider)
            .field("settings", &self.settings)
            .field("layers", &self.layers)
            .field("create_missing", &self.create_missing)
            .finish_non_exhaustive()
    }
}
