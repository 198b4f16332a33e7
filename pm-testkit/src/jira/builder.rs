//! The settings of a site.

use std::collections::BTreeSet;
use std::fmt;
use std::io;
use std::sync::Arc;
use std::time::Duration;

use pm_provider::{Clock, SystemClock};

use super::seed::{Seed, Workflow};
use super::{FakeJira, Flavor};

/// How the site is set up.
pub(super) struct Options {
    pub(super) flavor: Flavor,
    pub(super) clock: Arc<dyn Clock>,
    pub(super) index_lag: Duration,
    /// The longest page of a search with all fields.
    pub(super) search_page: usize,
    /// The longest page of other lists.
    pub(super) list_page: usize,
    pub(super) limits: Limits,
    pub(super) strict: bool,
    pub(super) transition_time: Duration,
    pub(super) deletion_time: Duration,
    /// Fields, by id or name, that are not on the screen for creating issues, and on that for editing them.
    pub(super) off_create: BTreeSet<String>,
    pub(super) off_edit: BTreeSet<String>,
    pub(super) required: BTreeSet<String>,
    pub(super) workflow: Option<Workflow>,
    /// How many issues come along that are fetched by their ids, where not all of them do.
    pub(super) fetched: Option<usize>,
}

/// How many requests are too many; `None` for any number.
#[derive(Clone, Copy, Debug)]
pub(super) struct Limits {
    /// Requests in a second of reads and creates; updates and deletions have half of it.
    pub(super) burst: Option<u32>,
    /// Writes to one issue in two seconds.
    pub(super) issue_writes: Option<u32>,
}

/// Sets up a [`FakeJira`]: a Cloud site, unless told otherwise.
#[must_use]
pub struct FakeJiraBuilder {
    options: Options,
    seed: Seed,
    port: u16,
}

impl FakeJiraBuilder {
    pub(super) fn new(flavor: Flavor) -> Self {
        let cloud = flavor == Flavor::Cloud;
        let options = Options {
            flavor,
            clock: Arc::new(SystemClock),
            index_lag: if cloud { Duration::from_millis(300) } else { Duration::ZERO },
            search_page: 100,
            list_page: 100,
            limits: match cloud {
                true => Limits { burst: Some(100), issue_writes: Some(20) },
                false => Limits { burst: None, issue_writes: None },
            },
            strict: true,
            transition_time: Duration::ZERO,
            deletion_time: Duration::from_millis(300),
            off_create: BTreeSet::new(),
            off_edit: BTreeSet::new(),
            required: BTreeSet::new(),
            workflow: None,
            fetched: None,
        };
        Self { options, seed: Seed::default(), port: 0 }
    }

    /// Starts with these contents beside the usual users, issue types, statuses, priorities and fields.
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

    /// How long a search does not see what was written: 300 ms on Cloud, not at all on Data Center.
    pub fn index_lag(mut self, lag: Duration) -> Self {
        self.options.index_lag = lag;
        self
    }

    /// How many issues a page of a search has at most when fields beside id and key are asked for: 100.
    pub fn search_page_size(mut self, size: usize) -> Self {
        self.options.search_page = size.max(1);
        self
    }

    /// How many items a page of any other list has at most: 100.
    pub fn page_size(mut self, size: usize) -> Self {
        self.options.list_page = size.max(1);
        self
    }

    /// Whether too many requests are refused: by default on Cloud, never on Data Center.
    pub fn rate_limits(mut self, limits: bool) -> Self {
        self.options.limits = match limits {
            true => Limits { burst: Some(100), issue_writes: Some(20) },
            false => Limits { burst: None, issue_writes: None },
        };
        self
    }

    /// Refuses more than so many reads or creates in a second, and half as many updates or deletions.
    pub fn burst_limit(mut self, requests: u32) -> Self {
        self.options.limits.burst = Some(requests);
        self
    }

    /// Whether members of a body that no document knows are refused (the default), or ignored.
    pub fn strict(mut self, strict: bool) -> Self {
        self.options.strict = strict;
        self
    }

    /// How long a transition takes; another one of the same issue in the meantime is 409.
    pub fn transition_time(mut self, time: Duration) -> Self {
        self.options.transition_time = time;
        self
    }

    /// How long the job takes that deletes a project in the background: 300 ms.
    pub fn deletion_time(mut self, time: Duration) -> Self {
        self.options.deletion_time = time;
        self
    }

    /// Takes a field, by id or name, from the screen for creating issues.
    pub fn off_create_screen(mut self, field: impl Into<String>) -> Self {
        self.options.off_create.insert(field.into());
        self
    }

    /// Takes a field, by id or name, from the screen for editing issues.
    pub fn off_edit_screen(mut self, field: impl Into<String>) -> Self {
        self.options.off_edit.insert(field.into());
        self
    }

    /// Makes a field, by id or name, required.
    pub fn required(mut self, field: impl Into<String>) -> Self {
        self.options.required.insert(field.into());
        self
    }

    /// Replaces the workflow, in which every status can become every other.
    pub fn workflow(mut self, workflow: Workflow) -> Self {
        self.options.workflow = Some(workflow);
        self
    }

    /// Shows no more than so many of the issues that are fetched by their ids, and tells the others as errors, as sites do
    /// whose answer would be too large.
    pub fn fetched_at_once(mut self, issues: usize) -> Self {
        self.options.fetched = Some(issues);
        self
    }

    /// Starts the server.
    ///
    /// # Errors
    ///
    /// The port is taken, or the seed names something that does not exist.
    pub async fn start(self) -> io::Result<FakeJira> {
        FakeJira::run(self.options, self.seed, self.port).await
    }
}

impl fmt::Debug for FakeJiraBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FakeJiraBuilder").field("port", &self.port).finish_non_exhaustive()
    }
}
