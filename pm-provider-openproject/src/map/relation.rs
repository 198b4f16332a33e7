//! Relations: six kinds on the server, each with two names, one for each end.

use pm_http::Raw;
use pm_provider::{Relation, RelationKind};

use crate::dto;

/// What a name of the server says, read from `from` to `to`, and whether it has to be read from the other end.
fn kind(word: &str) -> (RelationKind, bool) {
    match word {
        "relates" => (RelationKind::Relates, false),
        "blocks" => (RelationKind::Blocks, false),
        "blocked" => (RelationKind::Blocks, true),
        "duplicates" => (RelationKind::Duplicates, false),
        "duplicated" => (RelationKind::Duplicates, true),
        "precedes" => (RelationKind::Precedes, false),
        "follows" => (RelationKind::Precedes, true),
        _ => (RelationKind::Other, false),
    }
}

/// The name that the server has for a kind; `None` where the kind alone does not say.
pub(crate) fn kind_word(kind: RelationKind) -> Option<&'static str> {
    match kind {
        RelationKind::Relates => Some("relates"),
        RelationKind::Blocks => Some("blocks"),
        RelationKind::Duplicates => Some("duplicates"),
        RelationKind::Precedes => Some("precedes"),
        _ => None,
    }
}

/// Makes a relation; `None` where one end is hidden from us.
pub(crate) fn relation(raw: Raw<dto::Relation>) -> Option<Relation> {
    let Raw { item, raw } = raw;
    let (from, to) = (item.links.from.id()?.to_string(), item.links.to.id()?.to_string());
    let (kind, from_the_other_end) = kind(&item.kind);
    let (from, to) = if from_the_other_end { (to, from) } else { (from, to) };
    let mut relation = Relation::new(item.id.to_string(), kind, from, to).raw_data(raw);
    relation.name = Some(item.name.unwrap_or(item.kind));
    Some(relation)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn read(kind: &str) -> Relation {
        let json = format!(
            r#"{{"id": 3, "type": "{kind}", "_links": {{"from": {{"href": "/api/v3/work_packages/1"}}, "to": {{"href": "/api/v3/work_packages/2"}}}}}}"#
        );
        relation(serde_json::from_str(&json).unwrap()).unwrap()
    }

    #[test]
    fn both_names_of_a_kind_say_the_same() {
        for (word, inverse) in [("blocks", "blocked"), ("duplicates", "duplicated"), ("precedes", "follows")] {
            let (along, against) = (read(word), read(inverse));
            assert_eq!((along.kind, along.from.as_str(), along.to.as_str()), (against.kind, "1", "2"));
            assert_eq!((against.from.as_str(), against.to.as_str()), ("2", "1"), "{inverse}");
        }
    }

    #[test]
    fn what_has_no_kind_of_ours_keeps_its_name() {
        let relation = read("partof");
        assert_eq!((relation.kind, relation.name.as_deref()), (RelationKind::Other, Some("partof")));
    }
}
