//! The pull requests of an issue, and why they are said to be.

use std::collections::BTreeMap;
use std::sync::Arc;

use futures_util::{StreamExt, TryStreamExt, stream};
use pm_http::named;
use pm_provider::{
    Entity, Error, ErrorKind, Freshness, LinkReason, LinkedPullRequest, LinkedPullRequests, Operation, PullRequest,
    Result, TaskId,
};
use serde::Deserialize;
use serde_json::json;

use super::list::rows;
use super::map;
use super::memory::Question;
use super::naming::Named;
use crate::api::Api;
use crate::endpoints;
use crate::graphql::{PULL_REQUESTS_OF_ISSUE, Problem};
use crate::ids::{self, RepositoryId};
use crate::page::{linked, page_number, with_page};
use crate::repositories::Repository;

/// In how many pages of the newest pull requests names and texts are looked for: a thousand of them.
const MOST_PAGES: u64 = 10;
/// How many requests are made at once.
const AT_ONCE: usize = 4;
/// How many pages of links an issue has before the backend is believed to answer for ever.
const MOST_LINK_PAGES: usize = 1_000;
/// The newest first: what is older than the issue cannot have been opened for it.
const NEWEST: &[(&str, &str)] = &[("state", "all"), ("sort", "created"), ("direction", "desc"), ("per_page", "100")];

