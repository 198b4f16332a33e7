//! What a sync engine needs: bulk reads, look-ups by mark, previews.

use std::collections::{BTreeMap, HashSet};

use async_trait::async_trait;
use futures_util::{StreamExt, TryStreamExt, stream};
use pm_http::preview::{distinct, neutral, resolved};
use pm_http::{Marker, Raw, unless_hidden};
use pm_provider::{
    Entity, Error, Existence, Field, FieldPatch, Item, ItemRef, Marked, MarkerQuery, ProjectId, ProjectPatch, Result,
    SetPatch, SprintPatch, SprintStatus, SyncSupport, TaskPatch, UserId,
};

use crate::api::Api;
use crate::dto::{Project, WorkPackage};
use crate::filters::Filters;
use crate::ids::{self, SprintKey, leads_nowhere, referred};
use crate::map;
use crate::projects::identifier;
use crate::provider::told;
use crate::tasks::{find_marked, one_assignee};
use crate::{OpenProjectProvider, SprintBackend};

/// How many ids a filter holds: the address of a request has its limits.
const CHUNK: usize = 100;
/// How many single items are asked for at once.
const AT_ONCE: usize = 4;
/// With more keys than this, everything that bears a mark is read instead of asking for each.
const MANY: usize = 20;
/// What every mark begins with.
const MARK: &str = "pm-core:";

impl Api {
    async fn get_many(&self, items: &[ItemRef]) -> Result<Vec<Item>> {
        let tasks = items.iter().filter_map(|item| match item {
            ItemRef::Task(id) => ids::number(id.as_str()),
            _ => None,
        });
        let tasks: Vec<u64> = tasks.collect();
        let mut found = self.many_tasks(&tasks).await?;
        let others = items.iter().filter(|item| item.entity() != Entity::Task).cloned();
        let others: Vec<Option<Item>> = stream::iter(others.collect::<Vec<_>>())
            .map(|item| async move { self.item(&item).await })
            .buffered(AT_ONCE)
            .try_collect()
            .await?;
        found.extend(others.into_iter().flatten());
        Ok(found)
    }

    /// Many tasks by their ids. A filter with ids that are not there may be refused, or take everything
    /// (opf/openproject#20097): then they are asked for one by one.
    async fn many_tasks(&self, ids: &[u64]) -> Result<Vec<Item>> {
        let mut rows: BTreeMap<u64, Raw<WorkPackage>> = BTreeMap::new();
        for chunk in ids.chunks(CHUNK) {
            for row in self.chunk_of_tasks(chunk).await? {
                rows.insert(row.item.id, row);
            }
        }
        let tasks = self.to_tasks(rows.into_values().collect()).await?;
        Ok(tasks.into_iter().map(Item::from).collect())
    }

    async fn chunk_of_tasks(&self, ids: &[u64]) -> Result<Vec<Raw<WorkPackage>>> {
        let ask = crate::page::Ask {
            filters: Filters::none().is("id", ids),
            sort: crate::filters::sort_by("createdAt", pm_provider::Direction::Ascending),
            number: 1,
            size: CHUNK as u64,
        };
        if let Ok(page) = self.fetch_work_packages(ask).await {
            let is_whole = page.total.is_some_and(|total| total <= page.count() as u64);
            let rows = page.into_elements();
            if is_whole && rows.iter().all(|row| ids.contains(&row.item.id)) {
                return Ok(rows.into_iter().filter(|row| !self.is_gone(row.item.links.project.id())).collect());
            }
        }
        let single = stream::iter(ids.to_vec()).map(|id| async move { unless_hidden(self.work_package(id).await) });
        let rows: Vec<Option<_>> = single.buffered(AT_ONCE).try_collect().await?;
        Ok(rows.into_iter().flatten().collect())
    }

    async fn item(&self, item: &ItemRef) -> Result<Option<Item>> {
        match item {
            ItemRef::Project(id) => Ok(unless_hidden(self.get_project(id).await)?.map(Item::from)),
            ItemRef::Task(id) => Ok(unless_hidden(self.get_task(id).await)?.map(Item::from)),
            ItemRef::Sprint(id) => Ok(unless_hidden(self.get_sprint(id).await)?.map(Item::from)),
            ItemRef::Comment(task, id) => Ok(unless_hidden(self.get_comment(task, id).await)?.map(Item::from)),
            ItemRef::User(id) => Ok(unless_hidden(self.get_user(id).await)?.map(Item::from)),
            _ => Ok(None),
        }
    }

