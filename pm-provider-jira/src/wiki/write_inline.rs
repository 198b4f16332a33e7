//! Writes inlines as wiki markup: marks where Jira sees them, escapes where it would see some that are none.
//!
//! The inlines are laid out as a flat row of pieces first, since Jira decides by the characters on both sides.

use super::model::Inline;
use super::pieces::{Piece, lay_out};
use super::syntax::{
    CITATION, HIDDEN, LineStart, MARKS, SEPARATOR, SIGNS, char_index, delimiter, entity_length, is_escapable, is_word,
    line_start, tag,
};

/// Where inlines stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    /// At the start of a line.
    Line,
    /// After something else on the line.
    Rest,
    /// In a cell of a table.
    Cell,
    /// In a link.
    Link,
}

/// Writes inlines.
pub(super) fn inlines(read: &[Inline], place: Place) -> String {
    let pieces = lay_out(read, place);
    let escapes = escapes(&pieces, place);
    let mut writer = Writer { out: String::new(), pieces: &pieces, escapes, place, line: true };
    for at in 0..pieces.len() {
        writer.piece(at);
    }
    writer.out
}

/// What is known of the rest of a line while it is looked at from its end.
#[derive(Default)]
struct Ahead {
    /// For each mark, whether the next of its sort could end marked text; for citations, whether there is one.
    ends: [bool; MARKS.len()],
    /// For each mark, whether what is looked at stands within it.
    within: [bool; MARKS.len()],
    bracket: bool,
    /// Whether the next exclamation mark could end an image.
    bang: bool,
}

/// Tells of each piece whether it is a character that would be seen as a mark.
fn escapes(pieces: &[Piece], place: Place) -> Vec<bool> {
    let mut escapes = vec![false; pieces.len()];
    // Links and images are found in a whole row, before it has cells.
    let joined = place == Place::Cell;
    let mut ahead = Ahead { bracket: joined, bang: joined, ..Ahead::default() };
    for at in (0..pieces.len()).rev() {
        let before = at.checked_sub(1).and_then(|before| shown(&pieces[before]));
        let after = pieces.get(at + 1).and_then(Piece::first);
        match &pieces[at] {
            Piece::Break(_) => ahead = Ahead::default(),
            Piece::Close(mark) => {
                ahead.within[*mark] = true;
                ahead.ends[*mark] = true;
            }
            Piece::Open(mark) => {
                ahead.within[*mark] = false;
                ahead.ends[*mark] = *mark == CITATION || closes(before, after);
            }
            Piece::Raw(text) => {
                ahead.bracket |= text.contains(']');
                ahead.bang |= text.contains('!');
            }
            Piece::Text(c, _) => {
                let taken = escapes.get(at + 1) == Some(&true);
                escapes[at] = ahead.sees(*c, before, after, taken);
            }
            Piece::Url(_) | Piece::CodeOpen | Piece::CodeClose => {}
        }
    }
    escapes
}

fn shown(piece: &Piece) -> Option<char> {
    match piece {
        Piece::Url(text) | Piece::Raw(text) => text.chars().next_back(),
        Piece::Break(_) => None,
        other => other.first(),
    }
}

/// Tells whether a mark between two characters could end marked text.
fn closes(before: Option<char>, after: Option<char>) -> bool {
    before.is_some_and(|c| !c.is_ascii_whitespace()) && !after.is_some_and(is_word)
}

impl Ahead {
    /// Tells whether a character between two others would be seen as a mark, and remembers it; `taken` tells that the
    /// other after it is escaped.
    fn sees(&mut self, c: char, before: Option<char>, after: Option<char>, taken: bool) -> bool {
        let apart = !before.is_some_and(is_word);
        let filled = after.is_some_and(|c| !c.is_ascii_whitespace());
        match (c, char_index(c)) {
            (']', _) => {
                self.bracket = true;
                false
            }
            ('[', _) => self.bracket && filled && after != Some(']'),
            ('!', _) => {
                let opens = apart && filled && self.bang;
                self.bang |= closes(before, after);
                opens
            }
            (_, Some(CITATION)) => self.sees_citation(before == Some(c), after == Some(c)),
            (_, Some(mark)) => {
                let opens = apart && filled && (after != Some(c) || taken) && self.ends[mark];
                let seen = self.within[mark] || opens;
                if !seen {
                    self.ends[mark] = closes(before, after);
                }
                seen
            }
            (_, None) => false,
        }
    }

