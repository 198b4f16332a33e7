//! The flat row of pieces that inlines are laid out as before they are written: Markdown decides by the characters on
//! both sides.

use crate::model::{Inline, Mark, Target};
use crate::source::{is_autolink, is_mail_autolink};

/// A piece of the row.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Piece<'a> {
    /// A character of the text; in a link's text or not.
    Text(char, bool),
    Code(&'a str),
    Html(&'a str),
    /// A link that is its own text.
    Auto(&'a str),
    Soft,
    Hard,
    /// A mark that begins, and where it ends.
    Open(&'static str, usize),
    Close(&'static str),
    LinkOpen,
    LinkClose(&'a Target),
    Image(&'a Target, &'a str),
}

impl Piece<'_> {
    /// The character that the piece shows to what stands before it.
    pub(crate) fn first(&self) -> char {
        match self {
            Piece::Text(c, _) => *c,
            Piece::Code(_) => '`',
            Piece::Html(_) | Piece::Auto(_) => '<',
            Piece::Soft | Piece::Hard => '\n',
            Piece::Open(mark, _) | Piece::Close(mark) => mark.chars().next().unwrap_or('*'),
            Piece::LinkOpen => '[',
            Piece::LinkClose(..) => ']',
            Piece::Image(..) => '!',
        }
    }

    /// The character that the piece shows to what stands after it.
    pub(crate) fn last(&self) -> char {
        match self {
            Piece::LinkClose(..) | Piece::Image(..) => ')',
            Piece::Html(_) | Piece::Auto(_) => '>',
            other => other.first(),
        }
    }

    pub(crate) fn is_mark(&self) -> bool {
        matches!(self, Piece::Open(..) | Piece::Close(_))
    }
}

/// Lays inlines out.
pub(crate) fn lay_out(inlines: &[Inline]) -> Vec<Piece<'_>> {
    let mut pieces = Vec::new();
    push(inlines, false, &mut pieces);
    pieces
}

fn push<'a>(inlines: &'a [Inline], linked: bool, pieces: &mut Vec<Piece<'a>>) {
    for inline in inlines {
        match inline {
            Inline::Text(text) => pieces.extend(text.chars().map(|c| Piece::Text(c, linked))),
            Inline::Code(text) => pieces.push(Piece::Code(text)),
            Inline::Html(html) => pieces.push(Piece::Html(html)),
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
                push(inner, linked, pieces);
                let close = pieces.len();
                pieces[open] = Piece::Open(mark, close);
                pieces.push(Piece::Close(mark));
            }
            Inline::Link(target, inner) => match autolink(target, inner) {
                Some(url) => pieces.push(Piece::Auto(url)),
                None => {
                    pieces.push(Piece::LinkOpen);
                    push(inner, true, pieces);
                    pieces.push(Piece::LinkClose(target));
                }
            },
            Inline::Image(target, text) => pieces.push(Piece::Image(target, text)),
        }
    }
}

/// What a link is between `<` and `>`, if it can be there.
fn autolink<'a>(target: &'a Target, inner: &'a [Inline]) -> Option<&'a str> {
    let [Inline::Text(text)] = inner else { return None };
    if !target.title.is_empty() {
        return None;
    }
    let mail = target.url.strip_prefix("mailto:").is_some_and(|address| address == text && is_mail_autolink(text));
    (mail || (*text == target.url && is_autolink(text))).then_some(text)
}

/// Chooses the mark for emphasis: `_` is none inside a word.
pub(crate) fn settle(pieces: &mut [Piece<'_>]) {
    for at in 0..pieces.len() {
        if let Piece::Open("_", close) = pieces[at] {
            let before = outside(pieces[..at].iter().rev()).map(Piece::last);
            let after = outside(pieces[close + 1..].iter()).map(Piece::first);
            let apart = |c: Option<char>| c.is_none_or(|c| c.is_ascii_whitespace() || c.is_ascii_punctuation());
            if !apart(before) || !apart(after) {
                pieces[at] = Piece::Open("*", close);
                pieces[close] = Piece::Close("*");
            }
        }
    }
}

/// The first piece that is no mark.
fn outside<'a, 'b: 'a>(mut pieces: impl Iterator<Item = &'a Piece<'b>>) -> Option<&'a Piece<'b>> {
    pieces.find(|piece| !piece.is_mark())
}
