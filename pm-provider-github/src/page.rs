//! Lists of GitHub's: pages that are linked in a header.

use std::collections::HashSet;
use std::hash::Hash;

use futures_util::{StreamExt, TryStreamExt, stream};
use pm_http::page::link;
use pm_http::{Endpoint, Raw, Reply};
use pm_provider::{Error, ErrorKind, Result};
use serde::de::DeserializeOwned;
use url::Url;

use crate::api::{Api, Request};
use crate::config::MAX_PAGE_SIZE;

/// How many pages are asked for at once.
const AHEAD: usize = 8;
/// How many pages a list has before the backend is believed to answer for ever.
const MOST_PAGES: usize = 100_000;

/// The target of a relation in the `Link` header of an answer.
pub(crate) fn linked<'a>(reply: &'a Reply, relation: &str) -> Option<&'a str> {
    link(reply.header("link")?, relation)
}

/// The page number of a link, where it has one; links of long lists have a cursor in its place.
pub(crate) fn page_number(link: &str, base: &Url) -> Option<u64> {
    let url = base.join(link).ok()?;
    let (_, number) = url.query_pairs().find(|(name, _)| name == "page")?;
    number.parse().ok()
}

/// The same link with another page number.
pub(crate) fn with_page(link: &str, base: &Url, page: u64) -> Option<String> {
    let mut url = base.join(link).ok()?;
    let pairs: Vec<_> = url.query_pairs().into_owned().filter(|(name, _)| name != "page").collect();
    url.query_pairs_mut().clear().extend_pairs(pairs).append_pair("page", &page.to_string());
    Some(url.into())
}

impl Api {
    /// Reads a whole list: the first page tells how many there are, the others come side by side; where a page leads on
    /// beyond the last one, because the list has grown, or because it has cursors in the place of numbers, it is followed.
    pub(crate) async fn all<T: DeserializeOwned + Send>(
        &self,
        endpoint: &'static Endpoint,
        first: Request<'_>,
    ) -> Result<Vec<Raw<T>>> {
        let reply = first.query("per_page", MAX_PAGE_SIZE).revalidate().send().await?;
        let mut rows: Vec<Raw<T>> = reply.json()?;
        let mut next = linked(&reply, "next").map(ToOwned::to_owned);
        let base = self.http.base_url();
        let last = linked(&reply, "last").and_then(|last| page_number(last, base));
        if let (Some(second), Some(last)) = (&next, last)
            && page_number(second, base) == Some(2)
        {
            let links: Vec<_> = (2..=last).filter_map(|page| with_page(second, base, page)).collect();
            let pages = stream::iter(links).map(|link| self.linked_page::<T>(endpoint, link)).buffered(AHEAD);
            let pages: Vec<_> = pages.try_collect().await?;
            next = None;
            for (page, after) in pages {
                rows.extend(page);
                next = after;
            }
        }
        for _ in 0..MOST_PAGES {
            let Some(link) = next else { return Ok(rows) };
            let (page, after) = self.linked_page(endpoint, link).await?;
            rows.extend(page);
            next = after;
        }
        Err(Error::new(ErrorKind::InvalidResponse, "the backend's listing never ends"))
    }

    /// One page behind a link, and the link that it leads on by.
    async fn linked_page<T: DeserializeOwned>(
        &self,
        endpoint: &'static Endpoint,
        link: String,
    ) -> Result<(Vec<Raw<T>>, Option<String>)> {
        let reply = self.follow(endpoint, &link).revalidate().send().await?;
        let next = linked(&reply, "next").map(ToOwned::to_owned);
        Ok((reply.json()?, next))
    }
}

/// Each row once: pages overlap where something was added meanwhile.
pub(crate) fn distinct<T, K: Eq + Hash>(rows: Vec<Raw<T>>, id: impl Fn(&T) -> K) -> Vec<Raw<T>> {
    let mut seen = HashSet::new();
    rows.into_iter().filter(|row| seen.insert(id(&row.item))).collect()
}

/// Says whether one of the texts holds a text, without regard to case.
pub(crate) fn holds<'a>(texts: impl IntoIterator<Item = Option<&'a str>>, wanted: &str) -> bool {
    let wanted = wanted.to_lowercase();
    texts.into_iter().flatten().any(|text| text.to_lowercase().contains(&wanted))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn pages_have_numbers_or_cursors() {
        let base: Url = "https://api.github.com/".parse().unwrap();
        let link = "https://api.github.com/repositories/7/issues?state=all&page=2&per_page=100";
        assert_eq!(page_number(link, &base), Some(2));
        let fifth = with_page(link, &base, 5).unwrap();
        assert_eq!(fifth, "https://api.github.com/repositories/7/issues?state=all&per_page=100&page=5");
        assert_eq!(page_number("https://api.github.com/repositories/7/issues?after=Y3Vyc29y", &base), None);
    }
}
