//! Human keys: `WR` for a project, `WR-12` for a task, `WR-S1` for a sprint.

use pm_provider::{Error, Field, Result};

use super::state::conflict;

/// The longest key of a project.
const MAX_LENGTH: usize = 32;
/// How many letters of a name of one word become the key.
const LETTERS_OF_ONE_WORD: usize = 3;
/// Words that give a letter to the key, at most.
const MAX_INITIALS: usize = 10;
/// The largest number that a caller's key may hold.
const LARGEST_NUMBER: u64 = 999_999_999_999_999_999;
/// What a key begins with when its name gives no letter to begin with.
const FALLBACK: &str = "P";

/// What the keys of a project's tasks begin with.
pub(super) fn stem_of_tasks(project: &str) -> String {
    format!("{project}-")
}

/// What the keys of a project's sprints begin with.
pub(super) fn stem_of_sprints(project: &str) -> String {
    format!("{project}-S")
}

/// The number in a key that a caller gave to a task or sprint.
pub(super) fn number_in(key: &str, stem: &str) -> Result<u64> {
    let begins = key.get(..stem.len()).is_some_and(|begin| begin.eq_ignore_ascii_case(stem));
    let digits = key.get(stem.len()..).filter(|_| begins);
    let digits = digits.filter(|digits| digits.starts_with(|first: char| ('1'..='9').contains(&first)));
    let number = digits.and_then(|digits| digits.parse().ok()).filter(|number| *number <= LARGEST_NUMBER);
    number.ok_or_else(|| {
        let problem = format!("`{stem}` and a number from 1 to {LARGEST_NUMBER}, without leading zeros");
        Error::invalid_input(format!("`{key}` cannot be a key in this project")).on_field(Field::Key, problem)
    })
}

/// The error for a key that another item has.
pub(super) fn taken(key: &str, by: &str) -> Error {
    conflict(format!("the key `{key}` is taken")).on_field(Field::Key, format!("`{by}` has it"))
}

/// Checks a key that a caller gave to a project.
pub(super) fn check(key: &str) -> Result<()> {
    let starts_with_letter = key.starts_with(|c: char| c.is_ascii_alphabetic());
    let allowed = key.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
    if starts_with_letter && allowed && key.len() <= MAX_LENGTH {
        return Ok(());
    }
    let problem = format!("a letter, then letters, digits and `_`; {MAX_LENGTH} characters at most");
    Err(Error::invalid_input(format!("`{key}` cannot be the key of a project")).on_field(Field::Key, problem))
}

/// Makes a key from a project's name, with a number behind it if others have it already.
pub(super) fn derive(name: &str, is_taken: impl Fn(&str) -> bool) -> String {
    let stem = stem(name);
    let numbered = (2_u64..).map(|number| format!("{stem}{number}"));
    let mut candidates = std::iter::once(stem.clone()).chain(numbered);
    candidates.find(|key| !is_taken(key)).unwrap_or(stem)
}

/// The initials of several words, the first letters of a single one.
fn stem(name: &str) -> String {
    let words = name.split(|c: char| !c.is_alphanumeric());
    let words = words.map(|word| word.chars().filter(char::is_ascii_alphanumeric).collect::<String>());
    let words: Vec<String> = words.filter(|word| !word.is_empty()).collect();
    let letters: String = match words.as_slice() {
        [word] => word.chars().take(LETTERS_OF_ONE_WORD).collect(),
        words => words.iter().filter_map(|word| word.chars().next()).take(MAX_INITIALS).collect(),
    };
    let key = letters.to_ascii_uppercase();
    if key.starts_with(|c: char| c.is_ascii_alphabetic()) { key } else { format!("{FALLBACK}{key}") }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn keys_come_from_names() {
        let free = |_: &str| false;
        assert_eq!(derive("Website Relaunch", free), "WR");
        assert_eq!(derive("Garden", free), "GAR");
        assert_eq!(derive("2nd floor", free), "P2F");
        assert_eq!(derive("Übung macht", free), "BM");
        assert_eq!(derive("…", free), "P");
        assert_eq!(derive("Website Relaunch", |key| key == "WR" || key == "WR2"), "WR3");
    }

    #[test]
    fn numbers_are_spelt_in_one_way() {
        assert_eq!(number_in("wr-12", "WR-").unwrap(), 12);
        assert_eq!(number_in("WR-s3", "WR-S").unwrap(), 3);
        assert_eq!(number_in("WR-999999999999999999", "WR-").unwrap(), LARGEST_NUMBER);
        let others = ["", "WR", "WR-", "WR-0", "WR-01", "WR-+1", "WR- 1", "WX-1", "WR-S1", "ÄÖ-1", "WR-1x"];
        for key in others.into_iter().chain(["WR-1000000000000000000", "WR-99999999999999999999999"]) {
            let error = number_in(key, "WR-").unwrap_err();
            assert_eq!(error.field_errors()[0].field, Field::Key, "{key}");
        }
    }

    #[test]
    fn bad_keys_are_refused() {
        for key in ["", "1A", "A-B", "Ä", "A B", &"A".repeat(33)] {
            let error = check(key).unwrap_err();
            assert_eq!(error.field_errors()[0].field, Field::Key, "{key}");
        }
        check(&"a_1".repeat(10)).unwrap();
    }
}
