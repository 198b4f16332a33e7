//! What the in-memory provider promises beyond the contract, and the corners of its own making.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::sync::Arc;

use chrono::{DateTime, Utc};
use pm_provider::{
    Ability, Batch, BatchOperation, BatchOptions, BatchOutcome, BuildContext, ChangeKind, ChangeQuery, Changes, Clock,
    CommentQuery, Comments, DeleteOptions, Entity, ErrorKind, Existence, Field, Item, ItemRef, Marked, MarkerQuery,
    NewComment, NewProject, NewRelation, NewSprint, NewTask, NewUser, Operation, PMProject, PMTask, PmProvider,
    PmProviderExt, ProjectPatch, ProjectQuery, ProjectStatus, ProjectStatusCategory, ProjectStatusRef,
    ProviderRegistry, RawData, RelationKind, RelationQuery, Relations, Result, Secret, SecretReference, SecretResolver,
    Settings, Sort, SortField, Status, StatusCategory, StatusRef, SyncSupport, TaskPatch, TaskQuery, UserAdmin,
    UserPatch, UserQuery,
};
use pm_testkit::{MemoryProvider, memory::MemoryFactory};

#[derive(Debug)]
struct Noon;

impl Clock for Noon {
    fn now(&self) -> DateTime<Utc> {
        noon()
    }
}

fn noon() -> DateTime<Utc> {
    "2026-03-01T12:00:00.123456Z".parse().unwrap()
}

async fn with_project() -> (Arc<MemoryProvider>, PMProject) {
    let provider = Arc::new(MemoryProvider::new());
    let project = provider.create_project(NewProject::new("Website Relaunch")).await.unwrap();
    (provider, project)
}

async fn task(provider: &MemoryProvider, project: &PMProject, title: &str) -> PMTask {
    provider.create_task(NewTask::new(&project.id, title)).await.unwrap()
}

fn kind<T: std::fmt::Debug>(result: Result<T>) -> ErrorKind {
    result.unwrap_err().kind()
}

#[tokio::test]
async fn ids_and_keys_are_counted_and_never_come_back() {
    let (provider, project) = with_project().await;
    assert_eq!((project.id.as_str(), project.key.as_deref()), ("project-000001", Some("WR")));
    let first = task(&provider, &project, "one").await;
    assert_eq!((first.id.as_str(), first.key.as_deref()), ("task-000001", Some("WR-1")));
    provider.delete_task(&first.id, DeleteOptions::new()).await.unwrap();
    let second = task(&provider, &project, "two").await;
    assert_eq!((second.id.as_str(), second.key.as_deref()), ("task-000002", Some("WR-2")));
    let sprint = provider.create_sprint(NewSprint::new(&project.id, "one")).await.unwrap();
    assert_eq!((sprint.id.as_str(), sprint.key.as_deref()), ("sprint-000001", Some("WR-S1")));
    assert_eq!(provider.task_by_key("wr-2").await.unwrap(), second);
    assert_eq!(provider.sprint_by_key("wr-s1").await.unwrap(), sprint);
}

#[tokio::test]
async fn a_failed_create_uses_up_nothing() {
    let (provider, project) = with_project().await;
    let bad = NewTask::new(&project.id, "bad").assignees(["nobody"]).idempotency_key("key");
    let error = provider.create_task(bad).await.unwrap_err();
    assert_eq!((error.kind(), error.field_errors()[0].field), (ErrorKind::InvalidInput, Field::Assignees));
    let good = NewTask::new(&project.id, "good").idempotency_key("key");
    assert_eq!(provider.create_task(good).await.unwrap().key.as_deref(), Some("WR-1"));
}

#[tokio::test]
async fn the_keys_of_tasks_follow_the_key_of_their_project() {
    let (provider, project) = with_project().await;
    let id = task(&provider, &project, "one").await.id;
    provider.update_project(&project.id, ProjectPatch::new().key("NEW")).await.unwrap();
    assert_eq!(provider.get_task(&id).await.unwrap().key.as_deref(), Some("NEW-1"));
    assert_eq!(kind(provider.task_by_key("WR-1").await), ErrorKind::NotFound);
    let taken = provider.create_project(NewProject::new("Other").key("new")).await;
    assert_eq!(kind(taken), ErrorKind::Conflict);
    let derived = provider.create_project(NewProject::new("N E W")).await.unwrap();
    assert_eq!(derived.key.as_deref(), Some("NEW2"));
}

