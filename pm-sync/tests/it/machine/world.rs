//! Two model trackers, the humans who use them, and the engine between them.

use std::collections::{BTreeMap, BTreeSet};
use std::future::Future;
use std::pin::Pin;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll};
use std::time::Duration;

use chrono::{DateTime, Utc};
use futures_util::FutureExt;
use pm_provider::{BatchOperation, Clock as _, Item, ItemRef, PMTask, PmProvider};
use pm_sync::config::SyncConfig;
use pm_sync::engine::{Engine, EngineParts, Ids, RunOptions, RunReport, SideParts, SyncError};
use pm_sync::item::{ItemKey, Kind, Pair, Side};
use pm_sync::store::{Lease, LinkState, MemoryStore, SyncStore};
use pm_testkit::pair::{Blackout, Logged, ModelTracker, Script, VirtualClock};
use serde_json::{Value, json};

use super::facts::{Facts, Names, facts, name_of, tokens};
use super::planted::{Bug, Garden};
use super::seam::{ScriptedStore, shared};
use super::setup::Setup;

/// The mapping's id.
pub(crate) const MAPPING: &str = "m";
/// More points than this has no run that ends.
const POINTS: usize = 6_000;

/// Two trackers, and the engine between them.
#[derive(Clone, Debug)]
pub(crate) struct World {
    pub(crate) setup: Setup,
    pub(crate) clock: VirtualClock,
    pub(crate) trackers: Pair<ModelTracker>,
    pub(crate) store: MemoryStore,
    pub(crate) history: History,
    ids: Arc<CountedIds>,
    garden: Garden,
    workers: Arc<AtomicU64>,
}

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
    fn new_number(&mut self) -> usize {
        self.last_number += 1;
        self.last_number
    }

    /// The number of an item that is seen for the first time: that of what its name was written for.
    fn number_of_new(&mut self, item: &Item) -> usize {
        let known = tokens(name_of(item)).iter().find_map(|token| self.named.get(token).copied());
        known.unwrap_or_else(|| {
            self.strangers.push(format!("{:?}: {}", item.reference(), name_of(item)));
            self.new_number()
        })
    }

    fn name(&mut self, number: usize, text: &str) {
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

/// Ids that sort by their making, and are the same each time.
#[derive(Debug, Default)]
struct CountedIds(AtomicU64);

impl Ids for CountedIds {
    fn new_id(&self) -> String {
        format!("00000000-0000-7000-8000-{:012}", self.0.fetch_add(1, Ordering::SeqCst))
    }
}

/// How a run ended.
#[derive(Debug)]
pub(crate) enum Ended {
    /// With an answer.
    Answered(Box<Result<RunReport, SyncError>>),
    /// The process died.
    Died,
    /// It waits to be resumed.
    Paused,
}

/// A run of one process.
pub(crate) struct Process {
    pub(crate) script: Script,
    future: Pin<Box<dyn Future<Output = Result<RunReport, SyncError>>>>,
}

impl World {
    pub(crate) fn new(setup: &Setup, garden: Garden) -> Self {
        let clock = VirtualClock::new();
        let tracker = |name: &str, side: Side| {
            let mut vices = setup.vices.get(side).clone();
            vices.hasty |= garden.has(Bug::NoOverlap);
            vices.trusts_our_clock |= garden.has(Bug::OwnClock);
            ModelTracker::new(name, &clock, vices).unwrap()
        };
        let trackers = Pair::new(tracker("left", Side::A), tracker("right", Side::B));
        let logins = Pair::of(|side| {
            let of = |login: &str| (trackers.get(side).user(login).unwrap().into_string(), login.to_owned());
            ["sync", "ada", "bob", "eve"].into_iter().map(of).collect()
        });
        let notes = Notes { logins, ..Notes::default() };
        let history = History { clock: clock.clone(), notes: Arc::new(Mutex::new(notes)) };
        let store = MemoryStore::new(Arc::new(clock.clone()));
        let (ids, workers) = (Arc::default(), Arc::default());
        Self { setup: setup.clone(), clock, trackers, store, history, ids, garden, workers }
    }

    pub(crate) fn config(&self) -> &SyncConfig {
        &self.setup.config
    }

    /// Everything of one side.
    pub(crate) fn items(&self, side: Side) -> Vec<Item> {
        self.trackers.get(side).items()
    }

    /// A human does something on a side; what that changed is noted, wherever it is.
    pub(crate) fn human(&self, side: Side, operation: BatchOperation) {
        let before = self.image(side);
        let answer = self.trackers.get(side).human(operation);
        if answer.is_ok() {
            let after = self.image(side);
            self.note_changes(side, &before, &after);
        }
    }

    fn image(&self, side: Side) -> BTreeMap<ItemRef, Item> {
        let items = self.items(side);
        self.absorb();
        items.into_iter().map(|item| (item.reference(), item)).collect()
    }

    fn note_changes(&self, side: Side, before: &BTreeMap<ItemRef, Item>, after: &BTreeMap<ItemRef, Item>) {
        let event = self.clock.event();
        let mut notes = self.history.lock();
        for (reference, item) in after {
            if before.get(reference) == Some(item) {
                continue;
            }
            let number = match notes.numbers.get(&(side, reference.clone())) {
                Some(number) => *number,
                None => {
                    let number = notes.new_number();
                    notes.numbers.insert((side, reference.clone()), number);
                    number
                }
            };
            notes.name(number, name_of(item));
            let names = SideNames { side, notes: &notes };
            let was = before.get(reference).map(|item| facts(item, &names)).unwrap_or_default();
            let edits: Vec<_> = facts(item, &names)
                .into_iter()
                .filter(|(field, value)| was.get(field) != Some(value))
                .map(|(field, after)| {
                    let before = was.get(field).cloned().unwrap_or_default();
                    Edit { event, side, item: reference.clone(), number, field, before, after }
                })
                .collect();
            notes.edits.extend(edits);
        }
        for (reference, item) in before.iter().filter(|(reference, _)| !after.contains_key(reference)) {
            let Some(number) = notes.numbers.get(&(side, reference.clone())).copied() else { continue };
            let last = facts(item, &SideNames { side, notes: &notes });
            notes.gone.push(Gone { event, side, number, last });
        }
    }

    /// Takes in what the trackers were asked and did.
    pub(crate) fn absorb(&self) {
        for side in Side::BOTH {
            let known = self.history.lock().log.get(side).len();
            if self.trackers.get(side).log_len() == known {
                continue;
            }
            let news = self.trackers.get(side).log().split_off(known);
            let mut notes = self.history.lock();
            for entry in news {
                if let Some(made) =
                    entry.wrote.as_ref().filter(|wrote| wrote.is_create()).and_then(|wrote| wrote.after.as_ref())
                {
                    let number = notes.number_of_new(made);
                    notes.numbers.insert((side, made.reference()), number);
                }
                notes.log.get_mut(side).push(entry);
            }
        }
    }

    /// A process that runs the engine once.
    pub(crate) fn start(&self, script: Script, options: RunOptions) -> Process {
        let worker = format!("worker {}", self.workers.fetch_add(1, Ordering::SeqCst) + 1);
        script.limit(POINTS);
        let side = |side: Side, instance: &str| {
            let tracker = self.trackers.get(side);
            let provider: Arc<dyn PmProvider> = Arc::new(tracker.provider_for(worker.clone(), script.clone()));
            SideParts::new(provider, tracker.project().clone(), instance)
        };
        let store = ScriptedStore {
            inner: self.store.clone(),
            script: script.clone(),
            history: self.history.clone(),
            garden: self.garden.clone(),
        };
        let parts = EngineParts::new(
            MAPPING,
            side(Side::A, "left"),
            side(Side::B, "right"),
            shared(store),
            self.config().clone(),
        )
        .clock(Arc::new(self.clock.clone()))
        .ids(Arc::clone(&self.ids) as Arc<dyn Ids>)
        .owner(worker);
        self.garden.plant();
        let future = Box::pin(async move { Engine::new(parts).run(&options).await });
        Process { script, future }
    }

    /// Runs the engine once, by the script.
    pub(crate) fn run(&self, script: Script) -> Ended {
        self.run_with(script, RunOptions::new())
    }

    pub(crate) fn run_with(&self, script: Script, options: RunOptions) -> Ended {
        let mut process = self.start(script, options);
        loop {
            match self.go_on(&mut process) {
                Ended::Paused => process.script.resume(),
                ended => return ended,
            }
        }
    }

    /// Lets a process run until it ends, dies or pauses.
    pub(crate) fn go_on(&self, process: &mut Process) -> Ended {
        loop {
            match self.poll(process) {
                Some(ended) => return ended,
                None => continue,
            }
        }
    }

    /// Lets a process run until it gives way; `None` when it does.
    pub(crate) fn poll(&self, process: &mut Process) -> Option<Ended> {
        let mut context = Context::from_waker(futures_util::task::noop_waker_ref());
        let polled = process.future.as_mut().poll(&mut context);
        self.absorb();
        if polled.is_ready() || process.script.is_stopped() {
            self.history.lock().points.push(process.script.points());
        }
        match polled {
            Poll::Ready(answer) => Some(Ended::Answered(Box::new(answer))),
            Poll::Pending if process.script.has_no_end() => {
                let points = process.script.points();
                self.history.violate(format!("a run without an end: {:?}", &points[points.len().saturating_sub(40)..]));
                Some(Ended::Died)
            }
            Poll::Pending if process.script.is_stopped() => Some(Ended::Died),
            Poll::Pending if process.script.is_paused() => Some(Ended::Paused),
            Poll::Pending => None,
        }
    }

    /// From now on a side shows us nothing, or all again.
    pub(crate) fn black_out(&self, side: Side, blackout: Option<Blackout>) {
        if blackout == Some(Blackout::Half) {
            let now = self.clock.now();
            let mut notes = self.history.lock();
            notes.hidden = true;
            let since = *notes.hidden_since.get_mut(side).get_or_insert(now);
            if self.is_proof(since, now) {
                return;
            }
        }
        self.trackers.get(side).black_out(blackout);
    }

    /// The task that the engine changed with the last call of all, as it is now and as it was.
    pub(crate) fn just_changed(&self) -> Option<(Side, PMTask, PMTask)> {
        self.absorb();
        let notes = self.history.lock();
        let last = Side::BOTH.into_iter().filter_map(|side| Some((side, notes.log.get(side).last()?)));
        let (side, entry) = last.max_by_key(|(_, entry)| entry.event)?;
        let wrote = entry.wrote.as_ref()?;
        match (&wrote.after, &wrote.before) {
            (Some(Item::Task(after)), Some(Item::Task(before))) => Some((side, (**after).clone(), (**before).clone())),
            _ => None,
        }
    }

    /// A human decides a conflict that is left to people.
    pub(crate) fn decide(&self, pick: u8, winner: Side) {
        if let Some(conflict) = self.open_conflict(pick) {
            self.ask(self.store.resolve(MAPPING, &conflict.id, winner, "ada"));
        }
    }

    /// The ids of a task and of its twin.
    pub(crate) fn linked_task(&self, pick: u8) -> Option<Pair<Option<String>>> {
        let mut links = self.ask(self.store.links_after(MAPPING, Some(Kind::Task), None, usize::from(u8::MAX)));
        links.retain(|link| link.state == LinkState::Linked);
        let link = links.get(usize::from(pick) % links.len().max(1))?;
        Some(Pair::of(|side| link.item(side).map(|item| item.id)))
    }

    /// One of the conflicts that are left to people.
    pub(crate) fn open_conflict(&self, pick: u8) -> Option<pm_sync::store::Conflict> {
        let mut open = self.ask(self.store.conflicts(MAPPING, true));
        let count = open.len();
        (count > 0).then(|| open.swap_remove(usize::from(pick) % count))
    }

    /// Ends what hides single items.
    pub(crate) fn show_single_items(&self) {
        for side in Side::BOTH {
            if self.trackers.get(side).blackout() == Some(Blackout::Half) {
                self.black_out(side, None);
            }
        }
    }

    /// Whether what is hidden all the time in between is as good as deleted: no backend tells these apart.
    fn is_proof(&self, since: DateTime<Utc>, until: DateTime<Utc>) -> bool {
        (until - since).num_seconds().unsigned_abs() >= self.config().timing.proof
    }

    /// Time passes. Single items are not hidden for so long that they seem deleted.
    pub(crate) fn pass(&self, time: Duration) {
        let then = self.clock.now() + time;
        for side in Side::BOTH {
            let since = *self.history.lock().hidden_since.get(side);
            if since.is_some_and(|since| self.is_proof(since, then)) {
                self.show_single_items();
            }
        }
        self.clock.advance(time);
    }

    /// The answer of the store, which never waits.
    pub(crate) fn ask<T>(&self, answer: impl Future<Output = pm_sync::store::StoreResult<T>>) -> T {
        answer.now_or_never().unwrap().unwrap()
    }

    pub(crate) fn conflicts(&self) -> Vec<pm_sync::store::Conflict> {
        self.ask(self.store.conflicts(MAPPING, false))
    }

    /// How many writes reached both trackers so far, and how many calls.
    pub(crate) fn traffic(&self) -> (usize, Pair<usize>) {
        self.absorb();
        let notes = self.history.lock();
        let writes =
            Side::BOTH.iter().map(|side| notes.log.get(*side).iter().filter(|one| one.wrote.is_some()).count());
        (writes.sum(), Pair::of(|side| notes.log.get(side).len()))
    }

    /// The items of a side that have a number.
    pub(crate) fn by_number(&self, side: Side) -> BTreeMap<usize, Vec<Item>> {
        let items = self.items(side);
        self.absorb();
        let notes = self.history.lock();
        let mut found: BTreeMap<usize, Vec<Item>> = BTreeMap::new();
        for item in items {
            let number = notes.numbers.get(&(side, item.reference())).copied();
            found.entry(number.unwrap_or_default()).or_default().push(item);
        }
        found
    }

    /// All numbers.
    pub(crate) fn numbers(&self) -> BTreeSet<usize> {
        self.history.lock().numbers.values().copied().collect()
    }
}

/// A sequence once more, with what the trackers did: for whoever looks for the reason.
pub(crate) fn story(setup: &Setup, actions: &[super::action::Action], garden: Garden) -> String {
    let world = World::new(setup, garden);
    let mut lines = Vec::new();
    let mut known = Pair::new(0, 0);
    let mut processes = 0;
    for action in actions {
        action.happen(&world);
        lines.push(format!("    {action:?}"));
        world.absorb();
        let notes = world.history.lock();
        for points in &notes.points[processes..] {
            let points: Vec<_> =
                points.iter().enumerate().map(|(index, point)| format!("{}: {point}", index + 1)).collect();
            lines.push(format!("        passed {}", points.join(", ")));
        }
        processes = notes.points.len();
        for side in Side::BOTH {
            let log = notes.log.get(side);
            lines.extend(log[*known.get(side)..].iter().filter_map(|entry| told(side, entry)));
            *known.get_mut(side) = log.len();
        }
    }
    lines.join("\n")
}

fn told(side: Side, entry: &Logged) -> Option<String> {
    let wrote = entry.wrote.as_ref()?;
    let json = |item: &Option<Item>| serde_json::to_value(item).unwrap_or_default();
    let (before, after) = (json(&wrote.before), json(&wrote.after));
    let mut changes = Vec::new();
    for (_, after) in after.as_object().into_iter().flatten() {
        for (member, value) in after.as_object().into_iter().flatten() {
            let was = before.as_object().and_then(|one| one.values().next()).map(|one| &one[member]);
            if was != Some(value)
                && !value.is_null()
                && !["updated_at", "version", "created_at", "project_id", "visibility", "id"].contains(&member.as_str())
            {
                changes.push(format!("{member} {value}"));
            }
        }
    }
    let (event, caller, operation) = (entry.event, &entry.caller, &entry.operation);
    Some(format!(
        "        @{event} {caller} {operation} `{side}` {} {:?}: {}",
        wrote.item.id(),
        wrote.key,
        changes.join(", ")
    ))
}
