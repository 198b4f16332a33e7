//! Quotes of a table that the parser lets pass, and that swallow rows: one that closes in the middle of a cell, and one
//! that never closes.

use std::collections::VecDeque;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    /// A cell begins.
    Begin,
    /// In a cell without quotes, in which a quote is a letter like any other.
    Plain,
    /// In quotes.
    Quoted,
    /// Behind a quote that closes a cell, or is the first half of a doubled one.
    Closed,
}

/// Follows the quotes of a table, byte by byte.
#[derive(Debug)]
pub(super) struct Quotes {
    delimiter: u8,
    state: State,
    position: u64,
    /// Where something follows a closing quote.
    stray: VecDeque<u64>,
}

impl Quotes {
    pub(super) fn new(delimiter: u8) -> Self {
        Self { delimiter, state: State::Begin, position: 0, stray: VecDeque::new() }
    }

    /// Looks at what comes next.
    pub(super) fn follow(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.state = self.next(*byte);
            self.position += 1;
        }
    }

    fn next(&mut self, byte: u8) -> State {
        let ends_cell = byte == self.delimiter || byte == b'\n' || byte == b'\r';
        match (self.state, byte) {
            (State::Begin | State::Closed, b'"') => State::Quoted,
            (State::Quoted, b'"') => State::Closed,
            (State::Quoted, _) => State::Quoted,
            (State::Begin | State::Plain | State::Closed, _) if ends_cell => State::Begin,
            (State::Closed, _) => {
                self.stray.push_back(self.position);
                State::Plain
            }
            (State::Begin | State::Plain, _) => State::Plain,
        }
    }

    /// Whether a row that ends before this place had a quote that closes in the middle of a cell.
    pub(super) fn had_stray(&mut self, end: u64) -> bool {
        let count = self.stray.iter().take_while(|place| **place < end).count();
        self.stray.drain(..count).next().is_some()
    }

    /// Whether the input ended within quotes.
    pub(super) fn is_open(&self) -> bool {
        self.state == State::Quoted
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quotes_that_swallow_rows_are_found() {
        for (text, stray, open) in [
            ("a,\"b\"\n", false, false),
            ("a,\"b\"\"c\"\r\n", false, false),
            ("a,5\" nail\n", false, false),
            ("a,\"\"\n", false, false),
            ("a,\"12in monitor\n3,c\n5,\"quoted\"\n", true, false),
            ("a,\"b\"c\n", true, false),
            ("a,\"b\nc,d\n", false, true),
        ] {
            let mut quotes = Quotes::new(b',');
            quotes.follow(text.as_bytes());
            assert_eq!((quotes.had_stray(text.len() as u64), quotes.is_open()), (stray, open), "{text}");
        }
    }
}
