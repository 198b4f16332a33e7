//! Reading: from bytes to rows of JSON text with their lines, in chunks, on a thread of its own.
//!
//! Nothing here knows what a row means. A row that is no JSON is still a row, with the reason: the others go on. What
//! makes the rest unreadable (a NUL byte, an array that is not closed) is a [`Break`]: the rows before it are kept.

mod json;
mod lines;
mod quotes;
mod table;
mod text;

use std::io::Read;
use std::mem;

use clap::ValueEnum;
use pm_core::RawData;
use serde::de::IgnoredAny;
use tokio::sync::mpsc;

use self::text::Text;
use super::row::Reason;

/// Rows of a chunk, at most: what is looked up, and written, at once.
pub(crate) const CHUNK_ROWS: usize = 200;
/// Bytes of a chunk, from which on it is full whatever its rows.
const CHUNK_BYTES: usize = 1024 * 1024;
/// Chunks that wait while one is being written: memory stays flat however fast the disk is.
const CHUNKS_AHEAD: usize = 1;

/// How the input is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    /// JSON arrays of objects
    Json,
    /// JSON Lines: one object a line
    #[value(alias = "ndjson")]
    Jsonl,
    /// A table with a header line
    Csv,
}

/// Where rows come from.
pub(crate) struct Input {
    /// As messages name it: `issues.json`, `standard input`.
    pub(crate) name: String,
    pub(crate) reader: Box<dyn Read + Send>,
    /// As the user says or the name suggests, else the first byte decides.
    pub(crate) format: Option<Format>,
}

/// One row as it stands in the input.
#[derive(Clone, Debug)]
pub(crate) struct Record {
    /// The line on which it begins, from 1.
    pub(crate) line: u64,
    pub(crate) json: Result<RawData, Reason>,
}

/// What makes the rest of the input unreadable.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Break {
    pub(crate) message: String,
    pub(crate) hint: Option<String>,
}

impl Break {
    fn new(message: impl Into<String>) -> Self {
        Self { message: message.into(), hint: None }
    }

    fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }
}

impl std::fmt::Display for Break {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for Break {}

/// What the reading thread tells.
#[derive(Debug)]
pub(crate) enum Message {
    /// The columns of a table, before its rows.
    Columns(Vec<String>),
    /// Some rows, and how many bytes were read up to their end.
    Chunk(Vec<Record>, u64),
    /// There is no more, or no more that can be read.
    End(Result<(), Break>),
}

/// Reads on a thread of its own; it stops when the receiver is dropped.
pub(crate) fn read(input: Input) -> mpsc::Receiver<Message> {
    let (sender, receiver) = mpsc::channel(CHUNKS_AHEAD);
    std::thread::spawn(move || {
        let mut sink = Sink { sender, records: Vec::new(), bytes: 0, end: 0 };
        let ended = read_all(input, &mut sink).and_then(|()| sink.flush());
        match ended {
            Ok(()) => sink.send(Message::End(Ok(()))),
            Err(Stop::Break(found)) => {
                // What came before the break is kept.
                sink.flush().and_then(|()| sink.send(Message::End(Err(found))))
            }
            Err(Stop::NobodyListens) => Ok(()),
        }
    });
    receiver
}

/// Names the columns of the first row, for a message; empty where there is none.
pub(crate) async fn columns(input: Input) -> Vec<String> {
    let mut messages = read(input);
    let mut first = None;
    while let Some(message) = messages.recv().await {
        match message {
            Message::Columns(columns) => return columns,
            Message::Chunk(records, _) => first = records.into_iter().find_map(|record| record.json.ok()),
            Message::End(_) => break,
        }
        if first.is_some() {
            break;
        }
    }
    let members = first.and_then(|row| row.parse::<serde_json::Map<String, serde_json::Value>>().ok());
    members.map(|members| members.into_iter().map(|(name, _)| name).collect()).unwrap_or_default()
}

/// Why reading ends early.
enum Stop {
    Break(Break),
    NobodyListens,
}

impl From<Break> for Stop {
    fn from(found: Break) -> Self {
        Self::Break(found)
    }
}

fn read_all(input: Input, sink: &mut Sink) -> Result<(), Stop> {
    let mut text = Text::new(input.reader, input.name);
    let format = match (input.format, text.first()?) {
        (_, None) => return Err(Break::new(format!("`{}` is empty", text.name())).into()),
        (Some(format), Some(_)) => format,
        (None, Some(b'[')) => Format::Json,
        (None, Some(b'{')) => Format::Jsonl,
        (None, Some(_)) => Format::Csv,
    };
    match format {
        Format::Json => json::read(text, sink),
        Format::Jsonl => lines::read(text, sink),
        Format::Csv => table::read(text, sink),
    }
}

/// Collects rows to chunks and sends them off.
struct Sink {
    sender: mpsc::Sender<Message>,
    records: Vec<Record>,
    bytes: usize,
    end: u64,
}

impl Sink {
    /// Takes the JSON text of a row; `end` is how many bytes of the input are read by now.
    fn row(&mut self, line: u64, json: &str, end: u64) -> Result<(), Stop> {
        self.bytes += json.len();
        let json = RawData::from_json(json).map_err(|_| syntax(line, json));
        self.push(Record { line, json }, end)
    }

    /// Takes a row that cannot be read.
    fn bad_row(&mut self, line: u64, reason: Reason, end: u64) -> Result<(), Stop> {
        self.push(Record { line, json: Err(reason) }, end)
    }

    fn push(&mut self, record: Record, end: u64) -> Result<(), Stop> {
        self.records.push(record);
        self.end = end;
        if self.records.len() >= CHUNK_ROWS || self.bytes >= CHUNK_BYTES { self.flush() } else { Ok(()) }
    }

    fn flush(&mut self) -> Result<(), Stop> {
        if self.records.is_empty() {
            return Ok(());
        }
        self.bytes = 0;
        let records = mem::take(&mut self.records);
        self.send(Message::Chunk(records, self.end))
    }

    fn send(&self, message: Message) -> Result<(), Stop> {
        self.sender.blocking_send(message).map_err(|_| Stop::NobodyListens)
    }
}

/// Says what is wrong with the JSON of a row, and on which line of the input.
fn syntax(line: u64, json: &str) -> Reason {
    let Err(error) = serde_json::from_str::<IgnoredAny>(json) else { return Reason::new("no JSON", "cannot be kept") };
    let words = error.to_string();
    let what = words.split(" at line ").next().unwrap_or(&words).to_owned();
    let at = line + (error.line() as u64).saturating_sub(1);
    Reason::new("no JSON", format!("is no JSON: {what} (line {at}, column {})", error.column()))
}

#[cfg(test)]
mod tests;
