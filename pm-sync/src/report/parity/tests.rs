#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use pm_provider::Field;
use serde_json::{Value, json};

use super::{Comparison, ParityReport, TwoRows, Why};
use crate::config::Policy;
use crate::item::{ItemKey, Kind, Pair, Side};
use crate::plan::{FieldPlan, FieldRule};
use crate::record::{FieldKey, Record};
use crate::side::Row;
use crate::store::Seen;
use crate::translate::Carried;

/// Title, status, due date and assignees are compared, hours are not.
fn plan() -> FieldPlan {
    let mut due = FieldRule::both(Policy::Primary);
    due.clearable = Pair::new(false, true);
    let rules = [
        (Field::Title, FieldRule::both(Policy::Primary)),
        (Field::Status, FieldRule::both(Policy::Primary)),
        (Field::DueDate, due),
        (Field::Assignees, FieldRule::both(Policy::Merge)),
        (Field::EstimatedHours, FieldRule::ignored("`b` has no `estimated_hours`")),
    ];
    rules.into_iter().map(|(field, rule)| (Kind::Task, field.into(), rule)).collect()
}

fn row(id: &str, fields: &[(Field, Value)]) -> Row {
    let record: Record = fields.iter().map(|(field, value)| (FieldKey::Of(*field), value.clone())).collect();
    Row {
        item: ItemKey::new(Kind::Task, id),
        seen: Seen { hash: record.digest(), version: None, at: None },
        record,
        key: None,
        url: None,
        created_at: None,
        author: None,
        restricted: false,
        elsewhere: false,
        told: crate::side::Told::default(),
    }
}

/// One task on both sides that differs in one field, with what each side would show of the other one's.
struct Case {
    values: [Value; 2],
    over: [Option<Value>; 2],
    /// Whom each side does not know of the other one's.
    strangers: [&'static [&'static str]; 2],
    lags: bool,
}

fn case(field: Field, a: impl Into<Value>, b: impl Into<Value>) -> (Field, Case) {
    let values = [a.into(), b.into()];
    let over = [Some(values[1].clone()), Some(values[0].clone())];
    (field, Case { values, over, strangers: [&[], &[]], lags: false })
}

fn compare(comparison: &mut Comparison<'_>, (field, case): (Field, Case)) {
    let rows = case.values.map(|value| row("7", &[(Field::Title, "Paint it".into()), (field, value)]));
    let mut strangers = case.strangers.map(|ids| ids.iter().map(|id| (*id).to_owned()).collect()).into_iter();
    let over = case.over.map(|value| {
        let record = Record::new().with(Field::Title, "Paint it");
        let mut carried = Carried { record, strangers: strangers.next().unwrap(), ..Carried::default() };
        match value {
            Some(value) => carried.record.set(field, value),
            None => carried.keep(field, "there is no such word"),
        }
        carried
    });
    let [a, b] = &rows;
    let [over_a, over_b] = &over;
    comparison.pair(&TwoRows { rows: Pair::new(a, b), over: Pair::new(over_a, over_b), lags: case.lags });
}

fn report(cases: Vec<(Field, Case)>) -> ParityReport {
    let plan = plan();
    let mut comparison = Comparison::new(&plan, Pair::new("internal".to_owned(), "jira".to_owned()));
    cases.into_iter().for_each(|case| compare(&mut comparison, case));
    comparison.finish()
}

fn only(report: &ParityReport) -> (Why, &str) {
    assert_eq!(report.different.len(), 1, "{report:?}");
    (report.different[0].why, report.different[0].reason.as_deref().unwrap_or_default())
}

#[test]
fn equal_projects_are_a_hundred_percent() {
    let status = |name: &str| json!({"category": "done", "name": name});
    let (field, mut coarse) = case(Field::Status, status("Verified"), status("Closed"));
    coarse.over[1] = Some(status("Closed"));
    let report = report(vec![(field, coarse), case(Field::DueDate, "2026-01-01", "2026-01-01")]);
    assert_eq!((report.compared, report.equal, report.differences()), (8, 8, 0));
    assert!(report.reaches(100.0) && report.pairs == 2);
}

