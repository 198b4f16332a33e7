//! What a sync engine needs.

use std::collections::BTreeMap;
use std::future::Future;

use async_trait::async_trait;
use futures_util::{StreamExt, TryStreamExt, stream};
use pm_http::preview::distinct;
use pm_http::{Marker, Raw, marked, unless_forbidden, unless_missing};
use pm_provider::{
    Entity, Error, ErrorKind, Existence, FieldPatch, Item, ItemRef, Marked, MarkerQuery, ProjectId, ProjectPatch,
    Result, SprintPatch, SyncSupport, TaskId, TaskPatch,
};

use crate::capabilities::MAX_PAGE_SIZE;
use crate::creates::ignored;
use crate::dto::{IssueDto, JournalDto, ProjectDto, Projects};
use crate::provider::RedmineProvider;
use crate::server::{Parameter, Server, placed};
use crate::sprint::has_mark;
use crate::vocabulary::Vocabulary;
use crate::{NAME, custom, endpoints, id, resolve, seconds};

/// How many requests are sent at once.
const SIDE_BY_SIDE: usize = 4;
/// What all marks have in common.
const MARK: &str = "pm-core:";

impl Server {
    /// Reads tasks and projects by lists, the others one by one.
    async fn get_many(&self, items: &[ItemRef]) -> Result<Vec<Item>> {
        let mut found = self.tasks_among(items).await?;
        found.extend(self.projects_among(items).await?);
        found.extend(self.comments_among(items).await?);
        let is_other = |item: &ItemRef| matches!(item, ItemRef::Sprint(_) | ItemRef::User(_));
        let others: Vec<ItemRef> = items.iter().filter(|item| is_other(item)).cloned().collect();
        let read = stream::iter(others).map(|item| async move { self.one(&item).await }).buffered(SIDE_BY_SIDE);
        found.extend(read.try_collect::<Vec<_>>().await?.into_iter().flatten().map(|item| (item.reference(), item)));
        Ok(items.iter().filter_map(|item| found.get(item).cloned()).collect())
    }

    async fn one(&self, item: &ItemRef) -> Result<Option<Item>> {
        let read = match item {
            ItemRef::Sprint(id) => self.get_sprint(id).await.map(Item::from),
            ItemRef::User(id) => self.get_user(id).await.map(Item::from),
            _ => return Ok(None),
        };
        Ok(unless_forbidden(unless_missing(read))?.flatten())
    }

    async fn tasks_among(&self, items: &[ItemRef]) -> Result<BTreeMap<ItemRef, Item>> {
        let ids = items.iter().filter_map(|item| match item {
            ItemRef::Task(task) => id::number(task.as_str()).map(|number| number.to_string()),
            _ => None,
        });
        let ids: Vec<_> = ids.collect();
        if ids.is_empty() {
            return Ok(BTreeMap::new());
        }
        let vocabulary = self.vocabulary().await?;
        let issues = self.issues_by_id(&ids).await?;
        let tasks = issues.iter().map(|issue| Item::from(self.mapper.task(issue, &vocabulary)));
        Ok(tasks.map(|task| (task.reference(), task)).collect())
    }

    async fn projects_among(&self, items: &[ItemRef]) -> Result<BTreeMap<ItemRef, Item>> {
        let wanted: Vec<u64> = items.iter().filter_map(project_of).collect();
        let mut found = BTreeMap::new();
        for chunk in wanted.chunks(MAX_PAGE_SIZE as usize) {
            let ids: Vec<_> = chunk.iter().map(u64::to_string).collect();
            let query: [Parameter; 3] =
                [("id", ids.join("|")), ("status", "1|5|9".to_owned()), ("limit", MAX_PAGE_SIZE.to_string())];
            let answer: Projects = self.get(&endpoints::LIST_PROJECTS, &[], &query).await?;
            let asked = |project: &&Raw<ProjectDto>| chunk.contains(&project.item.id);
            let projects = answer.projects.iter().filter(asked).map(|project| Item::from(self.mapper.project(project)));
            found.extend(projects.map(|project| (project.reference(), project)));
        }
        Ok(found)
    }

