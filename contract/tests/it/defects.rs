//! The known defects of the vendors' files, each shown on the real file, and mended.

use pm_contract::description::Description;
use pm_contract::repair;
use pm_contract::schema::{compile, drop_read_only_from_required, each_object};
use pm_contract::specs::VARIABLE;
use pm_contract::vendor::Vendor;
use serde_json::{Value, json};

/// A file of the folder as it is; without a folder the other tests say what is left out.
fn file(name: &str) -> Option<Value> {
    let folder = std::env::var(VARIABLE).ok().filter(|folder| !folder.is_empty())?;
    let text = std::fs::read_to_string(format!("{folder}/{name}")).ok()?;
    Some(serde_json::from_str(&text).unwrap())
}

fn body<'a>(document: &'a Value, path: &str) -> &'a Value {
    &document["paths"][path]["post"]["requestBody"]["content"]["application/json"]["schema"]
}

const CREATE: [&str; 3] =
    ["/api/v3/work_packages", "/api/v3/projects/{id}/work_packages", "/api/v3/workspaces/{id}/work_packages"];

#[test]
fn openproject_creates_work_packages_with_the_model_for_reading() {
    let Some(document) = file("openproject-v3.json") else { return };
    let minimal = json!({"subject": "x"});
    let mended = Description::new(document.clone(), Vendor::OpenProject);
    for path in CREATE {
        assert!(!compile(&document, body(&document, path)).unwrap().is_valid(&minimal), "{path}: no defect any more");
        assert!(compile(mended.requests(), body(mended.requests(), path)).unwrap().is_valid(&minimal), "{path}");
    }
}

#[test]
fn openproject_changes_projects_with_the_model_for_reading() {
    let Some(document) = file("openproject-v3.json") else { return };
    let only_status = json!({"_links": {"status": {"href": null}}});
    assert!(
        !compile(&document, body(&document, "/api/v3/projects")).unwrap().is_valid(&only_status),
        "no defect any more"
    );
    let mended = Description::new(document, Vendor::OpenProject);
    assert!(compile(mended.requests(), body(mended.requests(), "/api/v3/projects")).unwrap().is_valid(&only_status));
}

#[test]
fn openproject_requires_what_only_the_server_writes() {
    let Some(mut document) = file("openproject-v3.json") else { return };
    let text = json!({"raw": "x"});
    let schema = document["components"]["schemas"]["formattable"].clone();
    assert!(!compile(&document, &schema).unwrap().is_valid(&text), "no defect any more");
    drop_read_only_from_required(&mut document);
    assert!(compile(&document, &document["components"]["schemas"]["formattable"]).unwrap().is_valid(&text));
}

#[test]
fn openproject_and_redmine_forget_that_bodies_are_required() {
    for (name, vendor, marked) in
        [("openproject-v3.json", Vendor::OpenProject, 4), ("redmine-community.json", Vendor::Redmine, 0)]
    {
        let Some(document) = file(name) else { continue };
        let count = |description: &Description| {
            let mut bodies = description.operations().iter().filter_map(|operation| operation.body.as_ref());
            (bodies.clone().count(), bodies.by_ref().filter(|body| body.required).count())
        };
        let (described, before) = count(&Description::new(document.clone(), Vendor::Other));
        let (_, after) = count(&Description::new(document, vendor));
        assert_eq!(before, marked, "{name}: of {described}");
        assert!(after > described * 3 / 4, "{name}: {after} of {described}");
    }
}

#[test]
fn openproject_answers_a_new_comment_without_describing_it() {
    let Some(document) = file("openproject-v3.json") else { return };
    let response = |document: &Value| {
        document["paths"]["/api/v3/work_packages/{id}/activities"]["post"]["responses"]["201"]["content"].clone()
    };
    assert!(response(&document).is_null(), "no defect any more");
    assert!(response(Description::new(document, Vendor::OpenProject).document()).is_object());
}

#[test]
fn redmine_lets_every_query_parameter_pass_as_a_custom_field() {
    let Some(document) = file("redmine-community.json") else { return };
    let parameters = document["paths"]["/issues.{format}"]["get"]["parameters"].as_array().unwrap();
    let any = parameters.iter().find(|parameter| parameter["name"] == "cf_x").unwrap();
    assert_eq!(any["schema"]["additionalProperties"], json!({"type": "string"}), "no defect any more");
}

/// Some schemas are nullable and have no type: `anyOf` takes the place of the missing one.
#[test]
fn some_vendors_say_nullable_without_a_type() {
    for name in ["github-rest-pm.json", "asana.json", "trello.json"] {
        let Some(mut document) = file(name) else { continue };
        let mut places = 0;
        each_object(&mut document, &mut |object| {
            places += usize::from(object.get("nullable") == Some(&json!(true)) && !object.contains_key("type"));
        });
        assert!(places > 0, "{name}: no defect any more");
        let mended = Description::new(document, Vendor::Other);
        assert!(!mended.document().to_string().contains("\"nullable\":true"), "{name}");
    }
}

