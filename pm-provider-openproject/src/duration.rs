//! Durations of work as OpenProject writes them: ISO 8601, `PT2H30M`, sometimes with days: `P1DT2H`.

use pm_provider::Hours;

const MINUTE: f64 = 60.0;
const HOUR: f64 = 60.0 * MINUTE;
/// OpenProject converts hours to days by 24, whatever a working day is.
const DAY: f64 = 24.0 * HOUR;

/// Reads a duration; `None` where the text is none, or one of months or years, which have no fixed length.
pub(crate) fn parse(text: &str) -> Option<Hours> {
    let rest = text.trim().strip_prefix('P')?;
    let (days, time) = match rest.split_once('T') {
        Some((_, "")) => return None,
        Some((days, time)) => (days, time),
        None => (rest, ""),
    };
    if days.is_empty() && time.is_empty() {
        return None;
    }
    let seconds = sum(days, &[('W', 7.0 * DAY), ('D', DAY)])? + sum(time, &[('H', HOUR), ('M', MINUTE), ('S', 1.0)])?;
    Hours::from_hours(seconds / HOUR).ok()
}

/// Adds up numbers with units, which must come in the order of `units`, each once.
fn sum(text: &str, units: &[(char, f64)]) -> Option<f64> {
    let (mut rest, mut units, mut seconds) = (text, units.iter(), 0.0);
    while !rest.is_empty() {
        let end = rest.find(|character: char| !character.is_ascii_digit() && character != '.' && character != ',')?;
        let (number, unit) = (&rest[..end], rest[end..].chars().next()?);
        let (_, length) = units.find(|(name, _)| *name == unit)?;
        seconds += number.replace(',', ".").parse::<f64>().ok()? * length;
        rest = &rest[end + unit.len_utf8()..];
    }
    Some(seconds)
}

/// Writes a duration as `PT{h}H{m}M{s}S`, without the parts that are zero.
pub(crate) fn format(hours: Hours) -> String {
    let seconds = hours.as_seconds();
    let parts = [(seconds / 3600, 'H'), (seconds / 60 % 60, 'M'), (seconds % 60, 'S')];
    let written: String =
        parts.iter().filter(|(count, _)| *count > 0).map(|(count, unit)| format!("{count}{unit}")).collect();
    if written.is_empty() { "PT0S".to_owned() } else { format!("PT{written}") }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn all_that_the_server_writes_is_read() {
        let cases = [
            ("PT8H", 28_800),
            ("PT2H30M", 9_000),
            ("P1DT2H", 93_600),
            ("P2W", 1_209_600),
            ("P5D", 432_000),
            ("PT0S", 0),
            ("PT1.5H", 5_400),
            ("PT1,5H", 5_400),
            ("PT20M", 1_200),
            ("P370DT13H", 32_014_800),
        ];
        for (text, seconds) in cases {
            assert_eq!(parse(text), Some(Hours::from_seconds(seconds)), "{text}");
        }
    }

    #[test]
    fn what_is_no_duration_is_none() {
        let cases = [
            "", "P", "PT", "8", "8H", "P1Y", "P1M", "PT1M1H", "PT1H1H", "PTH", "PT-1H", "PT1", "P1H", "PT.H", "P1DT",
            "PT1Hé",
        ];
        for text in cases {
            assert_eq!(parse(text), None, "{text}");
        }
    }

    #[test]
    fn parts_that_are_zero_are_left_out() {
        for (seconds, text) in [(0, "PT0S"), (9_000, "PT2H30M"), (3_600, "PT1H"), (90, "PT1M30S"), (86_400, "PT24H")] {
            assert_eq!(format(Hours::from_seconds(seconds)), text);
        }
    }

    proptest! {
        #[test]
        fn what_is_written_is_read_back(seconds in 0..=Hours::MAX_SECONDS) {
            let hours = Hours::from_seconds(seconds);
            prop_assert_eq!(parse(&format(hours)), Some(hours));
        }

        #[test]
        fn no_text_makes_the_reader_fall_over(text in "\\PC*") {
            let _ = parse(&text);
        }

        #[test]
        fn days_hours_and_minutes_add_up(days in 0..1000_u64, hours in 0..1000_u64, minutes in 0..1000_u64) {
            let expected = Hours::from_seconds(days * 86_400 + hours * 3_600 + minutes * 60);
            prop_assert_eq!(parse(&format!("P{days}DT{hours}H{minutes}M")), Some(expected));
        }
    }
}
