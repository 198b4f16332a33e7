//! The fields of a site: which custom field stands for what, and under which names people know them.

use std::collections::HashMap;

use crate::dto::{FieldInfo, FieldSchema};
use crate::map::Shape;

/// The sprint of an issue (<https://support.atlassian.com/jira/kb/>: its type is the same on every site, its id is not).
const SPRINT: &str = "com.pyxis.greenhopper.jira:gh-sprint";
/// The epic of an issue, on Data Center.
const EPIC_LINK: &str = "com.pyxis.greenhopper.jira:gh-epic-link";
/// The name of an epic, which Data Center requires on create.
const EPIC_NAME: &str = "com.pyxis.greenhopper.jira:gh-epic-label";
/// The type of every date that somebody added.
const DATE: &str = "com.atlassian.jira.plugin.system.customfieldtypes:datepicker";
/// The date that plans and timelines go by is called so.
const START_DATE: &str = "Start date";

/// Types of custom fields that hold nothing for people: ranks, links to development tools, charts.
const NOISE: &[&str] = &[
    "com.pyxis.greenhopper.jira:gh-lexo-rank",
    "com.pyxis.greenhopper.jira:gh-global-rank",
    "com.pyxis.greenhopper.jira:gh-epic-color",
    "com.atlassian.jira.plugins.jira-development-integration-plugin:devsummary",
    "com.atlassian.jira.plugins.jira-development-integration-plugin:devsummarycf",
    "com.atlassian.jira.ext.charting:firstresponsedate",
    "com.atlassian.jira.ext.charting:timeinstatus",
    "com.atlassian.jira.toolkit:lastusercommented",
    "com.atlassian.jpo:jpo-custom-field-parent",
];

/// Fields of Jira's own that a task has as fields of its own, or that are computed.
const OURS: &[&str] = &[
    "summary",
    "description",
    "status",
    "priority",
    "project",
    "issuetype",
    "parent",
    "assignee",
    "reporter",
    "creator",
    "labels",
    "created",
    "updated",
    "resolutiondate",
    "duedate",
    "timeoriginalestimate",
    "timeestimate",
    "timespent",
    "timetracking",
    "security",
    "subtasks",
    "issuelinks",
];

/// The fields of a site.
#[derive(Debug, Default)]
pub(crate) struct Catalogue {
    shapes: HashMap<String, Shape>,
    /// The id of the field with the sprints of an issue.
    pub(crate) sprint: Option<String>,
    /// The id of the field with the first day of work.
    pub(crate) start_date: Option<String>,
    /// The id of the field with the epic of an issue, where that is not its parent.
    pub(crate) epic_link: Option<String>,
    /// The id of the field with the name of an epic.
    pub(crate) epic_name: Option<String>,
}

impl Catalogue {
    /// Sorts the fields of a site; `start_date` is the id or name of the field that the settings name.
    pub(crate) fn new(fields: &[FieldInfo], start_date: Option<&str>) -> Self {
        let of_type = |kind: &str| fields.iter().find(|field| has_type(field, kind)).map(|field| field.id.clone());
        let mut catalogue = Self {
            shapes: HashMap::new(),
            sprint: of_type(SPRINT),
            start_date: start_date_of(fields, start_date),
            epic_link: of_type(EPIC_LINK),
            epic_name: of_type(EPIC_NAME),
        };
        let own = [&catalogue.sprint, &catalogue.start_date, &catalogue.epic_link];
        let others: Vec<&FieldInfo> = fields.iter().filter(|field| !own.contains(&&Some(field.id.clone()))).collect();
        let others: Vec<&FieldInfo> = others.into_iter().filter(|field| is_for_people(field)).collect();
        let mut count: HashMap<String, usize> = HashMap::new();
        for field in &others {
            *count.entry(field.name.to_lowercase()).or_default() += 1;
        }
        for field in others {
            let is_unique = count.get(&field.name.to_lowercase()) == Some(&1);
            let name = if is_unique { field.name.clone() } else { format!("{} ({})", field.name, field.id) };
            let schema = field.schema.clone().unwrap_or_default();
            catalogue.shapes.insert(field.id.clone(), Shape::new(&field.id, name, &schema));
        }
        catalogue
    }

    /// What a field holds that no field of ours stands for.
    pub(crate) fn shape(&self, id: &str) -> Option<&Shape> {
        self.shapes.get(id)
    }

    /// A field by the name that people know it by, by its id otherwise.
    pub(crate) fn named(&self, name: &str) -> Option<&Shape> {
        let lower = name.to_lowercase();
        let exact = self.shapes.values().find(|shape| shape.name == name);
        let folded = || self.shapes.values().find(|shape| shape.name.to_lowercase() == lower);
        exact.or_else(folded).or_else(|| self.shapes.get(name))
    }

