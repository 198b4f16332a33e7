//! One side: its provider, its project, and the calls that were made.

use std::collections::HashSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use chrono::{DateTime, Utc};
use pm_provider::{
    Capabilities, ChangeFacts, ChangeKind, ChangeQuery, CommentQuery, CreateGuarantee, Cursor, Entity, Error,
    ErrorKind, Existence, Field, Item, ItemRef, MarkerQuery, Operation, PMUser, PmProvider, ProjectId, ProjectSchema,
    Result, SprintPatch, SprintQuery, TaskPatch, TaskQuery, UserQuery,
};
use tokio::sync::OnceCell;

use super::Row;
use super::read::{comment_row, row, sprint_row, task_row};
use super::recorder::Recorder;
use super::write::{patch, said};
use super::writing::split;
use crate::item::{ItemKey, Kind};
use crate::record::{FieldKey, Patch};

/// How many items are read at once where there is no bulk read.
const SIDE_BY_SIDE: usize = 8;

/// One side of a mapping.
#[derive(Debug)]
pub struct Tracker {
    pub(super) provider: Arc<dyn PmProvider>,
    pub(super) project: ProjectId,
    calls: AtomicU64,
    sent_before: u64,
    schema: OnceCell<Arc<ProjectSchema>>,
    /// Where writes are only played.
    pub(super) recorder: Option<Recorder>,
}

/// One page of what changed.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct FedPage {
    /// What changed.
    pub items: Vec<Fed>,
    /// Where to read on.
    pub next: Cursor,
    /// Whether there is more to read at once.
    pub more: bool,
    /// Up to when everything was seen at the end, by the server's clock.
    pub high_water: Option<DateTime<Utc>>,
}

/// One change.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Fed {
    /// It was made or changed, and is like this.
    Row(Box<Row>),
    /// It is gone.
    Gone(ItemKey),
}

impl Tracker {
    /// Makes a side of a provider and one of its projects.
    #[must_use]
    pub fn new(provider: Arc<dyn PmProvider>, project: ProjectId) -> Self {
        let sent_before = provider.requests_sent().unwrap_or_default();
        Self { provider, project, calls: AtomicU64::new(0), sent_before, schema: OnceCell::new(), recorder: None }
    }

    /// Plays writes instead of sending them.
    #[must_use]
    pub fn recording(mut self) -> Self {
        self.recorder = Some(Recorder::default());
        self
    }

    /// What an item would be by now, where writes are only played.
    fn played(&self, item: &ItemKey) -> Option<Option<Row>> {
        self.recorder.as_ref()?.now(item)
    }

    /// The provider's name.
    #[must_use]
    pub fn name(&self) -> &str {
        self.provider.name()
    }

    /// The project.
    #[must_use]
    pub fn project(&self) -> &ProjectId {
        &self.project
    }

    /// What the provider can do.
    #[must_use]
    pub fn capabilities(&self) -> &Capabilities {
        self.provider.capabilities()
    }

    /// How many requests were sent, repeats included; of a provider that does not count them, how many calls were made.
    #[must_use]
    pub fn calls(&self) -> u64 {
        let calls = self.calls.load(Ordering::Relaxed);
        self.provider.requests_sent().map_or(calls, |sent| sent.saturating_sub(self.sent_before))
    }

    pub(super) fn provider(&self) -> &Arc<dyn PmProvider> {
        &self.provider
    }

    /// Whether a task was only played.
    pub(super) fn is_only_played(&self, task: &str) -> bool {
        self.recorder.as_ref().is_some_and(|recorder| recorder.is_made(&ItemKey::new(Kind::Task, task)))
    }

    pub(super) fn is_recording(&self) -> bool {
        self.recorder.is_some()
    }

    pub(super) fn counted(&self) -> &Arc<dyn PmProvider> {
        self.calls.fetch_add(1, Ordering::Relaxed);
        &self.provider
    }

    /// What the project accepts; asked once.
    ///
    /// # Errors
    /// What the provider says.
    pub async fn schema(&self) -> Result<Arc<ProjectSchema>> {
        let ask = || self.counted().project_schema(&self.project);
        self.schema.get_or_try_init(ask).await.cloned()
    }

