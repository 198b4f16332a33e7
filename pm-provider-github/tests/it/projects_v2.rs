//! Projects v2 of a GitHub for tests.

use std::sync::Arc;

use pm_provider::{
    BatchOperation, BatchOptions, DeleteOptions, Effect, ErrorKind, NewProject, NewSprint, NewTask, PmProvider,
    PmProviderExt, PriorityLevel, ProjectId, ProjectPatch, Secret, SprintPatch, SprintQuery, SprintStatusCategory,
    StatusCategory, TaskPatch, TaskQuery,
};
use pm_provider_github::{Deleting, GitHubConfig, GitHubProvider, ProjectKinds};
use pm_testkit::conformance::{Subject, run_all};
use pm_testkit::github::FakeGitHub;
use pm_testkit::http_fault::{FaultRule, HttpFault};
use serde_json::json;

const SEED: &str = r#"{ "repositories": [{ "name": "ada/web", "issues": [{ "title": "Paint the fence" }] }] }"#;

fn config(site: &FakeGitHub) -> GitHubConfig {
    let config = GitHubConfig::new(Secret::new(site.token())).base_url(site.url()).owner(site.login()).pace(0.0);
    config.projects(ProjectKinds::V2).delete(Deleting::GraphQl)
}

fn provider(site: &FakeGitHub) -> Arc<dyn PmProvider> {
    Arc::new(GitHubProvider::new(config(site).estimate_field("Hours")).unwrap())
}

/// A site with a project that has fields of every kind, an issue and two drafts.
async fn site() -> (FakeGitHub, Arc<dyn PmProvider>, ProjectId) {
    let site = FakeGitHub::builder().seed(SEED.parse().unwrap()).start().await.unwrap();
    let seed = json!({ "owner": "ada", "title": "Roadmap", "issues": ["ada/web#1"], "drafts": ["One", "Two"], "fields": [
        { "name": "Priority", "type": "SINGLE_SELECT", "options": ["P0", "P1", "P2"] },
        { "name": "Hours", "type": "NUMBER" }, { "name": "Points", "type": "NUMBER" }, { "name": "Note", "type": "TEXT" },
        { "name": "Start date", "type": "DATE" }, { "name": "Target date", "type": "DATE" },
        { "name": "Sprint", "type": "ITERATION", "iterations": [
            { "title": "First", "start": "2020-01-06", "days": 14 }, { "title": "Far", "start": "2199-01-07", "days": 7 }] }] });
    let node = site.add_project_v2(&serde_json::from_value(seed).unwrap()).unwrap();
    let provider = provider(&site);
    (site, provider, ProjectId::new(format!("v2:{node}")))
}

