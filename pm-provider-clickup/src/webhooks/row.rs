//! Webhooks as ClickUp shows them.

use pm_http::Raw;
use pm_provider::{Entity, ProjectId, RawData, Secret, Webhook};
use serde_json::{Map, Value};

use super::events::{events, kinds};
use crate::ProjectLevel;
use crate::dto::Hook;
use crate::ids::Place;

impl Hook {
    /// The kinds of items of which it tells every change.
    pub(super) fn entities(&self, level: ProjectLevel) -> Vec<Entity> {
        let is_told = |event: &&str| match &self.events {
            Value::Array(own) => own.iter().any(|own| own == event || own == "*"),
            own => own == "*",
        };
        kinds(level).into_iter().filter(|entity| events(*entity, level).iter().all(is_told)).collect()
    }

    /// The place that it tells of; `None` for the whole Workspace.
    pub(super) fn place(&self) -> Option<Place> {
        let places = [
            (ProjectLevel::List, &self.list_id),
            (ProjectLevel::Folder, &self.folder_id),
            (ProjectLevel::Space, &self.space_id),
        ];
        places.into_iter().find_map(|(level, id)| Some(Place::new(level, id.clone()?)))
    }

    /// Whether deliveries are sent: one that is failing still is tried.
    pub(super) fn is_active(&self) -> bool {
        self.health.as_ref().is_none_or(|health| health.status != "suspended")
    }

    /// The secret that ClickUp made.
    pub(super) fn secret(&self) -> Option<Secret> {
        self.secret.clone().map(Secret::new)
    }

    /// What narrows it beside a project, and how it fares where it does not fare well.
    fn filter(&self, level: ProjectLevel) -> Option<String> {
        let place = self
            .place()
            .filter(|place| place.level != level)
            .map(|place| format!("{} {}", place.level.word(), place.id));
        self.task_id.as_ref().map(|task| format!("task {task}")).or(place)
    }
}

/// A webhook of the contract; `None` for what has no address.
pub(super) fn shown(raw: &Raw<Hook>, level: ProjectLevel) -> Option<Webhook> {
    let Raw { item, raw } = raw;
    let mut webhook = Webhook::new(item.id.as_str(), item.endpoint.clone()?).raw_data(without_secret(raw));
    webhook.project_id = item.place().filter(|place| place.level == level).map(|place| ProjectId::from(&place));
    webhook.entities = item.entities(level);
    webhook.filter = item.filter(level);
    webhook.active = item.is_active();
    Some(webhook)
}

/// Secrets never appear in raw data, and ClickUp shows this one with the rest.
fn without_secret(raw: &RawData) -> RawData {
    let Ok(mut members) = raw.parse::<Map<String, Value>>() else { return RawData::none() };
    match members.remove("secret") {
        None => raw.clone(),
        Some(_) => RawData::from_value(&members).unwrap_or_else(|_| RawData::none()),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn hook(json: &str) -> Raw<Hook> {
        serde_json::from_str(json).unwrap()
    }

    #[test]
    fn no_secret_is_in_what_is_shown() {
        let hook = hook(
            r#"{"id": "4b67", "endpoint": "https://x.example/hook", "events": "*", "space_id": 790, "secret": "O94IM25S",
                "health": {"status": "suspended", "fail_count": 100}}"#,
        );
        let webhook = shown(&hook, ProjectLevel::Space).unwrap();
        assert!(!format!("{webhook:?} {}", webhook.raw_data.as_str().unwrap()).contains("O94IM25S"));
        assert_eq!(webhook.project_id, Some(ProjectId::new("space:790")));
        assert_eq!((webhook.active, webhook.entities.len(), webhook.filter), (false, 4, None));
    }

    #[test]
    fn a_kind_is_told_of_by_all_of_its_events() {
        let json = r#"{"id": "1", "endpoint": "u", "events": ["taskCommentPosted", "taskCommentUpdated", "taskCreated"],
            "list_id": "7"}"#;
        let webhook = shown(&hook(json), ProjectLevel::Space).unwrap();
        assert_eq!(webhook.entities, [Entity::Comment]);
        assert_eq!((webhook.project_id, webhook.filter.as_deref()), (None, Some("list 7")));
        assert!(webhook.active);
    }
}
