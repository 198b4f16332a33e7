//! What all tables of items have in common: rows are locked, compared, stamped and told to the change feed alike.

use chrono::{DateTime, Utc};
use pm_provider::{Error, ErrorKind, ItemRef, ProjectId, Version};
use sea_orm::sea_query::{Expr, ExprTrait, Func, LockType, Query};
use sea_orm::{ConnectionTrait, DbBackend, Value};

use crate::error::Result;
use crate::id;
use crate::store::Transaction;
use crate::time::to_micros;

/// Columns and their values.
pub(crate) type Fields = Vec<(&'static str, Value)>;

/// An item that has a row of its own.
pub(crate) trait Record {
    /// The table.
    const TABLE: &'static str;
    /// What people call it: `task`.
    const WHAT: &'static str;

    /// The item's id.
    fn id(&self) -> &str;

    /// What callers may change, as columns; always the same ones in the same order.
    fn fields(&self) -> Result<Fields>;

    /// The version, where the model shows one.
    fn version(&self) -> Option<&Version>;

    /// Notes what a write made of version and time.
    fn stamp(&mut self, version: Version, updated_at: DateTime<Utc>);

    /// The name for the change feed and the project for its filter; `None` for what the feed does not tell.
    fn change(&self) -> Option<(ItemRef, Option<ProjectId>)>;
}

/// Writes a new row, with what callers never change besides [`Record::fields`].
pub(crate) async fn insert<R: Record>(transaction: &mut Transaction, record: &R, fixed: Fields) -> Result<()> {
    let (columns, values): (Vec<_>, Vec<_>) = fixed.into_iter().chain(record.fields()?).unzip();
    let values = values.into_iter().map(Expr::value);
    let row = Query::insert().into_table(R::TABLE).columns(columns).values_panic(values).take();
    transaction.execute(&row).await?;
    tell(transaction, record);
    Ok(())
}

/// Writes what differs between two states of an item; a write that changes nothing is none.
///
/// `beside` says that something changed that is not in the item's own row.
pub(crate) async fn update<R: Record>(
    transaction: &mut Transaction,
    before: R,
    mut after: R,
    beside: bool,
) -> Result<R> {
    let changed = changed(before.fields()?, after.fields()?);
    if changed.is_empty() && !beside {
        return Ok(before);
    }
    // On PostgreSQL another write, begun later, may have been done while this one waited for the row; and clocks differ.
    let now = Expr::val(to_micros(transaction.now()));
    let row = Query::update()
        .table(R::TABLE)
        .values(changed.into_iter().map(|(column, value)| (column, Expr::value(value))))
        .value("version", Expr::col("version").add(1))
        .value("updated_at", Func::greatest([Expr::col("updated_at"), now]))
        .and_where(Expr::col("id").eq(after.id()))
        .returning_col("updated_at")
        .take();
    let row = transaction.query_one(&row).await?;
    let updated_at = row.map(|row| row.try_get_by_index(0)).transpose()?.and_then(DateTime::from_timestamp_micros);
    after.stamp(next_version(before.version()), updated_at.unwrap_or_else(|| transaction.now()));
    tell(transaction, &after);
    Ok(after)
}

fn changed(before: Fields, after: Fields) -> Fields {
    before.into_iter().zip(after).filter(|((_, before), (_, after))| before != after).map(|(_, after)| after).collect()
}

fn next_version(version: Option<&Version>) -> Version {
    let number: i64 = version.and_then(|version| version.as_str().parse().ok()).unwrap_or(0);
    Version::new((number + 1).to_string())
}

fn tell<R: Record>(transaction: &mut Transaction, record: &R) {
    if let Some((item, project)) = record.change() {
        transaction.record(item, project.as_ref());
    }
}

/// Keeps others from changing a row until this write ends.
///
/// SQLite's writer is alone anyway. PostgreSQL waits here for other writers, so that what is read *next* is what they
/// left: a statement that locked and read at once would see the row anew, and its labels as they were.
pub(crate) async fn lock<C: ConnectionTrait>(db: &C, table: &'static str, id: &str, lock: LockType) -> Result<()> {
    if db.get_database_backend() == DbBackend::Postgres && id::is_possible(id) {
        let row = Query::select().expr(Expr::val(1)).from(table).and_where(Expr::col("id").eq(id)).lock(lock).take();
        db.query_one(&row).await?;
    }
    Ok(())
}

/// Refuses a write that was meant for another version.
pub(crate) fn check_version<R: Record>(record: &R, wanted: Option<&Version>) -> Result<()> {
    let Some(wanted) = wanted else { return Ok(()) };
    if record.version() == Some(wanted) {
        return Ok(());
    }
    let is = record.version().map_or("none", Version::as_str);
    let message = format!("{} `{}` has version `{is}`, not `{wanted}`", R::WHAT, record.id());
    let error = Error::new(ErrorKind::VersionConflict, message).subject(format!("{} `{}`", R::WHAT, record.id()));
    Err(error.hint("somebody changed it since it was read: read it again, then decide").into())
}
