//! Ids that are numbers, as texts.

use std::fmt::Display;

use pm_provider::{Error, Result};

/// The number of an id; `None` where the backend can have no such id, so that nobody has to ask it.
///
/// It is strict because servers are not: some take `12abc` for 12.
///
/// ```
/// use pm_http::ids;
/// assert_eq!(ids::number("12"), Some(12));
/// assert_eq!(ids::number("012"), None);
/// ```
#[must_use]
pub fn number(id: &str) -> Option<u64> {
    let is_plain = id.bytes().all(|byte| byte.is_ascii_digit()) && !id.starts_with('0');
    id.parse().ok().filter(|_| is_plain)
}

/// The number of an item that must be there.
///
/// # Errors
/// `NotFound` where there can be no such item.
pub fn existing(what: &str, id: impl AsRef<str> + Display) -> Result<u64> {
    number(id.as_ref()).ok_or_else(|| Error::not_found(what, id))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_backends_own_spelling_is_an_id() {
        assert_eq!(number("12"), Some(12));
        let strange =
            ["", "0", "-1", "+1", "012", "12abc", "1 ", " 1", "1.5", "٣", "１２", "99999999999999999999", "#12"];
        for id in strange {
            assert_eq!(number(id), None, "{id}");
            assert!(existing("task", id).is_err());
        }
    }
}
