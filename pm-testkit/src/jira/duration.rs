//! Durations as people write them: `1w 2d 3h 30m`, with weeks of five days of eight hours.
//!
//! <https://support.atlassian.com/jira-cloud-administration/docs/configure-time-tracking/>: the default settings.

const MINUTE: u64 = 60;
const HOUR: u64 = 60 * MINUTE;
const DAY: u64 = 8 * HOUR;
const WEEK: u64 = 5 * DAY;

/// Seconds; a number without a unit counts minutes. `None` for what is no duration.
pub(super) fn parse(text: &str) -> Option<u64> {
    let words: Vec<&str> = text.split_whitespace().collect();
    if words.is_empty() {
        return None;
    }
    words.into_iter().map(word).sum()
}

fn word(word: &str) -> Option<u64> {
    let (number, unit) = match word.char_indices().last()? {
        (_, last) if last.is_ascii_digit() => (word, MINUTE),
        (at, 'm') => (&word[..at], MINUTE),
        (at, 'h') => (&word[..at], HOUR),
        (at, 'd') => (&word[..at], DAY),
        (at, 'w') => (&word[..at], WEEK),
        _ => return None,
    };
    let plain = number.chars().all(|c| c.is_ascii_digit() || c == '.');
    let number: f64 = number.parse().ok().filter(|_| plain)?;
    // Whole minutes are all that is kept (unverified).
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, clippy::cast_precision_loss)]
    Some((number * unit as f64 / 60.0).round() as u64 * 60)
}

/// The duration in the vendor's words: the largest units first, `0m` for none.
pub(super) fn pretty(seconds: u64) -> String {
    let mut rest = seconds;
    let mut words = Vec::new();
    for (unit, letter) in [(WEEK, 'w'), (DAY, 'd'), (HOUR, 'h'), (MINUTE, 'm')] {
        if rest >= unit {
            words.push(format!("{}{letter}", rest / unit));
            rest %= unit;
        }
    }
    if words.is_empty() { "0m".to_owned() } else { words.join(" ") }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::{parse, pretty};

    #[test]
    fn durations_have_weeks_of_five_days_of_eight_hours() {
        assert_eq!(parse("1w 2d 3h 30m"), Some((5 * 8 + 2 * 8 + 3) * 3600 + 1800));
        assert_eq!((parse("90"), parse("1.5h")), (Some(5400), Some(5400)));
        assert_eq!((parse(""), parse("3x"), parse("soon"), parse("-1h")), (None, None, None, None));
        assert_eq!(pretty(parse("40h").unwrap()), "1w");
        assert_eq!((pretty(0), pretty(5400)), ("0m".to_owned(), "1h 30m".to_owned()));
    }
}
