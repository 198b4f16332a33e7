//! `spm sync plan`.

use std::io::Write;

use clap::Args;
use pm_core::sync::config::Mode;
use pm_core::sync::engine::{PlanReport, PlannedAction, RunOptions};
use pm_core::sync::item::{Kind, Side};
use pm_core::sync::plan::{FieldPlan, Flow};
use pm_core::sync::record::{FieldKey, Patch};
use pm_core::sync::store::Conflict;
use serde::Serialize;
use serde_json::Value;

use super::desk::{Desk, Known, failure};
use super::sides::Sides;
use super::words;
use crate::exit::Code;
use crate::failure::Result;
use crate::output::{Cell, Column, FormatArgs, Output, Tone, note, one_line, presented, show_rows};
use crate::session::Session;
use crate::settings::printable;

/// How many lines of a kind are shown.
const LINES: usize = 20;

/// Which, and how much is shown.
#[derive(Args, Debug)]
pub(crate) struct PlanArgs {
    /// The mappings: by their projects, connections or providers; all that are not paused if none is named
    #[arg(value_name = "NAME")]
    names: Vec<String>,
    /// Show every write, however many there are
    #[arg(long)]
    all: bool,
    /// Show as well which field goes where, and why not
    #[arg(long)]
    fields: bool,
    /// Plan deletions that a run would hold back because there are so many
    #[arg(long)]
    approve_deletions: bool,
    #[command(flatten)]
    format: FormatArgs,
}

/// What a run of one mapping would do.
#[derive(Debug, Serialize)]
struct Row {
    mapping: String,
    project: String,
    connection: String,
    external: String,
    mode: Mode,
    creates: usize,
    updates: usize,
    deletes: usize,
    actions: Vec<PlannedAction>,
    conflicts: Vec<Conflict>,
    quarantined: Vec<(Side, pm_core::sync::item::ItemKey, String)>,
    waiting: usize,
    needs_approval: usize,
    warnings: Vec<String>,
    fields: FieldPlan,
    calls: Sides<u64>,
}

presented!(
    Row,
    "plans",
    [
        "mapping",
        "project",
        "connection",
        "external",
        "mode",
        "creates",
        "updates",
        "deletes",
        "actions",
        "conflicts",
        "quarantined",
        "waiting",
        "needs_approval",
        "warnings",
        "fields",
        "calls",
    ],
    [Column::fixed("PROJECT"), Column::fixed("CREATES"), Column::fixed("UPDATES"), Column::fixed("DELETES")],
    |row| {
        let number = |number: usize| Cell::text(Tone::Plain, number.to_string());
        vec![Cell::text(Tone::Key, &row.project), number(row.creates), number(row.updates), number(row.deletes)]
    }
);

impl Row {
    fn of(known: &Known, report: PlanReport) -> Self {
        Self {
            mapping: known.mapping.id.clone(),
            project: known.project_name().to_owned(),
            connection: known.mapping.connection.clone(),
            external: known.mapping.external.to_string(),
            mode: report.mode,
            creates: report.count("create"),
            updates: report.count("update"),
            deletes: report.count("delete"),
            actions: report.actions,
            conflicts: report.conflicts,
            quarantined: report.quarantined,
            waiting: report.waiting,
            needs_approval: report.needs_approval,
            warnings: report.warnings,
            fields: report.fields,
            calls: report.calls.into(),
        }
    }

    fn code(&self) -> Code {
        match (self.needs_approval, self.creates + self.updates + self.deletes) {
            (0, 0) => Code::Success,
            (0, _) => Code::Changes,
            _ => Code::Refused,
        }
    }
}

pub(super) async fn run(session: &Session, args: PlanArgs) -> Result<Code> {
    args.format.read::<Row>()?;
    let desk = Desk::open(session).await?;
    let options = RunOptions::new().approve_deletions(args.approve_deletions).reconcile(args.approve_deletions);
    let mut rows = Vec::new();
    for known in desk.runnable(&args.names).await? {
        let report = desk.engine(&known).await?.plan(&options).await.map_err(|error| failure(&known, error))?;
        rows.push((known.to_string(), Row::of(&known, report)));
    }
    let codes: Vec<_> = rows.iter().map(|(_, row)| row.code()).collect();
    let warnings: Vec<_> = rows.iter().flat_map(|(_, row)| row.warnings.clone()).collect();
    if args.format.asks_for_json() {
        show_rows(session, rows.into_iter().map(|(_, row)| row).collect(), &args.format).await?;
    } else {
        let mut output = session.output()?;
        for (name, row) in &rows {
            print(&mut output, name, row, &args)?;
        }
        output.finish()?;
    }
    warnings.iter().for_each(|warning| note(printable(warning)));
    Ok([Code::Refused, Code::Changes].into_iter().find(|code| codes.contains(code)).unwrap_or(Code::Success))
}

