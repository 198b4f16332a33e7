//! Dates as queries write them, in the time zone of the user's profile.

use chrono::{DateTime, Datelike, Days, Duration, FixedOffset, Months, NaiveDate, NaiveDateTime, NaiveTime, Utc};

use super::ast::{Function, Operand};
use super::error::JqlError;

/// What "now" is, and where.
#[derive(Clone, Copy, Debug)]
pub(super) struct Calendar {
    pub(super) now: DateTime<Utc>,
    pub(super) zone: FixedOffset,
}

impl Calendar {
    /// A moment: a number of milliseconds, a literal of minute precision, a period or a function.
    ///
    /// Formats: <https://support.atlassian.com/jira-software-cloud/docs/jql-fields/>; epoch milliseconds:
    /// `airbytehq/airbyte#48395`. A number in quotation marks is a period of minutes, as any text without a unit
    /// (unverified).
    pub(super) fn moment(&self, operand: &Operand, field: &str) -> Result<DateTime<Utc>, JqlError> {
        let formats = "Valid formats include: 'yyyy/MM/dd HH:mm', 'yyyy-MM-dd HH:mm', 'yyyy/MM/dd', 'yyyy-MM-dd', or a \
                       period format e.g. '-5d', '4w 2d'.";
        match operand {
            Operand::Number(milliseconds) => {
                let moment = DateTime::from_timestamp_millis(*milliseconds);
                moment.ok_or_else(|| invalid(&milliseconds.to_string(), field, formats))
            }
            Operand::Text(text) => self.literal(text, true).ok_or_else(|| invalid(text, field, formats)),
            Operand::Function(function) => self.function(function, field),
            Operand::List(_) | Operand::Empty => Err(invalid("", field, formats)),
        }
    }

    /// A day: as [`Calendar::moment`], but literals have no time.
    pub(super) fn day(&self, operand: &Operand, field: &str) -> Result<NaiveDate, JqlError> {
        let formats = "Valid formats include: 'YYYY/MM/DD', 'YYYY-MM-DD', or a period format e.g. '-5d', '4w 2d'.";
        let moment = match operand {
            Operand::Text(text) => self.literal(text, false).ok_or_else(|| invalid(text, field, formats))?,
            other => self.moment(other, field)?,
        };
        Ok(moment.with_timezone(&self.zone).date_naive())
    }

    fn literal(&self, text: &str, times: bool) -> Option<DateTime<Utc>> {
        let text = text.trim();
        let days = ["%Y-%m-%d", "%Y/%m/%d"];
        let day = days.into_iter().find_map(|format| NaiveDate::parse_from_str(text, format).ok());
        if let Some(day) = day {
            return self.at(day.and_time(NaiveTime::MIN));
        }
        let minutes = ["%Y-%m-%d %H:%M", "%Y/%m/%d %H:%M"];
        let minute = minutes.into_iter().find_map(|format| NaiveDateTime::parse_from_str(text, format).ok());
        match minute.filter(|_| times) {
            Some(minute) => self.at(minute),
            None => self.now.checked_add_signed(period(text)?),
        }
    }

    fn at(&self, local: NaiveDateTime) -> Option<DateTime<Utc>> {
        local.and_local_timezone(self.zone).single().map(|moment| moment.with_timezone(&Utc))
    }

    /// `now()`, `startOfDay()` and the like, with an increment as in `startOfMonth("-1")`.
    ///
    /// <https://support.atlassian.com/jira-software-cloud/docs/jql-functions/>. Weeks begin on Sunday, as they do for
    /// the vendor's default locale.
    fn function(&self, function: &Function, field: &str) -> Result<DateTime<Utc>, JqlError> {
        let Function { name, arguments } = function;
        let lower = name.to_ascii_lowercase();
        if lower == "now" {
            return match arguments.len() {
                0 => Ok(self.now),
                count => Err(wrong_count(name, "0", count)),
            };
        }
        let (end, unit) = match (lower.strip_prefix("startof"), lower.strip_prefix("endof")) {
            (Some(unit), _) => (false, unit),
            (_, Some(unit)) => (true, unit),
            _ => return Err(not_a_date(name, field)),
        };
        let unit = unit_of(unit).ok_or_else(|| not_a_date(name, field))?;
        if arguments.len() > 1 {
            return Err(wrong_count(name, "1", arguments.len()));
        }
        let shift = arguments.first().map(|text| increment(text, unit));
        let shift = shift.unwrap_or(Some((0, unit))).ok_or_else(|| bad_increment(name))?;
        let moment = self.boundary(unit, end, shift);
        moment.ok_or_else(|| bad_increment(name))
    }

