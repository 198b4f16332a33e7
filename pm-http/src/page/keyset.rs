//! Backends that can be asked for what comes after an item.

use std::future::Future;

use pm_provider::{Cursor, Page, Result};
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::{Fetched, Guard, Listing};

/// Makes a page out of what comes after the last key.
///
/// `fetch` is given that key and how many rows to skip. Its filter may be coarser than the key (`created_on >= second`):
/// what was seen already is dropped here, and the next rows are fetched until the page is full.
///
/// # Errors
/// `InvalidInput` for a cursor of another query; `InvalidResponse` for a listing that never ends; those of `fetch`.
pub async fn keyset<T, K, Q, F, R>(
    listing: &Listing<'_, Q>,
    cursor: Option<&Cursor>,
    key: impl Fn(&T) -> K,
    mut fetch: F,
) -> Result<Page<T>>
where
    K: Ord + Clone + Serialize + DeserializeOwned,
    Q: Serialize,
    F: FnMut(Option<K>, u64) -> R,
    R: Future<Output = Result<Fetched<T>>>,
{
    let after: Option<K> = listing.open(cursor)?;
    let (mut items, mut skip): (Vec<T>, u64) = (Vec::new(), 0);
    let mut guard = Guard::new();
    loop {
        let fetched = fetch(after.clone(), skip).await?;
        guard.check(listing, &fetched, &key)?;
        skip += fetched.items.len() as u64;
        items.extend(
            fetched
                .items
                .into_iter()
                .filter(|item| after.as_ref().is_none_or(|after| listing.is_after(&key(item), after))),
        );
        if items.len() >= listing.size || !fetched.more {
            let has_more = items.len() > listing.size || fetched.more;
            items.truncate(listing.size);
            let next = items.last().filter(|_| has_more).map(|item| listing.seal(&key(item))).transpose()?;
            return Ok(Page::new(items).next(next).total(fetched.total));
        }
    }
}
