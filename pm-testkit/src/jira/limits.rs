//! Too many requests: 429 with what to wait for.
//!
//! <https://developer.atlassian.com/cloud/jira/platform/rate-limiting/>: a token bucket for each endpoint and method, and
//! 20 writes to one issue in two seconds, 100 in thirty. The hourly quota of points does not count requests with API
//! tokens.

use std::collections::{BTreeMap, VecDeque};
use std::time::{Duration, Instant};

use axum::extract::{Request, State};
use axum::http::{HeaderValue, Method};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use chrono::{SecondsFormat, TimeDelta, Utc};

use super::errors::Problem;
use super::store::App;

/// The times in which writes to one issue are counted: the longer one takes five times as many.
const ISSUE_WINDOWS: [(Duration, u32); 2] = [(Duration::from_secs(2), 1), (Duration::from_secs(30), 5)];

/// The requests of late.
#[derive(Debug, Default)]
pub(super) struct Traffic {
    buckets: BTreeMap<(String, String), Bucket>,
    writes: BTreeMap<u64, VecDeque<Instant>>,
}

#[derive(Debug)]
struct Bucket {
    tokens: f64,
    filled: Instant,
}

/// What came of a request: the size of its bucket and what is left in it, or why it is refused.
enum Verdict {
    Free,
    Counted { limit: u32, left: u32 },
    Refused { reason: &'static str, limit: u32 },
}

/// Counts requests and refuses those that are too many.
pub(super) async fn limit(State(app): State<App>, request: Request, next: Next) -> Response {
    match judge(&app, &request) {
        Verdict::Free => next.run(request).await,
        Verdict::Counted { limit, left } => {
            let mut response = next.run(request).await;
            headers(&mut response, limit, left);
            response
        }
        Verdict::Refused { reason, limit } => {
            let problem = Problem::new(429, "Rate limit exceeded.").header("Retry-After", "1");
            let mut response = problem.header("RateLimit-Reason", reason).into_response();
            headers(&mut response, limit, 0);
            response
        }
    }
}

fn headers(response: &mut Response, limit: u32, left: u32) {
    let reset = (Utc::now() + TimeDelta::seconds(1)).to_rfc3339_opts(SecondsFormat::Secs, true);
    let near = left.saturating_mul(5) < limit;
    let pairs = [
        ("x-ratelimit-limit", limit.to_string()),
        ("x-ratelimit-remaining", left.to_string()),
        ("x-ratelimit-reset", reset),
        ("x-ratelimit-nearlimit", near.to_string()),
    ];
    for (name, value) in pairs {
        if let Ok(value) = HeaderValue::from_str(&value) {
            response.headers_mut().insert(name, value);
        }
    }
}

fn judge(app: &App, request: &Request) -> Verdict {
    let limits = app.options.limits;
    let (method, path) = (request.method(), request.uri().path());
    let mut store = app.lock();
    let issue = issue_of(path).and_then(|name| store.find_issue(name)).map(|issue| issue.id);
    let traffic = &mut store.traffic;
    let verdict = match limits.burst {
        Some(limit) => traffic.burst(method, path, if is_half(method) { limit.div_ceil(2) } else { limit }),
        None => Verdict::Free,
    };
    match (verdict, limits.issue_writes, issue) {
        (Verdict::Refused { reason, limit }, ..) => Verdict::Refused { reason, limit },
        (_, Some(limit), Some(issue)) if method != Method::GET && !traffic.write(issue, limit) => {
            Verdict::Refused { reason: "jira-per-issue-on-write", limit }
        }
        (verdict, ..) => verdict,
    }
}

fn is_half(method: &Method) -> bool {
    method == Method::PUT || method == Method::DELETE
}

/// The issue in a path: `/rest/api/3/issue/WEB-1/comment`.
fn issue_of(path: &str) -> Option<&str> {
    let (_, rest) = path.split_once("/issue/")?;
    rest.split('/').next().filter(|name| !name.is_empty())
}

/// An address without what is different in each: ids and keys.
fn endpoint(path: &str) -> String {
    let varies = |part: &&str| part.chars().any(|c| c.is_ascii_digit()) && part.len() > 1;
    path.split('/').map(|part| if varies(&part) { "{}" } else { part }).collect::<Vec<_>>().join("/")
}

impl Traffic {
    /// Takes a token from the bucket of an endpoint, which fills up again within a second.
    fn burst(&mut self, method: &Method, path: &str, limit: u32) -> Verdict {
        let now = Instant::now();
        let full = f64::from(limit);
        let bucket = self.buckets.entry((method.to_string(), endpoint(path)));
        let bucket = bucket.or_insert(Bucket { tokens: full, filled: now });
        let refilled = bucket.tokens + now.duration_since(bucket.filled).as_secs_f64() * full;
        (bucket.tokens, bucket.filled) = (refilled.min(full), now);
        if bucket.tokens < 1.0 {
            return Verdict::Refused { reason: "jira-burst-based", limit };
        }
        bucket.tokens -= 1.0;
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "between zero and the limit")]
        Verdict::Counted { limit, left: bucket.tokens as u32 }
    }

    /// Counts a write to an issue, unless there were too many.
    fn write(&mut self, issue: u64, limit: u32) -> bool {
        let now = Instant::now();
        let writes = self.writes.entry(issue).or_default();
        while writes.front().is_some_and(|at| now.duration_since(*at) >= ISSUE_WINDOWS[1].0) {
            writes.pop_front();
        }
        let full = |(window, times): (Duration, u32)| {
            let recent = writes.iter().rev().take_while(|at| now.duration_since(**at) < window).count();
            recent >= (limit * times) as usize
        };
        if ISSUE_WINDOWS.into_iter().any(full) {
            return false;
        }
        writes.push_back(now);
        true
    }
}
