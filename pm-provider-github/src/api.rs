//! The requests, and what is remembered between them.

use std::collections::HashMap;
use std::fmt::Display;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use pm_http::{Cached, Client, Endpoint, Raw, Reply, Turns, deleted};
use pm_provider::{Capabilities, Error, ErrorKind, Result};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use tokio::time::Instant;

use crate::capabilities::capabilities;
use crate::octo::{Draft, Octo};
use crate::people::People;
use crate::places::Places;
use crate::repositories::{Repositories, Repository};
use crate::{GitHubConfig, NAME, dto, endpoints, limits};

/// The version of the API that is asked for. What 2026-03-10 takes away is not relied on: `assignee`, `merge_commit_sha`,
/// `rate`.
pub(crate) const API_VERSION: &str = "2022-11-28";
/// How long a project that we deleted is not believed to be there.
const GONE_FOR: Duration = Duration::from_secs(5 * 60);

/// A GitHub and our place on it.
pub(crate) struct Api {
    pub(crate) http: Client,
    octo: Octo,
    pub(crate) config: GitHubConfig,
    pub(crate) capabilities: Capabilities,
    pub(crate) places: Places,
    pub(crate) repositories: Repositories,
    pub(crate) people: People,
    me: Cached<dto::User>,
    /// The repositories that a listing of tasks goes through.
    pub(crate) listed: Cached<Vec<Arc<Repository>>>,
    gone: Mutex<HashMap<u64, Instant>>,
    /// One writer per item.
    pub(crate) turns: Turns,
    /// What is remembered for the half about issues.
    pub(crate) issues: crate::tasks::Memory,
    /// What is remembered of pull requests.
    pub(crate) pulls: crate::pulls::Memory,
    /// What is remembered of Projects v2.
    pub(crate) v2: crate::v2::Memory,
}

impl Api {
    /// Prepares everything; sends nothing.
    pub(crate) fn new(config: GitHubConfig) -> Result<Self> {
        let mebibytes = usize::try_from(config.cache).unwrap_or_default();
        let http = Client::builder(NAME, &config.address())
            .credential(config.credential()?)
            .transport(config.named_transport())
            .limits(limits::limits(config.pace))
            .limit_headers(limits::quota)
            .pauses(limits::pause)
            .errors(crate::error::read)
            .refusals(crate::graphql::refusal)
            .header("accept", "application/vnd.github+json")
            .header("x-github-api-version", API_VERSION)
            .clock_probe(endpoints::RATE_LIMIT)
            .shelf(mebibytes * 1024 * 1024)
            .build()?;
        // It goes out in the body of new webhooks, which an answer may repeat.
        config.webhook_secret.iter().for_each(|secret| http.conceal(secret));
        Ok(Self {
            octo: Octo::new(http.clone())?,
            capabilities: capabilities(&config),
            places: Places::new(http.base_url()),
            repositories: Repositories::default(),
            people: People::default(),
            me: Cached::default(),
            listed: Cached::default(),
            gone: Mutex::default(),
            turns: Turns::default(),
            issues: crate::tasks::Memory::default(),
            pulls: crate::pulls::Memory::new(&config),
            v2: crate::v2::Memory::new(&config),
            http,
            config,
        })
    }

