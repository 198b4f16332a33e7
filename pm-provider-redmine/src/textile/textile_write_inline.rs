//! Writes inlines as Textile: marks where Redmine sees them, entities where it would see some that are none.
//!
//! The inlines are laid out as a flat row of pieces first, since Redmine decides by the characters on both sides.

use super::syntax::{MARKS, SEPARATOR, entity_length, is_word, may_close_before, may_open_after, verbatim_tag};
use super::target::link_start;
use super::textile_pieces::{Facts, Piece, is_solid, lay_out};
use super::verbatim::hide_tags;
use pm_markdown::{Block, Code, Inline};

/// Where inlines stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    /// At the start of a line.
    Text,
    /// After an item's marker.
    Item,
    /// In a cell of a table.
    Cell,
}

/// Writes inlines.
pub(super) fn inlines(read: &[Inline], place: Place) -> String {
    let mut pieces = Vec::new();
    lay_out(read, false, &mut pieces);
    write(&pieces, place)
}

/// Writes the text and the code of an item, which are one text to Redmine; `code` writes a block of code.
pub(super) fn item(blocks: &[Block], code: impl Fn(&Code) -> String) -> String {
    let mut pieces = Vec::new();
    for block in blocks {
        match block {
            Block::Paragraph(text) => lay_out(text, false, &mut pieces),
            Block::Code(read) => pieces.push(Piece::Block(code(read))),
            _ => {}
        }
    }
    write(&pieces, Place::Item)
}

fn write(pieces: &[Piece<'_>], place: Place) -> String {
    let facts = Facts::of(pieces);
    let mut writer = Writer { out: String::new(), pieces, facts, place, in_address: false, quoted: false };
    for at in 0..pieces.len() {
        writer.piece(at);
    }
    writer.out
}

struct Writer<'a> {
    out: String,
    pieces: &'a [Piece<'a>],
    facts: Facts,
    place: Place,
    /// Whether the word so far is an address that Redmine links.
    in_address: bool,
    /// Whether a `"` of the text has been written.
    quoted: bool,
}

