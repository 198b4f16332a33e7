//! Data Center by analogy: no description of its API v2 is published as a file, so that the description of Cloud's API v3 is
//! bent to it. Each difference is documented at <https://developer.atlassian.com/server/jira/platform/rest/> (10.x) and
//! <https://docs.atlassian.com/software/jira/docs/api/REST/9.12.0/>; nothing of it is proven by a vendor's file.

use serde_json::{Map, Value, json};

/// What Cloud alone has, below `/rest/api/2/`: method and path, or all methods of a path.
const CLOUD_ALONE: [(&str, &str); 14] = [
    ("", "attachment/content/{id}"),
    ("", "search/jql"),
    ("", "search/approximate-count"),
    ("", "issue/bulkfetch"),
    ("", "comment/list"),
    ("", "users/search"),
    ("", "users"),
    ("", "user/bulk"),
    ("", "project/search"),
    ("", "project/{projectIdOrKey}/delete"),
    ("post", "project/{projectIdOrKey}/archive"),
    ("post", "project/{projectIdOrKey}/restore"),
    ("", "task/{taskId}"),
    ("", "workflow/search"),
];
/// Query parameters that Cloud alone has.
const CLOUD_ALONE_PARAMETERS: [&str; 8] = [
    "accountId",
    "returnIssue",
    "overrideScreenSecurity",
    "overrideEditableFlag",
    "enableUndo",
    "failFast",
    "reconcileIssues",
    "includeUnavailableTransitions",
];

/// Bends the description; answers which differences there are, and in how many places.
pub(super) fn all(document: &mut Value) -> Vec<(&'static str, usize)> {
    vec![
        ("Data Center has version 2", version_two(document)),
        ("Data Center lacks what Cloud added", without_cloud(document)),
        ("Data Center lacks parameters that Cloud added", without_cloud_parameters(document)),
        ("Data Center archives and restores by PUT", archives_by_put(document)),
        ("Data Center names users, and pages them its own way", users_have_names(document)),
        ("Data Center validates queries by yes or no", validation_is_a_switch(document)),
        ("Data Center has templates of its own", templates_of_its_own(document)),
        ("Data Center 10.3 lists users by cursor", users_by_cursor(document)),
        ("Data Center 10 moved its webhooks", moved_webhooks(document)),
        ("Data Center gives files away outside of its API", files_outside(document)),
    ]
}

/// `/rest/api/2/` instead of `/rest/api/3/`; boards, sprints and webhooks are where they are.
pub(super) fn version_two(document: &mut Value) -> usize {
    let Some(paths) = document.get_mut("paths").and_then(Value::as_object_mut) else { return 0 };
    let renamed = |path: String| path.replacen("/rest/api/3/", "/rest/api/2/", 1);
    let before = std::mem::take(paths);
    *paths = before.into_iter().map(|(path, item)| (renamed(path), item)).collect();
    paths.keys().filter(|path| path.starts_with("/rest/api/2/")).count()
}

/// Takes out what only Cloud has: a provider that sends it to Data Center shall be told.
pub(super) fn without_cloud(document: &mut Value) -> usize {
    let Some(paths) = document.get_mut("paths").and_then(Value::as_object_mut) else { return 0 };
    let mut places = 0;
    for (method, path) in CLOUD_ALONE {
        let path = format!("/rest/api/2/{path}");
        let removed = match paths.get_mut(&path).and_then(Value::as_object_mut).filter(|_| !method.is_empty()) {
            Some(item) => item.remove(method),
            None => paths.remove(&path),
        };
        places += usize::from(removed.is_some());
    }
    places
}

fn without_cloud_parameters(document: &mut Value) -> usize {
    let mut places = 0;
    crate::schema::each_object(document, &mut |object| {
        let Some(Value::Array(parameters)) = object.get_mut("parameters") else { return };
        let before = parameters.len();
        let is_cloud = |name: &Value| name.as_str().is_some_and(|name| CLOUD_ALONE_PARAMETERS.contains(&name));
        parameters.retain(|parameter| !(parameter["in"] == "query" && is_cloud(&parameter["name"])));
        places += before - parameters.len();
    });
    places
}

/// `PUT /project/{id}/archive` and `…/restore` (8.1 and newer).
fn archives_by_put(document: &mut Value) -> usize {
    let mut places = 0;
    for word in ["archive", "restore"] {
        let path = format!("/rest/api/2/project/{{projectIdOrKey}}/{word}");
        let id = json!({"name": "projectIdOrKey", "in": "path", "required": true, "schema": {"type": "string"}});
        let item = document.get_mut("paths").and_then(Value::as_object_mut);
        let Some(item) = item.map(|paths| paths.entry(path).or_insert_with(|| json!({}))) else { return places };
        item["put"] = json!({"security": [{"basicAuth": []}, {"OAuth2": []}], "parameters": [id],
            "responses": {"202": {"description": ""}, "204": {"description": ""}}});
        places += 1;
    }
    places
}

/// `GET /user/search?username=` and its like: on Cloud the names went with the privacy rules of 2019.
fn users_have_names(document: &mut Value) -> usize {
    let flag = |name: &str| json!({"name": name, "in": "query", "schema": {"type": "boolean"}});
    let mut places = 0;
    for (path, names) in [
        ("/rest/api/2/user/search", ["includeActive", "includeInactive"].as_slice()),
        ("/rest/api/2/project", ["includeArchived", "browseArchive"].as_slice()),
        ("/rest/api/2/user", ["includeDeleted"].as_slice()),
    ] {
        let parameters = document["paths"][path]["get"]["parameters"].as_array_mut();
        if let Some(parameters) = parameters {
            parameters.extend(names.iter().map(|name| flag(name)));
            places += names.len();
        }
    }
    places
}

