//! Both ways between SQLite and a real Redmine, with edits on both sides and processes that are killed.

use std::collections::BTreeMap;
use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::time::Duration;

use chrono::NaiveDate;
use pm_core::{
    DeleteOptions, NewComment, NewProject, NewSprint, NewTask, PMTask, PmProvider, PmProviderExt, PriorityLevel,
    ProjectId, StatusCategory, TaskPatch, TaskQuery,
};
use pm_provider_internal::InternalProvider;
use pm_provider_internal::store::{Store, StoreOptions};
use pm_sync::config::SyncConfig;
use pm_sync::engine::{Engine, RunOptions, RunReport};
use pm_testkit::proxy::FaultyProxy;
use pm_tests::redmine::redmine_server;
use pm_tests::sync::{RedmineMapping, settings};

use crate::board::{board, differences};

const OURS: usize = 120;
const THEIRS: usize = 80;

struct World {
    ours: Arc<dyn PmProvider>,
    theirs: Arc<dyn PmProvider>,
    mapping: RedmineMapping,
    proxy: FaultyProxy,
    _folder: tempfile::TempDir,
}

impl World {
    async fn new() -> Option<Self> {
        let server = redmine_server()?;
        let folder = tempfile::tempdir().unwrap();
        let url = format!("sqlite://{}", folder.path().join("pm.db").display());
        let store = Store::open(&url, &StoreOptions::default()).await.unwrap();
        let ours: Arc<dyn PmProvider> =
            Arc::new(InternalProvider::from_store(store.clone(), Some("sync")).await.unwrap());
        let theirs = server.provider();
        let project = ours.create_project(NewProject::new("Both ways")).await.unwrap().id;
        let key = format!("both-ways-{}", std::process::id());
        let there = theirs.create_project(NewProject::new("Both ways").key(key)).await.unwrap().id;
        let mapping = RedmineMapping::save(&store, &project, &there).await.unwrap();
        let proxy = FaultyProxy::to(&server.url).await.unwrap();
        let mapping = RedmineMapping {
            database_url: url,
            mapping,
            project,
            redmine_url: proxy.url(),
            redmine_key: server.api_key.clone(),
            redmine_project: there,
        };
        Some(Self { ours, theirs, mapping, proxy, _folder: folder })
    }

    async fn engine(&self) -> Engine {
        let mut settings = settings();
        settings["deletions"] = "delete".into();
        let config = SyncConfig::from_json(&settings).unwrap();
        Engine::new(self.mapping.parts(config).await.unwrap().owner("test"))
    }

    /// Runs until nothing is left to do; answers all reports.
    async fn settle(&self) -> Vec<RunReport> {
        let engine = self.engine().await;
        let mut reports: Vec<RunReport> = Vec::new();
        for _ in 0..30 {
            let before = self.requests();
            let report = match engine.run(&RunOptions::new()).await {
                Ok(report) => report,
                Err(pm_sync::engine::SyncError::Busy { .. }) => {
                    tokio::time::sleep(Duration::from_millis(500)).await;
                    continue;
                }
                Err(error) => panic!("{error}"),
            };
            let (waits, counters) = (report.waiting_until, &report.run.counters);
            println!("{counters:?}: {} requests, {} needed", report.run.calls.b, report.minimum_calls.b);
            println!("    {:?}", self.kinds_of_requests(before));
            let quiet = report.writes() == 0 && report.count("adopted") == 0 && waits.is_none();
            reports.push(report);
            if quiet {
                return reports;
            }
            if let Some(until) = waits {
                let pause = (until - chrono::Utc::now()).to_std().unwrap_or_default();
                tokio::time::sleep(pause.min(Duration::from_secs(3)) + Duration::from_millis(50)).await;
            }
        }
        panic!("it never comes to rest: {:#?}", reports.last());
    }

    /// Starts a process that synchronises, and kills it in the middle.
    async fn killed_run(&self, after: Duration) {
        let mapping = &self.mapping;
        let mut child = Command::new(env!("CARGO_BIN_EXE_pm-test-worker"))
            .args(["sync", &mapping.database_url, &mapping.mapping, mapping.project.as_str(), &mapping.redmine_url])
            .args([&mapping.redmine_key, mapping.redmine_project.as_str()])
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .spawn()
            .unwrap();
        child.stdin.as_mut().unwrap().write_all(b"go\n").unwrap();
        tokio::time::sleep(after).await;
        child.kill().unwrap();
        child.wait().unwrap();
    }

