//! The canonical form of what stands inside lines.

use super::model::{Inline, Mark, plain_text};
use super::syntax::BLANK;
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

/// Brings inlines into canonical form: no nested or neighbouring marks of one sort, no mark longer than a line, no
/// white space at the edges of lines and marks, only links and images that wiki markup can say.
pub(super) fn canonical(inlines: Vec<Inline>, lines: Lines) -> Vec<Inline> {
    let flat = flatten(pair_colors(inlines), Context { lines, marks: &[], colored: false });
    trim(merge(drop_ended(flat)))
}

/// The tags of a colour that stand in one text are one coloured text.
fn pair_colors(inlines: Vec<Inline>) -> Vec<Inline> {
    let mut done: Vec<Inline> = Vec::new();
    let mut opened: Option<usize> = None;
    for inline in inlines {
        match (&inline, opened) {
            (Inline::Tag(tag), None) if color(tag).is_some() => opened = Some(done.len()),
            (Inline::Tag(tag), Some(at)) if tag == "{color}" => {
                let inner = done.split_off(at + 1);
                if let Some(Inline::Tag(tag)) = done.pop() {
                    done.push(Inline::Colored(color(&tag).unwrap_or_default().to_owned(), inner));
                }
                opened = None;
                continue;
            }
            _ => {}
        }
        done.push(inline);
    }
    done
}

/// The colour that a tag begins.
fn color(tag: &str) -> Option<&str> {
    tag.strip_prefix("{color:")?.strip_suffix('}')
}

/// A colour that goes on beyond its text would be ended by the end of another.
fn drop_ended(mut inlines: Vec<Inline>) -> Vec<Inline> {
    let ends = inlines.iter().rposition(has_color_end).unwrap_or_default();
    let mut at = 0;
    inlines.retain(|inline| {
        at += 1;
        at > ends || !matches!(inline, Inline::Tag(tag) if color(tag).is_some())
    });
    inlines
}

fn has_color_end(inline: &Inline) -> bool {
    match inline {
        Inline::Colored(..) => true,
        Inline::Tag(tag) => tag == "{color}",
        Inline::Span(_, inner) | Inline::Link(_, _, inner) => inner.iter().any(has_color_end),
        _ => false,
    }
}

#[derive(Clone, Copy)]
struct Context<'a> {
    lines: Lines,
    marks: &'a [Mark],
    colored: bool,
}

impl Context<'_> {
    fn is_inner(self) -> bool {
        self.colored || !self.marks.is_empty() || self.lines == Lines::Link
    }
}

fn flatten(inlines: Vec<Inline>, context: Context<'_>) -> Vec<Inline> {
    let mut done = Vec::new();
    for inline in inlines {
        match inline {
            Inline::Text(text) => push_text(&mut done, &text),
            Inline::Code(text) => push_code(&mut done, &text),
            Inline::Soft if context.lines != Lines::Many => push_text(&mut done, " "),
            Inline::Hard if matches!(context.lines, Lines::Link | Lines::One) => push_text(&mut done, " "),
            Inline::Soft => done.push(Inline::Soft),
            Inline::Hard => done.push(Inline::Hard),
            Inline::Span(mark, inner) => push_span(&mut done, mark, inner, context),
            Inline::Colored(color, inner) => push_colored(&mut done, &color, inner, context),
            Inline::Link(url, title, inner) => push_link(&mut done, &url, &title, inner, context),
            Inline::Image(source, text, params) => push_image(&mut done, &source, &text, &params),
            Inline::Mention(name) if context.lines == Lines::Link => push_text(&mut done, &format!("@{name}")),
            // Half a colour stands on its own only.
            Inline::Tag(tag) if tag.starts_with("{color") && context.is_inner() => {}
            Inline::Mention(_) | Inline::Tag(_) => done.push(inline),
        }
    }
    done
}

/// Line ends hide in text that came from entities; these control characters are white space to both formats.
fn push_text(done: &mut Vec<Inline>, text: &str) {
    let text = text.replace(['\n', '\r', '\u{b}', '\u{c}', '\u{85}', '\u{2028}', '\u{2029}'], " ");
    match done.last_mut() {
        _ if text.is_empty() => {}
        Some(Inline::Text(before)) => before.push_str(&text),
        _ => done.push(Inline::Text(text)),
    }
}

/// Two pieces of code that touch are one: neither format has a mark between them.
fn push_code(done: &mut Vec<Inline>, text: &str) {
    let text = text.replace(['\n', '\r', '\u{b}', '\u{c}', '\u{85}', '\u{2028}', '\u{2029}'], " ");
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
    push_lines(done, inner, |line| Inline::Span(mark, line));
}

