//! What this machine knows by itself: rows that refer to nothing in a backend.

use super::Output;
use super::format::{Format, FormatArgs};
use super::list::{Printer, print_document};
use super::present::Presented;
use crate::failure::Result;
use crate::lookup::Names;
use crate::session::Session;

/// Presents a kind of row that refers to nothing: `presented!(Row, "rows", ["field"], [columns], |row| cells)`.
macro_rules! presented {
    ($kind:ty, $plural:literal, [$($field:literal),* $(,)?], [$($column:expr),* $(,)?], |$row:ident| $cells:expr) => {
        impl $crate::output::Presented for $kind {
            const PLURAL: &'static str = $plural;
            const FIELDS: &'static [&'static str] = &[$($field),*];
            const COMPANIONS: &'static [&'static str] = &[];
            const COLUMNS: &'static [$crate::output::Column] = &[$($column),*];

            fn table_wants() -> $crate::lookup::Wants {
                $crate::lookup::Wants::NONE
            }

            fn view_wants() -> $crate::lookup::Wants {
                $crate::lookup::Wants::NONE
            }

            fn companion_wants(_field: &str) -> $crate::lookup::Wants {
                $crate::lookup::Wants::NONE
            }

            fn cells(
                &self,
                _names: &$crate::lookup::Names,
                _now: ::chrono::DateTime<::chrono::Utc>,
            ) -> Vec<$crate::output::Cell> {
                let $row = self;
                $cells
            }

            fn companion(&self, _field: &str, _names: &$crate::lookup::Names) -> ::serde_json::Value {
                ::serde_json::Value::Null
            }

            fn refer(&self, _references: &mut $crate::lookup::References) {}
        }
    };
}
pub(crate) use presented;

/// Shows rows.
pub(crate) async fn show_rows<T: Presented>(session: &Session, rows: Vec<T>, format: &FormatArgs) -> Result<()> {
    let mut output = session.output()?;
    let mut printer = Printer::<T>::new(format.read::<T>()?, session.style);
    printer.print(&mut output, &mut Names::none(), rows).await?;
    printer.finish(&mut output)?;
    output.finish()
}

/// Shows one thing; `people` prints it where a person reads it.
pub(crate) fn show_one<T: Presented>(
    session: &Session,
    thing: &T,
    format: &FormatArgs,
    people: impl FnOnce(&mut Output) -> Result<()>,
) -> Result<()> {
    let format = format.read::<T>()?;
    let mut output = session.output()?;
    match format {
        Format::Table => people(&mut output)?,
        Format::Json(fields, filter) | Format::JsonLines(fields, filter) => {
            let object = fields.pick(thing, &Names::none())?;
            print_document(&mut output, filter.as_ref(), &object)?;
        }
    }
    output.finish()
}
