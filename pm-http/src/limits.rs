//! How many requests at once, and how many a minute.

use std::collections::HashMap;
use std::fmt;
use std::num::NonZeroU32;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use governor::clock::{Clock, DefaultClock};
use governor::{DefaultDirectRateLimiter, RateLimiter};
use pm_provider::{Error, ErrorKind, Result, Retry};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::{Instant, sleep, timeout_at};

use crate::endpoint::Endpoint;
use crate::pace::{Pace, Pacer, Passage};

/// What a backend says is left of our allowance.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Quota {
    /// How many requests are left.
    pub remaining: u64,
    /// How long until there are more.
    pub reset: Duration,
    /// How many there are in all, where the backend says so: what [`Pace::as_told`](crate::Pace::as_told) goes by.
    pub limit: Option<u32>,
}

impl Quota {
    /// Says what is left, and until when.
    #[must_use]
    pub const fn new(remaining: u64, reset: Duration) -> Self {
        Self { remaining, reset, limit: None }
    }

    /// Says how many requests there are in all.
    #[must_use]
    pub const fn limit(mut self, requests: Option<u32>) -> Self {
        self.limit = requests;
        self
    }
}

/// Who waits when a backend asks for a pause.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Pause {
    /// Everybody: an allowance of the whole credential is used up.
    #[default]
    All,
    /// Requests of the same kind: backends that count by method and path.
    Endpoint,
    /// The request alone: backends that count by item. Whoever writes other items goes on.
    Request,
}

/// How many requests a client sends at once and a minute.
///
/// Each client has limits of its own, unless they are [`shared`](Limits::shared) between clients with one credential:
/// backends count by credential.
#[derive(Clone)]
pub struct Limits {
    concurrency: usize,
    writes: usize,
    requests_per_minute: Option<NonZeroU32>,
    paces: Vec<Pace>,
    unannounced: Option<Duration>,
    time_scale: f64,
    shared: Option<Arc<Limiter>>,
}

impl Limits {
    /// Sends four requests at once, two of them writes.
    #[must_use]
    pub const fn new() -> Self {
        Self {
            concurrency: 4,
            writes: 2,
            requests_per_minute: None,
            paces: Vec::new(),
            unannounced: None,
            time_scale: 1.0,
            shared: None,
        }
    }

    /// Sets how many requests are sent at once; at least one.
    #[must_use]
    pub fn concurrency(mut self, requests: usize) -> Self {
        self.concurrency = requests.max(1);
        self
    }

    /// Sets how many of those may be writes; at least one.
    #[must_use]
    pub fn writes(mut self, requests: usize) -> Self {
        self.writes = requests.max(1);
        self
    }

    /// Sets how many requests are sent a minute; zero for as many as there are.
    #[must_use]
    pub fn requests_per_minute(mut self, requests: u32) -> Self {
        self.requests_per_minute = NonZeroU32::new(requests);
        self
    }

    /// Lets requests of a kind follow each other no faster than this; several paces hold side by side.
    ///
    /// A request that would have to wait beyond its deadline is `RateLimited` before it is sent, and its error says how long
    /// the wait would be.
    #[must_use]
    pub fn pace(mut self, pace: Pace) -> Self {
        self.paces.push(pace);
        self
    }

    /// Sets how long everybody waits at least where the backend limits requests and does not say for how long. Each time
    /// that it does so again right after such a wait, the next one is twice as long.
    #[must_use]
    pub fn unannounced(mut self, pause: Duration) -> Self {
        self.unannounced = Some(pause);
        self
    }

    /// Makes the waits of paces, and unannounced ones, so many times as long: for tests against servers whose time runs
    /// faster. Zero is no wait at all.
    #[must_use]
    pub fn time_scale(mut self, scale: f64) -> Self {
        self.time_scale = if scale.is_finite() { scale.max(0.0) } else { 1.0 };
        self
    }

    /// The same limits for all clients that get a clone of the result: together they send no more than one would. What is
    /// set afterwards, by a user's settings too, changes nothing in them.
    #[must_use]
    pub fn shared(self) -> Self {
        let limiter = Arc::new(Limiter::new(&self));
        Self { shared: Some(limiter), ..self }
    }

    pub(crate) fn limiter(&self) -> Arc<Limiter> {
        self.shared.clone().unwrap_or_else(|| Arc::new(Limiter::new(self)))
    }
}

impl Default for Limits {
    fn default() -> Self {
        Self::new()
    }
}

impl fmt::Debug for Limits {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Limits")
            .field("concurrency", &self.concurrency)
            .field("writes", &self.writes)
            .field("requests_per_minute", &self.requests_per_minute)
            .field("paces", &self.paces)
            .field("unannounced", &self.unannounced)
            .field("time_scale", &self.time_scale)
            .field("is_shared", &self.shared.is_some())
            .finish()
    }
}

