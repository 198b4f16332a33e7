//! The settings of a site.

use std::fmt;
use std::io;
use std::sync::Arc;
use std::time::Duration;

use pm_provider::{Clock, SystemClock};

use super::FakeGitHub;
use super::access::Rights;
use super::seed::Seed;

/// How the site is set up.
pub(super) struct Options {
    pub(super) clock: Arc<dyn Clock>,
    pub(super) limits: Limits,
    /// Whether lists of issues tell how many pages there are.
    pub(super) last_links: bool,
    /// How long each request takes.
    pub(super) answer_time: Duration,
    /// Accounts with tokens beside those that every site has.
    pub(super) tokens: Vec<(String, Rights)>,
    /// The app that may ask for tokens of its installation, by both ids.
    pub(super) installation: Option<(u64, u64)>,
}

/// How many requests are too many.
#[derive(Clone, Copy, Debug)]
pub(super) struct Limits {
    /// Requests in an hour; `None` for the vendor's 5,000, without refusing any.
    pub(super) primary: Option<u32>,
    pub(super) secondary: bool,
    /// Whether a secondary limit says how long to wait.
    pub(super) retry_after: bool,
    /// How long the limits' hours and minutes are, beside real ones.
    pub(super) time_scale: f64,
}

/// Sets up a [`FakeGitHub`].
#[must_use]
pub struct FakeGitHubBuilder {
    options: Options,
    seed: Seed,
    port: u16,
}

impl FakeGitHubBuilder {
    pub(super) fn new() -> Self {
        let options = Options {
            clock: Arc::new(SystemClock),
            limits: Limits { primary: None, secondary: false, retry_after: true, time_scale: 1.0 },
            last_links: false,
            answer_time: Duration::ZERO,
            tokens: Vec::new(),
            installation: None,
        };
        Self { options, seed: Seed::default(), port: 0 }
    }

    /// Starts with these contents beside the usual accounts.
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

    /// Makes a token for somebody, who may do this in every repository that says nothing else.
    ///
    /// The account is made where there is none; [`FakeGitHub::token_of`] tells the token.
    pub fn token(mut self, login: impl Into<String>, rights: Rights) -> Self {
        self.options.tokens.push((login.into(), rights));
        self
    }

    /// Lets an app ask for tokens of its installation, which may do everything: `POST
    /// /app/installations/{installation}/access_tokens`.
    pub fn app(mut self, app: u64, installation: u64) -> Self {
        self.options.installation = Some((app, installation));
        self
    }

    /// Refuses more than so many requests of one account in an hour: 403 with `x-ratelimit-remaining: 0`. Without this
    /// they are counted and none is refused.
    pub fn primary_limit(mut self, requests: u32) -> Self {
        self.options.limits.primary = Some(requests);
        self
    }

    /// Refuses what comes too fast: more than 100 requests at a time, 900 points in a minute, 80 contents in a minute or
    /// 500 in an hour. By default nothing is too fast.
    pub fn secondary_limits(mut self, limits: bool) -> Self {
        self.options.limits.secondary = limits;
        self
    }

    /// Whether a secondary limit tells by `retry-after` how long to wait (the default), or by the text of the body alone
    /// that there is one.
    pub fn retry_after(mut self, told: bool) -> Self {
        self.options.limits.retry_after = told;
        self
    }

    /// How long the hours and minutes of the limits take, beside real ones: with 0.1, a minute of theirs is six seconds.
    pub fn time_scale(mut self, scale: f64) -> Self {
        self.options.limits.time_scale = if scale > 0.0 { scale } else { 1.0 };
        self
    }

    /// Whether lists of issues link to their first and last page, as they did before they had cursors; by default, as
    /// today, they link to the next and the previous page alone (`google/go-github#3564`).
    pub fn last_links(mut self, links: bool) -> Self {
        self.options.last_links = links;
        self
    }

    /// How long each request takes while it counts as being under way.
    pub fn answer_time(mut self, time: Duration) -> Self {
        self.options.answer_time = time;
        self
    }

    /// Starts the server.
    ///
    /// # Errors
    ///
    /// The port is taken, or the seed names something that does not exist.
    pub async fn start(self) -> io::Result<FakeGitHub> {
        FakeGitHub::run(self.options, self.seed, self.port).await
    }
}

impl fmt::Debug for FakeGitHubBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FakeGitHubBuilder").field("port", &self.port).finish_non_exhaustive()
    }
}
