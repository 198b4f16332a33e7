//! The canonical form of what stands inside lines.

use super::model::{Inline, Mark, plain_text};
use super::syntax::mark_char;
use super::target;

/// Where inlines stand, which decides what line ends become.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Lines {
    /// A paragraph: line ends stay.
    Many,
    /// A heading: a line end is a space.
    One,
    /// A cell of a table: a line end is a space, a break stays.
    Cell,
    /// A link's text: every line end is a space.
    Link,
}

/// Brings inlines into canonical form: no nested or neighbouring marks of one sort, no white space at the edges of
/// lines and marks, only links and images that Textile can say.
pub(super) fn canonical(inlines: Vec<Inline>, lines: Lines) -> Vec<Inline> {
    let flat = flatten(inlines, Context { lines, marks: &[] });
    trim(merge(flat))
}

#[derive(Clone, Copy)]
struct Context<'a> {
    lines: Lines,
    marks: &'a [Mark],
}

fn flatten(inlines: Vec<Inline>, context: Context<'_>) -> Vec<Inline> {
    let mut done = Vec::new();
    for inline in inlines {
        match inline {
            Inline::Text(text) => push_text(&mut done, &text),
            Inline::Code(text) => push_code(&mut done, &text),
            Inline::Soft if context.lines != Lines::Many => push_text(&mut done, " "),
            Inline::Hard if context.lines == Lines::Link => push_text(&mut done, " "),
            Inline::Soft => done.push(Inline::Soft),
            Inline::Hard => done.push(Inline::Hard),
            Inline::Span(mark, inner) => push_span(&mut done, mark, inner, context),
            Inline::Link(url, title, inner) => push_link(&mut done, &url, &title, inner, context),
            Inline::Image(source, text, link) => push_image(&mut done, &source, &text, link),
        }
    }
    done
}

/// Line ends hide in text that came from entities; these control characters are white space to both formats.
fn push_text(done: &mut Vec<Inline>, text: &str) {
    let text = text.replace(['\n', '\r', '\u{b}', '\u{c}'], " ");
    match done.last_mut() {
        _ if text.is_empty() => {}
        Some(Inline::Text(before)) => before.push_str(&text),
        _ => done.push(Inline::Text(text)),
    }
}

/// Two pieces of code that touch are one: neither format has a mark between them.
fn push_code(done: &mut Vec<Inline>, text: &str) {
    let text = text.replace(['\n', '\r'], " ");
    match done.last_mut() {
        _ if text.is_empty() => {}
        Some(Inline::Code(before)) => before.push_str(&text),
        _ => done.push(Inline::Code(text)),
    }
}

fn push_span(done: &mut Vec<Inline>, mark: Mark, inner: Vec<Inline>, context: Context<'_>) {
    if context.marks.contains(&mark) {
        done.extend(flatten(inner, context));
        return;
    }
    let marks = [context.marks, &[mark]].concat();
    let inner = merge(flatten(inner, Context { marks: &marks, ..context }));
    let (before, inner, after) = hoist(inner);
    done.extend(before);
    if !inner.is_empty() {
        done.push(Inline::Span(mark, inner));
    }
    done.extend(after);
}

fn push_link(done: &mut Vec<Inline>, url: &str, title: &str, inner: Vec<Inline>, context: Context<'_>) {
    let shown = plain_text(&inner);
    if context.lines == Lines::Link || shown == url || url.strip_prefix("mailto:") == Some(shown.as_str()) {
        done.extend(flatten(inner, context));
        return;
    }
    let Some(target) = target::link(url).map(|target| within(&target, context.marks)) else {
        done.extend(flatten(inner, context));
        push_aside(done, &[url, title]);
        return;
    };
    let inner = trim(merge(flatten(inner, Context { lines: Lines::Link, ..context })));
    let kept = target::is_plain_title(title);
    match inner.as_slice() {
        [] => push_text(done, &target),
        [Inline::Image(source, text, _)] => {
            done.push(Inline::Image(source.clone(), text.clone(), Some(target)));
        }
        _ => done.push(Inline::Link(target, if kept { title.to_owned() } else { String::new() }, inner)),
    }
    if !kept {
        push_aside(done, &[title]);
    }
}

/// The character of a mark would end the mark from inside a target.
fn within(target: &str, marks: &[Mark]) -> String {
    let encoded = |target: String, mark: &Mark| {
        let mark = mark_char(*mark);
        target.replace(mark, &format!("%{:02X}", u32::from(mark)))
    };
    marks.iter().fold(target.to_owned(), encoded)
}

/// What has no place in a link's syntax is said in parentheses after it.
fn push_aside(done: &mut Vec<Inline>, parts: &[&str]) {
    let said: Vec<_> = parts.iter().copied().filter(|part| !part.trim().is_empty()).collect();
    if !said.is_empty() {
        push_text(done, &format!(" ({})", said.join(" ")));
    }
}

fn push_image(done: &mut Vec<Inline>, source: &str, text: &str, link: Option<String>) {
    let Some(target) = target::image(source) else {
        push_text(done, text);
        push_aside(done, &[source]);
        return;
    };
    done.push(Inline::Image(target, target::image_text(text), link.and_then(|url| target::link(&url))));
}

/// Joins neighbours that are one.
fn merge(inlines: Vec<Inline>) -> Vec<Inline> {
    let mut done: Vec<Inline> = Vec::new();
    for inline in inlines {
        match (done.last_mut(), inline) {
            (Some(Inline::Text(before)), Inline::Text(text)) => before.push_str(&text),
            (Some(Inline::Code(before)), Inline::Code(text)) => before.push_str(&text),
            (Some(Inline::Span(mark, before)), Inline::Span(other, inner)) if *mark == other => {
                before.extend(inner);
                *before = merge(std::mem::take(before));
            }
            (Some(last @ (Inline::Soft | Inline::Hard)), next @ (Inline::Soft | Inline::Hard)) => {
                if next == Inline::Hard {
                    *last = next;
                }
            }
            (_, inline) => done.push(inline),
        }
    }
    done
}

/// Splits white space and line ends off both ends of what is marked.
fn hoist(inlines: Vec<Inline>) -> (Vec<Inline>, Vec<Inline>, Vec<Inline>) {
    let mut middle = std::collections::VecDeque::from(inlines);
    let (mut before, mut after) = (Vec::new(), Vec::new());
    while let Some(first) = middle.pop_front() {
        match first {
            Inline::Soft | Inline::Hard => before.push(first),
            Inline::Text(text) if text.starts_with(BLANK) => {
                let rest = text.trim_start_matches(BLANK);
                push_text(&mut before, &text[..text.len() - rest.len()]);
                if !rest.is_empty() {
                    middle.push_front(Inline::Text(rest.to_owned()));
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
            Inline::Soft | Inline::Hard => after.insert(0, last),
            Inline::Text(text) if text.ends_with(BLANK) => {
                let rest = text.trim_end_matches(BLANK);
                after.insert(0, Inline::Text(text[rest.len()..].to_owned()));
                if !rest.is_empty() {
                    middle.push_back(Inline::Text(rest.to_owned()));
                }
            }
            other => {
                middle.push_back(other);
                break;
            }
        }
    }
    (before, middle.into(), after)
}

const BLANK: [char; 2] = [' ', '\t'];

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
                    done.push(Inline::Text(rest.to_owned()));
                }
            }
            Inline::Span(mark, inner) => done.push(Inline::Span(mark, trim(inner))),
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
