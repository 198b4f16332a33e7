//! Writes inlines as Markdown.
//!
//! There are three hands. The nice one puts a backslash only before what would be a mark and is none; it knows most of
//! Markdown's rules, but not all of what they make of one another. What it writes is read again, and if that says
//! something else, another hand writes: one that sets marks apart from letters by entities, or one that escapes all
//! punctuation as well, which leaves nothing to be taken for a mark.

use crate::model::{Block, Inline, Table};
use crate::pieces::{Piece, lay_out, settle};
use crate::read::read;
use crate::source::{entity_length, longest_run};
use crate::target;

/// Where inlines stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Place {
    /// At the top of a document.
    Paragraph,
    /// In another block.
    Nested,
    Heading,
    Cell,
}

/// How careful the writer is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Hand {
    Nice,
    /// The characters outside of marks are entities.
    Apart,
    /// All punctuation is escaped as well.
    Plain,
}

/// Writes tidy inlines.
pub(crate) fn inlines(read: &[Inline], place: Place) -> String {
    // Most texts are prose: nothing of it has to be weighed character by character.
    if let [Inline::Text(text)] = read
        && text.starts_with(char::is_alphabetic)
        && is_prose_text(text)
    {
        return text.clone();
    }
    let pieces = lay_out(read);
    if pieces.iter().all(is_prose) && pieces.first().is_none_or(|piece| piece.first().is_alphabetic()) {
        return Writer::new(&pieces, place, Hand::Nice).write();
    }
    let mut settled = pieces.clone();
    settle(&mut settled);
    let nice = Writer::new(&settled, place, Hand::Nice).write();
    if says(&nice, read, place) {
        return nice;
    }
    let apart = Writer::new(&pieces, place, Hand::Apart).write();
    if says(&apart, read, place) { apart } else { Writer::new(&pieces, place, Hand::Plain).write() }
}

/// Tells whether a piece means nothing to Markdown wherever it stands.
fn is_prose(piece: &Piece<'_>) -> bool {
    matches!(piece, Piece::Text(c, _) if is_prose_character(*c))
}

/// Tells whether a character means nothing to Markdown inside a line that begins with a letter.
fn is_prose_character(c: char) -> bool {
    u8::try_from(c).ok().filter(u8::is_ascii).map_or_else(|| c.is_alphanumeric(), is_prose_byte)
}

const fn is_prose_byte(byte: u8) -> bool {
    // From `'` on: `'()`, `+,-./`, digits, `:;`.
    byte.is_ascii_alphabetic() || matches!(byte, b' ' | b'"' | b'%' | b'\''..=b')' | b'+'..=b';' | b'=' | b'?')
}

/// Tells whether all characters of a text mean nothing. All bytes are looked at, many at a time, before any character is.
fn is_prose_text(text: &str) -> bool {
    let is_plain = text.bytes().fold(true, |plain, byte| plain & is_prose_byte(byte));
    is_plain || (!text.is_ascii() && text.chars().all(is_prose_character))
}

/// Tells whether a text reads as these inlines.
fn says(written: &str, inlines: &[Inline], place: Place) -> bool {
    match (place, read(&framed(written, place)).as_slice()) {
        (Place::Heading, [Block::Heading(1, found)]) => found == inlines,
        (Place::Cell, [Block::Table(Table { rows, .. })]) => rows.iter().flatten().flatten().eq(inlines),
        (Place::Paragraph | Place::Nested, [Block::Paragraph(found)]) => found == inlines,
        (_, []) => inlines.is_empty(),
        _ => false,
    }
}

fn framed(written: &str, place: Place) -> String {
    match place {
        Place::Heading => format!("# {written}"),
        Place::Cell => format!("| |\n| --- |\n| {written} |"),
        Place::Paragraph | Place::Nested => written.to_owned(),
    }
}

const COUNTED: &str = "*_~`@";

