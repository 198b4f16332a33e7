//! Which items a project has, and the items themselves.
//!
//! GitHub lists items by their position on the board, which people change. So a listing first reads which items there are,
//! 100 a request with nothing but their times, and then the items of each page by their ids: nothing is lost or told twice
//! when somebody moves a card meanwhile.

use std::collections::HashMap;
use std::sync::Arc;

use chrono::{DateTime, Utc};
use pm_http::{Raw, named};
use pm_provider::{Error, ErrorKind, Result};
use serde::de::DeserializeOwned;
use serde_json::json;

use super::dto::{self, Item};
use crate::api::Api;
use crate::graphql::{self, Answer, Document, V2_ITEMS, V2_ROWS};
use crate::ids;

/// How many nodes one request names at most.
const MOST_NODES: usize = 100;

/// An item, as far as a listing has to know it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Row {
    pub(super) created: i64,
    /// What was made within one second is told apart by it.
    pub(super) number: u64,
    pub(super) id: String,
    /// When it, or what is in it, last changed.
    pub(super) updated: Option<DateTime<Utc>>,
}

impl Row {
    fn of(item: &Item) -> Option<Self> {
        let created = item.created_at.map(|time| time.timestamp_micros()).unwrap_or_default();
        let number = item.full_database_id.as_ref().and_then(|number| number.parse().ok()).unwrap_or_default();
        let row = || Self { created, number, id: item.id.clone(), updated: item.last_change() };
        (item.is_task() && !item.id.is_empty()).then(row)
    }

    /// What a listing is sorted by.
    pub(super) fn key(&self) -> (i64, u64, &str) {
        (self.created, self.number, &self.id)
    }
}

impl Api {
    /// Every page of the items of a project.
    pub(super) async fn v2_all<T: DeserializeOwned>(&self, document: &Document, project: &str) -> Result<Vec<T>> {
        let id = || ids::of_v2_project(project);
        let (mut items, mut after) = (Vec::new(), None);
        loop {
            let answer = self.ask(document, json!({ "id": project, "after": after })).await;
            let answer: Answer<dto::Node<dto::WithItems<T>>> = answer.map_err(|error| named(error, "project", id()))?;
            // Contents that are not shown to us are holes: all else is there.
            if let Some(problem) = answer.problems.iter().find(|problem| !is_of_item(problem)) {
                return Err(named(problem.error(), "project", id()));
            }
            let page = answer.data.node.and_then(|node| node.items);
            let page = page.ok_or_else(|| Error::not_found("project", id()))?;
            after = graphql::further(after.as_deref(), page.next())?;
            items.extend(page.into_nodes());
            if after.is_none() {
                return Ok(items);
            }
        }
    }

    /// The rows of a project in the order in which they were made; `is_new` where a listing begins.
    pub(super) async fn v2_rows(&self, project: &str, is_new: bool) -> Result<Arc<Vec<Row>>> {
        let kept = self.v2.rows.of(project.to_owned());
        if is_new {
            kept.forget().await;
        }
        let fetch = async {
            let items: Vec<Item> = self.v2_all(&V2_ROWS, project).await?;
            let mut rows: Vec<Row> = items.iter().filter_map(Row::of).collect();
            rows.sort_by(|one, other| one.key().cmp(&other.key()));
            // An item that was moved while the pages were read may be on two of them.
            rows.dedup_by(|one, other| one.id == other.id);
            Ok(rows)
        };
        kept.get(fetch).await
    }

    /// Forgets which items a project has: we changed that.
    pub(super) async fn v2_forget_rows(&self, project: &str) {
        self.v2.rows.of(project.to_owned()).forget().await;
    }

    /// Many items by their ids; those that are not there, or not shown to us, are left out.
    pub(super) async fn v2_items(&self, ids: &[String]) -> Result<HashMap<String, Raw<Item>>> {
        let mut found = HashMap::new();
        for ids in ids.chunks(MOST_NODES) {
            let answer: Answer<dto::Nodes<Raw<Item>>> = self.ask(&V2_ITEMS, json!({ "ids": ids })).await?;
            if let Some(problem) = answer.problems.iter().find(|problem| !is_of_item(problem)) {
                return Err(problem.error());
            }
            let items = answer.data.nodes.into_iter().flatten().filter(|row| row.item.is_task());
            found.extend(items.map(|row| (row.item.id.clone(), row)));
        }
        Ok(found)
    }

    /// One item of a project, which must be there.
    pub(super) async fn v2_item(&self, project: &str, item: &str) -> Result<Raw<Item>> {
        let id = ids::of_v2_part(project, item);
        let found = self.v2_items(&[item.to_owned()]).await.map_err(|error| named(error, "task", &id))?.remove(item);
        found.filter(|row| is_in(&row.item, project)).ok_or_else(|| Error::not_found("task", id))
    }
}

/// Says whether an item is in a project.
pub(super) fn is_in(item: &Item, project: &str) -> bool {
    item.project.as_ref().is_some_and(|own| own.id == project)
}

/// Says whether a problem is about one item of a list alone, that is not there or not shown to us.
fn is_of_item(problem: &graphql::Problem) -> bool {
    let is_hole = matches!(problem.error().kind(), ErrorKind::NotFound | ErrorKind::PermissionDenied);
    is_hole && problem.path().iter().any(serde_json::Value::is_number)
}
