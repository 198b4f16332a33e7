//! Bringing in what changed in the source since a row was imported.
//!
//! The row that came in then is kept as the task's raw data: it is the base of the merge, and the new row takes its place
//! with the very same write, whether or not all of it could be taken over. So the next run compares with what was
//! decided on, and a conflict is reported once: before the write, so that a kill repeats a report rather than lose it.

use pm_core::capability::ProjectSchema;
use pm_core::{Entity, ErrorKind, Field, PMTask, RawData, TaskPatch};

use super::fields::{Links, Words, edit, side_of_row, side_of_task, take};
use super::{Entry, Tasks, allows};
use crate::failure::Result;
use crate::import::ledger::Outcome;
use crate::import::merge::{Merged, Side, Slot, merge, merge_sets};
use crate::import::people::Missing;
use crate::import::preset::Mapped;
use crate::import::row::TaskRow;

/// What the source said then and says now.
pub(super) struct Update {
    imported: (Side, Vec<String>, Links),
    source: (Side, Links),
    row: TaskRow,
    raw: RawData,
    /// What can be changed here.
    writable: Vec<Field>,
    /// What of the source is taken over, with the task as it was read.
    merged: Merged,
}

const COMPARED: [Field; 17] = [
    Field::Title,
    Field::Description,
    Field::Status,
    Field::Priority,
    Field::SprintId,
    Field::ParentTaskId,
    Field::TaskType,
    Field::StartDate,
    Field::DueDate,
    Field::EstimatedHours,
    Field::ActualHours,
    Field::CompletedAt,
    Field::Url,
    Field::CustomFields,
    Field::Labels,
    Field::Assignees,
    Field::RawData,
];

impl Tasks<'_, '_> {
    /// Compares the row with what was imported and with what is here; conflicts are told at once.
    pub(super) async fn update(
        &mut self,
        entry: &Entry,
        row: &TaskRow,
        links: Links,
        words: &Words,
        schema: Option<&ProjectSchema>,
    ) -> Result<Update> {
        let here = entry.here.as_deref();
        let imported = self.imported(here, entry.line, schema).await?;
        let source = (side_of_row(row, &links, words), links);
        let writable = COMPARED
            .into_iter()
            .filter(|field| self.target.can_update(Entity::Task, *field) && allows(schema, *field))
            .collect();
        let (row, raw) = (row.clone(), entry.raw.clone());
        let mut update = Update { imported, source, row, raw, writable, merged: Merged::default() };
        if let Some(here) = here {
            update.merge(here);
        }
        self.tell_conflicts(entry, &update.merged)?;
        Ok(update)
    }

    /// What the row said when it came in; nothing where that cannot be read any more, so that nothing is overwritten.
    async fn imported(
        &mut self,
        here: Option<&PMTask>,
        line: u64,
        schema: Option<&ProjectSchema>,
    ) -> Result<(Side, Vec<String>, Links)> {
        let raw = here.and_then(|here| here.raw_data.as_str());
        let Some(Ok(Mapped::Task(row))) = raw.map(|raw| self.preset.map(raw)) else { return Ok(<_>::default()) };
        if let Some(sprint) = &row.sprint {
            let (sprints, mut context) = self.sprints();
            sprints.learn(vec![(line, sprint)], Missing::Ignore, &mut context).await?;
        }
        let parent = match &row.parent {
            Some(parent) => self.made_from(parent).await?,
            None => None,
        };
        let links = self.links(&row, parent, Missing::Ignore).await?;
        // A word that means nothing here any more is as good as none.
        let words = Words::of(&row, schema).or_else(|_| Words::of(&TaskRow::default(), schema));
        let side = words.map(|words| side_of_row(&row, &links, &words)).unwrap_or_default();
        Ok((side, row.labels, links))
    }

    async fn made_from(&self, source: &str) -> Result<Option<pm_core::TaskId>> {
        let Some(project) = self.target.project() else { return Ok(None) };
        let key = super::marker(&project.id, self.preset.name(), source);
        let found = self.target.marked(Entity::Task, vec![key]).await?;
        Ok(found.into_values().next().map(|marked| marked.id.into()))
    }

