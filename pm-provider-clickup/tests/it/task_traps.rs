//! Traps that ClickUp's clients keep falling into, with tasks.

use std::sync::Arc;
use std::time::{Duration, Instant};

use futures_util::StreamExt;
use pm_provider::{ChangeQuery, ErrorKind, NewTask, PmProvider, PmProviderExt, StatusCategory, TaskPatch, TaskQuery};
use pm_provider_clickup::{ClickUpProvider, ProjectLevel};
use pm_testkit::clickup::FakeClickUp;
use serde_json::json;

use crate::support::{begin, config, provider, seeded, task};

async fn titles(provider: &Arc<ClickUpProvider>, query: TaskQuery) -> Vec<String> {
    let mut titles: Vec<_> = provider.list_tasks(query).await.unwrap().into_iter().map(|task| task.title).collect();
    titles.sort();
    titles
}

/// Closed, archived, below others, in several Lists, in archived Lists and Folders, and elsewhere.
const HIDDEN: &str = r#"{"spaces": [
    {"name": "Garden", "lists": [
        {"name": "Plain", "tasks": [
            {"name": "open"}, {"name": "closed", "status": "complete"}, {"name": "below", "parent": "open"},
            {"name": "away", "archived": true}, {"name": "several", "lists": ["Also"]}]},
        {"name": "Also", "tasks": [{"name": "also"}]},
        {"name": "Put away", "archived": true, "tasks": [{"name": "in an archived list"}, {"name": "and away", "archived": true}]}],
     "folders": [{"name": "Attic", "archived": true, "lists": [{"name": "Box", "tasks": [{"name": "in an archived folder"}]}]}]},
    {"name": "Past", "archived": true, "lists": [{"name": "Old", "tasks": [{"name": "in an archived space"}]}]},
    {"name": "House", "lists": [{"name": "Rooms", "tasks": [{"name": "elsewhere", "lists": ["Plain"]}]}]}]}"#;

#[tokio::test]
async fn trap_nothing_is_hidden_and_nothing_comes_twice() {
    let server = seeded(HIDDEN).await;
    let provider = provider(&server);
    let garden = format!("space:{}", server.place_named("Garden").unwrap());
    let own = [
        "also",
        "and away",
        "away",
        "below",
        "closed",
        "in an archived folder",
        "in an archived list",
        "open",
        "several",
    ];
    assert_eq!(titles(&provider, TaskQuery::in_project(garden.as_str())).await, own);
    assert_eq!(titles(&provider, TaskQuery::in_project(garden.as_str()).page_size(1_u32)).await, own);
    let mut all = own.to_vec();
    all.extend(["elsewhere", "in an archived space"]);
    all.sort_unstable();
    assert_eq!(titles(&provider, TaskQuery::new()).await, all);
    // A List shows tasks whose home is another one: they are of that one's project.
    let lists = Arc::new(ClickUpProvider::new(config(&server).projects(ProjectLevel::List)).unwrap());
    let plain = format!("list:{}", server.place_named("Plain").unwrap());
    assert_eq!(
        titles(&lists, TaskQuery::in_project(plain.as_str())).await,
        ["away", "below", "closed", "open", "several"]
    );
}

#[tokio::test]
async fn trap_more_than_a_page_is_listed_in_order() {
    for told in [true, false] {
        let server = FakeClickUp::builder().last_page(told).start().await.unwrap();
        let list = server.add_list(&server.add_space("Garden"), "Plain");
        let ids: Vec<_> = (0..250)
            .map(|number| {
                let body = json!({ "name": format!("no. {number}"), "archived": number % 50 == 7 });
                server.add_task(&list, body).unwrap()
            })
            .collect();
        let provider = provider(&server);
        let listed: Vec<_> = provider.list_tasks(TaskQuery::new()).await.unwrap();
        assert_eq!(listed.iter().map(|task| task.id.as_str()).collect::<Vec<_>>(), ids, "{told}");
        let streamed = provider.stream_tasks(TaskQuery::new().statuses([StatusCategory::Todo])).count().await;
        assert_eq!(streamed, 250);
    }
}

#[tokio::test]
async fn trap_statuses_belong_to_the_list() {
    let server = FakeClickUp::start().await.unwrap();
    let space = server.add_space("Garden");
    let (plain, own) = (server.add_list(&space, "Plain"), server.add_list(&space, "Own"));
    server.set_statuses(&own, &[("sown", "open"), ("grown", "closed")]);
    let provider = provider(&server);
    let project = format!("space:{space}");
    let new = || NewTask::new(project.as_str(), "Beans");
    let beans = provider.create_task(new().custom_field("List", "Own").status("Grown")).await.unwrap();
    assert_eq!((beans.status.name.as_str(), beans.status.category), ("grown", StatusCategory::Done));
    let error = provider.create_task(new().custom_field("List", "Plain").status("grown")).await.unwrap_err();
    assert!(error.kind() == ErrorKind::InvalidInput && error.to_string().contains("`Plain`"), "{error}");
    let error = provider.create_task(new()).await.unwrap_err();
    assert!(error.to_string().contains("CLICKUP_LIST_ID"), "{error}");
    // A move takes the task along, with the status of the same meaning.
    let moved = provider.update_task(&beans.id, TaskPatch::new().custom_field("List", plain.as_str())).await.unwrap();
    assert_eq!((moved.status.name.as_str(), moved.custom_fields["List"].as_text()), ("complete", Some("Plain")));
    let done =
        provider.list_tasks(TaskQuery::in_project(project.as_str()).statuses([StatusCategory::Done])).await.unwrap();
    assert_eq!(done.len(), 1);
}

