//! What commands print that write: the key in a pipe, a sentence on a terminal, JSON on demand.

use std::io::Write;
use std::sync::Arc;

use pm_core::PmProvider;

use super::format::{Format, FormatArgs};
use super::list::{print_document, print_json};
use super::present::{Presented, Tone};
use super::{Output, safe};
use crate::failure::Result;
use crate::lookup::Names;
use crate::session::Session;

/// A kind of item that commands write.
pub(crate) trait Written: Presented {
    /// In the singular: `task`.
    const SINGULAR: &'static str;

    /// The id.
    fn id(&self) -> &str;

    /// What people call it: the key, else the id.
    fn handle(&self) -> &str;

    /// Its title or name.
    fn title(&self) -> &str;

    /// Where people open it in a browser.
    fn url(&self) -> Option<&str>;

    /// Kind, key and title, for sentences.
    fn described(&self) -> String {
        let words = format!("{} {} \"{}\"", Self::SINGULAR, self.handle(), self.title());
        safe::one_line(&words)
    }
}

/// Prints what was written, item by item.
pub(crate) struct Reporter {
    format: Format,
    output: Output,
    names: Names,
    /// An array rather than an object: several items were asked for.
    several: bool,
    objects: Vec<String>,
}

impl Reporter {
    /// Prepares the output, and refuses what is wrong with it, before anything is written.
    pub(crate) fn new<T: Written>(
        session: &Session,
        provider: &Arc<dyn PmProvider>,
        format: &FormatArgs,
        several: bool,
    ) -> Result<Self> {
        let format = format.read::<T>()?;
        let names = Names::new(Arc::clone(provider));
        Ok(Self { format, output: session.lines(), names, several, objects: Vec::new() })
    }

    /// Says what was done with an item: `Created task WEB-12 "Paint the fence"`.
    pub(crate) async fn item<T: Written>(&mut self, verb: &str, item: &T) -> Result<()> {
        match &self.format {
            Format::Table => self.sentence(verb, item),
            Format::Json(fields, _) | Format::JsonLines(fields, _) => {
                self.names.learn(std::slice::from_ref(item), fields.wants::<T>()).await?;
                let object = fields.pick(item, &self.names)?;
                self.object(object)
            }
        }
    }

    fn sentence<T: Written>(&mut self, verb: &str, item: &T) -> Result<()> {
        if self.output.style.terminal {
            let key = self.output.style.paint(Tone::Key, safe::one_line(item.handle()));
            writeln!(self.output, "{verb} {} {key} {}", T::SINGULAR, safe::one_line(item.title()))?;
            if let Some(url) = item.url().map(safe::one_line) {
                writeln!(self.output, "{url}")?;
            }
        } else {
            // Nothing beside it: `key=$(spm task create …)`.
            writeln!(self.output, "{}", safe::one_line(item.handle()))?;
        }
        // What is done must be seen to be done, also when the next item takes its time.
        Ok(self.output.flush()?)
    }

    fn object(&mut self, object: String) -> Result<()> {
        match &self.format {
            Format::JsonLines(_, Some(filter)) => filter.print(&mut self.output, &object),
            Format::JsonLines(_, None) => print_json(&mut self.output, &object),
            _ => {
                self.objects.push(object);
                Ok(())
            }
        }
    }

    /// Prints the JSON document, where one was asked for.
    pub(crate) fn finish(mut self) -> Result<()> {
        if let Format::Json(_, filter) = &self.format {
            let document = if self.several { format!("[{}]", self.objects.join(",")) } else { self.objects.concat() };
            if !document.is_empty() {
                print_document(&mut self.output, filter.as_ref(), &document)?;
            }
        }
        self.output.finish()
    }
}
