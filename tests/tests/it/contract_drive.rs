//! Calls that make a provider send everything that it can send.

use std::collections::BTreeSet;
use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, NaiveDate, Utc};
use pm_core::{
    AttachmentQuery, BatchOperation, BatchOptions, ChangeQuery, CommentPatch, CommentQuery, DeleteOptions, Entity,
    ErrorKind, Field, FieldPatch, Filter, Hours, ItemRef, MarkerQuery, NewComment, NewProject, NewRelation, NewSprint,
    NewTask, Operation, PmProvider, PmProviderExt, ProjectPatch, ProjectQuery, ProjectStatusCategory, RelationKind,
    RelationQuery, Result, SprintPatch, SprintQuery, SprintStatusCategory, StatusCategory, TaskPatch, TaskQuery,
    UserQuery, Visibility,
};

/// The items that the calls are about.
#[derive(Clone, Debug)]
pub(crate) struct Ids {
    pub(crate) project: String,
    pub(crate) task: String,
    /// Another task of the project.
    pub(crate) other: String,
    /// A task that the others can be below.
    pub(crate) parent: String,
    pub(crate) task_key: String,
    pub(crate) sprint: String,
    pub(crate) user: String,
    pub(crate) label: String,
    /// Keys of projects that are not there yet.
    pub(crate) free_keys: [String; 2],
}

impl Ids {
    /// The one item of each kind that a contract server has; each has the id 1.
    pub(crate) fn ones(sprint: &str) -> Self {
        let one = || "1".to_owned();
        Self {
            project: one(),
            task: one(),
            other: "2".to_owned(),
            parent: "2".to_owned(),
            task_key: "#1".to_owned(),
            sprint: sprint.to_owned(),
            user: one(),
            label: "the name".to_owned(),
            free_keys: ["contract".to_owned(), "contract-2".to_owned()],
        }
    }
}

/// A call that takes longer never ends: the server answers at once.
const LONGEST: Duration = Duration::from_secs(20);

/// A provider under way, and the calls that went wrong.
pub(crate) struct Drive {
    provider: Arc<dyn PmProvider>,
    ids: Ids,
    wrong: Vec<String>,
}

/// Calls every operation of a provider, with every field and filter that it has, and gives the calls that were answered with
/// an error. `Unsupported` is an answer.
pub(crate) async fn drive(provider: &Arc<dyn PmProvider>, ids: Ids) -> Vec<String> {
    let mut drive = Drive { provider: Arc::clone(provider), ids, wrong: Vec::new() };
    drive.reads().await;
    drive.projects().await;
    drive.sprints().await;
    drive.tasks().await;
    drive.comments().await;
    drive.relations().await;
    drive.attachments().await;
    drive.sync().await;
    drive.batch().await;
    drive.end().await;
    drive.wrong
}

impl Drive {
    async fn call<T>(&mut self, name: &str, call: impl Future<Output = Result<T>>) -> Option<T> {
        match tokio::time::timeout(LONGEST, call).await {
            Ok(Ok(value)) => return Some(value),
            Ok(Err(error)) if error.kind() == ErrorKind::Unsupported => {}
            Ok(Err(error)) => self.wrong.push(format!("{name}: {error}")),
            Err(_) => self.wrong.push(format!("{name}: no end")),
        }
        None
    }

    fn can(&self, entity: Entity, operation: Operation) -> bool {
        self.provider.capabilities().can(entity, operation)
    }

    fn filters(&self, entity: Entity) -> BTreeSet<Filter> {
        self.provider.capabilities().entity(entity).filters.clone()
    }

    fn writes(&self, entity: Entity, field: Field) -> bool {
        self.provider.capabilities().entity(entity).field(field).on_create.is_possible()
    }

    fn changes(&self, entity: Entity, field: Field) -> bool {
        self.provider.capabilities().entity(entity).field(field).on_update.is_possible()
    }

