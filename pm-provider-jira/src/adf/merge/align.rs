//! Finds which nodes stayed, and which new one stands for which old one.

use std::collections::HashMap;

use serde_json::Value;

use crate::adf::read::{content, kind};
use crate::adf::read_inline::said;

/// More pairs than this are not compared one by one.
const MOST_PAIRS: usize = 1_000_000;

/// The old nodes that stay, in order, each with the first of the new nodes that are the same.
///
/// `shown` has for each old node what Markdown makes of it, which may be several nodes or none.
pub(super) fn kept(shown: &[Vec<Value>], new: &[Value]) -> Vec<(usize, usize)> {
    let mut names = HashMap::new();
    let atoms: Vec<usize> = shown.iter().flatten().map(|node| name(node, &mut names)).collect();
    let wanted: Vec<usize> = new.iter().map(|node| name(node, &mut names)).collect();
    let matched = common(&atoms, &wanted);
    let mut kept = Vec::new();
    let mut first = 0;
    for (index, nodes) in shown.iter().enumerate() {
        let range = first..first + nodes.len();
        first = range.end;
        let Some(start) = matched.get(range.start).copied().flatten().filter(|_| !nodes.is_empty()) else { continue };
        if range.enumerate().all(|(at, atom)| matched[atom] == Some(start + at)) {
            kept.push((index, start));
        }
    }
    kept
}

fn name(node: &Value, names: &mut HashMap<String, usize>) -> usize {
    let next = names.len();
    *names.entry(node.to_string()).or_insert(next)
}

/// For each of the old, the place of the new one that is the same: the longest such row.
fn common(old: &[usize], new: &[usize]) -> Vec<Option<usize>> {
    let start = old.iter().zip(new).take_while(|(old, new)| old == new).count();
    let most = old.len().min(new.len()) - start;
    let end = old.iter().rev().zip(new.iter().rev()).take(most).take_while(|(old, new)| old == new).count();
    let (old_end, new_end) = (old.len() - end, new.len() - end);
    let mut matched: Vec<Option<usize>> = (0..start).map(Some).collect();
    let middle = (&old[start..old_end], &new[start..new_end]);
    let found = if middle.0.len() * middle.1.len() <= MOST_PAIRS {
        longest(middle.0, middle.1)
    } else {
        forward(middle.0, middle.1)
    };
    matched.extend(found.into_iter().map(|place| place.map(|place| place + start)));
    matched.extend((0..end).map(|at| Some(new_end + at)));
    matched
}

fn longest(old: &[usize], new: &[usize]) -> Vec<Option<usize>> {
    let width = new.len() + 1;
    let mut lengths = vec![0_u32; (old.len() + 1) * width];
    for at in (0..old.len()).rev() {
        for place in (0..new.len()).rev() {
            lengths[at * width + place] = if old[at] == new[place] {
                lengths[(at + 1) * width + place + 1] + 1
            } else {
                lengths[(at + 1) * width + place].max(lengths[at * width + place + 1])
            };
        }
    }
    let mut matched = vec![None; old.len()];
    let (mut at, mut place) = (0, 0);
    while at < old.len() && place < new.len() {
        if old[at] == new[place] {
            matched[at] = Some(place);
            (at, place) = (at + 1, place + 1);
        } else if lengths[(at + 1) * width + place] >= lengths[at * width + place + 1] {
            at += 1;
        } else {
            place += 1;
        }
    }
    matched
}

/// A quick match for long documents: each old node with the next new one that is the same.
fn forward(old: &[usize], new: &[usize]) -> Vec<Option<usize>> {
    let mut places: HashMap<usize, Vec<usize>> = HashMap::new();
    for (place, node) in new.iter().enumerate().rev() {
        places.entry(*node).or_default().push(place);
    }
    let mut next = 0;
    let find = |node: &usize| {
        let places = places.get_mut(node)?;
        while places.last().is_some_and(|place| *place < next) {
            places.pop();
        }
        let place = places.pop()?;
        next = place + 1;
        Some(place)
    };
    old.iter().map(find).collect()
}

/// For each new node, the old one that it stands for: of the same sort, in the same order, and as like as can be.
pub(super) fn partners(old: &[Value], new: &[Value]) -> Vec<Option<usize>> {
    if old.is_empty() || old.len() * new.len() > MOST_PAIRS / 100 {
        return forward_partners(old, new);
    }
    let words: Vec<_> = old.iter().map(words_of).collect();
    let width = old.len() + 1;
    let mut scores = vec![0.0_f64; (new.len() + 1) * width];
    let mut likeness = vec![0.0_f64; new.len() * width];
    for place in (0..new.len()).rev() {
        let wanted = words_of(&new[place]);
        for at in (0..old.len()).rev() {
            let like = if is_same_sort(&old[at], &new[place]) { alike(&words[at], &wanted) } else { 0.0 };
            likeness[place * width + at] = like;
            let with = if like > 0.0 { scores[(place + 1) * width + at + 1] + like } else { 0.0 };
            scores[place * width + at] = with.max(scores[(place + 1) * width + at]).max(scores[place * width + at + 1]);
        }
    }
    let mut partners = vec![None; new.len()];
    let (mut place, mut at) = (0, 0);
    while place < new.len() && at < old.len() {
        let (like, score) = (likeness[place * width + at], scores[place * width + at]);
        if like > 0.0 && score <= scores[(place + 1) * width + at + 1] + like {
            partners[place] = Some(at);
            (place, at) = (place + 1, at + 1);
        } else if score <= scores[place * width + at + 1] {
            at += 1;
        } else {
            place += 1;
        }
    }
    partners
}

fn forward_partners(old: &[Value], new: &[Value]) -> Vec<Option<usize>> {
    let mut next = 0;
    let find = |node: &Value| {
        let found = old.get(next).filter(|old| is_same_sort(old, node)).map(|_| next);
        next += usize::from(found.is_some());
        found
    };
    new.iter().map(find).collect()
}

fn is_same_sort(old: &Value, new: &Value) -> bool {
    let is_text = |node: &Value| matches!(kind(node), "paragraph" | "heading");
    let is_empty = kind(new) == "paragraph" && content(new).is_empty();
    !is_empty && (kind(old) == kind(new) || (is_text(old) && is_text(new)))
}

fn words_of(node: &Value) -> HashMap<String, usize> {
    let mut text = String::new();
    push_text(node, &mut text);
    let mut words = HashMap::new();
    for word in text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()) {
        *words.entry(word.to_owned()).or_default() += 1;
    }
    words
}

fn push_text(node: &Value, text: &mut String) {
    match said(node) {
        Some(said) => text.push_str(&said),
        None => text.push_str(node["text"].as_str().unwrap_or_default()),
    }
    if kind(node) != "text" {
        text.push(' ');
    }
    content(node).iter().for_each(|inner| push_text(inner, text));
}

/// How alike two nodes of one sort are: more than nothing, at most a bit more than one.
fn alike(old: &HashMap<String, usize>, new: &HashMap<String, usize>) -> f64 {
    let shared: usize = old.iter().map(|(word, count)| new.get(word).map_or(0, |other| *other.min(count))).sum();
    let all: usize = old.values().chain(new.values()).sum();
    let share = if all == 0 { 0.0 } else { 2.0 * to_float(shared) / to_float(all) };
    share + 0.01
}

fn to_float(count: usize) -> f64 {
    u32::try_from(count).map_or(f64::MAX, f64::from)
}
