//! Too many requests: 403 with what to wait for, or without.
//!
//! <https://docs.github.com/en/rest/using-the-rest-api/rate-limits-for-the-rest-api>

use std::collections::{BTreeMap, VecDeque};

use axum::http::{HeaderMap, HeaderValue, Method};
use chrono::{DateTime, TimeDelta, Utc};

use super::access::Caller;
use super::errors::{Answer, Problem};
use super::store::App;

/// The most requests that may be under way at a time, REST and GraphQL together.
pub(super) const CONCURRENT: usize = 100;
const REST_POINTS: u32 = 900;
pub(super) const GRAPHQL_POINTS: u32 = 2_000;
const CONTENTS_A_MINUTE: u32 = 80;
const CONTENTS_AN_HOUR: u32 = 500;

const MINUTE: f64 = 60.0;
const HOUR: f64 = 3_600.0;

const PAGE: &str = "rest/using-the-rest-api/rate-limits-for-the-rest-api#about-secondary-rate-limits";

/// When something was counted, and how much it cost.
type Recent = VecDeque<(DateTime<Utc>, u32)>;

/// The requests of late.
#[derive(Debug, Default)]
pub(super) struct Traffic {
    primary: BTreeMap<(Option<u64>, &'static str), Primary>,
    /// What each account cost of late: requests by REST, by GraphQL, and contents that it made.
    recent: BTreeMap<(Option<u64>, Kind), Recent>,
    pub(super) refused_primary: usize,
    pub(super) refused_secondary: usize,
}

/// What is counted by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Kind {
    Rest,
    GraphQl,
    Content,
}

/// An hour of requests.
#[derive(Clone, Copy, Debug)]
pub(super) struct Primary {
    pub(super) limit: u32,
    pub(super) used: u32,
    pub(super) reset: DateTime<Utc>,
}

impl Primary {
    pub(super) fn remaining(&self) -> u32 {
        self.limit.saturating_sub(self.used)
    }
}

/// Which of the primary limits a path counts for.
pub(super) fn resource(path: &str) -> &'static str {
    match path {
        "/graphql" => "graphql",
        path if path.starts_with("/search/") => "search",
        _ => "core",
    }
}

/// Whether a request makes content: the vendor lists none; these are those that people are notified of.
fn makes_content(method: &Method, path: &str) -> bool {
    const LISTS: [&str; 7] = ["issues", "comments", "pulls", "reviews", "milestones", "hooks", "repos"];

    method == Method::POST && path.rsplit('/').next().is_some_and(|last| LISTS.contains(&last))
}

/// How long something of the limits takes by the server's clock.
fn scaled(app: &App, seconds: f64) -> TimeDelta {
    #[allow(clippy::cast_possible_truncation, reason = "an hour in microseconds, at most")]
    TimeDelta::microseconds((seconds * app.options.limits.time_scale * 1e6) as i64)
}

/// Counts a request of the REST API, unless there were too many.
pub(super) fn admit(app: &App, caller: &Caller, method: &Method, path: &str) -> Answer<()> {
    if path == "/rate_limit" {
        return Ok(());
    }
    // What a document costs is known once it has been read.
    if path == "/graphql" {
        return Ok(());
    }
    primary(app, caller, resource(path), 1)?;
    let points = if matches!(*method, Method::GET | Method::HEAD | Method::OPTIONS) { 1 } else { 5 };
    secondary(app, caller, Kind::Rest, points)?;
    if makes_content(method, path) { content(app, caller) } else { Ok(()) }
}

/// Counts a content that is made, unless there were too many.
pub(super) fn content(app: &App, caller: &Caller) -> Answer<()> {
    secondary(app, caller, Kind::Content, 1)
}

/// Counts a request for the hour.
fn primary(app: &App, caller: &Caller, resource: &'static str, cost: u32) -> Answer<()> {
    let state = state(app, caller, resource);
    let mut store = app.lock();
    if app.options.limits.primary.is_some() && state.remaining() < cost {
        store.traffic.refused_primary += 1;
        let who = caller.account.map_or_else(|| "127.0.0.1".to_owned(), |id| format!("user ID {id}"));
        let problem = Problem::forbidden(format!("API rate limit exceeded for {who}."));
        return Err(problem.about("rest/overview/resources-in-the-rest-api#rate-limiting"));
    }
    if let Some(hour) = store.traffic.primary.get_mut(&(caller.account, resource)) {
        hour.used += cost;
    }
    Ok(())
}

/// Counts a call of GraphQL for the minute: a mutation costs five points, a query one.
pub(super) fn graphql(app: &App, caller: &Caller, points: u32) -> Answer<()> {
    secondary(app, caller, Kind::GraphQl, points)
}

