//! The document that both formats are read into and written from.

/// A block: what stands on lines of its own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Block {
    /// Running text.
    Paragraph(Vec<Inline>),
    /// A heading of level 1 to 6.
    Heading(u8, Vec<Inline>),
    /// Blocks said by someone else.
    Quote(Vec<Block>),
    /// Text shown as it is.
    Code(Code),
    /// A bulleted or numbered list.
    List(List),
    /// A table.
    Table(Table),
    /// A horizontal rule.
    Rule,
}

/// Text shown as it is, with the language that it is in (empty: not told).
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Code {
    pub(super) language: String,
    pub(super) text: String,
}

/// A list; in canonical form an item is at most one paragraph and code blocks first, then lists.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct List {
    pub(super) ordered: bool,
    pub(super) items: Vec<Vec<Block>>,
}

/// A table; no headings at all are an empty `head`.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Table {
    pub(super) alignments: Vec<Alignment>,
    pub(super) head: Vec<Vec<Inline>>,
    pub(super) rows: Vec<Vec<Vec<Inline>>>,
}

/// How a column of a table is aligned.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) enum Alignment {
    #[default]
    None,
    Left,
    Center,
    Right,
}

/// What stands inside a line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Inline {
    /// Plain text without line breaks.
    Text(String),
    /// Code within a line.
    Code(String),
    /// A line end of the source that means nothing more.
    Soft,
    /// A line break that is meant.
    Hard,
    /// Marked text.
    Span(Mark, Vec<Inline>),
    /// A link: target, title (empty: none) and text.
    Link(String, String, Vec<Inline>),
    /// An image: source, alternative text, and what it links to.
    Image(String, String, Option<String>),
}

/// How text is marked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Mark {
    Strong,
    Emphasis,
    Deleted,
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
            Inline::Span(_, inner) | Inline::Link(_, _, inner) => push_plain(inner, text),
        }
    }
}
