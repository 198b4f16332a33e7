//! The exact wire: addresses, headers, queries, bodies.

use pm_provider::{
    ChangeQuery, Changes, DeleteOptions, Effect, ErrorKind, ItemRef, PmProvider, Secret, SyncSupport, TaskPatch,
    TaskQuery,
};
use pm_provider_openproject::{Auth, OpenProjectConfig, OpenProjectProvider};
use serde_json::{Value, json};
use wiremock::matchers::{header, method, path};
use wiremock::{Mock, MockServer, ResponseTemplate};

use crate::support::{answer, bodies, dictionaries, wire, work_package};

fn collection(elements: &[Value]) -> Value {
    json!({ "_type": "Collection", "total": elements.len(), "count": elements.len(), "pageSize": 200, "offset": 1,
        "_embedded": { "elements": elements } })
}

async fn query_of(server: &MockServer, at: &str) -> Vec<(String, String)> {
    let requests = server.received_requests().await.unwrap();
    let request = requests.iter().find(|request| request.url.path() == at).unwrap();
    request.url.query_pairs().map(|(name, value)| (name.into_owned(), value.into_owned())).collect()
}

#[tokio::test]
async fn trap_basic_user_is_the_word_apikey() {
    let (server, provider) = wire().await;
    let me = json!({ "_type": "User", "id": 4, "name": "Ann", "login": "ann" });
    answer(&server, "GET", "/api/v3", 200, json!({ "_type": "Root", "instanceName": "OpenProject" })).await;
    Mock::given(method("GET"))
        .and(path("/api/v3/users/me"))
        .and(header("authorization", "Basic YXBpa2V5Om9wYXBpLXMzY3IzdA=="))
        .respond_with(ResponseTemplate::new(200).set_body_json(&me))
        .mount(&server)
        .await;
    assert_eq!(provider.health_check().await.unwrap().user.unwrap().name, "Ann");
}

#[tokio::test]
async fn trap_basic_may_be_switched_off() {
    let server = MockServer::start().await;
    let config = OpenProjectConfig::new(format!("{}/op/api/v3", server.uri()), Secret::new("token")).auth(Auth::Bearer);
    let provider = OpenProjectProvider::new(config).unwrap();
    Mock::given(method("GET"))
        .and(path("/op/api/v3/users/7"))
        .and(header("authorization", "Bearer token"))
        .respond_with(ResponseTemplate::new(200).set_body_json(json!({ "_type": "User", "id": 7, "name": "Zoë" })))
        .mount(&server)
        .await;
    assert_eq!(provider.get_user(&"7".into()).await.unwrap().name, "Zoë");
}

#[tokio::test]
async fn trap_anonymous_answers_200() {
    let (server, provider) = wire().await;
    answer(&server, "GET", "/api/v3", 200, json!({ "_type": "Root", "instanceName": "OpenProject" })).await;
    let nobody = json!({ "_type": "AnonymousUser", "id": 2, "name": "Anonymous", "login": "" });
    answer(&server, "GET", "/api/v3/users/me", 200, nobody).await;
    let error = provider.health_check().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unauthenticated);
    assert!(!format!("{error} {error:?}").contains("s3cr3t"));
}

