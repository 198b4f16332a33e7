//! People.

use pm_provider::{ErrorKind, PmProvider, UserQuery};
use pm_provider_jira::Flavor;
use serde_json::{Value, json};
use wiremock::matchers::{method, path, query_param};
use wiremock::{Mock, MockServer, ResponseTemplate};

use crate::support::{ann, answer, cloud, count, data_center, queries, query};

fn person(number: usize) -> Value {
    json!({ "accountId": format!("5b10:{number:03}"), "accountType": "atlassian", "displayName": format!("Person {number}"),
        "active": number.is_multiple_of(2) })
}

async fn chunk(server: &MockServer, at: &str, start: usize, people: &[Value]) {
    let reply = ResponseTemplate::new(200).set_body_json(people);
    Mock::given(method("GET"))
        .and(path(at))
        .and(query_param("startAt", start.to_string()))
        .respond_with(reply)
        .mount(server)
        .await;
}

#[tokio::test]
async fn trap_short_pages_of_people_are_no_end() {
    let (server, provider) = cloud().await;
    let at = "/rest/api/3/users/search";
    // Three of four, then one, then none: what we may not see is taken out of pages after they were cut.
    chunk(&server, at, 0, &[person(1), person(2), person(3)]).await;
    chunk(&server, at, 3, &[person(3), person(4)]).await;
    chunk(&server, at, 5, &[]).await;
    let users = provider.users_page(&UserQuery::new(), None).await.unwrap();
    let names: Vec<_> = users.items.iter().map(|user| (user.name.as_str(), user.active)).collect();
    assert_eq!(names, [("Person 1", false), ("Person 2", true), ("Person 3", false), ("Person 4", true)]);
    assert_eq!(queries(&server, at).await[0], query(&[("startAt", "0"), ("maxResults", "1000")]));
    provider.users_page(&UserQuery::new().text("person 4"), None).await.unwrap();
    assert_eq!(count(&server, "GET", at).await, 3, "and nobody asks anew for a while");
}

#[tokio::test]
async fn trap_addresses_are_hidden() {
    let (server, provider) = cloud().await;
    let mut shy = person(2);
    shy["emailAddress"] = json!("");
    chunk(&server, "/rest/api/3/users/search", 0, &[shy, ann(Flavor::Cloud)]).await;
    chunk(&server, "/rest/api/3/users/search", 2, &[]).await;
    let users = provider.users_page(&UserQuery::new(), None).await.unwrap().items;
    assert_eq!(users[0].email, None);
    let found = provider.users_page(&UserQuery::new().email("ANN@example.org"), None).await.unwrap().items;
    assert_eq!(found[0].avatar_url.as_deref(), Some("https://avatars.example.org/ann.png"));
}

#[tokio::test]
async fn trap_only_a_thousand_people_are_looked_through_for_a_project() {
    let (server, provider) = cloud().await;
    let at = "/rest/api/3/user/assignable/search";
    answer(&server, "GET", at, 200, json!([person(1), person(2)])).await;
    let users = provider.users_page(&UserQuery::new().project("10000").text("person 2"), None).await.unwrap();
    assert_eq!(users.items.len(), 1);
    let expected = query(&[("project", "10000"), ("query", ""), ("startAt", "0"), ("maxResults", "1000")]);
    assert_eq!(queries(&server, at).await, [expected], "one request for all that there is to get");
}

#[tokio::test]
async fn newer_data_centers_stream_their_people() {
    let (server, provider) = data_center().await;
    let at = "/rest/api/2/user/list";
    let first = json!({ "isLast": false, "maxResults": 1, "nextCursor": "7", "values": [ann(Flavor::DataCenter)] });
    let zoe = json!({ "key": "JIRAUSER10101", "name": "zoe", "displayName": "Zoë", "active": false });
    let last = json!({ "isLast": true, "maxResults": 1, "nextCursor": "9", "values": [zoe] });
    let reply = ResponseTemplate::new(200).set_body_json(last);
    Mock::given(method("GET")).and(path(at)).and(query_param("cursor", "7")).respond_with(reply).mount(&server).await;
    answer(&server, "GET", at, 200, first).await;
    let users = provider.users_page(&UserQuery::new(), None).await.unwrap().items;
    let logins: Vec<_> = users.iter().map(|user| (user.login.as_deref().unwrap(), user.active)).collect();
    assert_eq!(logins, [("ann", true), ("zoe", false)]);
}

#[tokio::test]
async fn older_data_centers_are_searched_for_a_dot() {
    let (server, provider) = data_center().await;
    let at = "/rest/api/2/user/search";
    chunk(&server, at, 0, &[ann(Flavor::DataCenter)]).await;
    chunk(&server, at, 1, &[]).await;
    assert_eq!(provider.users_page(&UserQuery::new().login("ANN"), None).await.unwrap().items.len(), 1);
    let expected = [("username", "."), ("includeInactive", "true"), ("startAt", "0"), ("maxResults", "1000")];
    assert_eq!(queries(&server, at).await[0], query(&expected));
}

#[tokio::test]
async fn a_server_that_takes_no_notice_of_the_place_is_not_asked_for_ever() {
    let (server, provider) = data_center().await;
    answer(&server, "GET", "/rest/api/2/user/search", 200, json!([ann(Flavor::DataCenter)])).await;
    assert_eq!(provider.users_page(&UserQuery::new(), None).await.unwrap().items.len(), 1);
    assert_eq!(count(&server, "GET", "/rest/api/2/user/search").await, 2);
}

#[tokio::test]
async fn ids_are_asked_for_by_the_name_that_they_have_there() {
    let (server, provider) = cloud().await;
    answer(&server, "GET", "/rest/api/3/user", 200, ann(Flavor::Cloud)).await;
    assert_eq!(provider.get_user(&"5b10:ann".into()).await.unwrap().name, "Ann Lee");
    assert_eq!(queries(&server, "/rest/api/3/user").await, [query(&[("accountId", "5b10:ann")])]);
    let (server, provider) = data_center().await;
    answer(&server, "GET", "/rest/api/2/user", 404, json!({ "errorMessages": ["no such user"], "errors": {} })).await;
    let error = provider.get_user(&"JIRAUSER1".into()).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::NotFound);
    assert_eq!(queries(&server, "/rest/api/2/user").await, [query(&[("key", "JIRAUSER1")])]);
    assert_eq!(provider.get_user(&"".into()).await.unwrap_err().kind(), ErrorKind::NotFound);
}

#[tokio::test]
async fn trap_a_stream_that_goes_round_has_no_end() {
    let (server, provider) = data_center().await;
    let round = json!({ "isLast": false, "nextCursor": "7", "values": [ann(Flavor::DataCenter)] });
    answer(&server, "GET", "/rest/api/2/user/list", 200, round).await;
    assert_eq!(provider.users_page(&UserQuery::new(), None).await.unwrap_err().kind(), ErrorKind::InvalidResponse);
    let (server, provider) = cloud().await;
    let people: Vec<_> = (0..1_000).map(person).collect();
    answer(&server, "GET", "/rest/api/3/users/search", 200, json!(people)).await;
    assert_eq!(provider.users_page(&UserQuery::new(), None).await.unwrap_err().kind(), ErrorKind::InvalidResponse);
}
