//! A tracker as one process uses it: every call passes the points of a script.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use pm_provider::{
    Attachments, Batch, BatchOperation, BatchOutcome, Capabilities, Changes, Clock, Comments, Cursor, DeleteOptions,
    Effect, Entity, Error, ErrorKind, Health, Item, ItemRef, NewProject, NewSprint, NewTask, Operation, PMProject,
    PMSprint, PMTask, PMUser, Page, PmProvider, ProjectId, ProjectPatch, ProjectQuery, ProjectSchema, PullRequests,
    Relations, Result, Retry, SprintId, SprintPatch, SprintQuery, SyncSupport, TaskId, TaskPatch, TaskQuery, UserAdmin,
    UserId, UserQuery, WebhookAdmin, Webhooks,
};

use super::about::{named, target};
use super::shape::coarse_statuses;
use super::{Blackout, Logged, ModelTracker, Script, Trouble, Writer, now};

/// How long a call takes, if nothing goes wrong.
const LATENCY: Duration = Duration::from_millis(20);
/// How long a request may take: what comes later is no answer any more.
const PATIENCE: Duration = Duration::from_secs(30);

/// A [`ModelTracker`] as one process uses it.
#[derive(Clone, Debug)]
pub struct TrackerView {
    pub(super) tracker: ModelTracker,
    caller: String,
    script: Script,
}

/// A call that has begun.
struct Begun {
    at: DateTime<Utc>,
    event: u64,
    trouble: Option<Trouble>,
}

impl TrackerView {
    pub(super) fn new(tracker: ModelTracker, caller: String, script: Script) -> Self {
        Self { tracker, caller, script }
    }

    /// The tracker behind it.
    #[must_use]
    pub fn tracker(&self) -> &ModelTracker {
        &self.tracker
    }

    async fn begin(&self, operation: &str) -> Begun {
        let clock = &self.tracker.shared.clock;
        let (at, event) = (clock.now(), clock.event());
        clock.advance(LATENCY);
        let trouble = self.script.pass(&format!("{} {operation}: sent", self.tracker.shared.name)).await;
        self.tracker.catch_up();
        Begun { at, event, trouble }
    }

    /// The answer comes back, or does not.
    async fn end<T>(&self, operation: &str, begun: &Begun, writes: bool, answer: Result<T>) -> Result<T> {
        let trouble = self.script.pass(&format!("{} {operation}: answered", self.tracker.shared.name)).await;
        let is_lost = begun.trouble == Some(Trouble::FailAfter) || trouble.is_some() || self.is_late(begun);
        match answer {
            Ok(_) if is_lost => Err(self.place(operation, &lost(writes))),
            Ok(answer) => Ok(answer),
            Err(error) => Err(self.place(operation, &error)),
        }
    }

    fn is_late(&self, begun: &Begun) -> bool {
        self.tracker.shared.clock.now() - begun.at >= chrono::TimeDelta::from_std(PATIENCE).unwrap_or_default()
    }

    fn place(&self, operation: &str, error: &Error) -> Error {
        named_anew(error).in_provider(&self.tracker.shared.name).during(operation)
    }

    /// Makes a call that changes nothing; the answer comes with the items that it shows.
    pub(super) async fn read<T: Send>(
        &self,
        operation: &str,
        answer: impl FnOnce(&ModelTracker) -> Result<(T, Vec<ItemRef>)> + Send,
    ) -> Result<T> {
        let begun = self.begin(operation).await;
        let answer = match begun.trouble {
            Some(Trouble::FailBefore | Trouble::Vanish | Trouble::Late(_)) => Err(unreachable_backend()),
            Some(Trouble::Refuse(kind)) => Err(refusal(kind)),
            Some(Trouble::CrashLate(_)) => {
                self.script.die().await;
                Err(unreachable_backend())
            }
            _ if self.is_late(&begun) => Err(lost(false)),
            _ => self.tracker.refusal(operation).and_then(|()| answer(&self.tracker)),
        };
        let answer = answer.map(|(answer, shown)| {
            self.log(operation, shown);
            answer
        });
        self.end(operation, &begun, false, answer).await
    }

    fn log(&self, operation: &str, shown: Vec<ItemRef>) {
        let event = self.tracker.shared.clock.event();
        let (caller, operation) = (self.caller.clone(), operation.to_owned());
        self.tracker.lock().log.push(Logged { event, caller, operation, shown, wrote: None });
    }

