//! What can be set.

use chrono_tz::Tz;
use pm_http::settings::{choice, parsed, wrong};
use pm_http::{Credential, SecretSource, TransportSettings, with_transport};
use pm_provider::{
    BuildContext, ConnectionColumn, Error, Overrides, PriorityLevel, Result, Secret, SettingSpec, StatusCategory,
};

use crate::ids;

/// The address of ClickUp's API, which has only one.
const API: &str = "https://api.clickup.com";
/// How personal tokens begin; whatever else is a token of OAuth.
const PERSONAL: &str = "pk_";

const API_KEY: SettingSpec = SettingSpec::new(
    "api_key",
    "CLICKUP_API_KEY",
    "a personal token (`pk_…`, from `Settings` > `Apps`), or an OAuth access token",
)
.required()
.secret()
.columns(&[ConnectionColumn::ApiToken]);
const TEAM_ID: SettingSpec = SettingSpec::new(
    "team_id",
    "CLICKUP_TEAM_ID",
    "the Workspace: the first number in the address of its pages; the token's only one if unset",
)
.columns(&[ConnectionColumn::WorkspaceId, ConnectionColumn::OrganizationId]);
const SPACE_ID: SettingSpec = SettingSpec::new(
    "space_id",
    "CLICKUP_SPACE_ID",
    "the Space that listings are bound to; all Spaces of the Workspace if unset",
)
.columns(&[ConnectionColumn::ProjectKey]);
const PROJECTS: SettingSpec = SettingSpec::new(
    "projects",
    "CLICKUP_PROJECTS",
    "what a project is: a `space` (the default), a `folder`, or a `list`",
);
const LIST_ID: SettingSpec = SettingSpec::new(
    "list_id",
    "CLICKUP_LIST_ID",
    "the List of new tasks that name none, where the project has several",
);
const SPRINT_FOLDER_ID: SettingSpec = SettingSpec::new(
    "sprint_folder_id",
    "CLICKUP_SPRINT_FOLDER_ID",
    "the Folders whose Lists are sprints, separated by commas; those with `sprint` or `iteration` in their name if unset",
);
const SPRINT_MEMBERSHIP: SettingSpec = SettingSpec::new(
    "sprint_membership",
    "CLICKUP_SPRINT_MEMBERSHIP",
    "how a task gets into a sprint: its home List becomes that of the sprint (`move`, the default), or the sprint's List \
     is added to its Lists (`add`, which needs the ClickApp `Tasks in Multiple Lists`)",
);
const TIMEZONE: SettingSpec = SettingSpec::new(
    "timezone",
    "CLICKUP_TIMEZONE",
    "the time zone that days are meant in, as IANA names it: `Europe/Berlin`; that of the token's user if unset",
);
const STATUSES: SettingSpec = SettingSpec::new(
    "statuses",
    "CLICKUP_STATUSES",
    "which category statuses belong to where neither type nor name tells: `on hold=backlog, shipped=done`",
);
const PRIORITIES: SettingSpec = SettingSpec::new(
    "priorities",
    "CLICKUP_PRIORITIES",
    "which level priorities have if not that of their name: `high=urgent`",
);
const PACE: SettingSpec = SettingSpec::new(
    "pace",
    "CLICKUP_PACE",
    "how long we wait for the limit of 100 requests a minute, as a factor (1); 0 for a server without limits",
);
const WEBHOOK_SECRET: SettingSpec = SettingSpec::new(
    "webhook_secret",
    "CLICKUP_WEBHOOK_SECRET",
    "the secret of the webhook, to check deliveries with: ClickUp makes it, and shows it when the webhook is made",
)
.secret();
const API_URL: SettingSpec =
    SettingSpec::new("base_url", "CLICKUP_API_URL", "the address of the API; https://api.clickup.com if unset")
        .url()
        .columns(&[ConnectionColumn::BaseUrl]);

/// The settings of the provider, as its factory declares them.
pub(crate) const SETTINGS: &[SettingSpec] = with_transport!(
    "CLICKUP"; API_KEY, TEAM_ID, SPACE_ID, PROJECTS, LIST_ID, SPRINT_FOLDER_ID, SPRINT_MEMBERSHIP, TIMEZONE, STATUSES,
    PRIORITIES, PACE, WEBHOOK_SECRET, API_URL,
);

/// What a project is: ClickUp has a Workspace, in it Spaces, in those Folders and Lists, in Folders Lists.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum ProjectLevel {
    /// A Space, with the tasks of all of its Lists.
    #[default]
    Space,
    /// A Folder, with the tasks of its Lists.
    Folder,
    /// A List.
    List,
}

impl ProjectLevel {
    /// The word for it: in settings, and before the ids of such projects.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Space => "space",
            Self::Folder => "folder",
            Self::List => "list",
        }
    }
}

