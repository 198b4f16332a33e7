//! What a sync engine needs: bulk reads, look-ups by mark, previews.

use std::collections::HashMap;

use async_trait::async_trait;
use futures_util::{StreamExt, TryStreamExt, stream};
use pm_http::preview::{distinct, neutral, resolved};
use pm_http::{Marker, unless_hidden};
use pm_provider::{
    Entity, Error, Existence, Field, FieldPatch, Item, ItemRef, Marked, MarkerQuery, ProjectId, ProjectPatch, RawData,
    Result, SetPatch, SprintPatch, SyncSupport, TaskId, TaskPatch,
};
use serde_json::Value;

use crate::api::Api;
use crate::ids::{self, Place, leads_nowhere};
use crate::projects::age;
use crate::provider::told;
use crate::tasks::tags_patch;
use crate::{ClickUpProvider, ProjectLevel, error, map};

/// How many single items are asked for at once: there is no request for many.
const AT_ONCE: usize = 8;

/// What was found, by mark.
type ByMark = HashMap<String, Item>;

impl Api {
    async fn get_many(&self, items: &[ItemRef]) -> Result<Vec<Item>> {
        let each = stream::iter(items.to_vec()).map(|item| async move { unless_hidden(self.item(&item).await) });
        let found: Vec<Option<Item>> = each.buffered(AT_ONCE).try_collect().await?;
        Ok(found.into_iter().flatten().collect())
    }

    async fn item(&self, item: &ItemRef) -> Result<Item> {
        Ok(match item {
            ItemRef::Project(id) => self.get_project(id).await?.into(),
            ItemRef::Task(id) => self.get_task(id).await?.into(),
            // Where a List is a project, none is a sprint.
            ItemRef::Sprint(id) if self.config.projects != ProjectLevel::List => self.get_sprint(id).await?.into(),
            ItemRef::Comment(task, id) => self.get_comment(task, id).await?.into(),
            ItemRef::User(id) => self.get_user(id).await?.into(),
            other => return Err(Error::not_found(other.entity().word(), other.id())),
        })
    }

    /// A 404 says that there is none, a 401 that it is not of our Workspace: what that means only ClickUp knows. Ids that
    /// it cannot give are nobody's.
    async fn existence(&self, item: &ItemRef) -> Result<Existence> {
        let possible = match item {
            ItemRef::Project(id) => Place::read(id, &self.config).is_ok(),
            ItemRef::Task(id) | ItemRef::Comment(id, _) => is_called(id),
            ItemRef::Sprint(id) => self.config.projects != ProjectLevel::List && ids::is_number(id.as_str()),
            other => ids::is_number(other.id()),
        };
        if !possible {
            return Ok(Existence::Absent);
        }
        match self.item(item).await {
            Ok(_) => Ok(Existence::Present),
            Err(error) if is_absent(item, &error) => Ok(Existence::Absent),
            answer => Ok(unless_hidden(answer)?.map_or(Existence::Hidden, |_| Existence::Present)),
        }
    }

    async fn exists(&self, items: &[ItemRef]) -> Result<Vec<Existence>> {
        let each = stream::iter(items.to_vec()).map(|item| async move { self.existence(&item).await });
        each.buffered(AT_ONCE).try_collect().await
    }

    async fn find_by_marker(&self, query: &MarkerQuery) -> Result<Vec<Marked>> {
        let kind = query.entity.word();
        let wanted: Vec<(&String, Marker)> = query.keys.iter().map(|key| (key, Marker::of(kind, key))).collect();
        if wanted.is_empty() {
            return Ok(Vec::new());
        }
        let place = match &query.project {
            Some(project) => match Place::read(project, &self.config) {
                Ok(place) => Some(place),
                Err(_) => return Ok(Vec::new()),
            },
            None => None,
        };
        let markers: Vec<&Marker> = wanted.iter().map(|(_, marker)| marker).collect();
        let items = match query.entity {
            Entity::Task => self.tasks_by_mark(place.as_ref(), &markers).await?,
            Entity::Sprint => self.sprints_by_mark(&markers).await?,
            Entity::Project => self.projects_by_mark(&markers).await?,
            Entity::Comment => self.comments_by_mark(place.as_ref(), &markers, query).await?,
            other => return Err(Error::unsupported(format!("no {other} bears a mark"))),
        };
        let answer = |(key, marker): &(&String, Marker)| {
            let item = items.get(marker.as_str())?;
            Some(Marked::new(*key, item.reference().id()).item(item.clone()))
        };
        Ok(wanted.iter().filter_map(answer).collect())
    }

