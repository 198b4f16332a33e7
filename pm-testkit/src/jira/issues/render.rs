//! A whole issue as the API shows it.

use serde_json::{Map, Value, json};

use super::super::model::{Field, FieldKind, Issue};
use super::super::request::Parameters;
use super::super::view::View;
use super::fields;
use super::{changelog, meta, transitions};

/// What of an issue is asked for.
#[derive(Clone, Debug, Default)]
pub(in crate::jira) struct Selection {
    /// Ids with `*all`, `*navigable`, and `-id` for those that are left out. Empty: the id of the issue alone.
    pub(in crate::jira) fields: Vec<String>,
    pub(in crate::jira) properties: Vec<String>,
    pub(in crate::jira) expand: Vec<String>,
}

impl Selection {
    /// From a query string; without `fields` those of the default.
    pub(in crate::jira) fn read(parameters: &Parameters, default: &str) -> Self {
        let list = |name: &str| parameters.list(name).into_iter().map(str::to_owned).collect::<Vec<_>>();
        let mut fields = list("fields");
        if fields.is_empty() && !default.is_empty() {
            fields.push(default.to_owned());
        }
        Self { fields, properties: list("properties"), expand: list("expand") }
    }

    pub(super) fn shows(&self, field: &Field) -> bool {
        let left_out =
            |name: &String| name.strip_prefix('-').is_some_and(|name| name == field.id || name == field.name);
        if self.fields.iter().any(left_out) {
            return false;
        }
        let only_left_out = self.fields.iter().all(|name| name.starts_with('-'));
        only_left_out
            || self.fields.iter().any(|name| match name.as_str() {
                "*all" => true,
                "*navigable" => is_navigable(field),
                name => name == field.id,
            })
    }

    pub(super) fn expands(&self, name: &str) -> bool {
        self.expand.iter().any(|expanded| expanded == name || expanded.split(',').any(|part| part.trim() == name))
    }
}

/// Whether `*navigable` includes a field: which ones it leaves out is unverified.
fn is_navigable(field: &Field) -> bool {
    !matches!(field.kind, FieldKind::Comments | FieldKind::Worklogs | FieldKind::TimeTracking | FieldKind::Attachments)
}

/// The issue with what is asked for.
///
/// Without any field a search answers the id alone:
/// <https://developer.atlassian.com/cloud/jira/platform/rest/v3/api-group-issue-search/#api-rest-api-3-search-jql-post>.
pub(in crate::jira) fn render(view: View<'_>, issue: &Issue, selection: &Selection) -> Value {
    if selection.fields.is_empty() && selection.properties.is_empty() && selection.expand.is_empty() {
        return json!({ "id": issue.id.to_string() });
    }
    let shown: Vec<&Field> = match selection.fields.is_empty() {
        true => Vec::new(),
        false => view.store.fields.iter().filter(|field| selection.shows(field)).collect(),
    };
    let mut object = json!({
        "expand": "renderedFields,names,schema,operations,editmeta,changelog,versionedRepresentations",
        "id": issue.id.to_string(),
        "self": view.href(&format!("/issue/{}", issue.id)),
        "key": issue.key,
    });
    let values = shown.iter().filter_map(|field| Some((field.id.clone(), fields::value(view, issue, field)?)));
    let mut values: Map<String, Value> = values.collect();
    if let Some(parent) = unlisted_parent(view, issue, selection) {
        values.insert("parent".into(), parent);
    }
    if !values.is_empty() {
        object["fields"] = values.into();
    }
    if !selection.properties.is_empty() {
        object["properties"] = properties(issue, &selection.properties);
    }
    expand(view, issue, selection, &shown, &mut object);
    object
}

/// The parent of a sub-task on Data Center, where it is shown among the fields without being one of those that are listed
/// (`pycontribs/jira`: `issue.fields.parent`).
fn unlisted_parent(view: View<'_>, issue: &Issue, selection: &Selection) -> Option<Value> {
    let wanted = selection.fields.iter().any(|name| matches!(name.as_str(), "*all" | "*navigable" | "parent"));
    let parent = view.store.issues().get(&issue.parent?)?;
    (wanted && !view.is_cloud()).then(|| fields::brief(view, parent))
}

fn expand(view: View<'_>, issue: &Issue, selection: &Selection, shown: &[&Field], object: &mut Value) {
    if selection.expands("names") {
        object["names"] = names(shown);
    }
    if selection.expands("schema") {
        object["schema"] = schemas(shown);
    }
    if selection.expands("transitions") {
        let with_fields = selection.expands("transitions.fields");
        object["transitions"] = transitions::available(view, issue)
            .into_iter()
            .map(|transition| transitions::render(view, issue, transition, with_fields))
            .collect();
    }
    if selection.expands("changelog") {
        object["changelog"] = changelog::inside(view, issue);
    }
    if selection.expands("editmeta") {
        object["editmeta"] = json!({ "fields": meta::editable(view, issue) });
    }
}

pub(in crate::jira) fn names(shown: &[&Field]) -> Value {
    shown.iter().map(|field| (field.id.clone(), Value::from(field.name.clone()))).collect::<Map<_, _>>().into()
}

pub(in crate::jira) fn schemas(shown: &[&Field]) -> Value {
    shown.iter().map(|field| (field.id.clone(), meta::schema(field))).collect::<Map<_, _>>().into()
}

fn properties(issue: &Issue, wanted: &[String]) -> Value {
    let all = wanted.iter().any(|name| name == "*all");
    let hidden = |key: &str| wanted.iter().any(|name| name.strip_prefix('-') == Some(key));
    let chosen = issue.properties.iter().filter(|(key, _)| (all || wanted.contains(key)) && !hidden(key));
    chosen.map(|(key, value)| (key.clone(), value.clone())).collect::<Map<_, _>>().into()
}
