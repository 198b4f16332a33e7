//! What was in doubt when the last run ended.

use std::collections::{HashMap, HashSet};

use chrono::TimeDelta;
use pm_provider::{Existence, Field};

use super::error::{SyncError, SyncResult};
use super::linked::{conflict_id, conflict_row, only};
use super::planted::{Bug, planted};
use super::pull::work_on;
use super::session::{Session, seconds};
use crate::item::{ItemKey, Kind, Pair, Side};
use crate::merge::FieldConflict;
use crate::record::{FieldKey, Record};
use crate::side::Row;
use crate::store::{Cause, Conflict, Intent, IntentOp, Link, LinkState, Settlement, WorkReason};

/// How far the clocks of two machines may be apart.
const CLOCKS: TimeDelta = TimeDelta::days(1);

impl Session<'_> {
    /// Settles the intents of earlier runs, as far as that can be done now.
    pub(super) async fn recover(&self) -> SyncResult<()> {
        let open = self.store().open_intents(self.mapping()).await?;
        let (creates, others): (Vec<_>, Vec<_>) = open.into_iter().partition(|intent| intent.op == IntentOp::Create);
        for side in Side::BOTH {
            for kind in Kind::ALL {
                let of = |intent: &&Intent| intent.side == side && intent.item.kind == kind;
                let lost: Vec<Intent> = creates.iter().filter(of).cloned().collect();
                self.recover_creates(side, kind, lost).await?;
            }
        }
        let now = self.now_of_written(&others).await?;
        for intent in others {
            self.recover_write(&intent, &now).await?;
        }
        Ok(())
    }

    /// What stands now where updates are in doubt that the server cannot be at any more.
    async fn now_of_written(&self, intents: &[Intent]) -> SyncResult<HashMap<(Side, ItemKey), Row>> {
        let mut now = HashMap::new();
        for side in Side::BOTH {
            let is_ripe = |intent: &&Intent| intent.op != IntentOp::Delete && !self.may_still_come(intent);
            let items: HashSet<ItemKey> = intents
                .iter()
                .filter(|intent| intent.side == side)
                .filter(is_ripe)
                .map(|intent| intent.item.clone())
                .collect();
            let items: Vec<ItemKey> = items.into_iter().collect();
            let rows = self.side(side).get_many(&items).await.map_err(SyncError::stopped(side))?;
            now.extend(rows.into_iter().map(|row| ((side, row.item.clone()), row)));
        }
        Ok(now)
    }

    /// Whether the server may still be at a write.
    fn may_still_come(&self, intent: &Intent) -> bool {
        self.now() < intent.deadline_at && !planted(Bug::NoSettleWait)
    }

    /// Creates in doubt: what they made is taken, the others are waited for.
    pub(super) async fn recover_creates(&self, side: Side, kind: Kind, lost: Vec<Intent>) -> SyncResult<()> {
        let lost = self.without_linked(side, lost).await?;
        if lost.is_empty() {
            return Ok(());
        }
        let found = self.look_for_marks(side, kind, &lost).await?;
        let mut unsure = Vec::new();
        for intent in lost {
            let marked = found.as_ref().map(|found| intent.mark.as_ref().and_then(|mark| found.get(mark)));
            match marked {
                Some(Some(twin)) => {
                    let twin = self.with_task(&intent, twin).await?;
                    self.adopt_lost(&intent, &twin).await?;
                }
                Some(None) => self.wait_or_replan(intent).await?,
                None => unsure.extend(self.look_for_content(intent, false).await?),
            }
        }
        // What is left is judged when all that is sure has been taken.
        for intent in unsure {
            self.look_for_content(intent, true).await?;
        }
        Ok(())
    }

    /// Intents of items that have no twin yet; the others are over.
    async fn without_linked(&self, side: Side, lost: Vec<Intent>) -> SyncResult<Vec<Intent>> {
        let items: Vec<ItemKey> = lost.iter().map(|intent| intent.item.clone()).collect();
        let links = self.store().links_of(self.mapping(), side.other(), &items).await?;
        let has_twin = |intent: &Intent| {
            let of = |link: &&Link| link.item(side.other()).as_ref() == Some(&intent.item);
            links.iter().find(of).is_some_and(|link| link.item(side).is_some())
        };
        let (over, open): (Vec<_>, Vec<_>) = lost.into_iter().partition(has_twin);
        if !over.is_empty() {
            let intents_over: Vec<String> = over.into_iter().map(|intent| intent.id).collect();
            intents_over.iter().for_each(|id| drop(self.notes().creating.remove(id)));
            self.store().settle(&self.lease(), Settlement { intents_over, ..Settlement::default() }).await?;
        }
        Ok(open)
    }

    /// A comment that was deleted since is told without its task: that is the twin of the task that ours is about.
    async fn with_task(&self, intent: &Intent, twin: &ItemKey) -> SyncResult<ItemKey> {
        let Some(task) = intent.item.task().filter(|_| twin.task().is_none()) else { return Ok(twin.clone()) };
        let links = self.store().links_of(self.mapping(), intent.side.other(), std::slice::from_ref(&task)).await?;
        let over_there = links.first().and_then(|link| link.item(intent.side));
        Ok(over_there
            .map_or_else(|| twin.clone(), |task| ItemKey::new(Kind::Comment, format!("{}/{}", task.id, twin.id))))
    }

    /// What was made with the marks of lost creates; `None` where nothing can be found by its mark.
    async fn look_for_marks(
        &self,
        side: Side,
        kind: Kind,
        lost: &[Intent],
    ) -> SyncResult<Option<HashMap<String, ItemKey>>> {
        if planted(Bug::NoMarkSearch) {
            return Ok(Some(HashMap::new()));
        }
        let marks: Vec<String> = lost.iter().filter_map(|intent| intent.mark.clone()).collect();
        let sent = lost.iter().map(|intent| intent.sent_at).min();
        let since = sent.map(|at| at - CLOCKS).filter(|_| !self.side(side).is_told(kind, Field::CreatedAt));
        let found = self.side(side).find_marks(kind, &marks, since).await;
        let found = found.map_err(|error| self.unreachable(side, error))?;
        Ok(found.map(|found| found.into_iter().map(|(mark, twin, _)| (mark, twin)).collect()))
    }

    /// A create that cannot be found is made again, but only when the server cannot be at it any more and would show it.
    async fn wait_or_replan(&self, intent: Intent) -> SyncResult<()> {
        let mut until = self.gives_up_at(&intent);
        if *self.notes().dark.get(intent.side) {
            // Where nothing is shown nothing can be found. Not for ever: all that we knew may be gone indeed, and the
            // next create looks for the mark first.
            until += seconds(self.config().timing.proof);
        }
        if self.now() < until {
            self.wait_until(until);
            let mut notes = self.notes();
            notes.doubts.insert((intent.side.other(), intent.item.clone()), until);
            notes.creating.insert(intent.id.clone(), intent);
            return Ok(());
        }
        self.make_once_more(intent).await
    }

    /// The work on the item makes its twin, if need be once more. Until it has one, what the lost create may have made all
    /// the same is looked for: a side that showed us nothing may show it later.
    async fn make_once_more(&self, intent: Intent) -> SyncResult<()> {
        let given_up = self.gives_up_at(&intent) + seconds(self.config().timing.proof);
        let wanted = self.has_work(intent.side.other(), &intent.item).await?;
        if !wanted && self.now() >= given_up && self.shows_what_it_did(intent.side).await? {
            self.notes().creating.remove(&intent.id);
            let intents_over = vec![intent.id];
            return Ok(self
                .store()
                .settle(&self.lease(), Settlement { intents_over, ..Settlement::default() })
                .await?);
        }
        self.notes().creating.insert(intent.id.clone(), intent);
        Ok(())
    }

    /// Without marks: what we ourselves made with this very content, and what has no twin. Exactly one is taken. Answers
    /// an intent of which that says nothing, unless this is the `last` look.
    async fn look_for_content(&self, intent: Intent, last: bool) -> SyncResult<Option<Intent>> {
        if intent.item.kind == Kind::Comment {
            return self.look_for_comment(intent, last).await;
        }
        let mut rows = Vec::new();
        let mut cursor = None;
        loop {
            let page = self.side(intent.side).list_page(intent.item.kind, cursor).await;
            let (page, next) = page.map_err(|error| self.unreachable(intent.side, error))?;
            rows.extend(page);
            match next {
                Some(next) => cursor = Some(next),
                None => break,
            }
        }
        self.take_only_one(intent, rows, last).await
    }

    async fn look_for_comment(&self, intent: Intent, last: bool) -> SyncResult<Option<Intent>> {
        let source = intent.side.other();
        let task = intent.item.task();
        let links = match &task {
            Some(task) => self.store().links_of(self.mapping(), source, std::slice::from_ref(task)).await?,
            None => Vec::new(),
        };
        let Some(twin) = links.first().and_then(|link| link.item(intent.side)) else {
            return self.wait_or_replan(intent).await.map(|()| None);
        };
        let rows = self.side(intent.side).comments_of(&twin.id).await;
        let rows = rows.map_err(|error| self.unreachable(intent.side, error))?;
        self.take_only_one(intent, rows.unwrap_or_default(), last).await
    }

    async fn take_only_one(&self, intent: Intent, rows: Vec<Row>, last: bool) -> SyncResult<Option<Intent>> {
        let since = intent.sent_at - CLOCKS;
        let account = self.notes().states.get(intent.side).account.clone();
        let (kind, there) = (intent.item.kind, self.side(intent.side));
        let (any_time, anybody) = (there.is_told(kind, Field::CreatedAt), there.is_told(kind, Field::AuthorId));
        let around = since..intent.deadline_at + CLOCKS;
        let is_recent = |row: &Row| any_time || row.created_at.is_none_or(|at| around.contains(&at));
        let by_us = |row: &Row| account.is_none() || row.author.is_none() || row.author == account;
        let is_ours = |row: &Row| anybody || by_us(row);
        let ours: Vec<Row> = rows.into_iter().filter(|row| is_recent(row) && is_ours(row)).collect();
        let keys: Vec<ItemKey> = ours.iter().map(|row| row.item.clone()).collect();
        let taken = self.store().links_of(self.mapping(), intent.side, &keys).await?;
        let is_taken = |item: &ItemKey| taken.iter().any(|link| link.item(intent.side).as_ref() == Some(item));
        let free: Vec<Row> = ours.into_iter().filter(|row| !is_taken(&row.item)).collect();
        let is_same = |row: &&Row| intent.expected.iter().all(|(field, value)| row.record.get(field) == value);
        let same: Vec<ItemKey> = free.iter().filter(is_same).map(|row| row.item.clone()).collect();
        match (same.as_slice(), free.len()) {
            ([one], _) => self.adopt_lost(&intent, one).await?,
            ([], _) if !last => return Ok(Some(intent)),
            ([], 0) => self.wait_or_replan(intent).await?,
            ([], _) if self.now() < self.gives_up_at(&intent) => self.wait_or_replan(intent).await?,
            _ => self.leave_to_people(intent, &free),
        }
        Ok(None)
    }

    /// What we made then may have been changed since: nobody but a person can tell. Until then none of them gets a twin.
    fn leave_to_people(&self, intent: Intent, free: &[Row]) {
        let candidates: Vec<ItemKey> = free.iter().map(|row| row.item.clone()).collect();
        let named: Vec<String> = candidates.iter().map(ToString::to_string).collect();
        let why = format!(
            "the reply of the create of its twin was lost, and it may be {} over there: give that one back what was sent, or \
             delete it, and retry",
            named.join(" or ")
        );
        let whose = format!("it may be what was made for {}: the reply of that create was lost", intent.item);
        let mut notes = self.notes();
        notes.undecided.insert((intent.side.other(), intent.item.clone()), why);
        notes.undecided.extend(candidates.into_iter().map(|item| ((intent.side, item), whose.clone())));
        notes.creating.insert(intent.id.clone(), intent);
    }

    /// An update or a deletion in doubt: once the server cannot be at it any more, what stands there says what happened.
    async fn recover_write(&self, intent: &Intent, now: &HashMap<(Side, ItemKey), Row>) -> SyncResult<()> {
        let links = self.store().links_of(self.mapping(), intent.side, std::slice::from_ref(&intent.item)).await?;
        let Some(link) = links.into_iter().find(|link| link.state == LinkState::Linked) else {
            return self.end_intent(intent, Settlement::default()).await;
        };
        if self.may_still_come(intent) {
            self.wait_until(intent.deadline_at);
            let mut notes = self.notes();
            for side in Side::BOTH {
                if let Some(item) = link.item(side) {
                    notes.doubts.insert((side, item), intent.deadline_at);
                }
            }
            return Ok(());
        }
        if planted(Bug::IgnoreUpdateIntents) {
            return self.end_intent(intent, Settlement::default()).await;
        }
        let now = now.get(&(intent.side, intent.item.clone()));
        match intent.op {
            IntentOp::Delete => self.recover_deletion(intent, link).await,
            IntentOp::Archive => self.recover_archive(intent, link, now).await,
            _ => self.recover_update(intent, link, now).await,
        }
    }

    /// Fields that show what was sent are agreed; anything else is left to the merge.
    async fn recover_update(&self, intent: &Intent, mut link: Link, row: Option<&Row>) -> SyncResult<()> {
        let Some(row) = row else { return self.not_shown_after(intent).await };
        let conflicts = self.overwritten_since(intent, &link, row);
        let over = |field: &FieldKey| conflicts.iter().any(|conflict| conflict.field.as_ref() == Some(field));
        let landed = |field: &FieldKey| shows(intent, row, field) || over(field);
        for side in Side::BOTH {
            let base = link.base.get_mut(side).get_or_insert_with(Record::new);
            base.apply(&only(intent.base.get(side), landed));
        }
        self.end_intent(intent, Settlement { links: vec![link], conflicts, ..Settlement::default() }).await
    }

    async fn existence(&self, intent: &Intent) -> SyncResult<Existence> {
        let asked = self.side(intent.side).exists(std::slice::from_ref(&intent.item)).await;
        let said = asked.map_err(SyncError::stopped(intent.side))?;
        Ok(said.first().copied().unwrap_or(Existence::Hidden))
    }

    /// What was written is not shown. That it is hidden for now says nothing of the write: it is looked at again.
    async fn not_shown_after(&self, intent: &Intent) -> SyncResult<()> {
        if self.existence(intent).await? != Existence::Absent {
            return Ok(());
        }
        self.end_intent(intent, Settlement::default()).await
    }

    /// Where some of what was sent shows, all of it arrived: a field that shows neither that nor what stood there before was
    /// overwritten since, by somebody who saw it. What was sent is kept, should it never have been there.
    fn overwritten_since(&self, intent: &Intent, link: &Link, row: &Row) -> Vec<Conflict> {
        let before = |field: &FieldKey| link.base.get(intent.side).as_ref().map(|base| base.get(field));
        let is_news = |field: &FieldKey| before(field) != intent.expected.get(field);
        let arrived = intent.expected.iter().any(|(field, _)| is_news(field) && shows(intent, row, field));
        let third = |field: &FieldKey| !shows(intent, row, field) && before(field) != Some(row.record.get(field));
        let fields = intent.expected.iter().filter(|(field, _)| arrived && third(field));
        let kept = |(field, sent): (&FieldKey, &serde_json::Value)| {
            let ours = intent.base.get(intent.side.other()).get(field).unwrap_or(sent);
            let mut values = Pair::new(ours.clone(), ours.clone());
            *values.get_mut(intent.side) = row.record.get(field).clone();
            let conflict = FieldConflict {
                field: field.clone(),
                cause: Cause::InDoubt,
                base: Pair::new(sent.clone(), sent.clone()),
                values,
                winner: Some(intent.side),
                decided_by: "in doubt".to_owned(),
            };
            let now = self.now();
            conflict_row(link, &conflict, conflict_id(link, &conflict), now, Some(now))
        };
        fields.map(kept).collect()
    }

    async fn recover_deletion(&self, intent: &Intent, mut link: Link) -> SyncResult<()> {
        if self.existence(intent).await? == Existence::Present {
            return self.end_intent(intent, Settlement::default()).await;
        }
        link.state = LinkState::Tombstoned;
        self.count("deleted");
        self.end_intent(intent, Settlement { links: vec![link], ..Settlement::default() }).await
    }

    /// What shows all that was sent was given up by us, and nobody took it up again.
    async fn recover_archive(&self, intent: &Intent, mut link: Link, row: Option<&Row>) -> SyncResult<()> {
        let Some(row) = row else { return self.not_shown_after(intent).await };
        let landed = intent.expected.iter().all(|(field, _)| shows(intent, row, field));
        let mut settlement = Settlement::default();
        if landed {
            link.state = LinkState::Tombstoned;
            link.absence = None;
            self.count("deleted");
            settlement.links.push(link);
        }
        self.end_intent(intent, settlement).await
    }

    /// The write is over; the items are looked at again.
    async fn end_intent(&self, intent: &Intent, mut settlement: Settlement) -> SyncResult<()> {
        settlement.intents_over.push(intent.id.clone());
        settlement.work.push(work_on(intent.side, intent.item.clone(), WorkReason::Doubt));
        Ok(self.store().settle(&self.lease(), settlement).await?)
    }
}

/// Whether a row shows what was sent.
fn shows(intent: &Intent, row: &Row, field: &FieldKey) -> bool {
    intent.expected.get(field) == Some(row.record.get(field))
}
