//! A shadow of 500 tasks in a real Redmine, whose engine loses its database; and what must not cross.

use std::path::Path;
use std::sync::Arc;

use pm_core::{NewComment, NewProject, NewTask, PmProvider, PmProviderExt, ProjectId, TaskId, TaskQuery, Visibility};
use pm_provider_internal::InternalProvider;
use pm_provider_internal::store::{Store, StoreOptions};
use pm_sync::config::SyncConfig;
use pm_sync::engine::{Engine, RunOptions, RunReport};
use pm_tests::redmine::{TestRedmine, redmine_server};
use pm_tests::sync::{RedmineMapping, settings};

use crate::board::{board, differences};

const TASKS: usize = 500;
const PRIVATE: &str = "the salary is secret";

struct Folder {
    _folder: tempfile::TempDir,
    url: String,
    store: Store,
    ours: Arc<dyn PmProvider>,
}

impl Folder {
    /// A database of its own: empty, or a copy of one.
    async fn new(copy_of: Option<&Path>) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("pm.db");
        if let Some(other) = copy_of {
            std::fs::copy(other, &path).unwrap();
        }
        let url = format!("sqlite://{}", path.display());
        let store = Store::open(&url, &StoreOptions::default()).await.unwrap();
        let ours = Arc::new(InternalProvider::from_store(store.clone(), Some("sync")).await.unwrap());
        Self { _folder: folder, url, store, ours }
    }

    /// Shadows a project of this database into one of the Redmine, until that is done.
    async fn shadow(&self, server: &TestRedmine, project: &ProjectId, there: &ProjectId) -> (RunReport, RunReport) {
        let mapping = RedmineMapping {
            database_url: self.url.clone(),
            mapping: RedmineMapping::save(&self.store, project, there).await.unwrap(),
            project: project.clone(),
            redmine_url: server.url.clone(),
            redmine_key: server.api_key.clone(),
            redmine_project: there.clone(),
        };
        let mut settings = settings();
        settings["mode"] = "shadow".into();
        settings["timing"]["reconcile"] = 3_600.into();
        settings["timing"]["lease"] = 60.into();
        let engine = Engine::new(mapping.parts(SyncConfig::from_json(&settings).unwrap()).await.unwrap());
        let first = engine.run(&RunOptions::new()).await.unwrap();
        let second = engine.run(&RunOptions::new()).await.unwrap();
        (first, second)
    }
}

async fn project_there(server: &TestRedmine, name: &str) -> ProjectId {
    let key = format!("{name}-{}", std::process::id());
    server.provider().create_project(NewProject::new(name).key(key)).await.unwrap().id
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_lost_engine_database_links_again_instead_of_doubling() {
    let Some(server) = redmine_server() else { return };
    let there = project_there(server, "shadow").await;
    let origin = Folder::new(None).await;
    let project = origin.ours.create_project(NewProject::new("Shadow")).await.unwrap().id;
    for number in 0..TASKS {
        origin.ours.create_task(NewTask::new(&project, format!("task {number:03}"))).await.unwrap();
    }
    // What is in the write-ahead log goes into the file.
    let path = origin.url.trim_start_matches("sqlite://").to_owned();
    sea_orm::ConnectionTrait::execute_unprepared(origin.store.connection(), "PRAGMA wal_checkpoint(TRUNCATE)")
        .await
        .unwrap();
    let (first, second) = (Folder::new(Some(Path::new(&path))).await, Folder::new(Some(Path::new(&path))).await);

    let (made, quiet) = first.shadow(server, &project, &there).await;
    assert_eq!((made.count("created"), quiet.writes()), (TASKS as u64, 0), "{made:#?}");
    let ours = board(&first.ours, &project).await;
    drop(first);

    let (again, quiet) = second.shadow(server, &project, &there).await;
    println!("again: {:?}, requests {:?}", again.run.counters, again.run.calls);
    assert_eq!((again.count("created"), again.count("adopted")), (0, TASKS as u64), "{again:#?}");
    assert_eq!((again.writes(), quiet.writes()), (0, 0), "equal values agree: {again:#?}");
    let theirs = board(&server.provider(), &there).await;
    assert_eq!(differences(&ours, &theirs), Vec::<String>::new());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nobody_is_called_nothing_foreign_is_named_and_private_words_stay() {
    let Some(server) = redmine_server() else { return };
    let there = project_there(server, "quiet").await;
    let stranger = server.provider().create_task(NewTask::new(&there, "Not ours")).await.unwrap();
    let ours = Folder::new(None).await;
    let project = ours.ours.create_project(NewProject::new("Quiet")).await.unwrap().id;
    let text = format!("Ask @admin and @ada, see #{0}, fixes #{0}. closes #{0}", stranger.id);
    let task = NewTask::new(&project, "Loud").description(&text);
    let task = ours.ours.create_task(task).await.unwrap();
    let private = NewTask::new(&project, "Salaries").description(PRIVATE).visibility(Visibility::Restricted);
    ours.ours.create_task(private).await.unwrap();
    let comments = ours.ours.comments().unwrap();
    comments.create_comment(NewComment::new(&task.id, format!("{text} again"))).await.unwrap();
    let note = NewComment::new(&task.id, PRIVATE).visibility(Visibility::Restricted);
    comments.create_comment(note).await.unwrap();

    let (first, second) = ours.shadow(server, &project, &there).await;
    assert_eq!((first.count("created"), first.count("withheld"), second.writes()), (2, 2, 0), "{first:#?}");

    let everything = all_texts(server, &there).await;
    assert!(!everything.contains(PRIVATE), "{everything}");
    assert!(everything.contains("Loud") && everything.contains("again"), "{everything}");
    let live = format!("#{}", stranger.id);
    assert!(!everything.contains(&live), "a foreign ticket is named: {everything}");
    assert!(!everything.contains("@admin") && !everything.contains("@ada"), "somebody is called: {everything}");
    let (_, seen) =
        server.send("GET", &format!("issues/{}.json?include=journals", stranger.id), &serde_json::Value::Null).await;
    assert!(!seen.contains("Loud"), "{seen}");
    // What our side has is untouched by it.
    let here = ours.ours.get_task(&TaskId::from(task.id.as_str())).await.unwrap();
    assert_eq!(here.description.as_deref(), Some(text.as_str()));
}

/// All texts of a project as the server stores them.
async fn all_texts(server: &TestRedmine, project: &ProjectId) -> String {
    let mut texts = String::new();
    for task in server.provider().list_tasks(TaskQuery::in_project(project)).await.unwrap() {
        if task.title == "Not ours" {
            continue;
        }
        let path = format!("issues/{}.json?include=journals", task.id);
        texts.push_str(&server.send("GET", &path, &serde_json::Value::Null).await.1);
    }
    texts
}
