//! What came of runs.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use pm_core::sync::engine::RunReport;
use serde::Serialize;

use super::desk::Known;
use super::sides::Sides;
use super::words;
use crate::exit::Code;
use crate::failure::{Failure, Result};
use crate::output::{Cell, Column, FormatArgs, Tone, moment, note, presented, show_rows};
use crate::session::Session;
use crate::settings::printable;

/// What came of the run of one mapping.
#[derive(Debug, Serialize)]
pub(super) struct Ended {
    mapping: String,
    project: String,
    connection: String,
    external: String,
    mode: Option<String>,
    run: Option<String>,
    /// `done`, `needs_approval`, `failed`.
    outcome: &'static str,
    /// By name: `created`, `updated`, `deleted`, `adopted`, `conflicts`, …
    counters: BTreeMap<String, u64>,
    calls: Option<Sides<u64>>,
    /// How few requests would have done.
    minimum_calls: Option<Sides<u64>>,
    needs_approval: usize,
    waiting_until: Option<DateTime<Utc>>,
    warnings: Vec<String>,
    problem: Option<String>,
    #[serde(skip)]
    code: Code,
}

presented!(
    Ended,
    "runs",
    [
        "mapping",
        "project",
        "connection",
        "external",
        "mode",
        "run",
        "outcome",
        "counters",
        "calls",
        "minimum_calls",
        "needs_approval",
        "waiting_until",
        "warnings",
        "problem",
    ],
    [
        Column::fixed("PROJECT"),
        Column::wide("WITH").least(16),
        Column::fixed("CREATED"),
        Column::fixed("UPDATED"),
        Column::fixed("DELETED"),
        Column::fixed("CONFLICTS").rank(2),
        Column::fixed("CALLS").rank(1),
        Column::fixed("MINIMUM").rank(3),
        Column::fixed("STATE"),
    ],
    |ended| ended.cells()
);

impl Ended {
    pub(super) fn of(known: &Known, report: RunReport) -> Self {
        let outcome = if report.needs_approval > 0 { "needs_approval" } else { "done" };
        Self {
            mode: Some(words::mode(report.run.mode)),
            run: Some(report.run.id),
            outcome,
            counters: report.run.counters,
            calls: Some(report.run.calls.into()),
            minimum_calls: Some(report.minimum_calls.into()),
            needs_approval: report.needs_approval,
            waiting_until: report.waiting_until,
            warnings: report.warnings,
            code: if report.needs_approval > 0 { Code::Refused } else { Code::Success },
            ..Self::begun(known)
        }
    }

    pub(super) fn failed(known: &Known, failure: &Failure) -> Self {
        Self { problem: Some(failure.to_string()), code: failure.code, ..Self::begun(known) }
    }

    fn begun(known: &Known) -> Self {
        Self {
            mapping: known.mapping.id.clone(),
            project: known.project_name().to_owned(),
            connection: known.mapping.connection.clone(),
            external: known.mapping.external.to_string(),
            mode: None,
            run: None,
            outcome: "failed",
            counters: BTreeMap::new(),
            calls: None,
            minimum_calls: None,
            needs_approval: 0,
            waiting_until: None,
            warnings: Vec::new(),
            problem: None,
            code: Code::Failure,
        }
    }

    fn cells(&self) -> Vec<Cell> {
        let count = |name: &str| match self.counters.get(name).copied().unwrap_or_default() {
            0 => Cell { tone: Tone::Dim, short: "-".to_owned(), exact: "0".to_owned() },
            some => Cell::text(Tone::Plain, some.to_string()),
        };
        let calls = |calls: &Option<Sides<u64>>| {
            calls.as_ref().map(|calls| format!("{}+{}", calls.internal, calls.external)).unwrap_or_default()
        };
        vec![
            Cell::text(Tone::Key, printable(&self.project)),
            Cell::text(Tone::Plain, printable(&format!("{}:{}", self.connection, self.external))),
            count("created"),
            count("updated"),
            count("deleted"),
            count("conflicts"),
            Cell::text(Tone::Dim, calls(&self.calls)),
            Cell::text(Tone::Dim, calls(&self.minimum_calls)),
            match self.outcome {
                "done" => Cell::text(Tone::Good, "done"),
                "needs_approval" => Cell::text(Tone::Busy, "needs a yes"),
                _ => Cell::text(Tone::Bad, "failed"),
            },
        ]
    }

