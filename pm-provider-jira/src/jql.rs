//! Queries in Jira's language: quoted, escaped, bounded, and without a time zone.
//!
//! What goes wrong elsewhere: date literals are read in the time zone of the user's profile and cut to minutes
//! (airbytehq/airbyte#48492, singer-io/tap-jira#15, apache/devlake#4932), words such as `empty` or `order` are no values
//! unless they are quoted, and since 2025 Jira Cloud refuses queries without any restriction
//! (<https://developer.atlassian.com/cloud/jira/platform/rest/v3/api-group-issue-search/>).

use std::fmt;

use chrono::{DateTime, Utc};
use pm_provider::Direction;

/// A query: clauses that all hold, and an order.
///
/// Values that are ids go in as numbers, everything else is quoted: then no reserved word and no character of it can be
/// anything but a value.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Jql {
    clauses: Vec<String>,
    order: Vec<String>,
    finds_nothing: bool,
}

impl Jql {
    /// Takes everything.
    pub(crate) fn new() -> Self {
        Self::default()
    }

    /// Takes issues whose field is this id.
    pub(crate) fn id(self, field: &str, id: u64) -> Self {
        self.clause(format!("{field} = {id}"))
    }

    /// Takes issues whose field is one of these ids; no id at all finds nothing.
    pub(crate) fn ids(self, field: &str, ids: &[u64]) -> Self {
        match ids {
            [] => self.nothing(),
            [id] => self.id(field, *id),
            ids => self.clause(format!("{field} in ({})", list(ids))),
        }
    }

    /// Takes issues whose field is this text.
    pub(crate) fn text(self, field: &str, value: &str) -> Self {
        self.clause(format!("{field} = {}", quoted(value)))
    }

    /// Takes issues whose field is empty.
    pub(crate) fn unset(self, field: &str) -> Self {
        self.clause(format!("{field} is EMPTY"))
    }

    /// Takes issues whose time is this one or later: milliseconds since 1970, which have no time zone.
    pub(crate) fn since(self, field: &str, time: DateTime<Utc>) -> Self {
        self.clause(format!("{field} >= {}", time.timestamp_millis()))
    }

    /// Takes issues that we created.
    pub(crate) fn created_by_us(self) -> Self {
        self.clause("creator = currentUser()".to_owned())
    }

    /// Takes issues with all of these words in title or description; a text without any word finds nothing.
    pub(crate) fn words(self, text: &str) -> Self {
        let mut words = text.split_whitespace().filter(|word| word.contains(char::is_alphanumeric)).peekable();
        if words.peek().is_none() {
            return self.nothing();
        }
        words.fold(self, |jql, word| {
            let phrase = quoted(&phrase(word));
            jql.clause(format!("(summary ~ {phrase} OR description ~ {phrase})"))
        })
    }

    /// Adds a clause that is made elsewhere of parts that need no quoting.
    pub(crate) fn clause(mut self, clause: impl Into<String>) -> Self {
        self.clauses.push(clause.into());
        self
    }

    /// Finds nothing. There is no such query: ids and keys that are not there are refused.
    pub(crate) fn nothing(self) -> Self {
        Self { finds_nothing: true, ..self }
    }

    /// Says whether it finds nothing, so that it need not be sent.
    pub(crate) fn finds_nothing(&self) -> bool {
        self.finds_nothing
    }

    /// Sorts by a field, then by those that come after.
    pub(crate) fn order(mut self, field: &str, direction: Direction) -> Self {
        let word = match direction {
            Direction::Descending => "DESC",
            _ => "ASC",
        };
        self.order.push(format!("{field} {word}"));
        self
    }
}

impl fmt::Display for Jql {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.clauses.is_empty() {
            // Everything there is, said as a restriction: unbounded queries are refused.
            f.write_str("created >= 0")?;
        }
        f.write_str(&self.clauses.join(" AND "))?;
        if !self.order.is_empty() {
            write!(f, " ORDER BY {}", self.order.join(", "))?;
        }
        Ok(())
    }
}

/// A text as a value: in quotes, whatever it is.
///
/// The escapes are those of the language's grammar: `\\`, `\"`, `\n`, `\r`, `\t`, and `\uXXXX` for other control characters
/// (<https://support.atlassian.com/jira-software-cloud/docs/search-syntax-for-text-fields/>).
pub(crate) fn quoted(text: &str) -> String {
    let mut quoted = String::with_capacity(text.len() + 2);
    quoted.push('"');
    for character in text.chars() {
        match character {
            '\\' => quoted.push_str("\\\\"),
            '"' => quoted.push_str("\\\""),
            '\n' => quoted.push_str("\\n"),
            '\r' => quoted.push_str("\\r"),
            '\t' => quoted.push_str("\\t"),
            control if u32::from(control) < 0x20 || u32::from(control) == 0x7f => {
                quoted.push_str(&format!("\\u{:04x}", u32::from(control)));
            }
            other => quoted.push(other),
        }
    }
    quoted.push('"');
    quoted
}

