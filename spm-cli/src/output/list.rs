//! Lists: a table, tab-separated lines, JSON.

use std::fmt;
use std::io::Write;
use std::str::FromStr;
use std::sync::Arc;

use chrono::Utc;
use futures_util::future::BoxFuture;
use pm_core::{Cursor, Page, PmProvider};

use super::format::{Format, FormatArgs};
use super::indent::indent;
use super::jq::Filter;
use super::present::{Cell, Presented};
use super::{Output, Style, note, safe, table};
use crate::failure::Result;
use crate::lookup::Names;
use crate::session::Session;

/// How many items a list shows at most.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Limit {
    /// So many.
    To(u32),
    /// Every one.
    All,
}

impl Limit {
    /// How many to a page, so that nothing is fetched in vain.
    pub(crate) fn page_size(self) -> Option<u32> {
        match self {
            Self::To(count) => Some(count),
            Self::All => None,
        }
    }

    fn left(self, shown: usize) -> usize {
        match self {
            Self::To(count) => (count as usize).saturating_sub(shown),
            Self::All => usize::MAX,
        }
    }
}

impl FromStr for Limit {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text.parse() {
            Ok(0) => Err("allowed is a number from 1, or `all`".to_owned()),
            Ok(count) => Ok(Self::To(count)),
            Err(_) if text == "all" => Ok(Self::All),
            Err(_) => Err("allowed is a number from 1, or `all`".to_owned()),
        }
    }
}

impl fmt::Display for Limit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::To(count) => count.fmt(f),
            Self::All => f.write_str("all"),
        }
    }
}

/// Fetches one page.
pub(crate) type Fetch<T> = Box<dyn FnMut(Option<Cursor>) -> BoxFuture<'static, pm_core::Result<Page<T>>> + Send>;

/// A listing that is fetched page by page.
pub(crate) struct Pages<T> {
    /// Fetches one page.
    pub(crate) fetch: Fetch<T>,
    /// Leaves items out that the backend could not leave out itself.
    pub(crate) keep: Box<dyn Fn(&T) -> bool + Send>,
}

/// Shows a listing, and says on standard error what it left out.
pub(crate) async fn show_list<T: Presented>(
    session: &Session,
    provider: &Arc<dyn PmProvider>,
    pages: Pages<T>,
    format: &FormatArgs,
    limit: Limit,
) -> Result<()> {
    let format = format.read::<T>()?;
    let mut names = Names::new(Arc::clone(provider));
    let mut walk = Walk { pages, limit, shown: 0, total: None, cursor: None, more: true, started: false };
    let mut output = session.output()?;
    let mut printer = Printer::<T>::new(format, session.style);
    while let Some(items) = walk.next().await? {
        printer.print(&mut output, &mut names, items).await?;
    }
    printer.finish(&mut output)?;
    output.finish()?;
    walk.say_what_is_left::<T>();
    Ok(())
}

struct Walk<T> {
    pages: Pages<T>,
    limit: Limit,
    shown: usize,
    total: Option<u64>,
    cursor: Option<Cursor>,
    more: bool,
    started: bool,
}

impl<T> Walk<T> {
    async fn next(&mut self) -> Result<Option<Vec<T>>> {
        let left = self.limit.left(self.shown);
        if left == 0 || (self.started && self.cursor.is_none()) {
            return Ok(None);
        }
        let page = (self.pages.fetch)(self.cursor.take()).await?;
        self.started = true;
        self.total = self.total.or(page.total);
        let mut items: Vec<_> = page.items.into_iter().filter(|item| (self.pages.keep)(item)).collect();
        self.more = page.next.is_some() || items.len() > left;
        self.cursor = page.next;
        items.truncate(left);
        self.shown += items.len();
        Ok(Some(items))
    }
}

impl<T: Presented> Walk<T> {
    fn say_what_is_left<P: Presented>(&self) {
        if self.shown == 0 && !self.more {
            return note(format_args!("no {} found", P::PLURAL));
        }
        if self.more && self.limit != Limit::All {
            match self.total {
                Some(total) => note(format_args!("{} of {total}, use --limit", self.shown)),
                None => note(format_args!("{} shown and there are more, use --limit", self.shown)),
            }
        }
    }
}

/// Prints items as they come; only a table and a filtered document are collected.
pub(super) struct Printer<T> {
    format: Format,
    style: Style,
    rows: Vec<Vec<Cell>>,
    document: String,
    started: bool,
    kind: std::marker::PhantomData<T>,
}

impl<T: Presented> Printer<T> {
    pub(super) fn new(format: Format, style: Style) -> Self {
        Self {
            format,
            style,
            rows: Vec::new(),
            document: String::new(),
            started: false,
            kind: std::marker::PhantomData,
        }
    }

    pub(super) async fn print(&mut self, output: &mut Output, names: &mut Names, items: Vec<T>) -> Result<()> {
        let wants = match &self.format {
            Format::Table => T::table_wants(),
            Format::Json(fields, _) | Format::JsonLines(fields, _) => fields.wants::<T>(),
        };
        names.learn(&items, wants).await?;
        for item in &items {
            self.item(output, names, item)?;
        }
        Ok(())
    }

    fn item(&mut self, output: &mut Output, names: &Names, item: &T) -> Result<()> {
        match &self.format {
            Format::Table => {
                let cells = item.cells(names, Utc::now());
                if self.style.terminal {
                    self.rows.push(cells);
                } else {
                    writeln!(output, "{}", tab_separated(&cells))?;
                }
            }
            Format::JsonLines(fields, None) => print_json(output, &fields.pick(item, names)?)?,
            Format::JsonLines(fields, Some(filter)) => filter.print(output, &fields.pick(item, names)?)?,
            Format::Json(fields, filter) => {
                let between = if self.started { "," } else { "[" };
                self.started = true;
                let object = fields.pick(item, names)?;
                if filter.is_some() || self.style.terminal {
                    self.document.push_str(between);
                    self.document.push_str(&object);
                } else {
                    write!(output, "{between}{object}")?;
                }
            }
        }
        Ok(())
    }

    pub(super) fn finish(self, output: &mut Output) -> Result<()> {
        let end = if self.started { "]" } else { "[]" };
        match &self.format {
            Format::Table if self.style.terminal && !self.rows.is_empty() => {
                writeln!(output, "{}", table::render(T::COLUMNS, &self.rows, self.style))?;
            }
            Format::Json(_, filter) if filter.is_some() || self.style.terminal => {
                print_document(output, filter.as_ref(), &(self.document + end))?;
            }
            Format::Json(..) => writeln!(output, "{end}")?,
            _ => {}
        }
        Ok(())
    }
}

/// A row for programs: one line, and a tab between two columns.
pub(crate) fn tab_separated(cells: &[Cell]) -> String {
    let texts: Vec<_> = cells.iter().map(|cell| safe::one_line(&cell.exact)).collect();
    texts.join("\t")
}

/// A JSON document: filtered, indented on a terminal, as it is for programs.
pub(super) fn print_document(output: &mut Output, filter: Option<&Filter>, json: &str) -> Result<()> {
    match filter {
        Some(filter) => filter.print(output, json),
        None if output.style.terminal => print_json(output, &indent(json)),
        None => print_json(output, json),
    }
}

/// JSON as it is for programs; on a terminal with everything escaped that the terminal would obey.
pub(super) fn print_json(output: &mut Output, json: &str) -> Result<()> {
    if output.style.terminal {
        writeln!(output, "{}", safe::json(json))?;
    } else {
        writeln!(output, "{json}")?;
    }
    Ok(())
}
