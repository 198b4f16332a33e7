//! One run: what it works on, what it has counted, and the order of its steps.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use chrono::{DateTime, TimeDelta, Utc};
use tokio::sync::watch;

use super::ending::Deletion;
use super::error::{SyncError, SyncResult};
use super::options::RunOptions;
use super::pairing::Listed;
use super::progress::{Counters, RunProgress, RunReport};
use super::terms::Terms;
use super::{Engine, EngineParts};
use crate::config::{Mode, SyncConfig};
use crate::item::{ItemKey, Pair, Side};
use crate::side::{Row, Tracker};
use crate::store::{Event, Intent, Lease, Run, RunPhase, SideState, StoreResult, SyncStore};

/// Within how many seconds after it was written down a write is sent.
const START: u64 = 5;
/// The same of the last one of several that are sent with one call, at most.
const START_OF_MANY: u64 = 20;

/// One run.
pub(super) struct Session<'e> {
    pub(super) parts: &'e EngineParts,
    pub(super) sides: Pair<Tracker>,
    pub(super) options: &'e RunOptions,
    progress: &'e watch::Sender<RunProgress>,
    notes: Mutex<Notes>,
    /// Whether people were found whom we did not know; `None` until they are looked up.
    pub(super) found_people: futures_util::lock::Mutex<Option<bool>>,
}

/// What a run knows and has counted.
pub(super) struct Notes {
    lease: Lease,
    /// When the lease was taken or renewed, by our clock, read before it was asked for.
    leased_at: DateTime<Utc>,
    pub(super) run: Run,
    pub(super) progress: RunProgress,
    pub(super) warnings: BTreeSet<String>,
    pub(super) states: Pair<SideState>,
    /// The same as the store has it.
    pub(super) stored: Pair<Option<SideState>>,
    /// Sides that are read from the very beginning: nothing is deleted then, and marks are looked for.
    pub(super) full: Pair<bool>,
    /// Sides that show none of the tasks that we know: what cannot be found there may be there all the same.
    pub(super) dark: Pair<bool>,
    /// What was read in this run.
    pub(super) fresh: HashMap<(Side, ItemKey), Row>,
    /// Items with a write in doubt, until when that is so.
    pub(super) doubts: HashMap<(Side, ItemKey), DateTime<Utc>>,
    /// Items that people have to decide about, and why.
    pub(super) undecided: HashMap<(Side, ItemKey), String>,
    /// Creates that may have been made and are not found yet, by the intent's id.
    pub(super) creating: BTreeMap<String, Intent>,
    /// How often an item was planned in this run.
    pub(super) rounds: HashMap<(Side, ItemKey), u32>,
    pub(super) terms: Option<Arc<Terms>>,
    /// What people are called on each side, where they were looked up.
    pub(super) people: Pair<BTreeMap<String, String>>,
    /// Deletions that are proven, by link: the side that is written to.
    pub(super) deletions: BTreeMap<String, Deletion>,
    pub(super) needs_approval: usize,
    /// Whether tasks got twins in this run.
    pub(super) linked_tasks: bool,
    /// Items whose marks were looked for already.
    pub(super) marks_asked: HashSet<(Side, ItemKey)>,
    /// What was read from the very beginning, for pairing.
    pub(super) listed: Listed,
    /// What was made in this run.
    pub(super) made: HashSet<(Side, ItemKey)>,
    /// Tasks that were worked on in this run.
    pub(super) touched: HashSet<(Side, ItemKey)>,
    /// What a write named in vain: it is not shown. Nothing is hung from it in this run.
    pub(super) unseen: HashSet<(Side, ItemKey)>,
    /// What was missing and is shown again.
    pub(super) back: HashSet<(Side, ItemKey)>,
    /// Sides with tasks that were written in this run.
    pub(super) wrote: Pair<bool>,
    /// Sides whose feed was read once more after that.
    pub(super) read_twice: Pair<bool>,
    /// When tasks whose comments have to be read were last touched, by their side's clock.
    pub(super) touched_at: HashMap<(Side, ItemKey), DateTime<Utc>>,
}

