//! Creates whose answers get lost: never twice, never the wrong one.

use std::collections::HashSet;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant, SystemTime};

use async_trait::async_trait;
use chrono::{DateTime, TimeDelta, Utc};
use pm_http::{Client, Create, Endpoint, RetryPolicy};
use pm_provider::{Effect, Error, ErrorKind, Result, Retry};
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::server::{Act, Server, answer};

const LIST: Endpoint = Endpoint::get("items");
const CREATE: Endpoint = Endpoint::create("items");
const PROBE: Endpoint = Endpoint::get("probe");

#[derive(Clone, Debug, PartialEq, Deserialize, Serialize)]
struct Item {
    id: String,
    title: String,
    #[serde(default)]
    key: Option<String>,
    created: DateTime<Utc>,
}

/// What becomes of one POST.
#[derive(Clone, Copy, PartialEq)]
enum Fate {
    Made,
    MadeButLost,
    /// It appears only this many milliseconds after the connection broke.
    MadeLateAndLost(u64),
    MadeTwiceAndLost,
    MadeButAnswered(u16),
    Lost,
    Answered(u16),
    /// 503 with `Retry-After: 1`.
    PutOff,
}

/// A backend with a clock of its own that stores items as a script says.
struct Backend {
    server: Server,
    items: Arc<Mutex<Vec<Item>>>,
}

/// The backend's clock is years behind: ours must not matter.
const SKEW: TimeDelta = TimeDelta::days(-1000);

fn server_now() -> DateTime<Utc> {
    Utc::now() + SKEW
}

impl Backend {
    async fn start(fates: &'static [Fate]) -> Self {
        let items: Arc<Mutex<Vec<Item>>> = Arc::default();
        let (posts, stored) = (AtomicUsize::new(0), Arc::clone(&items));
        let server = Server::start(move |_, request| {
            if !request.starts_with("POST") {
                return dated(200, &json!(*stored.lock().unwrap()).to_string());
            }
            let fate = fates[posts.fetch_add(1, Ordering::SeqCst).min(fates.len() - 1)];
            let body = request.split_once("\r\n\r\n").unwrap().1;
            apply(fate, body, &stored)
        })
        .await;
        Self { server, items }
    }

    fn posts(&self) -> usize {
        self.server.seen().iter().filter(|request| request.starts_with("POST")).count()
    }

    fn client(&self) -> Client {
        let policy = RetryPolicy::new().attempts(2).first_pause(Duration::from_millis(50));
        Client::builder("test", &self.server.url).retry(policy).clock_probe(PROBE).build().unwrap()
    }

    fn store(&self, title: &str, created: DateTime<Utc>) -> String {
        store(&self.items, &json!({"title": title}).to_string(), created).id
    }
}

fn dated(status: u16, body: &str) -> Act {
    let date = httpdate::fmt_http_date(SystemTime::from(server_now()));
    Act::Answer(answer(status, &[("date", &date), ("content-type", "application/json")], body))
}

fn store(items: &Mutex<Vec<Item>>, body: &str, created: DateTime<Utc>) -> Item {
    let body: serde_json::Value = serde_json::from_str(body).unwrap();
    let mut items = items.lock().unwrap();
    let item = Item {
        id: format!("{}", items.len() + 1),
        title: body["title"].as_str().unwrap().to_owned(),
        key: body["key"].as_str().map(str::to_owned),
        created,
    };
    items.push(item.clone());
    item
}

fn apply(fate: Fate, body: &str, items: &Arc<Mutex<Vec<Item>>>) -> Act {
    let make = || serde_json::to_string(&store(items, body, server_now())).unwrap();
    match fate {
        Fate::Made => dated(201, &make()),
        Fate::MadeButLost => {
            make();
            Act::BreakOff(Vec::new())
        }
        Fate::MadeLateAndLost(pause) => {
            let (items, body) = (Arc::clone(items), body.to_owned());
            tokio::spawn(async move {
                tokio::time::sleep(Duration::from_millis(pause)).await;
                store(&items, &body, server_now());
            });
            Act::BreakOff(Vec::new())
        }
        Fate::MadeTwiceAndLost => {
            make();
            make();
            Act::BreakOff(Vec::new())
        }
        Fate::MadeButAnswered(status) => {
            make();
            dated(status, "{}")
        }
        Fate::Lost => Act::BreakOff(Vec::new()),
        Fate::Answered(status) => dated(status, "{}"),
        Fate::PutOff => Act::Answer(answer(503, &[("retry-after", "1")], "")),
    }
}

