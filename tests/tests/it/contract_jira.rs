//! Jira's provider against Jira's two descriptions, Cloud and, by analogy, Data Center. A fake server that behaves as Jira does
//! stands behind the check: what is read has to be what was written.

use std::sync::Arc;
use std::time::Duration;

use chrono::NaiveDate;
use pm_contract::vendor::Vendor;
use pm_contract::{ContractServer, Report};
use pm_core::{
    DeleteOptions, Entity, FieldPatch, ItemRef, NewProject, NewSprint, NewTask, NewWebhook, PmProvider, PmProviderExt,
    ProjectPatch, SprintPatch, StatusCategory, TaskPatch, UserQuery,
};
use pm_http::Endpoint;
use pm_provider_jira::JiraProvider;
use pm_testkit::jira::{FakeJira, Flavor};
use pm_tests::remote;
use serde_json::json;

use crate::contract::{assert_all_seen, assert_right, description};
use crate::contract_drive::{Ids, drive};

/// What Cloud alone has: the method and the end of the path.
const CLOUD_ALONE: [(&str, &str); 9] = [
    ("GET", "/attachment/content/{id}"),
    ("GET", "/users/search"),
    ("GET", "/project/search"),
    ("POST", "/project/{id}/archive"),
    ("POST", "/project/{id}/restore"),
    ("POST", "/search/jql"),
    ("POST", "/search/approximate-count"),
    ("POST", "/issue/bulkfetch"),
    ("POST", "/workflows"),
];
/// What Data Center alone has.
const DATA_CENTER_ALONE: [(&str, &str); 9] = [
    ("GET", "/attachment/{id}/{name}"),
    ("GET", "/{version}/project"),
    ("PUT", "/project/{id}/archive"),
    ("PUT", "/project/{id}/restore"),
    ("POST", "/{version}/search"),
    ("GET", "/{version}/user/list"),
    ("GET", "/{version}/user/search"),
    // Its boards do not say which project they belong to.
    ("GET", "/board/{id}/project"),
    // Its search shows no properties.
    ("GET", "/issue/{id}/properties/{key}"),
];
/// What Data Center alone has since version 10, and the fake one is older.
const SINCE_TEN: [(&str, &str); 3] = [
    ("GET", "/jira-webhook/1.0/webhooks"),
    ("POST", "/jira-webhook/1.0/webhooks"),
    ("DELETE", "/jira-webhook/1.0/webhooks/{id}"),
];
/// A status that takes two steps.
const WORKFLOW: &str = r#"{
    "statuses": [{"name": "To Do", "category": "new"}, {"name": "In Progress", "category": "indeterminate"},
        {"name": "Done", "category": "done"}],
    "transitions": [{"name": "Start", "from": ["To Do"], "to": "In Progress"}, {"name": "Finish", "from": ["In Progress"],
        "to": "Done"}, {"name": "Reopen", "from": ["In Progress", "Done"], "to": "To Do"}]
}"#;

/// The endpoints without those of some ends.
fn without(ends: &[(&str, &str)]) -> Vec<Endpoint> {
    let is_left_out = |endpoint: &Endpoint| {
        ends.iter().any(|(method, end)| endpoint.method.as_str() == *method && endpoint.path.ends_with(end))
    };
    JiraProvider::endpoints().iter().copied().filter(|endpoint| !is_left_out(endpoint)).collect()
}

/// A provider whose requests are checked on their way to a fake server.
struct Checked {
    server: ContractServer,
    provider: Arc<dyn PmProvider>,
    fake: FakeJira,
}

impl Checked {
    async fn new(vendor: Vendor) -> Option<Self> {
        let description = description(vendor)?;
        let fake = match vendor {
            Vendor::JiraDataCenter => FakeJira::data_center_builder().workflow(WORKFLOW.parse().unwrap()).start().await,
            _ => FakeJira::builder().workflow(WORKFLOW.parse().unwrap()).start().await,
        };
        let fake = fake.unwrap();
        let server = ContractServer::before(description, &fake.url()).await.unwrap();
        let settings = [("RESTRICTED_TO", "role:Administrators")];
        let provider = remote::open_jira(&server.url(), &fake, &settings).await.unwrap();
        Some(Self { server, provider, fake })
    }

    /// A project with a sprint and some tasks.
    async fn place(&self) -> Ids {
        let provider = &self.provider;
        let project = provider.create_project(NewProject::new("Place").key("PLACE")).await.unwrap().id.to_string();
        let task = async |title: &str| provider.create_task(NewTask::new(project.as_str(), title)).await.unwrap();
        let (one, other) = (task("One").await, task("Other").await);
        let epic = NewTask::new(project.as_str(), "Epic").task_type("Epic");
        let parent = provider.create_task(epic).await.unwrap().id.to_string();
        let sprint = provider.create_sprint(NewSprint::new(project.as_str(), "First")).await.unwrap().id.to_string();
        self.fake.attach(one.id.as_str(), "plan.txt", "text/plain", "two coats").unwrap();
        let user = provider.health_check().await.unwrap().user.unwrap().id.to_string();
        Ids {
            project,
            task: one.id.to_string(),
            other: other.id.to_string(),
            parent,
            task_key: one.key.unwrap(),
            sprint,
            user,
            label: "label".to_owned(),
            free_keys: ["CONA".to_owned(), "CONB".to_owned()],
        }
    }

