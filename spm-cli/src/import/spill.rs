//! Rows that wait for their parents, in a file without a name: memory stays flat however many there are.

use std::fs::File;
use std::io::{self, BufReader, BufWriter, Read, Seek, SeekFrom, Write};

use pm_core::RawData;

use super::source::{CHUNK_ROWS, Record};
use crate::failure::{Failure, Result};

/// Rows that wait.
#[derive(Debug, Default)]
pub(super) struct Spill {
    file: Option<BufWriter<File>>,
    rows: u64,
}

impl Spill {
    pub(super) fn len(&self) -> u64 {
        self.rows
    }

    /// Puts a row behind the others.
    pub(super) fn push(&mut self, line: u64, raw: &RawData) -> Result<()> {
        self.write(line, raw.as_str().unwrap_or_default()).map_err(failed)
    }

    fn write(&mut self, line: u64, json: &str) -> io::Result<()> {
        let file = match &mut self.file {
            Some(file) => file,
            none => none.insert(BufWriter::new(tempfile::tempfile()?)),
        };
        file.write_all(&line.to_le_bytes())?;
        file.write_all(&(json.len() as u64).to_le_bytes())?;
        file.write_all(json.as_bytes())?;
        self.rows += 1;
        Ok(())
    }

    /// Begins to read them back, in their order.
    pub(super) fn replay(self) -> Result<Replay> {
        let Some(file) = self.file else { return Ok(Replay { file: None }) };
        let mut file = file.into_inner().map_err(|error| failed(error.into_error()))?;
        file.seek(SeekFrom::Start(0)).map_err(failed)?;
        Ok(Replay { file: Some(BufReader::new(file)) })
    }
}

/// Rows on their way back.
pub(super) struct Replay {
    file: Option<BufReader<File>>,
}

impl Replay {
    /// The next rows; empty at the end.
    pub(super) fn chunk(&mut self) -> Result<Vec<Record>> {
        let Some(file) = &mut self.file else { return Ok(Vec::new()) };
        let mut records = Vec::new();
        while records.len() < CHUNK_ROWS {
            let Some(record) = next(file).map_err(failed)? else { break };
            records.push(record);
        }
        Ok(records)
    }
}

fn next(file: &mut BufReader<File>) -> io::Result<Option<Record>> {
    let mut number = [0; 8];
    match file.read_exact(&mut number) {
        Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => return Ok(None),
        read => read?,
    }
    let line = u64::from_le_bytes(number);
    file.read_exact(&mut number)?;
    let mut json = String::new();
    file.take(u64::from_le_bytes(number)).read_to_string(&mut json)?;
    let json = RawData::from_json(json).map_err(io::Error::other)?;
    Ok(Some(Record { line, json: Ok(json) }))
}

#[expect(clippy::needless_pass_by_value, reason = "for map_err")]
fn failed(error: io::Error) -> Failure {
    Failure::io("keeping rows that wait for their parents", &error)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    #[test]
    fn rows_come_back_as_they_were() {
        let mut spill = Spill::default();
        let rows: Vec<(u64, String)> = (0..1_200).map(|row| (row * 3, format!("{{\"n\":\n\"ü{row}\"}}"))).collect();
        for (line, json) in &rows {
            spill.push(*line, &RawData::from_json(json.as_str()).unwrap()).unwrap();
        }
        assert_eq!(spill.len(), 1_200);
        let (mut replay, mut back) = (spill.replay().unwrap(), Vec::new());
        loop {
            let chunk = replay.chunk().unwrap();
            if chunk.is_empty() {
                break;
            }
            back.extend(chunk.into_iter().map(|row| (row.line, row.json.unwrap().as_str().unwrap().to_owned())));
        }
        assert_eq!(back, rows);
        assert!(Spill::default().replay().unwrap().chunk().unwrap().is_empty());
    }
}
