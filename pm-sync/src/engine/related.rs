//! Relations of the tasks that a run looked at.
//!
//! Nothing tells of relations but the tasks that they belong to, so they are looked at when one of their tasks is: those of
//! all tasks at once where a backend lists them so, else task by task, and then only where the other side has or had some.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use pm_provider::{Relation, RelationKind, Retry};

use super::error::SyncResult;
use super::pull::work_on;
use super::session::Session;
use crate::item::{ItemKey, Kind, Pair, Side};
use crate::relations::{Tie, decide, keep, kept};
use crate::store::{Event, Link, LinkState, Settlement, WorkReason};

/// How many tasks a page of a listing holds, about.
const PAGE: usize = 100;

/// What is known of the relations of some tasks.
#[derive(Default)]
struct Known {
    /// Links by the task's id on side `A`.
    links: BTreeMap<String, Link>,
    /// Ids on side `A`, by ids on each side.
    names: Pair<HashMap<String, String>>,
    /// What stands on each side.
    ties: Pair<BTreeMap<Tie, Relation>>,
    /// The tasks whose relations were read, by the ids of each side; those of all where it lists them so.
    read: Pair<HashSet<String>>,
    /// The tasks that were looked at, by their ids on side `A`.
    touched: BTreeSet<String>,
}

impl Known {
    fn id_on(&self, side: Side, name: &str) -> Option<String> {
        self.links.get(name)?.ids.get(side).clone()
    }

    /// Both tasks of a tie in the order in which a side has them: people see a difference even where there is none.
    fn as_it_reads<'a>(&'a self, side: Side, tie: &'a Tie) -> [&'a str; 2] {
        let names = self.names.get(side);
        let read = self.ties.get(side).get(tie).and_then(|relation| {
            Some([names.get(relation.from.as_str())?.as_str(), names.get(relation.to.as_str())?.as_str()])
        });
        read.unwrap_or_else(|| tie.ends())
    }

    fn is_about_touched(&self, tie: &Tie) -> bool {
        tie.ends().iter().any(|end| self.touched.contains(*end))
    }

    /// What both tasks of a tie keep: one that was made again since has none.
    fn agreed_before(&self) -> BTreeSet<Tie> {
        let kept: BTreeMap<&str, BTreeSet<Tie>> = self
            .links
            .iter()
            .map(|(name, link)| (name.as_str(), link.base.a.as_ref().map(kept).unwrap_or_default()))
            .collect();
        let by_both = |tie: &Tie| tie.ends().iter().all(|end| kept.get(end).is_none_or(|kept| kept.contains(tie)));
        let ties = kept.values().flatten().filter(|tie| self.is_about_touched(tie) && by_both(tie));
        ties.cloned().collect()
    }

    fn now(&self) -> Pair<BTreeSet<Tie>> {
        Pair::of(|side| self.ties.get(side).keys().filter(|tie| self.is_about_touched(tie)).cloned().collect())
    }

    fn learn(&mut self, links: Vec<Link>) {
        for link in links.into_iter().filter(|link| link.state == LinkState::Linked) {
            if let Pair { a: Some(a), b: Some(b) } = link.ids.clone() {
                self.names.a.insert(a.clone(), a.clone());
                self.names.b.insert(b, a.clone());
                self.links.entry(a).or_insert(link);
            }
        }
    }
}

