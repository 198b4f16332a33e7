//! The requests that a change takes, one after the other.

use std::sync::Arc;

use pm_http::{Raw, unless_missing};
use pm_provider::{Effect, Error, ErrorKind, Field, Result};
use serde_json::{Value, json};

use super::draft::{Draft, dropped, partial, words};
use super::references::is_same_label;
use super::{Housed, map};
use crate::api::{Api, Request};
use crate::batch::patiently;
use crate::dto::{Issue, Label, State};
use crate::endpoints;
use crate::repositories::Repository;

/// One request of a change.
#[derive(Clone, Debug)]
pub(crate) enum Step {
    /// Sets fields.
    Patch(Draft),
    /// Adds labels to those that are there: what others add meanwhile stays.
    AddLabels(Vec<String>),
    /// Takes one label away.
    RemoveLabel(String),
    /// Assigns people besides those who are.
    Assign(Vec<String>),
    /// Takes people away.
    Unassign(Vec<String>),
    /// Makes it a part of another issue, or of none.
    Parent(Move),
}

/// Where an issue goes in the tree.
#[derive(Clone, Debug)]
pub(crate) enum Move {
    /// Below this one.
    Into(Box<Housed>),
    /// Out from below an issue of this repository, of this number.
    OutOf(Arc<Repository>, u64),
}

impl Step {
    /// The fields that it is about.
    pub(crate) fn fields(&self) -> Vec<Field> {
        match self {
            Self::Patch(draft) => draft.fields(),
            Self::AddLabels(_) | Self::RemoveLabel(_) => vec![Field::Labels],
            Self::Assign(_) | Self::Unassign(_) => vec![Field::Assignees],
            Self::Parent(_) => vec![Field::ParentTaskId],
        }
    }
}

impl Api {
    /// Does one step after the other; the issue as it is afterwards.
    pub(crate) async fn carry_out(&self, housed: Housed, steps: &[Step], applied: Vec<String>) -> Result<Housed> {
        let (mut housed, mut applied, mut is_fresh) = (housed, applied, true);
        let id = housed.id();
        for (index, step) in steps.iter().enumerate() {
            match patiently(|| self.step(&housed, step, &applied)).await {
                Ok(row) => {
                    is_fresh = row.is_some();
                    housed.row = row.unwrap_or(housed.row);
                }
                Err(error) => {
                    let failed = steps[index..].iter().flat_map(Step::fields).collect::<Vec<_>>();
                    return Err(match error.effect() {
                        Effect::Partial { .. } => error,
                        _ => partial(error, id.as_str(), applied, words(&failed)),
                    });
                }
            }
            applied.extend(words(&step.fields()));
        }
        if is_fresh { Ok(housed) } else { self.issue_in(&housed.repository, housed.row.item.number).await }
    }

    /// Does one step; the issue, where the answer shows it.
    async fn step(&self, housed: &Housed, step: &Step, applied: &[String]) -> Result<Option<Raw<Issue>>> {
        match step {
            Step::Patch(draft) => self.patch(housed, draft, applied).await.map(Some),
            Step::AddLabels(labels) => {
                let now =
                    self.labels_after(housed, &endpoints::ADD_LABELS, &[], Some(json!({ "labels": labels }))).await?;
                let are_there = labels.iter().all(|label| now.iter().any(|known| is_same_label(&known.0, label)));
                self.kept(housed, are_there, Field::Labels, applied).map(|()| None)
            }
            Step::RemoveLabel(label) => {
                let now = self.labels_after(housed, &endpoints::REMOVE_LABEL, &[label], None).await;
                // Somebody else was faster.
                let now = unless_missing(now)?.unwrap_or_default();
                let is_gone = !now.iter().any(|known| is_same_label(&known.0, label));
                self.kept(housed, is_gone, Field::Labels, applied).map(|()| None)
            }
            Step::Assign(logins) | Step::Unassign(logins) => self.assign(housed, step, logins, applied).await.map(Some),
            Step::Parent(to) => self.move_to(housed, to).await.map(|()| None),
        }
    }

    async fn labels_after(
        &self,
        housed: &Housed,
        endpoint: &pm_http::Endpoint,
        rest: &[&str],
        body: Option<Value>,
    ) -> Result<Vec<Label>> {
        let number = housed.row.item.number.to_string();
        let rest: Vec<_> = std::iter::once(number.as_str()).chain(rest.iter().copied()).collect();
        let request = self.in_repository(&housed.repository, endpoint, &rest);
        let request = body.iter().fold(request, Request::json);
        request.send().await?.json()
    }

