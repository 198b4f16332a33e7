//! Redirects: followed where that is harmless, named where it is not.

use pm_http::{Client, Credential, Endpoint, SecretSource};
use pm_provider::{Effect, Error, ErrorKind, Secret};

use crate::server::{Act, Server, answer, json};

const READ: Endpoint = Endpoint::get("items");
const CREATE: Endpoint = Endpoint::create("items");

fn to(status: u16, location: &str) -> Act {
    Act::Answer(answer(status, &[("location", location)], ""))
}

fn client(server: &Server) -> Client {
    let secret = SecretSource::fixed(Secret::new("planted-s3cret"));
    Client::builder("redmine", &server.url).credential(Credential::bearer(secret)).build().unwrap()
}

#[tokio::test]
async fn a_read_follows_within_the_backend() {
    let server = Server::start(|number, _| match number {
        0 => to(301, "/elsewhere/items?page=2"),
        1 => to(307, "third"),
        _ => Act::Answer(json(200, "[]")),
    })
    .await;
    client(&server).request(&READ, &[]).send().await.unwrap();
    let seen = server.seen();
    assert!(seen[1].starts_with("GET /elsewhere/items?page=2 ") && seen[2].starts_with("GET /elsewhere/third "));
    assert!(seen.iter().all(|request| request.contains("authorization: Bearer planted-s3cret")));
}

#[tokio::test]
async fn circles_end() {
    let server = Server::start(|_, _| to(302, "/items")).await;
    let error = client(&server).request(&READ, &[]).send().await.unwrap_err();
    assert_eq!((error.kind(), server.count()), (ErrorKind::InvalidResponse, 6));
}

#[tokio::test]
async fn another_place_is_named_and_gets_nothing() {
    let other = Server::start(|_, _| Act::Answer(json(200, "[]"))).await;
    for endpoint in [READ, CREATE] {
        let location = format!("{}/items?token=planted-s3cret", other.url);
        let server = Server::start(move |_, _| to(301, &location)).await;
        let error = client(&server).request(&endpoint, &[]).send().await.unwrap_err();
        assert_eq!((error.kind(), error.effect()), (ErrorKind::Configuration, &Effect::NotExecuted));
        let text = error.to_string();
        assert!(text.contains(&other.url) && text.contains("REDMINE_URL") && !text.contains("planted"), "{text}");
        assert_eq!(server.count(), 1);
    }
    assert_eq!(other.count(), 0, "not even a request without the credential");
}

#[tokio::test]
async fn another_scheme_is_another_place() {
    let server = Server::start(|_, request| {
        let host = request.lines().find_map(|line| line.strip_prefix("host: ")).unwrap();
        to(301, &format!("https://{host}/items"))
    })
    .await;
    let error = client(&server).request(&READ, &[]).send().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Configuration);
    assert!(error.message().contains("`https://127.0.0.1"), "{error}");
}

#[tokio::test]
async fn a_write_is_not_redirected() {
    for (status, effect) in [
        (301, Effect::NotExecuted),
        (302, Effect::Unknown),
        (303, Effect::Unknown),
        (307, Effect::NotExecuted),
        (308, Effect::NotExecuted),
    ] {
        let server = Server::start(move |_, _| to(status, "/items/")).await;
        let error: Error = client(&server).request(&CREATE, &[]).send().await.unwrap_err();
        assert_eq!((error.kind(), error.effect()), (ErrorKind::InvalidResponse, &effect), "{status}");
        assert_eq!(server.count(), 1);
    }
}

#[tokio::test]
async fn redirects_to_nowhere_are_errors() {
    for location in ["http://", "https://user:planted-s3cret@127.0.0.1/x"] {
        let server = Server::start(move |_, _| to(302, location)).await;
        let error = client(&server).request(&READ, &[]).send().await.unwrap_err();
        assert!(!format!("{error} {error:?}").contains("planted"));
    }
}

#[tokio::test]
async fn a_redirect_brings_no_other_credential() {
    for user in ["other:planted-s3cret@", ":planted-s3cret@", "other@"] {
        let server = Server::start(move |_, request| {
            let host = request.lines().find_map(|line| line.strip_prefix("host: ")).unwrap();
            to(302, &format!("http://{user}{host}/items"))
        })
        .await;
        let error = client(&server).request(&READ, &[]).send().await.unwrap_err();
        assert_eq!((error.kind(), server.count()), (ErrorKind::Configuration, 1), "{user}");
        assert!(!format!("{error} {error:?}").contains("planted"));
    }
}

#[tokio::test]
async fn links_are_followed_to_the_backend_alone() {
    let server = Server::start(|_, _| Act::Answer(json(200, "[]"))).await;
    let client = client(&server);
    for link in ["items?page=2", "/items?page=2", &format!("{}/items?page=2", server.url)] {
        client.follow(&READ, link).send().await.unwrap();
    }
    assert!(server.seen().iter().all(|request| request.starts_with("GET /items?page=2 ")));
    for link in ["http://127.0.0.1:1/items", "//example.org/items", "https://example.org"] {
        let error = client.follow(&READ, link).send().await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidResponse, "{link}");
    }
    assert_eq!(server.count(), 3);
}
