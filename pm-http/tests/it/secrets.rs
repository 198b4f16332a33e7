//! A planted secret shows nowhere: not in errors, not in `Debug`, not in the most talkative log of all libraries.

use std::io::Write;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use pm_http::{Client, Create, Credential, Endpoint, ErrorReply, RetryPolicy, SecretSource};
use pm_provider::{Error, Result, Secret};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;
use tracing_subscriber::fmt::MakeWriter;
use tracing_subscriber::util::SubscriberInitExt;

use crate::server::{Act, Server, answer, json};
use crate::transport::{Authority, transport};

const READ: Endpoint = Endpoint::get("items/{id}");
const CHANGE: Endpoint = Endpoint::put("items");
const CREATE: Endpoint = Endpoint::create("items");
/// With characters that JSON, HTML and URLs write in another way.
const SECRET: &str = "pl4nted/t0ken+&<\"x";
/// Parts of it in any form that a log might hold; the second is its Base64 with the user before it.
const TRACES: [&str; 5] = ["pl4nted", "dXM6cGw0bnRlZ", "cGw0bnRlZ", "t0ken", "personal-note"];

#[tokio::test]
async fn a_secret_that_stood_in_a_body_comes_back_in_no_error() {
    fn repeated(reply: &ErrorReply<'_>) -> Option<Error> {
        Some(Error::invalid_input(String::from_utf8_lossy(reply.body)))
    }
    let server = Server::start(|_, _| Act::Answer(json(400, "{\"secret\": \"wh-pl4nted\"}"))).await;
    let client = Client::builder("test", &server.url).errors(repeated).build().unwrap();
    client.conceal(&Secret::new("wh-pl4nted"));
    let error = client.request(&CHANGE, &[]).send().await.unwrap_err();
    assert_eq!(error.message(), "{\"secret\": \"***\"}");
}

/// All that is logged on this thread, down to the last detail.
#[derive(Clone, Default)]
pub(crate) struct Log(Arc<Mutex<Vec<u8>>>);

impl Log {
    pub(crate) fn listen(&self) -> tracing::subscriber::DefaultGuard {
        let builder = tracing_subscriber::fmt().with_max_level(tracing::Level::TRACE).with_ansi(false);
        builder.with_writer(self.clone()).finish().set_default()
    }

    pub(crate) fn text(&self) -> String {
        String::from_utf8_lossy(&self.0.lock().unwrap()).into_owned()
    }
}

impl Write for Log {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

impl MakeWriter<'_> for Log {
    type Writer = Self;

    fn make_writer(&self) -> Self {
        self.clone()
    }
}

fn assert_clean(what: &str, text: &str) {
    for trace in TRACES {
        let at = text.find(trace);
        let around = at.map(|at| &text[text.floor_char_boundary(at.saturating_sub(200))..at]);
        assert!(at.is_none(), "{what} shows `{trace}` after {around:?}");
    }
}

/// Everything that an error shows, causes included.
fn whole(error: &Error) -> String {
    let mut text = format!("{error}\n{error:?}\n{error:#?}");
    let mut next = std::error::Error::source(error);
    while let Some(source) = next {
        text.push_str(&format!("\n{source} {source:?}"));
        next = source.source();
    }
    text
}

fn credentials() -> [Credential; 3] {
    let secret = || SecretSource::fixed(Secret::new(SECRET));
    [Credential::header("X-Key", secret()), Credential::bearer(secret()), Credential::basic("us", secret())]
}

