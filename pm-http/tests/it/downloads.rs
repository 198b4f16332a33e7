//! Files: read as they come, whole or not at all, and from other hosts without anything of ours.

use std::time::{Duration, Instant};

use pm_http::{Client, Credential, Endpoint, RetryPolicy, SecretSource};
use pm_provider::{AttachmentContent, Error, ErrorKind, Result, Retry, Secret};
use wiremock::matchers::{method, path};
use wiremock::{Mock, MockServer, ResponseTemplate};

use crate::secrets::Log;
use crate::server::{Act, Server, answer, json};
use crate::transport::{self, Authority, secure_server};

const FILE: Endpoint = Endpoint::get("files/{id}");
const REMOVE: Endpoint = Endpoint::delete("files/{id}");
const SECRET: &str = "planted-s3cret";

fn client(url: &str) -> Client {
    let secret = SecretSource::fixed(Secret::new(SECRET));
    let retry =
        RetryPolicy::new().attempts(3).first_pause(Duration::from_millis(5)).timeout(Duration::from_millis(400));
    Client::builder("redmine", url)
        .credential(Credential::header("x-key", secret))
        .header("x-of-ours", "yes")
        .retry(retry)
        .build()
        .unwrap()
}

async fn content(client: &Client, size: Option<u64>) -> Result<AttachmentContent> {
    client.request(&FILE, &["1"]).download().await?.into_content("a.bin", size)
}

async fn bytes(client: &Client, size: Option<u64>) -> Result<Vec<u8>> {
    content(client, size).await?.into_bytes(100_000_000).await
}

fn clean(error: &Error) -> String {
    let text = format!("{error} {error:?}");
    assert!(!text.contains(SECRET) && !text.contains("signed-l1nk"), "{text}");
    text
}

fn redirecting(to: String) -> impl Fn(usize, &str) -> Act + Send + Sync + 'static {
    move |_, _| Act::Answer(answer(302, &[("location", &to)], "moved"))
}

#[tokio::test]
async fn a_file_comes_byte_for_byte_with_its_type() {
    let file: Vec<u8> = (0..300_000_u32).flat_map(u32::to_le_bytes).collect();
    let server = MockServer::start().await;
    let reply = ResponseTemplate::new(200).set_body_raw(file.clone(), "application/x-thing");
    Mock::given(method("GET")).and(path("/files/1")).respond_with(reply).mount(&server).await;
    let mut content = content(&client(&server.uri()), None).await.unwrap();
    assert_eq!(content.content_type.as_deref(), Some("application/x-thing"));
    assert_eq!(content.size, Some(file.len() as u64));
    let (mut all, mut chunks) = (Vec::new(), 0);
    while let Some(chunk) = content.next_chunk().await.unwrap() {
        all.extend(chunk);
        chunks += 1;
    }
    assert!(all == file, "{} bytes of {}", all.len(), file.len());
    assert!(chunks > 1, "it came as a whole");
    let request = &server.received_requests().await.unwrap()[0];
    assert_eq!(request.headers["accept"], "*/*");
    assert_eq!(request.headers["accept-encoding"], "identity");
    assert_eq!(request.headers["x-key"], SECRET);
}

#[tokio::test]
async fn an_empty_file_and_a_page_for_people_are_files_too() {
    for body in ["", "<!doctype html><title>Sign in</title>"] {
        let server = Server::start(move |_, _| Act::Answer(answer(200, &[("content-type", "text/html")], body))).await;
        let size = body.len() as u64;
        assert_eq!(bytes(&client(&server.url), Some(size)).await.unwrap(), body.as_bytes());
        // But not in the place of a file of another size.
        let error = content(&client(&server.url), Some(7)).await.unwrap_err();
        assert_eq!((error.kind(), error.provider()), (ErrorKind::InvalidResponse, Some("redmine")));
    }
}

#[tokio::test]
async fn a_body_that_is_cut_off_is_an_error_and_no_short_file() {
    let head = "HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\nhalf";
    let chunked = "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n4\r\nhalf\r\n";
    for wire in [head, chunked] {
        let server = Server::start(move |_, _| Act::BreakOff(wire.into())).await;
        let mut content = content(&client(&server.url), None).await.unwrap();
        assert_eq!(content.next_chunk().await.unwrap().as_deref(), Some(b"half".as_slice()));
        let error = content.next_chunk().await.unwrap_err();
        assert_eq!((error.kind(), error.retry()), (ErrorKind::Unavailable, Retry::Now), "{error}");
        assert_eq!(error.provider(), Some("redmine"));
        assert_eq!(content.next_chunk().await.unwrap(), None, "nothing comes after the error");
    }
}

