//! When a request is sent again, and how long that is waited for.

use std::time::{Duration, SystemTime};

use tokio::time::Instant;

/// How often and how long a request is tried.
///
/// ```
/// use std::time::Duration;
/// use pm_http::RetryPolicy;
/// let patient = RetryPolicy::new().attempts(10).deadline(Duration::from_secs(600));
/// let once = RetryPolicy::never();
/// assert_ne!(patient, once);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct RetryPolicy {
    /// How often a request is sent at most.
    pub attempts: u32,
    /// The pause before the second attempt, where the backend names none; each further one is twice as long.
    pub first_pause: Duration,
    /// The longest pause of our own making.
    pub max_pause: Duration,
    /// How long one attempt may take, its body included.
    pub timeout: Duration,
    /// How long all attempts may take, pauses included: a longer wait that the backend asks for is left to the caller.
    pub deadline: Duration,
}

impl RetryPolicy {
    /// Tries five times within two minutes, 30 seconds each.
    #[must_use]
    pub const fn new() -> Self {
        Self {
            attempts: 5,
            first_pause: Duration::from_millis(500),
            max_pause: Duration::from_secs(20),
            timeout: Duration::from_secs(30),
            deadline: Duration::from_secs(120),
        }
    }

    /// Tries once.
    #[must_use]
    pub const fn never() -> Self {
        Self { attempts: 1, ..Self::new() }
    }

    /// Sets how often a request is sent at most.
    #[must_use]
    pub const fn attempts(mut self, attempts: u32) -> Self {
        self.attempts = attempts;
        self
    }

    /// Sets the pause before the second attempt.
    #[must_use]
    pub const fn first_pause(mut self, pause: Duration) -> Self {
        self.first_pause = pause;
        self
    }

    /// Sets the longest pause of our own making.
    #[must_use]
    pub const fn max_pause(mut self, pause: Duration) -> Self {
        self.max_pause = pause;
        self
    }

    /// Sets how long one attempt may take.
    #[must_use]
    pub const fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = timeout;
        self
    }

    /// Sets how long all attempts may take together.
    #[must_use]
    pub const fn deadline(mut self, deadline: Duration) -> Self {
        self.deadline = deadline;
        self
    }

    /// When all attempts have to be over.
    pub(crate) fn deadline_from(&self, start: Instant) -> Instant {
        start + self.deadline.min(Duration::from_secs(365 * 24 * 60 * 60))
    }

    /// The pause after an attempt that failed, where the backend names none: exponential, between half and all of it, so
    /// that many clients do not come back at once.
    pub(crate) fn pause(&self, attempt: u32) -> Duration {
        let doubled = self.first_pause.saturating_mul(1_u32 << attempt.saturating_sub(1).min(16));
        doubled.min(self.max_pause).mul_f64(0.5 + fastrand::f64() / 2.0)
    }
}

impl Default for RetryPolicy {
    fn default() -> Self {
        Self::new()
    }
}

/// Reads `Retry-After`: seconds, or a date.
pub(crate) fn retry_after(value: &str, now: SystemTime) -> Option<Duration> {
    let value = value.trim();
    if let Ok(seconds) = value.parse::<u64>() {
        return Some(Duration::from_secs(seconds));
    }
    let date = httpdate::parse_http_date(value).ok()?;
    // A date that has passed means: now.
    Some(date.duration_since(now).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn retry_after_is_seconds_or_a_date() {
        let now = httpdate::parse_http_date("Sat, 21 Nov 2026 10:00:00 GMT").unwrap();
        let read = |value| retry_after(value, now);
        assert_eq!(read(" 7 "), Some(Duration::from_secs(7)));
        assert_eq!(read("Sat, 21 Nov 2026 10:01:00 GMT"), Some(Duration::from_secs(60)));
        assert_eq!(read("Sat, 21 Nov 2026 09:00:00 GMT"), Some(Duration::ZERO));
        for nonsense in ["", "-1", "soon", "1.5"] {
            assert_eq!(read(nonsense), None, "{nonsense}");
        }
    }

    #[test]
    fn pauses_grow_up_to_the_longest() {
        let policy = RetryPolicy::new();
        for (attempt, most) in [(1, 500), (2, 1000), (3, 2000), (40, 20_000)] {
            for _ in 0..50 {
                let pause = policy.pause(attempt).as_millis();
                assert!(pause * 2 + 2 >= most && pause <= most, "{attempt}: {pause}");
            }
        }
    }
}