    /// Makes a call that writes.
    pub(super) async fn write(&self, write: BatchOperation) -> Result<BatchOutcome> {
        let operation = write.operation().on(write.entity());
        let begun = self.begin(&operation).await;
        let outcome = match begun.trouble {
            Some(Trouble::FailBefore) => Err(unreachable_backend()),
            Some(Trouble::Refuse(kind)) => Err(refusal(kind)),
            Some(Trouble::Vanish) => Err(lost(true)),
            Some(Trouble::Late(after)) => {
                self.tracker.expect_late(write, &self.caller, begun.event, after.min(PATIENCE));
                Err(lost(true))
            }
            Some(Trouble::CrashLate(after)) => {
                self.tracker.expect_late(write, &self.caller, begun.event, after.min(PATIENCE));
                self.script.die().await;
                Err(lost(true))
            }
            _ if self.is_late(&begun) => Err(lost(true)),
            _ => self.make(write, &operation, begun.event),
        };
        let outcome = self.end(&operation, &begun, true, outcome).await?;
        Ok(self.read_back(outcome))
    }

    /// What a look at the item shows by now, where the tracker does not answer a change with what it stored.
    fn read_back(&self, outcome: BatchOutcome) -> BatchOutcome {
        let BatchOutcome::Written(item) = &outcome else { return outcome };
        let now = self.tracker.get(&item.reference()).filter(|_| self.tracker.shared.vices.reads_back);
        now.map_or(outcome, BatchOutcome::Written)
    }

    fn make(&self, write: BatchOperation, operation: &str, sent: u64) -> Result<BatchOutcome> {
        self.tracker.refusal(operation)?;
        if self.tracker.is_dark() {
            return Err(refusal(ErrorKind::PermissionDenied));
        }
        if let Some(item) = target(&write).filter(|item| self.tracker.is_hidden(item)) {
            return Err(Error::not_found(item.entity().word(), item.id()));
        }
        if let Some(item) = named(&write).into_iter().find(|item| self.tracker.is_hidden(item)) {
            return Err(Error::invalid_input(format!("there is no {} `{}`", item.entity().word(), item.id())));
        }
        self.tracker.execute(write, Writer::Caller(&self.caller, sent))
    }

    /// Gets one item.
    pub(super) async fn one(&self, entity: Entity, item: ItemRef) -> Result<Item> {
        let operation = Operation::Get.on(entity);
        self.read(&operation, |tracker| {
            tracker.shared.capabilities.check_operation(entity, Operation::Get)?;
            let found = tracker.get(&item).filter(|_| !tracker.is_hidden(&item));
            let found = found.ok_or_else(|| Error::not_found(entity.word(), item.id()))?;
            Ok((found, vec![item]))
        })
        .await
    }

    /// A page of a listing, without what is hidden.
    pub(super) async fn page<T: Clone + Into<Item> + TryFromItem + Send>(
        &self,
        entity: Entity,
        list: impl FnOnce(&ModelTracker) -> Result<Page<T>> + Send,
    ) -> Result<Page<T>> {
        self.read(&Operation::List.on(entity), |tracker| {
            let mut page = list(tracker)?;
            let blackout = tracker.lock().blackout;
            if blackout == Some(Blackout::Empty) && entity != Entity::User {
                page = Page::default();
            }
            page.items.retain(|item| !tracker.is_hidden(&item.clone().into().reference()));
            let page = page.map(|item| tracker.show(item.into()));
            let shown = page.items.iter().map(Item::reference).collect();
            let (next, ahead, total) = (page.next.clone(), page.ahead.clone(), page.total);
            let items = page.items.into_iter().filter_map(T::of).collect();
            Ok((Page::new(items).next(next).ahead(ahead).total(total), shown))
        })
        .await
    }
}

/// Items of one kind out of items of any.
pub(super) trait TryFromItem: Sized {
    fn of(item: Item) -> Option<Self>;
}

macro_rules! of_item {
    ($($model:ty => $variant:ident),*) => { $(
        impl TryFromItem for $model {
            fn of(item: Item) -> Option<Self> {
                match item {
                    Item::$variant(model) => Some(*model),
                    _ => None,
                }
            }
        }
    )* };
}
of_item!(PMProject => Project, PMTask => Task, PMSprint => Sprint, PMUser => User, pm_provider::Comment => Comment);

/// The item of a write that went through.
pub(super) fn written<T: TryFromItem>(outcome: BatchOutcome) -> Result<T> {
    let item = match outcome {
        BatchOutcome::Written(item) => T::of(item),
        _ => None,
    };
    item.ok_or_else(|| Error::new(ErrorKind::Internal, "a write answered with another kind of item"))
}

