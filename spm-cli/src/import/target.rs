//! Where rows go: the backend, the project in it, and what both can do.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use pm_core::capability::ProjectSchema;
use pm_core::{
    CreateGuarantee, Entity, Error, ErrorKind, Field, Item, Marked, MarkerQuery, NewProject, Operation, PMProject,
    PmProvider, Retry, SyncSupport,
};

use super::ledger::Destination;
use crate::exit::Code;
use crate::failure::{Failure, Result};
use crate::lookup::Finder;

/// How often a call is made that may be made again.
const ATTEMPTS: u32 = 4;
/// How many projects of one name may have been imported and deleted before.
const NAMESAKES: u32 = 1_000;
/// How long a backend may ask us to wait.
const LONGEST_WAIT: Duration = Duration::from_secs(120);

/// Where rows go.
#[derive(Debug)]
pub(crate) struct Target {
    /// Without one everything is new: a dry run that found no database.
    backend: Option<Backend>,
    project: Option<PMProject>,
    /// What the project is called that is to be made.
    name: String,
    created: bool,
    schema: Option<Arc<ProjectSchema>>,
}

#[derive(Debug)]
struct Backend {
    provider: Arc<dyn PmProvider>,
    markers: Arc<dyn SyncSupport>,
}

impl Target {
    /// Looks for the project; it is made when the first row needs it.
    ///
    /// A backend on which a second run would make everything twice is refused.
    pub(crate) async fn open(provider: Arc<dyn PmProvider>, project: &str) -> Result<Self> {
        let markers = check(&provider)?;
        let found = match Finder::new(Arc::clone(&provider)).project(project).await {
            Ok(found) => Some(found),
            Err(failure) if failure.code == Code::NotFound => {
                check_creates(&provider, failure)?;
                made_before(&*markers, project).await?
            }
            Err(failure) => return Err(failure),
        };
        let name = found.as_ref().map_or(project, |found| &found.name).to_owned();
        let backend = Some(Backend { provider, markers });
        Ok(Self { backend, project: found, name, created: false, schema: None })
    }

    /// Nothing is there: what a dry run sees where there is no database.
    pub(crate) fn nowhere(project: &str) -> Self {
        Self { backend: None, project: None, name: project.to_owned(), created: false, schema: None }
    }

    pub(crate) fn provider(&self) -> Option<&Arc<dyn PmProvider>> {
        self.backend.as_ref().map(|backend| &backend.provider)
    }

    pub(crate) fn project(&self) -> Option<&PMProject> {
        self.project.as_ref()
    }

    /// Says what the summary says of the project; `pretended` where it would be made.
    pub(crate) fn destination(&self, pretended: bool) -> Destination {
        let key = self.project.as_ref().and_then(|project| project.key.clone());
        Destination { name: self.name.clone(), key, created: self.created || (pretended && self.project.is_none()) }
    }

    /// The backend, to be written to.
    pub(crate) fn writable(&self) -> Result<Arc<dyn PmProvider>> {
        let provider = self.provider().map(Arc::clone);
        provider.ok_or_else(|| Failure::new(Code::Failure, "there is no backend to write to"))
    }

    /// The project, made now if it is not there.
    pub(crate) async fn project_or_create(&mut self) -> Result<PMProject> {
        if let Some(project) = &self.project {
            return Ok(project.clone());
        }
        let made = self.make_project().await?;
        self.created = true;
        self.project = Some(made.clone());
        Ok(made)
    }

    /// Two imports at the same time make one project, and one that was renamed since is still the same; one that was
    /// deleted is passed over.
    async fn make_project(&self) -> Result<PMProject> {
        let provider = self.writable()?;
        let mut last = None;
        for number in 1..=NAMESAKES {
            let key = project_marker(&self.name, number);
            let new = NewProject::new(self.name.clone()).idempotency_key(key);
            match patiently(|| provider.create_project(new.clone())).await {
                Ok(made) => return Ok(made),
                Err(error) if error.kind() == ErrorKind::Conflict => last = Some(error),
                Err(error) => return Err(error.into()),
            }
        }
        let taken = || Failure::new(Code::Conflict, format!("the project `{}` cannot be made", self.name));
        Err(last.map_or_else(taken, Failure::from))
    }

