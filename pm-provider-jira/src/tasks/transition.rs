//! Changing statuses: Jira has no field for it, only transitions, of which it shows those that lead on from here.

use std::collections::HashSet;

use pm_provider::{Effect, Error, ErrorKind, Field, FieldPatch, Result, Status, StatusRef};
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::Kind;
use super::search::MARK_FIELDS;
use super::workflow::{StatusId, Step, Workflow};
use super::write::{Body, Custom, Place, unfit};
use crate::api::{Api, found};
use crate::dto::{FieldMeta, Issue, Transition, WorkflowRead};
use crate::endpoints;
use crate::ids;
use crate::jql::Jql;

/// How many statuses are asked for where they lead, for one change.
const MOST_ASKED: usize = 12;
/// How often an order is given that meets another change of the issue (409).
const TRIES: u32 = 3;
/// The pause before it is given again.
const PAUSE: std::time::Duration = std::time::Duration::from_millis(200);

/// One transition, with what its screen is given.
#[derive(Clone, Debug)]
pub(crate) struct Hop {
    pub(crate) step: Step,
    pub(crate) fields: Map<String, Value>,
}

/// The transitions that an issue can make, and where it stands.
#[derive(Debug, Deserialize)]
struct Standing {
    #[serde(flatten)]
    issue: StandingIssue,
    #[serde(default, deserialize_with = "crate::dto::or_default")]
    transitions: Vec<Transition>,
}

#[derive(Debug, Deserialize)]
struct StandingIssue {
    fields: StandingFields,
}

#[derive(Debug, Deserialize)]
struct StandingFields {
    status: crate::dto::Status,
}

#[derive(Debug, Deserialize)]
struct Transitions {
    #[serde(default)]
    transitions: Vec<Transition>,
}

impl Api {
    /// The status of issues of a type that is wanted.
    pub(crate) async fn wanted_status(&self, kind: Kind, wanted: &StatusRef) -> Result<Status> {
        let choices = self.statuses_of(kind).await?;
        let status = wanted.resolve(&choices, self.config.statuses.preferred());
        status.map_err(|error| unfit(Field::Status, error.message()))
    }

