//! Finding what we created: by the mark of its key, or by what it holds.

use chrono::{DateTime, Utc};
use pm_http::creating::{comparable, is_since};
use pm_http::{Marker, Raw};
use pm_provider::Result;
use serde_json::json;

use super::dto::{self, Issue, Item};
use crate::api::Api;
use crate::graphql::{NEWEST_ISSUES, V2_TEXTS};

/// What a create is known by.
#[derive(Clone, Copy, Debug)]
pub(super) struct Traces<'a> {
    pub(super) marker: Option<&'a Marker>,
    pub(super) title: &'a str,
    /// As it is stored.
    pub(super) body: &'a str,
}

impl Traces<'_> {
    /// Says whether something is what was created: with a key its mark alone counts.
    pub(super) fn fit(
        &self,
        title: &str,
        body: &str,
        created: Option<DateTime<Utc>>,
        since: Option<DateTime<Utc>>,
    ) -> bool {
        match self.marker {
            Some(marker) => marker.matches(body),
            None => {
                let is_same = comparable(title) == comparable(self.title) && comparable(body) == comparable(self.body);
                is_same && is_since(created, since)
            }
        }
    }
}

impl Api {
    /// The items of a project with their texts, oldest first.
    pub(super) async fn v2_texts(&self, project: &str) -> Result<Vec<Raw<Item>>> {
        let mut items: Vec<Raw<Item>> = self.v2_all(&V2_TEXTS, project).await?;
        items.retain(|row| row.item.is_task());
        items.sort_by(|one, other| (one.item.created_at, &one.item.id).cmp(&(other.item.created_at, &other.item.id)));
        items.dedup_by(|one, other| one.item.id == other.item.id);
        Ok(items)
    }

    /// The drafts, or with a key the items of any kind, that a create may have made, oldest first.
    pub(super) async fn v2_made(
        &self,
        project: &str,
        traces: Traces<'_>,
        since: Option<DateTime<Utc>>,
    ) -> Result<Vec<String>> {
        let items = self.v2_texts(project).await?;
        let is_it = |item: &&Item| {
            let Some(content) = &item.content else { return false };
            let (title, body) = (content.title.as_deref(), content.body.as_deref());
            let is_kind = traces.marker.is_some() || item.is_draft();
            is_kind && traces.fit(title.unwrap_or_default(), body.unwrap_or_default(), item.created_at, since)
        };
        Ok(items.iter().map(|row| &row.item).filter(is_it).map(|item| item.id.clone()).collect())
    }

    /// The issues among the newest of a repository that a create may have made, oldest first.
    pub(super) async fn newest_made(
        &self,
        repository: &str,
        traces: Traces<'_>,
        since: Option<DateTime<Utc>>,
    ) -> Result<Vec<Raw<Issue>>> {
        let answer: dto::Node<dto::WithIssues> = self.ask_whole(&NEWEST_ISSUES, json!({ "id": repository })).await?;
        let issues = answer.node.and_then(|node| node.issues).into_iter().flat_map(dto::Connection::into_nodes);
        let is_it = |row: &Raw<Issue>| traces.fit(&row.item.title, &row.item.body, row.item.created_at, since);
        let mut issues: Vec<_> = issues.filter(is_it).collect();
        issues.sort_by_key(|row| row.item.number);
        Ok(issues)
    }
}
