//! What is done with one field.

use pm_provider::{CustomFieldKind, Field, FieldSupport};

use super::flow::{flow, wanted};
use super::support::Sides;
use super::{FieldRule, Flow};
use crate::config::{FieldChoice, Mode, Policy, SyncConfig};
use crate::item::{Kind, Pair, Side};
use crate::record::FieldKey;

/// All that decides the rules of a kind of item.
#[derive(Clone, Copy, Debug)]
pub(super) struct RuleMaker<'a> {
    pub(super) config: &'a SyncConfig,
    pub(super) sides: &'a Sides<'a>,
    pub(super) kind: Kind,
}

impl RuleMaker<'_> {
    /// The rule of a field.
    pub(super) fn rule(&self, key: FieldKey) -> (FieldKey, FieldRule) {
        let rule = match self.reason_to_ignore(&key) {
            Some(reason) => FieldRule::ignored(reason),
            None => self.rule_of_readable(&key),
        };
        (key, rule)
    }

    fn rule_of_readable(&self, key: &FieldKey) -> FieldRule {
        let support = Pair::of(|side| self.support(side, key));
        let takes = Pair::of(|side| self.takes(side, support.get(side)));
        let (flow, reason) = flow(&wanted(self.config), &takes, self.sides);
        FieldRule {
            flow,
            policy: self.policy(key),
            lossy: Pair::of(|side| support.get(side).lossy.clone()),
            create_only: Pair::of(|side| !support.get(side).on_update.is_possible() && !self.is_observed(side)),
            clearable: Pair::of(|side| support.get(side).clearable.is_possible() || self.is_observed(side)),
            max_items: Pair::of(|side| support.get(side).max_items),
            reason: reason.or_else(|| (flow != Flow::Both).then(|| self.mode())),
        }
    }

    /// Why a field is left alone, if it is.
    fn reason_to_ignore(&self, key: &FieldKey) -> Option<String> {
        if !self.config.kinds.contains(&self.kind) {
            return Some(format!("`kinds` of the mapping leaves {}s out", self.kind));
        }
        if matches!(self.config.fields.get(key), Some(FieldChoice::Left(_))) {
            return Some("`fields` of the mapping says so".to_owned());
        }
        if *key == FieldKey::Of(Field::SprintId) && !self.config.kinds.contains(&Kind::Sprint) {
            return Some("`kinds` of the mapping leaves sprints out".to_owned());
        }
        let unreadable = Side::BOTH.into_iter().find_map(|side| self.unreadable(side, key));
        unreadable.or_else(|| self.unlike(key))
    }

    /// Why a side does not show a field, if it does not. That is not the same as being empty.
    fn unreadable(&self, side: Side, key: &FieldKey) -> Option<String> {
        let name = self.sides.name(side);
        if !self.sides.has(side, self.kind) {
            return Some(format!("`{name}` has no {}s", self.kind));
        }
        if *key == FieldKey::Of(Field::SprintId) && !self.sides.has(side, Kind::Sprint) {
            return Some(format!("`{name}` has no sprints"));
        }
        if self.support(side, key).readable.is_possible() {
            return None;
        }
        Some(match key {
            FieldKey::Of(field) => format!("`{name}` has no `{field}`"),
            FieldKey::Custom(own) => format!("`{name}` has no field `{own}`"),
        })
    }

    /// Why values of a field of the projects' own mean something else over there, if they do.
    fn unlike(&self, key: &FieldKey) -> Option<String> {
        let FieldKey::Custom(name) = key else { return None };
        let kind = |side| self.sides.custom(side, name).map(|field| field.kind);
        match (kind(Side::A)?, kind(Side::B)?) {
            (a, b) if a == b || (is_text(a) && is_text(b)) => None,
            _ => Some(format!("the two fields `{name}` hold different kinds of values")),
        }
    }

    fn support(&self, side: Side, key: &FieldKey) -> FieldSupport {
        self.sides.support(side, self.kind, key)
    }

    /// Whether values can be written to a side at all.
    fn takes(&self, side: Side, support: &FieldSupport) -> bool {
        support.on_create.is_possible() || support.on_update.is_possible() || self.is_observed(side)
    }

    /// Whether a side was wrapped to be read only for being observed, so that it does not tell what it could be
    /// written.
    fn is_observed(&self, side: Side) -> bool {
        self.config.mode == Mode::Observe && self.sides.is_read_only(side)
    }

    fn policy(&self, key: &FieldKey) -> Policy {
        let default = if key.is_set() || key.is_text() { Policy::Merge } else { Policy::Primary };
        match self.config.fields.get(key) {
            Some(FieldChoice::Policy(policy)) => *policy,
            _ => self.config.policy.unwrap_or(default),
        }
    }

    fn mode(&self) -> String {
        let mode = serde_json::to_value(self.config.mode).unwrap_or_default();
        format!("the mapping's mode is `{}`", mode.as_str().unwrap_or_default())
    }
}

/// Whether values of a kind are names, which both sides can compare.
fn is_text(kind: CustomFieldKind) -> bool {
    matches!(kind, CustomFieldKind::Text | CustomFieldKind::Choice)
}