/// Whatever a backend asks for, nobody waits longer.
const LONGEST: Duration = Duration::from_secs(365 * 24 * 60 * 60);

/// When one whose turn did not come may try again: queues have no known end.
const QUEUE: Duration = Duration::from_secs(1);

/// The limits of one credential at work.
pub(crate) struct Limiter {
    all: Arc<Semaphore>,
    writes: Arc<Semaphore>,
    rate: Option<DefaultDirectRateLimiter>,
    rate_turn: tokio::sync::Mutex<()>,
    paces: Vec<Arc<Pacer>>,
    paused: Mutex<Paused>,
    unannounced: Option<Duration>,
    strikes: Mutex<Strikes>,
}

/// Limits in a row for which the backend named no time.
#[derive(Default)]
struct Strikes {
    count: u32,
    /// When the wait after the last one is over.
    until: Option<Instant>,
}

/// How often an unannounced wait doubles at most.
const DOUBLINGS: u32 = 4;

/// Nobody sends before these times: the backend said so.
#[derive(Default)]
struct Paused {
    all: Option<Instant>,
    /// By method and path.
    endpoints: HashMap<(&'static str, &'static str), Instant>,
}

impl Paused {
    fn until(&self, endpoint: &Endpoint) -> Option<Instant> {
        self.all.max(self.endpoints.get(&key(endpoint)).copied())
    }
}

fn key(endpoint: &Endpoint) -> (&'static str, &'static str) {
    (endpoint.method.as_str(), endpoint.path)
}

/// The right to send one attempt; given back when it is dropped, by a cancelled future as well.
#[derive(Debug)]
pub(crate) struct Permit {
    _places: (Option<OwnedSemaphorePermit>, OwnedSemaphorePermit),
    passages: Vec<Passage>,
}

impl Limiter {
    fn new(limits: &Limits) -> Self {
        let rate = limits.requests_per_minute.map(|rate| {
            // No more than a tenth at once: a full minute's worth in one burst is what backends punish.
            let burst = NonZeroU32::new(rate.get() / 10).unwrap_or(NonZeroU32::MIN);
            RateLimiter::direct(governor::Quota::per_minute(rate).allow_burst(burst))
        });
        Self {
            all: Arc::new(Semaphore::new(limits.concurrency)),
            writes: Arc::new(Semaphore::new(limits.writes)),
            rate,
            rate_turn: tokio::sync::Mutex::default(),
            paces: limits.paces.iter().map(|pace| Arc::new(Pacer::new(pace, limits.time_scale))).collect(),
            paused: Mutex::default(),
            unannounced: limits.unannounced.map(|pause| pause.mul_f64(limits.time_scale)),
            strikes: Mutex::default(),
        }
    }

    /// Waits for the right to send one attempt.
    ///
    /// Pauses are waited for before queueing for a permit: who sleeps holds nobody up, and everybody learns at once that a
    /// pause is longer than the deadline.
    ///
    /// # Errors
    /// `RateLimited` as soon as it is certain that the right does not come before the deadline.
    pub(crate) async fn permit(&self, endpoint: &Endpoint, deadline: Instant) -> Result<Permit> {
        self.wait_for_pause(endpoint, deadline).await?;
        self.wait_for_rate(endpoint, deadline).await?;
        loop {
            let permit = timeout_at(deadline, self.queue(endpoint.is_write())).await.ok().flatten();
            let mut permit = permit.ok_or_else(|| self.late(endpoint))?;
            // With the place in hand: who had been let through before could wait for it, and then send in one burst.
            permit.passages = self.wait_for_paces(endpoint, deadline).await?;
            // A reply may have asked for a pause meanwhile.
            if self.pause_left(endpoint).is_none() {
                return Ok(permit);
            }
            permit.passages.drain(..).for_each(Passage::cancel);
            drop(permit);
            self.wait_for_pause(endpoint, deadline).await?;
        }
    }

    async fn queue(&self, is_write: bool) -> Option<Permit> {
        let write = if is_write { Some(Arc::clone(&self.writes).acquire_owned().await.ok()?) } else { None };
        let places = (write, Arc::clone(&self.all).acquire_owned().await.ok()?);
        Some(Permit { _places: places, passages: Vec::new() })
    }

    async fn wait_for_paces(&self, endpoint: &Endpoint, deadline: Instant) -> Result<Vec<Passage>> {
        let mut passages = Vec::new();
        for pacer in self.paces.iter().filter(|pacer| pacer.counts(endpoint)) {
            match self.wait_for_pace(pacer, endpoint, deadline).await {
                Ok(passage) => passages.push(passage),
                Err(error) => {
                    passages.into_iter().for_each(Passage::cancel);
                    return Err(error);
                }
            }
        }
        Ok(passages)
    }

