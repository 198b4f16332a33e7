//! What a mapping says about itself: `project_sync_mappings.sync_config`.

mod timing;

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use pm_provider::{Error, Result, StatusCategory};
use serde::{Deserialize, Serialize};

use crate::item::{Kind, Side};
use crate::record::FieldKey;

pub use timing::Timing;

/// How the two projects of a mapping are kept in step. Every member has a default; unknown ones are refused.
///
/// ```
/// use pm_sync::config::{Mode, SyncConfig};
/// let config = SyncConfig::from_json(&serde_json::json!({"mode": "shadow", "fields": {"title": "newest"}}))?;
/// assert_eq!(config.mode, Mode::Shadow);
/// # Ok::<(), pm_provider::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[non_exhaustive]
pub struct SyncConfig {
    /// Who may write where.
    pub mode: Mode,
    /// Whose value wins where nothing else decides; also who is copied from in `shadow` and `mirror_in`.
    pub primary: Primary,
    /// How conflicts are decided in fields of which `fields` says nothing; unset, each field has a default of its own.
    pub policy: Option<Policy>,
    /// How conflicts are decided, by field. `ignored` leaves the field alone on both sides.
    pub fields: BTreeMap<FieldKey, FieldChoice>,
    /// What becomes of an item whose twin was deleted.
    pub deletions: Deletions,
    /// The kinds of items that are synchronised.
    pub kinds: Vec<Kind>,
    /// Whether relations between tasks are.
    pub relations: bool,
    /// People of the other side by login or e-mail, by login or e-mail of ours.
    pub users: BTreeMap<String, String>,
    /// Names of statuses over there, by names here.
    pub statuses: BTreeMap<String, String>,
    /// Names of priorities over there, by names here.
    pub priorities: BTreeMap<String, String>,
    /// Which tasks; empty means all.
    pub filter: TaskFilter,
    /// Whether what not everybody may see crosses as well.
    pub include_restricted: bool,
    /// Whether items that are on both sides already are found and linked before anything is created.
    pub matching: Matching,
    /// How many items are written at the same time.
    pub parallel: usize,
    /// Times and pauses.
    pub timing: Timing,
}

impl Default for SyncConfig {
    fn default() -> Self {
        Self {
            mode: Mode::default(),
            primary: Primary::default(),
            policy: None,
            fields: BTreeMap::new(),
            deletions: Deletions::default(),
            kinds: Kind::ALL.to_vec(),
            relations: true,
            users: BTreeMap::new(),
            statuses: BTreeMap::new(),
            priorities: BTreeMap::new(),
            filter: TaskFilter::default(),
            include_restricted: false,
            matching: Matching::default(),
            parallel: 4,
            timing: Timing::default(),
        }
    }
}

impl SyncConfig {
    /// Reads the settings of a mapping.
    ///
    /// # Errors
    /// `Configuration` that names the member and what is allowed.
    pub fn from_json(json: &serde_json::Value) -> Result<Self> {
        if json.is_null() {
            return Ok(Self::default());
        }
        serde_json::from_value(json.clone())
            .map_err(|error| Error::configuration(format!("`sync_config` of the mapping is wrong: {error}")))
    }

    /// A short text that changes with whatever decides which items and fields are synchronised, and how.
    #[must_use]
    pub fn digest(&self) -> String {
        let essence = Self { timing: Timing::default(), parallel: 0, ..self.clone() };
        let mut json = serde_json::to_value(&essence).unwrap_or_default();
        json.sort_all_objects();
        crate::record::Record::new().with(pm_provider::Field::Body, json.to_string()).digest()
    }

    /// Whether the engine may write to a side.
    #[must_use]
    pub fn writes(&self, side: Side) -> bool {
        match self.mode {
            Mode::Observe => false,
            Mode::Bidirectional => true,
            Mode::Shadow => side == Side::B,
            Mode::MirrorIn => side == Side::A,
        }
    }

    /// The side whose value wins where nothing else decides.
    #[must_use]
    pub fn primary_side(&self) -> Side {
        match (self.mode, self.primary) {
            (Mode::Shadow, _) | (_, Primary::Internal) if self.mode != Mode::MirrorIn => Side::A,
            _ => Side::B,
        }
    }
}

/// Who may write where.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Mode {
    /// Reads both sides and reports; writes to neither.
    #[default]
    Observe,
    /// The internal side is copied outward; edits over there become conflicts.
    Shadow,
    /// The external side is copied inward; edits here become conflicts.
    MirrorIn,
    /// Both ways.
    Bidirectional,
}

/// Which side breaks ties.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Primary {
    /// Side `A`: the internal database.
    #[default]
    Internal,
    /// Side `B`: the connection.
    External,
}

/// How a field is decided that was changed on both sides.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Policy {
    /// The primary side's value.
    Primary,
    /// The internal side's value.
    Internal,
    /// The external side's value.
    External,
    /// That of the item that was changed later by the servers' times, if they are more than five seconds apart; else the
    /// primary side's.
    Newest,
    /// Both changes where they can be made together (members of sets, lines of texts); else the primary side's.
    Merge,
    /// A person decides: the field is left alone on both sides until then.
    Manual,
}

/// What a mapping says of one field.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(
    untagged,
    expecting = "a field takes `primary`, `internal`, `external`, `newest`, `merge`, `manual` or `ignored`"
)]
pub enum FieldChoice {
    /// How conflicts are decided.
    Policy(Policy),
    /// The field is left alone.
    Left(Left),
}

/// The word for a field that is left alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Left {
    /// Left alone on both sides.
    Ignored,
}

/// What becomes of an item whose twin was deleted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Deletions {
    /// It stays and gets the status of what was given up (a task) or is over (a sprint); a comment stays as it is.
    #[default]
    Archive,
    /// It is deleted as well.
    Delete,
    /// It stays, and is not synchronised any more.
    Unlink,
    /// A person decides.
    Manual,
}

/// How items that are on both sides already are found.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Matching {
    /// By marks alone: what an engine made before.
    #[default]
    Marks,
    /// By marks, then by what is the same beyond doubt (key, address, title and time); unsure pairs are quarantined.
    Content,
}

/// Which tasks are synchronised. Those that leave the filter are kept on both sides.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[non_exhaustive]
pub struct TaskFilter {
    /// Only tasks in one of these categories; none means any.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub statuses: Vec<StatusCategory>,
    /// Only tasks that were created at this time or later.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub since: Option<DateTime<Utc>>,
    /// Only tasks that have all of these labels.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub labels: Vec<String>,
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn a_wrong_word_is_told_what_there_is() {
        let error = SyncConfig::from_json(&serde_json::json!({"fields": {"title": "loudest"}})).unwrap_err();
        assert!(error.message().contains("`newest`") && error.message().contains("`ignored`"), "{error}");
    }
}
