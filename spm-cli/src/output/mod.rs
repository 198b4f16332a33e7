//! What commands print: tables for people, JSON and tab-separated lines for programs.

use std::fmt;
use std::io::{self, BufWriter, Write};

use crate::failure::Result;
use crate::host::Host;

mod fields;
mod format;
mod indent;
mod jq;
mod list;
mod local;
mod pager;
mod present;
pub(crate) mod safe;
mod style;
mod table;
mod time;
mod view;
mod written;

#[cfg(test)]
pub(crate) use fields::assert_fields;
pub(crate) use format::{Format, FormatArgs};
pub(crate) use list::{Limit, Pages, show_list};
pub(crate) use local::{presented, show_one, show_rows};
pub(crate) use pager::Left;
pub(crate) use present::{Cell, Column, Presented, Tone};
pub(crate) use safe::one_line;
pub(crate) use style::Style;
pub(crate) use table::render as table;
pub(crate) use time::{day, local_day, moment, today};
pub(crate) use view::{Details, show_item};
pub(crate) use written::{Reporter, Written};

/// Standard output, or the pager in front of it.
pub(crate) struct Output {
    pub(crate) style: Style,
    target: Target,
}

enum Target {
    Direct(BufWriter<io::Stdout>),
    Pager(pager::Pager),
}

impl Output {
    /// Writes to standard output itself.
    pub(crate) fn direct(style: Style) -> Self {
        Self { style, target: Target::Direct(BufWriter::new(io::stdout())) }
    }

    /// Writes through the pager of the user, where the output is a terminal and there is one.
    pub(crate) fn paged(host: &Host, style: Style) -> Result<Self> {
        Ok(match pager::Pager::start(host)? {
            Some(pager) => Self { style, target: Target::Pager(pager) },
            None => Self::direct(style),
        })
    }

    /// Writes out what is held back, and waits until the pager is closed.
    pub(crate) fn finish(self) -> Result<()> {
        match self.target {
            Target::Direct(mut out) => out.flush()?,
            Target::Pager(pager) => pager.finish()?,
        }
        Ok(())
    }
}

impl Write for Output {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match &mut self.target {
            Target::Direct(out) => out.write(bytes),
            Target::Pager(pager) => pager.write(bytes),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        match &mut self.target {
            Target::Direct(out) => out.flush(),
            Target::Pager(pager) => pager.flush(),
        }
    }
}

impl fmt::Debug for Output {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Output").field("style", &self.style).finish_non_exhaustive()
    }
}

/// Says something to the person beside the output: what was done, what was left out.
pub(crate) fn note(text: impl fmt::Display) {
    // A closed standard error must not undo what was done.
    let _ = writeln!(io::stderr().lock(), "{}", safe::lines(&text.to_string()));
}
