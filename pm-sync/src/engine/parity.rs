//! How far both projects say the same now: read side by side, with nothing written anywhere.

use std::collections::{HashMap, HashSet};

use futures_util::{StreamExt, TryStreamExt, stream};
use pm_provider::Operation;

use super::error::{SyncError, SyncResult};
use super::options::RunOptions;
use super::session::Session;
use super::terms::{CarryError, Terms};
use super::{Engine, EngineParts};
use crate::config::{Matching, Mode};
use crate::item::{ItemKey, Kind, Pair, Side};
use crate::matching::pair_up;
use crate::report::{Comparison, ParityReport, TwoRows, Why};
use crate::side::Row;
use crate::store::{IntentOp, Link, LinkState, Settlement};
use crate::translate::{Carried, in_filter, may_cross};

/// How many links are looked at at once.
const LINKS: usize = 500;
/// How many tasks' comments are read at once.
const TASKS: usize = 4;

impl Engine {
    /// Says how far both projects say the same, and where not. Writes nothing, to neither side nor to the store.
    ///
    /// Items are paired by their links. Those that have none are paired by what they say if the mapping is observed, or
    /// matches by content.
    ///
    /// # Errors
    /// A side cannot be read, or the store cannot.
    pub async fn parity(&self) -> SyncResult<ParityReport> {
        let config = self.parts().config.clone();
        let parts = EngineParts { config, ..self.played_parts().await? };
        let lease = parts.store.claim(&parts.mapping, &parts.owner, parts.config.timing.lease()).await?;
        let Some(lease) = lease else { return Err(SyncError::Busy { mapping: parts.mapping.clone() }) };
        let options = RunOptions::new();
        let session = Session::new(&parts, &self.progress, lease, &options, true);
        session.learn_people().await?;
        session.compare().await
    }
}

/// The items of one kind, paired.
#[derive(Default)]
struct Paired {
    /// Items and their twins, and whether something is still to be synchronised in them.
    pairs: Vec<(Pair<Row>, bool)>,
    lone: Vec<(Side, Row, Why)>,
    /// Items that the mapping leaves out.
    withheld: Vec<Side>,
}

/// What is known to wait for a run.
struct Late(HashSet<(Side, ItemKey)>);

/// The links of a kind by the ids of each side.
#[derive(Default)]
struct Links {
    all: Vec<Link>,
    by_id: Pair<HashMap<String, usize>>,
}

