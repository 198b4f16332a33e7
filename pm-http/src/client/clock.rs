//! The backend's clock, as its replies tell it.

use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant, SystemTime};

use chrono::{DateTime, TimeDelta, Utc};

/// How far our two clocks may drift apart before neither is believed.
const DRIFT: Duration = Duration::from_secs(1);

/// Remembers what time the backend said it was, and when it said so.
#[derive(Debug, Default)]
pub(crate) struct ServerClock(Mutex<Option<Reading>>);

#[derive(Clone, Copy, Debug)]
struct Reading {
    date: DateTime<Utc>,
    /// Stands still while the machine sleeps.
    at: Instant,
    /// Jumps when somebody sets the clock.
    wall: SystemTime,
}

impl ServerClock {
    /// Takes note of a reply's `Date`.
    pub(crate) fn learn(&self, date: DateTime<Utc>) {
        let reading = Reading { date, at: Instant::now(), wall: SystemTime::now() };
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(reading);
    }

    /// What time it is there, to the second; `None` before the first reply, and after this machine slept or its clock was
    /// set: the backend has to be asked again then.
    pub(crate) fn now(&self) -> Option<DateTime<Utc>> {
        let reading = (*self.0.lock().unwrap_or_else(PoisonError::into_inner))?;
        reading.after(reading.at.elapsed(), reading.wall.elapsed().ok()?)
    }
}

impl Reading {
    fn after(&self, elapsed: Duration, by_the_wall: Duration) -> Option<DateTime<Utc>> {
        if elapsed.abs_diff(by_the_wall) > DRIFT {
            return None;
        }
        self.date.checked_add_signed(TimeDelta::from_std(elapsed).ok()?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clock_goes_on_until_the_machine_sleeps() {
        let clock = ServerClock::default();
        assert_eq!(clock.now(), None);
        clock.learn(DateTime::UNIX_EPOCH);
        assert!(clock.now().is_some_and(|now| now - DateTime::UNIX_EPOCH < TimeDelta::minutes(1)));
        let reading = Reading { date: DateTime::UNIX_EPOCH, at: Instant::now(), wall: SystemTime::now() };
        let (second, hour) = (Duration::from_secs(1), Duration::from_secs(3600));
        assert_eq!(reading.after(hour, hour), Some(DateTime::UNIX_EPOCH + TimeDelta::hours(1)));
        assert_eq!(reading.after(second, hour), None, "slept");
        assert_eq!(reading.after(hour, second), None, "set back");
    }
}
