//! A project with a sprint and tasks, in a database that needs no setting up.
//!
//! `cargo run --example quickstart`, twice if you like: the second run finds everything again.
#![allow(clippy::print_stdout)]

use std::process::ExitCode;
use std::sync::Arc;

use chrono::{Duration, Utc};
use pm_core::{
    Environment, Error, ErrorKind, NewProject, NewSprint, NewUser, PMProject, PMSprint, PmProvider, PmProviderExt,
    Result, SprintPatch, SprintStatusCategory, TaskPatch, UserId, build_pm_provider,
};
use pm_examples::{Board, PLAN, exit};

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    exit(run().await)
}

async fn run() -> Result<()> {
    // Whatever PM_PROVIDER says; an SQLite file if it says nothing.
    let provider = build_pm_provider().await?;

    // An idempotency key makes it one project, however often this runs.
    let new = NewProject::new("Website relaunch").idempotency_key("quickstart");
    let project = provider.create_project(new).await?;
    let sprint = start_sprint(&provider, &project).await?;
    let people = [person(&provider, "ada", "Ada").await?, person(&provider, "grace", "Grace").await?];

    let today = Utc::now().date_naive();
    for planned in PLAN {
        let new = planned.task(&project, Some(&sprint.id), &people, today);
        let task = provider.create_task(new).await?;
        // A category is enough: each backend finds its own status for it.
        provider.update_task(&task.id, TaskPatch::new().status(planned.status)).await?;
    }

    println!("{}", Board::load(&provider, project).await?);
    say_where(&provider).await
}

async fn start_sprint(provider: &Arc<dyn PmProvider>, project: &PMProject) -> Result<PMSprint> {
    let today = Utc::now().date_naive();
    let new = NewSprint::new(&project.id, "Sprint 1")
        .goal("Something to show")
        .start_date(today)
        .end_date(today + Duration::days(13))
        .idempotency_key(format!("{}/sprint-1", project.id));
    let sprint = provider.create_sprint(new).await?;
    provider.update_sprint(&sprint.id, SprintPatch::new().status(SprintStatusCategory::Active)).await
}

/// Finds a user or makes one: an optional ability, of backends that are their own directory.
async fn person(provider: &Arc<dyn PmProvider>, login: &str, name: &str) -> Result<UserId> {
    match provider.user_by_login(login).await {
        Ok(user) => Ok(user.id),
        Err(error) if error.kind() == ErrorKind::NotFound => {
            let admin = provider.user_admin().ok_or_else(|| Error::unsupported("this backend makes no users"))?;
            Ok(admin.create_user(NewUser::new(name).login(login)).await?.id)
        }
        Err(error) => Err(error),
    }
}

async fn say_where(provider: &Arc<dyn PmProvider>) -> Result<()> {
    let environment = Environment::of_process();
    let backend = provider.health_check().await?.backend;
    let named = environment.variable("PM_DATABASE_URL")?.or(environment.variable("PM_DATABASE_URL_FILE")?);
    match named {
        None => println!("This is in {}, on {backend}.", environment.data_dir()?.join("pm.sqlite3").display()),
        Some(_) => println!("This is in the database that PM_DATABASE_URL names, on {backend}."),
    }
    println!(
        "\
Run it again: nothing is made twice. Then try
  cargo run --example switch_backend      the same board on whatever backend PM_PROVIDER says
  cargo run --example custom_provider     a backend of your own: a todo.txt file
  cargo run --example existing_database   next to the tables that your application has already
  cargo run --example mocked_app_test     how your application tests itself"
    );
    Ok(())
}
