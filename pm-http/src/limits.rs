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

/// What a backend says is left of our allowance.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Quota {
    /// How many requests are left.
    pub remaining: u64,
    /// How long until there are more.
    pub reset: Duration,
}

impl Quota {
    /// Says what is left, and until when.
    #[must_use]
    pub const fn new(remaining: u64, reset: Duration) -> Self {
        Self { remaining, reset }
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
    shared: Option<Arc<Limiter>>,
}

impl Limits {
    /// Sends four requests at once, two of them writes.
    #[must_use]
    pub const fn new() -> Self {
        Self { concurrency: 4, writes: 2, requests_per_minute: None, shared: None }
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
    paused: Mutex<Paused>,
}

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
pub(crate) struct Permit(#[allow(dead_code)] (Option<OwnedSemaphorePermit>, OwnedSemaphorePermit));

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
            paused: Mutex::default(),
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
            let permit = permit.ok_or_else(|| self.late(endpoint))?;
            // A reply may have asked for a pause meanwhile.
            if self.pause_left(endpoint).is_none() {
                return Ok(permit);
            }
            drop(permit);
            self.wait_for_pause(endpoint, deadline).await?;
        }
    }

    async fn queue(&self, is_write: bool) -> Option<Permit> {
        let write = if is_write { Some(Arc::clone(&self.writes).acquire_owned().await.ok()?) } else { None };
        Some(Permit((write, Arc::clone(&self.all).acquire_owned().await.ok()?)))
    }

    fn late(&self, endpoint: &Endpoint) -> Error {
        let error = Error::new(ErrorKind::RateLimited, "too many requests are waiting for their turn");
        error.with_retry(Retry::After(self.pause_left(endpoint).unwrap_or(QUEUE)))
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
