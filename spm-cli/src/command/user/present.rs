//! How users are shown.

use chrono::{DateTime, Utc};
use pm_core::PMUser;
use serde_json::Value;

use crate::lookup::{Names, References, Wants};
use crate::output::{Cell, Column, Presented, Tone};

impl Presented for PMUser {
    const PLURAL: &'static str = "users";
    const FIELDS: &'static [&'static str] = &["id", "name", "login", "email", "avatar_url", "active", "raw_data"];
    const COMPANIONS: &'static [&'static str] = &[];
    const COLUMNS: &'static [Column] = &[
        Column::fixed("LOGIN"),
        Column::wide("NAME").least(16),
        Column::wide("E-MAIL").least(16).rank(2),
        Column::fixed("ACTIVE").rank(1),
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

    fn cells(&self, _names: &Names, _now: DateTime<Utc>) -> Vec<Cell> {
        vec![
            Cell::text(Tone::Key, self.login.as_deref().unwrap_or(self.id.as_str())),
            Cell::text(if self.active { Tone::Bold } else { Tone::Dim }, &self.name),
            Cell::text(Tone::Plain, self.email.as_deref().unwrap_or_default()),
            Cell::text(Tone::Plain, if self.active { "yes" } else { "no" }),
        ]
    }

    fn companion(&self, _field: &str, _names: &Names) -> Value {
        Value::Null
    }

    fn refer(&self, _references: &mut References) {}
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::output::assert_fields;

    #[test]
    fn the_fields_are_those_of_the_json() {
        assert_fields(&PMUser::new("1", "Ada Lovelace"));
    }
}
