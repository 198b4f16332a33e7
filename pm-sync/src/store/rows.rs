//! The rows that the engine remembers.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::config::Mode;
use crate::item::{ItemKey, Kind, Pair, Side};
use crate::record::{FieldKey, Patch, Record};

/// The right to write for a mapping.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lease {
    /// The mapping.
    pub mapping: String,
    /// Who has it.
    pub owner: String,
    /// Counts the leases of the mapping: a later one fences this one.
    pub epoch: i64,
    /// Until when, by the store's clock.
    pub expires_at: DateTime<Utc>,
}

/// An item and its twin.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Link {
    /// A UUID of version 7.
    pub id: String,
    /// The kind of item.
    pub kind: Kind,
    /// The ids on both sides, as in [`ItemKey`]; one is missing where the twin is to be made again.
    pub ids: Pair<Option<String>>,
    /// Per side the values that were last agreed, in that side's terms; `None` where nothing is agreed yet.
    pub base: Pair<Option<Record>>,
    /// What was last seen of each side, to tell echoes from changes.
    pub seen: Pair<Option<Seen>>,
    /// Whether it lives.
    pub state: LinkState,
    /// Whether the item has a parent or a sprint whose twin is not there yet.
    pub pending_parent: bool,
    /// Fields that a person has to decide.
    pub parked: BTreeMap<FieldKey, Parked>,
    /// A side on which the item was missing, and since when.
    pub absence: Option<Absence>,
    /// How often a twin was made again after it had been deleted: part of the mark of the next one.
    #[serde(default)]
    pub attempt: u32,
    /// When it was made.
    pub created_at: DateTime<Utc>,
}

impl Link {
    /// The item on a side.
    #[must_use]
    pub fn item(&self, side: Side) -> Option<ItemKey> {
        self.ids.get(side).as_ref().map(|id| ItemKey::new(self.kind, id.clone()))
    }
}

/// What was last seen of an item on a side.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Seen {
    /// The digest of its fields.
    pub hash: String,
    /// Its version, where the backend has a lock.
    #[serde(default)]
    pub version: Option<String>,
    /// When it last changed by its server's clock, our own writes to it and its comments included.
    #[serde(default)]
    pub at: Option<DateTime<Utc>>,
}

/// Whether a link lives.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LinkState {
    /// Both items are kept in step.
    Linked,
    /// One of them is gone for good; remembered for a while, so that a late twin is not made again.
    Tombstoned,
    /// The item left the filter or is not to be synchronised any more.
    Released,
}

/// A field that a person has to decide.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Parked {
    /// The conflict's id.
    pub conflict: String,
    /// The values that stand against each other.
    pub values: Pair<Value>,
    /// What the person decided, until it is done.
    #[serde(default)]
    pub winner: Option<Side>,
}

/// An item was missing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Absence {
    /// The side on which it was; none where it was missing on both.
    pub side: Option<Side>,
    /// When it was first missing, by our clock.
    pub since: DateTime<Utc>,
}

/// An item that has to be looked at.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Work {
    /// The side on which it was seen.
    pub side: Side,
    /// The item.
    pub item: ItemKey,
    /// Counts how often it was written down: clearing needs the one that was seen.
    pub generation: i64,
    /// Why it is to be looked at.
    pub reason: WorkReason,
    /// Smaller is more pressing.
    pub priority: i32,
    /// How often it failed in a row.
    pub attempts: u32,
    /// Not before this time, by our clock.
    pub not_before: Option<DateTime<Utc>>,
    /// The last failure; with no `not_before` it is in quarantine.
    pub last_error: Option<String>,
}

impl Work {
    /// Work that is due at once.
    #[must_use]
    pub fn new(side: Side, item: ItemKey, reason: WorkReason) -> Self {
        Self { side, item, generation: 0, reason, priority: 0, attempts: 0, not_before: None, last_error: None }
    }

    /// Whether only a person makes it due again.
    #[must_use]
    pub fn is_quarantined(&self) -> bool {
        self.not_before.is_none() && self.last_error.is_some()
    }
}

/// Why an item is looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum WorkReason {
    /// A feed or a listing showed it.
    Changed,
    /// A feed said that it is gone.
    Deleted,
    /// It was not in a listing of all ids.
    Missing,
    /// A write to it was in doubt.
    Doubt,
    /// Something that it refers to has a twin now.
    Reference,
    /// A person asked.
    Asked,
}

/// A write that is about to be sent.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Intent {
    /// A UUID of version 7.
    pub id: String,
    /// What is done.
    pub op: IntentOp,
    /// The side that is written to.
    pub side: Side,
    /// Creates: the item on the other side that gets a twin. Else: the item that is written.
    pub item: ItemKey,
    /// The link; a create has the id that its link will have.
    pub link: String,
    /// The mark of a create: its idempotency key.
    #[serde(default)]
    pub mark: Option<String>,
    /// What is sent, in the terms of the side that is written to.
    pub sent: Patch,
    /// What a read will show of it afterwards, in the same terms.
    pub expected: Patch,
    /// What both bases will be once it is done.
    pub base: Pair<Patch>,
    /// Creates: what was seen of the item that gets a twin.
    #[serde(default)]
    pub source_seen: Option<Seen>,
    /// When it was written down, by our clock.
    pub sent_at: DateTime<Utc>,
    /// Until when the server can still be at it, by our clock.
    pub deadline_at: DateTime<Utc>,
    /// The epoch of the lease under which it was sent.
    pub epoch: i64,
}

