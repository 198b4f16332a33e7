//! New items: drafts, or issues of a repository that are put into the project then.

use std::sync::Arc;

use pm_http::creating::identity;
use pm_http::{Creating, Made, Marker, Raw, marked, named};
use pm_provider::{
    CustomValue, Effect, Entity, Error, ErrorKind, Field, NewTask, PMTask, RawData, Result, SetPatch, UserId,
};
use serde_json::{Value, json};

use super::dto::{Issue, MadeIssue, MadeItem, Reference};
use super::existing_project;
use super::map::{DRAFT, ISSUE, REPOSITORY};
use super::marks::Traces;
use super::wishes::{Wish, Wishing, bad};
use crate::api::Api;
use crate::graphql::{self, ADD_DRAFT, ADD_ITEM, CREATE_ISSUE, Step};
use crate::ids::{self, RepositoryId};
use crate::repositories::Repository;

/// A new item, with nothing left to find out.
#[derive(Debug)]
pub(super) struct Plan {
    pub(super) project: String,
    /// Where the issue is made; none for a draft.
    pub(super) repository: Option<Arc<Repository>>,
    pub(super) marker: Option<Marker>,
    /// Whether the key of the mark was never sent before.
    is_new_key: bool,
    title: String,
    body: String,
    assignees: Vec<String>,
    pub(super) wishes: Vec<Wish>,
}

impl Plan {
    /// What it is known by when its answer is lost.
    pub(super) fn traces(&self) -> Traces<'_> {
        Traces { marker: self.marker.as_ref(), title: &self.title, body: &self.body }
    }

    /// Whether the mark is looked for before anything is sent.
    pub(super) fn looks_first(&self) -> bool {
        self.marker.is_some() && !self.is_new_key
    }

    /// The change that makes the draft.
    pub(super) fn draft(&self) -> Step {
        let mut input = json!({ "projectId": self.project, "title": self.title, "body": self.body });
        if !self.assignees.is_empty() {
            input["assigneeIds"] = json!(self.assignees);
        }
        Step { mutation: &ADD_DRAFT, input }
    }

    fn issue(&self, repository: &Repository) -> Value {
        let mut input = json!({ "repositoryId": repository.node_id, "title": self.title, "body": self.body });
        if !self.assignees.is_empty() {
            input["assigneeIds"] = json!(self.assignees);
        }
        input
    }

    /// The changes that make the board say what is wanted of an item.
    pub(super) fn steps(&self, item: &str) -> Vec<Step> {
        self.wishes.iter().map(|wish| wish.step(&self.project, item)).collect()
    }

    /// One error of what came of the changes of an item that was made.
    pub(super) fn outcome(&self, item: &str, outcomes: Vec<Result<RawData>>) -> Result<()> {
        let made = ("the item".to_owned(), Ok(RawData::none()));
        let named = self.wishes.iter().map(|wish| wish.name.clone()).zip(outcomes);
        graphql::partial(&ids::of_v2_part(&self.project, item), std::iter::once(made).chain(named).collect())
    }
}

impl Api {
    /// Creates an item: a draft, unless the type or the custom field `Repository` says that it is to be an issue.
    pub(crate) async fn v2_create_task(&self, new: &NewTask) -> Result<PMTask> {
        self.v2_capabilities().check_create(new)?;
        let plan = self.v2_plan(new).await?;
        let (item, is_new) = match &plan.repository {
            None => self.create_draft(&plan).await?,
            Some(repository) => self.create_issue_item(&plan, repository).await?,
        };
        if is_new {
            self.v2_forget_rows(&plan.project).await;
            let outcomes = self.change_all(plan.steps(&item)).await;
            plan.outcome(&item, outcomes)?;
        }
        let row = self.v2_item(&plan.project, &item).await.map_err(|error| unread(error, &plan.project, &item))?;
        self.v2_task(&plan.project, row).await
    }

    /// Finds out all that a new item needs; what is refused is refused before anything is made.
    pub(super) async fn v2_plan(&self, new: &NewTask) -> Result<Plan> {
        let project = existing_project(&new.project_id)?.to_owned();
        let layout = self.v2_layout(&project).await?;
        let wishes = Wishing { layout: &layout, config: &self.config }.of_new(new)?;
        let repository = self.repository_for(new).await?;
        let users = SetPatch::Replace(new.assignees.clone()).apply(&[]);
        let assignees = self.v2_assignees(&users as &[UserId]).await?;
        let marker = Marker::of_key(Entity::Task, new.idempotency_key.as_deref());
        let body = marked(new.description.as_deref().unwrap_or_default(), marker.as_ref());
        let (title, is_new_key) = (new.title.clone(), new.new_key);
        Ok(Plan { project, repository, marker, is_new_key, title, body, assignees, wishes })
    }

