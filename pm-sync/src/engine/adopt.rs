//! Twins that are there already: found by their marks, by what they say, or after their create's answer was lost.

use std::collections::{HashMap, HashSet};

use pm_provider::Field;

use super::case::Case;
use super::create::Twin;
use super::error::SyncResult;
use super::mark::all_marks;
use super::pull::work_on;
use super::session::Session;
use super::work::Step;
use crate::item::{ItemKey, Kind, Side};
use crate::record::{FieldKey, Record};
use crate::store::{Intent, Link, Settlement, StoreError, Work, WorkReason};

/// How many marks are looked for at once.
const MARKS: usize = 300;

impl Session<'_> {
    /// Before anything is made of a side that was read from the very beginning: items whose twins another engine database
    /// knew are found by their marks, many at once.
    pub(super) async fn relink_marked(&self, due: &[Work]) -> SyncResult<()> {
        for side in Side::BOTH {
            if !*self.notes().full.get(side) || !self.config().writes(side.other()) {
                continue;
            }
            for kind in [Kind::Sprint, Kind::Task] {
                let items = self.never_asked_for(side, kind, due).await?;
                if !items.is_empty() {
                    self.adopt_marked(side, kind, &items).await?;
                }
            }
        }
        Ok(())
    }

    /// Items without a twin whose marks were not looked for yet.
    async fn never_asked_for(&self, side: Side, kind: Kind, due: &[Work]) -> SyncResult<Vec<ItemKey>> {
        let mut items: Vec<ItemKey> = {
            let notes = self.notes();
            let of_kind = due.iter().filter(|work| work.side == side && work.item.kind == kind);
            let items = of_kind.map(|work| work.item.clone());
            items.filter(|item| !notes.marks_asked.contains(&(side, item.clone()))).collect()
        };
        items.sort();
        items.dedup();
        let links = self.store().links_of(self.mapping(), side, &items).await?;
        let linked: HashSet<ItemKey> = links.iter().filter_map(|link| link.item(side)).collect();
        items.retain(|item| !linked.contains(item));
        Ok(items)
    }

    async fn adopt_marked(&self, side: Side, kind: Kind, items: &[ItemKey]) -> SyncResult<()> {
        let target = side.other();
        let mut sources: HashMap<String, (ItemKey, u32)> = HashMap::new();
        for item in items {
            self.notes().marks_asked.insert((side, item.clone()));
            for (attempt, mark) in (0..).zip(all_marks(self.instance(side), item)) {
                sources.insert(mark, (item.clone(), attempt));
            }
        }
        let marks: Vec<String> = sources.keys().cloned().collect();
        for marks in marks.chunks(MARKS) {
            let found = self.side(target).find_marks(kind, marks, None).await;
            let found = found.map_err(|error| self.unreachable(target, error))?;
            for (mark, twin, row) in found.into_iter().flatten() {
                if let (Some((item, attempt)), Some(_)) = (sources.get(&mark), &row) {
                    self.adopt(side, item, &twin, *attempt).await?;
                }
            }
        }
        Ok(())
    }

    /// Links two items that nothing is agreed of: equal values agree, different ones become conflicts.
    pub(super) async fn adopt(&self, side: Side, item: &ItemKey, twin: &ItemKey, attempt: u32) -> SyncResult<()> {
        let mut link = self.new_link(self.new_id(), side, item, twin);
        link.attempt = attempt;
        let events = vec![self.event(&link.id, side.other(), Some(twin.clone()), "adopt")];
        let mut work = vec![work_on(side, item.clone(), WorkReason::Doubt)];
        if item.kind == Kind::Task {
            let tasks = [(side, item), (side.other(), twin)];
            let scanned = tasks.into_iter().filter(|(side, _)| self.scans_comments(*side));
            work.extend(scanned.map(|(side, task)| work_on(side, ItemKey::comments_of(&task.id), WorkReason::Changed)));
        }
        let settlement = Settlement { links: vec![link], events, work, ..Settlement::default() };
        match self.store().settle(&self.lease(), settlement).await {
            Err(StoreError::Taken(taken, _)) => {
                self.warn(format!("the mark of {item} leads to {taken}, which has a twin"));
            }
            other => {
                other?;
                self.count("adopted");
                self.notes().linked_tasks |= item.kind != Kind::Comment;
            }
        }
        Ok(())
    }

    /// Makes the link of a create whose answer was lost: what was sent is agreed, and the next look merges the rest.
    pub(super) async fn adopt_lost(&self, intent: &Intent, twin: &ItemKey) -> SyncResult<()> {
        let side = intent.side.other();
        let known = self.store().links_of(self.mapping(), side, std::slice::from_ref(&intent.item)).await?;
        let mut link = known
            .into_iter()
            .find(|link| link.id == intent.link)
            .unwrap_or_else(|| self.new_link(intent.link.clone(), side, &intent.item, twin));
        *link.ids.get_mut(intent.side) = Some(twin.id.clone());
        link.absence = None;
        link.pending_parent = false;
        for side in Side::BOTH {
            let mut base = Record::new();
            base.apply(intent.base.get(side));
            *link.base.get_mut(side) = Some(base);
        }
        let mut event = self.event(&link.id, intent.side, Some(twin.clone()), "adopt");
        event.intent = Some(intent.id.clone());
        let settlement = Settlement {
            intents_over: vec![intent.id.clone()],
            links: vec![link],
            events: vec![event],
            work: vec![work_on(side, intent.item.clone(), WorkReason::Doubt)],
            ..Settlement::default()
        };
        match self.store().settle(&self.lease(), settlement).await {
            Err(StoreError::Taken(item, side)) => {
                let why = format!("the mark leads to {item} of side `{side}`, which has a twin");
                self.put_work_aside(intent.side.other(), intent.item.clone(), &why).await
            }
            other => {
                other?;
                self.count("adopted");
                let mut notes = self.notes();
                notes.creating.remove(&intent.id);
                notes.linked_tasks |= intent.item.kind != Kind::Comment;
                Ok(())
            }
        }
    }

    /// A comment over there that says the same and has no twin, where the engine's own database may have known of it.
    pub(super) async fn same_comment(
        &self,
        target: Side,
        task: Option<&str>,
        twin: &Twin,
        case: &Case,
    ) -> SyncResult<Option<Link>> {
        let Some(task) = task.filter(|_| *self.notes().full.get(case.side) && !self.is_new_task(target, task)) else {
            return Ok(None);
        };
        let rows = self.side(target).comments_of(task).await.map_err(|error| self.unreachable(target, error))?;
        let rows = rows.unwrap_or_default();
        let keys: Vec<ItemKey> = rows.iter().map(|row| row.item.clone()).collect();
        let links = self.store().links_of(self.mapping(), target, &keys).await?;
        let body = FieldKey::from(Field::Body);
        let same = rows.iter().find(|row| {
            let taken = links.iter().any(|link| link.item(target).as_ref() == Some(&row.item));
            !taken && Some(row.record.get(&body)) == twin.sent.get(&body)
        });
        Ok(same.map(|row| self.new_link(self.new_id(), case.side, &case.item, &row.item)))
    }

    /// Whether the task over there was made in this run: nothing can be in it that we do not know.
    fn is_new_task(&self, target: Side, task: Option<&str>) -> bool {
        let notes = self.notes();
        task.is_some_and(|task| notes.made.contains(&(target, ItemKey::new(Kind::Task, task))))
    }

    pub(super) async fn settle_adopted(&self, case: &Case, link: Link) -> SyncResult<Step> {
        let events = vec![self.event(&link.id, case.side.other(), link.item(case.side.other()), "adopt")];
        let work = vec![work_on(case.side, case.item.clone(), WorkReason::Doubt)];
        let settlement =
            Settlement { links: vec![link], events, done: case.works.clone(), work, ..Settlement::default() };
        self.store().settle(&self.lease(), settlement).await?;
        Ok(Step::Done)
    }
}
