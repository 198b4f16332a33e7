//! The work that is due: in order, in bundles, each item by itself.

use std::collections::{BTreeMap, HashSet};

use chrono::{DateTime, Utc};
use futures_util::{StreamExt as _, stream};
use pm_provider::{Error, ErrorKind, Field, Retry};

use super::case::Case;
use super::error::{SyncError, SyncResult, copy_of};
use super::pull::work_on;
use super::session::{Session, seconds};
use crate::item::{ItemKey, Kind, Side};
use crate::store::{Settlement, Work, WorkReason};

/// How many pieces of work are fetched at once.
const FETCH: usize = 500;
/// How many items are read, written down and guarded together.
const BUNDLE: usize = 50;
/// How often one item is planned in one run: humans who edit all the time are left for the next one.
const ROUNDS: u32 = 4;
/// The longest pause between two attempts, in seconds.
const LONGEST_PAUSE: u64 = 3_600;

/// What came of an item.
pub(super) enum Step {
    /// Everything that could be done was done, and written down.
    Done,
    /// It has to be planned anew at once.
    Again,
    /// It has to wait; that is no failure.
    Wait(DateTime<Utc>),
    /// It failed.
    Failed(Error),
}

impl Session<'_> {
    /// Does what is due until nothing is.
    pub(super) async fn work(&self) -> SyncResult<()> {
        loop {
            while self.work_once().await? {}
            if !self.wake_children().await? {
                return Ok(());
            }
        }
    }

    /// Does what is due now; says whether there was anything.
    async fn work_once(&self) -> SyncResult<bool> {
        let due = self.store().due_work(self.mapping(), self.now(), FETCH).await?;
        if due.is_empty() {
            return Ok(false);
        }
        let due = self.put_undecided_aside(due).await?;
        let (doubtful, due): (Vec<_>, Vec<_>) = due.into_iter().partition(|work| self.doubt(work).is_some());
        self.put_off_doubtful(doubtful).await?;
        self.relink_marked(&due).await?;
        // Comments last: what was written to a task, or follows from that, touched it once more.
        let (scans, items): (Vec<_>, Vec<_>) = due.into_iter().partition(|work| work.item.is_all_comments());
        if items.is_empty() && self.read_what_followed(&scans).await? {
            return Ok(true);
        }
        for bundle in bundles(if items.is_empty() { scans } else { items }) {
            self.bundle(bundle).await?;
            self.show();
        }
        Ok(true)
    }

    /// Once a run, before comments are read task by task: what the feeds tell of our own writes and of what followed from
    /// them, so that no task is read twice. Says whether a feed was read.
    async fn read_what_followed(&self, scans: &[Work]) -> SyncResult<bool> {
        let mut any = false;
        for side in Side::BOTH {
            let is_news = {
                let notes = self.notes();
                *notes.wrote.get(side) && !*notes.read_twice.get(side)
            };
            let is_scanned = scans.iter().any(|work| work.side == side);
            if is_news && is_scanned && self.side(side).facts().is_some() {
                *self.notes().read_twice.get_mut(side) = true;
                self.read_feed(side).await?;
                any = true;
            }
        }
        Ok(any)
    }

    /// What people have to decide about is not looked at again before they did. Answers the rest.
    async fn put_undecided_aside(&self, due: Vec<Work>) -> SyncResult<Vec<Work>> {
        let (mut aside, mut rest) = (Vec::new(), Vec::new());
        for work in due {
            let why = self.notes().undecided.get(&(work.side, work.item.clone())).cloned();
            match why {
                Some(why) => {
                    self.count_aside(&work, &why);
                    aside.push(Work { last_error: Some(why), not_before: None, ..work });
                }
                None => rest.push(work),
            }
        }
        if !aside.is_empty() {
            self.store().put_off(&self.lease(), aside).await?;
        }
        Ok(rest)
    }

    fn count_aside(&self, work: &Work, why: &dyn std::fmt::Display) {
        self.count("quarantined");
        self.notes().progress.quarantined += 1;
        self.warn(format!("{} of side `{}` was put aside: {why}", work.item, work.side));
    }

    /// Until when a write to the item, or to its twin, is in doubt.
    fn doubt(&self, work: &Work) -> Option<DateTime<Utc>> {
        self.notes().doubts.get(&(work.side, work.item.clone())).copied()
    }

    async fn put_off_doubtful(&self, work: Vec<Work>) -> SyncResult<()> {
        let rows: Vec<Work> = work
            .into_iter()
            .map(|mut work| {
                let until = self.doubt(&work).unwrap_or_else(|| self.now());
                self.wait_until(until);
                work.not_before = Some(until.max(self.now() + seconds(1)));
                work
            })
            .collect();
        if !rows.is_empty() {
            self.store().put_off(&self.lease(), rows).await?;
        }
        Ok(())
    }

    async fn bundle(&self, work: Vec<Work>) -> SyncResult<()> {
        let (scans, items): (Vec<_>, Vec<_>) = work.into_iter().partition(|work| work.item.is_all_comments());
        for scan in scans {
            let step = self.scan_comments(&scan).await?;
            self.after(&[scan], step).await?;
        }
        let tasks = items.iter().filter(|work| work.item.kind == Kind::Task);
        self.notes().touched.extend(tasks.map(|work| (work.side, work.item.clone())));
        let cases = self.cases(items).await?;
        let (linked, unlinked): (Vec<_>, Vec<_>) = cases.into_iter().partition(|case| case.link.is_some());
        self.step_linked(linked).await?;
        self.step_unlinked(unlinked).await
    }

    /// Items that have no twin: parents before their children, and the comments of a task one after the other.
    async fn step_unlinked(&self, cases: Vec<Case>) -> SyncResult<()> {
        let mut left = cases;
        while !left.is_empty() {
            let waiting: HashSet<(Side, ItemKey)> = left.iter().map(|case| (case.side, case.item.clone())).collect();
            let is_waiting = |case: &Case| parent(case).is_some_and(|parent| waiting.contains(&(case.side, parent)));
            let (rest, ready): (Vec<_>, Vec<_>) = left.into_iter().partition(is_waiting);
            // A circle of parents cannot be; whatever it is, it must not stop the others.
            let (ready, rest) = if ready.is_empty() { (rest, ready) } else { (ready, rest) };
            self.each(queues(ready)).await?;
            left = rest;
        }
        Ok(())
    }

    /// Works through queues side by side, and through each in order.
    async fn each(&self, queues: Vec<Vec<Case>>) -> SyncResult<()> {
        let steps = stream::iter(queues).map(|queue| async move {
            for case in queue {
                let works = case.works.clone();
                let step = Box::pin(self.create_twin(case)).await?;
                self.after(&works, step).await?;
            }
            Ok::<_, SyncError>(())
        });
        let mut steps = steps.buffer_unordered(self.config().parallel.max(1));
        while let Some(step) = steps.next().await {
            step?;
        }
        Ok(())
    }

    /// Says what becomes of the work on an item.
    pub(super) async fn after(&self, works: &[Work], step: Step) -> SyncResult<()> {
        self.notes().progress.done += works.len() as u64;
        let rows = match step {
            Step::Done => return Ok(()),
            Step::Again => self.again(works),
            Step::Wait(until) => self.waiting(works, until),
            Step::Failed(error) => self.failed(works, &error)?,
        };
        Ok(self.store().put_off(&self.lease(), rows).await?)
    }

    /// Clears work without having done anything.
    pub(super) async fn clear(&self, works: &[Work]) -> SyncResult<Step> {
        let settlement = Settlement { done: works.to_vec(), ..Settlement::default() };
        self.store().settle(&self.lease(), settlement).await?;
        Ok(Step::Done)
    }

    fn again(&self, works: &[Work]) -> Vec<Work> {
        let now = self.now();
        let pause = now + seconds(self.config().timing.backoff);
        let mut rows = works.to_vec();
        for row in &mut rows {
            let mut notes = self.notes();
            notes.fresh.remove(&(row.side, row.item.clone()));
            let rounds = notes.rounds.entry((row.side, row.item.clone())).or_default();
            *rounds += 1;
            row.not_before = Some(if *rounds < ROUNDS { now } else { pause });
        }
        rows
    }

    fn waiting(&self, works: &[Work], until: DateTime<Utc>) -> Vec<Work> {
        // Never at once: a piece of work that is put off to now would be due for ever.
        let until = until.max(self.now() + seconds(1));
        self.wait_until(until);
        let mut rows = works.to_vec();
        rows.iter_mut().for_each(|row| row.not_before = Some(until));
        rows
    }

    fn failed(&self, works: &[Work], error: &Error) -> SyncResult<Vec<Work>> {
        if matches!(error.kind(), ErrorKind::Unauthenticated) {
            return Err(self.unreachable(self.side_of(error), copy_of(error)));
        }
        let mut rows = works.to_vec();
        for row in &mut rows {
            row.last_error = Some(error.to_string());
            row.not_before = self.next_attempt(row, error);
            if row.not_before.is_none() {
                self.count_aside(row, error);
            }
        }
        Ok(rows)
    }

    /// When the item is tried again; `None`: only a person makes it due again. 429 is no failure.
    fn next_attempt(&self, row: &mut Work, error: &Error) -> Option<DateTime<Utc>> {
        let now = self.now();
        if error.kind() == ErrorKind::RateLimited {
            let pause = match error.retry() {
                Retry::After(pause) => chrono::TimeDelta::from_std(pause).unwrap_or_default(),
                _ => seconds(self.config().timing.backoff),
            };
            let until = now + pause.max(seconds(1));
            self.wait_until(until);
            return Some(until);
        }
        row.attempts += 1;
        let permanent = matches!(error.kind(), ErrorKind::InvalidInput | ErrorKind::Unsupported);
        if permanent || row.attempts >= self.config().timing.attempts {
            return None;
        }
        let pause = self.config().timing.backoff.saturating_mul(1 << row.attempts.min(10)).min(LONGEST_PAUSE);
        let until = now + seconds(pause);
        self.wait_until(until);
        Some(until)
    }

    /// The side that an error came from, by the provider's name; the connection where that says nothing.
    fn side_of(&self, error: &Error) -> Side {
        let is_a = error.provider() == Some(self.side(Side::A).name());
        let is_b = error.provider() == Some(self.side(Side::B).name());
        if is_a && !is_b { Side::A } else { Side::B }
    }

    /// Looks again at items whose parent had no twin, once tasks got twins. Says whether there are any.
    async fn wake_children(&self) -> SyncResult<bool> {
        if !std::mem::take(&mut self.notes().linked_tasks) {
            return Ok(false);
        }
        let waiting = self.store().pending_children(self.mapping()).await?;
        let work: Vec<Work> = waiting
            .iter()
            .filter_map(|link| {
                let item =
                    link.item(Side::A).map(|item| (Side::A, item)).or_else(|| Some((Side::B, link.item(Side::B)?)));
                item.map(|(side, item)| work_on(side, item, WorkReason::Reference))
            })
            .collect();
        if work.is_empty() {
            return Ok(false);
        }
        self.store().settle(&self.lease(), Settlement { work, ..Settlement::default() }).await?;
        Ok(true)
    }
}