    async fn tasks_by_mark(&self, place: Option<&Place>, wanted: &[&Marker]) -> Result<ByMark> {
        let known = self.marked_tasks(place, wanted).await?;
        let each = stream::iter(known).map(|(mark, id)| async move {
            let Some(row) = unless_hidden(self.task_row(&id).await)? else { return Ok(None) };
            // Whoever edits a description may take the mark out.
            if map::task_marker(&row.item).is_none_or(|marker| marker.as_str() != mark) {
                return Ok(None);
            }
            let task = unless_hidden(self.to_task(row).await)?;
            Ok::<_, Error>(task.map(|task| (mark, Item::from(task))))
        });
        let found: Vec<Option<(String, Item)>> = each.buffered(AT_ONCE).try_collect().await?;
        Ok(found.into_iter().flatten().collect())
    }

    async fn sprints_by_mark(&self, wanted: &[&Marker]) -> Result<ByMark> {
        let mut sprints = self.sprints_in(None).await?;
        // The oldest answers to a key, as it does when the key is used again.
        sprints.sort_by_key(|sprint| age(sprint.id.as_str()));
        Ok(by_mark(sprints, wanted, |sprint| &sprint.raw_data))
    }

    /// Lists alone have a text.
    async fn projects_by_mark(&self, wanted: &[&Marker]) -> Result<ByMark> {
        if self.config.projects != ProjectLevel::List {
            return Ok(ByMark::new());
        }
        let mut projects = self.all_projects().await?;
        projects.sort_by_key(|project| age(project.id.as_str()));
        Ok(by_mark(projects, wanted, |project| &project.raw_data))
    }

    /// Comments are listed task by task, so that all tasks are gone through: those that changed since the time that is
    /// named count for nothing, as a comment need not change its task.
    async fn comments_by_mark(&self, place: Option<&Place>, wanted: &[&Marker], query: &MarkerQuery) -> Result<ByMark> {
        let scope = match place {
            Some(place) => self.scope_of_project(place).await?,
            None => Some(self.scope_of_all(&self.searched(None).await?).await?),
        };
        let Some(scope) = scope else { return Ok(ByMark::new()) };
        let me = self.me().await?;
        let ids: Vec<String> = self.all_tasks(&scope).await?.into_iter().map(|row| row.item.id).collect();
        let since = query.since.map(|since| since.timestamp_millis());
        let mut found: HashMap<String, (Option<i64>, Item)> = HashMap::new();
        let mut each = stream::iter(ids)
            .map(|id| async move {
                let rows = unless_hidden(self.comments_on(&id).await)?.unwrap_or_default();
                Ok::<_, Error>((id, rows))
            })
            .buffered(AT_ONCE);
        while let Some((task, rows)) = each.try_next().await? {
            for row in rows {
                let is_ours = row.item.user.as_ref().is_some_and(|user| user.id == me.id);
                let is_new = since.is_none_or(|since| row.item.date.is_none_or(|date| date >= since));
                let Some(marker) = Marker::take_out(&row.item.comment_text).1.filter(|_| is_ours && is_new) else {
                    continue;
                };
                let date = row.item.date;
                let is_older = found.get(marker.as_str()).is_none_or(|(known, _)| date < *known);
                if is_older && wanted.contains(&&marker) {
                    found.insert(marker.as_str().to_owned(), (date, map::comment(row, &task).into()));
                }
            }
        }
        Ok(found.into_iter().map(|(mark, (_, item))| (mark, item)).collect())
    }