/// Gives back what it was sent, in each way in which a server might.
fn echo(number: usize, request: &str) -> Act {
    let head = request.split("\r\n\r\n").next().unwrap();
    let line = head.replace("\r\n", " ");
    let secret = head.lines().find(|line| line.contains("pl4nted") || line.contains("Basic")).unwrap();
    let html = format!("<html><title>{line}</title>{line}</html>").replace("&<", "&amp;&lt;");
    let object = serde_json::json!({ "message": line, secret: {"id": secret} }).to_string();
    let id = ("x-request-id", secret);
    match number % 9 {
        0 => Act::Answer(answer(400, &[("content-type", "text/plain"), id], &line)),
        1 => Act::Answer(answer(422, &[("content-type", "application/json"), id], &object)),
        2 => Act::Answer(answer(403, &[("content-type", "text/html"), id], &html)),
        3 => Act::Answer(answer(200, &[("content-type", "text/html"), id], &html)),
        4 => Act::Answer(answer(200, &[("content-type", "application/json"), id], &object)),
        5 => Act::Answer(answer(301, &[("location", &format!("https://example.org/{line}"))], "")),
        6 => Act::Answer(answer(200, &[("content-type", &format!("text/{secret}"))], "no json")),
        7 => Act::BreakOff(answer(200, &[], &line)[..80].to_vec()),
        _ => Act::BreakOff(format!("HTTP/1.1 {line}\r\n\r\n").into_bytes()),
    }
}

/// A hook that repeats the whole body wherever it can.
fn talkative(reply: &ErrorReply<'_>) -> Option<Error> {
    let body: serde_json::Value = reply.json()?;
    let text = body["message"].as_str()?;
    Some(Error::invalid_input(text).hint(text).subject(text).with_source(Error::invalid_input(text)))
}

#[derive(Debug, serde::Deserialize)]
#[allow(dead_code)]
struct Strict {
    #[serde(flatten)]
    rows: std::collections::BTreeMap<String, Row>,
}

#[derive(Debug, serde::Deserialize)]
#[allow(dead_code)]
struct Row {
    id: u64,
}

#[tokio::test]
async fn a_server_that_echoes_everything_teaches_nobody() {
    let log = Log::default();
    let _guard = log.listen();
    for credential in credentials() {
        let server = Server::start(echo).await;
        let retry = RetryPolicy::never();
        let builder = Client::builder("test", &server.url).credential(credential).retry(retry).errors(talkative);
        assert_clean("the builder", &format!("{builder:?}"));
        let client = builder.build().unwrap();
        for number in 0..18 {
            let endpoint = if number < 9 { READ } else { CHANGE };
            let parameters = ["personal-note"];
            let request = client.request(&endpoint, if number < 9 { &parameters } else { &[] });
            let request = request.query("q", "personal-note").json("personal-note");
            assert_clean("the client", &format!("{client:?} {:?}", client.request(&CHANGE, &[]).json(SECRET)));
            let read = request.send().await.and_then(|reply| {
                assert_clean("the reply", &format!("{reply:?}"));
                reply.json::<Strict>()
            });
            let error = read.unwrap_err();
            let text = whole(&error).replace("personal-note", "");
            assert_clean(&format!("error {number}"), &text);
        }
    }
    let text = log.text();
    assert!(text.contains("path=\"items/{id}\"") && text.contains("status=422"), "{text}");
    assert!(text.contains("hyper"), "the libraries underneath are listened to as well");
    assert_clean("the log", &text);
}

/// Just enough of HTTP/2 to answer each request with `{}`.
async fn serve_http2(mut stream: impl tokio::io::AsyncRead + tokio::io::AsyncWrite + Unpin) {
    let frame = |kind: u8, flags: u8, id: [u8; 4], payload: &[u8]| {
        [&[0, 0, u8::try_from(payload.len()).unwrap(), kind, flags][..], &id, payload].concat()
    };
    let mut preface = [0; 24];
    stream.read_exact(&mut preface).await.unwrap();
    stream.write_all(&frame(4, 0, [0; 4], &[])).await.unwrap();
    let mut head = [0; 9];
    while stream.read_exact(&mut head).await.is_ok() {
        let length = u32::from_be_bytes([0, head[0], head[1], head[2]]);
        let mut payload = vec![0; length as usize];
        stream.read_exact(&mut payload).await.unwrap();
        let id = [head[5], head[6], head[7], head[8]];
        match (head[3], head[4]) {
            (4, 0) => stream.write_all(&frame(4, 1, [0; 4], &[])).await.unwrap(),
            // 0x88 is `:status: 200` in the static table of HPACK.
            (1, _) => {
                let reply = [frame(1, 4, id, &[0x88]), frame(0, 1, id, b"{}")].concat();
                stream.write_all(&reply).await.unwrap();
            }
            _ => {}
        }
    }
}