impl<'e> Session<'e> {
    pub(super) fn new(
        parts: &'e EngineParts,
        progress: &'e watch::Sender<RunProgress>,
        lease: Lease,
        options: &'e RunOptions,
        recording: bool,
    ) -> Self {
        let now = parts.clock.now();
        let sides = Pair::of(|side| {
            let side = parts.sides.get(side);
            let tracker = Tracker::new(Arc::clone(&side.provider), side.project.clone());
            if recording { tracker.recording() } else { tracker }
        });
        let run = Run {
            id: parts.ids.new_id(),
            mode: parts.config.mode,
            plan_hash: parts.config.digest(),
            phase: RunPhase::Starting,
            counters: Counters::new(),
            calls: Pair::default(),
            started_at: now,
            ended_at: None,
            outcome: None,
        };
        Self {
            parts,
            sides,
            options,
            progress,
            notes: Mutex::new(Notes::new(lease, now, run)),
            found_people: futures_util::lock::Mutex::default(),
        }
    }

    /// Everything, in order.
    pub(super) async fn run(&self) -> SyncResult<()> {
        // A run that was cut off may have made links whose children it did not come to.
        let last = self.store().runs(self.mapping(), 1).await?;
        let ended = |run: &Run| matches!(run.outcome.as_deref(), Some("done" | "needs_approval"));
        self.notes().linked_tasks = !last.iter().all(ended);
        self.phase(RunPhase::Starting).await?;
        self.look().await?;
        if self.config().mode == Mode::Observe {
            return Ok(());
        }
        self.phase(RunPhase::Recovering).await?;
        self.recover().await?;
        self.phase(RunPhase::Pulling).await?;
        for side in Side::BOTH {
            self.pull(side).await?;
        }
        self.pair_content().await?;
        self.reconcile().await?;
        self.phase(RunPhase::Working).await?;
        self.work().await?;
        self.relate().await?;
        // What was edited or has contents is made again instead.
        if self.delete_proven().await? {
            self.work().await?;
            self.relate().await?;
        }
        Ok(())
    }

    /// Writes down how it ended and gives the lease back.
    pub(super) async fn end(&self, ended: SyncResult<()>) -> SyncResult<RunReport> {
        let outcome = match &ended {
            Ok(()) if self.notes().needs_approval > 0 => "needs_approval".to_owned(),
            Ok(()) => "done".to_owned(),
            Err(error) => error.to_string(),
        };
        let run = {
            let mut notes = self.notes();
            notes.run.ended_at = Some(self.now());
            notes.run.outcome = Some(outcome);
            notes.run.phase = RunPhase::Ended;
            notes.run.calls = self.calls();
            notes.run.clone()
        };
        let lease = self.notes().lease.clone();
        let written = match ended {
            Err(SyncError::LeaseLost) => Err(SyncError::LeaseLost),
            ended => {
                let saved = self.parts.store.save_run(&lease, &run).await;
                let released = self.parts.store.release(&lease).await;
                ended.and(saved.and(released).map_err(SyncError::from))
            }
        };
        self.show();
        written.map(|()| self.report(run))
    }

    fn report(&self, run: Run) -> RunReport {
        let notes = self.notes();
        RunReport {
            run,
            minimum_calls: notes.progress.minimum_calls,
            warnings: notes.warnings.iter().cloned().collect(),
            needs_approval: notes.needs_approval,
            waiting_until: notes.progress.waiting_until,
        }
    }

    pub(super) fn notes(&self) -> MutexGuard<'_, Notes> {
        self.notes.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn store(&self) -> &dyn SyncStore {
        &*self.parts.store
    }

    pub(super) fn config(&self) -> &SyncConfig {
        &self.parts.config
    }

    pub(super) fn mapping(&self) -> &str {
        &self.parts.mapping
    }

    pub(super) fn now(&self) -> DateTime<Utc> {
        self.parts.clock.now()
    }

    pub(super) fn side(&self, side: Side) -> &Tracker {
        self.sides.get(side)
    }

    pub(super) fn instance(&self, side: Side) -> &str {
        Engine::instance(self.parts, side)
    }

    pub(super) fn lease(&self) -> Lease {
        self.notes().lease.clone()
    }

    pub(super) fn new_id(&self) -> String {
        self.parts.ids.new_id()
    }

    fn calls(&self) -> Pair<u64> {
        Pair::of(|side| self.side(side).calls())
    }

    async fn phase(&self, phase: RunPhase) -> SyncResult<()> {
        let run = {
            let mut notes = self.notes();
            notes.run.phase = phase;
            notes.progress.phase = Some(phase);
            notes.run.clone()
        };
        self.show();
        if phase == RunPhase::Starting {
            self.store().save_run(&self.lease(), &run).await?;
        }
        Ok(())
    }

