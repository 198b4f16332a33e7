//! `spm sprint list`.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use clap::Args;
use pm_core::{Entity, PMSprint, SprintQuery};

use crate::command::args::{OrderArgs, State, since};
use crate::command::listing::{narrow, sort, sprints};
use crate::failure::Result;
use crate::lookup::Finder;
use crate::output::{FormatArgs, show_list};
use crate::session::Session;

pub(super) const EXAMPLES: &str = "\
Examples:
  spm sprint list --project website
  spm sprint list --state all --json name,start_date,end_date,state";

/// Which sprints.
#[derive(Args, Debug)]
#[command(next_help_heading = "Filters")]
pub(crate) struct ListArgs {
    /// Only sprints of this project (key, name or id)
    #[arg(long, short, value_name = "PROJECT")]
    project: Option<String>,
    /// Only open or closed sprints
    #[arg(long, short, value_enum, default_value_t = State::Open)]
    state: State,
    /// Only sprints with this text in name or goal
    #[arg(long, short = 'S', visible_alias = "text", value_name = "TEXT")]
    search: Option<String>,
    /// Only sprints that changed since: a date, a time (RFC 3339), or a span like `3d`, `12h`
    #[arg(long, value_name = "WHEN", value_parser = since)]
    since: Option<DateTime<Utc>>,
    #[command(flatten)]
    order: OrderArgs,
    #[command(flatten)]
    format: FormatArgs,
}

pub(super) async fn run(session: &Session, args: ListArgs) -> Result<()> {
    args.format.read::<PMSprint>()?;
    let provider = session.reader().await?;
    let project = Finder::new(Arc::clone(&provider)).project_if(args.project.as_deref()).await?;
    let mut query = SprintQuery::new().sort(sort(&provider, Entity::Sprint, &args.order));
    query.project = project.map(|project| project.id);
    query.text = args.search;
    query.updated_since = args.since;
    query.page_size = args.order.limit.page_size();
    let asked = (&mut query.statuses, &mut query.page_size);
    let category = |sprint: &PMSprint| sprint.status.category;
    let keep = narrow(&provider, Entity::Sprint, args.state.of_sprints(), asked, category);
    let pages = sprints(&provider, query, keep);
    show_list(session, &provider, pages, &args.format, args.order.limit).await
}
