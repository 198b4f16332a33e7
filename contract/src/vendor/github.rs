//! GitHub's REST API: <https://docs.github.com/en/rest>.
//!
//! The file may be cut down to what trackers need; what is missing of that is added here, each with its page. GraphQL has no
//! OpenAPI description: documents are checked against its schema elsewhere, here only the request around them.

use serde_json::{Value, json};

use super::Exception;

/// What the file says wrongly, and no repair of a schema could say rightly.
pub(super) const EXCEPTIONS: &[Exception] = &[
    cursor("query `after`"),
    cursor("query `before`"),
    Exception {
        name: "a milestone's due date is taken away by null",
        operation: ("PATCH", "/repos/{owner}/{repo}/milestones/{milestone_number}"),
        place: "body `/due_on`",
        what: "null is not",
        reason: "the answer's `due_on` is nullable, and there is no other way to take it away",
    },
];

/// Lists of issues link to their next pages by cursor, and beyond 10,000 rows by nothing else.
const fn cursor(place: &'static str) -> Exception {
    Exception {
        name: "lists of issues have cursors",
        operation: ("GET", "/repos/{owner}/{repo}/issues"),
        place,
        what: "no such parameter",
        reason: "the server's own `Link` headers have them (`google/go-github#3565`)",
    }
}

/// Mends the file; answers what, and in how many places.
pub(super) fn repair(document: &mut Value) -> Vec<(&'static str, usize)> {
    let mended = [
        ("no way to sign in is described", sign_in(document)),
        ("paths that are documented are not in the file", documented(document)),
        ("GraphQL is described elsewhere", graphql(document)),
        ("the version of the API is a header of every request", version(document)),
    ];
    mended.into_iter().filter(|(_, places)| *places > 0).collect()
}

/// Every operation takes it, and none says so: <https://docs.github.com/en/rest/about-the-rest-api/api-versions>.
fn version(document: &mut Value) -> usize {
    let header = json!({ "name": "X-GitHub-Api-Version", "in": "header", "schema": { "type": "string", "enum": ["2022-11-28"] } });
    let paths = document["paths"].as_object_mut().into_iter().flat_map(|paths| paths.values_mut());
    let operations = paths.filter_map(Value::as_object_mut).flat_map(|path| path.values_mut());
    let mut mended = 0;
    for operation in operations.filter_map(Value::as_object_mut).filter(|operation| operation.contains_key("responses"))
    {
        let parameters = operation.entry("parameters").or_insert_with(|| json!([]));
        if let Some(parameters) = parameters.as_array_mut()
            && !parameters.contains(&header)
        {
            parameters.push(header.clone());
            mended += 1;
        }
    }
    mended
}

/// The file names no credentials at all: <https://docs.github.com/en/rest/authentication/authenticating-to-the-rest-api>.
fn sign_in(document: &mut Value) -> usize {
    if document.get("security").is_some() {
        return 0;
    }
    document["components"]["securitySchemes"] =
        json!({ "token": { "type": "http", "scheme": "bearer" }, "password": { "type": "http", "scheme": "basic" } });
    document["security"] = json!([{ "token": [] }, { "password": [] }]);
    1
}

/// A path, its method, its parameters in the path and in the query, and the page that has it.
type Added = (&'static str, &'static str, &'static [&'static str], &'static [&'static str], &'static str);

const PAGING: &[&str] = &["per_page", "page"];

const ADDED: [Added; 7] = [
    ("/meta", "get", &[], &[], "rest/meta/meta#get-github-meta-information"),
    ("/user/{account_id}", "get", &["account_id"], &[], "rest/users/users#get-a-user-using-their-id"),
    ("/orgs/{org}/members", "get", &["org"], &["filter", "role", "per_page", "page"], "rest/orgs/members"),
    (
        "/users/{username}/repos",
        "get",
        &["username"],
        &["type", "sort", "direction", "per_page", "page"],
        "rest/repos/repos#list-repositories-for-a-user",
    ),
    ("/installation/repositories", "get", &[], PAGING, "rest/apps/installations"),
    (
        "/app/installations/{installation_id}/access_tokens",
        "post",
        &["installation_id"],
        &[],
        "rest/apps/apps#create-an-installation-access-token-for-an-app",
    ),
    // In no reference, but where redirects of renamed repositories and the links of lists lead.
    (
        "/repositories/{repository_id}",
        "get",
        &["repository_id"],
        &[],
        "rest/using-the-rest-api/best-practices-for-using-the-rest-api#follow-redirects",
    ),
];

fn documented(document: &mut Value) -> usize {
    let Some(paths) = document.get_mut("paths").and_then(Value::as_object_mut) else { return 0 };
    let mut places = 0;
    for (path, method, inside, query, page) in ADDED {
        if paths.get(path).is_some_and(|item| item.get(method).is_some()) {
            continue;
        }
        let parameter = |name: &&str, place: &str| json!({ "name": name, "in": place, "required": place == "path", "schema": { "type": "string" } });
        let parameters: Vec<Value> = inside
            .iter()
            .map(|name| parameter(name, "path"))
            .chain(query.iter().map(|name| parameter(name, "query")))
            .collect();
        let mut operation = json!({
            "operationId": format!("added {method} {path}"),
            "externalDocs": { "url": format!("https://docs.github.com/en/{page}") },
            "parameters": parameters,
            "responses": { "200": { "description": "Response" } },
        });
        if path.starts_with("/app/") {
            operation["security"] = json!([{ "token": [] }]);
        }
        paths.entry(path).or_insert_with(|| json!({}))[method] = operation;
        places += 1;
    }
    places
}

/// <https://docs.github.com/en/graphql/guides/forming-calls-with-graphql>
fn graphql(document: &mut Value) -> usize {
    let Some(paths) = document.get_mut("paths").and_then(Value::as_object_mut) else { return 0 };
    if paths.contains_key("/graphql") {
        return 0;
    }
    let body = json!({
        "type": "object", "required": ["query"], "additionalProperties": false,
        "properties": {
            "query": { "type": "string", "minLength": 1 },
            "operationName": { "type": "string" },
            // What is in them is checked against the document by the schema of GraphQL.
            "variables": { "type": "object", "additionalProperties": true },
        },
    });
    paths.insert(
        "/graphql".to_owned(),
        json!({ "post": {
            "operationId": "graphql",
            "requestBody": { "required": true, "content": { "application/json": { "schema": body } } },
            "responses": { "200": { "description": "Response" } },
        } }),
    );
    1
}

/// Every body that a write takes is needed, but for those of attempts and of switches, which describe none.
pub(super) fn needs_body(method: &str, template: &str) -> bool {
    matches!(method, "POST" | "PATCH") && !template.ends_with("/attempts") && !template.ends_with("/access_tokens")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_missing_is_added_once() {
        let mut document = json!({ "paths": { "/meta": { "get": {} } }, "components": {} });
        let mended = repair(&mut document);
        let places: Vec<_> = mended.iter().map(|(_, places)| *places).collect();
        assert_eq!(places[..3], [1, 6, 1]);
        assert!(places[3] > 0, "each of them has the header: {places:?}");
        assert_eq!(document["paths"]["/user/{account_id}"]["get"]["parameters"][0]["name"], "account_id");
        assert!(repair(&mut document).is_empty());
    }

    #[test]
    fn bodies_are_needed_where_something_is_written() {
        assert!(needs_body("POST", "/repos/{owner}/{repo}/issues"));
        assert!(!needs_body("POST", "/repos/{owner}/{repo}/hooks/{hook_id}/deliveries/{delivery_id}/attempts"));
        assert!(!needs_body("GET", "/user"));
    }
}