fn graphql_requests(site: &FakeGitHub) -> usize {
    site.requests().iter().filter(|request| request.path().ends_with("/graphql")).count()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn projects_v2_conform() {
    let site = FakeGitHub::start().await.unwrap();
    let fields = json!([{ "name": "Priority", "type": "SINGLE_SELECT", "options": ["Urgent", "High", "Medium", "Low"] },
        { "name": "Hours", "type": "NUMBER" }, { "name": "Note", "type": "TEXT" },
        { "name": "Start date", "type": "DATE" }, { "name": "Target date", "type": "DATE" },
        { "name": "Sprint", "type": "ITERATION", "iterations": [{ "title": "First", "start": "2020-01-06", "days": 14 }] }]);
    site.set_project_v2_template(serde_json::from_value(fields).unwrap());
    let provider = provider(&site);
    let report = run_all(&Subject::from(provider)).await;
    println!("{report}");
    assert_eq!(report.failed(), 0, "{report}");
}

#[tokio::test]
async fn items_are_tasks_and_fields_are_theirs() {
    let (_site, provider, project) = site().await;
    let schema = provider.project_schema(&project).await.unwrap();
    let custom: Vec<_> = schema.custom_fields.iter().map(|field| field.name.as_str()).collect();
    assert_eq!(custom, ["Points", "Note"]);
    let tasks = provider.list_tasks(TaskQuery::in_project(&project)).await.unwrap();
    let titles: Vec<_> = tasks.iter().map(|task| (task.title.as_str(), task.task_type.as_deref())).collect();
    let (draft, issue) = (Some("Draft issue"), Some("Issue"));
    assert_eq!(titles, [("Paint the fence", issue), ("One", draft), ("Two", draft)]);
    assert_eq!(tasks[0].key.as_deref(), Some("ada/web#1"));
    assert!(tasks[0].raw_data.as_str().unwrap().contains("\"fieldValues\""));

    let sprints = provider.list_sprints(SprintQuery::in_project(&project)).await.unwrap();
    let stand: Vec<_> = sprints.iter().map(|sprint| (sprint.name.as_str(), sprint.status.category)).collect();
    assert_eq!(stand, [("First", SprintStatusCategory::Completed), ("Far", SprintStatusCategory::Planned)]);
    assert_eq!(sprints[0].end_date, "2020-01-19".parse().ok());
    assert_eq!(provider.get_sprint(&sprints[1].id).await.unwrap(), sprints[1]);

    let patch = TaskPatch::new()
        .title("Paint it all")
        .status(StatusCategory::InProgress)
        .priority(PriorityLevel::Urgent)
        .sprint_id(&sprints[1].id)
        .estimated_hours(pm_provider::Hours::from_seconds(9_000))
        .due_date("2026-02-01".parse::<chrono::NaiveDate>().unwrap())
        .custom_field("Points", 8)
        .custom_field("Note", "soon");
    let changed = provider.update_task(&tasks[1].id, patch).await.unwrap();
    assert_eq!((changed.title.as_str(), changed.status.category), ("Paint it all", StatusCategory::InProgress));
    assert_eq!(changed.priority.as_ref().map(|priority| priority.name.as_str()), Some("P0"));
    assert_eq!((changed.sprint_id.as_ref(), changed.estimated_hours.unwrap().as_hours()), (Some(&sprints[1].id), 2.5));
    assert_eq!((&changed.custom_fields["Points"], &changed.custom_fields["Note"]), (&8.into(), &"soon".into()));
    let cleared = TaskPatch::new().clear_sprint_id().clear_due_date().clear_custom_field("Note");
    let cleared = provider.update_task(&tasks[1].id, cleared).await.unwrap();
    assert_eq!((cleared.sprint_id, cleared.due_date, cleared.custom_fields.get("Note")), (None, None, None));
    assert_eq!(cleared.custom_fields["Points"], 8.into(), "what is not named stays");
}

#[tokio::test]
async fn an_update_is_one_document_and_nothing_is_written_twice() {
    let (site, provider, project) = site().await;
    let tasks = provider.list_tasks(TaskQuery::in_project(&project)).await.unwrap();
    let before = graphql_requests(&site);
    let patch =
        || TaskPatch::new().title("New").description("Text").status(StatusCategory::Done).custom_field("Points", 3);
    provider.update_task(&tasks[1].id, patch()).await.unwrap();
    assert_eq!(graphql_requests(&site) - before, 3, "read, written, read back");
    let before = graphql_requests(&site);
    provider.update_task(&tasks[1].id, patch()).await.unwrap();
    assert_eq!(graphql_requests(&site) - before, 1, "nothing differs");
}

#[tokio::test]
async fn iterations_are_never_written() {
    let (site, provider, project) = site().await;
    let sprint = provider.list_sprints(SprintQuery::in_project(&project)).await.unwrap().remove(0);
    let before = site.requests().len();
    let refusals = [
        provider.create_sprint(NewSprint::new(&project, "Third")).await.unwrap_err(),
        provider.update_sprint(&sprint.id, SprintPatch::new().name("Third")).await.unwrap_err(),
        provider.delete_sprint(&sprint.id, DeleteOptions::new()).await.unwrap_err(),
    ];
    for error in refusals {
        assert_eq!(error.kind(), ErrorKind::Unsupported);
        assert!(error.message().contains("every item of the project would lose its own"), "{error}");
    }
    assert_eq!(site.requests().len(), before, "no request");
}

#[tokio::test]
async fn an_issue_is_made_and_then_added() {
    let (site, provider, project) = site().await;
    let new = || NewTask::new(&project, "Mow").custom_field("Repository", "ada/web").status(StatusCategory::Todo);
    let task = provider.create_task(new().idempotency_key("import:1")).await.unwrap();
    assert_eq!((task.key.as_deref(), task.status.category), (Some("ada/web#2"), StatusCategory::Todo));
    assert_eq!(task.description, None, "the mark is not shown");
    let again = provider.create_task(new().idempotency_key("import:1")).await.unwrap();
    assert_eq!((again.id, site.issues("ada/web").len()), (task.id, 2));
    let error = provider.create_task(NewTask::new(&project, "Mow").task_type("Issue")).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidInput, "no repository is named");
    let error =
        provider.create_task(NewTask::new(&project, "Mow").custom_field("Repository", "ada/shed")).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidInput, "{error}");
}

#[tokio::test]
async fn an_issue_that_is_in_no_project_yet_is_told_of() {
    let (site, provider, project) = site().await;
    provider.project_schema(&project).await.unwrap();
    // The first change makes the issue, the second one would add it.
    site.faults()
        .add(FaultRule::new(HttpFault::Status { status: 403, applied: false }).method("POST").path("/graphql").nth(2));
    let new = NewTask::new(&project, "Mow").custom_field("Repository", "ada/web").custom_field("Points", 3);
    let error = provider.create_task(new).await.unwrap_err();
    let Effect::Partial { id, applied, failed } = error.effect() else { panic!("{error:?}") };
    assert!(id.ends_with("#2"), "{id}");
    assert_eq!(*applied, ["the issue `ada/web#2`"]);
    assert_eq!(*failed, ["adding it to the project", "`Points`"]);
}

