//! From the sprints that rows name to those of the project.

use std::collections::{BTreeMap, HashMap};

use futures_util::TryStreamExt;
use pm_core::{
    CreateGuarantee, Entity, ErrorKind, Field, Item, Marked, NewSprint, Operation, PMSprint, PmProviderExt, ProjectId,
    SprintId, SprintPatch, SprintQuery,
};

use super::ledger::{Ledger, Outcome};
use super::merge::{Side, Slot, merge, put};
use super::people::Missing;
use super::preset::Preset;
use super::row::SprintRow;
use super::target::Target;
use super::{Options, marker};
use crate::failure::Result;

/// Finds sprints by what they were made from, else by their names where the source has no more, and makes the others.
#[derive(Debug, Default)]
pub(crate) struct Sprints {
    known: HashMap<String, Option<SprintId>>,
    /// Those that were not made where they are missing, because they were only compared.
    looked_for: HashMap<String, Option<SprintId>>,
    named: Option<BTreeMap<String, SprintId>>,
}

/// A sprint and the line that names it first.
pub(crate) type Named<'r> = (u64, &'r SprintRow);

impl Sprints {
    /// The sprint for a row, after [`Sprints::learn`].
    pub(crate) fn find(&self, row: &SprintRow) -> Option<SprintId> {
        let known = self.known.get(&row.key).or_else(|| self.looked_for.get(&row.key));
        known.cloned().flatten()
    }

    /// Looks up all that are not known yet, at once.
    pub(crate) async fn learn(
        &mut self,
        rows: Vec<Named<'_>>,
        missing: Missing,
        context: &mut Context<'_, '_>,
    ) -> Result<()> {
        let mut unknown: BTreeMap<&str, Named<'_>> = BTreeMap::new();
        for (line, row) in rows {
            let looked = missing == Missing::Ignore && self.looked_for.contains_key(&row.key);
            if !looked && !self.known.contains_key(&row.key) {
                unknown.entry(&row.key).or_insert((line, row));
            }
        }
        let Some(project) = context.target.project().map(|project| project.id.clone()) else {
            return self.pretend(&unknown, missing, context);
        };
        let key = |row: &SprintRow| marker(&project, context.preset.name(), &row.key);
        let keys = unknown.values().map(|(_, row)| key(row)).collect();
        let mut found = context.target.marked(Entity::Sprint, keys).await?;
        for (line, row) in unknown.into_values() {
            let marked = found.remove(&key(row));
            self.one((line, row), marked, missing, &project, context).await?;
        }
        Ok(())
    }

    /// There is no project yet: every sprint would be new.
    fn pretend(
        &mut self,
        unknown: &BTreeMap<&str, Named<'_>>,
        missing: Missing,
        context: &mut Context<'_, '_>,
    ) -> Result<()> {
        for (_, row) in unknown.values().filter(|_| missing == Missing::Create) {
            context.ledger.summary.sprints_created += 1;
            self.known.insert(row.key.clone(), Some(pretended(row)));
        }
        Ok(())
    }

    async fn one(
        &mut self,
        (line, row): Named<'_>,
        marked: Option<Marked>,
        missing: Missing,
        project: &ProjectId,
        context: &mut Context<'_, '_>,
    ) -> Result<()> {
        let found = match marked {
            Some(Marked { item: Some(Item::Sprint(sprint)), .. }) => {
                if context.options.update && missing == Missing::Create {
                    update(line, row, &sprint, context).await?;
                }
                Some(sprint.id)
            }
            // Deleted here since: it is not made again.
            Some(_) => None,
            None => match self.called(row, project, context.target).await? {
                None if missing == Missing::Create => create(row, project, context).await?,
                found => found,
            },
        };
        let names = if missing == Missing::Create { &mut self.known } else { &mut self.looked_for };
        names.insert(row.key.clone(), found);
        Ok(())
    }

    /// A sprint of the same name, for sources that have nothing but names.
    async fn called(&mut self, row: &SprintRow, project: &ProjectId, target: &Target) -> Result<Option<SprintId>> {
        let Some(provider) = target.provider().filter(|_| row.only_named) else { return Ok(None) };
        let named = match &mut self.named {
            Some(named) => named,
            none => {
                let listed: Vec<_> =
                    match provider.stream_sprints(SprintQuery::in_project(project)).try_collect::<Vec<_>>().await {
                        Err(error) if error.kind() == ErrorKind::Unsupported => Vec::new(),
                        listed => listed?,
                    };
                // Of several of one name, the oldest: listings are in that order.
                let newest_first = listed.into_iter().rev();
                none.insert(newest_first.map(|sprint| (sprint.name, sprint.id)).collect())
            }
        };
        Ok(named.get(&row.name).cloned())
    }
}

