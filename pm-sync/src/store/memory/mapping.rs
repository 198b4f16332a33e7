//! What is remembered of one mapping, in plain maps.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};

use super::no_conflict;
use super::queue::Queue;
use crate::item::{ItemKey, Kind, Pair, Side};
use crate::store::comments::{comments_of, is_about};
use crate::store::decide::{decide, is_undecided, keep_decision, work_of};
use crate::store::users::{Users, pair_up};
use crate::store::{
    Conflict, Event, Image, Intent, Lease, Link, LinkState, Run, Settlement, SideState, StoreError, StoreResult, TakeIn,
};

/// All of one mapping.
#[derive(Debug, Default)]
pub(super) struct Mapping {
    lease: Held,
    links: BTreeMap<String, Link>,
    /// The ids of the links, by their items.
    twins: Pair<BTreeMap<ItemKey, String>>,
    pub(super) work: Queue,
    conflicts: BTreeMap<String, Conflict>,
    /// By time, then id.
    events: BTreeMap<(DateTime<Utc>, String), Event>,
    pub(super) intents: BTreeMap<String, Intent>,
    pub(super) runs: BTreeMap<String, Run>,
    pub(super) states: Pair<Option<SideState>>,
    pub(super) users: Users,
}

/// Who has the mapping.
#[derive(Debug, Default)]
struct Held {
    owner: Option<String>,
    epoch: i64,
    expires_at: DateTime<Utc>,
}

impl Mapping {
    pub(super) fn from_image(image: Image) -> Self {
        let mut mapping = Self { states: image.states, work: Queue::from_rows(image.work), ..Self::default() };
        mapping.intents.extend(image.intents.into_iter().map(|intent| (intent.id.clone(), intent)));
        pair_up(&mut mapping.users, image.users);
        for link in image.links {
            mapping.put_link(link);
        }
        mapping
    }

    pub(super) fn claim(&mut self, name: &str, owner: &str, now: DateTime<Utc>, lasts: Duration) -> Option<Lease> {
        let held = &mut self.lease;
        if held.owner.as_deref().is_some_and(|other| other != owner) && held.expires_at > now {
            return None;
        }
        *held = Held { owner: Some(owner.to_owned()), epoch: held.epoch + 1, expires_at: after(now, lasts) };
        Some(Lease {
            mapping: name.to_owned(),
            owner: owner.to_owned(),
            epoch: held.epoch,
            expires_at: held.expires_at,
        })
    }

    pub(super) fn is_held_by(&self, lease: &Lease) -> bool {
        self.lease.epoch == lease.epoch && self.lease.owner.as_deref() == Some(&lease.owner)
    }

    pub(super) fn renew(&mut self, now: DateTime<Utc>, lasts: Duration) {
        self.lease.expires_at = after(now, lasts);
    }

    pub(super) fn release(&mut self, lease: &Lease) {
        if self.is_held_by(lease) {
            self.lease.owner = None;
        }
    }

    pub(super) fn take_in(&mut self, taken: TakeIn) -> StoreResult<()> {
        self.check_links(&taken.links, &[])?;
        self.end_intents(&taken.intents_over);
        taken.links.into_iter().for_each(|link| self.put_link(link));
        self.add_events(taken.events);
        taken.work.into_iter().for_each(|work| self.work.put(work));
        if let Some((side, state)) = taken.state {
            *self.states.get_mut(side) = Some(state);
        }
        Ok(())
    }

    pub(super) fn settle(&mut self, settlement: Settlement) -> StoreResult<()> {
        self.check_links(&settlement.links, &settlement.unlinked)?;
        self.end_intents(&settlement.intents_over);
        settlement.unlinked.iter().for_each(|id| self.forget_link(id));
        settlement.conflicts.into_iter().for_each(|conflict| self.put_conflict(conflict));
        settlement.links.into_iter().for_each(|link| self.put_link(link));
        self.add_events(settlement.events);
        settlement.done.into_iter().for_each(|work| self.work.clear(work));
        settlement.work.into_iter().for_each(|work| self.work.put(work));
        Ok(())
    }

    pub(super) fn open_intents(&self) -> Vec<Intent> {
        let mut open: Vec<_> = self.intents.values().collect();
        open.sort_by_key(|intent| intent.sent_at);
        open.into_iter().cloned().collect()
    }

    pub(super) fn links_of(&self, side: Side, items: &[ItemKey]) -> Vec<Link> {
        let twins = self.twins.get(side);
        // An item that is asked for twice is answered once.
        let ids: HashSet<_> = items.iter().filter_map(|item| twins.get(item)).collect();
        ids.into_iter().filter_map(|id| self.links.get(id)).cloned().collect()
    }

    pub(super) fn comment_links(&self, side: Side, task: &str) -> Vec<Link> {
        let [from, to] = comments_of(task).map(|id| ItemKey::new(Kind::Comment, id));
        let ids = self.twins.get(side).range(from..to).map(|(_, id)| id);
        let links = ids.filter_map(|id| self.links.get(id));
        links.filter(|link| is_about(link, side, task)).cloned().collect()
    }