    async fn wait_for_pace(&self, pacer: &Arc<Pacer>, endpoint: &Endpoint, deadline: Instant) -> Result<Passage> {
        let _turn = timeout_at(deadline, pacer.turn()).await.map_err(|_| self.late(endpoint))?;
        loop {
            match pacer.pass(endpoint) {
                Ok(passage) => return Ok(passage),
                Err(pause) => wait(pause, deadline, "the pace that the backend allows is reached").await?,
            }
        }
    }

    fn late(&self, endpoint: &Endpoint) -> Error {
        let error = Error::new(ErrorKind::RateLimited, "too many requests are waiting for their turn");
        let paces = self.paces.iter().filter(|pacer| pacer.counts(endpoint)).map(|pacer| pacer.wait_of(endpoint));
        let left = paces.chain(self.pause_left(endpoint)).max().unwrap_or_default();
        error.with_retry(Retry::After(left.max(QUEUE)))
    }

    /// How long to wait after a limit for which the backend named no time; `None` where nothing was said about such.
    ///
    /// `sent` is when the request was sent: those that were under way together are one limit.
    pub(crate) fn strike(&self, sent: Instant) -> Option<Duration> {
        let least = self.unannounced?;
        let mut strikes = self.strikes.lock().unwrap_or_else(PoisonError::into_inner);
        let now = Instant::now();
        if let Some(until) = strikes.until.filter(|until| sent < *until && now < *until) {
            return Some(until - now);
        }
        let pause = least.saturating_mul(1 << strikes.count.min(DOUBLINGS));
        strikes.count += 1;
        strikes.until = Some(now + pause);
        Some(pause)
    }

    /// A request that was sent after the last such wait was answered well: the next wait begins anew.
    pub(crate) fn forgive(&self, sent: Instant) {
        let mut strikes = self.strikes.lock().unwrap_or_else(PoisonError::into_inner);
        if strikes.until.is_some_and(|until| sent >= until) {
            *strikes = Strikes::default();
        }
    }

    /// Takes the backend's word for how much is allowed.
    pub(crate) fn tell(&self, limit: u32) {
        self.paces.iter().for_each(|pacer| pacer.tell(limit));
    }

    /// Lets nobody send for a while.
    pub(crate) fn pause(&self, pause: Duration) {
        let until = Instant::now() + pause.min(LONGEST);
        let mut paused = self.paused.lock().unwrap_or_else(PoisonError::into_inner);
        paused.all = paused.all.max(Some(until));
    }

    /// Lets nobody send requests of a kind for a while.
    pub(crate) fn pause_endpoint(&self, endpoint: &Endpoint, pause: Duration) {
        let until = Instant::now() + pause.min(LONGEST);
        let mut paused = self.paused.lock().unwrap_or_else(PoisonError::into_inner);
        let known = paused.endpoints.entry(key(endpoint)).or_insert(until);
        *known = until.max(*known);
    }

    fn pause_left(&self, endpoint: &Endpoint) -> Option<Duration> {
        let until = self.paused.lock().unwrap_or_else(PoisonError::into_inner).until(endpoint);
        until.map(|until| until.saturating_duration_since(Instant::now())).filter(|left| !left.is_zero())
    }

    async fn wait_for_pause(&self, endpoint: &Endpoint, deadline: Instant) -> Result<()> {
        // Another reply may make the pause longer while this one sleeps.
        while let Some(left) = self.pause_left(endpoint) {
            wait(left, deadline, "the backend asked for a pause").await?;
        }
        Ok(())
    }

    async fn wait_for_rate(&self, endpoint: &Endpoint, deadline: Instant) -> Result<()> {
        let Some(rate) = &self.rate else { return Ok(()) };
        // One after the other, as they came.
        let _turn = timeout_at(deadline, self.rate_turn.lock()).await.map_err(|_| self.late(endpoint))?;
        while let Err(not_yet) = rate.check() {
            let pause = not_yet.wait_time_from(DefaultClock::default().now());
            wait(pause, deadline, "the requests of this minute are used up").await?;
        }
        Ok(())
    }
}

async fn wait(pause: Duration, deadline: Instant, why: &str) -> Result<()> {
    if pause > deadline.saturating_duration_since(Instant::now()) {
        let error = Error::new(ErrorKind::RateLimited, format!("{why}, longer than this request may take"));
        return Err(error.with_retry(Retry::After(pause)));
    }
    sleep(pause).await;
    Ok(())
}

impl fmt::Debug for Limiter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Limiter")
            .field("free", &self.all.available_permits())
            .field("free_writes", &self.writes.available_permits())
            .finish_non_exhaustive()
    }
}
