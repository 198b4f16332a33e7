//! Arguments that several commands take.

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use clap::ValueEnum;

/// Whether something is still open.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum State {
    /// What still asks for work
    #[default]
    Open,
    /// What is done or given up
    Closed,
    /// Both
    All,
}

/// What a list is sorted by.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum SortBy {
    /// When it was created
    #[default]
    Created,
    /// When it last changed
    Updated,
}

/// In which direction.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum Order {
    /// Oldest first
    Asc,
    /// Newest first
    #[default]
    Desc,
}

/// Reads a day: `2026-11-21`, `today`, `tomorrow`.
pub(crate) fn date(text: &str) -> Result<NaiveDate, String> {
    let today = Utc::now().date_naive();
    match text.trim().to_lowercase().as_str() {
        "today" => Ok(today),
        "tomorrow" => Ok(today + TimeDelta::days(1)),
        day => NaiveDate::parse_from_str(day, "%Y-%m-%d")
            .map_err(|_| "allowed is a day of the calendar as YYYY-MM-DD, `today` or `tomorrow`".to_owned()),
    }
}

/// Reads a moment: a day, RFC 3339, or a span before now like `3d`.
pub(crate) fn since(text: &str) -> Result<DateTime<Utc>, String> {
    if let Ok(time) = DateTime::parse_from_rfc3339(text) {
        return Ok(time.to_utc());
    }
    if let Ok(day) = date(text) {
        return Ok(day.and_time(chrono::NaiveTime::MIN).and_utc());
    }
    span(text).and_then(|span| Utc::now().checked_sub_signed(span)).ok_or_else(|| {
        "allowed is a day (YYYY-MM-DD), a time (RFC 3339), or a span: `90m`, `12h`, `3d`, `2w`".to_owned()
    })
}

fn span(text: &str) -> Option<TimeDelta> {
    let unit = text.chars().last()?;
    let count: i64 = text.strip_suffix(unit)?.parse().ok()?;
    match unit {
        'm' => TimeDelta::try_minutes(count),
        'h' => TimeDelta::try_hours(count),
        'd' => TimeDelta::try_days(count),
        'w' => TimeDelta::try_weeks(count),
        _ => None,
    }
}
