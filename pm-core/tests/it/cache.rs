//! What is asked for again, and what is not.

use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use pm_core::layers::{CacheKind, CacheLayer, fresh};
use pm_core::{
    Answered, BatchOperation, BatchOptions, Call, ErrorKind, Interceptor, ItemRef, Layer, NewComment, NewProject,
    NewSprint, NewTask, NewUser, Next, PMProject, PMTask, PmProvider, PmProviderExt, ProjectQuery, Result, TaskPatch,
    TaskQuery,
};
use pm_testkit::MemoryProvider;
use pm_testkit::fault::{Fault, FaultInjector};
use tokio::sync::Notify;

use crate::support::memory;

/// A backend that is behind a cache, and can be changed past it.
struct World {
    backend: Arc<dyn PmProvider>,
    log: FaultInjector,
    cached: Arc<dyn PmProvider>,
    project: PMProject,
    task: PMTask,
}

impl World {
    async fn new(layer: CacheLayer) -> Self {
        Self::with(layer, memory()).await
    }

    async fn with(layer: CacheLayer, backend: Arc<dyn PmProvider>) -> Self {
        let log = FaultInjector::new();
        let project = backend.create_project(NewProject::new("Shed")).await.unwrap();
        let task = backend.create_task(NewTask::new(&project.id, "Paint it")).await.unwrap();
        let cached = layer.wrap(log.wrap(Arc::clone(&backend)));
        Self { backend, log, cached, project, task }
    }

    /// How many calls something makes at the backend.
    async fn asked<T>(&self, work: impl Future<Output = T>) -> usize {
        let before = self.log.calls().len();
        work.await;
        self.log.calls().len() - before
    }

    /// Changes the task past the cache.
    async fn somebody_else_renames(&self, title: &str) {
        self.backend.update_task(&self.task.id, TaskPatch::new().title(title)).await.unwrap();
    }

    async fn title(&self) -> String {
        self.cached.get_task(&self.task.id).await.unwrap().title
    }
}

/// Everything that is read, once.
async fn read_all(world: &World) {
    let (provider, project) = (&world.cached, &world.project.id);
    provider.list_projects(ProjectQuery::new()).await.unwrap();
    provider.get_project(project).await.unwrap();
    provider.project_schema(project).await.unwrap();
    provider.list_tasks(TaskQuery::in_project(project)).await.unwrap();
    provider.get_task(&world.task.id).await.unwrap();
    provider.list_sprints(pm_core::SprintQuery::in_project(project)).await.unwrap();
    provider.list_users(pm_core::UserQuery::new()).await.unwrap();
    provider.list_comments(&world.task.id).await.unwrap();
    provider.list_relations(&world.task.id).await.unwrap();
}

#[tokio::test]
async fn what_was_read_is_not_asked_for_again() {
    let world = World::new(CacheLayer::new()).await;
    assert_eq!(world.asked(read_all(&world)).await, 9);
    assert_eq!(world.asked(read_all(&world)).await, 0);
    // Health is what it is now.
    assert_eq!(world.asked(world.cached.health_check()).await, 1);
    assert_eq!(world.asked(world.cached.health_check()).await, 1);
}

#[tokio::test]
async fn each_question_has_its_own_answer() {
    let world = World::new(CacheLayer::new()).await;
    for number in 0..5 {
        world.backend.create_task(NewTask::new(&world.project.id, format!("{number}"))).await.unwrap();
    }
    let ask = |query: TaskQuery| async { world.cached.list_tasks(query).await.unwrap().len() };
    let project = || TaskQuery::in_project(&world.project.id);
    for _ in 0..2 {
        assert_eq!(ask(project()).await, 6);
        assert_eq!(ask(project().page_size(2_u32)).await, 6, "pages by cursor");
        assert_eq!(ask(project().text("Paint")).await, 1);
        assert_eq!(ask(project().open()).await, 6);
        assert_eq!(ask(TaskQuery::in_project("nowhere")).await, 0);
    }
    assert_eq!(world.log.calls_of("list_tasks").len(), 1 + 3 + 1 + 1 + 1);
}

