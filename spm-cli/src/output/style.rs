//! Colours, or none.

use std::fmt;

use anstyle::{AnsiColor, Effects, Style as Ansi};

use super::present::Tone;
use crate::failure::Result;
use crate::host::Host;

/// How output for people looks.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Style {
    /// With colours.
    pub(crate) colours: bool,
    /// A person reads it: a table with a header, relative dates, no more columns than the terminal has.
    pub(crate) terminal: bool,
    pub(crate) width: usize,
}

impl Style {
    /// Colours only a terminal, and not where `NO_COLOR` is set; `CLICOLOR_FORCE` colours a pipe as well.
    pub(crate) fn of(host: &Host) -> Result<Self> {
        let terminal = host.terminal.output;
        let forbidden = host.variable("NO_COLOR")?.is_some() || host.variable("TERM")?.as_deref() == Some("dumb");
        let forced = host.variable("CLICOLOR_FORCE")?.is_some_and(|value| value != "0");
        Ok(Self { colours: !forbidden && (terminal || forced), terminal, width: host.terminal.width })
    }

    /// Puts a text in colour.
    pub(crate) fn paint(self, tone: Tone, text: impl fmt::Display) -> String {
        match tone.ansi() {
            Some(style) if self.colours => format!("{style}{text}{style:#}"),
            _ => text.to_string(),
        }
    }
}

impl Tone {
    fn ansi(self) -> Option<Ansi> {
        let colour = |colour: AnsiColor| Some(colour.on_default());
        match self {
            Self::Plain => None,
            Self::Bold => Some(Ansi::new().effects(Effects::BOLD)),
            Self::Dim => Some(Ansi::new().effects(Effects::DIMMED)),
            Self::Good => colour(AnsiColor::Green),
            Self::Bad => colour(AnsiColor::Red),
            Self::Busy => colour(AnsiColor::Yellow),
            Self::Closed => colour(AnsiColor::Magenta),
            Self::Key => colour(AnsiColor::Cyan),
        }
    }
}
