//! The marks that creates leave: an issue property that no person sees.
//!
//! A query can only ask for properties that an app has declared an index for
//! (<https://developer.atlassian.com/cloud/jira/platform/jira-entity-properties/>). So our own issues of a project are read
//! once, with their marks alone, and from then on only what is newer.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};
use futures_util::{StreamExt, stream};
use pm_http::{CachedMap, Marker, Raw, unless_hidden};
use pm_provider::{Entity, Result};
use serde::Deserialize;
use serde_json::{Value, json};
use tokio::sync::Mutex;

use crate::api::Api;
use crate::dto::{Issue, Mark, Moment};
use crate::endpoints;
use crate::jql::Jql;
use crate::tasks::{MARK_FIELDS, MOST_AT_ONCE};

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

/// The property of an issue whose create is not all: status, sprint and what the create screen lacks are set by further requests,
/// and whoever finds it by its key goes on where they ended.
pub(crate) fn open_property(marker: &Marker) -> Value {
    json!({ "key": PROPERTY, "value": { "key": marker.as_str(), "open": true } })
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
    /// What was looked at one by one, marked or not; nothing on Cloud.
    looked_at: HashSet<u64>,
    /// The issues whose create may not be all done.
    open: HashSet<u64>,
    /// Up to when everything was read.
    until: Option<DateTime<Utc>>,
}

impl Marks {
    fn add(&mut self, mark: Mark, id: u64) {
        let known = self.issues.entry(mark.key).or_insert(id);
        *known = id.min(*known);
        if mark.open {
            self.open.insert(id);
        } else {
            self.open.remove(&id);
        }
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
        let read_until = marks.until.and_then(|until| until.checked_sub_signed(OVERLAP));
        // What is looked for since a later time leaves a hole behind it, which is still to be read.
        let is_whole = since.is_none() || since <= read_until;
        self.read_marks(project, read_until.max(since), is_whole, &mut marks).await?;
        Ok(found(&marks))
    }

    /// Remembers what we made with a key, and whether something is to follow.
    pub(crate) async fn put_mark(&self, project: u64, marker: &Marker, id: u64, open: bool) -> Result<()> {
        let is_cloud = self.flavor().await?.is_cloud();
        for project in [project, 0] {
            let shelf = self.shelf(project).await?;
            let mut marks = shelf.lock().await;
            marks.add(Mark { key: marker.as_str().to_owned(), open }, id);
            if !is_cloud {
                marks.looked_at.insert(id);
            }
        }
        Ok(())
    }

    /// Remembers that nobody asks for the mark of an issue that we made without a key.
    pub(crate) async fn pass_over(&self, project: u64, id: u64) -> Result<()> {
        if !self.flavor().await?.is_cloud() {
            self.shelf(project).await?.lock().await.looked_at.insert(id);
        }
        Ok(())
    }

    /// Says whether something that was to follow the create of an issue has not been done. The index may be late, and others
    /// may have gone on meanwhile: so the issue itself is asked.
    pub(crate) async fn is_open(&self, project: u64, marker: &Marker, id: u64) -> Result<bool> {
        if !self.shelf(project).await?.lock().await.open.contains(&id) {
            return Ok(false);
        }
        let is_open = self.mark_of(id).await?.is_some_and(|mark| mark.open);
        self.put_mark(project, marker, id, is_open).await?;
        Ok(is_open)
    }

    /// Notes that all is done that was to follow a create. Where that cannot be noted, whoever uses the key again looks whether
    /// anything is left to do.
    pub(crate) async fn close_mark(&self, project: u64, marker: &Marker, id: u64) {
        let value = json!({ "key": marker.as_str() });
        let noted = self.tell(&endpoints::SET_ISSUE_PROPERTY, &[&id.to_string(), PROPERTY], &value).await;
        if noted.is_ok() {
            let _ = self.put_mark(project, marker, id, false).await;
        }
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

    /// Reads the marks of what was created since then, a page at a time: whoever is interrupted goes on where that was.
    async fn read_marks(
        &self,
        project: Option<u64>,
        from: Option<DateTime<Utc>>,
        is_whole: bool,
        marks: &mut Marks,
    ) -> Result<()> {
        let jql = project.into_iter().fold(Jql::new(), |jql, id| jql.id("project", id)).created_by_us();
        let jql = from.into_iter().fold(jql, |jql, from| jql.since("created", from));
        let mut pages = self.pages(jql, MARK_FIELDS, MOST_AT_ONCE).await?.with_marks();
        while let Some(rows) = pages.next().await? {
            self.look_at(&rows, marks).await?;
            if is_whole {
                let newest = rows.iter().filter_map(|row| row.item.fields.created.map(Moment::utc)).max();
                marks.until = marks.until.max(newest);
            }
        }
        Ok(())
    }

    /// Takes in the marks of some issues. Searches of Data Center show no properties: what was not looked at yet is asked for
    /// one by one.
    async fn look_at(&self, rows: &[Raw<Issue>], marks: &mut Marks) -> Result<()> {
        if self.flavor().await?.is_cloud() {
            let marked = rows.iter().filter_map(|row| Some((row.item.properties.mark.clone()?, row.item.id.0)));
            marked.for_each(|(mark, id)| marks.add(mark, id));
            return Ok(());
        }
        let new: Vec<u64> = rows.iter().map(|row| row.item.id.0).filter(|id| !marks.looked_at.contains(id)).collect();
        let mut each =
            stream::iter(new).map(|id| async move { (id, self.mark_of(id).await) }).buffer_unordered(AT_ONCE);
        while let Some((id, mark)) = each.next().await {
            let mark = mark?;
            marks.looked_at.insert(id);
            mark.into_iter().for_each(|mark| marks.add(mark, id));
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
        let mark = |open| Mark { key: "a".to_owned(), open };
        marks.add(mark(true), 7);
        marks.add(mark(false), 5);
        marks.add(mark(false), 9);
        assert_eq!((marks.issues["a"], marks.open.len()), (5, 1));
        marks.add(mark(false), 7);
        assert!(marks.open.is_empty());
    }

    #[test]
    fn creates_without_a_key_have_marks_of_their_own() {
        assert_ne!(random_marker(), random_marker());
        assert_eq!(property(&marker(Entity::Task, "k"))["key"], PROPERTY);
    }
}