    /// What a person must hear besides the row.
    pub(super) fn remarks(&self) -> Vec<String> {
        let name = format!("{}:{}", self.project, self.connection);
        let mut remarks: Vec<String> = self.problem.iter().chain(&self.warnings).cloned().collect();
        if self.needs_approval > 0 {
            let count = self.needs_approval;
            remarks.push(format!(
                "{count} deletions wait for a yes: `spm sync run {name} --approve-deletions` makes them"
            ));
        }
        let told = |name: &str| self.counters.get(name).copied().unwrap_or_default();
        if told("quarantined") > 0 {
            remarks.push(format!("{} items were put aside: `spm sync status {name}` says why", told("quarantined")));
        }
        if let Some(until) = self.waiting_until {
            remarks.push(format!("something has to wait until {}; a later run does it", moment(until)));
        }
        remarks.into_iter().map(|remark| format!("{name}: {remark}")).collect()
    }

    /// One line, for a log.
    pub(super) fn in_one_line(&self) -> String {
        let counted: Vec<_> = self.counters.iter().map(|(name, count)| format!("{name} {count}")).collect();
        let counted = if counted.is_empty() { "nothing to do".to_owned() } else { counted.join(", ") };
        let counted = if self.outcome == "failed" { "failed".to_owned() } else { counted };
        format!("{} <-> {}:{}: {counted}", self.project, self.connection, self.external)
    }

    pub(super) fn has_failed(&self) -> bool {
        self.outcome == "failed"
    }
}

/// How a command ends that ran several: in part done and in part not is a code of its own.
pub(super) fn code(rows: &[Ended]) -> Code {
    let failed = rows.iter().find(|row| row.has_failed()).map(|row| row.code);
    match failed {
        Some(_) if rows.iter().any(|row| !row.has_failed()) => Code::Partial,
        Some(code) => code,
        None => rows.iter().map(|row| row.code).find(|code| *code != Code::Success).unwrap_or(Code::Success),
    }
}

pub(super) async fn show(session: &Session, rows: Vec<Ended>, format: &FormatArgs) -> Result<()> {
    let remarks: Vec<_> = rows.iter().flat_map(Ended::remarks).collect();
    show_rows(session, rows, format).await?;
    remarks.iter().for_each(note);
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::super::desk::tests::known;
    use super::*;

    fn ended(outcome: &'static str, code: Code) -> Ended {
        Ended { outcome, code, ..Ended::begun(&known("work", "1")) }
    }

    #[test]
    fn a_failure_among_others_is_a_part() {
        let failed = || ended("failed", Code::Denied);
        let done = || ended("done", Code::Success);
        assert_eq!(code(&[]), Code::Success);
        assert_eq!(code(&[done(), failed()]), Code::Partial);
        assert_eq!(code(&[failed(), failed()]), Code::Denied);
        assert_eq!(code(&[done(), ended("needs_approval", Code::Refused)]), Code::Refused);
    }

    #[test]
    fn fields_are_those_of_the_json() {
        crate::output::assert_fields(&ended("done", Code::Success));
    }

    #[test]
    fn a_person_hears_what_to_do() {
        let mut row = ended("needs_approval", Code::Refused);
        row.needs_approval = 12;
        row.counters.insert("quarantined".to_owned(), 1);
        let remarks = row.remarks().join("\n");
        assert!(remarks.contains("WEB:work: 12 deletions wait for a yes: `spm sync run WEB:work --approve-deletions`"));
        assert!(remarks.contains("`spm sync status WEB:work` says why"), "{remarks}");
    }
}
