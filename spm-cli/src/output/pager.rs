//! The user's pager.

use std::io::{self, Write};
use std::process::{Child, ChildStdin, Command, Stdio};

use crate::failure::{Failure, Result};
use crate::host::Host;

/// A running pager; what is written goes to it.
pub(super) struct Pager {
    child: Child,
    input: Option<ChildStdin>,
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
        let words = chosen.clone().unwrap_or_else(|| "less".to_owned());
        let mut words = words.split_whitespace();
        let Some(program) = words.next().filter(|program| *program != "cat") else { return Ok(None) };
        let mut command = Command::new(program);
        command.args(words).stdin(Stdio::piped());
        if host.variable("LESS")?.is_none() {
            // Ends by itself on a short text, shows colours, leaves the text on the screen.
            command.env("LESS", "FRX");
        }
        match command.spawn() {
            Ok(mut child) => Ok(child.stdin.take().map(|input| Self { child, input: Some(input) })),
            // Nobody asked for `less`; a pager that somebody chose must be there.
            Err(_) if chosen.is_none() => Ok(None),
            Err(error) => Err(Failure::io(format!("starting the pager `{program}`"), &error)
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
            Some(input) => input.write(bytes),
            None => Ok(bytes.len()),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        self.input.as_mut().map_or(Ok(()), Write::flush)
    }
}

impl Drop for Pager {
    /// The prompt must not come back before the pager is gone.
    fn drop(&mut self) {
        drop(self.input.take());
        let _ = self.child.wait();
    }
}
