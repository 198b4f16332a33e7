//! The engine on a database: what it remembers outlives the program, and looking whether there is anything to do is cheap.

use std::sync::{Arc, Mutex};

use pm_provider::{NewProject, NewTask, PmProvider, PmProviderExt, ProjectId, TaskPatch, TaskQuery};
use pm_provider_internal::store::{Store, StoreOptions, connect};
use pm_sync::config::SyncConfig;
use pm_sync::engine::{Engine, EngineParts, RunOptions, SideParts};
use pm_sync::store::{SqlStore, SyncStore};
use pm_testkit::MemoryProvider;

use crate::store_bed::sql::{Database, mapping};

struct Pair {
    a: (Arc<dyn PmProvider>, ProjectId),
    b: (Arc<dyn PmProvider>, ProjectId),
    mapping: String,
}

impl Pair {
    async fn new(database: &Database, tasks: usize) -> Self {
        let side = async |user: &str| {
            let provider: Arc<dyn PmProvider> = Arc::new(MemoryProvider::new().user(user));
            let project = provider.create_project(NewProject::new("Website")).await.unwrap().id;
            (provider, project)
        };
        let (a, b) = (side("ada").await, side("bob").await);
        for number in 0..tasks {
            a.0.create_task(NewTask::new(&a.1, format!("task {number}"))).await.unwrap();
        }
        let mapping = mapping(&database.store().await, "one").await;
        Self { a, b, mapping }
    }

    /// An engine of a program that was just started.
    fn engine(&self, store: impl SyncStore) -> Engine {
        let config = SyncConfig::from_json(&serde_json::json!({"mode": "bidirectional"})).unwrap();
        let side = |(provider, project): &(Arc<dyn PmProvider>, ProjectId), name: &str| {
            SideParts::new(Arc::clone(provider), project.clone(), name)
        };
        let (a, b) = (side(&self.a, "ours"), side(&self.b, "theirs"));
        Engine::new(EngineParts::new(self.mapping.as_str(), a, b, Arc::new(store), config))
    }

    async fn titles(&self) -> [Vec<String>; 2] {
        let titles = async |(provider, project): &(Arc<dyn PmProvider>, ProjectId)| {
            let tasks = provider.list_tasks(TaskQuery::in_project(project)).await.unwrap();
            let mut titles: Vec<_> = tasks.into_iter().map(|task| task.title).collect();
            titles.sort();
            titles
        };
        [titles(&self.a).await, titles(&self.b).await]
    }
}

on_each_database! {
    async fn the_next_program_goes_on_where_the_last_one_ended(database: Database) {
        let pair = Pair::new(&database, 30).await;
        let first = pair.engine(SqlStore::new(database.store().await)).run(&RunOptions::new()).await.unwrap();
        assert_eq!(first.count("created"), 30, "{first:?}");
        let here = pair.a.0.list_tasks(TaskQuery::in_project(&pair.a.1)).await.unwrap().remove(0);
        let there = pair.b.0.list_tasks(TaskQuery::in_project(&pair.b.1)).await.unwrap().pop().unwrap();
        pair.a.0.update_task(&here.id, TaskPatch::new().title("edited here")).await.unwrap();
        pair.b.0.update_task(&there.id, TaskPatch::new().description("edited there")).await.unwrap();
        pair.b.0.create_task(NewTask::new(&pair.b.1, "made there")).await.unwrap();
        let second = pair.engine(SqlStore::new(database.store().await)).run(&RunOptions::new()).await.unwrap();
        assert_eq!((second.count("created"), second.count("updated")), (1, 2), "{second:?}");
        let [here, there] = pair.titles().await;
        assert_eq!((here.len(), &here), (31, &there));
        let store = SqlStore::new(database.store().await);
        assert_eq!(store.all_work(&pair.mapping).await.unwrap(), []);
        assert_eq!(store.open_intents(&pair.mapping).await.unwrap(), []);
        assert_eq!(store.runs(&pair.mapping, 9).await.unwrap().len(), 2);
        let third = pair.engine(store).run(&RunOptions::new()).await.unwrap();
        assert_eq!(third.writes(), 0, "{third:?}");
    }

    async fn a_run_with_nothing_to_do_takes_few_statements(database: Database) {
        let pair = Pair::new(&database, 5).await;
        let statements = Arc::new(Mutex::new(Vec::new()));
        let mut connection = connect(&database.url, &StoreOptions::default()).await.unwrap();
        let seen = statements.clone();
        connection.set_metric_callback(move |info| seen.lock().unwrap().push(info.statement.sql.clone()));
        let engine = pair.engine(SqlStore::new(Store::new(connection)));
        for _ in 0..2 {
            engine.run(&RunOptions::new()).await.unwrap();
        }
        statements.lock().unwrap().clear();
        let idle = engine.run(&RunOptions::new()).await.unwrap();
        assert_eq!(idle.writes(), 0, "{idle:?}");
        let made = statements.lock().unwrap().clone();
        assert!(made.len() <= 13, "{}: {made:#?}", made.len());
    }
}
