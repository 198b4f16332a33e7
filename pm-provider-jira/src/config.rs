//! What can be set.

use std::str::FromStr;
use std::time::Duration;

use pm_http::settings::{choice, missing, number, parsed};
use pm_http::{Credential, SecretSource, TransportSettings, with_transport};
use pm_provider::{
    BuildContext, ConnectionColumn, Error, Overrides, PriorityLevel, Result, Secret, SettingSpec, StatusCategory,
};

use crate::Flavor;
use crate::places::site;

const BASE_URL: SettingSpec = SettingSpec::new(
    "base_url",
    "JIRA_URL",
    "the address of the site or server: https://example.atlassian.net, https://example.org/jira",
)
.required()
.url();
const USERNAME: SettingSpec = SettingSpec::new(
    "username",
    "JIRA_USERNAME",
    "who the token belongs to: the e-mail address on Cloud, the user name with a password on Data Center; \
     none for personal access tokens of Data Center and for OAuth",
);
const API_TOKEN: SettingSpec = SettingSpec::new(
    "api_token",
    "JIRA_API_TOKEN",
    "an API token (Cloud), a personal access token or a password (Data Center), or an OAuth token",
)
.required()
.secret()
.columns(&[ConnectionColumn::ApiKey]);
const FLAVOR: SettingSpec = SettingSpec::new(
    "flavor",
    "JIRA_FLAVOR",
    "which Jira it is: `cloud`, `datacenter`, or `auto` (the default): by the address, else asked once",
);
const BOARD_ID: SettingSpec = SettingSpec::new(
    "board_id",
    "JIRA_BOARD_ID",
    "the board that sprints are made on; the project's only Scrum board if unset",
);
const TASK_TYPE: SettingSpec = SettingSpec::new(
    "task_type",
    "JIRA_TASK_TYPE",
    "the issue type of new tasks that name none; `Task` if unset and there, else the project's first one",
);
const SUBTASK_TYPE: SettingSpec = SettingSpec::new(
    "subtask_type",
    "JIRA_SUBTASK_TYPE",
    "the issue type of new tasks below a standard one that name none; the project's first sub-task type if unset",
);
const START_DATE_FIELD: SettingSpec = SettingSpec::new(
    "start_date_field",
    "JIRA_START_DATE_FIELD",
    "the id or name of the date field that start dates are in; the field `Start date` if unset",
);
const ESTIMATE: SettingSpec = SettingSpec::new(
    "estimate",
    "JIRA_ESTIMATE",
    "where estimates are held: `time` (the default), Jira's time tracking",
);
const PROJECT_TEMPLATE: SettingSpec = SettingSpec::new(
    "project_template",
    "JIRA_PROJECT_TEMPLATE",
    "the template of new projects; Scrum if unset: `com.pyxis.greenhopper.jira:gh-simplified-scrum-classic` on Cloud, \
     `com.pyxis.greenhopper.jira:gh-scrum-template` on Data Center",
);
const RESTRICTED_TO: SettingSpec = SettingSpec::new(
    "restricted_to",
    "JIRA_RESTRICTED_TO",
    "who sees restricted comments: `role:Administrators` or `group:jira-staff`; without it none can be written",
);
const STATUSES: SettingSpec = SettingSpec::new(
    "statuses",
    "JIRA_STATUSES",
    "which category statuses belong to where neither their names nor Jira's categories tell: `On hold=backlog`",
);
const PRIORITIES: SettingSpec = SettingSpec::new(
    "priorities",
    "JIRA_PRIORITIES",
    "which level priorities have where their names do not tell: `Blocker=urgent`",
);
const NOTIFY: SettingSpec = SettingSpec::new(
    "notify",
    "JIRA_NOTIFY",
    "whether people are told of changed issues and comments by e-mail: `true` (the default) or `false`, for administrators",
);
const WEBHOOK_SECRET: SettingSpec =
    SettingSpec::new("webhook_secret", "JIRA_WEBHOOK_SECRET", "the secret of the webhook, to check deliveries with")
        .secret();
const PAGE_SIZE: SettingSpec = SettingSpec::new(
    "page_size",
    "JIRA_PAGE_SIZE",
    "how many items are asked for at once (100); the server may give fewer",
);
const INDEX_LAG: SettingSpec = SettingSpec::new(
    "index_lag_seconds",
    "JIRA_INDEX_LAG_SECONDS",
    "how late searches of Cloud may be (60); Data Center finds what was written at once",
);