/// The one kind of item that was asked for.
pub(super) fn expected<T: TryFromItem>(item: Item) -> Result<T> {
    T::of(item).ok_or_else(|| Error::new(ErrorKind::Internal, "a read answered with another kind of item"))
}

/// The same error without the names of the provider in memory.
fn named_anew(error: &Error) -> Error {
    let mut anew =
        Error::new(error.kind(), error.message()).with_retry(error.retry()).with_effect(error.effect().clone());
    for field in error.field_errors() {
        anew = anew.on_field(field.field, field.message.clone());
    }
    if let Some(hint) = error.hint_text() {
        anew = anew.hint(hint);
    }
    if let Some(subject) = error.subject_text() {
        anew = anew.subject(subject);
    }
    match error.http_status() {
        Some(status) => anew.with_http_status(status),
        None => anew,
    }
}

fn lost(writes: bool) -> Error {
    let error = Error::new(ErrorKind::Timeout, "no answer in time (planned)");
    match writes {
        true => error.with_effect(Effect::Unknown).with_retry(Retry::Never),
        false => error,
    }
}

fn unreachable_backend() -> Error {
    Error::new(ErrorKind::Unavailable, "the backend cannot be reached (planned)")
}

fn refusal(kind: ErrorKind) -> Error {
    Error::new(kind, "the backend refuses (planned)")
}

impl ModelTracker {
    /// What every call is answered during a blackout.
    fn refusal(&self, operation: &str) -> Result<()> {
        let blackout = self.lock().blackout;
        let is_about_us = operation == "health_check";
        match blackout {
            Some(Blackout::Unauthenticated) => {
                Err(Error::new(ErrorKind::Unauthenticated, "the credential is not valid any more")
                    .with_http_status(401))
            }
            Some(Blackout::Forbidden) if !is_about_us => {
                Err(Error::new(ErrorKind::PermissionDenied, "we may not do this").with_http_status(403))
            }
            Some(Blackout::NotFound) if !is_about_us && !ANSWERED_ALL_THE_SAME.contains(&operation) => {
                Err(Error::not_found("project", &self.shared.project).with_http_status(404))
            }
            _ => Ok(()),
        }
    }

    /// Whether an item is hidden from us.
    pub(super) fn is_hidden(&self, item: &ItemRef) -> bool {
        let blackout = self.lock().blackout;
        match (blackout, item) {
            (None, _) | (_, ItemRef::User(_) | ItemRef::Project(_)) => false,
            (Some(Blackout::Half), ItemRef::Comment(task, _)) => is_odd(task.as_str()),
            (Some(Blackout::Half), _) => is_odd(item.id()),
            (Some(_), _) => true,
        }
    }

    /// Whether nothing at all is shown.
    pub(super) fn is_dark(&self) -> bool {
        let blackout = self.lock().blackout;
        blackout.is_some_and(|blackout| blackout != Blackout::Half)
    }
}

/// Calls about many items, which are answered without those that are not shown.
const ANSWERED_ALL_THE_SAME: [&str; 3] = ["get_many", "exists", "find_by_marker"];

fn is_odd(id: &str) -> bool {
    id.bytes().last().is_some_and(|last| last % 2 == 1)
}

fn no_such(what: &str) -> Error {
    Error::unsupported(format!("a model tracker has no {what}"))
}

#[deny(clippy::missing_trait_methods)]
#[async_trait]
impl PmProvider for TrackerView {
    fn name(&self) -> &str {
        &self.tracker.shared.name
    }

    fn capabilities(&self) -> &Capabilities {
        &self.tracker.shared.capabilities
    }

    fn requests_sent(&self) -> Option<u64> {
        None
    }

    async fn project_schema(&self, project: &ProjectId) -> Result<Arc<ProjectSchema>> {
        self.read("project_schema", |tracker| {
            let schema = now(tracker.shared.inner.project_schema(project))?;
            let mut schema = (*schema).clone();
            if tracker.shared.vices.coarse_statuses {
                schema = schema.statuses(coarse_statuses()).open_vocabulary(false);
            }
            if tracker.shared.vices.no_priorities {
                schema.priorities.clear();
            }
            Ok((Arc::new(schema), Vec::new()))
        })
        .await
    }

    async fn health_check(&self) -> Result<Health> {
        self.read("health_check", |tracker| Ok((now(tracker.shared.inner.health_check())?, Vec::new()))).await
    }

