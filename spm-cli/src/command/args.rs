//! Arguments that several commands take.

use chrono::{DateTime, Local, NaiveDate, TimeDelta, Utc};
use clap::{Args, ValueEnum};
use pm_core::{CustomValue, Hours, ProjectStatusCategory, SprintStatusCategory, StatusCategory, Visibility};

use crate::output::{Limit, today};

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

impl State {
    /// The categories of tasks that are meant; none means any.
    pub(crate) fn of_tasks(self) -> Vec<StatusCategory> {
        self.choose(&StatusCategory::OPEN, &StatusCategory::CLOSED)
    }

    /// The categories of projects that are meant; none means any.
    pub(crate) fn of_projects(self) -> Vec<ProjectStatusCategory> {
        use ProjectStatusCategory::{Active, Archived, Cancelled, Completed, OnHold, Planned, Unknown};
        self.choose(&[Planned, Active, OnHold, Unknown], &[Completed, Cancelled, Archived])
    }

    /// The categories of sprints that are meant; none means any.
    pub(crate) fn of_sprints(self) -> Vec<SprintStatusCategory> {
        use SprintStatusCategory::{Active, Completed, Planned, Unknown};
        self.choose(&[Planned, Active, Unknown], &[Completed])
    }

    /// `open` or `closed`, as `--json state` has it.
    pub(crate) fn word(closed: bool) -> &'static str {
        if closed { "closed" } else { "open" }
    }

    fn choose<C: Copy>(self, open: &[C], closed: &[C]) -> Vec<C> {
        match self {
            Self::Open => open.to_vec(),
            Self::Closed => closed.to_vec(),
            Self::All => Vec::new(),
        }
    }
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

/// How long a list is, and in what order.
#[derive(Args, Clone, Copy, Debug)]
#[command(next_help_heading = "Order")]
pub(crate) struct OrderArgs {
    /// Sort by this [default: created]
    #[arg(long, value_enum)]
    pub(crate) sort: Option<SortBy>,
    /// Newest or oldest first [default: desc, where the backend can]
    #[arg(long, value_enum)]
    pub(crate) order: Option<Order>,
    /// At most so many, or `all`
    #[arg(long, short = 'L', default_value = "30", value_name = "NUMBER")]
    pub(crate) limit: Limit,
}

/// Who may see something.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Seen {
    /// Everyone who sees the project
    Public,
    /// Fewer people than that
    Restricted,
}

impl From<Seen> for Visibility {
    fn from(seen: Seen) -> Self {
        match seen {
            Seen::Public => Self::Public,
            Seen::Restricted => Self::Restricted,
        }
    }
}

/// Reads a day: `2026-11-21`, `today`, `tomorrow`.
pub(crate) fn date(text: &str) -> Result<NaiveDate, String> {
    let today = today();
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
        let midnight = day.and_time(chrono::NaiveTime::MIN);
        // Where clocks are put forward at midnight, the day begins later.
        return Ok(midnight.and_local_timezone(Local).earliest().map_or(midnight.and_utc(), |time| time.to_utc()));
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

/// Reads a length of work: hours as a number, or with units.
pub(crate) fn hours(text: &str) -> Result<Hours, String> {
    const ALLOWED: &str = "allowed are hours (`2.5`), or hours and minutes (`2h`, `45m`, `1h30m`)";
    let number = |text: &str| text.parse::<f64>().map_err(|_| ALLOWED.to_owned());
    let text = text.trim().to_lowercase();
    let total = match (text.split_once('h'), text.strip_suffix('m')) {
        (None, None) => number(&text)?,
        (None, Some(minutes)) => number(minutes)? / 60.0,
        (Some((hours, "")), _) => number(hours)?,
        (Some((hours, rest)), _) => {
            let minutes = rest.trim().strip_suffix('m').ok_or_else(|| ALLOWED.to_owned())?;
            number(hours.trim())? + number(minutes)? / 60.0
        }
    };
    Hours::from_hours(total).map_err(|error| error.message().to_owned())
}

/// Reads a custom field: `NAME=VALUE`.
pub(crate) fn field(text: &str) -> Result<(String, CustomValue), String> {
    let missing = "allowed is NAME=VALUE: `Points=8`, `Reviewed=true`, `Where=\"north side\"`";
    let (name, value) = text.split_once('=').ok_or(missing)?;
    if name.trim().is_empty() {
        return Err(missing.to_owned());
    }
    Ok((name.trim().to_owned(), custom_value(value)))
}

/// `true`, numbers and JSON are taken as such, everything else is a text; so is a number that would lose digits.
fn custom_value(text: &str) -> CustomValue {
    match serde_json::from_str::<CustomValue>(text) {
        Ok(CustomValue::Number(_)) if text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'-') => text.into(),
        Ok(value) => value,
        Err(_) => text.into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hours_have_units_or_none() {
        let cases = [("2.5", 9_000), ("0", 0), ("2h", 7_200), ("45m", 2_700), ("1h30m", 5_400), ("1h 30m", 5_400)];
        for (text, seconds) in cases {
            assert_eq!(hours(text), Ok(Hours::from_seconds(seconds)), "{text}");
        }
        for text in ["", "h", "two", "1h30", "1d", "-1", "NaN", "inf", "m"] {
            assert!(hours(text).is_err(), "{text}");
        }
    }

    #[test]
    fn values_of_custom_fields_are_json_or_text() {
        let value = |text: &str| field(&format!("f={text}")).map(|(_, value)| value);
        assert_eq!(value("8"), Ok(CustomValue::Integer(8)));
        assert_eq!(value("0.5"), Ok(CustomValue::Number(0.5)));
        assert_eq!(value("true"), Ok(CustomValue::Bool(true)));
        assert_eq!(value("north side"), Ok("north side".into()));
        assert_eq!(value("\"8\""), Ok("8".into()));
        assert_eq!(value("007"), Ok("007".into()));
        assert_eq!(value("92233720368547758079"), Ok("92233720368547758079".into()));
        assert_eq!(value("a=b"), Ok("a=b".into()));
        assert_eq!(value("[1,\"a\"]"), Ok(CustomValue::List(vec![1_i64.into(), "a".into()])));
        assert!(field("no value").is_err() && field("=8").is_err());
    }

    #[test]
    fn every_category_is_open_or_closed() {
        use pm_core::Vocabulary;
        fn check<C: Vocabulary>(of: impl Fn(State) -> Vec<C>) {
            let (open, closed) = (of(State::Open), of(State::Closed));
            for category in C::ALL {
                assert_ne!(open.contains(category), closed.contains(category), "{category:?}");
            }
            assert!(of(State::All).is_empty());
        }
        check(State::of_tasks);
        check(State::of_projects);
        check(State::of_sprints);
    }
}
