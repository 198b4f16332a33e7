//! What can be set.

use std::time::Duration;

use pm_http::settings::{choice, missing, number, parsed, wrong};
use pm_http::{Credential, SecretSource, TransportSettings, with_transport};
use pm_provider::{
    BuildContext, ConnectionColumn, Overrides, PriorityLevel, Result, Secret, SettingSpec, StatusCategory,
};

use crate::places;

const TOKEN: SettingSpec = SettingSpec::new(
    "token",
    "GITHUB_TOKEN",
    "a personal access token (fine-grained or classic), or any other token that GitHub takes as a bearer",
)
.secret()
.columns(&[ConnectionColumn::ApiToken, ConnectionColumn::ApiKey]);
const REPO_OWNER: SettingSpec = SettingSpec::new(
    "repo_owner",
    "GITHUB_REPO_OWNER",
    "the user or organisation whose repositories are the projects; all that the token can see if unset",
)
.columns(&[ConnectionColumn::OrganizationId]);
const REPO_NAME: SettingSpec = SettingSpec::new(
    "repo_name",
    "GITHUB_REPO_NAME",
    "the repository that is the only project; all of the owner's if unset",
)
.columns(&[ConnectionColumn::ProjectKey]);
const BASE_URL: SettingSpec = SettingSpec::new(
    "base_url",
    "GITHUB_API_URL",
    "the address of the API, or of any page of the same GitHub; https://api.github.com if unset",
)
.url();
const PROJECTS: SettingSpec = SettingSpec::new(
    "projects",
    "GITHUB_PROJECTS",
    "which kinds of projects are listed: `repositories` (the default), `v2`, or `both`",
);
const DELETE: SettingSpec = SettingSpec::new(
    "delete",
    "GITHUB_DELETE",
    "what deleting a task does: nothing, for it is refused (`never`, the default); closing the issue as not planned \
     (`close`); deleting it for good by GraphQL, which takes an administrator of the repository (`graphql`)",
);
const REPOSITORIES: SettingSpec = SettingSpec::new(
    "repositories",
    "GITHUB_REPOSITORIES",
    "what may be done to repositories: `read` (the default), `create` (new ones, and changes), or `create+delete`",
);
const STATUSES: SettingSpec = SettingSpec::new(
    "statuses",
    "GITHUB_STATUSES",
    "which category statuses belong to where their names do not tell: `Blocked=backlog`",
);
const PRIORITIES: SettingSpec = SettingSpec::new(
    "priorities",
    "GITHUB_PRIORITIES",
    "which level priorities have where their names do not tell: `P0=urgent`",
);
const PRIORITY_LABELS: SettingSpec = SettingSpec::new(
    "priority_labels",
    "GITHUB_PRIORITY_LABELS",
    "how labels begin that are priorities; `priority:` if unset, so that `priority:high` is the priority `high`",
);
const ESTIMATE_FIELD: SettingSpec = SettingSpec::new(
    "estimate_field",
    "GITHUB_ESTIMATE_FIELD",
    "the number field of Projects v2 that holds estimates in hours; none if unset",
);
const CACHE: SettingSpec = SettingSpec::new(
    "cache",
    "GITHUB_CACHE",
    "how many MiB of answers are kept, so that what has not changed is not sent again (4); 0 for none",
);
const PULL_REQUEST_CACHE: SettingSpec = SettingSpec::new(
    "pull_request_cache",
    "GITHUB_PULL_REQUEST_CACHE",
    "for how many seconds pull requests are remembered (300); 0 for not at all",
);
const PACE: SettingSpec = SettingSpec::new(
    "pace",
    "GITHUB_PACE",
    "how long we wait between requests, beside what GitHub asks for (1); 0 for a GitHub Enterprise Server without limits",
);
const WEBHOOK_SECRET: SettingSpec =
    SettingSpec::new("webhook_secret", "GITHUB_WEBHOOK_SECRET", "the secret of the webhook, to check deliveries with")
        .secret();
