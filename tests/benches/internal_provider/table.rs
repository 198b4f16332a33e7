//! The table in the end.

use std::time::Duration;

use crate::measure::Comparison;

/// Says what a figure must be to be good enough.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Gate {
    /// At least this.
    AtLeast(f64),
    /// At most this.
    AtMost(f64),
    /// Printed only.
    Informational,
}

impl Gate {
    fn passes(self, figure: f64) -> bool {
        match self {
            Self::AtLeast(least) => figure >= least,
            Self::AtMost(most) => figure <= most,
            Self::Informational => true,
        }
    }

    fn text(self) -> String {
        match self {
            Self::AtLeast(least) => format!("≥ {least:.1}"),
            Self::AtMost(most) => format!("≤ {most:.1}"),
            Self::Informational => "-".to_owned(),
        }
    }
}

/// Is one line of the table.
#[derive(Debug)]
pub(crate) struct Row {
    what: String,
    provider: String,
    reference: String,
    ratio: f64,
    gate: Gate,
}

impl Row {
    /// Makes a line of two times and their ratio.
    pub(crate) fn of_times(what: impl Into<String>, comparison: Comparison, gate: Gate) -> Self {
        let (provider, reference) = (human(comparison.first), human(comparison.second));
        Self { what: what.into(), provider, reference, ratio: comparison.ratio, gate }
    }

    /// Makes a line of two amounts of memory in KiB; the ratio is first ÷ second.
    pub(crate) fn of_memory(what: impl Into<String>, first: f64, second: f64, gate: Gate) -> Self {
        let text = |kibibytes: f64| format!("{:.1} MiB", kibibytes / 1024.0);
        Self { what: what.into(), provider: text(first), reference: text(second), ratio: first / second, gate }
    }

    /// Makes a line of two numbers; the ratio is first ÷ second.
    #[allow(dead_code, reason = "not every program counts")]
    pub(crate) fn of_counts(what: impl Into<String>, first: usize, second: usize, gate: Gate) -> Self {
        let ratio = first as f64 / second as f64;
        Self { what: what.into(), provider: first.to_string(), reference: second.to_string(), ratio, gate }
    }

    fn passes(&self) -> bool {
        self.gate.passes(self.ratio)
    }

    fn cells(&self) -> [String; 6] {
        let ok = match self.gate {
            Gate::Informational => "-",
            _ if self.passes() => "yes",
            _ => "NO",
        };
        let ratio = format!("{:.2}", self.ratio);
        [self.what.clone(), self.provider.clone(), self.reference.clone(), ratio, self.gate.text(), ok.to_owned()]
    }
}

/// Says whether every gate holds.
pub(crate) fn all_pass(rows: &[Row]) -> bool {
    rows.iter().all(Row::passes)
}

/// Gives the table as Markdown with aligned columns.
pub(crate) fn markdown(rows: &[Row]) -> String {
    let heading = ["what", "provider", "reference", "ratio", "gate", "ok"].map(str::to_owned);
    let lines: Vec<_> = std::iter::once(heading).chain(rows.iter().map(Row::cells)).collect();
    let widths: [usize; 6] =
        std::array::from_fn(|column| lines.iter().map(|line| line[column].chars().count()).max().unwrap_or_default());
    let ruler = format!("|{}|\n", widths.map(|width| "-".repeat(width + 2)).join("|"));
    let mut text = String::new();
    for (number, line) in lines.iter().enumerate() {
        let cells: [String; 6] = std::array::from_fn(|column| format!(" {:<1$} ", line[column], widths[column]));
        text.push_str(&format!("|{}|\n", cells.join("|")));
        if number == 0 {
            text.push_str(&ruler);
        }
    }
    text
}

fn human(time: Duration) -> String {
    let seconds = time.as_secs_f64();
    match seconds {
        ..1e-3 => format!("{:.1} µs", seconds * 1e6),
        ..1.0 => format!("{:.2} ms", seconds * 1e3),
        _ => format!("{seconds:.2} s"),
    }
}
