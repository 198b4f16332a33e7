//! A stateful GitHub on a loopback port, for tests.
//!
//! It behaves as the vendor's documents say, with the traps that its clients keep falling into; see [`FakeGitHub`].
//! Behaviours that no document confirms are marked "(unverified)" where they are written.

mod access;
mod addresses;
mod apps;
mod builder;
mod changes;
mod comments;
mod conditional;
mod deliveries;
mod dependencies;
mod door;
mod errors;
mod graphql;
mod hooks;
mod issue_types;
mod issues;
mod labels;
mod limits;
mod milestones;
mod model;
mod node;
mod paging;
mod planting;
mod projects_v2;
mod pulls;
mod rate_limit;
mod reply;
mod repositories;
mod request;
mod router;
mod seed;
mod store;
mod sub_issues;
mod users;
mod view;

pub use access::Rights;
pub use builder::FakeGitHubBuilder;
pub use projects_v2::{ProjectV2FieldSeed, ProjectV2IterationSeed, ProjectV2Seed};
pub use pulls::PullRequestSeed;
pub use seed::{Seed, SeedError};

use std::fmt;
use std::io;
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use serde_json::Value;

use crate::http_fault::{Faults, FaultyServer, LoggedRequest};
use access::Caller;
use builder::Options;
use pm_provider::WebhookDelivery;
use store::{App, Store};
use view::View;

