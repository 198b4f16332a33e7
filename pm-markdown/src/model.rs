//! The document.

/// A block: what stands on lines of its own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Block {
    /// Running text.
    Paragraph(Vec<Inline>),
    /// A heading of level 1 to 6.
    Heading(u8, Vec<Inline>),
    /// Blocks said by someone else.
    Quote(Vec<Block>),
    /// Blocks that deserve attention.
    Alert(AlertKind, Vec<Block>),
    /// Text shown as it is.
    Code(Code),
    /// HTML, as it was written.
    Html(String),
    /// A bulleted or numbered list.
    List(List),
    /// A table.
    Table(Table),
    /// A horizontal rule.
    Rule,
}

/// Why an alert deserves attention.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AlertKind {
    /// Worth knowing.
    Note,
    /// Helps to do better.
    Tip,
    /// Needed to succeed.
    Important,
    /// Needs care at once.
    Warning,
    /// Risks something.
    Caution,
}

impl AlertKind {
    /// All kinds.
    pub const ALL: [Self; 5] = [Self::Note, Self::Tip, Self::Important, Self::Warning, Self::Caution];

    /// The word that stands for the kind: `NOTE` in `[!NOTE]`.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Note => "NOTE",
            Self::Tip => "TIP",
            Self::Important => "IMPORTANT",
            Self::Warning => "WARNING",
            Self::Caution => "CAUTION",
        }
    }
}

/// Text shown as it is.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Code {
    /// What follows the opening fence: the language, and whatever comes after it.
    pub info: String,
    /// The text, without the last line end.
    pub text: String,
}

impl Code {
    /// Makes code in a language (empty: not told).
    #[must_use]
    pub fn new(language: impl Into<String>, text: impl Into<String>) -> Self {
        Self { info: language.into(), text: text.into() }
    }

    /// The language: the first word of the info string.
    #[must_use]
    pub fn language(&self) -> &str {
        self.info.split_whitespace().next().unwrap_or_default()
    }
}

/// A list.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct List {
    /// The number of the first item; none for bullets.
    pub start: Option<u64>,
    /// The items.
    pub items: Vec<Item>,
}

impl List {
    /// Tells whether the items are numbered.
    #[must_use]
    pub fn is_ordered(&self) -> bool {
        self.start.is_some()
    }
}

/// An item of a list.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Item {
    /// Whether the task that the item is has been done; none for an item that is no task.
    pub task: Option<bool>,
    /// What the item says.
    pub blocks: Vec<Block>,
}

impl Item {
    /// Makes an item that is no task.
    #[must_use]
    pub fn new(blocks: Vec<Block>) -> Self {
        Self { task: None, blocks }
    }
}

/// A table.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Table {
    /// How each column is aligned.
    pub alignments: Vec<Alignment>,
    /// The headings, one a column; no headings at all are an empty list.
    pub head: Vec<Vec<Inline>>,
    /// The other rows, each with as many cells as there are columns.
    pub rows: Vec<Vec<Vec<Inline>>>,
}

/// How a column of a table is aligned.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Alignment {
    /// As the reader likes.
    #[default]
    None,
    /// At the left.
    Left,
    /// In the middle.
    Center,
    /// At the right.
    Right,
}

/// What stands inside a line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Inline {
    /// Plain text without line ends.
    Text(String),
    /// Code within a line.
    Code(String),
    /// A tag or a comment of HTML, as it was written.
    Html(String),
    /// A line end of the source that means nothing more.
    Soft,
    /// A line break that is meant.
    Hard,
    /// Marked text.
    Span(Mark, Vec<Inline>),
    /// A link and its text.
    Link(Target, Vec<Inline>),
    /// An image and the text that stands for it.
    Image(Target, String),
}

impl Inline {
    /// Makes plain text.
    #[must_use]
    pub fn text(text: impl Into<String>) -> Self {
        Self::Text(text.into())
    }
}

/// What a link leads to, or where an image is.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Target {
    /// The address.
    pub url: String,
    /// The title (empty: none).
    pub title: String,
}

impl Target {
    /// Makes a target without a title.
    #[must_use]
    pub fn new(url: impl Into<String>) -> Self {
        Self { url: url.into(), title: String::new() }
    }

    /// Gives the target a title.
    #[must_use]
    pub fn titled(mut self, title: impl Into<String>) -> Self {
        self.title = title.into();
        self
    }
}

/// How text is marked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mark {
    /// Strong.
    Strong,
    /// Emphasised.
    Emphasis,
    /// Struck through.
    Deleted,
}

/// Quotes, alerts and lists that stand deeper in one another than this are flattened when Markdown is read, since
/// everything that walks a document recurses.
pub const DEEPEST: usize = 12;

/// The text of inlines without any marks.
#[must_use]
pub fn plain_text(inlines: &[Inline]) -> String {
    let mut text = String::new();
    push_plain(inlines, &mut text);
    text
}

fn push_plain(inlines: &[Inline], text: &mut String) {
    for inline in inlines {
        match inline {
            Inline::Text(part) | Inline::Code(part) | Inline::Image(_, part) => text.push_str(part),
            Inline::Html(_) => {}
            Inline::Soft | Inline::Hard => text.push(' '),
            Inline::Span(_, inner) | Inline::Link(_, inner) => push_plain(inner, text),
        }
    }
}
