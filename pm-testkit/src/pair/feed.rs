//! The change feed of a tracker that finds changes by their time, in an index that lags.

use std::hash::{DefaultHasher, Hash, Hasher};

use chrono::{DateTime, TimeDelta, Utc};
use pm_provider::{
    Change, ChangeFacts, ChangeKind, ChangePage, ChangeQuery, Changes, Clock, Cursor, Item, ItemRef, Result,
};

use super::{ModelTracker, TOLD, all_changes, now};

/// The kind of cursors.
const LISTING: &str = "model_changes";
/// The largest page.
const LARGEST: u32 = 100;

/// The latest change of an item.
#[derive(Clone, Debug)]
pub(super) struct Told {
    pub(super) reference: ItemRef,
    /// By the server's clock, as exact as it runs.
    pub(super) at: DateTime<Utc>,
    /// The item; `None` once it is gone.
    pub(super) item: Option<Item>,
}

/// Where a read of the feed goes on.
#[derive(Clone, Debug, Default)]
struct Place {
    /// From which grain on.
    from: i64,
    /// Within one read: after this item of that grain.
    after: Option<String>,
    /// Within one read: from where on the next one begins at the latest, by when this one began. Whoever comes back to a read
    /// much later would pass over what showed late in its first part.
    settled: Option<i64>,
}

impl Place {
    fn seal(&self, name: &str, query: &ChangeQuery) -> Cursor {
        let after = self.after.as_deref().unwrap_or_default();
        let settled = self.settled.map(|settled| settled.to_string()).unwrap_or_default();
        Cursor::seal(name, LISTING, query, &format!("{}:{settled}:{after}", self.from))
    }

    fn open(name: &str, query: &ChangeQuery, cursor: &Cursor) -> Result<Self> {
        let place = cursor.open(name, LISTING, query)?;
        let (from, rest) = place.split_once(':').ok_or_else(Cursor::malformed)?;
        let (settled, after) = rest.split_once(':').ok_or_else(Cursor::malformed)?;
        let from = from.parse().map_err(|_| Cursor::malformed())?;
        let after = Some(after.to_owned()).filter(|after| !after.is_empty());
        Ok(Self { from, after, settled: settled.parse().ok() })
    }

    fn is_before(&self, told: &Told) -> bool {
        let place = (told.at.timestamp_micros(), name_of(&told.reference));
        match &self.after {
            Some(after) => place > (self.from, after.clone()),
            None => place.0 >= self.from,
        }
    }
}

fn name_of(item: &ItemRef) -> String {
    format!("{}-{}", item.entity(), item.id())
}

impl ModelTracker {
    /// What the feed promises.
    pub(super) fn facts(&self) -> ChangeFacts {
        let vices = &self.shared.vices;
        ChangeFacts::exact(TOLD)
            .tombstones(!vices.silent_deletions)
            .inclusive(!self.is_exact())
            .granularity(vices.granularity)
            .index_lag(vices.index_lag)
    }

    fn is_exact(&self) -> bool {
        let vices = &self.shared.vices;
        vices.granularity.is_zero() && vices.index_lag.is_zero() && !vices.repeats
    }

    /// The latest change of every item there ever was.
    pub(super) fn history(&self) -> Vec<Told> {
        let changes = all_changes(&self.shared.inner, &self.shared.project).into_iter();
        let told = changes.map(|change| Told {
            reference: change.reference(),
            at: change.at.unwrap_or_default(),
            item: match change.kind {
                ChangeKind::Written(item) => Some(self.show(item)),
                _ => None,
            },
        });
        told.collect()
    }

    /// About half of the changes take as long as the index lags.
    pub(super) fn is_visible(&self, item: &ItemRef, at: DateTime<Utc>) -> bool {
        let lag = TimeDelta::from_std(self.shared.vices.index_lag).unwrap_or_default();
        let mut hasher = DefaultHasher::new();
        (item, at.timestamp_micros()).hash(&mut hasher);
        hasher.finish() & 1 == 0 || at + lag <= self.server_now()
    }

    /// A page of the feed.
    pub(super) fn changes_page(&self, query: &ChangeQuery, cursor: Option<&Cursor>) -> Result<ChangePage> {
        let facts = self.facts();
        self.shared.capabilities.check_changes(&facts, query)?;
        let most = self.shared.vices.page.unwrap_or(LARGEST);
        let query = query.clone().page_size(query.page_size.unwrap_or(most).min(most));
        if self.is_exact() {
            return self.exact_page(&query, cursor);
        }
        let place = cursor.map_or(Ok(Place::default()), |cursor| Place::open(&self.shared.name, &query, cursor))?;
        let mut rows: Vec<_> = self.indexed().into_iter().filter(|told| wanted(&query, told)).collect();
        let here = query.project.as_ref().is_none_or(|project| *project == self.shared.project);
        rows.retain(|told| here && place.is_before(told) && (facts.tombstones || told.item.is_some()));
        rows.sort_by_cached_key(|told| (told.at, name_of(&told.reference)));
        Ok(self.page_of(&query, &place, rows))
    }

