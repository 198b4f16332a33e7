//! What a sync engine needs: bulk reads, look-ups by mark, previews.

use std::collections::HashMap;
use std::sync::Arc;

use async_trait::async_trait;
use futures_util::{StreamExt, TryStreamExt, stream};
use pm_http::preview::{distinct, neutral, resolved};
use pm_http::{Marker, Raw, unless_hidden};
use pm_provider::{
    Entity, Error, Existence, Field, FieldPatch, Item, ItemRef, Marked, MarkerQuery, ProjectId, ProjectPatch, Result,
    SetPatch, SprintPatch, SyncSupport, TaskPatch, UserId,
};

use crate::api::Api;
use crate::comments::on_issue;
use crate::ids::{self, ProjectKind, RepositoryId};
use crate::projects::{one_line, plain_name};
use crate::provider::told;
use crate::repositories::Repository;
use crate::sprints::marked_milestone;
use crate::tasks::{distinct_labels, is_same_label, second};
use crate::{GitHubProvider, dto, endpoints, map};

/// How many single items are asked for at once.
const AT_ONCE: usize = 8;

impl Api {
    async fn get_many(&self, items: &[ItemRef]) -> Result<Vec<Item>> {
        let each = stream::iter(items.to_vec()).map(|item| async move { self.item(&item).await });
        let found: Vec<Option<Item>> = each.buffered(AT_ONCE).try_collect().await?;
        Ok(found.into_iter().flatten().collect())
    }

    async fn item(&self, item: &ItemRef) -> Result<Option<Item>> {
        match item {
            ItemRef::Project(id) if ids::is_v2(id) => Ok(unless_hidden(self.v2_get_project(id).await)?.map(Item::from)),
            ItemRef::Task(id) if ids::is_v2(id) => Ok(unless_hidden(self.v2_get_task(id).await)?.map(Item::from)),
            ItemRef::Sprint(id) if ids::is_v2(id) => Ok(unless_hidden(self.v2_get_sprint(id).await)?.map(Item::from)),
            ItemRef::Project(id) => Ok(unless_hidden(self.get_project(id).await)?.map(Item::from)),
            ItemRef::Task(id) => Ok(unless_hidden(self.get_task(id).await)?.map(Item::from)),
            ItemRef::Sprint(id) => Ok(unless_hidden(self.get_sprint(id).await)?.map(Item::from)),
            ItemRef::Comment(task, id) => Ok(unless_hidden(self.get_comment(task, id).await)?.map(Item::from)),
            ItemRef::User(id) => Ok(unless_hidden(self.get_user(id).await)?.map(Item::from)),
            _ => Ok(None),
        }
    }

    /// A 404 also means that we may not see it. An issue that was deleted says so (410), and ids that GitHub cannot
    /// give are nobody's.
    async fn existence(&self, item: &ItemRef) -> Result<Existence> {
        let is_none = match item {
            _ if ids::is_v2(item.id()) => false,
            ItemRef::Project(id) => match RepositoryId::read(id.as_str()) {
                Some(RepositoryId::Number(number)) => self.is_gone(number),
                Some(RepositoryId::Name(..)) => false,
                None => true,
            },
            ItemRef::Task(id) => ids::issue(id.as_str()).is_none(),
            ItemRef::Sprint(id) => ids::milestone(id.as_str()).is_none(),
            ItemRef::Comment(_, id) => ids::comment(id.as_str()).is_none(),
            _ => false,
        };
        if is_none {
            return Ok(Existence::Absent);
        }
        if let ItemRef::Task(id) = item
            && !ids::is_v2(id)
        {
            return match self.issue(id).await {
                Ok(_) => Ok(Existence::Present),
                Err(error) if error.http_status() == Some(410) => Ok(Existence::Absent),
                other => Ok(hidden_or_present(unless_hidden(other)?.is_some())),
            };
        }
        Ok(hidden_or_present(self.item(item).await?.is_some()))
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
        let items = match query.entity {
            Entity::Task => self.tasks_by_marker(&wanted, query).await?,
            Entity::Project => self.projects_by_marker(&wanted).await?,
            Entity::Sprint => self.sprints_by_marker(&wanted, query).await?,
            Entity::Comment => self.comments_by_marker(&wanted, query).await?,
            other => return Err(Error::unsupported(format!("no {other} bears a mark"))),
        };
        let answer = |(key, marker): &(&String, Marker)| {
            let item = items.get(marker.as_str())?;
            Some(Marked::new(*key, item.reference().id()).item(item.clone()))
        };
        Ok(wanted.iter().filter_map(answer).collect())
    }

