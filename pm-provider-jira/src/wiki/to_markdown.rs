//! Writes the model of wiki markup as Markdown.

use pm_markdown::{self as markdown, AlertKind, Target};

use super::from_markdown::alert_args;
use super::html::{APART, PANEL_END, panel_start, tags};
use super::model::{Block, Inline, List, Mark, Table};
use super::span_html::mention;

/// Writes canonical blocks.
pub(super) fn write(read: &[Block]) -> String {
    markdown::write(blocks(read))
}

fn blocks(read: &[Block]) -> Vec<markdown::Block> {
    let mut done = Vec::new();
    read.iter().for_each(|read| block(read, &mut done));
    done
}

fn block(read: &Block, done: &mut Vec<markdown::Block>) {
    let written = match read {
        Block::Paragraph(text) => markdown::Block::Paragraph(inlines(text)),
        Block::Heading(level, text) => markdown::Block::Heading(*level, inlines(text)),
        Block::Quote(inner) => markdown::Block::Quote(blocks(inner)),
        Block::Panel(args, inner) => match AlertKind::ALL.into_iter().find(|kind| alert_args(*kind) == *args) {
            Some(kind) => markdown::Block::Alert(kind, blocks(inner)),
            None => {
                done.push(markdown::Block::Html(panel_start(args)));
                done.extend(blocks(inner));
                markdown::Block::Html(PANEL_END.to_owned())
            }
        },
        Block::Code(code) => markdown::Block::Code(markdown::Code { info: code.info.clone(), text: code.text.clone() }),
        Block::List(list) => markdown::Block::List(list_of(list)),
        Block::Table(table) => markdown::Block::Table(table_of(table)),
        Block::Rule => markdown::Block::Rule,
    };
    done.push(written);
}

fn list_of(read: &List) -> markdown::List {
    let items = read.items.iter().map(|item| {
        let mut blocks = blocks(item);
        let task = task(&mut blocks);
        markdown::Item { task, blocks }
    });
    markdown::List { start: read.ordered.then_some(1), items: items.collect() }
}

/// Takes the box away from the text of an item, when there is one.
fn task(blocks: &mut [markdown::Block]) -> Option<bool> {
    let Some(markdown::Block::Paragraph(text)) = blocks.first_mut() else { return None };
    let Some(markdown::Inline::Text(first)) = text.first_mut() else { return None };
    let (done, rest) = match (first.strip_prefix("[ ] "), first.strip_prefix("[x] ")) {
        (Some(rest), _) => (false, rest),
        (_, Some(rest)) => (true, rest),
        _ => return None,
    };
    let rest = rest.trim_start().to_owned();
    if rest.is_empty() {
        return None;
    }
    *first = rest;
    Some(done)
}

fn table_of(read: &Table) -> markdown::Table {
    let row = |cells: &Vec<Vec<Inline>>| cells.iter().map(|cell| inlines(cell)).collect::<Vec<_>>();
    let columns = read.rows.iter().map(Vec::len).chain([read.head.len()]).max().unwrap_or_default();
    markdown::Table {
        alignments: vec![markdown::Alignment::None; columns],
        head: row(&read.head),
        rows: read.rows.iter().map(row).collect(),
    }
}

fn inlines(read: &[Inline]) -> Vec<markdown::Inline> {
    let mut done = Vec::new();
    for inline in read {
        match inline {
            Inline::Text(text) => push_text(text, &mut done),
            Inline::Code(text) => done.push(markdown::Inline::Code(text.clone())),
            Inline::Soft => done.push(markdown::Inline::Soft),
            Inline::Hard => done.push(markdown::Inline::Hard),
            Inline::Span(mark, inner) => push_span(*mark, inlines(inner), &mut done),
            Inline::Colored(color, inner) => {
                done.push(html(&format!("<font color=\"{color}\">")));
                done.extend(inlines(inner));
                done.push(html("</font>"));
            }
            Inline::Link(url, title, inner) => {
                done.push(markdown::Inline::Link(Target::new(url.clone()).titled(title.clone()), inlines(inner)));
            }
            Inline::Image(source, alt, params) => {
                let target = Target::new(source.clone()).titled(image_title(params));
                done.push(markdown::Inline::Image(target, alt.clone()));
            }
            Inline::Mention(name) => done.push(markdown::Inline::text(format!("[~{name}]"))),
            Inline::Tag(tag) => push_tag(tag, &mut done),
        }
    }
    done
}

fn html(text: &str) -> markdown::Inline {
    markdown::Inline::Html(text.to_owned())
}

fn push_span(mark: Mark, inner: Vec<markdown::Inline>, done: &mut Vec<markdown::Inline>) {
    let known = match mark {
        Mark::Strong => markdown::Mark::Strong,
        Mark::Emphasis => markdown::Mark::Emphasis,
        _ => markdown::Mark::Deleted,
    };
    match tags(mark) {
        None => done.push(markdown::Inline::Span(known, inner)),
        Some((open, close)) => {
            done.push(html(open));
            done.extend(inner);
            done.push(html(close));
        }
    }
}

/// Text that reads like a mention is pulled apart.
fn push_text(text: &str, done: &mut Vec<markdown::Inline>) {
    let mut rest = text;
    while let Some((start, _)) = mention(rest) {
        done.push(markdown::Inline::text(&rest[..=start]));
        done.push(html(APART));
        rest = &rest[start + 1..];
    }
    done.push(markdown::Inline::text(rest));
}

/// A tag alone on a line would begin a block of HTML.
fn push_tag(tag: &str, done: &mut Vec<markdown::Inline>) {
    let inner = tag.trim_matches(['{', '}']);
    match inner.split_once(':') {
        Some(("anchor", name)) => done.extend([html(&format!("<a name=\"{name}\">")), html("</a>")]),
        Some((_, color)) => done.extend([html(&format!("<font color=\"{color}\">")), html(APART)]),
        None => done.extend([html("</font>"), html(APART)]),
    }
}

/// The parameters of an image, or the title that is the only one.
fn image_title(params: &str) -> String {
    let title = params.strip_prefix("title=").filter(|title| !title.contains([',', '=']) && *title != "thumbnail");
    title.unwrap_or(params).to_owned()
}
