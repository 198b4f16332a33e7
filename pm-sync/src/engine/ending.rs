//! Deletions that are proven are passed on: journal first, look last, and what was edited is kept.

use std::collections::HashSet;

use pm_provider::{Effect, Error, ErrorKind, Field, StatusCategory};
use serde_json::json;

use super::absent::is_edited;
use super::case::Case;
use super::error::{SyncError, SyncResult};
use super::planted::{Bug, planted};
use super::session::{Session, seconds};
use super::work::Step;
use crate::config::Deletions;
use crate::item::{ItemKey, Kind, Pair, Side};
use crate::record::Patch;
use crate::side::{Change, Row};
use crate::store::{Intent, IntentOp, Link, LinkState, Settlement, Work, WorkReason};

/// How often an item with contents is tried to be deleted: what is below it may be about to be deleted, too.
const CONTENTS_TRIES: u32 = 2;

/// A link, the side on which its item is to be deleted, and the work that this is.
pub(super) type Deletion = (Link, Side, Vec<Work>);

impl Session<'_> {
    /// Makes the deletions that are proven, unless there are suspiciously many of them. Says whether there were any.
    pub(super) async fn delete_proven(&self) -> SyncResult<bool> {
        let mut deletions: Vec<Deletion> = std::mem::take(&mut self.notes().deletions).into_values().collect();
        if deletions.is_empty() || !self.may_delete(deletions.len()).await? {
            return Ok(false);
        }
        // Children first: what has contents is not deleted.
        deletions.sort_by(|one, other| other.0.created_at.cmp(&one.0.created_at).then(other.0.id.cmp(&one.0.id)));
        loop {
            let before = deletions.len();
            let refused = self.pass_all_on(deletions).await?;
            if refused.is_empty() || refused.len() == before {
                self.keep_all_with_contents(refused).await?;
                return Ok(true);
            }
            // What hung below them, although it was linked before them, may be gone now.
            deletions = refused.into_iter().map(|(deletion, _)| deletion).collect();
        }
    }

    /// Many deletions at once are perhaps none.
    async fn may_delete(&self, count: usize) -> SyncResult<bool> {
        let links: usize = self.store().count_links(self.mapping()).await?.values().sum();
        let timing = &self.config().timing;
        let allowed = timing.deletions.max(links * timing.deletions_percent / 100);
        if count <= allowed || self.options.approve_deletions {
            return Ok(true);
        }
        self.notes().needs_approval = count;
        self.warn(format!(
            "{count} items were deleted on one side, more than the {allowed} that one run passes on: nothing was deleted; \
             approve it, or restore them"
        ));
        Ok(false)
    }

    /// Passes deletions on. Answers those that were refused for what is below the item.
    async fn pass_all_on(&self, deletions: Vec<Deletion>) -> SyncResult<Vec<(Deletion, Error)>> {
        let mut refused = Vec::new();
        for (link, side, works) in deletions {
            match self.pass_on(link.clone(), side, &works).await? {
                Step::Failed(error) if self.has_contents(&error) => refused.push(((link, side, works), error)),
                step => self.after(&works, step).await?,
            }
        }
        Ok(refused)
    }

    async fn keep_all_with_contents(&self, refused: Vec<(Deletion, Error)>) -> SyncResult<()> {
        let parents = if refused.is_empty() { HashSet::new() } else { self.parents_of_going(&refused).await? };
        for ((link, side, works), error) in refused {
            let going = link.item(side).is_some_and(|item| parents.contains(&(side, item.id)));
            let step = if going {
                Step::Wait(self.now() + seconds(self.config().timing.proof))
            } else {
                self.keep_with_contents(link, side, &works, error).await?
            };
            self.after(&works, step).await?;
        }
        Ok(())
    }

    /// The parents of items that are about to be deleted, or perhaps are, by side; without those that were just refused.
    async fn parents_of_going(&self, refused: &[(Deletion, Error)]) -> SyncResult<HashSet<(Side, String)>> {
        let is_refused = |link: &Link| refused.iter().any(|((refused, ..), _)| refused.id == link.id);
        let is_going = |work: &&Work| matches!(work.reason, WorkReason::Deleted | WorkReason::Missing);
        let work = self.store().all_work(self.mapping()).await?;
        let mut parents = HashSet::new();
        for of in Side::BOTH {
            let items = work.iter().filter(is_going).filter(|work| work.side == of && work.item.kind == Kind::Task);
            let items: Vec<ItemKey> = items.map(|work| work.item.clone()).collect();
            let links = self.store().links_of(self.mapping(), of, &items).await?;
            for link in links.iter().filter(|link| link.state == LinkState::Linked && !is_refused(link)) {
                for side in Side::BOTH {
                    let parent = link.base.get(side).as_ref().map(|base| base.get(&Field::ParentTaskId.into()));
                    parents.extend(parent.and_then(|parent| parent.as_str()).map(|parent| (side, parent.to_owned())));
                }
            }
        }
        Ok(parents)
    }

    async fn pass_on(&self, link: Link, side: Side, works: &[Work]) -> SyncResult<Step> {
        match (link.item(side), self.config().deletions) {
            (None, _) => self.clear(works).await,
            (Some(item), Deletions::Delete) => self.delete_twin(link, side, item, works).await,
            (Some(item), _) => self.archive_twin(link, side, item, works).await,
        }
    }

    async fn row_of(&self, side: Side, item: &ItemKey) -> SyncResult<Option<Row>> {
        self.side(side).get(item).await.map_err(SyncError::stopped(side))
    }

    /// Journal first, look last: nothing is asked of that side between the look and the deletion. Comments are looked for
    /// before that.
    async fn delete_twin(&self, link: Link, side: Side, item: ItemKey, works: &[Work]) -> SyncResult<Step> {
        let intent = self.ending(&link, side, item, IntentOp::Delete, Patch::new());
        self.begin_ending(&intent).await?;
        let talked_about = self.is_talked_about(&link, side).await?;
        let Some(row) = self.row_of(side, &intent.item).await? else { return self.drop_ending(&intent).await };
        let edited = is_edited(&*self.terms().await?, &link, side, &row.record);
        if talked_about || (edited && self.config().writes(side.other())) {
            self.drop_ending(&intent).await?;
            return self.keep_touched(link, side, &row, works).await;
        }
        self.keep_what_loses(&link, side, &row, edited).await?;
        if !self.may_send(&intent).await? {
            return self.drop_ending(&intent).await;
        }
        self.needed(side, 1);
        let version = row.seen.version.as_deref().filter(|_| self.side(side).locks(link.kind));
        let done = self.side(side).delete(&intent.item, version).await;
        self.after_ending(link, &intent, done, works).await
    }

    async fn archive_twin(&self, link: Link, side: Side, item: ItemKey, works: &[Work]) -> SyncResult<Step> {
        let Some(row) = self.row_of(side, &item).await? else { return Ok(Step::Again) };
        let edited = is_edited(&*self.terms().await?, &link, side, &row.record);
        if edited && self.config().writes(side.other()) {
            return self.keep_touched(link, side, &row, works).await;
        }
        self.keep_what_loses(&link, side, &row, edited).await?;
        let Some(sent) = self.archived(&link, side, &row).await? else {
            return self.bury(&buried(works, side, &item, &link), link, Vec::new()).await;
        };
        let intent = self.ending(&link, side, item, IntentOp::Archive, sent);
        self.begin_ending(&intent).await?;
        if self.changed_meanwhile(&link, &row, side).await? || !self.may_send(&intent).await? {
            return self.drop_ending(&intent).await;
        }
        self.needed(side, 1);
        let version = row.seen.version.as_deref().filter(|_| self.side(side).locks(link.kind));
        let change = Change::new(&intent.item, &intent.sent).if_version(version);
        let done = self.side(side).update(&change).await.map(drop);
        self.after_ending(link, &intent, done, works).await
    }

    /// What was edited or talked about since both sides agreed wins over the deletion: it goes back to the other side where
    /// that is written to, else it stays by itself.
    async fn keep_touched(&self, link: Link, side: Side, row: &Row, works: &[Work]) -> SyncResult<Step> {
        let (gone, case) = (side.other(), buried(works, side, &row.item, &link));
        if self.config().writes(gone) {
            return self.make_again(&case, link, gone, row).await;
        }
        let name = self.side(side).name();
        self.warn(format!(
            "{} stays on `{name}`, although what it was made from is deleted: people commented on it there; delete it by hand",
            row.item
        ));
        let conflict = self.deletion_conflict(&link, gone, row, Some(side));
        self.bury(&case, link, vec![conflict]).await
    }

    /// Edits of a copy that go with it.
    async fn keep_what_loses(&self, link: &Link, side: Side, row: &Row, edited: bool) -> SyncResult<()> {
        if !edited {
            return Ok(());
        }
        let gone = side.other();
        let conflicts = vec![self.deletion_conflict(link, gone, row, Some(gone))];
        Ok(self.store().settle(&self.lease(), Settlement { conflicts, ..Settlement::default() }).await?)
    }

    async fn begin_ending(&self, intent: &Intent) -> SyncResult<()> {
        self.hold_lease().await?;
        if !planted(Bug::NoIntent) {
            self.store().begin(&self.lease(), vec![intent.clone()]).await?;
        }
        Ok(())
    }

    async fn drop_ending(&self, intent: &Intent) -> SyncResult<Step> {
        let intents_over = vec![intent.id.clone()];
        self.store().settle(&self.lease(), Settlement { intents_over, ..Settlement::default() }).await?;
        Ok(Step::Again)
    }

    /// Whether a task that would be deleted has comments that the other side never showed: they would go along with it.
    async fn is_talked_about(&self, link: &Link, side: Side) -> SyncResult<bool> {
        let wanted = self.config().deletions == Deletions::Delete && self.config().kinds.contains(&Kind::Comment);
        let (Kind::Task, Some(task)) = (link.kind, link.item(side)) else { return Ok(false) };
        if !wanted || !self.side(side).has(Kind::Comment) {
            return Ok(false);
        }
        let rows = self.side(side).comments_of(&task.id).await.map_err(SyncError::stopped(side))?.unwrap_or_default();
        let known = self.store().comment_links(self.mapping(), side, &task.id).await?;
        let is_known = |row: &Row| {
            let link = known.iter().find(|link| link.item(side).as_ref() == Some(&row.item));
            link.and_then(|link| link.seen.get(side).as_ref()).is_some_and(|seen| seen.hash == row.seen.hash)
        };
        Ok(!rows.iter().all(is_known))
    }

    /// The last look at what is about to be archived, where no lock keeps it.
    async fn changed_meanwhile(&self, link: &Link, row: &Row, side: Side) -> SyncResult<bool> {
        if self.side(side).locks(link.kind) || planted(Bug::NoGuard) {
            return Ok(false);
        }
        let now = self.side(side).get(&row.item).await.map_err(SyncError::stopped(side))?;
        Ok(now.is_none_or(|now| now.seen.hash != row.seen.hash))
    }

    async fn after_ending(
        &self,
        mut link: Link,
        intent: &Intent,
        done: pm_provider::Result<()>,
        works: &[Work],
    ) -> SyncResult<Step> {
        match done {
            Ok(()) => {
                link.state = LinkState::Tombstoned;
                link.absence = None;
                self.count("deleted");
                let mut event = self.event(&link.id, intent.side, Some(intent.item.clone()), "delete");
                event.after = intent.sent.clone();
                event.intent = Some(intent.id.clone());
                let settlement = Settlement {
                    intents_over: vec![intent.id.clone()],
                    links: vec![link],
                    events: vec![event],
                    done: works.to_vec(),
                    ..Settlement::default()
                };
                self.store().settle(&self.lease(), settlement).await?;
                Ok(Step::Done)
            }
            Err(error) if *error.effect() == Effect::NotExecuted => {
                let intents_over = vec![intent.id.clone()];
                self.store().settle(&self.lease(), Settlement { intents_over, ..Settlement::default() }).await?;
                Ok(Step::Failed(error))
            }
            Err(_) => Ok(Step::Wait(intent.deadline_at)),
        }
    }

    /// Whether a deletion was refused for what is below the item.
    fn has_contents(&self, error: &Error) -> bool {
        error.kind() == ErrorKind::Conflict && self.config().deletions == Deletions::Delete
    }

    /// What has contents that the other side never had cannot be deleted: they are edits, and win like others.
    async fn keep_with_contents(&self, link: Link, side: Side, works: &[Work], error: Error) -> SyncResult<Step> {
        let (gone, item) = (side.other(), link.item(side));
        let text = error.to_string();
        let is_same = |work: &Work| work.last_error.as_ref() == Some(&text);
        let last = works.iter().any(|work| work.attempts + 1 >= CONTENTS_TRIES && is_same(work));
        let Some(item) = item.filter(|_| last && self.config().writes(gone)) else { return Ok(Step::Failed(error)) };
        match self.row_of(side, &item).await? {
            Some(row) => self.make_again(&buried(works, side, &item, &link), link, gone, &row).await,
            None => Ok(Step::Failed(error)),
        }
    }

    fn ending(&self, link: &Link, side: Side, item: ItemKey, op: IntentOp, sent: Patch) -> Intent {
        Intent {
            id: self.new_id(),
            op,
            side,
            item,
            link: link.id.clone(),
            mark: None,
            expected: sent.clone(),
            sent,
            base: Pair::default(),
            source_seen: None,
            sent_at: self.now(),
            deadline_at: self.deadline(self.begin_by()),
            epoch: self.lease().epoch,
        }
    }

    /// What archives an item: a task is given up, a sprint is over; a comment, and what is so already, stays as it is.
    async fn archived(&self, link: &Link, side: Side, row: &Row) -> SyncResult<Option<Patch>> {
        let schema = self.side(side).schema().await.map_err(SyncError::stopped(side))?;
        let status = match link.kind {
            Kind::Task => {
                let find = |category| schema.statuses.iter().find(|status| status.category == category);
                let found = find(StatusCategory::Cancelled).or_else(|| find(StatusCategory::Done));
                found.map(|status| json!({"category": status.category, "name": status.name}))
            }
            Kind::Sprint => {
                let over = pm_provider::SprintStatusCategory::Completed;
                let found = schema.sprint_statuses.iter().find(|status| status.category == over);
                found.map(|status| json!({"category": status.category, "name": status.name}))
            }
            Kind::Comment => None,
        };
        let patch = status.map(|status| Patch::new().with(Field::Status, status));
        Ok(patch.filter(|patch| patch.get(&Field::Status.into()) != Some(row.record.get(&Field::Status.into()))))
    }
}

fn buried(works: &[Work], side: Side, item: &ItemKey, link: &Link) -> Case {
    Case {
        works: works.to_vec(),
        side,
        item: item.clone(),
        link: Some(link.clone()),
        rows: Pair::default(),
        assumed: Pair::default(),
        orphan: false,
    }
}
