//! Bytes that are checked to be text, with their lines.

use std::io::{self, BufRead, Read};

use super::Break;

const BLOCK: usize = 64 * 1024;
/// Bytes of one row, at most. A quote that is never closed would otherwise swallow the whole file.
const MAX_ROW: u64 = if cfg!(test) { 1 } else { 64 } * 1024 * 1024;
const MARK: [u8; 3] = [0xEF, 0xBB, 0xBF];

/// A reader that hands out nothing but UTF-8 without NUL, and knows on which line it stands.
///
/// What is wrong comes as an error when everything before it was handed out.
pub(super) struct Text {
    inner: Box<dyn Read + Send>,
    name: String,
    buffer: Vec<u8>,
    start: usize,
    /// What lies before is checked; behind it may be the beginning of a character.
    checked: usize,
    broken: Option<Break>,
    line: u64,
    consumed: u64,
    row: u64,
    row_line: u64,
}

impl Text {
    pub(super) fn new(inner: Box<dyn Read + Send>, name: String) -> Self {
        let (buffer, line) = (Vec::with_capacity(BLOCK), 1);
        Self { inner, name, buffer, start: 0, checked: 0, broken: None, line, consumed: 0, row: 0, row_line: line }
    }

    pub(super) fn name(&self) -> &str {
        &self.name
    }

    /// The line of the next byte, from 1.
    pub(super) fn line(&self) -> u64 {
        self.line
    }

    /// How many bytes were handed out.
    pub(super) fn position(&self) -> u64 {
        self.consumed
    }

    /// Begins to count the bytes of a row.
    pub(super) fn begin_row(&mut self) {
        (self.row, self.row_line) = (0, self.line);
    }

    /// The first byte that is no white space; a byte order mark is passed over, other kinds of files are named.
    pub(super) fn first(&mut self) -> Result<Option<u8>, Break> {
        while self.buffer.len() < 4 && self.fetch().map_err(|error| self.unreadable(&error))? > 0 {}
        if let Some(other) = kind_of(&self.buffer) {
            return Err(Break::new(format!("`{}` is {}", self.name, other.0)).hint(other.1));
        }
        if self.buffer.starts_with(&MARK) {
            self.start = MARK.len();
            self.consumed = MARK.len() as u64;
        }
        self.check();
        self.skip_white_space()
    }

    /// Passes over white space; the next byte stays.
    pub(super) fn skip_white_space(&mut self) -> Result<Option<u8>, Break> {
        loop {
            let block = self.fill()?;
            let Some(first) = block.first().copied() else { return Ok(None) };
            let blank = block.iter().take_while(|byte| byte.is_ascii_whitespace()).count();
            if blank == 0 {
                return Ok(Some(first));
            }
            self.consume(blank);
        }
    }

    /// The line that begins here, or as much of it as one block holds; it stays.
    pub(super) fn first_line(&mut self) -> Result<&[u8], Break> {
        loop {
            let line = &self.buffer[self.start..self.checked];
            let whole = line.contains(&b'\n') || line.len() >= BLOCK || self.broken.is_some();
            if whole || self.fetch().map_err(|error| self.unreadable(&error))? == 0 {
                break;
            }
            self.check();
        }
        let line = &self.buffer[self.start..self.checked];
        Ok(line.split(|byte| *byte == b'\n').next().unwrap_or_default())
    }

    /// What is checked and not handed out; empty at the end.
    pub(super) fn fill(&mut self) -> Result<&[u8], Break> {
        if self.row > MAX_ROW {
            return Err(self.too_long());
        }
        while self.start == self.checked {
            if let Some(broken) = &self.broken {
                return Err(broken.clone());
            }
            if self.fetch().map_err(|error| self.unreadable(&error))? == 0 {
                self.end_of_input()?;
                return Ok(&[]);
            }
            self.check();
        }
        Ok(&self.buffer[self.start..self.checked])
    }

    /// Reads a block behind what is left of the last one.
    fn fetch(&mut self) -> io::Result<usize> {
        self.buffer.drain(..self.start);
        self.checked -= self.start;
        self.start = 0;
        let begin = self.buffer.len();
        self.buffer.resize(begin + BLOCK, 0);
        let count = loop {
            match self.inner.read(&mut self.buffer[begin..]) {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                other => break other,
            }
        };
        self.buffer.truncate(begin + *count.as_ref().unwrap_or(&0));
        count
    }