/// A colour in a colour would end it.
fn push_colored(done: &mut Vec<Inline>, color: &str, inner: Vec<Inline>, context: Context<'_>) {
    let color: String = color.trim().chars().filter(|c| c.is_ascii_alphanumeric() || "#(),.% ".contains(*c)).collect();
    let inner = merge(flatten(inner, Context { colored: true, ..context }));
    if context.colored || color.is_empty() {
        done.extend(inner);
    } else {
        push_lines(done, inner, |line| Inline::Colored(color.clone(), line));
    }
}

/// Marks each line on its own, without the white space at its edges.
fn push_lines(done: &mut Vec<Inline>, inlines: Vec<Inline>, mark: impl Fn(Vec<Inline>) -> Inline) {
    let mut line = Vec::new();
    for inline in inlines {
        if matches!(inline, Inline::Soft | Inline::Hard) {
            push_line(done, std::mem::take(&mut line), &mark);
            done.push(inline);
        } else {
            line.push(inline);
        }
    }
    push_line(done, line, &mark);
}

fn push_line(done: &mut Vec<Inline>, line: Vec<Inline>, mark: impl Fn(Vec<Inline>) -> Inline) {
    let (before, line, after) = hoist(line);
    done.extend(before);
    if !line.is_empty() {
        done.push(mark(line));
    }
    done.extend(after);
}

fn push_link(done: &mut Vec<Inline>, url: &str, title: &str, inner: Vec<Inline>, context: Context<'_>) {
    if context.lines == Lines::Link || plain_text(&inner) == url {
        done.extend(flatten(inner, context));
        return;
    }
    let Some(target) = target::link(url) else {
        done.extend(flatten(inner, context));
        push_aside(done, &[url, title]);
        return;
    };
    let mut inner = trim(merge(flatten(inner, Context { lines: Lines::Link, ..context })));
    if !matches!(inner.as_slice(), [Inline::Image(..)]) {
        inner = trim(merge(inner.into_iter().map(without_images).collect()));
    }
    if inner.is_empty() {
        push_text(done, &target);
    } else {
        done.push(Inline::Link(target, target::plain(title), inner));
    }
}

/// An image beside text in a link is the text that stands for it.
fn without_images(inline: Inline) -> Inline {
    match inline {
        Inline::Image(source, alt, _) => Inline::Text(if alt.is_empty() { source } else { alt }),
        Inline::Span(mark, inner) => Inline::Span(mark, merge(inner.into_iter().map(without_images).collect())),
        Inline::Colored(color, inner) => Inline::Colored(color, merge(inner.into_iter().map(without_images).collect())),
        other => other,
    }
}

/// What has no place in a link's syntax is said in parentheses after it.
fn push_aside(done: &mut Vec<Inline>, parts: &[&str]) {
    let said: Vec<_> = parts.iter().copied().filter(|part| !part.trim().is_empty()).collect();
    if !said.is_empty() {
        push_text(done, &format!(" ({})", said.join(" ")));
    }
}

fn push_image(done: &mut Vec<Inline>, source: &str, text: &str, params: &str) {
    match target::image(source) {
        Some(source) => done.push(Inline::Image(source, target::plain(text), target::params(params))),
        None => {
            push_text(done, text);
            push_aside(done, &[source]);
        }
    }
}

/// Joins neighbours that are one.
fn merge(inlines: Vec<Inline>) -> Vec<Inline> {
    let mut done: Vec<Inline> = Vec::new();
    for inline in inlines {
        match (done.last_mut(), inline) {
            (Some(Inline::Text(before)), Inline::Text(text)) => before.push_str(&text),
            (Some(Inline::Code(before)), Inline::Code(text)) => before.push_str(&text),
            (Some(Inline::Span(mark, before)), Inline::Span(other, inner)) if *mark == other => join(before, inner),
            (Some(Inline::Colored(color, before)), Inline::Colored(other, inner)) if *color == other => {
                join(before, inner);
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

fn join(before: &mut Vec<Inline>, inner: Vec<Inline>) {
    before.extend(inner);
    *before = merge(std::mem::take(before));
}

/// Splits white space and line ends off both ends.
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
            Inline::Text(text) if matches!(done.last(), Some(Inline::Soft | Inline::Hard)) => {
                let rest = text.trim_start_matches(BLANK);
                if !rest.is_empty() {
                    done.push(Inline::Text(rest.to_owned()));
                }
            }
            other => done.push(other),
        }
    }
    merge(done)
}

fn trim_last(done: &mut Vec<Inline>) {
    if let Some(Inline::Text(text)) = done.last_mut() {
        text.truncate(text.trim_end_matches(BLANK).len());
        if text.is_empty() {
            done.pop();
        }
    }
}