    /// What the project accepts.
    pub(crate) async fn schema(&mut self) -> Result<Option<Arc<ProjectSchema>>> {
        if self.schema.is_none()
            && let (Some(provider), Some(project)) = (self.provider(), &self.project)
        {
            self.schema = Some(provider.project_schema(&project.id).await?);
        }
        Ok(self.schema.clone())
    }

    /// Whether a field of a kind of item can be changed.
    pub(crate) fn can_update(&self, entity: Entity, field: Field) -> bool {
        self.provider()
            .is_some_and(|provider| provider.capabilities().entity(entity).field(field).on_update.is_possible())
    }

    /// Refuses a backend that numbers its tasks by itself.
    pub(crate) fn check_keys(&self) -> Result<()> {
        match self.provider() {
            Some(provider)
                if !provider.capabilities().entity(Entity::Task).field(Field::Key).on_create.is_possible() =>
            {
                let message =
                    format!("`{}` numbers its tasks by itself: --keep-numbers cannot be kept", provider.name());
                Err(Failure::new(Code::Unsupported, message))
            }
            _ => Ok(()),
        }
    }

    /// Finds what was made with these keys, now or at any time.
    pub(crate) async fn marked(&self, entity: Entity, keys: Vec<String>) -> Result<HashMap<String, Marked>> {
        let (Some(backend), Some(project)) = (&self.backend, &self.project) else { return Ok(HashMap::new()) };
        if keys.is_empty() {
            return Ok(HashMap::new());
        }
        let query = MarkerQuery::new(entity, keys).project(project.id.clone());
        let found = patiently(|| backend.markers.find_by_marker(&query)).await?;
        Ok(found.into_iter().map(|marked| (marked.key.clone(), marked)).collect())
    }
}

/// The idempotency key of a project that an import makes.
fn project_marker(name: &str, number: u32) -> String {
    format!("import:project:{}:{number}", name.to_lowercase())
}

/// The project that an import of this name made, whatever it is called now.
async fn made_before(markers: &dyn SyncSupport, name: &str) -> Result<Option<PMProject>> {
    for number in 1..=NAMESAKES {
        let query = MarkerQuery::new(Entity::Project, [project_marker(name, number)]);
        match patiently(|| markers.find_by_marker(&query)).await?.pop() {
            None => return Ok(None),
            Some(Marked { item: Some(Item::Project(project)), .. }) => return Ok(Some(*project)),
            Some(_) => {}
        }
    }
    Ok(None)
}

/// Calls again what may be called again, with pauses; the call must be one that does no harm twice.
pub(crate) async fn patiently<T, F>(mut call: impl FnMut() -> F) -> pm_core::Result<T>
where
    F: Future<Output = pm_core::Result<T>>,
{
    let mut attempt = 1;
    loop {
        let error = match call().await {
            Ok(answer) => return Ok(answer),
            Err(error) => error,
        };
        match pause(&error, attempt) {
            Some(pause) => tokio::time::sleep(pause).await,
            None => return Err(error),
        }
        attempt += 1;
    }
}

fn pause(error: &Error, attempt: u32) -> Option<Duration> {
    if attempt >= ATTEMPTS {
        return None;
    }
    // What may have been done is not called again by others: here it does no harm.
    let lost = matches!(error.kind(), ErrorKind::Timeout | ErrorKind::Unavailable);
    match error.retry() {
        Retry::After(wait) if wait <= LONGEST_WAIT => Some(wait),
        Retry::Never if !lost => None,
        Retry::After(_) => None,
        _ => Some(Duration::from_millis(100) * 4_u32.pow(attempt - 1)),
    }
}

fn check(provider: &Arc<dyn PmProvider>) -> Result<Arc<dyn SyncSupport>> {
    let (name, capabilities) = (provider.name(), provider.capabilities());
    let unable = |what: &str| Failure::new(Code::Unsupported, format!("`{name}` cannot be imported into: {what}"));
    if !capabilities.can(Entity::Task, Operation::Create) {
        return Err(unable("it cannot create tasks"));
    }
    let twice = "it keeps no key of what was created, so that a second run would make everything twice";
    if capabilities.entity(Entity::Task).create_guarantee == CreateGuarantee::None {
        return Err(unable(twice));
    }
    provider.sync_support().ok_or_else(|| unable("it cannot tell what was imported before"))
}

fn check_creates(provider: &Arc<dyn PmProvider>, missing: Failure) -> Result<()> {
    if provider.capabilities().can(Entity::Project, Operation::Create) { Ok(()) } else { Err(missing) }
}
