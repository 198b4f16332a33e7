//! Spaces: <https://developer.clickup.com/reference/getspaces>.

use axum::extract::{Path, State};
use serde_json::{Value, json};

use super::statuses;
use crate::clickup::access::Caller;
use crate::clickup::defaults;
use crate::clickup::errors::{Answer, Problem};
use crate::clickup::model::{Place, Space};
use crate::clickup::reply::Reply;
use crate::clickup::request::{Body, Parameters};
use crate::clickup::store::{App, Store};
use crate::clickup::{hooks, places::people};

fn shown(app: &App, store: &Store, space: &Space) -> Value {
    let on = |on: bool| json!({ "enabled": on });
    let mut shown = json!({
        "id": space.id.to_string(),
        "name": space.name,
        "color": null,
        "private": space.private,
        "avatar": null,
        "admin_can_manage": true,
        "statuses": statuses(&space.statuses),
        "multiple_assignees": true,
        "features": {
            "due_dates": { "enabled": true, "start_date": true, "remap_due_dates": false, "remap_closed_due_date": false },
            "sprints": on(true),
            "time_tracking": on(true),
            "points": on(app.options.points),
            "custom_items": on(true),
            "priorities": { "enabled": true, "priorities": defaults::priorities() },
            "tags": on(true),
            "time_estimates": on(true),
            "check_unresolved": on(true),
            "milestones": on(true),
            "custom_fields": on(true),
            "remap_dependencies": on(false),
            "dependency_warning": on(true),
            "multiple_assignees": on(true),
        },
        "archived": space.archived,
    });
    if space.private {
        let members = space.members.iter().map(|id| json!({ "user": people::shown(store, *id) }));
        shown["members"] = members.collect();
    }
    shown
}

pub(in crate::clickup) async fn list(
    State(app): State<App>,
    caller: Caller,
    Path(team): Path<String>,
    parameters: Parameters,
) -> Answer<Reply> {
    let store = app.read();
    let team = caller.workspace(&store, &team)?.id;
    let archived = parameters.flag("archived");
    let fits = |space: &&Space| space.workspace == team && space.archived == archived && caller.sees(&store, space);
    let spaces: Vec<Value> = store.spaces.values().filter(fits).map(|space| shown(&app, &store, space)).collect();
    Ok(Reply::ok(json!({ "spaces": spaces })))
}

pub(in crate::clickup) async fn show(State(app): State<App>, caller: Caller, Path(id): Path<String>) -> Answer<Reply> {
    let store = app.read();
    let space = caller.space(&store, &id)?;
    Ok(Reply::ok(shown(&app, &store, space)))
}

pub(in crate::clickup) async fn create(
    State(app): State<App>,
    caller: Caller,
    Path(team): Path<String>,
    body: Body,
) -> Answer<Reply> {
    let mut store = app.write();
    let workspace = caller.workspace(&store, &team)?.id;
    let name = body.required("name", "Space Name")?;
    // Two spaces of one name are refused: "Space with this name already exists" (unverified).
    if store.spaces.values().any(|space| space.workspace == workspace && space.name == name) {
        return Err(Problem::new(400, "Space with this name already exists", "PROJ_056"));
    }
    let id = defaults::space(&mut store, workspace, &name);
    let space = &store.spaces[&id];
    let reply = Reply::ok(shown(&app, &store, space));
    hooks::tell(&mut store, "spaceCreated", (Place::Space(id), caller.user), app.now());
    Ok(reply)
}

pub(in crate::clickup) async fn update(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
    body: Body,
) -> Answer<Reply> {
    let mut store = app.write();
    let mut space = caller.space(&store, &id)?.clone();
    if let Some(name) = body.text("name")? {
        space.name = name.to_owned();
    }
    if let Some(archived) = body.flag("archived")? {
        space.archived = archived;
    }
    if let Some(private) = body.flag("private")? {
        space.private = private;
        space.members = if private { vec![caller.user] } else { Vec::new() };
    }
    let reply = Reply::ok(shown(&app, &store, &space));
    let id = space.id;
    store.spaces.insert(id, space);
    hooks::tell(&mut store, "spaceUpdated", (Place::Space(id), caller.user), app.now());
    Ok(reply)
}

pub(in crate::clickup) async fn delete(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
) -> Answer<Reply> {
    let mut store = app.write();
    let id = caller.space(&store, &id)?.id;
    hooks::tell(&mut store, "spaceDeleted", (Place::Space(id), caller.user), app.now());
    store.remove_space(id);
    Ok(Reply::empty())
}

/// <https://developer.clickup.com/reference/getspacetags>
pub(in crate::clickup) async fn tags(State(app): State<App>, caller: Caller, Path(id): Path<String>) -> Answer<Reply> {
    let store = app.read();
    let tags = caller.space(&store, &id)?.tags.iter();
    let shown: Vec<Value> = tags.map(|(name, creator)| tag(name, *creator)).collect();
    Ok(Reply::ok(json!({ "tags": shown })))
}

/// A tag as spaces and tasks show it.
pub(in crate::clickup) fn tag(name: &str, creator: u64) -> Value {
    json!({ "name": name, "tag_fg": "#ffffff", "tag_bg": "#5f55ee", "creator": creator })
}

pub(in crate::clickup) async fn create_tag(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
    body: Body,
) -> Answer<Reply> {
    let mut store = app.write();
    let id = caller.space(&store, &id)?.id;
    let name = body.get("tag").and_then(|tag| tag["name"].as_str()).filter(|name| !name.trim().is_empty());
    let name = name.ok_or_else(|| Problem::new(400, "Tag name invalid", "TAGS_003"))?.to_lowercase();
    if let Some(space) = store.spaces.get_mut(&id) {
        space.tags.entry(name).or_insert(caller.user);
    }
    Ok(Reply::empty())
}
