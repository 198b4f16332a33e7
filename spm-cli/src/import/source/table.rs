//! CSV: a header line, then rows; each becomes an object with the columns as its members.

use std::collections::{BTreeSet, VecDeque};
use std::io::{self, Read};

use csv::{ReaderBuilder, StringRecord};
use serde::ser::{SerializeMap, Serializer};

use super::quotes::Quotes;
use super::text::{Text, broken};
use super::{Break, Message, Sink, Stop};
use crate::import::row::Reason;

/// What separates cells: whichever of these the header has most of.
const DELIMITERS: [u8; 3] = [b',', b';', b'\t'];

pub(super) fn read(mut text: Text, sink: &mut Sink) -> Result<(), Stop> {
    let name = text.name().to_owned();
    let delimiter = delimiter(text.first_line()?);
    text.begin_row();
    let mut reader = ReaderBuilder::new()
        .flexible(true)
        .delimiter(delimiter)
        .buffer_capacity(AHEAD)
        .from_reader(Lines::new(text, delimiter));
    let header = reader.headers().map_err(|error| failed(&name, error))?.clone();
    let columns = columns(&name, &header)?;
    sink.send(Message::Columns(columns.clone()))?;
    let mut record = StringRecord::new();
    loop {
        reader.get_mut().text.begin_row();
        if !reader.read_record(&mut record).map_err(|error| failed(&name, error))? {
            return Ok(());
        }
        let end = reader.position().byte();
        let line = reader.get_ref().line_of(&record, end);
        let lines = reader.get_mut();
        if lines.ended && lines.quotes.is_open() && record.iter().next_back().is_some_and(|cell| cell.contains('\n')) {
            let message = format!("`{name}` has a row on line {line} with a quote that is never closed");
            return Err(Break::new(message).hint("close it, or double a quote that is a letter").into());
        }
        if lines.quotes.had_stray(end) {
            let message = "has a quote that closes in the middle of a cell, and may hold other rows";
            sink.bad_row(line, Reason::new("stray quote", message), end)?;
        } else if record.len() == columns.len() {
            sink.row(line, &object(&columns, &record), end)?;
        } else {
            sink.bad_row(line, wrong_length(&columns, &record), end)?;
        }
    }
}

/// How far the table is read ahead.
const AHEAD: usize = 8 * 1024;

/// Counts lines behind a reader that reads ahead, and that has its own ideas of empty lines and of `\r\n`.
struct Lines {
    text: Text,
    begin: u64,
    first: u64,
    /// Where lines end in what was read last, from the beginning of the table.
    recent: VecDeque<u64>,
    older: u64,
    /// The end of the input was met.
    ended: bool,
    quotes: Quotes,
}

impl Lines {
    fn new(text: Text, delimiter: u8) -> Self {
        let (begin, first) = (text.position(), text.line());
        Self { text, begin, first, recent: VecDeque::new(), older: 0, ended: false, quotes: Quotes::new(delimiter) }
    }

    /// The line on which a row begins that ends before this byte.
    fn line_of(&self, record: &StringRecord, end: u64) -> u64 {
        let before = self.recent.iter().take_while(|place| **place < end).count();
        // In a quote that is never closed, the last line break belongs to the cell.
        let in_cell = self.ended && record.get(record.len().saturating_sub(1)).is_some_and(|cell| cell.ends_with('\n'));
        let ended = !in_cell && before > 0 && self.recent.get(before - 1) == Some(&(end - 1));
        let inside: usize = record.iter().map(|cell| cell.matches('\n').count()).sum();
        (self.first + self.older + before as u64).saturating_sub(inside as u64 + u64::from(ended))
    }
}

impl Read for Lines {
    fn read(&mut self, target: &mut [u8]) -> io::Result<usize> {
        let at = self.text.position() - self.begin;
        let limit = target.len().min(AHEAD);
        let count = self.text.read(&mut target[..limit])?;
        self.ended = count == 0;
        self.quotes.follow(&target[..count]);
        while self.recent.front().is_some_and(|place| place + (AHEAD as u64) < at) {
            self.recent.pop_front();
            self.older += 1;
        }
        let ends = target[..count].iter().enumerate().filter(|(_, byte)| **byte == b'\n');
        self.recent.extend(ends.map(|(index, _)| at + index as u64));
        Ok(count)
    }
}

fn delimiter(header: &[u8]) -> u8 {
    let count = |delimiter: u8| header.iter().filter(|byte| **byte == delimiter).count();
    // The last of several maxima wins in `max_by_key`; the comma must.
    DELIMITERS.into_iter().rev().max_by_key(|delimiter| count(*delimiter)).unwrap_or(b',')
}

/// The names of the columns; those without one are numbered.
fn columns(name: &str, header: &StringRecord) -> Result<Vec<String>, Break> {
    let mut seen = BTreeSet::new();
    let mut columns = Vec::with_capacity(header.len());
    for (index, column) in header.iter().enumerate() {
        let column = match column.trim() {
            "" => format!("column {}", index + 1),
            column => column.to_owned(),
        };
        if !seen.insert(column.clone()) {
            return Err(Break::new(format!("`{name}` has two columns `{column}`")).hint("rename one in the first line"));
        }
        columns.push(column);
    }
    Ok(columns)
}

/// The row as JSON, its members in the order of the columns.
fn object(columns: &[String], record: &StringRecord) -> String {
    let mut json = Vec::new();
    let mut serializer = serde_json::Serializer::new(&mut json);
    let written = serializer.serialize_map(Some(columns.len())).and_then(|mut map| {
        columns.iter().zip(record).try_for_each(|(column, cell)| map.serialize_entry(column, cell))?;
        map.end()
    });
    // Texts always have a JSON form, and memory takes them.
    written.map_or_else(|_| String::new(), |()| String::from_utf8_lossy(&json).into_owned())
}

fn wrong_length(columns: &[String], record: &StringRecord) -> Reason {
    let cells = |count: usize| if count == 1 { "1 cell".to_owned() } else { format!("{count} cells") };
    let mut message = format!("has {}; the header has {}", cells(record.len()), columns.len());
    if record.iter().next_back().is_some_and(|cell| cell.contains('\n')) {
        message.push_str(" (is a quote not closed?)");
    }
    Reason::new("wrong number of cells", message)
}

fn failed(name: &str, error: csv::Error) -> Break {
    let words = error.to_string();
    match error.into_kind() {
        csv::ErrorKind::Io(error) => broken(name, error),
        _ => Break::new(format!("`{name}` is no table: {words}")),
    }
}
