//! The part of the server that plays ClickUp: a Workspace of one Space with one List, and what listing tasks asks for.

use serde_json::{Value, json};

use crate::tasks;

pub(crate) const WORKSPACE: &str = "9";
const SPACE: &str = "790";
const LIST: &str = "901";

fn person(id: u64, name: &str) -> String {
    format!(
        concat!(
            r##"{{"id":{id},"username":"{name}","color":"#7b68ee","initials":"{initial}","email":"{name}@example.com","##,
            r##""profilePicture":"https://attachments.clickup.com/profilePictures/{id}_x.jpg"}}"##
        ),
        id = id,
        name = name,
        initial = &name[..1],
    )
}

fn tag(name: &str) -> String {
    format!(r##"{{"name":"{name}","tag_fg":"#ffffff","tag_bg":"#2ecd6f","creator":5}}"##)
}

/// A task. It tells its text three times: plain twice, and as Markdown.
pub(crate) fn task(id: usize, made: i64, text: &str) -> String {
    let (ada, grace) = (person(5, "ada"), person(6, "grace"));
    format!(
        concat!(
            r##"{{"id":"86c{id}","custom_id":null,"custom_item_id":0,"name":"Correct the total of cart {id}","##,
            r##""text_content":"{text}","description":"{text}","markdown_description":"{text}","##,
            r##""status":{{"id":"p1_1","status":"to do","color":"#d3d3d3","orderindex":0,"type":"open"}},"##,
            r##""orderindex":"{id}.00000000000000000000000000000000","date_created":"{made}","date_updated":"{made}","##,
            r##""date_closed":null,"date_done":null,"archived":false,"creator":{ada},"assignees":[{grace}],"##,
            r##""group_assignees":[],"watchers":[{ada},{grace}],"checklists":[],"tags":[{cart},{money}],"parent":null,"##,
            r##""top_level_parent":null,"priority":{{"color":"#6fddff","id":"3","orderindex":"3","priority":"normal"}},"##,
            r##""due_date":"1770260400000","start_date":"1767582000000","points":5,"time_estimate":19800000,"##,
            r##""time_spent":3600000,"custom_fields":[{{"id":"b955c4dc-b8a8-48d8-a0c6-b4200788a683","name":"Customer","##,
            r##""type":"short_text","type_config":{{}},"date_created":"1566400407303","hide_from_guests":false,"##,
            r##""value":"Analytical Engines","required":false}}],"dependencies":[],"linked_tasks":[],"locations":[],"##,
            r##""team_id":"9","url":"https://app.clickup.com/t/86c{id}","sharing":{{"public":false,"##,
            r##""public_share_expires_on":null,"public_fields":[],"token":null,"seo_optimized":false}},"##,
            r##""permission_level":"create","list":{{"id":"901","name":"Backlog","access":true}},"project":{{"id":"457","##,
            r##""name":"hidden","hidden":true,"access":true}},"folder":{{"id":"457","name":"hidden","hidden":true,"##,
            r##""access":true}},"space":{{"id":"790"}}}}"##
        ),
        id = id,
        made = made,
        text = text,
        ada = ada,
        grace = grace,
        cart = tag("cart"),
        money = tag("money"),
    )
}

fn statuses() -> Value {
    json!([
        {"id": "p1_1", "status": "to do", "type": "open", "orderindex": 0, "color": "#d3d3d3"},
        {"id": "p1_2", "status": "complete", "type": "closed", "orderindex": 1, "color": "#6bc950"},
    ])
}

/// What every Workspace answers.
pub(crate) fn fixed(path: &str) -> Value {
    let space = || {
        json!({"id": SPACE, "name": "Shop", "private": false, "archived": false, "statuses": statuses(),
            "multiple_assignees": true, "features": {}})
    };
    let list = || {
        json!({"id": LIST, "name": "Backlog", "orderindex": 0, "content": "", "status": null, "priority": null,
            "assignee": null, "due_date": null, "start_date": null, "archived": false, "override_statuses": false,
            "statuses": statuses(), "folder": {"id": "457", "name": "hidden", "hidden": true, "access": true},
            "space": {"id": SPACE, "name": "Shop", "access": true}, "permission_level": "create"})
    };
    let ada = json!({"id": 5, "username": "ada", "email": "ada@example.com", "timezone": "Europe/London"});
    match path.trim_start_matches("/api/v2/") {
        "user" => json!({"user": ada}),
        "team" => json!({"teams": [{"id": WORKSPACE, "name": "Shop", "members": [{"user": ada}]}]}),
        "team/9/space" => json!({"spaces": [space()]}),
        "team/9/custom_item" => json!({"custom_items": []}),
        "space/790" => space(),
        "space/790/list" => json!({"lists": [list()]}),
        "list/901" => list(),
        _ => json!({"folders": [], "spaces": [], "lists": [], "fields": [], "tags": []}),
    }
}

/// The number of the first task that was made after a moment, in milliseconds.
pub(crate) fn number_after(moment: i64) -> usize {
    let since = moment - tasks::first().timestamp_millis();
    usize::try_from(since.div_euclid(1_000) + 1).unwrap_or(0)
}

/// A page of tasks.
pub(crate) fn page(items: &[std::borrow::Cow<'_, str>], is_last: bool) -> String {
    format!(r#"{{"tasks":[{}],"last_page":{is_last}}}"#, items.join(","))
}
