//! Defects of `jira-platform-v3.json` and `jira-software.json` that concern single operations, and what neither describes.

use serde_json::{Value, json};

use crate::schema::each_object;

/// Mends them all; answers which, and in how many places.
pub(super) fn all(document: &mut Value) -> Vec<(&'static str, usize)> {
    vec![
        ("only OAuth is described for boards and sprints", basic_auth_for_boards(document)),
        ("development information has patterns that do not compile", without_development_information(document)),
        ("a text is excluded by its own enum", defaults_outside_of_enums(document)),
        ("an upload is described as a list", uploads_are_forms(document)),
        ("bodies of writes to issues allow any member", writes_are_closed(document)),
        ("webhooks of administrators are described elsewhere", webhooks(document)),
    ]
}

/// Every operation on boards and sprints names OAuth alone, but the file declares `basicAuth`, and API tokens work as they do
/// for the platform (<https://developer.atlassian.com/cloud/jira/software/basic-auth-for-rest-apis/>).
pub(in crate::vendor) fn basic_auth_for_boards(document: &mut Value) -> usize {
    let mut places = 0;
    for (path, item) in document.get_mut("paths").and_then(Value::as_object_mut).into_iter().flatten() {
        if !path.starts_with("/rest/agile/") {
            continue;
        }
        for operation in item.as_object_mut().into_iter().flat_map(|item| item.values_mut()) {
            let Some(Value::Array(ways)) = operation.get_mut("security") else { continue };
            if !ways.iter().any(|way| way.get("basicAuth").is_some()) {
                ways.push(json!({"basicAuth": []}));
                places += 1;
            }
        }
    }
    places
}

/// Builds, deployments, commits: patterns written for Java (`\p{Digit}`), one of them too large for the validator. No provider of
/// projects and tasks sends any of it, so that all of it is left out.
pub(in crate::vendor) fn without_development_information(document: &mut Value) -> usize {
    let Some(paths) = document.get_mut("paths").and_then(Value::as_object_mut) else { return 0 };
    let before = paths.len();
    let rooms = ["/rest/agile/", "/rest/api/", "/rest/webhooks/", "/rest/atlassian-connect/", "/rest/forge/"];
    paths.retain(|path, _| rooms.iter().any(|room| path.starts_with(room)));
    before - paths.len()
}

/// `GET /rest/api/2/serverInfo` exists on Cloud too
/// (<https://developer.atlassian.com/cloud/jira/platform/rest/v2/api-group-server-info/>): it is how one finds out which of the
/// two a server is.
pub(in crate::vendor) fn server_info_of_both(document: &mut Value) -> usize {
    let Some(paths) = document.get_mut("paths").and_then(Value::as_object_mut) else { return 0 };
    let Some(described) = paths.get("/rest/api/3/serverInfo").cloned() else { return 0 };
    paths.insert("/rest/api/2/serverInfo".to_owned(), described);
    1
}

/// A default or an example that its own `enum` does not have. Nothing sends either, so that they are taken out.
pub(in crate::vendor) fn defaults_outside_of_enums(document: &mut Value) -> usize {
    let mut places = 0;
    each_object(document, &mut |object| {
        let Some(Value::Array(allowed)) = object.get("enum").cloned() else { return };
        for name in ["default", "example"] {
            if object.get(name).is_some_and(|value| value.is_string() && !allowed.contains(value)) {
                object.remove(name);
                places += 1;
            }
        }
    });
    places
}

/// `POST …/attachments` takes a form with `file`s, not a list (the text of the operation says so).
pub(in crate::vendor) fn uploads_are_forms(document: &mut Value) -> usize {
    let mut places = 0;
    each_object(document, &mut |object| {
        let Some(form) = object.get_mut("multipart/form-data") else { return };
        if form.pointer("/schema/type") == Some(&json!("array")) {
            form["schema"] = json!({"type": "object", "required": ["file"],
                "properties": {"file": {"type": "array", "items": {"type": "string", "format": "binary"}}}});
            places += 1;
        }
    });
    places
}