/// What GitHub itself says of an issue and a pull request.
#[derive(Clone, Debug)]
pub(super) struct Link {
    /// `octo-org/web`, in lower case.
    repository: String,
    number: u64,
    reason: LinkReason,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Asked {
    repository: Option<OfRepository>,
}

#[derive(Debug, Deserialize)]
struct OfRepository {
    issue: Option<OfIssue>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct OfIssue {
    /// `null` where it may not be seen.
    closed_by_pull_requests_references: Option<Connection<Source>>,
    timeline_items: Option<Connection<Event>>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Connection<T> {
    page_info: PageInfo,
    #[serde(default = "Option::default")]
    nodes: Option<Vec<Option<T>>>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct PageInfo {
    has_next_page: bool,
    end_cursor: Option<String>,
}

/// A pull request; without a number where it is an issue, or may not be seen.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Source {
    number: Option<u64>,
    repository: Option<Owned>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Owned {
    name_with_owner: String,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Event {
    will_close_target: bool,
    source: Option<Source>,
}

impl Source {
    fn link(self, reason: LinkReason) -> Option<Link> {
        Some(Link { number: self.number?, repository: self.repository?.name_with_owner.to_lowercase(), reason })
    }
}

impl<T> Connection<T> {
    /// Where it goes on, where it does.
    fn next(&self) -> Option<String> {
        self.page_info.end_cursor.clone().filter(|_| self.page_info.has_next_page)
    }
}

/// The pull requests that were found, by repository and number, and why.
type Found = BTreeMap<(String, u64), LinkedPullRequest>;

impl Api {
    /// Finds the pull requests of a task.
    pub(crate) async fn pull_requests_of_task(
        &self,
        task: &TaskId,
        freshness: Freshness,
    ) -> Result<LinkedPullRequests> {
        self.capabilities.check_operation(Entity::PullRequest, Operation::List)?;
        let Some(issue) = self.issue_behind(task).await? else { return Ok(LinkedPullRequests::new(Vec::new())) };
        let repository = self.repository_with(&issue.repository, "task", task).await?;
        let links = self.links(&repository, issue.number);
        let links = self.remembered_links(&repository, issue.number, freshness, links).await;
        let links = links.map_err(|error| named(error, "task", task))?;
        let (newest, complete) = self.newest_pulls(&repository, issue.number, freshness).await?;
        let home = repository.full_name();
        let name = Named { repository: &home, number: issue.number };
        let mut found = by_name(newest, name, &links);
        let missing = links.iter().filter(|link| !found.contains_key(&(link.repository.clone(), link.number)));
        let missing: BTreeMap<_, _> = missing.map(|link| ((link.repository.clone(), link.number), ())).collect();
        let fetched = stream::iter(missing.into_keys().map(|place| self.linked_pull(place, name, &links, freshness)));
        let fetched: Vec<_> = fetched.buffered(AT_ONCE).try_collect().await?;
        found.extend(fetched.into_iter().flatten());
        let mut items: Vec<_> = found.into_values().collect();
        items.sort_by_key(|linked| (linked.pull_request.created_at, linked.pull_request.number));
        Ok(LinkedPullRequests::new(items).complete(complete))
    }

    /// The issue of a task; `None` for a draft in a Project v2, which is none yet. Items of such projects have the keys of
    /// their issues.
    async fn issue_behind(&self, task: &TaskId) -> Result<Option<ids::Numbered>> {
        if !ids::is_v2(task) {
            return ids::existing_issue(task).map(Some);
        }
        let item = self.v2_get_task(task).await?;
        Ok(item.key.as_deref().and_then(ids::issue))
    }

    /// What GitHub itself says belongs to the issue.
    async fn links(&self, repository: &Repository, issue: u64) -> Result<Vec<Link>> {
        let mut links = Vec::new();
        let (mut closing, mut events) = (None, None);
        for _ in 0..MOST_LINK_PAGES {
            let variables = json!({
                "owner": repository.owner, "name": repository.name, "number": issue,
                "closing": closing, "events": events,
            });
            let answer = self.ask::<Asked>(&PULL_REQUESTS_OF_ISSUE, variables).await?;
            let Some(of_issue) = answer.data.repository.and_then(|repository| repository.issue) else {
                let told = answer.problems.first().map(Problem::error);
                return Err(told.unwrap_or_else(|| Error::not_found("issue", issue)));
            };
            let (by_keyword, mentions) = (of_issue.closed_by_pull_requests_references, of_issue.timeline_items);
            let next = [by_keyword.as_ref().and_then(Connection::next), mentions.as_ref().and_then(Connection::next)];
            links.extend(closers(by_keyword).chain(mentioners(mentions)));
            match next {
                [None, None] => return Ok(links),
                // The one that has ended says the same again, which does no harm: links are a set.
                [more_closing, more_events] => {
                    closing = more_closing.or(closing);
                    events = more_events.or(events);
                }
            }
        }
        Err(Error::new(ErrorKind::InvalidResponse, "the backend's listing never ends"))
    }

    /// The newest pull requests, down to the first that is older than the issue; says whether it came that far.
    async fn newest_pulls(
        &self,
        repository: &Repository,
        issue: u64,
        freshness: Freshness,
    ) -> Result<(Vec<PullRequest>, bool)> {
        let question = Question::In(&endpoints::LIST_PULLS, &[], NEWEST);
        let first = self.remembered(repository, question, freshness).await?;
        let mut pulls = rows(&first, repository)?;
        let is_older = |pulls: &[PullRequest]| pulls.last().is_none_or(|last| last.number < issue);
        let Some(next) = linked(&first, "next").filter(|_| !is_older(&pulls)) else { return Ok((pulls, true)) };
        let base = self.http.base_url();
        let last = linked(&first, "last").and_then(|last| page_number(last, base)).unwrap_or(MOST_PAGES);
        let links: Vec<_> = (2..=last.min(MOST_PAGES)).filter_map(|page| with_page(next, base, page)).collect();
        let pages = stream::iter(links).map(|link| async move {
            let question = Question::Link(&endpoints::LIST_PULLS, &link);
            rows(&*self.remembered(repository, question, freshness).await?, repository)
        });
        let mut pages = pages.buffered(AT_ONCE);
        while let Some(page) = pages.try_next().await? {
            pulls.extend(page);
            if is_older(&pulls) {
                return Ok((pulls, true));
            }
        }
        Ok((pulls, last <= MOST_PAGES))
    }

    /// A pull request that GitHub links and that is not among the newest, or of another repository; `None` where we may
    /// not see it.
    async fn linked_pull(
        &self,
        (place, number): (String, u64),
        name: Named<'_>,
        links: &[Link],
        freshness: Freshness,
    ) -> Result<Option<((String, u64), LinkedPullRequest)>> {
        let Some(id) = RepositoryId::read(&place) else { return Ok(None) };
        let fetch = async {
            let repository: Arc<Repository> = self.repository(&id).await?;
            let pull = self.pull(&repository, number, freshness).await?;
            Ok(map::pull_request(pull, repository.id))
        };
        let pull = match fetch.await {
            Ok(pull) => pull,
            Err(error) if is_hidden(&error) => return Ok(None),
            Err(error) => return Err(error),
        };
        let key = (place, number);
        let is_home = name.repository.eq_ignore_ascii_case(&key.0);
        let by_name = if is_home { named_by(&pull, name) } else { Vec::new() };
        let reasons: Vec<_> = by_name.into_iter().chain(linked_by(&key, links)).collect();
        Ok(Some((key, LinkedPullRequest::new(pull, reasons))))
    }
}

fn is_hidden(error: &Error) -> bool {
    matches!(error.kind(), ErrorKind::NotFound | ErrorKind::PermissionDenied)
}

fn closers(connection: Option<Connection<Source>>) -> impl Iterator<Item = Link> {
    let nodes = connection.and_then(|connection| connection.nodes).unwrap_or_default();
    nodes.into_iter().flatten().filter_map(|source| source.link(LinkReason::ClosingKeyword))
}

fn mentioners(connection: Option<Connection<Event>>) -> impl Iterator<Item = Link> {
    let nodes = connection.and_then(|connection| connection.nodes).unwrap_or_default();
    nodes.into_iter().flatten().flat_map(|event| {
        let mention = event.source.and_then(|source| source.link(LinkReason::CrossReference));
        let closing = mention.clone().filter(|_| event.will_close_target);
        mention.into_iter().chain(closing.map(|link| Link { reason: LinkReason::ClosingKeyword, ..link }))
    })
}

/// Why GitHub links a pull request.
fn linked_by<'a>(place: &'a (String, u64), links: &'a [Link]) -> impl Iterator<Item = LinkReason> + 'a {
    links.iter().filter(move |link| (&link.repository, link.number) == (&place.0, place.1)).map(|link| link.reason)
}

/// Where a pull request names an issue of its own repository.
fn named_by(pull: &PullRequest, name: Named<'_>) -> Vec<LinkReason> {
    // The branch of a fork has its name in the fork, whose issues are others; but people call it after ours.
    let branch = pull.source_branch.as_deref().is_some_and(|branch| name.is_in_branch(branch));
    let description = pull.description.as_deref().is_some_and(|text| name.is_in(text));
    let reasons = [
        (LinkReason::BranchName, branch),
        (LinkReason::Title, name.is_in(&pull.title)),
        (LinkReason::Description, description),
    ];
    reasons.into_iter().filter(|(_, holds)| *holds).map(|(reason, _)| reason).collect()
}

/// Those of the repository's newest pull requests that belong to the issue.
fn by_name(newest: Vec<PullRequest>, name: Named<'_>, links: &[Link]) -> Found {
    let home = name.repository.to_lowercase();
    let found = newest.into_iter().filter_map(|pull| {
        let place = (home.clone(), pull.number);
        let reasons: Vec<_> = named_by(&pull, name).into_iter().chain(linked_by(&place, links)).collect();
        (!reasons.is_empty()).then(|| (place, LinkedPullRequest::new(pull, reasons)))
    });
    found.collect()
}