/// A create as a provider would write it.
struct NewItem<'a> {
    client: &'a Client,
    title: &'a str,
    key: Option<&'a str>,
    is_new_key: bool,
}

#[async_trait]
impl Create for NewItem<'_> {
    type Item = Item;

    fn identity(&self) -> String {
        format!("item {:?} {:?}", self.key, self.title)
    }

    fn id<'a>(&self, item: &'a Item) -> &'a str {
        &item.id
    }

    fn is_keyed(&self) -> bool {
        self.key.is_some()
    }

    fn looks_first(&self) -> bool {
        self.is_keyed() && !self.is_new_key
    }

    async fn send(&self) -> Result<Item> {
        let body = json!({"title": self.title, "key": self.key});
        self.client.request(&CREATE, &[]).json(&body).send().await?.json()
    }

    async fn find(&self, since: Option<DateTime<Utc>>) -> Result<Vec<Item>> {
        let items: Vec<Item> = self.client.request(&LIST, &[]).send().await?.json()?;
        Ok(items.into_iter().filter(|item| self.is_ours(item, since)).collect())
    }

    fn place(&self) -> String {
        "https://pm.example.org/items".to_owned()
    }
}

impl NewItem<'_> {
    fn is_ours(&self, item: &Item, since: Option<DateTime<Utc>>) -> bool {
        match self.key {
            Some(key) => item.key.as_deref() == Some(key),
            None => item.title == self.title && since.is_none_or(|since| item.created >= since),
        }
    }
}

async fn create(client: &Client, title: &str) -> Result<Item> {
    client.create(&NewItem { client, title, key: None, is_new_key: false }).await
}

async fn create_keyed(client: &Client, title: &str, key: &str) -> Result<Item> {
    client.create(&NewItem { client, title, key: Some(key), is_new_key: false }).await
}

async fn create_with_new_key(client: &Client, title: &str, key: &str) -> Result<Item> {
    client.create(&NewItem { client, title, key: Some(key), is_new_key: true }).await
}

fn assert_may_exist(error: &Error) {
    assert_eq!(error.effect(), &Effect::Unknown, "{error}");
    assert!(error.to_string().contains("https://pm.example.org/items"), "{error}");
}

#[tokio::test]
async fn a_lost_answer_is_looked_up() {
    for fates in [&[Fate::MadeButLost], &[Fate::MadeButAnswered(500)], &[Fate::MadeButAnswered(503)]] as [&[Fate]; 3] {
        let backend = Backend::start(fates).await;
        // The same content, made long before: not ours.
        backend.store("wanted", server_now() - TimeDelta::seconds(10));
        let item = create(&backend.client(), "wanted").await.unwrap();
        assert_eq!((item.id.as_str(), backend.posts()), ("2", 1));
        assert!(backend.server.seen()[0].starts_with("GET /probe"), "the clock is asked for first, and once");
    }
}

#[tokio::test]
async fn an_answer_that_cannot_be_read_is_looked_up() {
    let backend = Backend::start(&[Fate::MadeButAnswered(200)]).await;
    let item = create(&backend.client(), "wanted").await.unwrap();
    assert_eq!((item.id.as_str(), backend.posts()), ("1", 1));
}

#[tokio::test]
async fn the_backend_may_still_be_at_it() {
    let backend = Backend::start(&[Fate::MadeLateAndLost(200)]).await;
    let item = create(&backend.client(), "wanted").await.unwrap();
    assert_eq!((item.id.as_str(), backend.posts()), ("1", 1));
}

#[tokio::test]
async fn what_was_not_found_is_not_sent_again() {
    for fates in [&[Fate::Lost] as &[Fate], &[Fate::Answered(500)]] {
        let backend = Backend::start(fates).await;
        let error = create(&backend.client(), "wanted").await.unwrap_err();
        assert_eq!(backend.posts(), 1);
        assert_may_exist(&error);
        assert_eq!(error.retry(), Retry::Never);
    }
}

#[tokio::test]
async fn what_was_put_off_is_sent_again_after_a_look() {
    let backend = Backend::start(&[Fate::PutOff, Fate::Made]).await;
    let started = Instant::now();
    let item = create(&backend.client(), "wanted").await.unwrap();
    assert_eq!((item.id.as_str(), backend.posts()), ("1", 2));
    assert!(started.elapsed() >= Duration::from_secs(1));
    // Three times at most.
    let backend = Backend::start(&[Fate::PutOff]).await;
    assert_may_exist(&create(&backend.client(), "wanted").await.unwrap_err());
    assert_eq!(backend.posts(), 3);
}

