//! Repositories, as requests need them: by number and by name, and what we may do there.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use pm_http::{Raw, named};
use pm_provider::{Error, ProjectId, Result};
use tokio::time::Instant;

use crate::api::Api;
use crate::ids::RepositoryId;
use crate::{dto, endpoints};

/// How long a name is believed: after that somebody may have renamed the repository, and given its name to another.
const LIFE: Duration = Duration::from_secs(5 * 60);
/// How many repositories are remembered before it is begun anew.
const MOST: usize = 10_000;

/// What is remembered of a repository.
#[derive(Clone, Debug)]
pub(crate) struct Repository {
    /// The number that never changes.
    pub(crate) id: u64,
    /// The id of the same repository in GraphQL.
    pub(crate) node_id: String,
    pub(crate) owner: String,
    pub(crate) name: String,
    /// Whether the owner is an organisation, which alone has issue types and issue fields.
    pub(crate) is_of_organisation: bool,
    /// What we may do there; `None` where GitHub does not say.
    pub(crate) permissions: Option<dto::Permissions>,
    /// Whether it has issues at all.
    pub(crate) has_issues: bool,
    /// Whether it is archived, so that nothing in it can be written.
    pub(crate) is_archived: bool,
}

impl Repository {
    fn of(row: &dto::Repository) -> Self {
        let (owner, name) = row.full_name.split_once('/').unwrap_or_default();
        Self {
            id: row.id,
            node_id: row.node_id.clone().unwrap_or_default(),
            owner: owner.to_owned(),
            name: name.to_owned(),
            is_of_organisation: row.owner.as_ref().is_some_and(dto::User::is_organisation),
            permissions: row.permissions,
            has_issues: row.has_issues != Some(false),
            is_archived: row.archived == Some(true),
        }
    }

    /// `octo-org/web`.
    pub(crate) fn full_name(&self) -> String {
        format!("{}/{}", self.owner, self.name)
    }

    /// The id of the project.
    pub(crate) fn project_id(&self) -> ProjectId {
        ProjectId::new(self.id.to_string())
    }

    /// Says whether labels, assignees and milestones that we write are kept: without push access GitHub drops them in
    /// silence. `None` where that is not known before it is tried.
    pub(crate) fn can_push(&self) -> Option<bool> {
        self.permissions.map(|permissions| permissions.push || permissions.triage)
    }

    /// The parameters of a path that begins with `repos/{owner}/{repo}`.
    pub(crate) fn path<'a>(&'a self, rest: &[&'a str]) -> Vec<&'a str> {
        [self.owner.as_str(), self.name.as_str()].into_iter().chain(rest.iter().copied()).collect()
    }
}

/// The repositories that answers told of.
#[derive(Debug, Default)]
pub(crate) struct Repositories(Mutex<Known>);

#[derive(Debug, Default)]
struct Known {
    by_id: HashMap<u64, (Instant, Arc<Repository>)>,
    /// Full names, in lower case.
    by_name: HashMap<String, u64>,
}

impl Repositories {
    fn get(&self, id: &RepositoryId) -> Option<Arc<Repository>> {
        let known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let number = match id {
            RepositoryId::Number(number) => *number,
            RepositoryId::Name(..) => *known.by_name.get(&id.to_string().to_ascii_lowercase())?,
        };
        let (since, repository) = known.by_id.get(&number)?;
        (since.elapsed() < LIFE).then(|| Arc::clone(repository))
    }

    fn put(&self, repository: Repository) -> Arc<Repository> {
        let repository = Arc::new(repository);
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if known.by_id.len() >= MOST {
            *known = Known::default();
        }
        known.by_name.insert(repository.full_name().to_ascii_lowercase(), repository.id);
        known.by_id.insert(repository.id, (Instant::now(), Arc::clone(&repository)));
        repository
    }

    /// Forgets what is known of a repository: it was renamed, changed or deleted.
    pub(crate) fn forget(&self, id: u64) {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        known.by_id.remove(&id);
        known.by_name.retain(|_, number| *number != id);
    }
}

impl Api {
    /// Remembers a repository that an answer told of.
    pub(crate) fn learn(&self, row: &dto::Repository) -> Arc<Repository> {
        self.repositories.put(Repository::of(row))
    }

    /// The repository of a project.
    ///
    /// # Errors
    /// `NotFound` where there is none, or none that we may see.
    pub(crate) async fn repository_of(&self, project: &ProjectId) -> Result<Arc<Repository>> {
        self.repository(&RepositoryId::existing(project)?).await
    }

    /// A repository; what is known of it may be some minutes old.
    pub(crate) async fn repository(&self, id: &RepositoryId) -> Result<Arc<Repository>> {
        match self.repositories.get(id) {
            Some(known) => Ok(known),
            None => Ok(self.learn(&self.repository_row(id).await?.item)),
        }
    }

    /// A repository of which a task, a sprint or a comment was asked for: where it is not there, that is not.
    pub(crate) async fn repository_with(
        &self,
        id: &RepositoryId,
        what: &str,
        item: impl std::fmt::Display,
    ) -> Result<Arc<Repository>> {
        self.repository(id).await.map_err(|error| named(error, what, item))
    }

    /// A repository as GitHub shows it now.
    pub(crate) async fn repository_row(&self, id: &RepositoryId) -> Result<Raw<dto::Repository>> {
        let row: Result<Raw<dto::Repository>> = match id {
            RepositoryId::Number(number) => self.get(&endpoints::GET_REPOSITORY_BY_ID, &[&number.to_string()]).await,
            RepositoryId::Name(owner, name) => self.get(&endpoints::GET_REPOSITORY, &[owner, name]).await,
        };
        let row = row.map_err(|error: Error| named(error, "project", id))?;
        self.learn(&row.item);
        Ok(row)
    }
}
