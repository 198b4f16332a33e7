//! What is written to a side.

use chrono::{DateTime, Utc};
use pm_provider::{
    BatchOperation, BatchOptions, BatchOutcome, CommentPatch, CreateGuarantee, DeleteOptions, Effect, Error, ErrorKind,
    Field, Item, ItemRef, NewComment, NewSprint, NewTask, RawData, Result, SprintPatch, TaskId, TaskPatch, Version,
};

use super::Row;
use super::read::{comment_row, row, sprint_row, task_row};
use super::tracker::{Tracker, lacks};
use super::write::{new_comment, new_item, patch};
use crate::item::{ItemKey, Kind};
use crate::record::{FieldKey, Patch};

/// A change of an item.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct Change<'c> {
    /// The item.
    pub item: &'c ItemKey,
    /// What its fields become.
    pub values: &'c Patch,
    /// The version that it is bound to.
    pub if_version: Option<&'c str>,
}

impl<'c> Change<'c> {
    /// Makes a change that is bound to no version.
    #[must_use]
    pub fn new(item: &'c ItemKey, values: &'c Patch) -> Self {
        Self { item, values, if_version: None }
    }

    /// Binds it to a version, if there is one.
    #[must_use]
    pub fn if_version(mut self, version: Option<&'c str>) -> Self {
        self.if_version = version;
        self
    }

    fn operation(&self) -> Result<BatchOperation> {
        let version = self.if_version.map(Version::from);
        Ok(match self.item.reference() {
            ItemRef::Task(id) => {
                let mut patch = patch::<TaskPatch>(self.values)?;
                patch.if_version = version;
                BatchOperation::UpdateTask(id, Box::new(patch))
            }
            ItemRef::Sprint(id) => {
                let mut patch = patch::<SprintPatch>(self.values)?;
                patch.if_version = version;
                BatchOperation::UpdateSprint(id, Box::new(patch))
            }
            ItemRef::Comment(task, id) => {
                let mut patch = patch::<CommentPatch>(self.values)?;
                patch.if_version = version;
                BatchOperation::UpdateComment(task, id, Box::new(patch))
            }
            _ => return Err(Error::unsupported("a kind of item that is not synchronised")),
        })
    }
}

impl Tracker {
    /// What the twin of an item is told once, when it is made: who made the item and when, where that stands, and the other
    /// backend's own JSON; as far as this side takes it. `said` is what the translator says of it.
    #[must_use]
    pub fn told(&self, row: &Row, said: &Patch, closed: bool) -> Patch {
        let takes = |field: Field| self.is_told(row.item.kind, field);
        let time = |at: DateTime<Utc>| at.to_rfc3339_opts(chrono::SecondsFormat::AutoSi, true);
        let completed = row.told.completed_at.filter(|_| closed);
        let known = [
            (Field::CreatedAt, row.created_at.map(time)),
            (Field::CompletedAt, completed.map(time)),
            (Field::Url, row.url.clone()),
        ];
        let mut told: Patch = known
            .into_iter()
            .filter_map(|(field, value)| Some((FieldKey::from(field), value?.into())))
            .chain(said.iter().map(|(field, value)| (field.clone(), value.clone())))
            .filter(|(field, _)| matches!(field, FieldKey::Of(field) if takes(*field)))
            .collect();
        if let (true, Some(raw)) = (takes(Field::RawData), row.told.raw.as_str()) {
            told.set(Field::RawData, raw.into());
        }
        told
    }

    /// Whether a create can say this of an item.
    #[must_use]
    pub fn is_told(&self, kind: Kind, field: Field) -> bool {
        self.capabilities().entity(kind.entity()).field(field).on_create.is_possible()
    }

    /// Creates an item; a comment needs the task that it is about. `first`: nothing was ever sent with this mark. `told` is
    /// what is said with the create alone.
    ///
    /// # Errors
    /// What the provider says; its effect tells what may have been made.
    pub async fn create(
        &self,
        kind: Kind,
        values: &Patch,
        told: &Patch,
        task: Option<&str>,
        mark: Option<&str>,
        first: bool,
    ) -> Result<Row> {
        if let Some(recorder) = &self.recorder {
            return Ok(recorder.create(kind, values, task));
        }
        let mark = mark.filter(|_| *self.guarantee(kind) != CreateGuarantee::None);
        let first = first && mark.is_some();
        let (raw, told) = split(told, |field| *field == FieldKey::Of(Field::RawData));
        let raw = raw.get(&Field::RawData.into()).and_then(|raw| RawData::from_json(raw.as_str()?).ok());
        let raw = raw.unwrap_or_default();
        let mut values = values.clone();
        values.take_over(told);
        let values = &values;
        match kind {
            Kind::Task => {
                let new = new_item::<NewTask>(values, &self.project, mark)?.new_key(first).raw_data(raw);
                Ok(task_row(&self.counted().create_task(new).await?, &self.project))
            }
            Kind::Sprint => {
                let new = new_item::<NewSprint>(values, &self.project, mark)?.new_key(first).raw_data(raw);
                Ok(sprint_row(&self.counted().create_sprint(new).await?, &self.project))
            }
            Kind::Comment => {
                let comments = self.provider.comments().ok_or_else(|| lacks(self.name(), "comments"))?;
                let task = TaskId::from(task.unwrap_or_default());
                let new = new_comment::<NewComment>(values, &task, mark)?.new_key(first).raw_data(raw);
                self.counted();
                Ok(comment_row(&comments.create_comment(new).await?))
            }
        }
    }

