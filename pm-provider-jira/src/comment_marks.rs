//! The marks of comments: a property that no person sees, read once for each issue, and from then on only what is newer.
//!
//! No query finds comments by their properties.

use std::collections::{BTreeSet, HashMap, HashSet};
use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use pm_http::{CachedMap, Marker, Raw, named, unless_missing};
use pm_provider::Result;
use tokio::sync::Mutex;

use crate::api::Api;
use crate::dto::{Comment, Moment, Paged, User};
use crate::endpoints;
use crate::marks::PROPERTY;

/// Marks are in properties, which a list leaves out if nothing is said.
const EXPAND: (&str, &str) = ("expand", "properties");
/// How much of what was read already is read again: the machines of a server may write a little out of order.
const OVERLAP: TimeDelta = TimeDelta::minutes(2);
/// How many of the newest comments are looked at at once.
const LOOK: usize = 50;
/// Marks are remembered for as long as a program is likely to go on with what it began.
const LIFE: Duration = Duration::from_secs(24 * 60 * 60);

/// The marks of comments, by issue.
pub(crate) struct Shelf(CachedMap<u64, Mutex<Marks>>);

impl Default for Shelf {
    fn default() -> Self {
        Self(CachedMap::new(LIFE))
    }
}

/// The marks of the comments of an issue, as far as they were read.
#[derive(Debug, Default)]
struct Marks {
    /// The comments with each mark: more than one where people made copies.
    comments: HashMap<String, BTreeSet<u64>>,
    /// What was read already, marked or not.
    seen: HashSet<u64>,
    /// When the newest one of them was written.
    until: Option<DateTime<Utc>>,
    /// All were read once.
    is_read: bool,
}

impl Marks {
    /// Takes note of comments; says whether any of them is new.
    fn add(&mut self, rows: &[Raw<Comment>]) -> bool {
        let mut is_any_new = false;
        for row in rows {
            let id = row.item.id.0;
            is_any_new |= self.seen.insert(id);
            self.until = self.until.max(row.item.created.map(Moment::utc));
            if let Some(mark) = mark_of(&row.item) {
                self.comments.entry(mark.to_owned()).or_default().insert(id);
            }
        }
        is_any_new
    }

    fn ids(&self, marker: &Marker) -> Vec<u64> {
        self.comments.get(marker.as_str()).into_iter().flatten().copied().collect()
    }

    fn drop(&mut self, marker: &Marker, id: u64) {
        if let Some(ids) = self.comments.get_mut(marker.as_str()) {
            ids.remove(&id);
        }
    }
}

/// A mark and the comment that has it.
type Marked = (String, Raw<Comment>);

impl Api {
    /// The comments of a task that have some of these marks, one for each: our own comes before copies by others, then
    /// the oldest. Whoever wrote it under another name of ours wrote it as well.
    pub(crate) async fn marked_comments(&self, task: u64, wanted: &[&Marker]) -> Result<Vec<Marked>> {
        let shelf = self.comment_shelf(task).await?;
        let mut marks = shelf.lock().await;
        let mut marked = self.known_comments(task, wanted, &mut marks).await?;
        let is_known = |marker: &&Marker| marked.iter().any(|(mark, _)| mark == marker.as_str());
        if !wanted.iter().all(is_known) {
            for row in self.new_comments(task, &mut marks).await? {
                let mark = mark_of(&row.item).filter(|mark| wanted.iter().any(|marker| marker.as_str() == *mark));
                let Some(mark) = mark.map(ToOwned::to_owned) else { continue };
                if marked.iter().all(|(_, other)| other.item.id != row.item.id) {
                    marked.push((mark, row));
                }
            }
        }
        self.one_for_each(marked).await
    }

    /// Remembers a comment that we made.
    pub(crate) async fn put_comment_mark(&self, task: u64, marker: &Marker, id: u64) -> Result<()> {
        let shelf = self.comment_shelf(task).await?;
        let mut marks = shelf.lock().await;
        marks.seen.insert(id);
        marks.comments.entry(marker.as_str().to_owned()).or_default().insert(id);
        Ok(())
    }

