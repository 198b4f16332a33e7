//! The traps of the API, on a server that has them.

use std::sync::Arc;
use std::time::Duration;

use pm_provider::{
    CommentQuery, Comments, DeleteOptions, Effect, ErrorKind, Field, NewComment, NewProject, NewTask, PmProvider,
    PmProviderExt, ProjectQuery, ProjectStatusCategory, StatusCategory, TaskPatch, TaskQuery, Visibility,
};
use pm_provider_openproject::OpenProjectProvider;
use pm_testkit::openproject::FakeOpenProject;

use crate::support::{begin, config, provider, task};

#[tokio::test]
async fn bug_only_the_first_20_rows() {
    let server = FakeOpenProject::builder().maximum_page_size(10).start().await.unwrap();
    let provider = provider(&server);
    let project = provider.create_project(NewProject::new("Garden")).await.unwrap().id;
    for index in 0..35 {
        task(&provider, &project, &format!("number {index}")).await;
    }
    let tasks = provider.list_tasks(TaskQuery::in_project(&project)).await.unwrap();
    let expected: Vec<_> = (0..35).map(|index| format!("number {index}")).collect();
    assert_eq!(tasks.into_iter().map(|task| task.title).collect::<Vec<_>>(), expected);
}

#[tokio::test]
async fn bug_closed_items_are_missing() {
    let (_server, provider, project) = begin().await;
    provider.create_task(NewTask::new(&project, "over").status(StatusCategory::Done)).await.unwrap();
    assert_eq!(provider.list_tasks(TaskQuery::in_project(&project)).await.unwrap().len(), 1);
    assert_eq!(provider.list_tasks(TaskQuery::new().statuses([StatusCategory::Done])).await.unwrap().len(), 1);
    assert!(provider.list_tasks(TaskQuery::new().open()).await.unwrap().is_empty());
}

#[tokio::test]
async fn bug_filters_of_the_wrong_shape() {
    let (server, provider, project) = begin().await;
    let odd = r#"100% "of" [{it}] & more ü"#;
    let made = provider.create_task(NewTask::new(&project, odd).description(odd)).await.unwrap();
    let query =
        TaskQuery::in_project(&project).text("more").unassigned().top_level().updated_since(made.updated_at.unwrap());
    assert_eq!(provider.list_tasks(query).await.unwrap().len(), 1);
    assert!(server.requests().iter().all(|request| request.status != Some(400)));
}

#[tokio::test]
async fn bug_409_without_a_way_on() {
    let (server, provider, project) = begin().await;
    let id = task(&provider, &project, "contested").await.id;
    let elsewhere = crate::support::provider(&server);
    for round in 0..5 {
        let title = format!("title {round}");
        let text = format!("text {round}");
        let one = provider.update_task(&id, TaskPatch::new().title(title.clone()));
        let two = elsewhere.update_task(&id, TaskPatch::new().description(text.clone()));
        let (one, two) = futures_util::join!(one, two);
        one.unwrap();
        two.unwrap();
        let read = provider.get_task(&id).await.unwrap();
        assert_eq!((read.title, read.description), (title, Some(text)));
    }
}

#[tokio::test]
async fn bug_opaque_422s() {
    let (_server, provider, project) = begin().await;
    let day = |day| chrono::NaiveDate::from_ymd_opt(2026, 5, day).unwrap();
    let new = NewTask::new(&project, "backwards").start_date(day(9)).due_date(day(1));
    let error = provider.create_task(new).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidInput);
    let fields: Vec<_> = error.field_errors().iter().map(|error| error.field).collect();
    assert!(fields.iter().any(|field| [Field::StartDate, Field::DueDate].contains(field)), "{error}");
}

#[tokio::test]
async fn trap_the_workflow_says_which_statuses_come_next() {
    let server = FakeOpenProject::builder().workflow("New", ["In progress"]).start().await.unwrap();
    let provider = provider(&server);
    let project = provider.create_project(NewProject::new("Garden")).await.unwrap().id;
    let id = task(&provider, &project, "Paint").await.id;
    let error = provider.update_task(&id, TaskPatch::new().status(StatusCategory::Done)).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidInput);
    assert!(error.to_string().contains("In progress"), "{error}");
    provider.update_task(&id, TaskPatch::new().status("In progress")).await.unwrap();
}

#[tokio::test]
async fn trap_parents_follow_their_children() {
    let server = FakeOpenProject::builder().automatic_scheduling(true).start().await.unwrap();
    let provider = provider(&server);
    let project = provider.create_project(NewProject::new("Garden")).await.unwrap().id;
    let parent = task(&provider, &project, "whole").await.id;
    provider.create_task(NewTask::new(&project, "part").parent_task_id(&parent)).await.unwrap();
    let day = chrono::NaiveDate::from_ymd_opt(2026, 5, 1).unwrap();
    let error = provider.update_task(&parent, TaskPatch::new().start_date(day)).await.unwrap_err();
    assert!(error.to_string().contains("scheduled automatically"), "{error}");
}

