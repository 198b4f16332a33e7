//! What the sync engine remembers of each pair of projects.
//!
//! All of it belongs to a row of `project_sync_mappings` and goes with it. Ids come from the engine, so every key begins
//! with the mapping: nobody else's row is met. Items as JSON are text: they come back to the last digit and character,
//! which PostgreSQL's own JSON does not promise (it refuses `\u0000`).

use sea_orm_migration::prelude::*;

use super::columns::{Columns, create_indexes, drop_tables, index, reference, unique_index};

const ITEMS: &str = "sync_items";
const WORK: &str = "sync_work";
const CURSORS: &str = "sync_cursors";
const INTENTS: &str = "sync_intents";
const CONFLICTS: &str = "sync_conflicts";
const EVENTS: &str = "sync_events";
const RUNS: &str = "sync_runs";
const USERS: &str = "sync_users";
const LEASES: &str = "sync_leases";

#[derive(DeriveMigrationName)]
pub(super) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let columns = Columns::of(manager);
        let make = [leases, items, work, cursors, intents, conflicts, events, runs, users];
        for table in make {
            manager.create_table(table(&columns)).await?;
        }
        let indexes = [
            unique_index(ITEMS, &["mapping_id", "kind", "a_id"]),
            unique_index(ITEMS, &["mapping_id", "kind", "b_id"]),
            // Links of one kind in order; and with the state, how many there are.
            index(ITEMS, &["mapping_id", "kind", "id", "state"]),
            // The order in which work is done.
            index(WORK, &["mapping_id", "priority", "kind_rank", "generation"]),
            index(CONFLICTS, &["mapping_id", "found_at"]),
            index(EVENTS, &["mapping_id", "run_id"]),
            index(RUNS, &["mapping_id", "started_at"]),
            unique_index(USERS, &["mapping_id", "b_id"]),
        ];
        create_indexes(manager, indexes).await?;
        // Few links wait for a parent; sea-query makes no such index for both databases.
        let waiting = "CREATE INDEX ix_sync_items_pending_parent ON sync_items (mapping_id, id) WHERE pending_parent";
        manager.get_connection().execute_unprepared(waiting).await.map(|_| ())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        drop_tables(manager, &[USERS, RUNS, EVENTS, CONFLICTS, INTENTS, CURSORS, WORK, ITEMS, LEASES]).await
    }
}

/// A table whose rows belong to a mapping; `key` is what tells them apart within it.
fn table(columns: &Columns, name: &'static str, key: &[&'static str]) -> TableCreateStatement {
    let mut primary = Index::create().col("mapping_id").take();
    for column in key {
        primary.col(*column);
    }
    Table::create()
        .table(name)
        .col(columns.some_text("mapping_id"))
        .primary_key(&mut primary)
        .foreign_key(&mut reference(name, "mapping_id", "project_sync_mappings", ForeignKeyAction::Cascade))
        .take()
}

fn leases(columns: &Columns) -> TableCreateStatement {
    table(columns, LEASES, &[])
        .col(columns.text("owner"))
        .col(columns.number("epoch"))
        .col(columns.number("expires_at"))
        .col(columns.number("last_generation"))
        .take()
}

fn items(columns: &Columns) -> TableCreateStatement {
    table(columns, ITEMS, &["id"])
        .col(columns.some_text("id"))
        .col(columns.some_text("kind"))
        .col(columns.text("a_id"))
        .col(columns.text("b_id"))
        .col(columns.text("a_base"))
        .col(columns.text("b_base"))
        .col(columns.text("a_hash"))
        .col(columns.text("b_hash"))
        .col(columns.text("a_version"))
        .col(columns.text("b_version"))
        .col(columns.optional_number("a_changed_at"))
        .col(columns.optional_number("b_changed_at"))
        .col(columns.some_text("state"))
        .col(columns.flag("pending_parent"))
        .col(columns.text("parked"))
        .col(columns.text("absent_side"))
        .col(columns.optional_number("absent_since"))
        .col(columns.number("attempt"))
        .col(columns.number("created_at"))
        .take()
}

