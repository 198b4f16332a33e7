//! A model of somebody's tracker, with the habits that make synchronising hard.
//!
//! A [`ModelTracker`] keeps one project in memory. What a provider shows of it ([`ModelTracker::provider`]) has the
//! [`Vices`] that a test chose: a coarse clock, an index that lags, lossy fields, no locks, no tombstones. People use it
//! without detours ([`ModelTracker::human`]), and a test sees all of it ([`ModelTracker::items`]). A [`Script`] says what
//! goes wrong at which call. Time is a [`VirtualClock`], so that whatever happens can be made to happen again.

mod abilities;
mod about;
mod capabilities;
mod clock;
mod feed;
mod log;
mod marks;
mod script;
mod shape;
mod vices;
mod view;

pub use clock::VirtualClock;
pub use log::{Logged, Wrote};
pub use script::{Act, Deed, Script, Trouble};
pub use vices::{Blackout, Guarantee, Vices};
pub use view::TrackerView;

use std::collections::BTreeMap;
use std::fmt;
use std::future::Future;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use chrono::{DateTime, DurationRound, TimeDelta, Utc};
use futures_util::FutureExt;
use pm_provider::{
    BatchOperation, BatchOutcome, Capabilities, Changes, Clock, Comments, Entity, Error, ErrorKind, Item, ItemRef,
    NewComment, NewProject, NewSprint, NewTask, NewUser, PmProvider, ProjectId, Result, SetPatch, SyncSupport,
    UserAdmin, UserId,
};

use crate::MemoryProvider;
use clock::SkewedClock;
use marks::Marks;

/// A tracker with one project, in memory, with vices. Clones are the same tracker.
///
/// ```
/// use pm_provider::{NewTask, PmProvider, TaskQuery};
/// use pm_testkit::pair::{ModelTracker, Vices, VirtualClock};
/// # tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(async {
/// let mut vices = Vices::default();
/// vices.lower_labels = true;
/// let tracker = ModelTracker::new("left", &VirtualClock::new(), vices)?;
/// let new = NewTask::new(tracker.project(), "Paint it").labels(["Garden"]);
/// tracker.human(new.into())?;
/// let page = tracker.provider().tasks_page(&TaskQuery::in_project(tracker.project()), None).await?;
/// assert_eq!(page.items[0].labels, ["garden"]);
/// # Ok::<(), pm_provider::Error>(())
/// # }).unwrap();
/// ```
#[derive(Clone)]
pub struct ModelTracker {
    shared: Arc<Shared>,
}

struct Shared {
    name: String,
    vices: Vices,
    clock: VirtualClock,
    server: SkewedClock,
    capabilities: Capabilities,
    inner: MemoryProvider,
    /// What people use: whatever a provider may not say, like who wrote something, they do as who they are.
    people: MemoryProvider,
    project: ProjectId,
    state: Mutex<State>,
}

/// What changes beside the items.
#[derive(Default)]
struct State {
    blackout: Option<Blackout>,
    late: Vec<Late>,
    marks: Marks,
    /// Each item as it was before its last change, and when that was.
    earlier: BTreeMap<ItemRef, Item>,
    log: Vec<Logged>,
}

/// A write that is on its way.
struct Late {
    due: DateTime<Utc>,
    sent: u64,
    caller: String,
    operation: BatchOperation,
}

/// Who writes.
#[derive(Clone, Copy, Debug)]
enum Writer<'a> {
    Human,
    /// Somebody by way of the API, who sent the request at this event.
    Caller(&'a str, u64),
}

impl ModelTracker {
    /// Makes a tracker with an empty project and the users `sync` (whom providers act for), `ada`, `bob` and `eve`.
    ///
    /// # Errors
    /// None that a caller could do something about.
    pub fn new(name: &str, clock: &VirtualClock, vices: Vices) -> Result<Self> {
        let server = SkewedClock::new(clock, vices.skew);
        let full = MemoryProvider::new().clock(server.clone()).user("sync");
        let project = now(full.create_project(NewProject::new(name)))?.id;
        neighbours(&full, vices.neighbours)?;
        for login in ["ada", "bob", "eve"] {
            now(full.create_user(NewUser::new(login).login(login).email(format!("{login}@example.org"))))?;
        }
        let people = full.clone();
        let inner = full.restrict(|all| capabilities::restrict(all, &vices));
        let capabilities = capabilities::shown(inner.capabilities(), name, &vices);
        let state = Mutex::default();
        Ok(Self {
            shared: Arc::new(Shared {
                name: name.to_owned(),
                vices,
                clock: clock.clone(),
                server,
                capabilities,
                inner,
                people,
                project,
                state,
            }),
        })
    }

