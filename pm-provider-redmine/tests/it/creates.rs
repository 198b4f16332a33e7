//! Creates whose answer is lost.

use pm_http::Marker;
use pm_provider::{Effect, NewComment, NewTask};
use serde_json::{Value, json};
use wiremock::ResponseTemplate;

use crate::support::{answer, issue, issues, parameters, plant, plant_once, provider, requests, server};

fn reply(list: &[Value]) -> ResponseTemplate {
    ResponseTemplate::new(200).set_body_json(issues(list))
}

/// What is created from now on.
fn later() -> Value {
    json!({ "created_on": "2999-01-01T08:00:00Z" })
}

#[tokio::test]
async fn a_lost_create_is_found_by_what_it_made_and_sent_once() {
    let server = server().await;
    // Nothing yet; then what is ours among what looks alike.
    plant_once(&server, "GET", "/issues.json", reply(&[])).await;
    let twin = issue(42, "x", json!({ "description": "another" }));
    plant(&server, "GET", "/issues.json", reply(&[twin, issue(43, "x", later())])).await;
    plant(&server, "POST", "/issues.json", ResponseTemplate::new(500).set_body_string("<html>oops</html>")).await;
    let task = provider(&server).create_task(NewTask::new("7", "x")).await.unwrap();
    assert_eq!(task.id.as_str(), "43");
    assert_eq!(requests(&server, "POST", "/issues.json").await.len(), 1);
    let looked = parameters(&requests(&server, "GET", "/issues.json").await[1]);
    for (name, value) in [("author_id", "5"), ("project_id", "7"), ("status_id", "*")] {
        assert!(looked.contains(&(name.to_owned(), value.to_owned())), "{name}: {looked:?}");
    }
    // This server tells its time; one that does not is asked for larger ids than there were.
    assert!(looked.iter().any(|(name, value)| name == "created_on" && value.starts_with(">=")), "{looked:?}");
}

#[tokio::test]
async fn two_that_look_alike_are_not_guessed_between() {
    let server = server().await;
    plant_once(&server, "GET", "/issues.json", reply(&[])).await;
    plant(&server, "GET", "/issues.json", reply(&[issue(42, "x", later()), issue(43, "x", later())])).await;
    plant(&server, "POST", "/issues.json", ResponseTemplate::new(500)).await;
    let error = provider(&server).create_task(NewTask::new("7", "x")).await.unwrap_err();
    assert_eq!(error.effect(), &Effect::Unknown);
    assert!(error.to_string().contains("/projects/7/issues"), "{error}");
    assert_eq!(requests(&server, "POST", "/issues.json").await.len(), 1);
}

#[tokio::test]
async fn a_key_finds_what_it_made_and_sends_nothing() {
    let server = server().await;
    let marker = Marker::of("task", "import:1");
    let made = issue(42, "renamed", json!({ "description": marker.append("text").replace('\n', "\r\n") }));
    answer(&server, "GET", "/issues.json", 200, &issues(&[made])).await;
    let new = NewTask::new("7", "x").idempotency_key("import:1");
    let task = provider(&server).create_task(new).await.unwrap();
    assert_eq!((task.id.as_str(), task.title.as_str(), task.description.as_deref()), ("42", "renamed", Some("text")));
    assert!(requests(&server, "POST", "/issues.json").await.is_empty());
    let looked = parameters(&requests(&server, "GET", "/issues.json").await[0]);
    assert!(looked.contains(&("description".to_owned(), format!("~{}", marker.as_str()))), "{looked:?}");
    assert!(looked.contains(&("status_id".to_owned(), "*".to_owned())), "{looked:?}");
}

#[tokio::test]
async fn a_new_key_is_sent_without_a_look() {
    let (server, marker) = (server().await, Marker::of("task", "k"));
    let made = issue(42, "x", json!({ "description": marker.line() }));
    answer(&server, "POST", "/issues.json", 201, &json!({ "issue": made })).await;
    let new = NewTask::new("7", "x").idempotency_key("k").new_key(true);
    let task = provider(&server).create_task(new).await.unwrap();
    assert_eq!((task.id.as_str(), task.description), ("42", None));
    assert_eq!(requests(&server, "POST", "/issues.json").await.len(), 1);
    assert!(requests(&server, "GET", "/issues.json").await.is_empty());
}

