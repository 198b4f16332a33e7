//! `spm sprint view`.

use std::sync::Arc;

use clap::Args;
use pm_core::{Hours, PMSprint};

use crate::browser;
use crate::failure::Result;
use crate::lookup::{Finder, Names};
use crate::output::{Details, FormatArgs, Written, day, moment, show_item};
use crate::session::Session;

/// Which sprint.
#[derive(Args, Debug)]
pub(crate) struct ViewArgs {
    /// The sprint: key, name, id, or `@current`
    #[arg(default_value = "@current")]
    sprint: String,
    /// The project in which a name is meant
    #[arg(long, short, value_name = "PROJECT")]
    project: Option<String>,
    /// Open it in a browser instead
    #[arg(long, short)]
    web: bool,
    #[command(flatten)]
    format: FormatArgs,
}

pub(super) async fn run(session: &Session, args: ViewArgs) -> Result<()> {
    args.format.read::<PMSprint>()?;
    let provider = session.reader().await?;
    let finder = Finder::new(Arc::clone(&provider));
    let project = finder.project_if(args.project.as_deref()).await?;
    let sprint = finder.sprint(&args.sprint, project.as_ref()).await?;
    if args.web {
        return browser::open(&session.host, &sprint.described(), sprint.url.as_deref());
    }
    show_item(session, &provider, &sprint, &args.format, async |names| Ok(details(&sprint, names))).await
}

fn details(sprint: &PMSprint, names: &Names) -> Details {
    let hours = |hours: Option<Hours>| hours.map(|hours| hours.to_string()).unwrap_or_default();
    Details::new(format!("{}  {}", sprint.handle(), sprint.name))
        .fact("project", names.project_key(&sprint.project_id))
        .fact("status", &sprint.status.name)
        .fact("start", sprint.start_date.map(day).unwrap_or_default())
        .fact("end", sprint.end_date.map(day).unwrap_or_default())
        .fact("capacity", hours(sprint.capacity_hours))
        .fact("planned", hours(sprint.planned_hours))
        .fact("created", sprint.created_at.map(moment).unwrap_or_default())
        .fact("updated", sprint.updated_at.map(moment).unwrap_or_default())
        .fact("address", sprint.url.as_deref().unwrap_or_default())
        .fact("id", sprint.id.as_str())
        .text(None, sprint.goal.as_deref().unwrap_or_default())
}
