//! Creates: found again, and not taken for others.

use pm_http::Marker;
use pm_provider::{Effect, ErrorKind, NewComment, NewProject, NewTask, PmProvider, StatusCategory};
use serde_json::{Value, json};

use crate::script::{ME, answer, answers, bodies, issue, issues, wire, with};

fn keyed(title: &str, text: &str) -> Value {
    let text = Marker::of("task", "import:1").append(text);
    with(issue(12, title), "description", text.into())
}

fn new_task() -> NewTask {
    NewTask::new("7", "Paint").idempotency_key("import:1")
}

#[tokio::test]
async fn an_equal_issue_below_another_parent_is_not_the_lost_one() {
    let (server, provider) = wire().await;
    let below = |id, parent| with(issue(id, "Paint"), "parent", json!({ "id": parent }));
    answer(&server, "POST", "/issues.json", 502, Value::Null).await;
    let of_another = with(below(14, 3), "author", json!({ "id": 9 }));
    let marked = with(below(15, 3), "description", Marker::of("task", "k").line().into());
    let ours = with(below(13, 3), "due_date", "2026-12-31".into());
    answer(&server, "GET", "/issues.json", 200, issues(&[below(12, 4), ours, of_another, marked])).await;
    let new =
        NewTask::new("7", "Paint").parent_task_id("3").due_date(chrono::NaiveDate::from_ymd_opt(2026, 12, 31).unwrap());
    assert_eq!(provider.create_task(new).await.unwrap().id.as_str(), "13");
    assert_eq!(bodies(&server, "POST").await.len(), 1);
}

#[tokio::test]
async fn a_lost_issue_is_found_though_a_part_of_it_was_dropped() {
    let (server, provider) = wire().await;
    answer(&server, "POST", "/issues.json", 502, Value::Null).await;
    answer(&server, "GET", "/issues.json", 200, issues(&[issue(12, "Paint")])).await;
    let new = NewTask::new("7", "Paint").estimated_hours(pm_provider::Hours::from_hours(2.0).unwrap());
    let error = provider.create_task(new).await.unwrap_err();
    assert!(matches!(error.effect(), Effect::Partial { id, .. } if id == "12"), "{error:?}");
    assert_eq!(bodies(&server, "POST").await.len(), 1);
}

#[tokio::test]
async fn a_server_that_ignores_the_filter_is_told_apart() {
    let (server, provider) = wire().await;
    answer(&server, "GET", "/issues.json", 200, issues(&[issue(3, "Any other")])).await;
    let error = provider.create_task(new_task()).await.unwrap_err();
    assert_eq!((error.kind(), error.effect()), (ErrorKind::Unsupported, &Effect::NotExecuted), "{error}");
    assert!(bodies(&server, "POST").await.is_empty(), "it might be there already");
}

#[tokio::test]
async fn the_oldest_of_ours_answers_to_a_key() {
    let (server, provider) = wire().await;
    let planted = with(with(keyed("Paint", ""), "id", 2.into()), "author", json!({ "id": ME + 1 }));
    let copy = with(keyed("Paint", ""), "id", 40.into());
    answer(&server, "GET", "/issues.json", 200, issues(&[planted, keyed("Paint", ""), copy])).await;
    assert_eq!(provider.create_task(new_task()).await.unwrap().id.as_str(), "12");
    assert!(bodies(&server, "POST").await.is_empty());
}

#[tokio::test]
async fn no_text_brings_a_mark_along() {
    let (server, provider) = wire().await;
    let stranger = Marker::of("task", "import:9").append("See this");
    let stored = Marker::of("task", "import:1").append(&stranger);
    answer(&server, "GET", "/issues.json", 200, issues(&[])).await;
    let made = with(issue(12, "Paint"), "description", stored.clone().into());
    answer(&server, "POST", "/issues.json", 201, json!({ "issue": made })).await;
    provider.create_task(new_task().description(stranger)).await.unwrap();
    let sent = bodies(&server, "POST").await[0]["issue"]["description"].as_str().unwrap().to_owned();
    assert_eq!(sent, stored);
    assert!(!sent.contains(&Marker::of("task", "import:9").line()));
}