/// How often each of the counted characters occurs: one mark alone marks nothing.
fn count(pieces: &[Piece<'_>]) -> [usize; COUNTED.len()] {
    let mut counts = [0; COUNTED.len()];
    for piece in pieces {
        if let Some(counted) = COUNTED.find(piece.first()) {
            counts[counted] += 1 + usize::from(!matches!(piece, Piece::Text(..)));
        }
    }
    counts
}

/// Tells whether any tilde can end struck text: none does that stands between a bracket and a name.
fn tildes_end(pieces: &[Piece<'_>]) -> bool {
    let mut before = None;
    pieces.iter().enumerate().any(|(at, piece)| {
        let after = pieces.get(at + 1).map(Piece::first);
        let begins = before == Some('[') && after.is_some_and(char::is_alphanumeric);
        let ends = piece.first() == '~' && !(matches!(piece, Piece::Text(..)) && begins);
        before = Some(piece.last());
        ends
    })
}

struct Writer<'a> {
    pieces: &'a [Piece<'a>],
    counts: [usize; COUNTED.len()],
    tildes_end: bool,
    place: Place,
    hand: Hand,
    out: String,
    /// Where the line begins in what is written.
    line: usize,
}

impl<'a> Writer<'a> {
    fn new(pieces: &'a [Piece<'a>], place: Place, hand: Hand) -> Self {
        Self { pieces, counts: count(pieces), tildes_end: tildes_end(pieces), place, hand, out: String::new(), line: 0 }
    }

    fn write(mut self) -> String {
        for at in 0..self.pieces.len() {
            self.piece(at);
        }
        self.out
    }

    fn has_lines(&self) -> bool {
        matches!(self.place, Place::Paragraph | Place::Nested)
    }

    fn piece(&mut self, at: usize) {
        let in_cell = self.place == Place::Cell;
        match self.pieces[at] {
            Piece::Text(c, _) if self.is_entity(at, c) => self.out.push_str(&format!("&#{};", u32::from(c))),
            Piece::Text(c, _) if self.hand == Hand::Plain => self.push(c, c.is_ascii_punctuation()),
            Piece::Text(c, linked) => self.text(at, c, linked),
            Piece::Code(text) => self.code(text),
            Piece::Html(html) => self.out.push_str(html),
            Piece::Auto(url) => self.out.push_str(&["<", url, ">"].concat()),
            Piece::Soft => self.end_line("\n"),
            Piece::Hard if self.has_lines() => self.end_line("  \n"),
            Piece::Hard => self.out.push_str("<br>"),
            Piece::Open(mark, _) | Piece::Close(mark) => self.out.push_str(mark),
            Piece::LinkOpen => self.out.push('['),
            Piece::LinkClose(link) => {
                self.out.push(']');
                target::push(link, in_cell, &mut self.out);
            }
            Piece::Image(image, text) => {
                self.out.push_str("![");
                for c in text.chars() {
                    self.push(c, r"[]*_`<>&\!~|".contains(c));
                }
                self.out.push(']');
                target::push(image, in_cell, &mut self.out);
            }
        }
    }

    fn end_line(&mut self, end: &str) {
        self.out.push_str(end);
        self.line = self.out.len();
    }

    fn code(&mut self, text: &str) {
        let fence = "`".repeat(longest_run(text, '`') + 1);
        let spaced = text.starts_with(' ') && text.ends_with(' ') && !text.trim_matches(' ').is_empty();
        let pad = if spaced || text.starts_with('`') || text.ends_with('`') { " " } else { "" };
        let cell = self.place == Place::Cell;
        let text = if cell { text.replace('|', "\\|") } else { text.to_owned() };
        self.out.push_str(&[&fence, pad, &text, pad, &fence].concat());
    }

    fn push(&mut self, c: char, escape: bool) {
        if escape {
            self.out.push('\\');
        }
        self.out.push(c);
    }

    /// Tells whether a character would keep a mark beside it from being seen.
    fn is_entity(&self, at: usize, c: char) -> bool {
        let before = at.checked_sub(1).and_then(|before| self.pieces.get(before));
        let beside = before.is_some_and(Piece::is_mark) || self.pieces.get(at + 1).is_some_and(Piece::is_mark);
        match self.hand {
            Hand::Nice => false,
            Hand::Apart => beside && !c.is_ascii_punctuation() && c != ' ',
            Hand::Plain => c != ' ' && (beside || c.is_whitespace()),
        }
    }

    fn text(&mut self, at: usize, c: char, linked: bool) {
        let line_start = self.out.len() == self.line && self.has_lines();
        let escape = (line_start && self.starts_block(at, c))
            || (self.has_lines() && self.ends_number(at, c))
            || self.is_special(at, c, linked);
        self.push(c, escape);
    }

    fn after(&self, at: usize) -> Option<char> {
        self.pieces.get(at + 1).map(Piece::first)
    }

    /// Tells whether a character at the start of a line makes the line something else than text.
    fn starts_block(&self, at: usize, c: char) -> bool {
        let blank = |next: Option<char>| next.is_none_or(|next| next.is_ascii_whitespace());
        match c {
            '>' => true,
            '#' => {
                let run = self.pieces[at..].iter().take(7).take_while(|piece| piece.first() == '#').count();
                run < 7 && blank(self.after(at + run - 1))
            }
            '-' | '+' | '*' if blank(self.after(at)) => true,
            '-' | '=' | '*' | '_' | '|' | ':' => self.is_ruled(at),
            '[' => self.is_marker(at),
            _ => false,
        }
    }

    /// Tells whether a bracket begins a task's box, an alert's word, or a footnote where none would be read.
    fn is_marker(&self, at: usize) -> bool {
        match self.after(at) {
            Some('!') => true,
            Some('^') => self.place == Place::Nested || at > 0,
            Some(' ' | '\t' | 'x' | 'X') => self.after(at + 1) == Some(']'),
            _ => false,
        }
    }

    /// Tells whether a line is made of such characters alone as make a rule, a heading's line or a table's.
    fn is_ruled(&self, at: usize) -> bool {
        let mut line = self.pieces[at..].iter().map(Piece::first).take_while(|c| *c != '\n');
        line.all(|c| "-=*_|: \t".contains(c))
    }

    /// Tells whether the line so far is a number that `c` would make a list item's.
    fn ends_number(&self, at: usize, c: char) -> bool {
        let line = &self.out[self.line..];
        matches!(c, '.' | ')')
            && (1..10).contains(&line.len())
            && line.bytes().all(|byte| byte.is_ascii_digit())
            && self.after(at).is_none_or(|next| next.is_ascii_whitespace())
    }

    fn is_special(&self, at: usize, c: char, linked: bool) -> bool {
        let before = at.checked_sub(1).map(|before| self.pieces[before].last());
        let after = self.after(at);
        let alone = |c: Option<char>| c.is_none_or(char::is_whitespace);
        let joins = |c: Option<char>| c.is_some_and(char::is_alphanumeric);
        let many = COUNTED.find(c).is_some_and(|counted| self.counts[counted] > 1);
        match c {
            '\\' => after.is_none_or(|c| c.is_ascii_punctuation() || c == '\n'),
            '`' => many,
            '*' => many && !(alone(before) && alone(after)),
            '~' => many && self.tildes_end && !(alone(before) && alone(after)),
            '_' => many && !(alone(before) && alone(after)) && !(joins(before) && joins(after)),
            // Even `<_@_>` is a link to an address.
            '<' => {
                let address = self.counts[4] > 0 && !alone(after);
                address || after.is_some_and(|c| c.is_ascii_alphabetic() || "/!?".contains(c))
            }
            '&' => {
                let ahead: String = self.pieces[at..].iter().take(34).map(Piece::first).collect();
                entity_length(&ahead).is_some()
            }
            '[' => linked,
            ']' => linked || (matches!(after, Some('(' | ':')) && !self.ends_footnote(at)),
            '!' => after == Some('[') && !matches!(self.pieces.get(at + 1), Some(Piece::Text(..))),
            '|' => self.place == Place::Cell,
            '#' => self.place == Place::Heading && after.is_none(),
            _ => false,
        }
    }

    /// Tells whether a bracket ends the name of a footnote that the paragraph is: footnotes are text that Markdown reads.
    fn ends_footnote(&self, at: usize) -> bool {
        let name = self.out.strip_prefix("[^").unwrap_or_default();
        let named = !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte));
        named && self.place == Place::Paragraph && self.after(at) == Some(':')
    }
}
