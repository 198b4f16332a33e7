//! Defects of `openproject-v3.json` that concern single operations.

use serde_json::{Value, json};

use crate::schema::each_object;

const READ_MODEL: &str = "#/components/schemas/work_package_model";
const WRITE_MODEL: &str = "#/components/schemas/work_package_write_model";

/// Mends them all; answers which, and in how many places.
pub(in crate::vendor) fn repair(document: &mut Value) -> Vec<(&'static str, usize)> {
    let mended = [
        ("work packages are created with the model for reading", creates_with_the_write_model(document)),
        ("projects are written with the model for reading", projects_have_a_write_model(document)),
        ("the model for writing work packages misses properties", writable_properties(document)),
        ("creating a comment answers nothing", comments_are_answered(document)),
        ("the schema of work packages is answered without being described", schemas_are_answered(document)),
        ("labels are newer than the description", labels(document)),
        ("the content of a file is not described", contents(document)),
    ];
    mended.into_iter().filter(|(_, places)| *places > 0).collect()
}

/// `POST …/work_packages` refers to the model for reading, which requires links that only the server writes, and others that
/// it has defaults for: the minimal create that the same file gives as an example would be refused.
pub(super) fn creates_with_the_write_model(document: &mut Value) -> usize {
    let mut places = 0;
    for (path, item) in document.get_mut("paths").and_then(Value::as_object_mut).into_iter().flatten() {
        let schema = item.pointer_mut("/post/requestBody/content/application~1json/schema/$ref");
        if let Some(reference) = schema.filter(|it| path.ends_with("/work_packages") && **it == json!(READ_MODEL)) {
            *reference = json!(WRITE_MODEL);
            places += 1;
        }
    }
    places
}

/// `POST /projects` and `PATCH /projects/{id}` refer to the model for reading, whose links `self` and `categories` are required:
/// a request that sets only the status would be refused.
pub(super) fn projects_have_a_write_model(document: &mut Value) -> usize {
    let Some(mut model) = document.pointer("/components/schemas/project_model").cloned() else { return 0 };
    each_object(&mut model, &mut |object| {
        if object.get("properties").is_some_and(|properties| properties.get("self").is_some()) {
            object.remove("required");
        }
    });
    document["components"]["schemas"]["project_write_model"] = model;
    let mut places = 0;
    for pointer in ["/paths/~1api~1v3~1projects/post", "/paths/~1api~1v3~1projects~1{id}/patch"] {
        let schema = document.pointer_mut(&format!("{pointer}/requestBody/content/application~1json/schema/$ref"));
        if let Some(reference) = schema {
            *reference = json!("#/components/schemas/project_write_model");
            places += 1;
        }
    }
    places
}

/// The model for writing leaves out what the model for reading has and the server takes: the date of a milestone, the sprint,
/// custom fields (plain ones beside, linked ones among the links; see "Custom fields" in the description of work packages).
pub(super) fn writable_properties(document: &mut Value) -> usize {
    let Some(model) = document.pointer_mut("/components/schemas/work_package_write_model") else { return 0 };
    model["patternProperties"] = json!({"^customField\\d+$": {}});
    model["properties"]["date"] = json!({"type": ["string", "null"], "format": "date"});
    let link = json!({"$ref": "#/components/schemas/link"});
    model["properties"]["_links"]["properties"]["sprint"] = link.clone();
    model["properties"]["_links"]["patternProperties"] =
        json!({"^customField\\d+$": {"anyOf": [link, {"type": "array", "items": link}]}});
    1
}

/// `POST /work_packages/{id}/activities` is described without a body of the answer; the server answers the activity
/// (`lib/api/v3/activities/activities_by_work_package_api.rb` of opf/openproject renders it).
pub(super) fn comments_are_answered(document: &mut Value) -> usize {
    let pointer = "/paths/~1api~1v3~1work_packages~1{id}~1activities/post/responses/201";
    let Some(response) = document.pointer_mut(pointer).filter(|response| response.get("content").is_none()) else {
        return 0;
    };
    response["content"] = json!({"application/hal+json": {"schema": {"$ref": "#/components/schemas/activity_model"}}});
    1
}

