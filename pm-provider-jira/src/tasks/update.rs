//! Changing issues: only what differs, everything validated before anything is sent.

use pm_provider::{Effect, Error, ErrorKind, Field, FieldPatch, PMTask, Result, TaskId, TaskPatch};

use super::look_ups::LookUps;
use super::memory::Seen;
use super::transition::{Hop, partial};
use super::write::{Body, Current, Place, discards};
use crate::api::{Api, found};
use crate::dto::Issue;
use crate::ids::{self, leads_nowhere, referred};
use crate::{endpoints, map, tasks::write::unfit};

/// Why a sub-task joins no sprint.
pub(crate) const IN_PARENTS_SPRINT: &str = "a sub-task is in the sprint of its parent";

/// What is to be done to an issue, in this order.
#[derive(Debug, Default)]
pub(crate) struct Plan {
    pub(crate) body: Body,
    pub(crate) hops: Vec<Hop>,
    /// The sprint that it goes into, or none.
    pub(crate) sprint: Option<Option<u64>>,
}

impl Plan {
    fn is_empty(&self) -> bool {
        self.body.is_empty() && self.hops.is_empty() && self.sprint.is_none()
    }
}

impl Api {
    /// Changes a task.
    pub(crate) async fn update_task(&self, id: &TaskId, patch: &TaskPatch) -> Result<PMTask> {
        self.capabilities.check_update(patch)?;
        let id = ids::existing("task", id)?;
        let _turn = self.turn(id).await;
        if let Some(task) = self.update_status_alone(id, patch).await? {
            return Ok(task);
        }
        let row = self.issue_by_id(id).await?;
        let current = Current { issue: row.item.clone(), task: self.to_task(row).await? };
        let plan = self.plan(patch, &current).await?;
        if plan.is_empty() {
            return Ok(current.task);
        }
        let done = self.carry_out(id, &plan, Vec::new()).await;
        done.inspect_err(|error| self.unlearn(&current.issue, &plan, error))?;
        self.read_back(id).await
    }

    /// Forgets where the status of an issue leads, where Jira refused to take it there.
    fn unlearn(&self, issue: &Issue, plan: &Plan, error: &Error) {
        if let (Some(400), Ok((kind, status))) = (error.http_status(), standing(issue))
            && !plan.hops.is_empty()
        {
            self.issues.workflow(kind, |workflow| workflow.forget(status));
        }
    }

    /// A change of the status alone, by a way that is known, of an issue that was seen a moment ago: it is ordered at once. What
    /// was seen may be old: then Jira refuses, and everything is read first.
    async fn update_status_alone(&self, id: u64, patch: &TaskPatch) -> Result<Option<PMTask>> {
        let (FieldPatch::Set(wanted), Some(Seen { kind, status })) = (&patch.status, self.issues.seen(id)) else {
            return Ok(None);
        };
        let alone = TaskPatch::new().status(wanted.clone());
        if *patch != alone {
            return Ok(None);
        }
        let target = self.wanted_status(kind, wanted).await?;
        let target = target.id.as_deref().and_then(ids::number);
        let bare = |step: &super::Step| step.screen.as_ref().is_some_and(|screen| screen.required().next().is_none());
        let way = target.and_then(|target| {
            self.issues
                .workflow(kind, |workflow| workflow.path(status, target, bare).filter(|steps| steps.iter().all(bare)))
        });
        let Some(steps) = way.filter(|steps| !steps.is_empty()) else { return Ok(None) };
        let hops = steps.into_iter().map(|step| Hop { step, fields: serde_json::Map::new() }).collect();
        let plan = Plan { hops, ..Plan::default() };
        match self.carry_out(id, &plan, Vec::new()).await {
            Err(error) if *error.effect() == Effect::NotExecuted && error.kind() == ErrorKind::InvalidInput => {
                self.issues.lose_sight(id);
                self.issues.workflow(kind, |workflow| workflow.forget(status));
                Ok(None)
            }
            Err(error) => Err(error),
            Ok(()) => self.read_back(id).await.map(Some),
        }
    }

