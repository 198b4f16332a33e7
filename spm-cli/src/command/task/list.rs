//! `spm task list`.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use clap::Args;
use pm_core::{Entity, PMTask, PmProvider, StatusCategory, TaskQuery};

use crate::command::args::{OrderArgs, State, since};
use crate::command::listing::{narrow, sort, tasks};
use crate::failure::Result;
use crate::lookup::Finder;
use crate::output::{FormatArgs, show_list};
use crate::session::Session;

pub(super) const EXAMPLES: &str = "\
Examples:
  spm task list --project website --assignee @me
  spm task list --sprint @current --label bug,urgent
  spm task list --state closed --since 2w --limit all
  spm task list --json key,title,assignee_logins --jq '.[] | select(.assignee_logins == []) | .key'";

/// Which tasks.
#[derive(Args, Debug)]
#[command(next_help_heading = "Filters")]
pub(crate) struct ListArgs {
    /// Only tasks of this project (key, name or id)
    #[arg(long, short, value_name = "PROJECT")]
    project: Option<String>,
    /// Only open or closed tasks
    #[arg(long, short, value_enum, default_value_t = State::Open, conflicts_with = "status")]
    state: State,
    /// Only tasks with one of these statuses: `backlog`, `todo`, `in_progress`, `done`, `cancelled`
    #[arg(long, value_name = "STATUS", value_delimiter = ',')]
    status: Vec<StatusCategory>,
    /// Only tasks that this user works on (`@me`, login, name or id)
    #[arg(long, short, value_name = "USER", conflicts_with = "unassigned")]
    assignee: Option<String>,
    /// Only tasks that nobody works on
    #[arg(long)]
    unassigned: bool,
    /// Only tasks that have all of these labels
    #[arg(long, short, value_name = "LABEL", value_delimiter = ',')]
    label: Vec<String>,
    /// Only tasks of this sprint (key, name, id, or `@current`)
    #[arg(long, short = 'm', visible_alias = "milestone", value_name = "SPRINT", conflicts_with = "no_sprint")]
    sprint: Option<String>,
    /// Only tasks that are in no sprint
    #[arg(long, visible_alias = "no-milestone")]
    no_sprint: bool,
    /// Only direct children of this task
    #[arg(long, value_name = "TASK", conflicts_with = "top_level")]
    parent: Option<String>,
    /// Only tasks that are no part of another
    #[arg(long)]
    top_level: bool,
    /// Only tasks with this text in title or description
    #[arg(long, short = 'S', visible_alias = "text", value_name = "TEXT")]
    search: Option<String>,
    /// Only tasks that changed since: a date, a time (RFC 3339), or a span like `3d`, `12h`
    #[arg(long, value_name = "WHEN", value_parser = since)]
    since: Option<DateTime<Utc>>,
    #[command(flatten)]
    order: OrderArgs,
    #[command(flatten)]
    format: FormatArgs,
}

pub(super) async fn run(session: &Session, args: ListArgs) -> Result<()> {
    args.format.read::<PMTask>()?;
    let provider = session.reader().await?;
    let mut query = query(&args, &provider).await?;
    let wanted = if args.status.is_empty() { args.state.of_tasks() } else { args.status.clone() };
    let asked = (&mut query.statuses, &mut query.page_size);
    let keep = narrow(&provider, Entity::Task, wanted, asked, |task: &PMTask| task.status.category);
    let pages = tasks(&provider, query, keep);
    show_list(session, &provider, pages, &args.format, args.order.limit).await
}

async fn query(args: &ListArgs, provider: &Arc<dyn PmProvider>) -> Result<TaskQuery> {
    let finder = Finder::new(Arc::clone(provider));
    let mut query = TaskQuery::new().labels(args.label.clone());
    let project = finder.project_if(args.project.as_deref()).await?;
    query.project = project.as_ref().map(|project| project.id.clone());
    if let Some(word) = &args.assignee {
        query = query.assignee(finder.user(word).await?.id);
    }
    if let Some(word) = &args.sprint {
        query = query.sprint(finder.sprint(word, project.as_ref()).await?.id);
    }
    if let Some(word) = &args.parent {
        query = query.parent(finder.task(word, project.as_ref()).await?.id);
    }
    if args.unassigned {
        query = query.unassigned();
    }
    if args.no_sprint {
        query = query.without_sprint();
    }
    if args.top_level {
        query = query.top_level();
    }
    query.text.clone_from(&args.search);
    query.updated_since = args.since;
    query.page_size = args.order.limit.page_size();
    Ok(query.sort(sort(provider, Entity::Task, &args.order)))
}
