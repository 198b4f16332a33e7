//! The targets of links and images.

use crate::model::Target;
use crate::source::{entity_length, push_escaped};

/// Brings a target into the form that Markdown can say.
pub(crate) fn tidy(target: &Target) -> Target {
    let title: String = target.title.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    Target { url: encoded(target.url.trim()), title: title.split_whitespace().collect::<Vec<_>>().join(" ") }
}

/// Percent-encodes what would end an address.
fn encoded(url: &str) -> String {
    let mut done = String::with_capacity(url.len());
    for c in url.chars() {
        if c.is_whitespace() || c.is_control() || "<>`".contains(c) {
            let mut bytes = [0; 4];
            c.encode_utf8(&mut bytes).bytes().for_each(|byte| done.push_str(&format!("%{byte:02X}")));
        } else {
            done.push(c);
        }
    }
    done
}

/// Writes a tidy target with the parentheses around it.
pub(crate) fn push(target: &Target, in_cell: bool, out: &mut String) {
    let start = out.len();
    out.push('(');
    if target.url.is_empty() && !target.title.is_empty() {
        out.push_str("<>");
    }
    push_url(&target.url, out);
    if !target.title.is_empty() {
        out.push_str(" \"");
        push_escaped(&target.title, &['"', '`'], out);
        out.push('"');
    }
    out.push(')');
    if in_cell && out[start..].contains('|') {
        let piped = out.split_off(start).replace('|', "\\|");
        out.push_str(&piped);
    }
}

fn push_url(url: &str, out: &mut String) {
    let balanced = is_balanced(url);
    for (at, c) in url.char_indices() {
        match c {
            '&' if entity_length(&url[at..]).is_some() => out.push_str("&amp;"),
            '\\' => out.push_str("\\\\"),
            '(' | ')' if !balanced => out.extend(['\\', c]),
            _ => out.push(c),
        }
    }
}

/// Tells whether each parenthesis has its other, and none stands too deep for Markdown.
fn is_balanced(url: &str) -> bool {
    let mut depth = 0_usize;
    for c in url.chars() {
        match c {
            '(' if depth < DEEPEST => depth += 1,
            ')' if depth > 0 => depth -= 1,
            '(' | ')' => return false,
            _ => {}
        }
    }
    depth == 0
}

const DEEPEST: usize = 8;
