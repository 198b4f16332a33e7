//! Days of the workspace's zone.

use chrono::{DateTime, NaiveDate, NaiveTime, TimeZone, Utc};
use chrono_tz::Tz;

/// The hour of the day that dates without a time are stored at.
const HOUR: u32 = 4;

/// What a date without a time is stored as: 04:00 in the workspace's zone, on the day that the moment falls on there.
///
/// Whoever sends midnight of UTC finds the day before, west of Greenwich: `nicholasbester/clickup-cli#126`.
pub(super) fn snapped(moment: i64, zone: Tz) -> i64 {
    let Some(utc) = DateTime::<Utc>::from_timestamp_millis(moment) else { return moment };
    at_four(utc.with_timezone(&zone).date_naive(), zone)
}

/// A day as it is stored.
pub(super) fn at_four(day: NaiveDate, zone: Tz) -> i64 {
    let four = NaiveTime::from_hms_opt(HOUR, 0, 0).unwrap_or_default();
    let naive = day.and_time(four);
    // Where clocks skip this hour, the next one counts.
    let local = zone.from_local_datetime(&naive).earliest();
    let local = local.or_else(|| zone.from_local_datetime(&(naive + chrono::TimeDelta::hours(1))).earliest());
    local.map_or_else(|| naive.and_utc().timestamp_millis(), |local| local.timestamp_millis())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> i64 {
        text.parse::<DateTime<Utc>>().map(|moment| moment.timestamp_millis()).unwrap_or_default()
    }

    #[test]
    fn a_day_is_that_of_the_zone() {
        let los_angeles = chrono_tz::America::Los_Angeles;
        assert_eq!(snapped(at("2026-05-01T00:00:00Z"), los_angeles), at("2026-04-30T11:00:00Z"));
        assert_eq!(snapped(at("2026-05-01T19:00:00Z"), los_angeles), at("2026-05-01T11:00:00Z"));
        assert_eq!(snapped(at("2026-01-15T20:00:00Z"), los_angeles), at("2026-01-15T12:00:00Z"));
        let kiritimati = chrono_tz::Pacific::Kiritimati;
        assert_eq!(snapped(at("2026-05-01T00:00:00Z"), kiritimati), at("2026-04-30T14:00:00Z"));
    }
}
