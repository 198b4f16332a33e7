//! Items that are on both sides already, by what they say.

use std::collections::{BTreeMap, BTreeSet};

use chrono::TimeDelta;
use pm_provider::Field;

use crate::item::{ItemKey, Kind, Pair, Side};
use crate::record::FieldKey;
use crate::side::Row;
use crate::translate::{References, Translator, header};

/// Times of one event on two servers: as far apart as coarse clocks make them.
const SAME_TIME: TimeDelta = TimeDelta::seconds(60);

/// What was found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Pairs {
    /// Items and their twins beyond doubt: those of side `A` first.
    pub sure: Vec<(ItemKey, ItemKey)>,
    /// Items that may have a twin: a person has to say.
    pub unsure: Vec<Unsure>,
}

/// An item that may have a twin.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Unsure {
    /// The side of the item.
    pub side: Side,
    /// The item.
    pub item: ItemKey,
    /// What may be its twin over there.
    pub candidates: Vec<ItemKey>,
    /// Why nobody can know, for people.
    pub why: String,
}

/// Finds pairs among items of one kind that have no twin yet. Of comments those of a task and of its twin have to be given.
///
/// Beyond doubt are two items of which one has the address of the other, or its key and title; else the only two with one
/// title (a comment: one text) if they were made at the same time or say the same. Everything else with the same title is
/// unsure, and named once for each item.
#[must_use]
pub fn pair_up(kind: Kind, a: &[Row], b: &[Row], translator: &Translator) -> Pairs {
    let mut search =
        Search { kind, rows: Pair::new(a, b), translator, taken: Pair::default(), pairs: Pairs::default() };
    search.by(|row, _| row.url.clone(), |_, _, _| true);
    search.by(|row, _| row.key.clone().filter(|key| !key.starts_with('#')), Search::same_title);
    search.by_address_in_text();
    search.by(|row, search| search.title(row), Search::same_event);
    search.unsure();
    search.pairs
}

struct Search<'a> {
    kind: Kind,
    rows: Pair<&'a [Row]>,
    translator: &'a Translator,
    taken: Pair<BTreeSet<ItemKey>>,
    pairs: Pairs,
}

