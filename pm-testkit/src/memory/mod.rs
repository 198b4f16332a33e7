//! A provider that keeps everything in memory: the contract's reference, for tests of applications.
//!
//! It does all that the contract knows, at once and exactly: what it holds is lost with its last clone. Ids are
//! counted (`task-000001`), so tests can print and compare them; a held clock makes times repeatable as well.

mod attachment;
mod batch;
mod capabilities;
mod changes;
mod comment;
mod factory;
mod feed;
mod keys;
mod listing;
mod project;
mod provider;
mod pull_request;
mod relation;
mod rows;
mod sprint;
mod state;
mod sync_support;
mod task;
mod task_links;
mod user;
mod vocabulary;

pub use factory::MemoryFactory;

use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use pm_provider::{Capabilities, Clock, Result};

use state::{Session, State};

/// The name that `PM_PROVIDER` chooses the provider by.
const NAME: &str = "memory";

/// A provider that keeps everything in memory. Clones share what they hold.
///
/// ```
/// use std::sync::Arc;
/// use pm_provider::{NewProject, NewTask, PmProvider, PmProviderExt, TaskQuery};
/// use pm_testkit::MemoryProvider;
/// # tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(async {
/// let provider = Arc::new(MemoryProvider::new().user("ada"));
/// let project = provider.create_project(NewProject::new("Website Relaunch")).await?;
/// let task = provider.create_task(NewTask::new(&project.id, "Paint the fence")).await?;
/// assert_eq!(task.key.as_deref(), Some("WR-1"));
/// assert_eq!(provider.list_tasks(TaskQuery::in_project(&project.id)).await?, [task]);
/// # Ok::<(), pm_provider::Error>(())
/// # }).unwrap();
/// ```
#[derive(Clone)]
pub struct MemoryProvider {
    capabilities: Arc<Capabilities>,
    state: Arc<Mutex<State>>,
}

impl MemoryProvider {
    /// Makes an empty one that runs on the clock of the machine and acts for nobody.
    #[must_use]
    pub fn new() -> Self {
        Self { capabilities: Arc::new(capabilities::full()), state: Arc::default() }
    }

    /// Takes another clock, for all clones.
    #[must_use]
    pub fn clock(self, clock: impl Clock) -> Self {
        self.shared_clock(Arc::new(clock))
    }

    /// Acts for the user with this login, for all clones; creates the user if there is none.
    ///
    /// The health check names this user, who is also the author of new tasks and comments.
    #[must_use]
    pub fn user(self, login: impl Into<String>) -> Self {
        self.lock().act_for(login.into());
        self
    }

    /// Can do less: what the function takes out of the capabilities is refused as `Unsupported` from here on.
    ///
    /// Other clones keep what they can do, so one may prepare what another only reads:
    ///
    /// ```
    /// use pm_provider::{Ability, Entity, ErrorKind, NewProject, PmProvider};
    /// use pm_testkit::MemoryProvider;
    /// # tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(async {
    /// let provider = MemoryProvider::new();
    /// let reader = provider.clone().restrict(|mut capabilities| {
    ///     capabilities.abilities.remove(&Ability::Comments);
    ///     capabilities.read_only()
    /// });
    /// assert!(reader.comments().is_none());
    /// let error = reader.create_project(NewProject::new("Garden")).await.unwrap_err();
    /// assert_eq!(error.kind(), ErrorKind::Unsupported);
    /// # });
    /// ```
    #[must_use]
    pub fn restrict(mut self, change: impl FnOnce(Capabilities) -> Capabilities) -> Self {
        self.capabilities = Arc::new(change((*self.capabilities).clone()));
        self
    }

    fn shared_clock(self, clock: Arc<dyn Clock>) -> Self {
        self.lock().clock = clock;
        self
    }

    /// The state; a test that panicked while it held the lock does not take the others down with it.
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Runs one operation as a whole; its errors say where they came from.
    fn run<T>(&self, operation: &str, act: impl FnOnce(&mut Session<'_>) -> Result<T>) -> Result<T> {
        let mut state = self.lock();
        let mut session = Session { capabilities: &self.capabilities, state: &mut state };
        act(&mut session).map_err(|error| error.in_provider(NAME).during(operation))
    }
}

impl Default for MemoryProvider {
    fn default() -> Self {
        Self::new()
    }
}

impl fmt::Debug for MemoryProvider {
    /// Counts, but shows no contents: a dump of a whole backend helps nobody.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let state = self.lock();
        f.debug_struct("MemoryProvider")
            .field("projects", &state.projects.len())
            .field("tasks", &state.tasks.len())
            .field("sprints", &state.sprints.len())
            .field("users", &state.users.len())
            .finish_non_exhaustive()
    }
}