#[test]
fn one_difference_in_many_is_less_than_a_hundred() {
    let mut cases: Vec<_> = (0..9_999).map(|_| case(Field::Title, "x", "x")).collect();
    cases.push(case(Field::Title, "x", "y"));
    let report = report(cases);
    assert_eq!(report.equal, report.compared - 1);
    assert!((99.99..100.0).contains(&report.percent), "{}", report.percent);
    assert_eq!(only(&report), (Why::Different, ""));
}

#[test]
fn each_difference_has_its_reason() {
    let (field, mut unmapped) = case(Field::Status, "x", "y");
    unmapped.over[0] = None;
    assert_eq!(only(&report(vec![(field, unmapped)])), (Why::NotMapped, "there is no such word"));

    let unclearable = case(Field::DueDate, "2026-01-01", Value::Null);
    assert_eq!(only(&report(vec![unclearable])), (Why::NotSupported, "side `a` cannot empty it"));

    let (field, mut late) = case(Field::Title, "x", "y");
    late.lags = true;
    assert_eq!(only(&report(vec![(field, late)])), (Why::Lag, ""));

    let (field, mut strangers) = case(Field::Assignees, json!(["a1", "a7"]), json!(["b1", "b8"]));
    strangers.over = [Some(json!(["a1"])), Some(json!(["b1"]))];
    strangers.strangers = [&["b8"], &["a7"]];
    assert_eq!(only(&report(vec![(field, strangers)])), (Why::NotMapped, "some of them are known on one side alone"));

    let (field, mut known) = case(Field::Assignees, json!(["a1", "a7"]), json!(["b2", "b8"]));
    known.over = [Some(json!(["a2"])), Some(json!(["b1"]))];
    known.strangers = [&["b8"], &["a7"]];
    assert_eq!(only(&report(vec![(field, known)])), (Why::Different, ""));
}

#[test]
fn lone_items_count_with_all_their_fields() {
    let plan = plan();
    let mut comparison = Comparison::new(&plan, Pair::new("internal".to_owned(), "jira".to_owned()));
    compare(&mut comparison, case(Field::Title, "x", "x"));
    comparison.lone(Side::A, &row("1", &[(Field::Title, "Only here".into())]), Why::Different);
    comparison.lone(Side::B, &row("2", &[(Field::EstimatedHours, 4.into())]), Why::Lag);
    comparison.withheld(Side::A);
    let report = comparison.finish();
    assert_eq!((report.compared, report.equal, report.percent), (12, 4, 33.33));
    assert_eq!((report.missing[0].item.title.as_str(), report.extra[0].why), ("Only here", Why::Lag));
    assert_eq!((report.not_compared.len(), report.not_compared[0].items), (1, 1));
    assert_eq!(
        report.to_string(),
        "internal <-> jira: 33.33 %, 4 of 12 values are equal, 1 items have a twin\n\
         missing in jira (1)\n  task 1 `Only here`\n\
         extra in jira (1)\n  task 2 `` (waits to be synchronised)\n\
         not compared (1)\n  task estimated_hours, 1 items: `b` has no `estimated_hours`\n\
         left out by the mapping: 1 items\n"
    );
}

#[test]
fn values_are_shown_as_people_write_them() {
    let status = |name: &str| json!({"category": "done", "name": name});
    let text = report(vec![case(Field::Status, status("Verified"), status("Closed"))]).to_string();
    assert!(text.contains("task 7 <-> 7 status: `Verified` | `Closed`\n"), "{text}");
    let cases = (0..25).map(|_| case(Field::Assignees, json!(["x", "y"]), Value::Null)).collect();
    let text = report(cases).to_string();
    assert!(
        text.contains("different (25)\n") && text.contains("`x` `y` | -\n") && text.contains("… and 5 more"),
        "{text}"
    );
}