    /// A 404 also means that we may not see it; only an id that the server cannot have is absent for certain.
    async fn exists(&self, items: &[ItemRef]) -> Result<Vec<Existence>> {
        let asked: Vec<ItemRef> = items.iter().filter(|item| is_possible(item)).cloned().collect();
        let there: HashSet<ItemRef> = self.get_many(&asked).await?.iter().map(Item::reference).collect();
        let of = |item: &ItemRef| match item {
            item if !is_possible(item) => Existence::Absent,
            item if there.contains(item) => Existence::Present,
            _ => Existence::Hidden,
        };
        Ok(items.iter().map(of).collect())
    }

    async fn find_by_marker(&self, query: &MarkerQuery) -> Result<Vec<Marked>> {
        let wanted: Vec<(&String, Marker)> =
            query.keys.iter().map(|key| (key, Marker::of(query.entity.word(), key))).collect();
        let project = match query.project.as_ref().map(|id| ids::number(id.as_str())) {
            Some(None) => return Ok(Vec::new()),
            other => other.flatten(),
        };
        let found = match query.entity {
            Entity::Task => self.tasks_by_marker(&wanted, project, query).await?,
            Entity::Project => self.projects_by_marker().await?,
            Entity::Sprint => self.sprints_by_marker(project).await?,
            Entity::Comment => self.comments_by_marker(&wanted, project).await?,
            other => return Err(Error::unsupported(format!("no {other} bears a mark"))),
        };
        let answer = |(key, marker): &(&String, Marker)| {
            let (_, item) = found.iter().find(|(known, _)| known == marker)?;
            Some(Marked::new(*key, item.reference().id()).item(item.clone()))
        };
        Ok(wanted.iter().filter_map(answer).collect())
    }

    async fn tasks_by_marker(
        &self,
        wanted: &[(&String, Marker)],
        project: Option<u64>,
        query: &MarkerQuery,
    ) -> Result<Vec<(Marker, Item)>> {
        let rows = if wanted.len() > MANY {
            let filters = Filters::none().holds("description", MARK);
            let filters = project.into_iter().fold(filters, |filters, id| filters.is("project", [id]));
            let filters = query.since.into_iter().fold(filters, |filters, since| filters.since("createdAt", since));
            self.work_packages_with(filters).await?
        } else {
            let each = wanted.iter().map(|(_, marker)| marker.clone()).collect::<Vec<_>>();
            let rows =
                stream::iter(each).map(|marker| async move { self.marked_work_packages(&marker, project).await });
            rows.buffered(AT_ONCE).try_collect::<Vec<_>>().await?.into_iter().flatten().collect()
        };
        let me = self.me().await?;
        let ours = rows.into_iter().filter(|row: &Raw<WorkPackage>| map::is_ours(&me, row.item.links.author.as_ref()));
        let (markers, rows): (Vec<_>, Vec<_>) = ours.filter_map(|row| Some((find_marked(&row)?, row))).unzip();
        let tasks = self.to_tasks(rows).await?;
        Ok(markers.into_iter().zip(tasks.into_iter().map(Item::from)).collect())
    }

    async fn projects_by_marker(&self) -> Result<Vec<(Marker, Item)>> {
        let rows = self.projects_with(Filters::none()).await?;
        let marked = |row: Raw<Project>| {
            let marker = map::marker(row.item.description.as_ref())?;
            Some((marker, Item::from(map::project(row, &self.places))))
        };
        Ok(rows.into_iter().filter_map(marked).collect())
    }

    async fn sprints_by_marker(&self, project: Option<u64>) -> Result<Vec<(Marker, Item)>> {
        let mut rows = self.all_versions(project).await?;
        // The oldest answers to a key, as it does when the key is used again.
        rows.sort_by_key(|row| (row.item.created_at, row.item.id));
        let marked = |row: Raw<crate::dto::Version>| {
            let marker = map::marker(row.item.description.as_ref())?;
            Some((marker, Item::from(map::version(row, &self.places))))
        };
        Ok(rows.into_iter().filter_map(marked).collect())
    }

    /// A filter finds the tasks with the mark in a comment, their journals have the comment.
    async fn comments_by_marker(
        &self,
        wanted: &[(&String, Marker)],
        project: Option<u64>,
    ) -> Result<Vec<(Marker, Item)>> {
        let mut items = Vec::new();
        for (_, marker) in wanted {
            let filters = Filters::none().holds("comment", marker.as_str());
            let filters = project.into_iter().fold(filters, |filters, id| filters.is("project", [id]));
            for row in self.work_packages_with(filters).await? {
                let comments = self.marked_comments(marker, row.item.id).await?;
                items.extend(
                    comments
                        .into_iter()
                        .map(|comment| (marker.clone(), Item::from(map::comment(comment, row.item.id)))),
                );
            }
        }
        Ok(items)
    }

