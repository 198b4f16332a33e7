//! Reads Markdown into the model of wiki markup: the blocks, and what stands for macros of Jira.

use pm_markdown::{self as markdown, AlertKind};

use super::html::{Carried, block as carried_block, pieces};
use super::model::{Block, Code, Inline, List, Table};
use super::span_html::Joiner;
use super::target::plain;

/// Reads a document; what comes out is not canonical yet.
pub(super) fn read(text: &str) -> Vec<Block> {
    blocks(&markdown::read(text))
}

fn blocks(read: &[markdown::Block]) -> Vec<Block> {
    let mut done = Vec::new();
    let mut rest = read;
    while let Some((first, others)) = rest.split_first() {
        rest = others;
        match panel(first, others) {
            Some((args, length)) => {
                done.push(Block::Panel(args.to_owned(), blocks(&others[..length])));
                rest = &others[length + 1..];
            }
            None => block(first, &mut done),
        }
    }
    done
}

/// The parameters of the panel that begins with a block, and how many of the blocks after it are inside.
fn panel<'a>(first: &'a markdown::Block, others: &[markdown::Block]) -> Option<(&'a str, usize)> {
    let carried = |block: &'a markdown::Block| match block {
        markdown::Block::Html(html) => carried_block(html),
        _ => None,
    };
    let Some(Carried::PanelStart(args)) = carried(first) else { return None };
    let ends = |block: &markdown::Block| matches!(block, markdown::Block::Html(html) if matches!(carried_block(html), Some(Carried::PanelEnd)));
    others.iter().position(ends).map(|length| (args, length))
}

fn block(read: &markdown::Block, done: &mut Vec<Block>) {
    match read {
        markdown::Block::Paragraph(text) => done.push(Block::Paragraph(inlines(text))),
        markdown::Block::Heading(level, text) => done.push(Block::Heading(*level, inlines(text))),
        markdown::Block::Quote(inner) => done.push(Block::Quote(blocks(inner))),
        markdown::Block::Alert(kind, inner) => done.push(Block::Panel(alert_args(*kind), blocks(inner))),
        markdown::Block::Code(code) => {
            done.push(Block::Code(Code { info: code.info.clone(), text: code.text.clone() }));
        }
        markdown::Block::Html(html) => html_paragraphs(html, done),
        markdown::Block::List(list) => {
            done.push(Block::List(List { ordered: list.is_ordered(), items: list.items.iter().map(item).collect() }));
        }
        markdown::Block::Table(table) => {
            let row = |cells: &Vec<Vec<markdown::Inline>>| cells.iter().map(|cell| inlines(cell)).collect();
            done.push(Block::Table(Table { head: row(&table.head), rows: table.rows.iter().map(row).collect() }));
        }
        markdown::Block::Rule => done.push(Block::Rule),
    }
}

/// The parameters of the panel that an alert is.
pub(super) fn alert_args(kind: AlertKind) -> String {
    let word = kind.word();
    format!("title={}{}", &word[..1], word[1..].to_ascii_lowercase())
}

/// A task is an item with a box in front of its text.
fn item(read: &markdown::Item) -> Vec<Block> {
    let mut blocks = blocks(&read.blocks);
    if let Some(done) = read.task {
        let mark = Inline::Text(if done { "[x] " } else { "[ ] " }.to_owned());
        match blocks.first_mut() {
            Some(Block::Paragraph(text)) => text.insert(0, mark),
            _ => blocks.insert(0, Block::Paragraph(vec![mark])),
        }
    }
    blocks
}

/// HTML is text to us, but for what we know: a blank line ends a paragraph, as in any text.
fn html_paragraphs(html: &str, done: &mut Vec<Block>) {
    let mut joiner = Joiner::default();
    for line in html.lines().chain([""]) {
        if line.trim().is_empty() {
            done.push(Block::Paragraph(std::mem::take(&mut joiner).finish()));
            continue;
        }
        for (tag, piece) in pieces(line) {
            if tag { joiner.html(piece) } else { joiner.text(piece) }
        }
        joiner.push(Inline::Soft);
    }
}

fn inlines(read: &[markdown::Inline]) -> Vec<Inline> {
    let mut joiner = Joiner::default();
    for inline in read {
        match inline {
            markdown::Inline::Text(text) => joiner.text(text),
            markdown::Inline::Html(html) => joiner.html(html),
            markdown::Inline::Code(text) => joiner.push(Inline::Code(text.clone())),
            markdown::Inline::Soft => joiner.push(Inline::Soft),
            markdown::Inline::Hard => joiner.push(Inline::Hard),
            markdown::Inline::Span(mark, inner) => joiner.push(Inline::Span(mark_of(*mark), inlines(inner))),
            markdown::Inline::Link(target, inner) => {
                joiner.push(Inline::Link(target.url.clone(), target.title.clone(), inlines(inner)));
            }
            markdown::Inline::Image(target, alt) => joiner.push(image(target, alt)),
        }
    }
    joiner.finish()
}

fn mark_of(mark: markdown::Mark) -> super::model::Mark {
    match mark {
        markdown::Mark::Strong => super::model::Mark::Strong,
        markdown::Mark::Emphasis => super::model::Mark::Emphasis,
        markdown::Mark::Deleted => super::model::Mark::Deleted,
    }
}

/// The title of an image is its parameters, or one of them.
fn image(target: &markdown::Target, alt: &str) -> Inline {
    let title = target.title.trim();
    let parameter = |part: &str| part.trim() == "thumbnail" || part.contains('=');
    let params = if title.is_empty() || title.split(',').all(parameter) {
        title.to_owned()
    } else {
        format!("title={}", plain(title))
    };
    Inline::Image(target.url.clone(), alt.to_owned(), params)
}
