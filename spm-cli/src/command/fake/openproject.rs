//! `spm fake openproject`.

use clap::Args;
use pm_testkit::openproject::{FakeOpenProject, Seed};

use super::{ServerArgs, serve, stopped, with_faults};
use crate::exit::Code;
use crate::failure::{Failure, Result};
use crate::session::Session;

pub(super) const RULES: &str = with_faults!(
    "\
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
Every server has two users beside these: `admin`, whose key is printed, and `ada`.",
    "\
Examples:
  spm fake openproject > fake.env & until [ -s fake.env ]; do sleep 0.1; done; . ./fake.env
  spm fake openproject --port 8080 --fault drop-reply:POST:/work_packages:1 --fault latency=50ms"
);

/// Which kind of OpenProject.
#[derive(Args, Debug)]
pub(crate) struct OpenProjectArgs {
    #[command(flatten)]
    server: ServerArgs,
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

pub(super) async fn run(session: &Session, args: &OpenProjectArgs) -> Result<Code> {
    let rules = args.server.rules()?;
    let seed: Seed = args.server.read(session)?;
    // Before anything is printed: whoever reads it may stop the server at once.
    let stopped = stopped().map_err(|error| Failure::io("listening for signals", &error))?;
    let server = FakeOpenProject::builder()
        .port(args.server.port)
        .seed(seed)
        .sprints(!args.older)
        .labels(!args.older)
        .login_required(!args.anonymous)
        .everybody_is_member(args.everybody_is_member)
        .maximum_page_size(args.max_page_size)
        .start()
        .await
        .map_err(|error| args.server.cannot_start(&error))?;
    let (url, key) = (server.url(), server.api_key());
    let variables = [("PM_PROVIDER", "openproject"), ("OPENPROJECT_URL", url.as_str()), ("OPENPROJECT_API_KEY", key)];
    serve(session, "an OpenProject", (server.faults(), rules), &variables, stopped).await
}