impl Session<'_> {
    async fn compare(&self) -> SyncResult<ParityReport> {
        let terms = self.terms().await?;
        let late = self.late().await?;
        let mut comparison = Comparison::new(&terms.plan, Pair::of(|side| self.side(side).name().to_owned()));
        let sprints = self.paired(Kind::Sprint, &terms, &late).await?;
        let tasks = self.paired(Kind::Task, &terms, &late).await?;
        let comments = self.paired_comments(&terms, &late, &tasks).await?;
        for paired in [sprints, tasks, comments] {
            self.tell(&terms, paired, &mut comparison).await?;
        }
        Ok(comparison.finish())
    }

    async fn tell(&self, terms: &Terms, paired: Paired, comparison: &mut Comparison<'_>) -> SyncResult<()> {
        for (rows, lags) in &paired.pairs {
            let over = Pair::new(self.over(terms, rows, Side::A).await?, self.over(terms, rows, Side::B).await?);
            comparison.pair(&TwoRows {
                rows: Pair::new(&rows.a, &rows.b),
                over: Pair::new(&over.a, &over.b),
                lags: *lags,
            });
        }
        paired.lone.iter().for_each(|(side, row, why)| comparison.lone(*side, row, *why));
        paired.withheld.iter().for_each(|side| comparison.withheld(*side));
        Ok(())
    }

    /// The other side's item in the terms of a side; where that refuses it as a whole, as it was translated.
    async fn over(&self, terms: &Terms, rows: &Pair<Row>, to: Side) -> SyncResult<Carried> {
        let (from, there) = (rows.get(to.other()), Some(&rows.get(to).record));
        let kind = from.item.kind;
        match self.carry(terms, kind, to.other(), &from.record, there).await {
            Ok(carried) => Ok(carried),
            Err(CarryError::Run(error)) => Err(error),
            Err(CarryError::Item(_)) => self.translate(terms, kind, to.other(), &from.record, there).await,
        }
    }

    /// All tasks or sprints of both sides.
    async fn paired(&self, kind: Kind, terms: &Terms, late: &Late) -> SyncResult<Paired> {
        let both = Side::BOTH.into_iter().all(|side| self.side(side).has(kind));
        if !both || !self.config().kinds.contains(&kind) {
            return Ok(Paired::default());
        }
        let rows = Pair::new(self.all_rows(Side::A, kind).await?, self.all_rows(Side::B, kind).await?);
        let links = self.all_links(kind).await?;
        self.pair(kind, terms, late, rows, &links).await
    }

    async fn all_rows(&self, side: Side, kind: Kind) -> SyncResult<Vec<Row>> {
        let (mut rows, mut cursor) = (Vec::new(), None);
        loop {
            let page = self.side(side).list_page(kind, cursor).await;
            let (page, next) = page.map_err(|error| self.unreachable(side, error))?;
            rows.extend(page.into_iter().filter(|row| !row.elsewhere));
            match next {
                Some(next) => cursor = Some(next),
                None => break,
            }
        }
        // What was changed while the pages were read may be on two of them.
        let mut seen = HashSet::new();
        rows.retain(|row| seen.insert(row.item.clone()));
        Ok(rows)
    }

    /// The comments of all tasks; those of a task without a twin have none either.
    async fn paired_comments(&self, terms: &Terms, late: &Late, tasks: &Paired) -> SyncResult<Paired> {
        let both = Side::BOTH.into_iter().all(|side| self.side(side).has(Kind::Comment));
        if !both || !self.config().kinds.contains(&Kind::Comment) {
            return Ok(Paired::default());
        }
        let links = &self.all_links(Kind::Comment).await?;
        let twins = tasks.pairs.iter().map(|(task, _)| Pair::new(Some(&task.a), Some(&task.b)));
        let lone = tasks.lone.iter().map(|(side, task, _)| Pair::of(|of| (of == *side).then_some(task)));
        let reads = twins.chain(lone).map(|task| async move {
            let a = self.comments(Side::A, task.a).await?;
            let b = self.comments(Side::B, task.b).await?;
            self.pair(Kind::Comment, terms, late, Pair::new(a, b), links).await
        });
        let found: Vec<Paired> = stream::iter(reads).buffered(TASKS).try_collect().await?;
        Ok(found.into_iter().fold(Paired::default(), Paired::with))
    }

    async fn comments(&self, side: Side, task: Option<&Row>) -> SyncResult<Vec<Row>> {
        let Some(task) = task else { return Ok(Vec::new()) };
        let rows = self.side(side).comments_of(&task.item.id).await;
        Ok(rows.map_err(|error| self.unreachable(side, error))?.unwrap_or_default())
    }

    async fn all_links(&self, kind: Kind) -> SyncResult<Links> {
        let mut links = Links::default();
        loop {
            let after = links.all.last().map(|link| link.id.clone());
            let page = self.store().links_after(self.mapping(), Some(kind), after.as_deref(), LINKS).await?;
            if page.is_empty() {
                return Ok(links);
            }
            page.into_iter().for_each(|link| links.add(link));
        }
    }

    /// Pairs items by their links, then by what they say; the links of those are remembered in our copy, for what
    /// refers to them.
    async fn pair(
        &self,
        kind: Kind,
        terms: &Terms,
        late: &Late,
        rows: Pair<Vec<Row>>,
        links: &Links,
    ) -> SyncResult<Paired> {
        let mut paired = Paired::default();
        let mut b_rows: HashMap<String, Row> = rows.b.into_iter().map(|row| (row.item.id.clone(), row)).collect();
        let mut unlinked = Pair::<Vec<Row>>::default();
        for row in rows.a {
            match links.of(Side::A, &row) {
                None => unlinked.a.push(row),
                Some(link) => {
                    let twin = link.ids.b.as_ref().and_then(|id| b_rows.remove(id));
                    self.linked(link, Pair::new(Some(row), twin), late, &mut paired);
                }
            }
        }
        for (_, row) in b_rows.into_iter().collect::<std::collections::BTreeMap<_, _>>() {
            match links.of(Side::B, &row) {
                None => unlinked.b.push(row),
                Some(link) => self.linked(link, Pair::new(None, Some(row)), late, &mut paired),
            }
        }
        for (a, b) in self.alike(kind, terms, &mut unlinked).await? {
            self.add_pair(a, b, false, &mut paired);
        }
        for (side, rows) in [(Side::A, unlinked.a), (Side::B, unlinked.b)] {
            rows.into_iter().for_each(|row| self.add_lone(side, row, late, &mut paired));
        }
        Ok(paired)
    }

    fn linked(&self, link: &Link, rows: Pair<Option<Row>>, late: &Late, paired: &mut Paired) {
        let lags = late.has(link) || changed(link, &rows);
        match rows {
            Pair { a: Some(_), .. } | Pair { b: Some(_), .. } if link.state != LinkState::Linked => {
                paired.withheld.push(if rows.a.is_some() { Side::A } else { Side::B });
            }
            Pair { a: Some(a), b: Some(b) } => self.add_pair(a, b, lags, paired),
            Pair { a: Some(row), b: None } => paired.lone.push((Side::A, row, Why::Lag)),
            Pair { a: None, b: Some(row) } => paired.lone.push((Side::B, row, Why::Lag)),
            Pair { a: None, b: None } => {}
        }
    }

    fn add_pair(&self, a: Row, b: Row, lags: bool, paired: &mut Paired) {
        if self.is_meant(&a) && self.is_meant(&b) {
            paired.pairs.push((Pair::new(a, b), lags));
        } else {
            paired.withheld.push(Side::A);
        }
    }

    fn add_lone(&self, side: Side, row: Row, late: &Late, paired: &mut Paired) {
        if !self.is_meant(&row) {
            return paired.withheld.push(side);
        }
        let creates = self.side(side.other()).can(row.item.kind, Operation::Create);
        let why = if late.0.contains(&(side, row.item.clone())) {
            Why::Lag
        } else if creates || self.config().mode == Mode::Observe {
            Why::Different
        } else {
            Why::NotSupported
        };
        paired.lone.push((side, row, why));
    }

    /// Whether the mapping is about an item.
    fn is_meant(&self, row: &Row) -> bool {
        may_cross(row, self.config()) && in_filter(self.config(), row)
    }

    /// Takes out of unlinked items those that are the same beyond doubt, if that is how the mapping finds them.
    async fn alike(&self, kind: Kind, terms: &Terms, unlinked: &mut Pair<Vec<Row>>) -> SyncResult<Vec<(Row, Row)>> {
        if self.config().mode != Mode::Observe && self.config().matching != Matching::Content {
            return Ok(Vec::new());
        }
        let sure = pair_up(kind, &unlinked.a, &unlinked.b, &terms.translator).sure;
        let links = sure.iter().map(|(a, b)| self.new_link(self.new_id(), Side::A, a, b)).collect();
        self.store().settle(&self.lease(), Settlement { links, ..Settlement::default() }).await?;
        let mut b_rows = take(&mut unlinked.b, sure.iter().map(|(_, b)| b));
        let mut a_rows = take(&mut unlinked.a, sure.iter().map(|(a, _)| a));
        Ok(sure.iter().filter_map(|(a, b)| Some((a_rows.remove(a)?, b_rows.remove(b)?))).collect())
    }

    /// What waits for a run: work, and writes whose outcome is not known.
    async fn late(&self) -> SyncResult<Late> {
        let work = self.store().all_work(self.mapping()).await?;
        let intents = self.store().open_intents(self.mapping()).await?;
        let written = intents.into_iter().map(|intent| match intent.op {
            IntentOp::Create => (intent.side.other(), intent.item),
            _ => (intent.side, intent.item),
        });
        Ok(Late(work.into_iter().map(|work| (work.side, work.item)).chain(written).collect()))
    }
}