#[tokio::test]
async fn a_held_clock_makes_times_repeatable() {
    let provider = MemoryProvider::new().clock(Noon);
    let project = provider.create_project(NewProject::new("Garden")).await.unwrap();
    let done = NewTask::new(&project.id, "done").status(StatusCategory::Done);
    let task = provider.create_task(done).await.unwrap();
    assert_eq!([task.created_at, task.updated_at, task.completed_at], [Some(noon()); 3]);
}

#[tokio::test]
async fn items_of_one_moment_are_listed_as_they_were_made() {
    let provider = Arc::new(MemoryProvider::new().clock(Noon));
    let project = provider.create_project(NewProject::new("Garden")).await.unwrap();
    for number in 1..=12 {
        task(&provider, &project, &number.to_string()).await;
    }
    let titles = |tasks: Vec<PMTask>| tasks.into_iter().map(|task| task.title).collect::<Vec<_>>();
    let mut expected: Vec<_> = (1..=12).map(|number| number.to_string()).collect();
    assert_eq!(titles(provider.list_tasks(TaskQuery::new().page_size(5_u32)).await.unwrap()), expected);
    expected.reverse();
    let newest_first = TaskQuery::new().sort(Sort::descending(SortField::UpdatedAt)).page_size(5_u32);
    assert_eq!(titles(provider.list_tasks(newest_first).await.unwrap()), expected);
}

#[tokio::test]
async fn clones_share_what_they_hold() {
    let (provider, project) = with_project().await;
    assert_eq!((*provider).clone().get_project(&project.id).await.unwrap(), project);
}

#[tokio::test]
async fn the_acting_user_writes_tasks_and_comments() {
    let provider = MemoryProvider::new().user("ada");
    let ada = provider.health_check().await.unwrap().user.unwrap();
    assert_eq!(ada.login.as_deref(), Some("ada"));
    // The same login is the same user.
    let provider = provider.user("ada");
    assert_eq!(provider.users_page(&UserQuery::new(), None).await.unwrap().items, std::slice::from_ref(&ada));
    let project = provider.create_project(NewProject::new("Garden")).await.unwrap();
    let task = task(&provider, &project, "one").await;
    assert_eq!(task.author_id.as_ref(), Some(&ada.id));
    let ours = provider.create_comment(NewComment::new(&task.id, "hello")).await.unwrap();
    assert_eq!((ours.author_id.as_ref(), ours.author_name.as_deref()), (Some(&ada.id), Some("ada")));
    let theirs = NewComment::new(&task.id, "hello").author_name("Grace");
    assert_eq!(provider.create_comment(theirs).await.unwrap().author_id, None);
    assert_eq!(kind(provider.delete_user(&ada.id).await), ErrorKind::Conflict);
}

#[tokio::test]
async fn a_restricted_clone_can_do_less() {
    let (provider, project) = with_project().await;
    let lesser = (*provider).clone().restrict(|mut capabilities| {
        capabilities.abilities.clear();
        capabilities.read_only()
    });
    assert!(lesser.comments().is_none() && lesser.batch().is_none() && lesser.user_admin().is_none());
    assert!(provider.comments().is_some());
    assert_eq!(kind(lesser.create_task(NewTask::new(&project.id, "x")).await), ErrorKind::Unsupported);
    let blind = (*provider).clone().restrict(|mut capabilities| {
        if let Some(project) = capabilities.entities.get_mut(&Entity::Project) {
            project.operations.remove(&Operation::Get);
            project.filters.clear();
        }
        capabilities
    });
    assert_eq!(kind(blind.get_project(&project.id).await), ErrorKind::Unsupported);
    assert_eq!(kind(blind.projects_page(&ProjectQuery::new().key("WR"), None).await), ErrorKind::Unsupported);
}

#[tokio::test]
async fn abilities_are_those_that_the_capabilities_name() {
    let provider = MemoryProvider::new();
    let has = |ability: Ability| match ability {
        Ability::Comments => provider.comments().is_some(),
        Ability::Relations => provider.relations().is_some(),
        Ability::Batch => provider.batch().is_some(),
        Ability::Changes => provider.changes().is_some(),
        Ability::SyncSupport => provider.sync_support().is_some(),
        Ability::PullRequests => provider.pull_requests().is_some(),
        Ability::Attachments => provider.attachments().is_some(),
        Ability::Webhooks => provider.webhooks().is_some(),
        Ability::WebhookAdmin => provider.webhook_admin().is_some(),
        Ability::UserAdmin => provider.user_admin().is_some(),
        other => panic!("`{other}` is new"),
    };
    for ability in Ability::ALL {
        assert_eq!(has(ability), provider.capabilities().abilities.contains(&ability), "{ability}");
    }
}