    /// One history holds all comments of a task.
    async fn comments_among(&self, items: &[ItemRef]) -> Result<BTreeMap<ItemRef, Item>> {
        let mut tasks: Vec<&TaskId> = items.iter().filter_map(task_of_comment).collect();
        tasks.sort();
        tasks.dedup();
        let read = |task: TaskId| async move {
            let Some(number) = id::number(task.as_str()) else { return Ok(Vec::new()) };
            let journals = unless_forbidden(unless_missing(self.journals(number).await))?.flatten().unwrap_or_default();
            let comments = journals.iter().filter_map(|journal| self.mapper.comment(&task, journal));
            Ok(comments.map(Item::from).collect::<Vec<_>>())
        };
        let tasks: Vec<TaskId> = tasks.into_iter().cloned().collect();
        let all: Vec<Vec<Item>> = stream::iter(tasks).map(read).buffered(SIDE_BY_SIDE).try_collect().await?;
        Ok(all.into_iter().flatten().map(|comment| (comment.reference(), comment)).collect())
    }

    /// The server answers alike for what is gone and for what is hidden. Nothing is hidden from an administrator but
    /// what is in archived projects, and that it refuses with another status.
    async fn exists(&self, items: &[ItemRef]) -> Result<Vec<Existence>> {
        let read = stream::iter(items.to_vec()).map(|item| async move { self.existence(&item).await });
        let shown: Vec<Option<Existence>> = read.buffered(SIDE_BY_SIDE).try_collect().await?;
        let missing = match shown.iter().any(Option::is_none) && self.current_user().await?.item.admin == Some(true) {
            true => Existence::Absent,
            false => Existence::Hidden,
        };
        Ok(shown.into_iter().map(|existence| existence.unwrap_or(missing)).collect())
    }