/// Schemas of which a write says `additionalProperties: true` although the server knows all of their members: `feilds` would
/// pass as well as `fields`. What the maps `fields` and `update` hold stays open here, and is looked into otherwise.
const CLOSED: [&str; 6] =
    ["IssueUpdateDetails", "IssuesUpdateBean", "IssueTransition", "Comment", "Worklog", "Visibility"];

/// Closes them.
pub(in crate::vendor) fn writes_are_closed(document: &mut Value) -> usize {
    let mut places = 0;
    for name in CLOSED {
        let schema = document.pointer_mut(&format!("/components/schemas/{name}"));
        if let Some(Value::Object(schema)) = schema
            && schema.get("additionalProperties") == Some(&Value::Bool(true))
        {
            schema.insert("additionalProperties".to_owned(), Value::Bool(false));
            places += 1;
        }
    }
    open_maps_are_known(document);
    places
}

/// The maps whose values are looked into otherwise are named as such, so that the report does not tell them as open.
fn open_maps_are_known(document: &mut Value) {
    for name in ["fields", "update"] {
        let pointer = format!("/components/schemas/IssueUpdateDetails/properties/{name}");
        if let Some(Value::Object(map)) = document.pointer_mut(&pointer) {
            let each = map.remove("additionalProperties").filter(Value::is_object).unwrap_or_else(|| json!({}));
            map.insert("patternProperties".to_owned(), json!({ ".*": each }));
        }
    }
}

/// `GET` and `POST /search` are described still, but gone: 410 since 2025 (CHANGE-2046,
/// <https://developer.atlassian.com/cloud/jira/platform/changelog/>; atlassian/atlassian-mcp-server#70). Data Center has them.
pub(in crate::vendor) fn removed_search(document: &mut Value) -> usize {
    let Some(paths) = document.get_mut("paths").and_then(Value::as_object_mut) else { return 0 };
    ["/rest/api/3/search", "/rest/api/3/search/id"].iter().filter(|path| paths.remove(**path).is_some()).count()
}

/// `/rest/webhooks/1.0/webhook` is none of the platform's API, and the same on Cloud and Data Center:
/// <https://developer.atlassian.com/cloud/jira/platform/webhooks/>, "Registering a webhook using the REST API".
pub(in crate::vendor) fn webhooks(document: &mut Value) -> usize {
    let path = "/rest/webhooks/1.0/webhook";
    if document.get("paths").is_none_or(|paths| paths.get(path).is_some()) {
        return 0;
    }
    let text = json!({"type": "string"});
    let webhook = json!({"type": "object", "additionalProperties": false, "required": ["name", "url"], "properties": {
        "name": text, "url": {"type": "string", "format": "uri"}, "description": text, "enabled": {"type": "boolean"},
        "events": {"type": "array", "items": {"type": "string", "pattern": "^(jira:)?[a-z_]+$"}},
        "filters": {"type": "object", "additionalProperties": false, "properties": {"issue-related-events-section": text}},
        "excludeBody": {"type": "boolean"}, "secret": text,
        // Data Center's own names (<https://developer.atlassian.com/server/jira/platform/webhooks/>; unverified for Cloud).
        "excludeIssueDetails": {"type": "boolean"}, "active": text,
        "configuration": {"type": "object", "additionalProperties": text},
    }});
    let security = json!([{"basicAuth": []}, {"OAuth2": ["manage:jira-webhook"]}]);
    let content = |schema: &Value| json!({"application/json": {"schema": schema}});
    let answers = |status: &str, schema: &Value| json!({ status: {"description": "", "content": content(schema)} });
    let id = json!({"name": "id", "in": "path", "required": true, "schema": {"type": "integer"}});
    let write = json!({"required": true, "content": content(&webhook)});
    let list = json!({"type": "array", "items": webhook});
    document["paths"][path] = json!({
        "get": {"security": security, "responses": answers("200", &list)},
        "post": {"security": security, "requestBody": write, "responses": answers("201", &webhook)},
    });
    document["paths"][format!("{path}/{{id}}")] = json!({
        "parameters": [id],
        "get": {"security": security, "responses": answers("200", &webhook)},
        "put": {"security": security, "requestBody": write, "responses": answers("200", &webhook)},
        "delete": {"security": security, "responses": {"204": {"description": ""}}},
    });
    2
}
