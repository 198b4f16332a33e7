//! The marks that creates leave: an issue property that no person sees.
//!
//! A query can only ask for properties that an app has declared an index for
//! (<https://developer.atlassian.com/cloud/jira/platform/jira-entity-properties/>). So our own issues of a project are read
//! once, with their marks alone, and from then on only what is newer.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};
use futures_util::{StreamExt, TryStreamExt, stream};
use pm_http::{CachedMap, Marker, unless_hidden};
use pm_provider::{Entity, Result};
use serde::Deserialize;
use serde_json::{Value, json};
use tokio::sync::Mutex;

use crate::api::Api;
use crate::dto::Mark;
use crate::endpoints;
use crate::jql::Jql;
use crate::tasks::MARK_FIELDS;

/// The property of issues and comments that marks are in: no person sees it.
pub(crate) const PROPERTY: &str = "pm-core";
/// How much of what was read already is read again: an index may be late by so much.
const OVERLAP: TimeDelta = TimeDelta::minutes(2);
/// How many single properties are asked for at once.
const AT_ONCE: usize = 8;
/// Marks are remembered for as long as a program is likely to go on with what it began.
const LIFE: std::time::Duration = std::time::Duration::from_secs(24 * 60 * 60);

/// The mark of a key. Keys of different kinds of items have different ones.
pub(crate) fn marker(entity: Entity, key: &str) -> Marker {
    Marker::of(entity.word(), key)
}

/// The mark of a create without a key: nobody else has it.
pub(crate) fn random_marker() -> Marker {
    Marker::of("random", &format!("{:032x}", fastrand::u128(..)))
}

/// The property that a mark is.
pub(crate) fn property(marker: &Marker) -> Value {
    json!({ "key": PROPERTY, "value": { "key": marker.as_str() } })
}

/// Our marks, by project; those of all projects under 0.
pub(crate) struct Shelf(CachedMap<u64, Mutex<Marks>>);

impl Default for Shelf {
    fn default() -> Self {
        Self(CachedMap::new(LIFE))
    }
}

/// The marks of a project, as far as they were read.
#[derive(Debug, Default)]
struct Marks {
    /// The oldest issue with each mark: others are copies that people made.
    issues: HashMap<String, u64>,
    /// What was looked at one by one, marked or not.
    looked_at: HashSet<u64>,
    /// Up to when everything was read.
    until: Option<DateTime<Utc>>,
}

impl Marks {
    fn add(&mut self, mark: String, id: u64) {
        let known = self.issues.entry(mark).or_insert(id);
        *known = id.min(*known);
        self.looked_at.insert(id);
    }

    fn saw(&mut self, created: Option<DateTime<Utc>>) {
        self.until = self.until.max(created);
    }
}

impl Api {
    /// The issues of ours that have some of these marks, by mark. Nothing is looked for twice, but what is new.
    pub(crate) async fn marked_issues(
        &self,
        project: Option<u64>,
        wanted: &[&Marker],
        since: Option<DateTime<Utc>>,
    ) -> Result<HashMap<String, u64>> {
        let shelf = self.shelf(project.unwrap_or_default()).await?;
        let mut marks = shelf.lock().await;
        let found = |marks: &Marks| -> HashMap<String, u64> {
            let known = wanted
                .iter()
                .filter_map(|marker| Some((marker.as_str().to_owned(), *marks.issues.get(marker.as_str())?)));
            known.filter(|(_, id)| !self.issues.is_buried(*id)).collect()
        };
        let known = found(&marks);
        if known.len() == wanted.iter().collect::<HashSet<_>>().len() {
            return Ok(known);
        }
        // A mark that is looked for since a time says nothing of what is older.
        let from = marks.until.and_then(|until| until.checked_sub_signed(OVERLAP)).max(since);
        let is_narrowed = marks.until.is_none() && since.is_some();
        self.read_marks(project, from, &mut marks).await?;
        if is_narrowed {
            marks.until = None;
        }
        Ok(found(&marks))
    }

    /// Remembers what we made.
    pub(crate) async fn put_mark(&self, project: u64, marker: &Marker, id: u64) -> Result<()> {
        for project in [project, 0] {
            self.shelf(project).await?.lock().await.add(marker.as_str().to_owned(), id);
        }
        Ok(())
    }

    /// Forgets a mark whose issue is gone.
    pub(crate) async fn drop_mark(&self, project: u64, marker: &Marker) -> Result<()> {
        for project in [project, 0] {
            self.shelf(project).await?.lock().await.issues.remove(marker.as_str());
        }
        Ok(())
    }

    async fn shelf(&self, project: u64) -> Result<Arc<Mutex<Marks>>> {
        self.issues.marks.0.of(project).get(async { Ok(Mutex::default()) }).await
    }

    async fn read_marks(&self, project: Option<u64>, from: Option<DateTime<Utc>>, marks: &mut Marks) -> Result<()> {
        let jql = project.into_iter().fold(Jql::new(), |jql, id| jql.id("project", id)).created_by_us();
        let jql = from.into_iter().fold(jql, |jql, from| jql.since("created", from));
        let is_cloud = self.flavor().await?.is_cloud();
        let rows = self.search_all(jql, MARK_FIELDS, is_cloud).await?;
        for row in &rows {
            marks.saw(row.item.fields.created.map(crate::dto::Moment::utc));
            if let Some(mark) = &row.item.properties.mark {
                marks.add(mark.key.clone(), row.item.id.0);
            }
        }
        if is_cloud {
            return Ok(());
        }
        // Searches of Data Center show no properties: what was not looked at yet is asked for one by one.
        let new: Vec<u64> = rows.iter().map(|row| row.item.id.0).filter(|id| !marks.looked_at.contains(id)).collect();
        let each =
            stream::iter(new).map(|id| async move { Ok::<_, pm_provider::Error>((id, self.mark_of(id).await?)) });
        let found: Vec<_> = each.buffer_unordered(AT_ONCE).try_collect().await?;
        for (id, mark) in found {
            marks.looked_at.insert(id);
            if let Some(mark) = mark {
                marks.add(mark.key, id);
            }
        }
        Ok(())
    }

    async fn mark_of(&self, id: u64) -> Result<Option<Mark>> {
        #[derive(Deserialize)]
        struct Property {
            #[serde(default, deserialize_with = "crate::dto::lenient")]
            value: Option<Mark>,
        }
        let id = id.to_string();
        let property: Option<Property> =
            unless_hidden(self.get(&endpoints::GET_ISSUE_PROPERTY, &[&id, PROPERTY]).await)?;
        Ok(property.and_then(|property| property.value))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_oldest_issue_answers_to_a_mark() {
        let mut marks = Marks::default();
        marks.add("a".to_owned(), 7);
        marks.add("a".to_owned(), 5);
        marks.add("a".to_owned(), 9);
        assert_eq!(marks.issues["a"], 5);
    }

    #[test]
    fn creates_without_a_key_have_marks_of_their_own() {
        assert_ne!(random_marker(), random_marker());
        assert_eq!(property(&marker(Entity::Task, "k"))["key"], PROPERTY);
    }
}
