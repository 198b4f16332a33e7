//! `spm pr create`.

use std::sync::Arc;

use clap::Args;
use pm_core::NewPullRequest;

use super::branch;
use super::present::Listed;
use crate::command::title::{TitleAndText, Wording};
use crate::editor::BodyArgs;
use crate::failure::{Failure, Result};
use crate::lookup::Finder;
use crate::output::{FormatArgs, Reporter};
use crate::session::Session;

pub(super) const EXAMPLES: &str = "\
Examples:
  spm pr create \"Paint the fence\" --head fence --body \"Closes #12\"
  spm pr create -t \"Paint the fence\" --head octocat:fence --base main --draft
  spm pr view $(spm pr create \"Paint the fence\")";

const WORDING: Wording = Wording { title: "title", question: "Title of the pull request", option: "--title" };

/// What pull request.
#[derive(Args, Debug)]
pub(crate) struct CreateArgs {
    /// The title
    #[arg(value_name = "TITLE", conflicts_with = "title")]
    words: Option<String>,
    /// The title, as an option
    #[arg(long, short, value_name = "TITLE")]
    title: Option<String>,
    /// The project that it goes into; not needed where there is only one
    #[arg(long, short, value_name = "PROJECT")]
    project: Option<String>,
    /// The branch that it brings in, `OWNER:BRANCH` for one of a fork [default: the branch of the git repository here]
    #[arg(long, short = 'H', value_name = "BRANCH")]
    head: Option<String>,
    /// The branch that it goes into [default: the project's main one]
    #[arg(long, short = 'B', value_name = "BRANCH")]
    base: Option<String>,
    /// Open it as a draft
    #[arg(long, short)]
    draft: bool,
    #[command(flatten)]
    body: BodyArgs,
    #[command(flatten)]
    format: FormatArgs,
}

pub(super) async fn run(session: &Session, args: CreateArgs) -> Result<()> {
    args.format.read::<Listed>()?;
    let head = args.head.clone().or_else(|| branch::current(&session.host));
    let head = head.ok_or_else(|| {
        Failure::usage(
            "the branch that it brings in is missing: there is no git repository here, or it is on no branch",
        )
        .hint("say --head BRANCH")
    })?;
    let words = TitleAndText::read(&session.host, args.words.clone().or(args.title.clone()), &args.body, &WORDING)?;
    let outcome = create(session, &args, &words, head).await;
    outcome.map_err(|failure| words.rescue(failure))
}

async fn create(session: &Session, args: &CreateArgs, words: &TitleAndText, head: String) -> Result<()> {
    let provider = session.writer().await?;
    let pull_requests = super::of(&provider)?;
    let mut reporter = Reporter::new::<Listed>(session, &provider, &args.format, false)?;
    let project = Finder::new(Arc::clone(&provider)).project_or_only(args.project.as_deref()).await?;
    let mut new = NewPullRequest::new(&project.id, words.title.clone(), head).draft(args.draft);
    new.description = words.text();
    new.target_branch.clone_from(&args.base);
    let opened = Listed::new(pull_requests.create_pull_request(new).await?);
    reporter.item("Opened", &opened).await?;
    reporter.finish()
}
