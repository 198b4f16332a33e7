//! Texts from a backend, made harmless for a terminal.
//!
//! A title may hold anything: escape sequences that move the cursor, marks that turn the reading order around. People
//! see a replacement character in their place; JSON for programs keeps every one of them.

/// What stands for a character that a terminal would obey.
const REPLACEMENT: char = '\u{fffd}';

/// A text on one line: breaks and tabs become spaces.
pub(crate) fn one_line(text: &str) -> String {
    text.chars().map(|letter| if is_break(letter) { ' ' } else { harmless(letter) }).collect()
}

/// A text of several lines.
pub(crate) fn lines(text: &str) -> String {
    let unix = text.replace("\r\n", "\n");
    unix.chars().map(|letter| if matches!(letter, '\n' | '\t') { letter } else { harmless(letter) }).collect()
}

/// JSON with the same values, in which a terminal finds nothing to obey.
///
/// JSON escapes the characters below the space by itself; the others can only stand inside of texts.
pub(super) fn json(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for letter in text.chars() {
        if letter != '\n' && harmless(letter) != letter {
            escaped.push_str(&format!("\\u{:04x}", u32::from(letter)));
        } else {
            escaped.push(letter);
        }
    }
    escaped
}

fn is_break(letter: char) -> bool {
    matches!(letter, '\t' | '\n' | '\r' | '\u{b}' | '\u{c}' | '\u{85}' | '\u{2028}' | '\u{2029}')
}

fn harmless(letter: char) -> char {
    if letter.is_control() || is_bidi_control(letter) { REPLACEMENT } else { letter }
}

/// Embeddings, overrides and isolates; the plain marks of direction, which real texts use, stay.
fn is_bidi_control(letter: char) -> bool {
    matches!(letter, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_that_a_terminal_obeys_is_left() {
        for code in (0..=0x9f).chain(0x2028..=0x202e).chain(0x2066..=0x2069) {
            let Some(letter) = char::from_u32(code).filter(|letter| !matches!(letter, ' '..='~')) else { continue };
            let shown = one_line(&format!("a{letter}b"));
            assert!(shown == "a b" || shown == "a\u{fffd}b", "{code:x}: {shown:?}");
        }
        assert_eq!(one_line("\u{1b}[2Jgone\u{9b}31m"), "\u{fffd}[2Jgone\u{fffd}31m");
    }

    #[test]
    fn what_people_write_stays() {
        let text = "日本語 Füße 👩‍👩‍👧 עברית\u{200f} e\u{301}";
        assert_eq!(one_line(text), text);
        assert_eq!(lines("one\r\ntwo\n\tthree\r\u{1b}[1m"), "one\ntwo\n\tthree\u{fffd}\u{fffd}[1m");
    }

    #[test]
    fn json_keeps_its_values() {
        let value = serde_json::json!({"title": "a\u{1b}\u{9b}\u{202e}b\u{7f}é"});
        let shown = json(&value.to_string());
        assert!(shown.chars().all(|letter| harmless(letter) == letter), "{shown:?}");
        assert_eq!(serde_json::from_str::<serde_json::Value>(&shown).ok(), Some(value));
    }
}
