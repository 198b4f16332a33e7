//! Where code stands in a text, as far as that is beyond doubt.
//!
//! What is taken for code keeps its mentions, so this errs on the other side: only fences of exactly three characters at
//! the beginning of a line, in texts where nothing else looks like one or like HTML; and spans only in texts where each
//! one ends in its line, and nothing else could decide where they begin: no tag, no cell of a table, no escaped backtick.

use std::ops::Range;

use super::scan::Place;

/// The code of a text, in order.
pub(super) fn code(text: &str) -> Vec<(Range<usize>, Place)> {
    let lonely_return = text.match_indices('\r').any(|(at, _)| !text[at + 1..].starts_with('\n'));
    let fences = fences(text).filter(|_| !lonely_return).unwrap_or_default();
    let mut found: Vec<_> = fences.iter().cloned().map(|fence| (fence, Place::FencedCode)).collect();
    if let Some(spans) = spans_outside(text, &fences).filter(|_| !lonely_return) {
        found.extend(spans.into_iter().map(|span| (span, Place::InlineCode)));
        found.sort_by_key(|(range, _)| range.start);
    }
    found
}

/// The fenced blocks; `None` if some line may be a fence that is none, or none that is one.
fn fences(text: &str) -> Option<Vec<Range<usize>>> {
    let mut found = Vec::new();
    let mut open: Option<(usize, &str)> = None;
    let mut at = 0;
    for line in text.split_inclusive('\n') {
        let end = at + line.len();
        let fence = ["```", "~~~"].into_iter().find(|fence| line.contains(fence));
        match (open, fence) {
            (None, None) if line.trim_start().starts_with('<') => return None,
            (None, Some(fence)) => {
                let info = line.strip_prefix(fence)?;
                if info.contains(['`', '~', '<']) {
                    return None;
                }
                open = Some((at, fence));
            }
            (Some((start, opened)), Some(fence)) => {
                if fence != opened || line.trim_end() != fence {
                    return None;
                }
                found.push(start..end);
                open = None;
            }
            _ => {}
        }
        at = end;
    }
    open.is_none().then_some(found)
}

/// The code spans outside of some ranges of lines; `None` if it is not certain what is one.
fn spans_outside(text: &str, fences: &[Range<usize>]) -> Option<Vec<Range<usize>>> {
    let mut found = Vec::new();
    let mut at = 0;
    for line in text.split_inclusive('\n') {
        if !fences.iter().any(|fence| fence.contains(&at)) {
            spans_of_line(line, at, &mut found)?;
        }
        at += line.len();
    }
    Some(found)
}

fn spans_of_line(line: &str, offset: usize, found: &mut Vec<Range<usize>>) -> Option<()> {
    let mut at = 0;
    while let Some(start) = line[at..].find('`').map(|found| at + found) {
        let inside = start + row(&line[start..]);
        let ticks = inside - start;
        let close = inside + closing(&line[inside..], ticks)?;
        if is_doubtful(&line[at..start]) || line[inside..close].contains('|') {
            return None;
        }
        at = close + ticks;
        found.push(offset + start..offset + at);
    }
    (!is_doubtful(&line[at..])).then_some(())
}

/// Whether plain text has a tag or an address in angle brackets, which may have backticks in it, or ends in a backslash.
fn is_doubtful(plain: &str) -> bool {
    let opens =
        |(at, _): (usize, &str)| plain[at + 1..].starts_with(|c: char| c.is_ascii_alphabetic() || "/!?".contains(c));
    plain.ends_with('\\') || plain.match_indices('<').any(opens)
}

/// How many backticks a text begins with.
fn row(text: &str) -> usize {
    text.len() - text.trim_start_matches('`').len()
}

/// Where a row of exactly so many backticks begins.
fn closing(text: &str, ticks: usize) -> Option<usize> {
    let mut at = 0;
    loop {
        let start = at + text[at..].find('`')?;
        let length = row(&text[start..]);
        if length == ticks {
            return Some(start);
        }
        at = start + length;
    }
}