#[tokio::test]
async fn without_a_length_what_was_said_of_the_file_counts() {
    let wire = "HTTP/1.1 200 OK\r\nconnection: close\r\n\r\nhalf";
    let server = Server::start(move |_, _| Act::BreakOff(wire.into())).await;
    assert_eq!(bytes(&client(&server.url), Some(4)).await.unwrap(), b"half");
    let error = bytes(&client(&server.url), Some(10)).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidResponse);
}

#[tokio::test]
async fn each_chunk_has_its_time_and_the_whole_has_none() {
    let slow = Server::start(|_, _| {
        let part = |text: &str| format!("{:x}\r\n{text}\r\n", text.len());
        Act::Slow {
            pause: Duration::from_millis(200),
            parts: ["HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n".to_owned()]
                .into_iter()
                .chain(["one", "two", "three", "four"].map(part))
                .chain(["0\r\n\r\n".to_owned()])
                .collect(),
        }
    })
    .await;
    let begun = Instant::now();
    assert_eq!(bytes(&client(&slow.url), None).await.unwrap(), b"onetwothreefour");
    assert!(begun.elapsed() > Duration::from_millis(400), "longer than one attempt may take");
    let stuck = Server::start(|_, _| Act::Slow {
        pause: Duration::from_secs(60),
        parts: vec!["HTTP/1.1 200 OK\r\ncontent-length: 8\r\n\r\nhalf".to_owned(), "late".to_owned()],
    })
    .await;
    let error = bytes(&client(&stuck.url), None).await.unwrap_err();
    assert_eq!((error.kind(), error.retry()), (ErrorKind::Timeout, Retry::Now));
}

#[tokio::test]
async fn until_it_begins_a_download_is_a_read_like_any_other() {
    let server = Server::start(|number, _| match number {
        0 => Act::Answer(json(503, "{}")),
        1 => Act::BreakOff(Vec::new()),
        _ => Act::Answer(answer(200, &[], "at last")),
    })
    .await;
    assert_eq!(bytes(&client(&server.url), None).await.unwrap(), b"at last");
    for (status, kind) in [(404, ErrorKind::NotFound), (401, ErrorKind::Unauthenticated)] {
        let server = Server::start(move |_, _| Act::Answer(json(status, "{}"))).await;
        assert_eq!(content(&client(&server.url), None).await.unwrap_err().kind(), kind);
    }
    let error = client("http://127.0.0.1:1").request(&REMOVE, &["1"]).download().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Internal, "a write is no download");
}

#[tokio::test]
async fn another_host_sees_nothing_of_ours() {
    let log = Log::default();
    let listening = log.listen();
    let store = Server::start(|_, _| Act::Answer(answer(200, &[("content-type", "text/plain")], "stored"))).await;
    let home = Server::start(redirecting(format!("{}/bucket/1?signature=signed-l1nk", store.url))).await;
    let client = client(&home.url);
    for _ in 0..2 {
        assert_eq!(bytes(&client, Some(6)).await.unwrap(), b"stored");
    }
    let link = format!("{}/bucket/2?signature=signed-l1nk", store.url);
    let content = client.download_link(&FILE, &link).await.unwrap().into_content("b", None).unwrap();
    assert_eq!(content.into_bytes(6).await.unwrap(), b"stored");
    drop(listening);
    assert_eq!((home.count(), store.count()), (2, 3));
    for request in store.seen() {
        let lower = request.to_lowercase();
        for ours in [SECRET, "x-key", "authorization", "x-of-ours", "cookie", "referer"] {
            assert!(!lower.contains(ours), "{request}");
        }
    }
    assert!(home.seen().iter().all(|request| request.contains(SECRET)));
    assert!(!log.text().contains(SECRET) && !log.text().contains("signed-l1nk"));
}

