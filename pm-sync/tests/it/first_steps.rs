//! The engine on two providers that do everything: what a first reader would try.

use std::sync::Arc;

use pm_provider::{
    CommentQuery, NewComment, NewProject, NewSprint, NewTask, PmProvider, PmProviderExt, StatusCategory, TaskPatch,
    TaskQuery,
};
use pm_sync::config::SyncConfig;
use pm_sync::engine::{Engine, EngineParts, RunOptions, RunReport, SideParts};
use pm_sync::store::MemoryStore;
use pm_testkit::MemoryProvider;

/// Two projects of providers that do everything, and the engine between them.
pub(crate) struct World {
    pub(crate) a: Arc<dyn PmProvider>,
    pub(crate) b: Arc<dyn PmProvider>,
    pub(crate) a_project: pm_provider::ProjectId,
    pub(crate) b_project: pm_provider::ProjectId,
    pub(crate) engine: Engine,
}

impl World {
    pub(crate) async fn new(config: serde_json::Value) -> Self {
        let a: Arc<dyn PmProvider> = Arc::new(MemoryProvider::new().user("ada"));
        let b: Arc<dyn PmProvider> = Arc::new(MemoryProvider::new().user("bob"));
        let a_project = a.create_project(NewProject::new("Website")).await.unwrap().id;
        b.create_project(NewProject::new("Another")).await.unwrap();
        let b_project = b.create_project(NewProject::new("Website")).await.unwrap().id;
        let parts = EngineParts::new(
            "m",
            SideParts::new(Arc::clone(&a), a_project.clone(), "ours"),
            SideParts::new(Arc::clone(&b), b_project.clone(), "theirs"),
            Arc::new(MemoryStore::new(Arc::new(pm_provider::SystemClock))),
            SyncConfig::from_json(&config).unwrap(),
        );
        Self { a, b, a_project, b_project, engine: Engine::new(parts) }
    }

    pub(crate) async fn run(&self) -> RunReport {
        self.engine.run(&RunOptions::new()).await.unwrap()
    }

    pub(crate) async fn titles(&self) -> (Vec<String>, Vec<String>) {
        let mut titles = (Vec::new(), Vec::new());
        for task in self.a.list_tasks(TaskQuery::in_project(&self.a_project)).await.unwrap() {
            titles.0.push(task.title);
        }
        for task in self.b.list_tasks(TaskQuery::in_project(&self.b_project)).await.unwrap() {
            titles.1.push(task.title);
        }
        titles.0.sort();
        titles.1.sort();
        titles
    }
}

#[tokio::test]
async fn both_sides_come_in_step_and_stay_quiet() {
    let world = World::new(serde_json::json!({"mode": "bidirectional"})).await;
    let sprint = world.a.create_sprint(NewSprint::new(&world.a_project, "One")).await.unwrap();
    let parent = NewTask::new(&world.a_project, "Paint the fence").labels(["paint"]).sprint_id(sprint.id);
    let parent = world.a.create_task(parent).await.unwrap();
    let child = NewTask::new(&world.a_project, "Buy paint").parent_task_id(&parent.id).status(StatusCategory::Done);
    world.a.create_task(child).await.unwrap();
    world.b.create_task(NewTask::new(&world.b_project, "Call the plumber")).await.unwrap();
    world.a.comments().unwrap().create_comment(NewComment::new(&parent.id, "Blue, please")).await.unwrap();

    let report = world.run().await;
    assert_eq!(report.warnings, Vec::<String>::new());
    assert_eq!(report.count("created"), 5, "{report:?}");
    let (a, b) = world.titles().await;
    assert_eq!(a, b);
    assert_eq!(a.len(), 3);
    let there = world.b.list_tasks(TaskQuery::in_project(&world.b_project)).await.unwrap();
    let child = there.iter().find(|task| task.title == "Buy paint").unwrap();
    let parent_there = there.iter().find(|task| task.title == "Paint the fence").unwrap();
    assert_eq!(child.parent_task_id.as_ref(), Some(&parent_there.id));
    assert_eq!(child.status.category, StatusCategory::Done);
    assert_eq!(parent_there.labels, ["paint"]);
    assert!(parent_there.sprint_id.is_some());
    let comments = world.b.comments().unwrap();
    let comments = comments.comments_page(&CommentQuery::of_task(&parent_there.id), None).await.unwrap().items;
    assert_eq!(comments.len(), 1);
    assert!(comments[0].body.contains("Blue, please"), "{}", comments[0].body);

    let quiet = world.run().await;
    assert_eq!(quiet.writes(), 0, "{quiet:?}");
    let quiet = world.run().await;
    assert_eq!((quiet.writes(), quiet.run.calls.a, quiet.run.calls.b), (0, 2, 2), "{quiet:?}");
}