    /// Changes an item.
    ///
    /// # Errors
    /// What the provider says; its effect tells what may have been changed.
    pub async fn update(&self, change: &Change<'_>) -> Result<Row> {
        if let Some(recorder) = &self.recorder {
            let item = change.item;
            let row = self.get(item).await?.ok_or_else(|| Error::not_found(item.kind.word(), &item.id))?;
            return Ok(recorder.update(row, change.values));
        }
        let written: Item = match change.operation()? {
            BatchOperation::UpdateTask(id, patch) => self.counted().update_task(&id, *patch).await?.into(),
            BatchOperation::UpdateSprint(id, patch) => self.counted().update_sprint(&id, *patch).await?.into(),
            BatchOperation::UpdateComment(task, id, patch) => {
                let comments = self.provider.comments().ok_or_else(|| lacks(self.name(), "comments"))?;
                self.counted();
                comments.update_comment(&task, &id, *patch).await?.into()
            }
            _ => return Err(lacks(self.name(), "changes of such items")),
        };
        row(&written, &self.project).ok_or_else(|| strange_answer(self.name()))
    }

    /// How many items can be changed with one call; one where the provider has no batches.
    #[must_use]
    pub fn batch_size(&self) -> usize {
        if self.recorder.is_some() || self.provider.batch().is_none() {
            return 1;
        }
        self.capabilities().max_batch_size.map_or(usize::MAX, |most| most as usize).max(1)
    }

    /// Changes several items with one call, which begins none of them after a time; one answer for each, in their order.
    ///
    /// # Errors
    /// What the provider says of all of them; its effect tells what may have been changed.
    pub async fn update_many(&self, changes: &[Change<'_>], begin_by: DateTime<Utc>) -> Result<Vec<Result<Row>>> {
        let batch = self.provider.batch().ok_or_else(|| lacks(self.name(), "batches"))?;
        let operations: Vec<BatchOperation> = changes.iter().map(Change::operation).collect::<Result<_>>()?;
        self.counted();
        let outcomes = batch.apply_batch(operations, BatchOptions::new().begin_by(begin_by)).await?;
        if outcomes.len() != changes.len() {
            return Err(strange_answer(self.name()));
        }
        let answer = |outcome: Result<BatchOutcome>| match outcome? {
            BatchOutcome::Written(item) => row(&item, &self.project).ok_or_else(|| strange_answer(self.name())),
            _ => Err(strange_answer(self.name())),
        };
        Ok(outcomes.into_iter().map(answer).collect())
    }

    /// Deletes an item, unless it has contents.
    ///
    /// # Errors
    /// What the provider says.
    pub async fn delete(&self, item: &ItemKey, if_version: Option<&str>) -> Result<()> {
        if let Some(recorder) = &self.recorder {
            recorder.delete(item);
            return Ok(());
        }
        let mut options = DeleteOptions::new();
        options.if_version = if_version.map(Version::from);
        match item.reference() {
            ItemRef::Task(id) => self.counted().delete_task(&id, options).await,
            ItemRef::Sprint(id) => self.counted().delete_sprint(&id, options).await,
            ItemRef::Comment(task, id) => {
                let comments = self.provider.comments().ok_or_else(|| lacks(self.name(), "comments"))?;
                self.counted();
                comments.delete_comment(&task, &id, options).await
            }
            _ => Err(lacks(self.name(), "twins of such items")),
        }
    }
}

pub(super) fn split(patch: &Patch, first: impl Fn(&FieldKey) -> bool) -> (Patch, Patch) {
    patch.iter().map(|(field, value)| (field.clone(), value.clone())).partition(|(field, _)| first(field))
}

/// It may have been written all the same.
fn strange_answer(name: &str) -> Error {
    let error = Error::new(ErrorKind::Internal, format!("`{name}` answered a change with something else"));
    error.in_provider(name).with_effect(Effect::Unknown)
}
