//! The requests, and what is remembered between them.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

pub(crate) use pm_http::unless_hidden as found;
use pm_http::{Cached, CachedMap, Client, Endpoint, Limits, Raw, Reply, Request, Turns, deleted};
use pm_provider::{Capabilities, Effect, Error, ErrorKind, PMUser, ProjectSchema, Result, Retry, UserId};
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use tokio::time::Instant;
use url::Url;

use crate::capabilities::capabilities;
use crate::dto::{self, User};
use crate::error::{CHECK_TOKEN, LOGIN_REASON, refused_login};
use crate::flavor::is_gateway;
use crate::places::Places;
use crate::{Flavor, JiraConfig, NAME, endpoints, map};

/// How many requests run at once: five to ten are safe, by Atlassian's own advice
/// (<https://developer.atlassian.com/cloud/jira/platform/rate-limiting/>).
const CONCURRENCY: usize = 8;
/// How many of them write.
const WRITERS: usize = 4;
/// How long a project that we deleted is not believed to be there: after that somebody has restored it.
const GONE_FOR: Duration = Duration::from_secs(5 * 60);

/// A Jira and our place on it.
pub(crate) struct Api {
    pub(crate) http: Client,
    pub(crate) config: JiraConfig,
    pub(crate) capabilities: Capabilities,
    /// How late searches may be.
    pub(crate) index_lag: Duration,
    /// People of Data Center, by key: writes and queries want their name.
    people: CachedMap<String, User>,
    pub(crate) statuses: Cached<Vec<dto::Status>>,
    /// The statuses of a project, by issue type.
    pub(crate) type_statuses: CachedMap<u64, Vec<dto::TypeStatuses>>,
    pub(crate) project_schemas: CachedMap<u64, ProjectSchema>,
    /// All projects, for the pages of one listing.
    pub(crate) projects: Cached<Vec<Raw<dto::Project>>>,
    /// Boards, by id.
    pub(crate) boards: CachedMap<u64, dto::Board>,
    /// The boards of a project that may have sprints.
    pub(crate) project_boards: CachedMap<u64, Vec<dto::Board>>,
    /// Everybody there is.
    pub(crate) everybody: Cached<Vec<PMUser>>,
    /// The webhooks that we made.
    pub(crate) webhooks: crate::webhooks::Memory,
    /// The marks of comments.
    pub(crate) comment_marks: crate::comment_marks::Shelf,
    /// What is remembered for the half about issues.
    pub(crate) issues: crate::tasks::Memory,
    flavor: tokio::sync::OnceCell<Flavor>,
    places: tokio::sync::OnceCell<Places>,
    me: Cached<User>,
    gone: Mutex<HashMap<u64, Instant>>,
    turns: Turns,
}

impl Api {
    /// Prepares everything; sends nothing.
    pub(crate) fn new(config: JiraConfig) -> Result<Self> {
        let http = Client::builder(NAME, &config.address())
            .credential(config.credential())
            .transport(config.transport.clone())
            .limits(Limits::new().concurrency(CONCURRENCY).writes(WRITERS))
            .errors(crate::error::read)
            .pauses(crate::error::pause)
            .clock_probe(endpoints::SERVER_INFO)
            .build()?;
        // It goes out in the body of new webhooks, which an answer may repeat.
        config.webhook_secret.iter().for_each(|secret| http.conceal(secret));
        let flavor = config.flavor.or_else(|| Flavor::of_address(http.base_url()));
        // A Jira at an address of one's own is a Data Center, unless it says otherwise when it is asked.
        let likely = flavor.unwrap_or(Flavor::DataCenter);
        let index_lag = if likely.is_cloud() { config.index_lag } else { Duration::ZERO };
        let places = (!is_gateway(http.base_url())).then(|| Places::new(http.base_url()));
        Ok(Self {
            capabilities: capabilities(Some(likely), config.restricted_to.is_some(), index_lag),
            index_lag,
            http,
            config,
            people: CachedMap::default(),
            statuses: Cached::default(),
            type_statuses: CachedMap::default(),
            project_schemas: CachedMap::default(),
            projects: Cached::default(),
            boards: CachedMap::default(),
            project_boards: CachedMap::default(),
            everybody: Cached::default(),
            webhooks: crate::webhooks::Memory::default(),
            comment_marks: crate::comment_marks::Shelf::default(),
            issues: crate::tasks::Memory::default(),
            flavor: tokio::sync::OnceCell::new_with(flavor),
            places: tokio::sync::OnceCell::new_with(places),
            me: Cached::default(),
            gone: Mutex::default(),
            turns: Turns::default(),
        })
    }