    async fn comment_shelf(&self, task: u64) -> Result<Arc<Mutex<Marks>>> {
        self.comment_marks.0.of(task).get(async { Ok(Mutex::default()) }).await
    }

    /// What is remembered, as far as it is still there.
    async fn known_comments(&self, task: u64, wanted: &[&Marker], marks: &mut Marks) -> Result<Vec<Marked>> {
        let mut marked = Vec::new();
        for marker in wanted {
            for id in marks.ids(marker) {
                let path = [&*task.to_string(), &*id.to_string()];
                match unless_missing(self.get(&endpoints::GET_COMMENT, &path).await)? {
                    Some(row) => marked.push((marker.as_str().to_owned(), row)),
                    None => marks.drop(marker, id),
                }
            }
        }
        Ok(marked)
    }

    /// The comments that were not read yet, among others.
    async fn new_comments(&self, task: u64, marks: &mut Marks) -> Result<Vec<Raw<Comment>>> {
        if marks.is_read
            && let Some(rows) = self.newest_comments(task, marks).await?
        {
            return Ok(rows);
        }
        let query = [EXPAND, ("orderBy", "created")].map(|(name, value)| (name, value.to_owned()));
        let rows = self.all(&endpoints::LIST_COMMENTS, &[&task.to_string()], &query).await;
        let rows = rows.map_err(|error| named(error, "task", task))?;
        marks.add(&rows);
        marks.is_read = true;
        Ok(rows)
    }

    /// The newest comments, back to what was read already; `None` where some were deleted meanwhile, which moves others
    /// out of sight.
    async fn newest_comments(&self, task: u64, marks: &mut Marks) -> Result<Option<Vec<Raw<Comment>>>> {
        let cut = marks.until.and_then(|until| until.checked_sub_signed(OVERLAP));
        let mut rows: Vec<Raw<Comment>> = Vec::new();
        loop {
            // Each page begins with the last row of the one before.
            let start = rows.len().saturating_sub(1);
            let page = self.comments_from(task, start).await?;
            let overlaps = rows.last().map(|row| row.item.id) == page.values.first().map(|row| row.item.id);
            if start > 0 && !overlaps {
                return Ok(None);
            }
            let fresh: Vec<_> = page.values.into_iter().skip(usize::from(!rows.is_empty())).collect();
            let is_old =
                fresh.iter().any(|row| row.item.created.map(Moment::utc).zip(cut).is_some_and(|(at, cut)| at < cut));
            let is_any_new = marks.add(&fresh);
            rows.extend(fresh);
            let has_all = page.total.is_some_and(|total| rows.len() as u64 >= total);
            if is_old || !is_any_new || has_all {
                return Ok(Some(rows));
            }
        }
    }

    /// One page of the comments, the newest first.
    async fn comments_from(&self, task: u64, start: usize) -> Result<Paged<Raw<Comment>>> {
        let request = self.request(&endpoints::LIST_COMMENTS, &[&task.to_string()]).await?;
        let request = request.query(EXPAND.0, EXPAND.1).query("orderBy", "-created");
        let reply = self.send(request.query("startAt", start).query("maxResults", LOOK)).await;
        let page: Paged<_> = reply.map_err(|error| named(error, "task", task))?.json()?;
        if page.values.is_empty() {
            self.believe_emptiness().await?;
        }
        Ok(page)
    }

    async fn one_for_each(&self, mut marked: Vec<Marked>) -> Result<Vec<Marked>> {
        let marks: HashSet<_> = marked.iter().map(|(mark, _)| mark.clone()).collect();
        if marks.len() < marked.len() {
            let me = self.me().await?;
            let is_other = |row: &Comment| row.author.as_ref().and_then(User::id) != me.id();
            marked.sort_by_key(|(_, row)| (is_other(&row.item), row.item.id));
        }
        let mut taken = HashSet::new();
        marked.retain(|(mark, _)| taken.insert(mark.clone()));
        Ok(marked)
    }
}

/// The mark of a comment: the hash of its key.
fn mark_of(comment: &Comment) -> Option<&str> {
    let property = comment.properties.iter().find(|property| property.key == PROPERTY)?;
    property.value["key"].as_str()
}