/// Counts the points of a document for the hour; `false` where they are used up, which GraphQL tells in an answer of
/// status 200. <https://docs.github.com/en/graphql/overview/rate-limits-and-query-limits-for-the-graphql-api>
pub(super) fn graphql_hour(app: &App, caller: &Caller, points: u64) -> bool {
    primary(app, caller, "graphql", u32::try_from(points).unwrap_or(u32::MAX)).is_ok()
}

/// Takes a request back out of the count: an answer that nothing changed costs nothing.
pub(super) fn refund(app: &App, caller: &Caller, resource: &'static str) {
    if let Some(hour) = app.lock().traffic.primary.get_mut(&(caller.account, resource)) {
        hour.used = hour.used.saturating_sub(1);
    }
}

/// How much of an hour is left for somebody. Another hour begins where the last one is over.
pub(super) fn state(app: &App, caller: &Caller, resource: &'static str) -> Primary {
    let limit = match (app.options.limits.primary, caller.account, resource) {
        (Some(limit), ..) => limit,
        (None, _, "search") => 30,
        (None, None, _) => 60,
        (None, Some(_), _) => 5_000,
    };
    let now = app.moment();
    let fresh = Primary { limit, used: 0, reset: now + scaled(app, HOUR) };
    let mut store = app.lock();
    let hour = store.traffic.primary.entry((caller.account, resource)).or_insert(fresh);
    if hour.reset <= now {
        *hour = fresh;
    }
    *hour
}

/// The headers that every answer has.
pub(super) fn headers(app: &App, caller: &Caller, resource: &'static str, headers: &mut HeaderMap) {
    let state = state(app, caller, resource);
    let pairs = [
        ("x-ratelimit-limit", state.limit.to_string()),
        ("x-ratelimit-remaining", state.remaining().to_string()),
        ("x-ratelimit-used", state.used.min(state.limit).to_string()),
        ("x-ratelimit-reset", seconds_up(state.reset).to_string()),
        ("x-ratelimit-resource", resource.to_owned()),
    ];
    for (name, value) in pairs {
        if let Ok(value) = HeaderValue::from_str(&value) {
            headers.insert(name, value);
        }
    }
}

/// Whole seconds since the epoch, never before the moment.
pub(super) fn seconds_up(moment: DateTime<Utc>) -> i64 {
    moment.timestamp() + i64::from(moment.timestamp_subsec_nanos() > 0)
}

/// Counts points or contents, unless there were too many of late.
pub(super) fn secondary(app: &App, caller: &Caller, kind: Kind, cost: u32) -> Answer<()> {
    let windows: &[(f64, u32)] = match kind {
        Kind::Rest => &[(MINUTE, REST_POINTS)],
        Kind::GraphQl => &[(MINUTE, GRAPHQL_POINTS)],
        Kind::Content => &[(MINUTE, CONTENTS_A_MINUTE), (HOUR, CONTENTS_AN_HOUR)],
    };
    let now = app.moment();
    let mut store = app.lock();
    let recent = store.traffic.recent.entry((caller.account, kind)).or_default();
    while recent.front().is_some_and(|(at, _)| *at + scaled(app, HOUR) <= now) {
        recent.pop_front();
    }
    let windows = if app.options.limits.secondary { windows } else { &[] };
    let wait = windows.iter().filter_map(|(window, most)| wait(recent, now, scaled(app, *window), *most, cost)).max();
    if wait.is_none() {
        recent.push_back((now, cost));
    }
    let Some(wait) = wait else { return Ok(()) };
    store.traffic.refused_secondary += 1;
    Err(too_fast(app, kind, wait))
}

/// How long until so much more fits into a window; `None` where it fits now.
fn wait(recent: &Recent, now: DateTime<Utc>, window: TimeDelta, most: u32, cost: u32) -> Option<TimeDelta> {
    let mut sum = cost;
    for (at, cost) in recent.iter().rev().take_while(|(at, _)| *at + window > now) {
        sum += cost;
        if sum > most {
            return Some(*at + window - now);
        }
    }
    None
}

/// 403 for what came too fast, in the vendor's two wordings.
pub(super) fn too_fast(app: &App, kind: Kind, wait: TimeDelta) -> Problem {
    let message = match kind {
        Kind::Content => {
            "You have exceeded a secondary rate limit and have been temporarily blocked from content creation. Please \
             retry your request again later."
        }
        Kind::Rest | Kind::GraphQl => {
            "You have exceeded a secondary rate limit. Please wait a few minutes before you try again."
        }
    };
    let problem = Problem::forbidden(message).about(PAGE);
    let seconds = wait.num_milliseconds().max(1).unsigned_abs().div_ceil(1_000);
    if app.options.limits.retry_after { problem.header("retry-after", seconds.to_string()) } else { problem }
}
