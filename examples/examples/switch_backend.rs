//! The same program on whatever backend `PM_PROVIDER` says, at its best on each.
//!
//! `cargo run --example switch_backend`, with `PM_PROVIDER` and the settings of that provider in the environment; other
//! backends than the own database want their cargo feature: `--features openproject`, `--features github`, `--features clickup`.
//! A project's key as argument shows that project and writes nothing.
#![allow(clippy::print_stdout)]

use std::process::ExitCode;
use std::sync::Arc;

use chrono::{NaiveDate, Utc};
use pm_core::{
    Capabilities, CreateGuarantee, Entity, Error, ErrorKind, Field, Filter, Needs, NewProject, NewSprint, Operation,
    PMProject, PmProvider, PmProviderExt, ProjectQuery, Result, SprintId, TaskPatch, UserId, build_pm_provider,
};
use pm_examples::{PLAN, Planned, Summary, exit, find_or_plan};

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    exit(run().await)
}

async fn run() -> Result<()> {
    let provider = build_pm_provider().await?;
    let summary = match std::env::args().nth(1) {
        Some(key) => shown(&provider, &key).await?,
        None => planned(&provider, Utc::now().date_naive()).await?,
    };
    println!("{summary}");
    println!("This is on {} ({}).", provider.name(), provider.health_check().await?.backend);
    Ok(())
}

/// Shows a project that is there.
async fn shown(provider: &Arc<dyn PmProvider>, key: &str) -> Result<Summary> {
    provider.require(&reading())?;
    let project = provider.project_by_key(key).await?;
    let here = provider.capabilities().in_project(&*provider.project_schema(&project.id).await?);
    Summary::load(provider, project, &here).await
}

/// What there is no list without. All that is lacking is said at once, before any request.
fn reading() -> Needs {
    Needs::new()
        .operation(Entity::Project, Operation::List)
        .operation(Entity::Task, Operation::List)
        .filter(Entity::Task, Filter::Project)
        .read(Entity::Task, Field::Status)
}

/// Puts the plan into a project, as much of it as the backend holds, and shows it.
pub(crate) async fn planned(provider: &Arc<dyn PmProvider>, today: NaiveDate) -> Result<Summary> {
    let writing = reading().operation(Entity::Task, Operation::Create).operation(Entity::Task, Operation::Update);
    provider.require(&writing)?;
    let project = find_or_create_project(provider).await?;
    // Whether there are labels, say, may depend on the project.
    let here = provider.capabilities().in_project(&*provider.project_schema(&project.id).await?);
    let sprint = find_or_create_sprint(provider, &project, &here).await?;
    let me: Vec<UserId> = provider.health_check().await?.user.into_iter().map(|user| user.id).collect();
    for planned in PLAN {
        let new = planned.task(&project, sprint.as_ref(), &me, today);
        let task = find_or_plan(provider, here.fit(new).item).await?;
        if task.status.category != planned.status {
            move_on(provider, &task.id, &planned).await?;
        }
    }
    Summary::load(provider, project, &here).await
}

/// Moves a task on. That a backend has no such status is no reason to stop; the message lists those that it has.
async fn move_on(provider: &Arc<dyn PmProvider>, task: &pm_core::TaskId, planned: &Planned) -> Result<()> {
    match provider.update_task(task, TaskPatch::new().status(planned.status)).await {
        Err(error) if error.kind() == ErrorKind::InvalidInput => println!("not supported: {}", error.message()),
        other => drop(other?),
    }
    Ok(())
}

/// The same project as in the quickstart, where projects can be made; else the first one that there is.
async fn find_or_create_project(provider: &Arc<dyn PmProvider>) -> Result<PMProject> {
    let projects = provider.capabilities().entity(Entity::Project);
    if projects.operations.contains(&Operation::Create) && projects.create_guarantee != CreateGuarantee::None {
        return provider.create_project(NewProject::new("Website relaunch").idempotency_key("quickstart")).await;
    }
    println!("not supported: making a project once and only once; the first one is taken");
    let projects = provider.list_projects(ProjectQuery::new()).await?;
    projects.into_iter().next().ok_or_else(|| Error::invalid_input("there is no project yet; make one first"))
}

/// A sprint, where the backend can make one once and only once.
async fn find_or_create_sprint(
    provider: &Arc<dyn PmProvider>,
    project: &PMProject,
    here: &Capabilities,
) -> Result<Option<SprintId>> {
    let sprints = here.entity(Entity::Sprint);
    if !sprints.operations.contains(&Operation::Create) || sprints.create_guarantee == CreateGuarantee::None {
        return Ok(None);
    }
    let new = NewSprint::new(&project.id, "Relaunch").idempotency_key(format!("{}/relaunch", project.id));
    Ok(Some(provider.create_sprint(here.fit(new).item).await?.id))
}
