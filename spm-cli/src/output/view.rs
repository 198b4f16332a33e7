//! One item: its details for people, JSON for programs.

use std::io::Write;
use std::sync::Arc;

use pm_core::PmProvider;
use serde_json::value::RawValue;

use super::format::{Format, FormatArgs};
use super::list::print_lines;
use super::present::{Presented, Tone};
use super::{Output, Style};
use crate::exit::Code;
use crate::failure::{Failure, Result};
use crate::lookup::Names;
use crate::session::Session;

/// What a person sees of one item: a title, lines of facts, texts below.
#[derive(Debug, Default)]
pub(crate) struct Details {
    title: String,
    facts: Vec<(&'static str, String)>,
    texts: Vec<(Option<String>, String)>,
}

impl Details {
    pub(crate) fn new(title: impl Into<String>) -> Self {
        Self { title: title.into(), ..Self::default() }
    }

    /// Adds a line of facts, unless there is nothing to say.
    #[must_use]
    pub(crate) fn fact(mut self, name: &'static str, value: impl Into<String>) -> Self {
        let value = value.into();
        if !value.is_empty() {
            self.facts.push((name, value));
        }
        self
    }

    /// Adds a text below, unless it is empty.
    #[must_use]
    pub(crate) fn text(mut self, heading: Option<String>, body: impl Into<String>) -> Self {
        let body = body.into();
        if !body.trim().is_empty() {
            self.texts.push((heading, body));
        }
        self
    }

    pub(crate) fn print(&self, output: &mut Output, style: Style) -> Result<()> {
        writeln!(output, "{}", style.paint(Tone::Bold, &self.title))?;
        let width = self.facts.iter().map(|(name, _)| name.len()).max().unwrap_or_default() + 1;
        for (name, value) in &self.facts {
            writeln!(output, "{}  {value}", style.paint(Tone::Dim, format!("{:<width$}", format!("{name}:"))))?;
        }
        for (heading, body) in &self.texts {
            writeln!(output)?;
            if let Some(heading) = heading {
                writeln!(output, "{}", style.paint(Tone::Dim, heading))?;
            }
            writeln!(output, "{}", body.trim_end())?;
        }
        Ok(())
    }
}

/// Shows one item; `details` is asked only where a person reads it.
pub(crate) async fn show_item<T: Presented>(
    session: &Session,
    provider: &Arc<dyn PmProvider>,
    item: &T,
    format: &FormatArgs,
    details: impl AsyncFnOnce(&Names) -> Result<Details>,
) -> Result<()> {
    let format = format.read::<T>()?;
    let mut names = Names::new(Arc::clone(provider));
    let mut output = session.output()?;
    match format {
        Format::Table => {
            names.learn(std::slice::from_ref(item), T::view_wants()).await?;
            details(&names).await?.print(&mut output, session.style)?;
        }
        Format::Json(fields, filter) | Format::JsonLines(fields, filter) => {
            names.learn(std::slice::from_ref(item), fields.wants::<T>()).await?;
            let object = fields.pick(item, &names)?;
            match filter {
                Some(filter) => print_lines(&mut output, &filter.run(&object)?)?,
                None if session.style.terminal => writeln!(output, "{}", pretty(&object)?)?,
                None => writeln!(output, "{object}")?,
            }
        }
    }
    output.finish()
}

/// JSON with line breaks, for people; the values stay as they are.
pub(super) fn pretty(json: &str) -> Result<String> {
    let failed = |error: serde_json::Error| Failure::new(Code::Failure, format!("the output is no JSON: {error}"));
    if json.starts_with('[') {
        let items: Vec<std::collections::BTreeMap<&str, &RawValue>> = serde_json::from_str(json).map_err(failed)?;
        return serde_json::to_string_pretty(&items).map_err(failed);
    }
    let item: std::collections::BTreeMap<&str, &RawValue> = serde_json::from_str(json).map_err(failed)?;
    serde_json::to_string_pretty(&item).map_err(failed)
}
