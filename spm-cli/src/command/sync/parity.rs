//! `spm sync parity`.

use std::io::Write;

use clap::Args;
use pm_core::sync::report::ParityReport;
use serde::Serialize;

use super::desk::{Desk, Known, failure};
use crate::exit::Code;
use crate::failure::Result;
use crate::output::{Cell, Column, FormatArgs, Tone, presented, show_rows};
use crate::session::Session;

/// Which, and how much has to be equal.
#[derive(Args, Debug)]
#[command(after_help = "It ends with 0 where every mapping reaches the threshold, and with 10 where one does not.")]
pub(crate) struct ParityArgs {
    /// The mappings: by their projects, connections or providers; all that are not paused if none is named
    #[arg(value_name = "NAME")]
    names: Vec<String>,
    /// How much of a hundred has to be equal
    #[arg(long, value_name = "PERCENT", default_value_t = 100.0, value_parser = percent)]
    threshold: f64,
    #[command(flatten)]
    format: FormatArgs,
}

fn percent(text: &str) -> Result<f64, String> {
    let percent = text.trim_end_matches('%').parse::<f64>().ok();
    percent.filter(|percent| (0.0..=100.0).contains(percent)).ok_or_else(|| "allowed is 0 to 100".to_owned())
}

/// How far the two projects of a mapping are the same.
#[derive(Debug, Serialize)]
struct Row {
    mapping: String,
    project: String,
    connection: String,
    external: String,
    percent: f64,
    pairs: u64,
    compared: u64,
    equal: u64,
    /// Items, and fields of items, that are not the same.
    differences: usize,
    report: ParityReport,
}

presented!(
    Row,
    "comparisons",
    ["mapping", "project", "connection", "external", "percent", "pairs", "compared", "equal", "differences", "report"],
    [Column::fixed("PROJECT"), Column::fixed("PERCENT"), Column::fixed("DIFFERENCES")],
    |row| vec![
        Cell::text(Tone::Key, &row.project),
        Cell::text(Tone::Plain, row.percent.to_string()),
        Cell::text(Tone::Plain, row.differences.to_string()),
    ]
);

impl Row {
    fn of(known: &Known, report: ParityReport) -> Self {
        Self {
            mapping: known.mapping.id.clone(),
            project: known.project_name().to_owned(),
            connection: known.mapping.connection.clone(),
            external: known.mapping.external.to_string(),
            percent: report.percent,
            pairs: report.pairs,
            compared: report.compared,
            equal: report.equal,
            differences: report.differences(),
            report,
        }
    }
}

pub(super) async fn run(session: &Session, args: ParityArgs) -> Result<Code> {
    args.format.read::<Row>()?;
    let desk = Desk::open(session).await?;
    let mut rows = Vec::new();
    for known in desk.runnable(&args.names).await? {
        let report = desk.engine(&known).await?.parity().await.map_err(|error| failure(&known, error))?;
        rows.push((known.to_string(), Row::of(&known, report)));
    }
    let reaches = rows.iter().all(|(_, row)| row.report.reaches(args.threshold));
    if args.format.asks_for_json() {
        show_rows(session, rows.into_iter().map(|(_, row)| row).collect(), &args.format).await?;
    } else {
        let mut output = session.output()?;
        for (name, row) in &rows {
            writeln!(output, "{}", output.style.paint(Tone::Bold, name))?;
            writeln!(output, "{}", crate::output::safe::lines(&row.report.to_string()))?;
        }
        output.finish()?;
    }
    Ok(if reaches { Code::Success } else { Code::Changes })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_threshold_is_of_a_hundred() {
        assert_eq!((percent("99.5"), percent("100%")), (Ok(99.5), Ok(100.0)));
        for wrong in ["", "101", "-1", "x", "NaN"] {
            assert!(percent(wrong).is_err(), "{wrong}");
        }
    }
}
