//! Relations between tasks, in step on both sides.

use std::sync::Arc;

use pm_provider::{
    DeleteOptions, NewProject, NewRelation, NewTask, PmProvider, PmProviderExt, RelationKind, RelationQuery, TaskId,
    TaskPatch, TaskQuery,
};
use pm_sync::config::SyncConfig;
use pm_sync::engine::{Engine, EngineParts, RunOptions, RunReport, SideParts};
use pm_sync::store::MemoryStore;
use pm_testkit::MemoryProvider;
use serde_json::json;

/// Two projects, with the tasks `1` to `4` on side `A`.
struct World {
    sides: [Arc<dyn PmProvider>; 2],
    projects: [pm_provider::ProjectId; 2],
    engine: Engine,
}

impl World {
    async fn new(config: serde_json::Value) -> Self {
        let sides: [Arc<dyn PmProvider>; 2] = [Arc::new(MemoryProvider::new()), Arc::new(MemoryProvider::new())];
        let a = sides[0].create_project(NewProject::new("Website")).await.unwrap().id;
        sides[1].create_project(NewProject::new("Another")).await.unwrap();
        let b = sides[1].create_project(NewProject::new("Website")).await.unwrap().id;
        for title in ["1", "2", "3", "4"] {
            sides[0].create_task(NewTask::new(&a, title)).await.unwrap();
        }
        let parts = EngineParts::new(
            "m",
            SideParts::new(Arc::clone(&sides[0]), a.clone(), "ours"),
            SideParts::new(Arc::clone(&sides[1]), b.clone(), "theirs"),
            Arc::new(MemoryStore::new(Arc::new(pm_provider::SystemClock))),
            SyncConfig::from_json(&config).unwrap(),
        );
        Self { sides, projects: [a, b], engine: Engine::new(parts) }
    }

    async fn run(&self) -> RunReport {
        self.engine.run(&RunOptions::new()).await.unwrap()
    }

    async fn task(&self, side: usize, title: &str) -> TaskId {
        let tasks = self.sides[side].list_tasks(TaskQuery::in_project(&self.projects[side])).await.unwrap();
        tasks.into_iter().find(|task| task.title == title).unwrap().id
    }

    async fn relate(&self, side: usize, kind: RelationKind, from: &str, to: &str) {
        let new = NewRelation::new(kind, self.task(side, from).await, self.task(side, to).await);
        self.sides[side].relations().unwrap().create_relation(new).await.unwrap();
        self.touch(side, from).await;
    }

    async fn unrelate(&self, side: usize, from: &str) {
        let task = self.task(side, from).await;
        let relations = self.sides[side].relations().unwrap();
        for relation in relations.relations_page(&RelationQuery::of_task(&task), None).await.unwrap().items {
            relations.delete_relation(&task, &relation.id).await.unwrap();
        }
        self.touch(side, from).await;
    }

    /// Many backends say that a task changed when its relations do; here we do.
    async fn touch(&self, side: usize, title: &str) {
        let patch = TaskPatch::new().description(format!("{:?}", std::time::Instant::now()));
        self.sides[side].update_task(&self.task(side, title).await, patch).await.unwrap();
    }

    /// What is related on a side: `blocks 1 2`.
    async fn ties(&self, side: usize) -> Vec<String> {
        let mut titles = std::collections::HashMap::new();
        for task in self.sides[side].list_tasks(TaskQuery::in_project(&self.projects[side])).await.unwrap() {
            titles.insert(task.id, task.title);
        }
        let query = RelationQuery::in_project(&self.projects[side]);
        let all = self.sides[side].relations().unwrap().relations_page(&query, None).await.unwrap().items;
        let mut ties: Vec<String> = Vec::new();
        for relation in all {
            let kind = serde_json::to_value(relation.kind).unwrap();
            ties.push(format!("{} {} {}", kind.as_str().unwrap(), titles[&relation.from], titles[&relation.to]));
        }
        ties.sort();
        ties
    }
}

