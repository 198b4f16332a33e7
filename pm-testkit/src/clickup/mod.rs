//! A stateful ClickUp on a loopback port, for tests.
//!
//! It behaves as the vendor's documents say, with the traps that its clients keep falling into; see [`FakeClickUp`].
//! Behaviours that no document confirms are marked "(unverified)" where they are written.

mod access;
mod builder;
mod comments;
mod defaults;
mod door;
mod errors;
mod files;
mod hooks;
mod limits;
mod model;
mod places;
mod planting;
mod reply;
mod request;
mod router;
mod seed;
mod sowing;
mod store;
mod tasks;
mod traps;
mod view;
mod zone;

pub use builder::FakeClickUpBuilder;
pub use seed::{Seed, SeedError};

use std::fmt;
use std::io;
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use pm_provider::WebhookDelivery;

use crate::http_fault::{Faults, FaultyServer, LoggedRequest};
use builder::Options;
use files::Files;
use store::App;

/// A running server. It stops when it is dropped.
///
/// Every site has a workspace of two people: Ada Lovelace, who owns it, and Mel Kaye. Another workspace, in which neither of
/// them is, has a space, a list and a task, whose ids are refused. Spaces, lists and tasks come from a [`Seed`], are planted,
/// or are created by requests.
///
/// ```
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> std::io::Result<()> {
/// use pm_testkit::clickup::FakeClickUp;
///
/// let server = FakeClickUp::start().await?;
/// // What the application under test reads:
/// let environment = [("CLICKUP_API_URL", server.url()), ("CLICKUP_API_KEY", server.token())];
/// # assert!(environment[0].1.starts_with("http://127.0.0.1:"));
/// # assert!(environment[1].1.starts_with("pk_"));
/// # Ok(())
/// # }
/// ```
pub struct FakeClickUp {
    server: FaultyServer,
    storage: FaultyServer,
    files: Files,
    app: App,
}

impl FakeClickUp {
    /// Starts a site without spaces.
    ///
    /// # Errors
    ///
    /// No port is free. Needs a tokio runtime with I/O and time.
    pub async fn start() -> io::Result<Self> {
        Self::builder().start().await
    }

    /// Sets up a site of another kind.
    pub fn builder() -> FakeClickUpBuilder {
        FakeClickUpBuilder::new()
    }

    async fn run(options: Options, seed: &Seed, port: u16) -> io::Result<Self> {
        let files = Files::default();
        let storage = FaultyServer::start_at(0, files.router(), Faults::new()).await?;
        // Another name than the API's, so that no client takes both for one host.
        let address = storage.url().replace("127.0.0.1", "localhost");
        let app = sowing::site(options, seed, &address).map_err(io::Error::other)?;
        files.open(app.clone());
        let server = FaultyServer::start_at(port, router::router(app.clone()), Faults::new()).await?;
        Ok(Self { server, storage, files, app })
    }

    /// The base address: `http://127.0.0.1:PORT`, without `/api/v2`.
    #[must_use]
    pub fn url(&self) -> String {
        self.server.url()
    }

    /// The address that attachments are downloaded from.
    #[must_use]
    pub fn storage_url(&self) -> String {
        self.app.files.to_string()
    }

    /// The handle that plans faults.
    #[must_use]
    pub fn faults(&self) -> &Faults {
        self.server.faults()
    }

    /// The handle that plans faults of downloads.
    #[must_use]
    pub fn storage_faults(&self) -> &Faults {
        self.storage.faults()
    }

    /// All requests to the API so far.
    #[must_use]
    pub fn requests(&self) -> Vec<LoggedRequest> {
        self.server.faults().requests()
    }

    /// How many downloads brought a token along, which none should.
    #[must_use]
    pub fn tokens_seen_by_storage(&self) -> usize {
        self.files.tokens_seen()
    }

    /// How many requests were refused because a minute had too many of them.
    #[must_use]
    pub fn refused_by_limit(&self) -> usize {
        self.app.traffic().refused
    }

    /// The time by the server's clock, in its milliseconds.
    #[must_use]
    pub fn now(&self) -> DateTime<Utc> {
        DateTime::from_timestamp_millis(self.app.now()).unwrap_or_default()
    }

    /// Moves the server's clock on.
    pub fn advance(&self, time: Duration) {
        self.app.advance(TimeDelta::from_std(time).unwrap_or(TimeDelta::MAX));
    }

    /// The zone of the workspace: `America/Los_Angeles`.
    #[must_use]
    pub fn zone(&self) -> &'static str {
        self.app.options.zone.name()
    }

    /// Renders a webhook delivery as the server would send it: `taskUpdated` and the like, with the id of the task, the list,
    /// the folder or the space that it is about.
    ///
    /// It is signed where there is a secret. `None` for an unknown event. Nothing is sent: hand it to the receiver under test.
    #[must_use]
    pub fn webhook(&self, event: &str, id: &str, secret: Option<&str>) -> Option<WebhookDelivery> {
        hooks::render(&self.app, event, id, secret)
    }

    /// The deliveries that hooks had so far, signed with their secrets, in their order.
    #[must_use]
    pub fn deliveries(&self) -> Vec<WebhookDelivery> {
        hooks::deliveries(&self.app.read())
    }
}

impl fmt::Debug for FakeClickUp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FakeClickUp").field("server", &self.server).finish_non_exhaustive()
    }
}