#[derive(Debug)]
struct NoSecrets;

#[async_trait::async_trait]
impl SecretResolver for NoSecrets {
    async fn resolve(&self, reference: &SecretReference) -> Result<Secret> {
        panic!("`{reference:?}` is asked for, but there are no secret settings")
    }
}

#[tokio::test]
async fn a_registry_builds_it_by_name() {
    let registry = ProviderRegistry::new().with(MemoryFactory);
    let context = BuildContext::new("Memory", Settings::new(), Arc::new(NoSecrets)).clock(Arc::new(Noon));
    let provider = registry.build(context).await.unwrap();
    assert_eq!((provider.name(), provider.capabilities()), ("memory", MemoryProvider::new().capabilities()));
    let project = provider.create_project(NewProject::new("Garden")).await.unwrap();
    assert_eq!(project.created_at, Some(noon()));
}

#[tokio::test]
async fn completion_follows_the_status() {
    let (provider, project) = with_project().await;
    let id = task(&provider, &project, "one").await.id;
    let set = async |status: StatusCategory| {
        provider.update_task(&id, TaskPatch::new().status(status)).await.unwrap().completed_at
    };
    let done = set(StatusCategory::Done).await;
    assert!(done.is_some());
    assert_eq!(set(StatusCategory::Cancelled).await, done, "it was over before");
    assert_eq!(set(StatusCategory::InProgress).await, None);
    let given = NewTask::new(&project.id, "old").status(StatusCategory::Done).completed_at(noon());
    assert_eq!(provider.create_task(given).await.unwrap().completed_at, Some(noon()));
}

#[tokio::test]
async fn other_words_are_kept_and_can_be_used_again_in_the_same_project() {
    let (provider, project) = with_project().await;
    let review: StatusRef = Status::new(StatusCategory::InProgress, "In Review").into();
    let first = provider.create_task(NewTask::new(&project.id, "one").status(review)).await.unwrap();
    assert_eq!(first.status, Status::new(StatusCategory::InProgress, "In Review"));
    let second = provider.create_task(NewTask::new(&project.id, "two").status("in review")).await.unwrap();
    assert_eq!(second.status, first.status);
    // The category still means the usual word.
    let third = NewTask::new(&project.id, "three").status(StatusCategory::InProgress);
    assert_eq!(provider.create_task(third).await.unwrap().status.name, "In Progress");
    let schema = provider.project_schema(&project.id).await.unwrap();
    assert!(schema.open_vocabulary && schema.statuses.contains(&first.status));
    let other = provider.create_project(NewProject::new("Other")).await.unwrap();
    let error = provider.create_task(NewTask::new(&other.id, "x").status("Reviewed")).await.unwrap_err();
    assert!(error.to_string().contains("`To Do`") && !error.to_string().contains("In Review"), "{error}");
}

#[tokio::test]
async fn other_words_for_projects_are_known_to_all_projects() {
    let (provider, project) = with_project().await;
    let on_track: ProjectStatusRef = ProjectStatus::new(ProjectStatusCategory::Active, "On track").into();
    let shown = provider.update_project(&project.id, ProjectPatch::new().status(on_track)).await.unwrap();
    let other = provider.create_project(NewProject::new("Other").status("on track")).await.unwrap();
    assert_eq!(other.status, shown.status);
}