/// The settings of the provider, as its factory declares them.
pub(crate) const SETTINGS: &[SettingSpec] = with_transport!(
    "JIRA"; BASE_URL, USERNAME, API_TOKEN, FLAVOR, BOARD_ID, TASK_TYPE, SUBTASK_TYPE, START_DATE_FIELD, ESTIMATE,
    PROJECT_TEMPLATE, RESTRICTED_TO, STATUSES, PRIORITIES, NOTIFY, WEBHOOK_SECRET, PAGE_SIZE, INDEX_LAG,
);

/// Who sees restricted comments.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum RestrictedTo {
    /// The members of a role of the project, by its name.
    Role(String),
    /// The members of a group, by its name.
    Group(String),
}

impl FromStr for RestrictedTo {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        let (kind, name) = text.split_once(':').unwrap_or((text, ""));
        match (kind.trim(), name.trim()) {
            ("role", name) if !name.is_empty() => Ok(Self::Role(name.to_owned())),
            ("group", name) if !name.is_empty() => Ok(Self::Group(name.to_owned())),
            _ => Err(Error::configuration(format!("`{text}` is neither `role:NAME` nor `group:NAME`"))),
        }
    }
}

/// How to reach a Jira, and how to read it. `Debug` shows no secret.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct JiraConfig {
    /// The address of the site or server, with a path if it has one.
    pub base_url: String,
    /// Who the token belongs to; without it the token is shown as a bearer token.
    pub username: Option<String>,
    /// Where the token comes from.
    pub api_token: SecretSource,
    /// Which Jira it is; found out if unset.
    pub flavor: Option<Flavor>,
    /// The board that sprints are made on.
    pub board_id: Option<u64>,
    /// The issue type of new tasks that name none.
    pub task_type: Option<String>,
    /// The issue type of new tasks below a standard one that name none.
    pub subtask_type: Option<String>,
    /// The id or name of the date field that start dates are in.
    pub start_date_field: Option<String>,
    /// The template of new projects.
    pub project_template: Option<String>,
    /// Who sees restricted comments.
    pub restricted_to: Option<RestrictedTo>,
    /// Which category statuses belong to.
    pub statuses: Overrides<StatusCategory>,
    /// Which level priorities have.
    pub priorities: Overrides<PriorityLevel>,
    /// Whether people are told of changes.
    pub notify: bool,
    /// The secret that deliveries of webhooks are signed with.
    pub webhook_secret: Option<Secret>,
    /// How many items are asked for at once.
    pub page_size: u32,
    /// How late searches of Cloud may be.
    pub index_lag: Duration,
    /// Proxy, certificates, patience.
    pub transport: TransportSettings,
}

/// How many items are asked for at once if nothing is said: with all fields Jira gives no more.
const DEFAULT_PAGE_SIZE: u32 = 100;
/// Atlassian says no more than that what was just written may not be found at once; a minute is a guess that is meant to be safe
/// (<https://developer.atlassian.com/cloud/jira/platform/search-and-reconcile/>).
pub(crate) const DEFAULT_INDEX_LAG: Duration = Duration::from_secs(60);

impl JiraConfig {
    /// Takes an address and a token.
    #[must_use]
    pub fn new(base_url: impl Into<String>, api_token: Secret) -> Self {
        Self::with_source(base_url, SecretSource::fixed(api_token))
    }