    /// One question mark alone marks nothing, and neither do two when there are no others.
    fn sees_citation(&mut self, begun: bool, goes_on: bool) -> bool {
        let others = self.ends[CITATION];
        self.ends[CITATION] |= goes_on && !begun;
        self.within[CITATION] || (others && (begun || goes_on))
    }
}

struct Writer<'a> {
    out: String,
    pieces: &'a [Piece],
    escapes: Vec<bool>,
    place: Place,
    /// Whether nothing stands on the line yet.
    line: bool,
}

impl Writer<'_> {
    fn piece(&mut self, at: usize) {
        if self.line && self.place != Place::Rest && self.place != Place::Link {
            self.guard_line(at);
        }
        self.line = false;
        let pieces = self.pieces;
        match &pieces[at] {
            Piece::Text(c, code) => self.text(at, *c, *code),
            Piece::Raw(text) if text.starts_with('!') => self.image(at, text),
            Piece::Raw(text) | Piece::Url(text) => self.out.push_str(text),
            Piece::Break(end) => {
                self.out.push_str(end);
                self.line = true;
            }
            Piece::Open(mark) => {
                let touches = self.before().is_some_and(is_word);
                self.mark(*mark, touches);
            }
            Piece::Close(mark) => {
                let touches = self.after(at).is_some_and(is_word);
                self.mark(*mark, touches);
            }
            Piece::CodeOpen => {
                if self.before().is_some_and(|c| is_word(c) || c == '{') {
                    self.out.push_str(SEPARATOR);
                }
                self.out.push_str("{{");
            }
            Piece::CodeClose => {
                self.out.push_str("}}");
                if self.after(at).is_some_and(|c| is_word(c) || c == '}') {
                    self.out.push_str(SEPARATOR);
                }
            }
        }
    }

    fn before(&self) -> Option<char> {
        self.out.chars().next_back()
    }

    fn after(&self, at: usize) -> Option<char> {
        self.pieces.get(at + 1).and_then(Piece::first)
    }

    /// A letter or digit keeps an image from being seen.
    fn image(&mut self, at: usize, text: &str) {
        let touches = self.before().is_some_and(is_word);
        self.out.push_str(if touches { SEPARATOR } else { "" });
        self.out.push_str(text);
        let touches = self.after(at).is_some_and(is_word);
        self.out.push_str(if touches { SEPARATOR } else { "" });
    }

    fn mark(&mut self, mark: usize, anywhere: bool) {
        let delimiter = delimiter(mark);
        if anywhere {
            self.out.push_str(&["{", delimiter, "}"].concat());
        } else {
            self.out.push_str(delimiter);
        }
    }

    /// Takes the look of something else than text from the line that begins at `at`.
    fn guard_line(&mut self, at: usize) {
        let mut line = String::new();
        let mut texts = Vec::new();
        for (piece, index) in self.pieces[at..].iter().zip(at..) {
            match piece {
                Piece::Text(c, _) => {
                    line.push(*c);
                    texts.push((line.len(), index));
                }
                Piece::Open(mark) | Piece::Close(mark) => line.push_str(delimiter(*mark)),
                Piece::Break(end) => line.push_str(end),
                other => line.push(other.first().unwrap_or('x')),
            }
            if line.ends_with('\n') {
                break;
            }
        }
        let line = line.trim_end_matches('\n');
        let last = match line_start(line) {
            LineStart::Text => return,
            LineStart::Row => 1,
            LineStart::Heading(..) | LineStart::Quote(_) => 3,
            LineStart::Item(marker, _) => marker.len(),
            LineStart::Rule => line.trim_end().len(),
        };
        // What stays before an escape might be a mark: nothing of an item's marker does.
        let whole = matches!(line_start(line), LineStart::Item(..));
        let mut start: Vec<_> = texts.into_iter().take_while(|(end, _)| *end <= last).map(|(_, index)| index).collect();
        let from = if whole { 0 } else { start.len().saturating_sub(1) };
        start.drain(from..).for_each(|index| self.escapes[index] = true);
    }

    fn text(&mut self, at: usize, c: char, code: bool) {
        let next = self.pieces.get(at + 1);
        let edge = code && (matches!(self.pieces[at - 1], Piece::CodeOpen) || matches!(next, Some(Piece::CodeClose)));
        match c {
            '{' => self.brace(at, code),
            '}' if code || (at > 0 && matches!(self.pieces[at - 1], Piece::Raw(_))) => self.entity(c),
            '\\' if self.is_lone(at) => self.out.push(c),
            '\\' => self.entity(c),
            '&' if entity_length(&self.ahead(at)).is_some() => self.out.push_str("&amp;"),
            ' ' | '\t' | '\u{a0}' if edge => self.entity(c),
            '|' | '!' if self.place == Place::Link => self.entity(c),
            '[' | ']' if self.place == Place::Link => self.escape(c),
            '|' if self.place == Place::Cell => self.escape(c),
            '(' if self.is_sign(at, code) => self.escape(c),
            _ if edge && c.is_ascii_whitespace() => self.entity(c),
            _ if self.escapes[at] => self.escape(c),
            _ => self.out.push(c),
        }
    }

    fn escape(&mut self, c: char) {
        if is_escapable(c) {
            self.out.push('\\');
            self.out.push(c);
        } else {
            self.entity(c);
        }
    }

    fn entity(&mut self, c: char) {
        self.out.push_str(&format!("&#{};", u32::from(c)));
    }

    /// The next characters of the text.
    fn ahead(&self, at: usize) -> String {
        let text = |piece: &Piece| if let Piece::Text(c, _) = piece { Some(*c) } else { None };
        self.pieces[at..].iter().take(LONGEST_TAG).map_while(text).collect()
    }

    /// Tells whether a backslash escapes nothing.
    fn is_lone(&self, at: usize) -> bool {
        let next = self.pieces.get(at + 1);
        let plain = |c: char| is_word(c) || c == ' ';
        matches!(next, Some(Piece::Text(c, _)) if plain(*c)) && self.before() != Some('\\')
    }

    fn brace(&mut self, at: usize, code: bool) {
        let joins = match self.pieces.get(at + 1) {
            Some(Piece::Text(c, _)) => *c == '{' || *c == '?' || char_index(*c).is_some() || *c == HIDDEN,
            Some(Piece::Open(_) | Piece::Close(_) | Piece::CodeOpen) => true,
            _ => false,
        };
        if code || joins || self.before() == Some('{') {
            self.entity('{');
        } else if matches!(self.place, Place::Link | Place::Cell)
            || tag(&self.ahead(at)).is_some()
            || self.may_be_tag(at)
        {
            self.escape('{');
        } else {
            self.out.push('{');
        }
    }

    /// Tells whether the tag could go on in what is no text.
    fn may_be_tag(&self, at: usize) -> bool {
        let ahead = self.ahead(at);
        !ahead.contains('}') && at + ahead.chars().count() < self.pieces.len()
    }

    /// Tells whether a parenthesis begins a sign that Jira would draw in a word or in code.
    fn is_sign(&self, at: usize, code: bool) -> bool {
        if !code && !self.before().is_some_and(is_word) {
            return false;
        }
        let ahead = self.ahead(at);
        let inner = ahead[1..].split(')').next().unwrap_or_default();
        ahead[1..].len() > inner.len() && SIGNS.contains(&inner)
    }
}

/// Enough of a text to tell a tag; longer ones are escaped.
const LONGEST_TAG: usize = 40;
