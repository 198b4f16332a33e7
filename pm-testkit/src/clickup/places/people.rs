//! Who asks, who else is there, and what the workspace has for everybody.

use axum::extract::{Path, State};
use serde_json::{Value, json};

use crate::clickup::access::Caller;
use crate::clickup::errors::Answer;
use crate::clickup::model::User;
use crate::clickup::reply::Reply;
use crate::clickup::store::{App, Store};

/// Somebody as tasks show them.
pub(in crate::clickup) fn shown(store: &Store, id: u64) -> Value {
    let Some(user) = store.users.get(&id) else { return Value::Null };
    json!({
        "id": user.id,
        "username": user.username,
        "color": user.color,
        "initials": user.initials(),
        "email": user.email,
        "profilePicture": null,
    })
}

/// <https://developer.clickup.com/reference/getauthorizeduser>
pub(in crate::clickup) async fn user(State(app): State<App>, caller: Caller) -> Reply {
    let store = app.read();
    let mut user = shown(&store, caller.user);
    user["week_start_day"] = 0.into();
    user["global_font_support"] = true.into();
    user["timezone"] = app.options.zone.name().into();
    Reply::ok(json!({ "user": user }))
}

/// The workspaces of whoever asks, with everybody in them: <https://developer.clickup.com/reference/getauthorizedteams>.
pub(in crate::clickup) async fn teams(State(app): State<App>, caller: Caller) -> Reply {
    let store = app.read();
    let mine = store.workspaces.values().filter(|workspace| caller.is_member(workspace));
    let shown = mine.map(|workspace| {
        let members = workspace.members.iter().filter_map(|id| store.users.get(id));
        json!({
            "id": workspace.id.to_string(),
            "name": workspace.name,
            "color": "#536cfe",
            "avatar": null,
            "members": members.map(|user| member(&store, user)).collect::<Vec<_>>(),
        })
    });
    Reply::ok(json!({ "teams": shown.collect::<Vec<_>>() }))
}

fn member(store: &Store, user: &User) -> Value {
    let mut shown = shown(store, user.id);
    shown["role"] = user.role.into();
    shown["last_active"] = "1779350400000".into();
    shown["date_joined"] = "1767225600000".into();
    shown["date_invited"] = "1767225600000".into();
    json!({ "user": shown })
}

/// <https://developer.clickup.com/reference/getcustomitems>
pub(in crate::clickup) async fn custom_items(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
) -> Answer<Reply> {
    let store = app.read();
    let items = caller.workspace(&store, &id)?.custom_items.iter();
    let shown =
        items.map(|(id, name)| json!({ "id": id, "name": name, "name_plural": format!("{name}s"), "description": "" }));
    Ok(Reply::ok(json!({ "custom_items": shown.collect::<Vec<_>>() })))
}

/// Those with explicit access to a list alone, of whom there are none beside a private space's members.
///
/// <https://developer.clickup.com/reference/getlistmembers>
pub(in crate::clickup) async fn members_of_list(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
) -> Answer<Reply> {
    let store = app.read();
    let space = caller.list(&store, &id)?.space;
    let members = store.spaces.get(&space).map(|space| space.members.clone()).unwrap_or_default();
    let shown: Vec<Value> = members.into_iter().map(|id| self::shown(&store, id)).collect();
    Ok(Reply::ok(json!({ "members": shown })))
}