    /// Who we are there: the login, else the id; `None` where there is no such thing.
    ///
    /// # Errors
    /// What the provider says.
    pub async fn account(&self) -> Result<Option<String>> {
        let health = self.counted().health_check().await?;
        Ok(health.user.map(|user| user.id.into_string()))
    }

    /// Whether the project is there.
    ///
    /// # Errors
    /// What the provider says; `NotFound` if it is not.
    pub async fn project_is_there(&self) -> Result<()> {
        self.counted().get_project(&self.project).await.map(drop)
    }

    /// Everybody.
    ///
    /// # Errors
    /// What the provider says.
    pub async fn users(&self) -> Result<Vec<PMUser>> {
        if !self.capabilities().can(Entity::User, Operation::List) {
            return Ok(Vec::new());
        }
        let (query, mut cursor, mut users) = (UserQuery::new(), None, Vec::new());
        loop {
            let page = self.counted().users_page(&query, cursor).await?;
            users.extend(page.items);
            match page.next {
                Some(next) => cursor = Some(next),
                None => return Ok(users),
            }
        }
    }

    /// What its feed promises, if it has one.
    #[must_use]
    pub fn facts(&self) -> Option<ChangeFacts> {
        self.provider.changes().map(|changes| changes.facts())
    }

    /// Whether the feed tells of a kind.
    #[must_use]
    pub fn feeds(&self, kind: Kind) -> bool {
        self.facts().is_some_and(|facts| facts.entities.contains(&kind.entity()))
    }

    /// Whether there are items of a kind at all.
    #[must_use]
    pub fn has(&self, kind: Kind) -> bool {
        let listed = self.capabilities().can(kind.entity(), Operation::List);
        listed && (kind != Kind::Comment || self.provider.comments().is_some())
    }

    /// Whether items of a kind can be written so.
    #[must_use]
    pub fn can(&self, kind: Kind, operation: Operation) -> bool {
        self.has(kind) && self.capabilities().can(kind.entity(), operation)
    }

    /// Whether a write can be bound to a version.
    #[must_use]
    pub fn locks(&self, kind: Kind) -> bool {
        self.capabilities().entity(kind.entity()).optimistic_lock
    }

    /// How a create is kept from happening twice.
    #[must_use]
    pub fn guarantee(&self, kind: Kind) -> &CreateGuarantee {
        &self.capabilities().entity(kind.entity()).create_guarantee
    }

    /// Reads a page of the feed. Kinds that have no twins are left out.
    ///
    /// # Errors
    /// What the provider says; `Unsupported` without a feed.
    pub async fn feed_page(&self, kinds: &[Kind], cursor: Option<Cursor>) -> Result<FedPage> {
        let changes = self.provider.changes().ok_or_else(|| lacks(self.name(), "change feed"))?;
        let entities = kinds.iter().filter(|kind| self.feeds(**kind)).map(|kind| kind.entity());
        let query = ChangeQuery::in_project(&self.project).entities(entities);
        self.counted();
        let page = changes.changes_page(&query, cursor).await?;
        let fed = |change: &pm_provider::Change| match &change.kind {
            ChangeKind::Written(item) => row(item, &self.project).map(|row| Fed::Row(Box::new(row))),
            ChangeKind::Deleted(reference) => ItemKey::of(reference).map(Fed::Gone),
            _ => None,
        };
        Ok(FedPage {
            items: page.items.iter().filter_map(fed).collect(),
            next: page.next,
            more: page.more,
            high_water: page.high_water,
        })
    }

