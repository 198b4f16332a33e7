//! How far two projects say the same: the gate before one of them is given up.

mod compare;
mod judge;
#[cfg(test)]
mod tests;
mod text;

use serde::Serialize;
use serde_json::Value;

use crate::item::{Kind, Pair};
use crate::record::FieldKey;
use crate::side::Row;

pub use compare::{Comparison, TwoRows};

/// How far two projects say the same, and where not.
///
/// As text: the percentage, then each list, shortened; everything is in the JSON.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[non_exhaustive]
pub struct ParityReport {
    /// What the sides are called.
    pub names: Pair<String>,
    /// How many items have a twin.
    pub pairs: u64,
    /// Items of side `A` that side `B` does not have.
    pub missing: Vec<Lone>,
    /// Items of side `B` that side `A` does not have.
    pub extra: Vec<Lone>,
    /// Fields of items with a twin that do not say the same.
    pub different: Vec<Difference>,
    /// Fields that are not synchronised, in how many items there is something in them, and why they are not.
    pub not_compared: Vec<NotCompared>,
    /// Items by side that the mapping leaves out on purpose: filtered out, or not for everybody to see.
    pub withheld: Pair<u64>,
    /// How many values were compared. An item without a twin counts with all fields of its kind.
    pub compared: u64,
    /// How many of them are equal.
    pub equal: u64,
    /// How many of a hundred are equal, rounded down to hundredths: 100 only if nothing is missing, extra or different.
    pub percent: f64,
}

/// An item, as people know it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Named {
    /// Its id.
    pub id: String,
    /// Its human key, where there is one.
    pub key: Option<String>,
    /// Its title or name, or how its text begins.
    pub title: String,
}

/// An item without a twin.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Lone {
    /// The kind of item.
    pub kind: Kind,
    /// The item.
    pub item: Named,
    /// Why it has none.
    pub why: Why,
}

/// A field that does not say the same on both sides.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Difference {
    /// The kind of item.
    pub kind: Kind,
    /// The item and its twin.
    pub items: Pair<Named>,
    /// The field.
    pub field: FieldKey,
    /// What stands on each side, in its own terms; `null` where it is unset.
    pub values: Pair<Value>,
    /// Why they differ.
    pub why: Why,
    /// More about why, for people.
    pub reason: Option<String>,
}

/// Why something is not the same on both sides.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Why {
    /// The value has no counterpart over there: an unknown person, a status of which nothing is said.
    NotMapped,
    /// The other side cannot take it.
    NotSupported,
    /// It waits to be synchronised.
    Lag,
    /// Nothing explains it.
    Different,
}

/// A field that is not synchronised.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct NotCompared {
    /// The kind of item.
    pub kind: Kind,
    /// The field.
    pub field: FieldKey,
    /// In how many items either side has something in it.
    pub items: u64,
    /// Why it is not synchronised.
    pub reason: String,
}

impl ParityReport {
    /// Whether so many of a hundred values are equal, at least.
    ///
    /// ```
    /// use pm_sync::report::ParityReport;
    /// assert!(!ParityReport::default().reaches(100.0), "nothing was compared yet");
    /// ```
    #[must_use]
    pub fn reaches(&self, percent: f64) -> bool {
        self.percent >= percent
    }

    /// How many differences there are: items without a twin, and fields that differ.
    #[must_use]
    pub fn differences(&self) -> usize {
        self.missing.len() + self.extra.len() + self.different.len()
    }
}

impl Named {
    /// Names the item of a row.
    #[must_use]
    pub fn of(row: &Row) -> Self {
        use pm_provider::Field::{Body, Name, Title};
        let words = [Title, Name, Body].into_iter().find_map(|field| row.record.get(&field.into()).as_str());
        let title = words.and_then(|words| words.lines().next()).unwrap_or_default();
        Self { id: row.item.id.clone(), key: row.key.clone(), title: title.to_owned() }
    }

    /// What people call it: its key, else its id.
    #[must_use]
    pub fn word(&self) -> &str {
        self.key.as_deref().unwrap_or(&self.id)
    }
}
