//! A conflict, with what people know its item by.

use chrono::{DateTime, Utc};
use pm_core::PmProvider;
use pm_core::sync::item::{ItemKey, Kind, Side};
use pm_core::sync::store::Conflict;
use serde::Serialize;
use serde_json::Value;

use super::super::desk::{Desk, Known};
use super::super::sides::Sides;
use super::super::words;
use crate::exit::Code;
use crate::failure::{Failure, Result};
use crate::output::{Cell, Column, Tone, presented};
use crate::settings::printable;

/// How much of an id is shown to people: the end, which differs most.
const SHOWN: usize = 12;

/// Two values that stand against each other.
#[derive(Debug, Serialize)]
pub(super) struct Found {
    pub(super) id: String,
    pub(super) mapping: String,
    pub(super) project: String,
    pub(super) connection: String,
    pub(super) kind: Kind,
    /// The human key, where the internal side has the item.
    pub(super) key: Option<String>,
    pub(super) title: Option<String>,
    pub(super) items: Sides<Option<String>>,
    /// The field; none where it is about the whole item.
    pub(super) field: Option<String>,
    pub(super) cause: String,
    pub(super) base: Sides<Value>,
    pub(super) values: Sides<Value>,
    pub(super) winner: Option<&'static str>,
    pub(super) decided_by: Option<String>,
    pub(super) found_at: DateTime<Utc>,
    pub(super) resolved_at: Option<DateTime<Utc>>,
}

presented!(
    Found,
    "conflicts",
    [
        "id",
        "mapping",
        "project",
        "connection",
        "kind",
        "key",
        "title",
        "items",
        "field",
        "cause",
        "base",
        "values",
        "winner",
        "decided_by",
        "found_at",
        "resolved_at",
    ],
    [
        Column::fixed("ID"),
        Column::fixed("ITEM"),
        Column::fixed("FIELD"),
        Column::wide("INTERNAL").least(12),
        Column::wide("EXTERNAL").least(12),
        Column::fixed("WINNER").rank(1),
        Column::fixed("FOUND").rank(2),
    ],
    |found| vec![
        Cell { tone: Tone::Key, short: found.short_id(), exact: found.id.clone() },
        Cell::text(Tone::Plain, printable(&found.item())),
        Cell::text(Tone::Plain, found.field.clone().unwrap_or_else(|| "(all)".to_owned())),
        Cell::text(Tone::Plain, words::value(&found.values.internal)),
        Cell::text(Tone::Plain, words::value(&found.values.external)),
        found.winner.map_or_else(|| Cell::text(Tone::Busy, ""), |winner| Cell::text(Tone::Good, winner)),
        Cell::moment(Some(found.found_at), Utc::now()),
    ]
);

impl Found {
    pub(super) async fn of(desk: &Desk<'_>, known: &Known, conflict: Conflict) -> Self {
        let (key, title) = described(desk, &conflict).await;
        Self {
            id: conflict.id,
            mapping: known.mapping.id.clone(),
            project: known.project_name().to_owned(),
            connection: known.mapping.connection.clone(),
            kind: conflict.kind,
            key,
            title,
            items: conflict.ids.into(),
            field: conflict.field.map(|field| field.to_string()),
            cause: words::word(&conflict.cause),
            base: conflict.base.into(),
            values: conflict.values.into(),
            winner: conflict.winner.map(words::side),
            decided_by: conflict.decided_by,
            found_at: conflict.found_at,
            resolved_at: conflict.resolved_at,
        }
    }

    fn short_id(&self) -> String {
        self.id.chars().skip(self.id.chars().count().saturating_sub(SHOWN)).collect()
    }

    /// What people know the item by: its key, else its id on either side.
    pub(super) fn item(&self) -> String {
        let id = self.items.internal.as_ref().or(self.items.external.as_ref());
        self.key.clone().or_else(|| id.map(|id| format!("{} {id}", self.kind))).unwrap_or_default()
    }
}

/// Key and title, as the internal side has them; the database is at hand.
async fn described(desk: &Desk<'_>, conflict: &Conflict) -> (Option<String>, Option<String>) {
    let Some(id) = &conflict.ids.a else { return (None, None) };
    match conflict.kind {
        Kind::Task => task(&*desk.internal, id).await,
        Kind::Sprint => match desk.internal.get_sprint(&id.as_str().into()).await {
            Ok(sprint) => (sprint.key, Some(sprint.name)),
            Err(_) => (None, None),
        },
        _ => match ItemKey::new(conflict.kind, id.clone()).task() {
            Some(about) => {
                let (key, title) = task(&*desk.internal, &about.id).await;
                (key.map(|key| format!("{key} (comment)")), title)
            }
            None => (None, None),
        },
    }
}

async fn task(internal: &dyn PmProvider, id: &str) -> (Option<String>, Option<String>) {
    match internal.get_task(&id.into()).await {
        Ok(task) => (task.key, Some(task.title)),
        Err(_) => (None, None),
    }
}

/// The conflict whose id ends (or begins) with a text, and the mapping that it is of.
pub(super) async fn find(desk: &Desk<'_>, id: &str) -> Result<(Known, Conflict)> {
    let mut hits = Vec::new();
    for known in desk.named(&[]).await? {
        let conflicts = desk.memory.conflicts(&known.mapping.id, false).await?;
        let meant = conflicts.into_iter().filter(|conflict| is_meant(&conflict.id, id));
        hits.extend(meant.map(|conflict| (known.clone(), conflict)));
    }
    match hits.len() {
        1 => hits.pop().ok_or_else(|| none(id)),
        0 => Err(none(id)),
        several => {
            let failure = Failure::usage(format!("{several} conflicts have `{id}` in their ids"));
            Err(failure.hint("say more of the id"))
        }
    }
}

fn is_meant(id: &str, word: &str) -> bool {
    let word = word.to_lowercase();
    !word.is_empty() && (id.ends_with(&word) || id.starts_with(&word))
}

fn none(id: &str) -> Failure {
    let failure = Failure::new(Code::NotFound, format!("there is no conflict `{id}`"));
    failure.hint("`spm sync conflicts list --all` lists them")
}

/// The side that a word of the command line means.
pub(super) fn side_of(word: &str) -> Side {
    if word == words::side(Side::A) { Side::A } else { Side::B }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_is_known_by_either_end() {
        let id = "019ab6f2-0000-7000-8000-00000000c0de";
        for word in ["c0de", "C0DE", "019ab6f2", id] {
            assert!(is_meant(id, word), "{word}");
        }
        for word in ["", "7000", "c0d"] {
            assert!(!is_meant(id, word), "{word}");
        }
        assert_eq!((side_of("internal"), side_of("external")), (Side::A, Side::B));
    }
}
