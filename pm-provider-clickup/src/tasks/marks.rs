//! Which task has the mark of a key.
//!
//! ClickUp cannot be asked for a text: our own tasks of a project are read once, and from then on only what is newer
//! than what was read.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use chrono::TimeDelta;
use pm_http::{CachedMap, Marker, Raw, unless_hidden};
use pm_provider::{Direction, Result, SortField};
use tokio::sync::Mutex;
use tokio::time::Instant;

use super::walk::{Place, Source, Walk};
use crate::api::Api;
use crate::dto::{self, Task};
use crate::ids;
use crate::map;

/// How much of what was read already is read again: a task may show a little later than it was made.
const OVERLAP: TimeDelta = TimeDelta::seconds(30);
/// Marks are remembered for as long as a program is likely to go on with what it began.
const LIFE: Duration = Duration::from_secs(24 * 60 * 60);

/// Our marks, by where they were looked for: a project, or all there is.
#[derive(Debug)]
pub(crate) struct Shelf(CachedMap<Option<ids::Place>, Mutex<Marks>>);

impl Default for Shelf {
    fn default() -> Self {
        Self(CachedMap::new(LIFE))
    }
}

/// The marks of one place, as far as they were read.
#[derive(Debug, Default)]
struct Marks {
    /// The oldest task with each mark: others are copies that people made.
    tasks: HashMap<String, String>,
    /// Everything that was made before this moment was read.
    until: Option<i64>,
    /// When they were read last.
    read: Option<Instant>,
}

impl Marks {
    fn found(&self, wanted: &[&Marker]) -> HashMap<String, String> {
        let known = wanted.iter().filter_map(|marker| {
            let mark = marker.as_str();
            Some((mark.to_owned(), self.tasks.get(mark)?.clone()))
        });
        known.collect()
    }
}

impl Api {
    /// The tasks of ours that have some of these marks, by mark: in a project, or in all. Nothing is read twice, but what
    /// is new.
    pub(crate) async fn marked_tasks(
        &self,
        project: Option<&ids::Place>,
        wanted: &[&Marker],
    ) -> Result<HashMap<String, String>> {
        let asked = Instant::now();
        let shelf = self.marks_of(project).await?;
        let mut marks = shelf.lock().await;
        let known = marks.found(wanted);
        let is_fresh = marks.read.is_some_and(|read| read >= asked);
        if is_fresh || wanted.iter().all(|marker| known.contains_key(marker.as_str())) {
            return Ok(known);
        }
        self.read_marks(project, &mut marks).await?;
        Ok(marks.found(wanted))
    }

    /// The task with a mark, as it is now; one that is gone, or has lost its mark, is forgotten.
    pub(crate) async fn marked_task(&self, project: &ids::Place, marker: &Marker) -> Result<Option<Raw<Task>>> {
        let found = self.marked_tasks(Some(project), &[marker]).await?;
        let Some(id) = found.get(marker.as_str()) else { return Ok(None) };
        let row = unless_hidden(self.task_row(id).await)?;
        let row = row.filter(|row| map::task_marker(&row.item).as_ref() == Some(marker));
        if row.is_none() {
            self.marks_of(Some(project)).await?.lock().await.tasks.remove(marker.as_str());
        }
        Ok(row)
    }

    /// Remembers what we made.
    pub(super) async fn put_mark(&self, project: &ids::Place, marker: &Marker, task: &str) -> Result<()> {
        let shelf = self.marks_of(Some(project)).await?;
        shelf.lock().await.tasks.insert(marker.as_str().to_owned(), task.to_owned());
        Ok(())
    }

    async fn marks_of(&self, project: Option<&ids::Place>) -> Result<Arc<Mutex<Marks>>> {
        self.tasks.marks.0.of(project.cloned()).get(async { Ok(Mutex::default()) }).await
    }

    async fn read_marks(&self, project: Option<&ids::Place>, marks: &mut Marks) -> Result<()> {
        let me = self.me().await?;
        let (began, now) = (Instant::now(), self.http.server_time());
        let scope = match project {
            Some(project) => self.scope_of_project(project).await?,
            None => Some(self.scope_of_all(&self.searched(None).await?).await?),
        };
        let Some(scope) = scope else { return Ok(()) };
        let from = marks.until;
        // What is new is not put away yet.
        let sources = if from.is_some() { vec![Source::Main] } else { scope.sources() };
        let (by, direction) = (SortField::CreatedAt, Direction::Ascending);
        let walk = Walk { by, direction, size: None, page: dto::PAGE, is_complete: false, sources };
        let mut place = Some(Place { at: from, ..Place::default() });
        let mut newest = from;
        while let Some(at) = place {
            let found = walk.read(&at, |ask| self.fetch_tasks(&scope, ask), |_| true).await?;
            for row in &found.rows {
                newest = newest.max(row.item.date_created);
                let is_ours = row.item.creator.as_ref().is_some_and(|creator| creator.id == me.id);
                if let Some(marker) = map::task_marker(&row.item).filter(|_| is_ours) {
                    marks.tasks.entry(marker.as_str().to_owned()).or_insert_with(|| row.item.id.clone());
                }
            }
            place = found.next;
        }
        let now = now.map(|now| now.timestamp_millis());
        let until = now.or(newest).map(|until| until - OVERLAP.num_milliseconds());
        marks.until = until.max(from);
        marks.read = Some(began);
        Ok(())
    }
}
