//! Backends that are asked for pages by number.

use std::future::Future;

use pm_provider::{Cursor, Page, Result};
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::offset::{Behind, Place};
use super::{Fetched, Guard, Listing};

/// Makes a page out of a page that has a number, from 1.
///
/// `fetch` is given the number and the size of the pages; a backend that gives smaller ones says so in
/// [`Fetched::size`]. The row before the place is fetched again, as a page of one: where it is no longer the one that
/// was seen last, the place is looked for backwards, page by page.
///
/// # Errors
/// `InvalidInput` for a cursor of another query; `InvalidResponse` for a listing that never ends; those of `fetch`.
pub async fn number<T, K, Q, F, R>(
    listing: &Listing<'_, Q>,
    cursor: Option<&Cursor>,
    key: impl Fn(&T) -> K,
    mut fetch: F,
) -> Result<Page<T>>
where
    K: Ord + Clone + Serialize + DeserializeOwned,
    Q: Serialize,
    F: FnMut(u64, usize) -> R,
    R: Future<Output = Result<Fetched<T>>>,
{
    let place: Place<K> = listing.open(cursor)?.unwrap_or(Place { rows: 0, last: None });
    let mut walk = Walk { size: listing.size, at: place.rows / listing.size as u64 };
    if let Some(last) = place.last.as_ref().filter(|_| place.rows > 0) {
        let before = fetch(place.rows, 1).await?;
        let mut is_shifted = before.items.first().is_none_or(|row| listing.is_after(&key(row), last));
        while is_shifted && walk.at > 0 {
            walk.at -= 1;
            let first = walk.fetch(&place, &mut fetch).await?.items;
            is_shifted = first.first().is_none_or(|row| listing.is_after(&key(row), last));
        }
    }
    let mut guard = Guard::new();
    loop {
        let fetched = walk.fetch(&place, &mut fetch).await?;
        guard.check(listing, &fetched, &key)?;
        let start = walk.at * walk.size as u64;
        let end = start + fetched.items.len() as u64;
        let mut items = fetched.items;
        match &place.last {
            Some(last) => items.retain(|item| listing.is_after(&key(item), last)),
            None => {
                let seen = usize::try_from(place.rows.saturating_sub(start)).unwrap_or(usize::MAX);
                items.drain(..seen.min(items.len()));
            }
        }
        if !items.is_empty() || !fetched.more {
            let (more, total) = (fetched.more, fetched.total);
            let behind = Behind { rows: end, more, total, next: walk.size, step: walk.size };
            return behind.page(listing, items, key);
        }
        walk.at += 1;
    }
}

/// Where the listing stands: pages of this size, this many before.
struct Walk {
    size: usize,
    at: u64,
}

impl Walk {
    /// Fetches the page that it stands at; a backend with smaller pages moves it to where the place is among those.
    async fn fetch<T, K, F, R>(&mut self, place: &Place<K>, fetch: &mut F) -> Result<Fetched<T>>
    where
        F: FnMut(u64, usize) -> R,
        R: Future<Output = Result<Fetched<T>>>,
    {
        let fetched = fetch(self.at + 1, self.size).await?;
        let Some(smaller) = fetched.size.filter(|given| *given > 0 && *given < self.size) else { return Ok(fetched) };
        self.size = smaller;
        let at = place.rows / smaller as u64;
        if at == self.at {
            return Ok(fetched);
        }
        self.at = at;
        fetch(self.at + 1, self.size).await
    }
}