    fn requests(&self) -> usize {
        self.proxy.faults().requests().len()
    }

    /// What was asked for since, how often: ids left out.
    fn kinds_of_requests(&self, since: usize) -> BTreeMap<String, usize> {
        let mut kinds = BTreeMap::new();
        for request in self.proxy.faults().requests().iter().skip(since) {
            let path = request.path().to_owned();
            let shape: String = path.chars().map(|letter| if letter.is_ascii_digit() { '0' } else { letter }).collect();
            let shape = shape.replace("00", "0").replace("00", "0");
            *kinds.entry(format!("{} {shape}", request.method)).or_default() += 1;
        }
        kinds
    }
}

async fn fill(provider: &Arc<dyn PmProvider>, project: &ProjectId, name: &str, count: usize) {
    let mut sprints = Vec::new();
    for number in 0..3 {
        let sprint = NewSprint::new(project, format!("{name} {number}"));
        sprints.push(provider.create_sprint(sprint).await.unwrap().id);
    }
    let comments = provider.comments().unwrap();
    let mut parent: Option<PMTask> = None;
    for number in 0..count {
        let day = NaiveDate::from_ymd_opt(2026, 3, 1 + u32::try_from(number % 28).unwrap()).unwrap();
        let mut new = NewTask::new(project, format!("{name} task {number:03}"))
            .description(format!("Paint number {number}\n\nwith *care*"))
            .due_date(day);
        if number % 3 == 0 {
            new = new.sprint_id(sprints[number % sprints.len()].clone());
        }
        if number % 4 == 1 {
            new = new.priority(PriorityLevel::High);
        }
        if let Some(parent) = parent.as_ref().filter(|_| number % 5 != 0) {
            new = new.parent_task_id(&parent.id);
        }
        let task = provider.create_task(new).await.unwrap();
        if number % 2 == 0 {
            comments.create_comment(NewComment::new(&task.id, format!("{name} said {number}"))).await.unwrap();
        }
        if number % 5 == 0 {
            parent = Some(task);
        }
    }
}

async fn task(provider: &Arc<dyn PmProvider>, project: &ProjectId, title: &str) -> PMTask {
    let tasks = provider.list_tasks(TaskQuery::in_project(project)).await.unwrap();
    tasks.into_iter().find(|task| task.title == title).unwrap_or_else(|| panic!("there is no `{title}`"))
}

