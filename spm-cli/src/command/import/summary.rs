//! What came of an import, in the end.

use std::collections::BTreeMap;
use std::io::Write;

use crate::failure::{Failure, Result};
use crate::import::ledger::Summary;
use crate::output::note;
use crate::session::Session;

/// Prints the summary: for people on standard error, for programs on standard output.
pub(super) fn print_summary(session: &Session, summary: &Summary, json: bool) -> Result<()> {
    if json {
        let mut output = session.lines();
        let text = serde_json::to_string(summary).map_err(|error| Failure::usage(format!("the summary: {error}")))?;
        writeln!(output, "{text}")?;
        return output.finish();
    }
    for line in lines(summary) {
        note(line);
    }
    Ok(())
}

fn lines(summary: &Summary) -> Vec<String> {
    let mut lines = vec![counts(summary)];
    lines.extend(reasons("left out", &summary.left_out));
    lines.extend(reasons("failed", &summary.failed));
    lines.extend(made(summary));
    if summary.changed_in_source > 0 {
        let count = summary.changed_in_source;
        lines.push(format!("  {count} changed in the source since; --update brings that in"));
    }
    if summary.renewed > 0 {
        lines.push(format!("  {} changed in nothing that is taken over; the raw data was renewed", summary.renewed));
    }
    if summary.conflicts > 0 {
        let fields = several(summary.conflicts, "field");
        lines.push(format!("  {fields} changed on both sides and stayed as here"));
    }
    lines.extend(summary.notes.iter().map(|text| format!("note: {text}")));
    lines.extend(summary.stopped.iter().map(|text| format!("stopped: {text}")));
    lines
}

fn counts(summary: &Summary) -> String {
    let project = summary.project.as_ref().map(|project| match &project.key {
        Some(key) => format!("{} ({key}): ", project.name),
        None => format!("{}: ", project.name),
    });
    let would = if summary.dry_run { "dry run, nothing was written: " } else { "" };
    format!(
        "{}{would}{} created, {} updated, {} unchanged, {} left out, {} failed",
        project.unwrap_or_default(),
        summary.created,
        summary.updated,
        summary.unchanged + summary.renewed,
        summary.left_out(),
        summary.failures(),
    )
}

fn reasons(what: &str, reasons: &BTreeMap<String, u64>) -> Option<String> {
    let listed: Vec<_> = reasons.iter().map(|(reason, count)| format!("{reason} ({count})")).collect();
    (!listed.is_empty()).then(|| format!("  {what}: {}", listed.join(", ")))
}

/// What was made beside the tasks.
fn made(summary: &Summary) -> Option<String> {
    let verb = if summary.dry_run { "would be made" } else { "made" };
    let project = summary.project.as_ref().filter(|project| project.created);
    let mut parts: Vec<_> = project.iter().map(|project| format!("project `{}`", project.name)).collect();
    for (count, what) in [(summary.users_created, "user"), (summary.sprints_created, "sprint")] {
        if count > 0 {
            parts.push(several(count, what));
        }
    }
    let mut text = (!parts.is_empty()).then(|| format!("  {verb}: {}", parts.join(", ")));
    if summary.sprints_updated > 0 {
        let updated = format!("  updated: {}", several(summary.sprints_updated, "sprint"));
        text = Some(text.map_or_else(|| updated.clone(), |made| format!("{made}\n{updated}")));
    }
    text
}

fn several(count: u64, what: &str) -> String {
    if count == 1 { format!("1 {what}") } else { format!("{count} {what}s") }
}