/// How a task gets into a sprint.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum SprintMembership {
    /// Its home List becomes the List of the sprint.
    #[default]
    Move,
    /// The List of the sprint is one more of its Lists.
    Add,
}

/// How to reach ClickUp, and how to read it. `Debug` shows no secret.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct ClickUpConfig {
    /// Where the token comes from.
    pub api_key: SecretSource,
    /// The Workspace.
    pub team_id: Option<String>,
    /// The Space that listings are bound to.
    pub space_id: Option<String>,
    /// What a project is.
    pub projects: ProjectLevel,
    /// The List of new tasks that name none.
    pub list_id: Option<String>,
    /// The Folders whose Lists are sprints; by their names where none are given.
    pub sprint_folders: Vec<String>,
    /// How a task gets into a sprint.
    pub sprint_membership: SprintMembership,
    /// The time zone that days are meant in, by its IANA name.
    pub timezone: Option<String>,
    /// Which category statuses belong to, where neither type nor name tells.
    pub statuses: Overrides<StatusCategory>,
    /// Which level priorities have, if not that of their name.
    pub priorities: Overrides<PriorityLevel>,
    /// How long we wait for the limit of requests, as a factor.
    pub pace: f64,
    /// The secret that deliveries of webhooks are signed with.
    pub webhook_secret: Option<Secret>,
    /// The address of the API.
    pub base_url: String,
    /// Proxy, certificates, patience.
    pub transport: TransportSettings,
}

impl ClickUpConfig {
    /// Takes a token: a personal one (`pk_…`) or one of OAuth.
    #[must_use]
    pub fn new(api_key: Secret) -> Self {
        Self::with_source(SecretSource::fixed(api_key))
    }

    fn with_source(api_key: SecretSource) -> Self {
        Self {
            api_key,
            team_id: None,
            space_id: None,
            projects: ProjectLevel::default(),
            list_id: None,
            sprint_folders: Vec::new(),
            sprint_membership: SprintMembership::default(),
            timezone: None,
            statuses: Overrides::new(),
            priorities: Overrides::new(),
            pace: 1.0,
            webhook_secret: None,
            base_url: API.to_owned(),
            transport: TransportSettings::new(),
        }
    }

    /// Reads the settings of a context.
    ///
    /// # Errors
    /// `Configuration` for a setting that is missing or has a value that makes no sense.
    pub async fn from_context(context: &BuildContext) -> Result<Self> {
        let mut config = Self::with_source(SecretSource::required(context, &API_KEY)?);
        config.team_id = id(context, &TEAM_ID)?;
        config.space_id = id(context, &SPACE_ID)?;
        config.list_id = id(context, &LIST_ID)?;
        config.sprint_folders = ids_of(context, &SPRINT_FOLDER_ID)?;
        let levels = [ProjectLevel::Space, ProjectLevel::Folder, ProjectLevel::List].map(|level| (level.word(), level));
        config.projects = choice(context, &PROJECTS, &levels)?.unwrap_or_default();
        let ways = [("move", SprintMembership::Move), ("add", SprintMembership::Add)];
        config.sprint_membership = choice(context, &SPRINT_MEMBERSHIP, &ways)?.unwrap_or_default();
        config.timezone = context.text(TIMEZONE.key).map(|name| name.trim().to_owned());
        config.zone()?;
        config.statuses = parsed(context, &STATUSES)?.unwrap_or_default();
        config.priorities = parsed(context, &PRIORITIES)?.unwrap_or_default();
        config.pace = pace(context)?.unwrap_or(config.pace);
        config.webhook_secret = context.secret(WEBHOOK_SECRET.key).await?;
        if let Some(url) = context.url(API_URL.key).await? {
            url.expose().clone_into(&mut config.base_url);
        }
        config.transport = TransportSettings::from_context(context).await?;
        Ok(config)
    }

    /// Names the Workspace.
    #[must_use]
    pub fn team(mut self, id: impl Into<String>) -> Self {
        self.team_id = Some(id.into());
        self
    }

    /// Binds listings to a Space.
    #[must_use]
    pub fn space(mut self, id: impl Into<String>) -> Self {
        self.space_id = Some(id.into());
        self
    }

    /// Says what a project is.
    #[must_use]
    pub fn projects(mut self, level: ProjectLevel) -> Self {
        self.projects = level;
        self
    }

    /// Puts new tasks that name no List into this one, where it is one of their project's.
    #[must_use]
    pub fn list(mut self, id: impl Into<String>) -> Self {
        self.list_id = Some(id.into());
        self
    }

    /// Makes the Lists of these Folders sprints, and no others.
    #[must_use]
    pub fn sprint_folders<I: IntoIterator<Item: Into<String>>>(mut self, ids: I) -> Self {
        self.sprint_folders = ids.into_iter().map(Into::into).collect();
        self
    }

