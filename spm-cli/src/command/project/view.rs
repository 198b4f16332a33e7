//! `spm project view`.

use std::sync::Arc;

use clap::Args;
use pm_core::capability::Filter;
use pm_core::{Entity, PMProject, PmProvider, TaskQuery, Visibility};

use super::present::owner;
use crate::browser;
use crate::command::count::Count;
use crate::failure::Result;
use crate::lookup::{Finder, Names};
use crate::output::{Details, FormatArgs, Written, day, moment, show_item};
use crate::session::Session;

/// Which project.
#[derive(Args, Debug)]
pub(crate) struct ViewArgs {
    /// The project: key, name or id; not needed where there is only one
    project: Option<String>,
    /// Open it in a browser instead
    #[arg(long, short)]
    web: bool,
    #[command(flatten)]
    format: FormatArgs,
}

pub(super) async fn run(session: &Session, args: ViewArgs) -> Result<()> {
    args.format.read::<PMProject>()?;
    let provider = session.reader().await?;
    let project = Finder::new(Arc::clone(&provider)).project_or_only(args.project.as_deref()).await?;
    if args.web {
        return browser::open(&session.host, &project.described(), project.url.as_deref());
    }
    show_item(session, &provider, &project, &args.format, async |names| {
        Ok(details(&project, &tasks(&provider, &project).await?, names))
    })
    .await
}

/// How many tasks it has, where the backend says so in two requests.
async fn tasks(provider: &Arc<dyn PmProvider>, project: &PMProject) -> Result<String> {
    let filters = &provider.capabilities().entity(Entity::Task).filters;
    if !filters.contains(&Filter::Project) || !filters.contains(&Filter::Status) {
        return Ok(String::new());
    }
    let all = Count::tasks(provider, TaskQuery::in_project(&project.id)).await?;
    let open = Count::tasks(provider, TaskQuery::in_project(&project.id).open()).await?;
    Ok(format!("{open} open, {all} in all"))
}

fn details(project: &PMProject, tasks: &str, names: &Names) -> Details {
    let restricted = project.visibility != Visibility::default();
    Details::new(format!("{}  {}", project.handle(), project.name))
        .fact("status", &project.status.name)
        .fact("priority", project.priority.as_ref().map(|priority| priority.name.as_str()).unwrap_or_default())
        .fact("owner", owner(project, names))
        .fact("tasks", tasks)
        .fact("start", project.start_date.map(day).unwrap_or_default())
        .fact("end", project.end_date.map(day).unwrap_or_default())
        .fact("visibility", if restricted { "restricted" } else { "" })
        .fact("created", project.created_at.map(moment).unwrap_or_default())
        .fact("updated", project.updated_at.map(moment).unwrap_or_default())
        .fact("address", project.url.as_deref().unwrap_or_default())
        .fact("id", project.id.as_str())
        .text(None, project.description.as_deref().unwrap_or_default())
}
