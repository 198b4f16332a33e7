//! Writes the properties and links of a request into a draft.
//!
//! Only what supports writing may be written: <https://www.openproject.org/docs/api/endpoints/work-packages/>. That
//! unknown names are refused as well is strict on purpose (unverified): it shows misspelt ones.

use serde_json::{Map, Value};

use super::custom;
use crate::openproject::access::{Caller, principal_of};
use crate::openproject::builder::Options;
use crate::openproject::duration;
use crate::openproject::errors::{Answer, Problem};
use crate::openproject::fields;
use crate::openproject::model::WorkPackage;
use crate::openproject::store::Store;

/// Properties that the server computes: writing one is `PropertyIsReadOnly`.
const READ_ONLY: [&str; 18] = [
    "id",
    "displayId",
    "createdAt",
    "updatedAt",
    "spentTime",
    "percentageDone",
    "derivedStartDate",
    "derivedDueDate",
    "derivedEstimatedTime",
    "derivedRemainingTime",
    "derivedPercentageDone",
    "position",
    "readonly",
    "author",
    "children",
    "ancestors",
    "schema",
    "self",
];

/// A work package that is being written.
pub(super) struct Draft<'a> {
    pub(super) store: &'a Store,
    pub(super) options: &'a Options,
    pub(super) caller: Caller,
    pub(super) item: WorkPackage,
    /// The names of the properties and links that the request has.
    pub(super) given: Vec<String>,
    /// `duration` in days, where it was given.
    pub(super) days: Option<i64>,
    /// Whether all required custom fields have to be there.
    pub(super) all_custom_fields: bool,
    pub(super) problems: Vec<Problem>,
}

impl<'a> Draft<'a> {
    pub(super) fn new(store: &'a Store, options: &'a Options, caller: Caller, item: WorkPackage) -> Self {
        let (given, problems) = (Vec::new(), Vec::new());
        Self { store, options, caller, item, given, days: None, all_custom_fields: false, problems }
    }

    /// Writes everything that a body has. The type comes first: it decides which dates there are.
    pub(super) fn apply(&mut self, body: &Map<String, Value>) {
        let links = match fields::links(body) {
            Ok(links) => links,
            Err(problem) => {
                self.problems.push(problem);
                Map::new()
            }
        };
        self.all_custom_fields |= body.get("_meta").is_some_and(|meta| meta["validateCustomFields"] == true);
        let (first, rest): (Vec<_>, Vec<_>) = links.iter().partition(|(name, _)| *name == "project" || *name == "type");
        for (name, value) in first.into_iter().rev().chain(rest) {
            let written = self.set_link(name, value);
            self.note(name, written);
        }
        for (name, value) in body {
            if !["_links", "_meta", "_type", "lockVersion"].contains(&name.as_str()) {
                let written = self.set(name, value);
                self.note(name, written);
            }
        }
        self.derive_progress();
    }

    fn note(&mut self, name: &str, written: Answer<()>) {
        self.given.push(name.to_owned());
        self.problems.extend(written.err());
    }

    fn was_given(&self, name: &str) -> bool {
        self.given.iter().any(|given| given == name)
    }

    pub(super) fn is_milestone(&self) -> bool {
        self.store.types.get(&self.item.kind).is_some_and(|kind| kind.milestone)
    }

    fn set(&mut self, name: &str, value: &Value) -> Answer<()> {
        let milestone = self.is_milestone();
        match name {
            "subject" => self.item.subject = fields::text(name, value)?,
            "description" => self.item.description = fields::formattable(name, value)?,
            "startDate" if !milestone => self.item.start = fields::date(name, value)?,
            "dueDate" if !milestone => self.item.due = fields::date(name, value)?,
            "date" if milestone => {
                self.item.due = fields::date(name, value)?;
                self.item.start = self.item.due;
            }
            "duration" if !milestone => self.days = days(name, value)?,
            "startDate" | "dueDate" | "duration" | "date" => return Err(Problem::read_only(name)),
            "estimatedTime" => self.item.work = minutes(name, value)?,
            "remainingTime" => self.item.remaining = minutes(name, value)?,
            "scheduleManually" => self.item.scheduled_by_hand = fields::flag(name, value)?,
            "ignoreNonWorkingDays" => self.item.ignores_non_working_days = fields::flag(name, value)?,
            "storyPoints" if self.options.sprints => self.item.story_points = points(name, value)?,
            _ if READ_ONLY.contains(&name) => return Err(Problem::read_only(name)),
            _ => {
                let field = custom::named(self.store, name).ok_or_else(|| Problem::unknown(name))?;
                custom::set(&mut self.item, field, value)?;
            }
        }
        Ok(())
    }