#[tokio::test]
async fn trap_the_default_filter_hides_what_is_closed() {
    let (server, provider) = wire().await;
    dictionaries(&server).await;
    answer(&server, "GET", "/api/v3/work_packages", 200, collection(&[work_package(1, 0, "x")])).await;
    provider.tasks_page(&TaskQuery::new(), None).await.unwrap();
    let query = query_of(&server, "/api/v3/work_packages").await;
    let expected =
        [("filters", "[]"), ("sortBy", r#"[["createdAt","asc"],["id","asc"]]"#), ("pageSize", "200"), ("offset", "1")];
    assert_eq!(query, expected.map(|(name, value)| (name.to_owned(), value.to_owned())));
}

#[tokio::test]
async fn trap_sub_projects_are_mixed_in() {
    let (server, provider) = wire().await;
    dictionaries(&server).await;
    let mut stranger = work_package(2, 0, "of a sub-project");
    stranger["_links"]["project"]["href"] = json!("/api/v3/projects/4");
    answer(&server, "GET", "/api/v3/work_packages", 200, collection(&[work_package(1, 0, "own"), stranger])).await;
    let page = provider.tasks_page(&TaskQuery::in_project("3").unassigned(), None).await.unwrap();
    assert_eq!(page.items.iter().map(|task| task.title.as_str()).collect::<Vec<_>>(), ["own"]);
    assert_eq!(page.total, None);
    let filters = query_of(&server, "/api/v3/work_packages").await.swap_remove(0).1;
    let expected = r#"[{"project":{"operator":"=","values":["3"]}},{"assignee":{"operator":"!*","values":[]}}]"#;
    assert_eq!(filters, expected);
}

#[tokio::test]
async fn only_what_differs_is_sent_with_the_lock_version() {
    let (server, provider) = wire().await;
    dictionaries(&server).await;
    answer(&server, "GET", "/api/v3/work_packages/9", 200, work_package(9, 5, "before")).await;
    answer(&server, "PATCH", "/api/v3/work_packages/9", 200, work_package(9, 6, "after")).await;
    let patch = TaskPatch::new().title("after").status("New").clear_assignees();
    let task = provider.update_task(&"9".into(), patch).await.unwrap();
    assert_eq!((task.title.as_str(), task.version), ("after", Some("6".into())));
    assert_eq!(bodies(&server, "PATCH").await, [json!({ "subject": "after", "lockVersion": 5 })]);
}

#[tokio::test]
async fn trap_mail_storms_are_switched_off_by_a_setting() {
    for (notify, expected) in [(true, None), (false, Some("notify=false"))] {
        let server = MockServer::start().await;
        dictionaries(&server).await;
        answer(&server, "GET", "/api/v3/work_packages/9", 200, work_package(9, 5, "before")).await;
        answer(&server, "PATCH", "/api/v3/work_packages/9", 200, work_package(9, 6, "after")).await;
        let config = OpenProjectConfig::new(server.uri(), Secret::new("k")).notify(notify);
        let provider = OpenProjectProvider::new(config).unwrap();
        provider.update_task(&"9".into(), TaskPatch::new().title("after")).await.unwrap();
        let requests = server.received_requests().await.unwrap();
        let write = requests.iter().find(|request| request.method.as_str() == "PATCH").unwrap();
        assert_eq!(write.url.query(), expected);
    }
}

#[tokio::test]
async fn trap_409_has_a_way_on() {
    let (server, provider) = wire().await;
    dictionaries(&server).await;
    let conflict = json!({ "_type": "Error", "errorIdentifier": "urn:openproject-org:api:v3:errors:UpdateConflict",
        "message": "Couldn't update the resource because of conflicting modifications." });
    let read = |version, subject| ResponseTemplate::new(200).set_body_json(work_package(9, version, subject));
    Mock::given(method("GET"))
        .and(path("/api/v3/work_packages/9"))
        .respond_with(read(5, "before"))
        .up_to_n_times(1)
        .mount(&server)
        .await;
    Mock::given(method("GET"))
        .and(path("/api/v3/work_packages/9"))
        .respond_with(read(6, "theirs"))
        .mount(&server)
        .await;
    Mock::given(method("PATCH"))
        .respond_with(ResponseTemplate::new(409).set_body_json(&conflict))
        .up_to_n_times(1)
        .mount(&server)
        .await;
    answer(&server, "PATCH", "/api/v3/work_packages/9", 200, work_package(9, 7, "ours")).await;
    let task = provider.update_task(&"9".into(), TaskPatch::new().title("ours")).await.unwrap();
    assert_eq!(task.version, Some("7".into()));
    let sent: Vec<_> = bodies(&server, "PATCH").await.iter().map(|body| body["lockVersion"].clone()).collect();
    assert_eq!(sent, [json!(5), json!(6)]);
}

#[tokio::test]
async fn a_stale_version_is_refused_before_anything_is_written() {
    let (server, provider) = wire().await;
    answer(&server, "GET", "/api/v3/work_packages/9", 200, work_package(9, 5, "before")).await;
    let patch = TaskPatch::new().title("after").if_version("4");
    let error = provider.update_task(&"9".into(), patch).await.unwrap_err();
    assert_eq!((error.kind(), error.effect()), (ErrorKind::VersionConflict, &Effect::NotExecuted));
    assert!(bodies(&server, "PATCH").await.is_empty());
}

#[tokio::test]
async fn trap_409_without_end_stops_after_three_tries() {
    let (server, provider) = wire().await;
    answer(&server, "GET", "/api/v3/work_packages/9", 200, work_package(9, 5, "before")).await;
    let conflict = json!({ "errorIdentifier": "urn:openproject-org:api:v3:errors:UpdateConflict", "message": "No." });
    answer(&server, "PATCH", "/api/v3/work_packages/9", 409, conflict).await;
    let error = provider.update_task(&"9".into(), TaskPatch::new().title("after")).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::VersionConflict);
    assert_eq!(bodies(&server, "PATCH").await.len(), 3);
}

#[tokio::test]
async fn trap_the_lock_version_depends_on_permissions() {
    let (server, provider) = wire().await;
    let mut shown = work_package(9, 5, "before");
    shown.as_object_mut().unwrap().remove("lockVersion");
    answer(&server, "GET", "/api/v3/work_packages/9", 200, shown).await;
    let error = provider.update_task(&"9".into(), TaskPatch::new().title("after")).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::PermissionDenied);
    assert!(bodies(&server, "PATCH").await.is_empty());
}

