//! The marks that creates with a key leave at the end of a body.
//!
//! The search of issues lags behind and is rationed, so that it answers for nothing. Our own issues of a repository are
//! read once, newest first, and from then on only what is newer than the newest of them.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use pm_http::{CachedMap, Marker, unless_forbidden};
use pm_provider::Result;
use serde::Deserialize;
use tokio::sync::Mutex;

use super::walk::Rows;
use crate::api::Api;
use crate::config::MAX_PAGE_SIZE;
use crate::endpoints;
use crate::repositories::Repository;

/// How much of what was read already is read again: an issue shows a little later than it was made.
const OVERLAP: TimeDelta = TimeDelta::minutes(2);
/// How many issues are asked for where only a few can be new.
const FEW: u32 = 10;
/// Marks are remembered for as long as a program is likely to go on with what it began.
const LIFE: Duration = Duration::from_secs(24 * 60 * 60);

/// An issue, as far as marks are concerned.
#[derive(Debug, Deserialize)]
struct Marked {
    number: u64,
    #[serde(default)]
    body: Option<String>,
    #[serde(default)]
    created_at: Option<DateTime<Utc>>,
}

/// Our marks, by repository.
pub(crate) struct Shelf(CachedMap<u64, Mutex<Marks>>);

impl Default for Shelf {
    fn default() -> Self {
        Self(CachedMap::new(LIFE))
    }
}

/// The marks of a repository, as far as they were read.
#[derive(Debug, Default)]
struct Marks {
    /// The oldest issue with each mark: others are copies that people made.
    issues: HashMap<String, u64>,
    /// When the newest issue was made that was read; everything before it was read as well.
    until: Option<DateTime<Utc>>,
}

impl Marks {
    fn add(&mut self, mark: &str, number: u64) {
        let known = self.issues.entry(mark.to_owned()).or_insert(number);
        *known = number.min(*known);
    }

    fn found(&self, wanted: &[&Marker]) -> HashMap<String, u64> {
        let known = wanted.iter().filter_map(|marker| {
            let mark = marker.as_str();
            Some((mark.to_owned(), *self.issues.get(mark)?))
        });
        known.collect()
    }
}

impl Api {
    /// The issues of ours in a repository that have some of these marks, by mark. Nothing is looked for twice, but what
    /// is new.
    pub(crate) async fn marked_issues(
        &self,
        repository: &Repository,
        wanted: &[&Marker],
    ) -> Result<HashMap<String, u64>> {
        let shelf = self.shelf(repository.id).await?;
        let mut marks = shelf.lock().await;
        let known = marks.found(wanted);
        if wanted.iter().all(|marker| known.contains_key(marker.as_str())) {
            return Ok(known);
        }
        self.read_marks(repository, &mut marks).await?;
        Ok(marks.found(wanted))
    }

    /// Remembers what we made.
    pub(crate) async fn put_mark(&self, repository: &Repository, marker: &Marker, number: u64) -> Result<()> {
        self.shelf(repository.id).await?.lock().await.add(marker.as_str(), number);
        Ok(())
    }

    /// Forgets a mark whose issue is gone, or has it no longer.
    pub(crate) async fn drop_mark(&self, repository: &Repository, marker: &Marker) -> Result<()> {
        self.shelf(repository.id).await?.lock().await.issues.remove(marker.as_str());
        Ok(())
    }

    async fn shelf(&self, repository: u64) -> Result<Arc<Mutex<Marks>>> {
        self.issues.marks.0.of(repository).get(async { Ok(Mutex::default()) }).await
    }

    async fn read_marks(&self, repository: &Repository, marks: &mut Marks) -> Result<()> {
        let from = marks.until.and_then(|until| until.checked_sub_signed(OVERLAP));
        let creator = self.my_login().await?;
        let size = if from.is_some() { FEW } else { MAX_PAGE_SIZE };
        let (mut ask, mut newest) = (Some((1_u64, None::<String>)), marks.until);
        while let Some((page, after)) = ask {
            let request = self.in_repository(repository, &endpoints::LIST_ISSUES, &[]).query("state", "all");
            let request = creator.iter().fold(request, |request, login| request.query("creator", login));
            let request = request.query("sort", "created").query("direction", "desc").query("per_page", size);
            let request = after.iter().fold(request, |request, after| request.query("after", after));
            let request = if page > 1 { request.query("page", page) } else { request };
            let reply = request.send().await?;
            let rows: Vec<Marked> = reply.json()?;
            let links = Rows::new(Vec::new(), reply.header("link"));
            let is_known = |row: &Marked| from.zip(row.created_at).is_some_and(|(from, created)| created < from);
            let more = links.more && !rows.iter().any(is_known);
            for row in rows {
                newest = newest.max(row.created_at);
                if let Some(mark) = Marker::split(row.body.as_deref().unwrap_or_default()).1 {
                    marks.add(mark.as_str(), row.number);
                }
            }
            ask = more.then_some((page + 1, links.after));
        }
        marks.until = newest;
        Ok(())
    }

    /// Our login; none for an installation of a GitHub App, which is nobody.
    pub(crate) async fn my_login(&self) -> Result<Option<String>> {
        Ok(unless_forbidden(self.me().await)?.and_then(|me| me.login.clone()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_oldest_issue_answers_to_a_mark() {
        let (marker, other) = (Marker::of("task", "k"), Marker::of("task", "l"));
        let mut marks = Marks::default();
        for number in [7, 5, 9] {
            marks.add(marker.as_str(), number);
        }
        assert_eq!(marks.found(&[&marker, &other]), HashMap::from([(marker.as_str().to_owned(), 5)]));
    }
}
