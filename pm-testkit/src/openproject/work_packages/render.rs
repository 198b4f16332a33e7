//! A work package as the server shows it.

use std::collections::HashMap;

use serde_json::{Value, json};

use super::custom;
use crate::openproject::access::Caller;
use crate::openproject::builder::Options;
use crate::openproject::duration::of_minutes;
use crate::openproject::hal::{date, formattable, link, no_link, path, time};
use crate::openproject::model::{Permission, WorkPackage};
use crate::openproject::store::Store;

/// Who is whose child, looked up once for many work packages.
pub(super) struct Family<'a>(HashMap<u64, Vec<&'a WorkPackage>>);

impl<'a> Family<'a> {
    pub(super) fn of(store: &'a Store) -> Self {
        let mut children: HashMap<u64, Vec<&WorkPackage>> = HashMap::new();
        for item in store.work_packages.values() {
            if let Some(parent) = item.parent {
                children.entry(parent).or_default().push(item);
            }
        }
        Self(children)
    }

    pub(super) fn children(&self, id: u64) -> &[&'a WorkPackage] {
        self.0.get(&id).map(Vec::as_slice).unwrap_or_default()
    }

    /// The work package and everything below it.
    pub(super) fn all<'b>(&self, item: &'b WorkPackage) -> Vec<&'b WorkPackage>
    where
        'a: 'b,
    {
        let below = self.children(item.id).iter().flat_map(|child| self.all(child));
        std::iter::once(item).chain(below).collect()
    }
}

/// What is needed to show work packages to somebody.
pub(super) struct View<'a> {
    pub(super) store: &'a Store,
    pub(super) options: &'a Options,
    pub(super) caller: Caller,
    pub(super) family: Family<'a>,
}

/// Shows one work package.
pub(in crate::openproject) fn render_alone(
    store: &Store,
    options: &Options,
    caller: Caller,
    item: &WorkPackage,
) -> Value {
    View { store, options, caller, family: Family::of(store) }.render(item)
}