fn work(columns: &Columns) -> TableCreateStatement {
    table(columns, WORK, &["side", "kind", "item_id"])
        .col(columns.some_text("side"))
        .col(columns.some_text("kind"))
        .col(columns.some_text("item_id"))
        .col(columns.number("generation"))
        .col(columns.some_text("reason"))
        .col(columns.number("priority"))
        .col(columns.number("kind_rank"))
        .col(columns.number("attempts"))
        .col(columns.optional_number("not_before"))
        .col(columns.text("last_error"))
        .take()
}

fn cursors(columns: &Columns) -> TableCreateStatement {
    table(columns, CURSORS, &["side"])
        .col(columns.some_text("side"))
        .col(columns.text("cursor"))
        .col(columns.optional_number("high_water"))
        .col(columns.optional_number("full_scan_at"))
        .col(columns.optional_number("reconciled_at"))
        .col(columns.text("config_hash"))
        .col(columns.text("account"))
        .col(columns.optional_number("account_at"))
        .take()
}

fn intents(columns: &Columns) -> TableCreateStatement {
    table(columns, INTENTS, &["id"])
        .col(columns.some_text("id"))
        .col(columns.some_text("op"))
        .col(columns.some_text("side"))
        .col(columns.some_text("kind"))
        .col(columns.some_text("item_id"))
        .col(columns.some_text("link_id"))
        .col(columns.text("mark"))
        .col(columns.some_text("sent"))
        .col(columns.some_text("expected"))
        .col(columns.some_text("a_base"))
        .col(columns.some_text("b_base"))
        .col(columns.text("source_seen"))
        .col(columns.number("sent_at"))
        .col(columns.number("deadline_at"))
        .col(columns.number("epoch"))
        .take()
}

fn conflicts(columns: &Columns) -> TableCreateStatement {
    table(columns, CONFLICTS, &["id"])
        .col(columns.some_text("id"))
        .col(columns.some_text("link_id"))
        .col(columns.some_text("kind"))
        .col(columns.text("a_id"))
        .col(columns.text("b_id"))
        .col(columns.text("field"))
        .col(columns.some_text("cause"))
        .col(columns.some_text("a_base"))
        .col(columns.some_text("b_base"))
        .col(columns.some_text("a_value"))
        .col(columns.some_text("b_value"))
        .col(columns.text("winner"))
        .col(columns.text("decided_by"))
        .col(columns.number("found_at"))
        .col(columns.optional_number("resolved_at"))
        .take()
}

fn events(columns: &Columns) -> TableCreateStatement {
    table(columns, EVENTS, &["id"])
        .col(columns.some_text("id"))
        .col(columns.some_text("run_id"))
        .col(columns.some_text("link_id"))
        .col(columns.some_text("side"))
        .col(columns.text("kind"))
        .col(columns.text("item_id"))
        .col(columns.some_text("op"))
        .col(columns.some_text("fields_before"))
        .col(columns.some_text("fields_after"))
        .col(columns.text("intent_id"))
        .col(columns.number("done_at"))
        .take()
}

fn runs(columns: &Columns) -> TableCreateStatement {
    table(columns, RUNS, &["id"])
        .col(columns.some_text("id"))
        .col(columns.some_text("mode"))
        .col(columns.some_text("plan_hash"))
        .col(columns.some_text("phase"))
        .col(columns.some_text("counters"))
        .col(columns.number("a_calls"))
        .col(columns.number("b_calls"))
        .col(columns.number("started_at"))
        .col(columns.optional_number("ended_at"))
        .col(columns.text("outcome"))
        .take()
}

fn users(columns: &Columns) -> TableCreateStatement {
    table(columns, USERS, &["a_id"])
        .col(columns.some_text("a_id"))
        .col(columns.some_text("b_id"))
        .col(columns.some_text("how"))
        .take()
}
