//! Pages.

use serde::{Deserialize, Serialize};

use super::Cursor;

/// One page of a listing.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Page<T> {
    /// The items of this page; a page may be empty and still have a next one.
    pub items: Vec<T>,
    /// Where the next page begins; following it alone visits everything once. `None` at the end.
    #[serde(default = "Option::default")]
    pub next: Option<Cursor>,
    /// The pages after `next`, in order, where they are known already: a hint for fetching in parallel.
    ///
    /// Where items go meanwhile, these may miss one that `next` would not: pages ahead should tell a `total`, so that
    /// whoever follows them sees it shrink and goes on by `next`.
    #[serde(default)]
    pub ahead: Vec<Cursor>,
    /// How many items there are in all pages, where the backend says so: some only when a query asks (`with_total`), some
    /// never.
    #[serde(default)]
    pub total: Option<u64>,
}

impl<T> Page<T> {
    /// Makes a last page.
    #[must_use]
    pub fn new(items: Vec<T>) -> Self {
        Self { items, next: None, ahead: Vec::new(), total: None }
    }

    /// Sets `next`, where there is one.
    #[must_use]
    pub fn next(mut self, next: Option<Cursor>) -> Self {
        self.next = next;
        self
    }

    /// Turns the items into others.
    pub fn map<U>(self, change: impl FnMut(T) -> U) -> Page<U> {
        let Self { items, next, ahead, total } = self;
        Page { items: items.into_iter().map(change).collect(), next, ahead, total }
    }
}

impl<T> Default for Page<T> {
    fn default() -> Self {
        Self::new(Vec::new())
    }
}

impl<T> Page<T> {
    /// Sets `ahead`.
    #[must_use]
    pub fn ahead(mut self, ahead: Vec<Cursor>) -> Self {
        self.ahead = ahead;
        self
    }

    /// Sets `total`, where it is known.
    #[must_use]
    pub fn total(mut self, total: Option<u64>) -> Self {
        self.total = total;
        self
    }
}
