//! What only a real Redmine shows. Every rule of the contract runs on one as well, in `required`.

use std::sync::Arc;

use pm_core::{
    Effect, ErrorKind, Existence, ItemRef, NewComment, NewProject, NewTask, PMProject, PmProvider, PmProviderExt,
    StatusCategory, TaskPatch, TaskQuery, UserQuery, Visibility,
};
use pm_testkit::http_fault::{FaultRule, HttpFault};
use pm_testkit::proxy::FaultyProxy;
use pm_tests::redmine::{TestRedmine, redmine_server};
use serde_json::{Value, json};

async fn project(provider: &Arc<dyn PmProvider>) -> PMProject {
    provider.create_project(NewProject::new("Real things")).await.unwrap()
}

/// Makes the plain user a reporter, who may write issues and notes and change nothing.
async fn as_reporter(server: &TestRedmine, project: &PMProject) -> Arc<dyn PmProvider> {
    let path = format!("projects/{}/memberships.json", project.id);
    let (_, body) = server.send("GET", &path, &Value::Null).await;
    let body: Value = serde_json::from_str(&body).unwrap();
    let is_his = |member: &&Value| member["user"]["id"] == server.user_id.parse::<u64>().unwrap();
    let member = body["memberships"].as_array().unwrap().iter().find(is_his).unwrap()["id"].clone();
    let roles = json!({ "membership": { "role_ids": [server.reporter_role_id] } });
    let (status, body) = server.send("PUT", &format!("memberships/{member}.json"), &roles).await;
    assert_eq!(status, 204, "{body}");
    server.provider_of(&server.user_api_key)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_create_whose_answer_was_lost_is_found_without_a_clock() {
    let Some(server) = redmine_server() else { return };
    let project = project(&server.provider()).await;
    let proxy = FaultyProxy::to(&server.url).await.unwrap();
    let provider = server.provider_at(&proxy.url(), &server.api_key);
    let comments = provider.comments().unwrap();
    provider.create_task(NewTask::new(&project.id, "twin")).await.unwrap();
    let lost = proxy.faults().add(FaultRule::new(HttpFault::DropReply).method("POST").path("issues.json").nth(1));
    let task = provider.create_task(NewTask::new(&project.id, "twin")).await.unwrap();
    assert_eq!(lost.fired(), 1);
    let listed = provider.list_tasks(TaskQuery::in_project(&project.id)).await.unwrap();
    assert_eq!(listed.len(), 2, "{listed:?}");
    assert_eq!(listed[1].id, task.id);

    comments.create_comment(NewComment::new(&task.id, "twin")).await.unwrap();
    let lost = proxy.faults().add(FaultRule::new(HttpFault::DropReply).method("PUT").path("issues/").nth(1));
    let note = comments.create_comment(NewComment::new(&task.id, "twin")).await.unwrap();
    assert_eq!(lost.fired(), 1);
    let query = pm_core::CommentQuery::of_task(&task.id);
    let notes = comments.comments_page(&query, None).await.unwrap().items;
    assert_eq!((notes.len(), &notes[1].id), (2, &note.id), "{notes:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_a_role_may_not_change_is_no_success() {
    let Some(server) = redmine_server() else { return };
    let admin = server.provider();
    let project = project(&admin).await;
    let task = admin.create_task(NewTask::new(&project.id, "as it was")).await.unwrap();
    let reporter = as_reporter(server, &project).await;
    let error = reporter.update_task(&task.id, TaskPatch::new().title("mine")).await.unwrap_err();
    assert_eq!((error.kind(), error.effect()), (ErrorKind::PermissionDenied, &Effect::NotExecuted), "{error}");
    let new = NewTask::new(&project.id, "written").status(StatusCategory::Done);
    let error = reporter.create_task(new).await.unwrap_err();
    let Effect::Partial { failed, .. } = error.effect() else { panic!("{error}") };
    assert_eq!(failed, &["status"]);
    let private = NewComment::new(&task.id, "for few").visibility(Visibility::Restricted);
    let error = reporter.comments().unwrap().create_comment(private).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::PermissionDenied, "{error}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_archived_project_is_hidden_even_from_administrators() {
    let Some(server) = redmine_server() else { return };
    let provider = server.provider();
    let project = project(&provider).await;
    let (status, _) = server.send("PUT", &format!("projects/{}/archive.json", project.id), &Value::Null).await;
    assert_eq!(status, 204);
    let error = provider.get_project(&project.id).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::PermissionDenied);
    let sync = provider.sync_support().unwrap();
    assert_eq!(sync.exists(&[ItemRef::Project(project.id)]).await.unwrap(), [Existence::Hidden]);
    assert_eq!(sync.exists(&[ItemRef::Project("999999".into())]).await.unwrap(), [Existence::Absent]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn tasks_of_sub_projects_are_not_mixed_in() {
    let Some(server) = redmine_server() else { return };
    let provider = server.provider();
    let parent = project(&provider).await;
    let identifier = format!("{}-below", parent.key.as_deref().unwrap());
    let below = json!({ "project": { "name": "Below", "identifier": identifier, "parent_id": parent.id.as_str() } });
    let (status, body) = server.send("POST", "projects.json", &below).await;
    assert_eq!(status, 201, "{body}");
    let below: Value = serde_json::from_str(&body).unwrap();
    provider.create_task(NewTask::new(below["project"]["id"].to_string(), "below")).await.unwrap();
    let above = provider.create_task(NewTask::new(&parent.id, "above")).await.unwrap();
    let listed = provider.list_tasks(TaskQuery::in_project(&parent.id)).await.unwrap();
    assert_eq!(listed.iter().map(|task| &task.id).collect::<Vec<_>>(), [&above.id]);
    provider.delete_task(&above.id, pm_core::DeleteOptions::new()).await.unwrap();
    let error = provider.delete_project(&parent.id, pm_core::DeleteOptions::new()).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Conflict, "{error}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_task_with_open_sub_tasks_is_not_closed() {
    let Some(server) = redmine_server() else { return };
    let provider = server.provider();
    let project = project(&provider).await;
    let parent = provider.create_task(NewTask::new(&project.id, "parent")).await.unwrap();
    provider.create_task(NewTask::new(&project.id, "child").parent_task_id(&parent.id)).await.unwrap();
    let error = provider.update_task(&parent.id, TaskPatch::new().status(StatusCategory::Done)).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Conflict);
    assert!(error.to_string().contains("open sub-tasks"), "{error}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_plain_user_sees_the_members_of_projects() {
    let Some(server) = redmine_server() else { return };
    let project = project(&server.provider()).await;
    let plain = server.provider_of(&server.user_api_key);
    let health = plain.health_check().await.unwrap();
    assert_eq!(health.user.unwrap().login.as_deref(), Some("bob"));
    let users = plain.list_users(UserQuery::new().project(&project.id)).await.unwrap();
    let logins: Vec<_> = users.iter().filter_map(|user| user.login.as_deref()).collect();
    assert_eq!(logins, ["bob", "carol"]);
    let found = plain.list_users(UserQuery::new().login("CAROL")).await.unwrap();
    assert_eq!(found.len(), 1, "{found:?}");
}