    fn boundary(&self, unit: char, end: bool, (count, shifted): (i32, char)) -> Option<DateTime<Utc>> {
        let today = self.now.with_timezone(&self.zone).date_naive();
        let day = match unit {
            'w' => today.checked_sub_days(Days::new(u64::from(today.weekday().num_days_from_sunday())))?,
            'M' => today.with_day(1)?,
            'y' => today.with_day(1)?.with_month(1)?,
            _ => today,
        };
        let mut start = shift(day.and_time(NaiveTime::MIN), count, shifted)?;
        if end {
            start = shift(start, 1, unit)?.checked_sub_signed(Duration::milliseconds(1))?;
        }
        self.at(start)
    }
}

fn unit_of(word: &str) -> Option<char> {
    Some(match word {
        "day" => 'd',
        "week" => 'w',
        "month" => 'M',
        "year" => 'y',
        _ => return None,
    })
}

/// `-1`, `+2w`: a number, with the function's own unit unless it says another.
fn increment(text: &str, own: char) -> Option<(i32, char)> {
    let text = text.trim();
    let digits = text.trim_end_matches(|sign: char| "yMwdhm".contains(sign));
    let mut units = text[digits.len()..].chars();
    let unit = units.next().unwrap_or(own);
    let count = digits.strip_prefix('+').unwrap_or(digits).parse().ok()?;
    units.next().is_none().then_some((count, unit))
}

fn shift(from: NaiveDateTime, count: i32, unit: char) -> Option<NaiveDateTime> {
    let months = |count: i32| {
        let by = Months::new(count.unsigned_abs());
        if count < 0 { from.checked_sub_months(by) } else { from.checked_add_months(by) }
    };
    let many = i64::from(count);
    match unit {
        'y' => months(count.checked_mul(12)?),
        'M' => months(count),
        'w' => from.checked_add_signed(Duration::try_weeks(many)?),
        'd' => from.checked_add_signed(Duration::try_days(many)?),
        'h' => from.checked_add_signed(Duration::try_hours(many)?),
        _ => from.checked_add_signed(Duration::try_minutes(many)?),
    }
}

/// `-5d`, `4w 2d`, `-1h 30m`; minutes without a unit.
fn period(text: &str) -> Option<Duration> {
    let (negative, rest) = match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text.strip_prefix('+').unwrap_or(text)),
    };
    let mut total = Duration::zero();
    let parts: Vec<&str> = rest.split_whitespace().collect();
    for part in &parts {
        let digits = part.trim_end_matches(|sign: char| sign.is_ascii_alphabetic());
        let count: i64 = digits.parse().ok()?;
        let one = match &part[digits.len()..] {
            "w" => Duration::try_weeks(count),
            "d" => Duration::try_days(count),
            "h" => Duration::try_hours(count),
            "m" | "" => Duration::try_minutes(count),
            _ => None,
        };
        total = total.checked_add(&one?)?;
    }
    (!parts.is_empty()).then_some(if negative { -total } else { total })
}

fn invalid(value: &str, field: &str, formats: &str) -> JqlError {
    JqlError::new(format!("Date value '{value}' for field '{field}' is invalid. {formats}"))
}

fn not_a_date(function: &str, field: &str) -> JqlError {
    JqlError::new(format!("A date for the field '{field}' provided by the function '{function}' is not valid."))
}

/// The vendor's test `TestJqlParsing`.
fn wrong_count(function: &str, expected: &str, count: usize) -> JqlError {
    JqlError::new(format!("Function '{function}' expected '{expected}' arguments but received '{count}'."))
}

/// The vendor's test `TestJqlParsing`.
fn bad_increment(function: &str) -> JqlError {
    let format = "should have the format (+/-)n(yMwdm), e.g -1M for 1 month earlier.";
    JqlError::new(format!("Duration for function '{function}' {format}"))
}
