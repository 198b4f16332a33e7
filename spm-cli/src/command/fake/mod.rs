//! `spm fake`.

mod clickup;
mod github;
mod jira;
mod openproject;

use std::future::Future;
use std::io::Write;

use clap::{Args, Subcommand};
use pm_testkit::http_fault::{FaultRule, Faults};

use crate::exit::Code;
use crate::failure::{Failure, Result};
use crate::output::note;
use crate::session::Session;

pub(super) const EXAMPLES: &str = "\
Examples:
  spm fake openproject > fake.env &                       start, note where, go on
  until [ -s fake.env ]; do sleep 0.1; done; . ./fake.env
  spm fake openproject --seed seed.json --fault drop-reply:POST:/work_packages:1
  spm fake jira --flavor datacenter
  spm fake github --limits
  spm fake clickup --zone Europe/Berlin";

/// A server of another vendor's kind, for tests.
#[derive(Debug, Subcommand)]
pub(crate) enum FakeCommand {
    /// Run a ClickUp for tests until it is stopped, and print what to export
    ///
    /// It keeps everything in memory, listens on this machine alone, and behaves as the vendor's documents say: closed tasks and
    /// subtasks hidden unless asked for, dates kept in the workspace's zone, 401 for ids of other workspaces.
    #[command(name = "clickup", after_long_help = clickup::RULES)]
    ClickUp(clickup::ClickUpArgs),
    /// Run a GitHub for tests until it is stopped, and print what to export
    ///
    /// It keeps everything in memory, listens on this machine alone, and behaves as the vendor's documents say: pull requests
    /// among the issues, pages by cursor, fields that are dropped without push access, redirects for what moved.
    #[command(name = "github", after_long_help = github::RULES)]
    GitHub(github::GitHubArgs),
    /// Run a Jira for tests until it is stopped, and print what to export
    ///
    /// It keeps everything in memory, listens on this machine alone, and behaves as the vendor's documents say: statuses
    /// reached by transitions alone, fields that must be on a screen, a search that lags behind what is written.
    #[command(name = "jira", after_long_help = jira::RULES)]
    Jira(jira::JiraArgs),
    /// Run an OpenProject for tests until it is stopped, and print what to export
    ///
    /// It keeps everything in memory, listens on this machine alone, and behaves as the vendor's documents say: pages
    /// counted from one, closed items hidden unless asked for, 409 for a stale `lockVersion`, 404 for what is not visible.
    #[command(name = "openproject", after_long_help = openproject::RULES)]
    OpenProject(openproject::OpenProjectArgs),
}

/// What every such server can be told.
#[derive(Args, Debug)]
struct ServerArgs {
    /// Listen on this port; 0 takes a free one
    #[arg(long, default_value_t = 0)]
    port: u16,
    /// Start with the contents of this JSON file (`--help` shows what it holds)
    #[arg(long, value_name = "FILE")]
    seed: Option<String>,
    /// Let something go wrong: `drop-reply:POST:/comment:1` (`--help` lists what); may be repeated
    #[arg(long = "fault", value_name = "RULE")]
    faults: Vec<String>,
}

impl ServerArgs {
    fn rules(&self) -> Result<Vec<FaultRule>> {
        let rules = self.faults.iter().map(|rule| rule.parse::<FaultRule>());
        rules.collect::<Result<Vec<_>, _>>().map_err(|error| Failure::usage(error.to_string()))
    }

    /// What the server starts with; an empty seed where no file is named.
    fn read<S>(&self, session: &Session) -> Result<S>
    where
        S: std::str::FromStr + Default,
        S::Err: std::fmt::Display,
    {
        let Some(name) = &self.seed else { return Ok(S::default()) };
        let what = || format!("reading the seed `{name}`");
        let text = std::fs::read_to_string(session.host.path(name)).map_err(|error| Failure::io(what(), &error))?;
        text.parse().map_err(|error: S::Err| Failure::usage(error.to_string()).during(what()))
    }

    fn cannot_start(&self, error: &std::io::Error) -> Failure {
        Failure::io(format!("starting a server on port {}", self.port), error)
    }
}

impl FakeCommand {
    pub(super) async fn run(self, session: &Session) -> Result<Code> {
        match self {
            Self::ClickUp(args) => clickup::run(session, &args).await,
            Self::GitHub(args) => github::run(session, &args).await,
            Self::Jira(args) => jira::run(session, &args).await,
            Self::OpenProject(args) => openproject::run(session, &args).await,
        }
    }
}

/// Lets a server that has started run until it is stopped.
async fn serve(
    session: &Session,
    what: &str,
    (faults, rules): (&Faults, Vec<FaultRule>),
    variables: &[(&str, &str)],
    stopped: impl Future<Output = ()>,
) -> Result<Code> {
    for rule in rules {
        faults.add(rule);
    }
    announce(session, variables)?;
    note(format!("{what} for tests is running; Ctrl-C stops it"));
    stopped.await;
    Ok(Code::Success)
}

/// Prints lines for a shell. Nothing in them needs quotes.
fn announce(session: &Session, variables: &[(&str, &str)]) -> Result<()> {
    let mut output = session.lines();
    // In one piece: a script that waits for the file to fill must not find half of it.
    let lines: String = variables.iter().map(|(name, value)| format!("export {name}={value}\n")).collect();
    output.write_all(lines.as_bytes())?;
    output.finish()
}

/// What goes wrong, in words of `--help`.
macro_rules! with_faults {
    ($seed:literal, $examples:literal) => {
        concat!(
            $seed,
            "\n\n\
What goes wrong (--fault): NAME[=VALUE][:METHOD[:PATH[:NTH[:TIMES]]]]\n\
  drop-request               close the connection, nothing was done\n\
  drop-reply                 do it, then close the connection\n\
  status=CODE                answer with this status; status-after=CODE does it first\n\
  too-many-requests=SECONDS  429 with Retry-After\n\
  unavailable[=SECONDS]      503 with Retry-After; unavailable-after does it first\n\
  latency=TIME               take `200ms` or `2s`, then do it; slow-reply does it first\n\
  truncate, garbage, wrong-content-type, html[=CODE], redirect=URL\n\
METHOD `*` is any, PATH a part of the path, NTH the one that it happens to (every one if not said), TIMES how often from\n\
there on.\n\n",
            $examples
        )
    };
}
use with_faults;

/// Ends at Ctrl-C, and where there is such a signal, when the program is asked to end.
#[cfg(unix)]
fn stopped() -> std::io::Result<impl Future<Output = ()>> {
    use tokio::signal::unix::{SignalKind, signal};

    let mut interrupted = signal(SignalKind::interrupt())?;
    let mut terminated = signal(SignalKind::terminate())?;
    Ok(async move {
        tokio::select! {
            _ = interrupted.recv() => {}
            _ = terminated.recv() => {}
        }
    })
}

#[cfg(not(unix))]
fn stopped() -> std::io::Result<impl Future<Output = ()>> {
    Ok(async {
        // A listener that cannot be had leaves the server running: it ends with its process.
        if tokio::signal::ctrl_c().await.is_err() {
            std::future::pending::<()>().await;
        }
    })
}
