//! Times: `2026-11-21T09:40:00.000+0000`, whose offset has no colon, so that they are not those of RFC 3339; newer
//! resources have `Z`, and those of sprints a colon.

use chrono::{DateTime, FixedOffset, NaiveDate, Utc};
use serde::de::{Deserialize, Deserializer, Error as _};

/// A time, with the offset that it came with: which day it was depends on that.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Moment(DateTime<FixedOffset>);

impl Moment {
    /// The time.
    pub(crate) fn utc(self) -> DateTime<Utc> {
        self.0.with_timezone(&Utc)
    }

    /// The day, where the time was written down.
    pub(crate) fn day(self) -> NaiveDate {
        self.0.date_naive()
    }

    fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        let time = DateTime::parse_from_rfc3339(with_colon(text).as_deref().unwrap_or(text));
        time.ok().map(Self)
    }
}

/// The time with a colon in its offset, where it has an offset without one.
fn with_colon(text: &str) -> Option<String> {
    let (rest, minutes) = text.split_at_checked(text.len().checked_sub(2)?)?;
    let sign = rest.as_bytes().get(rest.len().checked_sub(3)?)?;
    matches!(sign, b'+' | b'-').then(|| [rest, ":", minutes].concat())
}

/// Reads a time.
pub(crate) fn moment(text: &str) -> Option<DateTime<Utc>> {
    Moment::parse(text).map(Moment::utc)
}

impl<'de> Deserialize<'de> for Moment {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::parse(&text).ok_or_else(|| D::Error::custom("no time of Jira's"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn trap_offsets_without_a_colon_are_read() {
        let at = moment("2026-11-21T09:40:00.000+0000");
        assert!(at.is_some());
        for same in ["2026-11-21T10:40:00.000+0100", "2026-11-21T09:40:00Z", "2026-11-21T09:40:00.000+00:00"] {
            assert_eq!(moment(same), at, "{same}");
        }
        for wrong in
            ["", "+", "+00", "-0000", "ä+0000", "2026-11-21+0000", "2026-11-21", "21/Nov/26 9:40 AM", "1732877091000"]
        {
            assert_eq!(moment(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn a_day_is_that_of_the_place_where_it_was_written() {
        let day = |text: &str| Moment::parse(text).map(Moment::day);
        assert_eq!(day("2026-11-21T00:00:00.000+1100"), NaiveDate::from_ymd_opt(2026, 11, 21));
    }
}
