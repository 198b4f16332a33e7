//! The same program on whatever backend `PM_PROVIDER` says, at its best on each.
//!
//! `cargo run --example switch_backend`, with `PM_PROVIDER` and the settings of that provider in the environment. A
//! project's key as argument shows that project and writes nothing.
#![allow(clippy::print_stdout)]

use std::process::ExitCode;
use std::sync::Arc;

use chrono::Utc;
use pm_core::{
    CreateGuarantee, Entity, Error, ErrorKind, Field, Filter, Needs, NewProject, Operation, PMProject, PmProvider,
    PmProviderExt, ProjectQuery, Result, TaskPatch, build_pm_provider,
};
use pm_examples::{Board, PLAN, exit, find_or_plan};

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    exit(run().await)
}

async fn run() -> Result<()> {
    let provider = build_pm_provider().await?;
    // What there is no board without. All that is lacking is said at once, before any request.
    let needs = Needs::new()
        .operation(Entity::Project, Operation::List)
        .operation(Entity::Task, Operation::List)
        .filter(Entity::Task, Filter::Project)
        .read(Entity::Task, Field::Status);
    provider.require(&needs)?;

    let project = match std::env::args().nth(1) {
        Some(key) => provider.project_by_key(&key).await?,
        None => planned_project(&provider).await?,
    };
    println!("{}", Board::load(&provider, project).await?);
    println!("This is on {} ({}).", provider.name(), provider.health_check().await?.backend);
    Ok(())
}

async fn planned_project(provider: &Arc<dyn PmProvider>) -> Result<PMProject> {
    let needs = Needs::new().operation(Entity::Task, Operation::Create).operation(Entity::Task, Operation::Update);
    provider.require(&needs)?;
    let project = find_or_create_project(provider).await?;
    for planned in PLAN {
        // People and sprints differ from backend to backend; this program does without.
        let new = planned.task(&project, None, &[], Utc::now().date_naive());
        let task = find_or_plan(provider, new).await?;
        if task.status.category != planned.status {
            move_on(provider, &task.id, planned.status).await?;
        }
    }
    Ok(project)
}

/// Moves a task on. That a backend has no such status is no reason to stop; the message lists those that it has.
async fn move_on(
    provider: &Arc<dyn PmProvider>,
    task: &pm_core::TaskId,
    status: pm_core::StatusCategory,
) -> Result<()> {
    match provider.update_task(task, TaskPatch::new().status(status)).await {
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
