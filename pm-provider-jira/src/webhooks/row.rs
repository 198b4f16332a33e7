//! Webhooks as Jira shows them.

use pm_http::Raw;
use pm_provider::{Entity, ProjectId, RawData, Webhook};
use serde::Deserialize;
use serde_json::{Map, Value};

use super::events::{KINDS, events};
use crate::dto::{lenient, or_default};
use crate::ids;

/// The section of filters that all of Jira's webhooks have.
pub(super) const SECTION: &str = "issue-related-events-section";

/// A webhook, as either of the two places shows it. What people made may have members of any form.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(super) struct Row {
    id: Value,
    /// The address of the webhook itself, which the older place has in place of an id.
    #[serde(rename = "self", deserialize_with = "lenient")]
    link: Option<String>,
    #[serde(deserialize_with = "lenient")]
    url: Option<String>,
    #[serde(deserialize_with = "lenient")]
    pub(super) name: Option<String>,
    #[serde(deserialize_with = "or_default")]
    events: Vec<String>,
    #[serde(deserialize_with = "lenient")]
    enabled: Option<bool>,
    #[serde(deserialize_with = "lenient")]
    active: Option<bool>,
    #[serde(deserialize_with = "or_default")]
    filters: Map<String, Value>,
    #[serde(deserialize_with = "or_default")]
    configuration: Map<String, Value>,
    #[serde(deserialize_with = "lenient")]
    exclude_body: Option<bool>,
    /// Its former name.
    #[serde(deserialize_with = "lenient")]
    exclude_issue_details: Option<bool>,
    secret: Value,
    /// Whether it has a secret, which is all that Cloud shows of it.
    #[serde(deserialize_with = "lenient")]
    is_signed: Option<bool>,
    last_updated: Value,
    updated_date: Value,
}

/// What a webhook tells of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Scope {
    /// Everything.
    All,
    /// One project.
    Project(u64),
    /// What a query finds.
    Other(String),
}

impl Row {
    pub(super) fn id(&self) -> Option<String> {
        let own = match &self.id {
            Value::Number(number) => Some(number.to_string()),
            Value::String(text) => Some(text.clone()),
            _ => None,
        };
        own.or_else(|| Some(self.link.as_ref()?.trim_end_matches('/').rsplit('/').next()?.to_owned()))
    }

    /// Says whether it tells of every change of these kinds of items to an address, of one project or of all.
    pub(super) fn does(&self, url: &str, scope: &Scope, entities: &[Entity], is_cloud: bool) -> bool {
        let is_there = self.url.as_deref() == Some(url) && self.is_active();
        is_there && self.scope() == *scope && self.entities(is_cloud) == entities
    }

    /// When it was changed last, as the server writes it.
    pub(super) fn changed(&self) -> &Value {
        if self.last_updated.is_null() { &self.updated_date } else { &self.last_updated }
    }

    /// Whether it certainly signs nothing.
    pub(super) fn is_unsigned(&self) -> bool {
        self.is_signed == Some(false)
    }

    /// The secret, where the server shows it.
    pub(super) fn secret(&self) -> Option<&str> {
        let kept = self.configuration.iter().find(|(name, _)| name.eq_ignore_ascii_case("secret"));
        kept.and_then(|(_, value)| value.as_str()).or(self.secret.as_str())
    }

    pub(super) fn scope(&self) -> Scope {
        let mut filters: Vec<(&str, String)> = Vec::new();
        let kept = self.configuration.get("FILTERS").and_then(Value::as_str).unwrap_or_default();
        let parsed = if kept.trim().is_empty() { Some(Map::new()) } else { serde_json::from_str(kept).ok() };
        let Some(parsed) = parsed else { return Scope::Other(kept.to_owned()) };
        for (section, filter) in self.filters.iter().chain(&parsed) {
            let text = filter.as_str().map_or_else(|| filter.to_string(), |text| text.trim().to_owned());
            if !filter.is_null() && !text.is_empty() && !filters.contains(&(section, text.clone())) {
                filters.push((section, text));
            }
        }
        match filters.as_slice() {
            [] => Scope::All,
            [(SECTION, filter)] => project(filter).map_or_else(|| Scope::Other(filter.clone()), Scope::Project),
            several => Scope::Other(several.iter().map(|(_, filter)| filter.as_str()).collect::<Vec<_>>().join("; ")),
        }
    }

