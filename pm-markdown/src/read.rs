//! Reads Markdown into the model.

use pulldown_cmark::{BlockQuoteKind, CodeBlockKind, Event, LinkType, Options, Parser, Tag};

use crate::html::is_line_break;
use crate::model::{AlertKind, Alignment, Block, Code, DEEPEST, Inline, Item, List, Mark, Table, Target, plain_text};
use crate::tidy::tidy;

/// Reads a document.
///
/// Takes any text and time in proportion to its length. What comes out is [tidy](crate::tidy).
#[must_use]
pub fn read(markdown: &str) -> Vec<Block> {
    // Without a last line end, an empty task at the end of the text is no task to the parser.
    let text = markdown.replace("\r\n", "\n").replace('\r', "\n") + "\n";
    let mut reader = Reader { root: Frame::new(Kind::Blocks, 0), open: Vec::new() };
    for event in Parser::new_ext(&text, options()) {
        reader.take(event);
    }
    while let Some(frame) = reader.open.pop() {
        reader.close(frame);
    }
    tidy(reader.root.into_blocks())
}

fn options() -> Options {
    Options::ENABLE_TABLES
        | Options::ENABLE_STRIKETHROUGH
        | Options::ENABLE_TASKLISTS
        | Options::ENABLE_GFM
        | Options::ENABLE_FOOTNOTES
}

/// What an open tag will become.
#[derive(PartialEq)]
enum Kind {
    /// Nothing: the blocks in it go to what is around it.
    Blocks,
    /// Nothing: the inlines in it go to what is around it.
    Inlines,
    Paragraph,
    Heading(u8),
    Quote(Option<AlertKind>),
    Code(String),
    Html,
    List(Option<u64>),
    Item,
    Footnote(String),
    Table(Vec<Alignment>),
    Head,
    Row,
    Cell,
    Span(Mark),
    Link(Target),
    Image(Target),
}

impl Kind {
    fn is_deep(&self) -> bool {
        matches!(self, Kind::Quote(_) | Kind::List(_))
    }

    fn is_inline(&self) -> bool {
        matches!(self, Kind::Span(_) | Kind::Link(_) | Kind::Image(_) | Kind::Inlines)
    }
}

/// A tag that is open, with what has come since.
struct Frame {
    kind: Kind,
    /// How many quotes, alerts and lists are open, this one included.
    depth: usize,
    task: Option<bool>,
    blocks: Vec<Block>,
    inlines: Vec<Inline>,
    items: Vec<Item>,
    cells: Vec<Vec<Inline>>,
    table: Table,
}

impl Frame {
    fn new(kind: Kind, depth: usize) -> Self {
        let (blocks, inlines, items, cells) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
        Self { kind, depth, task: None, blocks, inlines, items, cells, table: Table::default() }
    }

    fn push_block(&mut self, block: Block) {
        self.end_paragraph();
        self.blocks.push(block);
    }

    /// Text of tight lists comes without a paragraph around it.
    fn end_paragraph(&mut self) {
        if !self.inlines.is_empty() {
            self.blocks.push(Block::Paragraph(std::mem::take(&mut self.inlines)));
        }
    }

    fn into_blocks(mut self) -> Vec<Block> {
        self.end_paragraph();
        self.blocks
    }
}

struct Reader {
    root: Frame,
    open: Vec<Frame>,
}

impl Reader {
    fn take(&mut self, event: Event<'_>) {
        match event {
            Event::Start(tag) => self.start(tag),
            Event::End(_) => {
                if let Some(frame) = self.open.pop() {
                    self.close(frame);
                }
            }
            Event::Code(text) => self.inline(Inline::Code(text.into_string())),
            Event::InlineHtml(html) if is_line_break(&html) => self.inline(Inline::Hard),
            Event::InlineHtml(html) => self.inline(Inline::Html(html.into_string())),
            Event::Text(text) | Event::Html(text) | Event::InlineMath(text) | Event::DisplayMath(text) => {
                self.inline(Inline::Text(text.into_string()));
            }
            Event::SoftBreak => self.inline(Inline::Soft),
            Event::HardBreak => self.inline(Inline::Hard),
            Event::Rule => self.top().push_block(Block::Rule),
            Event::FootnoteReference(label) => self.inline(Inline::Text(format!("[^{label}]"))),
            Event::TaskListMarker(done) => self.task(done),
        }
    }

    fn top(&mut self) -> &mut Frame {
        self.open.last_mut().unwrap_or(&mut self.root)
    }

    fn inline(&mut self, inline: Inline) {
        self.top().inlines.push(inline);
    }

    /// The marker stands in the item or in the item's paragraph.
    fn task(&mut self, done: bool) {
        match self.open.iter_mut().rev().take(2).find(|frame| frame.kind == Kind::Item) {
            Some(item) => item.task = Some(done),
            None => self.inline(Inline::Text(if done { "[x] " } else { "[ ] " }.to_owned())),
        }
    }

    fn start(&mut self, tag: Tag<'_>) {
        let mut kind = kind_of(tag);
        if kind.is_inline() && self.open.len() >= MOST_FRAMES {
            kind = Kind::Inlines;
        }
        let is_too_deep = kind.is_deep() && self.top().depth >= DEEPEST;
        let is_lost = kind == Kind::Item && !matches!(self.top().kind, Kind::List(_));
        if is_too_deep || is_lost {
            kind = Kind::Blocks;
        }
        if !kind.is_inline() {
            self.top().end_paragraph();
        }
        let depth = self.top().depth + usize::from(kind.is_deep());
        self.open.push(Frame::new(kind, depth));
    }

