//! The document that wiki markup is read into and written from: what Jira knows, and Markdown only in part.

/// A block: what stands on lines of its own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Block {
    /// Running text.
    Paragraph(Vec<Inline>),
    /// A heading of level 1 to 6.
    Heading(u8, Vec<Inline>),
    /// Blocks said by someone else.
    Quote(Vec<Block>),
    /// Blocks in a box, with its parameters as Jira writes them (`title=Note|bgColor=#fff`).
    Panel(String, Vec<Block>),
    /// Text shown as it is.
    Code(Code),
    /// A bulleted or numbered list.
    List(List),
    /// A table.
    Table(Table),
    /// A horizontal rule.
    Rule,
}

/// Text shown as it is, with the info string that Markdown has for it (empty: nothing told).
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Code {
    pub(super) info: String,
    pub(super) text: String,
}

/// A list; in canonical form the lists inside an item come last.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct List {
    pub(super) ordered: bool,
    pub(super) items: Vec<Vec<Block>>,
}

/// A table; no headings at all are an empty `head`.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Table {
    pub(super) head: Vec<Vec<Inline>>,
    pub(super) rows: Vec<Vec<Vec<Inline>>>,
}

/// What stands inside a line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Inline {
    /// Plain text without line breaks.
    Text(String),
    /// Text in a font of equal widths.
    Code(String),
    /// A line end of the source that means nothing more.
    Soft,
    /// A line break that is meant.
    Hard,
    /// Marked text, never longer than a line.
    Span(Mark, Vec<Inline>),
    /// Text in a colour.
    Colored(String, Vec<Inline>),
    /// A link: target, title (empty: none) and text.
    Link(String, String, Vec<Inline>),
    /// An image: source, alternative text, and the other parameters as Jira writes them.
    Image(String, String, String),
    /// The name of a user who is mentioned.
    Mention(String),
    /// A tag that stays what it is: an anchor, or one half of a colour.
    Tag(String),
}

/// How text is marked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Mark {
    Strong,
    Emphasis,
    Deleted,
    Inserted,
    Superscript,
    Subscript,
    Citation,
}

/// Nesting deeper than this is flattened: everything that walks a document recurses.
pub(super) const DEEPEST: usize = 12;

/// The text of inlines without any marks.
pub(super) fn plain_text(inlines: &[Inline]) -> String {
    let mut text = String::new();
    push_plain(inlines, &mut text);
    text
}

fn push_plain(inlines: &[Inline], text: &mut String) {
    for inline in inlines {
        match inline {
            Inline::Text(part) | Inline::Code(part) | Inline::Image(_, part, _) => text.push_str(part),
            Inline::Soft | Inline::Hard => text.push(' '),
            Inline::Mention(name) => text.push_str(&format!("@{name}")),
            Inline::Tag(_) => {}
            Inline::Span(_, inner) | Inline::Colored(_, inner) | Inline::Link(_, _, inner) => push_plain(inner, text),
        }
    }
}