    async fn preview_task(&self, project: &ProjectId, mut patch: TaskPatch) -> Result<TaskPatch> {
        self.capabilities.check_update(&patch)?;
        let place = Place::read(project, &self.config)?;
        let schema = self.project_schema(project).await?;
        resolved(Field::Status, &mut patch.status, &schema.statuses, self.config.statuses.preferred())?;
        let priorities = map::priorities(&self.config.priorities);
        resolved(Field::Priority, &mut patch.priority, &priorities, self.config.priorities.preferred())?;
        if let Some(name) = patch.task_type.value() {
            let known = schema.task_types.iter().find(|known| known.to_lowercase() == name.to_lowercase());
            patch.task_type = FieldPatch::Set(known.ok_or_else(|| leads_nowhere(Field::TaskType, name))?.clone());
        }
        if let Some(parent) = patch.parent_task_id.value() {
            self.parent(parent, &place, None).await?;
        }
        if let Some(sprint) = patch.sprint_id.value() {
            self.sprint_in(sprint, &place).await?;
        }
        patch.assignees = distinct(&patch.assignees);
        if let SetPatch::Replace(users) | SetPatch::Edit { add: users, .. } = &patch.assignees {
            self.people(users).await?;
        }
        patch.labels = distinct(&tags_patch(&patch.labels));
        self.check_fields(&place, &patch).await?;
        patch.custom_fields.retain(|_, field| !field.is_keep());
        neutral(&mut patch.description);
        if patch.description.value().is_some_and(|text| text.trim().is_empty()) {
            patch.description = FieldPatch::Clear;
        }
        Ok(patch)
    }

    async fn preview_project(&self, project: &ProjectId, mut patch: ProjectPatch) -> Result<ProjectPatch> {
        self.capabilities.check_update(&patch)?;
        self.check_project(project).await?;
        resolved(Field::Status, &mut patch.status, &map::project_choices(), &[])?;
        let priorities = map::priorities(&self.config.priorities);
        resolved(Field::Priority, &mut patch.priority, &priorities, self.config.priorities.preferred())?;
        neutral(&mut patch.description);
        Ok(patch)
    }

    async fn preview_sprint(&self, project: &ProjectId, mut patch: SprintPatch) -> Result<SprintPatch> {
        self.capabilities.check_update(&patch)?;
        self.check_project(project).await?;
        resolved(Field::Status, &mut patch.status, &map::sprint_choices(), &[])?;
        neutral(&mut patch.goal);
        Ok(patch)
    }

    /// Which custom fields there are depends on the List: one that none of the project has is refused.
    async fn check_fields(&self, place: &Place, patch: &TaskPatch) -> Result<()> {
        let schema = self.project_schema(&place.into()).await?;
        let known =
            |name: &String| schema.custom_fields.iter().any(|field| field.name.to_lowercase() == name.to_lowercase());
        match patch.custom_fields.iter().find(|(name, field)| !field.is_keep() && !known(name)) {
            Some((name, _)) => Err(leads_nowhere(Field::CustomFields, name)),
            None => Ok(()),
        }
    }
}

/// What bears some marks in the `content` of its raw data: the goal of a sprint, say, does not show it.
fn by_mark<T: Into<Item>>(rows: Vec<T>, wanted: &[&Marker], raw: impl Fn(&T) -> &RawData) -> ByMark {
    let mut found = ByMark::new();
    for row in rows {
        let stored: Value = raw(&row).parse().unwrap_or_default();
        let marker = map::list_marker(stored["content"].as_str());
        if let Some(marker) = marker.filter(|marker| wanted.contains(&marker)) {
            found.entry(marker.as_str().to_owned()).or_insert_with(|| row.into());
        }
    }
    found
}

/// Says whether a task can be called so.
fn is_called(id: &TaskId) -> bool {
    ids::is_task(id.as_str()) || id.as_str().rsplit_once('-').is_some_and(|(_, number)| ids::is_number(number))
}

/// Says whether an error proves that a task is not there: of other things it may mean that they are hidden.
fn is_absent(item: &ItemRef, error: &Error) -> bool {
    let is_of_task = matches!(item, ItemRef::Task(_));
    is_of_task
        && error.kind() == pm_provider::ErrorKind::NotFound
        && !error::is_foreign(error)
        && error.http_status() == Some(404)
}

#[async_trait]
impl SyncSupport for ClickUpProvider {
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
