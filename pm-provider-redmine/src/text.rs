//! Texts between Markdown and what the server renders: the one place where formats are converted.

use std::str::FromStr;

use pm_provider::{Error, Result};

use crate::textile::{to_markdown, to_textile};

/// The text formatting that the server is set to (Administration, Settings, General).
///
/// The API does not tell it: <https://www.redmine.org/projects/redmine/wiki/Rest_api> has no endpoint for settings.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum TextFormat {
    /// Markdown or `CommonMark`.
    #[default]
    Markdown,
    /// Textile, the default of servers before 6.0.
    Textile,
}

impl FromStr for TextFormat {
    type Err = Error;

    fn from_str(word: &str) -> Result<Self> {
        match word.trim().to_lowercase().as_str() {
            "markdown" | "common_mark" | "commonmark" => Ok(Self::Markdown),
            "textile" => Ok(Self::Textile),
            _ => Err(Error::configuration(format!("`{word}` is no text format; allowed are `markdown` and `textile`"))),
        }
    }
}

impl TextFormat {
    /// Makes of a text in Markdown what the server stores.
    pub(crate) fn to_server(self, text: &str) -> String {
        match self {
            Self::Markdown => line_ends(text),
            Self::Textile => to_textile(text),
        }
    }

    /// Makes Markdown of what the server stores.
    ///
    /// Redmine turns all line ends of descriptions into CR LF, and so do browsers in notes: they become LF.
    pub(crate) fn to_caller(self, text: &str) -> String {
        match self {
            Self::Markdown => line_ends(text),
            Self::Textile => to_markdown(text),
        }
    }

    /// What gets lost on the way to the server and back.
    pub(crate) fn loses(self) -> &'static str {
        match self {
            Self::Markdown => "line ends become line feeds",
            Self::Textile => "goes through Textile, which says some things in another way and some not at all",
        }
    }
}

/// The text with LF at the end of each line.
pub(crate) fn line_ends(text: &str) -> String {
    if text.contains('\r') { text.replace("\r\n", "\n").replace('\r', "\n") } else { text.to_owned() }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn line_ends_become_line_feeds() {
        assert_eq!(line_ends("a\r\nb\rc\nd\r\n\r\ne"), "a\nb\nc\nd\n\ne");
        assert_eq!(TextFormat::Markdown.to_caller("# x\r\n"), "# x\n");
    }

    #[test]
    fn textile_is_translated_both_ways() {
        let stored = TextFormat::Textile.to_server("# Title\n\n**strong** `code`");
        assert_eq!(stored, "h1. Title\n\n*strong* @code@");
        assert_eq!(TextFormat::Textile.to_caller(&stored.replace('\n', "\r\n")), "# Title\n\n**strong** `code`");
    }

    #[test]
    fn formats_are_read_by_name() {
        assert_eq!("Textile".parse::<TextFormat>().unwrap(), TextFormat::Textile);
        assert_eq!("common_mark".parse::<TextFormat>().unwrap(), TextFormat::Markdown);
        assert!("html".parse::<TextFormat>().unwrap_err().to_string().contains("`textile`"));
    }
}