/// Bundles of one kind each, in the order in which the work is due.
fn bundles(work: Vec<Work>) -> Vec<Vec<Work>> {
    let mut bundles: Vec<Vec<Work>> = Vec::new();
    for work in work {
        match bundles.last_mut() {
            Some(bundle) if bundle.len() < BUNDLE && bundle[0].item.kind == work.item.kind => bundle.push(work),
            _ => bundles.push(vec![work]),
        }
    }
    bundles
}

fn parent(case: &Case) -> Option<ItemKey> {
    let row = case.rows.get(case.side).as_ref()?;
    let parent = row.record.get(&Field::ParentTaskId.into()).as_str()?;
    Some(ItemKey::new(Kind::Task, parent))
}

/// Comments of one task are written in their order; everything else by itself.
fn queues(cases: Vec<Case>) -> Vec<Vec<Case>> {
    let mut by_task: BTreeMap<(Side, Option<ItemKey>, usize), Vec<Case>> = BTreeMap::new();
    for (number, case) in cases.into_iter().enumerate() {
        let task = case.item.task();
        let number = if task.is_some() { 0 } else { number };
        by_task.entry((case.side, task, number)).or_default().push(case);
    }
    let oldest_first = |mut queue: Vec<Case>| {
        queue.sort_by_key(|case| case.rows.get(case.side).as_ref().and_then(|row| row.created_at));
        queue
    };
    by_task.into_values().map(oldest_first).collect()
}
