//! How fast ClickUp may be asked, and what it says of its limits
//! (<https://developer.clickup.com/docs/rate-limits>).

use std::time::Duration;

use chrono::{DateTime, Utc};
use pm_http::{Endpoint, Limits, Pace, Quota, ReplyHead};

/// How many requests run at once.
const CONCURRENCY: usize = 8;
/// How many of them write.
const WRITERS: usize = 8;
/// What each token is allowed on most plans; the costly ones allow more, which the answers tell.
const REQUESTS: u32 = 100;
const MINUTE: Duration = Duration::from_secs(60);
/// How long a request may wait for its turn: whoever asks for a thousand things at once gets them all.
pub(crate) const PATIENCE: Duration = Duration::from_secs(15 * 60);
/// How long to wait where nothing is said: no window lasts longer.
const UNANNOUNCED: Duration = MINUTE;
/// Whatever the answer says, no window lasts longer than a minute: clocks may differ.
const LONGEST: Duration = Duration::from_secs(65);
/// The time of a reset has no fractions: it may be up to a second later.
const ROUNDING: Duration = Duration::from_secs(1);

/// The limits of one token; waits are so many times as long as ClickUp asks for.
pub(crate) fn limits(scale: f64) -> Limits {
    let limits = Limits::new().concurrency(CONCURRENCY).writes(WRITERS).unannounced(UNANNOUNCED).time_scale(scale);
    if scale <= 0.0 { limits } else { limits.pace(Pace::new(each).at_most(REQUESTS, MINUTE).as_told()) }
}

fn each(_: &Endpoint) -> u32 {
    1
}

/// What is left of the window: `X-RateLimit-Reset` is a Unix time in seconds, by ClickUp's own clock.
pub(crate) fn quota(head: &ReplyHead<'_>) -> Option<Quota> {
    let number = |name: &str| head.header(name)?.trim().parse().ok();
    let reset = until(head.header("x-ratelimit-reset")?, head.date().unwrap_or_else(Utc::now))?;
    let limit = number("x-ratelimit-limit").and_then(|limit| u32::try_from(limit).ok()).filter(|limit| *limit > 0);
    Some(Quota::new(number("x-ratelimit-remaining")?, reset).limit(limit))
}

fn until(text: &str, now: DateTime<Utc>) -> Option<Duration> {
    let text = text.trim();
    if let Some((seconds, fraction)) = text.split_once('.') {
        // A server that tells parts of a second has short windows; a `Date`, which has none, would lengthen them.
        let millis: i64 = format!("{seconds}{fraction:0<3.3}").parse().ok()?;
        let left = DateTime::from_timestamp_millis(millis)?.signed_duration_since(Utc::now());
        return Some(left.to_std().unwrap_or_default().min(LONGEST));
    }
    let time = DateTime::from_timestamp(text.parse().ok()?, 0)?;
    let left = time.signed_duration_since(now).to_std().unwrap_or_default();
    Some((left + ROUNDING).min(LONGEST))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn a_reset_is_in_seconds_and_never_far_away() {
        let now = DateTime::from_timestamp(1_700_000_000, 0).unwrap();
        assert_eq!(until("1700000030", now), Some(Duration::from_secs(31)));
        assert_eq!(until("1699999990", now), Some(ROUNDING), "it is over");
        assert_eq!(until("1700009999", now), Some(LONGEST), "clocks differ");
        assert_eq!(until("soon", now), None);
        assert_eq!(until("1700000030.125", now), Some(Duration::ZERO), "by our own clock, where it tells more");
    }
}
