//! What was in doubt when the last run ended.

use std::collections::HashMap;

use chrono::TimeDelta;
use pm_provider::{Existence, Field};

use super::error::{SyncError, SyncResult};
use super::planted::{Bug, planted};
use super::pull::work_on;
use super::session::{Session, seconds};
use crate::item::{ItemKey, Kind, Side};
use crate::record::{FieldKey, Record};
use crate::side::Row;
use crate::store::{Intent, IntentOp, Link, LinkState, Settlement, WorkReason};

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
        for intent in others {
            self.recover_write(&intent).await?;
        }
        Ok(())
    }

    async fn recover_creates(&self, side: Side, kind: Kind, lost: Vec<Intent>) -> SyncResult<()> {
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
            notes.creating.push(intent);
            return Ok(());
        }
        self.end_intent(&intent, Vec::new()).await
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
        let is_recent = |row: &Row| any_time || row.created_at.is_none_or(|at| at >= since);
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
            // What we made then may have been changed since: nobody but a person can tell.
            (_, several) => {
                let why = format!("{several} items over there may be its twin; the reply of their create was lost");
                self.put_work_aside(intent.side.other(), intent.item.clone(), &why).await?;
            }
        }
        Ok(None)
    }

    /// An update or a deletion in doubt: once the server cannot be at it any more, what stands there says what happened.
    async fn recover_write(&self, intent: &Intent) -> SyncResult<()> {
        let links = self.store().links_of(self.mapping(), intent.side, std::slice::from_ref(&intent.item)).await?;
        let Some(link) = links.into_iter().next() else { return self.end_intent(intent, Vec::new()).await };
        if self.now() < intent.deadline_at && !planted(Bug::NoSettleWait) {
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
            return self.end_intent(intent, Vec::new()).await;
        }
        match intent.op {
            IntentOp::Delete => self.recover_deletion(intent, link).await,
            _ => self.recover_update(intent, link).await,
        }
    }

    /// Fields that show what was sent are agreed; anything else is left to the merge.
    async fn recover_update(&self, intent: &Intent, mut link: Link) -> SyncResult<()> {
        let row = self.side(intent.side).get(&intent.item).await.map_err(SyncError::stopped(intent.side))?;
        let links = match row {
            None => Vec::new(),
            Some(row) => {
                let landed = |field: &FieldKey| intent.expected.get(field) == Some(row.record.get(field));
                for side in Side::BOTH {
                    let base = link.base.get_mut(side).get_or_insert_with(Record::new);
                    base.apply(&super::linked::only(intent.base.get(side), landed));
                }
                vec![link]
            }
        };
        self.end_intent(intent, links).await
    }

    async fn recover_deletion(&self, intent: &Intent, mut link: Link) -> SyncResult<()> {
        let exists = self.side(intent.side).exists(&intent.item).await.map_err(SyncError::stopped(intent.side))?;
        if exists == Existence::Present {
            return self.end_intent(intent, Vec::new()).await;
        }
        link.state = LinkState::Tombstoned;
        self.count("deleted");
        self.end_intent(intent, vec![link]).await
    }

    /// The intent is over; the items are looked at again.
    async fn end_intent(&self, intent: &Intent, links: Vec<Link>) -> SyncResult<()> {
        let side = if intent.op == IntentOp::Create { intent.side.other() } else { intent.side };
        let settlement = Settlement {
            intents_over: vec![intent.id.clone()],
            links,
            work: vec![work_on(side, intent.item.clone(), WorkReason::Doubt)],
            ..Settlement::default()
        };
        Ok(self.store().settle(&self.lease(), settlement).await?)
    }
}
