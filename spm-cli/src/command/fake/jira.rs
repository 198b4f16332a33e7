//! `spm fake jira`.

use std::time::Duration;

use clap::{Args, ValueEnum};
use pm_testkit::jira::{FakeJira, Seed};

use super::{ServerArgs, serve, stopped, with_faults};
use crate::exit::Code;
use crate::failure::{Failure, Result};
use crate::session::Session;

pub(super) const RULES: &str = with_faults!(
    "\
What the server starts with (--seed), all of it optional:
  {
    \"users\": [{ \"name\": \"grace\", \"display_name\": \"Grace Hopper\", \"email\": \"…\", \"admin\": false, \"token\": \"…\" }],
    \"priorities\": [\"High\", \"Medium\", \"Low\"],
    \"issue_types\": [{ \"name\": \"Epic\", \"level\": 1 }, { \"name\": \"Task\" }, { \"name\": \"Subtask\", \"level\": -1 }],
    \"custom_fields\": [{ \"name\": \"Region\", \"kind\": \"select\", \"options\": [\"North\", \"South\"] }],
    \"workflows\": { \"Review\": {
      \"statuses\": [{ \"name\": \"Open\", \"category\": \"new\" }, { \"name\": \"Closed\", \"category\": \"done\" }],
      \"transitions\": [{ \"name\": \"Close\", \"from\": [\"Open\"], \"to\": \"Closed\" }]
    } },
    \"projects\": [{
      \"key\": \"WEB\", \"name\": \"Website\", \"members\": [\"ada\", \"grace\"], \"workflows\": { \"Bug\": \"Review\" },
      \"boards\": [{ \"name\": \"WEB board\", \"sprints\": [{ \"name\": \"Sprint 1\", \"state\": \"active\" }] }],
      \"issues\": [{ \"summary\": \"Paint\", \"type\": \"Task\", \"status\": \"In Progress\", \"assignee\": \"ada\",
                    \"sprint\": \"Sprint 1\", \"due\": \"2026-05-01\", \"labels\": [\"garden\"], \"comments\": [\"green\"] }]
    }]
  }
Every server has two users beside these: an administrator, whose token is printed, and `ada`.",
    "\
Examples:
  spm fake jira > fake.env & until [ -s fake.env ]; do sleep 0.1; done; . ./fake.env
  spm fake jira --flavor datacenter --port 8080 --fault drop-reply:POST:/issue:1 --fault latency=50ms"
);

/// Which kind of Jira.
#[derive(Args, Debug)]
pub(crate) struct JiraArgs {
    #[command(flatten)]
    server: ServerArgs,
    /// Which of the two Jiras to be
    #[arg(long, value_enum, default_value_t = FlavorArg::Cloud)]
    flavor: FlavorArg,
    /// How long the search takes to notice what is written, in milliseconds; 300 on Cloud, 0 on Data Center
    #[arg(long, value_name = "MILLISECONDS")]
    index_lag: Option<u64>,
    /// How many items a page has at most
    #[arg(long, value_name = "N", default_value_t = 100)]
    max_page_size: usize,
    /// Answer however fast requests come; without this, a Cloud refuses some with 429 as the vendor does
    #[arg(long)]
    no_rate_limits: bool,
}

/// The two Jiras.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum FlavorArg {
    /// A site of the vendor's: API v3, account ids, documents
    Cloud,
    /// An installation: API v2, user names, wiki markup
    #[value(name = "datacenter", alias = "server")]
    DataCenter,
}

pub(super) async fn run(session: &Session, args: &JiraArgs) -> Result<Code> {
    let rules = args.server.rules()?;
    let seed: Seed = args.server.read(session)?;
    // Before anything is printed: whoever reads it may stop the server at once.
    let stopped = stopped().map_err(|error| Failure::io("listening for signals", &error))?;
    let builder = match args.flavor {
        FlavorArg::Cloud => FakeJira::builder(),
        FlavorArg::DataCenter => FakeJira::data_center_builder(),
    };
    let builder = match args.index_lag {
        Some(lag) => builder.index_lag(Duration::from_millis(lag)),
        None => builder,
    };
    let builder = if args.no_rate_limits { builder.rate_limits(false) } else { builder };
    let server = builder
        .port(args.server.port)
        .seed(seed)
        .page_size(args.max_page_size)
        .search_page_size(args.max_page_size)
        .start()
        .await
        .map_err(|error| args.server.cannot_start(&error))?;
    let url = server.url();
    // A personal access token of Data Center stands alone; an empty variable counts as unset.
    let username = if args.flavor == FlavorArg::Cloud { server.username() } else { "" };
    let variables = [
        ("PM_PROVIDER", "jira"),
        ("JIRA_URL", url.as_str()),
        ("JIRA_USERNAME", username),
        ("JIRA_API_TOKEN", server.api_token()),
    ];
    serve(session, "a Jira", (server.faults(), rules), &variables, stopped).await
}
