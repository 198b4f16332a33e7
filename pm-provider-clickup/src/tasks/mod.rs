//! Tasks.

mod create;
mod delete;
mod draft;
mod filter;
mod list;
mod marks;
mod moves;
mod update;
mod walk;

use std::collections::{BTreeSet, HashSet};

use pm_http::{Raw, named};
use pm_provider::{
    CreateGuarantee, Entity, EntityCapabilities, Error, Field, FieldSupport, Filter, Operation, PMTask, Result,
    SortField, SprintId, TaskId,
};

use crate::ProjectLevel;
use crate::api::Api;
use crate::dto::{self, Task};
use crate::map::{self, Lens, Whereabouts};
use crate::{endpoints, ids};

pub(crate) use draft::tags_patch;
pub(crate) use list::Scope;
pub(crate) use marks::Shelf;
pub(crate) use update::partial;
pub(crate) use walk::{Place as Spot, Source, Walk};

/// What is remembered for this half.
#[derive(Debug, Default)]
pub(crate) struct Memory {
    /// Marks of keys, by where they were looked for.
    pub(crate) marks: Shelf,
}

/// The filters that there are wherever tasks are.
const FILTERS: [Filter; 10] = [
    Filter::Project,
    Filter::Key,
    Filter::Assignee,
    Filter::Unassigned,
    Filter::Parent,
    Filter::TopLevel,
    Filter::Status,
    Filter::Labels,
    Filter::Text,
    Filter::UpdatedSince,
];

/// What can be done with tasks, where a project is of a level: without sprints where Lists are projects.
pub(crate) fn capabilities(level: ProjectLevel) -> EntityCapabilities {
    let read = [
        Field::Id,
        Field::AuthorId,
        Field::ActualHours,
        Field::Url,
        Field::CreatedAt,
        Field::UpdatedAt,
        Field::CompletedAt,
        Field::RawData,
    ];
    let full = [Field::Priority, Field::Assignees, Field::StartDate, Field::DueDate];
    let description = FieldSupport::full().lossy("ClickUp keeps rich text, of which it makes Markdown anew");
    let estimate = FieldSupport::full().lossy("an estimate of nothing is none");
    let labels = FieldSupport::full().lossy("tags are in small letters, and in no order of ours");
    let of_sprints = [Filter::Sprint, Filter::NoSprint];
    let filters = FILTERS.into_iter().chain(of_sprints.into_iter().filter(|_| level != ProjectLevel::List));
    let tasks = EntityCapabilities::new()
        .all_operations()
        .fields(read, &FieldSupport::read_only())
        // Only Spaces with the ClickApp for it call their tasks anything.
        .fields([Field::Key], &FieldSupport::read_only().per_project())
        .fields(full, &FieldSupport::full())
        .fields([Field::Description], &description)
        .fields([Field::EstimatedHours], &estimate)
        .fields([Field::CustomFields], &FieldSupport::full().per_project())
        .fields([Field::Title, Field::Status, Field::TaskType], &FieldSupport::required())
        .fields([Field::ProjectId], &FieldSupport::on_create())
        // A subtask cannot be made a task of its own (<https://developer.clickup.com/reference/updatetask>).
        .fields([Field::ParentTaskId], &FieldSupport::required())
        .fields([Field::Labels], &labels)
        .filters(filters)
        .sorts([SortField::CreatedAt, SortField::UpdatedAt])
        .create_guarantee(CreateGuarantee::Marker {
            place: "a line at the end of the description".to_owned(),
            visible_within: std::time::Duration::ZERO,
        })
        .delete_with_contents(true);
    if level == ProjectLevel::List {
        return tasks;
    }
    tasks.fields([Field::SprintId], &FieldSupport::full())
}

impl Api {
    /// Gets one task.
    pub(crate) async fn get_task(&self, id: &TaskId) -> Result<PMTask> {
        self.capabilities.check_operation(Entity::Task, Operation::Get)?;
        let row = self.task_row(id.as_str()).await?;
        self.to_task(row).await
    }

    /// One task as it is stored, by its id or by what people call it.
    pub(crate) async fn task_row(&self, id: &str) -> Result<Raw<Task>> {
        self.read_task(id, false).await
    }

    /// One task by an answer of whatever shape, with its subtasks where that is wanted.
    pub(crate) async fn read_task<T: serde::de::DeserializeOwned>(&self, id: &str, subtasks: bool) -> Result<T> {
        let request = self.http.request(&endpoints::GET_TASK, &[id]).query("include_markdown_description", true);
        let request = if subtasks { request.query("include_subtasks", true) } else { request };
        let request = match ids::is_task(id) {
            true => request,
            // What people call a task has a prefix: `DEV-12`.
            false => request.query("custom_task_ids", true).query("team_id", self.team().await?),
        };
        let reply = request.send().await;
        reply.map_err(|error| named(error, "task", id))?.json()
    }