const PAGE_SIZE: SettingSpec =
    SettingSpec::new("page_size", "GITHUB_PAGE_SIZE", "how many items are asked for at once (100, which is the most)");
#[cfg(feature = "app")]
const APP_ID: SettingSpec =
    SettingSpec::new("app_id", "GITHUB_APP_ID", "the id of a GitHub App that signs in in the place of a token");
#[cfg(feature = "app")]
const APP_PRIVATE_KEY: SettingSpec =
    SettingSpec::new("app_private_key", "GITHUB_APP_PRIVATE_KEY", "the private key of the GitHub App, in PEM form")
        .secret();
#[cfg(feature = "app")]
const APP_INSTALLATION_ID: SettingSpec = SettingSpec::new(
    "app_installation_id",
    "GITHUB_APP_INSTALLATION_ID",
    "the id of the installation of the GitHub App: the number at the end of its settings page's address",
);

/// The settings of the provider, as its factory declares them.
#[cfg(not(feature = "app"))]
pub(crate) const SETTINGS: &[SettingSpec] = with_transport!(
    "GITHUB"; TOKEN, REPO_OWNER, REPO_NAME, BASE_URL, PROJECTS, DELETE, REPOSITORIES, STATUSES, PRIORITIES,
    PRIORITY_LABELS, ESTIMATE_FIELD, CACHE, PULL_REQUEST_CACHE, PACE, WEBHOOK_SECRET, PAGE_SIZE,
);

/// The settings of the provider, as its factory declares them.
#[cfg(feature = "app")]
pub(crate) const SETTINGS: &[SettingSpec] = with_transport!(
    "GITHUB"; TOKEN, REPO_OWNER, REPO_NAME, BASE_URL, PROJECTS, DELETE, REPOSITORIES, STATUSES, PRIORITIES,
    PRIORITY_LABELS, ESTIMATE_FIELD, CACHE, PULL_REQUEST_CACHE, PACE, WEBHOOK_SECRET, PAGE_SIZE, APP_ID, APP_PRIVATE_KEY,
    APP_INSTALLATION_ID,
);

/// What deleting a task does.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Deleting {
    /// It is refused.
    #[default]
    Never,
    /// The issue is closed as not planned.
    Close,
    /// The issue is deleted for good, by GraphQL.
    GraphQl,
}

/// What may be done to repositories.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum RepositoryWrites {
    /// They are only read.
    #[default]
    Read,
    /// They are created and changed.
    Create,
    /// They are created, changed and deleted.
    CreateAndDelete,
}

/// Which kinds of projects are listed. An id is understood whatever its kind.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ProjectKinds {
    /// Repositories.
    #[default]
    Repositories,
    /// Projects v2.
    V2,
    /// Repositories, then Projects v2.
    Both,
}

impl ProjectKinds {
    /// Says whether repositories are listed.
    pub(crate) fn has_repositories(self) -> bool {
        self != Self::V2
    }

    /// Says whether Projects v2 are listed.
    pub(crate) fn has_v2(self) -> bool {
        self != Self::Repositories
    }
}

/// How to reach a GitHub, and how to read it. `Debug` shows no secret.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct GitHubConfig {
    /// The address of the API, or of any page of the same GitHub.
    pub base_url: String,
    /// Where the token comes from; none where a GitHub App signs in.
    pub token: Option<SecretSource>,
    /// The GitHub App that signs in.
    #[cfg(feature = "app")]
    pub app: Option<crate::app::AppConfig>,
    /// Whose repositories are the projects.
    pub repo_owner: Option<String>,
    /// The repository that is the only project.
    pub repo_name: Option<String>,
    /// Which kinds of projects are listed.
    pub projects: ProjectKinds,
    /// What deleting a task does.
    pub delete: Deleting,
    /// What may be done to repositories.
    pub repositories: RepositoryWrites,
    /// Which category statuses belong to.
    pub statuses: Overrides<StatusCategory>,
    /// Which level priorities have.
    pub priorities: Overrides<PriorityLevel>,
    /// How labels begin that are priorities.
    pub priority_labels: String,
    /// The number field of Projects v2 that holds estimates in hours.
    pub estimate_field: Option<String>,
    /// How many MiB of answers are kept.
    pub cache: u32,
    /// For how long pull requests are remembered.
    pub pull_request_cache: Duration,
    /// The secret that deliveries of webhooks are signed with.
    pub webhook_secret: Option<Secret>,
    /// How many items are asked for at once.
    pub page_size: u32,
    /// How long we wait between requests, beside what GitHub asks for: 1; 0 for a server without limits.
    pub pace: f64,
    /// Proxy, certificates, patience.
    pub transport: TransportSettings,
}