    /// Shows how the run stands to whoever looks.
    pub(super) fn show(&self) {
        let calls = self.calls();
        let mut notes = self.notes();
        notes.progress.calls = calls;
        let progress = notes.progress.clone();
        drop(notes);
        self.progress.send_replace(progress);
    }

    /// Makes sure that the lease outlives one more request: no write begins under one that may be over before its answer.
    pub(super) async fn hold_lease(&self) -> StoreResult<()> {
        let timing = &self.config().timing;
        let now = self.now();
        let age = (now - self.notes().leased_at).num_seconds().unsigned_abs();
        let needs = timing.request + self.start_of_many();
        if age * 3 < timing.lease && age + needs < timing.lease {
            return Ok(());
        }
        let lease = self.lease();
        self.store().renew(&lease, timing.lease()).await?;
        self.notes().leased_at = now;
        Ok(())
    }

    pub(super) fn count(&self, name: &str) {
        *self.notes().run.counters.entry(name.to_owned()).or_default() += 1;
    }

    pub(super) fn warn(&self, warning: impl Into<String>) {
        self.notes().warnings.insert(warning.into());
    }

    /// Notes that something has to wait.
    pub(super) fn wait_until(&self, until: DateTime<Utc>) {
        let waiting = &mut self.notes().progress.waiting_until;
        *waiting = Some(waiting.map_or(until, |other| other.min(until)));
    }

    /// The request that a side could not do without.
    pub(super) fn needed(&self, side: Side, calls: u64) {
        *self.notes().progress.minimum_calls.get_mut(side) += calls;
    }

    pub(super) fn event(&self, link: &str, side: Side, item: Option<ItemKey>, op: &str) -> Event {
        Event {
            id: self.new_id(),
            run: self.notes().run.id.clone(),
            link: link.to_owned(),
            side,
            item,
            op: op.to_owned(),
            before: crate::record::Patch::new(),
            after: crate::record::Patch::new(),
            intent: None,
            at: self.now(),
        }
    }

    /// Within how many seconds several writes are sent with one call: the lease outlives the last one.
    fn start_of_many(&self) -> u64 {
        let timing = &self.config().timing;
        (timing.lease.saturating_sub(timing.request) / 2).clamp(START, START_OF_MANY)
    }

    /// Until when a write that is written down now is sent.
    pub(super) fn begin_by(&self) -> DateTime<Utc> {
        self.now() + seconds(START)
    }

    /// The same of the last one of several that are sent with one call.
    pub(super) fn begin_many_by(&self) -> DateTime<Utc> {
        self.now() + seconds(self.start_of_many())
    }

    /// The end of the time in which a write that is begun by then can still be made.
    pub(super) fn deadline(&self, begun_by: DateTime<Utc>) -> DateTime<Utc> {
        begun_by + seconds(self.config().timing.request)
    }

    /// Whether a write may still be sent: under a lease that outlives it, and so soon after it was written down that it is
    /// over by its deadline. Whoever was asleep in between plans it anew.
    pub(super) async fn may_send(&self, intent: &Intent) -> StoreResult<bool> {
        self.hold_lease().await?;
        Ok(self.now() <= intent.sent_at + seconds(START))
    }
}

impl Notes {
    fn new(lease: Lease, now: DateTime<Utc>, run: Run) -> Self {
        Self {
            lease,
            leased_at: now,
            run,
            progress: RunProgress::default(),
            warnings: BTreeSet::new(),
            states: Pair::default(),
            stored: Pair::default(),
            full: Pair::default(),
            dark: Pair::default(),
            fresh: HashMap::new(),
            doubts: HashMap::new(),
            undecided: HashMap::new(),
            creating: BTreeMap::new(),
            rounds: HashMap::new(),
            terms: None,
            people: Pair::default(),
            deletions: BTreeMap::new(),
            needs_approval: 0,
            linked_tasks: false,
            marks_asked: HashSet::new(),
            listed: Listed::default(),
            made: HashSet::new(),
            touched: HashSet::new(),
            touched_at: HashMap::new(),
            unseen: HashSet::new(),
            back: HashSet::new(),
            wrote: Pair::default(),
            read_twice: Pair::default(),
        }
    }
}

/// Some seconds, as a difference of times.
pub(super) fn seconds(seconds: u64) -> TimeDelta {
    TimeDelta::try_seconds(i64::try_from(seconds).unwrap_or(i64::MAX)).unwrap_or(TimeDelta::MAX)
}
