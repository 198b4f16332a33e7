//! `spm timeline`.

use std::sync::Arc;

use chrono::NaiveDate;
use clap::Args;
use futures_util::TryStreamExt;
use pm_core::{Entity, Operation, PmProvider, PmProviderExt, ProjectId, SprintQuery, TaskQuery};

use self::event::Event;
use crate::command::args::date;
use crate::command::listing::all_at_once;
use crate::exit::Code;
use crate::failure::{Failure, Result};
use crate::lookup::Finder;
use crate::output::{Format, FormatArgs, Limit, show_list, today};
use crate::session::Session;

mod calendar;
mod event;

pub(super) const EXAMPLES: &str = "\
Examples:
  spm timeline --project website
  spm timeline --from today --to 2026-12-31
  spm timeline --jsonl date,event,key,title --jq 'select(.event == \"due\")'

An event is one of: `starts` and `due` (an open task), `completed` (a closed task), `starts` and `ends` (a sprint).";

/// Which days.
#[derive(Args, Debug)]
pub(crate) struct TimelineArgs {
    /// Only tasks and sprints of this project (key, name or id)
    #[arg(long, short, value_name = "PROJECT")]
    project: Option<String>,
    /// Not before this day: YYYY-MM-DD, `today`, `tomorrow`
    #[arg(long, value_name = "DATE", value_parser = date)]
    from: Option<NaiveDate>,
    /// Not after this day
    #[arg(long, value_name = "DATE", value_parser = date)]
    to: Option<NaiveDate>,
    #[command(flatten)]
    format: FormatArgs,
}

pub(crate) async fn run(session: &Session, args: TimelineArgs) -> Result<Code> {
    let format = args.format.read::<Event>()?;
    if let (Some(from), Some(to)) = (args.from, args.to)
        && from > to
    {
        return Err(Failure::usage(format!("--from {from} is after --to {to}: no day is between them")));
    }
    let provider = session.reader().await?;
    let project = Finder::new(Arc::clone(&provider)).project_if(args.project.as_deref()).await?;
    let mut events = events(&provider, project.map(|project| project.id)).await?;
    events.retain(|event| event.is_within(args.from, args.to));
    if matches!(format, Format::Table) && session.style.terminal && !events.is_empty() {
        calendar::show(session, &provider, &events).await?;
    } else {
        show_list(session, &provider, all_at_once(events), &args.format, Limit::All).await?;
    }
    Ok(Code::Success)
}

/// Everything that has a day, in order.
async fn events(provider: &Arc<dyn PmProvider>, project: Option<ProjectId>) -> Result<Vec<Event>> {
    let today = today();
    let (mut sprints, mut tasks) = (SprintQuery::new(), TaskQuery::new());
    sprints.project.clone_from(&project);
    tasks.project = project;
    let mut events = Vec::new();
    if provider.capabilities().can(Entity::Sprint, Operation::List) {
        let mut sprints = provider.stream_sprints(sprints);
        while let Some(sprint) = sprints.try_next().await? {
            events.extend(Event::of_sprint(&sprint, today));
        }
    }
    let mut tasks = provider.stream_tasks(tasks);
    while let Some(task) = tasks.try_next().await? {
        events.extend(Event::of_task(&task, today));
    }
    // Stable: what happens on one day stays in the order of its creation, sprints first.
    events.sort_by_key(Event::date);
    Ok(events)
}
