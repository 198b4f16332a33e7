//! What the provider needs to know of its server.

use pm_http::{Credential, SecretSource, TransportSettings};
use pm_provider::{Overrides, PriorityLevel, Secret, StatusCategory};

use crate::text::TextFormat;

/// The name of the header that carries the API key.
const KEY_HEADER: &str = "X-Redmine-API-Key";

/// Where the server is, who we are there, and what its administrators meant.
///
/// ```
/// use pm_provider::Secret;
/// use pm_provider_redmine::RedmineConfig;
/// let config = RedmineConfig::new("https://projects.example.org", Secret::new("s3cr3t")).task_type("Feature");
/// assert!(!format!("{config:?}").contains("s3cr3t"));
/// ```
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct RedmineConfig {
    /// The server's root: `https://projects.example.org/redmine`.
    pub base_url: String,
    /// The tracker of tasks that are created without a type; the first of the project if unset.
    pub task_type: Option<String>,
    /// How the server formats texts.
    pub text_format: TextFormat,
    /// Which statuses belong to which category, where their names do not tell.
    pub statuses: Overrides<StatusCategory>,
    /// Which priorities belong to which level, where their names do not tell.
    pub priorities: Overrides<PriorityLevel>,
    /// Certificates, proxy, patience.
    pub transport: TransportSettings,
    pub(crate) credential: Credential,
}

impl RedmineConfig {
    /// Takes a server by its root URL, and a user by the API key.
    #[must_use]
    pub fn new(base_url: impl Into<String>, api_key: Secret) -> Self {
        Self::with_key(base_url, SecretSource::fixed(api_key))
    }

    /// Takes a key that is fetched when it is first needed, and again when it was changed.
    #[must_use]
    pub fn with_key(base_url: impl Into<String>, api_key: SecretSource) -> Self {
        Self {
            base_url: base_url.into(),
            task_type: None,
            text_format: TextFormat::default(),
            statuses: Overrides::new(),
            priorities: Overrides::new(),
            transport: TransportSettings::new(),
            credential: Credential::header(KEY_HEADER, api_key),
        }
    }

    /// Sets the tracker of tasks that are created without a type.
    #[must_use]
    pub fn task_type(mut self, tracker: impl Into<String>) -> Self {
        self.task_type = Some(tracker.into());
        self
    }

    /// Says how the server formats texts.
    #[must_use]
    pub fn text_format(mut self, format: TextFormat) -> Self {
        self.text_format = format;
        self
    }

    /// Says which statuses belong to which category.
    #[must_use]
    pub fn statuses(mut self, statuses: Overrides<StatusCategory>) -> Self {
        self.statuses = statuses;
        self
    }

    /// Says which priorities belong to which level.
    #[must_use]
    pub fn priorities(mut self, priorities: Overrides<PriorityLevel>) -> Self {
        self.priorities = priorities;
        self
    }

    /// Says how the server is reached.
    #[must_use]
    pub fn transport(mut self, transport: TransportSettings) -> Self {
        self.transport = transport;
        self
    }
}
