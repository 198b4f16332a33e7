//! `spm task assign`.

use std::sync::Arc;

use clap::Args;
use pm_core::{PMTask, TaskPatch, UserId};

use crate::command::many::{Once, Tally};
use crate::exit::Code;
use crate::failure::{Failure, Result};
use crate::lookup::Finder;
use crate::output::{FormatArgs, Reporter};
use crate::session::Session;

pub(super) const EXAMPLES: &str = "\
Examples:
  spm task assign WEB-12 @me                      add somebody
  spm task assign WEB-12 ada grace                add several
  spm task assign WEB-12 WEB-13 --to @me          several tasks: say who with --to
  spm task assign WEB-12 grace --remove           take somebody off
  spm task assign WEB-12 ada --only               this one and nobody else
  spm task assign WEB-12 --nobody                 take everybody off";

/// Which tasks, and who.
#[derive(Args, Debug)]
pub(crate) struct AssignArgs {
    /// The task: key, id, title, or number in --project
    task: String,
    /// Who works on it: `@me`, login, name or id; with --to or --nobody, more tasks
    #[arg(value_name = "USER")]
    others: Vec<String>,
    /// A user; may be given several times
    #[arg(long, value_name = "USER", value_delimiter = ',', conflicts_with = "nobody")]
    to: Vec<String>,
    /// Take the users off instead
    #[arg(long, conflicts_with_all = ["only", "nobody"])]
    remove: bool,
    /// Nobody else stays
    #[arg(long, conflicts_with = "nobody")]
    only: bool,
    /// Take everybody off
    #[arg(long)]
    nobody: bool,
    /// The project in which bare numbers and titles are meant
    #[arg(long, short, value_name = "PROJECT")]
    project: Option<String>,
    #[command(flatten)]
    format: FormatArgs,
}

pub(super) async fn run(session: &Session, args: AssignArgs) -> Result<Code> {
    args.format.read::<PMTask>()?;
    let (tasks, users) = split(&args)?;
    let provider = session.writer().await?;
    let mut reporter = Reporter::new::<PMTask>(session, &provider, &args.format, tasks.len() > 1)?;
    let finder = Finder::new(Arc::clone(&provider));
    let project = finder.project_if(args.project.as_deref()).await?;
    let users = finder.users(users).await?;
    let (verb, patch) = change(&args, &users);
    let mut tally = Tally::of(tasks.len());
    let mut once = Once::default();
    for word in &tasks {
        let outcome = async {
            let task = finder.task(word, project.as_ref()).await?;
            let Some(task) = once.new_one(task) else { return Ok(None) };
            Ok(Some(provider.update_task(&task.id, patch.clone()).await?))
        };
        let outcome: Result<Option<PMTask>> = outcome.await;
        if let Some(Some(task)) = tally.note(word, outcome)? {
            reporter.item(verb, &task).await?;
        }
    }
    reporter.finish()?;
    Ok(tally.code())
}

/// Which words are tasks, and which are users.
fn split(args: &AssignArgs) -> Result<(Vec<String>, &[String])> {
    let task = args.task.clone();
    if args.nobody || !args.to.is_empty() {
        let tasks = [task].into_iter().chain(args.others.iter().cloned()).collect();
        return Ok((tasks, &args.to));
    }
    if args.others.is_empty() {
        let failure = Failure::usage(format!("who is to work on `{task}`?"));
        return Err(failure.hint(format!("`spm task assign {task} @me`; `--nobody` takes everybody off")));
    }
    Ok((vec![task], &args.others))
}

fn change(args: &AssignArgs, users: &[UserId]) -> (&'static str, TaskPatch) {
    let (patch, users) = (TaskPatch::new(), users.to_vec());
    if args.nobody {
        ("Unassigned", patch.clear_assignees())
    } else if args.remove {
        ("Unassigned", patch.remove_assignees(users))
    } else if args.only {
        ("Assigned", patch.assignees(users))
    } else {
        ("Assigned", patch.add_assignees(users))
    }
}
