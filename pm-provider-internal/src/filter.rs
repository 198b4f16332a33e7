//! Filters that several listings share. All look at the alias `t`.

use chrono::{DateTime, Utc};
use pm_provider::Vocabulary;
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

/// A key as the unique index has it.
pub(crate) fn lower_key() -> Expr {
    Expr::expr(Func::lower(Expr::col("key")))
}
