//! What is read and refused, whatever it is about.

use std::time::Duration;

use pm_testkit::github::FakeGitHub;
use serde_json::{Value, json};

use super::Api;

#[tokio::test]
async fn selections_aliases_fragments_and_variables_are_honored() {
    let api = Api::start().await;
    let query = "
        query Q($owner: String!, $deep: Boolean = false) {
          first: repository(owner: $owner, name: \"site\") { ...Named issue(number: 1) { __typename title body @skip(if: true) } }
          viewer { login ... on User { name @include(if: $deep) } }
        }
        fragment Named on Repository { nameWithOwner ... on Node { __typename } }";
    let data = api.data(query, json!({ "owner": "acme" })).await;
    let first = json!({
        "nameWithOwner": "acme/site", "__typename": "Repository", "issue": { "__typename": "Issue", "title": "Build" },
    });
    assert_eq!(data, json!({ "first": first, "viewer": { "login": "ada" } }));
}

#[tokio::test]
async fn mistakes_in_a_document_are_found_before_anything_is_done() {
    let api = Api::start().await;
    let none = || json!({});
    let code = |error: &Value| error["extensions"]["code"].as_str().unwrap_or_default().to_owned();
    let cases = [
        ("{ viewer { login nick } }", "undefinedField", "Field 'nick' doesn't exist on type 'User'"),
        ("{ viewer }", "selectionMismatch", ""),
        ("{ viewer { login { length } } }", "selectionMismatch", ""),
        (
            "{ repository(owner: \"acme\") { id } }",
            "missingRequiredArguments",
            "Field 'repository' is missing required arguments: name",
        ),
        ("{ viewer(id: 1) { id } }", "argumentNotAccepted", "Field 'viewer' doesn't accept argument 'id'"),
        ("{ user(login: 5) { id } }", "argumentLiteralsIncompatible", ""),
        ("{ user(login: $login) { id } }", "variableNotDefined", ""),
        (
            "query($a: Int) { viewer { id } }",
            "variableNotUsed",
            "Variable $a is declared by anonymous query but not used",
        ),
        ("query($a: Int) { user(login: $a) { id } }", "variableMismatch", ""),
        ("{ viewer { ...F } }", "useAndDefineFragment", "Fragment F was used, but not defined"),
        ("{ viewer { ... on Issue { id } } }", "cannotSpreadFragment", "Fragment on Issue can't be spread inside User"),
        ("{ viewer { a: id a: login } }", "fieldConflict", ""),
    ];
    for (query, wanted, message) in cases {
        let answer = api.ask(query, none()).await;
        let error = &answer["errors"][0];
        assert_eq!(code(error), wanted, "{query}: {answer}");
        assert!(error["message"].as_str().unwrap().contains(message), "{query}: {answer}");
        assert_eq!(answer.get("data"), None, "{query}");
    }
    let broken = api.error("{ viewer { login ", none()).await;
    assert!(broken["message"].as_str().unwrap().starts_with("Parse error"), "{broken}");
    let missing = api
        .error("query($n: Int!) { repository(owner: \"acme\", name: \"site\") { issue(number: $n) { id } } }", none())
        .await;
    assert!(missing["message"].as_str().unwrap().starts_with("Variable $n of type Int! was provided invalid value"));
}

#[tokio::test]
async fn what_is_missing_is_null_beside_the_rest() {
    let api = Api::start().await;
    let query =
        "{ nope: repository(owner: \"acme\", name: \"nope\") { id } viewer { login } nodes(ids: [\"bad\"]) { id } }";
    let answer = api.ask(query, json!({})).await;
    assert_eq!(answer["data"], json!({ "nope": null, "viewer": { "login": "ada" }, "nodes": [null] }));
    let errors = &answer["errors"];
    assert_eq!(errors[0]["type"], "NOT_FOUND");
    assert_eq!(errors[0]["path"], json!(["nope"]));
    assert_eq!(errors[0]["message"], "Could not resolve to a Repository with the name 'acme/nope'.");
    assert_eq!(errors[1]["path"], json!(["nodes", 0]));
}

#[tokio::test]
async fn connections_want_a_length_of_a_hundred_at_most() {
    let api = Api::start().await;
    let fields = |arguments: &str| {
        format!(
            "{{ organization(login: \"acme\") {{ projectV2(number: 1) {{ fields{arguments} {{ totalCount nodes {{ __typename ... on Node {{ id }} }} pageInfo {{ hasNextPage endCursor }} edges {{ cursor }} }} }} }} }}"
        )
    };
    let place = |answer: &Value| answer["data"]["organization"]["projectV2"]["fields"].clone();
    let none = api.error(&fields(""), json!({})).await;
    assert_eq!(none["type"], "MISSING_PAGINATION_BOUNDARIES");
    let many = api.error(&fields("(first: 101)"), json!({})).await;
    assert_eq!(many["type"], "EXCESSIVE_PAGINATION");

    let mut seen = Vec::new();
    let mut after = String::new();
    loop {
        let page = place(&api.ask(&fields(&format!("(first: 4{after})")), json!({})).await);
        assert_eq!(page["totalCount"], 14);
        seen.extend(page["nodes"].as_array().unwrap().iter().map(|node| node["id"].as_str().unwrap().to_owned()));
        assert_eq!(page["edges"].as_array().unwrap().last().unwrap()["cursor"], page["pageInfo"]["endCursor"]);
        if page["pageInfo"]["hasNextPage"] == false {
            break;
        }
        after = format!(", after: {}", page["pageInfo"]["endCursor"]);
    }
    assert_eq!(seen.len(), 14);
    assert!(seen.iter().any(|id| id.starts_with("PVTIF_")) && seen.iter().any(|id| id.starts_with("PVTSSF_")));
}

#[tokio::test]
async fn points_and_nodes_are_counted() {
    let api = Api::with(FakeGitHub::builder().primary_limit(3)).await;
    let query = "{ rateLimit { cost limit remaining used nodeCount resetAt } viewer { projectsV2(first: 50) { nodes { items(first: 100) { totalCount } } } } }";
    let data = api.data(query, json!({})).await;
    let limit = &data["rateLimit"];
    assert_eq!((&limit["cost"], &limit["limit"], &limit["remaining"]), (&json!(1), &json!(3), &json!(2)));
    assert_eq!(limit["nodeCount"], 50 + 50 * 100);
    let deep = "{ viewer { projectsV2(first: 100) { nodes { items(first: 100) { nodes { fieldValues(first: 100) { totalCount } } } } } } }";
    assert_eq!(api.error(deep, json!({})).await["type"], "MAX_NODE_LIMIT_EXCEEDED");

    api.data("{ viewer { id } }", json!({})).await;
    api.data("{ viewer { id } }", json!({})).await;
    assert_eq!(api.error("{ viewer { id } }", json!({})).await["type"], "RATE_LIMITED");
    api.server.advance(Duration::from_secs(3601));
    api.data("{ viewer { id } }", json!({})).await;
}

#[tokio::test]
async fn a_field_that_is_refused_leaves_the_others() {
    let api = Api::start().await;
    let items = "query($id: ID!) { node(id: $id) { ... on ProjectV2 { title items(first: 10) { nodes { id content { ... on Issue { title } } } } } } }";
    let data = api.data(items, json!({ "id": api.project })).await;
    let item = data["node"]["items"]["nodes"][0]["id"].as_str().unwrap().to_owned();
    api.server.spoil(&item, "content", "Resource protected by organization SAML enforcement.");
    let answer = api.ask(items, json!({ "id": api.project })).await;
    assert_eq!(answer["data"]["node"]["items"]["nodes"], json!([{ "id": item, "content": null }]));
    assert_eq!(answer["errors"][0]["type"], "FORBIDDEN");
    assert_eq!(answer["errors"][0]["path"], json!(["node", "items", "nodes", 0, "content"]));
}

#[tokio::test]
async fn issues_are_opened_changed_and_closed() {
    let api = Api::start().await;
    let repository = api
        .data(
            "{ repositoryOwner(login: \"acme\") { ... on ProjectV2Owner { id } repository(name: \"site\") { id } } }",
            json!({}),
        )
        .await;
    let create = "mutation($input: CreateIssueInput!) { createIssue(input: $input) { issue { id number state } } }";
    let input =
        json!({ "repositoryId": repository["repositoryOwner"]["repository"]["id"], "title": "Third", "body": "Text" });
    let issue = api.data(create, json!({ "input": input })).await["createIssue"]["issue"].clone();
    assert_eq!((&issue["number"], &issue["state"]), (&json!(3), &json!("OPEN")));
    let update = "mutation($i: UpdateIssueInput!, $c: CloseIssueInput!) { a: updateIssue(input: $i) { issue { title } } b: closeIssue(input: $c) { issue { stateReason(enableDuplicate: true) } } }";
    let variables = json!({ "i": { "id": issue["id"], "title": "Other" }, "c": { "issueId": issue["id"], "stateReason": "DUPLICATE" } });
    let data = api.data(update, variables).await;
    assert_eq!(
        data,
        json!({ "a": { "issue": { "title": "Other" } }, "b": { "issue": { "stateReason": "DUPLICATE" } } })
    );
    assert_eq!(api.server.issue("acme/site", 3).unwrap()["state_reason"], "duplicate");
    let newest = "{ repository(owner: \"acme\", name: \"site\") { issues(first: 1, orderBy: {field: CREATED_AT, direction: DESC}) { nodes { number } } } }";
    let data = api.data(newest, json!({})).await;
    assert_eq!(data["repository"]["issues"]["nodes"], json!([{ "number": 3 }]));
    let wrong = json!({ "input": { "repositoryId": "R_1", "title": "No", "nick": 1 } });
    let error = api.error(create, wrong).await;
    assert!(error["message"].as_str().unwrap().contains("Field is not defined on CreateIssueInput: nick"), "{error}");
}
