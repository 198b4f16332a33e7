//! Times as the tables hold them: microseconds since 1970.

use chrono::{DateTime, Utc};

/// The number that a table holds for a time.
pub(crate) fn to_micros(time: DateTime<Utc>) -> i64 {
    time.timestamp_micros()
}

/// The time that a table's number means; `None` for numbers that no time of ours has.
pub(crate) fn from_micros(micros: i64) -> Option<DateTime<Utc>> {
    DateTime::from_timestamp_micros(micros)
}