    /// The kinds of items of which it tells everything: what comes without a body tells of nothing that can be read.
    fn entities(&self, is_cloud: bool) -> Vec<Entity> {
        if self.excludes_body() {
            return Vec::new();
        }
        let is_told = |event: &&str| self.events.iter().any(|own| own == event);
        KINDS.into_iter().filter(|entity| events(*entity, is_cloud).iter().all(&is_told)).collect()
    }

    fn excludes_body(&self) -> bool {
        let kept = self.configuration.get("EXCLUDE_BODY");
        let is_kept = kept.is_some_and(|kept| kept.as_bool() == Some(true) || kept.as_str() == Some("true"));
        is_kept || self.exclude_body == Some(true) || self.exclude_issue_details == Some(true)
    }

    fn is_active(&self) -> bool {
        self.enabled.or(self.active) != Some(false)
    }

    fn shows_secret(&self) -> bool {
        !self.secret.is_null() || self.configuration.keys().any(|name| name.eq_ignore_ascii_case("secret"))
    }
}

/// The project of `project = 10000`; by its id, for keys change.
fn project(filter: &str) -> Option<u64> {
    let (field, id) = filter.split_once('=')?;
    if field.trim().eq_ignore_ascii_case("project") { ids::number(id.trim()) } else { None }
}

/// A webhook of the contract; `None` for what has no id or no address.
pub(super) fn shown(raw: Raw<Row>, is_cloud: bool) -> Option<Webhook> {
    let Raw { item, raw } = raw;
    // Secrets never appear in raw data: a server that shows one back has its JSON left out.
    let raw = if item.shows_secret() { RawData::none() } else { raw };
    let mut webhook = Webhook::new(item.id()?, item.url.clone()?).raw_data(raw);
    match item.scope() {
        Scope::All => {}
        Scope::Project(id) => webhook.project_id = Some(ProjectId::new(id.to_string())),
        Scope::Other(filter) => webhook.filter = Some(filter),
    }
    webhook.entities = item.entities(is_cloud);
    webhook.active = item.is_active();
    webhook.name = item.name;
    Some(webhook)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use serde_json::json;

    use super::*;

    fn row(value: Value) -> Row {
        serde_json::from_value(value).unwrap()
    }

    #[test]
    fn a_query_is_no_project() {
        let scope = |filter: Value| row(json!({ "filters": { SECTION: filter } })).scope();
        for all in [json!(""), json!("  "), Value::Null] {
            assert_eq!(scope(all), Scope::All);
        }
        for one in ["project = 10000", "project=10000", "PROJECT = 10000 "] {
            assert_eq!(scope(json!(one)), Scope::Project(10000), "{one}");
        }
        for other in ["project = WEB", "project = 10000 AND type = Bug", "type = Bug", "project != 10000"] {
            assert_eq!(scope(json!(other)), Scope::Other(other.to_owned()), "{other}");
        }
        let another = row(json!({ "filters": { SECTION: "project = 10000", "another-section": "x = 1" } }));
        assert_eq!(another.scope(), Scope::Other("x = 1; project = 10000".to_owned()));
    }

    #[test]
    fn data_center_keeps_its_filter_as_text() {
        let kept = |text: &str| row(json!({ "configuration": { "FILTERS": text } })).scope();
        assert_eq!(kept(&json!({ SECTION: "project = 10000" }).to_string()), Scope::Project(10000));
        assert_eq!(kept("{}"), Scope::All);
        assert_eq!(kept("{broken"), Scope::Other("{broken".to_owned()));
        let twice = json!({ "filters": { SECTION: "project = 7" },
            "configuration": { "FILTERS": json!({ SECTION: "project = 7" }).to_string() } });
        assert_eq!(row(twice).scope(), Scope::Project(7));
    }

    #[test]
    fn a_kind_is_told_of_by_all_of_its_events() {
        let told = |events: Value, is_cloud: bool| row(json!({ "events": events })).entities(is_cloud);
        assert_eq!(told(json!(["jira:issue_created"]), true), []);
        let task = json!(["jira:issue_created", "jira:issue_updated", "jira:issue_deleted", "comment_created"]);
        assert_eq!(told(task, true), [Entity::Task]);
        let projects = json!(["project_created", "project_updated", "project_deleted"]);
        assert_eq!(told(projects.clone(), false), [Entity::Project]);
        assert_eq!(told(projects, true), [], "the recycle bin and the archive are missing");
        assert_eq!(told(Value::Null, true), []);
    }
}
