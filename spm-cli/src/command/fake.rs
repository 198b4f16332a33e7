//! `spm fake`.

use std::future::Future;
use std::io::Write;

use clap::{Args, Subcommand};
use pm_testkit::http_fault::FaultRule;
use pm_testkit::openproject::{FakeOpenProject, Seed};

use crate::exit::Code;
use crate::failure::{Failure, Result};
use crate::output::note;
use crate::session::Session;

pub(super) const EXAMPLES: &str = "\
Examples:
  spm fake openproject > fake.env &                       start, note where, go on
  until [ -s fake.env ]; do sleep 0.1; done; . ./fake.env
  spm fake openproject --seed seed.json --fault drop-reply:POST:/work_packages:1";

const RULES: &str = "\
What the server starts with (--seed), all of it optional:
  {
    \"users\": [{ \"login\": \"grace\", \"name\": \"Grace Hopper\", \"email\": \"…\", \"admin\": false, \"api_key\": \"…\" }],
    \"statuses\": [{ \"name\": \"New\", \"default\": true }, { \"name\": \"Done\", \"closed\": true }],
    \"types\": [{ \"name\": \"Task\", \"default\": true }],
    \"priorities\": [{ \"name\": \"Normal\", \"default\": true }],
    \"labels\": [\"urgent\"],
    \"custom_fields\": [{ \"name\": \"Customer\", \"kind\": \"list\", \"options\": [\"Ada & Co\"], \"required\": false }],
    \"projects\": [{
      \"identifier\": \"garden\", \"name\": \"Garden\", \"members\": [\"ada\", \"grace\"],
      \"versions\": [{ \"name\": \"Spring\", \"end_date\": \"2026-05-31\" }],
      \"sprints\": [{ \"name\": \"Sprint 1\", \"status\": \"active\" }],
      \"work_packages\": [{ \"subject\": \"Paint\", \"status\": \"New\", \"assignee\": \"ada\", \"version\": \"Spring\",
                          \"estimated_time\": \"PT2H\", \"due_date\": \"2026-05-01\", \"comments\": [\"green\"] }]
    }]
  }
Every server has two users beside these: `admin`, whose key is printed, and `ada`.

What goes wrong (--fault): NAME[=VALUE][:METHOD[:PATH[:NTH[:TIMES]]]]
  drop-request               close the connection, nothing was done
  drop-reply                 do it, then close the connection
  status=CODE                answer with this status; status-after=CODE does it first
  too-many-requests=SECONDS  429 with Retry-After
  unavailable[=SECONDS]      503 with Retry-After; unavailable-after does it first
  latency=TIME               take `200ms` or `2s`, then do it; slow-reply does it first
  truncate, garbage, wrong-content-type, html[=CODE], redirect=URL
METHOD `*` is any, PATH a part of the path, NTH the one that it happens to (every one if not said), TIMES how often from
there on.

Examples:
  spm fake openproject > fake.env & until [ -s fake.env ]; do sleep 0.1; done; . ./fake.env
  spm fake openproject --port 8080 --fault drop-reply:POST:/work_packages:1 --fault latency=50ms";

/// A server of another vendor's kind, for tests.
#[derive(Debug, Subcommand)]
pub(crate) enum FakeCommand {
    /// Run an OpenProject for tests until it is stopped, and print what to export
    ///
    /// It keeps everything in memory, listens on this machine alone, and behaves as the vendor's documents say: pages
    /// counted from one, closed items hidden unless asked for, 409 for a stale `lockVersion`, 404 for what is not visible.
    #[command(name = "openproject", after_long_help = RULES)]
    OpenProject(OpenProjectArgs),
}

/// Which kind of OpenProject.
#[derive(Args, Debug)]
pub(crate) struct OpenProjectArgs {
    /// Listen on this port; 0 takes a free one
    #[arg(long, default_value_t = 0)]
    port: u16,
    /// Start with the contents of this JSON file (`--help` shows what it holds)
    #[arg(long, value_name = "FILE")]
    seed: Option<String>,
    /// Let something go wrong: `drop-reply:POST:/work_packages:1` (`--help` lists what); may be repeated
    #[arg(long = "fault", value_name = "RULE")]
    faults: Vec<String>,
    /// Be an older server: versions, but neither sprints nor labels
    #[arg(long)]
    older: bool,
    /// Answer requests without credentials with public data
    #[arg(long)]
    anonymous: bool,
    /// Make every user a member of each new project, so that all can be assigned
    #[arg(long)]
    everybody_is_member: bool,
    /// How many items a page has at most
    #[arg(long, value_name = "N", default_value_t = 1000)]
    max_page_size: usize,
}

impl FakeCommand {
    pub(super) async fn run(self, session: &Session) -> Result<Code> {
        match self {
            Self::OpenProject(args) => openproject(session, &args).await,
        }
    }
}

async fn openproject(session: &Session, args: &OpenProjectArgs) -> Result<Code> {
    let rules = args.faults.iter().map(|rule| rule.parse::<FaultRule>());
    let rules = rules.collect::<Result<Vec<_>, _>>().map_err(|error| Failure::usage(error.to_string()))?;
    let seed = args.seed.as_deref().map(|name| read(session, name)).transpose()?;
    // Before anything is printed: whoever reads it may stop the server at once.
    let stopped = stopped().map_err(|error| Failure::io("listening for signals", &error))?;
    let server = FakeOpenProject::builder()
        .port(args.port)
        .seed(seed.unwrap_or_default())
        .sprints(!args.older)
        .labels(!args.older)
        .login_required(!args.anonymous)
        .everybody_is_member(args.everybody_is_member)
        .maximum_page_size(args.max_page_size)
        .start()
        .await
        .map_err(|error| Failure::io(format!("starting a server on port {}", args.port), &error))?;
    for rule in rules {
        server.faults().add(rule);
    }
    announce(session, &server)?;
    note("an OpenProject for tests is running; Ctrl-C stops it");
    stopped.await;
    Ok(Code::Success)
}

fn read(session: &Session, name: &str) -> Result<Seed> {
    let what = || format!("reading the seed `{name}`");
    let text = std::fs::read_to_string(session.host.path(name)).map_err(|error| Failure::io(what(), &error))?;
    text.parse().map_err(|error: pm_testkit::openproject::SeedError| Failure::usage(error.to_string()).during(what()))
}

/// Prints lines for a shell. Nothing in them needs quotes.
fn announce(session: &Session, server: &FakeOpenProject) -> Result<()> {
    let mut output = session.lines();
    // In one piece: a script that waits for the file to fill must not find half of it.
    let lines = format!(
        "export PM_PROVIDER=openproject\nexport OPENPROJECT_URL={}\nexport OPENPROJECT_API_KEY={}\n",
        server.url(),
        server.api_key(),
    );
    output.write_all(lines.as_bytes())?;
    output.finish()
}

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