    /// What the server says of an item; `None` where it knows nothing of it.
    async fn existence(&self, item: &ItemRef) -> Result<Option<Existence>> {
        if id::number(item.id()).is_none() {
            return Ok(Some(Existence::Absent));
        }
        let read = match item {
            ItemRef::Project(id) => self.get_project(id).await.map(drop),
            ItemRef::Task(id) => self.get_task(id).await.map(drop),
            ItemRef::Sprint(id) => self.get_sprint(id).await.map(drop),
            ItemRef::User(id) => self.get_user(id).await.map(drop),
            ItemRef::Comment(task, id) => self.get_comment(task, id).await.map(drop),
            _ => return Err(Error::unsupported("a kind of item that is newer than this provider")),
        };
        match read {
            Ok(()) => Ok(Some(Existence::Present)),
            Err(error) if error.kind() == ErrorKind::PermissionDenied => Ok(Some(Existence::Hidden)),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error),
        }
    }

    async fn find_by_marker(&self, query: &MarkerQuery) -> Result<Vec<Marked>> {
        let kind = query.entity.word();
        let mut keys: Vec<_> = query.keys.iter().map(|key| (key.clone(), Marker::of(kind, key))).collect();
        keys.sort_by(|(one, _), (other, _)| one.cmp(other));
        keys.dedup_by(|(one, _), (other, _)| one == other);
        let found: BTreeMap<String, Item> = match query.entity {
            _ if keys.is_empty() => BTreeMap::new(),
            Entity::Task => self.marked_tasks(query, &keys).await?,
            Entity::Project => self.each(&keys, |mark| self.one_marked_project(mark)).await?,
            Entity::Comment => self.each(&keys, |mark| self.one_marked_comment(mark)).await?,
            Entity::Sprint => self.marked_sprints(query, &keys).await?,
            entity => return Err(Error::unsupported(format!("`{NAME}` finds no {entity} by its marker"))),
        };
        let answer = |key: &String| {
            let item = found.get(key)?;
            Some(Marked::new(key, item.reference().id()).item(item.clone()))
        };
        Ok(query.keys.iter().filter_map(answer).collect())
    }

    /// Looks for each key by itself.
    async fn each<F, Answer>(&self, keys: &[(String, Marker)], find: F) -> Result<BTreeMap<String, Item>>
    where
        F: Fn(Marker) -> Answer,
        Answer: Future<Output = Result<Option<Item>>>,
    {
        let find = &find;
        let look = |(key, mark): (String, Marker)| async move { Ok(find(mark).await?.map(|item| (key, item))) };
        let looked = stream::iter(keys.to_vec()).map(look).buffered(SIDE_BY_SIDE);
        let found: Vec<Option<(String, Item)>> = looked.try_collect().await?;
        Ok(found.into_iter().flatten().collect())
    }

    /// Looks for each key by itself, or at all issues with any mark where those are fewer lists.
    async fn marked_tasks(&self, query: &MarkerQuery, keys: &[(String, Marker)]) -> Result<BTreeMap<String, Item>> {
        let vocabulary = self.vocabulary().await?;
        let to_item = |issue: &Raw<IssueDto>| Item::from(self.mapper.task(issue, &vocabulary));
        let scope = marked_scope(query)?;
        let first = self.issues(&with(&scope, 0), MAX_PAGE_SIZE).await?;
        let lists = first.total_count.unwrap_or_default().div_ceil(u64::from(MAX_PAGE_SIZE));
        if lists > keys.len() as u64 {
            return self.each(keys, |mark| self.one_marked_task(mark, &vocabulary)).await;
        }
        let mut found = BTreeMap::new();
        let mut issues = first.issues;
        let is_marked = |issue: &Raw<IssueDto>| {
            issue.item.description.as_deref().is_some_and(|text| text.to_lowercase().contains("pm-core"))
        };
        if !issues.iter().all(is_marked) {
            return Err(ignored("description"));
        }
        let me = self.current_user().await?.item.id;
        while let Some(last) = issues.last().map(|issue| issue.item.id) {
            for issue in issues.iter().filter(|issue| issue.item.is_by(me)) {
                let (_, mark) = Marker::split(issue.item.description.as_deref().unwrap_or_default());
                let key = mark.and_then(|mark| keys.iter().find(|(_, known)| *known == mark));
                // Who copies an issue copies its mark: the oldest one is meant.
                if let Some((key, _)) = key {
                    found.entry(key.clone()).or_insert_with(|| to_item(issue));
                }
            }
            if issues.len() < MAX_PAGE_SIZE as usize {
                break;
            }
            issues = self.issues(&with(&scope, last), MAX_PAGE_SIZE).await?.issues;
        }
        Ok(found)
    }

    async fn one_marked_task(&self, mark: Marker, vocabulary: &Vocabulary) -> Result<Option<Item>> {
        Ok(self.marked_issues(&mark).await?.first().map(|issue| Item::from(self.mapper.task(issue, vocabulary))))
    }

    async fn one_marked_project(&self, mark: Marker) -> Result<Option<Item>> {
        Ok(self.marked_projects(&mark).await?.first().map(|project| Item::from(self.mapper.project(project))))
    }

    /// Issues can be found by what stands in their notes.
    async fn one_marked_comment(&self, mark: Marker) -> Result<Option<Item>> {
        let query = [("notes", format!("~{}", mark.as_str())), ("sort", "id:asc".to_owned())];
        for issue in self.issues(&query, MAX_PAGE_SIZE).await?.issues {
            let task = TaskId::new(issue.item.id.to_string());
            if let Some(journal) = self.marked_notes(issue.item.id, &mark).await?.first() {
                return Ok(self.mapper.comment(&task, journal).map(Item::from));
            }
            let journals = self.journals(issue.item.id).await?;
            let holds = |journal: &Raw<JournalDto>| {
                journal.item.notes.as_deref().is_some_and(|text| text.contains(mark.as_str()))
            };
            if !journals.iter().any(holds) {
                return Err(ignored("notes"));
            }
        }
        Ok(None)
    }

    async fn marked_sprints(&self, query: &MarkerQuery, keys: &[(String, Marker)]) -> Result<BTreeMap<String, Item>> {
        let versions = match &query.project {
            Some(project) => self.versions_of(id::existing("project", project.as_str())?).await?,
            None => self.all_versions().await?,
        };
        let found = keys.iter().filter_map(|(key, mark)| {
            let version = versions.iter().find(|version| has_mark(&version.item, mark))?;
            Some((key.clone(), Item::from(self.mapper.sprint(version))))
        });
        Ok(found.collect())
    }

    async fn preview_task(&self, project: &ProjectId, mut patch: TaskPatch) -> Result<TaskPatch> {
        self.capabilities.check_update(&patch)?;
        let (here, vocabulary) = futures_util::try_join!(self.known_fields_of(project), self.vocabulary())?;
        if let FieldPatch::Set(wanted) = &patch.status {
            let id = resolve::status(&vocabulary, None, wanted)?.to_string();
            patch.status = shown(vocabulary.statuses.iter().find(|status| status.id.as_deref() == Some(&id)));
        }
        if let FieldPatch::Set(wanted) = &patch.priority {
            let id = resolve::priority(&vocabulary, wanted)?.to_string();
            patch.priority = shown(vocabulary.priorities.iter().find(|priority| priority.id.as_deref() == Some(&id)));
        }
        if let FieldPatch::Set(name) = &patch.task_type {
            let id = resolve::tracker(&here.item.trackers, name)?;
            let tracker = here.item.trackers.iter().find(|tracker| tracker.id == id);
            patch.task_type = tracker.and_then(|tracker| tracker.name.clone()).into();
        }
        self.preview_text(&mut patch.description);
        preview_custom_fields(&mut patch, &here.item, &vocabulary);
        patch.assignees = distinct(&patch.assignees);
        Ok(patch)
    }

    fn preview_text(&self, patch: &mut FieldPatch<String>) {
        if let FieldPatch::Set(text) = patch {
            let stored = marked(&self.mapper.text.to_server(text), None);
            *patch = self.mapper.long_text(Some(&stored)).into();
        }
    }

    async fn preview_project(&self, project: &ProjectId, mut patch: ProjectPatch) -> Result<ProjectPatch> {
        self.capabilities.check_update(&patch)?;
        self.get_project(project).await?;
        if let FieldPatch::Set(wanted) = &patch.status {
            patch.status = FieldPatch::Set(resolve::project_status(wanted)?.into());
        }
        self.preview_text(&mut patch.description);
        Ok(patch)
    }

    async fn preview_sprint(&self, project: &ProjectId, mut patch: SprintPatch) -> Result<SprintPatch> {
        self.capabilities.check_update(&patch)?;
        self.get_project(project).await?;
        if let FieldPatch::Set(wanted) = &patch.status {
            patch.status = FieldPatch::Set(resolve::version_status(wanted)?.into());
        }
        if let FieldPatch::Set(goal) = &mut patch.goal {
            *goal = marked(goal, None);
        }
        Ok(patch)
    }
}