/// Ids as a list of values.
pub(crate) fn list(ids: &[u64]) -> String {
    ids.iter().map(u64::to_string).collect::<Vec<_>>().join(", ")
}

/// The name of a custom field in a query: names of fields may be ambiguous, and in another language.
pub(crate) fn custom_field(id: &str) -> Option<String> {
    let number: u64 = id.strip_prefix("customfield_")?.parse().ok()?;
    Some(format!("cf[{number}]"))
}

/// A word as the text search takes it. Words with other characters than letters and digits are phrases: inside of one no
/// character is an operator of the search (`+ - & | ! ( ) { } [ ] ^ ~ * ? \ :`), and neither are `AND`, `OR` and `NOT`.
fn phrase(word: &str) -> String {
    let is_plain = word.chars().all(char::is_alphanumeric) && !matches!(word, "AND" | "OR" | "NOT");
    if is_plain {
        return word.to_owned();
    }
    format!("\"{}\"", word.replace('\\', "\\\\").replace('"', "\\\""))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use proptest::prelude::*;

    use super::*;

    /// Reads a quoted value back, by the grammar of the language.
    fn unquoted(text: &str) -> Option<String> {
        let inner = text.strip_prefix('"')?.strip_suffix('"')?;
        let mut plain = String::new();
        let mut characters = inner.chars();
        while let Some(character) = characters.next() {
            match character {
                '"' => return None,
                '\\' => match characters.next()? {
                    'n' => plain.push('\n'),
                    'r' => plain.push('\r'),
                    't' => plain.push('\t'),
                    'u' => {
                        let digits: String = characters.by_ref().take(4).collect();
                        plain.push(char::from_u32(u32::from_str_radix(&digits, 16).ok()?)?);
                    }
                    escaped @ ('"' | '\\') => plain.push(escaped),
                    _ => return None,
                },
                control if control.is_ascii_control() => return None,
                other => plain.push(other),
            }
        }
        Some(plain)
    }

    proptest! {
        #[test]
        fn a_value_is_read_as_it_was_written(text in any::<String>()) {
            prop_assert_eq!(unquoted(&quoted(&text)), Some(text));
        }

        #[test]
        fn no_value_ends_its_quotes(text in r#"[ "\\a-z\n'()=]*"#) {
            let jql = Jql::new().id("project", 7).text("labels", &text).to_string();
            let value = jql.strip_prefix("project = 7 AND labels = ").unwrap();
            prop_assert_eq!(unquoted(value), Some(text));
        }

        #[test]
        fn words_hold_no_operator_of_the_text_search(text in any::<String>()) {
            for clause in Jql::new().words(&text).clauses {
                let rest = clause.strip_prefix("(summary ~ ").unwrap();
                let (phrase, _) = rest.split_once(" OR description ~ ").unwrap();
                let phrase = unquoted(phrase).unwrap();
                let is_plain = phrase.chars().all(char::is_alphanumeric);
                prop_assert!(is_plain || unquoted(&phrase).is_some(), "{}", phrase);
            }
        }
    }

    #[test]
    fn trap_a_query_without_any_restriction_is_refused() {
        assert_eq!(Jql::new().to_string(), "created >= 0");
        let ordered = Jql::new().order("created", Direction::Ascending).order("key", Direction::Descending);
        assert_eq!(ordered.to_string(), "created >= 0 ORDER BY created ASC, key DESC");
    }

    #[test]
    fn trap_times_are_milliseconds_which_have_no_time_zone() {
        let time = DateTime::from_timestamp_millis(1_732_877_091_123).unwrap();
        assert_eq!(Jql::new().since("updated", time).to_string(), "updated >= 1732877091123");
    }

    #[test]
    fn reserved_words_are_values_in_quotes() {
        for word in ["empty", "ORDER", "null", "and", "@me", "a, b", "O'Neil"] {
            assert_eq!(Jql::new().text("labels", word).to_string(), format!("labels = \"{word}\""));
        }
    }

    #[test]
    fn ids_are_numbers() {
        assert_eq!(Jql::new().ids("id", &[3, 4]).ids("project", &[7]).to_string(), "id in (3, 4) AND project = 7");
        assert!(Jql::new().ids("id", &[]).finds_nothing());
        assert_eq!(custom_field("customfield_10020").as_deref(), Some("cf[10020]"));
        assert_eq!(custom_field("duedate"), None);
    }

    #[test]
    fn words_are_looked_for_one_by_one() {
        let jql = Jql::new().words(" red  roof-top - ").to_string();
        let red = r#"(summary ~ "red" OR description ~ "red")"#;
        let roof = r#"(summary ~ "\"roof-top\"" OR description ~ "\"roof-top\"")"#;
        assert_eq!(jql, format!("{red} AND {roof}"));
        assert!(Jql::new().words("--- !").finds_nothing());
    }
}
