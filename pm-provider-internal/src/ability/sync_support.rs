//! What a sync engine needs: bulk reads, proofs of absence, look-ups by key, previews.

use std::collections::HashMap;

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use pm_provider::value::micros;
use pm_provider::{
    Error, Existence, Field, FieldPatch, Item, ItemRef, Marked, MarkerQuery, PmProvider, Priority, ProjectId,
    ProjectPatch, ProjectStatus, Result, SetPatch, SprintPatch, SprintStatus, Status, SyncSupport, TaskPatch, Wanted,
};
use sea_orm::DatabaseConnection;

use crate::error::Result as Outcome;
use crate::provider::told;
use crate::task::placement;
use crate::task::write::check_completion;
use crate::vocabulary::{self, Named, PROJECTS};
use crate::{InternalProvider, idempotency, items, project, refer};

#[async_trait]
impl SyncSupport for InternalProvider {
    async fn get_many(&self, wanted: &[ItemRef]) -> Result<Vec<Item>> {
        let found = items::find_many(self.store().connection(), wanted).await;
        told("get_many", found).map(|mut found| wanted.iter().filter_map(|item| found.remove(item)).collect())
    }

    async fn exists(&self, wanted: &[ItemRef]) -> Result<Vec<Existence>> {
        told("exists", items::exists(self.store().connection(), wanted).await)
    }

    async fn find_by_marker(&self, query: &MarkerQuery) -> Result<Vec<Marked>> {
        told("find_by_marker", find_by_marker(self.store().connection(), query).await)
    }

    async fn preview_task(&self, project: &ProjectId, patch: TaskPatch) -> Result<TaskPatch> {
        self.capabilities().check_update(&patch)?;
        told("preview_task", preview_task(self.store().connection(), project, patch).await)
    }

    async fn preview_project(&self, project: &ProjectId, patch: ProjectPatch) -> Result<ProjectPatch> {
        self.capabilities().check_update(&patch)?;
        told("preview_project", preview_project(self.store().connection(), project, patch).await)
    }

    async fn preview_sprint(&self, project: &ProjectId, patch: SprintPatch) -> Result<SprintPatch> {
        self.capabilities().check_update(&patch)?;
        told("preview_sprint", preview_sprint(self.store().connection(), project, patch).await)
    }
}

async fn find_by_marker(db: &DatabaseConnection, query: &MarkerQuery) -> Outcome<Vec<Marked>> {
    let entity = query.entity;
    if !items::KINDS.contains(&entity) {
        return Err(Error::unsupported(format!("a {entity} cannot be found by its marker")).into());
    }
    let made = idempotency::find_many(db, entity, &query.keys).await?;
    let ids: Vec<_> = made.values().map(String::as_str).collect();
    let found = items::find_of_kind(db, entity, &ids).await?;
    let found: HashMap<_, _> = found.into_iter().map(|item| (item.reference().id().to_owned(), item)).collect();
    let answer = |key: &String| {
        let mut marked = Marked::new(key, made.get(key)?);
        marked.item = found.get(&marked.id).cloned();
        Some(marked)
    };
    Ok(query.keys.iter().filter_map(answer).collect())
}

async fn preview_task(db: &DatabaseConnection, project: &ProjectId, mut patch: TaskPatch) -> Outcome<TaskPatch> {
    project::query::check(db, project).await?;
    patch.status = resolved::<Status>(db, project.as_str(), patch.status).await?;
    patch.priority = resolved::<Priority>(db, project.as_str(), patch.priority).await?;
    patch.completed_at = previewed_completion(&patch)?;
    if let FieldPatch::Set(sprint) = &patch.sprint_id {
        placement::check_sprint(db, project, sprint).await?;
    }
    if let FieldPatch::Set(parent) = &patch.parent_task_id {
        placement::check_parent(db, project, parent).await?;
    }
    patch.labels = distinct(patch.labels);
    patch.assignees = distinct(patch.assignees);
    let assignees = patch.assignees.apply(&[]);
    refer::check_users(db, assignees.iter().map(|user| (Field::Assignees, user))).await?;
    patch.custom_fields.retain(|_, field| !field.is_keep());
    Ok(patch)
}

/// Whether the task is over is known only where the patch says so.
fn previewed_completion(patch: &TaskPatch) -> Outcome<FieldPatch<DateTime<Utc>>> {
    let FieldPatch::Set(time) = patch.completed_at else { return Ok(patch.completed_at.clone()) };
    if let Some(status) = patch.status.value().and_then(Wanted::category) {
        check_completion(status)?;
    }
    Ok(FieldPatch::Set(micros(time)))
}

async fn preview_project(
    db: &DatabaseConnection,
    project: &ProjectId,
    mut patch: ProjectPatch,
) -> Outcome<ProjectPatch> {
    project::query::check(db, project).await?;
    patch.status = resolved::<ProjectStatus>(db, PROJECTS, patch.status).await?;
    patch.priority = resolved::<Priority>(db, PROJECTS, patch.priority).await?;
    if let FieldPatch::Set(key) = &patch.key {
        project::key::check(db, key, Some(project)).await?;
    }
    if let FieldPatch::Set(owner) = &patch.owner_id {
        refer::check_users(db, [(Field::OwnerId, owner)]).await?;
    }
    Ok(patch)
}

async fn preview_sprint(db: &DatabaseConnection, project: &ProjectId, mut patch: SprintPatch) -> Outcome<SprintPatch> {
    project::query::check(db, project).await?;
    patch.status = resolved::<SprintStatus>(db, project.as_str(), patch.status).await?;
    Ok(patch)
}

/// The value that will be stored, as what a read shows.
async fn resolved<N: Named>(
    db: &DatabaseConnection,
    scope: &str,
    patch: FieldPatch<Wanted<N::Category>>,
) -> Outcome<FieldPatch<Wanted<N::Category>>> {
    let FieldPatch::Set(wanted) = &patch else { return Ok(patch) };
    let value: N = vocabulary::resolve(db, scope, wanted).await?;
    Ok(FieldPatch::Set(Wanted::Like { name: value.name().to_owned(), category: value.category() }))
}

/// A set without duplicates; what is both added and removed is removed.
fn distinct<T: Clone + Ord>(patch: SetPatch<T>) -> SetPatch<T> {
    match patch {
        SetPatch::Replace(_) => SetPatch::Replace(patch.apply(&[])),
        SetPatch::Edit { add, remove } => {
            let remove = SetPatch::Replace(remove).apply(&[]);
            let add = SetPatch::Edit { add, remove: remove.clone() }.apply(&[]);
            SetPatch::Edit { add, remove }
        }
        other => other,
    }
}
