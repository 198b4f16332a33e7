//! `spm project list`.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use clap::Args;
use pm_core::{Entity, PMProject, ProjectQuery};

use crate::command::args::{OrderArgs, State, since};
use crate::command::listing::{narrow, projects, sort};
use crate::failure::Result;
use crate::output::{FormatArgs, show_list};
use crate::session::Session;

pub(super) const EXAMPLES: &str = "\
Examples:
  spm project list
  spm project list --state all --search relaunch
  spm project list --json key,name,owner_login --jq '.[] | .key'";

/// Which projects.
#[derive(Args, Debug)]
pub(crate) struct ListArgs {
    /// Only open or closed projects
    #[arg(long, short, value_enum, default_value_t = State::Open)]
    state: State,
    /// Only projects with this text in name or description
    #[arg(long, short = 'S', visible_alias = "text", value_name = "TEXT")]
    search: Option<String>,
    /// Only projects that changed since: a date, a time (RFC 3339), or a span like `3d`, `12h`
    #[arg(long, value_name = "WHEN", value_parser = since)]
    since: Option<DateTime<Utc>>,
    #[command(flatten)]
    order: OrderArgs,
    #[command(flatten)]
    format: FormatArgs,
}

pub(super) async fn run(session: &Session, args: ListArgs) -> Result<()> {
    args.format.read::<PMProject>()?;
    let provider = session.reader().await?;
    let mut query = ProjectQuery::new().sort(sort(&provider, Entity::Project, &args.order));
    query.text = args.search;
    query.updated_since = args.since;
    query.page_size = args.order.limit.page_size();
    let asked = (&mut query.statuses, &mut query.page_size);
    let category = |project: &PMProject| project.status.category;
    let keep = narrow(&provider, Entity::Project, args.state.of_projects(), asked, category);
    let pages = projects(&Arc::clone(&provider), query, keep);
    show_list(session, &provider, pages, &args.format, args.order.limit).await
}