impl<'a> Search<'a> {
    fn free(&self, side: Side) -> impl Iterator<Item = &'a Row> {
        let taken = self.taken.get(side);
        let rows: &'a [Row] = self.rows.get(side);
        rows.iter().filter(|row| !taken.contains(&row.item))
    }

    fn link(&mut self, a: &Row, b: &Row) {
        self.taken.a.insert(a.item.clone());
        self.taken.b.insert(b.item.clone());
        self.pairs.sure.push((a.item.clone(), b.item.clone()));
    }

    fn grouped(&self, side: Side, word: impl Fn(&Row, &Self) -> Option<String>) -> BTreeMap<String, Vec<&'a Row>> {
        let mut groups: BTreeMap<String, Vec<&'a Row>> = BTreeMap::new();
        for row in self.free(side) {
            if let Some(word) = word(row, self).filter(|word| !word.is_empty()) {
                groups.entry(word).or_default().push(row);
            }
        }
        groups
    }

    /// Links those that are the only ones with a word on their side, if nothing speaks against it.
    fn by(&mut self, word: impl Fn(&Row, &Self) -> Option<String>, fits: impl Fn(&Self, &Row, &Row) -> bool) {
        let ours = self.grouped(Side::A, &word);
        let theirs = self.grouped(Side::B, &word);
        for (word, ours) in ours {
            if let ([a], Some([b])) = (ours.as_slice(), theirs.get(&word).map(Vec::as_slice))
                && fits(self, a, b)
            {
                self.link(a, b);
            }
        }
    }

    /// Links those of which one has the other's address in its text, if that is the only such one, and the title is the same.
    fn by_address_in_text(&mut self) {
        for side in Side::BOTH {
            let others = self.grouped(side.other(), |row, search| search.title(row));
            for row in self.free(side).collect::<Vec<_>>() {
                let same_title = self.title(row).and_then(|title| others.get(&title)).into_iter().flatten();
                let taken = self.taken.get(side.other());
                let mut named = same_title.filter(|other| !taken.contains(&other.item) && names(row, other));
                if let (Some(other), None) = (named.next(), named.next()) {
                    let (a, b) = if side == Side::A { (row, *other) } else { (*other, row) };
                    self.link(a, b);
                }
            }
        }
    }

    fn same_title(&self, a: &Row, b: &Row) -> bool {
        self.title(a).is_some_and(|title| self.title(b).is_some_and(|other| other == title))
    }

    /// What people call it; of a comment its text.
    fn title(&self, row: &Row) -> Option<String> {
        let text = |field: Field| row.record.get(&field.into()).as_str();
        let title = match self.kind {
            Kind::Task => text(Field::Title)?,
            Kind::Sprint => text(Field::Name)?,
            Kind::Comment => header::split(text(Field::Body)?).1,
        };
        // What makes mentions harmless in copies shows nothing.
        let shown = title.chars().filter(|c| !('\u{2060}'..='\u{2064}').contains(c)).collect::<String>();
        Some(shown.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase())
    }

    fn same_event(&self, a: &Row, b: &Row) -> bool {
        made_together(a, b) || self.says_the_same(a, b)
    }

    /// Whether both have the same long text, or are sprints of the same days.
    fn says_the_same(&self, a: &Row, b: &Row) -> bool {
        let fields: &[Field] = match self.kind {
            Kind::Task => &[Field::Description],
            Kind::Sprint => &[Field::StartDate, Field::EndDate],
            Kind::Comment => &[Field::AuthorName],
        };
        let over = self.translator.carry(self.kind, Side::A, &a.record, &References::new()).record;
        let told = |field: &Field| {
            let key = FieldKey::from(*field);
            let values = (over.get(&key).as_str().map(str::trim), b.record.get(&key).as_str().map(str::trim));
            (values.0.is_some() || values.1.is_some()).then_some(values.0 == values.1)
        };
        let compared: Vec<bool> = fields.iter().filter_map(told).collect();
        !compared.is_empty() && compared.iter().all(|same| *same)
    }

    fn unsure(&mut self) {
        let titled = Pair::of(|side| self.grouped(side, |row, search| search.title(row)));
        for side in Side::BOTH {
            for (title, rows) in titled.get(side) {
                let Some(others) = titled.get(side.other()).get(title) else { continue };
                let candidates: Vec<ItemKey> = others.iter().map(|row| row.item.clone()).collect();
                let why = match (rows.len(), others.len()) {
                    (1, 1) => "both have the same title, but were made at different times and say different things",
                    (1, _) => "several items over there have the same title",
                    _ => "several items on this side have the same title",
                };
                for row in rows {
                    let (item, candidates) = (row.item.clone(), candidates.clone());
                    self.pairs.unsure.push(Unsure { side, item, candidates, why: why.to_owned() });
                }
            }
        }
    }
}

fn made_together(a: &Row, b: &Row) -> bool {
    let times = a.created_at.zip(b.created_at);
    times.is_some_and(|(a, b)| (a - b).abs() <= SAME_TIME)
}

/// Whether the address of one stands in the text of the other, as all of a word.
fn names(row: &Row, other: &Row) -> bool {
    let Some(url) = other.url.as_deref().filter(|url| !url.is_empty()) else { return false };
    let text = [Field::Description, Field::Goal, Field::Body].map(|field| row.record.get(&field.into()).as_str());
    let ends = |c: char| c.is_whitespace() || "<>()[]\"'`,;".contains(c);
    text.into_iter().flatten().flat_map(|text| text.split(ends)).any(|word| word.trim_end_matches('.') == url)
}