    /// Says how a task gets into a sprint.
    #[must_use]
    pub fn sprint_membership(mut self, membership: SprintMembership) -> Self {
        self.sprint_membership = membership;
        self
    }

    /// Says in which time zone days are meant, by its IANA name.
    #[must_use]
    pub fn timezone(mut self, name: impl Into<String>) -> Self {
        self.timezone = Some(name.into());
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

    /// Waits so many times as long for the limit of requests; 0 for not at all.
    #[must_use]
    pub fn pace(mut self, factor: f64) -> Self {
        self.pace = factor;
        self
    }

    /// Checks deliveries of webhooks with this secret.
    #[must_use]
    pub fn webhook_secret(mut self, secret: Secret) -> Self {
        self.webhook_secret = Some(secret);
        self
    }

    /// Sets the address of the API.
    #[must_use]
    pub fn base_url(mut self, address: impl Into<String>) -> Self {
        self.base_url = address.into();
        self
    }

    /// Sets proxy, certificates and patience.
    #[must_use]
    pub fn transport(mut self, transport: TransportSettings) -> Self {
        self.transport = transport;
        self
    }

    /// The address without what belongs to a version of the API: people copy it from the documentation of that.
    pub(crate) fn address(&self) -> &str {
        let address = self.base_url.trim().trim_end_matches('/');
        ["/api/v2", "/api/v3", "/api"].iter().find_map(|end| address.strip_suffix(end)).unwrap_or(address)
    }

    /// A personal token goes as it is, one of OAuth as a bearer
    /// (<https://developer.clickup.com/docs/authentication>).
    pub(crate) fn credential(&self) -> Credential {
        Credential::bearer_unless(PERSONAL, self.api_key.clone())
    }

    /// The time zone that was set.
    pub(crate) fn zone(&self) -> Result<Option<Tz>> {
        let Some(name) = &self.timezone else { return Ok(None) };
        let unknown = || wrong(&TIMEZONE, &format!("`{name}` is no time zone; names are like `Europe/Berlin`"));
        name.trim().parse().ok().map(Some).ok_or_else(unknown)
    }

    /// The error for a Workspace that has to be named.
    pub(crate) fn nameless_team(message: impl Into<String>) -> Error {
        Error::configuration(message).hint(format!("set {}", TEAM_ID.env))
    }

    /// The variable that says what a project is.
    pub(crate) const fn level_setting() -> &'static str {
        PROJECTS.env
    }
}

/// An id as people copy it: with the word for its kind before it, or bare.
fn id(context: &BuildContext, spec: &SettingSpec) -> Result<Option<String>> {
    context.text(spec.key).map(|text| bare(spec, text)).transpose()
}

fn ids_of(context: &BuildContext, spec: &SettingSpec) -> Result<Vec<String>> {
    let text = context.text(spec.key).unwrap_or_default();
    text.split(',').map(str::trim).filter(|id| !id.is_empty()).map(|id| bare(spec, id)).collect()
}

fn bare(spec: &SettingSpec, text: &str) -> Result<String> {
    let text = text.trim();
    let bare = text.rsplit_once(':').map_or(text, |(_, id)| id);
    let refused = || wrong(spec, &format!("`{text}` is no id of ClickUp's: those are numbers"));
    ids::is_number(bare).then(|| bare.to_owned()).ok_or_else(refused)
}

fn pace(context: &BuildContext) -> Result<Option<f64>> {
    let Some(text) = context.text(PACE.key) else { return Ok(None) };
    let pace = text.trim().parse().ok().filter(|pace| (0.0..=100.0).contains(pace));
    pace.map(Some).ok_or_else(|| wrong(&PACE, &format!("`{text}` is no number from 0 to 100")))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn config() -> ClickUpConfig {
        ClickUpConfig::new(Secret::new("pk_s3cr3t"))
    }

    #[test]
    fn the_address_may_be_that_of_a_version() {
        for given in ["https://x.example/", " https://x.example/api/v2/ ", "https://x.example/api/v3"] {
            assert_eq!(config().base_url(given).address(), "https://x.example");
        }
        assert_eq!(config().address(), API);
    }

    #[test]
    fn nothing_of_the_token_is_shown() {
        let config = config().webhook_secret(Secret::new("wh-s3cr3t"));
        assert!(!format!("{config:?}").contains("s3cr3t"));
    }

    #[test]
    fn a_zone_is_one_of_ianas() {
        assert_eq!(config().zone().unwrap(), None);
        assert_eq!(config().timezone("Europe/Berlin").zone().unwrap(), Some(Tz::Europe__Berlin));
        let error = config().timezone("CEST").zone().unwrap_err();
        assert!(error.to_string().contains("CLICKUP_TIMEZONE"), "{error}");
    }
}