impl Session<'_> {
    /// Brings the relations of the tasks that this run looked at into step.
    pub(super) async fn relate(&self) -> SyncResult<()> {
        let touched = std::mem::take(&mut self.notes().touched);
        let has = Side::BOTH.into_iter().all(|side| self.side(side).has_relations());
        if touched.is_empty() || !has || !self.config().relations {
            return Ok(());
        }
        let mut known = Known::default();
        for side in Side::BOTH {
            let items: Vec<ItemKey> =
                touched.iter().filter(|(of, _)| *of == side).map(|(_, item)| item.clone()).collect();
            known.learn(self.store().links_of(self.mapping(), side, &items).await?);
        }
        known.touched = known.links.keys().cloned().collect();
        if known.touched.is_empty() {
            return Ok(());
        }
        self.read_relations(&mut known, &touched).await?;
        self.tie(&known).await
    }

    async fn read_relations(&self, known: &mut Known, touched: &HashSet<(Side, ItemKey)>) -> SyncResult<()> {
        let mut listed = Pair::<bool>::default();
        for side in Side::BOTH {
            let tasks: Vec<&ItemKey> = touched.iter().filter(|(of, _)| *of == side).map(|(_, item)| item).collect();
            if self.lists_relations(side, known.touched.len()).await? {
                *listed.get_mut(side) = true;
                let all = self.side(side).all_relations().await.map_err(|error| self.unreachable(side, error))?;
                self.needed(side, 1);
                self.take_in_relations(known, side, all).await?;
            } else if self.config().writes(side.other()) {
                for item in tasks {
                    self.read_relations_of(known, side, &item.id).await?;
                }
            }
        }
        // The twins of what is related on one side, or was on both.
        for side in Side::BOTH.into_iter().filter(|side| !*listed.get(*side)) {
            let ties: BTreeSet<Tie> =
                [known.now().a, known.now().b, known.agreed_before()].into_iter().flatten().collect();
            for tie in ties {
                let ends: Vec<String> = tie.ends().iter().filter_map(|end| known.id_on(side, end)).collect();
                if let ([from, _], false) = (ends.as_slice(), ends.iter().any(|end| known.read.get(side).contains(end)))
                {
                    self.read_relations_of(known, side, from).await?;
                }
            }
        }
        Ok(())
    }

    /// Whether the relations of all tasks are listed: where that takes no more pages than there are tasks to ask for.
    async fn lists_relations(&self, side: Side, touched: usize) -> SyncResult<bool> {
        if !self.side(side).lists_all_relations() {
            return Ok(false);
        }
        let links = self.store().count_links(self.mapping()).await?;
        let tasks = links.get(&Kind::Task).copied().unwrap_or_default();
        Ok(tasks.div_ceil(PAGE) <= touched)
    }

    async fn read_relations_of(&self, known: &mut Known, side: Side, task: &str) -> SyncResult<()> {
        if known.names.get(side).contains_key(task) && known.read.get_mut(side).insert(task.to_owned()) {
            let found = self.side(side).relations_of(task).await.map_err(|error| self.unreachable(side, error))?;
            self.needed(side, 1);
            self.take_in_relations(known, side, found).await?;
        }
        Ok(())
    }

    /// Notes relations of which both tasks have twins.
    async fn take_in_relations(&self, known: &mut Known, side: Side, relations: Vec<Relation>) -> SyncResult<()> {
        let ends = relations.iter().flat_map(|relation| [relation.from.as_str(), relation.to.as_str()]);
        let new: BTreeSet<&str> = ends.filter(|end| !known.names.get(side).contains_key(*end)).collect();
        let new: Vec<ItemKey> = new.into_iter().map(|end| ItemKey::new(Kind::Task, end)).collect();
        if !new.is_empty() {
            known.learn(self.store().links_of(self.mapping(), side, &new).await?);
        }
        for relation in relations.into_iter().filter(|relation| relation.kind != RelationKind::Other) {
            let name = |id: &str| known.names.get(side).get(id).cloned();
            if let (Some(from), Some(to)) = (name(relation.from.as_str()), name(relation.to.as_str())) {
                known.ties.get_mut(side).insert(Tie::new(relation.kind, from, to), relation);
            }
        }
        Ok(())
    }

    /// Makes and takes away what has to be, and keeps what both sides have then.
    async fn tie(&self, known: &Known) -> SyncResult<()> {
        let before = known.agreed_before();
        let writes = Pair::of(|side| self.config().writes(side));
        let untied = decide(&known.now(), &before, writes);
        let (mut agreed, mut settlement) = (untied.agreed, Settlement::default());
        for side in Side::BOTH {
            for tie in untied.make.get(side) {
                if self.make_tie(known, side, tie, &mut settlement).await? {
                    agreed.insert(tie.clone());
                }
            }
            let gone = self.really_gone(known, side.other(), untied.take_away.get(side)).await?;
            for tie in untied.take_away.get(side) {
                if !gone.contains(tie) || !self.take_tie_away(known, side, tie, &mut settlement).await? {
                    agreed.insert(tie.clone());
                }
            }
        }
        settlement.links = changed_links(known, &agreed);
        if settlement != Settlement::default() {
            self.store().settle(&self.lease(), settlement).await?;
        }
        Ok(())
    }

    async fn make_tie(&self, known: &Known, side: Side, tie: &Tie, settlement: &mut Settlement) -> SyncResult<bool> {
        let [from, to] = known.as_it_reads(side.other(), tie);
        let ids = (known.id_on(side, from), known.id_on(side, to));
        let (Some(from_id), Some(to_id)) = ids else { return Ok(false) };
        if !self.side(side).writes_relations(tie.kind()) {
            let name = self.side(side).name();
            self.warn(format!("`{name}` takes no relations of the kind `{}`: they are left out", word(tie.kind())));
            return Ok(false);
        }
        self.hold_lease().await?;
        let made = self.side(side).relate(tie.kind(), &from_id, &to_id).await;
        self.needed(side, 1);
        Ok(self.came_of(known, side, tie, made, "relate", settlement))
    }

    async fn take_tie_away(
        &self,
        known: &Known,
        side: Side,
        tie: &Tie,
        settlement: &mut Settlement,
    ) -> SyncResult<bool> {
        let Some(relation) = known.ties.get(side).get(tie) else { return Ok(true) };
        if !self.side(side).writes_relations(tie.kind()) {
            return Ok(false);
        }
        self.hold_lease().await?;
        let done = self.side(side).unrelate(relation).await;
        self.needed(side, 1);
        Ok(self.came_of(known, side, tie, done, "unrelate", settlement))
    }

    /// Notes what came of a write; says whether it was done. What may go better later is tried again.
    fn came_of(
        &self,
        known: &Known,
        side: Side,
        tie: &Tie,
        came: pm_provider::Result<()>,
        op: &str,
        settlement: &mut Settlement,
    ) -> bool {
        let [from, _] = tie.ends();
        let Some(link) = known.links.get(from) else { return false };
        match came {
            Ok(()) => {
                self.count(&format!("{op}d"));
                settlement.events.push(self.tied(link, side, tie, op));
                true
            }
            Err(error) => {
                let item = link.item(side).map(|item| item.to_string()).unwrap_or_default();
                self.warn(format!(
                    "the relation `{}` of {item} of side `{side}` was not written: {error}",
                    word(tie.kind())
                ));
                if let (Some(item), false) = (link.item(Side::A), error.retry() == Retry::Never) {
                    settlement.work.push(work_on(Side::A, item, WorkReason::Reference));
                }
                false
            }
        }
    }

    fn tied(&self, link: &Link, side: Side, tie: &Tie, op: &str) -> Event {
        let mut event = self.event(&link.id, side, link.item(side), op);
        keep_in(&mut event.after, tie);
        event
    }

    /// Those of some ties that a side does not show any more of which it still shows both tasks: the others may be missing
    /// because the side shows less than it did. None if they are too many at once.
    async fn really_gone(&self, known: &Known, side: Side, ties: &BTreeSet<Tie>) -> SyncResult<BTreeSet<Tie>> {
        if ties.is_empty() || *self.notes().full.get(side) {
            return Ok(BTreeSet::new());
        }
        let id = |end: &str| known.id_on(side, end).map(|id| ItemKey::new(Kind::Task, id));
        let ends: BTreeSet<ItemKey> = ties.iter().flat_map(Tie::ends).filter_map(id).collect();
        let ends: Vec<ItemKey> = ends.into_iter().collect();
        let rows = self.side(side).get_many(&ends).await.map_err(|error| self.unreachable(side, error))?;
        self.needed(side, 1);
        let shown: HashSet<ItemKey> = rows.into_iter().map(|row| row.item).collect();
        let is_shown = |end: &&str| id(end).is_some_and(|item| shown.contains(&item));
        let gone: BTreeSet<Tie> = ties.iter().filter(|tie| tie.ends().iter().all(is_shown)).cloned().collect();
        let allowed = self.allowed_deletions().await?;
        if gone.len() > allowed && !self.options.approve_deletions {
            self.notes().needs_approval += gone.len();
            self.warn(format!(
                "{} relations were taken away on side `{side}`, more than the {allowed} that one run passes on: they stay on \
                 the other one; approve it, or restore them",
                gone.len()
            ));
            return Ok(BTreeSet::new());
        }
        Ok(gone)
    }

    async fn allowed_deletions(&self) -> SyncResult<usize> {
        let links: usize = self.store().count_links(self.mapping()).await?.values().sum();
        let timing = &self.config().timing;
        Ok(timing.deletions.max(links * timing.deletions_percent / 100))
    }
}

/// Links whose kept ties are others now.
fn changed_links(known: &Known, agreed: &BTreeSet<Tie>) -> Vec<Link> {
    let mut changed = Vec::new();
    for (name, link) in &known.links {
        let Some(base) = &link.base.a else { continue };
        let before = kept(base);
        let others = before.iter().filter(|tie| !known.is_about_touched(tie)).cloned();
        let own = agreed.iter().filter(|tie| tie.ends().contains(&name.as_str())).cloned();
        let after: BTreeSet<Tie> = others.chain(own).collect();
        if after != before {
            let mut link = link.clone();
            if let Some(base) = &mut link.base.a {
                keep(base, &after);
            }
            changed.push(link);
        }
    }
    changed
}

fn keep_in(patch: &mut crate::record::Patch, tie: &Tie) {
    let name = crate::record::FieldKey::Custom("relation".to_owned());
    patch.set(name, serde_json::to_value(tie).unwrap_or_default());
}

fn word(kind: RelationKind) -> String {
    serde_json::to_value(kind).ok().and_then(|word| word.as_str().map(str::to_owned)).unwrap_or_default()
}
