//! Dates and times for people.

use chrono::{DateTime, Local, NaiveDate, SecondsFormat, TimeDelta, Utc};

/// `3 days ago`, `in 2 hours`.
pub(crate) fn ago(time: DateTime<Utc>, now: DateTime<Utc>) -> String {
    let past = now - time;
    match span(past.abs()) {
        None => "just now".to_owned(),
        Some(words) if past > TimeDelta::zero() => format!("{words} ago"),
        Some(words) => format!("in {words}"),
    }
}

/// The largest unit that fits.
fn span(length: TimeDelta) -> Option<String> {
    const UNITS: [(&str, i64); 5] =
        [("year", 365 * 86_400), ("month", 30 * 86_400), ("day", 86_400), ("hour", 3_600), ("minute", 60)];
    let seconds = length.num_seconds();
    let (unit, size) = UNITS.into_iter().find(|(_, size)| seconds >= *size)?;
    let count = seconds / size;
    Some(format!("{count} {unit}{}", if count == 1 { "" } else { "s" }))
}

/// The day that it is for a person at this machine.
pub(crate) fn local_day(time: DateTime<Utc>) -> NaiveDate {
    time.with_timezone(&Local).date_naive()
}

/// Today, for a person at this machine.
pub(crate) fn today() -> NaiveDate {
    local_day(Utc::now())
}

/// A moment for programs: RFC 3339 in UTC.
pub(crate) fn moment(time: DateTime<Utc>) -> String {
    time.to_rfc3339_opts(SecondsFormat::AutoSi, true)
}

/// A day: `2026-11-21`.
pub(crate) fn day(date: NaiveDate) -> String {
    date.format("%Y-%m-%d").to_string()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    #[test]
    fn the_largest_unit_is_named() {
        let now = DateTime::from_timestamp(1_800_000_000, 0).unwrap();
        let cases = [
            (0, "just now"),
            (59, "just now"),
            (60, "1 minute ago"),
            (7_199, "1 hour ago"),
            (86_400 * 29, "29 days ago"),
            (86_400 * 30, "1 month ago"),
            (86_400 * 800, "2 years ago"),
            (-3_600, "in 1 hour"),
        ];
        for (seconds, words) in cases {
            assert_eq!(ago(now - TimeDelta::seconds(seconds), now), words);
        }
    }
}
