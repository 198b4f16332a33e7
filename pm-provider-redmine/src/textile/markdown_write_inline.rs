//! Writes inlines as Markdown, with a backslash before what would be a mark and is none.

use super::markdown_write::longest_run;
use super::model::{Inline, Mark};
use super::syntax::entity_length;

/// Where inlines stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    Paragraph,
    Heading,
    Cell,
}

/// Writes inlines.
pub(super) fn inlines(read: &[Inline], place: Place) -> String {
    let mut pieces = Vec::new();
    lay_out(read, false, &mut pieces);
    settle(&mut pieces);
    let mut writer = Writer { counts: count(&pieces), pieces, place, out: String::new(), line: 0 };
    for at in 0..writer.pieces.len() {
        writer.piece(at);
    }
    writer.out
}

/// A piece of a flat row: Markdown decides by the characters on both sides.
#[derive(Debug, Clone, Copy)]
enum Piece<'a> {
    /// A character of the text; in a link's text or not.
    Text(char, bool),
    Code(&'a str),
    Soft,
    Hard,
    /// A mark that begins, and where it ends.
    Open(&'static str, usize),
    Close(&'static str),
    LinkOpen,
    LinkClose(&'a str, &'a str),
    Image(&'a str, &'a str, Option<&'a str>),
}

impl Piece<'_> {
    fn first(&self) -> char {
        match self {
            Piece::Text(c, _) => *c,
            Piece::Code(_) => '`',
            Piece::Soft | Piece::Hard => '\n',
            Piece::Open(mark, _) | Piece::Close(mark) => mark.chars().next().unwrap_or('*'),
            Piece::LinkOpen | Piece::Image(_, _, Some(_)) => '[',
            Piece::LinkClose(..) => ']',
            Piece::Image(_, _, None) => '!',
        }
    }

    fn last(&self) -> char {
        match self {
            Piece::LinkClose(..) | Piece::Image(..) => ')',
            Piece::LinkOpen => '[',
            other => other.first(),
        }
    }
}

fn lay_out<'a>(inlines: &'a [Inline], linked: bool, pieces: &mut Vec<Piece<'a>>) {
    for inline in inlines {
        match inline {
            Inline::Text(text) => pieces.extend(text.chars().map(|c| Piece::Text(c, linked))),
            Inline::Code(text) => pieces.push(Piece::Code(text)),
            Inline::Soft => pieces.push(Piece::Soft),
            Inline::Hard => pieces.push(Piece::Hard),
            Inline::Span(mark, inner) => {
                let mark = match mark {
                    Mark::Strong => "**",
                    Mark::Emphasis => "_",
                    Mark::Deleted => "~~",
                };
                let open = pieces.len();
                pieces.push(Piece::Open(mark, 0));
                lay_out(inner, linked, pieces);
                let close = pieces.len();
                pieces[open] = Piece::Open(mark, close);
                pieces.push(Piece::Close(mark));
            }
            Inline::Link(url, title, inner) => {
                pieces.push(Piece::LinkOpen);
                lay_out(inner, true, pieces);
                pieces.push(Piece::LinkClose(url, title));
            }
            Inline::Image(source, text, link) => pieces.push(Piece::Image(source, text, link.as_deref())),
        }
    }
}

/// Chooses the mark for emphasis, and takes away marks that Markdown would not see where they stand.
fn settle(pieces: &mut Vec<Piece<'_>>) {
    for at in 0..pieces.len() {
        if let Piece::Open("_", close) = pieces[at] {
            let before = outside(pieces[..at].iter().rev(), None).map(Piece::last);
            let after = outside(pieces[close + 1..].iter(), None).map(Piece::first);
            let apart = |c: Option<char>| c.is_none_or(|c| c.is_ascii_whitespace() || c.is_ascii_punctuation());
            if !apart(before) || !apart(after) {
                pieces[at] = Piece::Open("*", close);
                pieces[close] = Piece::Close("*");
            }
        }
    }
    // A mark that goes uncovers what another stood beside; a row that does not settle soon goes without marks.
    if (0..MOST_ROUNDS).all(|_| remove_unseen(pieces)) {
        pieces.retain(|piece| !matches!(piece, Piece::Open(..) | Piece::Close(_)));
    }
}

const MOST_ROUNDS: usize = 16;

/// Takes away marks that would not be seen; tells whether there were any.
fn remove_unseen(pieces: &mut Vec<Piece<'_>>) -> bool {
    let mut unseen = vec![false; pieces.len()];
    for (at, piece) in pieces.iter().enumerate() {
        if let Piece::Open(mark, close) = piece
            && !(flanks(pieces, at, mark, true) && flanks(pieces, *close, mark, false))
        {
            unseen[at] = true;
            unseen[*close] = true;
        }
    }
    let mut kept = Vec::with_capacity(pieces.len());
    let mut moved = Vec::with_capacity(pieces.len());
    for (piece, unseen) in pieces.iter().zip(&unseen) {
        moved.push(kept.len());
        if !unseen {
            kept.push(*piece);
        }
    }
    for piece in &mut kept {
        if let Piece::Open(_, close) = piece {
            *close = moved[*close];
        }
    }
    let removed = kept.len() < pieces.len();
    *pieces = kept;
    removed
}

/// The first piece that is no mark, or none of the same character.
fn outside<'a, 'b: 'a>(mut pieces: impl Iterator<Item = &'a Piece<'b>>, same: Option<char>) -> Option<&'a Piece<'b>> {
    pieces.find(|piece| {
        let marks = matches!(piece, Piece::Open(..) | Piece::Close(..));
        !marks || same.is_some_and(|same| piece.first() != same)
    })
}

