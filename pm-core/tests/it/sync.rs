//! What is mapped: written, found, refused, and made an engine of.

use std::sync::Arc;

use pm_core::connections::{Connection, Connections};
use pm_core::internal::InternalProvider;
use pm_core::internal::store::{Store, StoreOptions};
use pm_core::sync::config::{Mode, SyncConfig};
use pm_core::sync::engine::RunOptions;
use pm_core::sync::{Mappings, NewMapping, instance};
use pm_core::{ErrorKind, NewProject, NewTask, PmProvider, PmProviderExt, ProjectId, TaskQuery};
use pm_testkit::MemoryProvider;

struct World {
    mappings: Mappings,
    connections: Connections,
    ours: Arc<dyn PmProvider>,
    project: ProjectId,
}

/// A database with a project, and the connection `work`.
async fn world() -> World {
    let store = Store::open("sqlite::memory:", &StoreOptions::default()).await.unwrap();
    let ours: Arc<dyn PmProvider> = Arc::new(InternalProvider::from_store(store.clone(), None).await.unwrap());
    let project = ours.create_project(NewProject::new("Website")).await.unwrap().id;
    let connections = Connections::none().own_database(store.clone());
    let work = Connection::new("work", "internal").set("database_url", "sqlite:/nowhere/other.sqlite3");
    connections.save_in_database(&work).await.unwrap();
    World { mappings: Mappings::new(store), connections, ours, project }
}

#[tokio::test]
async fn a_mapping_is_written_found_changed_and_removed() {
    let World { mappings, project, connections, .. } = world().await;
    assert!(mappings.list().await.unwrap().is_empty());
    let new = NewMapping::new(&project, "work", "10001");
    let mapping = mappings.save(&new).await.unwrap();
    assert_eq!((mapping.connection.as_str(), mapping.provider.as_str()), ("work", "internal"));
    assert_eq!(mapping.config().unwrap(), SyncConfig::default());
    let mut config = SyncConfig::default();
    config.mode = Mode::Shadow;
    let again = mappings.save(&new.config(&config)).await.unwrap();
    assert_eq!((&again.id, again.config().unwrap().mode), (&mapping.id, Mode::Shadow));
    assert_eq!(mappings.list().await.unwrap(), std::slice::from_ref(&again));
    assert_eq!(mappings.find("work", &"10001".into()).await.unwrap(), Some(again));
    assert_eq!(mappings.find("work", &"1".into()).await.unwrap(), None);
    assert_eq!(mappings.find("home", &"10001".into()).await.unwrap(), None);
    // A connection that something is mapped through stays.
    assert_eq!(connections.remove("work").await.unwrap_err().kind(), ErrorKind::Conflict);
    assert!(mappings.remove(&mapping.id).await.unwrap() && !mappings.remove(&mapping.id).await.unwrap());
}

#[tokio::test]
async fn what_makes_no_sense_is_refused() {
    let World { mappings, project, ours, .. } = world().await;
    let refused = async |new: NewMapping| mappings.save(&new).await.unwrap_err();
    let error = refused(NewMapping::new(&project, "home", "1")).await;
    assert_eq!(error.kind(), ErrorKind::Configuration);
    assert!(error.to_string().contains("spm connection add home --database"), "{error}");
    assert_eq!(refused(NewMapping::new("nobody", "work", "1")).await.kind(), ErrorKind::InvalidInput);
    let mut wrong = NewMapping::new(&project, "work", "1");
    wrong.settings = serde_json::json!({"mode": "sideways"});
    let error = refused(wrong).await;
    assert!(error.kind() == ErrorKind::Configuration && error.message().contains("sideways"), "{error}");
    // What is remembered of one pair of projects must not be taken for another one's.
    mappings.save(&NewMapping::new(&project, "work", "1")).await.unwrap();
    let other = ours.create_project(NewProject::new("Garden")).await.unwrap().id;
    assert_eq!(refused(NewMapping::new(&other, "work", "1")).await.kind(), ErrorKind::Conflict);
}

#[tokio::test]
async fn an_engine_remembers_in_the_database() {
    let World { mappings, project, ours, .. } = world().await;
    let theirs: Arc<dyn PmProvider> = Arc::new(MemoryProvider::new().user("ada"));
    let over_there = theirs.create_project(NewProject::new("Site")).await.unwrap().id;
    let mut config = SyncConfig::default();
    config.mode = Mode::Shadow;
    let mapping = mappings.save(&NewMapping::new(&project, "work", &over_there).config(&config)).await.unwrap();
    ours.create_task(NewTask::new(&project, "Paint it")).await.unwrap();
    for created in [1, 0] {
        let engine = mappings.engine(&mapping, Arc::clone(&theirs), "memory").await.unwrap();
        let report = engine.run(&RunOptions::new()).await.unwrap();
        assert_eq!(report.writes(), created, "{report:?}");
    }
    let tasks = theirs.list_tasks(TaskQuery::in_project(&over_there)).await.unwrap();
    assert_eq!(tasks.iter().map(|task| task.title.as_str()).collect::<Vec<_>>(), ["Paint it"]);
    let memory = mappings.memory();
    assert_eq!(memory.count_links(&mapping.id).await.unwrap().values().sum::<usize>(), 1);
    assert!(mappings.list().await.unwrap()[0].last_sync_at.is_some());
    mappings.remove(&mapping.id).await.unwrap();
    assert!(memory.count_links(&mapping.id).await.unwrap().is_empty(), "it goes with the mapping");
}

#[test]
fn a_system_is_known_by_its_address() {
    let jira = |name: &str, url: &str| instance(&Connection::new(name, "Jira").set("base_url", url));
    assert_eq!(jira("work", "https://work.example/"), "jira https://work.example");
    assert_eq!(jira("home", "https://work.example"), jira("work", "https://work.example/"));
    assert_ne!(jira("work", "https://other.example"), jira("work", "https://work.example"));
    assert_eq!(instance(&Connection::new("mine", "github")), "github");
}