fn print(output: &mut Output, name: &str, row: &Row, args: &PlanArgs) -> Result<()> {
    let title = output.style.paint(Tone::Bold, format!("{name}   {}", words::mode(row.mode)));
    writeln!(output, "{title}")?;
    let place = |side| if side == Side::A { "internal" } else { row.connection.as_str() };
    for (sign, op, tone) in SIGNS {
        let actions: Vec<_> = row.actions.iter().filter(|action| action.op == op).collect();
        let lines = actions.iter().map(|action| format!("{:<10} {}", place(action.side), in_words(action)));
        section(output, (sign, op, tone), lines.collect(), args.all)?;
    }
    let lines = row.conflicts.iter().map(|conflict| conflict_in_words(conflict, &row.connection)).collect();
    section(output, ('!', "conflict", Tone::Busy), lines, args.all)?;
    let aside = row.quarantined.iter().map(|(side, item, why)| format!("{:<10} {item}: {why}", place(*side))).collect();
    section(output, ('x', "put aside", Tone::Bad), aside, args.all)?;
    if row.code() == Code::Success {
        writeln!(output, "  nothing to do")?;
    }
    if row.waiting > 0 {
        writeln!(output, "  {} items have to wait", row.waiting)?;
    }
    if row.needs_approval > 0 {
        writeln!(output, "  {} deletions are held back: --approve-deletions lets them through", row.needs_approval)?;
    }
    let calls =
        format!("  calls of this plan: internal {}, {} {}", row.calls.internal, row.connection, row.calls.external);
    writeln!(output, "{}", output.style.paint(Tone::Dim, calls))?;
    if args.fields { fields(output, &row.fields) } else { Ok(()) }
}

/// What a line begins with, by what is done.
const SIGNS: [(char, &str, Tone); 5] = [
    ('+', "create", Tone::Good),
    ('~', "update", Tone::Busy),
    ('-', "delete", Tone::Bad),
    ('=', "adopt", Tone::Plain),
    ('/', "unlink", Tone::Closed),
];

fn section(output: &mut Output, (sign, what, tone): (char, &str, Tone), lines: Vec<String>, all: bool) -> Result<()> {
    let count = lines.len();
    let shown = if all { count } else { count.min(LINES) };
    for (place, line) in lines.into_iter().take(shown).enumerate() {
        let number = if place == 0 { count.to_string() } else { String::new() };
        let head = output.style.paint(tone, format!("{sign} {number:>4} {what:<9}"));
        writeln!(output, " {head} {}", one_line(&line))?;
    }
    if shown < count {
        writeln!(output, "        … and {} more; --all shows them", count - shown)?;
    }
    Ok(())
}

fn in_words(action: &PlannedAction) -> String {
    let item = action.title.clone().or_else(|| action.item.clone()).unwrap_or_default();
    let changes = if action.op == "update" { changes(&action.before, &action.after) } else { String::new() };
    format!("{} `{item}` {changes}", action.kind).trim_end().to_owned()
}

/// `priority: normal -> high · labels: a -> a, b`.
fn changes(before: &Patch, after: &Patch) -> String {
    let change = |(field, value): (&FieldKey, &Value)| {
        let old = before.get(field).unwrap_or(&Value::Null);
        format!("{field}: {} -> {}", words::quoted(old), words::quoted(value))
    };
    after.iter().map(change).collect::<Vec<_>>().join(" · ")
}

fn conflict_in_words(conflict: &Conflict, connection: &str) -> String {
    let field = conflict.field.as_ref().map_or_else(|| "the whole item".to_owned(), ToString::to_string);
    let item = conflict.ids.a.as_ref().or(conflict.ids.b.as_ref()).cloned().unwrap_or_default();
    let (ours, theirs) = (words::quoted(&conflict.values.a), words::quoted(&conflict.values.b));
    let winner = match conflict.winner {
        Some(Side::A) => "internal wins",
        Some(Side::B) => "external wins",
        None => "a person decides",
    };
    format!(
        "{} {item} {field}: agreed {}, internal {ours}, {connection} {theirs} -> {winner}",
        conflict.kind,
        words::quoted(&conflict.base.a)
    )
}

/// Which field goes where.
fn fields(output: &mut Output, plan: &FieldPlan) -> Result<()> {
    for kind in Kind::ALL {
        for (field, rule) in plan.fields(kind) {
            let flow = match rule.flow {
                Flow::Both => "<->",
                Flow::Towards(Side::B) => "-->",
                Flow::Towards(Side::A) => "<--",
                _ => " x ",
            };
            let policy = if rule.flow == Flow::Both { words::word(&rule.policy) } else { String::new() };
            let reason = rule.reason.as_deref().unwrap_or_default();
            let lossy = [&rule.lossy.a, &rule.lossy.b].into_iter().flatten().cloned().collect::<Vec<_>>().join("; ");
            let line = format!("  {:<8} {flow} {:<20} {policy:<8} {reason} {lossy}", kind.word(), field.to_string());
            writeln!(output, "{}", one_line(line.trim_end()))?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_change_tells_both_values() {
        use pm_core::Field::{Priority, Title};
        let before = Patch::new().with(Title, "old");
        let after = Patch::new().with(Title, "new").with(Priority, json!({"level": "high", "name": "High"}));
        assert_eq!(changes(&before, &after), "title: `old` -> `new` · priority: nothing -> `High`".to_owned());
    }
}