#[test]
fn trello_repeats_values_of_an_enum() {
    let Some(mut document) = file("trello.json") else { return };
    assert!(repair::repeated_enum_values(&mut document) > 0, "no defect any more");
    assert_eq!(repair::repeated_enum_values(&mut document), 0);
}

#[test]
fn jira_describes_words_in_queries_as_objects() {
    for (name, lists, words) in [("jira-software.json", 9, 3), ("jira-platform-v3.json", 2, 0)] {
        let Some(mut document) = file(name) else { continue };
        assert_eq!(repair::arrays_of_objects_in_queries(&mut document), lists, "{name}");
        assert!(repair::bare_objects_in_queries(&mut document) == words, "{name}");
    }
}

#[test]
fn jira_writes_examples_as_strings() {
    for name in ["jira-software.json", "jira-platform-v3.json"] {
        let Some(mut document) = file(name) else { continue };
        assert!(repair::examples_in_strings(&mut document) > 0, "{name}: no defect any more");
        assert_eq!(repair::examples_in_strings(&mut document), 0, "{name}");
    }
}

/// The description of Jira as it is used: both files, mended.
fn jira(vendor: Vendor) -> Option<Description> {
    let (platform, software) = (file("jira-platform-v3.json")?, file("jira-software.json")?);
    Some(Description::join(&platform.to_string(), Some(&software.to_string()), vendor).unwrap())
}

fn repaired(description: &Description, defect: &str) -> usize {
    let found = description.repaired().iter().find(|(name, _)| *name == defect);
    found.unwrap_or_else(|| panic!("no defect any more: {defect}")).1
}

#[test]
fn jira_describes_boards_for_oauth_alone() {
    let Some(document) = file("jira-software.json") else { return };
    let security = &document["paths"]["/rest/agile/1.0/sprint"]["post"]["security"];
    assert!(security.as_array().unwrap().iter().all(|way| way.get("basicAuth").is_none()), "no defect any more");
    let description = jira(Vendor::Jira).unwrap();
    assert!(repaired(&description, "only OAuth is described for boards and sprints") > 50);
    let sprint = description.operations().iter().find(|it| it.name() == "POST /rest/agile/1.0/sprint").unwrap();
    assert!(sprint.security.iter().any(|way| way == &["basicAuth"]));
}

#[test]
fn jira_has_defaults_that_its_own_enums_exclude() {
    let Some(document) = file("jira-platform-v3.json") else { return };
    let parameter = &document["paths"]["/rest/api/3/classification-levels"]["get"]["parameters"][0]["schema"]["items"];
    let (default, allowed) = (&parameter["default"], parameter["enum"].as_array().unwrap());
    assert!(default == "" && !allowed.contains(default), "no defect any more: {parameter}");
    assert!(repaired(&jira(Vendor::Jira).unwrap(), "a text is excluded by its own enum") > 0);
}

#[test]
fn jira_describes_an_upload_as_a_list() {
    let Some(document) = file("jira-platform-v3.json") else { return };
    let pointer = "/paths/~1rest~1api~13~1issue~1{issueIdOrKey}~1attachments/post/requestBody/content/multipart~1form-data/schema";
    assert_eq!(document.pointer(pointer).unwrap()["type"], "array", "no defect any more");
    let mended = jira(Vendor::Jira).unwrap();
    assert_eq!(mended.requests().pointer(pointer).unwrap()["required"], json!(["file"]));
}

#[test]
fn jira_lets_any_member_pass_in_writes_to_issues() {
    let Some(document) = file("jira-platform-v3.json") else { return };
    let wrong = json!({"feilds": {}});
    let (path, mended) = ("/rest/api/3/issue", jira(Vendor::Jira).unwrap());
    assert!(compile(&document, body(&document, path)).unwrap().is_valid(&wrong), "no defect any more");
    assert!(!compile(mended.requests(), body(mended.requests(), path)).unwrap().is_valid(&wrong));
    assert_eq!(repaired(&mended, "bodies of writes to issues allow any member"), 6);
}

#[test]
fn jira_still_describes_the_search_that_is_gone() {
    let Some(document) = file("jira-platform-v3.json") else { return };
    assert!(document["paths"]["/rest/api/3/search"]["get"].is_object(), "no defect any more");
    let is_there = |vendor, path| {
        let description = jira(vendor).unwrap();
        description.operations().iter().any(|it| it.template.to_string() == path)
    };
    assert!(!is_there(Vendor::Jira, "/rest/api/3/search") && is_there(Vendor::Jira, "/rest/api/3/search/jql"));
    assert!(is_there(Vendor::JiraDataCenter, "/rest/api/2/search"));
    assert!(!is_there(Vendor::JiraDataCenter, "/rest/api/2/search/jql"), "Cloud has it alone");
}

