//! From the values of a row to those of a field.

use chrono::{DateTime, NaiveDate, NaiveTime, Utc};
use pm_core::Hours;
use pm_core::value::micros;
use serde_json::Value;

use crate::import::row::Reason;

/// A value, and what it is for: messages name both.
pub(super) struct Cell<'a> {
    pub(super) field: &'a str,
    pub(super) value: Value,
}

impl Cell<'_> {
    fn bad(&self, kind: &'static str, allowed: &str) -> Reason {
        let value = match &self.value {
            Value::String(text) => text.clone(),
            other => other.to_string(),
        };
        Reason::new(kind, format!("`{}` holds `{}`; allowed is {allowed}", self.field, shortened(&value)))
    }

    /// A text; blank ones count as nothing.
    pub(super) fn text(&self) -> Result<Option<String>, Reason> {
        match &self.value {
            Value::Null => Ok(None),
            Value::String(text) => Ok((!text.trim().is_empty()).then(|| text.clone())),
            Value::Number(number) => Ok(Some(number.to_string())),
            Value::Bool(value) => Ok(Some(value.to_string())),
            Value::Array(_) | Value::Object(_) => {
                Err(self.bad("wrong kind of value", "one text (`a.b` leads into an object, `a.0` into a list)"))
            }
        }
    }

    /// A text without white space around it: names, words, dates.
    pub(super) fn word(&self) -> Result<Option<String>, Reason> {
        Ok(self.text()?.map(|text| text.trim().to_owned()))
    }

    /// Several texts; one is cut where `separators` say.
    pub(super) fn list(&self, separators: &[char]) -> Result<Vec<String>, Reason> {
        let Value::Array(elements) = &self.value else {
            let text = self.text()?.unwrap_or_default();
            let parts = text.split(|letter| separators.contains(&letter)).map(str::trim);
            return Ok(parts.filter(|part| !part.is_empty()).map(str::to_owned).collect());
        };
        let mut texts = Vec::with_capacity(elements.len());
        for element in elements {
            let cell = Cell { field: self.field, value: element.clone() };
            let text = cell.word().map_err(|_| {
                self.bad("wrong kind of value", "a list of texts (`labels[].name` takes the names of objects)")
            })?;
            texts.extend(text);
        }
        Ok(texts)
    }

    pub(super) fn date(&self) -> Result<Option<NaiveDate>, Reason> {
        let Some(text) = self.word()? else { return Ok(None) };
        let day = NaiveDate::parse_from_str(&text, "%Y-%m-%d").ok().filter(|_| text.len() == 10);
        let day = day.or_else(|| DateTime::parse_from_rfc3339(&text).ok().map(|time| time.date_naive()));
        day.map(Some).ok_or_else(|| self.bad("bad date", "a day of the calendar as YYYY-MM-DD, or a time (RFC 3339)"))
    }

    /// A time; a day is its first moment in UTC.
    pub(super) fn time(&self) -> Result<Option<DateTime<Utc>>, Reason> {
        let Some(text) = self.word()? else { return Ok(None) };
        if let Ok(time) = DateTime::parse_from_rfc3339(&text) {
            return Ok(Some(micros(time.to_utc())));
        }
        let day = self.date().map_err(|_| {
            self.bad("bad date", "a time (RFC 3339, `2026-11-21T09:30:00Z`), or a day of the calendar as YYYY-MM-DD")
        })?;
        Ok(day.map(|day| day.and_time(NaiveTime::MIN).and_utc()))
    }

    pub(super) fn hours(&self) -> Result<Option<Hours>, Reason> {
        let Some(text) = self.word()? else { return Ok(None) };
        let hours = text.parse::<f64>().ok().and_then(|hours| Hours::from_hours(hours).ok());
        hours.map(Some).ok_or_else(|| self.bad("bad number", "a number of hours, 0 or more: `1.5`"))
    }
}

/// As much of a value as fits into a message.
fn shortened(text: &str) -> String {
    const LONGEST: usize = 60;
    if text.chars().count() <= LONGEST {
        return text.to_owned();
    }
    text.chars().take(LONGEST).chain(['…']).collect()
}