#[tokio::test]
async fn trap_deleting_takes_children_along() {
    let (_server, provider, project) = begin().await;
    let parent = task(&provider, &project, "whole").await.id;
    let child = provider.create_task(NewTask::new(&project, "part").parent_task_id(&parent)).await.unwrap().id;
    let error = provider.delete_task(&parent, DeleteOptions::new()).await.unwrap_err();
    assert_eq!((error.kind(), error.effect()), (ErrorKind::Conflict, &Effect::NotExecuted));
    provider.get_task(&child).await.unwrap();
    provider.delete_task(&parent, DeleteOptions::with_contents()).await.unwrap();
    assert_eq!(provider.get_task(&child).await.unwrap_err().kind(), ErrorKind::NotFound);
}

#[tokio::test]
async fn trap_a_deleted_project_stays_for_a_while() {
    let server = FakeOpenProject::builder().deletion_delay(Duration::from_secs(600)).start().await.unwrap();
    let provider = provider(&server);
    let project = provider.create_project(NewProject::new("Garden")).await.unwrap().id;
    let inside = task(&provider, &project, "inside").await.id;
    provider.delete_project(&project, DeleteOptions::with_contents()).await.unwrap();
    assert_eq!(provider.get_project(&project).await.unwrap_err().kind(), ErrorKind::NotFound);
    assert_eq!(provider.get_task(&inside).await.unwrap_err().kind(), ErrorKind::NotFound);
    assert!(provider.list_projects(ProjectQuery::new()).await.unwrap().is_empty());
    let again = provider.delete_project(&project, DeleteOptions::new()).await.unwrap_err();
    assert_eq!(again.kind(), ErrorKind::NotFound);
}

#[tokio::test]
async fn trap_archived_is_no_status_of_the_server() {
    let (_server, provider, project) = begin().await;
    let patch = |status: &str| pm_provider::ProjectPatch::new().status(status);
    let at_risk = provider.update_project(&project, patch("At risk")).await.unwrap();
    assert_eq!((at_risk.status.category, at_risk.status.name.as_str()), (ProjectStatusCategory::Active, "At risk"));
    let archived = provider.update_project(&project, patch("archived")).await.unwrap();
    assert_eq!(archived.status.category, ProjectStatusCategory::Archived);
    let listed = provider.list_projects(ProjectQuery::new()).await.unwrap();
    assert_eq!(listed.len(), 1, "archived ones are listed");
    let back = provider.update_project(&project, patch("On track")).await.unwrap();
    assert_eq!(back.status.name, "On track");
}

#[tokio::test]
async fn trap_projects_have_no_filter_for_changes() {
    let (_server, provider, project) = begin().await;
    let before = provider.get_project(&project).await.unwrap().updated_at.unwrap();
    tokio::time::sleep(Duration::from_millis(5)).await;
    let other = provider.create_project(NewProject::new("Shed")).await.unwrap();
    let query = ProjectQuery::new().updated_since(before + chrono::TimeDelta::milliseconds(2));
    let found = provider.list_projects(query).await.unwrap();
    assert_eq!(found.iter().map(|project| &project.id).collect::<Vec<_>>(), [&other.id]);
}

#[tokio::test]
async fn trap_comments_stand_among_changes() {
    let (_server, provider, project) = begin().await;
    let id = task(&provider, &project, "before").await.id;
    provider.update_task(&id, TaskPatch::new().title("after")).await.unwrap();
    let comment = provider.create_comment(NewComment::new(&id, "a *word*")).await.unwrap();
    let page = provider.comments_page(&CommentQuery::of_task(&id), None).await.unwrap();
    assert_eq!(page.items, std::slice::from_ref(&comment));
    assert!(comment.author_id.is_some() && comment.author_name.is_some() && comment.created_at.is_some());
}

#[tokio::test]
async fn internal_comments_are_restricted() {
    let (_server, provider, project) = begin().await;
    let id = task(&provider, &project, "secret").await.id;
    let new = NewComment::new(&id, "for few").visibility(Visibility::Restricted);
    let comment = provider.create_comment(new).await.unwrap();
    assert_eq!(comment.visibility, Visibility::Restricted);
    assert_eq!(provider.get_comment(&id, &comment.id).await.unwrap().visibility, Visibility::Restricted);
}

#[tokio::test]
async fn mails_are_sent_unless_told_otherwise() {
    let server = FakeOpenProject::start().await.unwrap();
    let quiet = Arc::new(OpenProjectProvider::new(config(&server).notify(false)).unwrap());
    let project = quiet.create_project(NewProject::new("Garden")).await.unwrap().id;
    let id = task(&quiet, &project, "Paint").await.id;
    quiet.update_task(&id, TaskPatch::new().title("Paint it")).await.unwrap();
    quiet.create_comment(NewComment::new(&id, "done")).await.unwrap();
    assert_eq!((server.notified_writes(), server.silent_writes()), (0, 3));
    task(&provider(&server), &project, "Tell everybody").await;
    assert_eq!(server.notified_writes(), 1);
}

#[tokio::test]
async fn words_of_a_workflow_can_be_given_by_the_user() {
    let server = FakeOpenProject::start().await.unwrap();
    let statuses = "On hold=backlog, Rejected=cancelled".parse().unwrap();
    let provider = Arc::new(OpenProjectProvider::new(config(&server).statuses(statuses)).unwrap());
    let project = provider.create_project(NewProject::new("Garden")).await.unwrap().id;
    let new = NewTask::new(&project, "later").status(StatusCategory::Backlog);
    let later = provider.create_task(new).await.unwrap();
    assert_eq!((later.status.name.as_str(), later.status.category), ("On hold", StatusCategory::Backlog));
}