    /// The transitions that lead an issue to a status, each of them known and nothing of what they ask for missing.
    ///
    /// # Errors
    /// `Conflict` that lists where the issue can go, when no way is known; `InvalidInput` that names what is missing.
    pub(crate) async fn route(
        &self,
        issue: u64,
        from: StatusId,
        to: &Status,
        place: &Place<'_>,
        (body, customs): (&Body, &[Custom<'_>]),
    ) -> Result<Vec<Step>> {
        let Some(target) = to.id.as_deref().and_then(ids::number) else {
            return Err(unfit(Field::Status, "has no id"));
        };
        let ready = |step: &Step| step.screen.is_some() && missing(step, place, body, customs).is_empty();
        let path = |workflow: &mut Workflow| workflow.path(from, target, ready);
        let direct = |workflow: &mut Workflow| path(workflow).filter(|steps| steps.iter().all(ready));
        let mut known = self.issues.workflow(place.kind, direct);
        let is_own = self.issues.workflow(place.kind, |workflow| workflow.is_learnt_of(from, issue));
        // Conditions let one issue go where another one cannot. What is refused at once harms nothing; whatever else depends on
        // it is found out before.
        let is_sure = is_own || known.is_some() && body.is_empty() && customs.is_empty();
        if !is_sure {
            self.learn_from(issue, place.kind, from).await?;
            known = self.issues.workflow(place.kind, direct);
        }
        if known.is_none() {
            known = self.explore(from, target, place.kind, &ready).await?;
        }
        if known.is_none() && is_own {
            // It may have changed since, and what it may with it.
            self.learn_from(issue, place.kind, from).await?;
            known = self.issues.workflow(place.kind, path);
        }
        let Some(steps) = known else {
            return Err(self.unreachable(from, to, place.kind));
        };
        self.check_steps(&steps, to, place, (body, customs))?;
        Ok(steps)
    }

    /// Looks further until a way is known: in the workflow itself where we may read it, else by what other issues show.
    async fn explore(
        &self,
        from: StatusId,
        target: StatusId,
        kind: Kind,
        ready: &(dyn Fn(&Step) -> bool + Sync),
    ) -> Result<Option<Vec<Step>>> {
        let path = |workflow: &mut Workflow| workflow.path(from, target, ready);
        if let Some(steps) = self.issues.workflow(kind, path)
            && steps.len() == 1
            && steps.iter().all(|step| step.screen.is_some())
        {
            // It leads there directly; what it asks for is said to the caller.
            return Ok(Some(steps));
        }
        self.hear_of_workflow(kind).await?;
        let mut tried = HashSet::new();
        for _ in 0..MOST_ASKED {
            let best = self.issues.workflow(kind, path);
            let unseen = best.as_ref().and_then(|steps| unseen_on(from, steps, &tried));
            if best.as_ref().is_some_and(|steps| steps.iter().all(ready)) {
                return Ok(best);
            }
            let next = unseen.or_else(|| self.issues.workflow(kind, |workflow| workflow.frontier(from, &tried)));
            let Some(status) = next else { return Ok(best) };
            tried.insert(status);
            self.learn_of_others(kind, status).await?;
        }
        Ok(self.issues.workflow(kind, path))
    }

    /// Learns from an issue where it can go.
    async fn learn_from(&self, issue: u64, kind: Kind, from: StatusId) -> Result<()> {
        let query = [("expand", "transitions.fields")];
        let known: Transitions = self.get_with(&endpoints::LIST_TRANSITIONS, &[&issue.to_string()], &query).await?;
        let steps = known.transitions.into_iter().map(Transition::into_step).collect();
        self.issues.workflow(kind, |workflow| workflow.learn(from, steps, issue));
        Ok(())
    }

    /// Learns from any other issue of the type that stands in a status.
    async fn learn_of_others(&self, kind: Kind, status: StatusId) -> Result<()> {
        let jql = Jql::new().id("project", kind.0).id("issuetype", kind.1).id("status", status);
        let Some(other) = self.any_issue(jql, MARK_FIELDS).await?.map(|row| row.item.id) else { return Ok(()) };
        let query = [("fields", "status"), ("expand", "transitions,transitions.fields")];
        let standing: Option<Standing> =
            found(self.get_with(&endpoints::GET_ISSUE, &[&other.to_string()], &query).await)?;
        if let Some(standing) = standing {
            let steps: Vec<_> = standing.transitions.into_iter().map(Transition::into_step).collect();
            // The index may lag behind: what is learnt is of the status in which the issue really is.
            let at = standing.issue.fields.status.id.0;
            self.issues.workflow(kind, |workflow| workflow.learn(at, steps, other.0));
        }
        Ok(())
    }

    /// Reads the workflow itself, which only administrators may, and only Cloud shows.
    async fn hear_of_workflow(&self, kind: Kind) -> Result<()> {
        if !self.flavor().await?.is_cloud() || !self.issues.may_read_workflows() {
            return Ok(());
        }
        let pair = json!({ "projectId": kind.0.to_string(), "issueTypeId": kind.1.to_string() });
        let request = self.request(&endpoints::READ_WORKFLOWS, &[]).await?;
        let read = self.send(request.json(&json!({ "projectAndIssueTypes": [pair] }))).await;
        let is_refused = read.as_ref().is_err_and(|error| {
            let refusals = [ErrorKind::NotFound, ErrorKind::PermissionDenied, ErrorKind::Unauthenticated];
            refusals.contains(&error.kind()) || matches!(error.http_status(), Some(400 | 405))
        });
        if is_refused {
            self.issues.may_not_read_workflows();
            return Ok(());
        }
        let read: WorkflowRead = read?.json()?;
        let known = read.steps();
        self.issues.workflow(kind, |workflow| known.into_iter().for_each(|(from, steps)| workflow.hear(from, steps)));
        Ok(())
    }

    /// The error for a status to which no way is known.
    fn unreachable(&self, from: StatusId, to: &Status, kind: Kind) -> Error {
        let steps = self.issues.workflow(kind, |workflow| workflow.from(from).unwrap_or_default().to_vec());
        let names: Vec<_> = steps.iter().map(|step| format!("`{}`", step.to_name)).collect();
        let leads = match names.as_slice() {
            [] => "no transition leads on from here".to_owned(),
            names => format!("from here transitions lead to {}", names.join(", ")),
        };
        let message = format!("no known transitions lead to `{}`; {leads}", to.name);
        let error = Error::new(ErrorKind::Conflict, message).on_field(Field::Status, "cannot be reached from here");
        error.hint("the workflow, its conditions or our permissions do not let the issue go there")
    }

    /// Makes sure that nothing is missing of what any of the transitions asks for.
    fn check_steps(
        &self,
        steps: &[Step],
        to: &Status,
        place: &Place<'_>,
        (body, customs): (&Body, &[Custom<'_>]),
    ) -> Result<()> {
        if let Some(step) = steps.iter().find(|step| step.screen.is_none()) {
            let message =
                format!("what the transition `{}` on the way to `{}` asks for is not known", step.name, to.name);
            let error = Error::new(ErrorKind::Conflict, message).on_field(Field::Status, "cannot be reached safely");
            return Err(error.hint("take the steps one by one"));
        }
        let lacking =
            steps.iter().flat_map(|step| missing(step, place, body, customs).into_iter().map(move |f| (step, f)));
        let lacking: Vec<_> = lacking.collect();
        if lacking.is_empty() {
            return Ok(());
        }
        let error = Error::invalid_input(format!("the way to `{}` asks for more than is given", to.name));
        let error = lacking.iter().fold(error, |error, (step, (id, field))| {
            let name = place.catalogue.shape(id).map_or(field.name.as_str(), |shape| shape.name.as_str());
            error.on_field(
                Field::CustomFields,
                format!("the transition `{}` requires `{name}`{}", step.name, allowed(field)),
            )
        });
        Err(error.hint("give them by name in `custom_fields`"))
    }

    /// The orders for the transitions: what their screens are given of the custom fields. Says which of those are not taken.
    pub(crate) async fn hops<'c>(
        &self,
        steps: Vec<Step>,
        customs: Vec<Custom<'c>>,
        place: &Place<'_>,
        discard: bool,
    ) -> Result<(Vec<Hop>, Vec<Custom<'c>>)> {
        let mut hops: Vec<Hop> = steps.into_iter().map(|step| Hop { step, fields: Map::new() }).collect();
        let mut others = Vec::new();
        for custom in customs {
            let id = custom.shape.id.as_str();
            let requires = |hop: &Hop| meta(&hop.step, id).is_some_and(|field| field.required);
            let is_editable = place.screen.has(id);
            let last = hops.iter().rposition(|hop| meta(&hop.step, id).is_some());
            let asked: Vec<usize> = (0..hops.len()).filter(|index| requires(&hops[*index])).collect();
            let chosen = if asked.is_empty() { last.filter(|_| !is_editable).into_iter().collect() } else { asked };
            if chosen.is_empty() {
                others.push(custom);
            }
            for index in chosen {
                let mut body = Body::default();
                let field = meta(&hops[index].step, id).cloned();
                self.custom(&mut body, &custom, field.as_ref(), place, discard).await?;
                hops[index].fields.extend(body.fields);
            }
        }
        Ok((hops, others))
    }

    /// Orders one transition. Where the answer is lost, the issue is looked at.
    pub(crate) async fn take(&self, issue: u64, hop: &Hop) -> Result<()> {
        let mut body = json!({ "transition": { "id": hop.step.id } });
        if !hop.fields.is_empty() {
            body["fields"] = Value::Object(hop.fields.clone());
        }
        for attempt in 1.. {
            let answer = self.tell(&endpoints::TRANSITION_ISSUE, &[&issue.to_string()], &body).await;
            let Err(error) = answer else { return Ok(()) };
            if *error.effect() == Effect::Unknown {
                return match self.standing_of(issue).await {
                    Ok(status) if status == hop.step.to => Ok(()),
                    _ => Err(error),
                };
            }
            if error.kind() != ErrorKind::Conflict || attempt >= TRIES {
                return Err(error);
            }
            tokio::time::sleep(PAUSE * attempt).await;
        }
        Ok(())
    }

    async fn standing_of(&self, issue: u64) -> Result<StatusId> {
        let query = [("fields", "status")];
        let standing: StandingIssue = self.get_with(&endpoints::GET_ISSUE, &[&issue.to_string()], &query).await?;
        Ok(standing.fields.status.id.0)
    }
}

/// The next status on a way whose step has a screen that nobody has seen.
fn unseen_on(from: StatusId, steps: &[Step], tried: &HashSet<StatusId>) -> Option<StatusId> {
    let starts = std::iter::once(from).chain(steps.iter().map(|step| step.to));
    starts
        .zip(steps)
        .filter(|(start, step)| step.screen.is_none() && !tried.contains(start))
        .map(|(start, _)| start)
        .next()
}

fn meta<'s>(step: &'s Step, id: &str) -> Option<&'s FieldMeta> {
    step.screen.as_ref()?.get(id)
}

/// The fields that a transition asks for and that have no value, neither on the issue nor in what is given.
fn missing<'s>(
    step: &'s Step,
    place: &Place<'_>,
    body: &Body,
    customs: &[Custom<'_>],
) -> Vec<(&'s str, &'s FieldMeta)> {
    let Some(screen) = &step.screen else { return Vec::new() };
    let is_there = |issue: &Issue, id: &str| issue.fields.has(id);
    let is_given =
        |id: &str| customs.iter().any(|custom| custom.shape.id == id && matches!(custom.wanted, FieldPatch::Set(_)));
    let has =
        |id: &str| place.current.is_some_and(|current| is_there(&current.issue, id)) || body.has(id) || is_given(id);
    screen.required().filter(|(id, _)| !has(id)).collect()
}

fn allowed(field: &FieldMeta) -> String {
    let open = field.allowed.iter().flatten().filter(|choice| choice.is_open());
    let names: Vec<_> = open.map(|choice| format!("`{}`", choice.label())).collect();
    if names.is_empty() { String::new() } else { format!("; allowed are {}", names.join(", ")) }
}

/// The error for a write of several requests that failed half-way.
pub(crate) fn partial(error: Error, issue: u64, applied: &[String], failed: Vec<String>) -> Error {
    if applied.is_empty() {
        return error;
    }
    error.with_effect(Effect::Partial { id: issue.to_string(), applied: applied.to_vec(), failed })
}
