//! What is remembered of pull requests: in memory, bounded, for a short while.

use std::collections::HashMap;
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use moka::future::Cache;
use pm_http::{Endpoint, Reply};
use pm_provider::{Error, Freshness, Result};

use super::linked::Link;
use crate::GitHubConfig;
use crate::api::Api;
use crate::repositories::Repository;

/// An answer weighs so much beside its body: headers, the key, the cache's own books.
const OVERHEAD: usize = 1024;

/// What is remembered.
#[derive(Clone, Debug)]
enum Kept {
    Reply(Arc<Reply>),
    Links(Arc<Vec<Link>>),
}

impl Kept {
    fn weight(&self) -> u32 {
        let weight = match self {
            Self::Reply(reply) => reply.body().len(),
            Self::Links(links) => links.len() * size_of::<Link>(),
        };
        u32::try_from(weight + OVERHEAD).unwrap_or(u32::MAX)
    }
}

/// The answers about pull requests: each is believed for the time that is set, and asked about by its entity tag after
/// that (pm-http keeps it for this). Several who ask for one at once share one request.
pub(crate) struct Memory {
    /// `None` where nothing is to be remembered.
    kept: Option<Cache<String, Kept>>,
    /// How often something was written in a repository: what was remembered before is not found any more.
    written: Mutex<HashMap<u64, u64>>,
}

impl Memory {
    /// Remembers nothing yet.
    pub(crate) fn new(config: &GitHubConfig) -> Self {
        let life = config.pull_request_cache;
        let bytes = u64::from(config.cache) * 1024 * 1024;
        let kept = (!life.is_zero() && bytes > 0).then(|| remember(life, bytes));
        Self { kept, written: Mutex::default() }
    }

    /// Forgets what is remembered of a repository.
    pub(super) fn forget(&self, repository: u64) {
        *self.written.lock().unwrap_or_else(PoisonError::into_inner).entry(repository).or_default() += 1;
    }

    fn key(&self, repository: u64, what: &str) -> String {
        let written = self.written.lock().unwrap_or_else(PoisonError::into_inner);
        format!("{repository}.{}:{what}", written.get(&repository).copied().unwrap_or_default())
    }

    async fn get(
        &self,
        key: String,
        freshness: Freshness,
        fetch: impl Future<Output = Result<Kept>> + Send,
    ) -> Result<Kept> {
        let Some(cache) = &self.kept else { return fetch.await };
        if !freshness.is_fresh() {
            return cache.try_get_with(key, fetch).await.map_err(|error| own(&error));
        }
        let kept = fetch.await?;
        cache.insert(key, kept.clone()).await;
        Ok(kept)
    }
}

fn remember(life: Duration, bytes: u64) -> Cache<String, Kept> {
    Cache::builder()
        .max_capacity(bytes)
        .weigher(|key: &String, kept: &Kept| kept.weight().saturating_add(u32::try_from(key.len()).unwrap_or(u32::MAX)))
        .time_to_live(life)
        .build()
}

/// The error that several share who asked at once, for one of them.
fn own(error: &Error) -> Error {
    let own = Error::new(error.kind(), error.message()).with_retry(error.retry()).with_effect(error.effect().clone());
    let own = error.hint_text().into_iter().fold(own, Error::hint);
    let own = error.http_status().into_iter().fold(own, Error::with_http_status);
    let own = error.request_id().into_iter().fold(own, Error::with_request_id);
    error.subject_text().into_iter().fold(own, Error::subject)
}

/// What is asked for.
#[derive(Clone, Copy, Debug)]
pub(super) enum Question<'a> {
    /// Something in a repository: what fills the path behind its name, and the query.
    In(&'static Endpoint, &'a [&'a str], &'a [(&'static str, &'a str)]),
    /// A page behind a link that GitHub gave.
    Link(&'static Endpoint, &'a str),
}

impl Question<'_> {
    fn key(&self) -> String {
        match self {
            Self::In(endpoint, rest, query) => {
                let query: Vec<_> = query.iter().map(|(name, value)| format!("{name}={value}")).collect();
                format!("{}/{}?{}", endpoint.path, rest.join("/"), query.join("&"))
            }
            Self::Link(_, link) => (*link).to_owned(),
        }
    }
}

impl Api {
    /// Asks, or remembers what was answered.
    pub(super) async fn remembered(
        &self,
        repository: &Repository,
        question: Question<'_>,
        freshness: Freshness,
    ) -> Result<Arc<Reply>> {
        let key = self.pulls.key(repository.id, &question.key());
        let fetch = async { self.asked(repository, question).await.map(|reply| Kept::Reply(Arc::new(reply))) };
        match self.pulls.get(key, freshness, fetch).await? {
            Kept::Reply(reply) => Ok(reply),
            Kept::Links(_) => self.asked(repository, question).await.map(Arc::new),
        }
    }

    /// Remembers what was asked for once more.
    pub(super) async fn remember(&self, repository: &Repository, question: Question<'_>, reply: Arc<Reply>) {
        if let Some(cache) = &self.pulls.kept {
            cache.insert(self.pulls.key(repository.id, &question.key()), Kept::Reply(reply)).await;
        }
    }

    /// Asks now; what has not changed since the last time is not sent again.
    pub(super) async fn asked(&self, repository: &Repository, question: Question<'_>) -> Result<Reply> {
        let request = match question {
            Question::In(endpoint, rest, query) => {
                let request = self.in_repository(repository, endpoint, rest);
                query.iter().fold(request, |request, (name, value)| request.query(name, value))
            }
            Question::Link(endpoint, link) => self.follow(endpoint, link),
        };
        request.revalidate().send().await
    }

    /// The links of an issue, asked for or remembered.
    pub(super) async fn remembered_links(
        &self,
        repository: &Repository,
        issue: u64,
        freshness: Freshness,
        fetch: impl Future<Output = Result<Vec<Link>>> + Send,
    ) -> Result<Arc<Vec<Link>>> {
        let key = self.pulls.key(repository.id, &format!("links of {issue}"));
        let fetch = async { fetch.await.map(|links| Kept::Links(Arc::new(links))) };
        match self.pulls.get(key, freshness, fetch).await? {
            Kept::Links(links) => Ok(links),
            Kept::Reply(_) => Ok(Arc::default()),
        }
    }
}

impl fmt::Debug for Memory {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let bytes = self.kept.as_ref().map(Cache::weighted_size);
        f.debug_struct("Memory").field("bytes", &bytes).finish_non_exhaustive()
    }
}