#[tokio::test]
async fn a_batch_goes_in_documents_and_items_fail_alone() {
    let (site, provider, project) = site().await;
    let batch = provider.batch().unwrap();
    let creates =
        (0..45).map(|number| NewTask::new(&project, format!("Draft {number}")).custom_field("Points", number));
    let before = graphql_requests(&site);
    let made = batch.apply_batch(creates.map(BatchOperation::from).collect(), BatchOptions::new()).await.unwrap();
    assert!(made.iter().all(Result::is_ok), "{made:?}");
    // The fields; three documents each for drafts and values; one reading.
    assert!(graphql_requests(&site) - before <= 8, "{}", graphql_requests(&site) - before);
    let tasks = provider.list_tasks(TaskQuery::in_project(&project)).await.unwrap();
    assert_eq!(tasks.len(), 48);
    let titles: Vec<_> = tasks[3..].iter().map(|task| task.title.clone()).collect();
    assert_eq!(titles, (0..45).map(|number| format!("Draft {number}")).collect::<Vec<_>>(), "in their order");

    let gone: pm_provider::TaskId = format!("{project}:PVTI_none").into();
    let updates = [&tasks[0].id, &gone, &tasks[2].id]
        .map(|id| BatchOperation::UpdateTask(id.clone(), Box::new(TaskPatch::new().status(StatusCategory::Done))));
    let outcomes = batch.apply_batch(updates.to_vec(), BatchOptions::new()).await.unwrap();
    assert!(outcomes[0].is_ok() && outcomes[2].is_ok(), "{outcomes:?}");
    assert_eq!(outcomes[1].as_ref().unwrap_err().kind(), ErrorKind::NotFound);
    let done = provider.list_tasks(TaskQuery::in_project(&project).statuses([StatusCategory::Done])).await.unwrap();
    assert_eq!(done.len(), 2);
}

#[tokio::test]
async fn a_lost_answer_makes_no_second_draft() {
    let (site, provider, project) = site().await;
    provider.project_schema(&project).await.unwrap();
    for key in [None, Some("import:2")] {
        let before = provider.list_tasks(TaskQuery::in_project(&project)).await.unwrap().len();
        let nth = if key.is_some() { 2 } else { 1 };
        let lost = site.faults().add(FaultRule::new(HttpFault::DropReply).method("POST").path("/graphql").nth(nth));
        let mut new = NewTask::new(&project, "Lost and found");
        new.idempotency_key = key.map(ToOwned::to_owned);
        let task = provider.create_task(new).await;
        assert_eq!(lost.fired(), 1);
        assert!(task.is_ok(), "{task:?}");
        let after = provider.list_tasks(TaskQuery::in_project(&project)).await.unwrap().len();
        assert_eq!(after, before + 1);
    }
}

#[tokio::test]
async fn contents_that_are_not_shown_leave_the_others() {
    let (site, provider, project) = site().await;
    let tasks = provider.list_tasks(TaskQuery::in_project(&project)).await.unwrap();
    let item = tasks[1].id.as_str().rsplit_once(':').unwrap().1;
    site.spoil(item, "content", "sign in once more");
    let again = provider.list_tasks(TaskQuery::in_project(&project)).await.unwrap();
    let titles: Vec<_> = again.iter().map(|task| task.title.as_str()).collect();
    assert_eq!(titles, ["Paint the fence", "", "Two"]);
    let error = provider.update_task(&tasks[1].id, TaskPatch::new().title("New")).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::PermissionDenied);
}

#[tokio::test]
async fn both_kinds_are_listed_one_after_the_other() {
    let (site, ..) = site().await;
    let both: Arc<dyn PmProvider> = Arc::new(GitHubProvider::new(config(&site).projects(ProjectKinds::Both)).unwrap());
    let projects = both.list_projects(pm_provider::ProjectQuery::new().page_size(1u32)).await.unwrap();
    let keys: Vec<_> = projects.iter().filter_map(|project| project.key.as_deref()).collect();
    assert_eq!((keys.first(), keys.last()), (Some(&"ada/web"), Some(&"ada/projects/1")), "{keys:?}");
}

#[tokio::test]
async fn a_project_is_made_changed_and_deleted() {
    let (_site, provider, _) = site().await;
    let project = provider.create_project(NewProject::new("Next").description("What comes next")).await.unwrap();
    assert_eq!((project.name.as_str(), project.description.as_deref()), ("Next", Some("What comes next")));
    let closed = provider.update_project(&project.id, ProjectPatch::new().status("closed").name("Then")).await.unwrap();
    assert_eq!((closed.status.name.as_str(), closed.name.as_str()), ("Closed", "Then"));
    provider.create_task(NewTask::new(&project.id, "Stays")).await.unwrap();
    let error = provider.delete_project(&project.id, DeleteOptions::new()).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Conflict);
    provider.delete_project(&project.id, DeleteOptions::with_contents()).await.unwrap();
    assert_eq!(provider.get_project(&project.id).await.unwrap_err().kind(), ErrorKind::NotFound);
}