    fn close(&mut self, mut frame: Frame) {
        let kind = std::mem::replace(&mut frame.kind, Kind::Blocks);
        let top = self.top();
        match kind {
            Kind::Blocks => top.blocks.append(&mut frame.into_blocks()),
            Kind::Inlines => top.inlines.append(&mut frame.inlines),
            Kind::Paragraph => top.push_block(Block::Paragraph(frame.inlines)),
            Kind::Heading(level) => top.push_block(Block::Heading(level, frame.inlines)),
            Kind::Quote(None) => top.push_block(Block::Quote(frame.into_blocks())),
            Kind::Quote(Some(kind)) => top.push_block(Block::Alert(kind, frame.into_blocks())),
            Kind::Code(info) => top.push_block(Block::Code(Code { info, text: code_text(&frame.inlines) })),
            Kind::Html => top.push_block(Block::Html(raw_text(&frame.inlines))),
            Kind::List(start) => top.push_block(Block::List(List { start, items: frame.items })),
            Kind::Item => top.items.push(Item { task: frame.task, blocks: frame.into_blocks() }),
            Kind::Footnote(label) => top.blocks.append(&mut footnote(&label, frame.into_blocks())),
            Kind::Table(alignments) => top.push_block(Block::Table(Table { alignments, ..frame.table })),
            Kind::Head => top.table.head = frame.cells,
            Kind::Row => top.table.rows.push(frame.cells),
            Kind::Cell => top.cells.push(frame.inlines),
            Kind::Span(mark) => top.inlines.push(Inline::Span(mark, frame.inlines)),
            Kind::Link(target) => top.inlines.push(Inline::Link(target, frame.inlines)),
            Kind::Image(target) => top.inlines.push(Inline::Image(target, plain_text(&frame.inlines))),
        }
    }
}

/// Marks and links deeper than this are passed over.
const MOST_FRAMES: usize = 4 * DEEPEST;

fn kind_of(tag: Tag<'_>) -> Kind {
    match tag {
        Tag::Paragraph => Kind::Paragraph,
        Tag::Heading { level, .. } => Kind::Heading(level as u8),
        Tag::BlockQuote(kind) => Kind::Quote(kind.map(alert)),
        Tag::CodeBlock(CodeBlockKind::Indented) => Kind::Code(String::new()),
        Tag::CodeBlock(CodeBlockKind::Fenced(info)) => Kind::Code(info.into_string()),
        Tag::HtmlBlock => Kind::Html,
        Tag::List(start) => Kind::List(start),
        Tag::Item => Kind::Item,
        Tag::FootnoteDefinition(label) => Kind::Footnote(label.into_string()),
        Tag::Table(columns) => Kind::Table(columns.into_iter().map(alignment).collect()),
        Tag::TableHead => Kind::Head,
        Tag::TableRow => Kind::Row,
        Tag::TableCell => Kind::Cell,
        Tag::Emphasis => Kind::Span(Mark::Emphasis),
        Tag::Strong => Kind::Span(Mark::Strong),
        Tag::Strikethrough => Kind::Span(Mark::Deleted),
        Tag::Link { link_type: LinkType::Email, dest_url, .. } => Kind::Link(Target::new(format!("mailto:{dest_url}"))),
        Tag::Link { dest_url, title, .. } => {
            Kind::Link(Target::new(dest_url.into_string()).titled(title.into_string()))
        }
        Tag::Image { dest_url, title, .. } => {
            Kind::Image(Target::new(dest_url.into_string()).titled(title.into_string()))
        }
        Tag::Superscript | Tag::Subscript => Kind::Inlines,
        Tag::DefinitionList | Tag::DefinitionListTitle | Tag::DefinitionListDefinition | Tag::MetadataBlock(_) => {
            Kind::Blocks
        }
    }
}

fn alert(kind: BlockQuoteKind) -> AlertKind {
    match kind {
        BlockQuoteKind::Note => AlertKind::Note,
        BlockQuoteKind::Tip => AlertKind::Tip,
        BlockQuoteKind::Important => AlertKind::Important,
        BlockQuoteKind::Warning => AlertKind::Warning,
        BlockQuoteKind::Caution => AlertKind::Caution,
    }
}

fn alignment(column: pulldown_cmark::Alignment) -> Alignment {
    match column {
        pulldown_cmark::Alignment::None => Alignment::None,
        pulldown_cmark::Alignment::Left => Alignment::Left,
        pulldown_cmark::Alignment::Center => Alignment::Center,
        pulldown_cmark::Alignment::Right => Alignment::Right,
    }
}

fn raw_text(inlines: &[Inline]) -> String {
    inlines
        .iter()
        .filter_map(|inline| if let Inline::Text(text) = inline { Some(text.as_str()) } else { None })
        .collect()
}

/// The line end before the closing fence is not part of the code.
fn code_text(inlines: &[Inline]) -> String {
    let mut text = raw_text(inlines);
    if text.ends_with('\n') {
        text.pop();
    }
    text
}

/// Footnotes are text, which reads as footnotes where it is written at the top of a document.
fn footnote(label: &str, mut blocks: Vec<Block>) -> Vec<Block> {
    match blocks.first_mut() {
        Some(Block::Paragraph(inlines)) => inlines.insert(0, Inline::Text(format!("[^{label}]: "))),
        _ => blocks.insert(0, Block::Paragraph(vec![Inline::Text(format!("[^{label}]:"))])),
    }
    blocks
}
