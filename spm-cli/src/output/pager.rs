//! The user's pager.

use std::io::{self, Write};
use std::process::{Child, ChildStdin, Stdio};

use crate::failure::{Failure, Result};
use crate::host::Host;
use crate::program;

/// A running pager; what is written goes to it.
pub(super) struct Pager {
    child: Child,
    input: Option<ChildStdin>,
    /// Given back when the pager is gone.
    _behind: program::Behind,
}

/// Somebody left the pager before the end: they have seen enough, and nothing went wrong.
#[derive(Debug)]
pub(crate) struct Left;

impl std::fmt::Display for Left {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("the pager was left")
    }
}

impl std::error::Error for Left {}

/// Tells leaving the pager from a reader that went away.
fn left(error: io::Error) -> io::Error {
    match error.kind() {
        io::ErrorKind::BrokenPipe => io::Error::new(io::ErrorKind::BrokenPipe, Left),
        _ => error,
    }
}

impl Pager {
    /// Starts `SPM_PAGER`, else `PAGER`, else `less`; none where the output is no terminal, or the variable says `cat`.
    pub(super) fn start(host: &Host) -> Result<Option<Self>> {
        if !host.terminal.output {
            return Ok(None);
        }
        let chosen = match host.variable("SPM_PAGER")? {
            Some(pager) => Some(pager),
            None => host.variable("PAGER")?,
        };
        let line = chosen.as_deref().unwrap_or("less");
        let mut command = program::command("pager", line)?;
        if command.get_program() == "cat" {
            return Ok(None);
        }
        command.stdin(Stdio::piped());
        if host.variable("LESS")?.is_none() {
            // Ends by itself on a short text, shows colours, leaves the text on the screen.
            command.env("LESS", "FRX");
        }
        let behind = program::Behind::stand();
        match command.spawn() {
            Ok(mut child) => Ok(child.stdin.take().map(|input| Self { child, input: Some(input), _behind: behind })),
            // Nobody asked for `less`; a pager that somebody chose must be there.
            Err(_) if chosen.is_none() => Ok(None),
            Err(error) => Err(Failure::io(format!("starting the pager `{line}`"), &error)
                .hint("set SPM_PAGER to another one, or use --no-pager")),
        }
    }

    /// Closes the text and waits until the person has read it.
    pub(super) fn finish(mut self) -> io::Result<()> {
        drop(self.input.take());
        self.child.wait().map(drop)
    }
}

impl Write for Pager {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match &mut self.input {
            Some(input) => input.write(bytes).map_err(left),
            None => Ok(bytes.len()),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        self.input.as_mut().map_or(Ok(()), Write::flush).map_err(left)
    }
}

impl Drop for Pager {
    /// The prompt must not come back before the pager is gone.
    fn drop(&mut self) {
        drop(self.input.take());
        let _ = self.child.wait();
    }
}
