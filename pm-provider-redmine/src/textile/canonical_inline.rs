//! The canonical form of what stands inside lines.

use pm_markdown::{Inline, Lines, Mark, Target, plain_text, tidy_inlines};

use super::syntax::mark_char;
use super::target;

/// Brings inlines into canonical form: tidy, with only such links and images as Textile can say, without HTML.
pub(super) fn canonical(inlines: Vec<Inline>, lines: Lines) -> Vec<Inline> {
    tidy_inlines(flatten(inlines, Context { marks: &[], linked: false }), lines)
}

#[derive(Clone, Copy)]
struct Context<'a> {
    marks: &'a [Mark],
    linked: bool,
}

fn flatten(inlines: Vec<Inline>, context: Context<'_>) -> Vec<Inline> {
    let mut done = Vec::new();
    for inline in inlines {
        match inline {
            Inline::Html(text) => done.push(Inline::Text(text)),
            Inline::Soft | Inline::Hard if context.linked => done.push(Inline::text(" ")),
            Inline::Span(mark, inner) => {
                let marks = [context.marks, &[mark]].concat();
                done.push(Inline::Span(mark, flatten(inner, Context { marks: &marks, ..context })));
            }
            Inline::Link(link, inner) => push_link(&mut done, &link, inner, context),
            Inline::Image(image, text) => push_image(&mut done, &image, &text),
            Inline::Text(_) | Inline::Code(_) | Inline::Soft | Inline::Hard => done.push(inline),
        }
    }
    done
}

fn push_link(done: &mut Vec<Inline>, link: &Target, inner: Vec<Inline>, context: Context<'_>) {
    let shown = plain_text(&inner);
    if context.linked || shown == link.url || link.url.strip_prefix("mailto:") == Some(shown.as_str()) {
        done.extend(flatten(inner, context));
        return;
    }
    let Some(url) = target::link(&link.url).map(|url| within(&url, context.marks)) else {
        done.extend(flatten(inner, context));
        push_aside(done, &[&link.url, &link.title]);
        return;
    };
    let inner = tidy_inlines(flatten(inner, Context { linked: true, ..context }), Lines::One);
    let kept = target::is_plain_title(&link.title);
    match inner.as_slice() {
        [] => done.push(Inline::Text(url)),
        _ if is_image(&inner) => done.push(Inline::Link(Target::new(url), inner)),
        _ => done.push(Inline::Link(Target::new(url).titled(if kept { link.title.as_str() } else { "" }), inner)),
    }
    if !kept {
        push_aside(done, &[&link.title]);
    }
}

/// Tells whether there is nothing but an image, with marks or without: marks go away where the same stand further out.
fn is_image(inner: &[Inline]) -> bool {
    match inner {
        [Inline::Image(..)] => true,
        [Inline::Span(_, inner)] => is_image(inner),
        _ => false,
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
        done.push(Inline::Text(format!(" ({})", said.join(" "))));
    }
}

/// Textile's images have no title; it stands in for a text that is missing.
fn push_image(done: &mut Vec<Inline>, image: &Target, text: &str) {
    let text = if text.is_empty() { &image.title } else { text };
    match target::image(&image.url) {
        Some(url) => done.push(Inline::Image(Target::new(url), target::image_text(text))),
        None => {
            done.push(Inline::text(text));
            push_aside(done, &[&image.url]);
        }
    }
}
