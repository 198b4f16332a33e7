//! Rows that replace what is there under the same key.

use pm_provider::Result;
use pm_provider_internal::store::{Store, Transaction};
use sea_orm::sea_query::OnConflict;
use sea_orm::{EntityTrait, IntoActiveModel, Iterable, PrimaryKeyToColumn};

/// Rows in one statement: some twenty values each, far below SQLite's 32,766.
const ROWS_PER_STATEMENT: usize = 500;

/// Writes rows; those that are there become what is given.
pub(super) async fn upsert<E>(db: &Transaction, rows: Vec<E::Model>) -> Result<()>
where
    E: EntityTrait,
    E::Model: IntoActiveModel<E::ActiveModel>,
{
    let rest = E::Column::iter().filter(|column| E::PrimaryKey::from_column(*column).is_none());
    write::<E>(db, rows, key::<E>().update_columns(rest).to_owned()).await
}

/// Writes rows; those that are there stay what they are.
pub(super) async fn add<E>(db: &Transaction, rows: Vec<E::Model>) -> Result<()>
where
    E: EntityTrait,
    E::Model: IntoActiveModel<E::ActiveModel>,
{
    write::<E>(db, rows, key::<E>().do_nothing().to_owned()).await
}

/// What is done where a row with the same key is there.
pub(super) fn key<E: EntityTrait>() -> OnConflict {
    OnConflict::columns(E::PrimaryKey::iter().map(PrimaryKeyToColumn::into_column))
}

/// Writes rows, no two of which may have the same key.
pub(super) async fn write<E>(db: &Transaction, rows: Vec<E::Model>, conflict: OnConflict) -> Result<()>
where
    E: EntityTrait,
    E::Model: IntoActiveModel<E::ActiveModel>,
{
    let mut rows = rows.into_iter().map(IntoActiveModel::into_active_model).peekable();
    while rows.peek().is_some() {
        let insert = E::insert_many(rows.by_ref().take(ROWS_PER_STATEMENT)).on_conflict(conflict.clone());
        insert.exec_without_returning(db).await.map_err(Store::error)?;
    }
    Ok(())
}

/// Keeps the last row of each key: PostgreSQL writes no row twice in one statement.
pub(super) fn last_of_each<'r, T, K: Ord>(rows: &'r [T], key: impl Fn(&'r T) -> K) -> Vec<&'r T> {
    let mut seen = std::collections::BTreeSet::new();
    let mut last: Vec<_> = rows.iter().rev().filter(|row| seen.insert(key(row))).collect();
    last.reverse();
    last
}
