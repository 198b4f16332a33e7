//! The flat row of pieces that inlines are laid out as before they are written as Textile.

use super::syntax::{MARKS, mark_char, may_close_before};
use pm_markdown::Inline;

/// A piece of the row.
#[derive(Debug)]
pub(super) enum Piece<'a> {
    /// A character of the text; in a link's text or not.
    Text(char, bool),
    Code(&'a str),
    /// A block of code, on lines of its own.
    Block(String),
    Break(&'static str),
    Open(char),
    Close(char),
    LinkOpen,
    LinkClose(&'a str, &'a str),
    Image(&'a str, &'a str, Option<&'a str>),
}

impl Piece<'_> {
    /// The character that the piece shows to what stands before it.
    pub(super) fn first(&self) -> char {
        match self {
            Piece::Text(c, _) | Piece::Open(c) | Piece::Close(c) => *c,
            Piece::Code(_) => '@',
            Piece::Break(_) | Piece::Block(_) => '\n',
            Piece::LinkOpen | Piece::LinkClose(..) => '"',
            Piece::Image(..) => '!',
        }
    }
}

pub(super) fn lay_out<'a>(inlines: &'a [Inline], linked: bool, pieces: &mut Vec<Piece<'a>>) {
    for inline in inlines {
        match inline {
            Inline::Text(text) => pieces.extend(text.chars().map(|c| Piece::Text(c, linked))),
            Inline::Code(text) => pieces.push(Piece::Code(text)),
            // Redmine breaks the line at every line end; a space before it tells us which one was not meant.
            Inline::Soft => pieces.push(Piece::Break(" \n")),
            Inline::Hard => pieces.push(Piece::Break("\n")),
            Inline::Span(mark, inner) => {
                pieces.push(Piece::Open(mark_char(*mark)));
                lay_out(inner, linked, pieces);
                pieces.push(Piece::Close(mark_char(*mark)));
            }
            Inline::Link(link, inner) => match inner.as_slice() {
                [Inline::Image(image, text)] => pieces.push(Piece::Image(&image.url, text, Some(&link.url))),
                _ => {
                    pieces.push(Piece::LinkOpen);
                    lay_out(inner, true, pieces);
                    pieces.push(Piece::LinkClose(&link.url, &link.title));
                }
            },
            Inline::Image(image, text) => pieces.push(Piece::Image(&image.url, text, None)),
            // Canonical inlines have none.
            Inline::Html(_) => {}
        }
    }
}

/// What is known of the whole row before it is written.
#[derive(Debug, Default)]
pub(super) struct Facts {
    /// For each marking character, the last place where it could end marked text.
    pub(super) last_close: [usize; 8],
    /// For each marking character, whether a mark of ours begins with it.
    pub(super) marked: [bool; 8],
    pub(super) last_bang: usize,
    pub(super) last_equals: usize,
    pub(super) last_parenthesis: usize,
    /// Whether an `@` of the text could be taken for the start of code.
    pub(super) at_opens: bool,
    /// Whether the text has an `@` at all.
    pub(super) has_at: bool,
}

/// Where `%` is among the marks.
const PERCENT: usize = 6;

impl Facts {
    pub(super) fn of(pieces: &[Piece<'_>]) -> Self {
        let mut facts = Self::default();
        let mut before = None;
        for (at, piece) in pieces.iter().enumerate() {
            let after = pieces.get(at + 1).map(Piece::first);
            if let Piece::Text(c, _) | Piece::Close(c) = piece {
                if let Some(mark) = MARKS.find(*c)
                    && may_close_before(after)
                    && before.is_some_and(is_solid)
                {
                    facts.last_close[mark] = at;
                }
                match c {
                    '!' => facts.last_bang = at,
                    '=' => facts.last_equals = at,
                    ')' => facts.last_parenthesis = at,
                    '@' => {
                        facts.has_at = true;
                        facts.at_opens |= !before.is_some_and(|c: char| c.is_ascii_alphanumeric());
                    }
                    // What Redmine writes for it meanwhile ends with a mark.
                    '&' if may_close_before(after) => facts.last_close[PERCENT] = at,
                    _ => {}
                }
            }
            match piece {
                Piece::Open(c) => {
                    if let Some(mark) = MARKS.find(*c) {
                        facts.marked[mark] = true;
                    }
                }
                Piece::LinkClose(url, _) => facts.look_into(url, at),
                Piece::Image(..) => facts.last_bang = at,
                _ => {}
            }
            before = Some(piece.first());
        }
        facts
    }

    /// A mark of the text may find its end in a target.
    fn look_into(&mut self, url: &str, at: usize) {
        self.at_opens |= url.contains('@');
        for (mark, c) in MARKS.chars().enumerate() {
            if url.contains(c) {
                self.last_close[mark] = at;
            }
        }
    }
}

/// Tells whether marked text may begin or end with a character: a line end is a tag by the time that Redmine looks.
pub(super) fn is_solid(c: char) -> bool {
    c == '\n' || !c.is_ascii_whitespace()
}
