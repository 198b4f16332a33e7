//! `spm sprint edit`.

use std::sync::Arc;

use clap::{Args, ValueEnum};
use pm_core::{ErrorKind, PMSprint, PmProvider, SprintPatch};

use super::values::Values;
use crate::command::change::{both, clear, lost_update, name_of, nothing, set};
use crate::command::words::{Words, explain};
use crate::editor::{Body, BodyArgs};
use crate::failure::Result;
use crate::lookup::Finder;
use crate::output::{FormatArgs, Reporter, Written, note};
use crate::session::Session;

pub(super) const EXAMPLES: &str = "\
Examples:
  spm sprint edit @current --end 2026-12-11
  spm sprint edit \"Sprint 1\" --status completed
  spm sprint edit WEB-S2 --body \"Ship the shop\" --clear capacity

The text is the sprint's goal.";

/// Which sprint, and what is changed; the text is its goal.
#[derive(Args, Debug)]
pub(crate) struct EditArgs {
    /// The sprint: key, name, id, or `@current`
    sprint: String,
    /// The project in which a name is meant
    #[arg(long, short, value_name = "PROJECT")]
    project: Option<String>,
    /// The name
    #[arg(long, short, visible_alias = "title", value_name = "NAME")]
    name: Option<String>,
    #[command(flatten)]
    body: BodyArgs,
    #[command(flatten)]
    values: Values,
    /// Empty a field; may be given several times
    #[arg(long, value_enum, value_delimiter = ',', value_name = "FIELD", help_heading = "Fields")]
    clear: Vec<Clearable>,
    #[command(flatten)]
    format: FormatArgs,
}

/// The fields that can be emptied.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Clearable {
    #[value(alias = "goal", alias = "description", alias = "text")]
    Body,
    Start,
    #[value(alias = "due")]
    End,
    Capacity,
    Planned,
}

pub(super) async fn run(session: &Session, args: EditArgs) -> Result<()> {
    args.format.read::<PMSprint>()?;
    if !args.body.is_given() && !changes_more(&args) {
        return Err(nothing("sprint edit"));
    }
    let mut patch = patch(&args)?;
    let provider = session.writer().await?;
    let mut reporter = Reporter::new::<PMSprint>(session, &provider, &args.format, false)?;
    let finder = Finder::new(Arc::clone(&provider));
    let project = finder.project_if(args.project.as_deref()).await?;
    let sprint = finder.sprint(&args.sprint, project.as_ref()).await?;
    let present = sprint.goal.as_deref().unwrap_or_default();
    let body = args.body.read(&session.host, present)?;
    if body.as_ref().is_some_and(|body| body.is_unchanged(present)) && !changes_more(&args) {
        note("the text is the same: nothing was changed");
        return Ok(());
    }
    set(&mut patch.goal, body.as_ref().map(|body| body.text.clone()));
    if args.body.editor {
        patch.if_version.clone_from(&sprint.version);
    }
    let changed = write(&provider, &sprint, patch, body).await?;
    reporter.item("Changed", &changed).await?;
    reporter.finish()
}

/// Whether more than the text is changed.
fn changes_more(args: &EditArgs) -> bool {
    args.name.is_some() || args.values.is_given() || !args.clear.is_empty()
}

async fn write(
    provider: &Arc<dyn PmProvider>,
    sprint: &PMSprint,
    patch: SprintPatch,
    body: Option<Body>,
) -> Result<PMSprint> {
    let words = Words { sprint_status: patch.status.value().cloned(), ..Words::default() };
    let failure = match provider.update_sprint(&sprint.id, patch).await {
        Ok(changed) => return Ok(changed),
        Err(error) if error.kind() == ErrorKind::VersionConflict => lost_update(error, &sprint.described()),
        Err(error) => explain(provider, &sprint.project_id, words, error).await,
    };
    Err(match body {
        Some(body) => body.rescue(failure),
        None => failure,
    })
}

fn patch(args: &EditArgs) -> Result<SprintPatch> {
    let mut patch = SprintPatch::new();
    set(&mut patch.name, args.name.clone());
    args.values.change(&mut patch);
    for field in &args.clear {
        let name = name_of(field);
        match field {
            Clearable::Body if args.body.is_given() => return Err(both(&name)),
            Clearable::Body => clear(&mut patch.goal, &name)?,
            Clearable::Start => clear(&mut patch.start_date, &name)?,
            Clearable::End => clear(&mut patch.end_date, &name)?,
            Clearable::Capacity => clear(&mut patch.capacity_hours, &name)?,
            Clearable::Planned => clear(&mut patch.planned_hours, &name)?,
        }
    }
    Ok(patch)
}