    fn with_source(base_url: impl Into<String>, api_token: SecretSource) -> Self {
        Self {
            base_url: base_url.into(),
            username: None,
            api_token,
            flavor: None,
            board_id: None,
            task_type: None,
            subtask_type: None,
            start_date_field: None,
            project_template: None,
            restricted_to: None,
            statuses: Overrides::new(),
            priorities: Overrides::new(),
            notify: true,
            webhook_secret: None,
            page_size: DEFAULT_PAGE_SIZE,
            index_lag: DEFAULT_INDEX_LAG,
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
        let api_token = SecretSource::from_context(context, API_TOKEN.key);
        let mut config = Self::with_source(url, api_token.ok_or_else(|| missing(&API_TOKEN))?);
        config.read_texts(context);
        config.read_choices(context)?;
        config.webhook_secret = context.secret(WEBHOOK_SECRET.key).await?;
        config.transport = TransportSettings::from_context(context).await?;
        Ok(config)
    }

    fn read_texts(&mut self, context: &BuildContext) {
        let text = |spec: &SettingSpec| context.text(spec.key).map(|text| text.trim().to_owned());
        self.username = text(&USERNAME).filter(|name| !name.is_empty());
        self.task_type = text(&TASK_TYPE);
        self.subtask_type = text(&SUBTASK_TYPE);
        self.start_date_field = text(&START_DATE_FIELD);
        self.project_template = text(&PROJECT_TEMPLATE);
    }

    fn read_choices(&mut self, context: &BuildContext) -> Result<()> {
        let flavors = [
            ("auto", None),
            ("cloud", Some(Flavor::Cloud)),
            ("datacenter", Some(Flavor::DataCenter)),
            ("server", Some(Flavor::DataCenter)),
        ];
        self.flavor = choice(context, &FLAVOR, &flavors)?.flatten();
        choice(context, &ESTIMATE, &[("time", ())])?;
        self.notify = choice(context, &NOTIFY, &[("true", true), ("false", false)])?.unwrap_or(true);
        self.statuses = parsed(context, &STATUSES)?.unwrap_or_default();
        self.priorities = parsed(context, &PRIORITIES)?.unwrap_or_default();
        self.restricted_to = parsed(context, &RESTRICTED_TO)?;
        self.board_id = number(context, &BOARD_ID, 1, u32::MAX)?.map(u64::from);
        self.page_size = number(context, &PAGE_SIZE, 1, 5_000)?.unwrap_or(DEFAULT_PAGE_SIZE);
        let lag = number(context, &INDEX_LAG, 0, 3_600)?.map(|seconds| Duration::from_secs(seconds.into()));
        self.index_lag = lag.unwrap_or(DEFAULT_INDEX_LAG);
        Ok(())
    }

    /// Says who the token belongs to: e-mail address (Cloud) or user name (Data Center).
    #[must_use]
    pub fn username(mut self, name: impl Into<String>) -> Self {
        self.username = Some(name.into());
        self
    }

    /// Says which Jira it is.
    #[must_use]
    pub fn flavor(mut self, flavor: Flavor) -> Self {
        self.flavor = Some(flavor);
        self
    }

    /// Makes sprints on this board.
    #[must_use]
    pub fn board_id(mut self, id: u64) -> Self {
        self.board_id = Some(id);
        self
    }

    /// Makes new tasks that name no type of this type.
    #[must_use]
    pub fn task_type(mut self, name: impl Into<String>) -> Self {
        self.task_type = Some(name.into());
        self
    }

    /// Makes new tasks below a standard one that name no type of this type.
    #[must_use]
    pub fn subtask_type(mut self, name: impl Into<String>) -> Self {
        self.subtask_type = Some(name.into());
        self
    }

    /// Holds start dates in this field, by its id or name.
    #[must_use]
    pub fn start_date_field(mut self, field: impl Into<String>) -> Self {
        self.start_date_field = Some(field.into());
        self
    }

    /// Makes new projects of this template.
    #[must_use]
    pub fn project_template(mut self, key: impl Into<String>) -> Self {
        self.project_template = Some(key.into());
        self
    }

    /// Shows restricted comments to these.
    #[must_use]
    pub fn restricted_to(mut self, who: RestrictedTo) -> Self {
        self.restricted_to = Some(who);
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

    /// Says whether people are told of changes.
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

    /// Says how late searches of Cloud may be.
    #[must_use]
    pub fn index_lag(mut self, lag: Duration) -> Self {
        self.index_lag = lag;
        self
    }

    /// Sets proxy, certificates and patience.
    #[must_use]
    pub fn transport(mut self, transport: TransportSettings) -> Self {
        self.transport = transport;
        self
    }

    /// The address without the page that people were on when they copied it.
    pub(crate) fn address(&self) -> String {
        site(&self.base_url)
    }

    /// A name makes it Basic (<https://developer.atlassian.com/cloud/jira/platform/basic-auth-for-rest-apis/>); personal
    /// access tokens of Data Center and OAuth tokens stand alone
    /// (<https://confluence.atlassian.com/enterprise/using-personal-access-tokens-1026032365.html>).
    pub(crate) fn credential(&self) -> Credential {
        match &self.username {
            Some(name) => Credential::basic(name, self.api_token.clone()),
            None => Credential::bearer(self.api_token.clone()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_of_the_token_is_shown() {
        let config = JiraConfig::new("https://example.org", Secret::new("ATATT-s3cr3t"))
            .username("ann@example.org")
            .webhook_secret(Secret::new("wh-s3cr3t"));
        assert!(!format!("{config:?}").contains("s3cr3t"));
    }

    #[test]
    fn restricted_comments_are_for_a_role_or_a_group() {
        assert_eq!("role: Staff".parse::<RestrictedTo>().ok(), Some(RestrictedTo::Role("Staff".to_owned())));
        assert_eq!("group:a:b".parse::<RestrictedTo>().ok(), Some(RestrictedTo::Group("a:b".to_owned())));
        for wrong in ["", "role:", "Staff", "team:x"] {
            assert!(wrong.parse::<RestrictedTo>().is_err(), "{wrong}");
        }
    }
}
