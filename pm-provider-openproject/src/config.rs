//! What can be set.

use pm_http::settings::{choice, number, parsed};
use pm_http::{Credential, SecretSource, TransportSettings, with_transport};
use pm_provider::{
    BuildContext, ConnectionColumn, Overrides, PriorityLevel, Result, Secret, SettingSpec, StatusCategory,
};

const BASE_URL: SettingSpec = SettingSpec::new(
    "base_url",
    "OPENPROJECT_URL",
    "the address of the server, with its path if it has one: https://example.org/openproject",
)
.required()
.url();
const API_KEY: SettingSpec =
    SettingSpec::new("api_key", "OPENPROJECT_API_KEY", "an API key, from `Account settings` > `Access tokens`")
        .required()
        .secret()
        .columns(&[ConnectionColumn::ApiToken]);
const AUTH: SettingSpec = SettingSpec::new(
    "auth",
    "OPENPROJECT_AUTH",
    "how the key is shown: `basic` (the default), or `bearer` where that is switched off, and for OAuth tokens",
);
const STATUSES: SettingSpec = SettingSpec::new(
    "statuses",
    "OPENPROJECT_STATUSES",
    "which category statuses belong to where their names do not tell: `On hold=backlog, Geprüft=done`",
);
const PRIORITIES: SettingSpec = SettingSpec::new(
    "priorities",
    "OPENPROJECT_PRIORITIES",
    "which level priorities have where their names do not tell: `Dringend=urgent`",
);
const SPRINT_BACKEND: SettingSpec = SettingSpec::new(
    "sprint_backend",
    "OPENPROJECT_SPRINT_BACKEND",
    "what sprints are: `versions`, `sprints` (read-only, from 17.3), or `auto` (the default): sprints where there are some",
);
const TASK_TYPE: SettingSpec = SettingSpec::new(
    "task_type",
    "OPENPROJECT_TASK_TYPE",
    "the type of new tasks that name none; the project's default type if unset",
);
const NOTIFY: SettingSpec = SettingSpec::new(
    "notify",
    "OPENPROJECT_NOTIFY",
    "whether the server tells people of changes, by e-mail too: `true` (the default) or `false`",
);
const WEBHOOK_SECRET: SettingSpec = SettingSpec::new(
    "webhook_secret",
    "OPENPROJECT_WEBHOOK_SECRET",
    "the signature secret of the webhook, to check deliveries with",
)
.secret();
const PAGE_SIZE: SettingSpec = SettingSpec::new(
    "page_size",
    "OPENPROJECT_PAGE_SIZE",
    "how many items are asked for at once (200); the server may give fewer",
);

/// The settings of the provider, as its factory declares them.
pub(crate) const SETTINGS: &[SettingSpec] = with_transport!(
    "OPENPROJECT"; BASE_URL, API_KEY, AUTH, STATUSES, PRIORITIES, SPRINT_BACKEND, TASK_TYPE, NOTIFY, WEBHOOK_SECRET,
    PAGE_SIZE,
);

/// How the API key is shown to the server.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Auth {
    /// As the password of the user `apikey`: what every server takes, unless its administrator switched that off.
    #[default]
    Basic,
    /// As a bearer token: newer servers, and OAuth tokens.
    Bearer,
}

/// What sprints are on a server.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum SprintBackend {
    /// Sprints where the server shows at least one, else versions; asked once.
    #[default]
    Auto,
    /// The sprints of the newest servers, which the API can only read, and put tasks into.
    Sprints,
    /// Versions, which every server has.
    Versions,
}

/// How to reach an OpenProject server, and how to read it. `Debug` shows no secret.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct OpenProjectConfig {
    /// The address, with a path if the server has one.
    pub base_url: String,
    /// Where the API key comes from.
    pub api_key: SecretSource,
    /// How the key is shown.
    pub auth: Auth,
    /// Which category statuses belong to, where their names do not tell.
    pub statuses: Overrides<StatusCategory>,
    /// Which level priorities have, where their names do not tell.
    pub priorities: Overrides<PriorityLevel>,
    /// What sprints are.
    pub sprint_backend: SprintBackend,
    /// The type of new tasks that name none.
    pub task_type: Option<String>,
    /// Whether the server tells people of changes.
    pub notify: bool,
    /// The secret that deliveries of webhooks are signed with.
    pub webhook_secret: Option<Secret>,
    /// How many items are asked for at once.
    pub page_size: u32,
    /// Proxy, certificates, patience.
    pub transport: TransportSettings,
}

/// How many items are asked for at once if nothing is said: servers allow 1000 by default, administrators may allow less.
const DEFAULT_PAGE_SIZE: u32 = 200;
/// No server gives more at once.
const LARGEST_PAGE: u32 = 10_000;

impl OpenProjectConfig {
    /// Takes an address and an API key.
    #[must_use]
    pub fn new(base_url: impl Into<String>, api_key: Secret) -> Self {
        Self::with_source(base_url, SecretSource::fixed(api_key))
    }

