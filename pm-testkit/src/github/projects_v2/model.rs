//! What is kept of projects.

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDate, Utc};

#[derive(Clone, Debug)]
pub(in crate::github) struct Project {
    pub(in crate::github) id: u64,
    /// The account that it belongs to, by its id.
    pub(in crate::github) owner: u64,
    /// Counted for each owner.
    pub(in crate::github) number: u64,
    pub(in crate::github) title: String,
    pub(in crate::github) short_description: Option<String>,
    pub(in crate::github) readme: Option<String>,
    pub(in crate::github) public: bool,
    pub(in crate::github) closed: Option<DateTime<Utc>>,
    pub(in crate::github) creator: u64,
    pub(in crate::github) created: DateTime<Utc>,
    pub(in crate::github) updated: DateTime<Utc>,
}

#[derive(Clone, Debug)]
pub(in crate::github) struct Field {
    pub(in crate::github) id: u64,
    pub(in crate::github) project: u64,
    pub(in crate::github) name: String,
    pub(in crate::github) kind: FieldKind,
    pub(in crate::github) created: DateTime<Utc>,
    pub(in crate::github) updated: DateTime<Utc>,
}

#[derive(Clone, Debug, PartialEq)]
pub(in crate::github) enum FieldKind {
    /// One that shows what the item's issue has, by the name of its data type: `TITLE`, `ASSIGNEES`.
    Shown(&'static str),
    Text,
    Number,
    Date,
    Select(Vec<SelectOption>),
    Iteration(Iterations),
}

impl FieldKind {
    /// `ProjectV2FieldType`.
    pub(in crate::github) fn data_type(&self) -> &'static str {
        match self {
            Self::Shown(name) => name,
            Self::Text => "TEXT",
            Self::Number => "NUMBER",
            Self::Date => "DATE",
            Self::Select(_) => "SINGLE_SELECT",
            Self::Iteration(_) => "ITERATION",
        }
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::github) struct SelectOption {
    /// Eight hexadecimal digits.
    pub(in crate::github) id: String,
    pub(in crate::github) name: String,
    pub(in crate::github) color: String,
    pub(in crate::github) description: String,
}

/// All iterations of a field, whether over or not.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(in crate::github) struct Iterations {
    /// Days of an iteration, unless it says otherwise.
    pub(in crate::github) duration: i64,
    /// 1 for Monday.
    pub(in crate::github) start_day: u32,
    pub(in crate::github) all: Vec<Iteration>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::github) struct Iteration {
    /// Eight hexadecimal digits.
    pub(in crate::github) id: String,
    pub(in crate::github) title: String,
    pub(in crate::github) start: NaiveDate,
    /// In days.
    pub(in crate::github) duration: i64,
}

impl Iteration {
    /// Whether it is over: its last day has passed.
    pub(in crate::github) fn is_completed(&self, today: NaiveDate) -> bool {
        self.start + chrono::Duration::days(self.duration) <= today
    }
}

#[derive(Clone, Debug)]
pub(in crate::github) struct Item {
    pub(in crate::github) id: u64,
    pub(in crate::github) project: u64,
    pub(in crate::github) content: Content,
    pub(in crate::github) archived: bool,
    pub(in crate::github) creator: u64,
    pub(in crate::github) created: DateTime<Utc>,
    pub(in crate::github) updated: DateTime<Utc>,
    pub(in crate::github) values: BTreeMap<u64, FieldValue>,
    /// When each value was last written.
    pub(in crate::github) written: BTreeMap<u64, DateTime<Utc>>,
}

#[derive(Clone, Debug)]
pub(in crate::github) enum Content {
    Draft(Draft),
    /// An issue or a pull request, by its id.
    Issue(u64),
}

#[derive(Clone, Debug)]
pub(in crate::github) struct Draft {
    pub(in crate::github) title: String,
    pub(in crate::github) body: String,
    pub(in crate::github) assignees: Vec<u64>,
    pub(in crate::github) creator: u64,
    pub(in crate::github) created: DateTime<Utc>,
    pub(in crate::github) updated: DateTime<Utc>,
}

#[derive(Clone, Debug, PartialEq)]
pub(in crate::github) enum FieldValue {
    Text(String),
    Number(f64),
    Date(NaiveDate),
    /// An option by its id.
    Option(String),
    /// An iteration by its id.
    Iteration(String),
}