    /// Lists a page of the tasks or sprints of the project.
    ///
    /// # Errors
    /// What the provider says.
    pub async fn list_page(&self, kind: Kind, cursor: Option<Cursor>) -> Result<(Vec<Row>, Option<Cursor>)> {
        let provider = self.counted();
        match kind {
            Kind::Task => {
                let page = provider.tasks_page(&TaskQuery::in_project(&self.project), cursor).await?;
                Ok((page.items.iter().map(|task| task_row(task, &self.project)).collect(), page.next))
            }
            Kind::Sprint => {
                let page = provider.sprints_page(&SprintQuery::in_project(&self.project), cursor).await?;
                Ok((page.items.iter().map(|sprint| sprint_row(sprint, &self.project)).collect(), page.next))
            }
            Kind::Comment => Err(lacks(self.name(), "listing of all comments")),
        }
    }

    /// All comments of a task; `None` if the task is not there.
    ///
    /// # Errors
    /// What the provider says.
    pub async fn comments_of(&self, task: &str) -> Result<Option<Vec<Row>>> {
        let played = self.recorder.as_ref().map(|recorder| recorder.comments_of(task)).unwrap_or_default();
        if self.is_only_played(task) {
            return Ok(Some(played));
        }
        Ok(self.read_comments(task).await?.map(|mut rows| {
            rows.extend(played);
            rows
        }))
    }

    async fn read_comments(&self, task: &str) -> Result<Option<Vec<Row>>> {
        let comments = self.provider.comments().ok_or_else(|| lacks(self.name(), "comments"))?;
        let (query, mut cursor, mut rows) = (CommentQuery::of_task(task), None, Vec::new());
        loop {
            self.counted();
            let page = match comments.comments_page(&query, cursor).await {
                Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
                page => page?,
            };
            rows.extend(page.items.iter().map(comment_row));
            match page.next {
                Some(next) => cursor = Some(next),
                None => return Ok(Some(rows)),
            }
        }
    }

    /// Reads many items; those that are not there, or not shown, are left out.
    ///
    /// # Errors
    /// What the provider says.
    pub async fn get_many(&self, items: &[ItemKey]) -> Result<Vec<Row>> {
        let mut rows: Vec<Row> = items.iter().filter_map(|item| self.played(item)?).collect();
        let unplayed: Vec<ItemKey> = items.iter().filter(|item| self.played(item).is_none()).cloned().collect();
        if unplayed.is_empty() {
            return Ok(rows);
        }
        let Some(support) = self.provider.sync_support() else {
            rows.extend(self.get_each(&unplayed).await?);
            return Ok(rows);
        };
        let references: Vec<_> = unplayed.iter().map(ItemKey::reference).collect();
        self.counted();
        let found = support.get_many(&references).await?;
        rows.extend(found.iter().filter_map(|item| row(item, &self.project)));
        Ok(rows)
    }

    async fn get_each(&self, items: &[ItemKey]) -> Result<Vec<Row>> {
        use futures_util::{StreamExt as _, TryStreamExt as _, stream};
        let read = stream::iter(items.to_vec()).map(|item| async move { self.get(&item).await });
        let rows: Vec<Option<Row>> = read.buffered(SIDE_BY_SIDE).try_collect().await?;
        Ok(rows.into_iter().flatten().collect())
    }

