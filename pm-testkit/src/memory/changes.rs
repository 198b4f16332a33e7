//! The change feed: exact, in the order of the writes, with tombstones.

use async_trait::async_trait;
use pm_provider::{
    Change, ChangeFacts, ChangeKind, ChangePage, ChangeQuery, Changes, Cursor, Entity, Item, ItemRef, Result,
};

use super::feed::Entry;
use super::state::State;
use super::{MemoryProvider, NAME, listing};

/// What the feed tells of: everything that can be synchronised.
const ENTITIES: [Entity; 4] = [Entity::Project, Entity::Task, Entity::Sprint, Entity::Comment];

impl State {
    /// An item as it is now.
    pub(super) fn item(&self, reference: &ItemRef) -> Option<Item> {
        match reference {
            ItemRef::Project(id) => self.projects.get(id).map(|row| row.project.clone().into()),
            ItemRef::Task(id) => self.tasks.get(id).map(|row| self.show_task(row).into()),
            ItemRef::Sprint(id) => self.sprints.get(id).map(|row| self.show_sprint(row).into()),
            ItemRef::Comment(task, id) => self.comment_of(task, id).ok().map(|comment| comment.clone().into()),
            ItemRef::User(id) => self.users.get(id).map(|row| row.user.clone().into()),
            _ => None,
        }
    }

    fn changes_page(&self, query: &ChangeQuery, cursor: Option<&Cursor>) -> Result<ChangePage> {
        let after = cursor.map_or(Ok(0), |cursor| open(query, cursor))?;
        let mut rest = self.feed.after(after, query.project.as_ref(), &query.entities).peekable();
        let page: Vec<_> = rest.by_ref().take(listing::page_size(query.page_size)).collect();
        let more = rest.peek().is_some();
        // At the end of the feed changes of other kinds need not be looked at again.
        let place = page.last().filter(|_| more).map_or(self.feed.last(), |(number, _)| *number);
        let items = page.into_iter().filter_map(|(_, entry)| self.change(entry)).collect();
        Ok(ChangePage::new(items, seal(query, place), more).high_water(self.now()))
    }

    fn change(&self, entry: &Entry) -> Option<Change> {
        let kind = match entry.deleted {
            true => ChangeKind::Deleted(entry.item.clone()),
            false => ChangeKind::Written(self.item(&entry.item)?),
        };
        Some(Change::new(kind).project_id(&entry.project).at(entry.at))
    }
}

fn seal(query: &ChangeQuery, number: u64) -> Cursor {
    Cursor::seal(NAME, "changes", query, &number.to_string())
}

fn open(query: &ChangeQuery, cursor: &Cursor) -> Result<u64> {
    cursor.open(NAME, "changes", query)?.parse().map_err(|_| Cursor::malformed())
}

#[async_trait]
impl Changes for MemoryProvider {
    fn facts(&self) -> ChangeFacts {
        ChangeFacts::exact(ENTITIES)
    }

    async fn changes_page(&self, query: &ChangeQuery, cursor: Option<Cursor>) -> Result<ChangePage> {
        self.run("changes_page", |session| {
            session.capabilities.check_changes(&self.facts(), query)?;
            session.state.changes_page(query, cursor.as_ref())
        })
    }

    async fn latest(&self, query: &ChangeQuery) -> Result<Cursor> {
        self.run("latest_change", |session| {
            session.capabilities.check_changes(&self.facts(), query)?;
            Ok(seal(query, session.state.feed.last()))
        })
    }
}
