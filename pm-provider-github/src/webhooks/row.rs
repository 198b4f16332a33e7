//! Webhooks as GitHub shows them.

use pm_http::Raw;
use pm_provider::{Entity, ProjectId, RawData, Webhook};

use super::events::{KINDS, events};
use crate::dto::Hook;

/// What GitHub shows in the place of a secret.
const HIDDEN: &str = "********";

impl Hook {
    /// The kinds of items of which it tells every change.
    pub(super) fn entities(&self) -> Vec<Entity> {
        let is_told = |event: &&str| self.events.iter().any(|own| own == event || own == "*");
        KINDS.into_iter().filter(|entity| events(*entity).iter().all(is_told)).collect()
    }

    /// Says whether it does what is wanted, whatever its secret.
    pub(super) fn does(&self, url: &str, entities: &[Entity]) -> bool {
        self.active != Some(false)
            && self.config.url.as_deref() == Some(url)
            && self.config.content_type.as_deref() == Some("json")
            && self.entities() == entities
    }

    /// Says whether deliveries are signed.
    pub(super) fn is_signed(&self) -> bool {
        self.config.secret.as_deref().is_some_and(|secret| !secret.is_empty())
    }

    fn shows_secret(&self) -> bool {
        self.config.secret.as_deref().is_some_and(|secret| !secret.is_empty() && secret != HIDDEN)
    }
}

/// The id of a webhook: it is one of its repository.
pub(super) fn id(repository: u64, hook: u64) -> String {
    format!("{repository}#h{hook}")
}

/// A webhook of the contract; `None` for what has no address.
pub(super) fn shown(raw: Raw<Hook>, repository: u64) -> Option<Webhook> {
    let Raw { item, raw } = raw;
    // Secrets never appear in raw data: a server that shows one back has its JSON left out.
    let raw = if item.shows_secret() { RawData::none() } else { raw };
    let mut webhook = Webhook::new(id(repository, item.id), item.config.url.clone()?).raw_data(raw);
    webhook.project_id = Some(ProjectId::new(repository.to_string()));
    webhook.entities = item.entities();
    webhook.active = item.active != Some(false);
    Some(webhook)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn a_kind_is_told_of_by_all_of_its_events() {
        let told = |events: &str| {
            let hook: Hook = serde_json::from_str(&format!(r#"{{"id": 1, "events": {events}}}"#)).unwrap();
            hook.entities()
        };
        assert_eq!(told(r#"["issues"]"#), []);
        assert_eq!(told(r#"["issues", "sub_issues", "milestone"]"#), [Entity::Task, Entity::Sprint]);
        assert_eq!(told(r#"["*"]"#), KINDS);
    }
}
