//! `spm fake github`.

use clap::Args;
use pm_testkit::github::{FakeGitHub, Seed};

use super::{ServerArgs, serve, stopped, with_faults};
use crate::exit::Code;
use crate::failure::{Failure, Result};
use crate::session::Session;

pub(super) const RULES: &str = with_faults!(
    "\
What the server starts with (--seed), all of it optional; without a seed it has two repositories to look around in:
  {
    \"users\": [{ \"login\": \"grace\", \"name\": \"Grace Hopper\", \"rights\": \"read\", \"token\": \"…\" }],
    \"organizations\": [{ \"login\": \"navy\", \"owners\": [\"grace\"], \"issue_types\": [\"Task\", \"Bug\"] }],
    \"repositories\": [{
      \"name\": \"navy/cobol\", \"description\": \"…\", \"private\": true, \"collaborators\": { \"mel\": \"write\" },
      \"milestones\": [{ \"title\": \"Sprint 1\", \"due\": \"2026-05-01\" }],
      \"issues\": [{ \"title\": \"Write\", \"body\": \"…\", \"type\": \"Task\", \"assignees\": [\"mel\"], \"labels\": [\"bug\"],
                    \"milestone\": \"Sprint 1\", \"state\": \"closed\", \"state_reason\": \"not_planned\",
                    \"parent\": \"title of another\", \"blocked_by\": [\"title of another\"], \"comments\": [\"…\"] }]
    }]
  }
Every server has `ada`, who may do everything and whose token is printed, `mel`, who may push everywhere, and the
organization `acme`.",
    "\
Examples:
  spm fake github > fake.env & until [ -s fake.env ]; do sleep 0.1; done; . ./fake.env
  spm fake github --port 8080 --limits --time-scale 0.1 --fault drop-reply:POST:/issues:1 --fault latency=50ms"
);

/// Which kind of GitHub.
#[derive(Args, Debug)]
pub(crate) struct GitHubArgs {
    #[command(flatten)]
    server: ServerArgs,
    /// Refuse what comes too fast, as the vendor does: 80 new contents in a minute, 500 in an hour, 900 points in a minute
    #[arg(long)]
    limits: bool,
    /// How long the hours and minutes of limits take, beside real ones
    #[arg(long, value_name = "N", default_value_t = 1.0)]
    time_scale: f64,
    /// Refuse more than so many requests in an hour; without this they are only counted
    #[arg(long, value_name = "N")]
    primary_limit: Option<u32>,
}

pub(super) async fn run(session: &Session, args: &GitHubArgs) -> Result<Code> {
    let rules = args.server.rules()?;
    let seed: Seed = match args.server.seed {
        Some(_) => args.server.read(session)?,
        None => Seed::sample().map_err(|error| Failure::usage(error.to_string()))?,
    };
    // Before anything is printed: whoever reads it may stop the server at once.
    let stopped = stopped().map_err(|error| Failure::io("listening for signals", &error))?;
    let builder = FakeGitHub::builder().port(args.server.port).seed(seed);
    let builder = builder.secondary_limits(args.limits).time_scale(args.time_scale);
    let builder = match args.primary_limit {
        Some(limit) => builder.primary_limit(limit),
        None => builder,
    };
    let server = builder.start().await.map_err(|error| args.server.cannot_start(&error))?;
    let (url, token) = (server.url(), server.token());
    let variables = [("PM_PROVIDER", "github"), ("GITHUB_API_URL", url.as_str()), ("GITHUB_TOKEN", token.as_str())];
    serve(session, "a GitHub", (server.faults(), rules), &variables, stopped).await
}