#[tokio::test]
async fn who_was_elsewhere_brings_no_credential_back() {
    let (home, store) = (MockServer::start().await, MockServer::start().await);
    let moved = |to: String| ResponseTemplate::new(307).insert_header("location", to.as_str());
    let there = moved(format!("{}/x", store.uri()));
    Mock::given(path("/files/1")).respond_with(there).mount(&home).await;
    Mock::given(path("/x")).respond_with(moved(format!("{}/open", home.uri()))).mount(&store).await;
    Mock::given(path("/open")).respond_with(ResponseTemplate::new(200).set_body_string("ok")).mount(&home).await;
    assert_eq!(bytes(&client(&home.uri()), None).await.unwrap(), b"ok");
    let last = home.received_requests().await.unwrap().pop().unwrap();
    assert_eq!(last.url.path(), "/open");
    assert!(!last.headers.contains_key("x-key"));
}

#[tokio::test]
async fn links_of_the_backend_itself_go_with_the_credential() {
    let server = Server::start(|_, _| Act::Answer(answer(200, &[], "own"))).await;
    let client = client(&server.url);
    for link in ["files/7?a=b", "/files/7?a=b", &format!("{}/files/7?a=b", server.url)] {
        client.download_link(&FILE, link).await.unwrap();
    }
    let all = server.seen();
    assert!(all.iter().all(|request| request.starts_with("GET /files/7?a=b ") && request.contains(SECRET)));
}

#[tokio::test]
async fn places_where_no_store_is_are_not_asked() {
    let client = client("https://pm.example.org");
    for (link, why) in [
        ("http://files.example.net/1?signature=signed-l1nk", "is not encrypted"),
        ("https://localhost/1?signature=signed-l1nk", "is this machine"),
        ("https://us:planted-s3cret@files.example.net/1", "brings a credential"),
        ("ftp://files.example.net/1", "is none of the web"),
        ("https://", "is no URL"),
    ] {
        let error = client.download_link(&FILE, link).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidResponse, "{link}");
        assert!(clean(&error).contains(why), "{error}");
    }
}

#[tokio::test]
async fn the_backend_by_another_scheme_is_named() {
    let server = Server::start(|_, request| {
        let host = request.lines().find_map(|line| line.strip_prefix("host: ")).unwrap();
        Act::Answer(answer(301, &[("location", &format!("https://{host}/files/1"))], ""))
    })
    .await;
    let error = content(&client(&server.url), None).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Configuration);
    assert!(clean(&error).contains("REDMINE_URL"), "{error}");
}

#[tokio::test]
async fn what_another_host_answers_is_told_without_its_link() {
    for (status, kind, tries) in [
        (404, ErrorKind::NotFound, 1),
        (403, ErrorKind::PermissionDenied, 1),
        (401, ErrorKind::PermissionDenied, 1),
        (503, ErrorKind::Unavailable, 3),
        (418, ErrorKind::InvalidResponse, 1),
    ] {
        let store = Server::start(move |_, _| Act::Answer(answer(status, &[], "signed-l1nk"))).await;
        let home = Server::start(redirecting(format!("{}/1?signature=signed-l1nk", store.url))).await;
        let error = content(&client(&home.url), None).await.unwrap_err();
        assert_eq!((error.kind(), error.http_status()), (kind, Some(status)), "{error}");
        assert!(clean(&error).contains(&store.url), "{error}");
        assert_eq!((home.count(), store.count()), (tries, tries), "each try asks for a new link");
    }
}

#[tokio::test]
async fn another_host_that_is_silent_is_named() {
    let gone = "http://127.0.0.1:1";
    let home = Server::start(redirecting(format!("{gone}/1?signature=signed-l1nk"))).await;
    let error = content(&client(&home.url), None).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unavailable);
    assert!(clean(&error).contains(gone), "{error}");
}

#[tokio::test]
async fn another_host_is_shown_no_certificate_of_ours() {
    let authority = Authority::new();
    let (roots, ours) = (authority.ca_file(), authority.client_file());
    let settings = [("ca_file", roots.to_str().unwrap()), ("client_certificate_file", ours.to_str().unwrap())];
    for wants_client in [false, true] {
        let (address, _) = secure_server(&authority, wants_client).await;
        let home = Server::start(redirecting(format!("https://localhost:{}/1", address.port()))).await;
        let download = transport::client(&home.url, &settings).await.request(&FILE, &["1"]).download().await;
        if wants_client {
            let error = download.unwrap_err();
            assert_eq!((error.kind(), error.retry()), (ErrorKind::Unavailable, Retry::Never), "{error}");
            assert!(error.message().contains("no trusted connection"), "{error}");
        } else {
            // The authorities of our settings are those of files as well.
            assert_eq!(download.unwrap().into_content("a", None).unwrap().into_bytes(10).await.unwrap(), b"[]");
        }
    }
}
