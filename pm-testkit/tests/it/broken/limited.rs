//! A provider that can do little, and says so: the suite proves the refusals, and fails for none of the gaps.

use std::convert::identity;
use std::sync::Arc;

use pm_provider::{
    Ability, Capabilities, CreateGuarantee, Entity, EntityCapabilities, Field, FieldSupport, Filter, NewProject,
    NewTask, Operation, PMProject, PMTask, Page, ParentTypes, PmProvider, PmProviderExt, TaskQuery,
};
use pm_testkit::MemoryProvider;
use pm_testkit::conformance::{Rule, Subject, Verdict, run_all};

use super::bend;
use super::bent::{self, Hooks};

/// Projects that are there already, tasks with a title, a text and a status, users to look at; nothing else.
fn little() -> Capabilities {
    let reads = [Operation::List, Operation::Get];
    let seen = FieldSupport::read_only();
    let project = EntityCapabilities::new().operations(reads).fields([Field::Id, Field::Key, Field::Name], &seen);
    let task = EntityCapabilities::new()
        .operations([Operation::List, Operation::Get, Operation::Create, Operation::Update])
        .fields([Field::Id, Field::Key, Field::CreatedAt, Field::UpdatedAt], &seen)
        .fields([Field::ProjectId], &FieldSupport::on_create())
        .fields([Field::Title, Field::Status], &FieldSupport::required())
        .fields([Field::Description], &FieldSupport::full())
        .filters([Filter::Project, Filter::Status]);
    let user = EntityCapabilities::new().operations(reads).fields([Field::Id, Field::Name], &seen);
    Capabilities::new("memory").with(Entity::Project, project).with(Entity::Task, task).with(Entity::User, user)
}

/// The same, but projects can be made and emptied, and items have keys of idempotency.
fn more() -> Capabilities {
    let mut more = little();
    let project = EntityCapabilities::new()
        .all_operations()
        .fields([Field::Id, Field::Key], &FieldSupport::read_only())
        .fields([Field::Name], &FieldSupport::required())
        .create_guarantee(CreateGuarantee::Native)
        .delete_with_contents(true);
    more.entities.insert(Entity::Project, project);
    more
}

/// Checks input against capabilities before it goes through, and changes what comes back.
macro_rules! checked {
    ($hooks:ident, $capabilities:ident, $method:ident($($argument:ident),*) as ($($passed:expr),*), |$claimed:ident| $check:expr, $bare:expr) => {
        {
            let $claimed = $capabilities.clone();
            $hooks.provider.$method = Some(Box::new(move |inner, $($argument),*| {
                let checked = $check;
                Box::pin(async move {
                    checked?;
                    inner.$method($($passed),*).await.map($bare)
                })
            }));
        }
    };
}

fn limit(claims: &Capabilities) -> Hooks {
    let mut hooks = Hooks { capabilities: vec![claims.clone()], ..Hooks::default() };
    hooks.hidden.extend(Ability::ALL);
    limit_tasks(&mut hooks, claims);
    limit_projects(&mut hooks, claims);
    limit_others(&mut hooks, claims);
    hooks
}

fn limit_tasks(hooks: &mut Hooks, claims: &Capabilities) {
    let page = |page: Page<PMTask>| page.map(bare_task);
    checked!(hooks, claims, tasks_page(query, cursor) as (&query, cursor), |claims| claims.check_query(&query), page);
    checked!(hooks, claims, create_task(new) as (new), |claims| claims.check_create(&new), bare_task);
    checked!(hooks, claims, update_task(id, patch) as (&id, patch), |claims| claims.check_update(&patch), bare_task);
    checked!(
        hooks,
        claims,
        delete_task(id, options) as (&id, options),
        |claims| claims.check_delete(Entity::Task, &options),
        identity
    );
    bend!(hooks.provider.get_task, |inner, id| { inner.get_task(&id).await.map(bare_task) });
}

fn limit_projects(hooks: &mut Hooks, claims: &Capabilities) {
    checked!(
        hooks,
        claims,
        projects_page(query, cursor) as (&query, cursor),
        |claims| claims.check_query(&query),
        identity
    );
    checked!(hooks, claims, create_project(new) as (new), |claims| claims.check_create(&new), bare_project);
    checked!(
        hooks,
        claims,
        update_project(id, patch) as (&id, patch),
        |claims| claims.check_update(&patch),
        bare_project
    );
    checked!(
        hooks,
        claims,
        delete_project(id, options) as (&id, options),
        |claims| claims.check_delete(Entity::Project, &options),
        identity
    );
    bend!(hooks.provider.get_project, |inner, id| { inner.get_project(&id).await.map(bare_project) });
}

