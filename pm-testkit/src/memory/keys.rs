//! Human keys: `WR` for a project, `WR-12` for a task, `WR-S1` for a sprint.

use pm_provider::{Error, Field, Result};

/// The longest key of a project.
const MAX_LENGTH: usize = 32;
/// How many letters of a name of one word become the key.
const LETTERS_OF_ONE_WORD: usize = 4;
/// The key of a project whose name has no letter to make one from.
const FALLBACK: &str = "P";

/// The key of a project's task.
pub(super) fn of_task(project: &str, number: u64) -> String {
    format!("{project}-{number}")
}

/// The key of a project's sprint.
pub(super) fn of_sprint(project: &str, number: u64) -> String {
    format!("{project}-S{number}")
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
    let base = initials(name);
    if !is_taken(&base) {
        return base;
    }
    let numbered = (2_u64..).map(|number| format!("{base}{number}"));
    numbered.into_iter().find(|key| !is_taken(key)).unwrap_or(base)
}

/// The initials of several words, the first letters of a single one.
fn initials(name: &str) -> String {
    let words: Vec<&str> = name.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).collect();
    let letters: String = match words[..] {
        [word] => word.chars().filter(char::is_ascii_alphanumeric).take(LETTERS_OF_ONE_WORD).collect(),
        _ => words.iter().filter_map(|word| word.chars().next()).filter(char::is_ascii_alphanumeric).collect(),
    };
    let key: String = letters.to_ascii_uppercase().trim_start_matches(|c: char| c.is_ascii_digit()).to_owned();
    match key.is_empty() {
        true => FALLBACK.to_owned(),
        // Room for the number that makes it unique.
        false => key.chars().take(MAX_LENGTH / 2).collect(),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn keys_come_from_names() {
        let free = |_: &str| false;
        assert_eq!(derive("Website Relaunch", free), "WR");
        assert_eq!(derive("Garden", free), "GARD");
        assert_eq!(derive("2nd floor", free), "F");
        assert_eq!(derive("日本", free), "P");
        assert_eq!(derive("…", free), "P");
        assert_eq!(derive("Website Relaunch", |key| key == "WR" || key == "WR2"), "WR3");
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
