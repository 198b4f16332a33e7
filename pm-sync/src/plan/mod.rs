//! Which field goes where, and why not.
//!
//! What is never merged, because it is each side's own: `completed_at`, `visibility`, `url`, `key`, `raw_data`, ids,
//! times and authors.

mod fields;
mod flow;
mod rule;
mod support;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::sync::OnceLock;

use pm_provider::{Capabilities, ProjectSchema};
use serde::Serialize;

use crate::config::{Policy, SyncConfig};
use crate::item::{Kind, Pair, Side};
use crate::record::{FieldKey, Record};

use fields::fields_of;
use rule::RuleMaker;
use support::Sides;

/// Which field goes where.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct FieldPlan {
    rules: BTreeMap<Kind, BTreeMap<FieldKey, FieldRule>>,
}

impl FieldPlan {
    /// Says which field goes where: what both sides can read, as far as the mapping and the sides allow to write it.
    ///
    /// `names` are what the sides are called in reasons; the schemas are those of the two projects.
    ///
    /// In mode `observe` nothing is written anyway, so the plan is that of `bidirectional`: what it would be.
    #[must_use]
    pub fn new(
        config: &SyncConfig,
        names: Pair<&str>,
        capabilities: Pair<&Capabilities>,
        schemas: Pair<&ProjectSchema>,
    ) -> Self {
        let sides = Sides::new(names, capabilities, schemas);
        let rules = Kind::ALL.into_iter().map(|kind| {
            let maker = RuleMaker { config, sides: &sides, kind };
            (kind, fields_of(kind, schemas).into_iter().map(|key| maker.rule(key)).collect())
        });
        Self { rules: rules.collect() }
    }

    /// What is done with a field: nothing, if the plan does not know it.
    #[must_use]
    pub fn rule(&self, kind: Kind, key: &FieldKey) -> &FieldRule {
        static UNKNOWN: OnceLock<FieldRule> = OnceLock::new();
        let known = self.rules.get(&kind).and_then(|rules| rules.get(key));
        known.unwrap_or_else(|| UNKNOWN.get_or_init(|| FieldRule::ignored("it is not a field that is synchronised")))
    }

    /// The fields of a kind of item, those that are ignored as well.
    pub fn fields(&self, kind: Kind) -> impl Iterator<Item = (&FieldKey, &FieldRule)> {
        self.rules.get(&kind).into_iter().flatten()
    }

    /// A short text that changes with the plan: 32 hexadecimal digits.
    #[must_use]
    pub fn digest(&self) -> String {
        let json = serde_json::to_value(self).unwrap_or_default();
        Record::new().with(pm_provider::Field::Body, json.to_string()).digest()
    }
}

/// What is done with one field.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[non_exhaustive]
pub struct FieldRule {
    /// The way that its values go.
    pub flow: Flow,
    /// How conflicts are decided.
    pub policy: Policy,
    /// What gets lost on a side, where that holds it coarser.
    pub lossy: Pair<Option<String>>,
    /// Whether a side takes it with a create alone.
    pub create_only: Pair<bool>,
    /// Whether a side can empty it.
    pub clearable: Pair<bool>,
    /// How many members a side holds at most, where it is a set.
    pub max_items: Pair<Option<usize>>,
    /// Why it is not synchronised, or only one way.
    pub reason: Option<String>,
}

impl FieldRule {
    /// A field that goes both ways, that both sides hold as it is and can empty.
    #[must_use]
    pub fn both(policy: Policy) -> Self {
        Self {
            flow: Flow::Both,
            policy,
            lossy: Pair::default(),
            create_only: Pair::default(),
            clearable: Pair::new(true, true),
            max_items: Pair::default(),
            reason: None,
        }
    }

    /// A field that goes nowhere, and why.
    #[must_use]
    pub fn ignored(reason: impl Into<String>) -> Self {
        Self { flow: Flow::Ignored, reason: Some(reason.into()), ..Self::both(Policy::Manual) }
    }
}

impl FromIterator<(Kind, FieldKey, FieldRule)> for FieldPlan {
    /// Makes a plan of rules that are known already.
    fn from_iter<I: IntoIterator<Item = (Kind, FieldKey, FieldRule)>>(rules: I) -> Self {
        let mut plan = Self::default();
        for (kind, key, rule) in rules {
            plan.rules.entry(kind).or_default().insert(key, rule);
        }
        plan
    }
}

/// The way that the values of a field go.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Flow {
    /// Both ways.
    Both,
    /// Only towards a side: what is changed over there becomes a conflict that the other side wins.
    Towards(Side),
    /// Nowhere.
    Ignored,
}
