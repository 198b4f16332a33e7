//! `spm task comment`.

use std::io::Write;
use std::sync::Arc;

use clap::Args;
use pm_core::{Ability, Comment, Error, NewComment, PMTask, PmProvider};

use crate::command::many::{Once, Tally};
use crate::editor::BodyArgs;
use crate::exit::Code;
use crate::failure::{Failure, Result};
use crate::lookup::Finder;
use crate::output::{Written, one_line};
use crate::session::Session;

pub(super) const EXAMPLES: &str = "\
Examples:
  spm task comment WEB-12 --body \"It rains.\"
  spm task comment WEB-12 WEB-13 --body-file notes.md
  make test 2>&1 | spm task comment WEB-12 --body-file -";

/// Which tasks, and what is said of them.
#[derive(Args, Debug)]
pub(crate) struct CommentArgs {
    /// The tasks: keys, ids, titles, or numbers in --project
    #[arg(required = true, value_name = "TASK")]
    tasks: Vec<String>,
    /// The project in which bare numbers and titles are meant
    #[arg(long, short, value_name = "PROJECT")]
    project: Option<String>,
    /// The same key makes the same comment only once: for scripts that may run twice
    #[arg(long, value_name = "KEY")]
    idempotency_key: Option<String>,
    #[command(flatten)]
    body: BodyArgs,
}

pub(super) async fn run(session: &Session, args: CommentArgs) -> Result<Code> {
    if args.idempotency_key.is_some() && args.tasks.len() > 1 {
        return Err(Failure::usage("--idempotency-key makes one comment, on one task").hint("comment one by one"));
    }
    if !args.body.is_given() {
        return Err(Failure::usage("the text is missing").hint("give it with --body, --body-file or --editor"));
    }
    let Some(body) = args.body.read(&session.host, "")? else { return Ok(Code::Success) };
    if body.text.trim().is_empty() {
        return Err(Failure::usage("the comment is empty: nothing was done"));
    }
    let outcome = comment(session, &args, &body.text).await;
    outcome.map_err(|failure| body.rescue(failure))
}

async fn comment(session: &Session, args: &CommentArgs, text: &str) -> Result<Code> {
    let provider = session.writer().await?;
    let finder = Finder::new(Arc::clone(&provider));
    let project = finder.project_if(args.project.as_deref()).await?;
    let mut output = session.lines();
    let mut tally = Tally::of(args.tasks.len());
    let mut once = Once::default();
    for word in &args.tasks {
        let outcome = async {
            let task = finder.task(word, project.as_ref()).await?;
            let Some(task) = once.new_one(task) else { return Ok(None) };
            let comment = write(&provider, &task, text, args.idempotency_key.as_ref()).await?;
            Ok(Some((task, comment)))
        };
        let outcome: Result<Option<(PMTask, Comment)>> = outcome.await;
        if let Some(Some((task, comment))) = tally.note(word, outcome)? {
            if output.style.terminal {
                writeln!(output, "Commented on {}", task.described())?;
            } else {
                writeln!(output, "{}", one_line(comment.id.as_str()))?;
            }
            output.flush()?;
        }
    }
    output.finish()?;
    Ok(tally.code())
}

async fn write(
    provider: &Arc<dyn PmProvider>,
    task: &PMTask,
    text: &str,
    key: Option<&String>,
) -> Result<Comment, Error> {
    let comments = provider.comments().ok_or_else(|| {
        let message = format!("`{}` has no {}", provider.name(), Ability::Comments);
        Error::unsupported(message)
    })?;
    let mut new = NewComment::new(&task.id, text);
    new.idempotency_key = key.cloned();
    comments.create_comment(new).await
}
