//! Events for people: day by day.

use std::io::Write;
use std::sync::Arc;

use chrono::{Datelike, NaiveDate, Utc};
use pm_core::PmProvider;

use super::event::Event;
use crate::failure::Result;
use crate::lookup::Names;
use crate::output::{Presented, Style, Tone, day, local_day, table};
use crate::session::Session;

/// The space before the events of a day.
const INDENT: &str = "  ";

/// Shows the events under the days on which they happen.
pub(super) async fn show(session: &Session, provider: &Arc<dyn PmProvider>, events: &[Event]) -> Result<()> {
    let mut names = Names::new(Arc::clone(provider));
    names.learn(events, Event::table_wants()).await?;
    let now = Utc::now();
    // The day is the heading: its column is left out.
    let rows = events.iter().map(|event| event.cells(&names, now).split_off(1)).collect::<Vec<_>>();
    let style = Style { width: session.style.width.saturating_sub(INDENT.len()), ..session.style };
    let shown = table(&Event::COLUMNS[1..], &rows, style);
    let mut output = session.output()?;
    let mut before = None;
    for (event, line) in events.iter().zip(shown.lines().skip(1)) {
        if before != Some(event.date()) {
            let gap = if before.is_some() { "\n" } else { "" };
            let heading = session.style.paint(Tone::Bold, heading(event.date(), local_day(now)));
            writeln!(output, "{gap}{heading}")?;
            before = Some(event.date());
        }
        writeln!(output, "{INDENT}{line}")?;
    }
    output.finish()
}

/// `2026-11-21, Saturday, today`
fn heading(date: NaiveDate, today: NaiveDate) -> String {
    let days = (date - today).num_days();
    let near = match days {
        -1 => ", yesterday".to_owned(),
        0 => ", today".to_owned(),
        1 => ", tomorrow".to_owned(),
        2..=13 => format!(", in {days} days"),
        -13..=-2 => format!(", {} days ago", -days),
        _ => String::new(),
    };
    let weekday = match date.weekday() {
        chrono::Weekday::Mon => "Monday",
        chrono::Weekday::Tue => "Tuesday",
        chrono::Weekday::Wed => "Wednesday",
        chrono::Weekday::Thu => "Thursday",
        chrono::Weekday::Fri => "Friday",
        chrono::Weekday::Sat => "Saturday",
        chrono::Weekday::Sun => "Sunday",
    };
    format!("{}, {weekday}{near}", day(date))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    #[test]
    fn days_near_today_are_named() {
        let date = |day| NaiveDate::from_ymd_opt(2026, 11, day).unwrap();
        let shown: Vec<_> = [20, 21, 22, 25, 10, 1].map(|day| heading(date(day), date(21))).into();
        let expected = [
            "2026-11-20, Friday, yesterday",
            "2026-11-21, Saturday, today",
            "2026-11-22, Sunday, tomorrow",
            "2026-11-25, Wednesday, in 4 days",
            "2026-11-10, Tuesday, 11 days ago",
            "2026-11-01, Sunday",
        ];
        assert_eq!(shown, expected);
    }
}