#[tokio::test]
async fn our_own_writes_are_seen_at_once() {
    let world = World::new(CacheLayer::new()).await;
    read_all(&world).await;
    world.cached.update_task(&world.task.id, TaskPatch::new().title("Paint it blue")).await.unwrap();
    assert_eq!(world.title().await, "Paint it blue");
    let tasks = world.cached.list_tasks(TaskQuery::in_project(&world.project.id)).await.unwrap();
    assert_eq!(tasks[0].title, "Paint it blue");
    assert_eq!(world.asked(world.cached.get_project(&world.project.id)).await, 0, "a task is no project");

    let comments = world.cached.comments().unwrap();
    let comment = comments.create_comment(NewComment::new(&world.task.id, "first")).await.unwrap();
    assert_eq!(world.cached.list_comments(&world.task.id).await.unwrap().len(), 1);
    comments.delete_comment(&world.task.id, &comment.id, Default::default()).await.unwrap();
    assert_eq!(world.cached.list_comments(&world.task.id).await.unwrap().len(), 0);

    world.cached.create_sprint(NewSprint::new(&world.project.id, "One")).await.unwrap();
    let sprints = world.cached.list_sprints(pm_core::SprintQuery::in_project(&world.project.id)).await.unwrap();
    assert_eq!(sprints.len(), 1);
    let users = world.cached.list_users(pm_core::UserQuery::new()).await.unwrap().len();
    world.cached.user_admin().unwrap().create_user(NewUser::new("Grace").login("grace")).await.unwrap();
    assert_eq!(world.cached.list_users(pm_core::UserQuery::new()).await.unwrap().len(), users + 1);

    let batch = vec![BatchOperation::from(NewTask::new(&world.project.id, "One more"))];
    world.cached.batch().unwrap().apply_batch(batch, BatchOptions::new()).await.unwrap();
    assert_eq!(world.cached.list_tasks(TaskQuery::in_project(&world.project.id)).await.unwrap().len(), 2);
}

#[tokio::test]
async fn a_write_that_failed_or_was_dropped_is_looked_at_again() {
    let world = World::new(CacheLayer::new()).await;
    assert_eq!(world.title().await, "Paint it");
    // The backend did it, and its answer was lost.
    world.log.on("update_task", 1, Fault::FailAfter);
    let patch = TaskPatch::new().title("Lost reply");
    assert_eq!(world.cached.update_task(&world.task.id, patch).await.unwrap_err().kind(), ErrorKind::Timeout);
    assert_eq!(world.title().await, "Lost reply");

    world.log.on("update_task", 2, Fault::Hang);
    let write = world.cached.update_task(&world.task.id, TaskPatch::new().title("Hangs"));
    assert!(tokio::time::timeout(Duration::from_millis(20), write).await.is_err());
    world.somebody_else_renames("Done after all").await;
    assert_eq!(world.title().await, "Done after all");
}

#[tokio::test]
async fn what_others_change_is_seen_when_its_time_is_over() {
    let world = World::new(CacheLayer::new().time_to_live(CacheKind::Task, Duration::from_millis(60))).await;
    assert_eq!(world.title().await, "Paint it");
    world.somebody_else_renames("Paint it red").await;
    assert_eq!(world.title().await, "Paint it");
    tokio::time::sleep(Duration::from_millis(80)).await;
    assert_eq!(world.title().await, "Paint it red");
}

#[tokio::test]
async fn who_wants_what_is_there_now_gets_it_and_it_is_remembered() {
    let world = World::new(CacheLayer::new()).await;
    world.title().await;
    world.somebody_else_renames("Paint it red").await;
    assert_eq!(fresh(world.cached.get_task(&world.task.id)).await.unwrap().title, "Paint it red");
    assert_eq!(world.title().await, "Paint it red");
    // A stream of pages is fresh as a whole.
    let tasks = || world.cached.list_tasks(TaskQuery::in_project(&world.project.id));
    tasks().await.unwrap();
    world.somebody_else_renames("Paint it green").await;
    assert_eq!(fresh(tasks()).await.unwrap()[0].title, "Paint it green");
}

#[tokio::test]
async fn a_sync_engine_sees_what_is_there_now() {
    let world = World::new(CacheLayer::new()).await;
    let items = [ItemRef::Task(world.task.id.clone())];
    let sync = world.cached.sync_support().unwrap();
    for title in ["Paint it", "Paint it red"] {
        world.somebody_else_renames(title).await;
        let found = sync.get_many(&items).await.unwrap();
        assert!(format!("{:?}", found[0]).contains(&format!("\"{title}\"")), "{found:?}");
    }
}

#[tokio::test]
async fn errors_are_never_remembered() {
    let world = World::new(CacheLayer::new().stale_if_unavailable(Duration::from_secs(60))).await;
    for kind in [ErrorKind::NotFound, ErrorKind::PermissionDenied, ErrorKind::Unavailable, ErrorKind::RateLimited] {
        world.log.always(Fault::Refuse(kind));
        assert_eq!(world.cached.get_task(&world.task.id).await.unwrap_err().kind(), kind);
        world.log.heal();
        fresh(world.cached.get_task(&world.task.id)).await.unwrap();
        world.cached.update_task(&world.task.id, TaskPatch::new().title("Paint it")).await.unwrap();
    }
    // What is gone is gone, however well it was remembered.
    world.title().await;
    world.log.always(Fault::Refuse(ErrorKind::NotFound));
    fresh(world.cached.get_task(&world.task.id)).await.unwrap_err();
    assert_eq!(world.cached.get_task(&world.task.id).await.unwrap_err().kind(), ErrorKind::NotFound);
}

