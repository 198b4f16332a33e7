//! Backends that are asked for rows from an offset on.

use std::future::Future;

use pm_provider::{Cursor, Page, Result};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use super::{Fetched, Guard, Listing};

/// How many pages ahead are announced.
const AHEAD: u64 = 50;

/// A place by count, and by the key of the row before it: the count alone is wrong as soon as an earlier row goes.
#[derive(Serialize, Deserialize)]
pub(super) struct Place<K> {
    /// How many rows precede.
    #[serde(rename = "o")]
    pub(super) rows: u64,
    /// The key of the last row that was seen; a page that is only announced has none.
    #[serde(rename = "k")]
    pub(super) last: Option<K>,
}

/// Makes a page out of rows from an offset on.
///
/// `fetch` is given the offset and how many rows are wanted, never more than `most`. The row before the offset is fetched
/// again: where it is no longer the one that was seen last, the place is looked for. Where the total is known, the pages
/// ahead are announced, by offset.
///
/// # Errors
/// `InvalidInput` for a cursor of another query; `InvalidResponse` for a listing that never ends; those of `fetch`.
pub async fn offset<T, K, Q, F, R>(
    listing: &Listing<'_, Q>,
    cursor: Option<&Cursor>,
    most: usize,
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
    let overlap = u64::from(place.last.is_some() && place.rows > 0);
    let wanted = (listing.size + usize::from(overlap == 1)).min(most.max(1));
    let mut from = place.rows - overlap;
    let mut step = listing.size as u64;
    // Back, until a row that was seen: rows before the place were deleted.
    let mut fetched = fetch(from, wanted).await?;
    while let Some(last) = &place.last {
        let is_too_far = fetched.items.first().is_none_or(|first| listing.is_after(&key(first), last));
        if !is_too_far || from == 0 {
            break;
        }
        from = from.saturating_sub(step);
        step = step.saturating_mul(2);
        fetched = fetch(from, wanted).await?;
    }
    forward(listing, place, from, most, fetched, key, fetch).await
}

/// Onward, until a row that was not seen: rows before the place were added, or the step back was a long one.
async fn forward<T, K, Q, F, R>(
    listing: &Listing<'_, Q>,
    place: Place<K>,
    mut from: u64,
    most: usize,
    mut fetched: Fetched<T>,
    key: impl Fn(&T) -> K,
    mut fetch: F,
) -> Result<Page<T>>
where
    K: Ord + Clone + Serialize + DeserializeOwned,
    Q: Serialize,
    F: FnMut(u64, usize) -> R,
    R: Future<Output = Result<Fetched<T>>>,
{
    let mut guard = Guard::new();
    loop {
        guard.check(listing, &fetched, &key)?;
        let end = from + fetched.items.len() as u64;
        let mut items = fetched.items;
        if let Some(last) = &place.last {
            items.retain(|item| listing.is_after(&key(item), last));
        }
        if items.is_empty() && fetched.more {
            from = end;
            fetched = fetch(from, listing.size.min(most.max(1))).await?;
            continue;
        }
        let surplus = items.len().saturating_sub(listing.size);
        items.truncate(listing.size);
        let step = most.max(1).min(listing.size);
        let behind = Behind {
            rows: end - surplus as u64,
            more: fetched.more || surplus > 0,
            total: fetched.total,
            // The next page begins one row early: where it cannot have one row more, it ends one early as well.
            next: if most > step { step } else { (step - 1).max(1) },
            step,
        };
        return behind.page(listing, items, key);
    }
}

/// What lies behind a page.
pub(super) struct Behind {
    /// How many rows precede what comes next.
    pub(super) rows: u64,
    /// Whether anything does.
    pub(super) more: bool,
    /// How many rows there are in all.
    pub(super) total: Option<u64>,
    /// How many rows the next page takes.
    pub(super) next: usize,
    /// How many rows each page after that takes.
    pub(super) step: usize,
}

impl Behind {
    /// Makes the page, with the place behind it and those further on.
    pub(super) fn page<T, K: Serialize, Q: Serialize>(
        self,
        listing: &Listing<'_, Q>,
        items: Vec<T>,
        key: impl Fn(&T) -> K,
    ) -> Result<Page<T>> {
        let Some(last) = items.last().filter(|_| self.more) else { return Ok(Page::new(items).total(self.total)) };
        let next = listing.seal(&Place { rows: self.rows, last: Some(key(last)) })?;
        let starts = (0..AHEAD).map(|page| self.rows + self.next as u64 + page * self.step as u64);
        let ahead = starts
            .take_while(|start| self.total.is_some_and(|total| *start < total))
            .map(|rows| listing.seal(&Place::<K> { rows, last: None }))
            .collect::<Result<_>>()?;
        Ok(Page::new(items).next(Some(next)).ahead(ahead).total(self.total))
    }
}