    async fn reads(&mut self) {
        let ids = self.ids.clone();
        let provider = Arc::clone(&self.provider);
        self.call("health", provider.health_check()).await;
        self.call("schema", provider.project_schema(&ids.project.as_str().into())).await;
        self.call("users", provider.list_users(UserQuery::new())).await;
        self.call("users of a project", provider.list_users(UserQuery::new().project(ids.project.as_str()))).await;
        let filters = self.filters(Entity::User);
        for (filter, query) in [
            (Filter::Login, UserQuery::new().login("ada")),
            (Filter::Email, UserQuery::new().email("ada@example.com")),
            (Filter::Text, UserQuery::new().text("ada")),
        ] {
            if filters.contains(&filter) {
                self.call("filtered users", provider.list_users(query)).await;
            }
        }
        self.call("user", provider.get_user(&ids.user.as_str().into())).await;
    }

    async fn projects(&mut self) {
        let ids = self.ids.clone();
        let provider = Arc::clone(&self.provider);
        let [first, second] = self.ids.free_keys.clone();
        let mut new = NewProject::new("Contract").key(first).description("**All** of it");
        new.visibility = self.writes(Entity::Project, Field::Visibility).then_some(Visibility::Public);
        self.call("create project", provider.create_project(new.clone())).await;
        let mut again = new.key(second).idempotency_key("contract-project");
        again.name = "Contract with a key".to_owned();
        self.call("create project again", provider.create_project(again)).await;
        self.call("get project", provider.get_project(&ids.project.as_str().into())).await;
        for query in self.project_queries() {
            self.call("list projects", provider.list_projects(query)).await;
        }
        self.call(
            "page of projects",
            provider.projects_page(&ProjectQuery::new().page_size(5_u32).with_total(true), None),
        )
        .await;
        for status in [
            ProjectStatusCategory::Active,
            ProjectStatusCategory::Completed,
            ProjectStatusCategory::OnHold,
            ProjectStatusCategory::Archived,
            ProjectStatusCategory::Completed,
            ProjectStatusCategory::Active,
        ] {
            let patch = ProjectPatch::new().status(status);
            // Which categories a backend has is its own business; what it sends for those that it has is checked.
            let _ = provider.update_project(&ids.project.as_str().into(), patch).await;
        }
        let mut patch = ProjectPatch::new().name("Contract 2").description("Other text");
        if self.changes(Entity::Project, Field::Visibility) {
            patch = patch.visibility(Visibility::Restricted);
        }
        self.call("update project", provider.update_project(&ids.project.as_str().into(), patch)).await;
        let mut clearing = ProjectPatch::new();
        clearing.description = FieldPatch::Clear;
        let _ = provider.update_project(&ids.project.as_str().into(), clearing).await;
    }

    async fn end(&mut self) {
        let provider = Arc::clone(&self.provider);
        let ids = self.ids.clone();
        let (task, sprint, project) =
            (ids.task.as_str().into(), ids.sprint.as_str().into(), ids.project.as_str().into());
        let plain = DeleteOptions::new;
        let with = DeleteOptions::with_contents;
        // A server that always has a task refuses the first after a look, and does the second.
        if provider.delete_task(&task, plain()).await.is_err() {
            self.call("delete task", provider.delete_task(&task, with())).await;
        }
        if provider.delete_sprint(&sprint, plain()).await.is_err() {
            self.call("delete sprint", provider.delete_sprint(&sprint, with())).await;
        }
        if provider.delete_project(&project, plain()).await.is_err() {
            self.call("delete project", provider.delete_project(&project, with())).await;
        }
    }

    fn project_queries(&self) -> Vec<ProjectQuery> {
        let all = [
            (None, ProjectQuery::new()),
            (Some(Filter::Key), ProjectQuery::new().key("demo")),
            (Some(Filter::Status), ProjectQuery::new().statuses([ProjectStatusCategory::Active])),
            (Some(Filter::Text), ProjectQuery::new().text("demo")),
            (Some(Filter::UpdatedSince), ProjectQuery::new().updated_since(day())),
        ];
        chosen(all, &self.filters(Entity::Project))
    }

