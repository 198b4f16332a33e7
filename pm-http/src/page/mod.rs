//! From what a backend lists to pages that lose nothing and repeat nothing, whatever comes and goes between them.
//!
//! | The backend has | Use |
//! |---|---|
//! | everything in one list | [`slice`](slice()) |
//! | a filter for what comes after an item | [`keyset`](keyset()) |
//! | rows from an offset on | [`offset`](offset()) |
//! | page numbers | [`number`](number()) |
//! | opaque tokens | [`token`](token()) |
//! | a `Link` header | [`next_link`], then [`token`](token()) with the link |
//!
//! Keys are what a listing is sorted by, so that no two items have the same: the time with the id, say. They are compared
//! as `Ord` compares them: the backend has to sort in the same way.

mod keyset;
mod link;
mod number;
mod offset;
mod slice;
mod token;

use pm_provider::{Cursor, Direction, Error, ErrorKind, Result};
use serde::Serialize;
use serde::de::DeserializeOwned;

pub use keyset::keyset;
pub use link::{link, next_link};
pub use number::number;
pub use offset::offset;
pub use slice::slice;
pub use token::{TokenPlace, token};

/// One listing of a provider: what its cursors are bound to, and how it is cut.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct Listing<'a, Q> {
    /// The provider.
    pub provider: &'a str,
    /// The kind of listing: `tasks`.
    pub name: &'a str,
    /// The query.
    pub query: &'a Q,
    /// How many items a page has at most.
    pub size: usize,
    /// Which way the keys go.
    pub direction: Direction,
}

impl<'a, Q: Serialize> Listing<'a, Q> {
    /// Describes a listing, ascending, with pages of a size; at least one item a page.
    #[must_use]
    pub fn new(provider: &'a str, name: &'a str, query: &'a Q, size: usize) -> Self {
        Self { provider, name, query, size: size.max(1), direction: Direction::Ascending }
    }

    /// Sets which way the keys go.
    #[must_use]
    pub fn direction(mut self, direction: Direction) -> Self {
        self.direction = direction;
        self
    }

    /// Makes the cursor of a place.
    ///
    /// # Errors
    /// `Internal` when the place has no JSON form.
    pub fn seal<P: Serialize>(&self, place: &P) -> Result<Cursor> {
        let place = serde_json::to_string(place)
            .map_err(|_| Error::new(ErrorKind::Internal, "a place in a listing has no JSON form"))?;
        Ok(Cursor::seal(self.provider, self.name, self.query, &place))
    }

    /// Reads the place of a cursor that this listing made.
    ///
    /// # Errors
    /// `InvalidInput` for a cursor of another query, or a damaged one.
    pub fn open<P: DeserializeOwned>(&self, cursor: Option<&Cursor>) -> Result<Option<P>> {
        let Some(cursor) = cursor else { return Ok(None) };
        let place = cursor.open(self.provider, self.name, self.query)?;
        serde_json::from_str(place).map(Some).map_err(|_| Cursor::malformed())
    }

    /// Says whether a key comes after another.
    fn is_after<K: Ord>(&self, key: &K, other: &K) -> bool {
        match self.direction {
            Direction::Descending => key < other,
            _ => key > other,
        }
    }
}

/// What a backend answered to one request for items.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Fetched<T> {
    /// The items, in the backend's order.
    pub items: Vec<T>,
    /// Whether the backend has more after these.
    pub more: bool,
    /// How many items there are in all, where the backend says so.
    pub total: Option<u64>,
    /// How many items a page of the backend's has, where it says that it gives fewer than asked for.
    pub size: Option<usize>,
}

impl<T> Fetched<T> {
    /// Takes what was fetched, and whether there is more.
    #[must_use]
    pub fn new(items: Vec<T>, more: bool) -> Self {
        Self { items, more, total: None, size: None }
    }

    /// Sets how many items there are in all.
    #[must_use]
    pub fn total(mut self, total: Option<u64>) -> Self {
        self.total = total;
        self
    }

    /// Sets the size of the backend's pages.
    #[must_use]
    pub fn size(mut self, size: Option<usize>) -> Self {
        self.size = size;
        self
    }
}

/// Notices a backend that answers the same rows again and again, or none and that there are more.
#[derive(Debug)]
struct Guard<K> {
    last: Option<K>,
    stuck: u32,
}

impl<K: Ord> Guard<K> {
    /// New rows may push what was seen onto the next page, but not for ever.
    const PATIENCE: u32 = 3;

    fn new() -> Self {
        Self { last: None, stuck: 0 }
    }

    fn check<T, Q: Serialize>(
        &mut self,
        listing: &Listing<'_, Q>,
        fetched: &Fetched<T>,
        key: impl Fn(&T) -> K,
    ) -> Result<()> {
        if !fetched.more {
            return Ok(());
        }
        let Some(last) = fetched.items.last().map(key) else {
            return Err(endless("an empty page says that there is more"));
        };
        let is_new = self.last.as_ref().is_none_or(|before| listing.is_after(&last, before));
        self.stuck = if is_new { 0 } else { self.stuck + 1 };
        self.last = Some(last);
        if self.stuck > Self::PATIENCE { Err(endless("its pages hold nothing new")) } else { Ok(()) }
    }
}

/// The error for a backend that would be listed for ever.
fn endless(what: &str) -> Error {
    Error::new(ErrorKind::InvalidResponse, format!("the backend's listing never ends: {what}"))
}