#[test]
fn jira_describes_webhooks_of_administrators_in_no_file() {
    for name in ["jira-platform-v3.json", "jira-software.json"] {
        let Some(document) = file(name) else { return };
        assert!(document["paths"].get("/rest/webhooks/1.0/webhook").is_none(), "{name}: no defect any more");
    }
    assert_eq!(repaired(&jira(Vendor::Jira).unwrap(), "webhooks of administrators are described elsewhere"), 2);
}

/// Both files have schemas of the same names that differ: those of the second stay apart.
#[test]
fn jira_has_two_schemas_of_one_name() {
    let (Some(platform), Some(software)) = (file("jira-platform-v3.json"), file("jira-software.json")) else { return };
    let schemas = |document: &Value| document["components"]["schemas"].as_object().unwrap().clone();
    let (platform, software) = (schemas(&platform), schemas(&software));
    let differing = platform.iter().filter(|(name, schema)| software.get(*name).is_some_and(|other| other != *schema));
    assert!(differing.count() > 0, "no defect any more");
    let joint = jira(Vendor::Jira).unwrap();
    let dead = joint.operations().iter().flat_map(pm_contract::Operation::uncompilable);
    let dead: Vec<_> = dead.filter(|(_, problem)| problem.contains("leads nowhere")).collect();
    assert!(dead.is_empty(), "{dead:?}");
}

/// One pattern of Jira's development information is too large for the validator (and written for Java).
#[test]
fn jira_has_a_pattern_that_does_not_compile() {
    let Some(document) = file("jira-software.json") else { return };
    assert!(!uncompilable(document, "is not a \"regex\"").is_empty(), "no defect any more");
    let mended = jira(Vendor::Jira).unwrap();
    assert!(mended.operations().iter().all(|operation| operation.uncompilable().is_empty()));
}

#[test]
fn clickup_percent_encodes_references() {
    let Some(document) = file("clickup-v2.json") else { return };
    assert!(document.to_string().contains("%7B"), "no defect any more");
    let dead = uncompilable(document, "leads nowhere");
    assert_eq!(dead, Vec::<String>::new());
}

/// The description of ClickUp as it is used: both files, mended.
fn clickup() -> Option<Description> {
    let (second, third) = (file("clickup-v2.json")?, file("clickup-v3.json")?);
    Some(Description::join(&second.to_string(), Some(&third.to_string()), Vendor::ClickUp).unwrap())
}

#[test]
fn clickup_leaves_the_brackets_of_filters_out() {
    let Some(document) = file("clickup-v2.json") else { return };
    let parameters = document["paths"]["/v2/list/{list_id}/task"]["get"]["parameters"].as_array().unwrap();
    let filter = parameters.iter().find(|parameter| parameter["name"] == "statuses").expect("no defect any more");
    assert!(filter["description"].as_str().unwrap().contains("statuses[]="));
    assert!(repaired(&clickup().unwrap(), "filters of lists lack the brackets that their own examples have") >= 4);
}

#[test]
fn clickup_wants_the_type_of_bodies_that_are_not_there() {
    let Some(document) = file("clickup-v2.json") else { return };
    let header = &document["paths"]["/v2/task/{task_id}"]["delete"]["parameters"].as_array().unwrap();
    assert!(header.iter().any(|parameter| parameter["in"] == "header"), "no defect any more");
    assert!(repaired(&clickup().unwrap(), "requests without a body need its content type") > 10);
}

#[test]
fn clickup_wants_both_directions_of_a_dependency() {
    let Some(document) = file("clickup-v2.json") else { return };
    let parameters = document["paths"]["/v2/task/{task_id}/dependency"]["delete"]["parameters"].as_array().unwrap();
    let required = parameters.iter().filter(|parameter| parameter["in"] == "query" && parameter["required"] == true);
    assert_eq!(required.count(), 2, "no defect any more");
    assert_eq!(repaired(&clickup().unwrap(), "both directions of a dependency are required at once"), 2);
}

#[test]
fn clickup_moves_tasks_by_another_version() {
    let Some(description) = clickup() else { return };
    let path = "/api/v3/workspaces/1/tasks/86c/home_list/2";
    assert!(matches!(description.find("PUT", path), pm_contract::description::Match::Described(..)));
    assert!(matches!(description.find("GET", "/api/v2/user"), pm_contract::description::Match::Described(..)));
    assert!(description.operations().iter().all(|operation| operation.uncompilable().is_empty()));
}

fn uncompilable(document: Value, why: &str) -> Vec<String> {
    let description = Description::new(document, Vendor::Other);
    let all = description.operations().iter().flat_map(pm_contract::Operation::uncompilable);
    all.map(|(_, problem)| problem).filter(|problem| problem.contains(why)).collect()
}