    fn set_link(&mut self, name: &str, value: &Value) -> Answer<()> {
        match name {
            "project" => self.item.project = self.needed(name, &["projects", "workspaces"], value)?,
            "type" => self.item.kind = self.needed(name, &["types"], value)?,
            "status" => self.item.status = self.needed(name, &["statuses"], value)?,
            "priority" => self.item.priority = self.needed(name, &["priorities"], value)?,
            "assignee" => self.item.assignee = self.person(name, value)?,
            "responsible" => self.item.responsible = self.person(name, value)?,
            "parent" => self.item.parent = fields::id(name, &["work_packages"], value)?,
            "version" => self.item.version = fields::id(name, &["versions"], value)?,
            "sprint" if self.options.sprints => self.item.sprint = fields::id(name, &["sprints"], value)?,
            "labels" if self.options.labels => self.item.labels = self.labels(value)?,
            // No project here has categories, so that only none can be chosen.
            "category" => {
                if fields::href(name, value)?.is_some() {
                    return Err(Problem::constraint(name, "Category is not set to one of the allowed values."));
                }
            }
            _ if READ_ONLY.contains(&name) => return Err(Problem::read_only(name)),
            _ => {
                let field = custom::named(self.store, name).filter(|field| custom::is_link(field));
                let field = field.ok_or_else(|| Problem::unknown(name))?;
                custom::set_link(self.store, &mut self.item, field, value)?;
            }
        }
        Ok(())
    }

    /// A link that cannot be empty.
    fn needed(&self, name: &str, resources: &[&str], value: &Value) -> Answer<u64> {
        fields::id(name, resources, value)?
            .ok_or_else(|| Problem::constraint(name, format!("{} can't be blank.", title(name))))
    }

    /// A user, a group or a placeholder: all of them can be assigned.
    fn person(&self, name: &str, value: &Value) -> Answer<Option<u64>> {
        let Some(href) = fields::href(name, value)? else { return Ok(None) };
        let (resource, id) = fields::target(name, &["users", "groups", "placeholder_users"], &href)?;
        let found = principal_of(self.store, &resource, id);
        found.map(Some).ok_or_else(|| Problem::constraint(name, format!("{} does not exist.", title(name))))
    }

    fn labels(&self, value: &Value) -> Answer<Vec<u64>> {
        let list = value.as_array().ok_or_else(|| Problem::format("labels", "[{ \"href\": \"…\" }]"))?;
        let ids = list.iter().map(|link| self.needed("labels", &["labels"], link)).collect::<Answer<Vec<_>>>()?;
        match ids.iter().all(|id| self.store.labels.contains_key(id)) {
            true => Ok(ids),
            false => Err(Problem::constraint("labels", "Labels is not set to one of the allowed values.")),
        }
    }

    /// Fills in what follows from the other of work and remaining work (unverified): remaining work is all of it at
    /// first and moves along with it later.
    fn derive_progress(&mut self) {
        let before = self.store.work_packages.get(&self.item.id).and_then(|item| item.work);
        let (has_work, has_remaining) = (self.was_given("estimatedTime"), self.was_given("remainingTime"));
        let item = &mut self.item;
        if has_work && !has_remaining {
            item.remaining = match (item.work, item.remaining) {
                (None, _) => None,
                (Some(work), None) => Some(work),
                (Some(work), Some(left)) => Some((left + work).saturating_sub(before.unwrap_or(work))),
            };
        } else if has_remaining && !has_work && item.work.is_none() {
            item.work = item.remaining;
        }
    }
}

fn title(name: &str) -> String {
    let mut letters = name.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}

fn minutes(name: &str, value: &Value) -> Answer<Option<u64>> {
    match value {
        Value::Null => Ok(None),
        Value::String(text) => duration::minutes(text).map(Some).ok_or_else(|| Problem::format(name, "PT2H30M")),
        _ => Err(Problem::format(name, "PT2H30M")),
    }
}

fn days(name: &str, value: &Value) -> Answer<Option<i64>> {
    match value {
        Value::Null => Ok(None),
        Value::String(text) => duration::days(text).map(Some).ok_or_else(|| Problem::format(name, "P5D")),
        _ => Err(Problem::format(name, "P5D")),
    }
}

fn points(name: &str, value: &Value) -> Answer<Option<i64>> {
    match value {
        Value::Null => Ok(None),
        value => value.as_i64().map(Some).ok_or_else(|| Problem::format(name, "an integer")),
    }
}
