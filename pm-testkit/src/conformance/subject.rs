//! The provider under test.

use std::fmt::Debug;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use pm_provider::{DeleteOptions, PmProvider, ProjectId, Result, SprintId, TaskId, UserId};

/// Makes branches where pull requests are opened: the contract knows no branches of its own.
#[async_trait]
pub trait Branches: Debug + Send + Sync + 'static {
    /// Makes a branch with something to bring into the main one.
    async fn make_branch(&self, project: &ProjectId, name: &str) -> Result<()>;
}

#[async_trait]
impl Branches for crate::MemoryProvider {
    async fn make_branch(&self, project: &ProjectId, name: &str) -> Result<()> {
        self.add_branch(project, name)
    }
}

/// For backends where a branch is there as soon as somebody names it.
#[derive(Clone, Copy, Debug, Default)]
pub struct EveryBranch;

#[async_trait]
impl Branches for EveryBranch {
    async fn make_branch(&self, _project: &ProjectId, _name: &str) -> Result<()> {
        Ok(())
    }
}

/// Attaches files to tasks: the contract only reads them.
#[async_trait]
pub trait Files: Debug + Send + Sync + 'static {
    /// Attaches a file. One that the backend never takes (an empty one, say) is `Unsupported`.
    async fn attach(&self, task: &TaskId, name: &str, content_type: &str, content: Vec<u8>) -> Result<()>;
}

#[async_trait]
impl Files for crate::MemoryProvider {
    async fn attach(&self, task: &TaskId, name: &str, content_type: &str, content: Vec<u8>) -> Result<()> {
        Self::attach(self, task, name, content_type, content).map(drop)
    }
}

/// A provider to be tested, and what the suite must know to test it.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Subject {
    /// The provider.
    pub provider: Arc<dyn PmProvider>,
    /// A project to work in, for backends that cannot create projects; it may hold other things.
    pub project: Option<ProjectId>,
    /// How long the backend's index lags: the suite waits as long before it searches for what it wrote.
    pub settle: Duration,
    /// How long one rule may take.
    pub patience: Duration,
    /// Who makes the branches that pull requests bring in; where nobody does, none are opened.
    pub branches: Option<Arc<dyn Branches>>,
    /// Who attaches files to tasks; where nobody does, none are read.
    pub files: Option<Arc<dyn Files>>,
    made: Arc<Mutex<Made>>,
}

/// What one rule made, to be taken away after it.
#[derive(Debug, Default)]
struct Made {
    projects: Vec<ProjectId>,
    tasks: Vec<TaskId>,
    sprints: Vec<SprintId>,
    users: Vec<UserId>,
}

impl Subject {
    /// Tests a provider that creates its own projects and finds at once what it wrote.
    #[must_use]
    pub fn new(provider: Arc<dyn PmProvider>) -> Self {
        Self {
            provider,
            project: None,
            settle: Duration::ZERO,
            patience: Duration::from_mins(2),
            branches: None,
            files: None,
            made: Arc::default(),
        }
    }

    /// Works in this project instead of creating projects.
    #[must_use]
    pub fn project(mut self, project: impl Into<ProjectId>) -> Self {
        self.project = Some(project.into());
        self
    }

    /// Waits this long before it searches for what it wrote.
    #[must_use]
    pub fn settle(mut self, settle: Duration) -> Self {
        self.settle = settle;
        self
    }

    /// Lets one rule take this long.
    #[must_use]
    pub fn patience(mut self, patience: Duration) -> Self {
        self.patience = patience;
        self
    }

    /// Opens pull requests of branches that are made this way.
    #[must_use]
    pub fn branches(mut self, branches: impl Branches) -> Self {
        self.branches = Some(Arc::new(branches));
        self
    }

    /// Reads files that are attached this way.
    #[must_use]
    pub fn files(mut self, files: impl Files) -> Self {
        self.files = Some(Arc::new(files));
        self
    }

    /// The same subject with a list of its own of what is to be taken away.
    pub(super) fn for_one_rule(&self) -> Self {
        Self { made: Arc::default(), ..self.clone() }
    }

    fn made(&self) -> MutexGuard<'_, Made> {
        self.made.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Notes a project that is to be taken away after the rule.
    pub(super) fn note_project(&self, project: &ProjectId) {
        self.made().projects.push(project.clone());
    }

    /// Notes a task of this rule.
    pub(super) fn note_task(&self, task: &TaskId) {
        self.made().tasks.push(task.clone());
    }

    /// Notes a sprint of this rule.
    pub(super) fn note_sprint(&self, sprint: &SprintId) {
        self.made().sprints.push(sprint.clone());
    }

    /// Notes a user who is to be taken away after the rule.
    pub(super) fn note_user(&self, user: &UserId) {
        self.made().users.push(user.clone());
    }

    /// Says whether a task is this rule's business: in a project that it shares, only its own are.
    pub(super) fn owns_task(&self, task: &TaskId) -> bool {
        self.project.is_none() || self.made().tasks.contains(task)
    }

    /// Says whether a sprint is this rule's business.
    pub(super) fn owns_sprint(&self, sprint: &SprintId) -> bool {
        self.project.is_none() || self.made().sprints.contains(sprint)
    }

    /// Takes away what the rule made, as far as the provider lets it; what stays behind harms no other rule.
    pub(super) async fn tidy(&self) {
        let made = std::mem::take(&mut *self.made());
        if self.project.is_some() {
            self.tidy_shared(&made).await;
        }
        for project in made.projects {
            drop(self.provider.delete_project(&project, DeleteOptions::with_contents()).await);
        }
        let Some(admin) = self.provider.user_admin() else { return };
        for user in made.users {
            drop(admin.delete_user(&user).await);
        }
    }
}

impl Subject {
    /// Takes away what the rule put into a project that it shares.
    async fn tidy_shared(&self, made: &Made) {
        for task in &made.tasks {
            drop(self.provider.delete_task(task, DeleteOptions::with_contents()).await);
        }
        for sprint in &made.sprints {
            drop(self.provider.delete_sprint(sprint, DeleteOptions::new()).await);
        }
    }
}

/// What the expression of [`conformance!`](crate::conformance!) yields: a subject, or none if the suite is left out.
#[derive(Clone, Debug)]
pub struct Setup(Option<Subject>);

impl Setup {
    pub(super) fn into_subject(self) -> Option<Subject> {
        self.0
    }
}

impl<T: Into<Subject>> From<T> for Setup {
    fn from(subject: T) -> Self {
        Self(Some(subject.into()))
    }
}

impl<T: Into<Subject>> From<Option<T>> for Setup {
    fn from(subject: Option<T>) -> Self {
        Self(subject.map(Into::into))
    }
}

impl From<Arc<dyn PmProvider>> for Subject {
    fn from(provider: Arc<dyn PmProvider>) -> Self {
        Self::new(provider)
    }
}

impl<P: PmProvider> From<Arc<P>> for Subject {
    fn from(provider: Arc<P>) -> Self {
        Self::new(provider)
    }
}

impl From<crate::MemoryProvider> for Subject {
    fn from(provider: crate::MemoryProvider) -> Self {
        Self::new(Arc::new(provider.clone())).branches(provider.clone()).files(provider)
    }
}