/// How many items a page of GitHub's has at most.
pub(crate) const MAX_PAGE_SIZE: u32 = 100;
/// With it a stream of any length stays below 40 MiB; it holds the pages of some 650 issues of 6 kB.
const DEFAULT_CACHE: u32 = 4;
const DEFAULT_PULL_REQUEST_CACHE: u32 = 300;
const DEFAULT_PRIORITY_LABELS: &str = "priority:";

impl GitHubConfig {
    /// Takes a token for github.com.
    #[must_use]
    pub fn new(token: Secret) -> Self {
        Self { token: Some(SecretSource::fixed(token)), ..Self::bare() }
    }

    fn bare() -> Self {
        Self {
            base_url: places::GITHUB.to_owned(),
            token: None,
            #[cfg(feature = "app")]
            app: None,
            repo_owner: None,
            repo_name: None,
            projects: ProjectKinds::default(),
            delete: Deleting::default(),
            repositories: RepositoryWrites::default(),
            statuses: Overrides::new(),
            priorities: Overrides::new(),
            priority_labels: DEFAULT_PRIORITY_LABELS.to_owned(),
            estimate_field: None,
            cache: DEFAULT_CACHE,
            pull_request_cache: Duration::from_secs(u64::from(DEFAULT_PULL_REQUEST_CACHE)),
            webhook_secret: None,
            page_size: MAX_PAGE_SIZE,
            pace: 1.0,
            transport: TransportSettings::new(),
        }
    }

    /// Reads the settings of a context.
    ///
    /// # Errors
    /// `Configuration` for a setting that is missing or has a value that makes no sense.
    pub async fn from_context(context: &BuildContext) -> Result<Self> {
        let mut config = Self::bare();
        if let Some(url) = context.url(BASE_URL.key).await? {
            url.expose().clone_into(&mut config.base_url);
        }
        config.token = SecretSource::from_context(context, TOKEN.key);
        #[cfg(feature = "app")]
        config.read_app(context)?;
        if !config.is_somebody() {
            return Err(missing(&TOKEN));
        }
        config.read_texts(context)?;
        config.read_choices(context)?;
        config.webhook_secret = context.secret(WEBHOOK_SECRET.key).await?;
        config.transport = TransportSettings::from_context(context).await?;
        Ok(config)
    }

    /// Says whether there is anything to sign in with.
    fn is_somebody(&self) -> bool {
        #[cfg(feature = "app")]
        let has_app = self.app.is_some();
        #[cfg(not(feature = "app"))]
        let has_app = false;
        self.token.is_some() || has_app
    }

    #[cfg(feature = "app")]
    fn read_app(&mut self, context: &BuildContext) -> Result<()> {
        let key = SecretSource::from_context(context, APP_PRIVATE_KEY.key);
        let number = |spec: &SettingSpec| -> Result<Option<u64>> {
            let Some(text) = context.text(spec.key) else { return Ok(None) };
            let number = pm_http::ids::number(text.trim());
            let refused = || wrong(spec, &format!("`{text}` is no number"));
            number.map(Some).ok_or_else(refused)
        };
        let (id, installation) = (number(&APP_ID)?, number(&APP_INSTALLATION_ID)?);
        if id.is_none() && installation.is_none() && key.is_none() {
            return Ok(());
        }
        self.app = Some(crate::app::AppConfig {
            id: id.ok_or_else(|| missing(&APP_ID))?,
            private_key: key.ok_or_else(|| missing(&APP_PRIVATE_KEY))?,
            installation: installation.ok_or_else(|| missing(&APP_INSTALLATION_ID))?,
        });
        Ok(())
    }

