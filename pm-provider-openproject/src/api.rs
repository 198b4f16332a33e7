//! The requests, and what is remembered between them.

use std::collections::HashSet;
use std::sync::{Arc, Mutex, PoisonError};

use pm_http::{Cached, CachedMap, Client, Endpoint, Limits, Raw, Request, Turns, deleted, unless_hidden};
use pm_provider::{Capabilities, Error, ErrorKind, PMUser, ProjectSchema, Result};
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::capabilities::capabilities;
use crate::dto::{self, Collection};
use crate::endpoints;
use crate::map::{self, Dictionary};
use crate::page::Ask;
use crate::places::Places;
use crate::{NAME, OpenProjectConfig, SprintBackend};

/// How many requests run at once: the API documents no limit, its servers have some sixteen threads by default.
const CONCURRENCY: usize = 8;
/// The largest page that servers allow by default (`apiv3_max_page_size`).
pub(crate) const MAX_PAGE_SIZE: u32 = 1_000;
/// How often a list is read that gets shorter meanwhile.
const READS: usize = 5;

/// A server and our place on it.
pub(crate) struct Api {
    pub(crate) http: Client,
    pub(crate) places: Places,
    pub(crate) config: OpenProjectConfig,
    pub(crate) capabilities: Capabilities,
    pub(crate) types: CachedMap<u64, Vec<dto::Type>>,
    pub(crate) schemas: CachedMap<String, dto::Schema>,
    pub(crate) forms: CachedMap<(u64, u64), dto::Schema>,
    pub(crate) project_schemas: CachedMap<u64, ProjectSchema>,
    dictionary: Cached<Dictionary>,
    labels: Cached<Option<Vec<dto::Label>>>,
    me: Cached<PMUser>,
    sprint_backend: tokio::sync::OnceCell<SprintBackend>,
    gone: Mutex<HashSet<u64>>,
    /// Two updates of a work package at once would only fail each other's locks.
    pub(crate) turns: Turns,
}

impl Api {
    /// Prepares everything; sends nothing.
    pub(crate) fn new(config: OpenProjectConfig) -> Result<Self> {
        let http = Client::builder(NAME, config.address())
            .credential(config.credential())
            .transport(config.transport.clone())
            .limits(Limits::new().concurrency(CONCURRENCY))
            .errors(crate::error::read)
            .clock_probe(endpoints::ROOT)
            .build()?;
        let most = MAX_PAGE_SIZE.max(config.page_size);
        Ok(Self {
            places: Places::new(http.base_url()),
            capabilities: capabilities(config.sprint_backend, most),
            http,
            config,
            types: CachedMap::default(),
            schemas: CachedMap::default(),
            forms: CachedMap::default(),
            project_schemas: CachedMap::default(),
            dictionary: Cached::default(),
            labels: Cached::default(),
            me: Cached::default(),
            sprint_backend: tokio::sync::OnceCell::new(),
            gone: Mutex::default(),
            turns: Turns::default(),
        })
    }

    /// Reads one thing.
    pub(crate) async fn get<T: DeserializeOwned>(&self, endpoint: &Endpoint, parameters: &[&str]) -> Result<T> {
        self.http.request(endpoint, parameters).send().await?.json()
    }

    /// Writes, and reads what is stored now.
    pub(crate) async fn write<T: DeserializeOwned>(
        &self,
        endpoint: &Endpoint,
        parameters: &[&str],
        body: &Value,
    ) -> Result<Raw<T>> {
        self.http.request(endpoint, parameters).json(body).send().await?.json()
    }

    /// The same with word whether people are to be told, where the server can be told so.
    pub(crate) async fn write_quietly<T: DeserializeOwned>(
        &self,
        endpoint: &Endpoint,
        parameters: &[&str],
        body: &Value,
    ) -> Result<Raw<T>> {
        let request = self.http.request(endpoint, parameters).json(body);
        let request = if self.config.notify { request } else { request.query("notify", false) };
        request.send().await?.json()
    }

    /// Deletes. What is gone on our own repetition was deleted by us.
    pub(crate) async fn delete(&self, endpoint: &Endpoint, parameters: &[&str]) -> Result<()> {
        // Without a content type the server answers 406, though there is no content.
        deleted(self.http.request(endpoint, parameters).header("content-type", "application/json").send().await)
    }

    /// One page of a paged collection.
    pub(crate) async fn fetch<T: DeserializeOwned>(
        &self,
        endpoint: &Endpoint,
        parameters: &[&str],
        ask: Ask,
    ) -> Result<Collection<Raw<T>>> {
        let request = self
            .http
            .request(endpoint, parameters)
            .query("filters", &ask.filters)
            .query("sortBy", &ask.sort)
            .query("pageSize", ask.size)
            .query("offset", ask.number);
        request.send().await?.json()
    }

