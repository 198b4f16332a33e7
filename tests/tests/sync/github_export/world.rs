//! A database of our own between a GitHub that is read and a Redmine that is written.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use pm_core::{
    Comment, CommentQuery, NewProject, PMSprint, PMTask, PmProvider, PmProviderExt, ProjectId, SprintQuery, TaskId,
    TaskQuery,
};
use pm_provider_internal::InternalProvider;
use pm_provider_internal::store::{Store, StoreOptions, connections, mappings};
use pm_sync::config::SyncConfig;
use pm_sync::engine::{Engine, EngineParts, RunOptions, RunReport, SideParts};
use pm_sync::store::SqlStore;
use pm_tests::TestDatabase;
use pm_tests::sync::settings;

/// Our database and the project in it.
pub(super) struct World {
    _database: TestDatabase,
    store: Store,
    pub(super) ours: Arc<dyn PmProvider>,
    pub(super) project: ProjectId,
}

impl World {
    pub(super) async fn new(name: &str) -> Self {
        let database = TestDatabase::sqlite();
        let store = Store::open(database.url(), &StoreOptions::default()).await.unwrap();
        let ours = InternalProvider::from_store(store.clone(), Some("sync")).await.unwrap();
        let ours: Arc<dyn PmProvider> = Arc::new(ours);
        let project = ours.create_project(NewProject::new(name)).await.unwrap().id;
        Self { _database: database, store, ours, project }
    }

    /// Keeps our project in step with one of another system.
    pub(super) async fn engine(&self, theirs: Arc<dyn PmProvider>, there: ProjectId, mode: &str) -> Engine {
        let name = theirs.name().to_owned();
        let connection = connections::NewConnection::new(&*name, &*name);
        let connection = connections::save(&self.store, connection).await.unwrap();
        let mapping = mappings::NewMapping::new(self.project.clone(), connection.id, there.as_str());
        let mapping = mappings::save(&self.store, &mapping).await.unwrap().id;
        let mut settings = settings();
        settings["mode"] = mode.into();
        settings["timing"]["lease"] = 60.into();
        let a = SideParts::new(Arc::clone(&self.ours), self.project.clone(), "internal");
        let b = SideParts::new(theirs, there, name);
        let config = SyncConfig::from_json(&settings).unwrap();
        Engine::new(EngineParts::new(mapping, a, b, Arc::new(SqlStore::new(self.store.clone())), config))
    }
}

/// Runs until a run changes nothing and nothing waits, then reads everything again; tells the runs that wrote.
///
/// # Panics
/// When it never comes to rest, when something is put aside for a person, or when reading again changes anything.
pub(super) async fn settle(engine: &Engine) -> Vec<RunReport> {
    let mut wrote = Vec::new();
    for _ in 0..20 {
        let report = engine.run(&RunOptions::new()).await.unwrap();
        assert_eq!((report.count("quarantined"), report.count("conflicts")), (0, 0), "{report:#?}");
        let pause = report.waiting_until.map(|until| (until - chrono::Utc::now()).to_std().unwrap_or_default());
        match pause {
            Some(pause) => tokio::time::sleep(pause.min(Duration::from_secs(3)) + Duration::from_millis(20)).await,
            None if report.writes() == 0 => {
                let again = engine.run(&RunOptions::new().full_scan(true).reconcile(true)).await.unwrap();
                assert_eq!((again.writes(), again.waiting_until), (0, None), "{again:#?}");
                return wrote;
            }
            None => {}
        }
        if report.writes() > 0 {
            wrote.push(report);
        }
    }
    panic!("it never comes to rest");
}

/// Everything of a project, by id.
pub(super) struct Contents {
    pub(super) tasks: BTreeMap<TaskId, PMTask>,
    pub(super) comments: BTreeMap<TaskId, Vec<Comment>>,
    /// By id.
    pub(super) sprints: BTreeMap<String, PMSprint>,
}

impl Contents {
    pub(super) async fn read(provider: &Arc<dyn PmProvider>, project: &ProjectId) -> Self {
        let tasks = provider.list_tasks(TaskQuery::in_project(project)).await.unwrap();
        let sprints = provider.list_sprints(SprintQuery::in_project(project)).await.unwrap();
        let mut comments = BTreeMap::new();
        for task in &tasks {
            comments.insert(task.id.clone(), comments_of(provider, &task.id).await);
        }
        Self {
            tasks: tasks.into_iter().map(|task| (task.id.clone(), task)).collect(),
            comments,
            sprints: sprints.into_iter().map(|sprint| (sprint.id.to_string(), sprint)).collect(),
        }
    }

    /// The name of the sprint that a task is in.
    pub(super) fn sprint_of(&self, task: &PMTask) -> Option<&str> {
        Some(self.sprints.get(task.sprint_id.as_ref()?.as_str())?.name.as_str())
    }
}

async fn comments_of(provider: &Arc<dyn PmProvider>, task: &TaskId) -> Vec<Comment> {
    let comments = provider.comments().unwrap();
    let (query, mut cursor, mut found) = (CommentQuery::of_task(task), None, Vec::new());
    loop {
        let page = comments.comments_page(&query, cursor).await.unwrap();
        found.extend(page.items);
        match page.next {
            Some(next) => cursor = Some(next),
            None => return found,
        }
    }
}
