//! `spm task list`.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use clap::Args;
use pm_core::capability::Filter;
use pm_core::query::{Sort, SortField};
use pm_core::{Entity, PMTask, PmProvider, StatusCategory, TaskQuery};

use crate::command::args::{Order, SortBy, State, since};
use crate::failure::Result;
use crate::lookup::Finder;
use crate::output::{FormatArgs, Limit, Pages, show_list};
use crate::session::Session;

/// Which tasks.
#[derive(Args, Debug)]
pub(crate) struct ListArgs {
    /// Only tasks of this project (key, name or id)
    #[arg(long, short, value_name = "PROJECT")]
    project: Option<String>,
    /// Only open or closed tasks
    #[arg(long, short, value_enum, default_value_t = State::Open, conflicts_with = "status")]
    state: State,
    /// Only tasks with one of these statuses: backlog, todo, in_progress, done, cancelled
    #[arg(long, value_name = "STATUS", value_delimiter = ',')]
    status: Vec<StatusCategory>,
    /// Only tasks that this user works on (`@me`, login, name or id)
    #[arg(long, short, value_name = "USER", conflicts_with = "unassigned")]
    assignee: Option<String>,
    /// Only tasks that nobody works on
    #[arg(long)]
    unassigned: bool,
    /// Only tasks that have all of these labels
    #[arg(long, short, value_name = "LABEL")]
    label: Vec<String>,
    /// Only tasks of this sprint (key, name or id)
    #[arg(long, visible_alias = "milestone", value_name = "SPRINT", conflicts_with = "no_sprint")]
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
    /// Sort by this
    #[arg(long, value_enum, default_value_t = SortBy::Created)]
    sort: SortBy,
    /// Newest or oldest first
    #[arg(long, value_enum, default_value_t = Order::Desc)]
    order: Order,
    /// At most so many, or `all`
    #[arg(long, short = 'L', default_value = "30", value_name = "NUMBER")]
    limit: Limit,
    #[command(flatten)]
    format: FormatArgs,
}

pub(super) async fn run(session: &Session, args: ListArgs) -> Result<()> {
    args.format.read::<PMTask>()?;
    let provider = session.reader().await?;
    let mut query = query(&args, &provider).await?;
    let keep = narrow_by_state(&args, &provider, &mut query);
    let fetching = Arc::clone(&provider);
    let fetch = move |cursor| {
        let (provider, query) = (Arc::clone(&fetching), query.clone());
        let page: futures_util::future::BoxFuture<'static, _> =
            Box::pin(async move { provider.tasks_page(&query, cursor).await });
        page
    };
    let pages = Pages { fetch: Box::new(fetch), keep };
    show_list(session, &provider, pages, &args.format, args.limit).await
}

async fn query(args: &ListArgs, provider: &Arc<dyn PmProvider>) -> Result<TaskQuery> {
    let finder = Finder::new(Arc::clone(provider));
    let mut query = TaskQuery::new().labels(args.label.clone());
    let project = match &args.project {
        Some(word) => Some(finder.project(word).await?),
        None => None,
    };
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
    query.page_size = args.limit.page_size();
    Ok(query.sort(sort(args)))
}

fn sort(args: &ListArgs) -> Sort {
    let by = match args.sort {
        SortBy::Created => SortField::CreatedAt,
        SortBy::Updated => SortField::UpdatedAt,
    };
    match args.order {
        Order::Asc => Sort::ascending(by),
        Order::Desc => Sort::descending(by),
    }
}

/// Asks the backend for the state; one that cannot tell is asked for all, and what does not fit is left out here.
fn narrow_by_state(
    args: &ListArgs,
    provider: &Arc<dyn PmProvider>,
    query: &mut TaskQuery,
) -> Box<dyn Fn(&PMTask) -> bool + Send> {
    let wanted = match args.state {
        _ if !args.status.is_empty() => args.status.clone(),
        State::Open => StatusCategory::OPEN.to_vec(),
        State::Closed => StatusCategory::CLOSED.to_vec(),
        State::All => Vec::new(),
    };
    if provider.capabilities().entity(Entity::Task).filters.contains(&Filter::Status) {
        query.statuses = wanted;
        return Box::new(|_| true);
    }
    query.page_size = None;
    Box::new(move |task| wanted.is_empty() || wanted.contains(&task.status.category))
}
