//! `sync_intents`, `sync_events`, `sync_runs`: what is on its way, what was done, by which run.

use pm_provider::Result;
use pm_provider_internal::store::entity::{sync_event, sync_intent, sync_run};
use pm_provider_internal::store::{Store, Transaction};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};

use super::cell::{self, IDS_PER_STATEMENT};
use super::upsert;
use crate::item::Pair;
use crate::store::{Event, Intent, Run};

fn read_intent(row: sync_intent::Model) -> Result<Intent> {
    Ok(Intent {
        id: row.id,
        op: cell::from_word(&row.op)?,
        side: cell::side(&row.side)?,
        item: cell::item(&row.kind, row.item_id)?,
        link: row.link_id,
        mark: row.mark,
        sent: cell::from_json(&row.sent)?,
        expected: cell::from_json(&row.expected)?,
        base: Pair::new(cell::from_json(&row.a_base)?, cell::from_json(&row.b_base)?),
        source_seen: row.source_seen.map(|text| cell::from_json(&text)).transpose()?,
        sent_at: cell::time(row.sent_at)?,
        deadline_at: cell::time(row.deadline_at)?,
        epoch: row.epoch,
    })
}

fn intent_row(mapping: &str, intent: &Intent) -> Result<sync_intent::Model> {
    Ok(sync_intent::Model {
        mapping_id: mapping.to_owned(),
        id: intent.id.clone(),
        op: cell::word(intent.op)?,
        side: intent.side.word().to_owned(),
        kind: intent.item.kind.word().to_owned(),
        item_id: intent.item.id.clone(),
        link_id: intent.link.clone(),
        mark: intent.mark.clone(),
        sent: cell::json(&intent.sent)?,
        expected: cell::json(&intent.expected)?,
        a_base: cell::json(&intent.base.a)?,
        b_base: cell::json(&intent.base.b)?,
        source_seen: intent.source_seen.as_ref().map(cell::json).transpose()?,
        sent_at: cell::micros(intent.sent_at),
        deadline_at: cell::micros(intent.deadline_at),
        epoch: intent.epoch,
    })
}

pub(super) async fn begin(db: &Transaction, mapping: &str, intents: &[Intent]) -> Result<()> {
    let last = upsert::last_of_each(intents, |intent| &intent.id).into_iter();
    let rows = last.map(|intent| intent_row(mapping, intent)).collect::<Result<_>>()?;
    upsert::upsert::<sync_intent::Entity>(db, rows).await
}

pub(super) async fn end(db: &Transaction, mapping: &str, ids: &[String]) -> Result<()> {
    use sync_intent::Column;
    for ids in ids.chunks(IDS_PER_STATEMENT) {
        let over =
            sync_intent::Entity::delete_many().filter(Column::MappingId.eq(mapping)).filter(Column::Id.is_in(ids));
        over.exec(db).await.map_err(Store::error)?;
    }
    Ok(())
}

pub(super) async fn open<C: ConnectionTrait>(db: &C, mapping: &str) -> Result<Vec<Intent>> {
    use sync_intent::Column;
    let open = sync_intent::Entity::find().filter(Column::MappingId.eq(mapping));
    let rows = open.order_by_asc(Column::SentAt).order_by_asc(Column::Id).all(db).await.map_err(Store::error)?;
    rows.into_iter().map(read_intent).collect()
}

fn read_event(row: sync_event::Model) -> Result<Event> {
    let item = row.kind.zip(row.item_id);
    Ok(Event {
        id: row.id,
        run: row.run_id,
        link: row.link_id,
        side: cell::side(&row.side)?,
        item: item.map(|(kind, id)| cell::item(&kind, id)).transpose()?,
        op: row.op,
        before: cell::from_json(&row.fields_before)?,
        after: cell::from_json(&row.fields_after)?,
        intent: row.intent_id,
        at: cell::time(row.done_at)?,
    })
}

fn event_row(mapping: &str, event: &Event) -> Result<sync_event::Model> {
    Ok(sync_event::Model {
        mapping_id: mapping.to_owned(),
        id: event.id.clone(),
        run_id: event.run.clone(),
        link_id: event.link.clone(),
        side: event.side.word().to_owned(),
        kind: event.item.as_ref().map(|item| item.kind.word().to_owned()),
        item_id: event.item.as_ref().map(|item| item.id.clone()),
        op: event.op.clone(),
        fields_before: cell::json(&event.before)?,
        fields_after: cell::json(&event.after)?,
        intent_id: event.intent.clone(),
        done_at: cell::micros(event.at),
    })
}

pub(super) async fn tell(db: &Transaction, mapping: &str, events: &[Event]) -> Result<()> {
    let rows = events.iter().map(|event| event_row(mapping, event)).collect::<Result<_>>()?;
    upsert::add::<sync_event::Entity>(db, rows).await
}

pub(super) async fn events<C: ConnectionTrait>(db: &C, mapping: &str, run: Option<&str>) -> Result<Vec<Event>> {
    use sync_event::Column;
    let mut select = sync_event::Entity::find().filter(Column::MappingId.eq(mapping));
    if let Some(run) = run {
        select = select.filter(Column::RunId.eq(run));
    }
    let rows = select.order_by_asc(Column::DoneAt).order_by_asc(Column::Id).all(db).await.map_err(Store::error)?;
    rows.into_iter().map(read_event).collect()
}

fn read_run(row: sync_run::Model) -> Result<Run> {
    let calls = |count: i64| u64::try_from(count).unwrap_or_default();
    Ok(Run {
        id: row.id,
        mode: cell::from_word(&row.mode)?,
        plan_hash: row.plan_hash,
        phase: cell::from_word(&row.phase)?,
        counters: cell::from_json(&row.counters)?,
        calls: Pair::new(calls(row.a_calls), calls(row.b_calls)),
        started_at: cell::time(row.started_at)?,
        ended_at: cell::optional_time(row.ended_at)?,
        outcome: row.outcome,
    })
}

fn run_row(mapping: &str, run: &Run) -> Result<sync_run::Model> {
    Ok(sync_run::Model {
        mapping_id: mapping.to_owned(),
        id: run.id.clone(),
        mode: cell::word(run.mode)?,
        plan_hash: run.plan_hash.clone(),
        phase: cell::word(run.phase)?,
        counters: cell::json(&run.counters)?,
        a_calls: cell::count(run.calls.a),
        b_calls: cell::count(run.calls.b),
        started_at: cell::micros(run.started_at),
        ended_at: run.ended_at.map(cell::micros),
        outcome: run.outcome.as_deref().map(cell::storable),
    })
}

pub(super) async fn save_run(db: &Transaction, mapping: &str, run: &Run) -> Result<()> {
    upsert::upsert::<sync_run::Entity>(db, vec![run_row(mapping, run)?]).await
}

pub(super) async fn runs<C: ConnectionTrait>(db: &C, mapping: &str, limit: usize) -> Result<Vec<Run>> {
    use sync_run::Column;
    let latest = sync_run::Entity::find()
        .filter(Column::MappingId.eq(mapping))
        .order_by_desc(Column::StartedAt)
        .order_by_desc(Column::Id)
        .limit(cell::limit(limit));
    let rows = latest.all(db).await.map_err(Store::error)?;
    rows.into_iter().map(read_run).collect()
}
