//! What deliveries tell (<https://docs.github.com/en/webhooks/webhook-events-and-payloads>).

use pm_provider::{CommentId, ItemRef, ProjectId, SprintId, TaskId, WebhookEvent, WebhookEventKind};
use serde::Deserialize;
use serde_json::Value;

use crate::ids;

/// A delivery. Which members it has depends on its event.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Payload {
    action: Option<String>,
    repository: Value,
    issue: Value,
    comment: Value,
    milestone: Value,
    changes: Value,
    parent_issue: Value,
    parent_issue_repo: Value,
    sub_issue: Value,
    sub_issue_repo: Value,
    blocked_issue: Value,
    blocking_issue: Value,
    blocking_issue_repo: Value,
    projects_v2: Value,
    projects_v2_item: Value,
}

type Told = (WebhookEventKind, Option<ItemRef>);

impl Payload {
    /// The events of a delivery; none for what is no item of ours, such as a `ping` or a star.
    pub(super) fn events(&self, event: &str, delivery: Option<&str>) -> Vec<WebhookEvent> {
        let told = match event {
            "issues" => self.issue(),
            "issue_comment" => self.comment(),
            "milestone" => vec![(self.kind(), self.milestone())],
            "sub_issues" => {
                self.pair((&self.parent_issue, &self.parent_issue_repo), (&self.sub_issue, &self.sub_issue_repo))
            }
            "issue_dependencies" => {
                self.pair((&self.blocked_issue, &self.repository), (&self.blocking_issue, &self.blocking_issue_repo))
            }
            "repository" => vec![(self.kind(), self.project())],
            // What hangs on a project changes the project: which labels there are.
            "label" => vec![(WebhookEventKind::Updated, self.project())],
            "projects_v2" => vec![(self.kind(), v2_project(&self.projects_v2["node_id"]))],
            "projects_v2_item" => vec![(self.kind(), self.v2_item())],
            _ => Vec::new(),
        };
        told.into_iter().filter_map(|(kind, item)| Some(self.event(kind, item?, delivery))).collect()
    }

    fn kind(&self) -> WebhookEventKind {
        match self.action.as_deref() {
            Some("opened" | "created" | "restored") => WebhookEventKind::Created,
            Some("deleted" | "transferred" | "archived") if self.is_gone() => WebhookEventKind::Deleted,
            _ => WebhookEventKind::Updated,
        }
    }

    /// An issue that was transferred has another id, an item of a project that was archived is no longer listed; a
    /// repository is still there after either.
    fn is_gone(&self) -> bool {
        match self.action.as_deref() {
            Some("transferred") => !self.issue.is_null(),
            Some("archived") => !self.projects_v2_item.is_null(),
            _ => true,
        }
    }

    fn event(&self, kind: WebhookEventKind, item: ItemRef, delivery: Option<&str>) -> WebhookEvent {
        let mut event = WebhookEvent::new(kind, item);
        event.project_id = match &event.item {
            ItemRef::Task(id) => project_of(id.as_str()),
            ItemRef::Comment(task, _) => project_of(task.as_str()),
            ItemRef::Sprint(id) => project_of(id.as_str()),
            ItemRef::Project(id) => Some(id.clone()),
            _ => None,
        };
        event.delivery_id = delivery.map(ToOwned::to_owned);
        event
    }

    /// The issue; where it was transferred, also the one that it is now.
    fn issue(&self) -> Vec<Told> {
        if is_pull_request(&self.issue) {
            return Vec::new();
        }
        let moved = match self.action.as_deref() {
            Some("transferred") => task(&self.changes["new_issue"], &self.changes["new_repository"]),
            _ => None,
        };
        vec![(self.kind(), task(&self.issue, &self.repository)), (WebhookEventKind::Created, moved)]
    }

    fn comment(&self) -> Vec<Told> {
        if is_pull_request(&self.issue) {
            return Vec::new();
        }
        let comment = || {
            let (repository, issue) = (self.repository["id"].as_u64()?, self.issue["number"].as_u64()?);
            let comment = ids::of_comment(repository, self.comment["id"].as_u64()?);
            Some(ItemRef::Comment(TaskId::new(ids::of_issue(repository, issue)), CommentId::new(comment)))
        };
        vec![(self.kind(), comment())]
    }

    fn milestone(&self) -> Option<ItemRef> {
        let (repository, number) = (self.repository["id"].as_u64()?, self.milestone["number"].as_u64()?);
        Some(ItemRef::Sprint(SprintId::new(ids::of_milestone(repository, number))))
    }

    fn project(&self) -> Option<ItemRef> {
        Some(ItemRef::Project(ProjectId::new(self.repository["id"].as_u64()?.to_string())))
    }

