//! Projects on the wire.

use pm_provider::{
    DeleteOptions, Effect, ErrorKind, Field, NewProject, PmProvider, ProjectPatch, ProjectQuery, ProjectStatusCategory,
    ProjectStatusRef,
};
use pm_provider_jira::{Flavor, JiraProvider};
use serde_json::json;
use wiremock::MockServer;

use crate::support::{
    ann, answer, answer_empty, answer_once, bodies, cloud, count, data_center, page, project, queries, query,
};

/// A Cloud site on which there is no project yet.
async fn empty_cloud() -> (MockServer, JiraProvider) {
    let (server, provider) = cloud().await;
    answer(&server, "GET", "/rest/api/3/myself", 200, ann(Flavor::Cloud)).await;
    answer(&server, "GET", "/rest/api/3/project/search", 200, page(&[])).await;
    (server, provider)
}

#[tokio::test]
async fn trap_a_list_without_a_word_about_statuses_has_only_live_projects() {
    let (server, provider) = cloud().await;
    let mut old = project(10001, "OLD", "Old");
    old["archived"] = json!(true);
    answer(&server, "GET", "/rest/api/3/project/search", 200, page(&[project(10000, "WEB", "Web"), old])).await;
    let projects = provider.projects_page(&ProjectQuery::new().page_size(50_u32), None).await.unwrap();
    let statuses: Vec<_> = projects.items.iter().map(|project| project.status.category).collect();
    assert_eq!(statuses, [ProjectStatusCategory::Active, ProjectStatusCategory::Archived]);
    assert_eq!(projects.total, Some(2));
    let web = &projects.items[0];
    assert_eq!(
        (web.id.as_str(), web.key.as_deref(), web.owner_id.as_ref().unwrap().as_str()),
        ("10000", Some("WEB"), "5b10:ann")
    );
    assert!(web.url.as_deref().unwrap().ends_with("/browse/WEB"));
    let expected = [
        ("expand", "description,lead"),
        ("orderBy", "key"),
        ("status", "live"),
        ("status", "archived"),
        ("startAt", "0"),
        ("maxResults", "100"),
    ];
    assert_eq!(queries(&server, "/rest/api/3/project/search").await, [query(&expected)]);
}

#[tokio::test]
async fn filters_go_to_the_server_where_it_has_them() {
    let (server, provider) = cloud().await;
    answer(&server, "GET", "/rest/api/3/project/search", 200, page(&[project(10000, "WEB", "Web")])).await;
    let wanted = ProjectQuery::new().key("web").statuses([ProjectStatusCategory::Active]);
    assert_eq!(provider.projects_page(&wanted, None).await.unwrap().items.len(), 1);
    let asked = &queries(&server, "/rest/api/3/project/search").await[0];
    assert!(
        asked.contains(&("keys".to_owned(), "WEB".to_owned()))
            && asked.contains(&("status".to_owned(), "live".to_owned()))
    );
    assert!(!asked.contains(&("status".to_owned(), "archived".to_owned())));
    let nothing = ProjectQuery::new().statuses([ProjectStatusCategory::OnHold]);
    assert!(provider.projects_page(&nothing, None).await.unwrap().items.is_empty());
}

#[tokio::test]
async fn data_center_gives_all_projects_at_once() {
    let (server, provider) = data_center().await;
    let at = "/rest/api/2/project";
    answer(&server, "GET", at, 200, json!([project(10002, "B", "B"), project(10000, "A", "A")])).await;
    let first = provider.projects_page(&ProjectQuery::new().page_size(1_u32), None).await.unwrap();
    assert_eq!(first.items[0].id.as_str(), "10000", "by id: Jira does not tell when a project was made");
    let second = provider.projects_page(&ProjectQuery::new().page_size(1_u32), first.next).await.unwrap();
    assert_eq!((second.items[0].id.as_str(), second.next), ("10002", None));
    let expected = query(&[("expand", "description,lead"), ("includeArchived", "true")]);
    assert_eq!(queries(&server, at).await, [expected], "and the next page needs no request");
}

