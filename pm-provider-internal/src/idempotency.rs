//! Keys of creates: the same key makes one item, however often it is sent, also after the item is gone.

use std::collections::HashMap;

use pm_provider::{Entity, Error, ErrorKind};
use sea_orm::ConnectionTrait;
use sea_orm::sea_query::{Expr, ExprTrait, Query};

use crate::error::{Failure, Result};
use crate::id;
use crate::store::Transaction;

/// Keys in one statement; SQLite takes 32,766 values.
const KEYS_PER_STATEMENT: usize = 1_000;

/// Finds the items that many keys made, by key.
pub(crate) async fn find_many<C: ConnectionTrait>(
    db: &C,
    entity: Entity,
    keys: &[String],
) -> Result<HashMap<String, String>> {
    let mut made = HashMap::new();
    let keys: Vec<_> = keys.iter().filter(|key| id::is_possible(key)).map(String::as_str).collect();
    for keys in keys.chunks(KEYS_PER_STATEMENT) {
        let chosen = Query::select()
            .columns(["key", "item_id"])
            .from("pm_idempotency_keys")
            .and_where(Expr::col("entity").eq(entity.word()))
            .and_where(Expr::col("key").is_in(keys.iter().copied()))
            .take();
        for row in db.query_all(&chosen).await? {
            made.insert(row.try_get_by_index(0)?, row.try_get_by_index(1)?);
        }
    }
    Ok(made)
}

/// Finds the item that a key made.
pub(crate) async fn find<C: ConnectionTrait>(db: &C, entity: Entity, key: &str) -> Result<Option<String>> {
    if !id::is_possible(key) {
        return Ok(None);
    }
    let made = Query::select()
        .column("item_id")
        .from("pm_idempotency_keys")
        .and_where(Expr::col("entity").eq(entity.word()))
        .and_where(Expr::col("key").eq(key))
        .take();
    let row = db.query_one(&made).await?;
    Ok(row.map(|row| row.try_get_by_index(0)).transpose()?)
}

/// Writes down which item a key made.
pub(crate) async fn keep(transaction: &Transaction, entity: Entity, key: Option<&str>, id: &str) -> Result<()> {
    let Some(key) = key else { return Ok(()) };
    let row = Query::insert()
        .into_table("pm_idempotency_keys")
        .columns(["entity", "key", "item_id"])
        .values_panic([entity.word().into(), key.into(), id.into()])
        .take();
    transaction.execute(&row).await?;
    Ok(())
}

/// Says whether a create may have failed because of what the same key made meanwhile.
///
/// PostgreSQL lets two programs look for one idempotency key before either has written it. Whoever then waits for the
/// other meets the other's item, by its login or human key: it is there by now, and so is the idempotency key.
pub(crate) fn may_be_a_repeat(failure: &Failure) -> bool {
    matches!(failure, Failure::Contract(error) if error.kind() == ErrorKind::Conflict)
}

/// The error for a key whose item was deleted since.
pub(crate) fn gone(entity: Entity, id: &str) -> Error {
    let message = format!("the {entity} that was created with this idempotency key was deleted since");
    Error::new(ErrorKind::Conflict, message)
        .subject(format!("{entity} `{id}`"))
        .hint("use another key to create it anew")
}
