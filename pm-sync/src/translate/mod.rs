//! From the terms of one side into those of the other.
//!
//! What people see stays what it was: statuses and priorities by the mapping's own words, by name, then by category;
//! people by who they are over there; parents and sprints by their twins; texts without anything that would call
//! strangers or refer to foreign items ([`text`]); comments with who wrote them and when, where the other side has no
//! room for that ([`header`]).
//!
//! What cannot be said is kept as it is over there, with a reason, and nobody is ever unassigned because we cannot name
//! them.

mod cross;
mod custom;
mod fields;
pub mod header;
mod people;
#[cfg(test)]
mod tests;
pub mod text;
mod words;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use pm_provider::{Capabilities, Field, ProjectSchema};
use serde_json::Value;

use crate::config::SyncConfig;
use crate::item::{ItemKey, Kind, Pair, Side};
use crate::record::{FieldKey, Record};
use crate::store::UserLink;

pub use cross::{in_filter, may_cross};
use people::People;
use text::Texts;

/// A record in the terms of the other side.
#[derive(Clone, Debug, Default, PartialEq)]
#[non_exhaustive]
pub struct Carried {
    /// What could be said over there.
    pub record: Record,
    /// Fields whose value could not be said, and why: they are kept as they are over there.
    pub kept: BTreeMap<FieldKey, String>,
    /// Items that it refers to and that have no twin yet; the fields are in `kept` too.
    pub waits_for: Vec<ItemKey>,
    /// People, by their ids where the record comes from, of whom nobody knows who they are over there. Those in sets are
    /// left out, which removes nobody: the rest of the set is said.
    pub strangers: BTreeSet<String>,
}

impl Carried {
    pub(crate) fn keep(&mut self, field: impl Into<FieldKey>, reason: impl Into<String>) {
        self.kept.insert(field.into(), reason.into());
    }
}

/// The twins of the items that a record refers to.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct References {
    twins: BTreeMap<ItemKey, Twin>,
}

impl References {
    /// Knows no twin yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Says which item over there is the twin of one of the record's own side.
    pub fn insert(&mut self, item: ItemKey, twin: Twin) {
        self.twins.insert(item, twin);
    }

    /// The twin of an item of the record's own side.
    #[must_use]
    pub fn twin(&self, item: &ItemKey) -> Option<&Twin> {
        self.twins.get(item)
    }
}

impl FromIterator<(ItemKey, Twin)> for References {
    fn from_iter<I: IntoIterator<Item = (ItemKey, Twin)>>(twins: I) -> Self {
        Self { twins: twins.into_iter().collect() }
    }
}

/// An item on the other side.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Twin {
    /// Its id over there.
    pub id: String,
    /// Its human key over there, where it is known.
    pub key: Option<String>,
}

impl Twin {
    /// Names an item of the other side.
    #[must_use]
    pub fn new(id: impl Into<String>, key: Option<String>) -> Self {
        Self { id: id.into(), key }
    }
}

/// What a translator is made of.
#[derive(Clone, Debug)]
pub struct TranslatorParts {
    /// What the mapping says.
    pub config: SyncConfig,
    /// The names of the providers.
    pub names: Pair<String>,
    /// What both sides can do.
    pub capabilities: Pair<Arc<Capabilities>>,
    /// What both projects accept.
    pub schemas: Pair<Arc<ProjectSchema>>,
    /// Who is who.
    pub users: Vec<UserLink>,
    /// The names of people by their ids on each side, as far as known: for the header of comments whose author has no name.
    pub people: Pair<BTreeMap<String, String>>,
    /// The ids of tasks by their human keys on each side, as far as known: for references in texts, where an id does not
    /// follow from the key. What is not known is made harmless instead of rewritten.
    pub keys: Pair<BTreeMap<String, String>>,
}

