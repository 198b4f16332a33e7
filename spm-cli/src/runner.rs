//! From arguments to an exit code.

use std::ffi::OsString;
use std::io::Write;
use std::process::ExitCode;

use clap::error::ErrorKind;
use clap::{CommandFactory, FromArgMatches};
use pm_core::{ProviderRegistry, builtin_registry};

use crate::cli::Cli;
use crate::command;
use crate::exit::Code;
use crate::failure::{Failure, Result};
use crate::host::Host;
use crate::logging;
use crate::session::Session;

/// The command line, ready to run: with the backends that this build has, or with more.
///
/// A program of your own with one more backend:
///
/// ```no_run
/// # use pm_core::ProviderFactory;
/// fn ship(my_factory: impl ProviderFactory) -> std::process::ExitCode {
///     spm_cli::Runner::new().with(my_factory).main()
/// }
/// ```
#[derive(Clone, Debug)]
pub struct Runner {
    registry: ProviderRegistry,
    name: String,
}

impl Runner {
    /// Knows the backends that are compiled in, and is called `spm`.
    #[must_use]
    pub fn new() -> Self {
        Self { registry: builtin_registry(), name: "spm".to_owned() }
    }

    /// Adds a backend.
    #[must_use]
    pub fn with(mut self, factory: impl pm_core::ProviderFactory) -> Self {
        self.registry = self.registry.with(factory);
        self
    }

    /// Takes these backends and no others.
    #[must_use]
    pub fn registry(mut self, registry: ProviderRegistry) -> Self {
        self.registry = registry;
        self
    }

    /// Goes by another name in help texts, completions and manual pages.
    #[must_use]
    pub fn name(mut self, name: impl Into<String>) -> Self {
        self.name = name.into();
        self
    }

    /// Runs the arguments of this process: the whole of a `main`.
    #[must_use]
    pub fn main(self) -> ExitCode {
        let runtime = match tokio::runtime::Builder::new_current_thread().enable_all().build() {
            Ok(runtime) => runtime,
            Err(error) => return report(&Failure::io("starting", &error)).into(),
        };
        let code = runtime.block_on(self.run(std::env::args_os(), Host::of_process()));
        // A helper thread (a pipe that is still being read) must not keep the program.
        runtime.shutdown_background();
        code.into()
    }

    /// Runs a command; the first argument is the program's own name.
    pub async fn run(&self, arguments: impl IntoIterator<Item = impl Into<OsString> + Clone>, host: Host) -> Code {
        match self.try_run(arguments, host).await {
            Ok(code) => code,
            Err(failure) => report(&failure),
        }
    }

    async fn try_run(
        &self,
        arguments: impl IntoIterator<Item = impl Into<OsString> + Clone>,
        host: Host,
    ) -> Result<Code> {
        let mut grammar = Cli::command().name(self.name.clone());
        let matches = match grammar.try_get_matches_from_mut(arguments) {
            Ok(matches) => matches,
            Err(error) => return print_clap(&error),
        };
        let cli = match Cli::from_arg_matches(&matches) {
            Ok(cli) => cli,
            Err(error) => return print_clap(&error.format(&mut grammar)),
        };
        logging::start(cli.globals.verbose, &host);
        let session = Session::new(self.registry.clone(), &cli.globals, host)?;
        command::run(cli.command, session, grammar).await
    }
}

impl Default for Runner {
    fn default() -> Self {
        Self::new()
    }
}

/// Prints help, the version, or what is wrong with the arguments, each to its own stream.
fn print_clap(error: &clap::Error) -> Result<Code> {
    error.print()?;
    Ok(match error.kind() {
        ErrorKind::DisplayHelp | ErrorKind::DisplayVersion => Code::Success,
        _ => Code::Usage,
    })
}

/// Says on standard error what went wrong.
fn report(failure: &Failure) -> Code {
    if !failure.is_silent() {
        // Nobody is left to be told when this fails.
        // What a message quotes may come from a file or a backend.
        let text = crate::output::safe::lines(&failure.to_string());
        let _ = writeln!(std::io::stderr().lock(), "error: {text}");
    }
    failure.code
}