    async fn sprints(&mut self) {
        let ids = self.ids.clone();
        let provider = Arc::clone(&self.provider);
        let filters = self.filters(Entity::Sprint);
        let sprint = self.ids.sprint.clone();
        let all = [
            (Some(Filter::Project), SprintQuery::in_project(ids.project.as_str())),
            (None, SprintQuery::new()),
            (
                Some(Filter::Status),
                SprintQuery::in_project(ids.project.as_str()).statuses([SprintStatusCategory::Active]),
            ),
            (Some(Filter::Text), SprintQuery::in_project(ids.project.as_str()).text("one")),
        ];
        for query in chosen(all, &filters) {
            self.call("list sprints", provider.list_sprints(query)).await;
        }
        self.call("get sprint", provider.get_sprint(&sprint.as_str().into())).await;
        if !self.can(Entity::Sprint, Operation::Create) {
            return;
        }
        let mut new = NewSprint::new(ids.project.as_str(), "Sprint");
        new.goal = self.writes(Entity::Sprint, Field::Goal).then(|| "All of it".to_owned());
        new.start_date = self.writes(Entity::Sprint, Field::StartDate).then(first);
        new.end_date = self.writes(Entity::Sprint, Field::EndDate).then(last);
        self.call("create sprint", provider.create_sprint(new.clone())).await;
        let mut again = new.idempotency_key("contract-sprint");
        // Some want names of their own.
        again.name = "Contract with a key".to_owned();
        self.call("create sprint again", provider.create_sprint(again)).await;
        let mut patch = SprintPatch::new().name("Sprint 2");
        if self.changes(Entity::Sprint, Field::EndDate) {
            patch = patch.end_date(last());
        }
        self.call("update sprint", provider.update_sprint(&sprint.as_str().into(), patch)).await;
        for status in [SprintStatusCategory::Completed, SprintStatusCategory::Active] {
            let _ = provider.update_sprint(&sprint.as_str().into(), SprintPatch::new().status(status)).await;
        }
    }

    async fn tasks(&mut self) {
        let ids = self.ids.clone();
        let provider = Arc::clone(&self.provider);
        let task = || ids.task.as_str().into();
        self.call("create plain task", provider.create_task(NewTask::new(ids.project.as_str(), "Plain"))).await;
        self.call("create task", provider.create_task(self.full_task())).await;
        self.call("create task with key", provider.create_task(self.full_task().idempotency_key("contract-task")))
            .await;
        self.call("get task", provider.get_task(&task())).await;
        for query in self.task_queries() {
            self.call(&format!("list tasks by {query:?}"), provider.list_tasks(query)).await;
        }
        self.call("page of tasks", provider.tasks_page(&TaskQuery::new().page_size(5_u32).with_total(true), None))
            .await;
        self.call("update task", provider.update_task(&task(), self.full_patch())).await;
        self.call("clear fields", provider.update_task(&task(), self.clearing_patch())).await;
        for status in [StatusCategory::Todo, StatusCategory::InProgress, StatusCategory::Done] {
            let _ = provider.update_task(&task(), TaskPatch::new().status(status)).await;
        }
    }

    fn full_task(&self) -> NewTask {
        let ids = &self.ids;
        let has = |field| self.writes(Entity::Task, field);
        let mut task = NewTask::new(ids.project.as_str(), "All of it").description("With **text**");
        task.assignees = if has(Field::Assignees) { vec![ids.user.as_str().into()] } else { Vec::new() };
        task.estimated_hours = has(Field::EstimatedHours).then(|| Hours::from_seconds(5_400));
        task.start_date = has(Field::StartDate).then(first);
        task.due_date = has(Field::DueDate).then(last);
        task.sprint_id = has(Field::SprintId).then(|| self.ids.sprint.as_str().into());
        task.parent_task_id = has(Field::ParentTaskId).then(|| ids.parent.as_str().into());
        task.labels = if has(Field::Labels) { vec![ids.label.clone()] } else { Vec::new() };
        task.visibility = has(Field::Visibility).then_some(Visibility::Restricted);
        task
    }

