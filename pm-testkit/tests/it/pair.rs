//! The model tracker: a provider as it should be while it has no vices, and each vice on its own.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::sync::Arc;
use std::time::Duration;

use futures_util::FutureExt;
use pm_provider::{
    ChangeKind, ChangeQuery, Clock, DeleteOptions, Effect, Entity, ErrorKind, Existence, Item, ItemRef, MarkerQuery,
    NewTask, PMTask, PmProvider, StatusCategory, TaskId, TaskPatch, TaskQuery,
};
use pm_testkit::conformance::{Subject, run_all};
use pm_testkit::pair::{Act, Blackout, Guarantee, ModelTracker, Script, Trouble, Vices, VirtualClock};

fn tracker(spoil: impl FnOnce(&mut Vices)) -> (VirtualClock, ModelTracker) {
    let clock = VirtualClock::new();
    let mut vices = Vices::default();
    spoil(&mut vices);
    let tracker = ModelTracker::new("left", &clock, vices).unwrap();
    (clock, tracker)
}

async fn conforms(spoil: impl FnOnce(&mut Vices)) {
    let (_, tracker) = tracker(spoil);
    let subject = Subject::new(Arc::new(tracker.provider())).project(tracker.project());
    let report = run_all(&subject).await;
    assert_eq!(report.failed(), 0, "{report}");
    assert!(report.passed() > 90, "{report}");
}

#[tokio::test]
async fn without_vices_it_conforms() {
    conforms(|_| ()).await;
}

#[tokio::test]
async fn it_conforms_with_those_vices_that_are_no_fault() {
    conforms(|vices| {
        vices.lockless = true;
        vices.no_priorities = true;
        vices.one_assignee = true;
        vices.own_comments = true;
        vices.silent_deletions = true;
        vices.hides_absence = true;
        vices.guarantee = Guarantee::Marker;
    })
    .await;
    conforms(|vices| vices.guarantee = Guarantee::None).await;
}

fn task(tracker: &ModelTracker, title: &str) -> PMTask {
    let outcome = tracker.human(NewTask::new(tracker.project(), title).into()).unwrap();
    let pm_provider::BatchOutcome::Written(Item::Task(task)) = outcome else { panic!("no task") };
    *task
}

fn rename(tracker: &ModelTracker, id: &TaskId, title: &str) {
    let patch = TaskPatch::new().title(title);
    tracker.human(pm_provider::BatchOperation::UpdateTask(id.clone(), Box::new(patch))).unwrap();
}

async fn titles(tracker: &ModelTracker, cursor: &mut Option<pm_provider::Cursor>) -> Vec<String> {
    let changes = tracker.provider().changes().unwrap();
    let mut titles = Vec::new();
    loop {
        let page = changes.changes_page(&ChangeQuery::in_project(tracker.project()), cursor.take()).await.unwrap();
        *cursor = Some(page.next);
        titles.extend(page.items.into_iter().map(|change| match change.kind {
            ChangeKind::Written(Item::Task(task)) => task.title,
            other => format!("{other:?}"),
        }));
        if !page.more {
            return titles;
        }
    }
}

/// How many changes a reader misses who comes while some are not shown yet, and once more when all are.
async fn missed(hasty: bool) -> usize {
    let (clock, tracker) = tracker(|vices| {
        vices.granularity = Duration::from_secs(1);
        vices.index_lag = Duration::from_secs(15);
        vices.hasty = hasty;
    });
    let names: Vec<_> = (0..40).map(|number| format!("number {number}")).collect();
    for name in &names {
        task(&tracker, name);
        clock.advance(Duration::from_secs(1));
    }
    let mut cursor = None;
    let early = titles(&tracker, &mut cursor).await;
    assert!(early.len() < names.len(), "about half of what is young is not there yet");
    clock.advance(Duration::from_secs(20));
    let late = titles(&tracker, &mut cursor).await;
    let all = titles(&tracker, &mut None).await;
    assert_eq!(all, names, "in the end all is there");
    assert!(late.contains(early.last().unwrap()), "the last grain comes again");
    names.iter().filter(|name| !early.contains(name) && !late.contains(name)).count()
}

#[tokio::test]
async fn a_coarse_feed_begins_again_where_something_may_come_late() {
    assert_eq!(missed(false).await, 0);
    assert!(missed(true).await > 0, "without an overlap something is missed");
}

#[tokio::test]
async fn a_stale_index_shows_what_was() {
    let (clock, tracker) = tracker(|vices| {
        vices.index_lag = Duration::from_secs(5);
        vices.stale_index = true;
    });
    for number in 0..8 {
        let made = task(&tracker, "before");
        clock.advance(Duration::from_mins(1));
        rename(&tracker, &made.id, &format!("after {number}"));
    }
    let told = titles(&tracker, &mut None).await;
    assert_eq!(told.len(), 8);
    clock.advance(Duration::from_mins(1));
    assert!(titles(&tracker, &mut None).await.iter().all(|title| title.starts_with("after")));
}

#[tokio::test]
async fn coarse_statuses_are_declared_and_stored() {
    let (_, tracker) = tracker(|vices| vices.coarse_statuses = true);
    let provider = tracker.provider();
    let schema = provider.project_schema(tracker.project()).await.unwrap();
    assert_eq!(
        schema.statuses.iter().map(|status| status.name.as_str()).collect::<Vec<_>>(),
        ["Open", "Doing", "Closed"]
    );
    let made = provider.create_task(NewTask::new(tracker.project(), "one")).await.unwrap();
    assert_eq!(made.status.name, "Open");
    let patch = TaskPatch::new().status(StatusCategory::Done);
    assert_eq!(provider.update_task(&made.id, patch).await.unwrap().status.name, "Closed");
    let patch = TaskPatch::new().status(StatusCategory::Backlog);
    assert_eq!(provider.update_task(&made.id, patch).await.unwrap_err().kind(), ErrorKind::InvalidInput);
}

