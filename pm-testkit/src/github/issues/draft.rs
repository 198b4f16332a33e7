//! What a write says about an issue, checked before anything changes.

use serde_json::Value;

use super::{LONGEST_BODY, LONGEST_TITLE};
use crate::github::access::is_assignable;
use crate::github::errors::{Answer, Problem};
use crate::github::model::Repository;
use crate::github::request::{Body, wrong};
use crate::github::store::Store;

/// What only those with push access may say; for others it is dropped without a word.
#[derive(Debug, Default)]
pub(super) struct Draft {
    /// Names of labels; those that are not there yet are made.
    pub(super) labels: Option<Vec<String>>,
    pub(super) assignees: Option<Vec<u64>>,
    pub(super) milestone: Option<Option<u64>>,
    pub(super) kind: Option<Option<u64>>,
    pub(super) fields: Vec<(u64, Value)>,
}

impl Draft {
    /// Reads what a body says; nothing of it without push access.
    pub(super) fn read(store: &Store, repository: &Repository, body: &Body, may_push: bool) -> Answer<Self> {
        let labels = body.list("labels")?.map(label_names).transpose()?;
        if !may_push {
            return Ok(Self::default());
        }
        Ok(Self {
            labels,
            assignees: assignees(store, repository, body)?,
            milestone: milestone(store, repository, body)?,
            kind: kind(store, repository, body)?,
            fields: fields(store, repository, body)?,
        })
    }
}

/// Labels are written as names, or as objects with a name.
pub(in crate::github) fn label_names(labels: &[Value]) -> Answer<Vec<String>> {
    let name = |label: &Value| {
        let name = label.as_str().or_else(|| label.get("name")?.as_str());
        name.map(str::to_owned).ok_or_else(|| wrong("labels/items", label, "a string"))
    };
    labels.iter().map(name).collect()
}

/// People by login, at most ten of them: those beyond are dropped, as are doubles.
///
/// <https://docs.github.com/en/rest/issues/assignees#add-assignees-to-an-issue>
pub(in crate::github) fn people(store: &Store, repository: &Repository, logins: &[String]) -> Answer<Vec<u64>> {
    let mut people = Vec::new();
    for login in logins {
        let account = store.account_named(login).map(|account| account.id);
        let account = account.filter(|id| is_assignable(store, *id, repository));
        let account = account.ok_or_else(|| Problem::invalid("Issue", "assignees", login.as_str()))?;
        if !people.contains(&account) && people.len() < 10 {
            people.push(account);
        }
    }
    Ok(people)
}

fn assignees(store: &Store, repository: &Repository, body: &Body) -> Answer<Option<Vec<u64>>> {
    let many = body.texts("assignees")?;
    let one = body.text("assignee")?.map(|login| login.into_iter().collect());
    let logins: Option<Vec<String>> = many.or(one);
    logins.map(|logins| people(store, repository, &logins)).transpose()
}

fn milestone(store: &Store, repository: &Repository, body: &Body) -> Answer<Option<Option<u64>>> {
    let Some(value) = body.get("milestone") else { return Ok(None) };
    if value.is_null() || value == "" {
        return Ok(Some(None));
    }
    let number = value.as_u64().or_else(|| value.as_str()?.parse().ok());
    let found = number.and_then(|number| store.milestone_at(repository.id, number));
    found.map(|found| Some(Some(found.id))).ok_or_else(|| Problem::invalid("Issue", "milestone", value.clone()))
}

/// A type by its name. Repositories of people have none: what is said there is dropped (unverified).
fn kind(store: &Store, repository: &Repository, body: &Body) -> Answer<Option<Option<u64>>> {
    if store.issue_types.values().all(|kind| kind.organization != repository.owner) {
        return Ok(None);
    }
    match body.text("type")? {
        None => Ok(None),
        Some(None) => Ok(Some(None)),
        Some(Some(name)) => {
            let found = store.issue_type_named(repository.id, &name);
            found.map(|kind| Some(Some(kind.id))).ok_or_else(|| Problem::invalid("Issue", "type", name))
        }
    }
}

fn fields(store: &Store, repository: &Repository, body: &Body) -> Answer<Vec<(u64, Value)>> {
    let values = body.list("issue_field_values")?.unwrap_or_default();
    read_fields(store, repository, values)
}

/// Values of fields: `{"field_id": …, "value": …}`. Those of fields that the owner does not have are dropped.
pub(in crate::github) fn read_fields(
    store: &Store,
    repository: &Repository,
    values: &[Value],
) -> Answer<Vec<(u64, Value)>> {
    let mut read = Vec::new();
    for given in values {
        let id = given["field_id"].as_u64().ok_or_else(|| wrong("issue_field_values/items", given, "an object"))?;
        let field = store.issue_fields.get(&id).filter(|field| field.organization == repository.owner);
        let Some(field) = field else { continue };
        let value = &given["value"];
        let fits = match field.data_type.as_str() {
            "number" => value.is_number(),
            "single_select" => field.options.iter().any(|(_, name)| value == name.as_str()),
            _ => value.is_string(),
        };
        if !fits {
            return Err(Problem::invalid("Issue", "issue_field_values", value.clone()));
        }
        read.push((id, value.clone()));
    }
    Ok(read)
}

/// 422 for a title that is empty or too long.
pub(super) fn check_title(title: &str) -> Answer<()> {
    if title.trim().is_empty() {
        return Err(Problem::missing_field("Issue", "title"));
    }
    match title.chars().count() > LONGEST_TITLE {
        true => Err(Problem::custom("Issue", "title", "title is too long (maximum is 256 characters)")),
        false => Ok(()),
    }
}

/// 422 for a body that is too long.
pub(in crate::github) fn check_body(resource: &str, body: &str) -> Answer<()> {
    match body.chars().count() > LONGEST_BODY {
        true => Err(Problem::custom(resource, "body", "body is too long (maximum is 65536 characters)")),
        false => Ok(()),
    }
}