/// What all of it works with.
pub(crate) struct Context<'a, 'o> {
    pub(crate) target: &'a Target,
    pub(crate) preset: &'a dyn Preset,
    pub(crate) options: &'a Options,
    pub(crate) ledger: &'a mut Ledger<'o>,
}

fn pretended(row: &SprintRow) -> SprintId {
    SprintId::from(format!("new sprint {}", row.name))
}

async fn create(row: &SprintRow, project: &ProjectId, context: &mut Context<'_, '_>) -> Result<Option<SprintId>> {
    let Some(provider) = context.target.provider() else { return Ok(None) };
    let capabilities = provider.capabilities();
    if !capabilities.can(Entity::Sprint, Operation::Create) {
        return Ok(None);
    }
    if context.options.dry_run {
        context.ledger.summary.sprints_created += 1;
        return Ok(Some(pretended(row)));
    }
    let mut new = NewSprint::new(project, &row.name).raw_data(row.raw.clone());
    new.status = row.status.map(Into::into);
    (new.goal, new.url) = (row.goal.clone(), row.url.clone());
    (new.end_date, new.created_at) = (row.end_date, row.created_at);
    if capabilities.entity(Entity::Sprint).create_guarantee != CreateGuarantee::None {
        new.idempotency_key = Some(marker(project, context.preset.name(), &row.key));
    }
    match provider.create_sprint(capabilities.fit(new).item).await {
        Ok(made) => {
            context.ledger.summary.sprints_created += 1;
            Ok(Some(made.id))
        }
        Err(error) if matches!(error.kind(), ErrorKind::InvalidInput | ErrorKind::Conflict) => Ok(None),
        Err(error) => Err(error.into()),
    }
}

/// Brings in what changed in the source; what was edited here stays.
async fn update(line: u64, row: &SprintRow, here: &PMSprint, context: &mut Context<'_, '_>) -> Result<()> {
    let Some(imported) = here.raw_data.as_str().and_then(|raw| context.preset.sprint(raw)) else { return Ok(()) };
    let mut merged = merge(&side_of_row(&imported), &side_of_row(row), &side_of(here));
    merged.taken.retain(|slot| context.can_update(slot));
    for conflict in merged.conflicts {
        let field = format!("{} of the sprint `{}`", conflict.slot, row.name);
        let (imported, source, here) = (conflict.imported, conflict.source, conflict.here);
        context.ledger.tell(line, None, None, &Outcome::Conflict { field, imported, source, here })?;
    }
    let mut patch = SprintPatch::new();
    merged.taken.iter().for_each(|slot| take(&mut patch, slot, row));
    let changes = !merged.taken.is_empty();
    if !super::same_json(&here.raw_data, &row.raw) && context.can_update(&Slot::Field(Field::RawData)) {
        patch = patch.raw_data(row.raw.clone());
    }
    if !changes && patch.raw_data.is_keep() {
        return Ok(());
    }
    context.ledger.summary.sprints_updated += u64::from(changes);
    let Some(provider) = context.target.provider().filter(|_| !context.options.dry_run) else { return Ok(()) };
    patch.if_version.clone_from(&here.version);
    match provider.update_sprint(&here.id, patch).await {
        // Somebody works on it at this moment: the next run brings it in.
        Err(error) if error.kind() == ErrorKind::VersionConflict => Ok(()),
        written => Ok(written.map(drop)?),
    }
}

impl Context<'_, '_> {
    fn can_update(&self, slot: &Slot) -> bool {
        matches!(slot, Slot::Field(field) if self.target.can_update(Entity::Sprint, *field))
    }
}

fn side_of_row(row: &SprintRow) -> Side {
    let mut side = Side::new();
    put(&mut side, Field::Name, Some(&row.name));
    put(&mut side, Field::Status, row.status);
    put(&mut side, Field::Goal, row.goal.as_ref());
    put(&mut side, Field::EndDate, row.end_date);
    side
}

fn side_of(here: &PMSprint) -> Side {
    let mut side = Side::new();
    put(&mut side, Field::Name, Some(&here.name));
    put(&mut side, Field::Status, Some(here.status.category));
    put(&mut side, Field::Goal, here.goal.as_ref());
    put(&mut side, Field::EndDate, here.end_date);
    side
}

fn take(patch: &mut SprintPatch, slot: &Slot, row: &SprintRow) {
    match slot {
        Slot::Field(Field::Name) => patch.name = Some(row.name.clone()).into(),
        Slot::Field(Field::Status) => patch.status = row.status.map(Into::into).into(),
        Slot::Field(Field::Goal) => patch.goal = row.goal.clone().into(),
        Slot::Field(Field::EndDate) => patch.end_date = row.end_date.into(),
        _ => {}
    }
}
