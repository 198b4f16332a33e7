//! GitHub's provider against the description of its REST API. A fake server that behaves as GitHub does stands behind the
//! check: what is read has to be what was written.

use std::sync::Arc;

use pm_contract::ContractServer;
use pm_contract::vendor::Vendor;
use pm_core::{
    Entity, FieldPatch, Freshness, NewProject, NewPullRequest, NewSprint, NewTask, NewWebhook, PmProvider,
    PmProviderExt, ProjectQuery, PullRequestQuery, Secret, TaskPatch, UserQuery,
};
use pm_http::Endpoint;
use pm_provider_github::GitHubProvider;
use pm_testkit::github::FakeGitHub;
use pm_tests::remote;
use serde_json::json;

use crate::contract::{assert_all_described, assert_all_seen, assert_right, description};
use crate::contract_drive::{Ids, drive};

/// What only a GitHub App sends, whose tokens come from a key that signs, and what only a server of one's own is asked.
const ELSEWHERE: [&str; 3] = ["app/installations/{id}/access_tokens", "installation/repositories", "meta"];

/// The endpoints that a personal token makes use of.
fn with_a_token() -> Vec<Endpoint> {
    let all = GitHubProvider::endpoints().iter().copied();
    // Its documents are held to the schema elsewhere.
    all.filter(|endpoint| !ELSEWHERE.contains(&endpoint.path)).chain([Endpoint::read("graphql")]).collect()
}

/// A repository with a milestone and some issues.
async fn place(provider: &Arc<dyn PmProvider>) -> Ids {
    let project = provider.create_project(NewProject::new("place")).await.unwrap().id.to_string();
    let task = async |title: &str| provider.create_task(NewTask::new(project.as_str(), title)).await.unwrap();
    let (one, other, parent) = (task("One").await, task("Other").await, task("Parent").await);
    let sprint = provider.create_sprint(NewSprint::new(project.as_str(), "First")).await.unwrap().id.to_string();
    let user = provider.health_check().await.unwrap().user.unwrap().id.to_string();
    Ids {
        project,
        task: one.id.to_string(),
        other: other.id.to_string(),
        parent: parent.id.to_string(),
        task_key: one.key.unwrap(),
        sprint,
        user,
        label: "label".to_owned(),
        free_keys: ["free-one".to_owned(), "free-two".to_owned()],
    }
}

/// What no other backend has: webhooks with their deliveries, and pull requests.
async fn further(fake: &FakeGitHub, provider: &Arc<dyn PmProvider>, ids: &Ids) {
    let project = ids.project.as_str().into();
    let repository = provider.get_project(&project).await.unwrap().key.unwrap();
    let admin = provider.webhook_admin().unwrap();
    let new = NewWebhook::new("https://example.org/hook").project_id(ids.project.as_str()).entities([Entity::Task]);
    let hook = admin.create_webhook(new).await.unwrap();
    admin.list_webhooks().await.unwrap();
    // Nobody can see which secret a webhook has: it is given the wanted one.
    let new = NewWebhook::new("https://example.org/hook").project_id(ids.project.as_str()).entities([Entity::Task]);
    admin.create_webhook(new.secret(Secret::new("s3cr3t"))).await.unwrap();
    // A new webhook is told of by a ping.
    let delivered = admin.list_deliveries(&hook.id).await.unwrap();
    admin.redeliver(&hook.id, &delivered.first().unwrap().id).await.unwrap();
    admin.delete_webhook(&hook.id).await.unwrap();

    let child = provider
        .update_task(&ids.other.as_str().into(), TaskPatch::new().parent_task_id(ids.parent.as_str()))
        .await
        .unwrap();
    let mut out = TaskPatch::new();
    out.parent_task_id = FieldPatch::Clear;
    provider.update_task(&child.id, out).await.unwrap();

    let pulls = provider.pull_requests().unwrap();
    let seed = json!({ "title": "By hand", "body": "Closes #1", "checks": [["build", "success"]] });
    fake.add_pull_request(&repository, &serde_json::from_value(seed).unwrap()).unwrap();
    let made = pulls.create_pull_request(NewPullRequest::new(ids.project.as_str(), "Ours", "topic-two")).await;
    let number = made.unwrap().number;
    pulls.get_pull_request(&project, number, Freshness::Fresh).await.unwrap();
    pulls.pull_requests_page(&PullRequestQuery::in_project(ids.project.as_str()), None).await.unwrap();
    pulls.pull_requests_of_task(&ids.task.as_str().into(), Freshness::Fresh).await.unwrap();
}

/// What is different for owners: an organisation has members and types of issues, another person public repositories.
async fn owners(url: &str, fake: &FakeGitHub) {
    let acme = remote::open_github_of(url, fake, "acme").unwrap();
    let project = acme.create_project(NewProject::new("site")).await.unwrap().id;
    assert_eq!(acme.list_projects(ProjectQuery::new()).await.unwrap().len(), 1);
    let members = acme.list_users(UserQuery::new()).await.unwrap();
    let member = members.first().unwrap().id.clone();
    // Somebody who has seen nobody has to ask who it is.
    let stranger = remote::open_github_of(url, fake, "acme").unwrap();
    stranger.get_user(&member).await.unwrap();
    let new = NewTask::new(&project, "Typed").task_type("Bug").assignees([member.clone()]).labels(["one"]);
    let task = stranger.create_task(new).await.unwrap();
    let patch = TaskPatch::new().add_labels(["two"]).remove_labels(["one"]).remove_assignees([member.clone()]);
    stranger.update_task(&task.id, patch).await.unwrap();
    stranger.update_task(&task.id, TaskPatch::new().add_assignees([member])).await.unwrap();
    let mel = remote::open_github_of(url, fake, fake.member_login()).unwrap();
    mel.list_projects(ProjectQuery::new()).await.unwrap();
    mel.list_users(UserQuery::new().login(fake.member_login())).await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn everything_that_it_sends_is_described() {
    let Some(description) = description(Vendor::GitHub) else { return };
    assert_all_described(&description, GitHubProvider::endpoints());
    let fake = FakeGitHub::start().await.unwrap();
    let server = ContractServer::before(description, &fake.url()).await.unwrap();
    let provider = remote::open_github(&server.url(), &fake).unwrap();
    let ids = place(&provider).await;
    // The calls of all backends end the project.
    further(&fake, &provider, &ids).await;
    owners(&server.url(), &fake).await;
    let mut wrong = drive(&provider, ids).await;
    // Where a renamed repository is the fake says by its own address, which is not that of the check before it.
    wrong.retain(|call| !(call.starts_with("list tasks by") && call.contains("redirects to")));
    println!("{}", wrong.join("\n"));
    let report = server.report();
    assert_right(&report);
    assert_all_seen(&report, &with_a_token());
    assert_eq!(wrong, Vec::<String>::new());
}