#[tokio::test]
async fn what_was_refused_is_refused_with_the_same_key_again() {
    let (server, provider) = wire().await;
    answer(&server, "GET", "/issues.json", 200, issues(&[keyed("Paint", "")])).await;
    answer(&server, "PUT", "/issues/12.json", 204, Value::Null).await;
    answer(&server, "GET", "/issues/12.json", 200, json!({ "issue": keyed("Paint", "") })).await;
    let error = provider.create_task(new_task().status(StatusCategory::Done)).await.unwrap_err();
    let Effect::Partial { id, applied, failed } = error.effect() else { panic!("{error}") };
    assert_eq!(
        (id.as_str(), applied[0].as_str(), failed.as_slice()),
        ("12", "create", ["status".to_owned()].as_slice())
    );
}

#[tokio::test]
async fn what_people_changed_meanwhile_stays() {
    let (server, provider) = wire().await;
    let changed = with(keyed("Paint", ""), "updated_on", "2999-01-02T08:00:00Z".into());
    answer(&server, "GET", "/issues.json", 200, issues(&[changed])).await;
    let there = provider.create_task(new_task().status(StatusCategory::Done)).await.unwrap();
    assert_eq!((there.id.as_str(), there.status.name.as_str()), ("12", "New"));
    assert!(bodies(&server, "PUT").await.is_empty());
}

#[tokio::test]
async fn an_older_equal_note_is_not_the_new_one() {
    let (server, provider) = wire().await;
    let note = |id: u64| json!({ "id": id, "user": { "id": ME }, "notes": "Done." });
    let task = |notes: &[Value]| json!({ "issue": with(issue(12, "Paint"), "journals", notes.into()) });
    answer(&server, "PUT", "/issues/12.json", 204, Value::Null).await;
    let replies = vec![
        (200, task(&[note(4)])),
        (200, task(&[note(4)])),
        (200, task(&[note(4)])),
        (200, task(&[note(4), note(6)])),
    ];
    answers(&server, "GET", "/issues/12.json", replies).await;
    let comments = provider.comments().unwrap();
    let error = comments.create_comment(NewComment::new("12", "Done.")).await.unwrap_err();
    assert_eq!((error.kind(), error.effect()), (ErrorKind::PermissionDenied, &Effect::NotExecuted), "{error}");
    assert_eq!(comments.create_comment(NewComment::new("12", "Done.")).await.unwrap().id.as_str(), "6");
}

#[tokio::test]
async fn a_project_is_called_as_plainly_as_the_server_lets_it() {
    let (server, provider) = wire().await;
    let project = json!({ "project": { "id": 3, "name": "Web", "identifier": "web-1", "status": 1 } });
    answers(
        &server,
        "POST",
        "/projects.json",
        vec![(422, json!({ "errors": ["Kennung vergeben"] })), (201, project.clone())],
    )
    .await;
    answer(&server, "GET", "/projects/web.json", 200, project).await;
    provider.health_check().await.unwrap();
    provider.create_project(NewProject::new("Web")).await.unwrap();
    let sent = bodies(&server, "POST").await;
    assert_eq!(sent[0]["project"]["identifier"], "web");
    assert!(sent[1]["project"]["identifier"].as_str().unwrap().starts_with("web-"), "{sent:?}");
}

#[tokio::test]
async fn before_the_server_told_its_time_a_project_is_looked_for_first() {
    let (server, provider) = wire().await;
    let project = json!({ "project": { "id": 3, "name": "Web", "identifier": "web", "status": 1 } });
    answer(&server, "GET", "/projects/web.json", 200, project.clone()).await;
    answer(&server, "POST", "/projects.json", 201, project).await;
    let error = provider.create_project(NewProject::new("Web").key("web")).await.unwrap_err();
    assert_eq!((error.kind(), error.effect()), (ErrorKind::Conflict, &Effect::NotExecuted), "{error}");
    assert!(bodies(&server, "POST").await.is_empty(), "its answer might be lost, and the older one taken for it");
}

#[tokio::test]
async fn a_key_that_was_asked_for_is_not_changed() {
    let (server, provider) = wire().await;
    answer(&server, "POST", "/projects.json", 422, json!({ "errors": ["Kennung vergeben"] })).await;
    answer(&server, "GET", "/projects/web.json", 403, Value::Null).await;
    let error = provider.create_project(NewProject::new("Web").key("web")).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Conflict, "{error}");
    assert_eq!(bodies(&server, "POST").await.len(), 1);
}