#[tokio::test]
async fn a_refused_create_is_simply_refused() {
    let backend = Backend::start(&[Fate::Answered(422)]).await;
    let error = create(&backend.client(), "wanted").await.unwrap_err();
    assert_eq!((error.kind(), error.effect()), (ErrorKind::InvalidInput, &Effect::NotExecuted));
    assert_eq!(backend.server.count(), 2, "the clock and the create, no look");
}

#[tokio::test]
async fn several_that_may_be_it_are_listed() {
    let backend = Backend::start(&[Fate::MadeTwiceAndLost]).await;
    let error = create(&backend.client(), "wanted").await.unwrap_err();
    assert_may_exist(&error);
    assert!(error.message().contains("`1`") && error.message().contains("`2`"), "{error}");
}

#[tokio::test]
async fn wanted_twins_never_adopt_each_other() {
    let backend = Backend::start(&[Fate::Made, Fate::MadeButLost, Fate::Lost]).await;
    let client = backend.client();
    let ids: HashSet<_> = [create(&client, "twin").await.unwrap().id, create(&client, "twin").await.unwrap().id].into();
    assert_eq!(ids.len(), 2);
    assert_may_exist(&create(&client, "twin").await.unwrap_err());
    assert_eq!(backend.posts(), 3);
}

#[tokio::test]
async fn twins_at_once_run_one_after_the_other() {
    let backend = Backend::start(&[Fate::Made, Fate::MadeButLost, Fate::MadeButLost, Fate::Made]).await;
    let client = backend.client();
    let made = futures_util::future::join_all((0..4).map(|_| create(&client, "twin"))).await;
    let ids: HashSet<_> = made.into_iter().map(|item| item.unwrap().id).collect();
    assert_eq!((ids.len(), backend.posts(), backend.items.lock().unwrap().len()), (4, 4, 4));
}

#[tokio::test]
async fn a_cancelled_create_lets_the_next_one_go() {
    let backend = Backend::start(&[Fate::Lost, Fate::Made]).await;
    let client = backend.client();
    let cancelled = tokio::time::timeout(Duration::from_millis(100), create(&client, "wanted")).await;
    assert!(cancelled.is_err(), "it was still looking");
    assert_eq!(create(&client, "wanted").await.unwrap().id, "1");
}

#[tokio::test]
async fn a_key_is_looked_for_before_anything_is_sent() {
    let backend = Backend::start(&[Fate::Made]).await;
    let first = create_keyed(&backend.client(), "wanted", "k").await.unwrap();
    let second = create_keyed(&backend.client(), "another title", "k").await.unwrap();
    assert_eq!((first, backend.posts()), (second, 1));
}

#[tokio::test]
async fn a_key_that_is_new_is_looked_for_after_a_lost_answer_alone() {
    let backend = Backend::start(&[Fate::Made]).await;
    let first = create_with_new_key(&backend.client(), "wanted", "k").await.unwrap();
    assert_eq!((backend.server.count(), backend.posts()), (1, 1), "nothing but the create");
    let second = create_keyed(&backend.client(), "another title", "k").await.unwrap();
    assert_eq!((first, backend.posts()), (second, 1));
    for fates in [&[Fate::MadeButLost] as &[Fate], &[Fate::MadeButAnswered(500)], &[Fate::MadeLateAndLost(80)]] {
        let backend = Backend::start(fates).await;
        let item = create_with_new_key(&backend.client(), "wanted", "k").await.unwrap();
        assert_eq!((item.id.as_str(), backend.posts()), ("1", 1));
        assert!(backend.server.seen()[0].starts_with("POST"), "{:?}", backend.server.seen());
    }
}

#[tokio::test]
async fn of_several_with_a_key_the_oldest_is_taken() {
    for fates in [&[Fate::MadeTwiceAndLost] as &[Fate], &[Fate::MadeButAnswered(503), Fate::Made]] {
        let backend = Backend::start(fates).await;
        let item = create_keyed(&backend.client(), "wanted", "k").await.unwrap();
        assert_eq!((item.id.as_str(), backend.posts()), ("1", 1));
        // Somebody copies it, mark included.
        let copy = json!({"title": "Copy of wanted", "key": "k"}).to_string();
        store(&backend.items, &copy, server_now());
        let again = create_keyed(&backend.client(), "wanted", "k").await.unwrap();
        assert_eq!((again, backend.posts()), (item, 1));
    }
}

