//! What creates of a batch have in common.

use pm_http::CachedMap;
use pm_provider::{FieldPatch, Result, SprintId};

use crate::api::{Api, found};
use crate::dto::Issue;

/// What creates that go together name in common, asked for once.
#[derive(Default)]
pub(crate) struct LookUps {
    parents: CachedMap<u64, Option<Issue>>,
    sprints: CachedMap<(SprintId, u64), Option<u64>>,
}

impl Api {
    /// The issue that is to be a parent, where it is there.
    pub(crate) async fn parent_row(&self, id: u64, look_ups: &LookUps) -> Result<Option<Issue>> {
        let ask = async { Ok(found(self.issue_by_id(id).await)?.map(|row| row.item)) };
        Ok(look_ups.parents.of(id).get(ask).await?.as_ref().clone())
    }

    /// The sprint that a new issue of a project goes into.
    pub(crate) async fn new_sprint(
        &self,
        sprint: Option<&SprintId>,
        project: u64,
        look_ups: &LookUps,
    ) -> Result<Option<u64>> {
        let Some(sprint) = sprint else { return Ok(None) };
        let patch = FieldPatch::Set(sprint.clone());
        let ask = async { Ok(self.sprint_move(&patch, project, None).await?.flatten()) };
        Ok(*look_ups.sprints.of((sprint.clone(), project)).get(ask).await?)
    }
}
