//! The invisible characters that pull apart what must not mean anything.

use crate::item::Side;

/// In texts of `A`, behind what was written on `B`: the invisible separator.
const IN_A: char = '\u{2063}';
/// In texts of `B`, behind what was written on `A`: the word joiner.
const IN_B: char = '\u{2060}';

/// The character in texts of a side.
pub(super) fn of(side: Side) -> char {
    match side {
        Side::A => IN_A,
        Side::B => IN_B,
    }
}

/// Whether a character is one of them.
pub(super) fn is_one(c: char) -> bool {
    c == IN_A || c == IN_B
}

/// The characters at one place of a text of side `from`, as they are over there. Each row of them has its own over there,
/// so nothing gets lost even where people enter such characters: none becomes the other side's; the other side's own one
/// goes, because what stands there was written over there; and where both stand in that order, they are swapped.
pub(super) fn carry(from: Side, row: &str) -> String {
    let (ours, theirs) = (of(from), of(from.other()));
    match row.strip_prefix(ours) {
        Some(rest) => match rest.strip_prefix(theirs) {
            Some(rest) => format!("{theirs}{ours}{rest}"),
            None => rest.to_owned(),
        },
        None => format!("{theirs}{row}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_row_comes_back() {
        let mut rows = vec![String::new()];
        for length in 0..4 {
            let longer: Vec<_> = rows.iter().filter(|row| row.chars().count() == length).cloned().collect();
            rows.extend(longer.iter().flat_map(|row| [format!("{row}{IN_A}"), format!("{row}{IN_B}")]));
        }
        assert_eq!(rows.len(), 31);
        for row in &rows {
            for side in Side::BOTH {
                let over = carry(side, row);
                assert_eq!(&carry(side.other(), &over), row);
                assert_eq!(over.is_empty(), *row == of(side).to_string(), "only what came from there is live");
            }
        }
    }
}