    async fn preview_task(&self, project: &ProjectId, mut patch: TaskPatch) -> Result<TaskPatch> {
        self.capabilities.check_update(&patch)?;
        let number = ids::existing("project", project)?;
        let dictionary = self.dictionary().await?;
        self.types_of(number).await?;
        resolved(Field::Status, &mut patch.status, &dictionary.statuses, self.config.statuses.preferred())?;
        resolved(Field::Priority, &mut patch.priority, &dictionary.priorities, self.config.priorities.preferred())?;
        if let Some(parent) = patch.parent_task_id.value() {
            self.check_parent(referred(Field::ParentTaskId, parent)?, number, None).await?;
        }
        if let Some(sprint) = patch.sprint_id.value()
            && unless_hidden(self.get_sprint(sprint).await)?.is_none()
        {
            return Err(leads_nowhere(Field::SprintId, sprint.as_str()));
        }
        patch.assignees = distinct(&patch.assignees);
        if let SetPatch::Replace(users) = &patch.assignees {
            one_assignee(users)?;
        }
        self.check_people(&patch.assignees).await?;
        patch.labels = distinct(&patch.labels);
        if let SetPatch::Replace(labels) | SetPatch::Edit { add: labels, .. } = &patch.labels {
            self.label_links(labels).await?;
        }
        patch.custom_fields.retain(|_, field| !field.is_keep());
        neutral(&mut patch.description);
        Ok(patch)
    }

    async fn check_people(&self, patch: &SetPatch<UserId>) -> Result<()> {
        let (SetPatch::Replace(users) | SetPatch::Edit { add: users, .. }) = patch else { return Ok(()) };
        for user in users {
            if unless_hidden(self.get_user(user).await)?.is_none() {
                return Err(leads_nowhere(Field::Assignees, user.as_str()));
            }
        }
        Ok(())
    }

    async fn preview_project(&self, project: &ProjectId, mut patch: ProjectPatch) -> Result<ProjectPatch> {
        self.capabilities.check_update(&patch)?;
        self.project_row(ids::existing("project", project)?).await?;
        resolved(Field::Status, &mut patch.status, &map::project_choices(), &[])?;
        if let FieldPatch::Set(key) = &patch.key {
            patch.key = FieldPatch::Set(identifier(key));
        }
        neutral(&mut patch.description);
        Ok(patch)
    }

    async fn preview_sprint(&self, project: &ProjectId, mut patch: SprintPatch) -> Result<SprintPatch> {
        self.capabilities.check_update(&patch)?;
        self.project_row(ids::existing("project", project)?).await?;
        let choices: Vec<SprintStatus> = match self.sprint_backend().await? {
            SprintBackend::Sprints => map::sprint_choices(),
            _ => map::version_choices(),
        };
        resolved(Field::Status, &mut patch.status, &choices, &[])?;
        neutral(&mut patch.goal);
        Ok(patch)
    }
}

#[async_trait]
impl SyncSupport for OpenProjectProvider {
    async fn get_many(&self, items: &[ItemRef]) -> Result<Vec<Item>> {
        told("get_many", self.api.get_many(items).await)
    }

    async fn exists(&self, items: &[ItemRef]) -> Result<Vec<Existence>> {
        told("exists", self.api.exists(items).await)
    }

    async fn find_by_marker(&self, query: &MarkerQuery) -> Result<Vec<Marked>> {
        told("find_by_marker", self.api.find_by_marker(query).await)
    }

    async fn preview_task(&self, project: &ProjectId, patch: TaskPatch) -> Result<TaskPatch> {
        told("preview_task", self.api.preview_task(project, patch).await)
    }

    async fn preview_project(&self, project: &ProjectId, patch: ProjectPatch) -> Result<ProjectPatch> {
        told("preview_project", self.api.preview_project(project, patch).await)
    }

    async fn preview_sprint(&self, project: &ProjectId, patch: SprintPatch) -> Result<SprintPatch> {
        told("preview_sprint", self.api.preview_sprint(project, patch).await)
    }
}

/// Whether the server could have given such an id.
fn is_possible(item: &ItemRef) -> bool {
    match item {
        ItemRef::Sprint(id) => SprintKey::parse(id.as_str()).is_some(),
        other => ids::number(other.id()).is_some(),
    }
}
