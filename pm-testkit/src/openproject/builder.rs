//! The settings of an installation.

use std::collections::BTreeMap;
use std::fmt;
use std::io;
use std::sync::Arc;
use std::time::Duration;

use pm_provider::{Clock, SystemClock};

use super::FakeOpenProject;
use super::seed::Seed;

/// How the installation is set up.
pub(super) struct Options {
    pub(super) clock: Arc<dyn Clock>,
    pub(super) page_size: usize,
    pub(super) maximum_page_size: usize,
    pub(super) login_required: bool,
    pub(super) sprints: bool,
    pub(super) labels: bool,
    pub(super) automatic_scheduling: bool,
    pub(super) everybody_is_member: bool,
    pub(super) external_files: bool,
    pub(super) deletion_delay: Duration,
    /// Which statuses follow which, by name; a status that is not listed may become any other.
    pub(super) workflow: BTreeMap<String, Vec<String>>,
}

/// Sets up a [`FakeOpenProject`]: the newest kind of server, unless told otherwise.
#[must_use]
pub struct FakeOpenProjectBuilder {
    options: Options,
    seed: Seed,
    port: u16,
}

impl Default for FakeOpenProjectBuilder {
    fn default() -> Self {
        let options = Options {
            clock: Arc::new(SystemClock),
            page_size: 20,
            maximum_page_size: 1000,
            login_required: true,
            sprints: true,
            labels: true,
            automatic_scheduling: false,
            everybody_is_member: false,
            external_files: false,
            deletion_delay: Duration::from_millis(300),
            workflow: BTreeMap::new(),
        };
        Self { options, seed: Seed::default(), port: 0 }
    }
}

impl FakeOpenProjectBuilder {
    /// Starts with these contents beside the usual statuses, types, priorities and users.
    pub fn seed(mut self, seed: Seed) -> Self {
        self.seed = seed;
        self
    }

    /// Listens on this loopback port instead of a random one.
    pub fn port(mut self, port: u16) -> Self {
        self.port = port;
        self
    }

    /// Tells the time by another clock.
    pub fn clock(mut self, clock: impl Clock) -> Self {
        self.options.clock = Arc::new(clock);
        self
    }

    /// How many elements a page has when nothing is asked for: 20.
    pub fn page_size(mut self, size: usize) -> Self {
        self.options.page_size = size.max(1);
        self
    }

    /// How many elements a page has at most, the setting `apiv3_max_page_size`: 1000.
    pub fn maximum_page_size(mut self, size: usize) -> Self {
        self.options.maximum_page_size = size.max(1);
        self
    }

    /// Whether requests without credentials are refused (the default), or answered with public data.
    pub fn login_required(mut self, required: bool) -> Self {
        self.options.login_required = required;
        self
    }

    /// Whether the server has sprints, or versions alone.
    pub fn sprints(mut self, sprints: bool) -> Self {
        self.options.sprints = sprints;
        self
    }

    /// Whether the server has labels.
    pub fn labels(mut self, labels: bool) -> Self {
        self.options.labels = labels;
        self
    }

    /// Schedules new work packages automatically, as older servers do: parents take their dates from their children.
    pub fn automatic_scheduling(mut self, automatic: bool) -> Self {
        self.options.automatic_scheduling = automatic;
        self
    }

    /// Makes every user a member of each new project. Else only its creator is one, and nobody else can be assigned.
    pub fn everybody_is_member(mut self, members: bool) -> Self {
        self.options.everybody_is_member = members;
        self
    }

    /// Keeps files in a store of another host, as installations with object storage do; else the server has them itself.
    pub fn external_files(mut self, external: bool) -> Self {
        self.options.external_files = external;
        self
    }

    /// How long a deleted project stays, archived, until the background job removes it: 300 ms.
    pub fn deletion_delay(mut self, delay: Duration) -> Self {
        self.options.deletion_delay = delay;
        self
    }

    /// Lets a status become only these, by name. Statuses without such a rule may become any other.
    pub fn workflow<I>(mut self, from: impl Into<String>, to: I) -> Self
    where
        I: IntoIterator<Item: Into<String>>,
    {
        self.options.workflow.insert(from.into(), to.into_iter().map(Into::into).collect());
        self
    }

    /// Starts the server.
    ///
    /// # Errors
    ///
    /// The port is taken, or the seed names something that does not exist.
    pub async fn start(self) -> io::Result<FakeOpenProject> {
        FakeOpenProject::run(self.options, self.seed, self.port).await
    }
}

impl fmt::Debug for FakeOpenProjectBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FakeOpenProjectBuilder").field("port", &self.port).finish_non_exhaustive()
    }
}