    /// The fields that a name without an id may mean: one that is there several times.
    pub(crate) fn candidates(&self, name: &str) -> Vec<&str> {
        let start = format!("{} (customfield_", name.to_lowercase());
        let alike = self.shapes.values().filter(|shape| shape.name.to_lowercase().starts_with(&start));
        let mut names: Vec<&str> = alike.map(|shape| shape.name.as_str()).collect();
        names.sort_unstable();
        names
    }

    /// Says whether fields are known at all.
    pub(crate) fn is_empty(&self) -> bool {
        self.shapes.is_empty()
    }
}

fn has_type(field: &FieldInfo, kind: &str) -> bool {
    field.schema.as_ref().and_then(|schema| schema.custom.as_deref()) == Some(kind)
}

/// The field that the settings name, else the date that is called `Start date`.
fn start_date_of(fields: &[FieldInfo], wanted: Option<&str>) -> Option<String> {
    let found = match wanted {
        Some(wanted) => fields.iter().find(|field| field.id == wanted || field.name.eq_ignore_ascii_case(wanted)),
        None => fields.iter().find(|field| has_type(field, DATE) && field.name.eq_ignore_ascii_case(START_DATE)),
    };
    found.map(|field| field.id.clone())
}

/// Says whether a field holds something that people write or read, and that no field of ours stands for.
fn is_for_people(field: &FieldInfo) -> bool {
    let schema = field.schema.as_ref();
    let is_noise = schema.and_then(|schema: &FieldSchema| schema.custom.as_deref()).is_some_and(|c| NOISE.contains(&c));
    !is_noise && schema.is_some() && !OURS.contains(&field.id.as_str()) && !crate::dto::is_ignored(&field.id)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn catalogue(start_date: Option<&str>) -> Catalogue {
        let fields = r#"[
            {"id": "summary", "name": "Summary", "schema": {"type": "string", "system": "summary"}},
            {"id": "resolution", "name": "Resolution", "schema": {"type": "resolution", "system": "resolution"}},
            {"id": "watches", "name": "Watchers", "schema": {"type": "watches", "system": "watches"}},
            {"id": "customfield_10020", "name": "Sprint", "schema": {"type": "array", "items": "json",
                "custom": "com.pyxis.greenhopper.jira:gh-sprint"}},
            {"id": "customfield_10015", "name": "Start date", "schema": {"type": "date",
                "custom": "com.atlassian.jira.plugin.system.customfieldtypes:datepicker"}},
            {"id": "customfield_10016", "name": "Story point estimate", "schema": {"type": "number",
                "custom": "com.pyxis.greenhopper.jira:jsw-story-points"}},
            {"id": "customfield_10019", "name": "Rank", "schema": {"type": "any",
                "custom": "com.pyxis.greenhopper.jira:gh-lexo-rank"}},
            {"id": "customfield_10030", "name": "Team", "schema": {"type": "string",
                "custom": "com.atlassian.jira.plugin.system.customfieldtypes:textfield"}},
            {"id": "customfield_10031", "name": "team", "schema": {"type": "string",
                "custom": "com.atlassian.jira.plugin.system.customfieldtypes:textfield"}},
            {"id": "customfield_10032", "name": "Kick-off", "schema": {"type": "date",
                "custom": "com.atlassian.jira.plugin.system.customfieldtypes:datepicker"}},
            {"id": "issuekey", "name": "Key"}]"#;
        Catalogue::new(&serde_json::from_str::<Vec<FieldInfo>>(fields).unwrap(), start_date)
    }

    #[test]
    fn trap_ids_of_custom_fields_differ_from_site_to_site() {
        let found = catalogue(None);
        assert_eq!(found.sprint.as_deref(), Some("customfield_10020"));
        assert_eq!(found.start_date.as_deref(), Some("customfield_10015"));
        assert_eq!(found.named("story point ESTIMATE").unwrap().id, "customfield_10016");
    }

    #[test]
    fn the_start_date_can_be_another_field() {
        let found = catalogue(Some("Kick-off"));
        assert_eq!(found.start_date.as_deref(), Some("customfield_10032"));
        assert!(found.named("Start date").is_some() && found.named("Kick-off").is_none());
        assert_eq!(catalogue(Some("customfield_10032")).start_date.as_deref(), Some("customfield_10032"));
    }

    #[test]
    fn names_that_are_there_twice_have_their_id_behind_them() {
        let found = catalogue(None);
        assert!(found.named("Team").is_none());
        assert_eq!(found.candidates("TEAM"), ["Team (customfield_10030)", "team (customfield_10031)"]);
        assert_eq!(found.named("Team (customfield_10030)").unwrap().id, "customfield_10030");
        assert_eq!(found.named("customfield_10031").unwrap().name, "team (customfield_10031)");
    }

    #[test]
    fn what_says_nothing_to_people_is_left_out() {
        let found = catalogue(None);
        for id in ["summary", "watches", "customfield_10019", "issuekey", "customfield_10020"] {
            assert!(found.shape(id).is_none(), "{id}");
        }
        assert!(found.shape("resolution").is_some() && !found.is_empty());
    }
}