    /// The project.
    #[must_use]
    pub fn project(&self) -> &ProjectId {
        &self.shared.project
    }

    /// What is wrong with it.
    #[must_use]
    pub fn vices(&self) -> &Vices {
        &self.shared.vices
    }

    /// The id of the user with a login.
    #[must_use]
    pub fn user(&self, login: &str) -> Option<UserId> {
        let page = now(self.shared.inner.users_page(&pm_provider::UserQuery::new().login(login), None)).ok()?;
        page.items.first().map(|user| user.id.clone())
    }

    /// A provider for this tracker to which nothing happens.
    #[must_use]
    pub fn provider(&self) -> TrackerView {
        self.provider_for("somebody", Script::new())
    }

    /// A provider for this tracker as one process uses it: the script says what happens at its calls.
    #[must_use]
    pub fn provider_for(&self, caller: impl Into<String>, script: Script) -> TrackerView {
        TrackerView::new(self.clone(), caller.into(), script)
    }

    /// Somebody does something by hand, whatever providers are shown meanwhile.
    ///
    /// # Errors
    /// What the tracker answers: what is not valid is refused to people as well.
    pub fn human(&self, operation: BatchOperation) -> Result<BatchOutcome> {
        self.catch_up();
        self.check_update(&operation)?;
        self.execute(operation, Writer::Human)
    }

    /// All that there is: sprints, tasks and comments, by kind and id.
    #[must_use]
    pub fn items(&self) -> Vec<Item> {
        self.catch_up();
        let mut items: Vec<_> = self.history().into_iter().filter_map(|told| told.item).collect();
        items.sort_by_cached_key(Item::reference);
        items
    }

    /// An item as it is.
    #[must_use]
    pub fn item(&self, item: &ItemRef) -> Option<Item> {
        self.catch_up();
        self.get(item)
    }

    /// From now on providers are shown nothing, or all again.
    pub fn black_out(&self, blackout: Option<Blackout>) {
        self.lock().blackout = blackout;
    }

    /// What providers are not shown.
    #[must_use]
    pub fn blackout(&self) -> Option<Blackout> {
        self.lock().blackout
    }

    /// Whether a write is still on its way.
    #[must_use]
    pub fn is_expecting(&self) -> bool {
        !self.lock().late.is_empty()
    }

    /// What was asked and done so far, in order.
    #[must_use]
    pub fn log(&self) -> Vec<Logged> {
        self.lock().log.clone()
    }

