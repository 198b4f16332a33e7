//! `ORDER BY`.

use std::cmp::Ordering;

use super::super::Flavor;
use super::super::model::Issue;
use super::super::store::Store;
use super::ast::Direction;
use super::column::{Atom, Column};

/// One field to sort by.
pub(super) struct Key {
    column: Column,
    descending: bool,
}

impl Key {
    /// A field to sort by; `None` for fields that do not sort.
    ///
    /// Without a direction the field's own is taken: newest and highest first, else from A on (which fields have which:
    /// unverified). <https://support.atlassian.com/jira-software-cloud/docs/jql-keywords/>
    pub(super) fn new(column: Column, direction: Option<Direction>) -> Option<Self> {
        if matches!(column, Column::Comment | Column::AllText(_)) {
            return None;
        }
        let own = column.is_moment() || matches!(column, Column::Priority | Column::Day(_));
        let descending = direction.map_or(own, |direction| direction == Direction::Descending);
        Some(Self { column, descending })
    }

    /// The order of two issues. What has no value comes last in ascending order.
    pub(super) fn compare(&self, store: &Store, flavor: Flavor, a: &Issue, b: &Issue) -> Ordering {
        let (a, b) = (self.place(store, flavor, a), self.place(store, flavor, b));
        let order = match (&a, &b) {
            (Some(a), Some(b)) => between(store, a, b),
            (a, b) => b.is_some().cmp(&a.is_some()),
        };
        if self.descending { order.reverse() } else { order }
    }

    /// What an issue is sorted by: names of what has names, places of what has places.
    fn place(&self, store: &Store, flavor: Flavor, issue: &Issue) -> Option<Atom> {
        let text = |name: &str| Some(Atom::Text(name.to_lowercase()));
        match &self.column {
            Column::Rank => Some(Atom::Id(issue.id)),
            Column::Project => text(&store.projects.get(&issue.project)?.name),
            Column::IssueType => text(&store.issue_types.get(&issue.kind)?.name),
            Column::Text(fields) => text(&super::text::plain(issue.values.get(fields.first()?)?)),
            Column::User(field) => text(&store.users.get(issue.text(field)?)?.display_name),
            Column::Creator => text(&store.users.get(issue.creator.as_deref()?)?.display_name),
            column => column.atoms(store, flavor, issue).into_iter().next(),
        }
    }
}

/// Keys of different projects follow the names of these.
fn between(store: &Store, a: &Atom, b: &Atom) -> Ordering {
    match (a, b) {
        (Atom::Key(a, _), Atom::Key(b, _)) if a != b => {
            let key = |id: &u64| store.projects.get(id).map(|project| project.key.as_str());
            key(a).cmp(&key(b))
        }
        _ => a.compare(b).unwrap_or(Ordering::Equal),
    }
}
