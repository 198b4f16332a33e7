//! From ids to what people read.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use futures_util::StreamExt;
use futures_util::stream;
use pm_core::{ErrorKind, PMProject, PMSprint, PMTask, PMUser, PmProvider, ProjectId, SprintId, TaskId, UserId};

use crate::failure::Result;
use crate::output::Presented;

/// Requests at the same time.
const AT_ONCE: usize = 8;

/// Whose names are needed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Wants {
    pub(crate) users: bool,
    pub(crate) projects: bool,
    pub(crate) sprints: bool,
    pub(crate) tasks: bool,
}

impl Wants {
    pub(crate) const NONE: Self = Self { users: false, projects: false, sprints: false, tasks: false };
    pub(crate) const USERS: Self = Self { users: true, ..Self::NONE };
    pub(crate) const PROJECTS: Self = Self { projects: true, ..Self::NONE };
    pub(crate) const SPRINTS: Self = Self { sprints: true, ..Self::NONE };
    pub(crate) const TASKS: Self = Self { tasks: true, ..Self::NONE };

    /// What either needs.
    #[must_use]
    pub(crate) const fn and(self, other: Self) -> Self {
        Self {
            users: self.users || other.users,
            projects: self.projects || other.projects,
            sprints: self.sprints || other.sprints,
            tasks: self.tasks || other.tasks,
        }
    }
}

/// The ids that items refer to.
#[derive(Debug, Default)]
pub(crate) struct References {
    pub(crate) users: BTreeSet<UserId>,
    pub(crate) projects: BTreeSet<ProjectId>,
    pub(crate) sprints: BTreeSet<SprintId>,
    pub(crate) tasks: BTreeSet<TaskId>,
}

/// What ids stand for; each is asked for once.
#[derive(Debug)]
pub(crate) struct Names {
    provider: Option<Arc<dyn PmProvider>>,
    users: BTreeMap<UserId, Option<PMUser>>,
    projects: BTreeMap<ProjectId, Option<PMProject>>,
    sprints: BTreeMap<SprintId, Option<PMSprint>>,
    tasks: BTreeMap<TaskId, Option<PMTask>>,
}

/// Fetches those of `wanted` that `known` lacks, a few at a time; what is not there (any more) is remembered as such.
macro_rules! fetch_missing {
    ($names:ident, $wanted:expr, $known:ident, $get:ident) => {{
        let Some(provider) = $names.provider.clone() else { return Ok(()) };
        let missing: Vec<_> = $wanted.into_iter().filter(|id| !$names.$known.contains_key(id)).collect();
        let fetched = stream::iter(missing.into_iter().map(|id| {
            let provider = Arc::clone(&provider);
            async move {
                let found = provider.$get(&id).await;
                (id, found)
            }
        }));
        let mut fetched = fetched.buffer_unordered(AT_ONCE);
        while let Some((id, found)) = fetched.next().await {
            let found = match found {
                Ok(item) => Some(item),
                Err(error) if is_out_of_sight(error.kind()) => None,
                Err(error) => return Err(error.into()),
            };
            $names.$known.insert(id, found);
        }
    }};
}

/// An id without a name is still an id: it is shown as such.
fn is_out_of_sight(kind: ErrorKind) -> bool {
    matches!(kind, ErrorKind::NotFound | ErrorKind::PermissionDenied | ErrorKind::Unsupported)
}

impl Names {
    pub(crate) fn new(provider: Arc<dyn PmProvider>) -> Self {
        Self { provider: Some(provider), ..Self::none() }
    }

    /// Knows no names and has nobody to ask.
    pub(crate) fn none() -> Self {
        Self {
            provider: None,
            users: BTreeMap::new(),
            projects: BTreeMap::new(),
            sprints: BTreeMap::new(),
            tasks: BTreeMap::new(),
        }
    }

    /// Looks up what the items refer to, as far as it is wanted and not known yet.
    pub(crate) async fn learn<T: Presented>(&mut self, items: &[T], wants: Wants) -> Result<()> {
        let mut references = References::default();
        items.iter().for_each(|item| item.refer(&mut references));
        if wants.users {
            fetch_missing!(self, references.users, users, get_user);
        }
        if wants.projects {
            fetch_missing!(self, references.projects, projects, get_project);
        }
        if wants.sprints {
            fetch_missing!(self, references.sprints, sprints, get_sprint);
        }
        if wants.tasks {
            fetch_missing!(self, references.tasks, tasks, get_task);
        }
        Ok(())
    }

    /// The login of a user, else the name, else the id.
    pub(crate) fn login<'a>(&'a self, id: &'a UserId) -> &'a str {
        let known = self.users.get(id).and_then(Option::as_ref);
        known.map_or(id.as_str(), |user| user.login.as_deref().unwrap_or(&user.name))
    }

    /// The key of a project, else its name, else the id.
    pub(crate) fn project_key<'a>(&'a self, id: &'a ProjectId) -> &'a str {
        let known = self.projects.get(id).and_then(Option::as_ref);
        known.map_or(id.as_str(), |project| project.key.as_deref().unwrap_or(&project.name))
    }

    /// The name of a sprint, else the id.
    pub(crate) fn sprint_name<'a>(&'a self, id: &'a SprintId) -> &'a str {
        self.sprints.get(id).and_then(Option::as_ref).map_or(id.as_str(), |sprint| &sprint.name)
    }

    /// The key of a task, else the id.
    pub(crate) fn task_key<'a>(&'a self, id: &'a TaskId) -> &'a str {
        let known = self.tasks.get(id).and_then(Option::as_ref);
        known.map_or(id.as_str(), |task| task.key.as_deref().unwrap_or(id.as_str()))
    }
}
