//! Every field of the schema is served.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::collections::BTreeSet;

use serde_json::json;

use super::coerce::Arguments;
use super::object::{Object, Out};
use super::schema::schema;
use super::scope::{Call, Scope};
use crate::github::access::Caller;
use crate::github::{FakeGitHub, Seed, limits};

/// Types whose objects are made by mutations or by nothing here.
const APART: [&str; 3] = ["Mutation", "ProjectV2StatusUpdate", "Bot"];

fn seed() -> Seed {
    let seed = json!({ "repositories": [{
        "name": "acme/site", "milestones": [{ "title": "First" }],
        "issues": [
            { "title": "Build", "labels": ["bug"], "assignees": ["mel"], "milestone": "First", "comments": ["Yes"] },
            { "title": "Paint", "parent": "Build", "comments": ["See #1"] },
        ],
    }] });
    seed.to_string().parse().unwrap()
}

async fn server() -> FakeGitHub {
    let server = FakeGitHub::builder().seed(seed()).start().await.unwrap();
    let pull = json!({
        "title": "Build it", "body": "Closes #1", "reviews": [["mel", "APPROVED"]], "requested": ["mel"],
        "checks": [["build", "success"]], "statuses": [["ci", "pending"]],
    });
    server.add_pull_request("acme/site", &serde_json::from_value(pull).unwrap()).unwrap();
    let other = json!({ "title": "Paint it", "body": "After #3", "head": "paint" });
    server.add_pull_request("acme/site", &serde_json::from_value(other).unwrap()).unwrap();
    let project = json!({ "owner": "acme", "title": "Roadmap", "issues": ["acme/site#1"], "drafts": ["Think"], "fields": [
        { "name": "Sprint", "type": "ITERATION", "iterations": [{ "title": "First", "start": "2026-05-04", "days": 14 }] },
    ] });
    server.add_project_v2(&serde_json::from_value(project).unwrap()).unwrap();
    server
}

/// Arguments with which a field gives something.
fn arguments(kind: &str, field: &str) -> Arguments {
    let given = match (kind, field) {
        ("Query", "organization" | "repositoryOwner") => json!({ "login": "acme" }),
        ("Query", "user") => json!({ "login": "mel" }),
        ("Query", "repository") => json!({ "owner": "acme", "name": "site" }),
        ("User" | "Organization", "repository") => json!({ "name": "site" }),
        ("ProjectV2", "field") => json!({ "name": "Status" }),
        ("ProjectV2Item", "fieldValueByName") => json!({ "name": "Title" }),
        ("Repository", "pullRequest") => json!({ "number": 3 }),
        _ => json!({ "number": 1 }),
    };
    Arguments(given.as_object().unwrap().clone())
}

fn inside(kind: &str, field: &str, out: Out) -> Vec<Object> {
    match out {
        Out::Null | Out::Leaf(_) => Vec::new(),
        Out::One(object) => vec![object],
        Out::Many(objects) => objects,
        Out::Pages(all) => {
            let ty = super::schema::base(&schema().field(kind, field).unwrap().ty.node);
            let first = Arguments(json!({ "first": 100 }).as_object().unwrap().clone());
            let page = super::object::Page::cut(field, ty, all, &first).unwrap();
            vec![Object::Connection(Box::new(page))]
        }
    }
}

/// What an object does not know of the fields of its type.
fn missing(scope: &Scope<'_>, object: &Object, field: &str) -> bool {
    if let Object::Ready { fields, .. } = object {
        return !fields.iter().any(|(name, _)| *name == field);
    }
    match object.resolve(scope, field, &arguments(&object.kind(scope), field)) {
        Ok(_) => false,
        Err(error) => error.body()["message"].as_str().unwrap().starts_with("the fake does not know"),
    }
}

#[tokio::test]
async fn every_field_of_the_schema_gives_something() {
    let server = server().await;
    let store = server.app.lock();
    let caller = Caller::inside(&store, server.url());
    drop(store);
    let hour = limits::state(&server.app, &caller, "graphql");
    let call = Call { app: &server.app, caller: &caller, nodes: 1, points: 1, hour };
    let store = server.app.lock();
    let scope = Scope::new(&call, &store);

    let mut seen = BTreeSet::new();
    let mut queue = vec![Object::Query];
    let mut unknown = Vec::new();
    while let Some(object) = queue.pop() {
        let kind = object.kind(&scope);
        if !seen.insert(format!("{kind} {object:?}")) {
            continue;
        }
        for (_, field) in schema().object_fields().into_iter().filter(|(name, _)| *name == kind) {
            if missing(&scope, &object, field) {
                unknown.push(format!("{kind}.{field}"));
            } else if let Ok(out) = object.resolve(&scope, field, &arguments(&kind, field)) {
                queue.extend(inside(&kind, field, out).into_iter().filter(|one| !matches!(one, Object::Missing(_))));
            }
        }
    }
    let made = |name: &str| name.ends_with("Payload") || APART.contains(&name) || name.contains("StatusUpdate");
    let reached = |name: &str| seen.iter().any(|one| one.split(' ').next() == Some(name));
    let types = schema().object_fields();
    let unseen: Vec<&str> = types.iter().map(|(name, _)| *name).filter(|name| !reached(name)).collect();
    let unseen: Vec<&str> = unseen.into_iter().filter(|name| !made(name)).collect();
    assert!(unknown.is_empty(), "{unknown:?}");
    let rare = ["ProjectV2ItemField", "IssueCommentEdge", "OrganizationMember"];
    let left: BTreeSet<&&str> =
        unseen.iter().filter(|name| !rare.iter().any(|prefix| name.starts_with(prefix))).collect();
    assert!(left.is_empty(), "never reached: {left:?}");
}