    /// What it takes to make an issue what a patch wants. Nothing is sent that writes.
    pub(crate) async fn plan(&self, patch: &TaskPatch, current: &Current) -> Result<Plan> {
        let (kind, status) = standing(&current.issue)?;
        let id = current.issue.id.0;
        let types = self.types_of(kind.0).await?;
        let catalogue = self.catalogue().await?;
        let screen = if only_moves(patch) { Default::default() } else { self.edit_screen(id, kind, status).await? };
        let (is, look_ups) = (Some(current), &LookUps::default());
        let place = Place { kind, types: &types, screen: &screen, catalogue: &catalogue, current: is, look_ups };
        let mut body = self.changed_fields(patch, &place).await?;
        let customs = self.customs(&patch.custom_fields, &catalogue)?;
        let mut steps = Vec::new();
        if let Some(wanted) = patch.status.value() {
            let target = self.wanted_status(kind, wanted).await?;
            if target.id != current.task.status.id {
                steps = self.route(id, status, &target, &place, (&body, &customs)).await?;
            }
        }
        let (hops, others) = self.hops(steps, customs, &place, discards(patch)).await?;
        for custom in &others {
            self.custom(&mut body, custom, screen.get(&custom.shape.id), &place, discards(patch)).await?;
        }
        if screen.iter().next().is_some() {
            let off = body.split_off(&screen);
            if !off.is_empty() {
                return Err(off.off_screen("the edit screen"));
            }
        }
        let sprint = self.sprint_move(&patch.sprint_id, kind.0, current.task.sprint_id.as_ref()).await?;
        if matches!(sprint, Some(Some(_))) && place.issue_type().is_some_and(|kind| kind.level() < 0) {
            return Err(unfit(Field::SprintId, IN_PARENTS_SPRINT));
        }
        if sprint == Some(None) && !map::is_in_sprint(&current.issue.fields, &catalogue) {
            return Err(unfit(Field::SprintId, "it is over, and Jira keeps the sprints of what is done"));
        }
        Ok(Plan { body, hops, sprint })
    }

    /// The sprint that an issue goes into, where that is another one than now.
    pub(crate) async fn sprint_move(
        &self,
        patch: &FieldPatch<pm_provider::SprintId>,
        project: u64,
        present: Option<&pm_provider::SprintId>,
    ) -> Result<Option<Option<u64>>> {
        if !super::write::differs(patch, present) {
            return Ok(None);
        }
        let Some(sprint) = patch.value() else { return Ok(Some(None)) };
        let id = referred(Field::SprintId, sprint)?;
        let row = found(self.sprint_row(id).await)?;
        let (row, owner) = row.ok_or_else(|| leads_nowhere(Field::SprintId, sprint.as_str()))?;
        if owner != project {
            return Err(unfit(Field::SprintId, "it belongs to another project"));
        }
        if row.item.state == "closed" {
            return Err(unfit(Field::SprintId, "it is closed, and takes no more tasks"));
        }
        Ok(Some(Some(id)))
    }

    /// Carries out a plan; `applied` is what was done already. What fails after anything was done is `Partial`.
    pub(crate) async fn carry_out(&self, id: u64, plan: &Plan, mut applied: Vec<String>) -> Result<()> {
        self.issues.lose_sight(id);
        self.issues.wrote(id);
        let steps = plan.hops.iter().map(|hop| format!("the transition `{}`", hop.step.name));
        let mut failed: Vec<String> = plan.body.words();
        failed.extend(steps);
        failed.extend(plan.sprint.map(|_| format!("`{}`", Field::SprintId)));
        let half_way = |error, applied: &[String], failed: &[String]| Err(partial(error, id, applied, failed.to_vec()));
        if !plan.body.is_empty() {
            if let Err(error) = self.put(id, &plan.body).await {
                return half_way(error, &applied, &failed);
            }
            let written = plan.body.words().len();
            applied.extend(failed.drain(..written));
        }
        for hop in &plan.hops {
            if let Err(error) = self.take(id, hop).await {
                return half_way(error, &applied, &failed);
            }
            applied.push(failed.remove(0));
        }
        if let Some(sprint) = plan.sprint {
            let moved = match sprint {
                Some(sprint) => self.move_to_sprint(sprint, &[id]).await,
                None => self.move_to_backlog(&[id]).await,
            };
            if let Err(error) = moved {
                return half_way(error, &applied, &failed);
            }
        }
        Ok(())
    }

    /// Writes fields. Another change at the same moment (409) is no obstacle: the client puts ours on top of it.
    async fn put(&self, id: u64, body: &Body) -> Result<()> {
        let request = self.request(&endpoints::UPDATE_ISSUE, &[&id.to_string()]).await?;
        let request = if self.config.notify { request } else { request.query("notifyUsers", false) };
        self.send(request.json(&body.json())).await.map(drop)
    }

    /// The task as it is stored after a write.
    pub(crate) async fn read_back(&self, id: u64) -> Result<PMTask> {
        let task = async { self.to_task(self.issue_by_id(id).await?).await };
        task.await.map_err(|error: Error| {
            let (applied, failed) = (vec!["the write".to_owned()], vec!["reading it back".to_owned()]);
            partial(error, id, &applied, failed)
        })
    }
}

/// The project, type and status of an issue, which decide what can be done to it.
pub(crate) fn standing(issue: &Issue) -> Result<(super::Kind, super::StatusId)> {
    let status = issue.fields.status.as_ref().map(|status| status.id.0);
    issue.kind().zip(status).ok_or_else(|| {
        let message = format!("Jira shows neither project, type nor status of the issue `{}`", issue.id);
        Error::new(ErrorKind::InvalidResponse, message)
    })
}

/// Says whether a patch asks for nothing that is a matter of the edit screen.
fn only_moves(patch: &TaskPatch) -> bool {
    let mut rest = patch.clone();
    (rest.status, rest.sprint_id) = (FieldPatch::Keep, FieldPatch::Keep);
    rest.discard_formatting = false;
    rest == TaskPatch::new()
}
