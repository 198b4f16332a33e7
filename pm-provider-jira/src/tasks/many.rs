//! Many issues at once, by their ids: their state of now, whatever an index says.

use std::collections::BTreeMap;

use futures_util::{StreamExt, TryStreamExt, stream};
use pm_http::Raw;
use pm_provider::{PMTask, Result};
use serde::Deserialize;
use serde_json::json;

use super::search::{ALL_FIELDS, Ask};
use crate::api::{Api, found};
use crate::dto::Issue;
use crate::endpoints;
use crate::jql::Jql;

/// How many issues are asked for at once.
pub(crate) const MOST_FETCHED: usize = 100;
/// How many single issues are asked for at once.
const AT_ONCE: usize = 8;

#[derive(Deserialize)]
struct Fetched {
    #[serde(default = "Vec::new")]
    issues: Vec<Raw<Issue>>,
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
            let ids: Vec<String> = ids.iter().map(u64::to_string).collect();
            let body = json!({ "issueIdsOrKeys": ids, "fields": ALL_FIELDS });
            let request = self.request(&endpoints::FETCH_ISSUES, &[]).await?.json(&body);
            let fetched: Fetched = self.send(request).await?.json()?;
            fetched.issues
        } else {
            self.fetch_by_query(ids).await?
        };
        rows.iter().for_each(|row: &Raw<Issue>| self.issues.saw(&row.item));
        Ok(rows)
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
        let single = stream::iter(ids.to_vec()).map(|id| async move { found(self.issue(&id.to_string()).await) });
        let rows: Vec<Option<_>> = single.buffered(AT_ONCE).try_collect().await?;
        Ok(rows.into_iter().flatten().collect())
    }
}
