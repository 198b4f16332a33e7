//! Creating and changing sprints.

use pm_provider::value::micros;
use pm_provider::{Entity, FieldPatch, NewSprint, PMSprint, SprintId, SprintPatch, SprintStatus, SprintStatusCategory};
use sea_orm::sea_query::LockType;

use super::query;
use crate::error::Result;
use crate::number::{self, Numbered};
use crate::patch::{apply, apply_raw, assign};
use crate::record::{self, Record};
use crate::store::Transaction;
use crate::time::to_micros;
use crate::{id, idempotency, vocabulary};

pub(crate) async fn create(transaction: &mut Transaction, new: &NewSprint) -> Result<PMSprint> {
    if let Some(first) = first_of_key(transaction, new).await? {
        return Ok(first);
    }
    match insert(transaction, new).await {
        Err(failure) if idempotency::may_be_a_repeat(&failure) => first_of_key(transaction, new).await?.ok_or(failure),
        made => made,
    }
}

async fn insert(transaction: &mut Transaction, new: &NewSprint) -> Result<PMSprint> {
    let Numbered { number, key } =
        number::take(transaction, &number::SPRINTS, &new.project_id, new.key.as_deref()).await?;
    let mut sprint = compose(transaction, new).await?;
    sprint.key = Some(key);
    idempotency::keep(transaction, Entity::Sprint, new.idempotency_key.as_deref(), sprint.id.as_str()).await?;
    let now = to_micros(transaction.now());
    let fixed = vec![
        ("id", sprint.id.as_str().into()),
        ("project_id", sprint.project_id.as_str().into()),
        ("number", number.into()),
        ("version", 1_i64.into()),
        ("created_at", sprint.created_at.map_or(now, to_micros).into()),
        ("updated_at", now.into()),
    ];
    record::insert(transaction, &sprint, fixed).await?;
    Ok(sprint)
}

async fn first_of_key(transaction: &Transaction, new: &NewSprint) -> Result<Option<PMSprint>> {
    let Some(key) = &new.idempotency_key else { return Ok(None) };
    let Some(id) = idempotency::find(transaction, Entity::Sprint, key).await? else { return Ok(None) };
    let first = query::find(transaction, &id).await?;
    Ok(Some(first.ok_or_else(|| idempotency::gone(Entity::Sprint, &id))?))
}

async fn compose(transaction: &Transaction, new: &NewSprint) -> Result<PMSprint> {
    let status = match &new.status {
        Some(wanted) => vocabulary::settle(transaction, new.project_id.as_str(), wanted).await?,
        None => SprintStatus::from(SprintStatusCategory::Planned),
    };
    let mut sprint = PMSprint::new(id::new(), &new.project_id, new.name.clone(), status);
    sprint.start_date = new.start_date;
    sprint.end_date = new.end_date;
    sprint.capacity_hours = new.capacity_hours;
    sprint.planned_hours = new.planned_hours;
    sprint.goal.clone_from(&new.goal);
    sprint.url.clone_from(&new.url);
    sprint.raw_data.clone_from(&new.raw_data);
    sprint.created_at = Some(new.created_at.map_or(transaction.now(), micros));
    sprint.stamp("1".into(), transaction.now());
    Ok(sprint)
}

pub(crate) async fn update(transaction: &mut Transaction, id: &SprintId, patch: &SprintPatch) -> Result<PMSprint> {
    record::lock(transaction, PMSprint::TABLE, id.as_str(), LockType::NoKeyUpdate).await?;
    let before = query::get(transaction, id).await?;
    record::check_version(&before, patch.if_version.as_ref())?;
    let mut after = before.clone();
    if let FieldPatch::Set(wanted) = &patch.status {
        after.status = vocabulary::settle(transaction, after.project_id.as_str(), wanted).await?;
    }
    assign(&patch.name, &mut after.name);
    apply(&patch.start_date, &mut after.start_date);
    apply(&patch.end_date, &mut after.end_date);
    apply(&patch.capacity_hours, &mut after.capacity_hours);
    apply(&patch.planned_hours, &mut after.planned_hours);
    apply(&patch.goal, &mut after.goal);
    apply(&patch.url, &mut after.url);
    apply_raw(&patch.raw_data, &mut after.raw_data);
    record::update(transaction, before, after, false).await
}
