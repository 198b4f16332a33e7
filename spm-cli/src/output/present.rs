//! How each kind of item is shown.

use chrono::{DateTime, NaiveDate, Utc};
use serde::Serialize;
use serde_json::Value;

use super::time::{ago, day, moment};
use crate::lookup::{Names, Wants};

/// What a text says by its colour.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Tone {
    Plain,
    Bold,
    Dim,
    Good,
    Bad,
    Busy,
    Closed,
    Key,
}

/// A column of a list.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Column {
    /// The header on a terminal.
    pub(crate) title: &'static str,
    /// Whether it gives way when the terminal is narrow.
    pub(crate) shrinks: bool,
    /// How far it gives way.
    pub(crate) least: u16,
    /// The higher, the sooner it is left out where there is no room; 0 stays always.
    pub(crate) rank: u8,
}

impl Column {
    /// Keeps its width.
    pub(crate) const fn fixed(title: &'static str) -> Self {
        Self { title, shrinks: false, least: 0, rank: 0 }
    }

    /// Gives way when the terminal is narrow.
    pub(crate) const fn wide(title: &'static str) -> Self {
        Self { title, shrinks: true, least: 0, rank: 0 }
    }

    /// Gives way no further than this.
    pub(crate) const fn least(mut self, width: u16) -> Self {
        self.least = width;
        self
    }

    /// Is left out where there is no room, those of a higher rank first.
    pub(crate) const fn rank(mut self, rank: u8) -> Self {
        self.rank = rank;
        self
    }
}

/// One cell of a list: short for people, exact for programs.
#[derive(Clone, Debug)]
pub(crate) struct Cell {
    pub(crate) tone: Tone,
    pub(crate) short: String,
    pub(crate) exact: String,
}

impl Cell {
    /// The same text for both.
    pub(crate) fn text(tone: Tone, text: impl Into<String>) -> Self {
        let text = text.into();
        Self { tone, exact: text.clone(), short: text }
    }

    /// A moment: relative for people, RFC 3339 for programs.
    pub(crate) fn moment(time: Option<DateTime<Utc>>, now: DateTime<Utc>) -> Self {
        let short = time.map(|time| ago(time, now)).unwrap_or_default();
        Self { tone: Tone::Dim, short, exact: time.map(moment).unwrap_or_default() }
    }

    /// A day, red when it is over and something is still to be done.
    pub(crate) fn day(date: Option<NaiveDate>, late: bool) -> Self {
        let tone = if late { Tone::Bad } else { Tone::Plain };
        Self::text(tone, date.map(day).unwrap_or_default())
    }
}

/// A kind of item that can be listed and viewed.
pub(crate) trait Presented: Serialize + Send {
    /// In the plural: `tasks`.
    const PLURAL: &'static str;
    /// The fields of its JSON.
    const FIELDS: &'static [&'static str];
    /// Fields beside those of the model, looked up when they are asked for: `assignee_logins`.
    const COMPANIONS: &'static [&'static str];
    /// The columns of its list.
    const COLUMNS: &'static [Column];

    /// Whose names its cells need.
    fn table_wants() -> Wants;

    /// Whose names its details need.
    fn view_wants() -> Wants;

    /// Whose names a companion needs.
    fn companion_wants(field: &str) -> Wants;

    /// The cells of its row.
    fn cells(&self, names: &Names, now: DateTime<Utc>) -> Vec<Cell>;

    /// The value of a companion field.
    fn companion(&self, field: &str, names: &Names) -> Value;

    /// Notes the ids whose names are needed.
    fn refer(&self, references: &mut crate::lookup::References);
}