    fn read_texts(&mut self, context: &BuildContext) -> Result<()> {
        let text = |spec: &SettingSpec| context.text(spec.key).map(|text| text.trim().to_owned());
        let text = |spec: &SettingSpec| text(spec).filter(|text| !text.is_empty());
        self.repo_owner = text(&REPO_OWNER);
        self.repo_name = text(&REPO_NAME);
        // People write the full name into either of the two.
        if let Some((owner, name)) = self.repo_name.as_deref().and_then(|name| name.split_once('/')) {
            (self.repo_owner, self.repo_name) = (Some(owner.to_owned()), Some(name.to_owned()));
        }
        if self.repo_name.is_some() && self.repo_owner.is_none() {
            return Err(missing(&REPO_OWNER));
        }
        self.estimate_field = text(&ESTIMATE_FIELD);
        if let Some(prefix) = text(&PRIORITY_LABELS) {
            self.priority_labels = prefix;
        }
        Ok(())
    }

    fn read_choices(&mut self, context: &BuildContext) -> Result<()> {
        let kinds =
            [("repositories", ProjectKinds::Repositories), ("v2", ProjectKinds::V2), ("both", ProjectKinds::Both)];
        self.projects = choice(context, &PROJECTS, &kinds)?.unwrap_or_default();
        let deleting = [("never", Deleting::Never), ("close", Deleting::Close), ("graphql", Deleting::GraphQl)];
        self.delete = choice(context, &DELETE, &deleting)?.unwrap_or_default();
        let writes = [
            ("read", RepositoryWrites::Read),
            ("create", RepositoryWrites::Create),
            ("create+delete", RepositoryWrites::CreateAndDelete),
        ];
        self.repositories = choice(context, &REPOSITORIES, &writes)?.unwrap_or_default();
        self.statuses = parsed(context, &STATUSES)?.unwrap_or_default();
        self.priorities = parsed(context, &PRIORITIES)?.unwrap_or_default();
        if let Some(text) = context.text(PACE.key) {
            let pace = text.trim().parse().ok().filter(|pace| (0.0..=100.0).contains(pace));
            self.pace = pace.ok_or_else(|| wrong(&PACE, &format!("`{text}` is no number from 0 to 100")))?;
        }
        self.cache = number(context, &CACHE, 0, 4096)?.unwrap_or(DEFAULT_CACHE);
        let seconds = number(context, &PULL_REQUEST_CACHE, 0, 86_400)?.unwrap_or(DEFAULT_PULL_REQUEST_CACHE);
        self.pull_request_cache = Duration::from_secs(u64::from(seconds));
        self.page_size = number(context, &PAGE_SIZE, 1, MAX_PAGE_SIZE)?.unwrap_or(MAX_PAGE_SIZE);
        Ok(())
    }

    /// Sets the address of the API, or of any page of the same GitHub.
    #[must_use]
    pub fn base_url(mut self, address: impl Into<String>) -> Self {
        self.base_url = address.into();
        self
    }

    /// Makes the repositories of a user or an organisation the projects.
    #[must_use]
    pub fn owner(mut self, owner: impl Into<String>) -> Self {
        self.repo_owner = Some(owner.into());
        self
    }

    /// Makes one repository the only project.
    #[must_use]
    pub fn repository(mut self, owner: impl Into<String>, name: impl Into<String>) -> Self {
        self.repo_owner = Some(owner.into());
        self.repo_name = Some(name.into());
        self
    }

    /// Signs in as an installation of a GitHub App.
    #[cfg(feature = "app")]
    #[must_use]
    pub fn app(id: u64, private_key: Secret, installation: u64) -> Self {
        let private_key = SecretSource::fixed(private_key);
        Self { app: Some(crate::app::AppConfig { id, private_key, installation }), ..Self::bare() }
    }

