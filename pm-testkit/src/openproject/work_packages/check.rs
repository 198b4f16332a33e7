//! What a work package must be like before it is stored.
//!
//! The constraints are those of <https://www.openproject.org/docs/api/endpoints/work-packages/>.

use chrono::{Duration, NaiveDate};

use super::custom;
use super::properties::Draft;
use crate::openproject::access::is_assignable;
use crate::openproject::errors::Problem;
use crate::openproject::model::WorkPackage;
use crate::openproject::sprints::is_usable;
use crate::openproject::store::Store;
use crate::openproject::versions::is_shared_with;

impl Draft<'_> {
    /// Checks the draft against what was stored before, if anything was.
    pub(super) fn check(&mut self, before: Option<&WorkPackage>) {
        self.check_subject();
        self.check_dates(before);
        self.check_place(before);
        self.check_people(before);
        self.check_status(before);
        self.check_parent(before);
        self.check_progress();
        let all = before.is_none() || self.all_custom_fields;
        let missing = custom::check(self.store, &self.item, all, &self.given);
        self.problems.extend(missing);
    }

    fn fail(&mut self, attribute: &str, message: &str) {
        self.problems.push(Problem::constraint(attribute, message));
    }

    fn gives(&self, name: &str) -> bool {
        self.given.iter().any(|given| given == name)
    }

    fn check_subject(&mut self) {
        match self.item.subject.chars().count() {
            _ if self.item.subject.trim().is_empty() => self.fail("subject", "Subject can't be blank."),
            0..=255 => {}
            _ => self.fail("subject", "Subject is too long (maximum is 255 characters)."),
        }
    }

    /// Start, end and duration have to agree; two of them give the third (opf/OpenProjectExcel#71).
    fn check_dates(&mut self, before: Option<&WorkPackage>) {
        if let Some(days) = self.days {
            self.check_duration(days);
        }
        let (start, due) = (self.item.start, self.item.due);
        if start.zip(due).is_some_and(|(start, due)| due < start) {
            self.fail("dueDate", "Finish date must be greater than or equal to the start date.");
        }
        self.check_schedule(before);
        let earliest = earliest_start(self.store, self.item.id);
        let moved = before.is_none_or(|before| before.start != start);
        if moved && start.zip(earliest).is_some_and(|(start, earliest)| start < earliest) {
            self.fail(
                "startDate",
                "Start date can only be set to a later date so as not to violate the relationships.",
            );
        }
    }

    fn check_duration(&mut self, days: i64) {
        let length = Duration::days(days - 1);
        match (self.gives("startDate"), self.gives("dueDate"), self.item.start, self.item.due) {
            (true, true, Some(start), Some(due)) if (due - start).num_days() + 1 != days => {
                self.fail("duration", "Duration does not match the start date and the finish date.");
            }
            (false, true, _, Some(due)) => self.item.start = Some(due - length),
            (_, false, Some(start), _) => self.item.due = Some(start + length),
            _ => {}
        }
    }

    /// Dates of an automatically scheduled parent come from its children, and only parents and successors can be
    /// scheduled automatically.
    fn check_schedule(&mut self, before: Option<&WorkPackage>) {
        if self.item.scheduled_by_hand {
            return;
        }
        let is_parent = self.store.children(self.item.id).next().is_some();
        let unchanged = before.is_some_and(|before| before.start == self.item.start && before.due == self.item.due);
        if is_parent && !unchanged {
            for name in ["startDate", "dueDate"].into_iter().filter(|name| self.gives(name)).collect::<Vec<_>>() {
                self.problems.push(Problem::read_only(name));
            }
        }
        let follows =
            self.store.relations.values().any(|relation| relation.from == self.item.id && relation.kind == "follows");
        if self.gives("scheduleManually") && !is_parent && !follows && !self.options.automatic_scheduling {
            self.fail("scheduleManually", "Automatic scheduling needs children or predecessors.");
        }
    }

    /// Type, version and sprint have to be there for the project.
    fn check_place(&mut self, before: Option<&WorkPackage>) {
        let (store, item) = (self.store, &self.item);
        let enabled = store.projects.get(&item.project).is_some_and(|project| project.types.contains(&item.kind));
        let version = item.version.filter(|version| before.is_none_or(|before| before.version != Some(*version)));
        let open = |id: &u64| {
            store.versions.get(id).is_some_and(|row| row.status == "open" && is_shared_with(store, row, item.project))
        };
        let version_fits = version.as_ref().is_none_or(open);
        let new_sprint = item.sprint.filter(|sprint| before.is_none_or(|before| before.sprint != Some(*sprint)));
        let usable = |id| store.sprints.get(&id).is_some_and(|sprint| is_usable(store, sprint, item.project));
        let sprint_fits = new_sprint.is_none_or(usable);
        let priority_fits = store
            .priorities
            .get(&item.priority)
            .is_some_and(|priority| priority.active || before.is_some_and(|before| before.priority == priority.id));
        if !enabled {
            self.fail("type", "Type is not set to one of the allowed values.");
        }
        if !version_fits {
            self.fail("version", "Version is not set to one of the allowed values.");
        }
        if !sprint_fits {
            self.fail("sprint", "Sprint is not set to one of the allowed values.");
        }
        if !priority_fits {
            self.fail("priority", "Priority is not set to one of the allowed values.");
        }
    }

    /// Only members can be assigned, administrators or not (unverified).
    fn check_people(&mut self, before: Option<&WorkPackage>) {
        let project = self.item.project;
        let new_assignee = self.item.assignee.filter(|id| before.is_none_or(|before| before.assignee != Some(*id)));
        if new_assignee.is_some_and(|id| !is_assignable(self.store, id, project)) {
            self.fail("assignee", "The chosen user is not allowed to be 'Assignee' for this work package.");
        }
        let new_responsible =
            self.item.responsible.filter(|id| before.is_none_or(|before| before.responsible != Some(*id)));
        if new_responsible.is_some_and(|id| !is_assignable(self.store, id, project)) {
            self.fail("responsible", "The chosen user is not allowed to be 'Accountable' for this work package.");
        }
    }

    /// A status change has to be one that the workflow has; a read-only status lets nothing else be changed.
    fn check_status(&mut self, before: Option<&WorkPackage>) {
        let store = self.store;
        let name = |id: u64| store.statuses.get(&id).map(|status| status.name.clone());
        let Some(new) = name(self.item.status) else {
            return self.fail("status", "Status is not set to one of the allowed values.");
        };
        let Some(before) = before else { return };
        let next = name(before.status).and_then(|old| self.options.workflow.get(&old));
        if before.status != self.item.status && next.is_some_and(|next| !next.contains(&new)) {
            self.fail("status", "Status is invalid because no valid transition exists from the old to the new one.");
        }
        let frozen = store.statuses.get(&before.status).is_some_and(|status| status.readonly);
        let mut unfrozen = before.clone();
        unfrozen.status = self.item.status;
        if frozen && unfrozen != self.item {
            let written = self.given.iter().find(|name| *name != "status").cloned().unwrap_or_default();
            self.problems.push(Problem::read_only(&written));
        }
    }

    fn check_parent(&mut self, before: Option<&WorkPackage>) {
        let Some(parent) = self.item.parent.filter(|id| before.is_none_or(|before| before.parent != Some(*id))) else {
            return;
        };
        let store = self.store;
        let found = store.work_packages.get(&parent).filter(|item| self.caller.sees_work_package(store, item));
        let milestone = found.is_some_and(|item| store.types.get(&item.kind).is_some_and(|kind| kind.milestone));
        if found.is_none() {
            self.fail("parent", "Parent does not exist.");
        } else if parent == self.item.id || store.descendants(self.item.id).contains(&parent) {
            self.fail("parent", "Parent cannot be one of its own descendants.");
        } else if milestone {
            self.fail("parent", "Parent cannot be a milestone.");
        }
    }

    fn check_progress(&mut self) {
        match (self.item.work, self.item.remaining) {
            (Some(work), Some(remaining)) if remaining > work => {
                self.fail("remainingTime", "Remaining work cannot be higher than work.");
            }
            (None, Some(_)) => self.fail("estimatedTime", "Work is required if remaining work is set."),
            _ => {}
        }
    }
}

/// The day after the last end of all predecessors, with their lag.
fn earliest_start(store: &Store, id: u64) -> Option<NaiveDate> {
    let follows = store.relations.values().filter(|relation| relation.from == id && relation.kind == "follows");
    let ends = follows.filter_map(|relation| {
        let before = store.work_packages.get(&relation.to)?;
        let end = before.due.or(before.start)?;
        Some(end + Duration::days(1 + i64::try_from(relation.lag.unwrap_or_default()).unwrap_or_default()))
    });
    ends.max()
}