fn shown<T, U: From<T> + Clone>(found: Option<&T>) -> FieldPatch<U>
where
    T: Clone,
{
    found.cloned().map(U::from).into()
}

fn preview_custom_fields(patch: &mut TaskPatch, project: &ProjectDto, vocabulary: &Vocabulary) {
    patch.custom_fields.retain(|_, field| !field.is_keep());
    for (name, field) in &mut patch.custom_fields {
        let known = project.issue_custom_fields.iter().find(|known| known.name.as_deref() == Some(name));
        let definition = known.and_then(|known| vocabulary.custom_field(known.id));
        if let FieldPatch::Set(value) = field {
            *field = custom::from_wire(&custom::to_wire(value, definition), definition).into();
        }
    }
}

/// Where marked issues are looked for.
fn marked_scope(query: &MarkerQuery) -> Result<Vec<Parameter>> {
    let mut scope = vec![("description", format!("~{MARK}")), ("sort", "id:asc".to_owned())];
    if let Some(project) = &query.project {
        scope.push(("project_id", id::existing("project", project.as_str())?.to_string()));
    }
    scope.extend(query.since.map(|since| ("created_on", format!(">={}", seconds::text(since.timestamp())))));
    Ok(scope)
}

fn with(scope: &[Parameter], after: u64) -> Vec<Parameter> {
    let mut query = scope.to_vec();
    query.push(("issue_id", format!(">={}", after + 1)));
    query
}

fn project_of(item: &ItemRef) -> Option<u64> {
    match item {
        ItemRef::Project(id) => id::number(id.as_str()),
        _ => None,
    }
}

fn task_of_comment(item: &ItemRef) -> Option<&TaskId> {
    match item {
        ItemRef::Comment(task, _) => Some(task),
        _ => None,
    }
}

#[async_trait]
impl SyncSupport for RedmineProvider {
    async fn get_many(&self, items: &[ItemRef]) -> Result<Vec<Item>> {
        placed("get_many", self.server().get_many(items)).await
    }

    async fn exists(&self, items: &[ItemRef]) -> Result<Vec<Existence>> {
        placed("exists", self.server().exists(items)).await
    }

    async fn find_by_marker(&self, query: &MarkerQuery) -> Result<Vec<Marked>> {
        placed("find_by_marker", self.server().find_by_marker(query)).await
    }

    async fn preview_task(&self, project: &ProjectId, patch: TaskPatch) -> Result<TaskPatch> {
        placed("preview_task", self.server().preview_task(project, patch)).await
    }

    async fn preview_project(&self, project: &ProjectId, patch: ProjectPatch) -> Result<ProjectPatch> {
        placed("preview_project", self.server().preview_project(project, patch)).await
    }

    async fn preview_sprint(&self, project: &ProjectId, patch: SprintPatch) -> Result<SprintPatch> {
        placed("preview_sprint", self.server().preview_sprint(project, patch)).await
    }
}
