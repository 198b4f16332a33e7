//! An item as it was read.

use chrono::{DateTime, Utc};
use pm_provider::RawData;

use crate::item::ItemKey;
use crate::record::Record;
use crate::store::Seen;

/// An item as it was read from a side.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Row {
    /// Its name on that side.
    pub item: ItemKey,
    /// Its fields, in that side's terms: those that are merged. Of a comment also `author_name` and `created_at`.
    pub record: Record,
    /// What tells it from itself before and after a change.
    pub seen: Seen,
    /// The human key: `WEB-12`, `owner/repo#7`.
    pub key: Option<String>,
    /// Where people open it.
    pub url: Option<String>,
    /// When it was made, by the server's clock.
    pub created_at: Option<DateTime<Utc>>,
    /// Who made it, by the side's id.
    pub author: Option<String>,
    /// Whether not everybody may see it.
    pub restricted: bool,
    /// Whether it is in another project now.
    pub elsewhere: bool,
    /// What its twin is told once, when it is made, where the other side takes that.
    pub told: Told,
}

impl Row {
    /// An item of which no more is known than its fields.
    #[must_use]
    pub fn new(item: ItemKey, record: Record, seen: Seen) -> Self {
        Self {
            item,
            record,
            seen,
            key: None,
            url: None,
            created_at: None,
            author: None,
            restricted: false,
            elsewhere: false,
            told: Told::default(),
        }
    }
}

/// What a twin is told once, when it is made.
#[derive(Clone, Debug, Default, PartialEq)]
#[non_exhaustive]
pub struct Told {
    /// When it was done or given up, by the server's clock.
    pub completed_at: Option<DateTime<Utc>>,
    /// The backend's own JSON.
    pub raw: RawData,
}
