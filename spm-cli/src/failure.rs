//! Why a command did not do what it was asked to.

use std::fmt;
use std::io;

use pm_core::Error;

use crate::exit::Code;

/// The result of everything in this crate.
pub(crate) type Result<T, E = Failure> = std::result::Result<T, E>;

/// What went wrong, what to do about it, and how the command ends.
#[derive(Debug)]
pub(crate) struct Failure {
    pub(crate) code: Code,
    message: String,
    hint: Option<String>,
}

impl Failure {
    pub(crate) fn new(code: Code, message: impl Into<String>) -> Self {
        Self { code, message: message.into(), hint: None }
    }

    /// The command or its input makes no sense.
    pub(crate) fn usage(message: impl Into<String>) -> Self {
        Self::new(Code::Usage, message)
    }

    /// Settings are missing or wrong.
    pub(crate) fn settings(message: impl Into<String>) -> Self {
        Self::new(Code::Settings, message)
    }

    /// Everything was said already; only the exit code is left.
    pub(crate) fn silent(code: Code) -> Self {
        Self::new(code, "")
    }

    /// Says what to do about it.
    #[must_use]
    pub(crate) fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    /// Says what to do about it where nothing better was said.
    #[must_use]
    pub(crate) fn or_hint(mut self, hint: impl Into<String>) -> Self {
        self.hint.get_or_insert_with(|| hint.into());
        self
    }

    /// Says what was being done: `reading `x.csv`: …`.
    #[must_use]
    pub(crate) fn during(mut self, what: impl fmt::Display) -> Self {
        self.message = format!("{what}: {}", self.message);
        self
    }

    /// A file or stream that cannot be read or written.
    pub(crate) fn io(what: impl fmt::Display, error: &io::Error) -> Self {
        if error.kind() == io::ErrorKind::BrokenPipe {
            let left = error.get_ref().is_some_and(<dyn std::error::Error + Send + Sync>::is::<crate::output::Left>);
            return Self::silent(if left { Code::Success } else { Code::BrokenPipe });
        }
        let code = match error.kind() {
            io::ErrorKind::NotFound => Code::NotFound,
            io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem => Code::Denied,
            io::ErrorKind::InvalidData => Code::Usage,
            _ => Code::Failure,
        };
        Self::new(code, format!("{what}: {}", plain(error)))
    }

    /// Says whether there is nothing left to say.
    pub(crate) fn is_silent(&self) -> bool {
        self.message.is_empty()
    }
}

/// The system's own words without `(os error 2)`.
fn plain(error: &io::Error) -> String {
    let text = error.to_string();
    let words = text.split(" (os error").next().unwrap_or(&text);
    let mut letters = words.chars();
    letters.next().map_or_else(String::new, |first| first.to_lowercase().chain(letters).collect())
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)?;
        match &self.hint {
            Some(hint) => write!(f, "\nhint: {hint}"),
            None => Ok(()),
        }
    }
}

/// The message; without the place where a call of our own backend failed: `internal update_task: …` reads like a
/// breakdown. What is wrong with a backend before any call is said with its name.
fn placed(error: &Error) -> String {
    tracing::debug!(%error, "failed");
    let text = error.to_string();
    let Some(operation) = error.operation().filter(|_| error.provider() == Some("internal")) else { return text };
    text.strip_prefix(&format!("internal {operation}: ")).map_or_else(|| text.clone(), str::to_owned)
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        let text = placed(&error);
        let (message, hint) = match text.split_once("\nhint: ") {
            Some((message, hint)) => (message.to_owned(), Some(hint.to_owned())),
            None => (text, None),
        };
        Self { code: Code::from(&error), message, hint }
    }
}

/// Writing to the terminal or a pipe.
impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Self {
        Self::io("writing the output", &error)
    }
}

#[cfg(test)]
mod tests {
    use pm_core::ErrorKind;

    use super::*;

    #[test]
    fn a_call_of_our_own_backend_is_not_named() {
        let told = |error: Error| Failure::from(error.hint("wait")).to_string();
        let error = || Error::new(ErrorKind::Timeout, "no answer");
        assert_eq!(told(error().in_provider("internal").during("get_task")), "no answer\nhint: wait");
        assert_eq!(told(error().in_provider("internal")), "internal: no answer\nhint: wait");
        assert_eq!(told(error().in_provider("jira").during("get_task")), "jira get_task: no answer\nhint: wait");
        assert_eq!(told(error()), "no answer\nhint: wait");
    }
}
