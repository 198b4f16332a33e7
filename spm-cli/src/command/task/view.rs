//! `spm task view`.

use std::sync::Arc;

use clap::Args;
use pm_core::{Comment, CustomValue, Freshness, Hours, LinkedPullRequests, PMTask, PmProviderExt, Visibility};

use super::present::{logins, priority};
use crate::browser;
use crate::command::pull_request;
use crate::command::pull_request::present::{TaskWithPullRequests, lines};
use crate::failure::Result;
use crate::lookup::{Finder, Names};
use crate::output::{Details, FormatArgs, Written, day, moment, note, show_item};
use crate::session::Session;

pub(super) const EXAMPLES: &str = "\
Examples:
  spm task view WEB-12
  spm task view 12 --project website --comments
  spm task view 12 --prs --fresh
  spm task view WEB-12 --json title,status --jq .status.name";

/// Which task, and what of it.
#[derive(Args, Debug)]
pub(crate) struct ViewArgs {
    /// The task: key, id, number in --project, or title
    task: String,
    /// The project in which a bare number is meant
    #[arg(long, short, value_name = "PROJECT")]
    project: Option<String>,
    /// Show the comments as well
    #[arg(long)]
    comments: bool,
    /// Show its pull requests and why they are said to be its own; `--json` has them as `pull_requests`
    #[arg(long)]
    prs: bool,
    /// Ask the backend for the pull requests, whatever is remembered
    #[arg(long, requires = "prs")]
    fresh: bool,
    /// Open it in a browser instead
    #[arg(long, short)]
    web: bool,
    #[command(flatten)]
    format: FormatArgs,
}

pub(super) async fn run(session: &Session, args: ViewArgs) -> Result<()> {
    check_format(&args)?;
    let provider = session.reader().await?;
    let pull_requests = if args.prs { Some(pull_request::of(&provider)?) } else { None };
    let finder = Finder::new(Arc::clone(&provider));
    let project = finder.project_if(args.project.as_deref()).await?;
    let task = finder.task(&args.task, project.as_ref()).await?;
    if args.web {
        return browser::open(&session.host, &task.described(), task.url.as_deref());
    }
    let comments = if args.comments { provider.list_comments(&task.id).await? } else { Vec::new() };
    let Some(pull_requests) = pull_requests else {
        return show_item(session, &provider, &task, &args.format, async |names| details(&task, &comments, names))
            .await;
    };
    let linked = pull_requests.pull_requests_of_task(&task.id, Freshness::fresh_if(args.fresh)).await?;
    if !linked.complete {
        note("branches and titles of the oldest pull requests were not looked at");
    }
    let item = TaskWithPullRequests { task, linked };
    show_item(session, &provider, &item, &args.format, async |names| {
        Ok(details(&item.task, &comments, names)?.text(Some("-- pull requests".to_owned()), listed(&item.linked)))
    })
    .await
}

/// Refuses fields that there are not, before anything is asked.
fn check_format(args: &ViewArgs) -> Result<()> {
    if args.prs {
        return args.format.read::<TaskWithPullRequests>().map(drop);
    }
    args.format.read::<PMTask>().map(drop)
}

fn listed(linked: &LinkedPullRequests) -> String {
    if linked.items.is_empty() { "none".to_owned() } else { lines(linked) }
}

fn details(task: &PMTask, comments: &[Comment], names: &Names) -> Result<Details> {
    let hours = |hours: Option<Hours>| hours.map(|hours| hours.to_string()).unwrap_or_default();
    let restricted = task.visibility != Visibility::default();
    let mut details = Details::new(format!("{}  {}", task.handle(), task.title))
        .fact("project", names.project_key(&task.project_id))
        .fact("status", &task.status.name)
        .fact("priority", priority(task.priority.as_ref()))
        .fact("type", task.task_type.as_deref().unwrap_or_default())
        .fact("assignees", logins(task, names).join(", "))
        .fact("author", task.author_id.as_ref().map(|id| names.login(id)).unwrap_or_default())
        .fact("labels", task.labels.join(", "))
        .fact("sprint", task.sprint_id.as_ref().map(|id| names.sprint_name(id)).unwrap_or_default())
        .fact("parent", task.parent_task_id.as_ref().map(|id| names.task_key(id)).unwrap_or_default())
        .fact("estimated", hours(task.estimated_hours))
        .fact("spent", hours(task.actual_hours))
        .fact("start", task.start_date.map(day).unwrap_or_default())
        .fact("due", task.due_date.map(day).unwrap_or_default())
        .fact("visibility", if restricted { "restricted" } else { "" })
        .fact("fields", custom_fields(task))
        .fact("created", task.created_at.map(moment).unwrap_or_default())
        .fact("updated", task.updated_at.map(moment).unwrap_or_default())
        .fact("completed", task.completed_at.map(moment).unwrap_or_default())
        .fact("address", task.url.as_deref().unwrap_or_default())
        .fact("id", task.id.as_str())
        .text(None, task.description.as_deref().unwrap_or_default());
    for comment in comments {
        details = details.text(Some(heading(comment, names)), &comment.body);
    }
    Ok(details)
}

/// `Points=8, Where=north side`.
fn custom_fields(task: &PMTask) -> String {
    let shown = task.custom_fields.iter().map(|(name, value)| match value {
        CustomValue::Text(text) => format!("{name}={text}"),
        other => format!("{name}={}", serde_json::to_string(other).unwrap_or_default()),
    });
    shown.collect::<Vec<_>>().join(", ")
}

fn heading(comment: &Comment, names: &Names) -> String {
    let known = comment.author_id.as_ref().map(|id| names.login(id));
    let author = comment.author_name.as_deref().or(known).unwrap_or("somebody");
    let time = comment.created_at.map(|time| format!(", {}", moment(time))).unwrap_or_default();
    format!("-- {author}{time}")
}