/// A running server. It stops when it is dropped.
///
/// Every server has two people, `ada`, who may do everything, and `mel`, who may push everywhere, and the organisation
/// `acme`, which belongs to `ada`. Repositories come from a [`Seed`] or are created by requests.
///
/// ```
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> std::io::Result<()> {
/// use pm_testkit::github::FakeGitHub;
///
/// let server = FakeGitHub::start().await?;
/// // What the application under test reads:
/// let environment = [("GITHUB_API_URL", server.url()), ("GITHUB_TOKEN", server.token())];
/// # assert!(environment[0].1.starts_with("http://127.0.0.1:"));
/// # assert!(environment[1].1.starts_with("ghp_"));
/// # Ok(())
/// # }
/// ```
pub struct FakeGitHub {
    server: FaultyServer,
    app: App,
}

impl FakeGitHub {
    /// Starts a site without repositories.
    ///
    /// # Errors
    ///
    /// No port is free. Needs a tokio runtime with I/O and time.
    pub async fn start() -> io::Result<Self> {
        Self::builder().start().await
    }

    /// Sets up a site of another kind.
    pub fn builder() -> FakeGitHubBuilder {
        FakeGitHubBuilder::new()
    }

    async fn run(options: Options, seed: Seed, port: u16) -> io::Result<Self> {
        let store = planting::plant(&options, &seed).map_err(io::Error::other)?;
        let app = App::new(options, store);
        let server = FaultyServer::start_at(port, router::router(app.clone()), Faults::new()).await?;
        Ok(Self { server, app })
    }

    /// The base address of the API: `http://127.0.0.1:PORT`. The same is at `/api/v3`, as an installation has it.
    #[must_use]
    pub fn url(&self) -> String {
        self.server.url()
    }

    /// The login of the person who may do everything.
    #[must_use]
    pub fn login(&self) -> &'static str {
        planting::ADMIN
    }

    /// The token of the person who may do everything. Made anew for each server.
    #[must_use]
    pub fn token(&self) -> String {
        self.token_of(planting::ADMIN).unwrap_or_default()
    }

    /// The login of the person who may push everywhere.
    #[must_use]
    pub fn member_login(&self) -> &'static str {
        planting::MEMBER
    }

    /// The token of the person who may push everywhere.
    #[must_use]
    pub fn member_token(&self) -> String {
        self.token_of(planting::MEMBER).unwrap_or_default()
    }

    /// A token of somebody; `None` for those who have none.
    #[must_use]
    pub fn token_of(&self, login: &str) -> Option<String> {
        let store = self.app.lock();
        let account = store.account_named(login)?.id;
        store.tokens.iter().find(|(_, token)| token.account == account).map(|(text, _)| text.clone())
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

    /// The time by the server's clock, in whole seconds as its database has it.
    #[must_use]
    pub fn now(&self) -> DateTime<Utc> {
        self.app.now()
    }

    /// Moves the server's clock on.
    pub fn advance(&self, time: Duration) {
        self.app.advance(TimeDelta::from_std(time).unwrap_or(TimeDelta::MAX));
    }

    /// An issue or a pull request of `owner/name` as its page in the API shows it to somebody who may do everything.
    #[must_use]
    pub fn issue(&self, repository: &str, number: u64) -> Option<Value> {
        self.look(|store, view| {
            let repository = store.repository_named(repository)?.id;
            store.issue_at(repository, number).map(|issue| view.issue(issue))
        })
    }

    /// The issues and pull requests of `owner/name`, by number.
    #[must_use]
    pub fn issues(&self, repository: &str) -> Vec<Value> {
        self.look(|store, view| {
            let repository = store.repository_named(repository).map(|repository| repository.id);
            let issues = repository.into_iter().flat_map(|repository| store.issues_of(repository));
            issues.map(|issue| view.issue(issue)).collect()
        })
    }

    /// Gives `owner/name` another name; the old one answers with redirects from now on. Whether there is such a one.
    #[allow(clippy::must_use_candidate, reason = "most tests know that there is")]
    pub fn rename_repository(&self, repository: &str, name: &str) -> bool {
        let mut store = self.app.lock();
        let Some(mut found) = store.repository_named(repository).cloned() else { return false };
        repositories::rename(&store, &mut found, name);
        store.repositories.insert(found.id, found).is_some()
    }

    /// Moves an issue of one `owner/name` into another; its new number. The old one answers with redirects from now on.
    #[allow(clippy::must_use_candidate, reason = "most tests know the number")]
    pub fn transfer_issue(&self, repository: &str, number: u64, to: &str) -> Option<u64> {
        let mut store = self.app.lock();
        let (from, to) = (store.repository_named(repository)?.id, store.repository_named(to)?.id);
        let id = store.issue_at(from, number)?.id;
        store.transfer_issue(id, to)
    }

    /// Deletes an issue, as people do in a browser; its number answers 410 from now on. Whether there was such a one.
    #[allow(clippy::must_use_candidate, reason = "most tests know that there is")]
    pub fn delete_issue(&self, repository: &str, number: u64) -> bool {
        let mut store = self.app.lock();
        let repository = store.repository_named(repository).map(|repository| repository.id);
        let issue = repository.and_then(|repository| store.issue_at(repository, number)).map(|issue| issue.id);
        issue.map(|issue| store.delete_issue(issue)).is_some()
    }

    /// Renders a webhook delivery about an item as the server would send it: `issues`, `issue_comment`, `label`,
    /// `milestone`, `repository`, `sub_issues` or `issue_dependencies`, with the database id of the item.
    ///
    /// It is signed (`X-Hub-Signature-256: sha256=…`) where there is a secret. `None` for an unknown event or item.
    /// Nothing is sent: hand it to the receiver under test.
    #[must_use]
    pub fn webhook(&self, event: &str, action: &'static str, id: u64, secret: Option<&str>) -> Option<WebhookDelivery> {
        deliveries::render(&self.app, self.url(), (event, action, id), secret)
    }

    /// The deliveries that the hooks of `owner/name` had so far, signed with their secrets, in their order.
    #[must_use]
    pub fn deliveries(&self, repository: &str) -> Vec<WebhookDelivery> {
        deliveries::of_repository(&self.app.lock(), repository)
    }

    /// What receivers of hooks answer from now on: 200 at first.
    pub fn receivers_answer(&self, status: u16) {
        self.app.lock().receivers = status;
    }

    /// How many requests were refused because an hour had too many of them.
    #[must_use]
    pub fn refused_by_primary_limit(&self) -> usize {
        self.app.lock().traffic.refused_primary
    }

    /// How many requests were refused because they came too fast.
    #[must_use]
    pub fn refused_by_secondary_limits(&self) -> usize {
        self.app.lock().traffic.refused_secondary
    }

    fn look<T>(&self, look: impl FnOnce(&Store, &View<'_>) -> T) -> T {
        let store = self.app.lock();
        let caller = Caller::inside(&store, self.url());
        look(&store, &View::new(&store, &caller))
    }
}

impl fmt::Debug for FakeGitHub {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FakeGitHub").field("server", &self.server).finish_non_exhaustive()
    }
}
