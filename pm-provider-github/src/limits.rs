//! How fast GitHub may be asked, and what it says of its limits.

use std::time::Duration;

use chrono::{DateTime, Utc};
use pm_http::{Endpoint, ErrorReply, Limits, Method, Pace, Pause, Quota, ReplyHead};

/// How many requests run at once: GitHub allows a hundred, which many clients of one user share
/// (<https://docs.github.com/en/rest/using-the-rest-api/rate-limits-for-the-rest-api#about-secondary-rate-limits>).
const CONCURRENCY: usize = 8;
/// How many of them write: "make requests for a single user or client ID serially"
/// (<https://docs.github.com/en/rest/using-the-rest-api/best-practices-for-using-the-rest-api#avoid-concurrent-requests>).
const WRITERS: usize = 1;

/// How long to wait where a secondary limit says nothing of it: "at least one minute", then longer and longer
/// (<https://docs.github.com/en/rest/using-the-rest-api/rate-limits-for-the-rest-api#exceeding-the-rate-limit>).
const UNANNOUNCED: Duration = Duration::from_secs(60);
/// "If you are making a large number of POST, PATCH, PUT, or DELETE requests, wait at least one second between each request."
const BETWEEN_WRITES: Duration = Duration::from_secs(1);
const MINUTE: Duration = Duration::from_secs(60);
const HOUR: Duration = Duration::from_secs(60 * 60);
/// Content is created no faster than this, by whatever API
/// (<https://docs.github.com/en/rest/using-the-rest-api/rate-limits-for-the-rest-api#about-secondary-rate-limits>).
const CONTENT_A_MINUTE: u32 = 80;
const CONTENT_AN_HOUR: u32 = 500;
/// Points a minute, of REST and of GraphQL: one for a read, five for a write (same page).
const REST_POINTS: u32 = 900;
const GRAPHQL_POINTS: u32 = 2_000;

/// The limits of one token; waits are so many times as long as GitHub asks for.
pub(crate) fn limits(scale: f64) -> Limits {
    let limits = Limits::new().concurrency(CONCURRENCY).writes(WRITERS).unannounced(UNANNOUNCED).time_scale(scale);
    if scale <= 0.0 {
        return limits;
    }
    limits
        .pace(Pace::new(writes).least_gap(BETWEEN_WRITES))
        .pace(Pace::new(content).at_most(CONTENT_A_MINUTE, MINUTE).at_most(CONTENT_AN_HOUR, HOUR))
        .pace(Pace::new(rest_points).at_most(REST_POINTS, MINUTE))
        .pace(Pace::new(graphql_points).at_most(GRAPHQL_POINTS, MINUTE))
}

fn writes(endpoint: &Endpoint) -> u32 {
    u32::from(endpoint.is_write())
}

/// GitHub does not say what is content; whatever makes something that people are told of is taken for it, and so are
/// GraphQL's mutations that make something.
fn content(endpoint: &Endpoint) -> u32 {
    let is_change = endpoint.path == crate::graphql::CHANGE.path;
    u32::from(endpoint.is_write() && endpoint.method == Method::Post && !is_change)
}

fn is_graphql(endpoint: &Endpoint) -> bool {
    endpoint.path.starts_with(crate::graphql::ASK.path)
}

fn points(endpoint: &Endpoint) -> u32 {
    if endpoint.is_write() { 5 } else { 1 }
}

fn rest_points(endpoint: &Endpoint) -> u32 {
    if is_graphql(endpoint) { 0 } else { points(endpoint) }
}

fn graphql_points(endpoint: &Endpoint) -> u32 {
    if is_graphql(endpoint) { points(endpoint) } else { 0 }
}

/// What is left of the primary limit. Search and GraphQL have allowances of their own, which say nothing of the others.
pub(crate) fn quota(head: &ReplyHead<'_>) -> Option<Quota> {
    let resource = head.header("x-ratelimit-resource").unwrap_or("core");
    let remaining = head.header("x-ratelimit-remaining")?.trim().parse().ok()?;
    let reset = until(head.header("x-ratelimit-reset")?, head.date().unwrap_or_else(Utc::now))?;
    (resource == "core").then(|| Quota::new(remaining, reset))
}

/// Whom a limit is about: the secondary ones are those of the credential, and so is the primary one of `core`; that of
/// GraphQL is one of GraphQL alone.
pub(crate) fn pause(reply: &ErrorReply<'_>) -> Pause {
    let is_primary = reply.header("x-ratelimit-remaining").is_some_and(|remaining| remaining.trim() == "0");
    match reply.header("x-ratelimit-resource") {
        Some(resource) if is_primary && resource != "core" => Pause::Endpoint,
        _ => Pause::All,
    }
}

/// How long until a time in seconds since 1970, by GitHub's own clock.
pub(crate) fn until(text: &str, now: DateTime<Utc>) -> Option<Duration> {
    let time = DateTime::from_timestamp(text.trim().parse().ok()?, 0)?;
    Some(time.signed_duration_since(now).to_std().unwrap_or_default())
}
