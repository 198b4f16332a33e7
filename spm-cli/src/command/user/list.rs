//! `spm user list`.

use std::sync::Arc;

use clap::Args;
use pm_core::{PMUser, UserQuery};

use crate::command::listing::users;
use crate::failure::Result;
use crate::lookup::Finder;
use crate::output::{FormatArgs, Limit, show_list};
use crate::session::Session;

pub(super) const EXAMPLES: &str = "\
Examples:
  spm user list
  spm user list --search love --json login,email";

/// Which users.
#[derive(Args, Debug)]
pub(crate) struct ListArgs {
    /// Only users who can be assigned in this project (key, name or id)
    #[arg(long, short, value_name = "PROJECT")]
    project: Option<String>,
    /// Only users with this text in name or login
    #[arg(long, short = 'S', visible_alias = "text", value_name = "TEXT")]
    search: Option<String>,
    /// Only users who can still sign in
    #[arg(long)]
    active: bool,
    /// At most so many, or `all`
    #[arg(long, short = 'L', default_value = "30", value_name = "NUMBER")]
    limit: Limit,
    #[command(flatten)]
    format: FormatArgs,
}

pub(super) async fn run(session: &Session, args: ListArgs) -> Result<()> {
    args.format.read::<PMUser>()?;
    let provider = session.reader().await?;
    let mut query = UserQuery::new();
    if let Some(word) = &args.project {
        query = query.project(Finder::new(Arc::clone(&provider)).project(word).await?.id);
    }
    query.text = args.search;
    query.page_size = if args.active { None } else { args.limit.page_size() };
    let only_active = args.active;
    let pages = users(&provider, query, Box::new(move |user| user.active || !only_active));
    show_list(session, &provider, pages, &args.format, args.limit).await
}
