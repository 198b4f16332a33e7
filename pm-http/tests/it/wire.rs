//! What goes over the wire, byte for byte.

use pm_http::{Client, Credential, Endpoint, ErrorReply, SecretSource};
use pm_provider::{Effect, Error, ErrorKind, Secret};
use serde_json::{Value, json};
use wiremock::matchers::{body_json, header, method, path, query_param};
use wiremock::{Mock, MockServer, ResponseTemplate};

const LIST: Endpoint = Endpoint::get("issues.json");
const SHOW: Endpoint = Endpoint::get("issues/{id}.json");
const CREATE: Endpoint = Endpoint::create("issues.json");
const DELETE: Endpoint = Endpoint::delete("issues/{id}.json");

fn read_error(reply: &ErrorReply<'_>) -> Option<Error> {
    let body: Value = reply.json()?;
    Some(Error::invalid_input(body["errors"][0].as_str()?))
}

fn client(server: &MockServer) -> Client {
    let key = SecretSource::fixed(Secret::new("k3y-of-mine"));
    Client::builder("redmine", &format!("{}/prefix", server.uri()))
        .credential(Credential::header("X-Redmine-API-Key", key))
        .errors(read_error)
        .header("X-Extra", "yes")
        .build()
        .unwrap()
}

#[tokio::test]
async fn a_read_carries_credential_query_and_headers() {
    let server = MockServer::start().await;
    Mock::given(method("GET"))
        .and(path("/prefix/issues.json"))
        .and(query_param("updated_on", ">=2026-11-01T00:00:00Z"))
        .and(query_param("limit", "100"))
        .and(header("X-Redmine-API-Key", "k3y-of-mine"))
        .and(header("X-Extra", "yes"))
        .and(header("accept", "application/json"))
        .respond_with(ResponseTemplate::new(200).set_body_json(json!({"total_count": 3})))
        .expect(1)
        .mount(&server)
        .await;
    let client = client(&server);
    let request = client.request(&LIST, &[]).query("updated_on", ">=2026-11-01T00:00:00Z").query("limit", 100);
    let reply = request.send().await.unwrap();
    assert_eq!((reply.status(), reply.json::<Value>().unwrap()["total_count"].as_u64()), (200, Some(3)));
    assert_eq!(reply.raw().unwrap().as_str(), Some(r#"{"total_count":3}"#));
    assert!(reply.server_time().is_some());
}

#[tokio::test]
async fn a_write_carries_its_body_and_may_be_answered_with_none() {
    let server = MockServer::start().await;
    Mock::given(method("POST"))
        .and(path("/prefix/issues.json"))
        .and(header("content-type", "application/json"))
        .and(body_json(json!({"issue": {"subject": "ü"}})))
        .respond_with(ResponseTemplate::new(204))
        .mount(&server)
        .await;
    let client = client(&server);
    let reply = client.request(&CREATE, &[]).json(&json!({"issue": {"subject": "ü"}})).send().await.unwrap();
    assert!(reply.is_empty());
    let error = reply.json::<Value>().unwrap_err();
    assert_eq!((error.kind(), error.effect()), (ErrorKind::InvalidResponse, &Effect::Unknown));
}

#[tokio::test]
async fn errors_are_read_by_the_provider_or_else_by_status() {
    let server = MockServer::start().await;
    let refusal = ResponseTemplate::new(422)
        .insert_header("x-request-id", "r-17")
        .set_body_json(json!({"errors": ["Subject cannot be blank, k3y-of-mine"]}));
    Mock::given(method("POST")).respond_with(refusal).mount(&server).await;
    Mock::given(method("DELETE")).respond_with(ResponseTemplate::new(404)).mount(&server).await;
    let client = client(&server);
    let error = client.request(&CREATE, &[]).send().await.unwrap_err();
    assert_eq!(error.message(), "Subject cannot be blank, ***");
    assert_eq!((error.kind(), error.http_status()), (ErrorKind::InvalidInput, Some(422)));
    assert_eq!((error.provider(), error.request_id()), (Some("redmine"), Some("r-17")));
    assert_eq!(error.effect(), &Effect::NotExecuted);
    let error = client.request(&DELETE, &["7"]).send().await.unwrap_err();
    assert_eq!((error.kind(), error.http_status()), (ErrorKind::NotFound, Some(404)));
}

#[tokio::test]
async fn an_id_stays_one_segment_of_the_path() {
    let server = MockServer::start().await;
    Mock::given(path("/prefix/issues/a%2F..%2F%3Fb.json"))
        .respond_with(ResponseTemplate::new(204))
        .mount(&server)
        .await;
    let client = client(&server);
    client.request(&SHOW, &["a/../?b"]).send().await.unwrap();
    let error = client.request(&SHOW, &[""]).send().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::NotFound);
    assert_eq!(server.received_requests().await.unwrap().len(), 1);
}
