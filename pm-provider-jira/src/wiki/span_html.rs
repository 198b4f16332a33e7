//! Joins inlines of Markdown with the HTML among them.

use super::html::{Kind, Meaning, meaning};
use super::model::Inline;
use super::read_inline::is_user;

/// A tag that is open, with what has come since.
struct Frame {
    kind: Kind,
    html: String,
    inner: Vec<Inline>,
}

/// Takes inlines one after the other.
#[derive(Default)]
pub(super) struct Joiner {
    root: Vec<Inline>,
    open: Vec<Frame>,
    /// Text that has not been looked into yet.
    text: String,
}

impl Joiner {
    pub(super) fn text(&mut self, text: &str) {
        self.text.push_str(text);
    }

    pub(super) fn push(&mut self, inline: Inline) {
        self.flush();
        self.top().push(inline);
    }

    pub(super) fn html(&mut self, html: &str) {
        match meaning(html) {
            Meaning::Break => self.push(Inline::Hard),
            Meaning::Apart => self.flush(),
            Meaning::Open(kind) if self.open.len() < DEEPEST => {
                self.flush();
                self.open.push(Frame { kind, html: html.to_owned(), inner: Vec::new() });
            }
            Meaning::Close(name) => self.close(&name, html),
            Meaning::Open(_) | Meaning::Text => self.text(html),
        }
    }

    pub(super) fn finish(mut self) -> Vec<Inline> {
        self.flush();
        while let Some(frame) = self.open.pop() {
            self.give_up(frame);
        }
        self.root
    }

    fn top(&mut self) -> &mut Vec<Inline> {
        self.open.last_mut().map_or(&mut self.root, |frame| &mut frame.inner)
    }

    /// Text names users; a mention is text in Markdown.
    fn flush(&mut self) {
        let text = std::mem::take(&mut self.text);
        let mut rest = text.as_str();
        while let Some((start, end)) = mention(rest) {
            let name = Inline::Mention(rest[start + 2..end - 1].to_owned());
            let before = Inline::Text(rest[..start].to_owned());
            self.top().extend([before, name]);
            rest = &rest[end..];
        }
        self.top().push(Inline::Text(rest.to_owned()));
    }

    fn close(&mut self, name: &str, html: &str) {
        let Some(at) = self.open.iter().rposition(|frame| frame.kind.closed_by(name)) else {
            match name {
                "font" => self.push(Inline::Tag("{color}".to_owned())),
                _ => self.text(html),
            }
            return;
        };
        self.flush();
        while self.open.len() > at + 1 {
            if let Some(frame) = self.open.pop() {
                self.give_up(frame);
            }
        }
        if let Some(frame) = self.open.pop() {
            let done = frame.kind.around(frame.inner);
            self.top().extend(done);
        }
    }

    /// A tag that nothing closes is text, but a colour goes on in the next block.
    fn give_up(&mut self, frame: Frame) {
        let tag = match frame.kind {
            Kind::Colored(color) => Inline::Tag(format!("{{color:{color}}}")),
            _ => Inline::Text(frame.html),
        };
        self.top().push(tag);
        self.top().extend(frame.inner);
    }
}

/// As many tags inside one another as we look at.
const DEEPEST: usize = 12;

/// Where the first mention of a user begins and ends in a text.
pub(super) fn mention(text: &str) -> Option<(usize, usize)> {
    let mut from = 0;
    loop {
        let start = from + text[from..].find("[~")?;
        let inner = &text[start + 2..];
        let length = inner.find([']', '[', ' ', '\n']).unwrap_or(inner.len());
        if inner[length..].starts_with(']') && is_user(&inner[..length]) {
            return Some((start, start + 2 + length + 1));
        }
        from = start + 2;
    }
}
