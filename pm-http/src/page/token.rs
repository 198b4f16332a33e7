//! Backends that give a token for the next page.

use pm_provider::{Cursor, Page, Result};
use serde::{Deserialize, Serialize};

use super::{Listing, endless};

/// A token, and what is needed to notice that tokens go round in circles.
///
/// Brent's algorithm: one earlier token is kept and replaced after 1, 2, 4, 8 … pages, so a circle of any length is
/// noticed, and a cursor stays small and needs no memory between calls.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct TokenPlace {
    #[serde(rename = "t")]
    token: String,
    /// The earlier token.
    #[serde(rename = "h")]
    hare: String,
    /// After how many pages it is replaced.
    #[serde(rename = "p")]
    power: u64,
    /// How many pages came since it was.
    #[serde(rename = "l")]
    length: u64,
}

impl TokenPlace {
    /// The token to ask with.
    #[must_use]
    pub fn token(&self) -> &str {
        &self.token
    }

    fn first(token: String) -> Self {
        Self { hare: token.clone(), token, power: 1, length: 0 }
    }

    fn follow(&self, token: String) -> Result<Self> {
        if token == self.hare || token == self.token {
            return Err(endless("the token of a page came before"));
        }
        let length = self.length + 1;
        Ok(if length >= self.power {
            Self { hare: token.clone(), token, power: self.power.saturating_mul(2), length: 0 }
        } else {
            Self { hare: self.hare.clone(), token, power: self.power, length }
        })
    }
}

/// Makes the page behind a token: `place` is what [`Listing::open`] gave, `next` the token that came with the items.
///
/// # Errors
/// `InvalidResponse` when the tokens go round in circles.
pub fn token<T, Q: Serialize>(
    listing: &Listing<'_, Q>,
    place: Option<&TokenPlace>,
    items: Vec<T>,
    next: Option<String>,
) -> Result<Page<T>> {
    let next = next.filter(|token| !token.is_empty());
    let next: Option<Cursor> = match (next, place) {
        (None, _) => None,
        (Some(token), None) => Some(listing.seal(&TokenPlace::first(token))?),
        (Some(token), Some(place)) => Some(listing.seal(&place.follow(token)?)?),
    };
    Ok(Page::new(items).next(next))
}