    /// Which Jira it is: asked once where the address does not tell. A failure is not remembered.
    pub(crate) async fn flavor(&self) -> Result<Flavor> {
        self.flavor.get_or_try_init(|| self.ask_flavor()).await.copied()
    }

    async fn ask_flavor(&self) -> Result<Flavor> {
        let info = self.server_info().await?;
        Flavor::of_server(&info).ok_or_else(|| {
            let message = "what answers at `rest/api/2/serverInfo` does not say that it is a Jira";
            Error::new(ErrorKind::InvalidResponse, message).hint("check JIRA_URL, or set JIRA_FLAVOR")
        })
    }

    /// What the server is; anybody may ask.
    pub(crate) async fn server_info(&self) -> Result<dto::ServerInfo> {
        self.send(self.http.request(&endpoints::SERVER_INFO, &[])).await?.json()
    }

    /// Where the pages for people are. Behind the gateway only the server knows; where it does not say, there are none.
    pub(crate) async fn places(&self) -> Result<&Places> {
        let ask = || async {
            let info = self.server_info().await?;
            let address = info.base_url.and_then(|address| address.parse::<Url>().ok());
            Ok(address.map(|address| Places::new(&address)).unwrap_or_default())
        };
        self.places.get_or_try_init(ask).await
    }

    /// Begins a request; the version of the API comes first into the path, where the path has one.
    pub(crate) async fn request<'a>(&'a self, endpoint: &'a Endpoint, parameters: &[&str]) -> Result<Request<'a>> {
        if !endpoint.path.starts_with("rest/api/{version}") {
            return Ok(self.http.request(endpoint, parameters));
        }
        let version = self.flavor().await?.version();
        let parameters: Vec<_> = std::iter::once(version).chain(parameters.iter().copied()).collect();
        Ok(self.http.request(endpoint, &parameters))
    }

    /// Sends a request. An answer that was meant for nobody in particular is an error, whatever its status.
    ///
    /// A write with such an answer was done in nobody's name, where the site lets everybody do it: whoever mends the token
    /// and simply writes again does it twice.
    pub(crate) async fn send(&self, request: Request<'_>) -> Result<Reply> {
        let reply = request.send().await?;
        let Some(error) = reply.header(LOGIN_REASON).and_then(refused_login) else {
            return if reply.is_of_write() || self.http.is_current(&reply) { Ok(reply) } else { Err(replaced()) };
        };
        let error = error.with_http_status(reply.status());
        if !reply.is_of_write() {
            return Err(error);
        }
        let message = format!("{}; what was written may be there, in nobody's name", error.message());
        let hint = format!("look for it before you write again; {CHECK_TOKEN}");
        let told = Error::new(error.kind(), message).hint(hint).with_http_status(reply.status());
        Err(told.with_effect(Effect::Unknown))
    }

    /// Reads one thing.
    pub(crate) async fn get<T: DeserializeOwned>(&self, endpoint: &Endpoint, parameters: &[&str]) -> Result<T> {
        self.get_with(endpoint, parameters, &[]).await
    }

    /// Reads one thing, with a query.
    pub(crate) async fn get_with<T: DeserializeOwned>(
        &self,
        endpoint: &Endpoint,
        parameters: &[&str],
        query: &[(&str, &str)],
    ) -> Result<T> {
        let request = self.request(endpoint, parameters).await?;
        let request = query.iter().fold(request, |request, (name, value)| request.query(name, value));
        self.send(request).await?.json()
    }

    /// Writes, and reads what the answer says.
    pub(crate) async fn write<T: DeserializeOwned>(
        &self,
        endpoint: &Endpoint,
        parameters: &[&str],
        body: &Value,
    ) -> Result<Raw<T>> {
        let request = self.request(endpoint, parameters).await?;
        self.send(request.json(body)).await?.json()
    }

    /// Writes where the answer is empty, or says nothing of interest.
    pub(crate) async fn tell(&self, endpoint: &Endpoint, parameters: &[&str], body: &Value) -> Result<()> {
        let request = self.request(endpoint, parameters).await?;
        self.send(request.json(body)).await.map(drop)
    }

    /// Deletes. What is gone on our own repetition was deleted by us.
    pub(crate) async fn delete(&self, endpoint: &Endpoint, parameters: &[&str], query: &[(&str, &str)]) -> Result<()> {
        let request = self.request(endpoint, parameters).await?;
        let request = query.iter().fold(request, |request, (name, value)| request.query(name, value));
        deleted(self.send(request).await)
    }