    fn full_patch(&self) -> TaskPatch {
        let ids = &self.ids;
        let has = |field| self.changes(Entity::Task, field);
        let mut patch = TaskPatch::new().title("Other title").description("Other text");
        if has(Field::EstimatedHours) {
            patch = patch.estimated_hours(Hours::from_seconds(3_600));
        }
        if has(Field::DueDate) {
            patch = patch.due_date(last());
        }
        if has(Field::SprintId) {
            patch = patch.sprint_id(self.ids.sprint.as_str());
        }
        if has(Field::Assignees) {
            patch = patch.assignees([ids.user.as_str()]);
        }
        patch
    }

    fn clearing_patch(&self) -> TaskPatch {
        let has = |field| {
            self.changes(Entity::Task, field)
                && self.provider.capabilities().entity(Entity::Task).field(field).clearable.is_possible()
        };
        let mut patch = TaskPatch::new();
        if has(Field::Description) {
            patch.description = FieldPatch::Clear;
        }
        if has(Field::DueDate) {
            patch.due_date = FieldPatch::Clear;
        }
        if has(Field::EstimatedHours) {
            patch.estimated_hours = FieldPatch::Clear;
        }
        if has(Field::SprintId) {
            patch.sprint_id = FieldPatch::Clear;
        }
        if has(Field::ParentTaskId) {
            patch.parent_task_id = FieldPatch::Clear;
        }
        if has(Field::Assignees) {
            patch = patch.assignees(Vec::<&str>::new());
        }
        patch
    }

    fn task_queries(&self) -> Vec<TaskQuery> {
        let ids = &self.ids;
        let all = [
            (None, TaskQuery::new()),
            (Some(Filter::Project), TaskQuery::in_project(ids.project.as_str())),
            (Some(Filter::Key), TaskQuery::new().key(ids.task_key.as_str())),
            (Some(Filter::Sprint), TaskQuery::in_project(ids.project.as_str()).sprint(self.ids.sprint.as_str())),
            (Some(Filter::NoSprint), TaskQuery::in_project(ids.project.as_str()).without_sprint()),
            (Some(Filter::Assignee), TaskQuery::new().assignee(ids.user.as_str())),
            (Some(Filter::Unassigned), TaskQuery::new().unassigned()),
            (Some(Filter::Parent), TaskQuery::new().parent(ids.parent.as_str())),
            (Some(Filter::TopLevel), TaskQuery::new().top_level()),
            (Some(Filter::Status), TaskQuery::new().open()),
            (Some(Filter::Status), TaskQuery::new().statuses([StatusCategory::Done])),
            (Some(Filter::Text), TaskQuery::new().text("all of it")),
            (Some(Filter::UpdatedSince), TaskQuery::new().updated_since(day())),
        ];
        chosen(all, &self.filters(Entity::Task))
    }

    async fn comments(&mut self) {
        let ids = self.ids.clone();
        let Some(comments) = self.provider.comments() else { return };
        self.call("list comments", comments.comments_page(&CommentQuery::of_task(ids.task.as_str()), None)).await;
        let _ = comments.comments_page(&CommentQuery::in_project(ids.project.as_str()), None).await;
        let first = comments.create_comment(NewComment::new(ids.task.as_str(), "A **comment**"));
        let mut latest = self.call("create comment", first).await.map_or_else(|| "1".into(), |comment| comment.id);
        let keyed = NewComment::new(ids.task.as_str(), "A comment with a key").idempotency_key("contract-comment");
        if let Some(comment) = self.call("create comment with key", comments.create_comment(keyed)).await {
            latest = comment.id;
        }
        if self.writes(Entity::Comment, Field::Visibility) {
            let private = NewComment::new(ids.task.as_str(), "Not for all").visibility(Visibility::Restricted);
            latest = comments.create_comment(private).await.map_or(latest, |comment| comment.id);
        }
        let (task, patch) = (ids.task.as_str().into(), CommentPatch::new().body("Other"));
        self.call("get comment", comments.get_comment(&task, &latest)).await;
        self.call("update comment", comments.update_comment(&task, &latest, patch)).await;
        self.call("delete comment", comments.delete_comment(&task, &latest, DeleteOptions::new())).await;
    }