    /// All of a small collection. Those that have no pages come at once; where a server does page one, the rest is
    /// fetched as well: the default page has twenty rows.
    pub(crate) async fn all<T: DeserializeOwned>(
        &self,
        endpoint: &Endpoint,
        parameters: &[&str],
        query: &[(&str, String)],
    ) -> Result<Vec<T>> {
        let first: Collection<T> = self.asking(endpoint, parameters, query).send().await?.json()?;
        let (total, size) = (first.total.unwrap_or(0), first.page_size.unwrap_or(first.count() as u64));
        if first.count() == 0 || size == 0 || first.count() as u64 >= total {
            return Ok(first.into_elements());
        }
        // An order of the server's choice may be another one on each page: that by id stays.
        let by_id: Vec<_> = query.iter().cloned().chain([("sortBy", r#"[["id","asc"]]"#.to_owned())]).collect();
        match self.all_pages(endpoint, parameters, &by_id, size).await {
            Err(error) if error.http_status() == Some(400) => self.all_pages(endpoint, parameters, query, size).await,
            answer => answer,
        }
    }

    /// Page after page; once more where rows were deleted meanwhile, which moves the later ones up.
    async fn all_pages<T: DeserializeOwned>(
        &self,
        endpoint: &Endpoint,
        parameters: &[&str],
        query: &[(&str, String)],
        size: u64,
    ) -> Result<Vec<T>> {
        for _ in 0..READS {
            let (mut items, mut most) = (Vec::new(), 0);
            let is_whole = loop {
                let number = items.len() as u64 / size + 1;
                let request = self.asking(endpoint, parameters, query).query("offset", number).query("pageSize", size);
                let page: Collection<T> = request.send().await?.json()?;
                let (total, count) = (page.total.unwrap_or(0), page.count() as u64);
                items.extend(page.into_elements());
                most = total.max(most);
                if total < most {
                    break false;
                }
                if count < size || items.len() as u64 >= total {
                    break true;
                }
            };
            if is_whole {
                return Ok(items);
            }
        }
        let message = "the list kept getting shorter while it was read";
        Err(Error::new(ErrorKind::Unavailable, message).hint("try again later"))
    }

    fn asking<'a>(&'a self, endpoint: &'a Endpoint, parameters: &[&str], query: &[(&str, String)]) -> Request<'a> {
        let request = self.http.request(endpoint, parameters);
        query.iter().fold(request, |request, (name, value)| request.query(name, value))
    }

    /// How many items a page is asked for.
    pub(crate) fn page_size(&self, asked: Option<u32>) -> u64 {
        let most = MAX_PAGE_SIZE.max(self.config.page_size);
        u64::from(asked.unwrap_or(self.config.page_size).clamp(1, most))
    }

    /// The statuses and priorities of the server.
    pub(crate) async fn dictionary(&self) -> Result<Arc<Dictionary>> {
        self.dictionary.get(self.fetch_dictionary()).await
    }

    /// Forgets the statuses and priorities.
    pub(crate) async fn forget_dictionary(&self) {
        self.dictionary.forget().await;
    }

    async fn fetch_dictionary(&self) -> Result<Dictionary> {
        let statuses = self.all::<dto::Status>(&endpoints::LIST_STATUSES, &[], &[]);
        let priorities = self.all::<dto::Priority>(&endpoints::LIST_PRIORITIES, &[], &[]);
        let (statuses, priorities) = futures_util::try_join!(statuses, priorities)?;
        Ok(Dictionary::new(&statuses, &priorities, &self.config.statuses, &self.config.priorities))
    }

    /// The labels of the server; `None` where it knows no such thing.
    pub(crate) async fn labels(&self) -> Result<Arc<Option<Vec<dto::Label>>>> {
        self.labels.get(self.fetch_labels()).await
    }

    async fn fetch_labels(&self) -> Result<Option<Vec<dto::Label>>> {
        unless_hidden(self.all(&endpoints::LIST_LABELS, &[], &[]).await)
    }

    /// Who we are. A server that lets everybody in would answer for the anonymous user: that is nobody.
    pub(crate) async fn me(&self) -> Result<Arc<PMUser>> {
        self.me.get(self.fetch_me()).await
    }

    /// The same, asked anew.
    pub(crate) async fn fetch_me(&self) -> Result<PMUser> {
        let me: Raw<dto::Principal> = self.get(&endpoints::ME, &[]).await?;
        let is_somebody = map::is_user(&me.item) && me.item.login.as_deref().is_none_or(|login| !login.is_empty());
        let is_anonymous = me.item.kind.as_deref() == Some("AnonymousUser") || me.item.name == "Anonymous";
        if is_anonymous || !is_somebody {
            let message = "the server answers, but does not know who we are: it took no notice of the API key";
            let error = Error::new(ErrorKind::Unauthenticated, message);
            return Err(error.hint("check the API key, and whether the server takes `auth=basic` or `auth=bearer`"));
        }
        Ok(map::user(me))
    }

    /// What sprints are on this server.
    pub(crate) async fn sprint_backend(&self) -> Result<SprintBackend> {
        match self.config.sprint_backend {
            SprintBackend::Auto => self.sprint_backend.get_or_try_init(|| self.probe_sprints()).await.copied(),
            chosen => Ok(chosen),
        }
    }

    async fn probe_sprints(&self) -> Result<SprintBackend> {
        let request = self.http.request(&endpoints::LIST_SPRINTS, &[]).query("pageSize", 1).query("offset", 1);
        let answer = match request.send().await {
            Ok(reply) => reply.json::<Collection<serde::de::IgnoredAny>>().map(Some),
            Err(error) => unless_hidden(Err(error)),
        };
        let some = answer?.is_some_and(|page| page.total.unwrap_or(page.count() as u64) > 0);
        Ok(if some { SprintBackend::Sprints } else { SprintBackend::Versions })
    }

    /// Remembers a project that we deleted: the server only does so later, and shows it until then.
    pub(crate) fn bury(&self, project: u64) {
        self.gone.lock().unwrap_or_else(PoisonError::into_inner).insert(project);
    }

    /// Says whether we deleted a project.
    pub(crate) fn is_gone(&self, project: Option<u64>) -> bool {
        let gone = self.gone.lock().unwrap_or_else(PoisonError::into_inner);
        project.is_some_and(|project| gone.contains(&project))
    }
}

impl std::fmt::Debug for Api {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Api").field("http", &self.http).finish_non_exhaustive()
    }
}
