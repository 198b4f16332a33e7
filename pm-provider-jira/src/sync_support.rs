//! What a sync engine needs: bulk reads, look-ups by mark, previews.

use std::collections::{HashMap, HashSet};

use async_trait::async_trait;
use futures_util::{StreamExt, TryStreamExt, stream};
use pm_http::Marker;
use pm_http::preview::{distinct, neutral, resolved};
use pm_provider::{
    Entity, Error, Existence, Field, FieldPatch, Item, ItemRef, Marked, MarkerQuery, ProjectId, ProjectPatch, Result,
    SetPatch, SprintPatch, SyncSupport, TaskPatch, UserId,
};

use crate::JiraProvider;
use crate::api::{Api, found};
use crate::dto::Screen;
use crate::ids::{self, leads_nowhere, referred};
use crate::jql::Jql;
use crate::map;
use crate::marks::marker;
use crate::provider::told;
use crate::schema::default_type;
use crate::tasks::{MAX_PAGE_SIZE, check_labels, named_type, one_assignee, unfit, whole_minutes};

/// How many single items are asked for at once.
const AT_ONCE: usize = 4;

impl Api {
    async fn get_many(&self, items: &[ItemRef]) -> Result<Vec<Item>> {
        let ids = items.iter().filter_map(|item| match item {
            ItemRef::Task(id) => ids::number(id.as_str()),
            _ => None,
        });
        let tasks = self.tasks_by_ids(&ids.collect::<Vec<_>>()).await?;
        let others = items.iter().filter(|item| item.entity() != Entity::Task).cloned().collect::<Vec<_>>();
        let others = stream::iter(others).map(|item| async move { self.item(&item).await });
        let others: Vec<Option<Item>> = others.buffered(AT_ONCE).try_collect().await?;
        Ok(tasks.into_values().map(Item::from).chain(others.into_iter().flatten()).collect())
    }

    async fn item(&self, item: &ItemRef) -> Result<Option<Item>> {
        match item {
            ItemRef::Project(id) => Ok(found(self.get_project(id).await)?.map(Item::from)),
            ItemRef::Task(id) => Ok(found(self.get_task(id).await)?.map(Item::from)),
            ItemRef::Sprint(id) => Ok(found(self.get_sprint(id).await)?.map(Item::from)),
            ItemRef::Comment(task, id) => Ok(found(self.get_comment(task, id).await)?.map(Item::from)),
            ItemRef::User(id) => Ok(found(self.get_user(id).await)?.map(Item::from)),
            _ => Ok(None),
        }
    }

    /// A 404 also means that we may not see it; only an id that Jira cannot have, and what we deleted ourselves, is absent for
    /// certain.
    async fn exists(&self, items: &[ItemRef]) -> Result<Vec<Existence>> {
        let asked: Vec<ItemRef> = items.iter().filter(|item| !self.is_nothing(item)).cloned().collect();
        let there: HashSet<ItemRef> = self.get_many(&asked).await?.iter().map(Item::reference).collect();
        let of = |item: &ItemRef| match item {
            item if self.is_nothing(item) => Existence::Absent,
            item if there.contains(item) => Existence::Present,
            _ => Existence::Hidden,
        };
        Ok(items.iter().map(of).collect())
    }

    /// Whether an id is nobody's, or of something that was seen to be deleted.
    fn is_nothing(&self, item: &ItemRef) -> bool {
        match item {
            ItemRef::User(_) => false,
            ItemRef::Task(id) => ids::number(id.as_str()).is_none_or(|id| self.issues.is_buried(id)),
            ItemRef::Project(id) => ids::number(id.as_str()).is_none_or(|id| self.is_gone(id)),
            other => ids::number(other.id()).is_none(),
        }
    }

