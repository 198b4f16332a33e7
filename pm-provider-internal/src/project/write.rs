//! Creating and changing projects.

use pm_provider::value::micros;
use pm_provider::{
    Entity, Field, FieldPatch, NewProject, PMProject, Priority, ProjectId, ProjectPatch, ProjectStatus,
    ProjectStatusCategory,
};
use sea_orm::sea_query::LockType;

use super::{key, query};
use crate::error::Result;
use crate::patch::{apply, apply_raw, assign};
use crate::record::{self, Record};
use crate::store::Transaction;
use crate::time::to_micros;
use crate::vocabulary::{self, PROJECTS};
use crate::{id, idempotency, refer};

pub(crate) async fn create(transaction: &mut Transaction, new: &NewProject) -> Result<PMProject> {
    if let Some(first) = first_of_key(transaction, new).await? {
        return Ok(first);
    }
    match insert(transaction, new).await {
        Err(failure) if idempotency::may_be_a_repeat(&failure) => first_of_key(transaction, new).await?.ok_or(failure),
        made => made,
    }
}

async fn insert(transaction: &mut Transaction, new: &NewProject) -> Result<PMProject> {
    refer::check_users(transaction, new.owner_id.iter().map(|owner| (Field::OwnerId, owner))).await?;
    let project = compose(transaction, new).await?;
    idempotency::keep(transaction, Entity::Project, new.idempotency_key.as_deref(), project.id.as_str()).await?;
    let now = to_micros(transaction.now());
    let fixed = vec![
        ("id", project.id.as_str().into()),
        ("version", 1_i64.into()),
        ("created_at", project.created_at.map_or(now, to_micros).into()),
        ("updated_at", now.into()),
        ("next_task_number", 1_i64.into()),
        ("next_sprint_number", 1_i64.into()),
    ];
    record::insert(transaction, &project, fixed).await?;
    Ok(project)
}

async fn first_of_key(transaction: &Transaction, new: &NewProject) -> Result<Option<PMProject>> {
    let Some(key) = &new.idempotency_key else { return Ok(None) };
    let Some(id) = idempotency::find(transaction, Entity::Project, key).await? else { return Ok(None) };
    let first = query::find(transaction, &id).await?;
    Ok(Some(first.ok_or_else(|| idempotency::gone(Entity::Project, &id))?))
}

async fn compose(transaction: &Transaction, new: &NewProject) -> Result<PMProject> {
    let status = match &new.status {
        Some(wanted) => vocabulary::settle(transaction, PROJECTS, wanted).await?,
        None => ProjectStatus::from(ProjectStatusCategory::Active),
    };
    let mut project = PMProject::new(id::new(), new.name.clone(), status);
    if let Some(wanted) = &new.priority {
        project.priority = Some(vocabulary::settle(transaction, PROJECTS, wanted).await?);
    }
    project.key = Some(key::choose(transaction, new.key.as_deref(), &new.name).await?);
    project.description.clone_from(&new.description);
    project.start_date = new.start_date;
    project.end_date = new.end_date;
    project.owner_id.clone_from(&new.owner_id);
    project.visibility = new.visibility.unwrap_or_default();
    project.url.clone_from(&new.url);
    project.raw_data.clone_from(&new.raw_data);
    project.created_at = Some(new.created_at.map_or(transaction.now(), micros));
    project.stamp("1".into(), transaction.now());
    Ok(project)
}

pub(crate) async fn update(transaction: &mut Transaction, id: &ProjectId, patch: &ProjectPatch) -> Result<PMProject> {
    record::lock(transaction, PMProject::TABLE, id.as_str(), LockType::NoKeyUpdate).await?;
    let before = query::get(transaction, id).await?;
    record::check_version(&before, patch.if_version.as_ref())?;
    let mut after = before.clone();
    if let FieldPatch::Set(wanted) = &patch.status {
        after.status = vocabulary::settle(transaction, PROJECTS, wanted).await?;
    }
    match &patch.priority {
        FieldPatch::Set(wanted) => {
            let priority: Priority = vocabulary::settle(transaction, PROJECTS, wanted).await?;
            after.priority = Some(priority);
        }
        FieldPatch::Clear => after.priority = None,
        _ => {}
    }
    if let FieldPatch::Set(key) = &patch.key {
        key::check(transaction, key, Some(id)).await?;
        after.key = Some(key.clone());
    }
    if let FieldPatch::Set(owner) = &patch.owner_id {
        refer::check_users(transaction, [(Field::OwnerId, owner)]).await?;
    }
    apply_values(patch, &mut after);
    record::update(transaction, before, after, false).await
}

fn apply_values(patch: &ProjectPatch, project: &mut PMProject) {
    assign(&patch.name, &mut project.name);
    apply(&patch.description, &mut project.description);
    apply(&patch.start_date, &mut project.start_date);
    apply(&patch.end_date, &mut project.end_date);
    apply(&patch.owner_id, &mut project.owner_id);
    assign(&patch.visibility, &mut project.visibility);
    apply(&patch.url, &mut project.url);
    apply_raw(&patch.raw_data, &mut project.raw_data);
}
