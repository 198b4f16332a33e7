//! Deletions that must not take along what people did, or that only seem to be some.

use std::time::Duration;

use pm_provider::{
    BatchOperation, CommentQuery, Contents, DeleteOptions, ErrorKind, Item, ItemRef, NewComment, NewTask, PMTask,
    PmProviderExt, TaskPatch, TaskQuery,
};
use pm_sync::config::Deletions;
use pm_sync::engine::RunOptions;
use pm_sync::item::{Pair, Side};
use pm_sync::store::{Conflict, LinkState, SyncStore};
use pm_testkit::pair::{Blackout, Script, Trouble};

use crate::first_steps;
use crate::machine::planted::Garden;
use crate::machine::setup::Setup;
use crate::machine::world::{MAPPING, World};

async fn conflicts(world: &first_steps::World) -> Vec<Conflict> {
    world.engine.parts().store.conflicts("m", false).await.unwrap()
}

#[tokio::test]
async fn a_copy_that_people_talk_about_stays_when_its_original_is_deleted() {
    let world = first_steps::World::new(serde_json::json!({"mode": "shadow", "deletions": "delete"})).await;
    let task = world.a.create_task(NewTask::new(&world.a_project, "Paint")).await.unwrap();
    world.run().await;
    let copy = world.b.list_tasks(TaskQuery::in_project(&world.b_project)).await.unwrap().remove(0);
    world.b.comments().unwrap().create_comment(NewComment::new(&copy.id, "Which colour?")).await.unwrap();
    world.a.delete_task(&task.id, DeleteOptions::new()).await.unwrap();
    let report = world.run().await;
    assert_eq!(report.count("deleted"), 0, "{report:?}");
    assert!(report.warnings.iter().any(|warning| warning.contains("people commented on it")), "{:?}", report.warnings);
    let comments = world.b.comments().unwrap();
    let kept = comments.comments_page(&CommentQuery::of_task(&copy.id), None).await.unwrap().items;
    assert_eq!(kept.len(), 1);
    let conflicts = conflicts(&world).await;
    assert_eq!((conflicts.len(), conflicts[0].winner), (1, Some(Side::B)));
    assert_eq!(world.run().await.writes(), 0);
}

#[tokio::test]
async fn edits_of_a_copy_that_is_deleted_are_kept_as_a_conflict() {
    let world = first_steps::World::new(serde_json::json!({"mode": "shadow", "deletions": "delete"})).await;
    let task = world.a.create_task(NewTask::new(&world.a_project, "Paint")).await.unwrap();
    world.run().await;
    let copy = world.b.list_tasks(TaskQuery::in_project(&world.b_project)).await.unwrap().remove(0);
    world.b.update_task(&copy.id, TaskPatch::new().title("Paint it blue")).await.unwrap();
    world.a.delete_task(&task.id, DeleteOptions::new()).await.unwrap();
    let report = world.run().await;
    assert_eq!(report.count("deleted"), 1, "{report:?}");
    let conflicts = conflicts(&world).await;
    assert_eq!((conflicts.len(), conflicts[0].winner), (1, Some(Side::A)));
    assert_eq!(conflicts[0].values.b["title"], "Paint it blue");
}

/// Ids of linked tasks.
fn links(world: &World) -> Vec<Pair<String>> {
    let mut links = world.ask(world.store.links_after(MAPPING, None, None, 100));
    links.retain(|link| link.state == LinkState::Linked);
    links.into_iter().map(|link| Pair::new(link.ids.a.unwrap(), link.ids.b.unwrap())).collect()
}

fn new_task(world: &World, title: &str, parent: Option<&str>) {
    let mut new = NewTask::new(world.trackers.a.project().clone(), format!("{title} {}", world.history.token()));
    if let Some(parent) = parent {
        new = new.parent_task_id(parent);
    }
    world.human(Side::A, BatchOperation::CreateTask(Box::new(new)));
}

