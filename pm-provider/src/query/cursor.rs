//! Where a listing goes on.

use serde::{Deserialize, Serialize};

use crate::error::{Error, ErrorKind, Result};

/// A place in a listing: opaque, can be stored, and bound to the query that it came from.
///
/// Providers make it with [`Cursor::seal`] and read it with [`Cursor::open`]; nobody else looks inside.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Cursor(String);

const FORMAT: &str = "1";

impl Cursor {
    /// Binds a place to a provider and a query. The query's page size is no part of it, nor whether it asks for a total, nor
    /// how recent the answer must be.
    ///
    /// `listing` names the kind of listing (`tasks`), so that two kinds never share a cursor.
    #[must_use]
    pub fn seal<Q: Serialize>(provider: &str, listing: &str, query: &Q, place: &str) -> Self {
        Self(format!("{FORMAT}.{:016x}.{place}", fingerprint(provider, listing, query)))
    }

    /// Returns the place, if the cursor belongs to this provider and query.
    ///
    /// # Errors
    /// `InvalidInput` when it came from another query, provider or listing, or is no cursor at all.
    pub fn open<Q: Serialize>(&self, provider: &str, listing: &str, query: &Q) -> Result<&str> {
        let mut parts = self.0.splitn(3, '.');
        let (format, print, place) = (parts.next(), parts.next(), parts.next());
        let expected = format!("{:016x}", fingerprint(provider, listing, query));
        match (format, print, place) {
            (Some(FORMAT), Some(print), Some(place)) if print == expected => Ok(place),
            (Some(FORMAT), Some(_), Some(_)) => Err(refuse("the cursor belongs to another query")),
            _ => Err(refuse("this is no cursor of a listing")),
        }
    }

    /// Returns the text, for storing.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Takes a text that was stored. Whether it is a cursor shows when it is used.
    #[must_use]
    pub fn from_text(text: impl Into<String>) -> Self {
        Self(text.into())
    }
}

/// The error of a provider for a place that it cannot read.
impl Cursor {
    /// Makes the error for a place that the provider itself cannot make sense of.
    #[must_use]
    pub fn malformed() -> Error {
        refuse("the cursor is damaged")
    }
}

fn refuse(message: &str) -> Error {
    Error::new(ErrorKind::InvalidInput, message)
        .hint("use a cursor with the very query that it came from, or start again without one")
}

/// FNV-1a over the provider, the listing and the query's JSON without what changes no place in the listing: stable
/// across releases.
fn fingerprint<Q: Serialize>(provider: &str, listing: &str, query: &Q) -> u64 {
    let mut json = serde_json::to_value(query).unwrap_or_default();
    if let Some(members) = json.as_object_mut() {
        members.remove("page_size");
        members.remove("with_total");
        members.remove("freshness");
    }
    // Whether a map of `serde_json` is sorted depends on features that another crate may have turned on.
    json.sort_all_objects();
    let text = format!("{provider}\n{listing}\n{json}");
    text.bytes().fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3))
}