#[tokio::test]
async fn edits_on_both_sides_meet() {
    let world = World::new(serde_json::json!({"mode": "bidirectional"})).await;
    let task = world.a.create_task(NewTask::new(&world.a_project, "Paint").labels(["old"])).await.unwrap();
    world.run().await;
    let there = world.b.list_tasks(TaskQuery::in_project(&world.b_project)).await.unwrap().remove(0);
    world.a.update_task(&task.id, TaskPatch::new().title("Paint it").add_labels(["a"])).await.unwrap();
    let patch = TaskPatch::new().title("Paint it blue").add_labels(["b"]).remove_labels(["old"]).description("soon");
    world.b.update_task(&there.id, patch).await.unwrap();

    let report = world.run().await;
    let (here, there) = (world.a.get_task(&task.id).await.unwrap(), world.b.get_task(&there.id).await.unwrap());
    assert_eq!((here.title.as_str(), there.title.as_str()), ("Paint it", "Paint it"));
    assert_eq!(here.labels, ["a", "b"]);
    assert_eq!(there.labels.len(), 2);
    assert_eq!(here.description.as_deref(), Some("soon"));
    assert_eq!(report.count("conflicts"), 1);
    let conflicts = world.engine.parts().store.conflicts("m", false).await.unwrap();
    assert_eq!(conflicts[0].values.b, "Paint it blue");
    assert_eq!(world.run().await.writes(), 0);
}

#[tokio::test]
async fn what_is_deleted_here_is_given_up_there() {
    let world = World::new(serde_json::json!({"mode": "bidirectional"})).await;
    let task = world.a.create_task(NewTask::new(&world.a_project, "Paint")).await.unwrap();
    world.run().await;
    world.a.delete_task(&task.id, pm_provider::DeleteOptions::new()).await.unwrap();
    let report = world.run().await;
    assert_eq!(report.count("deleted"), 1, "{report:?}");
    let there = world.b.list_tasks(TaskQuery::in_project(&world.b_project)).await.unwrap().remove(0);
    assert_eq!(there.status.category, StatusCategory::Cancelled);
    let report = world.run().await;
    assert_eq!(report.writes(), 0, "{report:?}");
    assert_eq!(world.titles().await.0.len(), 0);
}

#[tokio::test]
async fn a_plan_says_what_a_run_does_and_writes_nothing() {
    let world = World::new(serde_json::json!({"mode": "bidirectional"})).await;
    let parent = world.a.create_task(NewTask::new(&world.a_project, "Paint the fence")).await.unwrap();
    world.a.create_task(NewTask::new(&world.a_project, "Buy paint").parent_task_id(&parent.id)).await.unwrap();
    world.a.comments().unwrap().create_comment(NewComment::new(&parent.id, "Blue")).await.unwrap();
    let plan = world.engine.plan(&RunOptions::new()).await.unwrap();
    assert_eq!(plan.count("create"), 3, "{plan:?}");
    assert_eq!(plan.actions[0].title.as_deref(), Some("Paint the fence"));
    assert_eq!(world.titles().await.1, Vec::<String>::new());
    assert!(world.engine.parts().store.image("m").await.unwrap().links.is_empty());

    let report = world.run().await;
    assert_eq!(report.count("created"), 3);
    assert!(world.engine.plan(&RunOptions::new()).await.unwrap().is_empty());
    world.a.update_task(&parent.id, TaskPatch::new().title("Paint it")).await.unwrap();
    let plan = world.engine.plan(&RunOptions::new()).await.unwrap();
    assert_eq!((plan.count("update"), plan.actions.len()), (1, 1), "{plan:?}");
    assert_eq!(plan.actions[0].after, pm_sync::record::Patch::new().with(pm_provider::Field::Title, "Paint it"));
}

#[tokio::test]
async fn parity_is_whole_after_a_run_and_names_what_differs() {
    let world = World::new(serde_json::json!({"mode": "bidirectional"})).await;
    let task = world.a.create_task(NewTask::new(&world.a_project, "Paint").labels(["old"])).await.unwrap();
    world.a.comments().unwrap().create_comment(NewComment::new(&task.id, "Blue")).await.unwrap();
    let before = world.engine.parity().await.unwrap();
    assert_eq!((before.missing.len(), before.reaches(100.0)), (2, false), "{before:?}");
    world.run().await;
    let whole = world.engine.parity().await.unwrap();
    assert!(whole.reaches(100.0), "{whole:?}");

    let there = world.b.list_tasks(TaskQuery::in_project(&world.b_project)).await.unwrap().remove(0);
    world.b.update_task(&there.id, TaskPatch::new().title("Paint it")).await.unwrap();
    world.b.create_task(NewTask::new(&world.b_project, "Another")).await.unwrap();
    let after = world.engine.parity().await.unwrap();
    assert_eq!((after.extra.len(), after.missing.len(), after.different.len()), (1, 0, 1), "{after:?}");
    assert_eq!(after.different[0].why, pm_sync::report::Why::Lag);
}
