//! How attachments are shown.

use chrono::{DateTime, Utc};
use pm_core::Attachment;
use serde_json::Value;

use crate::lookup::{Names, References, Wants};
use crate::output::{Cell, Column, Presented, Tone};

impl Presented for Attachment {
    const PLURAL: &'static str = "attachments";
    const FIELDS: &'static [&'static str] =
        &["id", "task_id", "name", "size", "content_type", "author_id", "author_name", "created_at", "url", "raw_data"];
    const COMPANIONS: &'static [&'static str] = &[];
    const COLUMNS: &'static [Column] = &[
        Column::fixed("ID"),
        Column::wide("NAME").least(16),
        Column::fixed("SIZE").rank(1),
        Column::wide("TYPE").least(8).rank(4),
        Column::fixed("AUTHOR").rank(3),
        Column::fixed("ATTACHED").rank(2),
    ];

    fn table_wants() -> Wants {
        Wants::NONE
    }

    fn view_wants() -> Wants {
        Wants::NONE
    }

    fn companion_wants(_field: &str) -> Wants {
        Wants::NONE
    }

    fn cells(&self, _names: &Names, now: DateTime<Utc>) -> Vec<Cell> {
        let exact = self.size.map(|size| size.to_string()).unwrap_or_default();
        vec![
            Cell::text(Tone::Key, self.id.as_str()),
            Cell::text(Tone::Bold, &self.name),
            Cell { tone: Tone::Plain, short: self.size.map(human).unwrap_or_default(), exact },
            Cell::text(Tone::Dim, self.content_type.as_deref().unwrap_or_default()),
            Cell::text(Tone::Plain, self.author_name.as_deref().unwrap_or_default()),
            Cell::moment(self.created_at, now),
        ]
    }

    fn companion(&self, _field: &str, _names: &Names) -> Value {
        Value::Null
    }

    fn refer(&self, _references: &mut References) {}
}

/// A number of bytes as people say it, in steps of 1000.
pub(super) fn human(bytes: u64) -> String {
    if bytes < 1000 {
        return format!("{bytes} B");
    }
    let (mut tenths, mut unit) = (u128::from(bytes) * 10, "B");
    for next in ["kB", "MB", "GB", "TB", "PB", "EB"] {
        if tenths < 10_000 {
            break;
        }
        (tenths, unit) = ((tenths + 500) / 1000, next);
    }
    format!("{}.{} {unit}", tenths / 10, tenths % 10)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::output::assert_fields;

    #[test]
    fn fields_are_those_of_the_json() {
        assert_fields(&Attachment::new("1", "2", "plan.txt"));
    }

    #[test]
    fn sizes_are_said_in_short() {
        for (bytes, said) in [
            (0, "0 B"),
            (999, "999 B"),
            (1_000, "1.0 kB"),
            (1_549, "1.5 kB"),
            (999_940, "999.9 kB"),
            (999_960, "1.0 MB"),
            (12_345_678, "12.3 MB"),
            (u64::MAX, "18.4 EB"),
        ] {
            assert_eq!(human(bytes), said, "{bytes}");
        }
    }
}
