//! ClickUp's provider against the descriptions of its API v2 and v3. A fake server that behaves as ClickUp does stands behind the
//! check: what is read has to be what was written.

use std::sync::Arc;

use pm_contract::ContractServer;
use pm_contract::vendor::Vendor;
use pm_core::{
    AttachmentQuery, CommentQuery, Entity, NewComment, NewProject, NewRelation, NewSprint, NewTask, NewWebhook,
    PmProvider, ProjectPatch, RelationKind, RelationQuery, TaskPatch,
};
use pm_provider_clickup::ClickUpProvider;
use pm_testkit::clickup::{FakeClickUp, Seed};
use pm_tests::remote;
use serde_json::json;

use crate::contract::{assert_all_described, assert_all_seen_and_right, description};
use crate::contract_drive::{Ids, drive};

/// A Space for each level, because the calls of all backends end the project that they are about.
fn seed() -> Seed {
    let space = |name: &str| {
        json!({
            "name": name, "custom_task_prefix": name.to_uppercase(),
            "custom_fields": [
                { "name": "Bed", "type": "drop_down", "options": ["North", "South"] },
                { "name": "Depth", "type": "number" },
            ],
            "folders": [
                { "name": format!("Sprints of {name}"), "lists": [{ "name": format!("Sprint of {name}") }] },
                { "name": format!("Folder of {name}"), "lists": [{ "name": "Ideas" }] },
                { "name": "Old plans", "archived": true },
            ],
            "lists": [{ "name": format!("List of {name}") }],
        })
    };
    let spaces = ["one", "two", "three"].map(space);
    let seed = json!({ "custom_items": ["Bug"], "spaces": spaces });
    seed.to_string().parse().unwrap()
}

/// A project of a level with some tasks, and a sprint where that level has any.
async fn place(provider: &Arc<dyn PmProvider>, project: &str) -> Ids {
    let task = async |title: &str| provider.create_task(NewTask::new(project, title)).await.unwrap();
    let (one, other, parent) = (task("One").await, task("Other").await, task("Parent").await);
    let sprint = match provider.create_sprint(NewSprint::new(project, "First")).await {
        Ok(sprint) => sprint.id.to_string(),
        Err(_) => "0".to_owned(),
    };
    let user = provider.health_check().await.unwrap().user.unwrap().id.to_string();
    Ids {
        project: project.to_owned(),
        task: one.id.to_string(),
        other: other.id.to_string(),
        parent: parent.id.to_string(),
        task_key: one.key.unwrap_or_else(|| one.id.to_string()),
        sprint,
        user,
        label: "label".to_owned(),
        free_keys: ["free-one".to_owned(), "free-two".to_owned()],
    }
}

/// What no other backend has: tags and fields one by one, files on another host, webhooks whose secrets are the server's.
async fn further(fake: &FakeClickUp, provider: &Arc<dyn PmProvider>, ids: &Ids) {
    let task = &ids.task.as_str().into();
    let patch = TaskPatch::new().add_labels(["one", "two"]).custom_field("Bed", "South");
    provider.update_task(task, patch.custom_field("Depth", 2.5)).await.unwrap();
    let patch = TaskPatch::new().remove_labels(["one"]).clear_custom_field("Depth");
    provider.update_task(task, patch).await.unwrap();
    provider.update_task(task, TaskPatch::new().parent_task_id(ids.parent.as_str())).await.unwrap();

    fake.attach(&ids.task, "plan.txt", "text/plain", "One, two".as_bytes());
    let attachments = provider.attachments().unwrap();
    let found = attachments.attachments_page(&AttachmentQuery::of_task(ids.task.as_str()), None).await.unwrap();
    assert_eq!(found.items.len(), 1);

    let relations = provider.relations().unwrap();
    for kind in [RelationKind::Relates, RelationKind::Blocks] {
        let new = NewRelation::new(kind, ids.task.as_str(), ids.other.as_str());
        let made = relations.create_relation(new).await.unwrap();
        relations.delete_relation(task, &made.id).await.unwrap();
    }
    relations.relations_page(&RelationQuery::of_task(ids.task.as_str()), None).await.unwrap();

    let comments = provider.comments().unwrap();
    let comment = comments.create_comment(NewComment::new(ids.task.as_str(), "Talked")).await.unwrap();
    fake.add_reply(comment.id.as_str(), "Talked back");
    let shown = comments.comments_page(&CommentQuery::of_task(ids.task.as_str()), None).await.unwrap();
    assert_eq!(shown.items.len(), 2);

    let admin = provider.webhook_admin().unwrap();
    let new = || NewWebhook::new("https://example.org/hook").project_id(ids.project.as_str()).entities([Entity::Task]);
    let hook = admin.create_webhook(new()).await.unwrap();
    // The same address for the same place: what is there is changed.
    admin.create_webhook(new().entities([Entity::Task, Entity::Comment])).await.unwrap();
    admin.list_webhooks().await.unwrap();
    admin.delete_webhook(&hook.id).await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn everything_that_it_sends_is_described() {
    let Some(description) = description(Vendor::ClickUp) else { return };
    assert_all_described(&description, ClickUpProvider::endpoints());
    let fake = FakeClickUp::builder().seed(seed()).start().await.unwrap();
    let server = ContractServer::before(description, &fake.url()).await.unwrap();
    let mut wrong = Vec::new();
    for (level, space, name) in
        [("list", "one", "List of one"), ("folder", "two", "Folder of two"), ("space", "three", "three")]
    {
        for membership in ["add", "move"] {
            let home = fake.place_named(space).unwrap();
            // Where a project has several Lists, something has to say which one is meant.
            let list = fake.place_named(&format!("List of {space}")).unwrap_or_default();
            let settings = [
                ("PROJECTS", level),
                ("SPRINT_MEMBERSHIP", membership),
                ("SPACE_ID", home.as_str()),
                ("LIST_ID", list.as_str()),
            ];
            let provider = remote::open_clickup(&server.url(), &fake, &settings).await.unwrap();
            let project = match membership {
                "move" => format!("{level}:{}", fake.place_named(name).unwrap()),
                _ => provider.create_project(NewProject::new(format!("A {level}"))).await.unwrap().id.to_string(),
            };
            let renamed = ProjectPatch::new().name(format!("{name}, {membership}"));
            provider.update_project(&project.as_str().into(), renamed).await.unwrap();
            let ids = place(&provider, &project).await;
            if level == "space" && membership == "move" {
                further(&fake, &provider, &ids).await;
            }
            // The calls of all backends end the project.
            let found = drive(&provider, ids).await;
            wrong.extend(found.into_iter().map(|call| format!("{level}, {membership}: {call}")));
        }
    }
    // A Folder of plans has no sprints, and a task that moves into a sprint cannot be below one that is at home elsewhere.
    wrong.retain(|call| !call.contains("there is no sprint `0`") && !call.contains("there is no `0`"));
    wrong.retain(|call| !call.contains("a subtask is where its parent is"));
    println!("{}", wrong.join("\n"));
    assert_all_seen_and_right(&server, ClickUpProvider::endpoints());
    assert_eq!(wrong, Vec::<String>::new());
    assert_eq!(fake.tokens_seen_by_storage(), 0);
}
