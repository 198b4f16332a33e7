//! Ids: Redmine's own numbers as text.

use pm_provider::{Error, Result};

/// Reads an id; what is no number is an item that is not there, and nobody is asked for it.
///
/// The check is strict because the server's is not: it takes `12abc` for 12.
pub(crate) fn number(what: &str, id: &str) -> Result<u64> {
    find(id).ok_or_else(|| Error::not_found(what, id))
}

/// The number of an id, if it is one in Redmine's own spelling.
pub(crate) fn find(id: &str) -> Option<u64> {
    id.parse::<u64>().ok().filter(|number| *number > 0 && number.to_string() == id)
}

/// The number in a task's key: `#12`, or `12`.
pub(crate) fn of_key(key: &str) -> Option<u64> {
    find(key.strip_prefix('#').unwrap_or(key))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_servers_own_spelling_is_an_id() {
        assert_eq!(find("12"), Some(12));
        for id in ["", "0", "-1", "+1", "012", "12abc", "1 ", "٣", "99999999999999999999", "#12"] {
            assert_eq!(find(id), None, "{id}");
        }
    }

    #[test]
    fn keys_may_have_the_sign() {
        assert_eq!((of_key("#12"), of_key("12"), of_key("##12"), of_key("WEB-12")), (Some(12), Some(12), None, None));
    }
}