/// `validateQuery` is `true` or `false`; Cloud made words of it.
fn validation_is_a_switch(document: &mut Value) -> usize {
    let pointer = "/components/schemas/SearchRequestBean/properties/validateQuery";
    let Some(Value::Object(switch)) = document.pointer_mut(pointer) else { return 0 };
    *switch = Map::from_iter([("type".to_owned(), json!("boolean"))]);
    1
}

/// The templates of new projects are others, and add-ons bring more.
fn templates_of_its_own(document: &mut Value) -> usize {
    let pointer = "/components/schemas/CreateProjectDetails/properties/projectTemplateKey";
    let template = document.pointer_mut(pointer).and_then(Value::as_object_mut);
    usize::from(template.is_some_and(|template| template.remove("enum").is_some()))
}

/// `GET /user/list?cursor=` (10.3, 11): <https://developer.atlassian.com/server/jira/platform/rest/v10003/api-group-user/>.
fn users_by_cursor(document: &mut Value) -> usize {
    let Some(paths) = document.get_mut("paths").and_then(Value::as_object_mut) else { return 0 };
    let query = |name: &str, kind: &str| json!({"name": name, "in": "query", "schema": {"type": kind}});
    let parameters = [query("cursor", "string"), query("maxResults", "integer")];
    let list = json!({"get": {"security": SECURITY.map(|name| json!({ name: [] })), "parameters": parameters,
        "responses": {"200": {"description": ""}}}});
    paths.insert("/rest/api/2/user/list".to_owned(), list);
    1
}

/// `content` of an attachment is `/secure/attachment/{id}/{name}`
/// (<https://docs.atlassian.com/software/jira/docs/api/REST/9.12.0/#api/2/attachment>).
fn files_outside(document: &mut Value) -> usize {
    let Some(paths) = document.get_mut("paths").and_then(Value::as_object_mut) else { return 0 };
    let parameter = |name: &str| json!({"name": name, "in": "path", "required": true, "schema": {"type": "string"}});
    let security = SECURITY.map(|name| json!({ name: [] }));
    let answers = json!({"200": {"description": "", "content": {"application/octet-stream": {}}}});
    let get = json!({"security": security, "parameters": [parameter("id"), parameter("name")], "responses": answers});
    paths.insert("/secure/attachment/{id}/{name}".to_owned(), json!({ "get": get }));
    1
}

/// `/rest/jira-webhook/1.0/webhooks` instead of `/rest/webhooks/1.0/webhook` since 10, with the secret among the configuration:
/// <https://developer.atlassian.com/server/jira/platform/webhooks/>.
fn moved_webhooks(document: &mut Value) -> usize {
    let Some(paths) = document.get_mut("paths").and_then(Value::as_object_mut) else { return 0 };
    let (text, security) = (json!({"type": "string"}), SECURITY.map(|name| json!({ name: [] })));
    let webhook = json!({"type": "object", "additionalProperties": false, "required": ["name", "url"], "properties": {
        "name": text, "url": {"type": "string", "format": "uri"}, "description": text, "active": {"type": "boolean"},
        "events": {"type": "array", "items": {"type": "string", "pattern": "^(jira:)?[a-z_]+$"}},
        "configuration": {"type": "object", "additionalProperties": text},
        "sslVerificationRequired": {"type": "boolean"}, "credentials": {"type": "object"},
    }});
    let content = json!({"application/json": {"schema": webhook}});
    let answers = json!({"200": {"description": ""}});
    let id = json!({"name": "id", "in": "path", "required": true, "schema": {"type": "integer"}});
    let path = "/rest/jira-webhook/1.0/webhooks";
    let body = json!({"required": true, "content": content});
    paths.insert(
        path.to_owned(),
        json!({
            "get": {"security": security, "responses": answers},
            "post": {"security": security, "requestBody": body, "responses": answers},
        }),
    );
    paths.insert(
        format!("{path}/{{id}}"),
        json!({
            "parameters": [id], "delete": {"security": security, "responses": {"204": {"description": ""}}},
        }),
    );
    2
}

/// A password, or a personal access token.
const SECURITY: [&str; 2] = ["basicAuth", "OAuth2"];

#[cfg(test)]
mod tests {
    use super::*;

    fn cloud() -> Value {
        let query = |name: &str| json!({"name": name, "in": "query", "schema": {"type": "string"}});
        json!({"paths": {
            "/rest/api/3/search/jql": {"post": {}},
            "/rest/api/3/project/{projectIdOrKey}/archive": {"post": {}},
            "/rest/api/3/user/search": {"get": {"parameters": [query("username"), query("accountId")]}},
            "/rest/agile/1.0/board": {"get": {}},
        }})
    }

    #[test]
    fn each_difference_is_made() {
        let mut document = cloud();
        let mended = all(&mut document);
        let paths: Vec<_> = document["paths"].as_object().into_iter().flat_map(|paths| paths.keys()).collect();
        assert!(!paths.contains(&&"/rest/api/2/search/jql".to_owned()), "{paths:?}");
        assert!(paths.contains(&&"/rest/agile/1.0/board".to_owned()));
        let archive = &document["paths"]["/rest/api/2/project/{projectIdOrKey}/archive"];
        assert!(archive["post"].is_null() && archive["put"].is_object());
        let names: Vec<_> = document["paths"]["/rest/api/2/user/search"]["get"]["parameters"]
            .as_array()
            .into_iter()
            .flatten()
            .map(|parameter| parameter["name"].clone())
            .collect();
        assert_eq!(names, ["username", "includeActive", "includeInactive"]);
        assert_eq!(mended.iter().map(|(_, places)| places).sum::<usize>(), 3 + 2 + 1 + 2 + 2 + 1 + 2 + 1);
    }
}