#[tokio::test]
async fn a_new_project_has_a_key_a_template_and_a_lead() {
    let (server, provider) = empty_cloud().await;
    answer(&server, "POST", "/rest/api/3/project", 201, json!({ "id": 10000, "key": "WS", "self": "x" })).await;
    answer(&server, "GET", "/rest/api/3/project/10000", 200, project(10000, "WS", "Web site")).await;
    let made = provider.create_project(NewProject::new("Web site")).await.unwrap();
    assert_eq!(made.id.as_str(), "10000", "the answer has a number, and all others a text");
    let expected = json!({ "name": "Web site", "key": "WS", "projectTypeKey": "software", "leadAccountId": "5b10:ann",
        "projectTemplateKey": "com.pyxis.greenhopper.jira:gh-simplified-scrum-classic" });
    assert_eq!(bodies(&server, "POST").await, [expected]);
}

#[tokio::test]
async fn on_data_center_the_lead_is_a_name() {
    let (server, provider) = data_center().await;
    let zoe = json!({ "key": "JIRAUSER10101", "name": "zoe", "displayName": "Zoë" });
    answer(&server, "GET", "/rest/api/2/user", 200, zoe).await;
    answer(&server, "GET", "/rest/api/2/project", 200, json!([project(9000, "A", "A")])).await;
    answer(&server, "POST", "/rest/api/2/project", 201, json!({ "id": 10000, "key": "WEB" })).await;
    answer(&server, "GET", "/rest/api/2/project/10000", 200, project(10000, "WEB", "Web")).await;
    provider.create_project(NewProject::new("Web").key("web").owner_id("JIRAUSER10101")).await.unwrap();
    let body = &bodies(&server, "POST").await[0];
    assert_eq!((&body["lead"], &body["key"]), (&json!("zoe"), &json!("WEB")));
    assert_eq!(body["projectTemplateKey"], "com.pyxis.greenhopper.jira:gh-scrum-template");
}

#[tokio::test]
async fn trap_a_key_has_a_form() {
    let (server, provider) = cloud().await;
    let error = provider.create_project(NewProject::new("Web").key("we-b")).await.unwrap_err();
    assert_eq!((error.kind(), error.field_errors()[0].field), (ErrorKind::InvalidInput, Field::Key));
    assert_eq!(count(&server, "POST", "/rest/api/3/project").await, 0);
}

#[tokio::test]
async fn a_taken_key_is_a_conflict_if_it_was_given_and_passed_over_if_not() {
    let (server, provider) = empty_cloud().await;
    let taken = json!({ "errorMessages": [], "errors": { "projectKey": "Projekt „Web“ verwendet diesen Schlüssel." } });
    answer(&server, "POST", "/rest/api/3/project", 400, taken.clone()).await;
    answer(&server, "GET", "/rest/api/3/project/WEB", 200, project(10000, "WEB", "Web")).await;
    let error = provider.create_project(NewProject::new("Web").key("WEB")).await.unwrap_err();
    assert_eq!((error.kind(), error.field_errors()[0].field), (ErrorKind::Conflict, Field::Key));
    let (server, provider) = empty_cloud().await;
    answer(&server, "POST", "/rest/api/3/project", 201, json!({ "id": 10001, "key": "WEBA" })).await;
    answer_once(&server, "POST", "/rest/api/3/project", 400, taken).await;
    answer(&server, "GET", "/rest/api/3/project/10001", 200, project(10001, "WEBA", "Web")).await;
    provider.create_project(NewProject::new("Web")).await.unwrap();
    let keys: Vec<_> = bodies(&server, "POST").await.iter().map(|body| body["key"].clone()).collect();
    assert_eq!(keys, ["WEB", "WEBA"]);
}

#[tokio::test]
async fn a_project_that_cannot_be_read_back_was_made_all_the_same() {
    let (server, provider) = empty_cloud().await;
    answer(&server, "POST", "/rest/api/3/project", 201, json!({ "id": 10000, "key": "WEB" })).await;
    answer(&server, "GET", "/rest/api/3/project/10000", 403, json!({ "errorMessages": ["no"] })).await;
    let error = provider.create_project(NewProject::new("Web").key("WEB")).await.unwrap_err();
    assert!(matches!(error.effect(), Effect::Partial { id, .. } if id == "10000"), "{error:?}");
}