    /// Where things were created, as far as that is known.
    async fn searched_repositories(&self, query: &MarkerQuery) -> Result<Vec<Arc<Repository>>> {
        let mut repositories = match &query.project {
            Some(project) => match RepositoryId::read(project.as_str()) {
                Some(id) => unless_hidden(self.repository(&id).await)?.into_iter().collect(),
                None => Vec::new(),
            },
            None => self.all_repositories().await?,
        };
        repositories.retain(|repository| repository.has_issues && !self.is_gone(repository.id));
        Ok(repositories)
    }

    async fn tasks_by_marker(
        &self,
        wanted: &[(&String, Marker)],
        query: &MarkerQuery,
    ) -> Result<HashMap<String, Item>> {
        let markers: Vec<&Marker> = wanted.iter().map(|(_, marker)| marker).collect();
        let mut items = HashMap::new();
        for repository in self.searched_repositories(query).await? {
            let left: Vec<&Marker> =
                markers.iter().copied().filter(|marker| !items.contains_key(marker.as_str())).collect();
            if left.is_empty() {
                break;
            }
            // One of many may be gone, or hidden, by the time that it is looked at.
            let found = unless_hidden(self.marked_issues(&repository, &left).await)?.unwrap_or_default();
            let found = left.into_iter().filter(|marker| found.contains_key(marker.as_str())).cloned();
            let each = stream::iter(found.collect::<Vec<_>>()).map(|marker| {
                let repository = Arc::clone(&repository);
                async move { self.task_with_mark(&repository, marker).await }
            });
            let each: Vec<Option<(String, Item)>> = each.buffered(AT_ONCE).try_collect().await?;
            items.extend(each.into_iter().flatten());
        }
        Ok(items)
    }

    async fn projects_by_marker(&self, wanted: &[(&String, Marker)]) -> Result<HashMap<String, Item>> {
        let mut items = HashMap::new();
        for (_, marker) in wanted {
            if let Some(row) = self.marked_repositories(marker).await?.into_iter().next() {
                items.insert(marker.as_str().to_owned(), Item::from(map::project(row)));
            }
        }
        Ok(items)
    }

    async fn sprints_by_marker(
        &self,
        wanted: &[(&String, Marker)],
        query: &MarkerQuery,
    ) -> Result<HashMap<String, Item>> {
        let mut items = HashMap::new();
        for repository in self.searched_repositories(query).await? {
            // One of many may be gone, or hidden, by the time that it is looked at: the others are there all the same.
            let rows = unless_hidden(self.milestones_of(&repository, "all").await)?.unwrap_or_default();
            for (_, marker) in wanted {
                // The oldest counts: others are copies.
                if let Some(row) = marked_milestone(&rows, marker) {
                    let sprint = || Item::from(map::sprint(row.clone(), repository.id));
                    items.entry(marker.as_str().to_owned()).or_insert_with(sprint);
                }
            }
        }
        Ok(items)
    }

    /// All comments of a repository are read once, for all keys.
    async fn comments_by_marker(
        &self,
        wanted: &[(&String, Marker)],
        query: &MarkerQuery,
    ) -> Result<HashMap<String, Item>> {
        let mut items = HashMap::new();
        for repository in self.searched_repositories(query).await? {
            let request = self.in_repository(&repository, &endpoints::LIST_REPOSITORY_COMMENTS, &[]);
            let request = request.query("sort", "created").query("direction", "asc");
            let request = query.since.iter().fold(request, |request, since| request.query("since", second(*since)));
            let rows: Result<Vec<Raw<dto::Comment>>> = self.all(&endpoints::LIST_REPOSITORY_COMMENTS, request).await;
            let rows = unless_hidden(rows)?.unwrap_or_default();
            for row in rows {
                let Some(mark) = Marker::split(row.item.body.as_deref().unwrap_or_default()).1 else { continue };
                if !wanted.iter().any(|(_, marker)| *marker == mark) {
                    continue;
                }
                // The oldest counts: others are copies.
                if let Some(comment) = on_issue(row, repository.id) {
                    items.entry(mark.as_str().to_owned()).or_insert_with(|| Item::from(comment));
                }
            }
        }
        Ok(items)
    }

    async fn task_with_mark(&self, repository: &Arc<Repository>, marker: Marker) -> Result<Option<(String, Item)>> {
        let Some(row) = self.issues_with(repository, &marker).await?.into_iter().next() else { return Ok(None) };
        let tasks = self.to_tasks(repository, vec![row]).await?;
        Ok(tasks.into_iter().next().map(|task| (marker.as_str().to_owned(), Item::from(task))))
    }

