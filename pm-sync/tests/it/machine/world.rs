//! Two model trackers, the humans who use them, and the engine between them.

use std::collections::{BTreeMap, BTreeSet};
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::task::{Context, Poll};
use std::time::Duration;

use chrono::{DateTime, Utc};
use futures_util::FutureExt;
use pm_provider::{BatchOperation, Clock as _, Item, ItemRef, PMTask, PmProvider};
use pm_sync::config::SyncConfig;
use pm_sync::engine::{Engine, EngineParts, Ids, RunOptions, RunReport, SideParts, SyncError};
use pm_sync::item::{Kind, Pair, Side};
use pm_sync::store::{LinkState, MemoryStore, SyncStore};
use pm_testkit::pair::{Blackout, ModelTracker, Script, VirtualClock};

use super::facts::{facts, name_of};
use super::history::{Edit, Gone, History, SideNames};
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
        let history = History::new(clock.clone(), logins);
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