/// Tells whether a mark is where it can begin (or end) marked text.
fn flanks(pieces: &[Piece<'_>], at: usize, mark: &str, opens: bool) -> bool {
    let same = mark.chars().next();
    let before = outside(pieces[..at].iter().rev(), same).map_or(' ', Piece::last);
    let after = outside(pieces[at + 1..].iter(), same).map_or(' ', Piece::first);
    let (inner, outer) = if opens { (after, before) } else { (before, after) };
    // What is neither letter nor digit may be punctuation: outside of ASCII nothing here tells.
    !inner.is_whitespace() && (inner.is_alphanumeric() || outer.is_whitespace() || outer.is_ascii_punctuation())
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

struct Writer<'a> {
    pieces: Vec<Piece<'a>>,
    counts: [usize; COUNTED.len()],
    place: Place,
    out: String,
    /// Where the line begins in what is written.
    line: usize,
}

impl Writer<'_> {
    fn piece(&mut self, at: usize) {
        match self.pieces[at] {
            Piece::Text(c, linked) => self.text(at, c, linked),
            Piece::Code(text) => self.code(text),
            Piece::Soft => self.end_line("\n"),
            Piece::Hard if self.place == Place::Paragraph => self.end_line("  \n"),
            Piece::Hard => self.out.push_str("<br>"),
            Piece::Open(mark, _) | Piece::Close(mark) => self.out.push_str(mark),
            Piece::LinkOpen => self.out.push('['),
            Piece::LinkClose(url, title) => self.target(url, title),
            Piece::Image(source, text, link) => {
                self.out.push_str(if link.is_some() { "[![" } else { "![" });
                for c in text.chars() {
                    self.push(c, r"[]*_`<>&\!~|".contains(c));
                }
                self.target(source, "");
                if let Some(link) = link {
                    self.target(link, "");
                }
            }
        }
    }

    fn end_line(&mut self, end: &str) {
        self.out.push_str(end);
        self.line = self.out.len();
    }

    fn target(&mut self, url: &str, title: &str) {
        self.out.push_str("](");
        for (at, c) in url.char_indices() {
            if c == '&' && entity_length(&url[at..]).is_some() {
                self.out.push_str("&amp;");
            } else {
                self.out.push(c);
            }
        }
        if !title.is_empty() {
            self.out.push_str(&[" \"", title, "\""].concat());
        }
        self.out.push(')');
    }

    fn code(&mut self, text: &str) {
        let fence = "`".repeat(longest_run(text) + 1);
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

    fn text(&mut self, at: usize, c: char, linked: bool) {
        let line_start = self.out.len() == self.line && self.place == Place::Paragraph;
        let escape = (line_start && self.starts_block(at, c))
            || (self.place == Place::Paragraph && self.ends_number(at, c))
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
            '*' | '~' => many && !(alone(before) && alone(after)),
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
            ']' => linked || matches!(after, Some('(' | ':')),
            '!' => after == Some('[') && !matches!(self.pieces.get(at + 1), Some(Piece::Text(..))),
            '|' => self.place == Place::Cell,
            '#' => self.place == Place::Heading && after.is_none(),
            _ => false,
        }
    }
}
