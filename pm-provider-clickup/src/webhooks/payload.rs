//! What deliveries tell (<https://developer.clickup.com/docs/webhooktaskpayloads> and its neighbours).

use pm_provider::{CommentId, ItemRef, ProjectId, SprintId, TaskId, WebhookEvent, WebhookEventKind};
use serde::Deserialize;
use serde_json::Value;

use crate::ProjectLevel;
use crate::dto::wire;
use crate::ids::{Place, is_number};

/// A delivery. Which members it has depends on its event.
#[derive(Debug, Default, Deserialize)]
pub(super) struct Payload {
    #[serde(default, deserialize_with = "wire::text_or_empty")]
    event: String,
    #[serde(default, deserialize_with = "wire::text_or_empty")]
    pub(super) webhook_id: String,
    #[serde(default, deserialize_with = "wire::some_text")]
    task_id: Option<String>,
    #[serde(default, deserialize_with = "wire::some_text")]
    list_id: Option<String>,
    #[serde(default, deserialize_with = "wire::some_text")]
    folder_id: Option<String>,
    #[serde(default, deserialize_with = "wire::some_text")]
    space_id: Option<String>,
    #[serde(default, deserialize_with = "wire::list")]
    history_items: Vec<History>,
}

/// One entry of an item's history.
#[derive(Debug, Default, Deserialize)]
struct History {
    #[serde(default, deserialize_with = "wire::some_text")]
    id: Option<String>,
    /// Of a task: the List that it is in.
    #[serde(default, deserialize_with = "wire::some_text")]
    parent_id: Option<String>,
    #[serde(default)]
    comment: Value,
    #[serde(default)]
    after: Value,
}

impl Payload {
    /// The event of a delivery; none for what is no item of ours, such as a goal.
    pub(super) fn events(&self, level: ProjectLevel) -> Vec<WebhookEvent> {
        let Some(item) = self.item(level) else { return Vec::new() };
        let mut event = WebhookEvent::new(self.kind(), item);
        event.project_id = match &event.item {
            ItemRef::Project(id) => Some(id.clone()),
            ItemRef::Task(_) | ItemRef::Comment(..) if level == ProjectLevel::List => self.list_of_task(),
            _ => None,
        };
        // What history it tells of is the same in every attempt; Spaces and Folders have none.
        let history = self.history_items.first().and_then(|item| item.id.as_ref());
        event.delivery_id = history.map(|history| format!("{}:{history}", self.webhook_id));
        vec![event]
    }

    fn kind(&self) -> WebhookEventKind {
        match self.event.as_str() {
            event if event.ends_with("Created") || event.ends_with("Posted") => WebhookEventKind::Created,
            event if event.ends_with("Deleted") => WebhookEventKind::Deleted,
            _ => WebhookEventKind::Updated,
        }
    }

    fn item(&self, level: ProjectLevel) -> Option<ItemRef> {
        let project = |id: &Option<String>| {
            let id = id.as_deref().filter(|id| is_number(id))?;
            Some(ItemRef::Project(ProjectId::from(&Place::new(level, id))))
        };
        match (self.event.as_str(), level) {
            ("taskCommentPosted" | "taskCommentUpdated", _) => self.comment(),
            (event, _) if event.starts_with("task") => Some(ItemRef::Task(self.task()?)),
            (event, ProjectLevel::List) if event.starts_with("list") => project(&self.list_id),
            // Which Lists are sprints the delivery does not tell: one that is none is not found when it is asked for.
            (event, _) if event.starts_with("list") => Some(ItemRef::Sprint(SprintId::new(self.list_id.clone()?))),
            (event, ProjectLevel::Folder) if event.starts_with("folder") => project(&self.folder_id),
            (event, ProjectLevel::Space) if event.starts_with("space") => project(&self.space_id),
            _ => None,
        }
    }

    fn task(&self) -> Option<TaskId> {
        self.task_id.clone().map(TaskId::new)
    }

    /// The comment of the last entry that has one; without, it is the task that changed.
    fn comment(&self) -> Option<ItemRef> {
        let task = self.task()?;
        let id = |item: &History| wire::text(&item.comment["id"]).or_else(|| wire::text(&item.after));
        let id = self.history_items.iter().find_map(id).filter(|id| is_number(id));
        Some(match id {
            Some(id) => ItemRef::Comment(task, CommentId::new(id)),
            None => ItemRef::Task(task),
        })
    }

    fn list_of_task(&self) -> Option<ProjectId> {
        let list = self.history_items.iter().find_map(|item| item.parent_id.as_deref())?;
        is_number(list).then(|| ProjectId::from(&Place::new(ProjectLevel::List, list)))
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use serde_json::json;

    use super::*;

    fn told(level: ProjectLevel, payload: Value) -> Option<WebhookEvent> {
        let payload: Payload = serde_json::from_value(payload).unwrap();
        payload.events(level).pop()
    }

    #[test]
    fn a_task_is_told_with_what_recognises_a_second_attempt() {
        let payload = json!({ "event": "taskUpdated", "task_id": "1vj37mc", "webhook_id": "7fa3",
            "history_items": [{ "id": "2800768061568222238", "field": "content", "parent_id": "162641062" }] });
        let event = told(ProjectLevel::List, payload.clone()).unwrap();
        assert_eq!((event.kind, event.item), (WebhookEventKind::Updated, ItemRef::Task(TaskId::new("1vj37mc"))));
        assert_eq!(event.delivery_id.as_deref(), Some("7fa3:2800768061568222238"));
        assert_eq!(event.project_id, Some(ProjectId::new("list:162641062")));
        assert_eq!(told(ProjectLevel::Space, payload).unwrap().project_id, None, "nothing tells the Space");
    }

    #[test]
    fn a_list_is_a_project_or_a_sprint() {
        let payload = json!({ "event": "listDeleted", "list_id": 162_641_234, "webhook_id": "7fa3" });
        let event = told(ProjectLevel::List, payload.clone()).unwrap();
        assert_eq!(
            (event.kind, event.item),
            (WebhookEventKind::Deleted, ItemRef::Project(ProjectId::new("list:162641234")))
        );
        let event = told(ProjectLevel::Space, payload).unwrap();
        assert_eq!(event.item, ItemRef::Sprint(SprintId::new("162641234")));
        let space = json!({ "event": "spaceCreated", "space_id": "54650507" });
        assert_eq!(told(ProjectLevel::Folder, space.clone()), None);
        let event = told(ProjectLevel::Space, space).unwrap();
        assert_eq!(
            (event.kind, event.item),
            (WebhookEventKind::Created, ItemRef::Project(ProjectId::new("space:54650507")))
        );
    }

    #[test]
    fn a_comment_is_told_where_the_delivery_names_it() {
        let payload =
            |item: Value| json!({ "event": "taskCommentPosted", "task_id": "86abc", "history_items": [item] });
        let comment = ItemRef::Comment(TaskId::new("86abc"), CommentId::new("648893191"));
        for item in [json!({ "comment": { "id": "648893191" } }), json!({ "after": "648893191" })] {
            assert_eq!(told(ProjectLevel::Space, payload(item)).unwrap().item, comment);
        }
        let event = told(ProjectLevel::Space, payload(json!({ "after": null }))).unwrap();
        assert_eq!(event.item, ItemRef::Task(TaskId::new("86abc")));
    }

    #[test]
    fn goals_are_no_items_of_ours() {
        assert_eq!(told(ProjectLevel::Space, json!({ "event": "goalCreated", "goal_id": "1" })), None);
        assert_eq!(told(ProjectLevel::Space, json!({ "event": null })), None);
    }
}