#[tokio::test]
async fn trap_attributes_are_dropped_silently() {
    let (server, provider) = wire().await;
    dictionaries(&server).await;
    answer(&server, "GET", "/api/v3/work_packages/9", 200, work_package(9, 5, "before")).await;
    answer(&server, "PATCH", "/api/v3/work_packages/9", 200, work_package(9, 6, "after")).await;
    let patch = TaskPatch::new().title("after").status("Closed");
    let error = provider.update_task(&"9".into(), patch).await.unwrap_err();
    let Effect::Partial { id, applied, failed } = error.effect() else { panic!("{error}") };
    assert_eq!(
        (id.as_str(), applied.as_slice(), failed.as_slice()),
        ("9", ["title".to_owned()].as_slice(), ["status".to_owned()].as_slice())
    );
}

#[tokio::test]
async fn trap_unknown_ids_take_everything() {
    let (server, provider) = wire().await;
    dictionaries(&server).await;
    let everything: Vec<_> = (1..=3).map(|id| work_package(id, 0, "x")).collect();
    answer(&server, "GET", "/api/v3/work_packages", 200, collection(&everything)).await;
    answer(&server, "GET", "/api/v3/work_packages/2", 200, work_package(2, 0, "x")).await;
    let lost = json!({ "errorIdentifier": "urn:openproject-org:api:v3:errors:NotFound", "message": "Not found." });
    answer(&server, "GET", "/api/v3/work_packages/99", 404, lost).await;
    let items = provider.get_many(&[ItemRef::Task("2".into()), ItemRef::Task("99".into())]).await.unwrap();
    assert_eq!(items.iter().map(pm_provider::Item::reference).collect::<Vec<_>>(), [ItemRef::Task("2".into())]);
}

#[tokio::test]
async fn trap_a_404_proves_nothing() {
    let (server, provider) = wire().await;
    let lost = json!({ "errorIdentifier": "urn:openproject-org:api:v3:errors:NotFound", "message": "Not found." });
    answer(&server, "GET", "/api/v3/work_packages", 200, collection(&[])).await;
    answer(&server, "GET", "/api/v3/work_packages/99", 404, lost).await;
    let existence = provider.exists(&[ItemRef::Task("99".into())]).await.unwrap();
    assert_eq!(existence, [pm_provider::Existence::Hidden]);
    let error = provider.get_task(&"99".into()).await.unwrap_err();
    assert!(error.to_string().contains("not there or not visible"), "{error}");
}

#[tokio::test]
async fn trap_deletes_need_a_content_type() {
    let (server, provider) = wire().await;
    answer(&server, "GET", "/api/v3/work_packages/9", 200, work_package(9, 5, "x")).await;
    Mock::given(method("DELETE"))
        .and(path("/api/v3/work_packages/9"))
        .and(header("content-type", "application/json"))
        .respond_with(ResponseTemplate::new(204))
        .mount(&server)
        .await;
    provider.delete_task(&"9".into(), DeleteOptions::new()).await.unwrap();
}

#[tokio::test]
async fn ids_that_no_server_has_need_no_request() {
    let (server, provider) = wire().await;
    for id in ["abc", "../users/1", "1.5", "-1", "0"] {
        assert_eq!(provider.get_task(&id.into()).await.unwrap_err().kind(), ErrorKind::NotFound, "{id}");
        assert_eq!(provider.get_sprint(&id.into()).await.unwrap_err().kind(), ErrorKind::NotFound, "{id}");
    }
    assert!(provider.tasks_page(&TaskQuery::in_project("abc"), None).await.unwrap().items.is_empty());
    assert!(server.received_requests().await.unwrap().is_empty());
}