impl Paired {
    fn with(mut self, other: Self) -> Self {
        self.pairs.extend(other.pairs);
        self.lone.extend(other.lone);
        self.withheld.extend(other.withheld);
        self
    }
}

impl Late {
    fn has(&self, link: &Link) -> bool {
        let waits = |side| link.item(side).is_some_and(|item| self.0.contains(&(side, item)));
        Side::BOTH.into_iter().any(waits)
    }
}

impl Links {
    fn add(&mut self, link: Link) {
        for side in Side::BOTH {
            if let Some(id) = link.ids.get(side) {
                self.by_id.get_mut(side).insert(id.clone(), self.all.len());
            }
        }
        self.all.push(link);
    }

    fn of(&self, side: Side, row: &Row) -> Option<&Link> {
        self.all.get(*self.by_id.get(side).get(&row.item.id)?)
    }
}

/// Whether an item looks other than when it was last settled.
fn changed(link: &Link, rows: &Pair<Option<Row>>) -> bool {
    Side::BOTH.into_iter().any(|side| match (link.seen.get(side), rows.get(side)) {
        (Some(seen), Some(row)) => seen.hash != row.seen.hash,
        _ => false,
    })
}

/// Takes some items out of rows.
fn take<'k>(rows: &mut Vec<Row>, items: impl Iterator<Item = &'k ItemKey>) -> HashMap<ItemKey, Row> {
    let items: HashSet<&ItemKey> = items.collect();
    let (taken, left) = std::mem::take(rows).into_iter().partition(|row| items.contains(&row.item));
    *rows = left;
    let taken: Vec<Row> = taken;
    taken.into_iter().map(|row| (row.item.clone(), row)).collect()
}
