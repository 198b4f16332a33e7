//! What is measured.

use std::sync::Arc;
use std::time::Duration;

use pm_core::{Cursor, PmProvider, TaskQuery};

use crate::Result;
use crate::database::Database;
use crate::measure::{Comparison, alternate, timed};
use crate::memory::{self, Way};
use crate::provider::{self, BATCH, Ground};
use crate::side::{PAGE, Process, Side, Work, complete};
use crate::table::{Gate, Row};

const PAGES_IN_A_ROUND: usize = 50;

/// How much is measured.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Sizes {
    rounds: usize,
    /// Tasks of the listing.
    few: usize,
    /// Tasks of the deep pages.
    many: usize,
}

impl Sizes {
    /// The sizes that the gates are meant for.
    pub(crate) fn full() -> Self {
        Self { rounds: 15, few: 10_000, many: 100_000 }
    }

    /// A tenth, for a first look.
    pub(crate) fn quick() -> Self {
        Self { rounds: 5, few: 1_000, many: 10_000 }
    }

    /// Where the deep page begins.
    fn depth(self) -> usize {
        self.many / 10 * 9
    }
}

/// Says whether figures of a database must be good enough.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Strictness {
    Gates,
    Informational,
}

impl Strictness {
    fn of(self, gate: Gate) -> Gate {
        match self {
            Self::Gates => gate,
            Self::Informational => Gate::Informational,
        }
    }
}

/// What can be measured alone, by its word on the command line.
pub(crate) const PARTS: [&str; 5] = ["batch", "get", "list", "depth", "memory"];

/// Measures some parts on one database.
pub(crate) async fn run<D: Database>(
    database: &D,
    parts: &[&str],
    sizes: Sizes,
    strictness: Strictness,
) -> Result<Vec<Row>> {
    let bench = Bench { database, sizes, strictness };
    let has = |part: &str| parts.contains(&part);
    let mut rows = Vec::new();
    if has("batch") {
        rows.push(bench.insert("atomic", Work::InsertAtomic).await?);
        rows.push(bench.insert("per item", Work::InsertPerItem).await?);
    }
    let few = bench.prepare("few", sizes.few).await?;
    if has("get") {
        rows.push(bench.read("get one task", Work::Get, &few, Gate::AtLeast(0.6)).await?);
        let held = "get one task, the reference without a pool";
        rows.push(bench.read(held, Work::GetHeld, &few, Gate::Informational).await?);
    }
    if has("list") {
        let what = format!("list {} tasks by pages of {PAGE}", sizes.few);
        rows.push(bench.read(&what, Work::List, &few, Gate::AtLeast(0.8)).await?);
    }
    if has("depth") || has("memory") {
        let many = bench.prepare("many", sizes.many).await?;
        if has("depth") {
            rows.extend(bench.depths(&many).await?);
        }
        if has("memory") {
            rows.extend(bench.memory(&few, &many)?);
        }
    }
    Ok(rows)
}

struct Bench<'d, D> {
    database: &'d D,
    sizes: Sizes,
    strictness: Strictness,
}

