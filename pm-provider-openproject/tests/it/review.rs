//! What goes wrong between two requests, and what is only half done.

use std::collections::BTreeSet;

use futures_util::TryStreamExt;
use pm_http::Marker;
use pm_provider::{
    DeleteOptions, Effect, ErrorKind, NewSprint, NewTask, PmProvider, PmProviderExt, TaskPatch, TaskQuery,
};
use serde_json::json;

use crate::support::{answer, begin, dictionaries, provider, seeded, wire, work_package};

#[tokio::test]
async fn what_stays_is_listed_once_while_an_early_task_is_deleted() {
    let packages: Vec<_> = (0..1_000).map(|index| json!({ "subject": format!("number {index}") })).collect();
    let seed = json!({ "projects": [{ "identifier": "garden", "name": "Garden", "work_packages": packages }] });
    let server = seeded(&seed.to_string()).await;
    let provider = provider(&server);
    let mut tasks = provider.stream_tasks(TaskQuery::new().page_size(50_u32));
    let first = tasks.try_next().await.unwrap().unwrap();
    provider.delete_task(&first.id, DeleteOptions::new()).await.unwrap();
    let rest: Vec<_> = tasks.try_collect().await.unwrap();
    let ids: BTreeSet<_> = rest.iter().map(|task| task.id.clone()).collect();
    assert_eq!((rest.len(), ids.len()), (999, 999));
}

#[tokio::test]
async fn twins_of_two_parents_are_two_when_a_reply_is_lost() {
    let (server, provider, project) = begin().await;
    let one = crate::support::task(&provider, &project, "one").await.id;
    let two = crate::support::task(&provider, &project, "two").await.id;
    let rule = pm_testkit::http_fault::FaultRule::new(pm_testkit::http_fault::HttpFault::DropReply);
    server.faults().add(rule.method("POST").path("/work_packages").times(2));
    let below = |parent| provider.create_task(NewTask::new(&project, "Twin").parent_task_id(parent));
    let (first, second) = futures_util::join!(below(&one), below(&two));
    let (first, second) = (first.unwrap(), second.unwrap());
    assert_eq!((first.parent_task_id, second.parent_task_id), (Some(one), Some(two)));
    assert_ne!(first.id, second.id);
}

#[tokio::test]
async fn a_key_is_looked_for_in_all_projects() {
    let (server, provider, project) = begin().await;
    let new = || NewTask::new(&project, "Paint").idempotency_key("import:1");
    let id = provider.create_task(new()).await.unwrap().id;
    assert_eq!(provider.create_task(new()).await.unwrap().id, id);
    let looks = server.requests().into_iter().filter(|request| request.target.contains("description"));
    let looks: Vec<_> = looks.map(|request| request.target).collect();
    assert!(!looks.is_empty() && looks.iter().all(|target| !target.contains("%22project%22")), "{looks:?}");
}

#[tokio::test]
async fn a_planted_mark_answers_to_no_key() {
    let (server, provider, project) = begin().await;
    let planted = Marker::of("task", "import:1").append("mine now");
    let copied = provider.create_task(NewTask::new(&project, "Copy").description(&planted)).await.unwrap();
    let new = || NewTask::new(&project, "Paint").idempotency_key("import:1");
    let made = provider.create_task(new()).await.unwrap();
    assert_ne!(made.id, copied.id);
    // A stranger can write it with other means; it counts only in what we wrote.
    let ada = pm_provider::Secret::new(server.member_api_key());
    let ada = pm_provider_openproject::OpenProjectConfig::new(server.url(), ada);
    let ada = pm_provider_openproject::OpenProjectProvider::new(ada).unwrap();
    assert_ne!(ada.create_task(new()).await.unwrap().id, made.id);
}