#[tokio::test]
async fn a_key_is_sent_again_after_a_503_alone() {
    let backend = Backend::start(&[Fate::Answered(503), Fate::Made]).await;
    assert_eq!(create_keyed(&backend.client(), "wanted", "k").await.unwrap().id, "1");
    assert_eq!(backend.posts(), 2);
    // A gateway may say the others while the backend is still at it.
    for fate in [Fate::Lost, Fate::Answered(500), Fate::Answered(502), Fate::Answered(504)] {
        let backend = Backend::start(Box::leak(Box::new([fate, Fate::Made]))).await;
        let error = create_keyed(&backend.client(), "wanted", "k").await.unwrap_err();
        assert_may_exist(&error);
        assert!(error.hint_text().unwrap().contains("same idempotency key"), "{error}");
        assert_eq!(backend.posts(), 1);
        // Which is then what the caller does.
        assert_eq!(create_keyed(&backend.client(), "wanted", "k").await.unwrap().id, "1");
    }
}

#[tokio::test]
async fn one_deadline_is_for_all_of_it() {
    let backend = Backend::start(&[Fate::PutOff]).await;
    let policy = RetryPolicy::new().first_pause(Duration::from_millis(50)).deadline(Duration::from_millis(1500));
    let policy = policy.timeout(Duration::from_secs(1));
    let client = Client::builder("test", &backend.server.url).retry(policy).clock_probe(PROBE).build().unwrap();
    let started = Instant::now();
    assert_may_exist(&create(&client, "wanted").await.unwrap_err());
    assert!(started.elapsed() < Duration::from_secs(2), "the second pause is not begun");
    assert_eq!(backend.posts(), 2);
}

#[tokio::test]
async fn a_pause_without_end_is_left_to_the_caller() {
    let forever = u64::MAX.to_string();
    let server = Server::start(move |_, request| match request.starts_with("POST") {
        true => Act::Answer(answer(503, &[("retry-after", &forever)], "")),
        false => dated(200, "[]"),
    })
    .await;
    let policy = RetryPolicy::new().first_pause(Duration::from_millis(50)).deadline(Duration::MAX);
    let client = Client::builder("test", &server.url).retry(policy).clock_probe(PROBE).build().unwrap();
    assert_may_exist(&create(&client, "wanted").await.unwrap_err());
}

#[tokio::test]
async fn a_hanging_backend_holds_a_create_no_longer_than_its_deadline() {
    let policy = RetryPolicy::new().timeout(Duration::from_millis(300)).deadline(Duration::from_millis(700));
    for hangs in ["GET /probe", "GET /items", "POST"] {
        let server = Server::start(move |_, request| match request.starts_with("POST") {
            _ if request.starts_with(hangs) => Act::Hang,
            true => Act::BreakOff(Vec::new()),
            false => dated(200, "[]"),
        })
        .await;
        let client = Client::builder("test", &server.url).retry(policy).clock_probe(PROBE).build().unwrap();
        let started = Instant::now();
        let (first, twin) = tokio::join!(create(&client, "wanted"), create(&client, "wanted"));
        assert!(started.elapsed() < Duration::from_secs(1), "{hangs}: {:?}", started.elapsed());
        let effect = if hangs == "GET /probe" { Effect::NotExecuted } else { Effect::Unknown };
        assert_eq!(first.unwrap_err().effect(), &effect, "{hangs}");
        assert!(twin.is_err(), "it waits no longer either");
    }
}

#[tokio::test]
async fn without_the_backends_clock_nothing_is_adopted_or_repeated() {
    for reply in ["", "HTTP/1.1 503 No\r\nretry-after: 1\r\ncontent-length: 0\r\n\r\n"] {
        let server = Server::start(move |_, request| match request.starts_with("POST") {
            true => Act::BreakOff(reply.into()),
            false => Act::Answer(b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n[]".to_vec()),
        })
        .await;
        let client = Client::builder("test", &server.url).build().unwrap();
        let error = create(&client, "wanted").await.unwrap_err();
        assert_may_exist(&error);
        assert!(error.message().contains("cannot be looked for"), "{error}");
        assert_eq!(server.count(), 1, "an older item of the same content must not be taken for ours");
    }
}

#[tokio::test]
async fn a_look_that_fails_is_told() {
    let server = Server::start(|number, request| match (number, request.starts_with("POST")) {
        (_, true) => Act::BreakOff(Vec::new()),
        (0, _) => dated(200, "{}"),
        _ => dated(403, "{}"),
    })
    .await;
    let client = Client::builder("test", &server.url).clock_probe(PROBE).build().unwrap();
    let error = create(&client, "wanted").await.unwrap_err();
    assert_may_exist(&error);
    assert!(error.message().contains("looking for it failed"), "{error}");
}