    /// How much was asked and done so far.
    #[must_use]
    pub fn log_len(&self) -> usize {
        self.lock().log.len()
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.shared.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn server_now(&self) -> DateTime<Utc> {
        self.shared.server.now()
    }

    /// An item as it is shown, without any vice that hides it.
    fn get(&self, item: &ItemRef) -> Option<Item> {
        let found = now(SyncSupport::get_many(&self.shared.inner, std::slice::from_ref(item))).ok()?;
        found.into_iter().next().map(|item| self.show(item))
    }

    /// Makes the writes whose time has come.
    fn catch_up(&self) {
        let time = self.shared.clock.now();
        let due = {
            let mut state = self.lock();
            let (mut due, rest): (Vec<_>, Vec<_>) = state.late.drain(..).partition(|late| late.due <= time);
            state.late = rest;
            due.sort_by_key(|late| late.due);
            due
        };
        for late in due {
            self.shared.server.pretend(Some(late.due));
            // Whoever sent it does not hear of it any more.
            drop(self.execute(late.operation, Writer::Caller(&late.caller, late.sent)));
            self.shared.server.pretend(None);
        }
    }

    /// Has a write made later.
    fn expect_late(&self, operation: BatchOperation, caller: &str, sent: u64, after: Duration) {
        let due = self.shared.clock.now() + TimeDelta::from_std(after).unwrap_or_default();
        self.lock().late.push(Late { due, sent, caller: caller.to_owned(), operation });
    }

    /// Makes a write.
    fn execute(&self, operation: BatchOperation, writer: Writer<'_>) -> Result<BatchOutcome> {
        self.check(&operation)?;
        let operation = self.shared.vices.shape(operation)?;
        let (operation, key) = match self.unmark(operation)? {
            marks::Unmarked::Known(item) => return Ok(BatchOutcome::Written(item)),
            marks::Unmarked::New(operation, key) => (operation, key),
        };
        let target = about::target(&operation);
        let before = target.as_ref().and_then(|item| self.get(item));
        let operation = self.one_assignee(operation, before.as_ref());
        let outcome = match writer {
            Writer::Human => apply(&self.shared.people, self.signed(operation))?,
            Writer::Caller(..) => apply(&self.shared.inner, operation)?,
        };
        self.note(&outcome, before, key, writer);
        Ok(match outcome {
            BatchOutcome::Written(item) => BatchOutcome::Written(self.show(item)),
            other => other,
        })
    }

    /// What the provider in memory cannot check, because it does not know of all vices.
    fn check(&self, operation: &BatchOperation) -> Result<()> {
        let capabilities = &self.shared.capabilities;
        match operation {
            BatchOperation::CreateTask(new) => capabilities.check_create(&**new),
            BatchOperation::CreateSprint(new) => capabilities.check_create(&**new),
            BatchOperation::CreateComment(new) => capabilities.check_create(&**new),
            _ => Ok(()),
        }
    }

    /// People find only the fields that there are.
    fn check_update(&self, operation: &BatchOperation) -> Result<()> {
        let capabilities = &self.shared.capabilities;
        match operation {
            BatchOperation::UpdateTask(_, patch) => capabilities.check_update(&**patch),
            BatchOperation::UpdateSprint(_, patch) => capabilities.check_update(&**patch),
            BatchOperation::UpdateComment(_, _, patch) => capabilities.check_update(&**patch),
            _ => Ok(()),
        }
    }

    /// What a human writes is written by `ada`.
    fn signed(&self, mut operation: BatchOperation) -> BatchOperation {
        let ada = self.user("ada");
        match &mut operation {
            BatchOperation::CreateTask(new) => new.author_id = new.author_id.take().or(ada),
            BatchOperation::CreateComment(new) => new.author_id = new.author_id.take().or(ada),
            _ => {}
        }
        operation
    }

    /// Where one person works on a task at most, who is added takes the place of who was there.
    fn one_assignee(&self, operation: BatchOperation, before: Option<&Item>) -> BatchOperation {
        let (BatchOperation::UpdateTask(id, mut patch), true, Some(Item::Task(task))) =
            (operation.clone(), self.shared.vices.one_assignee, before)
        else {
            return operation;
        };
        if let SetPatch::Edit { add, .. } = &patch.assignees {
            let last = add.last().cloned().into_iter().collect();
            let set = if add.is_empty() { patch.assignees.apply(&task.assignees) } else { last };
            patch.assignees = SetPatch::Replace(set);
        }
        BatchOperation::UpdateTask(id, patch)
    }

    fn note(&self, outcome: &BatchOutcome, before: Option<Item>, key: Option<String>, writer: Writer<'_>) {
        let (item, after) = match outcome {
            BatchOutcome::Written(item) => (item.reference(), Some(self.show(item.clone()))),
            BatchOutcome::Deleted(item) => (item.clone(), None),
            _ => return,
        };
        let event = self.shared.clock.event();
        let at = self.server_now();
        let mut state = self.lock();
        if let Some(before) = &before {
            state.earlier.insert(item.clone(), before.clone());
        }
        if let Some(key) = &key {
            state.marks.keep(item.entity(), key, item.clone(), at);
        }
        if let Writer::Caller(caller, sent) = writer {
            let operation = if before.is_none() {
                "create"
            } else if after.is_none() {
                "delete"
            } else {
                "update"
            };
            let operation = format!("{operation}_{}", item.entity());
            let wrote = Some(Wrote { item, sent, before, after, key });
            state.log.push(Logged { event, caller: caller.to_owned(), operation, shown: Vec::new(), wrote });
        }
    }

    /// An item as the tracker shows it.
    fn show(&self, item: Item) -> Item {
        let vices = &self.shared.vices;
        macro_rules! shown {
            ($item:ident: $($time:ident),*) => {{
                $( $item.$time = $item.$time.map(|time| self.coarse(time)); )*
                $item.version = $item.version.take().filter(|_| !vices.lockless);
                $item.into()
            }};
        }
        match item {
            Item::Task(task) => {
                let mut task = *task;
                shown!(task: created_at, updated_at, completed_at)
            }
            Item::Sprint(sprint) => {
                let mut sprint = *sprint;
                shown!(sprint: created_at, updated_at)
            }
            Item::Comment(comment) => {
                let mut comment = *comment;
                shown!(comment: created_at, updated_at)
            }
            other => other,
        }
    }

    /// A time as coarse as the tracker shows it.
    fn coarse(&self, time: DateTime<Utc>) -> DateTime<Utc> {
        match TimeDelta::from_std(self.shared.vices.granularity) {
            Ok(grain) if !grain.is_zero() => time.duration_trunc(grain).unwrap_or(time),
            _ => time,
        }
    }
}

impl fmt::Debug for ModelTracker {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ModelTracker")
            .field("name", &self.shared.name)
            .field("vices", &self.shared.vices)
            .finish_non_exhaustive()
    }
}

