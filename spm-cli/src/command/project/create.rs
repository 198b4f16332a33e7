//! `spm project create`.

use std::sync::Arc;

use clap::Args;
use pm_core::{NewProject, PMProject};

use super::values::Values;
use crate::command::title::{TitleAndText, Wording};
use crate::editor::BodyArgs;
use crate::failure::{Failure, Result};
use crate::lookup::Finder;
use crate::output::{FormatArgs, Reporter};
use crate::session::Session;

pub(super) const EXAMPLES: &str = "\
Examples:
  spm project create Website
  spm project create \"Website Relaunch\" --key WEB --owner @me --end 2026-12-31
  spm project create Website --body-file brief.md --json id,key";

const WORDING: Wording = Wording { title: "name", question: "Name of the project", option: "--name" };

/// What project.
#[derive(Args, Debug)]
pub(crate) struct CreateArgs {
    /// The name
    #[arg(value_name = "NAME", conflicts_with = "name")]
    title: Option<String>,
    /// The name, as an option
    #[arg(long, short, value_name = "NAME")]
    name: Option<String>,
    /// The same key makes the same project only once: for scripts that may run twice
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
    args.format.read::<PMProject>()?;
    let words = TitleAndText::read(&session.host, args.title.or(args.name), &args.body, &WORDING)?;
    let provider = session.writer().await?;
    let written = async {
        let mut reporter = Reporter::new::<PMProject>(session, &provider, &args.format, false)?;
        let owner = args.values.owner(&Finder::new(Arc::clone(&provider))).await?;
        let mut new = NewProject::new(words.title.clone());
        args.values.create(&mut new, owner);
        new.description = words.text();
        new.idempotency_key = args.idempotency_key;
        let project = provider.create_project(new).await?;
        reporter.item("Created", &project).await?;
        reporter.finish()
    };
    let outcome: Result<(), Failure> = written.await;
    outcome.map_err(|failure| words.rescue(failure))
}
