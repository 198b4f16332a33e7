//! Lists as GitHub's REST API gives them: chosen, sorted, in pages that are linked in a header.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use reqwest::Url;
use serde_json::Value;

/// Rows of a page without `per_page`, and most of them with it.
const USUAL: usize = 30;
const MOST: usize = 100;

/// What can be asked of a list.
pub(super) struct Listing {
    /// The state that is meant where none is said.
    state: Option<&'static str>,
    /// Whether `since` is understood: what was changed then or later.
    since: bool,
    /// The order where none is said; `None` where it is always that of the rows.
    sort: Option<&'static str>,
    /// Whether it is told how many pages there are. Lists of issues do it no longer (google/go-github#3564).
    last: bool,
}

impl Listing {
    /// <https://docs.github.com/en/rest/issues/issues#list-repository-issues>
    pub(super) const ISSUES: Self = Self { state: Some("open"), since: true, sort: Some("created"), last: false };
    /// <https://docs.github.com/en/rest/issues/comments#list-issue-comments-for-a-repository>
    pub(super) const ALL_COMMENTS: Self = Self { state: None, since: true, sort: Some("created"), last: true };
    /// <https://docs.github.com/en/rest/issues/comments#list-issue-comments>
    pub(super) const COMMENTS: Self = Self { state: None, since: true, sort: None, last: true };
    /// <https://docs.github.com/en/rest/issues/milestones#list-milestones>; nobody asks for its orders here.
    pub(super) const MILESTONES: Self = Self { state: Some("open"), since: false, sort: None, last: true };
    /// All there is.
    pub(super) const PLAIN: Self = Self { state: None, since: false, sort: None, last: true };

    fn knows(&self, parameter: &str) -> bool {
        match parameter {
            "page" | "per_page" => true,
            "state" => self.state.is_some(),
            "since" => self.since,
            "sort" | "direction" => self.sort.is_some(),
            _ => false,
        }
    }
}

/// A page of a list, and where it leads on.
pub(super) struct Page {
    pub(super) rows: Vec<Value>,
    pub(super) links: Option<String>,
}

/// The page of some rows that a query asks for; `None` where it asks for what is not known here.
pub(super) fn chosen<'r>(
    how: &Listing,
    address: &str,
    query: &str,
    rows: impl Iterator<Item = &'r Value>,
) -> Option<Page> {
    let url = Url::parse(&format!("{address}?{query}")).ok()?;
    let asked: BTreeMap<String, String> = url.query_pairs().into_owned().collect();
    if !asked.keys().all(|parameter| how.knows(parameter)) {
        return None;
    }
    let asked = |parameter: &str| asked.get(parameter).map(String::as_str);
    let state = asked("state").or(how.state).filter(|state| *state != "all");
    let since: Option<DateTime<Utc>> = asked("since").and_then(|since| since.parse().ok());
    let fits = |row: &&Value| {
        state.is_none_or(|state| row["state"] == state)
            && since.is_none_or(|since| time(row, "updated_at") >= Some(since))
    };
    let mut rows: Vec<&Value> = rows.filter(fits).collect();
    if let Some(sort) = asked("sort").or(how.sort) {
        let member = if sort == "updated" { "updated_at" } else { "created_at" };
        rows.sort_by_key(|row| time(row, member));
        if asked("direction") != Some("asc") {
            rows.reverse();
        }
    }
    let size = asked("per_page").and_then(|size| size.parse().ok()).unwrap_or(USUAL).clamp(1, MOST);
    let page = asked("page").and_then(|page| page.parse().ok()).unwrap_or(1_usize).max(1);
    let links = links(how, &url, page, rows.len().div_ceil(size));
    let rows = rows.into_iter().skip((page - 1) * size).take(size).cloned().collect();
    Some(Page { rows, links })
}

/// `<https://…?page=2>; rel="next", …`; nothing where there is one page alone.
fn links(how: &Listing, url: &Url, page: usize, pages: usize) -> Option<String> {
    let targets = [
        ("prev", (page > 1).then(|| page - 1)),
        ("next", (page < pages).then_some(page + 1)),
        ("last", (how.last && page < pages).then_some(pages)),
        ("first", (how.last && page > 1).then_some(1)),
    ];
    let link = |(relation, to): (&str, Option<usize>)| Some(format!("<{}>; rel=\"{relation}\"", at(url, to?)));
    let links: Vec<String> = targets.into_iter().filter_map(link).collect();
    (!links.is_empty()).then(|| links.join(", "))
}

fn at(url: &Url, page: usize) -> Url {
    let mut url = url.clone();
    let pairs: Vec<_> = url.query_pairs().into_owned().filter(|(name, _)| name != "page").collect();
    url.query_pairs_mut().clear().extend_pairs(pairs).append_pair("page", &page.to_string());
    url
}

fn time(row: &Value, member: &str) -> Option<DateTime<Utc>> {
    row[member].as_str()?.parse().ok()
}
