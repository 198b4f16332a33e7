//! What happened so far, as an observer who sees everything notes it.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use chrono::{DateTime, Utc};
use pm_provider::{Item, ItemRef};
use pm_sync::item::{ItemKey, Pair, Side};
use pm_sync::store::Lease;
use pm_testkit::pair::{Logged, VirtualClock};
use serde_json::{Value, json};

use super::facts::{Facts, Names, name_of, tokens};

/// What a human changed in one field.
#[derive(Clone, Debug)]
pub(crate) struct Edit {
    pub(crate) event: u64,
    pub(crate) side: Side,
    pub(crate) item: ItemRef,
    /// The number of the item, which its twins share.
    pub(crate) number: usize,
    pub(crate) field: &'static str,
    pub(crate) before: Value,
    pub(crate) after: Value,
}

/// An item that a human deleted.
#[derive(Clone, Debug)]
pub(crate) struct Gone {
    pub(crate) event: u64,
    pub(crate) side: Side,
    pub(crate) number: usize,
    pub(crate) last: Facts,
}

/// What happened so far, as an observer who sees everything notes it.
#[derive(Clone, Debug)]
pub(crate) struct History {
    clock: VirtualClock,
    notes: Arc<Mutex<Notes>>,
}

#[derive(Debug, Default)]
pub(crate) struct Notes {
    pub(crate) edits: Vec<Edit>,
    pub(crate) gone: Vec<Gone>,
    /// The number of each item that there ever was.
    pub(crate) numbers: BTreeMap<(Side, ItemRef), usize>,
    /// Which item a token names.
    named: BTreeMap<String, usize>,
    /// What the engine made and had no reason to: nothing in it was ever written by a human.
    pub(crate) strangers: Vec<String>,
    pub(crate) begun: Vec<(u64, Side, ItemKey)>,
    pub(crate) log: Pair<Vec<Logged>>,
    logins: Pair<BTreeMap<String, String>>,
    last_token: u32,
    last_number: usize,
    lease: Option<Lease>,
    /// The points of each process that is over.
    pub(crate) points: Vec<Vec<String>>,
    /// Whether single items were hidden for a while: when they are back, no feed says so.
    pub(crate) hidden: bool,
    /// Since when that is so, by our clock.
    pub(crate) hidden_since: Pair<Option<DateTime<Utc>>>,
    /// Something that must not be, noted when it was.
    pub(crate) violations: Vec<String>,
}

impl History {
    /// Nothing has happened yet. Each side has logins of its own, by id.
    pub(super) fn new(clock: VirtualClock, logins: Pair<BTreeMap<String, String>>) -> Self {
        let notes = Notes { logins, ..Notes::default() };
        Self { clock, notes: Arc::new(Mutex::new(notes)) }
    }

    pub(crate) fn lock(&self) -> MutexGuard<'_, Notes> {
        self.notes.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn note_lease(&self, lease: &Lease) {
        self.lock().lease = Some(lease.clone());
    }

    pub(crate) fn present_lease(&self) -> Option<Lease> {
        self.lock().lease.clone()
    }

    pub(crate) fn note_begin(&self, written: Vec<(Side, ItemKey)>) {
        let event = self.clock.event();
        self.lock().begun.extend(written.into_iter().map(|(side, item)| (event, side, item)));
    }

    pub(crate) fn violate(&self, what: impl Into<String>) {
        self.lock().violations.push(what.into());
    }

    /// A word that no human ever wrote.
    pub(crate) fn token(&self) -> String {
        let mut notes = self.lock();
        notes.last_token += 1;
        format!("t{:05}", notes.last_token)
    }
}

impl Notes {
    pub(super) fn new_number(&mut self) -> usize {
        self.last_number += 1;
        self.last_number
    }

    /// The number of an item that is seen for the first time: that of what its name was written for.
    pub(super) fn number_of_new(&mut self, item: &Item) -> usize {
        let known = tokens(name_of(item)).iter().find_map(|token| self.named.get(token).copied());
        known.unwrap_or_else(|| {
            self.strangers.push(format!("{:?}: {}", item.reference(), name_of(item)));
            self.new_number()
        })
    }

    pub(super) fn name(&mut self, number: usize, text: &str) {
        for token in tokens(text) {
            self.named.entry(token).or_insert(number);
        }
    }
}

/// One side's words for what its items point to.
pub(crate) struct SideNames<'n> {
    pub(crate) side: Side,
    pub(crate) notes: &'n Notes,
}

impl Names for SideNames<'_> {
    fn login(&self, id: &str) -> String {
        self.notes.logins.get(self.side).get(id).cloned().unwrap_or_else(|| format!("unknown {id}"))
    }

    fn number(&self, item: &ItemRef) -> Value {
        self.notes.numbers.get(&(self.side, item.clone())).map_or(json!("unknown"), |number| json!(number))
    }
}
