//! `spm sync status`.

use std::collections::BTreeMap;
use std::io::Write;

use chrono::{DateTime, Utc};
use clap::Args;
use pm_core::sync::item::{ItemKey, Side};
use pm_core::sync::store::{Run, Work};
use serde::Serialize;

use super::desk::{Desk, Known};
use super::words;
use crate::failure::Result;
use crate::output::{Cell, Column, Details, FormatArgs, Tone, moment, note, presented, show_rows};
use crate::session::Session;
use crate::settings::printable;

/// Which.
#[derive(Args, Debug)]
pub(crate) struct StatusArgs {
    /// The mappings: by their projects or connections; all if none is named, and of a single one everything is shown
    #[arg(value_name = "NAME")]
    names: Vec<String>,
    #[command(flatten)]
    format: FormatArgs,
}

/// How a mapping stands.
#[derive(Debug, Serialize)]
struct Row {
    mapping: String,
    project: String,
    connection: String,
    provider: String,
    external: String,
    mode: Option<String>,
    enabled: bool,
    /// Pairs of items, by kind.
    links: BTreeMap<String, usize>,
    /// Items to be looked at, those that were put aside left out.
    work: usize,
    /// Writes of which it is not known what became of them.
    in_doubt: usize,
    /// What a person has to decide.
    conflicts: usize,
    /// What failed so often that it was put aside.
    quarantine: Vec<PutAside>,
    last_sync_at: Option<DateTime<Utc>>,
    last_run: Option<Run>,
    problem: Option<String>,
}

/// An item that was put aside.
#[derive(Debug, Serialize)]
struct PutAside {
    side: Side,
    item: ItemKey,
    attempts: u32,
    error: Option<String>,
}

presented!(
    Row,
    "mappings",
    [
        "mapping",
        "project",
        "connection",
        "provider",
        "external",
        "mode",
        "enabled",
        "links",
        "work",
        "in_doubt",
        "conflicts",
        "quarantine",
        "last_sync_at",
        "last_run",
        "problem",
    ],
    [
        Column::fixed("PROJECT"),
        Column::wide("WITH").least(16),
        Column::fixed("MODE"),
        Column::fixed("PAIRS"),
        Column::fixed("TO DO").rank(2),
        Column::fixed("CONFLICTS").rank(1),
        Column::fixed("ASIDE").rank(3),
        Column::fixed("LAST RUN").rank(4),
        Column::fixed("STATE"),
    ],
    |row| row.cells()
);

impl Row {
    async fn of(desk: &Desk<'_>, known: &Known) -> Result<Self> {
        let (mapping, memory) = (&known.mapping, &desk.memory);
        let config = mapping.config();
        let links = memory.count_links(&mapping.id).await?;
        let (aside, work): (Vec<Work>, Vec<Work>) =
            memory.all_work(&mapping.id).await?.into_iter().partition(Work::is_quarantined);
        Ok(Self {
            mapping: mapping.id.clone(),
            project: known.project_name().to_owned(),
            connection: mapping.connection.clone(),
            provider: mapping.provider.clone(),
            external: mapping.external.to_string(),
            mode: config.as_ref().ok().map(|config| words::mode(config.mode)),
            enabled: mapping.enabled,
            links: links.into_iter().map(|(kind, count)| (kind.to_string(), count)).collect(),
            work: work.len(),
            in_doubt: memory.open_intents(&mapping.id).await?.len(),
            conflicts: memory.conflicts(&mapping.id, true).await?.len(),
            quarantine: aside.into_iter().map(PutAside::from).collect(),
            last_sync_at: mapping.last_sync_at,
            last_run: memory.runs(&mapping.id, 1).await?.pop(),
            problem: match (&known.project, config) {
                (None, _) => Some(format!("there is no project `{}` any more", mapping.project)),
                (_, Err(error)) => Some(error.message().to_owned()),
                _ => None,
            },
        })
    }

    fn cells(&self) -> Vec<Cell> {
        let count = |count: usize, tone| match count {
            0 => Cell { tone: Tone::Dim, short: "-".to_owned(), exact: "0".to_owned() },
            some => Cell::text(tone, some.to_string()),
        };
        vec![
            Cell::text(Tone::Key, printable(&self.project)),
            Cell::text(Tone::Plain, printable(&format!("{}:{}", self.connection, self.external))),
            Cell::text(Tone::Plain, self.mode.clone().unwrap_or_default()),
            count(self.links.values().sum(), Tone::Plain),
            count(self.work, Tone::Plain),
            count(self.conflicts, Tone::Busy),
            count(self.quarantine.len(), Tone::Bad),
            Cell::moment(self.last_run.as_ref().map(|run| run.started_at), Utc::now()),
            self.state(),
        ]
    }

