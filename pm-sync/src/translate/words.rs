//! Statuses, priorities, types: by the mapping's own words, by name, then by what they mean.

use std::collections::BTreeMap;

use pm_provider::{
    Native, Priority, PriorityLevel, ProjectSchema, SprintStatus, SprintStatusCategory, Status, StatusCategory,
    Vocabulary,
};
use serde_json::{Value, json};

use crate::item::Side;

/// What the mapping says of names: names of `B` by names of `A`.
pub(super) struct Explicit<'a> {
    names: &'a BTreeMap<String, String>,
    from: Side,
}

impl<'a> Explicit<'a> {
    pub(super) fn new(names: &'a BTreeMap<String, String>, from: Side) -> Self {
        Self { names, from }
    }

    /// The names over there of a name here, without regard to case. Towards `A` there may be several.
    fn of<'s>(&'s self, name: &'s str) -> impl Iterator<Item = &'a str> + 's {
        self.names.iter().filter_map(move |(a, b)| {
            let (ours, theirs) = if self.from == Side::A { (a, b) } else { (b, a) };
            same(ours, name).then_some(theirs.as_str())
        })
    }
}

fn same(one: &str, other: &str) -> bool {
    one.trim().to_lowercase() == other.trim().to_lowercase()
}

pub(super) fn status(
    value: &Value,
    explicit: &Explicit<'_>,
    schema: &ProjectSchema,
    backend: &str,
) -> Result<Value, String> {
    let (category, name) = read::<StatusCategory>(value);
    let choices = Choices { values: &schema.statuses, open: schema.open_vocabulary, backend };
    choices.find(&name, category, explicit, |category, name| Status::new(category, name))
}

pub(super) fn priority(
    value: &Value,
    explicit: &Explicit<'_>,
    schema: &ProjectSchema,
    backend: &str,
) -> Result<Value, String> {
    let (level, name) = read::<PriorityLevel>(value);
    let choices = Choices { values: &schema.priorities, open: schema.open_vocabulary, backend };
    choices.find(&name, level, explicit, |level, name| Priority::new(level, name))
}

/// The status of a sprint means its category: names are only a choice between several of one.
pub(super) fn sprint_status(value: &Value, schema: &ProjectSchema, backend: &str) -> Result<Value, String> {
    let (category, name) = read::<SprintStatusCategory>(value);
    let within = || schema.sprint_statuses.iter().filter(|status| status.category == category);
    let found = within().find(|status| same(&status.name, &name)).or_else(|| within().next());
    match found {
        Some(status) => Ok(written(status)),
        None if schema.sprint_statuses.is_empty() && category.is_writable() => {
            Ok(written(&SprintStatus::from(category)))
        }
        None => Err(nothing_like(backend, &name, category)),
    }
}

/// The type of the same name. Where there is none, the backend's own default is better than a guess.
pub(super) fn task_type(value: &Value, schema: &ProjectSchema, backend: &str) -> Result<Value, String> {
    let name = value.as_str().unwrap_or_default();
    let mut known = schema.task_types.iter();
    let found = known.clone().find(|known| *known == name).or_else(|| known.find(|known| same(known, name)));
    match found {
        Some(known) => Ok(known.clone().into()),
        None if schema.task_types.is_empty() => Ok(value.clone()),
        None => Err(format!("`{backend}` has no type `{name}`")),
    }
}

fn read<C: Vocabulary>(value: &Value) -> (C, String) {
    let text = |member: &str| value.get(member).and_then(Value::as_str).unwrap_or_default();
    let unknown = C::ALL.iter().copied().find(|one| !one.is_writable()).unwrap_or(C::ALL[0]);
    (C::find(text(C::MEMBER)).unwrap_or(unknown), text("name").to_owned())
}

fn written<N: Native>(value: &N) -> Value {
    json!({ N::Category::MEMBER: value.category().word(), "name": value.name() })
}

fn nothing_like<C: Vocabulary>(backend: &str, name: &str, category: C) -> String {
    let what = C::WHAT;
    let (member, word) = (C::MEMBER, category.word());
    format!("`{backend}` has no {what} `{name}`, and none of the {member} `{word}`")
}

/// What there is to choose from.
struct Choices<'a, N> {
    values: &'a [N],
    open: bool,
    backend: &'a str,
}

impl<N: Native> Choices<'_, N> {
    fn find(
        &self,
        name: &str,
        category: N::Category,
        explicit: &Explicit<'_>,
        make: impl Fn(N::Category, &str) -> N,
    ) -> Result<Value, String> {
        if let Some(found) = self.explicitly(name, category, explicit, &make) {
            return Ok(written(&found));
        }
        if self.open && category.is_writable() && !name.is_empty() {
            return Ok(written(&make(category, name)));
        }
        let found = self.by_name(name).or_else(|| self.by_category(category));
        found.map(written).ok_or_else(|| nothing_like(self.backend, name, category))
    }

    /// What the mapping says, as far as the backend has it. Of several names that it says for one over there, the one that
    /// means the same is the best way back.
    fn explicitly(
        &self,
        name: &str,
        category: N::Category,
        explicit: &Explicit<'_>,
        make: &impl Fn(N::Category, &str) -> N,
    ) -> Option<N> {
        let known: Vec<&N> = explicit.of(name).filter_map(|theirs| self.by_name(theirs)).collect();
        let best = known.iter().find(|one| one.category() == category).or_else(|| known.first());
        if let Some(best) = best {
            return Some((*best).clone());
        }
        let theirs = explicit.of(name).next().filter(|_| self.open && category.is_writable())?;
        Some(make(category, theirs))
    }

    fn by_name(&self, name: &str) -> Option<&N> {
        let exact = self.values.iter().find(|value| value.name() == name);
        exact.or_else(|| self.values.iter().find(|value| same(value.name(), name)))
    }

    /// The one with a name that is common for it, else the first in the backend's order.
    fn by_category(&self, category: N::Category) -> Option<&N> {
        let within = || self.values.iter().filter(|value| category.is_writable() && value.category() == category);
        let common = category.canonical_names().iter().find_map(|name| within().find(|one| same(one.name(), name)));
        common.or_else(|| within().next())
    }
}