fn limit_others(hooks: &mut Hooks, claims: &Capabilities) {
    use Entity::Sprint;
    checked!(
        hooks,
        claims,
        sprints_page(query, cursor) as (&query, cursor),
        |claims| claims.check_query(&query),
        identity
    );
    checked!(hooks, claims, get_sprint(id) as (&id), |claims| claims.check_operation(Sprint, Operation::Get), identity);
    checked!(hooks, claims, create_sprint(new) as (new), |claims| claims.check_create(&new), identity);
    checked!(hooks, claims, update_sprint(id, patch) as (&id, patch), |claims| claims.check_update(&patch), identity);
    checked!(
        hooks,
        claims,
        delete_sprint(id, options) as (&id, options),
        |claims| claims.check_delete(Sprint, &options),
        identity
    );
    checked!(
        hooks,
        claims,
        users_page(query, cursor) as (&query, cursor),
        |claims| claims.check_query(&query),
        identity
    );
}

/// Without a lock there are no versions.
fn bare_task(mut task: PMTask) -> PMTask {
    task.version = None;
    task
}

fn bare_project(mut project: PMProject) -> PMProject {
    project.version = None;
    project
}

fn limited(capabilities: &Capabilities, memory: &MemoryProvider) -> Subject {
    Subject::new(bent::wrap(Arc::new(memory.clone()), limit(capabilities)))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn gaps_are_refused_and_no_failure() {
    let memory = MemoryProvider::new().user("ada");
    let project = memory.create_project(NewProject::new("There already")).await.unwrap();
    let report = run_all(&limited(&little(), &memory).project(&project.id)).await;
    assert_eq!(report.failed(), 0, "{report}");
    assert!(report.unsupported() > 100 && report.passed() > 30, "{report}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn more_abilities_more_rules() {
    let report = run_all(&limited(&more(), &MemoryProvider::new())).await;
    assert_eq!(report.failed(), 0, "{report}");
    assert!(report.unsupported() > 100 && report.passed() > 40, "{report}");
}

#[tokio::test]
async fn a_gap_that_is_not_refused_is_a_failure() {
    let hooks = Hooks { capabilities: vec![little()], ..Hooks::default() };
    let subject = Subject::new(bent::wrap(Arc::new(MemoryProvider::new()), hooks));
    for rule in [
        "task_by_key",
        "sprint_name",
        "stale_update_is_a_conflict",
        "same_key_gives_the_same_item",
        "given_keys_are_kept",
        "completion_can_be_told",
    ] {
        let result = Rule::find(rule).unwrap().run(&subject).await;
        assert!(result.is_err(), "{rule}: {result:?}");
    }
}

#[tokio::test]
async fn what_goes_task_by_task_is_refused_by_project() {
    let memory = MemoryProvider::new().restrict(|mut capabilities| {
        for entity in [Entity::Comment, Entity::Relation] {
            capabilities.entities.entry(entity).or_default().filters.remove(&Filter::Project);
        }
        capabilities
    });
    let subject = Subject::new(Arc::new(memory));
    for rule in ["comments_of_a_project", "relations_of_a_project", "relations_of_an_unknown_project_are_not_found"] {
        let result = Rule::find(rule).unwrap().run(&subject).await;
        assert!(matches!(result, Ok(Verdict::Unsupported(_))), "{rule}: {result:?}");
    }
    for rule in ["missing_filters_are_unsupported", "comments_come_in_order", "relations_come_by_pages"] {
        assert_eq!(Rule::find(rule).unwrap().run(&subject).await, Ok(Verdict::Passed), "{rule}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_project_that_rules_share_is_left_as_it_was() {
    let memory = MemoryProvider::new().user("ada");
    let project = memory.create_project(NewProject::new("Shared")).await.unwrap();
    let there = memory.create_task(NewTask::new(&project.id, "there already")).await.unwrap();
    let report = run_all(&Subject::new(Arc::new(memory.clone())).project(&project.id)).await;
    assert_eq!(report.failed(), 0, "{report}");
    let left = Arc::new(memory).list_tasks(TaskQuery::in_project(&project.id)).await.unwrap();
    let others = left.iter().filter(|task| task.id != there.id).count();
    assert!(left.contains(&there) && others < 10, "{left:#?}");
}

#[tokio::test]
async fn filters_combine_where_no_task_is_part_of_another() {
    let mut hooks = Hooks::default();
    bend!(hooks.provider.project_schema, |inner, project| {
        let mut schema = inner.project_schema(&project).await?.as_ref().clone();
        schema.task_types = vec!["Task".to_owned()];
        Ok(Arc::new(schema.hierarchy([("Task".to_owned(), ParentTypes::none())])))
    });
    let provider = bent::wrap(Arc::new(MemoryProvider::new().user("ada").user("bob")), hooks);
    let rule = Rule::find("task_filters_combine").unwrap();
    assert_eq!(rule.run(&Subject::new(provider)).await.unwrap(), Verdict::Passed);
}
