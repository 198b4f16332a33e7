//! Too many requests: 429 until the window of a token is over.
//!
//! <https://developer.clickup.com/docs/rate-limits>: 100 requests in a minute for each token on most plans. How windows begin
//! is unverified; here, with the first request after the last window.

use std::collections::BTreeMap;

use axum::http::{HeaderMap, HeaderValue};
use chrono::{DateTime, TimeDelta, Utc};

use super::store::App;

/// How long a window is, by the vendor's clock.
const MINUTE: f64 = 60.0;

/// The requests of late.
#[derive(Debug, Default)]
pub(super) struct Traffic {
    windows: BTreeMap<String, Window>,
    pub(super) refused: usize,
}

/// A minute of one token's requests.
#[derive(Clone, Copy, Debug)]
pub(super) struct Window {
    limit: u32,
    used: u32,
    reset: DateTime<Utc>,
    pub(super) refused: bool,
}

/// Counts a request of a token.
pub(super) fn count(app: &App, token: &str) -> Window {
    let limits = app.options.limits;
    let now = app.moment();
    #[allow(clippy::cast_possible_truncation, reason = "a minute in microseconds")]
    let length = TimeDelta::microseconds((MINUTE * limits.time_scale * 1e6) as i64);
    let fresh = Window { limit: limits.requests, used: 0, reset: now + length, refused: false };
    let mut traffic = app.traffic();
    let window = traffic.windows.entry(token.to_owned()).or_insert(fresh);
    if window.reset <= now {
        *window = fresh;
    }
    let refused = limits.enforced && window.used >= window.limit;
    window.used = window.used.saturating_add(1).min(window.limit);
    let state = Window { refused, ..*window };
    traffic.refused += usize::from(refused);
    state
}

/// The headers that every answer has.
pub(super) fn headers(app: &App, window: Window, headers: &mut HeaderMap) {
    let pairs = [
        ("x-ratelimit-limit", window.limit.to_string()),
        ("x-ratelimit-remaining", (window.limit - window.used).to_string()),
        ("x-ratelimit-reset", reset(app, window.reset)),
        // Clients tell the time of the reset by the server's clock, which tests may have moved.
        ("date", app.moment().format("%a, %d %b %Y %H:%M:%S GMT").to_string()),
    ];
    for (name, value) in pairs {
        if let Ok(value) = HeaderValue::from_str(&value) {
            headers.insert(name, value);
        }
    }
}

/// Whole seconds since the epoch, never before the moment. Where time is scaled, thousandths as well: a second is long then.
fn reset(app: &App, moment: DateTime<Utc>) -> String {
    if app.options.limits.time_scale < 1.0 {
        return format!("{}.{:03}", moment.timestamp(), moment.timestamp_subsec_millis());
    }
    (moment.timestamp() + i64::from(moment.timestamp_subsec_nanos() > 0)).to_string()
}