    async fn projects_page(&self, query: &ProjectQuery, cursor: Option<Cursor>) -> Result<Page<PMProject>> {
        self.page(Entity::Project, |tracker| now(tracker.shared.inner.projects_page(query, cursor))).await
    }

    async fn get_project(&self, id: &ProjectId) -> Result<PMProject> {
        expected(self.one(Entity::Project, ItemRef::Project(id.clone())).await?)
    }

    async fn create_project(&self, new: NewProject) -> Result<PMProject> {
        self.tracker.shared.capabilities.check_create(&new)?;
        Err(no_such("second project"))
    }

    async fn update_project(&self, _id: &ProjectId, patch: ProjectPatch) -> Result<PMProject> {
        self.tracker.shared.capabilities.check_update(&patch)?;
        Err(no_such("change of its project"))
    }

    async fn delete_project(&self, _id: &ProjectId, options: DeleteOptions) -> Result<()> {
        self.tracker.shared.capabilities.check_delete(Entity::Project, &options)?;
        Err(no_such("end of its project"))
    }

    async fn tasks_page(&self, query: &TaskQuery, cursor: Option<Cursor>) -> Result<Page<PMTask>> {
        self.page(Entity::Task, |tracker| now(tracker.shared.inner.tasks_page(query, cursor))).await
    }

    async fn get_task(&self, id: &TaskId) -> Result<PMTask> {
        expected(self.one(Entity::Task, ItemRef::Task(id.clone())).await?)
    }

    async fn create_task(&self, new: NewTask) -> Result<PMTask> {
        written(self.write(new.into()).await?)
    }

    async fn update_task(&self, id: &TaskId, patch: TaskPatch) -> Result<PMTask> {
        written(self.write(BatchOperation::UpdateTask(id.clone(), Box::new(patch))).await?)
    }

    async fn delete_task(&self, id: &TaskId, options: DeleteOptions) -> Result<()> {
        self.write(BatchOperation::Delete(ItemRef::Task(id.clone()), options)).await.map(drop)
    }

    async fn sprints_page(&self, query: &SprintQuery, cursor: Option<Cursor>) -> Result<Page<PMSprint>> {
        self.page(Entity::Sprint, |tracker| now(tracker.shared.inner.sprints_page(query, cursor))).await
    }

    async fn get_sprint(&self, id: &SprintId) -> Result<PMSprint> {
        expected(self.one(Entity::Sprint, ItemRef::Sprint(id.clone())).await?)
    }

    async fn create_sprint(&self, new: NewSprint) -> Result<PMSprint> {
        written(self.write(new.into()).await?)
    }

    async fn update_sprint(&self, id: &SprintId, patch: SprintPatch) -> Result<PMSprint> {
        written(self.write(BatchOperation::UpdateSprint(id.clone(), Box::new(patch))).await?)
    }

    async fn delete_sprint(&self, id: &SprintId, options: DeleteOptions) -> Result<()> {
        self.write(BatchOperation::Delete(ItemRef::Sprint(id.clone()), options)).await.map(drop)
    }

    async fn users_page(&self, query: &UserQuery, cursor: Option<Cursor>) -> Result<Page<PMUser>> {
        self.page(Entity::User, |tracker| now(tracker.shared.inner.users_page(query, cursor))).await
    }

    async fn get_user(&self, id: &UserId) -> Result<PMUser> {
        expected(self.one(Entity::User, ItemRef::User(id.clone())).await?)
    }

    fn comments(&self) -> Option<Arc<dyn Comments>> {
        Some(Arc::new(self.clone()))
    }

    fn relations(&self) -> Option<Arc<dyn Relations>> {
        None
    }

    fn batch(&self) -> Option<Arc<dyn Batch>> {
        self.tracker.shared.vices.batch.is_some().then(|| Arc::new(self.clone()) as Arc<dyn Batch>)
    }

    fn changes(&self) -> Option<Arc<dyn Changes>> {
        Some(Arc::new(self.clone()))
    }

    fn sync_support(&self) -> Option<Arc<dyn SyncSupport>> {
        Some(Arc::new(self.clone()))
    }

    fn pull_requests(&self) -> Option<Arc<dyn PullRequests>> {
        None
    }

    fn attachments(&self) -> Option<Arc<dyn Attachments>> {
        None
    }

    fn webhooks(&self) -> Option<Arc<dyn Webhooks>> {
        None
    }

    fn webhook_admin(&self) -> Option<Arc<dyn WebhookAdmin>> {
        None
    }

    fn user_admin(&self) -> Option<Arc<dyn UserAdmin>> {
        None
    }
}