/// Edits, moves, deletions on both sides; conflicting titles and descriptions on ten tasks.
async fn edit(world: &World) {
    let (ours, a) = (&world.ours, &world.mapping.project);
    let (theirs, b) = (&world.theirs, &world.mapping.redmine_project);
    let here = ours.list_tasks(TaskQuery::in_project(a)).await.unwrap();
    let there = theirs.list_tasks(TaskQuery::in_project(b)).await.unwrap();
    let find = |tasks: &[PMTask], title: &str| tasks.iter().find(|task| task.title == title).unwrap().clone();
    for number in 0..20 {
        let id = find(&here, &format!("ours task {:03}", number * 3)).id;
        ours.update_task(&id, TaskPatch::new().description(format!("edited here {number}"))).await.unwrap();
        let id = find(&there, &format!("theirs task {:03}", number * 2 + 1)).id;
        theirs.update_task(&id, TaskPatch::new().description(format!("edited there {number}"))).await.unwrap();
    }
    for number in 0..10_u32 {
        // The two tasks are one: both sides change its due date, and each something of its own.
        // Leaves: what a Redmine shows of a task with sub-tasks follows from these.
        let title = format!("ours task {:03}", 61 + number * 5);
        let day = |day| NaiveDate::from_ymd_opt(2026, 4, day).unwrap();
        let patch = TaskPatch::new().due_date(day(1 + number)).estimated_hours(pm_core::Hours::from_seconds(3600));
        ours.update_task(&find(&here, &title).id, patch).await.unwrap();
        let patch = TaskPatch::new().due_date(day(11 + number)).description(format!("only there {number}"));
        theirs.update_task(&find(&there, &title).id, patch).await.unwrap();
    }
    for number in 0..4 {
        // Moves: another parent.
        let child = find(&here, &format!("ours task {:03}", 5 * number + 2)).id;
        let parent = find(&here, "ours task 100").id;
        ours.update_task(&child, TaskPatch::new().parent_task_id(&parent)).await.unwrap();
        let child = find(&there, &format!("theirs task {:03}", 5 * number + 2)).id;
        let parent = find(&there, "theirs task 070").id;
        theirs.update_task(&child, TaskPatch::new().parent_task_id(&parent)).await.unwrap();
        // Deletions of leaves.
        let gone = find(&here, &format!("ours task {:03}", 5 * number + 4)).id;
        ours.delete_task(&gone, DeleteOptions::new()).await.unwrap();
        let gone = find(&there, &format!("theirs task {:03}", 5 * number + 4)).id;
        theirs.delete_task(&gone, DeleteOptions::new()).await.unwrap();
    }
    let id = task(theirs, b, "theirs task 077").await.id;
    theirs.update_task(&id, TaskPatch::new().status(StatusCategory::InProgress)).await.unwrap();
    theirs.comments().unwrap().create_comment(NewComment::new(&id, "a word from there")).await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_hundred_tasks_stay_in_step_with_a_real_redmine() {
    let Some(world) = World::new().await else { return };
    fill(&world.ours, &world.mapping.project, "ours", OURS).await;
    fill(&world.theirs, &world.mapping.redmine_project, "theirs", THEIRS).await;

    world.killed_run(Duration::from_secs(4)).await;
    world.killed_run(Duration::from_secs(7)).await;
    let first = world.settle().await;
    let (here, there) =
        (board(&world.ours, &world.mapping.project).await, board(&world.theirs, &world.mapping.redmine_project).await);
    assert_eq!(here.len(), OURS + THEIRS);
    assert_eq!(differences(&here, &there), Vec::<String>::new(), "{:#?}", first.last());

    edit(&world).await;
    let before = world.requests();
    world.killed_run(Duration::from_secs(2)).await;
    let second = world.settle().await;
    let (here, there) =
        (board(&world.ours, &world.mapping.project).await, board(&world.theirs, &world.mapping.redmine_project).await);
    assert_eq!(differences(&here, &there), Vec::<String>::new(), "{:#?}", second.last());
    assert_eq!(here.len(), OURS + THEIRS - 8);

    let engine = world.engine().await;
    let conflicts = engine.parts().store.conflicts(&world.mapping.mapping, false).await.unwrap();
    let dates = conflicts.iter().filter(|one| one.field.as_ref().is_some_and(|field| field.to_string() == "due_date"));
    let dates: Vec<_> = dates.collect();
    assert_eq!(dates.len(), 10, "{conflicts:#?}");
    assert!(dates.iter().all(|one| one.base.a.is_string() && one.values.a.is_string() && one.values.b.is_string()));

    println!("requests to Redmine: {}, of these {} after the edits", world.requests(), world.requests() - before);
    println!("conflicts: {}", conflicts.len());
    note_cost(first.iter().chain(&second));
}

/// Writes down what the runs that were not killed cost, and what the engine says that they needed.
fn note_cost<'r>(reports: impl Iterator<Item = &'r RunReport>) {
    let (mut calls, mut minimum) = (0, 0);
    for report in reports {
        calls += report.run.calls.b;
        minimum += report.minimum_calls.b;
    }
    let ratio = calls as f64 / minimum.max(1) as f64;
    println!("runs that ended: {calls} requests, {minimum} needed, ratio {ratio:.2}");
    let cost = serde_json::json!({"redmine_two_ways": {"calls": calls, "minimum": minimum, "ratio": ratio}});
    let target = Path::new(env!("CARGO_TARGET_TMPDIR")).parent().unwrap();
    std::fs::write(target.join("sync-cost.json"), format!("{cost:#}\n")).unwrap();
}