    fn page_of(&self, query: &ChangeQuery, place: &Place, mut rows: Vec<Told>) -> ChangePage {
        let size = query.page_size.unwrap_or(LARGEST) as usize;
        let more = rows.len() > size;
        rows.truncate(size);
        let settled = place.settled.unwrap_or_else(|| self.settled());
        let next = match rows.last() {
            Some(last) if more => Place {
                from: last.at.timestamp_micros(),
                after: Some(name_of(&last.reference)),
                settled: Some(settled),
            },
            last => Place { from: goes_on_from(place, settled, last), after: None, settled: None },
        };
        let mut items: Vec<_> = rows.into_iter().map(|told| self.change(told)).collect();
        if self.shared.vices.repeats {
            items.reverse();
            items.truncate(size);
            if let Some(first) = items.first().cloned().filter(|_| items.len() < size) {
                items.push(first);
            }
        }
        let high_water = self.coarse(self.server_now());
        ChangePage::new(items, next.seal(&self.shared.name, query), more).high_water(high_water)
    }

    /// Up to when everything shows that there is.
    fn settled(&self) -> i64 {
        let vices = &self.shared.vices;
        let overlap = if vices.hasty { Default::default() } else { vices.index_lag + vices.granularity };
        let now = if vices.trusts_our_clock { self.shared.clock.now() } else { self.server_now() };
        self.coarse(now - TimeDelta::from_std(overlap).unwrap_or_default()).timestamp_micros()
    }

    /// What the index shows: the latest change of each item, the one before, or nothing.
    fn indexed(&self) -> Vec<Told> {
        let vices = &self.shared.vices;
        let told = self.history().into_iter().filter_map(|mut told| {
            if !self.is_visible(&told.reference, told.at) {
                let earlier = self.lock().earlier.get(&told.reference).cloned().filter(|_| vices.stale_index)?;
                told.at = updated_at(&earlier)?;
                told.item = Some(earlier);
            }
            told.at = self.coarse(told.at);
            Some(told)
        });
        told.collect()
    }

    fn change(&self, told: Told) -> Change {
        let kind = told.item.map_or(ChangeKind::Deleted(told.reference), ChangeKind::Written);
        Change::new(kind).project_id(&self.shared.project).at(told.at)
    }

    /// The exact feed, with nothing wrong but what the facts say.
    fn exact_page(&self, query: &ChangeQuery, cursor: Option<&Cursor>) -> Result<ChangePage> {
        let mut page = now(Changes::changes_page(&self.shared.inner, query, cursor.cloned()))?;
        page.items
            .retain(|change| !self.shared.vices.silent_deletions || matches!(change.kind, ChangeKind::Written(_)));
        for change in &mut page.items {
            if let ChangeKind::Written(item) = &mut change.kind {
                *item = self.show(item.clone());
            }
        }
        Ok(page)
    }

    /// The cursor of this moment.
    pub(super) fn latest(&self, query: &ChangeQuery) -> Result<Cursor> {
        self.shared.capabilities.check_changes(&self.facts(), query)?;
        if self.is_exact() {
            return now(Changes::latest(&self.shared.inner, query));
        }
        let from = self.coarse(self.server_now()).timestamp_micros();
        Ok(Place { from, ..Place::default() }.seal(&self.shared.name, query))
    }

    /// A page of the feed that shows nothing: the reader stays where it is.
    pub(super) fn nothing_new(&self, query: &ChangeQuery, cursor: Option<&Cursor>) -> ChangePage {
        let nowhere = || match self.is_exact() {
            true => Cursor::seal("memory", "changes", query, "0"),
            false => Place::default().seal(&self.shared.name, query),
        };
        let next = cursor.cloned().unwrap_or_else(nowhere);
        ChangePage::new(Vec::new(), next, false).high_water(self.coarse(self.server_now()))
    }
}

/// From when on the next reading begins: what shows late may carry a time this far back.
fn goes_on_from(place: &Place, settled: i64, last: Option<&Told>) -> i64 {
    let seen = last.map_or(place.from, |last| last.at.timestamp_micros());
    let safe = seen.min(settled);
    if place.after.is_some() { safe } else { place.from.max(safe) }
}

fn updated_at(item: &Item) -> Option<DateTime<Utc>> {
    match item {
        Item::Task(task) => task.updated_at,
        Item::Sprint(sprint) => sprint.updated_at,
        Item::Comment(comment) => comment.updated_at,
        _ => None,
    }
}

fn wanted(query: &ChangeQuery, told: &Told) -> bool {
    query.entities.is_empty() || query.entities.contains(&told.reference.entity())
}