impl View<'_> {
    pub(super) fn render(&self, item: &WorkPackage) -> Value {
        let mut shown = json!({
            "_type": "WorkPackage",
            "id": item.id,
            "lockVersion": item.lock_version,
            "subject": item.subject,
            "description": formattable(&item.description),
            "scheduleManually": item.scheduled_by_hand,
            "ignoreNonWorkingDays": item.ignores_non_working_days,
            "readonly": self.store.statuses.get(&item.status).is_some_and(|status| status.readonly),
            "createdAt": time(item.created),
            "updatedAt": time(item.updated),
        });
        self.dates(item, &mut shown);
        self.progress(item, &mut shown);
        shown["_links"] = self.links(item);
        custom::show(self.store, item, &mut shown);
        shown
    }

    /// A milestone has one date and no duration; the others have a start and an end.
    fn dates(&self, item: &WorkPackage, shown: &mut Value) {
        if self.is_milestone(item) {
            shown["date"] = date(item.due);
        } else {
            shown["startDate"] = date(item.start);
            shown["dueDate"] = date(item.due);
            let days = item.start.zip(item.due).map(|(start, due)| (due - start).num_days() + 1);
            shown["duration"] = days.map(|days| format!("P{days}D")).into();
        }
        let children = self.family.children(item.id);
        shown["derivedStartDate"] = date(children.iter().filter_map(|child| child.start.or(child.due)).min());
        shown["derivedDueDate"] = date(children.iter().filter_map(|child| child.due.or(child.start)).max());
    }

    /// `percentageDone` follows from work and remaining work; sums count the children as well.
    fn progress(&self, item: &WorkPackage, shown: &mut Value) {
        let minutes = |minutes: Option<u64>| -> Value { minutes.map(of_minutes).into() };
        shown["estimatedTime"] = minutes(item.work);
        shown["remainingTime"] = minutes(item.remaining);
        shown["percentageDone"] = percentage(item.work, item.remaining);
        let all = self.family.all(item);
        let sum = |of: fn(&WorkPackage) -> Option<u64>| all.iter().filter_map(|item| of(item)).reduce(|a, b| a + b);
        let (work, remaining) = (sum(|item| item.work), sum(|item| item.remaining));
        shown["derivedEstimatedTime"] = minutes(work);
        shown["derivedRemainingTime"] = minutes(remaining);
        shown["derivedPercentageDone"] = percentage(work, remaining);
        if self.caller.may(self.store, item.project, Permission::ViewTimeEntries) {
            let spent = all.iter().map(|item| self.store.spent_minutes(item.id)).sum();
            shown["spentTime"] = of_minutes(spent).into();
        }
        if self.options.sprints {
            shown["storyPoints"] = item.story_points.into();
            shown["position"] = Value::Null;
        }
    }

    fn links(&self, item: &WorkPackage) -> Value {
        let store = self.store;
        let own = path("work_packages", item.id);
        let name = |found: Option<&String>| found.cloned().unwrap_or_default();
        let mut links = json!({
            "self": { "href": own, "title": item.subject },
            "schema": { "href": format!("/api/v3/work_packages/schemas/{}-{}", item.project, item.kind) },
            "activities": { "href": format!("{own}/activities") },
            "relations": { "href": format!("{own}/relations") },
            "availableWatchers": { "href": format!("{own}/available_watchers") },
            "project": link("projects", item.project, &name(store.projects.get(&item.project).map(|row| &row.name))),
            "type": link("types", item.kind, &name(store.types.get(&item.kind).map(|row| &row.name))),
            "status": link("statuses", item.status, &name(store.statuses.get(&item.status).map(|row| &row.name))),
            "priority": link("priorities", item.priority, &name(store.priorities.get(&item.priority).map(|row| &row.name))),
            "author": self.person(Some(item.author)),
            "assignee": self.person(item.assignee),
            "responsible": self.person(item.responsible),
            "category": no_link(),
            "version": item.version.and_then(|id| store.versions.get(&id))
                .map_or_else(no_link, |version| link("versions", version.id, &version.name)),
            "parent": item.parent.map_or_else(no_link, |parent| self.relative(parent)),
            "ancestors": store.ancestors(item.id).into_iter().map(|id| self.relative(id)).collect::<Vec<_>>(),
        });
        let children = self.family.children(item.id);
        if !children.is_empty() {
            links["children"] = children.iter().map(|child| self.relative(child.id)).collect();
        }
        self.newer_links(item, &mut links);
        self.actions(item, &own, &mut links);
        links
    }

    /// What only newer servers have.
    fn newer_links(&self, item: &WorkPackage, links: &mut Value) {
        if self.options.sprints {
            let sprint = item.sprint.and_then(|id| self.store.sprints.get(&id));
            links["sprint"] = sprint.map_or_else(no_link, |sprint| link("sprints", sprint.id, &sprint.name));
        }
        if self.options.labels {
            let labels = item.labels.iter().filter_map(|id| self.store.labels.get(id));
            links["labels"] = labels.map(|label| link("labels", label.id, &label.name)).collect();
        }
    }

    /// Actions show only to those who may take them.
    fn actions(&self, item: &WorkPackage, own: &str, links: &mut Value) {
        let may = |permission| self.caller.may(self.store, item.project, permission);
        if may(Permission::EditWorkPackages) {
            links["update"] = json!({ "href": format!("{own}/form"), "method": "post" });
            links["updateImmediately"] = json!({ "href": own, "method": "patch" });
        }
        if may(Permission::DeleteWorkPackages) {
            links["delete"] = json!({ "href": own, "method": "delete" });
        }
        if may(Permission::AddComments) {
            links["addComment"] = json!({ "href": format!("{own}/activities"), "method": "post" });
        }
        if may(Permission::ManageRelations) {
            links["addRelation"] = json!({ "href": format!("{own}/relations"), "method": "post" });
        }
    }

    fn person(&self, id: Option<u64>) -> Value {
        let person = id.and_then(|id| self.store.principals.get(&id));
        person.map_or_else(no_link, |person| link(person.kind.resource(), person.id, &person.name))
    }

    /// A work package elsewhere in the tree; one that the caller cannot see is undisclosed.
    fn relative(&self, id: u64) -> Value {
        match self.store.work_packages.get(&id).filter(|item| self.caller.sees_work_package(self.store, item)) {
            Some(item) => link("work_packages", id, &item.subject),
            None => json!({ "href": "urn:openproject-org:api:v3:undisclosed", "title": "Undisclosed" }),
        }
    }

    fn is_milestone(&self, item: &WorkPackage) -> bool {
        self.store.types.get(&item.kind).is_some_and(|kind| kind.milestone)
    }
}

fn percentage(work: Option<u64>, remaining: Option<u64>) -> Value {
    let known = work.filter(|work| *work > 0).zip(remaining);
    known.map(|(work, remaining)| 100 * work.saturating_sub(remaining) / work).into()
}
