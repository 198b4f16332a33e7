//! Rows for the tests of stores, with something in every column.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use pm_provider::Field;
use pm_sync::config::Mode;
use pm_sync::item::{ItemKey, Kind, Pair, Side};
use pm_sync::record::{FieldKey, Patch, Record};
use pm_sync::store::{
    Absence, Cause, Conflict, Event, Intent, IntentOp, Link, LinkState, Parked, Run, RunPhase, Seen, SideState, Work,
    WorkReason,
};
use serde_json::{Value, json};

/// So many milliseconds after some moment.
pub(crate) fn at(millis: i64) -> DateTime<Utc> {
    DateTime::from_timestamp_millis(1_795_000_000_000 + millis).unwrap()
}

pub(crate) fn task(id: &str) -> ItemKey {
    ItemKey::new(Kind::Task, id)
}

pub(crate) fn changed(side: Side, item: ItemKey) -> Work {
    Work::new(side, item, WorkReason::Changed)
}

/// What databases like to spoil: digits, characters, the order of members.
pub(crate) fn odd() -> Value {
    json!({
        "zero": "a\0b", "emoji": "\u{1f9d1}\u{200d}\u{1f680}", "lone": "\u{2060}#12", "a": 0.1 + 0.2, "b": 1e20,
        "c": u64::MAX, "d": i64::MIN, "e": 1.0, "f": -0.0, "g": 5e-324, "long": "x".repeat(300),
    })
}

/// A link between two tasks, alive, with nothing agreed.
pub(crate) fn link(id: &str, a: &str, b: &str) -> Link {
    Link {
        id: id.to_owned(),
        kind: Kind::Task,
        ids: Pair::new(Some(a.to_owned()), Some(b.to_owned())),
        base: Pair::default(),
        seen: Pair::default(),
        state: LinkState::Linked,
        pending_parent: false,
        parked: BTreeMap::new(),
        absence: None,
        attempt: 0,
        created_at: at(0),
    }
}

/// A link with something in every column.
pub(crate) fn full_link(id: &str, a: &str, b: &str) -> Link {
    let custom = FieldKey::Custom("Story \"Points\"".to_owned());
    let base = Record::new().with(Field::Title, "T").with(custom.clone(), odd());
    let seen =
        |hash: &str, version: Option<&str>, at| Seen { hash: hash.to_owned(), version: version.map(str::to_owned), at };
    let parked = Parked { conflict: "c1".to_owned(), values: Pair::new(json!(null), odd()), winner: None };
    Link {
        base: Pair::new(Some(base.clone()), Some(base.with(Field::Labels, json!(["a", "b"])))),
        seen: Pair::new(Some(seen("ha", Some("7"), Some(at(1)))), Some(seen("hb", None, None))),
        state: LinkState::Released,
        pending_parent: true,
        parked: BTreeMap::from([(custom, parked)]),
        absence: Some(Absence { side: Some(Side::B), since: at(2) }),
        attempt: 3,
        ..link(id, a, b)
    }
}

pub(crate) fn intent(id: &str, op: IntentOp, sent_at: i64) -> Intent {
    let patch = |value: Value| Patch::new().with(Field::Title, value).with(Field::DueDate, Value::Null);
    Intent {
        id: id.to_owned(),
        op,
        side: Side::B,
        item: task("t1"),
        link: "l1".to_owned(),
        mark: (op == IntentOp::Create).then(|| "pm1:m:task:a1:i".to_owned()),
        sent: patch(json!("sent")),
        expected: patch(odd()),
        base: Pair::new(patch(json!("a")), patch(json!("b"))),
        source_seen: (op == IntentOp::Create).then(|| Seen { hash: "h".to_owned(), version: None, at: Some(at(5)) }),
        sent_at: at(sent_at),
        deadline_at: at(sent_at + 30_000),
        epoch: 4,
    }
}

/// A conflict that a person has to decide.
pub(crate) fn conflict(id: &str, link: &str, found_at: i64) -> Conflict {
    Conflict {
        id: id.to_owned(),
        link: link.to_owned(),
        kind: Kind::Task,
        ids: Pair::new(Some("a1".to_owned()), Some("b1".to_owned())),
        field: Some(Field::Title.into()),
        cause: Cause::BothEdited,
        base: Pair::new(json!("base"), json!(null)),
        values: Pair::new(odd(), json!("theirs")),
        winner: None,
        decided_by: None,
        found_at: at(found_at),
        resolved_at: None,
    }
}

pub(crate) fn event(id: &str, run: &str, done_at: i64) -> Event {
    Event {
        id: id.to_owned(),
        run: run.to_owned(),
        link: "l1".to_owned(),
        side: Side::A,
        item: Some(ItemKey::new(Kind::Comment, "t1/c%2F1")),
        op: "update".to_owned(),
        before: Patch::new().with(Field::Body, Value::Null),
        after: Patch::new().with(Field::Body, odd()),
        intent: Some("i1".to_owned()),
        at: at(done_at),
    }
}

pub(crate) fn run(id: &str, started_at: i64) -> Run {
    Run {
        id: id.to_owned(),
        mode: Mode::Bidirectional,
        plan_hash: "plan".to_owned(),
        phase: RunPhase::Pulling,
        counters: BTreeMap::from([("created".to_owned(), 3), ("updated".to_owned(), u64::MAX)]),
        calls: Pair::new(2, 17),
        started_at: at(started_at),
        ended_at: None,
        outcome: None,
    }
}

pub(crate) fn state(cursor: &str) -> SideState {
    SideState {
        cursor: Some(cursor.to_owned()),
        high_water: Some(at(10)),
        full_scan_at: Some(at(11)),
        reconciled_at: Some(at(12)),
        config_hash: Some("config".to_owned()),
        account: Some("42".to_owned()),
        account_at: Some(at(13)),
    }
}