#[tokio::test]
async fn trap_the_change_feed_goes_by_the_exact_filter() {
    let (server, provider) = wire().await;
    dictionaries(&server).await;
    let root = ResponseTemplate::new(200)
        .set_body_json(json!({ "_type": "Root" }))
        .insert_header("date", "Thu, 01 Jan 2026 08:00:05 GMT");
    Mock::given(method("GET")).and(path("/api/v3")).respond_with(root).mount(&server).await;
    answer(&server, "GET", "/api/v3/work_packages", 200, collection(&[work_package(1, 0, "x")])).await;
    let query = ChangeQuery::in_project("3");
    let start = provider.latest(&query).await.unwrap();
    let page = provider.changes_page(&query, Some(start)).await.unwrap();
    // A write of the last seconds may not show yet: they are not claimed, and read again.
    assert_eq!(page.high_water.unwrap().to_rfc3339(), "2026-01-01T08:00:00+00:00");
    let facts = provider.facts();
    assert!(!facts.tombstones && facts.inclusive, "deletions never show up");
    let sent = query_of(&server, "/api/v3/work_packages").await;
    let filters = r#"[{"project":{"operator":"=","values":["3"]}},{"updatedAt":{"operator":"<>d","values":["2026-01-01T08:00:00.000000Z",""]}}]"#;
    assert_eq!(sent[0].1, filters);
    assert_eq!(sent[1].1, r#"[["updatedAt","asc"],["id","asc"]]"#);
}

#[tokio::test]
async fn a_page_is_never_smaller_than_the_server_says() {
    let (server, provider) = wire().await;
    dictionaries(&server).await;
    let page = json!({ "total": 45, "count": 20, "pageSize": 20, "offset": 1,
        "_embedded": { "elements": (1..=20).map(|id| work_package(id, 0, "x")).collect::<Vec<_>>() } });
    answer(&server, "GET", "/api/v3/work_packages", 200, page).await;
    let page = provider.tasks_page(&TaskQuery::new(), None).await.unwrap();
    assert_eq!((page.items.len(), page.total, page.ahead.len()), (20, Some(45), 1));
    assert!(page.next.is_some());
}

#[tokio::test]
async fn trap_an_old_server_would_publish_internal_comments() {
    use pm_provider::{Comments, NewComment, Visibility};
    let (server, provider) = wire().await;
    let journal = json!({ "_embedded": { "elements": [{ "id": 1, "comment": { "raw": "" }, "_links": {} }] } });
    answer(&server, "GET", "/api/v3/work_packages/9/activities", 200, journal).await;
    let new = NewComment::new("9", "for few").visibility(Visibility::Restricted);
    let error = provider.create_comment(new).await.unwrap_err();
    assert_eq!((error.kind(), error.effect()), (ErrorKind::Unsupported, &Effect::NotExecuted));
    assert!(bodies(&server, "POST").await.is_empty());
}

#[tokio::test]
async fn a_filter_that_names_nobody_finds_nothing() {
    let (server, provider) = wire().await;
    let refused = json!({ "errorIdentifier": "urn:openproject-org:api:v3:errors:InvalidQuery", "message": "Invalid." });
    answer(&server, "GET", "/api/v3/work_packages", 400, refused).await;
    let lost = json!({ "errorIdentifier": "urn:openproject-org:api:v3:errors:NotFound", "message": "Not found." });
    answer(&server, "GET", "/api/v3/users/99", 404, lost).await;
    assert!(provider.tasks_page(&TaskQuery::new().assignee("99"), None).await.unwrap().items.is_empty());
    let error = provider.tasks_page(&TaskQuery::new().unassigned(), None).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidInput);
}

#[tokio::test]
async fn trap_there_is_no_filter_for_tasks_without_a_parent() {
    let (server, provider) = wire().await;
    dictionaries(&server).await;
    let mut child = work_package(2, 0, "part");
    child["_links"]["parent"] = json!({ "href": "/api/v3/work_packages/1" });
    answer(&server, "GET", "/api/v3/work_packages", 200, collection(&[work_package(1, 0, "whole"), child])).await;
    let page = provider.tasks_page(&TaskQuery::new().top_level(), None).await.unwrap();
    assert_eq!(page.items.iter().map(|task| task.title.as_str()).collect::<Vec<_>>(), ["whole"]);
    assert_eq!(query_of(&server, "/api/v3/work_packages").await[0].1, "[]");
}
