//! `spm pr list`.

use std::sync::Arc;

use clap::{Args, ValueEnum};
use futures_util::future::BoxFuture;
use pm_core::{Cursor, Entity, Freshness, PullRequestQuery, PullRequestState, PullRequests};

use super::present::Listed;
use crate::command::args::OrderArgs;
use crate::command::listing::sort;
use crate::failure::Result;
use crate::lookup::Finder;
use crate::output::{FormatArgs, Pages, show_list};
use crate::session::Session;

pub(super) const EXAMPLES: &str = "\
Examples:
  spm pr list --project octo-org/website
  spm pr list --state merged --base main --limit all
  spm pr list --author @me --json number,title,url --jq '.[].url'";

/// Where pull requests stand.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(super) enum Standing {
    /// Drafts, and what is ready
    #[default]
    Open,
    /// Merged, or closed without a merge
    Closed,
    /// Merged
    Merged,
    /// All of them
    All,
}

impl Standing {
    /// The states that are meant; none means any.
    fn states(self) -> Vec<PullRequestState> {
        match self {
            Self::Open => vec![PullRequestState::Open],
            Self::Closed => vec![PullRequestState::Closed, PullRequestState::Merged],
            Self::Merged => vec![PullRequestState::Merged],
            Self::All => Vec::new(),
        }
    }
}

/// Which pull requests.
#[derive(Args, Debug)]
#[command(next_help_heading = "Filters")]
pub(crate) struct ListArgs {
    /// The project whose pull requests are meant; not needed where there is only one
    #[arg(long, short, value_name = "PROJECT")]
    project: Option<String>,
    /// Only those that stand here
    #[arg(long, short, value_enum, default_value_t)]
    state: Standing,
    /// Only drafts
    #[arg(long, short)]
    draft: bool,
    /// Only those that this user opened (`@me`, login, name or id)
    #[arg(long, short = 'A', value_name = "USER")]
    author: Option<String>,
    /// Only those that are assigned to this user
    #[arg(long, short, value_name = "USER")]
    assignee: Option<String>,
    /// Only those that have all of these labels
    #[arg(long, short, value_name = "LABEL", value_delimiter = ',')]
    label: Vec<String>,
    /// Only those that bring in this branch
    #[arg(long, short = 'H', value_name = "BRANCH")]
    head: Option<String>,
    /// Only those that go into this branch
    #[arg(long, short = 'B', value_name = "BRANCH")]
    base: Option<String>,
    /// Ask the backend, whatever is remembered
    #[arg(long)]
    fresh: bool,
    #[command(flatten)]
    order: OrderArgs,
    #[command(flatten)]
    format: FormatArgs,
}

pub(super) async fn run(session: &Session, args: ListArgs) -> Result<()> {
    args.format.read::<Listed>()?;
    let provider = session.reader().await?;
    let pull_requests = super::of(&provider)?;
    let finder = Finder::new(Arc::clone(&provider));
    let project = finder.project_or_only(args.project.as_deref()).await?;
    let mut query = PullRequestQuery::in_project(&project.id).states(args.state.states()).labels(args.label);
    query = query.sort(sort(&provider, Entity::PullRequest, &args.order));
    query.freshness = Freshness::fresh_if(args.fresh);
    query.page_size = args.order.limit.page_size();
    query.draft = args.draft.then_some(true);
    query.source_branch = args.head;
    query.target_branch = args.base;
    if let Some(word) = &args.author {
        query.author = Some(finder.user(word).await?.id);
    }
    if let Some(word) = &args.assignee {
        query.assignee = Some(finder.user(word).await?.id);
    }
    show_list(session, &provider, pages(pull_requests, query), &args.format, args.order.limit).await
}

fn pages(pull_requests: Arc<dyn PullRequests>, query: PullRequestQuery) -> Pages<Listed> {
    let fetch = move |cursor: Option<Cursor>| {
        let (pull_requests, query) = (Arc::clone(&pull_requests), query.clone());
        let page: BoxFuture<'static, _> = Box::pin(async move {
            let page = pull_requests.pull_requests_page(&query, cursor).await?;
            Ok(page.map(Listed::new))
        });
        page
    };
    Pages { fetch: Box::new(fetch), keep: Box::new(|_| true) }
}
