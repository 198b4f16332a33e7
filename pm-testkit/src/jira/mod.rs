//! A stateful Jira on a loopback port, for tests: Cloud or Data Center.
//!
//! It behaves as the vendor's documents say, with the traps that its clients keep falling into; see [`FakeJira`].
//! Behaviours that no document confirms are marked "(unverified)" where they are written.

mod access;
mod adf;
mod agile;
mod attachments;
mod builder;
mod comments;
mod deliveries;
mod dictionaries;
mod duration;
mod errors;
mod issues;
mod jql;
mod limits;
mod links;
mod model;
mod paging;
mod planting;
mod projects;
mod properties;
mod reply;
mod request;
mod router;
mod seed;
mod server_info;
mod store;
mod users;
mod view;
mod vocabulary;
mod webhooks;
mod worklogs;

pub use attachments::Attacher;
pub use builder::FakeJiraBuilder;
pub use seed::{Seed, SeedError, Workflow};

use std::fmt;
use std::io;

use crate::file_store::{FileStore, StoredFile};
use crate::http_fault::{Faults, FaultyServer, LoggedRequest};
use builder::Options;
use planting::Keys;
use pm_provider::WebhookDelivery;
use store::App;

/// Which of the vendor's products a server is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Flavor {
    /// The vendor's own sites: version 3 of the API, account ids, documents, token paging.
    Cloud,
    /// An installation: version 2 of the API, user names and keys, wiki markup, pages by offset.
    DataCenter,
}

/// A running server. It stops when it is dropped.
///
/// ```
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> std::io::Result<()> {
/// use pm_testkit::jira::FakeJira;
///
/// let server = FakeJira::cloud().await?;
/// // What the application under test reads:
/// let environment = [
///     ("JIRA_URL", server.url()),
///     ("JIRA_USERNAME", server.username().to_owned()),
///     ("JIRA_API_TOKEN", server.api_token().to_owned()),
/// ];
/// # assert!(environment[0].1.starts_with("http://127.0.0.1:"));
/// # Ok(())
/// # }
/// ```
pub struct FakeJira {
    server: FaultyServer,
    app: App,
    keys: Keys,
}

impl FakeJira {
    /// Starts an empty Cloud site: two users, the usual issue types, statuses, priorities and fields, no project.
    ///
    /// # Errors
    ///
    /// No port is free. Needs a tokio runtime with I/O and time.
    pub async fn cloud() -> io::Result<Self> {
        Self::builder().start().await
    }

    /// Starts an empty Data Center installation.
    ///
    /// # Errors
    ///
    /// No port is free. Needs a tokio runtime with I/O and time.
    pub async fn data_center() -> io::Result<Self> {
        Self::data_center_builder().start().await
    }

    /// Sets up a Cloud site of another kind.
    pub fn builder() -> FakeJiraBuilder {
        FakeJiraBuilder::new(Flavor::Cloud)
    }

    /// Sets up a Data Center installation of another kind.
    pub fn data_center_builder() -> FakeJiraBuilder {
        FakeJiraBuilder::new(Flavor::DataCenter)
    }

    async fn run(options: Options, seed: Seed, port: u16) -> io::Result<Self> {
        let (store, keys) = planting::plant(&options, &seed).map_err(io::Error::other)?;
        let app = App::new(options, store, FileStore::start().await?);
        let server = FaultyServer::start_at(port, router::router(app.clone()), Faults::new()).await?;
        Ok(Self { server, app, keys })
    }

    /// The base address: `http://127.0.0.1:PORT`.
    #[must_use]
    pub fn url(&self) -> String {
        self.server.url()
    }

    /// Which product it is.
    #[must_use]
    pub fn flavor(&self) -> Flavor {
        self.app.options.flavor
    }

    /// The administrator's name for Basic authentication: an e-mail address (Cloud) or a user name (Data Center).
    #[must_use]
    pub fn username(&self) -> &str {
        &self.keys.admin.name
    }

    /// The administrator's API token (Cloud: with the e-mail address) or personal access token (Data Center: alone, as
    /// a bearer token). Made anew for each server.
    #[must_use]
    pub fn api_token(&self) -> &str {
        &self.keys.admin.token
    }

    /// The administrator's password, which only Data Center takes.
    #[must_use]
    pub fn password(&self) -> &str {
        &self.keys.admin.password
    }

    /// The name of the second user, who is no administrator: of projects that are private she sees those that she is a
    /// member of, and she deletes nothing.
    #[must_use]
    pub fn member_username(&self) -> &str {
        &self.keys.member.name
    }

    /// The second user's token.
    #[must_use]
    pub fn member_api_token(&self) -> &str {
        &self.keys.member.token
    }

    /// The handle that plans faults.
    #[must_use]
    pub fn faults(&self) -> &Faults {
        self.server.faults()
    }

    /// All requests so far.
    #[must_use]
    pub fn requests(&self) -> Vec<LoggedRequest> {
        self.server.faults().requests()
    }

    /// Attaches a file to an issue, by id or key; answers its number, or `None` for an unknown issue.
    pub fn attach(
        &self,
        issue: &str,
        name: impl Into<String>,
        content_type: impl Into<String>,
        content: impl Into<Vec<u8>>,
    ) -> Option<u64> {
        attachments::attach(&self.app, issue, StoredFile::new(name, content_type, content.into()))
    }

    /// Attaches files for the conformance suite.
    #[must_use]
    pub fn attacher(&self) -> Attacher {
        Attacher(self.app.clone())
    }

    /// The handle that plans faults of the store of files, which is another server, and shows its requests. Only Cloud has
    /// one.
    #[must_use]
    pub fn file_store(&self) -> &Faults {
        self.app.files.faults()
    }

    /// Renders a webhook delivery about an item as the server would send it: `jira:issue_updated` and the like, for the
    /// families `jira:issue`, `comment`, `worklog`, `sprint`, `project` and `issuelink`.
    ///
    /// It is signed (`X-Hub-Signature: sha256=…`) where there is a secret. `None` for an unknown family or item. Nothing
    /// is sent: hand it to the receiver under test.
    #[must_use]
    pub fn webhook(&self, event: &str, id: u64, secret: Option<&str>) -> Option<WebhookDelivery> {
        deliveries::delivery(&self.app, self.url(), event, id, secret)
    }

    /// How many writes would have sent mails: those without `notifyUsers=false`.
    ///
    /// <https://developer.atlassian.com/cloud/jira/platform/rest/v3/api-group-issues/#api-rest-api-3-issue-issueidorkey-put>
    #[must_use]
    pub fn notified_writes(&self) -> usize {
        self.app.lock().notified
    }

    /// How many writes asked for no mails.
    #[must_use]
    pub fn silent_writes(&self) -> usize {
        self.app.lock().silent
    }
}

impl fmt::Debug for FakeJira {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FakeJira").field("server", &self.server).finish_non_exhaustive()
    }
}
