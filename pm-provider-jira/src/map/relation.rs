//! Relations.

use pm_http::Raw;
use pm_provider::{Relation, RelationKind};

use crate::dto::{Link, LinkType};

/// What a type of links says, read from the issue that it comes from to the one that it points at, and whether that has to be
/// turned round. Names are an administrator's: the words of both ends count first, then the name of the type.
pub(crate) fn link_kind(known: &LinkType) -> (RelationKind, bool) {
    const WORDS: [(&str, RelationKind, bool); 12] = [
        ("blocks", RelationKind::Blocks, false),
        ("is blocked by", RelationKind::Blocks, true),
        ("duplicates", RelationKind::Duplicates, false),
        ("is duplicated by", RelationKind::Duplicates, true),
        ("relates to", RelationKind::Relates, false),
        ("is related to", RelationKind::Relates, false),
        ("precedes", RelationKind::Precedes, false),
        ("is before", RelationKind::Precedes, false),
        ("follows", RelationKind::Precedes, true),
        ("is preceded by", RelationKind::Precedes, true),
        ("has to be done before", RelationKind::Precedes, false),
        ("has to be done after", RelationKind::Precedes, true),
    ];
    const NAMES: [(&str, RelationKind); 4] = [
        ("blocks", RelationKind::Blocks),
        ("duplicate", RelationKind::Duplicates),
        ("relates", RelationKind::Relates),
        ("precedes", RelationKind::Precedes),
    ];
    let word = |text: &str| {
        let text = text.trim().to_lowercase();
        WORDS.iter().find(|(word, ..)| *word == text).map(|(_, kind, is_turned)| (*kind, *is_turned))
    };
    let by_name = || {
        let name = known.name.trim().to_lowercase();
        NAMES.iter().find(|(word, _)| *word == name).map(|(_, kind)| (*kind, false))
    };
    let turned = |(kind, is_turned): (RelationKind, bool)| (kind, !is_turned && kind != RelationKind::Relates);
    let found = word(&known.outward).or_else(|| word(&known.inward).map(turned)).or_else(by_name);
    found.unwrap_or((RelationKind::Other, false))
}

/// Makes a relation of a link as it stands on an issue, which names the other end only; `None` where that is hidden from us.
pub(crate) fn relation(raw: Raw<Link>, issue: u64) -> Option<Relation> {
    let Raw { item, raw } = raw;
    let own = issue.to_string();
    let (from, to) = match (item.inward_issue, item.outward_issue) {
        (_, Some(other)) => (own, other.id),
        (Some(other), None) => (other.id, own),
        (None, None) => return None,
    };
    let (kind, is_turned) = link_kind(&item.kind);
    let (from, to, name) = if is_turned { (to, from, item.kind.inward) } else { (from, to, item.kind.outward) };
    let mut relation = Relation::new(item.id.to_string(), kind, from, to).raw_data(raw);
    relation.name = Some(if name.is_empty() { item.kind.name } else { name });
    Some(relation)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn link(name: &str, inward: &str, outward: &str, end: &str) -> Relation {
        let json = format!(
            r#"{{"id": "5", "type": {{"id": "1", "name": "{name}", "inward": "{inward}", "outward": "{outward}"}},
            "{end}": {{"id": "2", "key": "WEB-2"}}}}"#
        );
        relation(serde_json::from_str(&json).unwrap(), 1).unwrap()
    }

    fn read(relation: &Relation) -> (RelationKind, &str, &str, &str) {
        (relation.kind, relation.from.as_str(), relation.to.as_str(), relation.name.as_deref().unwrap())
    }

    #[test]
    fn a_link_reads_the_same_from_both_ends() {
        let blocks = |end| link("Blocks", "is blocked by", "blocks", end);
        assert_eq!(read(&blocks("outwardIssue")), (RelationKind::Blocks, "1", "2", "blocks"));
        assert_eq!(read(&blocks("inwardIssue")), (RelationKind::Blocks, "2", "1", "blocks"));
    }

    #[test]
    fn types_may_be_the_other_way_round_or_in_another_language() {
        let turned = link("Dependency", "blocks", "is blocked by", "outwardIssue");
        assert_eq!(read(&turned), (RelationKind::Blocks, "2", "1", "blocks"));
        let german = link("Duplicate", "wird dupliziert von", "dupliziert", "outwardIssue");
        assert_eq!(read(&german), (RelationKind::Duplicates, "1", "2", "dupliziert"));
        let follows = link("Order", "precedes", "follows", "outwardIssue");
        assert_eq!(read(&follows), (RelationKind::Precedes, "2", "1", "precedes"));
        let other = link("Cloners", "is cloned by", "clones", "inwardIssue");
        assert_eq!(read(&other), (RelationKind::Other, "2", "1", "clones"));
    }
}
