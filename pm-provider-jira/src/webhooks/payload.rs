//! What deliveries tell.

use pm_provider::{CommentId, ItemRef, ProjectId, SprintId, TaskId, UserId, WebhookEvent, WebhookEventKind};
use serde::Deserialize;
use serde_json::Value;

/// A delivery. Which members it has depends on its event.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Payload {
    /// `jira:issue_updated`, `comment_created`, …
    webhook_event: String,
    #[serde(default)]
    issue: Value,
    #[serde(default)]
    comment: Value,
    #[serde(default)]
    worklog: Value,
    #[serde(default)]
    sprint: Value,
    #[serde(default)]
    project: Value,
    #[serde(default)]
    user: Value,
    #[serde(default)]
    issue_link: Value,
}

impl Payload {
    /// The events of a delivery; none for what is no item of ours, such as a version or a board.
    pub(super) fn events(&self, identifier: Option<&str>) -> Vec<WebhookEvent> {
        let name = self.webhook_event.strip_prefix("jira:").unwrap_or(&self.webhook_event);
        // `project_soft_deleted`, `project_restored_archived`: what happened has two words there.
        let (family, what) = match name.strip_prefix("project_") {
            Some(what) => ("project", what),
            None => name.rsplit_once('_').unwrap_or((name, "updated")),
        };
        let kind = match what {
            // Whoever took it for deleted has to make it anew.
            "created" | "restored_deleted" => WebhookEventKind::Created,
            // Into the recycle bin, from where nobody sees it.
            "deleted" | "soft_deleted" => WebhookEventKind::Deleted,
            _ => WebhookEventKind::Updated,
        };
        let updated = WebhookEventKind::Updated;
        let told: Vec<(WebhookEventKind, Option<ItemRef>)> = match family {
            "issue" => vec![(kind, task(&self.issue["id"]))],
            "comment" => vec![(kind, self.comment())],
            "sprint" => vec![(kind, id(&self.sprint["id"]).map(|id| ItemRef::Sprint(SprintId::new(id))))],
            "project" => vec![(kind, self.project())],
            "user" => vec![(kind, self.user())],
            // What hangs on a task changes the task.
            "worklog" => vec![(updated, task(&self.worklog["issueId"]))],
            "issuelink" => {
                let ends = [&self.issue_link["sourceIssueId"], &self.issue_link["destinationIssueId"]];
                ends.into_iter().map(|end| (updated, task(end))).collect()
            }
            "issue_property" => vec![(updated, task(&self.issue["id"]))],
            _ => Vec::new(),
        };
        told.into_iter().filter_map(|(kind, item)| Some(self.event(kind, item?, identifier))).collect()
    }

    fn event(&self, kind: WebhookEventKind, item: ItemRef, identifier: Option<&str>) -> WebhookEvent {
        let mut event = WebhookEvent::new(kind, item);
        let project = id(&self.issue["fields"]["project"]["id"]).or_else(|| id(&self.project["id"]));
        event.project_id = project.map(ProjectId::new);
        event.delivery_id = identifier.map(ToOwned::to_owned);
        event
    }

    fn comment(&self) -> Option<ItemRef> {
        let comment = CommentId::new(id(&self.comment["id"])?);
        // Some deliveries of comments have no issue, but the address of the comment has.
        let link = self.comment["self"].as_str().and_then(|link| link.split("/issue/").nth(1)?.split('/').next());
        let issue = id(&self.issue["id"]).or_else(|| link.map(ToOwned::to_owned))?;
        Some(ItemRef::Comment(TaskId::new(issue), comment))
    }

    fn project(&self) -> Option<ItemRef> {
        Some(ItemRef::Project(ProjectId::new(id(&self.project["id"])?)))
    }

    fn user(&self) -> Option<ItemRef> {
        let id = self.user["accountId"].as_str().or_else(|| self.user["key"].as_str())?;
        Some(ItemRef::User(UserId::new(id)))
    }
}

fn task(value: &Value) -> Option<ItemRef> {
    Some(ItemRef::Task(TaskId::new(id(value)?)))
}

/// Ids are texts here and numbers there.
fn id(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()).filter(|text| !text.is_empty()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}
