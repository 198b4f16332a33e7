//! The settings of a site.

use std::fmt;
use std::io;
use std::sync::Arc;
use std::time::Duration;

use chrono_tz::Tz;
use pm_provider::{Clock, SystemClock};

use super::FakeClickUp;
use super::seed::Seed;

/// How the site is set up.
pub(super) struct Options {
    pub(super) clock: Arc<dyn Clock>,
    pub(super) zone: Tz,
    pub(super) limits: Limits,
    /// Whether tasks can be in several lists.
    pub(super) multiple_lists: bool,
    /// Whether tasks have sprint points.
    pub(super) points: bool,
    /// Whether ids that nobody has are answered as those of foreigners are.
    pub(super) unknown_is_foreign: bool,
    /// Whether texts come where numbers are expected, and the other way round.
    pub(super) wrong_types: bool,
    /// Whether pages of tasks say that they are the last one.
    pub(super) last_page: bool,
    /// How long each request takes.
    pub(super) answer_time: Duration,
}

/// How many requests are too many.
#[derive(Clone, Copy, Debug)]
pub(super) struct Limits {
    pub(super) requests: u32,
    pub(super) enforced: bool,
    /// How long the limits' minutes are, beside real ones.
    pub(super) time_scale: f64,
}

/// Sets up a [`FakeClickUp`].
#[must_use]
pub struct FakeClickUpBuilder {
    options: Options,
    seed: Seed,
    port: u16,
    zone: Result<Tz, String>,
}

impl FakeClickUpBuilder {
    pub(super) fn new() -> Self {
        let zone = chrono_tz::America::Los_Angeles;
        let options = Options {
            clock: Arc::new(SystemClock),
            zone,
            limits: Limits { requests: 100, enforced: false, time_scale: 1.0 },
            multiple_lists: true,
            points: true,
            unknown_is_foreign: false,
            wrong_types: false,
            last_page: true,
            answer_time: Duration::ZERO,
        };
        Self { options, seed: Seed::default(), port: 0, zone: Ok(zone) }
    }

    /// Starts with these contents beside the people that every site has.
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

    /// The zone of the workspace and of everybody in it, as the IANA names it: `America/Los_Angeles`, if nothing is said.
    ///
    /// The server does not start where there is no such zone.
    pub fn zone(mut self, name: &str) -> Self {
        self.zone = name.parse().map_err(|_| format!("there is no time zone `{name}`"));
        self
    }

    /// Refuses more than so many requests of a token in a minute, with 429. By default 100 are announced, and none is refused.
    pub fn limit(mut self, requests: u32) -> Self {
        self.options.limits.requests = requests.max(1);
        self.options.limits.enforced = true;
        self
    }

    /// How long the minutes of the limits take, beside real ones: with 0.1, a minute is six seconds. Below 1, the time of
    /// the reset is told to the millisecond.
    pub fn time_scale(mut self, scale: f64) -> Self {
        self.options.limits.time_scale = if scale > 0.0 { scale } else { 1.0 };
        self
    }

    /// Whether the workspace lets tasks be in several lists: it does, if nothing is said.
    pub fn multiple_lists(mut self, on: bool) -> Self {
        self.options.multiple_lists = on;
        self
    }

    /// Whether the workspace has sprint points: it does, if nothing is said.
    pub fn points(mut self, on: bool) -> Self {
        self.options.points = on;
        self
    }

    /// Answers ids that nobody has with 401, as those of other workspaces, instead of with 404.
    pub fn unknown_is_foreign(mut self, on: bool) -> Self {
        self.options.unknown_is_foreign = on;
        self
    }

    /// Writes numbers as texts, texts of digits as numbers, and `null` for names of people.
    pub fn wrong_types(mut self, on: bool) -> Self {
        self.options.wrong_types = on;
        self
    }

    /// Whether pages of tasks tell by `last_page` that no more follow: they do, if nothing is said.
    pub fn last_page(mut self, told: bool) -> Self {
        self.options.last_page = told;
        self
    }

    /// How long each request takes.
    pub fn answer_time(mut self, time: Duration) -> Self {
        self.options.answer_time = time;
        self
    }

    /// Starts the server.
    ///
    /// # Errors
    ///
    /// The port is taken, there is no such time zone, or the seed names something that does not exist.
    pub async fn start(mut self) -> io::Result<FakeClickUp> {
        self.options.zone = self.zone.map_err(io::Error::other)?;
        FakeClickUp::run(self.options, &self.seed, self.port).await
    }
}

impl fmt::Debug for FakeClickUpBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FakeClickUpBuilder").field("port", &self.port).finish_non_exhaustive()
    }
}
