//! Brings inlines into the form that reading gives.

use std::collections::VecDeque;

use crate::html;
use crate::model::{Inline, Mark, Target};
use crate::target;

/// Where inlines stand, which decides what line ends become.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lines {
    /// A paragraph: line ends stay.
    Many,
    /// A heading: a line end that means nothing is a space.
    One,
    /// A cell of a table: as in a heading.
    Cell,
}

/// Brings inlines into the form that reading gives.
#[must_use]
pub fn tidy_inlines(inlines: Vec<Inline>, lines: Lines) -> Vec<Inline> {
    let done = trim(merge(flatten(inlines, Context { lines, marks: &[], linked: false })));
    if lines == Lines::Many { settle_html(done, true) } else { done }
}

#[derive(Clone, Copy)]
struct Context<'a> {
    lines: Lines,
    marks: &'a [Mark],
    linked: bool,
}

fn flatten(inlines: Vec<Inline>, context: Context<'_>) -> Vec<Inline> {
    let mut done = Vec::new();
    for inline in inlines {
        match inline {
            Inline::Text(text) => push_text(&mut done, text),
            Inline::Code(text) => push_code(&mut done, &text),
            Inline::Html(html) => push_html(&mut done, &html, context),
            Inline::Soft if context.lines != Lines::Many => push_text(&mut done, " ".to_owned()),
            Inline::Soft => done.push(Inline::Soft),
            Inline::Hard => done.push(Inline::Hard),
            Inline::Span(mark, inner) => push_span(&mut done, mark, inner, context),
            Inline::Link(target, inner) => push_link(&mut done, &target, inner, context),
            Inline::Image(target, text) => {
                let text: Vec<_> = text.split_whitespace().collect();
                done.push(Inline::Image(target::tidy(&target), text.join(" ").replace('\0', "\u{fffd}")));
            }
        }
    }
    done
}

/// Line ends hide in text that came from entities; these control characters are white space to Markdown.
fn push_text(done: &mut Vec<Inline>, text: String) {
    let text = if has_controls(&text) {
        text.replace(['\n', '\r', '\u{b}', '\u{c}'], " ").replace('\0', "\u{fffd}")
    } else {
        text
    };
    match done.last_mut() {
        _ if text.is_empty() => {}
        Some(Inline::Text(before)) => before.push_str(&text),
        _ => done.push(Inline::Text(text)),
    }
}

/// Looks at every byte, which the processor does many at a time: texts are long, and hardly any has one.
fn has_controls(text: &str) -> bool {
    text.bytes().fold(false, |found, byte| found | (byte < b' '))
}

/// Two pieces of code that touch are one: Markdown has no mark between them.
fn push_code(done: &mut Vec<Inline>, text: &str) {
    let text = text.replace(['\n', '\r'], " ").replace('\0', "\u{fffd}");
    match done.last_mut() {
        _ if text.is_empty() => {}
        Some(Inline::Code(before)) => before.push_str(&text),
        _ => done.push(Inline::Code(text)),
    }
}

/// A bar ends the cell, inside a tag as well, and nothing there can be escaped.
fn push_html(done: &mut Vec<Inline>, html: &str, context: Context<'_>) {
    let html = html.replace(['\n', '\r'], " ").replace('\0', "\u{fffd}");
    if context.lines == Lines::Cell && html.contains('|') {
        push_text(done, html);
    } else if !html.is_empty() {
        done.push(Inline::Html(html));
    }
}

fn push_span(done: &mut Vec<Inline>, mark: Mark, inner: Vec<Inline>, context: Context<'_>) {
    if context.marks.contains(&mark) {
        done.extend(flatten(inner, context));
        return;
    }
    let marks = [context.marks, &[mark]].concat();
    let (before, inner, after) = hoist(merge(flatten(inner, Context { marks: &marks, ..context })));
    done.extend(before);
    if !inner.is_empty() {
        done.push(Inline::Span(mark, inner));
    }
    done.extend(after);
}

fn push_link(done: &mut Vec<Inline>, target: &Target, inner: Vec<Inline>, context: Context<'_>) {
    if context.linked {
        done.extend(flatten(inner, context));
        return;
    }
    let (before, inner, after) = hoist(merge(flatten(inner, Context { linked: true, ..context })));
    done.extend(before);
    done.push(Inline::Link(target::tidy(target), inner));
    done.extend(after);
}

