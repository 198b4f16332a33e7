//! Parents: sub-issues, which are told by their database id, while their parent is told by number
//! (<https://docs.github.com/en/rest/issues/sub-issues>).

use std::sync::Arc;

use pm_http::unless_hidden;
use pm_provider::{Field, FieldPatch, Result, TaskId};

use super::steps::Move;
use super::{Housed, leads_nowhere, referred, unfit};
use crate::api::Api;
use crate::dto::IssueAddress;
use crate::repositories::Repository;

/// How many levels are looked at in search of a circle: GitHub allows eight
/// (<https://docs.github.com/en/issues/tracking-your-work-with-issues/using-issues/adding-sub-issues>).
const MOST_LEVELS: usize = 16;

impl Api {
    /// The issue that is to be the parent of one in a repository.
    pub(crate) async fn wanted_parent(&self, repository: &Repository, id: &TaskId) -> Result<Housed> {
        referred(Field::ParentTaskId, id)?;
        let parent = self.issue_if_there(id).await?;
        let parent = parent.ok_or_else(|| leads_nowhere(Field::ParentTaskId, id.as_str()))?;
        if parent.repository.id != repository.id {
            return Err(unfit(Field::ParentTaskId, "it belongs to another project"));
        }
        Ok(parent)
    }

    /// Where an issue goes in the tree, where that is another place than now.
    pub(crate) async fn parent_move(&self, patch: &FieldPatch<TaskId>, housed: &Housed) -> Result<Option<Move>> {
        let now = housed.row.item.parent_issue_url.as_ref();
        match patch {
            FieldPatch::Keep => Ok(None),
            FieldPatch::Set(id) => {
                let parent = self.wanted_parent(&housed.repository, id).await?;
                if self.is_at(housed, now, &parent).await? {
                    return Ok(None);
                }
                self.check_no_circle(housed, &parent).await?;
                Ok(Some(Move::Into(Box::new(parent))))
            }
            _ => {
                let Some(address) = now.filter(|address| address.number > 0) else { return Ok(None) };
                let repository = self.home(&housed.repository, &address.repository).await?;
                Ok(Some(Move::OutOf(repository, address.number)))
            }
        }
    }

    async fn is_at(&self, housed: &Housed, now: Option<&IssueAddress>, parent: &Housed) -> Result<bool> {
        let Some(address) = now.filter(|address| address.number == parent.row.item.number) else { return Ok(false) };
        let home = unless_hidden(self.home(&housed.repository, &address.repository).await)?;
        Ok(home.is_some_and(|home| home.id == parent.repository.id))
    }

    /// No issue is, by whatever detour, its own parent.
    async fn check_no_circle(&self, housed: &Housed, parent: &Housed) -> Result<()> {
        let circle = || unfit(Field::ParentTaskId, "a task cannot be a part of itself");
        let mut above: (Arc<Repository>, u64) = (Arc::clone(&parent.repository), parent.row.item.number);
        let mut next = parent.row.item.parent_issue_url.clone();
        for _ in 0..MOST_LEVELS {
            if above.0.id == housed.repository.id && above.1 == housed.row.item.number {
                return Err(circle());
            }
            let Some(address) = next.filter(|address| address.number > 0) else { return Ok(()) };
            // What is hidden from us is GitHub's to check.
            let Some(home) = unless_hidden(self.home(&above.0, &address.repository).await)? else { return Ok(()) };
            let Some(row) = unless_hidden(self.issue_in(&home, address.number).await)? else { return Ok(()) };
            above = (Arc::clone(&row.repository), row.row.item.number);
            next = row.row.item.parent_issue_url.clone();
        }
        Ok(())
    }
}
