//! Other programs of the user: pager, editor, browser.

use std::process::Command;

use crate::failure::{Failure, Result};

/// A program as a variable names it, with its arguments: `"/opt/my editor/bin" --wait`, read as a shell reads it.
pub(crate) fn command(what: &str, line: &str) -> Result<Command> {
    let words = shlex::split(line).unwrap_or_default();
    let Some((program, arguments)) = words.split_first() else {
        let failure = Failure::usage(format!("the {what} `{line}` is no command"));
        return Err(failure.hint("write it as for a shell: quotes come in pairs"));
    };
    let mut command = Command::new(program);
    command.args(arguments);
    Ok(command)
}

/// While it lives, Ctrl-C is for the program in front alone: it must not end this one under its feet.
#[derive(Debug)]
pub(crate) struct Behind(());

impl Behind {
    /// Stands behind the program that is started next.
    pub(crate) fn stand() -> Self {
        #[cfg(unix)]
        interrupts::take();
        Self(())
    }
}

#[cfg(unix)]
impl Drop for Behind {
    fn drop(&mut self) {
        interrupts::give_back();
    }
}

#[cfg(unix)]
mod interrupts {
    use tokio::signal::unix::{Signal, SignalKind, signal};

    use crate::exit::Code;

    const SETTLING: std::time::Duration = std::time::Duration::from_millis(20);

    /// From the first listener on, nothing else happens at an interrupt.
    pub(super) fn take() {
        drop(listen());
    }

    /// The listener cannot be undone: from now on it does what the system did before.
    pub(super) fn give_back() {
        tokio::spawn(async {
            // What was pressed in the other program is still on its way through the runtime.
            tokio::time::sleep(SETTLING).await;
            if let Some(mut interrupts) = listen() {
                interrupts.recv().await;
                std::process::exit(Code::Cancelled.number().into());
            }
        });
    }

    fn listen() -> Option<Signal> {
        // Without the listener the program is one that Ctrl-C ends: no reason to fail.
        signal(SignalKind::interrupt()).ok()
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    #[test]
    fn a_line_is_split_as_a_shell_does() {
        let command = command("editor", r#""/opt/my editor" --wait 'a b'"#).unwrap();
        assert_eq!(command.get_program(), "/opt/my editor");
        assert_eq!(command.get_args().collect::<Vec<_>>(), ["--wait", "a b"]);
        for line in ["", "  ", "'open"] {
            assert!(super::command("editor", line).is_err(), "{line}");
        }
    }
}