    async fn find_by_marker(&self, query: &MarkerQuery) -> Result<Vec<Marked>> {
        let wanted: Vec<(&String, Marker)> = query.keys.iter().map(|key| (key, marker(query.entity, key))).collect();
        let project = match query.project.as_ref().map(|id| ids::number(id.as_str())) {
            Some(None) => return Ok(Vec::new()),
            other => other.flatten(),
        };
        if wanted.is_empty() {
            return Ok(Vec::new());
        }
        let items = match query.entity {
            Entity::Task => self.tasks_by_marker(&wanted, project, query).await?,
            Entity::Project => self.projects_by_marker(&wanted).await?,
            Entity::Sprint => self.sprints_by_marker(&wanted, project).await?,
            Entity::Comment => self.comments_by_marker(&wanted, project, query).await?,
            other => return Err(Error::unsupported(format!("no {other} bears a mark"))),
        };
        let answer = |(key, marker): &(&String, Marker)| {
            let item = items.get(marker.as_str())?;
            Some(Marked::new(*key, item.reference().id()).item(item.clone()))
        };
        Ok(wanted.iter().filter_map(answer).collect())
    }

    async fn tasks_by_marker(
        &self,
        wanted: &[(&String, Marker)],
        project: Option<u64>,
        query: &MarkerQuery,
    ) -> Result<HashMap<String, Item>> {
        let markers: Vec<&Marker> = wanted.iter().map(|(_, marker)| marker).collect();
        let marked = self.marked_issues(project, &markers, query.since).await?;
        let ids: Vec<u64> = marked.values().copied().collect();
        let tasks = self.tasks_by_ids(&ids).await?;
        let item = |(mark, id): (String, u64)| Some((mark, Item::from(tasks.get(&id)?.clone())));
        Ok(marked.into_iter().filter_map(item).collect())
    }

    async fn projects_by_marker(&self, wanted: &[(&String, Marker)]) -> Result<HashMap<String, Item>> {
        let places = self.places().await?;
        let mut items = HashMap::new();
        for (_, marker) in wanted {
            if let Some(row) = self.marked_projects(marker).await?.into_iter().next() {
                items.insert(marker.as_str().to_owned(), Item::from(map::project(row, places)));
            }
        }
        Ok(items)
    }

    async fn sprints_by_marker(
        &self,
        wanted: &[(&String, Marker)],
        project: Option<u64>,
    ) -> Result<HashMap<String, Item>> {
        let mut items = HashMap::new();
        for (_, marker) in wanted {
            if let Some(row) = self.marked_sprints(project, marker).await?.into_iter().min_by_key(|row| row.item.id) {
                let sprint = self.get_sprint(&row.item.id.to_string().into()).await?;
                items.insert(marker.as_str().to_owned(), Item::from(sprint));
            }
        }
        Ok(items)
    }

    /// No query finds comments by their properties: those of all issues that have comments and changed since then are read.
    async fn comments_by_marker(
        &self,
        wanted: &[(&String, Marker)],
        project: Option<u64>,
        query: &MarkerQuery,
    ) -> Result<HashMap<String, Item>> {
        let jql = project.into_iter().fold(Jql::new(), |jql, id| jql.id("project", id));
        let jql = query.since.into_iter().fold(jql, |jql, since| jql.since("updated", since));
        let markers: &Vec<&Marker> = &wanted.iter().map(|(_, marker)| marker).collect();
        let mut items = HashMap::new();
        // Comments come along with their texts.
        let mut pages = self.pages(jql, &["comment", "created"], MAX_PAGE_SIZE).await?;
        while let Some(rows) = pages.next().await? {
            let rows = rows.into_iter().filter(|row| row.raw.as_str().is_some_and(has_comments));
            let ids: Vec<u64> = rows.map(|row| row.item.id.0).collect();
            let each = stream::iter(ids)
                .map(|id| async move { Ok::<_, Error>((id, found(self.marked_comments(id, markers).await)?)) });
            let each: Vec<_> = each.buffered(AT_ONCE).try_collect().await?;
            for (task, marks) in each {
                for (mark, row) in marks.into_iter().flatten() {
                    items.entry(mark).or_insert_with(|| Item::from(map::comment(row, task)));
                }
            }
            if items.len() == wanted.len() {
                break;
            }
        }
        Ok(items)
    }

