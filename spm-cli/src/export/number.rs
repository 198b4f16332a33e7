//! Numbers of keys.

/// The number at the end of a key: 12 of `WEB-12`, 7 of `owner/repo#7`.
pub(crate) fn number(key: Option<&str>) -> Option<u64> {
    let key = key?;
    let digits = key.len() - key.trim_end_matches(|letter: char| letter.is_ascii_digit()).len();
    key[key.len() - digits..].parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_number_stands_at_the_end() {
        let cases = [
            (Some("WEB-12"), Some(12)),
            (Some("WEB-S3"), Some(3)),
            (Some("owner/repo#7"), Some(7)),
            (Some("12"), Some(12)),
            (Some("WEB"), None),
            (Some(""), None),
            (Some("Ä9"), Some(9)),
            (None, None),
        ];
        for (key, wanted) in cases {
            assert_eq!(number(key), wanted, "{key:?}");
        }
    }
}