    /// How many items a page is asked for.
    pub(crate) fn page_size(&self, asked: Option<u32>, most: u32) -> u32 {
        asked.unwrap_or(self.config.page_size).clamp(1, most)
    }

    /// Who we are, remembered for a short while.
    pub(crate) async fn me(&self) -> Result<Arc<User>> {
        self.me.get(self.fetch_me()).await
    }

    /// The same, asked anew.
    ///
    /// Much of Jira answers anybody, so that a token that was revoked gets 200 and empty lists; this alone does not: it
    /// names somebody, or it fails.
    pub(crate) async fn fetch_me(&self) -> Result<User> {
        let me: User = self.get(&endpoints::ME, &[]).await?;
        if me.id().is_some() {
            return Ok(me);
        }
        let message = "Jira answers, but does not know who we are: it took no notice of the token";
        Err(Error::new(ErrorKind::Unauthenticated, message).hint(CHECK_TOKEN))
    }

    /// Who we are, as a user of the contract.
    pub(crate) async fn my_user(&self) -> Result<PMUser> {
        let me: Raw<User> = self.get(&endpoints::ME, &[]).await?;
        map::user(me)
            .ok_or_else(|| Error::new(ErrorKind::Unauthenticated, "Jira does not know who we are").hint(CHECK_TOKEN))
    }

    /// An empty list is what a revoked token gets as well: it is only believed when Jira knows who we are.
    ///
    /// That is asked anew each time: what was so a minute ago says nothing about the token with which the list was read.
    /// Nor does what is so for a token that takes its place just now.
    pub(crate) async fn believe_emptiness(&self) -> Result<()> {
        let token = self.http.credential_age();
        let me = self.fetch_me().await?;
        self.me.put(me).await;
        if token == self.http.credential_age() { Ok(()) } else { Err(replaced()) }
    }

    /// A person of Data Center by the key that is our id; remembered for a short while.
    pub(crate) async fn person(&self, id: &UserId) -> Result<Arc<User>> {
        let place = self.people.of(id.as_str().to_owned());
        place.get(self.get_with(&endpoints::GET_USER, &[], &[("key", id.as_str())])).await
    }

    /// How a person is written into an issue: by account id on Cloud, by name on Data Center.
    ///
    /// # Errors
    /// `NotFound` where Data Center knows nobody of that key; Cloud complains when it is written.
    pub(crate) async fn user_value(&self, id: &UserId) -> Result<Value> {
        if self.flavor().await?.is_cloud() {
            return Ok(json!({"accountId": id.as_str()}));
        }
        let person = self.person(id).await?;
        Ok(json!({"name": person.name.as_deref().unwrap_or(id.as_str())}))
    }

    /// How a person is named in a query (JQL), not quoted yet.
    pub(crate) async fn user_in_query(&self, id: &UserId) -> Result<String> {
        if self.flavor().await?.is_cloud() {
            return Ok(id.to_string());
        }
        let person = self.person(id).await?;
        Ok(person.name.clone().unwrap_or_else(|| id.to_string()))
    }

    /// Remembers a project that we deleted: a list that is read meanwhile may still show it.
    pub(crate) fn bury(&self, project: u64) {
        let mut gone = self.gone.lock().unwrap_or_else(PoisonError::into_inner);
        gone.retain(|_, since| since.elapsed() < GONE_FOR);
        gone.insert(project, Instant::now());
    }

    /// Says whether we deleted a project a short while ago. Administrators can take it out of the recycle bin again.
    pub(crate) fn is_gone(&self, project: u64) -> bool {
        let gone = self.gone.lock().unwrap_or_else(PoisonError::into_inner);
        gone.get(&project).is_some_and(|since| since.elapsed() < GONE_FOR)
    }

    /// Waits until no other change of an issue of ours is under way: Jira answers changes that meet with 409, and limits
    /// those of one issue to 20 in two seconds.
    pub(crate) async fn turn(&self, issue: u64) -> tokio::sync::MutexGuard<'_, ()> {
        self.turns.of(issue).await
    }
}

/// What was read with a token that is not ours any more is not believed: it may be what anybody is shown.
fn replaced() -> Error {
    let message = "the token was replaced while Jira answered, so that the answer may be less than the whole";
    Error::new(ErrorKind::Unavailable, message).with_retry(Retry::Now)
}

impl std::fmt::Debug for Api {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Api").field("http", &self.http).finish_non_exhaustive()
    }
}
