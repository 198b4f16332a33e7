//! Reading the values that are written to fields.
//!
//! Forms: <https://developer.atlassian.com/server/jira/platform/jira-rest-api-examples/> and the description of *Create
//! issue*. The words of refusals are those that users quote in reports; where none is named they are unverified.

use serde_json::{Value, json};

use super::super::adf;
use super::super::model::{Field, FieldKind, FieldOption};
use super::super::request::id_of;
use super::super::view::View;

/// Why a value is refused.
#[derive(Clone, Debug)]
pub(in crate::jira) enum Refusal {
    /// A message under the field's id.
    Field(String),
    /// A message about the whole request.
    Whole(String),
}

impl Refusal {
    fn new(message: impl Into<String>) -> Self {
        Self::Field(message.into())
    }
}

type Stored = Result<Option<Value>, Refusal>;

/// The value as the database keeps it; `None` where the field is emptied.
pub(super) fn read(view: View<'_>, project: u64, field: &Field, value: &Value) -> Stored {
    if value.is_null() {
        return Ok(None);
    }
    match field.kind {
        FieldKind::Text => text(field, value),
        FieldKind::Rich => rich(view, value),
        FieldKind::Number => match value.is_number() {
            true => Ok(Some(value.clone())),
            false => Err(Refusal::new("Operation value must be a number")),
        },
        FieldKind::Date => date(value),
        FieldKind::DateTime => date_time(value),
        FieldKind::User => user(view, project, field, value),
        FieldKind::Select => option(field, value).map(|id| Some(id.into())),
        FieldKind::MultiSelect => list(value, |item| option(field, item).map(Value::from)),
        FieldKind::Labels => list(value, label),
        FieldKind::Priority => priority(view, value).map(|id| Some(id.into())),
        FieldKind::Components => list(value, |item| component(view, project, item).map(Value::from)),
        FieldKind::Versions => list(value, |item| version(view, project, item).map(Value::from)),
        FieldKind::EpicLink => epic(view, value),
        _ => Err(Refusal::new(format!("Field '{}' cannot be set this way.", field.id))),
    }
}

fn text(field: &Field, value: &Value) -> Stored {
    let text = value.as_str().ok_or_else(|| Refusal::new("Operation value must be a string"))?;
    let summary = field.id == "summary";
    if summary && text.contains(['\n', '\r']) {
        return Err(Refusal::new("The summary is invalid because it contains newline characters."));
    }
    match text.chars().count() {
        256.. if summary => Err(Refusal::new("Summary can't exceed 255 characters.")),
        256.. => Err(Refusal::new("The entered text is too long. It exceeds the allowed limit of 255 characters.")),
        _ if text.trim().is_empty() => Ok(None),
        _ => Ok(Some(text.into())),
    }
}

/// A document on Cloud (`lesstif/php-jira-rest-client#280`), whose mistakes are `INVALID_INPUT`; a string on Data Center.
fn rich(view: View<'_>, value: &Value) -> Stored {
    if !view.is_cloud() {
        let text = value.as_str().ok_or_else(|| Refusal::new("Operation value must be a string"))?;
        return Ok((!text.is_empty()).then(|| text.into()));
    }
    if !adf::is_document(value) {
        let message = "Operation value must be an Atlassian Document (see the Atlassian Document Format)";
        return Err(Refusal::new(message));
    }
    adf::check(value).map_err(|_| Refusal::Whole("INVALID_INPUT".to_owned()))?;
    if value.to_string().chars().count() > 32_767 {
        return Err(Refusal::Whole("CONTENT_LIMIT_EXCEEDED".to_owned()));
    }
    // An empty document is no description.
    Ok((value["content"] != json!([])).then(|| value.clone()))
}

fn date(value: &Value) -> Stored {
    let text = value.as_str().ok_or_else(|| Refusal::new("Operation value must be a string"))?;
    if text.is_empty() {
        return Ok(None);
    }
    let date = chrono::NaiveDate::parse_from_str(text, "%Y-%m-%d").ok().filter(|_| text.len() == 10);
    let refused = || Refusal::new(format!("Error parsing date string: {text}"));
    date.map(|date| Some(date.to_string().into())).ok_or_else(refused)
}

