//! Tasks as the API shows them: <https://developer.clickup.com/reference/gettask>.

use serde_json::{Value, json};

use super::values;
use crate::clickup::model::{Attachment, Status, Task, task_key};
use crate::clickup::places::{people, spaces};
use crate::clickup::store::{App, Store};
use crate::clickup::view::{moment, plain, priority};

/// A task with everything that a list shows of it.
pub(in crate::clickup) fn task(app: &App, store: &Store, task: &Task, markdown: bool) -> Value {
    let text = plain(&task.text);
    let mut shown = json!({
        "id": task.key(),
        "custom_id": task.custom_id,
        "custom_item_id": task.item,
        "name": task.name,
        "text_content": text,
        "description": text,
        "status": status(store, task),
        "orderindex": format!("{}.00000000000000000000000000000000", task.id),
        "date_created": moment(task.created),
        "date_updated": moment(task.updated),
        "date_closed": task.closed.map(moment),
        "date_done": task.done.map(moment),
        "archived": task.archived,
        "creator": people::shown(store, task.creator),
        "assignees": people_of(store, &task.assignees),
        "group_assignees": [],
        "watchers": people_of(store, &[task.creator]),
        "checklists": [],
        "tags": task.tags.iter().map(|name| spaces::tag(name, task.creator)).collect::<Vec<_>>(),
        "parent": task.parent.map(task_key),
        "top_level_parent": store.top_of(task).map(task_key),
        "priority": task.priority.map(priority),
        "due_date": task.due.map(moment),
        "start_date": task.start.map(moment),
        "points": task.points.clone().filter(|_| app.options.points),
        "time_estimate": task.estimate,
        "custom_fields": values::shown(store, task),
        "url": format!("https://app.clickup.com/t/{}", task.key()),
        "sharing": sharing(),
        "permission_level": "create",
    });
    if markdown {
        shown["markdown_description"] = task.text.clone().into();
    }
    // The member is absent where nobody has tracked any time, says the vendor's description.
    if let Some(spent) = task.spent {
        shown["time_spent"] = spent.into();
    }
    add_edges(store, task, &mut shown);
    add_places(store, task, &mut shown);
    shown
}

fn people_of(store: &Store, ids: &[u64]) -> Vec<Value> {
    ids.iter().map(|id| people::shown(store, *id)).collect()
}

fn status(store: &Store, task: &Task) -> Value {
    let Status { id, name, kind } = &task.status;
    let place = store.statuses_of(task.list).iter().position(|status| status.id == *id);
    json!({ "id": id, "status": name, "color": kind.color(), "orderindex": place.unwrap_or_default(), "type": kind.name() })
}

fn sharing() -> Value {
    json!({ "public": false, "public_share_expires_on": null, "public_fields": [], "token": null, "seo_optimized": false })
}

/// Dependencies stand in both tasks, in the same words; links are told from each one's side.
fn add_edges(store: &Store, task: &Task, shown: &mut Value) {
    let workspace = store.workspace_of(task.list).unwrap_or_default().to_string();
    let dependencies = store.dependencies.iter().filter(|edge| edge.task == task.id || edge.depends_on == task.id);
    let dependencies = dependencies.map(|edge| {
        json!({
            "task_id": task_key(edge.task),
            "depends_on": task_key(edge.depends_on),
            "type": 1,
            "date_created": moment(edge.created),
            "userid": edge.user.to_string(),
            "workspace_id": workspace,
            "chain_id": null,
        })
    });
    shown["dependencies"] = dependencies.collect();
    let links = store.links.iter().filter(|link| link.from == task.id || link.to == task.id);
    let links = links.map(|link| {
        let other = if link.from == task.id { link.to } else { link.from };
        json!({
            "task_id": task.key(),
            "link_id": task_key(other),
            "date_created": moment(link.created),
            "userid": link.user.to_string(),
            "workspace_id": workspace,
        })
    });
    shown["linked_tasks"] = links.collect();
}

fn add_places(store: &Store, task: &Task, shown: &mut Value) {
    let named = |id: &u64| store.lists.get(id).map(|list| json!({ "id": list.id.to_string(), "name": list.name }));
    shown["locations"] = task.also.iter().filter_map(named).collect();
    let Some(list) = store.lists.get(&task.list) else { return };
    let (folder, name, hidden) = store.folder_of(list);
    let folder = json!({ "id": folder.to_string(), "name": name, "hidden": hidden, "access": true });
    shown["list"] = json!({ "id": list.id.to_string(), "name": list.name, "access": true });
    shown["project"] = folder.clone();
    shown["folder"] = folder;
    shown["space"] = json!({ "id": list.space.to_string() });
    shown["team_id"] = store.workspace_of(task.list).map(|id| id.to_string()).into();
}

/// A task by itself: with its attachments, where it has any, and with its subtasks where those are asked for.
pub(in crate::clickup) fn single(app: &App, store: &Store, one: &Task, (markdown, subtasks): (bool, bool)) -> Value {
    let mut shown = task(app, store, one, markdown);
    if !one.attachments.is_empty() {
        shown["attachments"] = one.attachments.iter().map(|file| attachment(app, store, file)).collect();
    }
    if subtasks {
        let children = store.tasks.values().filter(|child| child.parent == Some(one.id));
        shown["subtasks"] = children.map(|child| task(app, store, child, markdown)).collect();
    }
    shown
}

/// An attachment as its task shows it: its address is on another host than the API, and needs no token.
fn attachment(app: &App, store: &Store, file: &Attachment) -> Value {
    let extension = file.title.rsplit_once('.').map(|(_, extension)| extension);
    let url = format!("{}/{}/{}", app.files, file.id, encoded(&file.title));
    json!({
        "id": format!("{}.{}", file.id, extension.unwrap_or("bin")),
        "date": moment(file.date),
        "title": file.title,
        "type": 1,
        "source": 1,
        "version": 0,
        "extension": extension,
        "thumbnail_small": null,
        "thumbnail_medium": null,
        "thumbnail_large": null,
        "is_folder": null,
        "mimetype": file.content_type,
        "hidden": false,
        "parent_id": null,
        "size": file.content.len(),
        "total_comments": 0,
        "resolved_comments": 0,
        "user": people::shown(store, file.user),
        "deleted": false,
        "orientation": null,
        "url": url,
        "email_data": null,
        "url_w_query": format!("{url}?view=open"),
        "url_w_host": url,
    })
}

/// A name as a part of a path.
fn encoded(name: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.~".contains(&byte);
    name.bytes().map(|byte| if plain(byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") }).collect()
}
