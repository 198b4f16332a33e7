//! ISO 8601 durations, exact to the minute.

/// Reads a duration into minutes; a day has 24 hours (unverified).
pub(super) fn minutes(text: &str) -> Option<u64> {
    let rest = text.strip_prefix('P')?;
    let (days, time) = rest.split_once('T').unwrap_or((rest, ""));
    let days = units(days, &[('W', 7.0 * 24.0 * 60.0), ('D', 24.0 * 60.0)])?;
    let time = units(time, &[('H', 60.0), ('M', 1.0), ('S', 1.0 / 60.0)])?;
    (rest.len() > 1 && !rest.ends_with('T')).then_some((days + time).round() as u64)
}

/// Writes minutes as hours and minutes.
pub(super) fn of_minutes(minutes: u64) -> String {
    match (minutes / 60, minutes % 60) {
        (hours, 0) => format!("PT{hours}H"),
        (0, minutes) => format!("PT{minutes}M"),
        (hours, minutes) => format!("PT{hours}H{minutes}M"),
    }
}

/// Reads a number of whole days: `P5D`.
pub(super) fn days(text: &str) -> Option<i64> {
    text.strip_prefix('P')?.strip_suffix('D')?.parse().ok().filter(|days| *days > 0)
}

fn units(mut text: &str, units: &[(char, f64)]) -> Option<f64> {
    let mut sum = 0.0;
    for (unit, minutes) in units {
        if let Some((number, rest)) = text.split_once(*unit) {
            sum += number.parse::<f64>().ok().filter(|number| *number >= 0.0)? * minutes;
            text = rest;
        }
    }
    text.is_empty().then_some(sum)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_are_read_in_every_form() {
        let read = ["PT8H", "PT2H30M", "P1DT2H", "PT0S", "P1W", "PT1.5H", "PT90M"].map(minutes);
        assert_eq!(read, [480, 150, 1560, 0, 10_080, 90, 90].map(Some));
        assert_eq!(["P", "PT", "8H", "PT8", "PT-1H", "PT1H1D"].map(minutes), [None; 6]);
        assert_eq!((of_minutes(150), of_minutes(480), of_minutes(5)), ("PT2H30M".into(), "PT8H".into(), "PT5M".into()));
        assert_eq!((days("P5D"), days("P0D"), days("PT5H")), (Some(5), None, None));
    }
}
