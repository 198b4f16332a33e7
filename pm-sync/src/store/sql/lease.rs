//! Who may write, by the database's clock.

use std::time::Duration;

use pm_provider::{Error, ErrorKind, Result};
use pm_provider_internal::store::{Store, Transaction};
use sea_orm::sea_query::{Expr, ExprTrait, LockType, Query, SimpleExpr};
use sea_orm::{ConnectionTrait, DbBackend, QueryResult, Statement};

use super::{cell, refuse};
use crate::store::{Lease, StoreError};

const TABLE: &str = "sync_leases";

/// The database's time in microseconds, not that of its transaction: a wait for a lock counts.
fn now(backend: DbBackend) -> &'static str {
    match backend {
        DbBackend::Postgres => "CAST(extract(epoch FROM clock_timestamp()) * 1000000 AS bigint)",
        _ => "CAST(unixepoch('subsec') * 1000000 AS integer)",
    }
}

pub(super) async fn claim(db: &Transaction, mapping: &str, owner: &str, lasts: Duration) -> Result<Option<Lease>> {
    let backend = db.get_database_backend();
    let now = now(backend);
    // Two workers that come at once wait for each other at the row; what the second one then finds is what counts.
    let sql = format!(
        "INSERT INTO sync_leases (mapping_id, owner, epoch, expires_at, last_generation) \
         VALUES ($1, $2, 1, {now} + $3, 0) \
         ON CONFLICT (mapping_id) DO UPDATE \
         SET owner = excluded.owner, epoch = sync_leases.epoch + 1, expires_at = {now} + $3 \
         WHERE sync_leases.owner IS NULL OR sync_leases.owner = excluded.owner OR sync_leases.expires_at <= {now} \
         RETURNING epoch, expires_at"
    );
    let values = [mapping.into(), owner.into(), micros(lasts).into()];
    let claimed = db.query_one_raw(Statement::from_sql_and_values(backend, sql, values)).await;
    let claimed = claimed.map_err(|error| no_mapping(Store::error(error), mapping))?;
    claimed.map(|row| lease(&row, mapping, owner)).transpose()
}

fn lease(row: &QueryResult, mapping: &str, owner: &str) -> Result<Lease> {
    let epoch = row.try_get_by_index(0).map_err(Store::error)?;
    let expires_at = cell::time(row.try_get_by_index(1).map_err(Store::error)?)?;
    Ok(Lease { mapping: mapping.to_owned(), owner: owner.to_owned(), epoch, expires_at })
}

/// A row without its mapping is the only one that the table refuses.
fn no_mapping(error: Error, mapping: &str) -> Error {
    if error.kind() == ErrorKind::Conflict { Error::not_found("mapping", mapping) } else { error }
}

pub(super) async fn renew(db: &Transaction, lease: &Lease, lasts: Duration) -> Result<()> {
    let until = Expr::cust(now(db.get_database_backend())).add(micros(lasts));
    let renew = Query::update().table(TABLE).value("expires_at", until).and_where(held_by(lease)).take();
    let renewed = db.execute(&renew).await.map_err(Store::error)?;
    if renewed.rows_affected() == 0 { Err(refuse(StoreError::LeaseLost)) } else { Ok(()) }
}

pub(super) async fn release(db: &Transaction, lease: &Lease) -> Result<()> {
    let nobody: Option<String> = None;
    let release = Query::update().table(TABLE).value("owner", nobody).and_where(held_by(lease)).take();
    db.execute(&release).await.map_err(Store::error)?;
    Ok(())
}

/// Keeps the mapping for this transaction, so that nobody claims it meanwhile, and takes generations for work: answers
/// the last one that was given before.
pub(super) async fn fence(db: &Transaction, lease: &Lease, generations: usize) -> Result<i64> {
    let number = number(generations);
    let row = if number == 0 {
        let held = Query::select()
            .column("last_generation")
            .from(TABLE)
            .and_where(held_by(lease))
            .lock(LockType::Update)
            .take();
        db.query_one(&held).await
    } else {
        let take = Query::update()
            .table(TABLE)
            .value("last_generation", Expr::col("last_generation").add(number))
            .and_where(held_by(lease))
            .returning_col("last_generation")
            .take();
        db.query_one(&take).await
    };
    let row = row.map_err(Store::error)?.ok_or_else(|| refuse(StoreError::LeaseLost))?;
    Ok(row.try_get_by_index::<i64>(0).map_err(Store::error)? - number)
}

/// Takes generations for work without a lease, and keeps runs from writing until this transaction ends.
pub(super) async fn number_for(db: &Transaction, mapping: &str, generations: usize) -> Result<i64> {
    let number = number(generations);
    // A run has been there, or there would be nothing to be changed.
    let take = Query::update()
        .table(TABLE)
        .value("last_generation", Expr::col("last_generation").add(number))
        .and_where(Expr::col("mapping_id").eq(mapping))
        .returning_col("last_generation")
        .take();
    let row = db.query_one(&take).await.map_err(Store::error)?;
    let row = row.ok_or_else(|| Error::not_found("mapping", mapping))?;
    Ok(row.try_get_by_index::<i64>(0).map_err(Store::error)? - number)
}

fn held_by(lease: &Lease) -> SimpleExpr {
    Expr::col("mapping_id")
        .eq(lease.mapping.as_str())
        .and(Expr::col("epoch").eq(lease.epoch))
        .and(Expr::col("owner").eq(lease.owner.as_str()))
}

fn number(generations: usize) -> i64 {
    i64::try_from(generations).unwrap_or(i64::MAX)
}

fn micros(lasts: Duration) -> i64 {
    // A century: sums of times stay numbers.
    const LONGEST: i64 = 3_155_760_000_000_000;
    std::cmp::min(i64::try_from(lasts.as_micros()).unwrap_or(LONGEST), LONGEST)
}