    /// What no other backend has.
    async fn further(&self, ids: &Ids) {
        let provider = &self.provider;
        // No issue has been in the status between: the way is only known to who reads the workflow.
        let done = TaskPatch::new().status(StatusCategory::Done);
        let moved = provider.update_task(&ids.other.as_str().into(), done).await;
        match self.fake.flavor() {
            Flavor::Cloud => assert_eq!(moved.unwrap().status.name, "Done"),
            // Data Center shows nobody its workflows: what can be reached from here is said.
            Flavor::DataCenter => assert!(moved.unwrap_err().message().contains("`In Progress`")),
        }
        let both = [ItemRef::Task(ids.task.as_str().into()), ItemRef::Task(ids.other.as_str().into())];
        assert_eq!(provider.sync_support().unwrap().get_many(&both).await.unwrap().len(), 2);
        let day = |day| NaiveDate::from_ymd_opt(2026, 2, day).unwrap();
        let dated = NewSprint::new(ids.project.as_str(), "Dated").start_date(day(2)).end_date(day(16));
        let dated = provider.create_sprint(dated).await.unwrap();
        let mut open = SprintPatch::new();
        open.end_date = FieldPatch::Clear;
        provider.update_sprint(&dated.id, open).await.unwrap();
        let hooks = provider.webhook_admin().unwrap();
        let new = NewWebhook::new("https://example.org/hook").project_id(ids.project.as_str()).entities([Entity::Task]);
        let hook = hooks.create_webhook(new).await.unwrap();
        assert_eq!(hooks.list_webhooks().await.unwrap().len(), 1);
        hooks.delete_webhook(&hook.id).await.unwrap();
        provider.list_users(UserQuery::new().text("a")).await.unwrap();
        // Somebody who knows nothing of the first create has to find its mark, which says that its status is set.
        let keyed =
            || NewTask::new(ids.project.as_str(), "Once").idempotency_key("contract-once").status("In Progress");
        let first = provider.create_task(keyed()).await.unwrap();
        // The search lags behind what is written.
        tokio::time::sleep(Duration::from_millis(600)).await;
        let stranger = remote::open_jira(&self.server.url(), &self.fake, &[]).await.unwrap();
        assert_eq!(stranger.create_task(keyed()).await.unwrap().id, first.id);
        let archived = ProjectPatch::new().status(pm_core::ProjectStatusCategory::Archived);
        let project = provider.create_project(NewProject::new("Archive").key("ARCH")).await.unwrap();
        provider.update_project(&project.id, archived).await.unwrap();
        let live = ProjectPatch::new().status(pm_core::ProjectStatusCategory::Active);
        provider.update_project(&project.id, live).await.unwrap();
        provider.delete_project(&project.id, DeleteOptions::with_contents()).await.unwrap();
    }

    async fn run(&self) -> Report {
        let ids = self.place().await;
        self.further(&ids).await;
        let wrong = drive(&self.provider, ids).await;
        println!("{} requests to the {:?} fake; {}", self.fake.requests().len(), self.fake.flavor(), wrong.join("\n"));
        let report = self.server.report();
        assert_right(&report);
        assert_eq!(wrong, Vec::<String>::new());
        report
    }
}

#[tokio::test]
async fn everything_that_it_sends_to_cloud_is_described() {
    let Some(checked) = Checked::new(Vendor::Jira).await else { return };
    assert_all_seen(&checked.run().await, &without(&[DATA_CENTER_ALONE.as_slice(), &SINCE_TEN].concat()));
}

#[tokio::test]
async fn everything_that_it_sends_to_data_center_is_described_by_analogy() {
    let Some(checked) = Checked::new(Vendor::JiraDataCenter).await else { return };
    assert_all_seen(&checked.run().await, &without(&[CLOUD_ALONE.as_slice(), &SINCE_TEN].concat()));
}

/// Without a fake of that version behind it, the check answers itself.
#[tokio::test]
async fn what_it_sends_for_the_webhooks_of_a_newer_data_center_is_described() {
    let Some(description) = description(Vendor::JiraDataCenter) else { return };
    let server = ContractServer::start(description, 0).await.unwrap();
    let settings = [("API_TOKEN", "contract"), ("FLAVOR", "datacenter")];
    let provider = remote::build("jira", &server.url(), &settings).await.unwrap();
    let path = "/rest/jira-webhook/1.0/webhooks";
    let answer = |method: &str, path: &str, body: serde_json::Value| server.refuse_next(method, path, 200, body);
    let version = json!({"deploymentType": "Server", "version": "10.3.0", "versionNumbers": [10, 3, 0]});
    (0..6).for_each(|_| answer("GET", "/rest/api/2/serverInfo", version.clone()));
    (0..2).for_each(|_| answer("GET", path, json!([])));
    let hook = json!({"id": 7, "name": "pm", "url": "https://example.org/hook", "events": ["jira:issue_created"], "active": true});
    answer("POST", path, hook);
    let hooks = provider.webhook_admin().unwrap();
    let made =
        hooks.create_webhook(NewWebhook::new("https://example.org/hook").entities([Entity::Task])).await.unwrap();
    hooks.list_webhooks().await.unwrap();
    hooks.delete_webhook(&made.id).await.unwrap();
    let report = server.report();
    assert_right(&report);
    let is_new = |endpoint: &&Endpoint| endpoint.path.contains("jira-webhook");
    let paths: Vec<_> = report.operations.iter().filter(|seen| seen.template.contains("jira-webhook")).collect();
    assert_eq!(paths.len(), JiraProvider::endpoints().iter().filter(is_new).count(), "{paths:?}");
}