    async fn preview_task(&self, project: &ProjectId, mut patch: TaskPatch) -> Result<TaskPatch> {
        self.capabilities.check_update(&patch)?;
        let number = ids::existing("project", project)?;
        let (types, statuses) = futures_util::try_join!(self.types_of(number), self.statuses_in(number))?;
        let usual = default_type(&types, self.config.task_type.as_deref());
        let screen = match usual {
            Some(kind) => found(self.create_screen((number, kind.id.0)).await)?.unwrap_or_default(),
            None => Default::default(),
        };
        let priorities = self.priorities_on(&screen).await?;
        resolved(Field::Status, &mut patch.status, &statuses, self.config.statuses.preferred())?;
        resolved(Field::Priority, &mut patch.priority, &priorities, self.config.priorities.preferred())?;
        if let FieldPatch::Set(name) = &mut patch.task_type {
            name.clone_from(&named_type(&types, name)?.name);
        }
        self.check_places(number, &patch).await?;
        patch.assignees = distinct(&patch.assignees);
        if let SetPatch::Replace(users) = &patch.assignees {
            one_assignee(users)?;
        }
        self.check_people(&patch.assignees).await?;
        patch.labels = distinct(&patch.labels);
        if let SetPatch::Replace(labels) | SetPatch::Edit { add: labels, .. } = &patch.labels {
            check_labels(labels)?;
        }
        if let FieldPatch::Set(hours) = &mut patch.estimated_hours {
            *hours = whole_minutes(*hours);
        }
        self.show_text(&mut patch.description).await?;
        self.show_customs(&mut patch, &screen).await?;
        Ok(patch)
    }

    async fn check_places(&self, project: u64, patch: &TaskPatch) -> Result<()> {
        if let Some(parent) = patch.parent_task_id.value() {
            let id = referred(Field::ParentTaskId, parent)?;
            let row = found(self.issue_by_id(id).await)?;
            let row = row.ok_or_else(|| leads_nowhere(Field::ParentTaskId, parent.as_str()))?;
            if row.item.project() != Some(project) {
                return Err(unfit(Field::ParentTaskId, "it belongs to another project"));
            }
        }
        self.sprint_move(&patch.sprint_id, project, None).await.map(drop)
    }

    async fn check_people(&self, patch: &SetPatch<UserId>) -> Result<()> {
        let (SetPatch::Replace(users) | SetPatch::Edit { add: users, .. }) = patch else { return Ok(()) };
        for user in users {
            if found(self.get_user(user).await)?.is_none() {
                return Err(leads_nowhere(Field::Assignees, user.as_str()));
            }
        }
        Ok(())
    }

    async fn show_customs(&self, patch: &mut TaskPatch, screen: &Screen) -> Result<()> {
        if patch.custom_fields.is_empty() {
            return Ok(());
        }
        let catalogue = self.catalogue().await?;
        let mut shown = std::collections::BTreeMap::new();
        for custom in self.customs(&patch.custom_fields, &catalogue)? {
            let value = self.shown_custom(&custom, screen.get(&custom.shape.id)).await?;
            shown.insert(custom.shape.name.clone(), value);
        }
        patch.custom_fields = shown;
        Ok(())
    }

    /// Replaces a text by what a read shows after it is stored.
    async fn show_text(&self, patch: &mut FieldPatch<String>) -> Result<()> {
        if let FieldPatch::Set(text) = patch {
            *text = Self::shown_text(&self.stored_text(text).await?);
        }
        Ok(())
    }

    async fn preview_project(&self, project: &ProjectId, mut patch: ProjectPatch) -> Result<ProjectPatch> {
        self.capabilities.check_update(&patch)?;
        self.project_row(ids::existing("project", project)?).await?;
        resolved(Field::Status, &mut patch.status, &map::project_choices(), &[])?;
        if let FieldPatch::Set(key) = &mut patch.key {
            *key = key.to_uppercase();
        }
        neutral(&mut patch.description);
        Ok(patch)
    }

    async fn preview_sprint(&self, project: &ProjectId, mut patch: SprintPatch) -> Result<SprintPatch> {
        self.capabilities.check_update(&patch)?;
        self.project_row(ids::existing("project", project)?).await?;
        resolved(Field::Status, &mut patch.status, &map::sprint_choices(), &[])?;
        neutral(&mut patch.goal);
        Ok(patch)
    }
}

/// Says whether an issue, as it came, has any comments.
fn has_comments(raw: &str) -> bool {
    !raw.contains("\"total\":0") && !raw.contains("\"total\": 0")
}

#[async_trait]
impl SyncSupport for JiraProvider {
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