fn delete(world: &World, side: Side, id: &str) {
    let options = DeleteOptions::new().contents(Contents::Delete);
    world.human(side, BatchOperation::Delete(ItemRef::Task(id.into()), options));
}

fn run(world: &World) -> Vec<String> {
    let script = Script::new();
    world.run(script.clone());
    world.pass(Duration::from_secs(700));
    script.points()
}

fn tasks(world: &World, side: Side) -> Vec<PMTask> {
    let items = world.items(side).into_iter();
    let linked: Vec<String> = links(world).into_iter().map(|ids| ids.get(side).clone()).collect();
    let task = |item| match item {
        Item::Task(task) => Some(*task),
        _ => None,
    };
    items.filter_map(task).filter(|task| linked.contains(&task.id.to_string())).collect()
}

#[test]
fn what_was_written_without_its_hidden_parent_is_hung_from_it_when_that_is_shown_again() {
    let world = World::new(&Setup::plain(), Garden::default());
    let is_hidden = |ids: &Pair<String>| ids.b.ends_with(['1', '3', '5', '7', '9']);
    let parent = loop {
        new_task(&world, "parent", None);
        run(&world);
        // The next one is shown while this one is not.
        if let Some(parent) = links(&world).into_iter().last().filter(is_hidden) {
            break parent;
        }
    };
    world.black_out(Side::B, Some(Blackout::Half));
    new_task(&world, "child", Some(&parent.a));
    run(&world);
    let child = || tasks(&world, Side::B).into_iter().find(|task| task.title.starts_with("child"));
    assert_eq!(child().unwrap().parent_task_id, None);
    world.black_out(Side::B, None);
    run(&world);
    assert_eq!(child().unwrap().parent_task_id.unwrap().as_str(), parent.b);
}

#[test]
fn what_both_sides_deleted_without_a_word_is_not_looked_for_for_ever() {
    let mut setup = Setup::plain();
    (setup.vices.a.silent_deletions, setup.vices.b.silent_deletions) = (true, true);
    let world = World::new(&setup, Garden::default());
    new_task(&world, "task", None);
    new_task(&world, "another", None);
    run(&world);
    let gone = links(&world).remove(0);
    delete(&world, Side::A, &gone.a);
    delete(&world, Side::B, &gone.b);
    world.run_with(Script::new(), RunOptions::new().reconcile(true));
    for _ in 0..3 {
        world.pass(Duration::from_secs(700));
        run(&world);
    }
    assert_eq!(links(&world).len(), 1);
    assert!(world.ask(world.store.all_work(MAPPING)).is_empty());
}

/// A task and its child, deleted on one side; in each run something goes wrong at some point.
fn deleted_family(wrong: &[usize]) -> (World, Vec<String>) {
    let mut setup = Setup::plain();
    setup.config.deletions = Deletions::Delete;
    let world = World::new(&setup, Garden::default());
    new_task(&world, "parent", None);
    run(&world);
    let parent = links(&world).remove(0);
    new_task(&world, "child", Some(&parent.a));
    run(&world);
    for ids in links(&world).iter().rev() {
        delete(&world, Side::A, &ids.a);
    }
    for point in wrong {
        let script = Script::new();
        script.at(*point, Trouble::Refuse(ErrorKind::Unavailable));
        world.run(script);
        world.pass(Duration::from_secs(700));
    }
    let points = run(&world);
    (world, points)
}

#[test]
fn a_parent_waits_until_its_children_can_be_deleted() {
    let mut wrong = Vec::new();
    for _ in 0..3 {
        let (world, points) = deleted_family(&wrong);
        assert_eq!((links(&world).len(), world.conflicts()), (0, Vec::new()), "wrong at {wrong:?}");
        assert!(world.items(Side::A).iter().all(|item| !matches!(item, Item::Task(_))));
        let child = points.iter().position(|point| point.starts_with("right delete_task")).unwrap();
        wrong.push(child + 1);
    }
}