fn date_time(value: &Value) -> Stored {
    let text = value.as_str().ok_or_else(|| Refusal::new("Operation value must be a string"))?;
    let refused = || Refusal::new(format!("Error parsing time: {text}"));
    moment(text).map(|at| Some(at.to_rfc3339().into())).ok_or_else(refused)
}

/// A moment with or without a colon in its offset.
pub(in crate::jira) fn moment(text: &str) -> Option<chrono::DateTime<chrono::Utc>> {
    let read = chrono::DateTime::parse_from_str(text, "%Y-%m-%dT%H:%M:%S%.f%z");
    read.or_else(|_| chrono::DateTime::parse_from_rfc3339(text)).ok().map(|at| at.to_utc())
}

/// The id of the user that an object names: by account id on Cloud, by name (or key) on Data Center.
pub(in crate::jira) fn user_id(view: View<'_>, value: &Value) -> Option<String> {
    let users = &view.store.users;
    match view.is_cloud() {
        true => [&value["accountId"], &value["id"]]
            .into_iter()
            .find_map(Value::as_str)
            .filter(|id| users.contains_key(*id))
            .map(str::to_owned),
        false => match (value["name"].as_str(), value["key"].as_str()) {
            (Some(name), _) => users.values().find(|user| user.name == name).map(|user| user.id.clone()),
            (None, Some(key)) => users.contains_key(key).then(|| key.to_owned()),
            (None, None) => None,
        },
    }
}

fn user(view: View<'_>, project: u64, field: &Field, value: &Value) -> Stored {
    if !value.is_object() {
        return Err(Refusal::new("data was not an object"));
    }
    let named = if view.is_cloud() { &value["accountId"] } else { &value["name"] };
    // An object that names nobody empties the field; `-1` stands for the default assignee.
    if value.as_object().is_some_and(|members| members.values().all(Value::is_null)) || named == "" {
        return Ok(None);
    }
    if field.id == "assignee" && named == "-1" {
        return Ok(default_assignee(view, project).map(Value::from));
    }
    let shown = named.as_str().unwrap_or_default();
    let missing = || match field.id.as_str() {
        "reporter" => Refusal::new("The reporter specified is not a user."),
        _ => Refusal::new(format!("User '{shown}' does not exist.")),
    };
    let id = user_id(view, value).ok_or_else(missing)?;
    if field.id == "assignee" && !super::meta::assignable(view, project, &id) {
        return Err(Refusal::new(format!("User '{shown}' cannot be assigned issues.")));
    }
    Ok(Some(id.into()))
}

/// Whom issues of a project are assigned to when nobody says so.
pub(in crate::jira) fn default_assignee(view: View<'_>, project: u64) -> Option<String> {
    let project = view.store.projects.get(&project)?;
    (project.default_assignee == "PROJECT_LEAD").then(|| project.lead.clone())
}

fn list(value: &Value, read: impl Fn(&Value) -> Result<Value, Refusal>) -> Stored {
    let items = value.as_array().ok_or_else(|| Refusal::new("data was not an array"))?;
    let mut read_items: Vec<Value> = Vec::new();
    for item in items {
        let item = read(item)?;
        if !read_items.contains(&item) {
            read_items.push(item);
        }
    }
    Ok((!read_items.is_empty()).then(|| read_items.into()))
}

fn label(value: &Value) -> Result<Value, Refusal> {
    let label = value.as_str().ok_or_else(|| Refusal::new("Operation value must be a string"))?;
    if label.contains(char::is_whitespace) {
        return Err(Refusal::new(format!("The label '{label}' contains spaces which is invalid.")));
    }
    match label.chars().count() {
        256.. => Err(Refusal::new(format!("The label '{label}' exceeds the maximum length of 255 characters."))),
        _ => Ok(label.into()),
    }
}