/// What an intent does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum IntentOp {
    /// Makes a twin.
    Create,
    /// Changes fields.
    Update,
    /// Gives an item up whose twin is gone, by changing fields.
    Archive,
    /// Deletes.
    Delete,
}

/// Two values that stood against each other, kept for ever.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Conflict {
    /// A UUID of version 7.
    pub id: String,
    /// The link.
    pub link: String,
    /// The kind of item.
    pub kind: Kind,
    /// The ids on both sides.
    pub ids: Pair<Option<String>>,
    /// The field; `None` where it is about the whole item.
    pub field: Option<FieldKey>,
    /// What came about.
    pub cause: Cause,
    /// What was last agreed, in the terms of each side.
    pub base: Pair<Value>,
    /// What stood on each side, in that side's terms.
    pub values: Pair<Value>,
    /// Whose value won; `None` while a person has to decide.
    pub winner: Option<Side>,
    /// What decided: the policy's word, or who.
    pub decided_by: Option<String>,
    /// When it was found, by our clock.
    pub found_at: DateTime<Utc>,
    /// When it was decided, by our clock.
    pub resolved_at: Option<DateTime<Utc>>,
}

/// How a conflict came about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Cause {
    /// Both sides changed the field.
    BothEdited,
    /// The side that is only written to was edited over there.
    EditedCopy,
    /// Both items were there before they were linked, and differ.
    NeverAgreed,
    /// One side deleted what the other one edited.
    DeletedEdited,
    /// The backend stored something else than it was sent and than it had said it would.
    Normalised,
    /// A write in doubt may have overwritten it.
    InDoubt,
}

/// What was done, for people and for taking it back. Only ever added.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Event {
    /// A UUID of version 7.
    pub id: String,
    /// The run.
    pub run: String,
    /// The link.
    pub link: String,
    /// The side that was written to.
    pub side: Side,
    /// The item that was written.
    pub item: Option<ItemKey>,
    /// What was done: `create`, `update`, `delete`, `link`, `unlink`, `adopt`.
    pub op: String,
    /// The fields before.
    pub before: Patch,
    /// The fields afterwards.
    pub after: Patch,
    /// The intent.
    pub intent: Option<String>,
    /// When, by our clock.
    pub at: DateTime<Utc>,
}

/// How the reading of a side stands.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct SideState {
    /// Where the feed goes on.
    pub cursor: Option<String>,
    /// Up to when everything was seen, by the server's clock.
    pub high_water: Option<DateTime<Utc>>,
    /// When everything was last listed to the end, by our clock.
    pub full_scan_at: Option<DateTime<Utc>>,
    /// When all ids were last compared, by our clock.
    pub reconciled_at: Option<DateTime<Utc>>,
    /// The settings under which it was read.
    pub config_hash: Option<String>,
    /// Who we were.
    pub account: Option<String>,
    /// When we last asked who we are, by our clock.
    pub account_at: Option<DateTime<Utc>>,
}

/// One person on both sides.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct UserLink {
    /// The ids on both sides.
    pub ids: Pair<String>,
    /// How they were found to be one.
    pub how: UserMatch,
}

/// How two accounts were found to be one person.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum UserMatch {
    /// The mapping says so.
    Explicit,
    /// The same e-mail address, which nobody else has.
    Email,
    /// The same login, which nobody else has.
    Login,
}

/// One run.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Run {
    /// A UUID of version 7.
    pub id: String,
    /// The mode.
    pub mode: Mode,
    /// The digest of the field plan.
    pub plan_hash: String,
    /// What it is at, or was when it ended.
    pub phase: RunPhase,
    /// Counters by name: `created`, `updated`, `deleted`, `conflicts`, `quarantined`, …
    pub counters: BTreeMap<String, u64>,
    /// Requests, or calls where requests are not counted, by side.
    pub calls: Pair<u64>,
    /// When it began, by our clock.
    pub started_at: DateTime<Utc>,
    /// When it ended, by our clock.
    pub ended_at: Option<DateTime<Utc>>,
    /// How it ended: `done`, `needs_approval`, or the error.
    pub outcome: Option<String>,
}

/// What a run is at.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum RunPhase {
    /// Takes the lease and looks whether both sides are what they were.
    Starting,
    /// Settles what was in doubt.
    Recovering,
    /// Reads what changed.
    Pulling,
    /// Writes.
    Working,
    /// Looks for deletions.
    Reconciling,
    /// It is over.
    Ended,
}

/// All of a mapping that a plan has to know.
#[derive(Clone, Debug, Default, PartialEq)]
#[non_exhaustive]
pub struct Image {
    /// The links.
    pub links: Vec<Link>,
    /// The work.
    pub work: Vec<Work>,
    /// The intents.
    pub intents: Vec<Intent>,
    /// How the reading stands.
    pub states: Pair<Option<SideState>>,
    /// Who is who.
    pub users: Vec<UserLink>,
}