    fn with_source(base_url: impl Into<String>, api_key: SecretSource) -> Self {
        Self {
            base_url: base_url.into(),
            api_key,
            auth: Auth::default(),
            statuses: Overrides::new(),
            priorities: Overrides::new(),
            sprint_backend: SprintBackend::default(),
            task_type: None,
            notify: true,
            webhook_secret: None,
            page_size: DEFAULT_PAGE_SIZE,
            transport: TransportSettings::new(),
        }
    }

    /// Reads the settings of a context.
    ///
    /// # Errors
    /// `Configuration` for a setting that is missing or has a value that makes no sense.
    pub async fn from_context(context: &BuildContext) -> Result<Self> {
        let url = context.url(BASE_URL.key).await?;
        let url = url.map_or_else(
            || context.required_text(&BASE_URL).map(ToOwned::to_owned),
            |url| Ok(url.expose().to_owned()),
        )?;
        let mut config = Self::with_source(url, SecretSource::required(context, &API_KEY)?);
        let ways = [("basic", Auth::Basic), ("bearer", Auth::Bearer)];
        config.auth = choice(context, &AUTH, &ways)?.unwrap_or_default();
        config.statuses = parsed(context, &STATUSES)?.unwrap_or_default();
        config.priorities = parsed(context, &PRIORITIES)?.unwrap_or_default();
        let backends =
            [("auto", SprintBackend::Auto), ("sprints", SprintBackend::Sprints), ("versions", SprintBackend::Versions)];
        config.sprint_backend = choice(context, &SPRINT_BACKEND, &backends)?.unwrap_or_default();
        config.task_type = context.text(TASK_TYPE.key).map(ToOwned::to_owned);
        config.notify = choice(context, &NOTIFY, &[("true", true), ("false", false)])?.unwrap_or(true);
        config.webhook_secret = context.secret(WEBHOOK_SECRET.key).await?;
        config.page_size = number(context, &PAGE_SIZE, 1, LARGEST_PAGE)?.unwrap_or(DEFAULT_PAGE_SIZE);
        config.transport = TransportSettings::from_context(context).await?;
        Ok(config)
    }

    /// Shows the key this way.
    #[must_use]
    pub fn auth(mut self, auth: Auth) -> Self {
        self.auth = auth;
        self
    }

    /// Sorts statuses into categories.
    #[must_use]
    pub fn statuses(mut self, statuses: Overrides<StatusCategory>) -> Self {
        self.statuses = statuses;
        self
    }

    /// Sorts priorities into levels.
    #[must_use]
    pub fn priorities(mut self, priorities: Overrides<PriorityLevel>) -> Self {
        self.priorities = priorities;
        self
    }

    /// Says what sprints are.
    #[must_use]
    pub fn sprint_backend(mut self, backend: SprintBackend) -> Self {
        self.sprint_backend = backend;
        self
    }

    /// Makes new tasks that name no type of this type.
    #[must_use]
    pub fn task_type(mut self, name: impl Into<String>) -> Self {
        self.task_type = Some(name.into());
        self
    }

    /// Says whether the server tells people of changes.
    #[must_use]
    pub fn notify(mut self, notify: bool) -> Self {
        self.notify = notify;
        self
    }

    /// Checks deliveries of webhooks with this secret.
    #[must_use]
    pub fn webhook_secret(mut self, secret: Secret) -> Self {
        self.webhook_secret = Some(secret);
        self
    }

    /// Asks for so many items at once, 1 at least.
    #[must_use]
    pub fn page_size(mut self, size: u32) -> Self {
        self.page_size = size.max(1);
        self
    }

    /// Sets proxy, certificates and patience.
    #[must_use]
    pub fn transport(mut self, transport: TransportSettings) -> Self {
        self.transport = transport;
        self
    }

    /// The address without what belongs to the API: people copy it from the documentation of that.
    pub(crate) fn address(&self) -> &str {
        let address = self.base_url.trim().trim_end_matches('/');
        address.strip_suffix("/api/v3").unwrap_or(address)
    }

    pub(crate) fn credential(&self) -> Credential {
        match self.auth {
            Auth::Basic => Credential::basic("apikey", self.api_key.clone()),
            Auth::Bearer => Credential::bearer(self.api_key.clone()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_address_may_be_that_of_the_api() {
        for (given, address) in [
            ("https://example.org/", "https://example.org"),
            ("https://example.org/op/api/v3/", "https://example.org/op"),
            (" https://example.org/op ", "https://example.org/op"),
        ] {
            assert_eq!(OpenProjectConfig::new(given, Secret::new("k")).address(), address);
        }
    }

    #[test]
    fn nothing_of_the_key_is_shown() {
        let config = OpenProjectConfig::new("https://example.org", Secret::new("opapi-s3cr3t"))
            .webhook_secret(Secret::new("wh-s3cr3t"));
        assert!(!format!("{config:?}").contains("s3cr3t"));
    }
}
