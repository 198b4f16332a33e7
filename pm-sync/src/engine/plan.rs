//! What a run would do: the very same code, over a copy of what is remembered, with writes that are only played.

use std::sync::Arc;

use serde::Serialize;

use super::error::{SyncError, SyncResult};
use super::options::RunOptions;
use super::session::Session;
use super::{Engine, EngineParts, RunReport};
use crate::config::Mode;
use crate::item::{ItemKey, Kind, Pair, Side};
use crate::plan::FieldPlan;
use crate::record::Patch;
use crate::store::{Conflict, MemoryStore, SyncStore};

/// What a run would do.
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct PlanReport {
    /// Who may write where.
    pub mode: Mode,
    /// The names of the providers.
    pub providers: Pair<String>,
    /// The writes, in order.
    pub actions: Vec<PlannedAction>,
    /// Values that stand against each other, and whose would win.
    pub conflicts: Vec<Conflict>,
    /// Items that a person has to help first, and why.
    pub quarantined: Vec<(Side, ItemKey, String)>,
    /// Items that have to wait: for a second proof, for a write in doubt.
    pub waiting: usize,
    /// Deletions that are more than one run passes on.
    pub needs_approval: usize,
    /// What a person should know.
    pub warnings: Vec<String>,
    /// Which field goes where.
    pub fields: FieldPlan,
    /// The requests that planning took.
    pub calls: Pair<u64>,
}

/// One write that a run would make.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[non_exhaustive]
pub struct PlannedAction {
    /// The side that would be written to.
    pub side: Side,
    /// `create`, `update`, `delete`, `adopt`, `unlink`.
    pub op: String,
    /// The kind of item.
    pub kind: Kind,
    /// The item; of a create the one that would get a twin.
    pub item: Option<String>,
    /// What people call it.
    pub title: Option<String>,
    /// The fields before.
    pub before: Patch,
    /// The fields afterwards.
    pub after: Patch,
}

impl PlanReport {
    /// How many actions of a kind there are: `create`, `update`, `delete`.
    #[must_use]
    pub fn count(&self, op: &str) -> usize {
        self.actions.iter().filter(|action| action.op == op).count()
    }

    /// Whether a run would write nothing.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        ["create", "update", "delete", "relate", "unrelate"].iter().all(|op| self.count(op) == 0)
            && self.needs_approval == 0
    }
}

impl Engine {
    /// Says what a run would do now. Writes nothing, to neither side nor to the store.
    ///
    /// # Errors
    /// As [`run`](Self::run).
    pub async fn plan(&self, options: &RunOptions) -> SyncResult<PlanReport> {
        let parts = self.played_parts().await?;
        let lease = parts.store.claim(&parts.mapping, &parts.owner, parts.config.timing.lease()).await?;
        let Some(lease) = lease else { return Err(SyncError::Busy { mapping: parts.mapping.clone() }) };
        let session = Session::new(&parts, &self.progress, lease, options, true);
        let ended = Box::pin(session.run()).await;
        let terms = match &ended {
            Ok(()) => Some(session.terms().await?),
            Err(_) => None,
        };
        let providers = Pair::of(|side| session.side(side).name().to_owned());
        let report = session.end(ended).await?;
        let fields = terms.map(|terms| terms.plan.clone()).unwrap_or_default();
        describe(&parts, report, providers, fields).await
    }

    /// The same engine over a copy of what is remembered.
    pub(super) async fn played_parts(&self) -> SyncResult<EngineParts> {
        let image = self.parts.store.image(&self.parts.mapping).await?;
        let copy = MemoryStore::from_image(Arc::clone(&self.parts.clock), &self.parts.mapping, image);
        let mut parts = self.parts.clone();
        parts.store = Arc::new(copy);
        // To observe is to see what could be done.
        if parts.config.mode == Mode::Observe {
            parts.config.mode = Mode::Bidirectional;
        }
        Ok(parts)
    }
}

async fn describe(
    parts: &EngineParts,
    report: RunReport,
    providers: Pair<String>,
    fields: FieldPlan,
) -> SyncResult<PlanReport> {
    let store: &dyn SyncStore = &*parts.store;
    let events = store.events(&parts.mapping, Some(&report.run.id)).await?;
    let image = store.image(&parts.mapping).await?;
    let actions = events
        .into_iter()
        .map(|event| {
            let link = image.links.iter().find(|link| link.id == event.link);
            let known = link.and_then(|link| link.item(event.side.other()));
            let base = link.and_then(|link| link.base.get(event.side).as_ref());
            let kind = link.map(|link| link.kind).or(event.item.as_ref().map(|item| item.kind));
            PlannedAction {
                side: event.side,
                kind: kind.unwrap_or(Kind::Task),
                item: if event.op == "create" { known } else { event.item }.map(|item| item.id),
                title: base.and_then(title_of),
                op: event.op,
                before: event.before,
                after: event.after,
            }
        })
        .collect();
    let started = report.run.started_at;
    let conflicts = store.conflicts(&parts.mapping, false).await?;
    let waiting = image.work.iter().filter(|work| work.not_before.is_some()).count();
    let aside = image.work.into_iter().filter(crate::store::Work::is_quarantined);
    Ok(PlanReport {
        mode: parts.config.mode,
        providers,
        actions,
        conflicts: conflicts.into_iter().filter(|conflict| conflict.found_at >= started).collect(),
        quarantined: aside.map(|work| (work.side, work.item, work.last_error.unwrap_or_default())).collect(),
        waiting,
        needs_approval: report.needs_approval,
        warnings: report.warnings,
        fields,
        calls: report.run.calls,
    })
}

/// What people call an item: its title, its name, or how its text begins.
fn title_of(record: &crate::record::Record) -> Option<String> {
    use pm_provider::Field::{Body, Name, Title};
    let words =
        [Title, Name, Body].into_iter().find_map(|field| record.get(&field.into()).as_str().map(str::to_owned))?;
    Some(words.lines().next().unwrap_or_default().chars().take(60).collect())
}
