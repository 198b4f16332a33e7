//! A run with nothing to do.

use std::sync::Arc;

use pm_provider::{NewProject, NewTask, PmProvider};
use pm_sync::config::SyncConfig;
use pm_sync::engine::{Engine, EngineParts, RunOptions, SideParts};
use pm_sync::store::{MemoryStore, SyncStore as _};
use pm_testkit::MemoryProvider;

const LINKS: usize = 10_000;

#[tokio::test]
async fn an_idle_run_over_ten_thousand_links_makes_two_calls_a_side_and_no_write() {
    let a: Arc<dyn PmProvider> = Arc::new(MemoryProvider::new().user("ada"));
    let b: Arc<dyn PmProvider> = Arc::new(MemoryProvider::new().user("bob"));
    let ours = a.create_project(NewProject::new("Big")).await.unwrap().id;
    let theirs = b.create_project(NewProject::new("Big")).await.unwrap().id;
    for number in 0..LINKS {
        a.create_task(NewTask::new(&ours, format!("task {number}"))).await.unwrap();
    }
    let store = Arc::new(MemoryStore::new(Arc::new(pm_provider::SystemClock)));
    let config = SyncConfig::from_json(&serde_json::json!({"mode": "bidirectional"})).unwrap();
    let engine = Engine::new(EngineParts::new(
        "big",
        SideParts::new(Arc::clone(&a), ours, "ours"),
        SideParts::new(Arc::clone(&b), theirs, "theirs"),
        Arc::clone(&store) as _,
        config,
    ));
    let first = engine.run(&RunOptions::new()).await.unwrap();
    assert_eq!(first.count("created"), LINKS as u64);
    // What we made comes back once, as an echo.
    let echo = engine.run(&RunOptions::new()).await.unwrap();
    assert_eq!(echo.writes(), 0);

    let idle = engine.run(&RunOptions::new()).await.unwrap();
    assert_eq!((idle.writes(), idle.run.calls.a, idle.run.calls.b), (0, 2, 2), "{idle:?}");
    assert_eq!(store.count_links("big").await.unwrap().values().sum::<usize>(), LINKS);
    assert!(store.all_work("big").await.unwrap().is_empty());
}
