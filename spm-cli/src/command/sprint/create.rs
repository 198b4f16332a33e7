//! `spm sprint create`.

use std::sync::Arc;

use clap::Args;
use pm_core::{NewSprint, PMSprint};

use super::values::Values;
use crate::command::title::{TitleAndText, Wording};
use crate::command::words::{Words, explain};
use crate::editor::BodyArgs;
use crate::failure::Result;
use crate::lookup::Finder;
use crate::output::{FormatArgs, Reporter};
use crate::session::Session;

pub(super) const EXAMPLES: &str = "\
Examples:
  spm sprint create \"Sprint 1\" --start today --end 2026-12-04 --status active
  spm milestone create v1.0 --project website --due 2026-12-31 --body \"The first public version\"";

const WORDING: Wording = Wording { title: "name", question: "Name of the sprint", option: "--name" };

/// What sprint; the text is its goal.
#[derive(Args, Debug)]
pub(crate) struct CreateArgs {
    /// The name
    #[arg(value_name = "NAME", conflicts_with = "name")]
    words: Option<String>,
    /// The name, as an option
    #[arg(long, short, visible_alias = "title", value_name = "NAME")]
    name: Option<String>,
    /// The project that it will belong to; not needed where there is only one
    #[arg(long, short, value_name = "PROJECT")]
    project: Option<String>,
    /// The same key makes the same sprint only once: for scripts that may run twice
    #[arg(long, value_name = "KEY")]
    idempotency_key: Option<String>,
    #[command(flatten)]
    body: BodyArgs,
    #[command(flatten)]
    values: Values,
    #[command(flatten)]
    format: FormatArgs,
}

pub(super) async fn run(session: &Session, args: CreateArgs) -> Result<()> {
    args.format.read::<PMSprint>()?;
    let words = TitleAndText::read(&session.host, args.words.clone().or(args.name.clone()), &args.body, &WORDING)?;
    let outcome = create(session, &args, &words).await;
    outcome.map_err(|failure| words.rescue(failure))
}

async fn create(session: &Session, args: &CreateArgs, words: &TitleAndText) -> Result<()> {
    let provider = session.writer().await?;
    let mut reporter = Reporter::new::<PMSprint>(session, &provider, &args.format, false)?;
    let project = Finder::new(Arc::clone(&provider)).project_or_only(args.project.as_deref()).await?;
    let mut new = NewSprint::new(&project.id, words.title.clone());
    args.values.create(&mut new);
    new.goal = words.text();
    new.idempotency_key.clone_from(&args.idempotency_key);
    let words = Words { sprint_status: new.status.clone(), ..Words::default() };
    let sprint = match provider.create_sprint(new).await {
        Ok(sprint) => sprint,
        Err(error) => return Err(explain(&provider, &project.id, words, error).await),
    };
    reporter.item("Created", &sprint).await?;
    reporter.finish()
}
