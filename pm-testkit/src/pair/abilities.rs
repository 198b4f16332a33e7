//! Comments, the feed, and what synchronising needs, as one process uses them.

use async_trait::async_trait;
use pm_provider::{
    Batch, BatchOperation, BatchOptions, BatchOutcome, ChangeFacts, ChangePage, ChangeQuery, Changes, Clock as _,
    Comment, CommentId, CommentPatch, CommentQuery, Comments, Cursor, DeleteOptions, Entity, Existence, Item, ItemRef,
    Marked, MarkerQuery, NewComment, Page, ProjectId, ProjectPatch, Result, SprintPatch, SyncSupport, TaskId,
    TaskPatch,
};

use super::view::{expected, written};
use super::{Blackout, ModelTracker, TrackerView, now};

#[async_trait]
impl Comments for TrackerView {
    async fn comments_page(&self, query: &CommentQuery, cursor: Option<Cursor>) -> Result<Page<Comment>> {
        self.page(Entity::Comment, |tracker| now(Comments::comments_page(&tracker.shared.inner, query, cursor))).await
    }

    async fn get_comment(&self, task: &TaskId, id: &CommentId) -> Result<Comment> {
        expected(self.one(Entity::Comment, ItemRef::Comment(task.clone(), id.clone())).await?)
    }

    async fn create_comment(&self, new: NewComment) -> Result<Comment> {
        written(self.write(new.into()).await?)
    }

    async fn update_comment(&self, task: &TaskId, id: &CommentId, patch: CommentPatch) -> Result<Comment> {
        written(self.write(BatchOperation::UpdateComment(task.clone(), id.clone(), Box::new(patch))).await?)
    }

    async fn delete_comment(&self, task: &TaskId, id: &CommentId, options: DeleteOptions) -> Result<()> {
        let item = ItemRef::Comment(task.clone(), id.clone());
        self.write(BatchOperation::Delete(item, options)).await.map(drop)
    }
}

/// One after the other, each with its own troubles.
#[async_trait]
impl Batch for TrackerView {
    async fn apply_batch(
        &self,
        operations: Vec<BatchOperation>,
        options: BatchOptions,
    ) -> Result<Vec<Result<BatchOutcome>>> {
        self.tracker.shared.capabilities.check_batch(operations.len(), &options)?;
        let mut outcomes = Vec::new();
        for operation in operations {
            let outcome = match options.check_time(self.tracker.shared.clock.now()) {
                Ok(()) => self.write(operation).await,
                Err(late) => Err(late),
            };
            outcomes.push(outcome);
        }
        Ok(outcomes)
    }
}

#[async_trait]
impl Changes for TrackerView {
    fn facts(&self) -> ChangeFacts {
        self.tracker.facts()
    }

    async fn changes_page(&self, query: &ChangeQuery, cursor: Option<Cursor>) -> Result<ChangePage> {
        self.read("changes_page", |tracker| {
            if tracker.is_dark() {
                return Ok((tracker.nothing_new(query, cursor.as_ref()), Vec::new()));
            }
            let mut page = tracker.changes_page(query, cursor.as_ref())?;
            page.items.retain(|change| !tracker.is_hidden(&change.reference()));
            let shown = page.items.iter().map(pm_provider::Change::reference).collect();
            Ok((page, shown))
        })
        .await
    }

    async fn latest(&self, query: &ChangeQuery) -> Result<Cursor> {
        self.read("latest_change", |tracker| Ok((tracker.latest(query)?, Vec::new()))).await
    }
}

impl ModelTracker {
    /// Whether an item is there, as far as it says.
    fn existence(&self, item: &ItemRef) -> Existence {
        let vices = self.vices();
        let blackout = self.lock().blackout;
        let there = self.get(item).is_some();
        match blackout {
            Some(Blackout::Half) if self.is_hidden(item) => Existence::Hidden,
            None | Some(Blackout::Half) if there => Existence::Present,
            None | Some(Blackout::Half) if !vices.hides_absence => Existence::Absent,
            Some(_) if vices.rash => Existence::Absent,
            _ => Existence::Hidden,
        }
    }

    /// Several items, without those that are hidden.
    fn get_many(&self, items: &[ItemRef]) -> Vec<Item> {
        let seen = items.iter().filter(|item| !self.is_hidden(item));
        seen.filter_map(|item| self.get(item)).collect()
    }
}

#[async_trait]
impl SyncSupport for TrackerView {
    async fn get_many(&self, items: &[ItemRef]) -> Result<Vec<Item>> {
        self.read("get_many", |tracker| {
            let found = tracker.get_many(items);
            let shown = found.iter().map(Item::reference).collect();
            Ok((found, shown))
        })
        .await
    }

    async fn exists(&self, items: &[ItemRef]) -> Result<Vec<Existence>> {
        self.read("exists", |tracker| Ok((items.iter().map(|item| tracker.existence(item)).collect(), Vec::new())))
            .await
    }

    async fn find_by_marker(&self, query: &MarkerQuery) -> Result<Vec<Marked>> {
        self.read("find_by_marker", |tracker| {
            let mut found = tracker.find_marked(query)?;
            // What we made ourselves is not hidden singly.
            found.retain(|marked| marked.item.is_none() || !tracker.is_dark());
            let found: Vec<_> = found
                .into_iter()
                .map(|mut marked| {
                    marked.item = marked.item.map(|item| tracker.show(item));
                    marked
                })
                .collect();
            let shown = found.iter().filter_map(|marked| marked.item.as_ref()).map(Item::reference).collect();
            Ok((found, shown))
        })
        .await
    }

    async fn preview_task(&self, project: &ProjectId, patch: TaskPatch) -> Result<TaskPatch> {
        self.read("preview_task", |tracker| {
            let patch = tracker.vices().shape_patch(patch)?;
            Ok((now(SyncSupport::preview_task(&tracker.shared.inner, project, patch))?, Vec::new()))
        })
        .await
    }

    async fn preview_project(&self, project: &ProjectId, patch: ProjectPatch) -> Result<ProjectPatch> {
        self.read("preview_project", |tracker| {
            Ok((now(SyncSupport::preview_project(&tracker.shared.inner, project, patch))?, Vec::new()))
        })
        .await
    }

    async fn preview_sprint(&self, project: &ProjectId, mut patch: SprintPatch) -> Result<SprintPatch> {
        self.read("preview_sprint", |tracker| {
            patch.goal = tracker.vices().long_text(patch.goal);
            Ok((now(SyncSupport::preview_sprint(&tracker.shared.inner, project, patch))?, Vec::new()))
        })
        .await
    }
}