    /// Checks what was not checked yet, up to the first thing that is no text.
    fn check(&mut self) {
        let begin = self.start.max(self.checked);
        let fresh = &self.buffer[begin..];
        let (mut good, mut cut) = match std::str::from_utf8(fresh) {
            Ok(_) => (fresh.len(), None),
            Err(error) => (error.valid_up_to(), error.error_len().map(|_| "UTF-8")),
        };
        if let Some(nul) = fresh[..good].iter().position(|byte| *byte == 0) {
            (good, cut) = (nul, Some("NUL"));
        }
        self.checked = begin + good;
        self.broken = cut.map(|what| self.no_text(what));
    }

    fn no_text(&self, what: &str) -> Break {
        let line = self.line + newlines(&self.buffer[self.start..self.checked]);
        let name = &self.name;
        match what {
            "NUL" => Break::new(format!("`{name}` holds a NUL byte in line {line}: it is no text"))
                .hint("allowed are JSON, JSON Lines and CSV as UTF-8 text"),
            _ => Break::new(format!("`{name}` is no UTF-8 in line {line}"))
                .hint("save it as UTF-8, or convert it: `iconv -f WINDOWS-1252 -t UTF-8`"),
        }
    }

    fn end_of_input(&self) -> Result<(), Break> {
        if self.buffer.len() > self.checked { Err(self.no_text("UTF-8")) } else { Ok(()) }
    }

    fn too_long(&self) -> Break {
        let megabytes = MAX_ROW / 1024 / 1024;
        let message = format!("`{}`: the row of line {} is longer than {megabytes} MiB", self.name, self.row_line);
        Break::new(message).hint("a quote or a bracket that is never closed looks like this")
    }

    fn unreadable(&self, error: &io::Error) -> Break {
        let words = error.to_string();
        let what = words.split(" (os error").next().unwrap_or(&words).to_lowercase();
        Break::new(format!("`{}` cannot be read any further in line {}: {what}", self.name, self.line))
    }
}

/// Files that people take for text, and what to do about it.
fn kind_of(start: &[u8]) -> Option<(&'static str, &'static str)> {
    let known: [(&[u8], &str, &str); 5] = [
        (b"PK\x03\x04", "a ZIP archive, as spreadsheets are", "save the sheet as CSV (UTF-8)"),
        (b"\x1f\x8b", "compressed with gzip", "unpack it on the way: `gunzip -c FILE | spm import … -`"),
        (b"\x28\xb5\x2f\xfd", "compressed with zstd", "unpack it on the way: `zstdcat FILE | spm import … -`"),
        (b"\xff\xfe", "UTF-16, not UTF-8", "save it as UTF-8, or convert it: `iconv -f UTF-16 -t UTF-8`"),
        (b"\xfe\xff", "UTF-16, not UTF-8", "save it as UTF-8, or convert it: `iconv -f UTF-16 -t UTF-8`"),
    ];
    known.into_iter().find(|(magic, ..)| start.starts_with(magic)).map(|(_, what, hint)| (what, hint))
}

fn newlines(bytes: &[u8]) -> u64 {
    bytes.iter().filter(|byte| **byte == b'\n').count() as u64
}

impl Read for Text {
    fn read(&mut self, target: &mut [u8]) -> io::Result<usize> {
        let block = self.fill_buf()?;
        let count = block.len().min(target.len());
        target[..count].copy_from_slice(&block[..count]);
        self.consume(count);
        Ok(count)
    }
}

impl BufRead for Text {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        self.fill().map_err(io::Error::other)
    }

    fn consume(&mut self, count: usize) {
        self.line += newlines(&self.buffer[self.start..self.start + count]);
        self.start += count;
        self.consumed += count as u64;
        self.row += count as u64;
    }
}

/// The break in an error that went through a library.
pub(super) fn broken(name: &str, error: io::Error) -> Break {
    let words = error.to_string();
    match error.downcast::<Break>() {
        Ok(found) => found,
        Err(_) => Break::new(format!("`{name}` cannot be read any further: {words}")),
    }
}
