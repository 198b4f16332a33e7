//! `spm sync watch`.

use std::collections::BTreeMap;
use std::io::Write;
use std::time::Duration;

use chrono::Utc;
use clap::Args;
use pm_core::sync::Mapping;
use pm_core::sync::engine::{Engine, RunOptions};
use tokio::time::Instant;

use super::desk::{Desk, Known, failure};
use super::ended::Ended;
use super::run::watched;
use crate::exit::Code;
use crate::failure::Result;
use crate::output::{moment, note};
use crate::session::Session;

/// The longest pause after failures.
const LONGEST: Duration = Duration::from_secs(60 * 60);
/// Runs of several programs must not all begin at the same second: so much of the pause is left to chance, in percent.
const JITTER: u64 = 10;

/// Which, and how often.
#[derive(Args, Debug)]
pub(crate) struct WatchArgs {
    /// The mappings: by their projects, connections or providers; all that are not paused if none is named
    #[arg(value_name = "NAME")]
    names: Vec<String>,
    /// The pause between the beginnings of two runs: `30s`, `5m`, `2h`
    #[arg(long, value_name = "PAUSE", default_value = "5m", value_parser = pause)]
    every: Duration,
    /// End after so many rounds
    #[arg(long, value_name = "NUMBER")]
    rounds: Option<u64>,
}

/// Reads a pause: a number of seconds, minutes or hours.
fn pause(text: &str) -> Result<Duration, String> {
    let allowed = || "allowed is a number with `s`, `m` or `h` behind, from 1s to 24h".to_owned();
    let text = text.trim();
    let (number, unit) = text.split_at(text.len() - text.chars().next_back().map_or(0, char::len_utf8));
    let seconds = match unit {
        "s" => 1,
        "m" => 60,
        "h" => 3_600,
        _ => return Err(allowed()),
    };
    let seconds = number.parse::<u64>().ok().and_then(|number| number.checked_mul(seconds));
    seconds.filter(|seconds| (1..=86_400).contains(seconds)).map(Duration::from_secs).ok_or_else(allowed)
}

/// Runs every mapping again and again, until somebody presses Ctrl-C: the run that is under way ends first.
pub(super) async fn run(session: &Session, args: WatchArgs) -> Result<Code> {
    let mut watch = Watch { desk: Desk::open(session).await?, every: args.every, known: BTreeMap::new() };
    let mut interrupted = std::pin::pin!(tokio::signal::ctrl_c());
    for round in 1_u64.. {
        for known in watch.due(&args.names).await? {
            let mut work = std::pin::pin!(watch.one(&known));
            let is_over = tokio::select! {
                ended = &mut work => ended.map(|()| false)?,
                _ = &mut interrupted => true,
            };
            if is_over {
                note("finishing what is under way; Ctrl-C again ends at once");
                return tokio::select! {
                    ended = work => ended.map(|()| Code::Success),
                    _ = tokio::signal::ctrl_c() => Ok(Code::Cancelled),
                };
            }
        }
        if args.rounds.is_some_and(|rounds| round >= rounds) {
            break;
        }
        tokio::select! {
            () = tokio::time::sleep_until(watch.next()) => {}
            _ = &mut interrupted => break,
        }
    }
    Ok(Code::Success)
}

/// What is run again and again.
struct Watch<'s> {
    desk: Desk<'s>,
    every: Duration,
    known: BTreeMap<String, Watched>,
}

/// A mapping that was run, and when it is run again.
struct Watched {
    /// Kept, because what it has learnt of both systems costs requests. After a failure it is made anew.
    engine: Option<(Mapping, Engine)>,
    failed: u32,
    due: Instant,
}

impl Watch<'_> {
    /// The mappings whose pause is over.
    async fn due(&mut self, names: &[String]) -> Result<Vec<Known>> {
        let now = Instant::now();
        let mut found = self.desk.runnable(names).await?;
        // What was removed or paused meanwhile is waited for no more.
        self.known.retain(|id, _| found.iter().any(|known| known.mapping.id == *id));
        found.retain(|known| self.known.get(&known.mapping.id).is_none_or(|watched| watched.due <= now));
        Ok(found)
    }

    /// When the next one is due.
    fn next(&self) -> Instant {
        let due = self.known.values().map(|watched| watched.due).min();
        due.unwrap_or_else(Instant::now)
    }

    async fn one(&mut self, known: &Known) -> Result<()> {
        let id = &known.mapping.id;
        let before = self.known.remove(id);
        let failed = before.as_ref().map_or(0, |watched| watched.failed);
        let engine = before.and_then(|watched| watched.engine).filter(|(mapping, _)| is_as_before(mapping, known));
        let (ended, engine) = self.ran(known, engine.map(|(_, engine)| engine)).await;
        let failed = if ended.has_failed() { failed + 1 } else { 0 };
        let due = Instant::now() + after(self.every, failed, fastrand::u64(0..=JITTER));
        let engine = engine.map(|engine| (known.mapping.clone(), engine));
        self.known.insert(id.clone(), Watched { engine, failed, due });
        tell(self.desk.session, &ended)
    }

    /// An ordinary run: nobody is there to be asked, so deletions stay within their limits.
    async fn ran(&self, known: &Known, engine: Option<Engine>) -> (Ended, Option<Engine>) {
        let engine = match engine {
            Some(engine) => engine,
            None => match self.desk.engine(known).await {
                Ok(engine) => engine,
                Err(failure) => return (Ended::failed(known, &failure), None),
            },
        };
        match watched(&self.desk, known, &engine, &RunOptions::new()).await {
            Ok(report) => (Ended::of(known, report), Some(engine)),
            Err(error) => (Ended::failed(known, &failure(known, error)), None),
        }
    }
}

/// Whether an engine that was made for a mapping still does what that says.
fn is_as_before(mapping: &Mapping, known: &Known) -> bool {
    let now = &known.mapping;
    mapping.settings == now.settings && mapping.project == now.project && mapping.external == now.external
}

/// The pause before the next run: longer after each failure in a row, and a little different each time.
fn after(every: Duration, failed: u32, percent: u64) -> Duration {
    let longer = every.saturating_mul(2_u32.saturating_pow(failed)).min(LONGEST.max(every));
    longer + longer.mul_f64(percent as f64 / 100.0)
}

/// One line a run on standard output; what a person must hear on standard error.
fn tell(session: &Session, ended: &Ended) -> Result<()> {
    let mut output = session.lines();
    writeln!(output, "{} {}", moment(Utc::now()), crate::output::one_line(&ended.in_one_line()))?;
    output.flush()?;
    output.finish()?;
    ended.remarks().iter().for_each(note);
    Ok(())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    #[test]
    fn a_pause_has_a_unit() {
        for (text, seconds) in [("30s", 30), ("5m", 300), ("2h", 7_200), ("24h", 86_400)] {
            assert_eq!(pause(text).unwrap(), Duration::from_secs(seconds));
        }
        for wrong in ["", "s", "5", "0s", "25h", "-1m", "5 minutes", "99999999999999999999h", "5ü"] {
            assert!(pause(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn failures_make_the_pause_longer() {
        let minutes = |minutes: u64| Duration::from_secs(minutes * 60);
        assert_eq!(after(minutes(5), 0, 0), minutes(5));
        assert_eq!(after(minutes(5), 2, 0), minutes(20));
        assert_eq!(after(minutes(5), 40, 0), minutes(60));
        assert_eq!(after(minutes(120), 40, 0), minutes(120));
        assert_eq!(after(minutes(10), 0, 10), minutes(11));
    }
}
