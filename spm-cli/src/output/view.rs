//! One item: its details for people, JSON for programs.

use std::io::Write;
use std::sync::Arc;

use pm_core::PmProvider;

use super::format::{Format, FormatArgs};
use super::list::print_document;
use super::present::{Presented, Tone};
use super::{Output, Style, safe};
use crate::failure::Result;
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
    pub(crate) fn new(title: impl AsRef<str>) -> Self {
        Self { title: safe::one_line(title.as_ref()), ..Self::default() }
    }

    /// Adds a line of facts, unless there is nothing to say.
    #[must_use]
    pub(crate) fn fact(mut self, name: &'static str, value: impl AsRef<str>) -> Self {
        let value = safe::one_line(value.as_ref());
        if !value.is_empty() {
            self.facts.push((name, value));
        }
        self
    }

    /// Adds a text below, unless it is empty.
    #[must_use]
    pub(crate) fn text(mut self, heading: Option<String>, body: impl AsRef<str>) -> Self {
        let body = safe::lines(body.as_ref());
        if !body.trim().is_empty() {
            self.texts.push((heading.map(|heading| safe::one_line(&heading)), body));
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
            print_document(&mut output, filter.as_ref(), &object)?;
        }
    }
    output.finish()
}
