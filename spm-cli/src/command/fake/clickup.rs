//! `spm fake clickup`.

use clap::Args;
use pm_testkit::clickup::{FakeClickUp, Seed};

use super::{ServerArgs, serve, stopped, with_faults};
use crate::exit::Code;
use crate::failure::{Failure, Result};
use crate::session::Session;

pub(super) const RULES: &str = with_faults!(
    "\
What the server starts with (--seed), all of it optional; without a seed it has a space to look around in:
  {
    \"users\": [{ \"username\": \"Grace Hopper\", \"email\": \"grace@example.net\", \"token\": \"pk_…\" }],
    \"custom_items\": [\"Bug\"],
    \"custom_fields\": [{ \"name\": \"Region\", \"type\": \"drop_down\", \"options\": [\"North\", \"South\"] }],
    \"spaces\": [{
      \"name\": \"Garden\", \"private\": false, \"custom_task_prefix\": \"GAR\", \"custom_fields\": [], \"tags\": [\"colour\"],
      \"statuses\": [{ \"name\": \"to do\", \"type\": \"open\" }, { \"name\": \"planted\", \"type\": \"closed\" }],
      \"folders\": [{ \"name\": \"Sprints\", \"lists\": [{ \"name\": \"Sprint 1\", \"start\": \"2026-05-01\", \"due\": \"2026-05-14\" }] }],
      \"lists\": [{
        \"name\": \"Backlog\", \"content\": \"…\", \"statuses\": [],
        \"tasks\": [{ \"name\": \"Paint\", \"description\": \"…\", \"status\": \"to do\", \"priority\": 2, \"assignees\": [\"grace\"],
                     \"tags\": [\"colour\"], \"parent\": \"name of an earlier one\", \"due\": \"2026-05-02\", \"points\": 3,
                     \"fields\": { \"Region\": \"North\" }, \"custom_item\": \"Bug\", \"lists\": [\"Sprint 1\"],
                     \"waits_for\": [\"name of another\"], \"linked_to\": [\"name of another\"], \"comments\": [\"…\"] }]
      }]
    }]
  }
Every server has a workspace of two people, Ada Lovelace, whose token is printed, and Mel Kaye.",
    "\
Examples:
  spm fake clickup > fake.env & until [ -s fake.env ]; do sleep 0.1; done; . ./fake.env
  spm fake clickup --port 8080 --limits --time-scale 0.1 --fault drop-reply:POST:/task:1 --fault latency=50ms"
);

/// Which kind of ClickUp.
#[derive(Args, Debug)]
pub(crate) struct ClickUpArgs {
    #[command(flatten)]
    server: ServerArgs,
    /// Refuse more than so many requests of a token in a minute: 100, if no number is given
    #[arg(long, value_name = "N", num_args = 0..=1, default_missing_value = "100")]
    limits: Option<u32>,
    /// How long the minutes of limits take, beside real ones
    #[arg(long, value_name = "N", default_value_t = 1.0)]
    time_scale: f64,
    /// The time zone of the workspace, which dates are kept in
    #[arg(long, value_name = "NAME", default_value = "America/Los_Angeles")]
    zone: String,
    /// Do not let tasks be in several lists
    #[arg(long)]
    one_list: bool,
    /// Write texts where numbers are expected, and the other way round
    #[arg(long)]
    wrong_types: bool,
}

pub(super) async fn run(session: &Session, args: &ClickUpArgs) -> Result<Code> {
    let rules = args.server.rules()?;
    let seed: Seed = match args.server.seed {
        Some(_) => args.server.read(session)?,
        None => Seed::sample().map_err(|error| Failure::usage(error.to_string()))?,
    };
    // Before anything is printed: whoever reads it may stop the server at once.
    let stopped = stopped().map_err(|error| Failure::io("listening for signals", &error))?;
    let builder = FakeClickUp::builder().port(args.server.port).seed(seed).zone(&args.zone);
    let builder = builder.multiple_lists(!args.one_list).wrong_types(args.wrong_types).time_scale(args.time_scale);
    let builder = match args.limits {
        Some(limit) => builder.limit(limit),
        None => builder,
    };
    let server = builder.start().await.map_err(|error| args.server.cannot_start(&error))?;
    let (url, token, team) = (server.url(), server.token(), server.workspace_id());
    let variables = [
        ("PM_PROVIDER", "clickup"),
        ("CLICKUP_API_URL", url.as_str()),
        ("CLICKUP_API_KEY", token.as_str()),
        ("CLICKUP_TEAM_ID", team.as_str()),
    ];
    serve(session, "a ClickUp", (server.faults(), rules), &variables, stopped).await
}
