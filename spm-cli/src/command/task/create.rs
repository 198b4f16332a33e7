//! `spm task create`.

use std::sync::Arc;

use clap::Args;
use pm_core::{NewTask, PMTask};

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
  spm task create \"Paint the fence\"
  spm task create \"Paint the fence\" -p website -a @me -l garden,outdoors --due 2026-12-01
  spm task create -t \"Paint the fence\" --body-file plan.md --estimate 2h30m --sprint @current
  git log -1 --format=%B | spm task create -t \"Write it down\" --body-file -
  key=$(spm task create \"Paint the fence\" --idempotency-key nightly-7)";

const WORDING: Wording = Wording { title: "title", question: "Title of the task", option: "--title" };

/// What task.
#[derive(Args, Debug)]
pub(crate) struct CreateArgs {
    /// The title
    #[arg(value_name = "TITLE", conflicts_with = "title")]
    words: Option<String>,
    /// The title, as an option
    #[arg(long, short, value_name = "TITLE")]
    title: Option<String>,
    /// The project that it will belong to; not needed where there is only one
    #[arg(long, short, value_name = "PROJECT")]
    project: Option<String>,
    /// The same key makes the same task only once: for scripts that may run twice
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
    args.format.read::<PMTask>()?;
    let words = TitleAndText::read(&session.host, args.words.clone().or(args.title.clone()), &args.body, &WORDING)?;
    let outcome = create(session, &args, &words).await;
    outcome.map_err(|failure| words.rescue(failure))
}

async fn create(session: &Session, args: &CreateArgs, words: &TitleAndText) -> Result<()> {
    let provider = session.writer().await?;
    let mut reporter = Reporter::new::<PMTask>(session, &provider, &args.format, false)?;
    let finder = Finder::new(Arc::clone(&provider));
    let project = finder.project_or_only(args.project.as_deref()).await?;
    let assignees = finder.users(&args.values.assignee).await?;
    let found = args.values.find(&provider, &finder, &project).await?;
    let mut new = NewTask::new(&project.id, words.title.clone());
    args.values.create(&mut new, assignees, found);
    new.description = words.text();
    new.idempotency_key.clone_from(&args.idempotency_key);
    let words = Words { task_status: new.status.clone(), priority: new.priority.clone(), ..Words::default() };
    let task = match provider.create_task(new).await {
        Ok(task) => task,
        Err(error) => return Err(explain(&provider, &project.id, words, error).await),
    };
    reporter.item("Created", &task).await?;
    reporter.finish()
}