    fn v2_item(&self) -> Option<ItemRef> {
        let item = &self.projects_v2_item;
        // Pull requests are no tasks, in projects either.
        if item["content_type"].as_str() == Some("PullRequest") {
            return None;
        }
        let id = ids::of_v2_part(item["project_node_id"].as_str()?, item["node_id"].as_str()?);
        Some(ItemRef::Task(TaskId::new(id)))
    }

    /// A change at two issues: both are another's part, or in another's way, and each may be of another repository.
    fn pair(&self, one: (&Value, &Value), other: (&Value, &Value)) -> Vec<Told> {
        let end = |(issue, repository): (&Value, &Value)| {
            let repository = if repository.is_null() { &self.repository } else { repository };
            (WebhookEventKind::Updated, task(issue, repository))
        };
        vec![end(one), end(other)]
    }
}

/// Issues that are pull requests say so.
fn is_pull_request(issue: &Value) -> bool {
    !issue["pull_request"].is_null()
}

fn task(issue: &Value, repository: &Value) -> Option<ItemRef> {
    let id = ids::of_issue(repository["id"].as_u64()?, issue["number"].as_u64()?);
    Some(ItemRef::Task(TaskId::new(id)))
}

fn v2_project(node: &Value) -> Option<ItemRef> {
    Some(ItemRef::Project(ProjectId::new(ids::of_v2_project(node.as_str()?))))
}

/// The project that stands in an id.
fn project_of(id: &str) -> Option<ProjectId> {
    let project = match ids::v2_part(id) {
        Some((project, _)) => ids::of_v2_project(project),
        None => id.split_once('#')?.0.to_owned(),
    };
    Some(ProjectId::new(project))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use serde_json::json;

    use super::*;

    fn told(event: &str, payload: Value) -> Vec<(WebhookEventKind, ItemRef)> {
        let payload: Payload = serde_json::from_value(payload).unwrap();
        payload.events(event, Some("guid")).into_iter().map(|event| (event.kind, event.item)).collect()
    }

    fn task(id: &str) -> ItemRef {
        ItemRef::Task(TaskId::new(id))
    }

    #[test]
    fn an_issue_that_moves_goes_here_and_comes_there() {
        let payload = json!({ "action": "transferred", "issue": { "number": 3 }, "repository": { "id": 7 },
            "changes": { "new_issue": { "number": 9 }, "new_repository": { "id": 8 } } });
        let expected = [(WebhookEventKind::Deleted, task("7#3")), (WebhookEventKind::Created, task("8#9"))];
        assert_eq!(told("issues", payload), expected);
    }

    #[test]
    fn pull_requests_and_pings_tell_nothing_of_ours() {
        let pull = json!({ "action": "created", "issue": { "number": 3, "pull_request": {} }, "comment": { "id": 1 },
            "repository": { "id": 7 } });
        assert_eq!(told("issue_comment", pull.clone()), []);
        assert_eq!(told("issues", pull), []);
        assert_eq!(told("ping", json!({ "zen": "Keep it logically awesome.", "hook_id": 1 })), []);
        assert_eq!(told("star", json!({ "action": "created", "repository": { "id": 7 } })), []);
    }

    #[test]
    fn parts_and_blockers_change_both_ends() {
        let parts = json!({ "action": "sub_issue_added", "parent_issue": { "number": 1 }, "sub_issue": { "number": 2 },
            "parent_issue_repo": { "id": 7 }, "sub_issue_repo": { "id": 8 }, "repository": { "id": 7 } });
        let updated = WebhookEventKind::Updated;
        assert_eq!(told("sub_issues", parts), [(updated, task("7#1")), (updated, task("8#2"))]);
        let blockers = json!({ "action": "blocked_by_added", "blocked_issue": { "number": 1 },
            "blocking_issue": { "number": 5 }, "blocking_issue_repo": { "id": 9 }, "repository": { "id": 7 } });
        assert_eq!(told("issue_dependencies", blockers), [(updated, task("7#1")), (updated, task("9#5"))]);
    }

    #[test]
    fn items_of_projects_are_tasks() {
        let payload = |kind: &str| {
            json!({ "action": "archived", "projects_v2_item": { "node_id": "PVTI_2", "project_node_id": "PVT_1",
                "content_type": kind } })
        };
        let expected = [(WebhookEventKind::Deleted, task("v2:PVT_1:PVTI_2"))];
        assert_eq!(told("projects_v2_item", payload("Issue")), expected);
        assert_eq!(told("projects_v2_item", payload("PullRequest")), []);
        let archived = json!({ "action": "archived", "repository": { "id": 7 } });
        let project = ItemRef::Project(ProjectId::new("7"));
        assert_eq!(told("repository", archived), [(WebhookEventKind::Updated, project)]);
    }
}
