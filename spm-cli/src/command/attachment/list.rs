//! `spm attachment list`.

use std::sync::Arc;

use clap::Args;
use futures_util::future::BoxFuture;
use pm_core::{Attachment, AttachmentQuery, Attachments, Cursor};

use crate::failure::Result;
use crate::lookup::Finder;
use crate::output::{FormatArgs, Limit, Pages, show_list};
use crate::session::Session;

pub(super) const EXAMPLES: &str = "\
Examples:
  spm attachment list WEB-12
  spm attachment list 12 --project website --json id,name,size";

/// Which task.
#[derive(Args, Debug)]
pub(crate) struct ListArgs {
    /// The task: key, id, number in --project, or title
    task: String,
    /// The project in which a bare number is meant
    #[arg(long, short, value_name = "PROJECT")]
    project: Option<String>,
    #[command(flatten)]
    format: FormatArgs,
}

pub(super) async fn run(session: &Session, args: ListArgs) -> Result<()> {
    args.format.read::<Attachment>()?;
    let provider = session.reader().await?;
    let attachments = super::of(&provider)?;
    let finder = Finder::new(Arc::clone(&provider));
    let project = finder.project_if(args.project.as_deref()).await?;
    let task = finder.task(&args.task, project.as_ref()).await?;
    let pages = pages(attachments, AttachmentQuery::of_task(&task.id));
    show_list(session, &provider, pages, &args.format, Limit::All).await
}

fn pages(attachments: Arc<dyn Attachments>, query: AttachmentQuery) -> Pages<Attachment> {
    let fetch = move |cursor: Option<Cursor>| {
        let (attachments, query) = (Arc::clone(&attachments), query.clone());
        let page: BoxFuture<'static, _> = Box::pin(async move { attachments.attachments_page(&query, cursor).await });
        page
    };
    Pages { fetch: Box::new(fetch), keep: Box::new(|_| true) }
}
