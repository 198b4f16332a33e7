//! `--json`, `--jsonl`, `--jq`.

use clap::Args;

use super::fields::Fields;
use super::jq::Filter;
use super::present::Presented;
use crate::failure::{Failure, Result};

/// How a command prints what it found.
#[derive(Args, Clone, Debug, Default)]
#[command(next_help_heading = "Output")]
pub(crate) struct FormatArgs {
    /// Print JSON with these fields, a comma between them; without a value, list the fields
    #[arg(long, value_name = "FIELDS", num_args = 0..=1, default_missing_value = "", conflicts_with = "jsonl")]
    pub(crate) json: Option<String>,
    /// Print JSON Lines, one object a line, with these fields; without a value, list the fields
    #[arg(long, value_name = "FIELDS", num_args = 0..=1, default_missing_value = "")]
    pub(crate) jsonl: Option<String>,
    /// Filter the JSON with a jq expression (of `--jsonl`, each line by itself)
    #[arg(long, short = 'q', value_name = "EXPRESSION")]
    pub(crate) jq: Option<String>,
}

/// What was asked for, checked before anything is fetched.
pub(crate) enum Format {
    /// A table on a terminal, tab-separated lines in a pipe.
    Table,
    /// One JSON document.
    Json(Fields, Option<Filter>),
    /// One JSON object a line.
    JsonLines(Fields, Option<Filter>),
}

impl FormatArgs {
    /// Whether a program reads the output.
    pub(crate) fn asks_for_json(&self) -> bool {
        self.json.is_some() || self.jsonl.is_some()
    }

    pub(crate) fn read<T: Presented>(&self) -> Result<Format> {
        let filter = self.jq.as_deref().map(Filter::new).transpose()?;
        match (&self.json, &self.jsonl) {
            (Some(fields), _) => Ok(Format::Json(Fields::parse::<T>(fields, "--json")?, filter)),
            (None, Some(fields)) => Ok(Format::JsonLines(Fields::parse::<T>(fields, "--jsonl")?, filter)),
            (None, None) if filter.is_some() => {
                Err(Failure::usage("--jq filters JSON: it needs --json FIELDS").hint("--json alone lists the fields"))
            }
            (None, None) => Ok(Format::Table),
        }
    }
}
