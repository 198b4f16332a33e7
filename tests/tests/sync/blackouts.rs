//! A shadow in two trackers at once, of which one stops to know us in the middle.

use std::sync::Arc;
use std::time::Duration;

use pm_core::{NewProject, NewTask, PmProvider, PmProviderExt, ProjectId, Secret, Settings, TaskPatch, TaskQuery};
use pm_provider_internal::InternalProvider;
use pm_provider_internal::store::{Store, StoreOptions, connections, mappings};
use pm_sync::config::SyncConfig;
use pm_sync::engine::{Engine, EngineParts, RunOptions, SideParts, SyncError};
use pm_sync::store::SqlStore;
use pm_testkit::github::FakeGitHub;
use pm_testkit::http_fault::{FaultRule, HttpFault};
use pm_testkit::jira::FakeJira;
use pm_tests::remote;
use pm_tests::sync::settings;

const TASKS: usize = 12;

struct World {
    ours: Arc<dyn PmProvider>,
    project: ProjectId,
    jira: FakeJira,
    github: FakeGitHub,
    to_jira: Engine,
    to_github: Engine,
    _folder: tempfile::TempDir,
}

impl World {
    async fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let url = format!("sqlite://{}", folder.path().join("pm.db").display());
        let store = Store::open(&url, &StoreOptions::default()).await.unwrap();
        let ours: Arc<dyn PmProvider> =
            Arc::new(InternalProvider::from_store(store.clone(), Some("sync")).await.unwrap());
        let project = ours.create_project(NewProject::new("Two shadows")).await.unwrap().id;
        for number in 0..TASKS {
            ours.create_task(NewTask::new(&project, format!("task {number:02}"))).await.unwrap();
        }
        let jira = FakeJira::builder().index_lag(Duration::ZERO).start().await.unwrap();
        let github = FakeGitHub::start().await.unwrap();
        let jira_settings = Settings::new().set("base_url", jira.url()).set("username", jira.username());
        let jira_settings = jira_settings.secret("api_token", Secret::new(jira.api_token()));
        let jira_provider = pm_core::PmProviderBuilder::new(pm_core::builtin_registry())
            .provider("jira")
            .settings(jira_settings)
            .build()
            .await
            .unwrap();
        let github_provider = remote::open_github(&github.url(), &github).unwrap();
        let to_jira = engine(&store, &ours, &project, jira_provider, "jira").await;
        let to_github = engine(&store, &ours, &project, github_provider, "github").await;
        Self { ours, project, jira, github, to_jira, to_github, _folder: folder }
    }

    async fn titles(&self, engine: &Engine) -> Vec<String> {
        let side = &engine.parts().sides.b;
        let tasks = side.provider.list_tasks(TaskQuery::in_project(&side.project)).await.unwrap();
        let mut titles: Vec<_> = tasks.into_iter().map(|task| task.title).collect();
        titles.sort();
        titles
    }

    async fn our_titles(&self) -> Vec<String> {
        let tasks = self.ours.list_tasks(TaskQuery::in_project(&self.project)).await.unwrap();
        let mut titles: Vec<_> = tasks.into_iter().map(|task| task.title).collect();
        titles.sort();
        titles
    }
}

async fn engine(
    store: &Store,
    ours: &Arc<dyn PmProvider>,
    project: &ProjectId,
    theirs: Arc<dyn PmProvider>,
    name: &str,
) -> Engine {
    let there = theirs.create_project(NewProject::new("Two shadows").key("TWO")).await;
    let there = match there {
        Ok(project) => project.id,
        // GitHub names repositories, and gives no keys.
        Err(_) => theirs.create_project(NewProject::new("Two-shadows")).await.unwrap().id,
    };
    let connection = connections::save(store, connections::NewConnection::new(name, name)).await.unwrap();
    let mapping = mappings::NewMapping::new(project.clone(), connection.id, there.as_str());
    let mapping = mappings::save(store, &mapping).await.unwrap().id;
    let mut settings = settings();
    settings["mode"] = "shadow".into();
    settings["timing"]["account"] = 0.into();
    let a = SideParts::new(Arc::clone(ours), project.clone(), "internal");
    let b = SideParts::new(theirs, there, name);
    let config = SyncConfig::from_json(&settings).unwrap();
    Engine::new(EngineParts::new(mapping, a, b, Arc::new(SqlStore::new(store.clone())), config))
}

/// Runs until nothing waits.
async fn settle(engine: &Engine) {
    for _ in 0..20 {
        let report = engine.run(&RunOptions::new()).await.unwrap();
        let Some(until) = report.waiting_until else { return };
        let pause = (until - chrono::Utc::now()).to_std().unwrap_or_default();
        tokio::time::sleep(pause.min(Duration::from_secs(3)) + Duration::from_millis(20)).await;
    }
    panic!("it never comes to rest");
}

#[tokio::test]
async fn a_revoked_token_deletes_nothing_and_stops_nobody_else() {
    let world = World::new().await;
    settle(&world.to_jira).await;
    settle(&world.to_github).await;
    let whole = world.our_titles().await;
    assert_eq!((world.titles(&world.to_jira).await, world.titles(&world.to_github).await), (whole.clone(), whole));

    for (number, status) in [401_u16, 403, 404].into_iter().enumerate() {
        let before = world.titles(&world.to_jira).await;
        let tasks = world.ours.list_tasks(TaskQuery::in_project(&world.project)).await.unwrap();
        let patch = TaskPatch::new().title(format!("task {number:02} after {status}"));
        world.ours.update_task(&tasks[number].id, patch).await.unwrap();
        let fault = FaultRule::new(HttpFault::Status { status, applied: false }).times(usize::MAX);
        world.jira.faults().add(fault);

        let error = world.to_jira.run(&RunOptions::new().reconcile(true)).await.unwrap_err();
        assert!(matches!(error, SyncError::Stopped { .. }), "{error}");
        let said = error.to_string();
        assert!(said.contains("hint:") && said.contains("nothing was deleted"), "{said}");
        settle(&world.to_github).await;
        assert_eq!(world.titles(&world.to_github).await, world.our_titles().await, "the other one goes on");

        world.jira.faults().clear();
        assert_eq!(world.titles(&world.to_jira).await, before, "{status}: nothing changed over there");
        settle(&world.to_jira).await;
        assert_eq!(world.titles(&world.to_jira).await, world.our_titles().await, "it catches up");
    }
    assert_eq!(world.our_titles().await.len(), TASKS, "nothing was deleted here");
    assert_eq!(world.github.issues("Two-shadows").len().max(TASKS), TASKS);
}