#[tokio::test]
async fn only_what_changes_is_sent() {
    let (server, provider) = cloud().await;
    let at = "/rest/api/3/project/10000";
    answer(&server, "GET", at, 200, project(10000, "WEB", "Web")).await;
    answer(&server, "PUT", at, 200, project(10000, "WEB", "Site")).await;
    let same = ProjectPatch::new().name("Web").key("web").owner_id("5b10:ann");
    provider.update_project(&"10000".into(), same).await.unwrap();
    assert_eq!(count(&server, "PUT", at).await, 0);
    let patch = ProjectPatch::new().name("Site").key("WEB").description("**plain** text");
    assert_eq!(provider.update_project(&"10000".into(), patch).await.unwrap().name, "Site");
    assert_eq!(bodies(&server, "PUT").await, [json!({ "name": "Site", "description": "**plain** text" })]);
}

#[tokio::test]
async fn a_project_is_put_away_last_and_taken_out_first() {
    let (server, provider) = cloud().await;
    let at = "/rest/api/3/project/10000";
    let mut put_away = project(10000, "WEB", "Site");
    put_away["archived"] = json!(true);
    answer(&server, "GET", at, 200, put_away.clone()).await;
    answer_once(&server, "GET", at, 200, project(10000, "WEB", "Web")).await;
    answer(&server, "PUT", at, 200, project(10000, "WEB", "Site")).await;
    answer_empty(&server, "POST", "/rest/api/3/project/10000/archive", 204).await;
    let patch = ProjectPatch::new().name("Site").status(ProjectStatusRef::from(ProjectStatusCategory::Archived));
    let project = provider.update_project(&"10000".into(), patch).await.unwrap();
    assert_eq!(project.status.category, ProjectStatusCategory::Archived);
    let order: Vec<_> =
        server.received_requests().await.unwrap().iter().map(|request| request.method.to_string()).collect();
    assert_eq!(order, ["GET", "PUT", "POST", "GET"]);
}

#[tokio::test]
async fn what_was_half_done_is_told() {
    let (server, provider) = data_center().await;
    let at = "/rest/api/2/project/10000";
    answer(&server, "GET", at, 200, project(10000, "WEB", "Web")).await;
    answer(&server, "PUT", at, 200, project(10000, "WEB", "Site")).await;
    answer(&server, "PUT", "/rest/api/2/project/10000/archive", 403, json!({ "errorMessages": ["not licensed"] }))
        .await;
    let patch = ProjectPatch::new().name("Site").status(ProjectStatusRef::from(ProjectStatusCategory::Archived));
    let error = provider.update_project(&"10000".into(), patch).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::PermissionDenied);
    assert!(matches!(error.effect(), Effect::Partial { applied, .. } if applied == &["fields"]), "{error:?}");
}

#[tokio::test]
async fn a_deleted_project_goes_into_the_recycle_bin_and_is_gone() {
    let (server, provider) = cloud().await;
    let at = "/rest/api/3/project/10000";
    answer(&server, "GET", at, 200, project(10000, "WEB", "Web")).await;
    answer_empty(&server, "DELETE", at, 204).await;
    provider.delete_project(&"10000".into(), DeleteOptions::with_contents()).await.unwrap();
    assert!(queries(&server, at).await.contains(&query(&[("enableUndo", "true")])));
    assert_eq!(provider.get_project(&"10000".into()).await.unwrap_err().kind(), ErrorKind::NotFound);
}

#[tokio::test]
async fn trap_what_is_in_the_recycle_bin_is_no_project() {
    let (server, provider) = cloud().await;
    let mut binned = project(10000, "WEB", "Web");
    binned["deleted"] = json!(true);
    answer(&server, "GET", "/rest/api/3/project/10000", 200, binned).await;
    assert_eq!(provider.get_project(&"10000".into()).await.unwrap_err().kind(), ErrorKind::NotFound);
}