/// Joins neighbours that are one.
fn merge(inlines: Vec<Inline>) -> Vec<Inline> {
    let mut done = Vec::with_capacity(inlines.len());
    inlines.into_iter().for_each(|inline| join(&mut done, inline));
    done
}

fn join(done: &mut Vec<Inline>, inline: Inline) {
    match (done.last_mut(), inline) {
        (Some(Inline::Text(before)), Inline::Text(text)) => before.push_str(&text),
        (Some(Inline::Code(before)), Inline::Code(text)) => before.push_str(&text),
        (Some(Inline::Span(mark, before)), Inline::Span(other, inner)) if *mark == other => {
            inner.into_iter().for_each(|inline| join(before, inline));
        }
        (Some(last @ (Inline::Soft | Inline::Hard)), next @ (Inline::Soft | Inline::Hard)) => {
            if next == Inline::Hard {
                *last = next;
            }
        }
        (_, inline) => done.push(inline),
    }
}

const BLANK: [char; 2] = [' ', '\t'];

/// Splits white space and line ends off both ends of what is marked.
fn hoist(inlines: Vec<Inline>) -> (Vec<Inline>, Vec<Inline>, Vec<Inline>) {
    let mut middle = VecDeque::from(inlines);
    let (mut before, mut after) = (Vec::new(), VecDeque::new());
    while let Some(first) = middle.pop_front() {
        match first {
            Inline::Soft | Inline::Hard => before.push(first),
            Inline::Text(text) if text.starts_with(BLANK) => {
                let rest = text.trim_start_matches(BLANK);
                push_text(&mut before, text[..text.len() - rest.len()].to_owned());
                if !rest.is_empty() {
                    middle.push_front(Inline::text(rest));
                }
            }
            other => {
                middle.push_front(other);
                break;
            }
        }
    }
    while let Some(last) = middle.pop_back() {
        match last {
            Inline::Soft | Inline::Hard => after.push_front(last),
            Inline::Text(text) if text.ends_with(BLANK) => {
                let rest = text.trim_end_matches(BLANK);
                after.push_front(Inline::text(&text[rest.len()..]));
                if !rest.is_empty() {
                    middle.push_back(Inline::text(rest));
                }
            }
            other => {
                middle.push_back(other);
                break;
            }
        }
    }
    (before, middle.into(), after.into())
}

/// Takes white space away from the ends of lines, and line ends away from the ends of the whole.
fn trim(inlines: Vec<Inline>) -> Vec<Inline> {
    let (_, inlines, _) = hoist(inlines);
    let mut done: Vec<Inline> = Vec::new();
    for inline in inlines {
        match inline {
            Inline::Soft | Inline::Hard => {
                trim_last(&mut done);
                done.push(inline);
            }
            Inline::Text(text) if ends_line(&done) => {
                let rest = text.trim_start_matches(BLANK);
                if !rest.is_empty() {
                    done.push(Inline::text(rest));
                }
            }
            Inline::Span(mark, inner) => done.push(Inline::Span(mark, trim(inner))),
            Inline::Link(target, inner) => done.push(Inline::Link(target, trim(inner))),
            other => done.push(other),
        }
    }
    merge(done)
}

fn ends_line(done: &[Inline]) -> bool {
    matches!(done.last(), Some(Inline::Soft | Inline::Hard))
}

fn trim_last(done: &mut Vec<Inline>) {
    if let Some(Inline::Text(text)) = done.last_mut() {
        text.truncate(text.trim_end_matches(BLANK).len());
        if text.is_empty() {
            done.pop();
        }
    }
}

/// A tag at the start of a line that would make the line a block of HTML is text.
fn settle_html(inlines: Vec<Inline>, whole: bool) -> Vec<Inline> {
    let mut done = Vec::with_capacity(inlines.len());
    let mut starts = whole;
    let mut rest = inlines.into_iter().peekable();
    while let Some(inline) = rest.next() {
        let alone = whole && done.is_empty() && matches!(rest.peek(), None | Some(Inline::Soft | Inline::Hard));
        let settled = match inline {
            Inline::Html(html) if starts && (alone || html::opens_block(&html)) => Inline::Text(html),
            Inline::Span(mark, inner) => Inline::Span(mark, settle_html(inner, false)),
            Inline::Link(target, inner) => Inline::Link(target, settle_html(inner, false)),
            other => other,
        };
        starts = matches!(settled, Inline::Soft | Inline::Hard);
        join(&mut done, settled);
    }
    done
}
