//! `spm task view`.

use std::sync::Arc;

use clap::Args;
use pm_core::{Comment, Hours, PMTask, PmProviderExt};

use super::present::{logins, priority};
use crate::browser;
use crate::failure::Result;
use crate::lookup::{Finder, Names};
use crate::output::{Details, FormatArgs, day, moment, show_item};
use crate::session::Session;

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
    /// Open it in a browser instead
    #[arg(long, short)]
    web: bool,
    #[command(flatten)]
    format: FormatArgs,
}

pub(super) async fn run(session: &Session, args: ViewArgs) -> Result<()> {
    args.format.read::<PMTask>()?;
    let provider = session.reader().await?;
    let finder = Finder::new(Arc::clone(&provider));
    let project = match &args.project {
        Some(word) => Some(finder.project(word).await?),
        None => None,
    };
    let task = finder.task(&args.task, project.as_ref()).await?;
    if args.web {
        return browser::open(&session.host, &format!("task `{}`", args.task), task.url.as_deref());
    }
    let comments = if args.comments { provider.list_comments(&task.id).await? } else { Vec::new() };
    show_item(session, &provider, &task, &args.format, async |names| details(&task, &comments, names)).await
}

fn details(task: &PMTask, comments: &[Comment], names: &Names) -> Result<Details> {
    let key = task.key.as_deref().unwrap_or(task.id.as_str());
    let hours = |hours: Option<Hours>| hours.map(|hours| format!("{hours} h")).unwrap_or_default();
    let mut details = Details::new(format!("{key}  {}", task.title))
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

fn heading(comment: &Comment, names: &Names) -> String {
    let known = comment.author_id.as_ref().map(|id| names.login(id));
    let author = comment.author_name.as_deref().or(known).unwrap_or("somebody");
    let time = comment.created_at.map(|time| format!(", {}", moment(time))).unwrap_or_default();
    format!("-- {author}{time}")
}
