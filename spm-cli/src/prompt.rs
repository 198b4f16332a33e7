//! Asking: before something is lost, and for what is missing.

use std::io::{BufRead, Write, stderr, stdin};

use crate::exit::Code;
use crate::failure::{Failure, Result};
use crate::host::Host;

/// Asks a question that is answered with yes or no; without a person to ask, it takes `--yes`.
pub(crate) fn confirm(host: &Host, yes: bool, question: &str) -> Result<()> {
    if yes {
        return Ok(());
    }
    if !host.terminal.input {
        return Err(
            Failure::usage(format!("nobody is here to answer: {question}")).hint("say --yes where nobody can answer")
        );
    }
    match answer(&format!("{question} [y/N] "))?.to_lowercase().as_str() {
        "y" | "yes" => Ok(()),
        _ => Err(Failure::new(Code::Cancelled, "nothing was done")),
    }
}

/// Asks for a line of text; nothing where there is no person to ask, or no answer.
pub(crate) fn line(host: &Host, question: &str) -> Result<Option<String>> {
    if !host.terminal.input {
        return Ok(None);
    }
    Ok(Some(answer(&format!("{question}: "))?).filter(|text| !text.is_empty()))
}

fn answer(question: &str) -> Result<String> {
    let mut errors = stderr().lock();
    write!(errors, "{question}")?;
    errors.flush()?;
    let mut answer = String::new();
    stdin().lock().read_line(&mut answer).map_err(|error| Failure::io("reading the answer", &error))?;
    Ok(answer.trim().to_owned())
}