#[tokio::test]
async fn stale_answers_are_given_on_request_alone_and_never_from_before_a_write() {
    let short = || CacheLayer::new().time_to_live(CacheKind::Task, Duration::from_millis(30));
    let pause = || tokio::time::sleep(Duration::from_millis(50));

    let honest = World::new(short()).await;
    honest.title().await;
    pause().await;
    honest.log.always(Fault::FailBefore);
    assert_eq!(honest.cached.get_task(&honest.task.id).await.unwrap_err().kind(), ErrorKind::Unavailable);

    let world = World::new(short().stale_if_unavailable(Duration::from_secs(60))).await;
    world.title().await;
    pause().await;
    for fault in [Fault::FailBefore, Fault::Refuse(ErrorKind::Timeout), Fault::RateLimit(Duration::from_secs(1))] {
        world.log.always(fault);
        assert_eq!(world.title().await, "Paint it");
        world.log.heal();
    }
    world.log.always(Fault::Refuse(ErrorKind::PermissionDenied));
    world.cached.get_task(&world.task.id).await.expect_err("who is refused is shown nothing");
    world.log.heal();
    world.title().await;
    pause().await;
    world.log.always(Fault::FailBefore);
    fresh(world.cached.get_task(&world.task.id)).await.expect_err("what is there now cannot be told");
    world.cached.update_task(&world.task.id, TaskPatch::new().title("Perhaps")).await.unwrap_err();
    world.cached.get_task(&world.task.id).await.expect_err("what we may have changed is not shown as it was");

    let brief = World::new(short().stale_if_unavailable(Duration::from_millis(30))).await;
    brief.title().await;
    tokio::time::sleep(Duration::from_millis(90)).await;
    brief.log.always(Fault::FailBefore);
    brief.cached.get_task(&brief.task.id).await.expect_err("too old");
}

/// Holds the answer to a read back until it is told to go on: the read was before the write, its answer comes after.
#[derive(Clone, Debug, Default)]
struct SlowReader {
    read: Arc<Notify>,
    go_on: Arc<Notify>,
}

#[async_trait]
impl Interceptor for SlowReader {
    async fn around<'a>(&'a self, call: &'a Call, next: Next<'a>) -> Result<Answered> {
        let answer = next.await;
        if call.operation == "get_task" {
            self.read.notify_one();
            self.go_on.notified().await;
        }
        answer
    }
}

#[tokio::test]
async fn an_answer_that_was_under_way_during_a_write_is_not_kept() {
    let slow = SlowReader::default();
    let world = World::with(CacheLayer::new(), slow.wrap(memory())).await;
    let (cached, id) = (Arc::clone(&world.cached), world.task.id.clone());
    let reading = tokio::spawn(async move { cached.get_task(&id).await.unwrap().title });
    slow.read.notified().await;
    world.cached.update_task(&world.task.id, TaskPatch::new().title("Paint it blue")).await.unwrap();
    slow.go_on.notify_one();
    assert_eq!(reading.await.unwrap(), "Paint it", "the reader was first");
    slow.go_on.notify_one();
    assert_eq!(world.title().await, "Paint it blue");
}

#[tokio::test]
async fn memory_is_bounded() {
    let world = World::new(CacheLayer::new().items(CacheKind::Task, 10)).await;
    let mut ids = Vec::new();
    for number in 0..300 {
        ids.push(world.backend.create_task(NewTask::new(&world.project.id, format!("{number}"))).await.unwrap().id);
    }
    let read = async || {
        for id in &ids {
            world.cached.get_task(id).await.unwrap();
        }
    };
    read().await;
    assert!(world.asked(read()).await >= 250, "10 of 300 are kept");

    let nothing = World::new(CacheLayer::new().items(CacheKind::Task, 0)).await;
    nothing.title().await;
    assert_eq!(nothing.asked(nothing.title()).await, 1);
    let no_time = World::new(CacheLayer::new().time_to_live(CacheKind::Task, Duration::ZERO)).await;
    no_time.title().await;
    assert_eq!(no_time.asked(no_time.title()).await, 1);
}

#[tokio::test]
async fn two_providers_behind_one_layer_share_nothing() {
    let layer = CacheLayer::new();
    let (one, two) = (World::new(layer.clone()).await, World::new(layer).await);
    assert_eq!(one.task.id, two.task.id, "the ids are the same, the items are not");
    two.somebody_else_renames("Of the other").await;
    for _ in 0..2 {
        assert_eq!((one.title().await.as_str(), two.title().await.as_str()), ("Paint it", "Of the other"));
    }
}

#[test]
fn nothing_that_is_remembered_shows() {
    let provider = CacheLayer::new().wrap(Arc::new(MemoryProvider::new()));
    let shown = format!("{provider:?}");
    assert!(shown.starts_with("Cached"), "{shown}");
}