    /// Makes a task of one that is stored; one that is in no project of ours is not there.
    pub(crate) async fn to_task(&self, row: Raw<Task>) -> Result<PMTask> {
        let id = row.item.id.clone();
        let lost = || {
            let error = Error::not_found("task", &id);
            error.hint("it is in no project: its List is in no Folder, and projects are Folders here")
        };
        self.to_tasks(vec![row]).await?.pop().ok_or_else(lost)
    }

    /// Makes tasks of those that are stored; those that are in no project of ours are left out.
    pub(crate) async fn to_tasks(&self, rows: Vec<Raw<Task>>) -> Result<Vec<PMTask>> {
        let sprints = self.sprints_beside(&rows).await?;
        let choosy = self.choosy(&rows).await?;
        let zone = self.zone().await?;
        let is_plain = |row: &Raw<Task>| matches!(row.item.custom_item_id, None | Some(0 | 1));
        let types = if rows.iter().all(is_plain) { Default::default() } else { self.task_types().await? };
        let lens = Lens { types: &types, zone, statuses: &self.config.statuses, priorities: &self.config.priorities };
        let read = |row: Raw<Task>| {
            let mut place = self.whereabouts(&row.item, &sprints)?;
            place.shows_list &= self.place_of_task(&row.item).is_some_and(|project| choosy.contains(&project));
            Some(map::task(row, place, lens))
        };
        Ok(rows.into_iter().filter_map(read).collect())
    }

    /// The projects in which a task could be in one List or another: where there is but one it tells nothing.
    async fn choosy(&self, rows: &[Raw<Task>]) -> Result<HashSet<ids::Place>> {
        let mut choosy = HashSet::new();
        if self.config.projects == ProjectLevel::List {
            return Ok(choosy);
        }
        let places = rows.iter().filter_map(|row| Some((self.place_of_task(&row.item)?, space(&row.item)?)));
        for (place, space) in places.collect::<BTreeSet<_>>() {
            let Some(contents) = pm_http::unless_hidden(self.contents(space).await)? else { continue };
            let is_in = |list: &crate::tree::List| {
                place.level == ProjectLevel::Space || list.folder.as_ref() == Some(&place.id)
            };
            let plain = contents.lists.iter().filter(|list| !list.is_sprint && !list.archived && is_in(list));
            if plain.count() > 1 {
                choosy.insert(place);
            }
        }
        Ok(choosy)
    }

    /// The sprints among the Lists that tasks are in besides their homes.
    async fn sprints_beside(&self, rows: &[Raw<Task>]) -> Result<HashSet<String>> {
        let mut sprints = HashSet::new();
        if self.config.projects == ProjectLevel::List {
            return Ok(sprints);
        }
        let beside = rows.iter().flat_map(|row| {
            let home = row.item.list.as_ref().map(|list| list.id.as_str()).unwrap_or_default();
            let others = row.item.locations.iter().filter(move |list| list.id != home);
            others.filter_map(|list| Some((space(&row.item)?, list.id.as_str())))
        });
        for (space, list) in beside.collect::<BTreeSet<_>>() {
            if self.is_sprint_list(space, list).await? {
                sprints.insert(list.to_owned());
            }
        }
        Ok(sprints)
    }

    /// Where a task is; `None` where that is no project of ours.
    pub(crate) fn whereabouts(&self, task: &Task, sprints: &HashSet<String>) -> Option<Whereabouts> {
        let list = task.list.as_ref()?;
        let project = self.project_of(space(task)?, folder(task).map(|folder| folder.id.as_str()), &list.id)?;
        let is_home_sprint = folder(task).is_some_and(|folder| self.is_sprint_folder(&folder.id, &folder.name));
        let beside = || task.locations.iter().find(|list| sprints.contains(&list.id));
        let sprint = if is_home_sprint { Some(list) } else { beside() };
        let shows_list = self.config.projects != ProjectLevel::List && !is_home_sprint;
        Some(Whereabouts { project, sprint: sprint.map(|list| SprintId::new(&list.id)), shows_list })
    }
}

/// The Space that a task is in.
pub(crate) fn space(task: &Task) -> Option<&str> {
    task.space.as_ref().map(|space| space.id.as_str())
}

/// The Folder that a task is in: that of a List in no Folder is hidden.
pub(crate) fn folder(task: &Task) -> Option<&dto::Named> {
    task.folder.as_ref().filter(|folder| !folder.hidden)
}

/// The List that is a task's home.
pub(crate) fn home(task: &Task) -> &str {
    task.list.as_ref().map(|list| list.id.as_str()).unwrap_or_default()
}
