//! Lists of pull requests.

use std::sync::Arc;

use pm_http::page::{Fetched, Listing, number};
use pm_http::{Raw, Reply};
use pm_provider::{
    Cursor, Direction, Error, Page, ProjectId, PullRequest, PullRequestQuery, PullRequestState, Result, SortField,
};
use serde::{Deserialize, Serialize};

use super::dto::Pull;
use super::map;
use super::memory::Question;
use crate::api::Api;
use crate::page::{linked, page_number, with_page};
use crate::repositories::Repository;
use crate::{NAME, endpoints, ids};

/// How many pages ahead are announced.
const AHEAD: usize = 50;

/// A page behind a link.
#[derive(Debug, Serialize, Deserialize)]
struct Place {
    #[serde(rename = "l")]
    link: String,
}

/// The query of a list, as GitHub takes it.
struct Parameters(Vec<(&'static str, String)>);

impl Parameters {
    /// What GitHub filters itself; the rest is left out on our side, where a list has all that it takes. A branch is
    /// filtered with its owner before it, `octo-org:fix`
    /// (<https://docs.github.com/en/rest/pulls/pulls#list-pull-requests>).
    fn of(query: &PullRequestQuery, repository: &Repository) -> Self {
        let sort = if query.sort.by == SortField::UpdatedAt { "updated" } else { "created" };
        let direction = if query.sort.direction == Direction::Descending { "desc" } else { "asc" };
        let mut parameters = vec![
            ("state", state(&query.states).to_owned()),
            ("sort", sort.to_owned()),
            ("direction", direction.to_owned()),
        ];
        if let Some(branch) = &query.source_branch {
            let is_owned = branch.contains(':');
            let head = if is_owned { branch.clone() } else { format!("{}:{branch}", repository.owner) };
            parameters.push(("head", head));
        }
        parameters.extend(query.target_branch.clone().map(|branch| ("base", branch)));
        Self(parameters)
    }

    fn page(&self, size: usize, page: Option<u64>) -> Vec<(&'static str, String)> {
        let page = page.map(|page| ("page", page.to_string()));
        self.0.iter().cloned().chain([("per_page", size.to_string())]).chain(page).collect()
    }
}

/// The state that has all of those wanted; GitHub calls merged ones closed.
fn state(states: &[PullRequestState]) -> &'static str {
    let wants = |state| states.contains(&state);
    match (wants(PullRequestState::Open), wants(PullRequestState::Closed) || wants(PullRequestState::Merged)) {
        (true, false) => "open",
        (false, true) => "closed",
        _ => "all",
    }
}

/// Whether nothing ever leaves the list, and what is new comes last: pull requests are not deleted, and the oldest come
/// first. Then page numbers are places that stay.
fn is_steady(query: &PullRequestQuery) -> bool {
    let is_oldest_first = query.sort.by == SortField::CreatedAt && query.sort.direction == Direction::Ascending;
    let has_all = query.source_branch.is_none() && query.target_branch.is_none() && state(&query.states) == "all";
    is_oldest_first && has_all
}

impl Api {
    /// Lists one page of pull requests.
    pub(crate) async fn pull_requests_page(
        &self,
        query: &PullRequestQuery,
        cursor: Option<&Cursor>,
    ) -> Result<Page<PullRequest>> {
        self.capabilities.check_query(query)?;
        let repository = self.repository_with_pulls(&query.project).await?;
        let size = self.page_size(query.page_size) as usize;
        let listing = Listing::new(NAME, "pull_requests", query, size).direction(query.sort.direction);
        let mut page = if is_steady(query) {
            self.steady_page(&listing, cursor, &repository).await?
        } else {
            self.moving_page(&listing, cursor, &repository).await?
        };
        let wanted = at_home(query, &repository);
        page.items.retain(|one| wanted.matches(one));
        Ok(page)
    }

    /// The repository of a project; a Project v2 has none.
    pub(super) async fn repository_with_pulls(&self, project: &ProjectId) -> Result<Arc<Repository>> {
        if ids::is_v2(project) {
            let error = Error::unsupported("a Project v2 has no pull requests of its own");
            return Err(error.hint("name the repository that they go into"));
        }
        self.repository_of(project).await
    }

    /// A page of a list that nothing leaves, and those ahead of it.
    async fn steady_page(
        &self,
        listing: &Listing<'_, PullRequestQuery>,
        cursor: Option<&Cursor>,
        repository: &Repository,
    ) -> Result<Page<PullRequest>> {
        let place: Option<Place> = listing.open(cursor)?;
        let reply = match &place {
            Some(place) => {
                let question = Question::Link(&endpoints::LIST_PULLS, &place.link);
                self.remembered(repository, question, listing.query.freshness).await?
            }
            None => self.numbered(listing, repository, listing.size, None).await?,
        };
        let seal = |link: String| listing.seal(&Place { link });
        let next = linked(&reply, "next").map(ToOwned::to_owned);
        let ahead = if place.is_none() { self.ahead(&reply) } else { Vec::new() };
        let page = Page::new(rows(&reply, repository)?).next(next.map(seal).transpose()?);
        Ok(page.ahead(ahead.into_iter().map(seal).collect::<Result<_>>()?))
    }

    /// Links to the pages after the next one, while pages have numbers.
    fn ahead(&self, first: &Reply) -> Vec<String> {
        let base = self.http.base_url();
        let (Some(next), Some(last)) = (linked(first, "next"), linked(first, "last")) else { return Vec::new() };
        let (Some(second), Some(last)) = (page_number(next, base), page_number(last, base)) else { return Vec::new() };
        (second + 1..=last).take(AHEAD).filter_map(|page| with_page(next, base, page)).collect()
    }

    /// A page of a list that moves while it is read. Where rows went, or came, is found out by the one that was seen last;
    /// pull requests of the same second are told apart by their numbers, which GitHub is taken to sort by as well
    /// (unverified).
    async fn moving_page(
        &self,
        listing: &Listing<'_, PullRequestQuery>,
        cursor: Option<&Cursor>,
        repository: &Repository,
    ) -> Result<Page<PullRequest>> {
        let by_update = listing.query.sort.by == SortField::UpdatedAt;
        let key = |one: &PullRequest| {
            let time = one.updated_at.filter(|_| by_update);
            (time.map(|time| time.timestamp_micros()).unwrap_or_default(), one.number)
        };
        number(listing, cursor, key, |page, size| async move {
            let reply = self.numbered(listing, repository, size, Some(page)).await?;
            Ok(Fetched::new(rows(&reply, repository)?, linked(&reply, "next").is_some()))
        })
        .await
    }

    async fn numbered(
        &self,
        listing: &Listing<'_, PullRequestQuery>,
        repository: &Repository,
        size: usize,
        page: Option<u64>,
    ) -> Result<Arc<Reply>> {
        let parameters = Parameters::of(listing.query, repository).page(size, page);
        let parameters: Vec<_> = parameters.iter().map(|(name, value)| (*name, value.as_str())).collect();
        let question = Question::In(&endpoints::LIST_PULLS, &[], &parameters);
        self.remembered(repository, question, listing.query.freshness).await
    }
}

/// The query with a branch of the repository itself named without its owner.
fn at_home(query: &PullRequestQuery, repository: &Repository) -> PullRequestQuery {
    let mut query = query.clone();
    if let Some((owner, branch)) = query.source_branch.as_deref().and_then(|branch| branch.split_once(':'))
        && owner.eq_ignore_ascii_case(&repository.owner)
    {
        query.source_branch = Some(branch.to_owned());
    }
    query
}

/// The pull requests of an answer.
pub(super) fn rows(reply: &Reply, repository: &Repository) -> Result<Vec<PullRequest>> {
    let rows: Vec<Raw<Pull>> = reply.json()?;
    Ok(rows.into_iter().map(|row| map::pull_request(row, repository.id)).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn merged_ones_are_closed_ones() {
        use PullRequestState::{Closed, Merged, Open};
        for (states, expected) in [
            (vec![], "all"),
            (vec![Open], "open"),
            (vec![Merged], "closed"),
            (vec![Closed, Merged], "closed"),
            (vec![Open, Merged], "all"),
        ] {
            assert_eq!(state(&states), expected, "{states:?}");
        }
    }

    #[test]
    fn only_the_whole_list_from_the_oldest_on_is_steady() {
        let query = PullRequestQuery::in_project("1");
        assert!(is_steady(&query) && is_steady(&query.clone().draft(true)));
        assert!(!is_steady(&query.clone().states([PullRequestState::Open])));
        assert!(!is_steady(&query.clone().target_branch("main")));
        assert!(!is_steady(&query.sort(pm_provider::Sort::descending(SortField::CreatedAt))));
    }
}