    pub(super) fn pending_children(&self) -> Vec<Link> {
        self.links.values().filter(|link| link.pending_parent).cloned().collect()
    }

    pub(super) fn links_after(&self, kind: Option<Kind>, after: Option<&str>, limit: usize) -> Vec<Link> {
        use std::ops::Bound::{Excluded, Unbounded};
        let from = after.map_or(Unbounded, Excluded);
        let links = self.links.range::<str, _>((from, Unbounded)).map(|(_, link)| link);
        links.filter(|link| kind.is_none_or(|kind| link.kind == kind)).take(limit).cloned().collect()
    }

    pub(super) fn count_links(&self) -> BTreeMap<Kind, usize> {
        let mut counts = BTreeMap::new();
        for link in self.links.values().filter(|link| link.state != LinkState::Tombstoned) {
            *counts.entry(link.kind).or_insert(0) += 1;
        }
        counts
    }

    pub(super) fn conflicts(&self, undecided: bool) -> Vec<Conflict> {
        let mut wanted: Vec<_> =
            self.conflicts.values().filter(|conflict| !undecided || is_undecided(conflict)).collect();
        wanted.sort_by(|one, other| (other.found_at, &other.id).cmp(&(one.found_at, &one.id)));
        wanted.into_iter().cloned().collect()
    }

    pub(super) fn resolve(&mut self, id: &str, winner: Side, by: &str, now: DateTime<Utc>) -> StoreResult<Conflict> {
        let conflict = self.conflicts.get_mut(id).ok_or_else(|| no_conflict(id))?;
        let link = self.links.get_mut(&conflict.link);
        if !decide(conflict, winner, by, now)? {
            return Ok(conflict.clone());
        }
        let conflict = conflict.clone();
        let work = link.and_then(|link| work_of(link, &conflict));
        work.into_iter().for_each(|work| self.work.put(work));
        Ok(conflict)
    }

    pub(super) fn latest_runs(&self, limit: usize) -> Vec<Run> {
        let mut runs: Vec<_> = self.runs.values().collect();
        runs.sort_by(|one, other| (other.started_at, &other.id).cmp(&(one.started_at, &one.id)));
        runs.into_iter().take(limit).cloned().collect()
    }

    pub(super) fn events_of(&self, run: Option<&str>) -> Vec<Event> {
        self.events.values().filter(|event| run.is_none_or(|run| event.run == run)).cloned().collect()
    }

    pub(super) fn image(&self) -> Image {
        Image {
            links: self.links.values().cloned().collect(),
            work: self.work.all(),
            intents: self.open_intents(),
            states: self.states.clone(),
            users: self.users.values().cloned().collect(),
        }
    }

    /// Makes sure that no item would have two twins once links are written and others forgotten.
    fn check_links(&self, links: &[Link], unlinked: &[String]) -> StoreResult<()> {
        for side in Side::BOTH {
            let mut batch = HashMap::new();
            for (item, link) in links.iter().filter_map(|link| Some((link.item(side)?, link))) {
                let known = self.twins.get(side).get(&item).filter(|id| **id != link.id && !unlinked.contains(id));
                let stays = known.is_some_and(|id| !links.iter().any(|link| link.id == *id));
                let twice = batch.insert(item.clone(), &link.id).is_some_and(|other| *other != link.id);
                if stays || twice {
                    return Err(StoreError::Taken(item, side));
                }
            }
        }
        Ok(())
    }

    fn put_conflict(&mut self, mut conflict: Conflict) {
        if let Some(known) = self.conflicts.get(&conflict.id) {
            keep_decision(&mut conflict, known);
        }
        self.conflicts.insert(conflict.id.clone(), conflict);
    }

    fn put_link(&mut self, mut link: Link) {
        self.forget_link(&link.id);
        for parked in link.parked.values_mut().filter(|parked| parked.winner.is_none()) {
            parked.winner = self.conflicts.get(&parked.conflict).and_then(|conflict| conflict.winner);
        }
        for side in Side::BOTH {
            if let Some(item) = link.item(side) {
                self.twins.get_mut(side).insert(item, link.id.clone());
            }
        }
        self.links.insert(link.id.clone(), link);
    }

    fn forget_link(&mut self, id: &str) {
        let Some(link) = self.links.remove(id) else { return };
        for side in Side::BOTH {
            let twins = self.twins.get_mut(side);
            if let Some(item) = link.item(side).filter(|item| twins.get(item).is_some_and(|holder| holder == id)) {
                twins.remove(&item);
            }
        }
    }

    fn end_intents(&mut self, ids: &[String]) {
        for id in ids {
            self.intents.remove(id);
        }
    }

    fn add_events(&mut self, events: Vec<Event>) {
        self.events.extend(events.into_iter().map(|event| ((event.at, event.id.clone()), event)));
    }
}

fn after(now: DateTime<Utc>, lasts: Duration) -> DateTime<Utc> {
    TimeDelta::from_std(lasts).ok().and_then(|lasts| now.checked_add_signed(lasts)).unwrap_or(DateTime::<Utc>::MAX_UTC)
}