    /// Reads one item; `None` if it is not there, or not shown.
    ///
    /// # Errors
    /// What the provider says, but `NotFound`.
    pub async fn get(&self, item: &ItemKey) -> Result<Option<Row>> {
        if let Some(played) = self.played(item) {
            return Ok(played);
        }
        let provider = self.counted();
        let read: Result<Item> = match item.reference() {
            ItemRef::Task(id) => provider.get_task(&id).await.map(Item::from),
            ItemRef::Sprint(id) => provider.get_sprint(&id).await.map(Item::from),
            ItemRef::Comment(task, id) => {
                let comments = self.provider.comments().ok_or_else(|| lacks(self.name(), "comments"))?;
                comments.get_comment(&task, &id).await.map(Item::from)
            }
            _ => return Ok(None),
        };
        match read {
            Ok(item) => Ok(row(&item, &self.project)),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Whether items are there: one answer for each, in their order. A backend without an answer of its own says `Hidden`
    /// for what it does not show.
    ///
    /// # Errors
    /// What the provider says.
    pub async fn exists(&self, items: &[ItemKey]) -> Result<Vec<Existence>> {
        let played = |item: &ItemKey| self.played(item);
        let unplayed: Vec<ItemKey> = items.iter().filter(|item| played(item).is_none()).cloned().collect();
        let mut said = self.ask_for(&unplayed).await?.into_iter();
        let of_played = |row: Option<Row>| row.map_or(Existence::Absent, |_| Existence::Present);
        let answer = |item: &ItemKey| played(item).map_or_else(|| said.next(), |row| Some(of_played(row)));
        Ok(items.iter().filter_map(answer).collect())
    }

    async fn ask_for(&self, items: &[ItemKey]) -> Result<Vec<Existence>> {
        if items.is_empty() {
            return Ok(Vec::new());
        }
        if let Some(support) = self.provider.sync_support() {
            let references: Vec<_> = items.iter().map(ItemKey::reference).collect();
            self.counted();
            let said = support.exists(&references).await?;
            let strange = || Error::new(ErrorKind::InvalidResponse, "answered for other items than it was asked for");
            return if said.len() == items.len() { Ok(said) } else { Err(strange().in_provider(self.name())) };
        }
        let shown: HashSet<ItemKey> = self.get_each(items).await?.into_iter().map(|row| row.item).collect();
        let of = |item| if shown.contains(item) { Existence::Present } else { Existence::Hidden };
        Ok(items.iter().map(of).collect())
    }

    /// Finds what was created with some marks. `None` where nothing can be found by its mark.
    ///
    /// # Errors
    /// What the provider says.
    pub async fn find_marks(
        &self,
        kind: Kind,
        marks: &[String],
        since: Option<DateTime<Utc>>,
    ) -> Result<Option<Vec<(String, ItemKey, Option<Row>)>>> {
        let Some(support) = self.provider.sync_support() else { return Ok(None) };
        if *self.guarantee(kind) == CreateGuarantee::None {
            return Ok(None);
        }
        let mut query = MarkerQuery::new(kind.entity(), marks.to_vec()).project(self.project.clone());
        query.since = since;
        self.counted();
        let found = support.find_by_marker(&query).await?;
        let named = found.into_iter().map(|marked| {
            let row = marked.item.as_ref().and_then(|item| row(item, &self.project));
            let item = row.as_ref().map_or_else(|| ItemKey::new(kind, marked.id), |row| row.item.clone());
            (marked.key, item, row)
        });
        Ok(Some(named.collect()))
    }

    /// What a read will show of a patch after it is written.
    ///
    /// Comments have no preview of their own: their texts are taken for descriptions.
    ///
    /// # Errors
    /// What the provider says: a status that is not there, say.
    pub async fn preview(&self, kind: Kind, values: &Patch) -> Result<Patch> {
        let Some(support) = self.provider.sync_support() else { return Ok(values.clone()) };
        match kind {
            Kind::Task => {
                // Ids are shown as they are; and what a plan would have made is nowhere to be found.
                let (ids, values): (Patch, Patch) =
                    split(values, |field| matches!(field, FieldKey::Of(Field::ParentTaskId | Field::SprintId)));
                let previewed = support.preview_task(&self.project, patch::<TaskPatch>(&values)?).await?;
                let mut shown = said(&previewed)?;
                shown.take_over(ids);
                Ok(shown)
            }
            Kind::Sprint => said(&support.preview_sprint(&self.project, patch::<SprintPatch>(values)?).await?),
            Kind::Comment => {
                let Some(body) = values.get(&Field::Body.into()) else { return Ok(values.clone()) };
                let as_description = Patch::new().with(Field::Description, body.clone());
                let previewed = support.preview_task(&self.project, patch::<TaskPatch>(&as_description)?).await?;
                let shown = said(&previewed)?.get(&Field::Description.into()).cloned();
                let mut values = values.clone();
                values.set(Field::Body, shown.unwrap_or_else(|| body.clone()));
                Ok(values)
            }
        }
    }
}

pub(super) fn lacks(name: &str, what: &str) -> Error {
    Error::unsupported(format!("`{name}` has no {what}")).in_provider(name)
}