    /// The repository of an item that is to be an issue.
    async fn repository_for(&self, new: &NewTask) -> Result<Option<Arc<Repository>>> {
        let named = new.custom_fields.get(REPOSITORY);
        let is_issue = match new.task_type.as_deref() {
            None => named.is_some(),
            Some(kind) if kind.eq_ignore_ascii_case(ISSUE) => true,
            Some(kind) if kind.eq_ignore_ascii_case(DRAFT) => false,
            Some(kind) => {
                let message = format!("`{kind}` is no type here; allowed are `{DRAFT}`, `{ISSUE}`");
                return Err(Error::invalid_input("the type does not fit").on_field(Field::TaskType, message));
            }
        };
        if !is_issue {
            return if named.is_some() { Err(bad("a draft is in no `Repository`")) } else { Ok(None) };
        }
        let id = match named {
            Some(CustomValue::Text(name)) => RepositoryId::read(name),
            Some(_) => None,
            None => self
                .config
                .repo_owner
                .clone()
                .zip(self.config.repo_name.clone())
                .map(|(owner, name)| RepositoryId::Name(owner, name)),
        };
        let id = id.ok_or_else(|| {
            bad("`Repository` has to name the repository of the issue: `octo-org/web`")
                .hint("set GITHUB_REPO_OWNER and GITHUB_REPO_NAME for a default")
        })?;
        let repository = self.repository(&id).await.map_err(|error| match error.kind() {
            ErrorKind::NotFound => bad(format!("there is no `Repository` called `{id}`")),
            _ => error,
        })?;
        Ok(Some(repository))
    }

    async fn create_draft(&self, plan: &Plan) -> Result<(String, bool)> {
        let id = || ids::of_v2_project(&plan.project);
        let send = move || async move {
            let Step { mutation, input } = plan.draft();
            let made = self.change::<MadeItem>(mutation, input).await.map_err(|error| named(error, "project", id()))?;
            Ok(Made::new(made.item.item.id.clone(), made.item))
        };
        let find = move |since| async move { Ok(references(self.v2_made(&plan.project, plan.traces(), since).await?)) };
        let identity = identity(Entity::Task, plan.marker.as_ref(), &plan.project, &[&plan.title, &plan.body]);
        let place = format!("the project `{}`", id());
        let creating = Creating::new(identity, plan.marker.as_ref(), place, send, find).new_key(plan.is_new_key);
        let made = self.http.create(&creating).await?;
        Ok((made.id, creating.is_new()))
    }

    /// Makes the issue, then puts it into the project; with a key, goes on where an earlier attempt ended.
    async fn create_issue_item(&self, plan: &Plan, repository: &Repository) -> Result<(String, bool)> {
        if plan.looks_first()
            && let Some(item) = self.v2_made(&plan.project, plan.traces(), None).await?.into_iter().next()
        {
            return Ok((item, false));
        }
        let send = move || async move {
            let made: MadeIssue = self.change(&CREATE_ISSUE, plan.issue(repository)).await?;
            Ok(Made::new(made.issue.item.id.clone(), made.issue))
        };
        let find = move |since| async move {
            let issues = self.newest_made(&repository.node_id, plan.traces(), since).await?;
            Ok(issues.into_iter().map(|row| Made::new(row.item.id.clone(), row)).collect())
        };
        let place = self.places.page(&format!("{}/issues", repository.full_name()));
        let identity = identity(Entity::Task, plan.marker.as_ref(), repository.id, &[&plan.title, &plan.body]);
        let creating: Creating<'_, Issue> =
            Creating::new(identity, plan.marker.as_ref(), place, send, find).new_key(plan.is_new_key);
        let made = self.http.create(&creating).await?;
        let input = json!({ "projectId": plan.project, "contentId": made.id });
        let added = self.change::<MadeItem>(&ADD_ITEM, input).await;
        let added = added.map_err(|error| halfway(error, repository, made.row.item.number, &plan.wishes))?;
        Ok((added.item.item.id, true))
    }
}

/// The error for an issue that was made and is in no project yet.
fn halfway(error: Error, repository: &Repository, number: u64, wishes: &[Wish]) -> Error {
    let added = "adding it to the project".to_owned();
    let failed = std::iter::once(added).chain(wishes.iter().map(|wish| wish.name.clone())).collect();
    let applied = vec![format!("the issue `{}#{number}`", repository.full_name())];
    error.with_effect(Effect::Partial { id: ids::of_issue(repository.id, number), applied, failed })
}

/// The error for an item that was made and cannot be read back.
pub(super) fn unread(error: Error, project: &str, item: &str) -> Error {
    let (applied, failed) = (vec!["the item".to_owned()], vec!["reading it back".to_owned()]);
    error.with_effect(Effect::Partial { id: ids::of_v2_part(project, item), applied, failed })
}

fn references(ids: Vec<String>) -> Vec<Made<Reference>> {
    let reference = |id: String| Made::new(id.clone(), Raw { item: Reference { id }, raw: RawData::none() });
    ids.into_iter().map(reference).collect()
}