    fn tell_conflicts(&mut self, entry: &Entry, merged: &Merged) -> Result<()> {
        let row = entry.row.as_ref();
        let (key, title) = (row.map(|row| row.key.as_str()), row.map(|row| row.title.as_str()));
        for conflict in &merged.conflicts {
            let conflict = conflict.clone();
            let outcome = Outcome::Conflict {
                field: conflict.slot.to_string(),
                imported: conflict.imported,
                source: conflict.source,
                here: conflict.here,
            };
            self.ledger.tell(entry.line, key, title, &outcome)?;
        }
        Ok(())
    }

    /// Somebody changed the task since it was read: reads it again and merges once more.
    pub(super) async fn update_again(
        &mut self,
        entry: &mut Entry,
        mut update: Update,
    ) -> Result<pm_core::Result<PMTask>> {
        let Some(here) = entry.here.take() else {
            return Ok(Err(pm_core::Error::new(ErrorKind::VersionConflict, "was changed at the same time")));
        };
        let provider = self.target.writable()?;
        let now = match provider.get_task(&here.id).await {
            Ok(now) => now,
            Err(error) => return Ok(Err(error)),
        };
        let told = std::mem::take(&mut update.merged).conflicts;
        update.merge(&now);
        let mut news = update.merged.clone();
        news.conflicts.retain(|conflict| told.iter().all(|told| told.slot != conflict.slot));
        self.tell_conflicts(entry, &news)?;
        match update.patch(&now) {
            Some(patch) => Ok(provider.update_task(&now.id, patch).await),
            None => Ok(Ok(now)),
        }
    }
}

impl Update {
    /// The names of what a patch changes, but for the raw data.
    pub(super) fn fields(&self, patch: &TaskPatch) -> Vec<String> {
        let sets = [(Field::Labels, patch.labels.is_keep()), (Field::Assignees, patch.assignees.is_keep())];
        let sets = sets.into_iter().filter(|(_, keep)| !keep).map(|(field, _)| field.to_string());
        self.merged.taken.iter().map(ToString::to_string).chain(sets).collect()
    }

    fn merge(&mut self, here: &PMTask) {
        let here = side_of_task(here);
        self.merged = merge(&self.imported.0, &self.source.0, &here);
        self.follow_status(&here);
        let writable = |slot: &Slot| match slot {
            Slot::Field(field) => self.writable.contains(field),
            Slot::Custom(_) => self.writable.contains(&Field::CustomFields),
        };
        self.merged.taken.retain(|slot| writable(slot) && take(&mut TaskPatch::new(), slot, &self.row, &self.source.1));
    }

    /// The time of completion goes along with the status: it means nothing for a task that goes on.
    fn follow_status(&mut self, here: &Side) {
        let (status, completed) = (Slot::Field(Field::Status), Slot::Field(Field::CompletedAt));
        let taken = self.merged.taken.contains(&status);
        let (was, is) = (self.imported.0.get(&status), self.source.0.get(&status));
        if taken || was != is || is != here.get(&status) {
            self.merged.taken.retain(|slot| *slot != completed);
            self.merged.conflicts.retain(|conflict| conflict.slot != completed);
        }
        if taken && self.source.0.contains_key(&completed) {
            self.merged.taken.push(completed);
        }
    }

    /// The patch that brings the source's changes in; `None` where there is nothing to write.
    pub(super) fn patch(&self, here: &PMTask) -> Option<TaskPatch> {
        let mut patch = TaskPatch::new();
        for slot in &self.merged.taken {
            take(&mut patch, slot, &self.row, &self.source.1);
        }
        if self.writable.contains(&Field::Labels) {
            patch.labels = edit(merge_sets(&self.imported.1, &self.row.labels, &here.labels));
        }
        if self.writable.contains(&Field::Assignees) {
            let (imported, source) = (&self.imported.2.assignees, &self.source.1.assignees);
            patch.assignees = edit(merge_sets(imported, source, &here.assignees));
        }
        if self.writable.contains(&Field::RawData) {
            patch = patch.raw_data(self.raw.clone());
        }
        if patch.is_empty() {
            return None;
        }
        patch.if_version.clone_from(&here.version);
        Some(patch)
    }
}