#[tokio::test]
async fn raw_data_alone_is_a_change() {
    let (provider, project) = with_project().await;
    let one = task(&provider, &project, "one").await;
    let patch = |json: &str| TaskPatch::new().raw_data(RawData::from_json(json).unwrap());
    let first = provider.update_task(&one.id, patch(r#"{"b":1, "a":2}"#)).await.unwrap();
    assert_ne!(first.version, one.version);
    assert_eq!(first.raw_data.as_str(), Some(r#"{"b":1, "a":2}"#));
    let again = provider.update_task(&one.id, patch(r#"{"b":1, "a":2}"#)).await.unwrap();
    assert_eq!(again.version, first.version);
}

#[tokio::test]
async fn totals_are_told_when_they_are_asked_for() {
    let (provider, project) = with_project().await;
    for title in ["one", "two", "three"] {
        task(&provider, &project, title).await;
    }
    let query = TaskQuery::in_project(&project.id).page_size(2_u32);
    assert_eq!(provider.tasks_page(&query, None).await.unwrap().total, None);
    let page = provider.tasks_page(&query.clone().with_total(true), None).await.unwrap();
    assert_eq!((page.items.len(), page.total), (2, Some(3)));
    assert_eq!(
        provider.tasks_page(&query.with_total(true).text("t"), page.next).await.unwrap_err().kind(),
        ErrorKind::InvalidInput
    );
}

#[tokio::test]
async fn a_task_goes_with_all_that_hangs_on_it() {
    let (provider, project) = with_project().await;
    let parent = task(&provider, &project, "parent").await;
    let child = NewTask::new(&project.id, "child").parent_task_id(&parent.id);
    let child = provider.create_task(child).await.unwrap();
    let other = task(&provider, &project, "other").await;
    let comment = provider.create_comment(NewComment::new(&child.id, "hello")).await.unwrap();
    provider.create_relation(NewRelation::new(RelationKind::Blocks, &other.id, &child.id)).await.unwrap();
    let start = provider.latest(&ChangeQuery::new()).await.unwrap();
    assert_eq!(kind(provider.delete_task(&parent.id, DeleteOptions::new()).await), ErrorKind::Conflict);
    provider.delete_task(&parent.id, DeleteOptions::with_contents()).await.unwrap();
    assert_eq!(provider.relations_page(&RelationQuery::of_task(&other.id), None).await.unwrap().items, []);
    assert_eq!(kind(provider.comments_page(&CommentQuery::of_task(&child.id), None).await), ErrorKind::NotFound);
    let gone: Vec<_> = provider.changes_page(&ChangeQuery::new(), Some(start)).await.unwrap().items;
    let gone: Vec<_> = gone.into_iter().map(|change| change.kind).collect();
    let expected = [ItemRef::Comment(child.id.clone(), comment.id), ItemRef::Task(child.id), ItemRef::Task(parent.id)];
    assert_eq!(gone, expected.map(ChangeKind::Deleted));
}

#[tokio::test]
async fn the_tasks_of_a_deleted_sprint_stay() {
    let (provider, project) = with_project().await;
    let sprint = provider.create_sprint(NewSprint::new(&project.id, "one")).await.unwrap();
    let planned = provider.create_task(NewTask::new(&project.id, "one").sprint_id(&sprint.id)).await.unwrap();
    provider.delete_sprint(&sprint.id, DeleteOptions::new()).await.unwrap();
    let left = provider.get_task(&planned.id).await.unwrap();
    assert_eq!(left.sprint_id, None);
    assert_ne!(left.version, planned.version);
}

#[tokio::test]
async fn circles_and_strangers_are_refused() {
    let (provider, project) = with_project().await;
    let other = provider.create_project(NewProject::new("Other")).await.unwrap();
    let grandparent = task(&provider, &project, "a").await;
    let parent = NewTask::new(&project.id, "b").parent_task_id(&grandparent.id);
    let parent = provider.create_task(parent).await.unwrap();
    let stranger = task(&provider, &other, "c").await;
    let strange_sprint = provider.create_sprint(NewSprint::new(&other.id, "s")).await.unwrap();
    for patch in [
        TaskPatch::new().parent_task_id(&grandparent.id),
        TaskPatch::new().parent_task_id(&parent.id),
        TaskPatch::new().parent_task_id(&stranger.id),
        TaskPatch::new().sprint_id(&strange_sprint.id),
        TaskPatch::new().sprint_id("sprint-000999"),
    ] {
        let error = provider.update_task(&grandparent.id, patch).await.unwrap_err();
        assert_eq!((error.kind(), error.field_errors().len()), (ErrorKind::InvalidInput, 1), "{error}");
    }
    assert_eq!(provider.get_task(&grandparent.id).await.unwrap(), grandparent);
}

#[tokio::test]
async fn a_key_outlives_what_it_made() {
    let (provider, project) = with_project().await;
    let new = || NewTask::new(&project.id, "one").idempotency_key("key");
    let first = provider.create_task(new()).await.unwrap();
    let changed = provider.update_task(&first.id, TaskPatch::new().title("two")).await.unwrap();
    assert_eq!(provider.create_task(new()).await.unwrap(), changed);
    let found = provider.find_by_marker(&MarkerQuery::new(Entity::Task, ["key"])).await.unwrap();
    assert_eq!(found, [Marked::new("key", first.id.as_str()).item(changed)]);
    provider.delete_task(&first.id, DeleteOptions::new()).await.unwrap();
    assert_eq!(kind(provider.create_task(new()).await), ErrorKind::Conflict);
    let found = provider.find_by_marker(&MarkerQuery::new(Entity::Task, ["key"])).await.unwrap();
    assert_eq!(found, [Marked::new("key", first.id.as_str())], "the key is remembered, the item is not");
    assert_eq!(provider.exists(&[ItemRef::Task(first.id)]).await.unwrap(), [Existence::Absent]);
}

#[tokio::test]
async fn the_feed_tells_of_each_item_once_at_its_latest_change() {
    let (provider, project) = with_project().await;
    let one = task(&provider, &project, "one").await;
    let two = task(&provider, &project, "two").await;
    let one = provider.update_task(&one.id, TaskPatch::new().title("uno")).await.unwrap();
    for page_size in [1_u32, 100] {
        let changes = provider.list_changes_by(page_size).await;
        let expected: [Item; 3] = [project.clone().into(), two.clone().into(), one.clone().into()];
        assert_eq!(changes, expected.map(ChangeKind::Written), "page size {page_size}");
    }
    let users = provider.changes_page(&ChangeQuery::new().entities([Entity::User]), None).await;
    assert_eq!(kind(users), ErrorKind::Unsupported);
}

trait ListChanges {
    async fn list_changes_by(&self, page_size: u32) -> Vec<ChangeKind>;
}

impl ListChanges for MemoryProvider {
    async fn list_changes_by(&self, page_size: u32) -> Vec<ChangeKind> {
        let query = ChangeQuery::new().page_size(page_size);
        let (mut cursor, mut kinds) = (None, Vec::new());
        loop {
            let page = self.changes_page(&query, cursor).await.unwrap();
            kinds.extend(page.items.into_iter().map(|change| change.kind));
            if !page.more {
                return kinds;
            }
            cursor = Some(page.next);
        }
    }
}

#[tokio::test]
async fn a_batch_fails_item_by_item_or_as_a_whole() {
    let (provider, project) = with_project().await;
    let batch = || {
        let titles = ["one", "two"].map(|title| NewTask::new(&project.id, title));
        let [one, two] = titles.map(BatchOperation::from);
        vec![one, NewTask::new("nowhere", "bad").into(), two]
    };
    let error = provider.apply_batch(batch(), BatchOptions::new().atomic(true)).await.unwrap_err();
    assert_eq!((error.kind(), error.operation()), (ErrorKind::NotFound, Some("create_task")));
    assert_eq!(provider.list_tasks(TaskQuery::new()).await.unwrap(), []);
    let outcomes = provider.apply_batch(batch(), BatchOptions::new()).await.unwrap();
    let keys = outcomes.iter().map(|outcome| match outcome {
        Ok(BatchOutcome::Written(Item::Task(task))) => task.key.clone(),
        _ => None,
    });
    assert_eq!(keys.collect::<Vec<_>>(), [Some("WR-1".to_owned()), None, Some("WR-2".to_owned())]);
    let too_many = vec![BatchOperation::from(NewTask::new(&project.id, "x")); 1001];
    assert_eq!(kind(provider.apply_batch(too_many, BatchOptions::new()).await), ErrorKind::Unsupported);
}

#[tokio::test]
async fn logins_are_unique_without_regard_to_case() {
    let provider = MemoryProvider::new();
    let ada = provider.create_user(NewUser::new("Ada").login("ada").email("Ada@Example.org")).await.unwrap();
    assert_eq!(kind(provider.create_user(NewUser::new("Other").login("ADA")).await), ErrorKind::Conflict);
    let by_email = UserQuery::new().email("ada@example.ORG");
    assert_eq!(provider.users_page(&by_email, None).await.unwrap().items, std::slice::from_ref(&ada));
    let shout = provider.update_user(&ada.id, UserPatch::new().login("ADA")).await.unwrap();
    assert_eq!(shout.login.as_deref(), Some("ADA"));
    provider.delete_user(&ada.id).await.unwrap();
    assert_eq!(kind(provider.get_user(&ada.id).await), ErrorKind::NotFound);
}

#[tokio::test]
async fn a_preview_shows_what_a_read_will() {
    let (provider, project) = with_project().await;
    let id = task(&provider, &project, "one").await.id;
    let patch = TaskPatch::new().status("completed").labels(["a", "b", "a"]).priority("urgent");
    let preview = provider.preview_task(&project.id, patch.clone()).await.unwrap();
    assert_eq!(provider.preview_task(&project.id, preview.clone()).await.unwrap(), preview);
    let read = provider.update_task(&id, patch).await.unwrap();
    let shown = TaskPatch::new().status(&read.status).labels(read.labels.clone());
    assert_eq!(preview, shown.priority(read.priority.as_ref().unwrap()));
}

#[test]
fn debug_counts_and_shows_no_contents() {
    let provider = MemoryProvider::new().user("ada");
    assert_eq!(format!("{provider:?}"), "MemoryProvider { projects: 0, tasks: 0, sprints: 0, users: 1, .. }");
}