impl<D: Database> Bench<'_, D> {
    async fn prepare(&self, name: &str, tasks: usize) -> Result<String> {
        let url = self.database.create(name)?;
        provider::fill(&url, tasks).await?;
        D::settle(&url).await?;
        Ok(url)
    }

    fn name(&self, what: &str) -> String {
        let name = format!("{}: {what}", D::NAME);
        println!("{name}");
        name
    }

    /// Each side writes into a database of its own, so that both grow alike.
    async fn insert(&self, what: &str, work: Work) -> Result<Row> {
        let name = self.name(&format!("insert a batch of {BATCH}, {what}"));
        let ours = self.prepare(&format!("ours {work}"), 0).await?;
        let theirs = self.prepare(&format!("theirs {work}"), 0).await?;
        let comparison = self.sides(work, &ours, &theirs).await?;
        Ok(Row::of_times(name, comparison, self.strictness.of(Gate::AtLeast(0.6))))
    }

    async fn read(&self, what: &str, work: Work, url: &str, gate: Gate) -> Result<Row> {
        let name = self.name(what);
        Ok(Row::of_times(name, self.sides(work, url, url).await?, self.strictness.of(gate)))
    }

    async fn sides(&self, work: Work, ours: &str, theirs: &str) -> Result<Comparison> {
        let mut provider = Process::start(Side::Provider, work, ours)?;
        let mut reference = Process::start(Side::Reference, work, theirs)?;
        let comparison = alternate(self.sizes.rounds, async || provider.round(), async || reference.round());
        Ok(each(comparison.await?, work.repetitions()))
    }

    async fn depths(&self, url: &str) -> Result<Vec<Row>> {
        let ground = Ground::find(url).await?;
        let provider = provider::open(url).await?;
        let of_all = self.depth(&provider, "of all tasks", TaskQuery::new()).await?;
        let of_project = self.depth(&provider, "of a project", TaskQuery::in_project(&ground.project)).await?;
        Ok(vec![of_all, of_project])
    }

    /// Compares the provider with itself: the first page stands where the reference does elsewhere.
    async fn depth(&self, provider: &Arc<dyn PmProvider>, what: &str, query: TaskQuery) -> Result<Row> {
        let name = self.name(&format!("page {what} at depth {} ÷ first page", self.sizes.depth()));
        let query = query.page_size(PAGE);
        let deep = self.cursor_at_depth(provider, &query).await?;
        let first_page = async || pages(provider, &query, None).await;
        let deep_page = async || pages(provider, &query, Some(deep.clone())).await;
        let comparison = each(alternate(self.sizes.rounds, first_page, deep_page).await?, PAGES_IN_A_ROUND);
        let turned = Comparison { first: comparison.second, second: comparison.first, ratio: comparison.ratio };
        Ok(Row::of_times(name, turned, self.strictness.of(Gate::AtMost(1.3))))
    }

    async fn cursor_at_depth(&self, provider: &Arc<dyn PmProvider>, query: &TaskQuery) -> Result<Cursor> {
        let mut cursor = None;
        for _ in 0..self.sizes.depth() / PAGE as usize {
            let page = provider.tasks_page(query, cursor).await?;
            complete(page.items.len(), PAGE as usize)?;
            cursor = page.next;
        }
        cursor.ok_or_else(|| "the listing ended too early".into())
    }

    fn memory(&self, few: &str, many: &str) -> Result<Vec<Row>> {
        let Sizes { few: few_tasks, many: many_tasks, .. } = self.sizes;
        let mut rows = Vec::new();
        for (what, way, gate) in
            [("stream", Way::Stream, Gate::AtMost(1.2)), ("collect", Way::Collect, Gate::Informational)]
        {
            let name = self.name(&format!("{what} {many_tasks} tasks ÷ {few_tasks}, peak memory"));
            let most = memory::peak(way, many, many_tasks)?;
            let least = memory::peak(way, few, few_tasks)?;
            rows.push(Row::of_memory(name.clone(), most.whole, least.whole, self.strictness.of(gate)));
            rows.push(Row::of_memory(format!("{name}, rise"), most.rise, least.rise, self.strictness.of(gate)));
        }
        Ok(rows)
    }
}

/// Reads one page again and again.
async fn pages(provider: &Arc<dyn PmProvider>, query: &TaskQuery, cursor: Option<Cursor>) -> Result<Duration> {
    let reads = async {
        for _ in 0..PAGES_IN_A_ROUND {
            let page = provider.tasks_page(query, cursor.clone()).await?;
            complete(page.items.len(), PAGE as usize)?;
        }
        Ok(())
    };
    Ok(timed(reads).await?.0)
}

fn each(comparison: Comparison, count: usize) -> Comparison {
    let part = |time: Duration| time / u32::try_from(count).unwrap_or(u32::MAX);
    Comparison { first: part(comparison.first), second: part(comparison.second), ratio: comparison.ratio }
}