    async fn relations(&mut self) {
        let ids = self.ids.clone();
        let Some(relations) = self.provider.relations() else { return };
        self.call("list relations", relations.relations_page(&RelationQuery::of_task(ids.task.as_str()), None)).await;
        let _ = relations.relations_page(&RelationQuery::in_project(ids.project.as_str()), None).await;
        let mut latest = "1".into();
        for kind in [RelationKind::Relates, RelationKind::Blocks, RelationKind::Duplicates, RelationKind::Precedes] {
            // The one relation of the server is of one kind: what is answered for the others may not fit.
            let new = NewRelation::new(kind, ids.task.as_str(), ids.other.as_str());
            latest = relations.create_relation(new).await.map_or(latest, |relation| relation.id);
        }
        let _ = relations.delete_relation(&ids.task.as_str().into(), &latest).await;
    }

    async fn attachments(&mut self) {
        let Some(attachments) = self.provider.attachments() else { return };
        let task = self.ids.task.as_str().into();
        let query = AttachmentQuery::of_task(&task);
        let listed = attachments.attachments_page(&query, None);
        let listed = self.call("list attachments", listed).await.map(|page| page.items).unwrap_or_default();
        let first = listed.first().map_or_else(|| "1".into(), |first| first.id.clone());
        // A server that makes files up does not know how long they are.
        if let Ok(content) = attachments.download_attachment(&task, &first).await {
            let _ = content.into_bytes(1_000_000).await;
        }
    }

    async fn sync(&mut self) {
        let ids = self.ids.clone();
        if let Some(changes) = self.provider.changes() {
            let query = ChangeQuery::in_project(ids.project.as_str());
            let latest = self.call("latest", changes.latest(&query)).await;
            self.call("changes", changes.changes_page(&query, latest)).await;
            self.call("changes from the beginning", changes.changes_page(&ChangeQuery::new(), None)).await;
        }
        let Some(support) = self.provider.sync_support() else { return };
        let items = [
            ItemRef::Project(ids.project.as_str().into()),
            ItemRef::Task(ids.task.as_str().into()),
            ItemRef::Sprint(ids.sprint.as_str().into()),
        ];
        self.call("get many", support.get_many(&items)).await;
        self.call("exists", support.exists(&items)).await;
        for entity in [Entity::Project, Entity::Task, Entity::Sprint] {
            let query = MarkerQuery::new(entity, ["contract-task"]).project(ids.project.as_str());
            self.call("find by marker", support.find_by_marker(&query)).await;
        }
        self.call("preview", support.preview_task(&ids.project.as_str().into(), self.full_patch())).await;
    }

    async fn batch(&mut self) {
        let ids = self.ids.clone();
        let Some(batch) = self.provider.batch() else { return };
        let operations = vec![
            BatchOperation::CreateTask(Box::new(NewTask::new(ids.project.as_str(), "By batch"))),
            BatchOperation::UpdateTask(ids.task.as_str().into(), Box::new(TaskPatch::new().title("By batch, too"))),
        ];
        if let Some(results) = self.call("batch", batch.apply_batch(operations, BatchOptions::new())).await {
            self.wrong.extend(results.into_iter().filter_map(Result::err).map(|error| format!("batch: {error}")));
        }
    }
}

/// The queries whose filter a backend has.
fn chosen<Q>(all: impl IntoIterator<Item = (Option<Filter>, Q)>, filters: &BTreeSet<Filter>) -> Vec<Q> {
    all.into_iter()
        .filter(|(filter, _)| filter.is_none_or(|filter| filters.contains(&filter)))
        .map(|(_, query)| query)
        .collect()
}

fn day() -> DateTime<Utc> {
    DateTime::from_timestamp(1_767_225_600, 0).unwrap()
}

fn first() -> NaiveDate {
    NaiveDate::from_ymd_opt(2026, 2, 2).unwrap()
}

fn last() -> NaiveDate {
    NaiveDate::from_ymd_opt(2026, 2, 27).unwrap()
}
