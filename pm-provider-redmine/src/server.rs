//! The server: its requests, and what all projects of it share.

use std::fmt;
use std::future::Future;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use pm_http::{Cached, CachedMap, Client, Endpoint, Limits, Raw, Reply, deleted, named, told, unless_forbidden};
use pm_provider::{Capabilities, Error, ErrorKind, Result};
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::capabilities::{MAX_PAGE_SIZE, capabilities};
use crate::dto::{
    CustomFieldList, IssueDto, Issues, OneIssue, OneProject, OneUser, Priorities, ProjectDto, Statuses, Trackers,
    UserDto,
};
use crate::map::Mapper;
use crate::vocabulary::{Names, Vocabulary};
use crate::{NAME, RedmineConfig, endpoints, error};

/// Redmine's application servers have few threads.
const CONCURRENCY: usize = 4;

/// A query parameter.
pub(crate) type Parameter = (&'static str, String);

/// One server, as one user sees it.
pub(crate) struct Server {
    pub(crate) http: Client,
    pub(crate) mapper: Mapper,
    pub(crate) task_type: Option<String>,
    pub(crate) capabilities: Capabilities,
    names: Names,
    vocabulary: Cached<Vocabulary>,
    me: Cached<u64>,
    /// What issues of a project can hold: asked again and again while two systems are kept in step.
    pub(crate) fields: CachedMap<u64, Raw<ProjectDto>>,
    tells_time: AtomicBool,
}

impl fmt::Debug for Server {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Server").field("http", &self.http).field("mapper", &self.mapper).finish_non_exhaustive()
    }
}

impl Server {
    pub(crate) fn new(config: RedmineConfig) -> Result<Self> {
        let http = Client::builder(NAME, &config.base_url)
            .credential(config.credential)
            .limits(Limits::new().concurrency(CONCURRENCY))
            .transport(config.transport)
            .errors(error::of_reply)
            .clock_probe(endpoints::CURRENT_USER)
            .build()?;
        let root = http.base_url().to_string();
        Ok(Self {
            http,
            mapper: Mapper { root, text: config.text_format },
            task_type: config.task_type,
            capabilities: capabilities(config.text_format),
            names: Names { statuses: config.statuses, priorities: config.priorities },
            vocabulary: Cached::default(),
            me: Cached::default(),
            fields: CachedMap::default(),
            tells_time: AtomicBool::new(false),
        })
    }

    /// Reads something.
    pub(crate) async fn get<T: DeserializeOwned>(
        &self,
        endpoint: &Endpoint,
        path: &[&str],
        query: &[Parameter],
    ) -> Result<T> {
        self.reply(endpoint, path, query).await?.json()
    }

    /// Reads something, with the headers of the answer.
    pub(crate) async fn reply(&self, endpoint: &Endpoint, path: &[&str], query: &[Parameter]) -> Result<Reply> {
        let request = self.http.request(endpoint, path);
        let reply = query.iter().fold(request, |request, (name, value)| request.query(name, value)).send().await?;
        self.tells_time.fetch_or(reply.server_time().is_some(), Ordering::Relaxed);
        Ok(reply)
    }

    /// Whether answers tell the server's time: then what was lost is looked for by it.
    pub(crate) fn tells_time(&self) -> bool {
        self.tells_time.load(Ordering::Relaxed)
    }

    /// Writes something; the answer to most writes has no body.
    pub(crate) async fn write<B: Serialize + ?Sized>(
        &self,
        endpoint: &Endpoint,
        path: &[&str],
        body: &B,
    ) -> Result<Reply> {
        self.http.request(endpoint, path).json(body).send().await
    }

    /// Deletes something. That it is gone after an earlier attempt of ours is success.
    pub(crate) async fn delete(&self, endpoint: &Endpoint, id: u64) -> Result<()> {
        deleted(self.http.request(endpoint, &[&id.to_string()]).send().await)
    }

    pub(crate) async fn issue(&self, id: u64, include: &str) -> Result<Raw<IssueDto>> {
        let query = if include.is_empty() { Vec::new() } else { vec![("include", include.to_owned())] };
        let found: Result<OneIssue> = self.get(&endpoints::GET_ISSUE, &[&id.to_string()], &query).await;
        found.map(|body| body.issue).map_err(|error| named(error, "task", id))
    }

