//! What a row says, in the terms of the contract but for ids: people, sprints and parents are still named by their source.

use chrono::{DateTime, NaiveDate, Utc};
use pm_core::{CustomFields, Hours, PriorityRef, RawData, SprintStatusCategory, StatusRef};

/// Why a row cannot come in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Reason {
    /// What it is counted under; one of a few.
    pub(crate) kind: &'static str,
    /// What a person reads behind `line 12: `.
    pub(crate) message: String,
}

impl Reason {
    pub(crate) fn new(kind: &'static str, message: impl Into<String>) -> Self {
        Self { kind, message: message.into() }
    }
}

/// A task as its row tells it.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct TaskRow {
    /// What tells the row apart from all others of its source.
    pub(crate) key: String,
    /// The number that people use, where the source has one.
    pub(crate) number: Option<u64>,
    pub(crate) title: String,
    pub(crate) description: Option<String>,
    pub(crate) status: Option<StatusRef>,
    pub(crate) priority: Option<PriorityRef>,
    pub(crate) labels: Vec<String>,
    pub(crate) assignees: Vec<PersonRow>,
    pub(crate) author: Option<PersonRow>,
    pub(crate) sprint: Option<SprintRow>,
    /// The source key of the task that it is a part of.
    pub(crate) parent: Option<String>,
    pub(crate) task_type: Option<String>,
    pub(crate) start_date: Option<NaiveDate>,
    pub(crate) due_date: Option<NaiveDate>,
    pub(crate) estimated_hours: Option<Hours>,
    pub(crate) actual_hours: Option<Hours>,
    pub(crate) created_at: Option<DateTime<Utc>>,
    pub(crate) completed_at: Option<DateTime<Utc>>,
    pub(crate) url: Option<String>,
    pub(crate) custom_fields: CustomFields,
}

/// A person as a row names one.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct PersonRow {
    /// What tells the person apart from all others of the source.
    pub(crate) key: String,
    pub(crate) login: String,
    pub(crate) email: Option<String>,
    pub(crate) avatar_url: Option<String>,
    pub(crate) raw: RawData,
}

/// A sprint as a row names one.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct SprintRow {
    /// What tells the sprint apart from all others of the source.
    pub(crate) key: String,
    pub(crate) name: String,
    /// Whether the name is all that the source says: a sprint of the same name is then the same one.
    pub(crate) only_named: bool,
    pub(crate) status: Option<SprintStatusCategory>,
    pub(crate) goal: Option<String>,
    pub(crate) end_date: Option<NaiveDate>,
    pub(crate) created_at: Option<DateTime<Utc>>,
    pub(crate) url: Option<String>,
    pub(crate) raw: RawData,
}