/// Says the fields of one side in the terms of the other. Pure: the same record and the same twins give the same answer.
#[derive(Clone, Debug)]
pub struct Translator {
    config: SyncConfig,
    names: Pair<String>,
    /// Settled for the project.
    capabilities: Pair<Capabilities>,
    schemas: Pair<Arc<ProjectSchema>>,
    people: People,
    texts: Texts,
}

impl Translator {
    /// Makes a translator.
    #[must_use]
    pub fn new(parts: TranslatorParts) -> Self {
        let TranslatorParts { config, names, capabilities, schemas, users, people, keys } = parts;
        let capabilities = Pair::of(|side| capabilities.get(side).in_project(schemas.get(side)));
        let projects = Pair::of(|side| schemas.get(side).project.as_str().to_owned());
        let providers = Pair::new(capabilities.a.provider.as_str(), capabilities.b.provider.as_str());
        let texts = Texts::new(&providers, projects, &keys);
        Self { config, capabilities, schemas, people: People::new(&users, people), texts, names }
    }

    /// The mapping's settings.
    #[must_use]
    pub fn config(&self) -> &SyncConfig {
        &self.config
    }

    /// Learns the human key of a task of a side, for references in texts.
    pub fn learn_key(&mut self, side: Side, key: impl Into<String>, id: impl Into<String>) {
        self.texts.learn_key(side, key.into(), id.into());
    }

    /// The items of the record's own side that it refers to: its parent, its sprint, the tasks that its texts name.
    #[must_use]
    pub fn references(&self, kind: Kind, from: Side, record: &Record) -> Vec<ItemKey> {
        let mut items = BTreeSet::new();
        if kind == Kind::Task {
            items.extend(fields::linked(record));
        }
        for (field, value) in record.iter() {
            if let (true, Value::String(text)) = (field.is_text(), value) {
                items.extend(self.texts.tasks_in(from, text));
            }
        }
        items.into_iter().collect()
    }

    /// Says a record of side `from` in the terms of the other side, for an item that is to be made there.
    ///
    /// For an item that is there already, [`carry_onto`](Self::carry_onto) is the one to ask.
    #[must_use]
    pub fn carry(&self, kind: Kind, from: Side, record: &Record, references: &References) -> Carried {
        self.carry_all(kind, from, record, references, None)
    }

    /// The same for an item that is there already, and shows `present`.
    ///
    /// It matters where several ways to say it are right: who of several people stays where there is room for one, and
    /// that a comment which was written over there gets no header that says so.
    #[must_use]
    pub fn carry_onto(
        &self,
        kind: Kind,
        from: Side,
        record: &Record,
        references: &References,
        present: &Record,
    ) -> Carried {
        self.carry_all(kind, from, record, references, Some(present))
    }

    fn carry_all(
        &self,
        kind: Kind,
        from: Side,
        record: &Record,
        references: &References,
        present: Option<&Record>,
    ) -> Carried {
        let journey = Journey { translator: self, kind, from, to: from.other(), record, references, present };
        let mut carried = Carried::default();
        for (field, value) in record.iter() {
            journey.field(field, value, &mut carried);
        }
        if kind == Kind::Comment {
            journey.comment(&mut carried);
        }
        carried
    }
}

/// One record on its way.
struct Journey<'a> {
    translator: &'a Translator,
    kind: Kind,
    from: Side,
    to: Side,
    record: &'a Record,
    references: &'a References,
    present: Option<&'a Record>,
}

impl Journey<'_> {
    fn name(&self) -> &str {
        self.translator.names.get(self.to)
    }

    fn schema(&self) -> &ProjectSchema {
        self.translator.schemas.get(self.to)
    }

    fn support(&self, field: Field) -> pm_provider::FieldSupport {
        self.translator.capabilities.get(self.to).entity(self.kind.entity()).field(field)
    }

    /// Whether the other side has such a field at all.
    fn has(&self, field: Field) -> bool {
        let support = self.support(field);
        [support.readable, support.on_create, support.on_update].iter().any(|one| one.is_possible())
    }
}