/// `GET /work_packages/schemas/{identifier}` is described without a body of the answer, though it is nothing but an answer.
fn schemas_are_answered(document: &mut Value) -> usize {
    let pointer = "/paths/~1api~1v3~1work_packages~1schemas~1{identifier}/get/responses/200";
    let is_bare = |response: &&mut Value| response.pointer("/content/application~1hal+json/schema").is_none();
    let Some(response) = document.pointer_mut(pointer).filter(is_bare) else { return 0 };
    let schema = json!({"type": "object", "properties": {
        "_type": {"enum": ["Schema"]},
        "customField1": {"type": "object", "properties": {
            "type": {"enum": ["String"]}, "name": {"type": "string"}, "required": {"type": "boolean"}, "writable": {"type": "boolean"},
        }},
        "_links": {"type": "object", "properties": {"self": link("Schema")}},
    }});
    response["content"] = json!({"application/hal+json": {"schema": schema}});
    1
}

/// The newest servers have labels: `GET /labels`, and a list of links in each work package (`openapi-spec.yml` and
/// `tags/work_packages.yml` in `docs/api/apiv3` of opf/openproject, after 17.6; unverified on a server).
fn labels(document: &mut Value) -> usize {
    if document.pointer("/paths/~1api~1v3~1labels").is_some() || document.get("paths").is_none() {
        return 0;
    }
    let elements = json!({"type": "array", "items": label()});
    let links = json!({"type": "object", "properties": {"self": link("LabelCollection")}});
    let collection = json!({"type": "object", "properties": {
        "_type": {"enum": ["Collection"]}, "total": {"type": "integer"}, "count": {"type": "integer"}, "_links": links,
        "_embedded": {"type": "object", "properties": {"elements": elements}},
    }});
    let responses = json!({"200": {"content": {"application/hal+json": {"schema": collection}}}});
    document["paths"]["/api/v3/labels"] = json!({"get": {"responses": responses}});
    let one = json!({"200": {"content": {"application/hal+json": {"schema": label()}}}});
    let id = json!({"name": "id", "in": "path", "required": true, "schema": {"type": "integer"}});
    document["paths"]["/api/v3/labels/{id}"] = json!({"get": {"parameters": [id], "responses": one}});
    let list = json!({"type": "array", "items": {"$ref": "#/components/schemas/link"}});
    document["components"]["schemas"]["work_package_write_model"]["properties"]["_links"]["properties"]["labels"] =
        list;
    1
}

/// `GET /attachments/{id}/content`: the links `downloadLocation` and `staticDownloadLocation` of an attachment lead there
/// (`lib/api/v3/attachments/attachment_representer.rb` of opf/openproject), and the file says nothing of it.
fn contents(document: &mut Value) -> usize {
    let Some(paths) = document.get_mut("paths").and_then(Value::as_object_mut) else { return 0 };
    let path = "/api/v3/attachments/{id}/content";
    if paths.contains_key(path) {
        return 0;
    }
    let id = json!({"name": "id", "in": "path", "required": true, "schema": {"type": "integer"}});
    let answers = json!({"200": {"description": "", "content": {"application/octet-stream": {}}}});
    paths.insert(path.to_owned(), json!({"get": {"parameters": [id], "responses": answers}}));
    1
}

fn label() -> Value {
    json!({"type": "object", "properties": {
        "_type": {"enum": ["Label"]}, "id": {"type": "integer"}, "name": {"type": "string"},
        "_links": {"type": "object", "properties": {"self": link("Label")}},
    }})
}

fn link(resource: &str) -> Value {
    json!({"allOf": [{"$ref": "#/components/schemas/link"}, {"description": format!("**Resource**: {resource}")}]})
}