#[tokio::test]
async fn two_creates_with_one_mark_make_two_where_the_index_lags() {
    let (clock, tracker) = tracker(|vices| {
        vices.guarantee = Guarantee::Marker;
        vices.index_lag = Duration::from_secs(5);
    });
    let provider = tracker.provider();
    let new = NewTask::new(tracker.project(), "one").idempotency_key("key").new_key(true);
    for _ in 0..2 {
        provider.create_task(new.clone()).await.unwrap();
    }
    clock.advance(Duration::from_secs(5));
    let query = MarkerQuery::new(Entity::Task, ["key"]);
    assert_eq!(provider.sync_support().unwrap().find_by_marker(&query).await.unwrap().len(), 2);
    // What looks for the key first finds one of them.
    provider.create_task(new.new_key(false)).await.unwrap();
    assert_eq!(tracker.items().len(), 2);
}

#[tokio::test]
async fn what_times_out_may_be_done_later() {
    let (clock, tracker) = tracker(|_| ());
    let script = Script::new();
    script.at(1, Trouble::Late(Duration::from_secs(20)));
    script.at(3, Trouble::FailAfter);
    script.at(5, Trouble::Vanish);
    script.at(7, Trouble::FailBefore);
    let provider = tracker.provider_for("worker", script.clone());
    let mut effects = Vec::new();
    for title in ["late", "lost answer", "lost request", "refused"] {
        let error = provider.create_task(NewTask::new(tracker.project(), title)).await.unwrap_err();
        effects.push(error.effect().clone());
    }
    assert_eq!(effects, [Effect::Unknown, Effect::Unknown, Effect::Unknown, Effect::NotExecuted]);
    let titles = || tracker.items().into_iter().map(|item| item_title(&item)).collect::<Vec<_>>();
    assert_eq!(titles(), ["lost answer"]);
    clock.advance(Duration::from_secs(20));
    assert_eq!(titles(), ["lost answer", "late"]);
    assert_eq!(script.points()[0], "left create_task: sent");
    let log = tracker.log();
    assert_eq!(log.iter().filter(|entry| entry.wrote.is_some()).count(), 2);
}

fn item_title(item: &Item) -> String {
    let Item::Task(task) = item else { panic!("no task") };
    task.title.clone()
}

#[tokio::test]
async fn a_crash_stops_everything_and_a_pause_ends_when_it_is_told_to() {
    let (clock, tracker) = tracker(|_| ());
    let script = Script::new();
    script.at(2, Act::Pause);
    script.at(3, Act::Crash);
    let provider = tracker.provider_for("worker", script.clone());
    let mut first = Box::pin(provider.create_task(NewTask::new(tracker.project(), "one")));
    assert!((&mut first).now_or_never().is_none());
    assert!(script.is_paused());
    clock.advance(Duration::from_secs(60));
    script.resume();
    assert_eq!(first.await.unwrap_err().effect(), &Effect::Unknown, "the answer came too late");
    let second = provider.create_task(NewTask::new(tracker.project(), "two"));
    assert!(second.now_or_never().is_none());
    assert!(script.is_stopped());
    assert!(provider.health_check().now_or_never().is_none(), "the dead do nothing");
    assert_eq!(tracker.items().len(), 1);
}

#[tokio::test]
async fn blackouts_hide_but_do_not_delete() {
    let (_, tracker) = tracker(|vices| vices.rash = true);
    let made = task(&tracker, "one");
    let provider = tracker.provider();
    let sync = provider.sync_support().unwrap();
    let item = ItemRef::Task(made.id.clone());
    let kinds = [
        (Blackout::Unauthenticated, ErrorKind::Unauthenticated),
        (Blackout::Forbidden, ErrorKind::PermissionDenied),
        (Blackout::NotFound, ErrorKind::NotFound),
    ];
    for (blackout, kind) in kinds {
        tracker.black_out(Some(blackout));
        assert_eq!(provider.get_task(&made.id).await.unwrap_err().kind(), kind);
        let query = TaskQuery::in_project(tracker.project());
        assert_eq!(provider.tasks_page(&query, None).await.unwrap_err().kind(), kind);
    }
    tracker.black_out(Some(Blackout::Empty));
    assert!(provider.tasks_page(&TaskQuery::in_project(tracker.project()), None).await.unwrap().items.is_empty());
    assert_eq!(sync.exists(std::slice::from_ref(&item)).await.unwrap(), [Existence::Absent]);
    assert!(sync.get_many(std::slice::from_ref(&item)).await.unwrap().is_empty());
    assert!(titles(&tracker, &mut None).await.is_empty());
    tracker.black_out(None);
    assert_eq!(sync.exists(std::slice::from_ref(&item)).await.unwrap(), [Existence::Present]);
    tracker.human(pm_provider::BatchOperation::Delete(item.clone(), DeleteOptions::new())).unwrap();
    assert_eq!(sync.exists(std::slice::from_ref(&item)).await.unwrap(), [Existence::Absent]);
}

#[tokio::test]
async fn the_server_has_a_clock_of_its_own() {
    let (clock, tracker) = tracker(|vices| vices.skew = -120);
    let made = task(&tracker, "one");
    assert_eq!((clock.now() - made.created_at.unwrap()).num_seconds(), 120);
}
