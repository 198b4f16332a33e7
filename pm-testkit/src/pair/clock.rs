//! A clock that only tests move.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use pm_provider::Clock;

/// When every virtual clock begins, in seconds since 1970: the fifth of January 2026, nine o'clock.
const BEGINNING: i64 = 1_767_603_600;

/// A clock that stands still until somebody moves it on. Clones are the same clock.
///
/// It also numbers what happens, so that events of several systems can be put in one order although no time passes
/// between them.
#[derive(Clone, Debug, Default)]
pub struct VirtualClock {
    ticks: Arc<Ticks>,
}

#[derive(Debug, Default)]
struct Ticks {
    micros: AtomicI64,
    events: AtomicU64,
}

impl VirtualClock {
    /// Makes a clock that shows a Monday morning.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Lets time pass.
    pub fn advance(&self, time: Duration) {
        let micros = i64::try_from(time.as_micros()).unwrap_or(i64::MAX);
        self.ticks.micros.fetch_add(micros, Ordering::SeqCst);
    }

    /// The number of an event that happens now.
    #[must_use]
    pub fn event(&self) -> u64 {
        self.ticks.events.fetch_add(1, Ordering::SeqCst)
    }
}

impl Clock for VirtualClock {
    fn now(&self) -> DateTime<Utc> {
        let passed = TimeDelta::microseconds(self.ticks.micros.load(Ordering::SeqCst));
        DateTime::from_timestamp(BEGINNING, 0).unwrap_or_default() + passed
    }
}

/// A server's clock, which is wrong by so many seconds.
#[derive(Clone, Debug)]
pub(super) struct SkewedClock {
    right: VirtualClock,
    seconds: i64,
    /// The time at which something is made that is only looked at later, in microseconds since 1970.
    as_of: Arc<AtomicI64>,
}

impl SkewedClock {
    pub(super) fn new(right: &VirtualClock, seconds: i64) -> Self {
        Self { right: right.clone(), seconds, as_of: Arc::default() }
    }

    /// Shows another time, by the right clock, or the present one again.
    pub(super) fn pretend(&self, time: Option<DateTime<Utc>>) {
        self.as_of.store(time.map_or(0, |time| time.timestamp_micros()), Ordering::SeqCst);
    }
}

impl Clock for SkewedClock {
    fn now(&self) -> DateTime<Utc> {
        let as_of = match self.as_of.load(Ordering::SeqCst) {
            0 => None,
            micros => DateTime::from_timestamp_micros(micros),
        };
        as_of.unwrap_or_else(|| self.right.now()) + TimeDelta::seconds(self.seconds)
    }
}