#[tokio::test]
async fn relations_come_and_go_on_both_sides() {
    let world = World::new(json!({"mode": "bidirectional"})).await;
    world.relate(0, RelationKind::Blocks, "1", "2").await;
    let report = world.run().await;
    assert_eq!((report.warnings.len(), report.count("related")), (0, 1), "{report:?}");
    assert_eq!(world.ties(1).await, ["blocks 1 2"]);

    world.relate(1, RelationKind::Relates, "4", "3").await;
    world.unrelate(0, "1").await;
    world.run().await;
    assert_eq!(world.ties(0).await, world.ties(1).await);
    assert_eq!(world.ties(0).await.len(), 1);

    world.unrelate(1, "4").await;
    world.run().await;
    world.run().await;
    assert_eq!((world.ties(0).await, world.ties(1).await), (vec![], vec![]));
    assert_eq!(world.run().await.writes(), 0);
    let quiet = world.run().await;
    assert_eq!((quiet.run.calls.a, quiet.run.calls.b), (2, 2), "an idle run asks for no relations");
}

#[tokio::test]
async fn a_relation_goes_although_both_tasks_were_edited() {
    let world = World::new(json!({"mode": "bidirectional"})).await;
    world.relate(0, RelationKind::Blocks, "1", "2").await;
    world.run().await;
    world.unrelate(0, "1").await;
    world.touch(0, "2").await;
    world.run().await;
    assert_eq!((world.ties(0).await, world.ties(1).await), (vec![], vec![]));
}

#[tokio::test]
async fn a_copy_is_made_again_and_never_flows_back() {
    let world = World::new(json!({"mode": "shadow"})).await;
    world.relate(0, RelationKind::Duplicates, "1", "2").await;
    world.run().await;
    world.unrelate(1, "1").await;
    world.relate(1, RelationKind::Blocks, "3", "4").await;
    world.touch(0, "1").await;
    world.run().await;
    assert_eq!(world.ties(0).await, ["duplicates 1 2"]);
    assert_eq!(world.ties(1).await, ["blocks 3 4", "duplicates 1 2"]);
}

#[tokio::test]
async fn a_task_that_is_gone_takes_no_relation_along_on_the_other_side() {
    let world = World::new(json!({"mode": "bidirectional"})).await;
    world.relate(0, RelationKind::Blocks, "1", "2").await;
    world.run().await;
    world.sides[0].delete_task(&world.task(0, "1").await, DeleteOptions::new()).await.unwrap();
    world.touch(0, "2").await;
    world.run().await;
    assert_eq!(world.ties(1).await, ["blocks 1 2"], "its twin is given up, with all that belongs to it");
}

#[tokio::test]
async fn a_task_that_is_made_again_keeps_its_relations() {
    for gone in [0, 1] {
        let world = World::new(json!({"mode": "bidirectional"})).await;
        world.relate(0, RelationKind::Blocks, "1", "2").await;
        world.run().await;
        world.sides[gone].delete_task(&world.task(gone, "1").await, DeleteOptions::new()).await.unwrap();
        world.touch(1 - gone, "1").await;
        world.run().await;
        world.run().await;
        assert_eq!((world.ties(0).await, world.ties(1).await), (vec!["blocks 1 2".into()], vec!["blocks 1 2".into()]));
        assert_eq!(world.run().await.writes(), 0);
    }
}

#[tokio::test]
async fn many_at_once_wait_for_somebody() {
    let world = World::new(json!({"mode": "bidirectional", "timing": {"deletions": 0, "deletions_percent": 0}})).await;
    world.relate(0, RelationKind::Blocks, "1", "2").await;
    world.run().await;
    world.unrelate(0, "1").await;
    let report = world.run().await;
    assert_eq!((report.needs_approval, world.ties(1).await.len()), (1, 1));
    world.touch(0, "1").await;
    world.engine.run(&RunOptions::new().approve_deletions(true)).await.unwrap();
    assert_eq!(world.ties(1).await, Vec::<String>::new());
}

#[tokio::test]
async fn a_plan_relates_nothing() {
    let world = World::new(json!({"mode": "bidirectional"})).await;
    world.run().await;
    world.relate(0, RelationKind::Blocks, "1", "2").await;
    let plan = world.engine.plan(&RunOptions::new()).await.unwrap();
    assert_eq!((plan.count("relate"), world.ties(1).await.len()), (1, 0));
    let without = World::new(json!({"mode": "bidirectional", "relations": false})).await;
    without.relate(0, RelationKind::Blocks, "1", "2").await;
    without.run().await;
    assert_eq!(without.ties(1).await, Vec::<String>::new());
}