    /// Begins a request; the parameters fill the `{…}` of the endpoint's path.
    pub(crate) fn request(&self, endpoint: &Endpoint, parameters: &[&str]) -> Request<'_> {
        let draft = endpoint.fill(parameters).map(|path| Draft::new(endpoint, format!("/{path}")));
        Request { api: self, draft, place: None }
    }

    /// Begins a request about something in a repository: the parameters fill what comes after `repos/{owner}/{repo}`.
    ///
    /// A write that GitHub redirects, because the repository was renamed, is sent once more under the new name.
    pub(crate) fn in_repository(&self, repository: &Repository, endpoint: &Endpoint, rest: &[&str]) -> Request<'_> {
        let request = self.request(endpoint, &repository.path(rest));
        Request { place: Some((repository.id, repository.full_name())), ..request }
    }

    /// Begins a request to a link that GitHub gave, or to a path from the host on.
    pub(crate) fn follow(&self, endpoint: &Endpoint, link: &str) -> Request<'_> {
        // Below the base, where octocrab would put a path, is not where a path from the host on leads.
        let link = self.http.base_url().join(link).map(String::from);
        let strange = |_| Error::new(ErrorKind::InvalidResponse, "the backend gave a link that is no URL");
        Request { api: self, draft: link.map_err(strange).map(|link| Draft::new(endpoint, link)), place: None }
    }

    /// Reads one thing.
    pub(crate) async fn get<T: DeserializeOwned>(&self, endpoint: &Endpoint, parameters: &[&str]) -> Result<T> {
        self.request(endpoint, parameters).send().await?.json()
    }

    /// Reads one thing in a repository.
    pub(crate) async fn get_in<T: DeserializeOwned>(
        &self,
        repository: &Repository,
        endpoint: &Endpoint,
        rest: &[&str],
    ) -> Result<T> {
        self.in_repository(repository, endpoint, rest).send().await?.json()
    }

    /// Writes in a repository, and reads what the answer says.
    pub(crate) async fn write_in<T: DeserializeOwned>(
        &self,
        repository: &Repository,
        endpoint: &Endpoint,
        rest: &[&str],
        body: &Value,
    ) -> Result<Raw<T>> {
        self.in_repository(repository, endpoint, rest).json(body).send().await?.json()
    }

    /// Deletes in a repository. What is gone on our own repetition was deleted by us.
    pub(crate) async fn delete_in(&self, repository: &Repository, endpoint: &Endpoint, rest: &[&str]) -> Result<()> {
        deleted(self.in_repository(repository, endpoint, rest).send().await)
    }

    /// How many items a page is asked for.
    pub(crate) fn page_size(&self, asked: Option<u32>) -> u32 {
        asked.unwrap_or(self.config.page_size).clamp(1, crate::config::MAX_PAGE_SIZE)
    }

    /// Who we are, remembered for a short while.
    ///
    /// # Errors
    /// `PermissionDenied` for the installation of a GitHub App, which is nobody.
    pub(crate) async fn me(&self) -> Result<Arc<dto::User>> {
        self.me.get(self.get(&endpoints::ME, &[])).await
    }

    /// Remembers a repository that we deleted: a list that is read meanwhile may still show it.
    pub(crate) fn bury(&self, repository: u64) {
        self.repositories.forget(repository);
        let mut gone = self.gone.lock().unwrap_or_else(PoisonError::into_inner);
        gone.retain(|_, since| since.elapsed() < GONE_FOR);
        gone.insert(repository, Instant::now());
    }

    /// Says whether we deleted a repository a short while ago.
    pub(crate) fn is_gone(&self, repository: u64) -> bool {
        let gone = self.gone.lock().unwrap_or_else(PoisonError::into_inner);
        gone.get(&repository).is_some_and(|since| since.elapsed() < GONE_FOR)
    }
}

impl std::fmt::Debug for Api {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Api").field("http", &self.http).finish_non_exhaustive()
    }
}

/// A request that is put together and then sent.
#[must_use = "a request does nothing until it is sent"]
pub(crate) struct Request<'a> {
    api: &'a Api,
    draft: Result<Draft>,
    /// The repository that it is about, and the name by which it is asked.
    place: Option<(u64, String)>,
}

impl Request<'_> {
    /// Adds a query parameter; the same name may come several times.
    pub(crate) fn query(self, name: &str, value: impl Display) -> Self {
        self.change(|draft| {
            draft.add_query(name, &value.to_string());
            Ok(())
        })
    }

    /// Sets the body.
    pub(crate) fn json<B: Serialize + ?Sized>(self, body: &B) -> Self {
        self.change(|draft| {
            let text = serde_json::value::to_raw_value(body);
            let formless = |_| Error::new(ErrorKind::Internal, "the body of a request has no JSON form");
            draft.body = Some(text.map_err(formless)?);
            Ok(())
        })
    }

    /// Keeps the answer, and next time asks only whether it is still right: that costs nothing of the primary limit
    /// (<https://docs.github.com/en/rest/using-the-rest-api/best-practices-for-using-the-rest-api#use-conditional-requests-if-appropriate>).
    pub(crate) fn revalidate(self) -> Self {
        self.change(|draft| {
            draft.revalidates = true;
            Ok(())
        })
    }

    /// Sends it, and again where that is safe and may help.
    pub(crate) async fn send(self) -> Result<Reply> {
        let Self { api, draft, place } = self;
        let draft = draft?;
        let Some((id, name)) = place.filter(|_| draft.endpoint.is_write()) else {
            return api.octo.send(draft).await;
        };
        match api.octo.send(draft.clone()).await {
            Err(error) if is_redirected(&error) => api.send_renamed(draft, id, &name, error).await,
            answer => answer,
        }
    }

    fn change(mut self, change: impl FnOnce(&mut Draft) -> Result<()>) -> Self {
        self.draft = self.draft.and_then(|mut draft| change(&mut draft).map(|()| draft));
        self
    }
}

/// Says whether GitHub did nothing but say that the item lives elsewhere: a renamed repository, a transferred issue.
pub(crate) fn is_redirected(error: &Error) -> bool {
    matches!(error.http_status(), Some(301 | 307 | 308))
}

impl Api {
    /// Sends a write again under the name that the repository has now; where that is no other one, something in it has
    /// moved, and the redirect is the answer.
    async fn send_renamed(&self, mut draft: Draft, id: u64, old: &str, error: Error) -> Result<Reply> {
        let path = endpoints::GET_REPOSITORY_BY_ID.fill(&[&id.to_string()])?;
        let asked = self.octo.send(Draft::new(&endpoints::GET_REPOSITORY_BY_ID, format!("/{path}"))).await?;
        let now = self.learn(&asked.json()?).full_name();
        if now.eq_ignore_ascii_case(old) {
            return Err(error);
        }
        let (before, after) = (format!("/repos/{old}"), format!("/repos/{now}"));
        draft.address = draft.address.replacen(&before, &after, 1);
        self.octo.send(draft).await
    }
}
