//! People: by who they are on the other side.

use std::collections::{BTreeMap, BTreeSet};

use pm_provider::Field;
use serde_json::Value;

use super::{Carried, Journey};
use crate::item::{Pair, Side};
use crate::store::UserLink;

/// Who is who, by the ids of each side.
#[derive(Clone, Debug, Default)]
pub(super) struct People {
    twins: Pair<BTreeMap<String, String>>,
    names: Pair<BTreeMap<String, String>>,
}

impl People {
    pub(super) fn new(links: &[UserLink], names: Pair<BTreeMap<String, String>>) -> Self {
        let twins = Pair::of(|side| {
            let ids = links.iter().map(|link| (link.ids.get(side).clone(), link.ids.get(side.other()).clone()));
            ids.collect()
        });
        Self { twins, names }
    }

    /// The id over there of somebody on side `from`.
    pub(super) fn twin(&self, from: Side, id: &str) -> Option<&str> {
        self.twins.get(from).get(id).map(String::as_str)
    }

    /// The name of somebody on a side.
    pub(super) fn name(&self, side: Side, id: &str) -> Option<&str> {
        self.names.get(side).get(id).map(String::as_str)
    }
}

impl Journey<'_> {
    /// Those who are known over there. Who is not is left out, which takes nobody away: sets are merged by what came and
    /// went. Where there is no room for all, those who are there already stay.
    pub(super) fn assignees(&self, value: &Value, carried: &mut Carried) {
        let ids = value.as_array().into_iter().flatten().filter_map(Value::as_str);
        let mut known = BTreeSet::new();
        for id in ids {
            match self.translator.people.twin(self.from, id) {
                Some(twin) => known.insert(twin.to_owned()),
                None => carried.strangers.insert(id.to_owned()),
            };
        }
        let known = self.as_many_as_fit(known);
        if !known.is_empty() {
            carried.record.set(Field::Assignees, known.into());
        }
    }

    fn as_many_as_fit(&self, known: BTreeSet<String>) -> Vec<String> {
        let Some(most) = self.support(Field::Assignees).max_items.filter(|most| known.len() > *most) else {
            return known.into_iter().collect();
        };
        let present = self.present.map(|present| present.get(&Field::Assignees.into()));
        let is_there = |id: &str| present.and_then(Value::as_array).is_some_and(|all| all.iter().any(|one| one == id));
        let (mut first, rest): (Vec<String>, Vec<String>) = known.into_iter().partition(|id| is_there(id));
        first.extend(rest);
        first.truncate(most);
        first.sort_unstable();
        first
    }
}
