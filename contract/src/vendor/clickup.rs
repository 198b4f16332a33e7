//! ClickUp: <https://developer.clickup.com/reference>. Its two versions of the API are described in two files, which are one here.

use serde_json::{Value, json};

use super::Exception;

/// Where the components of version 3 are in the joint document.
const THIRD: &str = "third";

/// What the paths of version 3 begin with in their own file, and those of version 2 by the address of the server.
const PREFIX: &str = "/api";

/// What the file says wrongly, and no repair of a schema could say rightly.
pub(super) const EXCEPTIONS: &[Exception] = &[
    cleared("body `/priority`"),
    cleared("body `/due_date`"),
    cleared("body `/start_date`"),
    cleared("body `/time_estimate`"),
    cleared("body `/points`"),
    cleared_of_list("PUT", "/api/v2/list/{list_id}", "body `/due_date`"),
    cleared_of_list("PUT", "/api/v2/list/{list_id}", "body `/priority`"),
    partial("/api/v2/comment/{comment_id}"),
    partial("/api/v2/space/{space_id}"),
    Exception {
        name: "a Space keeps the features that it has",
        operation: ("PUT", "/api/v2/space/{space_id}"),
        place: "body `/features/",
        what: "no schema of the operation names this property",
        reason: "the answer to a new Space has `sprints`, `points` and others; who leaves out what is on may switch it off",
    },
    Exception {
        name: "a Space without a colour keeps none",
        operation: ("PUT", "/api/v2/space/{space_id}"),
        place: "body `/color`",
        what: "null is not",
        reason: "a colour is required, and a Space that was given none has none to send back",
    },
    partial("/api/v2/webhook/{webhook_id}"),
    Exception {
        name: "the events of a webhook are a list",
        operation: ("PUT", "/api/v2/webhook/{webhook_id}"),
        place: "body `/events`",
        what: "is not of type \"string\"",
        reason: "a list in the body that makes one and in every answer; the text of the file is its example `*` alone",
    },
];

/// The same properties are nullable in the answer, and there is no other way to take a value away.
const fn cleared(place: &'static str) -> Exception {
    Exception {
        name: "a value of a task is taken away by null",
        operation: ("PUT", "/api/v2/task/{task_id}"),
        place,
        what: "null is not",
        reason: "nullable in the answer of the same operation, and clients take values away like this (`krodak/clickup-cli`)",
    }
}

const fn cleared_of_list(method: &'static str, template: &'static str, place: &'static str) -> Exception {
    Exception {
        name: "a value of a List is taken away by null",
        operation: (method, template),
        place,
        what: "null is not",
        reason: "nullable in the answer of lists of Lists, and there is no other way to take it away",
    }
}

/// Everything that an example of theirs has is marked as required. What is left out stays as it is.
const fn partial(template: &'static str) -> Exception {
    Exception {
        name: "a change names what changes",
        operation: ("PUT", template),
        place: "body",
        what: "is a required property",
        reason: "the reference describes a partial update, as for tasks; an assignee that nobody wants could not be sent",
    }
}

/// Adds version 3 to version 2.
pub(super) fn join(document: &mut Value, other: Value) {
    super::join::join(document, other, THIRD, |path| path.strip_prefix(PREFIX).map_or(path.clone(), str::to_owned));
}

/// Mends the file; answers what, and in how many places.
pub(super) fn repair(document: &mut Value) -> Vec<(&'static str, usize)> {
    let mended = [
        ("filters of lists lack the brackets that their own examples have", brackets(document)),
        ("requests without a body need its content type", content_types(document)),
        ("both directions of a dependency are required at once", directions(document)),
    ];
    mended.into_iter().filter(|(_, places)| *places > 0).collect()
}

/// `statuses` is described, and its example is `?statuses[]=to%20do`.
fn brackets(document: &mut Value) -> usize {
    let mut places = 0;
    each_parameter(document, &mut |parameter| {
        let name = parameter["name"].as_str().unwrap_or_default().to_owned();
        let shown = format!("{name}[]=");
        let says_so = parameter["description"].as_str().is_some_and(|text| text.contains(&shown));
        if says_so && !name.ends_with("[]") {
            parameter["name"] = format!("{name}[]").into();
            places += 1;
        }
        true
    });
    places
}

/// A header of this name is to be ignored by OpenAPI itself: <https://spec.openapis.org/oas/v3.1.0#fixed-fields-9>.
fn content_types(document: &mut Value) -> usize {
    let mut places = 0;
    each_parameter(document, &mut |parameter| {
        let is_one = parameter["in"] == "header"
            && parameter["name"].as_str().is_some_and(|name| name.eq_ignore_ascii_case("content-type"));
        places += usize::from(is_one);
        !is_one
    });
    places
}

/// A task waits for another, or another waits for it: the same operation without a query takes either.
fn directions(document: &mut Value) -> usize {
    let mut places = 0;
    each_parameter(document, &mut |parameter| {
        let is_one = ["depends_on", "dependency_of"].iter().any(|name| parameter["name"] == *name);
        if is_one && parameter["in"] == "query" && parameter["required"] == true {
            parameter["required"] = json!(false);
            places += 1;
        }
        true
    });
    places
}

/// Looks at every parameter of every operation, and keeps those that it is told to keep.
fn each_parameter(document: &mut Value, keep: &mut dyn FnMut(&mut Value) -> bool) {
    let paths = document["paths"].as_object_mut().into_iter().flat_map(|paths| paths.values_mut());
    let operations = paths.filter_map(Value::as_object_mut).flat_map(|path| path.values_mut());
    for operation in operations {
        if let Some(parameters) = operation.get_mut("parameters").and_then(Value::as_array_mut) {
            parameters.retain_mut(&mut *keep);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_defect_is_mended_once() {
        let mut document = json!({ "paths": { "/v2/list/{id}/task": { "get": { "parameters": [
            { "name": "statuses", "in": "query", "description": "For example: `?statuses[]=to%20do`" },
            { "name": "watchers", "in": "query", "description": "Filter by watchers." },
            { "name": "Content-Type", "in": "header", "required": true },
            { "name": "depends_on", "in": "query", "required": true },
        ] } } } });
        assert_eq!(repair(&mut document).iter().map(|(_, places)| *places).collect::<Vec<_>>(), [1, 1, 1]);
        let parameters = &document["paths"]["/v2/list/{id}/task"]["get"]["parameters"];
        let names = [0, 1, 2, 3].map(|place| parameters[place]["name"].clone());
        assert_eq!(names, [json!("statuses[]"), json!("watchers"), json!("depends_on"), Value::Null]);
        assert!(repair(&mut document).is_empty());
    }

    #[test]
    fn the_third_version_stands_beside_the_second() {
        let mut document = json!({ "paths": { "/v2/user": {} }, "components": {} });
        let third = json!({ "paths": { "/api/v3/x": { "$ref": "#/components/schemas/X" } }, "components": { "schemas": { "X": {} } } });
        join(&mut document, third);
        assert_eq!(document["paths"]["/v3/x"]["$ref"], "#/components/third/schemas/X");
    }
}
