//! Two changes of one text, line by line.

use std::ops::Range;

use similar::{Algorithm, DiffOp, capture_diff_slices};

/// Texts with more lines are not merged: comparing them could take seconds.
const MOST_LINES: usize = 10_000;

/// Lines of the base that were replaced by others; an empty range is where lines were put in.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Hunk<'a> {
    start: usize,
    end: usize,
    lines: Vec<&'a str>,
}

/// Makes both changes of a text; `None` where they touch the same lines, but are not the same.
pub(super) fn merge_lines(base: &str, ours: &str, theirs: &str) -> Option<String> {
    let [base, ours, theirs] = lines_of([base, ours, theirs])?;
    let mut hunks = changes(&base, &ours);
    hunks.extend(changes(&base, &theirs));
    hunks.sort();
    hunks.dedup();
    let clear = hunks.windows(2).all(|pair| are_apart(&pair[0], &pair[1]));
    clear.then(|| rewrite(&base, &hunks))
}

/// Makes a change of a coarse text in the finer one that it was made of: a line that was changed is taken as it is now,
/// all others stay as fine as they are. `None` for texts that are too long.
pub(super) fn follow(coarse: &str, fine: &str, changed: &str) -> Option<String> {
    let [coarse, fine, changed] = lines_of([coarse, fine, changed])?;
    let theirs = changes(&coarse, &changed);
    let mut hunks = changes(&coarse, &fine);
    hunks.retain(|ours| theirs.iter().all(|their| are_apart(ours, their) || are_apart(their, ours)));
    hunks.extend(theirs);
    hunks.sort();
    Some(rewrite(&coarse, &hunks))
}

fn lines_of(texts: [&str; 3]) -> Option<[Vec<&str>; 3]> {
    let lines = texts.map(|text| text.split('\n').collect::<Vec<_>>());
    lines.iter().all(|lines| lines.len() <= MOST_LINES).then_some(lines)
}

/// What was changed, as small as it can be said: lines that were replaced one by one are hunks of their own.
fn changes<'a>(base: &[&'a str], now: &[&'a str]) -> Vec<Hunk<'a>> {
    let mut hunks = Vec::new();
    for operation in capture_diff_slices(Algorithm::Myers, base, now) {
        let (old, new) = (operation.old_range(), operation.new_range());
        match operation {
            DiffOp::Equal { .. } => {}
            _ if old.len() == new.len() => {
                hunks.extend(old.zip(new).map(|(line, at)| hunk(line..line + 1, &now[at..=at])));
            }
            _ => hunks.push(hunk(old, &now[new])),
        }
    }
    hunks
}

fn hunk<'a>(replaced: Range<usize>, lines: &[&'a str]) -> Hunk<'a> {
    Hunk { start: replaced.start, end: replaced.end, lines: lines.to_vec() }
}

/// Whether two hunks in order have no line in common and leave no doubt which comes first.
fn are_apart(first: &Hunk<'_>, second: &Hunk<'_>) -> bool {
    let same_place = first.start == second.start && first.end == second.end;
    first.end <= second.start && !same_place
}

fn rewrite(base: &[&str], hunks: &[Hunk<'_>]) -> String {
    let mut lines: Vec<&str> = Vec::new();
    let mut read = 0;
    for hunk in hunks {
        lines.extend(&base[read..hunk.start]);
        lines.extend(&hunk.lines);
        read = hunk.end;
    }
    lines.extend(&base[read..]);
    lines.join("\n")
}

#[cfg(test)]
mod tests {
    use super::{follow, merge_lines};

    fn merged(base: &str, ours: &str, theirs: &str) -> Option<String> {
        let merged = merge_lines(base, ours, theirs);
        assert_eq!(merged, merge_lines(base, theirs, ours), "it does not matter who is who");
        merged
    }

    #[test]
    fn changes_of_different_lines_are_both_made() {
        assert_eq!(merged("a\nb\nc", "A\nb\nc", "a\nb\nC").as_deref(), Some("A\nb\nC"));
        assert_eq!(merged("a\nb", "A\nb", "a\nB").as_deref(), Some("A\nB"), "neighbours are different lines");
        assert_eq!(merged("a\nb\nc", "b\nc", "a\nb\nc\nd").as_deref(), Some("b\nc\nd"));
        assert_eq!(merged("a\n", "a\nb\n", "z\na\n").as_deref(), Some("z\na\nb\n"), "the last line's end stays");
    }

    #[test]
    fn the_same_change_is_made_once() {
        assert_eq!(merged("a\nb\nc", "a\nX\nc", "a\nX\nc\nd").as_deref(), Some("a\nX\nc\nd"));
        assert_eq!(merged("a", "a\nb", "a\nb").as_deref(), Some("a\nb"));
    }

    #[test]
    fn different_changes_of_one_place_are_not_merged() {
        assert_eq!(merged("a\nb\nc", "a\nX\nc", "a\nY\nc"), None);
        assert_eq!(merged("a", "a\nb", "a\nc"), None, "nobody knows which comes first");
        assert_eq!(merged("a\nb\nc", "c", "a\nB\nc"), None, "one deleted what the other one changed");
    }

    #[test]
    fn a_change_of_a_coarse_text_leaves_the_rest_as_fine_as_it_is() {
        assert_eq!(follow("a\nb\nc", "a \nb \nc ", "a\nB\nc").as_deref(), Some("a \nB\nc "));
        assert_eq!(follow("a\nb\nc", "a \nb \nc ", "a\nc\nd").as_deref(), Some("a \nc \nd"));
        assert_eq!(follow("a", "a\n", "A").as_deref(), Some("A\n"));
        assert_eq!(follow("a\nb", "a\nb", "b").as_deref(), Some("b"));
    }

    #[test]
    fn huge_texts_are_not_merged() {
        let huge = "x\n".repeat(super::MOST_LINES + 1);
        assert_eq!(merged(&huge, &format!("{huge}y"), &format!("z\n{huge}")), None);
    }
}