    async fn assign(&self, housed: &Housed, step: &Step, logins: &[String], applied: &[String]) -> Result<Raw<Issue>> {
        let adds = matches!(step, Step::Assign(_));
        let endpoint = if adds { &endpoints::ASSIGN } else { &endpoints::UNASSIGN };
        let number = housed.row.item.number.to_string();
        let body = json!({ "assignees": logins });
        let row: Raw<Issue> = self.write_in(&housed.repository, endpoint, &[&number], &body).await?;
        let has = |login: &String| row.item.assignees.iter().any(|person| person.login.eq_ignore_ascii_case(login));
        self.kept(housed, logins.iter().all(|login| has(login) == adds), Field::Assignees, applied)?;
        Ok(row)
    }

    fn kept(&self, housed: &Housed, is_kept: bool, field: Field, applied: &[String]) -> Result<()> {
        if is_kept { Ok(()) } else { Err(dropped(housed.id().as_str(), applied.to_vec(), &[field])) }
    }

    /// Sets fields, and notices which of them GitHub dropped.
    async fn patch(&self, housed: &Housed, draft: &Draft, applied: &[String]) -> Result<Raw<Issue>> {
        let was_closed = housed.row.item.state == State::Closed;
        let mut row = self.send_patch(housed, draft).await?;
        let mut lost = draft.dropped_by(&row.item);
        // The reason is "ignored unless `state` is changed"
        // (<https://docs.github.com/en/rest/issues/issues#update-an-issue>).
        if lost == [Field::Status] && was_closed && row.item.state == State::Closed {
            row = self.close_anew(housed, draft.status).await?;
            lost = draft.dropped_by(&row.item);
        }
        if lost.is_empty() {
            return Ok(row);
        }
        let kept = draft.fields().into_iter().filter(|field| !lost.contains(field)).collect::<Vec<_>>();
        let applied = applied.iter().cloned().chain(words(&kept)).collect();
        Err(dropped(housed.id().as_str(), applied, &lost))
    }

    /// Closes an issue for another reason, by way of opening it.
    async fn close_anew(&self, housed: &Housed, status: Option<&'static str>) -> Result<Raw<Issue>> {
        self.send_patch(housed, &Draft { status: Some(map::OPEN), ..Draft::default() }).await?;
        let closed = self.send_patch(housed, &Draft { status, ..Draft::default() }).await;
        closed
            .map_err(|error| partial(error, housed.id().as_str(), vec!["reopened".to_owned()], words(&[Field::Status])))
    }

    pub(crate) async fn send_patch(&self, housed: &Housed, draft: &Draft) -> Result<Raw<Issue>> {
        let number = housed.row.item.number.to_string();
        self.write_in(&housed.repository, &endpoints::UPDATE_ISSUE, &[&number], &draft.json()).await
    }

    /// Makes an issue a part of another one, or of none.
    async fn move_to(&self, housed: &Housed, to: &Move) -> Result<()> {
        let child = housed.row.item.id;
        match to {
            Move::Into(parent) => {
                let body = json!({ "sub_issue_id": child, "replace_parent": true });
                let number = parent.row.item.number.to_string();
                let added: Result<Raw<Value>> =
                    self.write_in(&parent.repository, &endpoints::ADD_SUB_ISSUE, &[&number], &body).await;
                self.unless_moved(housed, parent, added.map(drop)).await
            }
            Move::OutOf(repository, number) => {
                let body = json!({ "sub_issue_id": child });
                let request = self.in_repository(repository, &endpoints::REMOVE_SUB_ISSUE, &[&number.to_string()]);
                let removed = pm_http::deleted(request.json(&body).send().await);
                removed.map_err(misplaced)
            }
        }
    }

    /// A lost answer, or a refusal after one, may have done it: then the issue is where it should be.
    async fn unless_moved(&self, housed: &Housed, parent: &Housed, added: Result<()>) -> Result<()> {
        match added {
            Err(error) if *error.effect() == Effect::Unknown => {
                let now = self.issue_in(&housed.repository, housed.row.item.number).await?;
                let there = self.to_task(now).await?.parent_task_id;
                if there == Some(parent.id()) { Ok(()) } else { Err(error) }
            }
            answer => answer.map_err(misplaced),
        }
    }
}

/// What GitHub refuses of a parent: too many sub-issues, too many levels, a circle.
fn misplaced(error: Error) -> Error {
    if error.kind() != ErrorKind::InvalidInput || !error.field_errors().is_empty() {
        return error;
    }
    let message = error.message().to_owned();
    error.on_field(Field::ParentTaskId, message)
}
