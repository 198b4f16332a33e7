//! What single columns hold, and back.

use chrono::{DateTime, Utc};
use pm_provider::{Error, ErrorKind, Result};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::item::{ItemKey, Kind, Side};

/// How many ids stand in one statement: far below SQLite's 32,766 values.
pub(super) const IDS_PER_STATEMENT: usize = 1_000;

/// The microseconds since 1970.
pub(super) fn micros(time: DateTime<Utc>) -> i64 {
    time.timestamp_micros()
}

pub(super) fn time(micros: i64) -> Result<DateTime<Utc>> {
    DateTime::from_timestamp_micros(micros).ok_or_else(|| damaged("time", &micros.to_string()))
}

pub(super) fn optional_time(micros: Option<i64>) -> Result<Option<DateTime<Utc>>> {
    micros.map(time).transpose()
}

/// JSON as text, which keeps every digit and character.
pub(super) fn json<T: Serialize>(value: &T) -> Result<String> {
    serde_json::to_string(value)
        .map_err(|error| Error::new(ErrorKind::Internal, "a row cannot be written").with_source(error))
}

pub(super) fn from_json<T: DeserializeOwned>(text: &str) -> Result<T> {
    serde_json::from_str(text).map_err(|error| damaged("JSON of ours", "it").with_source(error))
}

/// The word of an enumeration.
pub(super) fn word<T: Serialize>(value: T) -> Result<String> {
    match serde_json::to_value(value) {
        Ok(Value::String(word)) => Ok(word),
        _ => Err(Error::new(ErrorKind::Internal, "a row cannot be written: a value has no word")),
    }
}

pub(super) fn from_word<T: DeserializeOwned>(word: &str) -> Result<T> {
    serde_json::from_value(Value::String(word.to_owned())).map_err(|_| damaged("word of ours", word))
}

pub(super) fn side(word: &str) -> Result<Side> {
    from_word(word)
}

pub(super) fn optional_side(word: Option<&str>) -> Result<Option<Side>> {
    word.map(side).transpose()
}

pub(super) fn kind(word: &str) -> Result<Kind> {
    Kind::find(word).ok_or_else(|| damaged("kind of item", word))
}

pub(super) fn item(word: &str, id: String) -> Result<ItemKey> {
    Ok(ItemKey::new(kind(word)?, id))
}

/// The place of a kind in the order of writing.
pub(super) fn rank(kind: Kind) -> i64 {
    Kind::ALL.iter().zip(0..).find(|(known, _)| **known == kind).map_or(i64::MAX, |(_, rank)| rank)
}

/// A count that no table of ours can exceed.
pub(super) fn count(count: u64) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}

/// How many rows are wanted at most, as a number that databases have.
pub(super) fn limit(rows: usize) -> u64 {
    u64::try_from(i64::try_from(rows).unwrap_or(i64::MAX)).unwrap_or_default()
}

/// An error's text as every database takes it: a vendor's answer in it may hold anything.
pub(super) fn storable(text: &str) -> String {
    text.replace('\0', "\u{fffd}")
}

/// A row that this program cannot have written.
fn damaged(what: &str, found: &str) -> Error {
    let message = format!("a row of the sync engine's tables cannot be read: `{found}` is no {what}");
    Error::new(ErrorKind::InvalidResponse, message)
}