    async fn preview_task(&self, project: &ProjectId, mut patch: TaskPatch) -> Result<TaskPatch> {
        self.capabilities.check_update(&patch)?;
        let repository = self.repository_of(project).await?;
        let preferred = map::preferred_statuses(&self.config.statuses);
        resolved(Field::Status, &mut patch.status, &map::statuses(&self.config.statuses), &preferred)?;
        if !patch.priority.is_keep() {
            let priorities = self.priorities_in(&repository).await?;
            resolved(Field::Priority, &mut patch.priority, &priorities, self.config.priorities.preferred())?;
        }
        if let FieldPatch::Set(name) = &mut patch.task_type {
            *name = self.issue_type(&repository, name).await?;
        }
        if let FieldPatch::Set(parent) = &mut patch.parent_task_id {
            *parent = self.wanted_parent(&repository, parent).await?.id();
        }
        if let FieldPatch::Set(sprint) = &mut patch.sprint_id {
            *sprint = map::sprint_id(repository.id, self.milestone(&repository, sprint).await?);
        }
        self.check_people(&repository, &patch.assignees).await?;
        patch.assignees = distinct(&patch.assignees);
        patch.labels = self.shown_labels(&repository, &patch.labels).await?;
        neutral(&mut patch.description);
        Ok(patch)
    }

    async fn preview_project(&self, project: &ProjectId, mut patch: ProjectPatch) -> Result<ProjectPatch> {
        self.capabilities.check_update(&patch)?;
        self.repository_of(project).await?;
        resolved(Field::Status, &mut patch.status, &map::project_choices(), &[])?;
        if let FieldPatch::Set(name) = &mut patch.name {
            *name = plain_name(name);
        }
        neutral(&mut patch.description);
        if let FieldPatch::Set(text) = &mut patch.description {
            *text = one_line(text);
        }
        Ok(patch)
    }

    async fn preview_sprint(&self, project: &ProjectId, mut patch: SprintPatch) -> Result<SprintPatch> {
        self.capabilities.check_update(&patch)?;
        self.repository_of(project).await?;
        resolved(Field::Status, &mut patch.status, &map::sprint_choices(), &[])?;
        neutral(&mut patch.goal);
        Ok(patch)
    }

    async fn check_people(&self, repository: &Repository, patch: &SetPatch<UserId>) -> Result<()> {
        let (SetPatch::Replace(users) | SetPatch::Edit { add: users, .. }) = patch else { return Ok(()) };
        self.assignees(repository, users).await.map(drop)
    }

    /// Labels that the repository has already keep the case that they have there.
    async fn shown_labels(&self, repository: &Repository, patch: &SetPatch<String>) -> Result<SetPatch<String>> {
        if patch.is_keep() {
            return Ok(SetPatch::Keep);
        }
        let known = self.labels_in(repository).await?;
        let as_known = |label: String| {
            let same = known.iter().find(|known| is_same_label(known, &label));
            same.cloned().unwrap_or(label)
        };
        let shown = |labels: &[String]| -> Result<Vec<String>> {
            Ok(distinct_labels(labels)?.into_iter().map(as_known).collect())
        };
        Ok(match patch {
            SetPatch::Replace(labels) => SetPatch::Replace(shown(labels)?),
            SetPatch::Edit { add, remove } => {
                let add: Vec<_> =
                    add.iter().filter(|label| !remove.iter().any(|gone| is_same_label(gone, label))).cloned().collect();
                distinct(&SetPatch::Edit { add: shown(&add)?, remove: remove.clone() })
            }
            other => other.clone(),
        })
    }
}

fn hidden_or_present(is_there: bool) -> Existence {
    if is_there { Existence::Present } else { Existence::Hidden }
}

#[async_trait]
impl SyncSupport for GitHubProvider {
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
        let shown = match ids::kind(project.as_str()) {
            ProjectKind::Repository => self.api.preview_task(project, patch).await,
            ProjectKind::V2 => self.api.v2_preview_task(project, patch).await,
        };
        told("preview_task", shown)
    }

    async fn preview_project(&self, project: &ProjectId, patch: ProjectPatch) -> Result<ProjectPatch> {
        told("preview_project", self.api.preview_project(project, patch).await)
    }

    async fn preview_sprint(&self, project: &ProjectId, patch: SprintPatch) -> Result<SprintPatch> {
        told("preview_sprint", self.api.preview_sprint(project, patch).await)
    }
}