    /// Says which kinds of projects are listed.
    #[must_use]
    pub fn projects(mut self, kinds: ProjectKinds) -> Self {
        self.projects = kinds;
        self
    }

    /// Says what deleting a task does.
    #[must_use]
    pub fn delete(mut self, deleting: Deleting) -> Self {
        self.delete = deleting;
        self
    }

    /// Says what may be done to repositories.
    #[must_use]
    pub fn repositories(mut self, writes: RepositoryWrites) -> Self {
        self.repositories = writes;
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

    /// Says how labels begin that are priorities.
    #[must_use]
    pub fn priority_labels(mut self, prefix: impl Into<String>) -> Self {
        self.priority_labels = prefix.into();
        self
    }

    /// Holds estimates in this number field of Projects v2.
    #[must_use]
    pub fn estimate_field(mut self, name: impl Into<String>) -> Self {
        self.estimate_field = Some(name.into());
        self
    }

    /// Keeps so many MiB of answers; none for 0.
    #[must_use]
    pub fn cache(mut self, mebibytes: u32) -> Self {
        self.cache = mebibytes;
        self
    }

    /// Remembers pull requests for so long; not at all for zero.
    #[must_use]
    pub fn pull_request_cache(mut self, life: Duration) -> Self {
        self.pull_request_cache = life;
        self
    }

    /// Checks deliveries of webhooks with this secret.
    #[must_use]
    pub fn webhook_secret(mut self, secret: Secret) -> Self {
        self.webhook_secret = Some(secret);
        self
    }

    /// Asks for so many items at once, 1 to 100.
    #[must_use]
    pub fn page_size(mut self, size: u32) -> Self {
        self.page_size = size.clamp(1, MAX_PAGE_SIZE);
        self
    }

    /// Waits so many times as long between requests as GitHub asks for: 0 for a GitHub Enterprise Server without limits, a
    /// fraction for a server of tests whose time runs faster.
    #[must_use]
    pub fn pace(mut self, pace: f64) -> Self {
        self.pace = pace;
        self
    }

    /// Sets proxy, certificates and patience.
    #[must_use]
    pub fn transport(mut self, transport: TransportSettings) -> Self {
        self.transport = transport;
        self
    }

    /// The address of the REST API.
    pub(crate) fn address(&self) -> String {
        places::api(&self.base_url)
    }

    /// Says whether an installation of a GitHub App signs in, rather than a user.
    pub(crate) fn is_installation(&self) -> bool {
        #[cfg(feature = "app")]
        let is_app = self.token.is_none() && self.app.is_some();
        #[cfg(not(feature = "app"))]
        let is_app = false;
        is_app
    }

    /// How the transport names settings in its hints.
    pub(crate) fn named_transport(&self) -> TransportSettings {
        self.transport.clone().named_by(SETTINGS)
    }

    /// What the client shows on every request.
    #[cfg(not(feature = "app"))]
    pub(crate) fn credential(&self) -> Result<Credential> {
        Ok(self.token.clone().map_or_else(Credential::none, Credential::bearer))
    }

    /// What the client shows on every request: the token, else one that the GitHub App gets for its installation.
    #[cfg(feature = "app")]
    pub(crate) fn credential(&self) -> Result<Credential> {
        match (&self.token, &self.app) {
            (Some(token), _) => Ok(Credential::bearer(token.clone())),
            (None, Some(app)) => Ok(Credential::bearer(crate::app::installation_token(self, app)?)),
            (None, None) => Ok(Credential::none()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_of_the_token_is_shown() {
        let config = GitHubConfig::new(Secret::new("ghp_s3cr3t")).webhook_secret(Secret::new("wh-s3cr3t"));
        assert!(!format!("{config:?}").contains("s3cr3t"));
    }

    #[test]
    fn pages_are_no_larger_than_githubs() {
        assert_eq!(GitHubConfig::new(Secret::new("t")).page_size(500).page_size, MAX_PAGE_SIZE);
        assert_eq!(GitHubConfig::new(Secret::new("t")).page_size(0).page_size, 1);
    }
}
