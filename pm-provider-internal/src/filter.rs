//! Filters that several listings share. All look at the alias `t`.

use chrono::{DateTime, Utc};
use pm_provider::{ProjectId, Vocabulary};
use sea_orm::DbBackend;
use sea_orm::sea_query::{Expr, ExprTrait, Func, SelectStatement};

use crate::text::contains;
use crate::time::to_micros;

/// Only items in one of these categories; none means any.
pub(crate) fn by_status<C: Vocabulary>(select: &mut SelectStatement, statuses: &[C]) {
    if !statuses.is_empty() {
        select.and_where(Expr::col(("t", "status_category")).is_in(statuses.iter().map(|status| status.word())));
    }
}

/// Only items of this project.
pub(crate) fn by_project(select: &mut SelectStatement, project: Option<&ProjectId>) {
    if let Some(project) = project {
        select.and_where(Expr::col(("t", "project_id")).eq(project.as_str()));
    }
}

/// Only items with this text in them.
pub(crate) fn by_text(select: &mut SelectStatement, backend: DbBackend, text: Option<&str>) {
    if let Some(text) = text {
        select.and_where(contains(backend, Expr::col(("t", "search_text")), text));
    }
}

/// Only items that changed at this time or later.
pub(crate) fn by_update(select: &mut SelectStatement, since: Option<DateTime<Utc>>) {
    if let Some(since) = since {
        select.and_where(Expr::col(("t", "updated_at")).gte(to_micros(since)));
    }
}

/// The number at a key's end, in the one spelling that it has: `12`, not `012` or `+12`.
pub(crate) fn key_number(text: &str) -> Option<i64> {
    let number = text.parse().ok()?;
    let is_spelt_so = text.starts_with(|first: char| ('1'..='9').contains(&first));
    is_spelt_so.then_some(number)
}

/// A key as the unique index has it.
pub(crate) fn lower_key() -> Expr {
    Expr::expr(Func::lower(Expr::col("key")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_has_one_spelling() {
        assert_eq!(key_number("12"), Some(12));
        for other in ["+12", "-12", "012", "0", "", " 12", "1_2", "12x", "99999999999999999999"] {
            assert_eq!(key_number(other), None, "{other}");
        }
    }
}
