//! `spm project edit`.

use std::sync::Arc;

use clap::{Args, ValueEnum};
use pm_core::{ErrorKind, PMProject, PmProvider, ProjectPatch};

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
  spm project edit website --name \"Website Relaunch\" --end 2026-12-31
  spm project edit WEB --status archived
  spm project edit WEB --editor
  spm project edit WEB --clear end --clear owner";

/// Which project, and what is changed.
#[derive(Args, Debug)]
pub(crate) struct EditArgs {
    /// The project: key, name or id
    project: String,
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
    #[value(alias = "description", alias = "text")]
    Body,
    Priority,
    Owner,
    Start,
    #[value(alias = "due")]
    End,
}

pub(super) async fn run(session: &Session, args: EditArgs) -> Result<()> {
    args.format.read::<PMProject>()?;
    if args.name.is_none() && !args.body.is_given() && !args.values.is_given() && args.clear.is_empty() {
        return Err(nothing("project edit"));
    }
    let provider = session.writer().await?;
    let mut reporter = Reporter::new::<PMProject>(session, &provider, &args.format, false)?;
    let finder = Finder::new(Arc::clone(&provider));
    let project = finder.project(&args.project).await?;
    let mut patch = patch(&args, &finder).await?;
    let present = project.description.as_deref().unwrap_or_default();
    let body = args.body.read(&session.host, present)?;
    if let Some(body) = &body {
        set(&mut patch.description, Some(body.text.clone()));
    }
    if args.body.editor {
        patch.if_version.clone_from(&project.version);
    }
    if body.as_ref().is_some_and(|body| body.is_unchanged(present)) && !changes_more(&args) {
        note("the text is the same: nothing was changed");
        return Ok(());
    }
    let changed = write(&provider, &project, patch, body).await?;
    reporter.item("Changed", &changed).await?;
    reporter.finish()
}

/// Whether more than the text is changed.
fn changes_more(args: &EditArgs) -> bool {
    args.name.is_some() || args.values.is_given() || !args.clear.is_empty()
}

async fn write(
    provider: &Arc<dyn PmProvider>,
    project: &PMProject,
    patch: ProjectPatch,
    body: Option<Body>,
) -> Result<PMProject> {
    let words = Words {
        project_status: patch.status.value().cloned(),
        priority: patch.priority.value().cloned(),
        ..Words::default()
    };
    let failure = match provider.update_project(&project.id, patch).await {
        Ok(changed) => return Ok(changed),
        Err(error) if error.kind() == ErrorKind::VersionConflict => lost_update(error, &project.described()),
        Err(error) => explain(provider, &project.id, words, error).await,
    };
    Err(match body {
        Some(body) => body.rescue(failure),
        None => failure,
    })
}

async fn patch(args: &EditArgs, finder: &Finder) -> Result<ProjectPatch> {
    let mut patch = ProjectPatch::new();
    set(&mut patch.name, args.name.clone());
    args.values.change(&mut patch, args.values.owner(finder).await?);
    for field in &args.clear {
        let name = name_of(field);
        match field {
            Clearable::Body if args.body.is_given() => return Err(both(&name)),
            Clearable::Body => clear(&mut patch.description, &name)?,
            Clearable::Priority => clear(&mut patch.priority, &name)?,
            Clearable::Owner => clear(&mut patch.owner_id, &name)?,
            Clearable::Start => clear(&mut patch.start_date, &name)?,
            Clearable::End => clear(&mut patch.end_date, &name)?,
        }
    }
    Ok(patch)
}
