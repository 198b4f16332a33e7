//! What a person and programs hear while rows come in.

use std::fs::File;
use std::io::{BufWriter, Write};

use super::ImportArgs;
use crate::failure::{Failure, Result};
use crate::import::ledger::{Event, Observer, Outcome};
use crate::output::{Output, note};
use crate::progress::Progress;
use crate::session::Session;

/// Lines about single rows on standard error, at most.
const LINES: u64 = 100;

/// Tells of rows: on standard error those that need a person, on standard output what was asked for.
pub(super) struct Watch {
    progress: Progress,
    output: Output,
    report: Option<Report>,
    /// One line a row on standard output.
    rows: Rows,
    told: u64,
    done: u64,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Rows {
    Silent,
    Text,
    Json,
}

struct Report {
    name: String,
    file: BufWriter<File>,
}

impl Watch {
    pub(super) fn new(session: &Session, args: &ImportArgs, length: Option<u64>) -> Result<Self> {
        let rows = match (args.jsonl, args.dry_run && !args.json) {
            (true, _) => Rows::Json,
            (_, true) => Rows::Text,
            _ => Rows::Silent,
        };
        let report = args.report.as_ref().map(|name| Report::new(session, name)).transpose()?;
        let progress = Progress::of_bytes(&session.host, length);
        Ok(Self { progress, output: session.lines(), report, rows, told: 0, done: 0 })
    }

    /// Writes out what is held back, and says how much was not said.
    pub(super) fn finish(mut self) -> Result<()> {
        self.progress.finish();
        if self.told > LINES {
            let hint = if self.report.is_some() { "" } else { "; --report FILE keeps all of them" };
            note(format_args!("… and {} more{hint}", self.told - LINES));
        }
        if let Some(report) = &mut self.report {
            report.file.flush().map_err(|error| report.failed(&error))?;
        }
        self.output.finish()
    }

    /// A conflict is told once and never again, a failure at each run: only failures are cut short.
    fn tell(&mut self, line: &str, always: bool) {
        self.told += u64::from(!always);
        if always || self.told <= LINES {
            self.progress.aside(|| note(line));
        }
    }
}

impl Observer for Watch {
    fn row(&mut self, event: &Event<'_>) -> Result<()> {
        if !matches!(event.outcome, Outcome::Conflict { .. }) {
            self.done += 1;
        }
        if let Some(line) = complaint(event) {
            self.tell(&line, matches!(event.outcome, Outcome::Conflict { .. }));
            if let Some(report) = &mut self.report {
                report.write(event)?;
            }
        }
        match self.rows {
            Rows::Silent => {}
            Rows::Json => writeln!(self.output, "{}", json(event)?)?,
            Rows::Text => {
                if let Some(verb) = verb(event.outcome) {
                    let (key, title) = (event.key.unwrap_or_default(), event.title.unwrap_or_default());
                    writeln!(self.output, "{verb}\t{}\t{}", visible(key), visible(title))?;
                }
            }
        }
        Ok(())
    }

    fn reached(&mut self, bytes: u64) {
        self.progress.reach(bytes);
        self.progress.say(format!("{} rows", self.done));
    }
}

impl Report {
    fn new(session: &Session, name: &str) -> Result<Self> {
        let failed = |error: std::io::Error| Failure::io(format!("writing the report `{name}`"), &error);
        // What an earlier run told is not told again: it stays.
        let file = File::options().append(true).create(true).open(session.host.path(name)).map_err(failed)?;
        Ok(Self { name: name.to_owned(), file: BufWriter::new(file) })
    }

    fn write(&mut self, event: &Event<'_>) -> Result<()> {
        let line = json(event)?;
        // At once: a conflict is told before what it is about is written, and must not be lost with this program.
        let written = writeln!(self.file, "{line}").and_then(|()| self.file.flush());
        written.map_err(|error| self.failed(&error))
    }

    fn failed(&self, error: &std::io::Error) -> Failure {
        Failure::io(format!("writing the report `{}`", self.name), error)
    }
}

fn json(event: &Event<'_>) -> Result<String> {
    serde_json::to_string(event).map_err(|error| Failure::usage(format!("line {}: {error}", event.line)))
}

/// What a person must hear of a row.
fn complaint(event: &Event<'_>) -> Option<String> {
    let key = event.key.map(|key| format!(" (`{key}`)")).unwrap_or_default();
    let text = match event.outcome {
        Outcome::Failed { reason, .. } => format!("line {}{key}: {reason}", event.line),
        Outcome::Conflict { field, imported, source, here } => format!(
            "line {}{key}: `{field}` changed on both sides and stays: here {}, in the source {}, imported as {}",
            event.line,
            value(here.as_deref()),
            value(source.as_deref()),
            value(imported.as_deref()),
        ),
        _ => return None,
    };
    Some(visible(&text))
}

fn value(text: Option<&str>) -> String {
    const LONGEST: usize = 60;
    match text {
        None => "nothing".to_owned(),
        Some(text) if text.chars().count() <= LONGEST => format!("`{text}`"),
        Some(text) => format!("`{}…`", text.chars().take(LONGEST).collect::<String>()),
    }
}

fn verb(outcome: &Outcome) -> Option<&'static str> {
    match outcome {
        Outcome::Created => Some("would create"),
        Outcome::Updated { .. } => Some("would update"),
        Outcome::Unchanged { .. } => Some("would leave alone"),
        Outcome::LeftOut { .. } => Some("would leave out"),
        Outcome::Failed { .. } => Some("would fail"),
        Outcome::Conflict { .. } => None,
    }
}

/// A text that cannot move the cursor: what a file holds is not to be trusted.
fn visible(text: &str) -> String {
    let hidden = |letter: char| {
        letter.is_control()
            || matches!(letter, '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}' | '\u{200E}' | '\u{200F}')
    };
    text.chars().map(|letter| if hidden(letter) { '\u{FFFD}' } else { letter }).collect()
}
