//! Writing: journal first, guard last, nothing between guard and write.

use std::collections::{HashMap, HashSet};

use chrono::{DateTime, Utc};
use futures_util::{StreamExt as _, stream};
use pm_provider::{Effect, Error};

use super::error::{SyncError, SyncResult, copy_of};
use super::linked::{FIRST, Planned};
use super::planted::{Bug, planted};
use super::session::Session;
use super::work::Step;
use super::written::{Written, agreed_by};
use crate::item::{ItemKey, Pair, Side};
use crate::side::{Change, Row};
use crate::store::{Intent, IntentOp, Settlement};

/// How many items are changed with one call, at most: all of them are in doubt when its answer is lost.
const TOGETHER: usize = 25;

/// A planned item with its intents, by side.
struct Journalled {
    planned: Planned,
    intents: Pair<Option<Intent>>,
}

impl Session<'_> {
    /// Writes what merges came to: all of them are written down, guarded together, and sent side by side.
    pub(super) async fn write_all(&self, planned: Vec<Planned>) -> SyncResult<()> {
        let (writing, quiet): (Vec<_>, Vec<_>) = planned
            .into_iter()
            .partition(|planned| !planned.merged.write.a.is_empty() || !planned.merged.write.b.is_empty());
        for planned in quiet {
            self.finish(planned, Pair::default(), Pair::default()).await?;
        }
        let (together, mut alone): (Vec<_>, Vec<_>) = writing.into_iter().partition(|one| self.fits_a_batch(one));
        let most = self.most_together();
        let mut together = together.into_iter().peekable();
        while together.peek().is_some() {
            let group: Vec<Planned> = together.by_ref().take(most).collect();
            if group.len() > 1 { self.write_together(group).await? } else { alone.extend(group) }
        }
        self.write_alone(alone).await
    }

    /// Whether all sides that an item is written to take several with one call.
    fn fits_a_batch(&self, planned: &Planned) -> bool {
        let written = Side::BOTH.into_iter().filter(|side| !planned.merged.write.get(*side).is_empty());
        written.into_iter().all(|side| self.side(side).batch_size() > 1)
    }

    fn most_together(&self) -> usize {
        let sizes = Side::BOTH.into_iter().map(|side| self.side(side).batch_size());
        sizes.filter(|size| *size > 1).fold(TOGETHER, usize::min)
    }

    async fn write_alone(&self, planned: Vec<Planned>) -> SyncResult<()> {
        if planned.is_empty() {
            return Ok(());
        }
        self.hold_lease().await?;
        let journalled = self.journal(planned, self.begin_by()).await?;
        let guarded = self.guard(journalled).await?;
        let sends = stream::iter(guarded).map(|journalled| self.send(journalled));
        let mut sends = sends.buffer_unordered(self.config().parallel.max(1));
        while let Some(sent) = sends.next().await {
            sent?;
        }
        Ok(())
    }

    /// Changes items with one call a side. What goes to both sides goes to the second one only once the first has it.
    async fn write_together(&self, planned: Vec<Planned>) -> SyncResult<()> {
        self.hold_lease().await?;
        let begin_by = self.begin_many_by();
        let journalled = self.journal(planned, begin_by).await?;
        let guarded = self.guard(journalled).await?;
        let mut written: Vec<Pair<Option<Written>>> = guarded.iter().map(|_| Pair::default()).collect();
        for side in [FIRST, FIRST.other()] {
            self.send_many(side, &guarded, &mut written, begin_by).await?;
        }
        for (one, written) in guarded.into_iter().zip(written) {
            self.finish(one.planned, one.intents, written).await?;
        }
        Ok(())
    }

    async fn send_many(
        &self,
        side: Side,
        items: &[Journalled],
        written: &mut [Pair<Option<Written>>],
        begin_by: DateTime<Utc>,
    ) -> SyncResult<()> {
        let is_open =
            |before: &Pair<Option<Written>>| matches!(before.get(side.other()), None | Some(Written::Done(_)));
        let places: Vec<usize> = (0..items.len()).filter(|at| is_open(&written[*at])).collect();
        let sent: Vec<(usize, &Planned, &Intent)> = places
            .into_iter()
            .filter_map(|at| Some((at, &items[at].planned, items[at].intents.get(side).as_ref()?)))
            .collect();
        if sent.is_empty() {
            return Ok(());
        }
        self.hold_lease().await?;
        let answers = match self.now() <= begin_by {
            true => self.update_many(side, &sent, begin_by).await,
            false => sent.iter().map(|_| Written::NotSent).collect(),
        };
        for ((at, ..), answer) in sent.iter().zip(answers) {
            *written[*at].get_mut(side) = Some(answer);
        }
        Ok(())
    }

    async fn update_many(
        &self,
        side: Side,
        sent: &[(usize, &Planned, &Intent)],
        begin_by: DateTime<Utc>,
    ) -> Vec<Written> {
        let changes: Vec<Change<'_>> =
            sent.iter().map(|(_, planned, intent)| self.change(planned, side, intent)).collect();
        self.needed(side, changes.len() as u64);
        let answers = match self.side(side).update_many(&changes, begin_by).await {
            Ok(answers) => answers,
            Err(error) => sent.iter().map(|_| Err(copy_of(&error))).collect(),
        };
        let mut written = Vec::new();
        for ((_, _, intent), answer) in sent.iter().zip(answers) {
            written.push(self.written(side, intent, answer).await);
        }
        written
    }

    /// Writes down what is about to be sent. The values that lose are written down first.
    async fn journal(&self, planned: Vec<Planned>, begin_by: DateTime<Utc>) -> SyncResult<Vec<Journalled>> {
        let losing = planned.iter().filter(|planned| !planned.conflicts.is_empty());
        let (mut conflicts, mut links) = (Vec::new(), Vec::new());
        for planned in losing {
            conflicts.extend(planned.conflicts.clone());
            links.push(planned.link.clone());
        }
        if !conflicts.is_empty() {
            let settlement = Settlement { conflicts, links, ..Settlement::default() };
            self.store().settle(&self.lease(), settlement).await?;
        }
        let journalled: Vec<Journalled> =
            planned.into_iter().map(|planned| self.with_intents(planned, begin_by)).collect();
        let both = journalled.iter().flat_map(|one| [one.intents.a.clone(), one.intents.b.clone()]);
        let intents: Vec<Intent> = both.flatten().collect();
        if !planted(Bug::NoIntent) {
            self.store().begin(&self.lease(), intents).await?;
        }
        Ok(journalled)
    }

    fn with_intents(&self, planned: Planned, begin_by: DateTime<Utc>) -> Journalled {
        let intents = Pair::of(|side| self.intent(&planned, side, begin_by));
        Journalled { planned, intents }
    }

    fn intent(&self, planned: &Planned, side: Side, begin_by: DateTime<Utc>) -> Option<Intent> {
        let sent = planned.merged.write.get(side).clone();
        Some(Intent {
            id: self.new_id(),
            op: IntentOp::Update,
            side,
            item: planned.link.item(side).filter(|_| !sent.is_empty())?,
            link: planned.link.id.clone(),
            mark: None,
            base: agreed_by(planned, side),
            expected: sent.clone(),
            sent,
            source_seen: None,
            sent_at: self.now(),
            deadline_at: self.deadline(begin_by),
            epoch: self.lease().epoch,
        })
    }

    /// Reads once more what is about to be overwritten where no lock keeps it: whoever was changed meanwhile is planned anew.
    async fn guard(&self, journalled: Vec<Journalled>) -> SyncResult<Vec<Journalled>> {
        let mut stale: HashSet<String> = HashSet::new();
        for side in Side::BOTH {
            let written: Vec<(&Journalled, ItemKey)> = journalled
                .iter()
                .filter(|one| !self.side(side).locks(one.planned.link.kind))
                .filter_map(|one| Some((one, one.intents.get(side).as_ref()?.item.clone())))
                .collect();
            if written.is_empty() || planted(Bug::NoGuard) {
                continue;
            }
            let keys: Vec<ItemKey> = written.iter().map(|(_, item)| item.clone()).collect();
            let read = self.side(side).get_many(&keys).await.map_err(SyncError::stopped(side))?;
            self.needed(side, 1);
            let now: HashMap<ItemKey, Row> = read.into_iter().map(|row| (row.item.clone(), row)).collect();
            for (one, item) in written {
                let merged = &one.planned.rows.get(side).seen.hash;
                if now.get(&item).is_none_or(|row| row.seen.hash != *merged) {
                    stale.insert(one.planned.link.id.clone());
                }
            }
        }
        let (stale, good): (Vec<_>, Vec<_>) =
            journalled.into_iter().partition(|one| stale.contains(&one.planned.link.id));
        for one in stale {
            self.drop_intents(&one.intents).await?;
            self.forget_rows(&one.planned);
            self.after(&one.planned.case.works, Step::Again).await?;
        }
        Ok(good)
    }

    /// What was read of an item is not what stands there: the next look reads it.
    pub(super) fn forget_rows(&self, planned: &Planned) {
        for side in Side::BOTH {
            if let Some(item) = planned.link.item(side) {
                self.notes().fresh.remove(&(side, item));
            }
        }
    }

    async fn drop_intents(&self, intents: &Pair<Option<Intent>>) -> SyncResult<()> {
        let intents_over: Vec<String> =
            [&intents.a, &intents.b].into_iter().flatten().map(|intent| intent.id.clone()).collect();
        Ok(self.store().settle(&self.lease(), Settlement { intents_over, ..Settlement::default() }).await?)
    }

    async fn send(&self, journalled: Journalled) -> SyncResult<()> {
        let Journalled { planned, intents } = journalled;
        let mut written = Pair::<Option<Written>>::default();
        for side in [FIRST, FIRST.other()] {
            let Some(intent) = intents.get(side) else { continue };
            let sent =
                if self.may_send(intent).await? { self.update(&planned, side, intent).await } else { Written::NotSent };
            *written.get_mut(side) = Some(sent);
            if !matches!(written.get(side), Some(Written::Done(_))) {
                break;
            }
        }
        self.finish(planned, intents, written).await
    }

    async fn update(&self, planned: &Planned, side: Side, intent: &Intent) -> Written {
        self.needed(side, 1);
        let answer = self.side(side).update(&self.change(planned, side, intent)).await;
        self.written(side, intent, answer).await
    }

    fn change<'c>(&self, planned: &'c Planned, side: Side, intent: &'c Intent) -> Change<'c> {
        let version = planned.rows.get(side).seen.version.as_deref();
        let version = version.filter(|_| self.side(side).locks(planned.link.kind));
        Change::new(&intent.item, &intent.sent).if_version(version)
    }

    async fn written(&self, side: Side, intent: &Intent, answer: Result<Row, Error>) -> Written {
        match answer {
            Ok(row) => Written::Done(Box::new(row)),
            Err(error) if *error.effect() == Effect::NotExecuted => Written::NotExecuted(error),
            Err(error) if matches!(error.effect(), Effect::Partial { .. }) => self.look_at(side, intent, error).await,
            Err(error) => self.in_doubt(intent, &error),
        }
    }

    /// The backend says that it took some of it: what stands there says which fields are done.
    async fn look_at(&self, side: Side, intent: &Intent, error: Error) -> Written {
        match self.side(side).get(&intent.item).await {
            Ok(Some(row)) => Written::Partly(Box::new(row), error),
            _ => self.in_doubt(intent, &error),
        }
    }

    fn in_doubt(&self, intent: &Intent, error: &Error) -> Written {
        self.warn(format!("a change of {} may have been made: {error}", intent.item));
        Written::InDoubt
    }
}