    /// Lists one page of issues, those of any status unless the parameters say otherwise.
    pub(crate) async fn issues(&self, query: &[Parameter], limit: u32) -> Result<Issues> {
        let mut query = query.to_vec();
        if !query.iter().any(|(name, _)| *name == "status_id") {
            // Left out it means open ones only.
            query.push(("status_id", "*".to_owned()));
        }
        query.push(("limit", limit.min(MAX_PAGE_SIZE).to_string()));
        self.get(&endpoints::LIST_ISSUES, &[], &query).await
    }

    pub(crate) async fn project(&self, id: u64, include: &str) -> Result<Raw<ProjectDto>> {
        let query = if include.is_empty() { Vec::new() } else { vec![("include", include.to_owned())] };
        let found: Result<OneProject> = self.get(&endpoints::GET_PROJECT, &[&id.to_string()], &query).await;
        found.map(|body| body.project).map_err(|error| named(error, "project", id))
    }

    /// Who we are. Servers that answer anonymous users are told apart by the missing login.
    pub(crate) async fn current_user(&self) -> Result<Raw<UserDto>> {
        let user = self.read_current_user().await?;
        self.me.put(user.item.id).await;
        Ok(user)
    }

    async fn read_current_user(&self) -> Result<Raw<UserDto>> {
        let user = self.get::<OneUser>(&endpoints::CURRENT_USER, &[], &[]).await?.user;
        if user.item.login.as_deref().unwrap_or_default().is_empty() {
            let message = "the server does not know who we are: it answers as to an anonymous user";
            return Err(Error::new(ErrorKind::Unauthenticated, message).hint("check the API key"));
        }
        Ok(user)
    }

    /// The id of the user whose key we had a moment ago: the key may be exchanged while we run.
    pub(crate) async fn me(&self) -> Result<u64> {
        let id = self.me.get(async { Ok(self.read_current_user().await?.item.id) });
        Ok(*id.await?)
    }

    /// What the administrators defined; after a while the server is asked whether it still holds.
    pub(crate) async fn vocabulary(&self) -> Result<Arc<Vocabulary>> {
        self.vocabulary.get(self.read_vocabulary()).await
    }

    async fn read_vocabulary(&self) -> Result<Vocabulary> {
        let (statuses, priorities, trackers, custom_fields) = futures_util::try_join!(
            self.definitions::<Statuses>(&endpoints::LIST_STATUSES),
            self.definitions::<Priorities>(&endpoints::LIST_PRIORITIES),
            self.definitions::<Trackers>(&endpoints::LIST_TRACKERS),
            async { unless_forbidden(self.definitions::<CustomFieldList>(&endpoints::LIST_CUSTOM_FIELDS).await) },
        )?;
        let custom_fields = custom_fields.map(|list| list.custom_fields).unwrap_or_default();
        let (statuses, priorities) = (statuses.issue_statuses, priorities.issue_priorities);
        Ok(Vocabulary::new(&self.names, &statuses, &priorities, &trackers.trackers, custom_fields))
    }

    async fn definitions<T: DeserializeOwned>(&self, endpoint: &Endpoint) -> Result<T> {
        let reply = self.http.request(endpoint, &[]).revalidate().send().await?;
        self.tells_time.fetch_or(reply.server_time().is_some(), Ordering::Relaxed);
        reply.json()
    }
}

/// Names provider and operation in an error.
pub(crate) async fn placed<T>(operation: &str, work: impl Future<Output = Result<T>>) -> Result<T> {
    told(NAME, operation, work.await)
}

/// How often a write is begun again that met another one.
const ATTEMPTS: usize = 4;

/// Does a write again that met another one at the same moment: the server did nothing then.
pub(crate) async fn undisturbed<T, F, Answer>(mut write: F) -> Result<T>
where
    F: FnMut() -> Answer,
    Answer: Future<Output = Result<T>>,
{
    let mut attempt = 1;
    loop {
        match write().await {
            Err(error) if error.kind() == ErrorKind::VersionConflict && attempt < ATTEMPTS => {
                tokio::time::sleep(Duration::from_millis(50 << attempt)).await;
                attempt += 1;
            }
            answer => return answer,
        }
    }
}