impl Writer<'_> {
    fn piece(&mut self, at: usize) {
        let pieces = self.pieces;
        self.in_address &= matches!(pieces[at], Piece::Text(..));
        match &pieces[at] {
            Piece::Text(c, linked) => self.text(at, *c, *linked),
            Piece::Code(text) => self.code(at, text),
            Piece::Break(end) => self.out.push_str(end),
            Piece::Block(code) => {
                let after_block = at == 0 || matches!(pieces[at - 1], Piece::Block(_));
                self.out.push_str(if after_block { "" } else { "\n" });
                self.out.push_str(code);
                self.out.push_str(if at + 1 < pieces.len() { "\n" } else { "" });
            }
            Piece::Open(c) => self.mark_open(at, *c),
            Piece::Close(c) => {
                self.out.push(*c);
                if !self.after(at).is_none_or(|next| next.is_ascii_whitespace() || CLOSES.contains(next)) {
                    self.out.push_str(SEPARATOR);
                }
            }
            Piece::LinkOpen => self.out.push('"'),
            Piece::LinkClose(url, title) => self.link_close(at, url, title),
            Piece::Image(source, text, link) => self.image(at, source, text, *link),
        }
    }

    fn after(&self, at: usize) -> Option<char> {
        self.pieces.get(at + 1).map(Piece::first)
    }

    fn before(&self) -> Option<char> {
        self.out.chars().next_back()
    }

    fn mark_open(&mut self, at: usize, c: char) {
        // One mark alone may stand directly before another.
        let marked = at.checked_sub(1).is_some_and(|before| matches!(self.pieces[before], Piece::Open(_)));
        let doubled = marked && may_open_after(self.out.chars().rev().nth(1));
        if !may_open_after(self.before()) && !doubled {
            self.out.push_str(SEPARATOR);
        }
        self.out.push(c);
    }

    /// Writes code with `@` where Redmine sees it, else with a tag.
    fn code(&mut self, at: usize, text: &str) {
        let touched = self.before().is_some_and(is_word) || self.after(at).is_some_and(is_word);
        if touched || self.facts.at_opens {
            self.out.push_str(&["<code>", &hide_tags(text), "</code>"].concat());
            return;
        }
        self.out.push('@');
        let mut before = None;
        for (index, c) in text.char_indices() {
            let rest = &text[index..];
            let escape = match c {
                '@' => true,
                '|' => index == 0 || self.place == Place::Cell,
                '&' => entity_length(rest).is_some(),
                '<' => begins_tag(rest.chars().nth(1)),
                '!' => before.is_none_or(char::is_whitespace),
                '=' => rest.starts_with("=="),
                '%' => before == Some('x') && rest[1..].starts_with(['x', '&']),
                '"' => rest.len() == 1,
                _ => false,
            };
            self.push(c, escape);
            before = Some(c);
        }
        self.out.push('@');
    }

    fn link_close(&mut self, at: usize, url: &str, title: &str) {
        if !title.is_empty() {
            self.out.push_str(&["(", title, ")"].concat());
        }
        self.out.push_str("\":");
        self.out.push_str(url);
        let ends = |at: usize| self.after(at).is_none_or(|next| next.is_ascii_whitespace());
        let stops =
            matches!(self.pieces.get(at + 1), Some(Piece::Text('.' | ',' | ':' | '!' | ')', _))) && ends(at + 1);
        if !ends(at) && !stops && !matches!(self.pieces.get(at + 1), Some(Piece::Close(_))) {
            self.out.push_str(SEPARATOR);
        }
    }

    fn image(&mut self, at: usize, source: &str, text: &str, link: Option<&str>) {
        if !self.before().is_none_or(|c| c.is_ascii_whitespace() || c == '>') {
            self.out.push_str(SEPARATOR);
        }
        self.out.push_str(&["!", source].concat());
        if !text.is_empty() {
            self.out.push_str(&["(", text, ")"].concat());
        }
        self.out.push('!');
        if let Some(link) = link {
            self.out.push_str(&[":", link].concat());
        }
        let ends = self.after(at).is_none_or(|next| next.is_ascii_whitespace());
        if !ends && link.is_some() {
            self.out.push_str(SEPARATOR);
        }
    }

    fn text(&mut self, at: usize, c: char, linked: bool) {
        let line_start = match at.checked_sub(1).map(|before| &self.pieces[before]) {
            None => self.place == Place::Text,
            Some(piece) => matches!(piece, Piece::Break(_) | Piece::Block(_)),
        };
        let escape = (line_start && self.starts_block(at, c))
            || self.touches_mark(at, c)
            || self.is_mark(at, c)
            || self.is_special(at, c, linked);
        if escape && self.in_address {
            // Redmine shows an entity in an address by its name.
            self.out.push_str(SEPARATOR);
        }
        self.push(c, escape);
        self.quoted |= c == '"' && !escape;
        let begins = (c == '/' && self.out.ends_with("://")) || (c == '.' && self.out.ends_with("www."));
        self.in_address = !escape && !c.is_ascii_whitespace() && (self.in_address || begins);
    }

    fn push(&mut self, c: char, escape: bool) {
        match (escape, c) {
            (false, _) => self.out.push(c),
            (true, '&') => self.out.push_str("&amp;"),
            (true, '<') => self.out.push_str("&lt;"),
            (true, '>') => self.out.push_str("&gt;"),
            (true, _) => self.out.push_str(&format!("&#{};", u32::from(c))),
        }
    }

    /// Tells whether a character at the start of a line makes the line a list item, a quote or a row.
    fn starts_block(&self, at: usize, c: char) -> bool {
        match c {
            '>' | '|' => true,
            '*' | '#' | '=' => {
                let run = self.pieces[at..].iter().take_while(|piece| matches!(piece.first(), '*' | '#' | '='));
                let next = self.pieces.get(at + run.count()).map(Piece::first);
                next.is_none_or(|next| next.is_ascii_whitespace() || "({[".contains(next))
            }
            _ => false,
        }
    }

    /// Tells whether a character beside a mark of ours would change it.
    fn touches_mark(&self, at: usize, c: char) -> bool {
        let before = at.checked_sub(1).map(|before| &self.pieces[before]);
        let after = self.pieces.get(at + 1);
        let opened = matches!(before, Some(Piece::Open(_) | Piece::LinkOpen));
        let closes = matches!(after, Some(Piece::Close(_) | Piece::LinkClose(..)));
        let beside =
            opened || closes || matches!(before, Some(Piece::Close(_))) || matches!(after, Some(Piece::Open(_)));
        let link_ends = matches!(after, Some(Piece::LinkClose(..)));
        (beside && MARKS.contains(c))
            || (opened && ("([{<>=)#".contains(c) || (closes && !is_word(c))))
            || (link_ends && c == ')')
            || (c == ':' && matches!(before, Some(Piece::Image(..))))
    }

    /// Tells whether a marking character would begin or end marked text.
    fn is_mark(&self, at: usize, c: char) -> bool {
        let Some(mark) = MARKS.find(c) else { return false };
        let before = at.checked_sub(1).map(|before| self.pieces[before].first());
        let after = self.after(at);
        let written = at > 0 && !matches!(self.pieces[at - 1], Piece::Text(..));
        let starts = written || may_open_after(before) || before.is_some_and(|before| MARKS.contains(before));
        let opens = starts && after.is_some_and(is_solid);
        if opens && self.facts.last_close[mark] > at + 1 && (c != '?' || after == Some('?')) {
            return true;
        }
        self.facts.marked[mark] && before.is_some_and(is_solid) && may_close_before(after)
    }

    fn is_special(&self, at: usize, c: char, linked: bool) -> bool {
        let after = self.after(at);
        let before = self.before();
        let ends_line = after.is_none_or(|after| after == '\n');
        match c {
            '&' => !self.is_lone_ampersand(at) || self.ahead(at, 34, |text| entity_length(text).is_some()),
            '<' => begins_tag(after) || self.ahead(at, 16, |text| verbatim_tag(text).is_some()),
            '|' => self.place == Place::Cell || ends_line,
            '@' => {
                self.facts.at_opens
                    && !matches!(self.pieces.get(at + 1), Some(Piece::Text(c, _)) if c.is_ascii_alphanumeric())
            }
            '!' => before.is_none_or(|c| c.is_ascii_whitespace() || c == '>') && self.facts.last_bang > at,
            '"' => linked || (after == Some(':') && self.ahead(at + 2, 48, |url| link_start(url).is_some())),
            // The title of a later link would reach back to a `"` and a `(` that nothing closes.
            '(' => linked || follows_capitals(&self.out) || (self.quoted && self.facts.last_parenthesis < at),
            '[' => before.is_some_and(is_word) && self.is_footnote(at),
            '=' => after == Some('=') && self.facts.last_equals > at + 2 && before != Some('='),
            // Redmine writes `x%x%` for `&` while it works.
            '%' => before == Some('x') && matches!(after, Some('x' | '&')),
            '#' => self.out.ends_with(":redsh"),
            _ => false,
        }
    }

    /// Redmine writes `x%x%` for a bare `&` while it works, which addresses beside it take in.
    fn is_lone_ampersand(&self, at: usize) -> bool {
        let joins = |c: Option<char>| c.is_some_and(|c| c.is_ascii_alphanumeric());
        let blank = |c: Option<char>| c.is_none_or(|c| c.is_ascii_whitespace());
        let (before, after) = (self.before(), self.after(at));
        (blank(before) && blank(after)) || (joins(after) && (self.in_address || (joins(before) && !self.facts.has_at)))
    }

    /// Looks at the characters from a piece on.
    fn ahead(&self, at: usize, most: usize, look: impl Fn(&str) -> bool) -> bool {
        let ahead = self.pieces.get(at..).unwrap_or_default();
        look(&ahead.iter().take(most).map(Piece::first).collect::<String>())
    }

    fn is_footnote(&self, at: usize) -> bool {
        let digits = self.pieces[at + 1..].iter().take_while(|piece| piece.first().is_ascii_digit()).count();
        digits > 0 && self.pieces.get(at + 1 + digits).map(Piece::first) == Some(']')
    }
}

/// What may follow marked text directly, whatever Redmine's Ruby takes for punctuation.
const CLOSES: &str = ".,:;!?)'\"/-*_&@#%]}";

fn begins_tag(after: Option<char>) -> bool {
    after.is_some_and(|c| c.is_ascii_alphanumeric() || "/!?_&".contains(c))
}

/// Redmine takes `HTML(text)` for an abbreviation and hides the text.
fn follows_capitals(out: &str) -> bool {
    let word = out.bytes().rev().take_while(|b| b.is_ascii_uppercase() || b.is_ascii_digit()).count();
    let start = out.len() - word;
    word >= 2 && out.as_bytes()[start].is_ascii_uppercase() && !out[..start].chars().next_back().is_some_and(is_word)
}