    fn state(&self) -> Cell {
        let outcome = self.last_run.as_ref().map(|run| run.outcome.as_deref());
        match (self, outcome) {
            (Self { problem: Some(_), .. }, _) => Cell::text(Tone::Bad, "broken"),
            (Self { enabled: false, .. }, _) => Cell::text(Tone::Closed, "paused"),
            (_, Some(Some("done"))) => Cell::text(Tone::Good, "done"),
            (_, Some(Some("needs_approval"))) => Cell::text(Tone::Busy, "needs a yes"),
            (_, Some(Some(_))) => Cell::text(Tone::Bad, "failed"),
            (_, Some(None)) => Cell::text(Tone::Busy, "running, or interrupted"),
            (_, None) => Cell::text(Tone::Dim, "never ran"),
        }
    }

    /// Everything, for somebody who asks about one mapping.
    fn details(&self) -> Details {
        let links: Vec<_> = self.links.iter().map(|(kind, count)| format!("{count} {kind}s")).collect();
        let details = Details::new(format!("{} <-> {}:{}", self.project, self.connection, self.external))
            .fact("mapping", &self.mapping)
            .fact("provider", &self.provider)
            .fact("mode", self.mode.as_deref().unwrap_or_default())
            .fact("state", self.state().short)
            .fact("problem", self.problem.as_deref().unwrap_or_default())
            .fact("pairs", links.join(", "))
            .fact("to do", self.work.to_string())
            .fact("in doubt", self.in_doubt.to_string())
            .fact("conflicts", self.conflicts.to_string())
            .fact("last sync", self.last_sync_at.map(moment).unwrap_or_default());
        let details = match &self.last_run {
            Some(run) => details.text(Some("Last run".to_owned()), run_in_words(run)),
            None => details,
        };
        let aside: Vec<_> = self.quarantine.iter().map(PutAside::in_words).collect();
        details.text(Some("Put aside (`spm sync retry` tries them again)".to_owned()), aside.join("\n"))
    }
}

impl From<Work> for PutAside {
    fn from(work: Work) -> Self {
        Self { side: work.side, item: work.item, attempts: work.attempts, error: work.last_error }
    }
}

impl PutAside {
    fn in_words(&self) -> String {
        let error = self.error.as_deref().unwrap_or_default();
        format!("{} {}, {} attempts: {error}", words::side(self.side), self.item, self.attempts)
    }
}

/// A run in some lines.
fn run_in_words(run: &Run) -> String {
    let ended = run.ended_at.map_or_else(|| "not ended".to_owned(), |at| format!("ended {}", moment(at)));
    let outcome = run.outcome.as_deref().unwrap_or("no outcome");
    let counters: Vec<_> = run.counters.iter().map(|(name, count)| format!("{name} {count}")).collect();
    let calls = format!("calls: internal {}, external {}", run.calls.a, run.calls.b);
    let began = format!("began {}, {ended}: {outcome}", moment(run.started_at));
    [began, counters.join(", "), calls].into_iter().filter(|line| !line.is_empty()).collect::<Vec<_>>().join("\n")
}

pub(super) async fn run(session: &Session, args: StatusArgs) -> Result<()> {
    args.format.read::<Row>()?;
    let desk = Desk::open(session).await?;
    let mut rows = Vec::new();
    for known in desk.named(&args.names).await? {
        rows.push(Row::of(&desk, &known).await?);
    }
    if let ([row], false, false) = (rows.as_slice(), args.names.is_empty(), args.format.asks_for_json()) {
        let mut output = session.output()?;
        row.details().print(&mut output, session.style)?;
        output.flush()?;
        return output.finish();
    }
    let is_empty = rows.is_empty();
    show_rows(session, rows, &args.format).await?;
    if is_empty && !args.format.asks_for_json() {
        note("nothing is mapped yet; `spm sync map PROJECT CONNECTION PROJECT-OVER-THERE` maps two projects");
    }
    Ok(())
}
