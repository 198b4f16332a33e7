//! The flat row of pieces that inlines are laid out as before they are written as wiki markup.

use super::model::Inline;
use super::syntax::{delimiter, foreign_tag, is_escapable, mark_index, url};
use super::write_inline::{Place, inlines};

/// A piece of the row.
#[derive(Debug, Clone)]
pub(super) enum Piece {
    /// A character of the text; within code or not.
    Text(char, bool),
    /// What is written as it is.
    Raw(String),
    /// An address that Jira links by itself.
    Url(String),
    Break(&'static str),
    Open(usize),
    Close(usize),
    CodeOpen,
    CodeClose,
}

/// Lays inlines out.
pub(super) fn lay_out(read: &[Inline], place: Place) -> Vec<Piece> {
    let mut pieces = Vec::new();
    push(read, place, &mut pieces);
    for at in 0..pieces.len() {
        if let Piece::Url(url) = &pieces[at]
            && place != Place::Link
            && is_prolonged(&pieces[at + 1..])
        {
            // The short form of a mail's address would not show how it begins.
            let alias = if url.starts_with("mailto:") { format!("{url}|") } else { String::new() };
            pieces[at] = Piece::Raw(format!("[{alias}{url}]"));
        }
    }
    pieces
}

/// Tells whether what follows an address would prolong it.
fn is_prolonged(rest: &[Piece]) -> bool {
    let mut rest = rest.iter();
    let stops = rest.find(|piece| !matches!(piece, Piece::Text('.' | ',' | ')' | ';' | '\'' | '!', _)));
    match stops {
        None | Some(Piece::Break(_) | Piece::CodeClose) => false,
        Some(Piece::Text(c, _)) => is_escapable(*c) || *c == '&' || *c == '\\',
        Some(_) => true,
    }
}

fn push(read: &[Inline], place: Place, pieces: &mut Vec<Piece>) {
    for inline in read {
        match inline {
            Inline::Text(text) => push_text(text, false, place, pieces),
            Inline::Code(text) => {
                pieces.push(Piece::CodeOpen);
                push_text(text, true, place, pieces);
                pieces.push(Piece::CodeClose);
            }
            // Jira breaks the line at every line end; a space before it tells us which one was not meant.
            Inline::Soft => pieces.push(Piece::Break(" \n")),
            Inline::Hard if place == Place::Cell => pieces.push(Piece::Raw("\\\\ ".to_owned())),
            Inline::Hard => pieces.push(Piece::Break("\n")),
            Inline::Span(mark, inner) => {
                pieces.push(Piece::Open(mark_index(*mark)));
                push(inner, place, pieces);
                pieces.push(Piece::Close(mark_index(*mark)));
            }
            Inline::Colored(color, inner) => {
                let inner = inlines(inner, if place == Place::Line { Place::Rest } else { place });
                // Two braces end no tag.
                let inner = inner.strip_prefix('}').map_or(inner.clone(), |rest| format!("&#125;{rest}"));
                pieces.push(Piece::Raw(format!("{{color:{color}}}{inner}{{color}}")));
            }
            Inline::Link(url, title, inner) => pieces.push(Piece::Raw(link(url, title, inner))),
            Inline::Image(source, alt, params) => pieces.push(Piece::Raw(image(source, alt, params))),
            Inline::Mention(name) => pieces.push(Piece::Raw(format!("[~{name}]"))),
            Inline::Tag(tag) => pieces.push(Piece::Raw(tag.clone())),
        }
    }
}

fn link(url: &str, title: &str, inner: &[Inline]) -> String {
    let shown = url.strip_prefix("mailto:").or_else(|| url.strip_prefix(['#', '^']));
    if matches!(inner, [Inline::Text(text)] if Some(text.as_str()) == shown) && title.is_empty() {
        return format!("[{url}]");
    }
    let text = inlines(inner, Place::Link);
    let bar = if title.is_empty() { "" } else { "|" };
    format!("[{text}|{url}{bar}{title}]")
}

fn image(source: &str, alt: &str, params: &str) -> String {
    let alt = if alt.is_empty() { String::new() } else { format!("alt={alt}") };
    let params: Vec<_> = [alt.as_str(), params].into_iter().filter(|part| !part.is_empty()).collect();
    let bar = if params.is_empty() { "" } else { "|" };
    format!("!{source}{bar}{}!", params.join(","))
}

/// Addresses and tags that are none of Jira's stay as they are, the rest is text.
fn push_text(text: &str, code: bool, place: Place, pieces: &mut Vec<Piece>) {
    let mut at = 0;
    let mut before = pieces.last().and_then(Piece::last);
    while let Some(c) = text[at..].chars().next() {
        let rest = &text[at..];
        let length = match c {
            '{' if !code && place != Place::Link => {
                let found = foreign_tag(rest);
                found.inspect(|length| pieces.push(Piece::Raw(rest[..*length].to_owned())))
            }
            'h' | 'f' | 'm' | 'n' | 'i' => {
                let found = url(rest, before).map(|(short, _)| &rest[..short]);
                let found = found.filter(|url| !code || !url.contains('&'));
                found.map(|url| {
                    pieces.push(if code { Piece::Raw(url.to_owned()) } else { Piece::Url(url.to_owned()) });
                    url.len()
                })
            }
            _ => None,
        };
        let length = length.unwrap_or_else(|| {
            pieces.push(Piece::Text(c, code));
            c.len_utf8()
        });
        at += length;
        before = text[..at].chars().next_back();
    }
}

impl Piece {
    /// The character that the piece shows to what stands before it.
    pub(super) fn first(&self) -> Option<char> {
        match self {
            Piece::Text(c, _) => Some(*c),
            Piece::Raw(text) | Piece::Url(text) => text.chars().next(),
            Piece::Break(text) => text.chars().next(),
            Piece::Open(mark) | Piece::Close(mark) => delimiter(*mark).chars().next(),
            Piece::CodeOpen => Some('{'),
            Piece::CodeClose => Some('}'),
        }
    }

    /// The character that the piece shows to what stands after it.
    fn last(&self) -> Option<char> {
        match self {
            Piece::Raw(text) | Piece::Url(text) => text.chars().next_back(),
            Piece::Break(_) => Some('\n'),
            other => other.first(),
        }
    }
}
