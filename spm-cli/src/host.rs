//! The machine around a command: environment, working directory, terminal.

use std::io::{IsTerminal, stderr, stdin, stdout};
use std::path::{Path, PathBuf};

use pm_core::{Environment, Result};

/// The machine that a command runs on: nothing else in this crate asks the operating system about it.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Host {
    /// Variables and the working directory.
    pub environment: Environment,
    /// What standard input, output and error are.
    pub terminal: Terminal,
}

/// Which streams are a terminal, and how wide it is.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct Terminal {
    /// A person can answer.
    pub input: bool,
    /// A person reads the output.
    pub output: bool,
    /// A person reads messages and progress.
    pub messages: bool,
    /// Columns of the output.
    pub width: usize,
}

/// The width where nobody says: the standard one.
const WIDTH: usize = 80;

impl Host {
    /// Takes the environment and the terminal of this process.
    #[must_use]
    pub fn of_process() -> Self {
        let environment = Environment::of_process();
        let columns = environment.variable("COLUMNS").ok().flatten().and_then(|text| text.parse().ok());
        let size = || terminal_size::terminal_size().map(|(terminal_size::Width(width), _)| usize::from(width));
        let terminal = Terminal {
            input: stdin().is_terminal(),
            output: stdout().is_terminal(),
            messages: stderr().is_terminal(),
            width: columns.or_else(size).filter(|width| *width > 0).unwrap_or(WIDTH),
        };
        Self { environment, terminal }
    }

    /// Reads a variable; an empty one counts as unset.
    ///
    /// # Errors
    /// `Configuration` when its value is not valid Unicode.
    pub fn variable(&self, name: &str) -> Result<Option<String>> {
        self.environment.variable(name)
    }

    /// Where this user keeps settings of `spm`: `$XDG_CONFIG_HOME/spm`, else `~/.config/spm`.
    pub(crate) fn config_dir(&self) -> Option<PathBuf> {
        let variable = |name| self.variable(name).ok().flatten().map(PathBuf::from);
        let base = variable("XDG_CONFIG_HOME")
            .filter(|path| path.is_absolute())
            .or_else(|| variable("HOME").map(|home| home.join(".config")))
            .or_else(|| variable("APPDATA"))?;
        Some(base.join("spm"))
    }

    /// A path as the user wrote it, seen from the working directory.
    pub(crate) fn path(&self, path: impl AsRef<Path>) -> PathBuf {
        self.environment.directory().map_or_else(|| path.as_ref().to_owned(), |here| here.join(&path))
    }
}
