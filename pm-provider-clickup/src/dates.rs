//! Days: ClickUp keeps instants, and shows the day on which they fall in somebody's time zone.
//!
//! A date without a time (`due_date_time: false`) is moved to 04:00 of the day on which the instant falls in the zone of
//! the Workspace: midnight in UTC is the day before everywhere west of it. So local noon is sent, which stays on its day
//! whatever is done to it, and what comes back is the day in the same zone (nicholasbester/clickup-cli#126).

use chrono::{DateTime, NaiveDate, NaiveTime, TimeZone, Utc};
use chrono_tz::Tz;

/// Noon of a day in a zone, in milliseconds since 1970.
pub(crate) fn noon(zone: Tz, day: NaiveDate) -> i64 {
    let noon = day.and_time(NaiveTime::from_hms_opt(12, 0, 0).unwrap_or_default());
    let local = zone.from_local_datetime(&noon);
    // A day that a zone skipped as a whole has no noon: that of the same day in UTC is as near as can be.
    let instant = local.earliest().map_or_else(|| noon.and_utc(), |local| local.with_timezone(&Utc));
    instant.timestamp_millis()
}

/// The day on which an instant falls in a zone.
pub(crate) fn day(zone: Tz, millis: i64) -> Option<NaiveDate> {
    Some(time(millis)?.with_timezone(&zone).date_naive())
}

/// A time in milliseconds since 1970.
pub(crate) fn time(millis: i64) -> Option<DateTime<Utc>> {
    DateTime::from_timestamp_millis(millis)
}

/// The day that it is in a zone at an instant.
pub(crate) fn today(zone: Tz, now: DateTime<Utc>) -> NaiveDate {
    now.with_timezone(&zone).date_naive()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use chrono::TimeDelta;
    use proptest::prelude::*;

    use super::*;

    /// Zones on both sides of Greenwich, of half and quarter hours, with and without summer time, on both hemispheres.
    const ZONES: [Tz; 20] = [
        Tz::UTC,
        Tz::Europe__London,
        Tz::Europe__Berlin,
        Tz::Europe__Helsinki,
        Tz::Africa__Cairo,
        Tz::Asia__Tehran,
        Tz::Asia__Kolkata,
        Tz::Asia__Kathmandu,
        Tz::Asia__Tokyo,
        Tz::Australia__Lord_Howe,
        Tz::Australia__Sydney,
        Tz::Pacific__Auckland,
        Tz::Pacific__Chatham,
        Tz::Pacific__Kiritimati,
        Tz::Pacific__Niue,
        Tz::Pacific__Honolulu,
        Tz::America__Los_Angeles,
        Tz::America__New_York,
        Tz::America__St_Johns,
        Tz::America__Sao_Paulo,
    ];

    /// What ClickUp makes of an instant without a time: 04:00 of its day in the zone.
    fn snapped(zone: Tz, millis: i64) -> i64 {
        let day = day(zone, millis).unwrap();
        let four = |hour| day.and_hms_opt(hour, 0, 0).unwrap();
        let local = [4, 5].into_iter().find_map(|hour| zone.from_local_datetime(&four(hour)).earliest());
        local.unwrap().timestamp_millis()
    }

    fn days() -> impl Iterator<Item = NaiveDate> {
        let first = NaiveDate::from_ymd_opt(2026, 1, 1).unwrap();
        (0..730).map(move |number| first + TimeDelta::days(number))
    }

    #[test]
    fn a_day_stays_the_day_in_twenty_zones_on_both_sides_of_midnight_and_in_summer_time() {
        for zone in ZONES {
            for wanted in days() {
                let sent = noon(zone, wanted);
                assert_eq!(day(zone, sent), Some(wanted), "{zone} {wanted}");
                assert_eq!(day(zone, snapped(zone, sent)), Some(wanted), "{zone} {wanted}, as it is stored");
                // Whatever the hour, both sides of midnight are other days: the one before, and this one.
                let local = time(sent).unwrap().with_timezone(&zone).time();
                let midnight = sent - local.signed_duration_since(NaiveTime::MIN).num_milliseconds();
                let around = [-3 * 3_600_000, 3 * 3_600_000].map(|offset| day(zone, midnight + offset));
                assert_eq!(around, [wanted.pred_opt(), Some(wanted)], "{zone} {wanted}");
            }
        }
    }

    #[test]
    fn trap_midnight_of_utc_is_the_day_before_in_the_west() {
        let wanted = NaiveDate::from_ymd_opt(2026, 5, 1).unwrap();
        let midnight = wanted.and_time(NaiveTime::MIN).and_utc().timestamp_millis();
        assert_eq!(day(Tz::America__Los_Angeles, midnight), wanted.pred_opt());
        assert_eq!(day(Tz::America__Los_Angeles, noon(Tz::America__Los_Angeles, wanted)), Some(wanted));
    }

    #[test]
    fn a_day_that_a_zone_skipped_is_near_itself() {
        let skipped = NaiveDate::from_ymd_opt(2011, 12, 30).unwrap();
        let stored = day(Tz::Pacific__Apia, noon(Tz::Pacific__Apia, skipped)).unwrap();
        assert!((stored - skipped).abs() <= TimeDelta::days(1), "{stored}");
    }

    proptest! {
        #[test]
        fn any_day_of_any_zone_comes_back(number in 0_i32..40_000, zone in 0..ZONES.len()) {
            let wanted = NaiveDate::from_ymd_opt(1990, 1, 1).unwrap() + TimeDelta::days(i64::from(number));
            let zone = ZONES[zone];
            let came = day(zone, noon(zone, wanted)).unwrap();
            // Kiritimati slept through a day when it moved the date line.
            prop_assert!(came == wanted || zone == Tz::Pacific__Kiritimati && number < 2_000);
        }
    }
}
