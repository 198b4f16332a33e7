//! Keys of projects: `WR` for `Website Relaunch`, `WR-12` for its tasks, `WR-S1` for its sprints.

use std::collections::HashSet;

use pm_provider::{Error, ErrorKind, Field, ProjectId};
use sea_orm::sea_query::{ExprTrait, Query};
use sea_orm::{ConnectionTrait, DbBackend, Statement};

use crate::error::Result;
use crate::filter::lower_key;
use crate::refer::refuse;
use crate::store::Transaction;

const MAX_LENGTH: usize = 32;
/// Words that give a letter to a derived key, at most.
const MAX_INITIALS: usize = 10;
/// The advisory lock under which PostgreSQL hands out keys: `pm-keys` in bytes.
const LOCK: i64 = 0x70_6d_2d_6b_65_79_73;

/// The key that a new project gets: the wanted one, or one made from its name.
pub(super) async fn choose(transaction: &Transaction, wanted: Option<&str>, name: &str) -> Result<String> {
    wait_for_turn(transaction).await?;
    match wanted {
        Some(key) => {
            check(transaction, key, None).await?;
            Ok(key.to_owned())
        }
        None => free(transaction, &derive(name)).await,
    }
}

/// Refuses a key that is malformed, or another project's.
pub(crate) async fn check<C: ConnectionTrait>(db: &C, key: &str, owner: Option<&ProjectId>) -> Result<()> {
    if !is_well_formed(key) {
        let problem = format!("`{key}` is no key; allowed are a letter and then up to 31 letters, digits and `_`");
        return Err(refuse(Field::Key, problem));
    }
    let taken =
        Query::select().column("id").from("pm_projects").and_where(lower_key().eq(key.to_ascii_lowercase())).take();
    let Some(row) = db.query_one(&taken).await? else { return Ok(()) };
    let holder: String = row.try_get_by_index(0)?;
    if owner.is_some_and(|owner| owner.as_str() == holder) {
        return Ok(());
    }
    let message = format!("there is a project with the key `{key}` already");
    Err(Error::new(ErrorKind::Conflict, message).subject(format!("project `{holder}`")).into())
}

fn is_well_formed(key: &str) -> bool {
    key.len() <= MAX_LENGTH
        && key.starts_with(|c: char| c.is_ascii_alphabetic())
        && key.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
}

/// Two projects of one name that are made at once must not be given one key.
async fn wait_for_turn(transaction: &Transaction) -> Result<()> {
    let backend = transaction.get_database_backend();
    if backend == DbBackend::Postgres {
        let lock = Statement::from_sql_and_values(backend, "SELECT pg_advisory_xact_lock($1)", [LOCK.into()]);
        transaction.execute_raw(lock).await?;
    }
    Ok(())
}

/// The stem itself, or the stem with the first number that is free.
async fn free(transaction: &Transaction, stem: &str) -> Result<String> {
    let lower = stem.to_ascii_lowercase();
    // `{` follows `z` in ASCII: everything that begins with the stem lies between.
    let taken = Query::select()
        .expr(lower_key())
        .from("pm_projects")
        .and_where(lower_key().gte(lower.as_str()))
        .and_where(lower_key().lt(format!("{lower}{{")))
        .take();
    let rows = transaction.query_all(&taken).await?;
    let taken = rows.iter().map(|row| row.try_get_by_index(0)).collect::<Result<HashSet<String>, _>>()?;
    let candidates = std::iter::once(stem.to_owned()).chain((2_u64..).map(|number| format!("{stem}{number}")));
    let free = candidates.into_iter().find(|key| !taken.contains(&key.to_ascii_lowercase()));
    Ok(free.unwrap_or_else(|| stem.to_owned()))
}

/// The initials of several words, or the first letters of a single one.
fn derive(name: &str) -> String {
    let words: Vec<String> = name
        .split(|c: char| !c.is_alphanumeric())
        .map(|word| word.chars().filter(char::is_ascii_alphanumeric).collect::<String>())
        .filter(|word| !word.is_empty())
        .collect();
    let letters: String = match words.as_slice() {
        [word] => word.chars().take(3).collect(),
        words => words.iter().filter_map(|word| word.chars().next()).take(MAX_INITIALS).collect(),
    };
    let key = letters.to_ascii_uppercase();
    if key.starts_with(|c: char| c.is_ascii_alphabetic()) { key } else { format!("P{key}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_come_from_names() {
        for (name, key) in [
            ("Website Relaunch", "WR"),
            ("website-relaunch 2027", "WR2"),
            ("Website", "WEB"),
            ("x", "X"),
            ("2027", "P202"),
            ("Übung macht", "BM"),
            ("日本語", "P"),
            ("", "P"),
            ("a b c d e f g h i j k l m", "ABCDEFGHIJ"),
        ] {
            assert_eq!(derive(name), key, "{name}");
            assert!(is_well_formed(&derive(name)), "{name}");
        }
    }

    #[test]
    fn malformed_keys_are_known() {
        for key in ["", "1A", "_A", "A-B", "A B", "owner/repo", "Ä", &"A".repeat(33)] {
            assert!(!is_well_formed(key), "{key}");
        }
        assert!(is_well_formed("a_1"));
        assert!(is_well_formed(&"A".repeat(32)));
    }
}
