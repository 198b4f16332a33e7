//! How far two projects say the same, asked of an engine.

use std::collections::BTreeMap;
use std::sync::Arc;

use chrono::NaiveDate;
use pm_provider::{
    NewComment, NewProject, NewTask, PMTask, PmProvider, PmProviderExt, ProjectId, TaskPatch, TaskQuery, UserQuery,
};
use pm_sync::config::SyncConfig;
use pm_sync::engine::{Engine, EngineParts, RunOptions, SideParts};
use pm_sync::item::Kind;
use pm_sync::report::{ParityReport, Why};
use pm_sync::store::MemoryStore;
use pm_testkit::MemoryProvider;

struct World {
    a: Arc<dyn PmProvider>,
    b: Arc<dyn PmProvider>,
    project: ProjectId,
    engine: Engine,
}

impl World {
    async fn new(config: serde_json::Value) -> Self {
        let a: Arc<dyn PmProvider> = Arc::new(MemoryProvider::new().user("ada"));
        let b: Arc<dyn PmProvider> = Arc::new(MemoryProvider::new().user("bob"));
        let project = a.create_project(NewProject::new("Website")).await.unwrap().id;
        let there = b.create_project(NewProject::new("Website")).await.unwrap().id;
        let parts = EngineParts::new(
            "m",
            SideParts::new(Arc::clone(&a), project.clone(), "ours"),
            SideParts::new(Arc::clone(&b), there, "theirs"),
            Arc::new(MemoryStore::new(Arc::new(pm_provider::SystemClock))),
            SyncConfig::from_json(&config).unwrap(),
        );
        Self { a, b, project, engine: Engine::new(parts) }
    }

    async fn run(&self) {
        self.engine.run(&RunOptions::new()).await.unwrap();
    }

    async fn parity(&self) -> ParityReport {
        self.engine.parity().await.unwrap()
    }

    /// The tasks of side `A` by title, and of side `B`.
    async fn tasks(&self) -> [BTreeMap<String, PMTask>; 2] {
        let mut tasks = [BTreeMap::new(), BTreeMap::new()];
        for (tasks, side) in tasks.iter_mut().zip([&self.a, &self.b]) {
            let listed = side.list_tasks(TaskQuery::new()).await.unwrap();
            tasks.extend(listed.into_iter().map(|task| (task.title.clone(), task)));
        }
        tasks
    }
}

fn day(day: u32) -> NaiveDate {
    NaiveDate::from_ymd_opt(2026, 5, day).unwrap()
}

/// Five tasks for each kind of difference that is planted, and five that stay as they are.
async fn in_step() -> World {
    let config = serde_json::json!({"mode": "bidirectional", "fields": {"due_date": "manual"}});
    let world = World::new(config).await;
    for (kind, number) in ["clash", "late", "stranger", "silent", "calm"].into_iter().flat_map(five) {
        let task = NewTask::new(&world.project, format!("{kind} {number}")).description("Words.").labels(["x"]);
        let task = world.a.create_task(task).await.unwrap();
        world.a.comments().unwrap().create_comment(NewComment::new(&task.id, "Said.")).await.unwrap();
    }
    world.run().await;
    world
}

fn five(kind: &str) -> impl Iterator<Item = (&str, u32)> {
    (1..=5).map(move |number| (kind, number))
}

#[tokio::test]
async fn two_projects_in_step_are_a_hundred_percent_the_same() {
    let world = in_step().await;
    let report = world.parity().await;
    assert_eq!((report.percent, report.differences(), report.pairs), (100.0, 0, 50), "{report}");
    assert!(report.to_string().starts_with("memory <-> memory: 100.00 %, "), "{report}");
    assert!(report.compared > 300 && report.compared == report.equal);
}

#[tokio::test]
async fn each_planted_difference_is_told_and_nothing_else() {
    let world = in_step().await;
    let [here, there] = world.tasks().await;
    for (kind, number) in five("clash") {
        let title = format!("{kind} {number}");
        world.a.update_task(&here[&title].id, TaskPatch::new().due_date(day(1))).await.unwrap();
        world.b.update_task(&there[&title].id, TaskPatch::new().due_date(day(2))).await.unwrap();
    }
    world.run().await;
    let ada = world.a.list_users(UserQuery::new()).await.unwrap().remove(0).id;
    for number in 1..=5 {
        let task = |kind: &str| here[&format!("{kind} {number}")].id.clone();
        world.a.update_task(&task("late"), TaskPatch::new().title(format!("latest {number}"))).await.unwrap();
        world.a.update_task(&task("stranger"), TaskPatch::new().add_assignees([ada.clone()])).await.unwrap();
        world.a.comments().unwrap().create_comment(NewComment::new(task("silent"), "Not said there.")).await.unwrap();
        world.a.create_task(NewTask::new(&world.project, format!("missing {number}"))).await.unwrap();
        let project = &there["calm 1"].project_id;
        world.b.create_task(NewTask::new(project, format!("extra {number}"))).await.unwrap();
    }

    let report = world.parity().await;
    assert_eq!(report.differences(), 30, "{report}");
    assert!(report.percent < 100.0 && !report.reaches(100.0));
    let missing = |kind| report.missing.iter().filter(|lone| lone.kind == kind).count();
    assert_eq!((missing(Kind::Task), missing(Kind::Comment), report.extra.len()), (5, 5, 5));
    let mut told = BTreeMap::new();
    for difference in &report.different {
        *told.entry((difference.field.to_string(), difference.why)).or_insert(0) += 1;
    }
    let expected = [("assignees", Why::NotMapped), ("due_date", Why::Different), ("title", Why::Lag)];
    assert_eq!(told, expected.map(|(field, why)| ((field.to_owned(), why), 5)).into_iter().collect());

    assert_eq!(world.parity().await, report, "comparing changes nothing");
}

#[tokio::test]
async fn projects_that_are_only_observed_are_paired_by_what_they_say() {
    let world = World::new(serde_json::json!({"mode": "observe"})).await;
    let there = world.b.list_projects(pm_provider::ProjectQuery::new()).await.unwrap().remove(0).id;
    for number in 1..=3 {
        let text = format!("All that has to be said of the matter number {number}, at some length.");
        for (side, project) in [(&world.a, &world.project), (&world.b, &there)] {
            let task = NewTask::new(project, format!("Task {number}")).description(&text);
            side.create_task(task).await.unwrap();
        }
    }
    let equal = world.parity().await;
    assert_eq!((equal.percent, equal.pairs), (100.0, 3), "{equal}");
    let [here, _] = world.tasks().await;
    world.a.update_task(&here["Task 1"].id, TaskPatch::new().labels(["new"])).await.unwrap();
    let report = world.parity().await;
    assert_eq!((report.differences(), report.different[0].why), (1, Why::Different), "{report}");
    assert!(world.engine.parts().store.image("m").await.unwrap().links.is_empty(), "nothing is remembered");
}
