//! The handle that a test holds: plans faults, shows what fired and what was asked.

use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use super::begun::Begun;
use super::{FaultRule, HttpFault};

/// The planned faults of a server and the log of its requests. Clones share both.
///
/// Where several rules fire for one request, the one that was added first wins; latencies add up and come before it.
#[derive(Clone, Default)]
pub struct Faults {
    state: Arc<Mutex<State>>,
}

/// One request that a server got.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct LoggedRequest {
    /// The method: `POST`.
    pub method: String,
    /// Path and query as they were sent: `/api/v3/projects?offset=2`.
    pub target: String,
    /// The status of the answer; `None` while there is none, and for ever where the connection was closed instead.
    pub status: Option<u16>,
    /// What was done to it.
    pub fault: Option<HttpFault>,
    authorization: Hidden,
}

/// What is compared and never shown.
#[derive(Clone, Default, PartialEq, Eq)]
struct Hidden(Option<String>);

impl fmt::Debug for Hidden {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("***")
    }
}

impl LoggedRequest {
    /// The header `Authorization` as it was sent: who asked.
    #[must_use]
    pub fn authorization(&self) -> Option<&str> {
        self.authorization.0.as_deref()
    }

    /// The path without the query.
    #[must_use]
    pub fn path(&self) -> &str {
        self.target.split_once('?').map_or(self.target.as_str(), |(path, _)| path)
    }
}

/// A rule that was added.
#[derive(Clone, Debug)]
pub struct PlannedFault {
    faults: Faults,
    number: usize,
}

impl PlannedFault {
    /// How many requests the rule has spoilt.
    #[must_use]
    pub fn fired(&self) -> usize {
        self.faults.lock().rules.iter().find(|planned| planned.number == self.number).map_or(0, |planned| planned.fired)
    }
}

#[derive(Default)]
struct State {
    added: usize,
    rules: Vec<Planned>,
    requests: Vec<LoggedRequest>,
    /// How many requests the log no longer holds: the number of its first one.
    forgotten: usize,
}

struct Planned {
    number: usize,
    rule: FaultRule,
    active: bool,
    matched: usize,
    fired: usize,
}

impl Planned {
    /// Counts a request; answers the fault when it gets one.
    fn meet(&mut self, method: &str, path: &str) -> Option<HttpFault> {
        if !self.active || !self.rule.matches(method, path) {
            return None;
        }
        self.matched += 1;
        self.rule.fires_at(self.matched).then(|| self.rule.fault().clone())
    }
}

impl Faults {
    /// Spoils nothing yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a rule; the answer tells how often it fired. Requests are counted from now on.
    #[allow(clippy::must_use_candidate, reason = "most tests only want the fault")]
    pub fn add(&self, rule: FaultRule) -> PlannedFault {
        let mut state = self.lock();
        state.added += 1;
        let number = state.added;
        state.rules.push(Planned { number, rule, active: true, matched: 0, fired: 0 });
        PlannedFault { faults: self.clone(), number }
    }

    /// Switches all rules off: the server is well again. The log goes on, and [`PlannedFault::fired`] keeps its count.
    pub fn clear(&self) {
        self.lock().rules.iter_mut().for_each(|planned| planned.active = false);
    }

    /// How many requests were spoilt so far.
    #[must_use]
    pub fn fired(&self) -> usize {
        self.lock().rules.iter().map(|planned| planned.fired).sum()
    }

    /// All requests so far, in the order in which they came.
    #[must_use]
    pub fn requests(&self) -> Vec<LoggedRequest> {
        self.lock().requests.clone()
    }

    /// The requests so far of one method whose path contains a text.
    #[must_use]
    pub fn requests_of(&self, method: &str, path: &str) -> Vec<LoggedRequest> {
        let wanted = |request: &&LoggedRequest| request.method == method && request.path().contains(path);
        self.lock().requests.iter().filter(wanted).cloned().collect()
    }

    /// Empties the log of requests.
    pub fn forget_requests(&self) {
        let mut state = self.lock();
        state.forgotten += state.requests.len();
        state.requests.clear();
    }

    /// Logs a request and says what happens to it.
    pub(super) fn begin(&self, method: &str, target: &str, authorization: Option<&str>) -> Begun {
        let path = target.split_once('?').map_or(target, |(path, _)| path);
        let mut state = self.lock();
        let (mut latency, mut fault) = (Duration::ZERO, None);
        for planned in &mut state.rules {
            match planned.meet(method, path) {
                Some(HttpFault::Latency(pause)) => latency += pause,
                Some(other) if fault.is_none() => fault = Some(other),
                _ => continue,
            }
            planned.fired += 1;
        }
        state.requests.push(LoggedRequest {
            method: method.to_owned(),
            target: target.to_owned(),
            status: None,
            fault: fault.clone().or((!latency.is_zero()).then_some(HttpFault::Latency(latency))),
            authorization: Hidden(authorization.map(str::to_owned)),
        });
        Begun { number: state.forgotten + state.requests.len() - 1, latency, fault }
    }

    /// Logs the status of the answer.
    pub(super) fn end(&self, number: usize, status: u16) {
        let mut state = self.lock();
        let place = number.checked_sub(state.forgotten);
        if let Some(request) = place.and_then(|place| state.requests.get_mut(place)) {
            request.status = Some(status);
        }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for Faults {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let state = self.lock();
        f.debug_struct("Faults")
            .field("rules", &state.rules.len())
            .field("requests", &state.requests.len())
            .finish_non_exhaustive()
    }
}
