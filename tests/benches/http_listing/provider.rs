//! The providers under measure.

use std::sync::Arc;

use futures_util::TryStreamExt;
use pm_core::{PmProvider, PmProviderExt, TaskQuery};

use crate::Result;
use crate::server::PAGE;
use crate::vendor::Vendor;

/// Builds the provider of a vendor on a server, as applications do.
pub(crate) async fn open(vendor: Vendor, url: &str) -> Result<Arc<dyn PmProvider>> {
    let eight = ("CONCURRENCY", "8");
    let (owner, name) = crate::github::REPOSITORY;
    let settings = match vendor {
        Vendor::Jira => vec![("API_TOKEN", "bench"), ("USERNAME", "ada@example.com"), ("FLAVOR", "cloud"), eight],
        // Nobody limits anybody here.
        Vendor::GitHub => {
            vec![("TOKEN", "bench"), ("REPO_OWNER", owner), ("REPO_NAME", name), ("PACE", "0"), eight]
        }
        // It has no setting for it: eight are what it takes.
        Vendor::ClickUp => vec![("API_KEY", "bench"), ("TEAM_ID", crate::clickup::WORKSPACE), ("PACE", "0")],
        _ => vec![("API_KEY", "bench"), eight],
    };
    Ok(pm_tests::remote::build(vendor.word(), url, &settings).await?)
}

/// All tasks in pages of the server's size.
pub(crate) fn query() -> TaskQuery {
    TaskQuery::new().page_size(u32::try_from(PAGE).unwrap_or(u32::MAX))
}

/// Lists everything into memory, and gives how many there are and how long their texts are.
pub(crate) async fn list(provider: &Arc<dyn PmProvider>) -> Result<(usize, usize)> {
    let tasks = provider.list_tasks(query()).await?;
    Ok((tasks.len(), tasks.iter().map(|task| task.raw_data.as_str().map_or(0, str::len)).sum()))
}

/// Follows one page to the next, without what lies ahead.
pub(crate) async fn page_after_page(provider: &Arc<dyn PmProvider>) -> Result<(usize, usize)> {
    let (mut cursor, mut found) = (None, Vec::new());
    loop {
        let page = provider.tasks_page(&query(), cursor).await?;
        found.extend(page.items);
        cursor = page.next;
        if cursor.is_none() {
            return Ok((found.len(), found.iter().map(|task| task.raw_data.as_str().map_or(0, str::len)).sum()));
        }
    }
}

/// Reads everything once, and keeps nothing.
pub(crate) async fn stream(provider: &Arc<dyn PmProvider>) -> Result<usize> {
    Ok(provider.stream_tasks(query()).try_fold(0, |count, _| async move { Ok(count + 1) }).await?)
}