#[tokio::test]
async fn encrypted_and_by_http2_as_well() {
    let log = Log::default();
    let _guard = log.listen();
    let authority = Authority::new();
    let acceptor = authority.acceptor(false, b"h2");
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("https://localhost:{}", listener.local_addr().unwrap().port());
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let acceptor = acceptor.clone();
            tokio::spawn(async move { serve_http2(acceptor.accept(stream).await.unwrap()).await });
        }
    });
    let path = authority.ca_file();
    for credential in credentials() {
        let transport = transport(&[("ca_file", path.to_str().unwrap())]).await.unwrap();
        let client = Client::builder("test", &url).credential(credential).transport(transport).build().unwrap();
        let reply = client.request(&READ, &["7"]).query("q", SECRET).send().await.unwrap();
        assert_eq!(reply.body(), b"{}");
    }
    let text = log.text();
    assert!(
        text.contains("h2::client") && text.contains("rustls_platform_verifier"),
        "the libraries underneath are listened to as well"
    );
    assert_clean("the log", &text);
}

#[tokio::test]
async fn the_password_of_a_proxy_is_a_secret() {
    let log = Log::default();
    let _guard = log.listen();
    let proxy = Server::start(|_, request| Act::Answer(answer(400, &[("content-type", "text/plain")], request))).await;
    let url = proxy.url.replace("http://", "http://us:pl4nted%2Ft0ken@");
    let transport = transport(&[("proxy", &url)]).await.unwrap();
    assert_clean("the settings", &format!("{transport:?}"));
    let client = Client::builder("test", "http://tracker.invalid").transport(transport).build().unwrap();
    let error = client.request(&CHANGE, &[]).send().await.unwrap_err();
    assert!(error.message().contains("proxy-authorization: Basic ***"), "{error}");
    assert_clean("the error", &whole(&error));
    assert_clean("the log", &log.text());
}

struct Doomed<'a>(&'a Client);

#[async_trait]
impl Create for Doomed<'_> {
    type Item = String;

    fn identity(&self) -> String {
        SECRET.to_owned()
    }

    fn id<'a>(&self, item: &'a String) -> &'a str {
        item
    }

    fn is_keyed(&self) -> bool {
        true
    }

    async fn send(&self) -> Result<String> {
        self.0.request(&CREATE, &[]).send().await?.json()
    }

    async fn find(&self, _since: Option<DateTime<Utc>>) -> Result<Vec<String>> {
        Ok(Vec::new())
    }

    fn place(&self) -> String {
        format!("https://pm.example.org/?key={SECRET}")
    }
}

#[tokio::test]
async fn a_create_that_may_have_happened_tells_no_secret() {
    let log = Log::default();
    let _guard = log.listen();
    let server = Server::start(|number, _| match number {
        0 => Act::Answer(json(500, &serde_json::json!({ "message": SECRET }).to_string())),
        _ => Act::BreakOff(Vec::new()),
    })
    .await;
    let policy = RetryPolicy::new().first_pause(Duration::from_millis(1));
    let [credential, ..] = credentials();
    let client =
        Client::builder("test", &server.url).credential(credential).retry(policy).errors(talkative).build().unwrap();
    let error = client.create(&Doomed(&client)).await.unwrap_err();
    assert!(error.to_string().contains("key=***"), "{error}");
    assert_clean("the error", &whole(&error));
    assert_clean("the log", &log.text());
}
