//! Many issues at once, by their ids: their state of now, whatever an index says.

use std::collections::{BTreeMap, HashSet};

use futures_util::{StreamExt, TryStreamExt, stream};
use pm_http::Raw;
use pm_provider::{PMTask, Result};
use serde::Deserialize;
use serde::de::IgnoredAny;
use serde_json::json;

use super::AT_ONCE;
use super::search::{ALL_FIELDS, Ask};
use crate::api::{Api, found};
use crate::dto::Issue;
use crate::endpoints;
use crate::jql::Jql;

/// How many issues are asked for at once.
pub(crate) const MOST_FETCHED: usize = 100;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Fetched {
    #[serde(default = "Vec::new")]
    issues: Vec<Raw<Issue>>,
    #[serde(default, deserialize_with = "crate::dto::or_default")]
    issue_errors: Vec<IgnoredAny>,
}

impl Api {
    /// The tasks with these ids, by id; those that are not there, or hidden from us, are left out.
    pub(crate) async fn tasks_by_ids(&self, ids: &[u64]) -> Result<BTreeMap<u64, PMTask>> {
        let mut rows = Vec::new();
        for chunk in ids.chunks(MOST_FETCHED) {
            rows.extend(self.fetch_issues(chunk).await?);
        }
        rows.retain(|row| !row.item.project().is_some_and(|project| self.is_gone(project)));
        let ids: Vec<u64> = rows.iter().map(|row| row.item.id.0).collect();
        Ok(ids.into_iter().zip(self.to_tasks(rows).await?).collect())
    }

    async fn fetch_issues(&self, ids: &[u64]) -> Result<Vec<Raw<Issue>>> {
        if ids.is_empty() {
            return Ok(Vec::new());
        }
        let rows = if let [id] = ids {
            found(self.issue(&id.to_string()).await)?.into_iter().collect()
        } else if self.flavor().await?.is_cloud() {
            self.fetch_at_once(ids).await?
        } else {
            self.fetch_by_query(ids).await?
        };
        rows.iter().for_each(|row: &Raw<Issue>| self.issues.saw(&row.item));
        Ok(rows)
    }

    /// Jira leaves out what is not there, and tells those as errors that it does not show for now, although they are there: "due
    /// to a retriable error or payload constraint"
    /// (<https://developer.atlassian.com/cloud/jira/platform/rest/v3/api-group-issues/#api-rest-api-3-issue-bulkfetch-post>).
    /// Where there is any error, each that is missing is asked for by itself.
    async fn fetch_at_once(&self, ids: &[u64]) -> Result<Vec<Raw<Issue>>> {
        let names: Vec<String> = ids.iter().map(u64::to_string).collect();
        let body = json!({ "issueIdsOrKeys": names, "fields": ALL_FIELDS });
        let request = self.request(&endpoints::FETCH_ISSUES, &[]).await?.json(&body);
        let Fetched { mut issues, issue_errors } = self.send(request).await?.json()?;
        if !issue_errors.is_empty() {
            let shown: HashSet<u64> = issues.iter().map(|row| row.item.id.0).collect();
            let missing: Vec<u64> = ids.iter().copied().filter(|id| !shown.contains(id)).collect();
            issues.extend(self.fetch_each(missing).await?);
        }
        Ok(issues)
    }

    /// Data Center refuses queries with an id that is not there: then each is asked for by itself.
    async fn fetch_by_query(&self, ids: &[u64]) -> Result<Vec<Raw<Issue>>> {
        let jql = Jql::new().ids("id", ids).to_string();
        let size = u32::try_from(ids.len()).unwrap_or(u32::MAX);
        let ask = Ask { jql: &jql, fields: ALL_FIELDS, marks: false, size };
        match self.search_by_offset(ask, 0).await {
            Ok(page) if page.issues.len() == ids.len() => return Ok(page.issues),
            Err(error) if error.http_status() != Some(400) => return Err(error),
            _ => {}
        }
        self.fetch_each(ids.to_vec()).await
    }

    async fn fetch_each(&self, ids: Vec<u64>) -> Result<Vec<Raw<Issue>>> {
        let single = stream::iter(ids).map(|id| async move { found(self.issue(&id.to_string()).await) });
        let rows: Vec<Option<_>> = single.buffered(AT_ONCE).try_collect().await?;
        Ok(rows.into_iter().flatten().collect())
    }
}
