//! What the examples about synchronising share: a database with a project, a Jira on this machine with another, and a
//! mapping between the two.

// Not every example needs all of it.
#![allow(dead_code)]

use std::sync::Arc;
use std::time::Duration;

use pm_core::connections::{Connection, Connections};
use pm_core::internal::InternalProvider;
use pm_core::internal::store::{Store, StoreOptions, sqlite_url};
use pm_core::sync::config::{Mode, SyncConfig};
use pm_core::sync::engine::{Engine, RunOptions, RunReport};
use pm_core::sync::store::Conflict;
use pm_core::sync::{Mapping, Mappings, NewMapping, instance};
use pm_core::{
    Error, ErrorKind, NewProject, PMTask, PmProvider, PmProviderBuilder, PmProviderExt, ProjectId, Result, TaskQuery,
    builtin_registry,
};
use pm_testkit::jira::FakeJira;
use tempfile::TempDir;

/// Two systems, and what keeps them in step.
pub(crate) struct World {
    /// The application's own database.
    pub(crate) ours: Arc<dyn PmProvider>,
    pub(crate) project: ProjectId,
    /// The company's Jira.
    pub(crate) theirs: Arc<dyn PmProvider>,
    pub(crate) their_project: ProjectId,
    pub(crate) jira: FakeJira,
    mappings: Mappings,
    mapping: Mapping,
    engine: Engine,
    _folder: TempDir,
}

impl World {
    /// Maps two empty projects, in this mode.
    pub(crate) async fn new(mode: Mode) -> Result<Self> {
        let folder = tempfile::tempdir().map_err(failed)?;
        // A real one finds what was just written a moment later.
        let jira = FakeJira::builder().index_lag(Duration::ZERO).start().await.map_err(failed)?;
        let store = Store::open(&sqlite_url(&folder.path().join("own.sqlite3")), &StoreOptions::default()).await?;
        let ours: Arc<dyn PmProvider> = Arc::new(InternalProvider::from_store(store.clone(), None).await?);

        // The token stands in a file of its own; the connection says where.
        let token = folder.path().join("work.token");
        std::fs::write(&token, jira.api_token()).map_err(failed)?;
        let connections = Connections::none().own_database(store.clone());
        let connection = Connection::new("work", "jira")
            .set("base_url", jira.url())
            .set("username", jira.username())
            .set("api_token", format!("file:{}", token.display()));
        connections.save_in_database(&connection).await?;
        let connection = connections.get("work").await?;
        let system = instance(&connection);
        let theirs = PmProviderBuilder::new(builtin_registry()).connection(connection).build().await?;

        let project = ours.create_project(NewProject::new("Website")).await?.id;
        let their_project = theirs.create_project(NewProject::new("Website").key("WEB")).await?.id;
        let mappings = Mappings::new(store);
        let mut config = SyncConfig::default();
        config.mode = mode;
        let mapping = mappings.save(&NewMapping::new(&project, "work", &their_project).config(&config)).await?;
        let engine = mappings.engine(&mapping, Arc::clone(&theirs), system).await?;
        Ok(Self { ours, project, theirs, their_project, jira, mappings, mapping, engine, _folder: folder })
    }

    /// Brings both in step, as far as that can be done now.
    pub(crate) async fn run(&self) -> Result<RunReport> {
        let ran = self.engine.run(&RunOptions::new()).await;
        ran.map_err(|error| Error::new(ErrorKind::Unavailable, error.to_string()))
    }

    /// What stood against each other so far.
    pub(crate) async fn conflicts(&self) -> Result<Vec<Conflict>> {
        let conflicts = self.mappings.memory().conflicts(&self.mapping.id, false).await;
        conflicts.map_err(|error| Error::new(ErrorKind::Internal, error.to_string()))
    }

    /// The task with a title, on either side.
    pub(crate) async fn task(&self, provider: &Arc<dyn PmProvider>, title: &str) -> Result<PMTask> {
        let found = self.tasks(provider).await?.into_iter().find(|task| task.title == title);
        found.ok_or_else(|| Error::not_found("task", title))
    }

    async fn tasks(&self, provider: &Arc<dyn PmProvider>) -> Result<Vec<PMTask>> {
        let project = if Arc::ptr_eq(provider, &self.ours) { &self.project } else { &self.their_project };
        provider.list_tasks(TaskQuery::in_project(project)).await
    }

    /// Both sides, a line each.
    pub(crate) async fn shown(&self) -> Result<String> {
        let mut lines = Vec::new();
        for (name, provider) in [("here", &self.ours), ("Jira", &self.theirs)] {
            let tasks = self.tasks(provider).await?;
            let mut tasks: Vec<_> =
                tasks.iter().map(|task| format!("{} ({})", task.title, task.status.category)).collect();
            tasks.sort();
            lines.push(format!("{name}: {}", tasks.join(", ")));
        }
        Ok(lines.join("\n"))
    }
}

fn failed(error: std::io::Error) -> Error {
    Error::configuration(format!("the example cannot be set up: {error}")).with_source(error)
}