/// Fills another project of the same server.
fn neighbours(server: &MemoryProvider, count: u32) -> Result<()> {
    if count == 0 {
        return Ok(());
    }
    let project = now(server.create_project(NewProject::new("neighbours")))?.id;
    for number in 0..count {
        let name = format!("number {number}");
        let task = now(server.create_task(NewTask::new(&project, &name)))?;
        now(server.create_sprint(NewSprint::new(&project, &name)))?;
        now(Comments::create_comment(server, NewComment::new(&task.id, &name)))?;
        now(server.create_user(NewUser::new(&name)))?;
    }
    Ok(())
}

/// The answer of a future that never waits for anything.
fn now<T>(future: impl Future<Output = Result<T>>) -> Result<T> {
    let waited = || Err(Error::new(ErrorKind::Internal, "the provider in memory waited for something"));
    future.now_or_never().unwrap_or_else(waited)
}

fn apply(inner: &MemoryProvider, operation: BatchOperation) -> Result<BatchOutcome> {
    use BatchOperation as Op;
    let written = match operation {
        Op::CreateTask(new) => Item::from(now(inner.create_task(*new))?),
        Op::UpdateTask(id, patch) => Item::from(now(inner.update_task(&id, *patch))?),
        Op::CreateSprint(new) => Item::from(now(inner.create_sprint(*new))?),
        Op::UpdateSprint(id, patch) => Item::from(now(inner.update_sprint(&id, *patch))?),
        Op::CreateComment(new) => Item::from(now(Comments::create_comment(inner, *new))?),
        Op::UpdateComment(task, id, patch) => Item::from(now(Comments::update_comment(inner, &task, &id, *patch))?),
        Op::Delete(item, options) => {
            match &item {
                ItemRef::Task(id) => now(inner.delete_task(id, options))?,
                ItemRef::Sprint(id) => now(inner.delete_sprint(id, options))?,
                ItemRef::Comment(task, id) => now(Comments::delete_comment(inner, task, id, options))?,
                _ => return Err(unsupported(&item)),
            }
            return Ok(BatchOutcome::Deleted(item));
        }
        other => return Err(Error::unsupported(format!("a model tracker makes no {}", other.entity()))),
    };
    Ok(BatchOutcome::Written(written))
}

fn unsupported(item: &ItemRef) -> Error {
    Error::unsupported(format!("a model tracker deletes no {}", item.entity()))
}

/// What a change feed can tell of here.
const TOLD: [Entity; 3] = [Entity::Sprint, Entity::Task, Entity::Comment];

/// All changes of the project by the exact feed.
fn all_changes(inner: &MemoryProvider, project: &ProjectId) -> Vec<pm_provider::Change> {
    let query = pm_provider::ChangeQuery::in_project(project).entities(TOLD);
    let (mut cursor, mut changes) = (None, Vec::new());
    while let Ok(page) = now(inner.changes_page(&query, cursor)) {
        changes.extend(page.items);
        if !page.more {
            break;
        }
        cursor = Some(page.next);
    }
    changes
}
