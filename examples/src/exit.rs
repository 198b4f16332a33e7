//! How an example ends.

use std::fmt::Display;
use std::process::ExitCode;

/// Ends a program: an error is printed as people read it, with its hint.
#[must_use]
#[allow(clippy::print_stderr, reason = "it is the last thing that a program does")]
pub fn exit<E: Display>(result: Result<(), E>) -> ExitCode {
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}