/// The number of an option that an object names by id or value.
fn option(field: &Field, value: &Value) -> Result<u64, Refusal> {
    let find = |fits: &dyn Fn(&FieldOption) -> bool| {
        field.options.iter().find(|option| !option.disabled && fits(option)).map(|option| option.id)
    };
    if let Some(id) = value.get("id") {
        let wanted = id_of(id);
        return find(&|option| Some(option.id) == wanted)
            .ok_or_else(|| Refusal::new(format!("Option id '{}' is not valid", plain(id))));
    }
    match value["value"].as_str() {
        Some(text) => find(&|option| option.value == text)
            .ok_or_else(|| Refusal::new(format!("Option value '{text}' is not valid"))),
        None => Err(Refusal::new(format!("Specify a valid 'id' or 'name' for {}", field.name))),
    }
}

fn plain(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

fn priority(view: View<'_>, value: &Value) -> Result<u64, Refusal> {
    let rows = &view.store.priorities;
    if let Some(id) = value.get("id") {
        let found = id_of(id).filter(|id| rows.contains_key(id));
        return found.ok_or_else(|| Refusal::new("The priority selected is invalid."));
    }
    let name = value["name"].as_str();
    let missing = || Refusal::new("Could not find valid 'id' or 'name' in priority object.");
    let name = name.ok_or_else(missing)?;
    let row = rows.values().find(|row| row.name == name);
    row.map(|row| row.id).ok_or_else(|| Refusal::new(format!("Priority name '{name}' is not valid")))
}

fn component(view: View<'_>, project: u64, value: &Value) -> Result<u64, Refusal> {
    let own = view.store.components.values().filter(|row| row.project == project);
    let id = value.get("id").and_then(id_of);
    let name = value["name"].as_str().unwrap_or_default();
    let found =
        own.map(|row| (row.id, &row.name)).find(|(row, row_name)| id.map_or(*row_name == name, |id| id == *row));
    let shown = id.map_or_else(|| name.to_owned(), |id| id.to_string());
    found.map(|(id, _)| id).ok_or_else(|| Refusal::new(format!("Component name '{shown}' is not valid")))
}

fn version(view: View<'_>, project: u64, value: &Value) -> Result<u64, Refusal> {
    let own = view.store.versions.values().filter(|row| row.project == project);
    let id = value.get("id").and_then(id_of);
    let name = value["name"].as_str().unwrap_or_default();
    let found =
        own.map(|row| (row.id, &row.name)).find(|(row, row_name)| id.map_or(*row_name == name, |id| id == *row));
    let shown = id.map_or_else(|| name.to_owned(), |id| id.to_string());
    found.map(|(id, _)| id).ok_or_else(|| Refusal::new(format!("Version name '{shown}' is not valid")))
}

/// The key of an epic.
fn epic(view: View<'_>, value: &Value) -> Stored {
    let key = value.as_str().ok_or_else(|| Refusal::new("Operation value must be a string"))?;
    let epic = view.store.find_issue(key).filter(|issue| view.caller.sees(view.store, issue));
    let level = epic.and_then(|issue| view.store.issue_types.get(&issue.kind)).map(|kind| kind.level);
    match level {
        Some(1) => Ok(Some(key.to_uppercase().into())),
        Some(_) => Err(Refusal::new(format!("{key} is not an epic."))),
        None => Err(Refusal::new(format!("The issue '{key}' does not exist or you do not have permission to see it."))),
    }
}

/// The body of a comment: not empty, a document on Cloud.
///
/// The words: `lesstif/php-jira-rest-client#411`.
pub(in crate::jira) fn comment_body(view: View<'_>, value: &Value) -> Result<Value, Refusal> {
    let empty = || Refusal::Field("Comment body can not be empty!".to_owned());
    if !view.is_cloud() {
        let text = value.as_str().ok_or_else(|| Refusal::Field("Comment body is not valid!".to_owned()))?;
        return if text.trim().is_empty() { Err(empty()) } else { Ok(text.into()) };
    }
    if value.is_null() {
        return Err(empty());
    }
    if !adf::is_document(value) {
        return Err(Refusal::Field("Comment body is not valid!".to_owned()));
    }
    adf::check(value).map_err(|_| Refusal::Whole("INVALID_INPUT".to_owned()))?;
    if value["content"] == json!([]) { Err(empty()) } else { Ok(value.clone()) }
}
