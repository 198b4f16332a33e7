//! Ids: Redmine's own numbers as text.

pub(crate) use pm_http::ids::{existing, number};

/// The number in a task's key: `#12`, or `12`.
pub(crate) fn of_key(key: &str) -> Option<u64> {
    number(key.strip_prefix('#').unwrap_or(key))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_may_have_the_sign() {
        assert_eq!((of_key("#12"), of_key("12"), of_key("##12"), of_key("WEB-12")), (Some(12), Some(12), None, None));
    }
}