#[tokio::test]
async fn a_new_task_that_lacks_something_is_said_to_exist() {
    let (server, provider) = wire().await;
    dictionaries(&server).await;
    answer(&server, "GET", "/api/v3/projects/3/types", 200, json!({ "_embedded": { "elements": [] } })).await;
    answer(&server, "GET", "/api/v3", 200, json!({ "_type": "Root" })).await;
    answer(&server, "POST", "/api/v3/work_packages", 201, work_package(9, 0, "Paint")).await;
    let day = chrono::NaiveDate::from_ymd_opt(2026, 5, 1).unwrap();
    let error = provider.create_task(NewTask::new("3", "Paint").due_date(day)).await.unwrap_err();
    let Effect::Partial { id, applied, failed } = error.effect() else { panic!("{error:?}") };
    assert_eq!((id.as_str(), applied[0].as_str(), failed.as_slice()), ("9", "create", &["due_date".to_owned()][..]));
}

#[tokio::test]
async fn a_sprint_with_tasks_is_emptied_before_it_goes() {
    let (server, provider, project) = begin().await;
    let sprint = provider.create_sprint(NewSprint::new(&project, "Spring")).await.unwrap().id;
    let id = provider.create_task(NewTask::new(&project, "Paint").sprint_id(&sprint)).await.unwrap().id;
    provider.delete_sprint(&sprint, DeleteOptions::new()).await.unwrap();
    assert_eq!(provider.get_task(&id).await.unwrap().sprint_id, None);
    assert_eq!(
        server.faults().requests_of("DELETE", "/versions").len(),
        2,
        "asked first, emptied because it is refused"
    );
}

#[tokio::test]
async fn logged_hours_are_not_deleted_without_asking() {
    let (server, provider) = wire().await;
    dictionaries(&server).await;
    let mut logged = work_package(9, 0, "Paint");
    logged["spentTime"] = json!("PT2H");
    answer(&server, "GET", "/api/v3/work_packages/9", 200, logged).await;
    answer(&server, "DELETE", "/api/v3/work_packages/9", 204, json!(null)).await;
    let error = provider.delete_task(&"9".into(), DeleteOptions::new()).await.unwrap_err();
    assert_eq!((error.kind(), error.effect()), (ErrorKind::Conflict, &Effect::NotExecuted));
    provider.delete_task(&"9".into(), DeleteOptions::with_contents()).await.unwrap();
}

#[tokio::test]
async fn a_conflict_of_versions_keeps_the_status() {
    let (server, provider) = wire().await;
    dictionaries(&server).await;
    answer(&server, "GET", "/api/v3/work_packages/9", 200, work_package(9, 5, "theirs")).await;
    let conflict = json!({ "errorIdentifier": "urn:openproject-org:api:v3:errors:UpdateConflict", "message": "No." });
    answer(&server, "PATCH", "/api/v3/work_packages/9", 409, conflict).await;
    let error = provider.update_task(&"9".into(), TaskPatch::new().title("ours")).await.unwrap_err();
    assert_eq!((error.kind(), error.http_status()), (ErrorKind::VersionConflict, Some(409)));
}

#[tokio::test]
async fn tasks_have_all_of_the_labels_that_are_asked_for() {
    let server = seeded(r#"{"labels": ["urgent", "paint"], "projects": [{"identifier": "g", "name": "G"}]}"#).await;
    let provider = provider(&server);
    let project = provider.project_by_key("g").await.unwrap().id;
    provider.create_task(NewTask::new(&project, "one").labels(["urgent"])).await.unwrap();
    let both = provider.create_task(NewTask::new(&project, "both").labels(["urgent", "paint"])).await.unwrap();
    for labels in [["urgent", "paint"], ["paint", "urgent"]] {
        let found = provider.list_tasks(TaskQuery::new().labels(labels)).await.unwrap();
        assert_eq!(found.iter().map(|task| &task.id).collect::<Vec<_>>(), [&both.id]);
    }
}

#[tokio::test]
async fn a_server_without_labels_says_where_they_are_made() {
    let (_server, provider, project) = begin().await;
    let error = provider.create_task(NewTask::new(&project, "x").labels(["urgent"])).await.unwrap_err();
    assert!(
        error.to_string().contains("the server has none") && error.to_string().contains("administrator"),
        "{error}"
    );
}

#[tokio::test]
async fn an_address_without_the_api_is_said_to_be_wrong() {
    let (_server, provider) = wire().await;
    let error = provider.health_check().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Configuration);
    assert!(error.to_string().contains("OPENPROJECT_URL") && error.to_string().contains("/api/v3"), "{error}");
}
