//! Lists that the backend gives whole.

use pm_provider::{Cursor, Page, Result};
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::Listing;

/// Cuts a whole list into pages on our side: sorts it by key and begins after the last key seen, so that what was deleted
/// or added meanwhile moves nothing.
///
/// # Errors
/// `InvalidInput` for a cursor of another query.
pub fn slice<T, K, Q>(
    listing: &Listing<'_, Q>,
    cursor: Option<&Cursor>,
    items: Vec<T>,
    key: impl Fn(&T) -> K,
) -> Result<Page<T>>
where
    K: Ord + Serialize + DeserializeOwned,
    Q: Serialize,
{
    let after: Option<K> = listing.open(cursor)?;
    let mut rows: Vec<(K, T)> = items.into_iter().map(|item| (key(&item), item)).collect();
    rows.retain(|(key, _)| after.as_ref().is_none_or(|after| listing.is_after(key, after)));
    rows.sort_by(|(one, _), (other, _)| one.cmp(other));
    if listing.direction == pm_provider::Direction::Descending {
        rows.reverse();
    }
    let has_more = rows.len() > listing.size;
    rows.truncate(listing.size);
    let next = rows.last().filter(|_| has_more).map(|(key, _)| listing.seal(key)).transpose()?;
    Ok(Page::new(rows.into_iter().map(|(_, item)| item).collect()).next(next))
}
