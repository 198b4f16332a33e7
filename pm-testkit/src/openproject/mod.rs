//! A stateful OpenProject on a loopback port, for tests.
//!
//! It behaves as the vendor's documents say, with the traps that its clients keep falling into; see
//! [`FakeOpenProject`]. Behaviours that no document confirms are marked "(unverified)" where they are written.

mod access;
mod activities;
mod attachments;
mod builder;
mod defaults;
mod dictionaries;
mod duration;
mod errors;
mod fields;
mod filters;
mod hal;
mod listing;
mod memberships;
mod model;
mod planting;
mod projects;
mod relations;
mod request;
mod root;
mod router;
mod seed;
mod sprints;
mod store;
mod time_entries;
mod users;
mod versions;
mod webhooks;
mod work_packages;

pub use attachments::Attacher;
pub use builder::FakeOpenProjectBuilder;
pub use seed::{Seed, SeedError};

use std::fmt;
use std::io;

use crate::file_store::{FileStore, StoredFile};
use crate::http_fault::{Faults, FaultyServer, LoggedRequest};
use builder::Options;
use pm_provider::WebhookDelivery;
use store::App;

/// A running server. It stops when it is dropped.
///
/// ```
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> std::io::Result<()> {
/// use pm_testkit::openproject::FakeOpenProject;
///
/// let server = FakeOpenProject::start().await?;
/// // What the application under test reads:
/// let environment = [("OPENPROJECT_URL", server.url()), ("OPENPROJECT_API_KEY", server.api_key().to_owned())];
/// # assert!(environment[0].1.starts_with("http://127.0.0.1:"));
/// # Ok(())
/// # }
/// ```
pub struct FakeOpenProject {
    server: FaultyServer,
    app: App,
    api_key: String,
    member_api_key: String,
}

impl FakeOpenProject {
    /// Starts an empty server: two users, the usual statuses, types and priorities, no project.
    ///
    /// # Errors
    ///
    /// No port is free. Needs a tokio runtime with I/O and time.
    pub async fn start() -> io::Result<Self> {
        Self::builder().start().await
    }

    /// Sets up a server of another kind.
    pub fn builder() -> FakeOpenProjectBuilder {
        FakeOpenProjectBuilder::default()
    }

    async fn run(options: Options, seed: Seed, port: u16) -> io::Result<Self> {
        let (store, keys) = planting::plant(&options, &seed).map_err(io::Error::other)?;
        let app = App::new(options, store, FileStore::start().await?);
        let server = FaultyServer::start_at(port, router::router(app.clone()), Faults::new()).await?;
        Ok(Self { server, app, api_key: keys.admin, member_api_key: keys.member })
    }

    /// The base address: `http://127.0.0.1:PORT`.
    #[must_use]
    pub fn url(&self) -> String {
        self.server.url()
    }

    /// The API key of the administrator, made anew for each server.
    #[must_use]
    pub fn api_key(&self) -> &str {
        &self.api_key
    }

    /// The API key of `ada`, who is no administrator: she sees public projects and those that she is a member of.
    #[must_use]
    pub fn member_api_key(&self) -> &str {
        &self.member_api_key
    }

    /// Takes a key from its user and gives them another one, as a rotation does: from now on the old one is refused.
    ///
    /// Says whether anybody had the old key.
    #[must_use]
    pub fn replace_api_key(&self, old: &str, new: &str) -> bool {
        let mut store = self.app.lock();
        let owner = store.principals.values_mut().find(|user| user.api_key.as_deref() == Some(old));
        owner.map(|user| user.api_key = Some(new.to_owned())).is_some()
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

    /// Attaches a file to a work package; answers its number, or `None` for an unknown work package.
    pub fn attach(
        &self,
        work_package: u64,
        name: impl Into<String>,
        content_type: impl Into<String>,
        content: impl Into<Vec<u8>>,
    ) -> Option<u64> {
        attachments::attach(&self.app, work_package, StoredFile::new(name, content_type, content.into()))
    }

    /// Attaches files for the conformance suite.
    #[must_use]
    pub fn attacher(&self) -> Attacher {
        Attacher(self.app.clone())
    }

    /// The handle that plans faults of the store of files, which is another server, and shows its requests.
    #[must_use]
    pub fn file_store(&self) -> &Faults {
        self.app.files.faults()
    }

    /// Renders a webhook delivery about an item as the server would send it: `work_package:updated` and the like, for
    /// the families `work_package`, `work_package_comment`, `project` and `time_entry`.
    ///
    /// It is signed (`X-OP-Signature: sha1=…`) where there is a secret. `None` for an unknown family or item. Nothing is
    /// sent: hand it to the receiver under test.
    #[must_use]
    pub fn webhook(&self, action: &str, id: u64, secret: Option<&str>) -> Option<WebhookDelivery> {
        webhooks::delivery(&self.app, action, id, secret)
    }

    /// How many writes would have sent mails: those without `notify=false`.
    ///
    /// <https://www.openproject.org/docs/api/endpoints/work-packages/>
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

impl fmt::Debug for FakeOpenProject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FakeOpenProject").field("server", &self.server).finish_non_exhaustive()
    }
}
