//! Searching: by token on Cloud, by offset on Data Center.
//!
//! What goes wrong elsewhere: `search` is gone from Cloud (410, CHANGE-2046), the new search shows ids alone unless fields are
//! named, ignores `startAt`, and clients that do not look at its tokens go round for ever (mongodb/kingfisher#460) or stop
//! after the first page (open-webui/oikb#69). Its index lags behind: what was just written has to be named.

use pm_http::Raw;
use pm_provider::Result;
use serde::Deserialize;
use serde_json::json;

use crate::api::Api;
use crate::dto::Issue;
use crate::endpoints;
use crate::jql::Jql;
use crate::marks::PROPERTY;

/// What tasks are read with: everything but what has lists of its own.
pub(crate) const ALL_FIELDS: &[&str] = &["*all", "-comment", "-worklog"];
/// What looking for marks takes.
pub(crate) const MARK_FIELDS: &[&str] = &["created"];
/// How many issues a page has at most that shows little of them.
pub(crate) const MOST_AT_ONCE: u32 = 1_000;

/// One request to a search.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Ask<'a> {
    pub(crate) jql: &'a str,
    pub(crate) fields: &'a [&'a str],
    /// Whether our property is to come along; Cloud only.
    pub(crate) marks: bool,
    pub(crate) size: u32,
}

/// A page of a search by token.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct TokenPage {
    #[serde(default = "Vec::new")]
    pub(crate) issues: Vec<Raw<Issue>>,
    #[serde(default)]
    pub(crate) next_page_token: Option<String>,
    #[serde(default)]
    pub(crate) is_last: Option<bool>,
}

/// A page of a search by offset.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct OffsetPage {
    #[serde(default = "Vec::new")]
    pub(crate) issues: Vec<Raw<Issue>>,
    #[serde(default)]
    pub(crate) total: u64,
}

impl Api {
    /// One page by token. `fresh` are issues that the index may not have yet: the same ones for every page of a search.
    pub(crate) async fn search_by_token(&self, ask: Ask<'_>, token: Option<&str>, fresh: &[u64]) -> Result<TokenPage> {
        let mut body = json!({ "jql": ask.jql, "fields": ask.fields, "maxResults": ask.size });
        if let Some(token) = token {
            body["nextPageToken"] = json!(token);
        }
        if ask.marks {
            body["properties"] = json!([PROPERTY]);
        }
        if !fresh.is_empty() {
            body["reconcileIssues"] = json!(fresh);
        }
        let request = self.request(&endpoints::SEARCH_ISSUES, &[]).await?.json(&body);
        let page: TokenPage = self.send(request).await?.json()?;
        if page.issues.is_empty() && token.is_none() {
            self.believe_emptiness().await?;
        }
        Ok(page.without_end())
    }

    /// One page by offset.
    pub(crate) async fn search_by_offset(&self, ask: Ask<'_>, start: u64) -> Result<OffsetPage> {
        let body = json!({ "jql": ask.jql, "fields": ask.fields, "maxResults": ask.size, "startAt": start });
        let request = self.request(&endpoints::SEARCH_ISSUES_ON_SERVER, &[]).await?.json(&body);
        let page: OffsetPage = self.send(request).await?.json()?;
        if page.issues.is_empty() && start == 0 {
            self.believe_emptiness().await?;
        }
        Ok(page)
    }

    /// Everything that a query finds, in the order of creation.
    pub(crate) async fn search_all(&self, jql: Jql, fields: &[&str]) -> Result<Vec<Raw<Issue>>> {
        // Without all of their fields, more issues come at once.
        let size = if fields == ALL_FIELDS { self.page_size(None, super::MAX_PAGE_SIZE) } else { MOST_AT_ONCE };
        let mut pages = self.pages(jql, fields, size).await?;
        let mut rows = Vec::new();
        while let Some(page) = pages.next().await? {
            rows.extend(page);
        }
        Ok(rows)
    }

    /// Leaves out what we deleted and an index still has.
    pub(crate) fn unburied(&self, mut rows: Vec<Raw<Issue>>) -> Vec<Raw<Issue>> {
        rows.retain(|row| {
            !self.issues.is_buried(row.item.id.0) && !row.item.project().is_some_and(|id| self.is_gone(id))
        });
        rows
    }
}

impl TokenPage {
    /// A token that came with the last page leads nowhere.
    fn without_end(mut self) -> Self {
        let is_over = self.is_last == Some(true);
        self.next_page_token = self.next_page_token.filter(|token| !token.is_empty() && !is_over);
        self
    }
}
