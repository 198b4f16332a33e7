//! Why a query cannot be read, in the vendor's words.
//!
//! The words of the grammar's errors: the vendor's own functional test of the parser (`TestJqlParsing`), and what users
//! quote: `canonical/gh-jira-sync-bot#45` (reserved words), `juliangruber/jilla#25` (reserved characters),
//! `hygieia/hygieia#276` (operators), `turbot/steampipe-plugin-jira#200` (values).

use std::fmt;

use super::lexer::{Position, Token};

const OPERATORS: &str =
    "The valid operators are '=', '!=', '<', '>', '<=', '>=', '~', '!~', 'IN', 'NOT IN', 'IS' and 'IS NOT'.";
const ESCAPES: &str = r#"The valid escape sequences are \', \", \t, \n, \r, \\, '\ ' and \uXXXX."#;

/// Why a query is refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::jira) struct JqlError {
    /// What belongs into `errorMessages`.
    pub(in crate::jira) message: String,
}

impl JqlError {
    /// A message of the evaluator, which has no prefix.
    pub(in crate::jira) fn new(message: impl Into<String>) -> Self {
        Self { message: message.into() }
    }

    fn grammar(said: impl fmt::Display) -> Self {
        Self::new(format!("Error in the JQL Query: {said}"))
    }

    fn at(said: impl fmt::Display, position: Position) -> Self {
        Self::grammar(format_args!("{said} {position}"))
    }

    pub(super) fn reserved_word(word: &str, position: Position) -> Self {
        let rule = "You must surround it in quotation marks to use it in a query.";
        Self::at(format_args!("'{word}' is a reserved JQL word. {rule}"), position)
    }

    pub(super) fn reserved_character(character: char, position: Position) -> Self {
        let escape = escape(character);
        let rule = format!("You must enclose it in a string or use the escape '{escape}' instead.");
        Self::at(format_args!("The character '{character}' is a reserved JQL character. {rule}"), position)
    }

    pub(super) fn control_character(character: char, position: Position) -> Self {
        let (escape, Position { line, column }) = (escape(character), position);
        let code = u32::from(character);
        let place = format!("The character 'U+{code:04X}' on line {line} at position {column} must be escaped.");
        Self::at(format_args!("{place} Use the escape '{escape}' instead."), position)
    }

    pub(super) fn unfinished_string(read: &str, position: Position) -> Self {
        match read.replace(['\n', '\r'], " ") {
            read if read.is_empty() => Self::at("The quoted string has not been completed.", position),
            read => Self::at(format_args!("The quoted string '{read}' has not been completed."), position),
        }
    }

    pub(super) fn illegal_escape(read: &str, position: Position) -> Self {
        match read {
            "\\" => Self::at(format_args!("The escape sequence has not been completed. {ESCAPES}"), position),
            read => Self::at(format_args!("'{read}' is an illegal JQL escape sequence. {ESCAPES}"), position),
        }
    }

    pub(super) fn illegal_number(digits: &str, position: Position) -> Self {
        let range = "Numbers must be between -9,223,372,036,854,775,808 and 9,223,372,036,854,775,807.";
        Self::at(format_args!("'{digits}' is not a valid number. {range}"), position)
    }

    pub(super) fn empty_field(position: Position) -> Self {
        Self::at("A field name cannot be empty.", position)
    }

    pub(super) fn empty_function(position: Position) -> Self {
        Self::at("A function name cannot be empty.", position)
    }

    pub(super) fn empty_argument(position: Position) -> Self {
        Self::at("Function argument must be specified.", position)
    }

    /// Something else than `what` stands there.
    pub(super) fn expecting(what: &str, found: &Token) -> Self {
        match found.is_end() {
            true => Self::grammar(format_args!("Expecting {what} before the end of the query.")),
            false => Self::at(format_args!("Expecting {what} but got '{}'.", found.text), found.position),
        }
    }

    pub(super) fn expecting_operator(found: &Token) -> Self {
        match found.is_end() {
            true => Self::grammar(format_args!("Expecting operator before the end of the query. {OPERATORS}")),
            false => Self::at(format_args!("Expecting operator but got '{}'. {OPERATORS}", found.text), found.position),
        }
    }

    pub(super) fn expecting_field(found: &Token) -> Self {
        match found.text.as_str() {
            _ if found.is_end() => Self::grammar("Expecting a field name at the end of the query."),
            "[" => Self::at("Expecting a field name but got '['. Did you mean 'cf['?", found.position),
            text => {
                let rule = format!("You must surround '{text}' in quotation marks to use it as a field name.");
                Self::at(format_args!("Expecting a field name but got '{text}'. {rule}"), found.position)
            }
        }
    }

    /// The vendor forgets the article of its prefix here.
    pub(super) fn expecting_value(found: &Token) -> Self {
        let expecting = "Error in JQL Query: Expecting either a value, list or function";
        if found.is_end() {
            return Self::new(format!("{expecting} before the end of the query."));
        }
        let (text, position) = (&found.text, found.position);
        let rule = format!("You must surround '{text}' in quotation marks to use it as a value.");
        Self::new(format!("{expecting} but got '{text}'. {rule} {position}"))
    }

    pub(super) fn expecting_argument(found: &Token) -> Self {
        if found.is_end() {
            return Self::grammar("Expecting a function argument at the end of the query.");
        }
        let text = &found.text;
        let rule = format!("You must surround '{text}' in quotation marks to use it as an argument.");
        Self::at(format_args!("Expecting a function argument but got '{text}'. {rule}"), found.position)
    }

    /// Not the vendor's: what it understands and this server does not.
    pub(super) fn history(found: &Token) -> Self {
        Self::at(format_args!("This server does not know the operator '{}'.", found.text), found.position)
    }
}

impl fmt::Display for JqlError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for JqlError {}

fn escape(character: char) -> String {
    format!("\\u{:04x}", u32::from(character))
}
