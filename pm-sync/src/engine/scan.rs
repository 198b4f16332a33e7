//! The comments of a task, where no feed tells of them: read when the task was touched.

use std::collections::HashSet;

use chrono::{DateTime, Utc};

use super::error::SyncResult;
use super::pull::work_on;
use super::session::{Session, seconds};
use super::work::Step;
use crate::item::{ItemKey, Side};
use crate::side::Fed;
use crate::store::{Link, LinkState, Settlement, Work, WorkReason};

impl Session<'_> {
    /// Looks at all comments of a task on one side.
    pub(super) async fn scan_comments(&self, work: &Work) -> SyncResult<Step> {
        let side = work.side;
        let Some(task) = work.item.task() else { return self.clear(std::slice::from_ref(work)).await };
        let links = self.store().links_of(self.mapping(), side, std::slice::from_ref(&task)).await?;
        let Some(link) = links.into_iter().find(|link| link.state == LinkState::Linked) else {
            return self.without_task(work, &task).await;
        };
        let rows = self.side(side).comments_of(&task.id).await;
        self.needed(side, 1);
        let Some(rows) = rows.map_err(|error| self.unreachable(side, error))? else {
            // The task itself is gone: its own work says what becomes of that.
            return self.clear(std::slice::from_ref(work)).await;
        };
        let shown: HashSet<ItemKey> = rows.iter().map(|row| row.item.clone()).collect();
        let latest = rows.iter().filter_map(|row| row.seen.at).max().max(self.touched_before(side, &task));
        let known = self.store().comment_links(self.mapping(), side, &task.id).await?;
        let mut found = self.sort_out(side, rows.into_iter().map(|row| Fed::Row(Box::new(row))).collect()).await?;
        found.extend(missing(side, &known, &shown));
        let settlement = Settlement {
            done: vec![work.clone()],
            work: found,
            links: seen_until(link, side, latest).into_iter().collect(),
            ..Settlement::default()
        };
        self.store().settle(&self.lease(), settlement).await?;
        Ok(Step::Done)
    }

    /// When the task was touched, if that was so long ago that no comment of the same moment can still come.
    fn touched_before(&self, side: Side, task: &ItemKey) -> Option<DateTime<Utc>> {
        let mut notes = self.notes();
        let at = notes.touched_at.remove(&(side, task.clone()))?;
        notes.states.get(side).high_water.filter(|settled| at < *settled).map(|_| at)
    }

    /// A task that has no twin yet: its comments wait, unless it will have none.
    async fn without_task(&self, work: &Work, task: &ItemKey) -> SyncResult<Step> {
        let awaited = self.store().work_of(self.mapping(), work.side, std::slice::from_ref(task)).await?;
        if !awaited.is_empty() {
            return Ok(Step::Wait(self.now() + seconds(self.config().timing.backoff)));
        }
        self.clear(std::slice::from_ref(work)).await
    }
}

/// Comments that we know and that are not shown any more.
fn missing<'l>(side: Side, known: &'l [Link], shown: &'l HashSet<ItemKey>) -> impl Iterator<Item = Work> + 'l {
    let living = known.iter().filter(|link| link.state == LinkState::Linked);
    let gone = living.filter_map(move |link| link.item(side)).filter(|item| !shown.contains(item));
    gone.map(move |item| work_on(side, item, WorkReason::Missing))
}

/// The task's link with the time up to which its comments were read: older news of it are known now.
fn seen_until(mut link: Link, side: Side, latest: Option<DateTime<Utc>>) -> Option<Link> {
    let seen = link.seen.get_mut(side).as_mut()?;
    if latest <= seen.at {
        return None;
    }
    seen.at = latest;
    Some(link)
}