#[tokio::test]
async fn trap_members_of_other_types_than_the_reference_says() {
    let server = FakeClickUp::builder().wrong_types(true).start().await.unwrap();
    let list = server.add_list(&server.add_space("Garden"), "Plain");
    let body = json!({ "name": "odd", "due_date": 1_767_265_200_000_i64, "time_estimate": 3_600_000, "points": 2, "tags": ["a"] });
    let id = server.add_task(&list, body).unwrap();
    let provider = provider(&server);
    let task = provider.get_task(&id.as_str().into()).await.unwrap();
    assert_eq!((task.title.as_str(), task.labels.as_slice()), ("odd", ["a".to_owned()].as_slice()));
    assert!(task.due_date.is_some() && task.estimated_hours.is_some() && task.created_at.is_some());
    assert_eq!(provider.list_tasks(TaskQuery::new()).await.unwrap(), [task]);
}

#[tokio::test]
async fn trap_a_day_stays_the_day() {
    for zone in ["America/Los_Angeles", "Pacific/Kiritimati", "Asia/Kathmandu", "America/St_Johns", "Pacific/Pago_Pago"]
    {
        let server = FakeClickUp::builder().zone(zone).start().await.unwrap();
        let list = server.add_list(&server.add_space("Garden"), "Plain");
        drop(list);
        let provider = provider(&server);
        let project = provider.list_projects(pm_provider::ProjectQuery::new()).await.unwrap().remove(0).id;
        for day in ["2026-03-08", "2026-03-29", "2026-10-25", "2026-12-31", "2027-01-01"] {
            let day: chrono::NaiveDate = day.parse().unwrap();
            let made =
                provider.create_task(NewTask::new(&project, "dated").due_date(day).start_date(day)).await.unwrap();
            let read = provider.get_task(&made.id).await.unwrap();
            assert_eq!((read.start_date, read.due_date), (Some(day), Some(day)), "{zone}");
        }
    }
}

#[tokio::test]
async fn the_feed_goes_on_from_its_cursor() {
    let (_server, provider, project) = begin().await;
    let feed = provider.changes().unwrap();
    let query = ChangeQuery::in_project(&project);
    let first = task(&provider, &project, "first").await;
    let page = feed.changes_page(&query, None).await.unwrap();
    assert_eq!((page.items.len(), page.more), (1, false));
    let quiet = feed.changes_page(&query, Some(page.next.clone())).await.unwrap();
    assert!(quiet.items.is_empty(), "what was told is not told again: {:?}", quiet.items);
    provider.update_task(&first.id, TaskPatch::new().title("changed")).await.unwrap();
    let page = feed.changes_page(&query, Some(quiet.next)).await.unwrap();
    let told: Vec<_> = page.items.iter().map(|change| change.reference().id().to_owned()).collect();
    assert_eq!(told, [first.id.as_str()]);
}

/// A thousand changes with tags would take half an hour: a minute is half a second here, and there are fewer of them.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn many_changes_with_tags_never_meet_the_limit() {
    const CHANGES: usize = 100;
    const SCALE: f64 = 1.0 / 60.0;
    let server = FakeClickUp::builder().limit(100).time_scale(SCALE).start().await.unwrap();
    let list = server.add_list(&server.add_space("Garden"), "Plain");
    let ids: Vec<_> =
        (0..CHANGES).map(|number| server.add_task(&list, json!({ "name": number.to_string() })).unwrap()).collect();
    let provider = Arc::new(ClickUpProvider::new(config(&server).pace(SCALE)).unwrap());
    let began = Instant::now();
    let changes = futures_util::stream::iter(ids).map(|id| {
        let provider = Arc::clone(&provider);
        async move {
            let patch = TaskPatch::new().title("changed").add_labels(["one"]);
            provider.update_task(&id.into(), patch).await.map(drop)
        }
    });
    let answers: Vec<_> = changes.buffer_unordered(8).collect().await;
    assert!(answers.iter().all(Result::is_ok), "{:?}", answers.iter().find(|answer| answer.is_err()));
    let (took, requests) = (began.elapsed(), server.requests().len());
    // Reading, tagging and writing a task, and a handful of requests for all of them.
    assert!(requests <= 3 * CHANGES + 12, "{requests}");
    #[expect(clippy::cast_precision_loss, reason = "a few hundred")]
    let least = Duration::from_secs(60).mul_f64(SCALE * (requests as f64 / 100.0 - 1.0));
    assert_eq!(server.refused_by_limit(), 0, "{requests} requests");
    assert!(took >= least.mul_f64(0.9), "{took:?} beside {least:?} for {requests} requests");
}
