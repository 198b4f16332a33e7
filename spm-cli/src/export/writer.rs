//! Records to lines.

use std::io::Write;

use super::record::{Counts, Record};
use crate::exit::Code;
use crate::failure::{Failure, Result};

/// Writes records, and counts them.
pub(super) struct Writer<'o, W> {
    out: &'o mut W,
    counts: Counts,
}

impl<'o, W: Write> Writer<'o, W> {
    pub(super) fn new(out: &'o mut W) -> Self {
        Self { out, counts: Counts::new() }
    }

    pub(super) fn write(&mut self, record: &Record) -> Result<()> {
        self.line(record.kind(), line(record)?.as_bytes())
    }

    /// Writes a line that was made before.
    pub(super) fn line(&mut self, kind: Option<&'static str>, line: &[u8]) -> Result<()> {
        self.out.write_all(line)?;
        if let Some(kind) = kind {
            *self.counts.entry(kind.to_owned()).or_default() += 1;
        }
        Ok(())
    }

    pub(super) fn counts(&self) -> Counts {
        self.counts.clone()
    }

    pub(super) fn finish(self) -> Result<()> {
        Ok(self.out.flush()?)
    }
}

/// A record as a line, with its end.
pub(super) fn line(record: &Record) -> Result<String> {
    let json = serde_json::to_string(record);
    let mut line = json.map_err(|error| Failure::new(Code::Failure, format!("an item has no JSON form: {error}")))?;
    // Raw data may be spread over several lines; between JSON tokens a line break is but white space.
    if line.contains(['\n', '\r']) {
        line = line.replace(['\n', '\r'], " ");
    }
    line.push('\n');
    Ok(line)
}