#[tokio::test]
async fn trap_archived_projects_cannot_be_deleted() {
    let (server, provider) = cloud().await;
    let mut put_away = project(10000, "WEB", "Web");
    put_away["archived"] = json!(true);
    answer(&server, "GET", "/rest/api/3/project/10000", 200, put_away).await;
    let error = provider.delete_project(&"10000".into(), DeleteOptions::with_contents()).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Conflict);
    assert_eq!(count(&server, "DELETE", "/rest/api/3/project/10000").await, 0);
}

#[tokio::test]
async fn trap_a_key_is_no_id() {
    let (server, provider) = cloud().await;
    for id in ["WEB", "WEB-1", "", "010000"] {
        assert_eq!(provider.get_project(&id.into()).await.unwrap_err().kind(), ErrorKind::NotFound, "{id}");
    }
    assert!(server.received_requests().await.unwrap().is_empty());
}

#[tokio::test]
async fn trap_a_project_that_was_there_before_is_not_made() {
    let (server, provider) = cloud().await;
    answer(&server, "GET", "/rest/api/3/myself", 200, ann(Flavor::Cloud)).await;
    let there = page(&[project(10000, "WEBS", "Website")]);
    answer(&server, "GET", "/rest/api/3/project/search", 200, there).await;
    let error = provider.create_project(NewProject::new("Website")).await.unwrap_err();
    assert_eq!((error.kind(), error.field_errors()[0].field), (ErrorKind::Conflict, Field::Name));
    assert_eq!(count(&server, "POST", "/rest/api/3/project").await, 0);
}

#[tokio::test]
async fn trap_nothing_of_an_archived_project_can_be_changed() {
    let (server, provider) = cloud().await;
    let at = "/rest/api/3/project/10000";
    let mut put_away = project(10000, "WEB", "Web");
    put_away["archived"] = json!(true);
    answer(&server, "GET", at, 200, put_away).await;
    let error = provider.update_project(&"10000".into(), ProjectPatch::new().name("Site")).await.unwrap_err();
    assert_eq!((error.kind(), error.effect()), (ErrorKind::Conflict, &Effect::NotExecuted));
    assert_eq!(count(&server, "PUT", at).await, 0);
}

#[tokio::test]
async fn a_project_that_was_put_away_out_of_sight_was_put_away() {
    let (server, provider) = cloud().await;
    let at = "/rest/api/3/project/10000";
    answer(&server, "GET", at, 403, json!({ "errorMessages": ["no"] })).await;
    answer_once(&server, "GET", at, 200, project(10000, "WEB", "Web")).await;
    answer_empty(&server, "POST", "/rest/api/3/project/10000/archive", 204).await;
    let away = ProjectPatch::new().status(ProjectStatusRef::from(ProjectStatusCategory::Archived));
    let error = provider.update_project(&"10000".into(), away).await.unwrap_err();
    assert!(matches!(error.effect(), Effect::Partial { applied, .. } if *applied == ["status"]), "{error:?}");
}

#[tokio::test]
async fn trap_a_missing_page_is_no_list_of_nothing() {
    let at = "/rest/api/3/project/search";
    let (server, provider) = cloud().await;
    answer_empty(&server, "GET", at, 404).await;
    answer(&server, "GET", "/rest/api/3/myself", 200, ann(Flavor::Cloud)).await;
    assert_eq!(provider.projects_page(&ProjectQuery::new(), None).await.unwrap_err().kind(), ErrorKind::NotFound);
    let (server, provider) = cloud().await;
    answer(&server, "GET", at, 404, json!({ "errorMessages": ["No projects match"] })).await;
    answer(&server, "GET", "/rest/api/3/myself", 401, json!({})).await;
    answer_once(&server, "GET", "/rest/api/3/myself", 200, ann(Flavor::Cloud)).await;
    assert!(provider.projects_page(&ProjectQuery::new(), None).await.unwrap().items.is_empty());
    let error = provider.projects_page(&ProjectQuery::new(), None).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unauthenticated, "the token was revoked a moment ago");
}
