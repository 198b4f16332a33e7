//! JSON arrays: one, several one after the other, or arrays of arrays, cut into rows without holding more than one.
//!
//! Only brackets and strings are looked at here; whether a row is JSON is found out row by row, so that one that is not
//! does not take the others along.

use std::io::BufRead;

use super::text::Text;
use super::{Break, Sink, Stop};

/// Arrays in arrays that are taken apart: pages in a list.
const MAX_ARRAYS: usize = 2;

pub(super) fn read(text: Text, sink: &mut Sink) -> Result<(), Stop> {
    let mut splitter = Splitter { text, arrays: Vec::new(), expects: Expects::First };
    while let Some((line, json)) = splitter.next()? {
        sink.row(line, &String::from_utf8_lossy(&json), splitter.text.position())?;
    }
    Ok(())
}

/// What may come next inside of an array.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Expects {
    /// A row, or the end of an array that is empty.
    First,
    /// A row after a comma.
    Row,
    /// A comma, or the end.
    Comma,
}

struct Splitter {
    text: Text,
    /// The lines on which the arrays begin that are open.
    arrays: Vec<u64>,
    expects: Expects,
}

impl Splitter {
    /// The next row and its line.
    fn next(&mut self) -> Result<Option<(u64, Vec<u8>)>, Break> {
        loop {
            let byte = self.text.skip_white_space()?;
            match (byte, self.expects) {
                (None, _) if self.arrays.is_empty() => return Ok(None),
                (None, _) => return Err(self.cut_off()),
                (Some(b'['), Expects::First | Expects::Row) if self.arrays.len() < MAX_ARRAYS => self.enter(),
                (Some(byte), _) if self.arrays.is_empty() => return Err(self.no_array(byte)),
                (Some(b']'), Expects::First | Expects::Comma) => self.leave(),
                (Some(b','), Expects::Comma) => self.pass(Expects::Row),
                (Some(byte), Expects::Comma) => return Err(self.unexpected(byte, "a comma or `]` after a row")),
                (Some(byte @ (b']' | b',' | b'}' | b':')), _) => return Err(self.unexpected(byte, "a row")),
                (Some(_), _) => return self.row().map(Some),
            }
        }
    }

    fn pass(&mut self, expects: Expects) {
        self.text.consume(1);
        self.expects = expects;
    }

    fn enter(&mut self) {
        self.arrays.push(self.text.line());
        self.pass(Expects::First);
    }

    fn leave(&mut self) {
        self.arrays.pop();
        // Another array may follow: that is how pages are written one after the other.
        self.pass(if self.arrays.is_empty() { Expects::First } else { Expects::Comma });
    }

    fn row(&mut self) -> Result<(u64, Vec<u8>), Break> {
        self.text.begin_row();
        self.expects = Expects::Comma;
        let (line, mut json, mut nesting) = (self.text.line(), Vec::new(), Nesting::default());
        loop {
            let block = self.text.fill()?;
            if block.is_empty() {
                return Err(self.row_cut_off(line));
            }
            let (count, ended) = nesting.follow(block);
            json.extend_from_slice(&block[..count]);
            self.text.consume(count);
            if ended {
                return Ok((line, json));
            }
        }
    }

    fn no_array(&self, byte: u8) -> Break {
        let (name, line) = (self.text.name(), self.text.line());
        if byte == b'{' {
            let message = format!("`{name}` holds an object in line {line} where an array of rows is expected");
            return Break::new(message).hint(
                "one object a line is JSON Lines: --format jsonl; a list inside of an object: `jq .items FILE | spm import … -`",
            );
        }
        let found = char::from(byte).escape_default();
        Break::new(format!("`{name}` is no JSON array: line {line} begins with `{found}`"))
            .hint("allowed are `[…]` (--format json), one object a line (jsonl) and tables (csv)")
    }

    fn unexpected(&self, byte: u8, expected: &str) -> Break {
        let found = char::from(byte).escape_default();
        Break::new(format!(
            "`{}` is no JSON any more in line {}: expected {expected}, found `{found}`",
            self.text.name(),
            self.text.line()
        ))
    }

    fn cut_off(&self) -> Break {
        let begin = self.arrays.first().copied().unwrap_or_default();
        let (name, line) = (self.text.name(), self.text.line());
        Break::new(format!("`{name}` is cut off in line {line}: the array of line {begin} is not closed"))
    }

    fn row_cut_off(&self, begin: u64) -> Break {
        let (name, line) = (self.text.name(), self.text.line());
        Break::new(format!("`{name}` is cut off in line {line}: the row of line {begin} is not closed"))
    }
}

/// How deep in brackets, and whether in a string.
#[derive(Default)]
struct Nesting {
    depth: u64,
    in_string: bool,
    escaped: bool,
    begun: bool,
}

impl Nesting {
    /// Follows a value to its end; says how many bytes of the block belong to it, and whether it ended there.
    fn follow(&mut self, block: &[u8]) -> (usize, bool) {
        for (index, byte) in block.iter().enumerate() {
            if self.in_string {
                if self.step_in_string(*byte) {
                    return (index + 1, true);
                }
                continue;
            }
            match byte {
                b'"' => self.in_string = true,
                b'{' | b'[' => self.depth += 1,
                // A bracket, comma or blank behind a bare word is not part of it any more.
                b'}' | b']' | b',' | b' ' | b'\n' | b'\r' | b'\t' if self.depth == 0 => return (index, self.begun),
                b'}' | b']' => {
                    self.depth -= 1;
                    if self.depth == 0 {
                        return (index + 1, true);
                    }
                }
                _ => {}
            }
            self.begun = true;
        }
        (block.len(), false)
    }

    /// Says whether the value ends with this string.
    fn step_in_string(&mut self, byte: u8) -> bool {
        match byte {
            _ if self.escaped => self.escaped = false,
            b'\\' => self.escaped = true,
            b'"' => self.in_string = false,
            _ => {}
        }
        !self.in_string && self.depth == 0
    }
}