#[tokio::test]
async fn requests_are_counted_lost_ones_too() {
    let server = server().await;
    answer(&server, "GET", "/issues.json", 200, &issues(&[issue(43, "x", later())])).await;
    plant_once(&server, "POST", "/issues.json", ResponseTemplate::new(429)).await;
    plant(&server, "POST", "/issues.json", ResponseTemplate::new(500)).await;
    let provider = provider(&server);
    assert_eq!(provider.requests_sent(), Some(0));
    provider.create_task(NewTask::new("7", "x")).await.unwrap();
    let came = server.received_requests().await.unwrap().len();
    assert_eq!(provider.requests_sent(), u64::try_from(came).ok());
    assert_eq!(requests(&server, "POST", "/issues.json").await.len(), 2);
}

#[tokio::test]
async fn a_new_key_whose_answer_is_lost_is_looked_for() {
    let (server, marker) = (server().await, Marker::of("task", "k"));
    let made = issue(42, "x", json!({ "description": marker.line() }));
    answer(&server, "GET", "/issues.json", 200, &issues(&[made])).await;
    plant(&server, "POST", "/issues.json", ResponseTemplate::new(500)).await;
    let new = NewTask::new("7", "x").idempotency_key("k").new_key(true);
    let task = provider(&server).create_task(new).await.unwrap();
    assert_eq!(task.id.as_str(), "42");
    assert_eq!(requests(&server, "POST", "/issues.json").await.len(), 1);
    assert_eq!(requests(&server, "GET", "/issues.json").await.len(), 1, "after the create");
}

#[tokio::test]
async fn a_note_with_a_new_key_is_read_back_and_nothing_before() {
    let (server, marker) = (server().await, Marker::of("comment", "k"));
    let note = json!({
        "id": 9, "user": { "id": 5, "name": "Bob Builder" }, "notes": marker.append("hello"),
        "created_on": "2026-11-21T18:00:00Z",
    });
    let with = json!({ "issue": issue(1, "x", json!({ "journals": [note] })) });
    answer(&server, "GET", "/issues/1.json", 200, &with).await;
    plant(&server, "PUT", "/issues/1.json", ResponseTemplate::new(204)).await;
    let comments = provider(&server).comments().unwrap();
    let new = NewComment::new("1", "hello").idempotency_key("k").new_key(true);
    let comment = comments.create_comment(new).await.unwrap();
    assert_eq!((comment.id.as_str(), comment.body.as_str()), ("9", "hello"));
    assert_eq!(requests(&server, "PUT", "/issues/1.json").await.len(), 1);
    assert_eq!(requests(&server, "GET", "/issues/1.json").await.len(), 1);
}

#[tokio::test]
async fn only_a_key_leaves_a_mark() {
    let server = server().await;
    answer(&server, "GET", "/issues.json", 200, &issues(&[])).await;
    answer(&server, "POST", "/issues.json", 201, &json!({ "issue": issue(1, "x", json!({})) })).await;
    let provider = provider(&server);
    provider.create_task(NewTask::new("7", "x")).await.unwrap();
    let body: Value = requests(&server, "POST", "/issues.json").await[0].body_json().unwrap();
    // The day of the create is kept out: it may be later than the day on which the task is due.
    assert_eq!(body, json!({ "issue": { "project_id": 7, "subject": "x", "description": "", "start_date": "" } }));
    let marked = provider.create_task(NewTask::new("7", "x").idempotency_key("k")).await;
    let body: Value = requests(&server, "POST", "/issues.json").await[1].body_json().unwrap();
    assert_eq!(body["issue"]["description"], json!(Marker::of("task", "k").line()));
    // This server dropped the description, and with it the mark.
    assert!(matches!(marked.unwrap_err().effect(), Effect::Partial { .. }));
}

#[tokio::test]
async fn a_changed_text_keeps_the_mark() {
    let server = server().await;
    let marker = Marker::of("task", "k");
    let with = |text: &str| json!({ "issue": issue(1, "x", json!({ "description": marker.append(text) })) });
    plant_once(&server, "GET", "/issues/1.json", ResponseTemplate::new(200).set_body_json(with("before"))).await;
    answer(&server, "GET", "/issues/1.json", 200, &with("after")).await;
    plant(&server, "PUT", "/issues/1.json", ResponseTemplate::new(204)).await;
    let patch = pm_provider::TaskPatch::new().description("after");
    let task = provider(&server).update_task(&"1".into(), patch).await.unwrap();
    assert_eq!(task.description.as_deref(), Some("after"));
    let body: Value = requests(&server, "PUT", "/issues/1.json").await[0].body_json().unwrap();
    assert_eq!(body["issue"]["description"], json!(marker.append("after")));
}
