//! Reads Markdown (`CommonMark` with tables and strikethrough) into the model.
//!
//! Raw HTML becomes the text that it is, except a line break (`<br>`).

use pulldown_cmark::{CodeBlockKind, Event, Options, Parser, Tag};

use super::model::{Alignment, Block, Code, DEEPEST, Inline, List, Mark, Table, plain_text};

/// Reads a document; what comes out is not canonical yet.
pub(super) fn read(markdown: &str) -> Vec<Block> {
    let options = Options::ENABLE_TABLES | Options::ENABLE_STRIKETHROUGH;
    let mut reader = Reader { root: Frame::new(Kind::Passing), open: Vec::new() };
    for event in Parser::new_ext(markdown, options) {
        reader.take(event);
    }
    while let Some(frame) = reader.open.pop() {
        reader.close(frame);
    }
    reader.root.into_blocks()
}

/// What an open tag will become.
enum Kind {
    /// Nothing: its content goes to what is around it.
    Passing,
    Paragraph,
    Heading(u8),
    Quote,
    Code(String),
    Html,
    List(bool),
    Item,
    Table(Vec<Alignment>),
    Head,
    Row,
    Cell,
    Span(Mark),
    Link(String, String),
    Image(String, String),
}

/// A tag that is open, with what has come since.
struct Frame {
    kind: Kind,
    blocks: Vec<Block>,
    inlines: Vec<Inline>,
    items: Vec<Vec<Block>>,
    cells: Vec<Vec<Inline>>,
    table: Table,
}

impl Frame {
    fn new(kind: Kind) -> Self {
        let (blocks, inlines, items, cells) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
        Self { kind, blocks, inlines, items, cells, table: Table::default() }
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
            Event::Text(text) | Event::Html(text) | Event::InlineHtml(text) => {
                self.inline(Inline::Text(text.into_string()));
            }
            Event::SoftBreak => self.inline(Inline::Soft),
            Event::HardBreak => self.inline(Inline::Hard),
            Event::Rule => self.top().push_block(Block::Rule),
            Event::InlineMath(text) | Event::DisplayMath(text) | Event::FootnoteReference(text) => {
                self.inline(Inline::Text(text.into_string()));
            }
            Event::TaskListMarker(done) => {
                self.inline(Inline::Text(if done { "[x] " } else { "[ ] " }.to_owned()));
            }
        }
    }

    fn top(&mut self) -> &mut Frame {
        self.open.last_mut().unwrap_or(&mut self.root)
    }

    fn inline(&mut self, inline: Inline) {
        self.top().inlines.push(inline);
    }

    fn start(&mut self, tag: Tag<'_>) {
        let kind = kind_of(tag);
        let nests = matches!(kind, Kind::Quote | Kind::List(_) | Kind::Item | Kind::Span(_) | Kind::Link(..));
        let kind = if nests && self.open.len() >= 2 * DEEPEST { Kind::Passing } else { kind };
        if matches!(kind, Kind::Item | Kind::List(_) | Kind::Quote) {
            self.top().end_paragraph();
        }
        self.open.push(Frame::new(kind));
    }

    fn close(&mut self, mut frame: Frame) {
        let kind = std::mem::replace(&mut frame.kind, Kind::Passing);
        let top = self.top();
        match kind {
            Kind::Passing => {
                top.end_paragraph();
                top.blocks.append(&mut frame.blocks);
                top.inlines.append(&mut frame.inlines);
            }
            Kind::Paragraph => top.push_block(Block::Paragraph(frame.inlines)),
            Kind::Heading(level) => top.push_block(Block::Heading(level, frame.inlines)),
            Kind::Quote => top.push_block(Block::Quote(frame.into_blocks())),
            Kind::Code(language) => {
                top.push_block(Block::Code(Code { language, text: code_text(&frame.inlines) }));
            }
            Kind::Html => html_paragraphs(&raw_text(&frame.inlines)).for_each(|block| top.push_block(block)),
            Kind::List(ordered) => top.push_block(Block::List(List { ordered, items: frame.items })),
            Kind::Item => top.items.push(frame.into_blocks()),
            Kind::Table(alignments) => top.push_block(Block::Table(Table { alignments, ..frame.table })),
            Kind::Head => top.table.head = frame.cells,
            Kind::Row => top.table.rows.push(frame.cells),
            Kind::Cell => top.cells.push(frame.inlines),
            Kind::Span(mark) => top.inlines.push(Inline::Span(mark, frame.inlines)),
            Kind::Link(url, title) => top.inlines.push(Inline::Link(url, title, frame.inlines)),
            Kind::Image(source, title) => {
                let told = plain_text(&frame.inlines);
                let text = if told.is_empty() { title } else { told };
                top.inlines.push(Inline::Image(source, text, None));
            }
        }
    }
}

fn kind_of(tag: Tag<'_>) -> Kind {
    match tag {
        Tag::Paragraph => Kind::Paragraph,
        Tag::Heading { level, .. } => Kind::Heading(level as u8),
        Tag::BlockQuote(_) => Kind::Quote,
        Tag::CodeBlock(CodeBlockKind::Indented) => Kind::Code(String::new()),
        Tag::CodeBlock(CodeBlockKind::Fenced(info)) => Kind::Code(info.into_string()),
        Tag::HtmlBlock => Kind::Html,
        Tag::List(start) => Kind::List(start.is_some()),
        Tag::Item => Kind::Item,
        Tag::Table(columns) => Kind::Table(columns.into_iter().map(alignment).collect()),
        Tag::TableHead => Kind::Head,
        Tag::TableRow => Kind::Row,
        Tag::TableCell => Kind::Cell,
        Tag::Emphasis => Kind::Span(Mark::Emphasis),
        Tag::Strong => Kind::Span(Mark::Strong),
        Tag::Strikethrough => Kind::Span(Mark::Deleted),
        Tag::Link { dest_url, title, .. } => Kind::Link(dest_url.into_string(), title.into_string()),
        Tag::Image { dest_url, title, .. } => Kind::Image(dest_url.into_string(), title.into_string()),
        _ => Kind::Passing,
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

fn is_line_break(html: &str) -> bool {
    let inner = html.strip_prefix('<').and_then(|rest| rest.strip_suffix('>')).unwrap_or_default();
    inner.trim_end_matches('/').trim_end().eq_ignore_ascii_case("br")
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

/// HTML is text to us: a blank line ends a paragraph, as in any text.
fn html_paragraphs(html: &str) -> impl Iterator<Item = Block> {
    let mut paragraphs = vec![Vec::new()];
    for line in html.lines() {
        if line.trim().is_empty() {
            paragraphs.push(Vec::new());
        } else if let Some(paragraph) = paragraphs.last_mut() {
            paragraph.extend([Inline::Text(line.to_owned()), Inline::Soft]);
        }
    }
    paragraphs.into_iter().map(Block::Paragraph)
}
