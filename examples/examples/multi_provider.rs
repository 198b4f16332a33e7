//! Projects on different systems in one program: what there is to do, wherever it is.
//!
//! `cargo run --example multi_provider --features fakes` starts a club's OpenProject and a company's Jira on this machine,
//! beside a database of its own, and writes a file of connections to all three. With names as arguments it shows the
//! connections of these names that you have: `… --example multi_provider --features fakes -- work-jira club`.
#![allow(clippy::print_stdout)]

use std::fs;
use std::path::Path;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use chrono::{Days, NaiveDate, Utc};
use pm_core::{
    Connections, Environment, Error, NewProject, NewTask, PMTask, PmProvider, PmProviderBuilder, PmProviderExt,
    ProjectQuery, Result, TaskQuery,
};
use pm_examples::exit;
use pm_testkit::jira::FakeJira;
use pm_testkit::openproject::FakeOpenProject;

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    exit(run().await)
}

async fn run() -> Result<()> {
    let names: Vec<_> = std::env::args().skip(1).collect();
    let today = Utc::now().date_naive();
    let agenda = match names.as_slice() {
        [] => offline(today).await?,
        names => agenda(&Connections::of_process()?, names).await?,
    };
    println!("{agenda}");
    Ok(())
}

/// Opens each connection and lists what is open there, all systems sorted together by the day that it is due.
async fn agenda(connections: &Connections, names: &[String]) -> Result<String> {
    let mut lines = Vec::new();
    for name in names {
        let connection = connections.get(name).await?;
        let provider =
            PmProviderBuilder::from_environment(Environment::of_process()).connection(connection).build().await?;
        for project in provider.list_projects(ProjectQuery::new()).await? {
            let open = provider.list_tasks(TaskQuery::in_project(&project.id).open()).await?;
            lines.extend(open.iter().map(|task| (due(task), line(name, &project.name, task))));
        }
    }
    // What is due at no day comes last.
    lines.sort_by_key(|(due, _)| due.unwrap_or(NaiveDate::MAX));
    Ok(lines.into_iter().map(|(_, line)| line).collect::<Vec<_>>().join("\n"))
}

fn due(task: &PMTask) -> Option<NaiveDate> {
    task.due_date
}

fn line(connection: &str, project: &str, task: &PMTask) -> String {
    let due = due(task).map_or_else(|| "some day  ".to_owned(), |day| day.to_string());
    let key = task.key.clone().unwrap_or_else(|| task.id.to_string());
    format!("{due}  {connection:<6}  {project:<16}  {key:<8}  {}", task.title)
}

/// The same offline: two servers that live as long as this call, and a database in a folder that does.
pub(crate) async fn offline(today: NaiveDate) -> Result<String> {
    let folder = tempfile::tempdir().map_err(failed)?;
    let club = FakeOpenProject::start().await.map_err(failed)?;
    // A real one finds what was just written a moment later.
    let work = FakeJira::builder().index_lag(Duration::ZERO).start().await.map_err(failed)?;
    let connections = connect(folder.path(), &club, &work)?;
    for (name, project, tasks) in [
        ("club", "Summer party", [("Rent a tent", 12), ("Invite the choir", 3)]),
        ("work", "Website", [("Draw the front page", 1), ("Choose the colours", 8)]),
        ("own", "Garden", [("Cut the hedge", 5), ("Water the roses", 2)]),
    ] {
        let provider = open(&connections, name).await?;
        plan(&provider, project, &tasks, today).await?;
    }
    agenda(&connections, &["club", "work", "own"].map(str::to_owned)).await
}

async fn open(connections: &Connections, name: &str) -> Result<Arc<dyn PmProvider>> {
    let environment = Environment::of_process();
    PmProviderBuilder::from_environment(environment).connection(connections.get(name).await?).build().await
}

/// Tokens stand in files of their own; the file of connections says where. Each server gets its own token and no other.
fn connect(folder: &Path, club: &FakeOpenProject, work: &FakeJira) -> Result<Connections> {
    fs::write(folder.join("club.key"), club.api_key()).map_err(failed)?;
    fs::write(folder.join("work.token"), work.api_token()).map_err(failed)?;
    let file = format!(
        r#"
        [connections.club]
        provider = "openproject"
        base_url = "{club}"
        api_key = "file:club.key"

        [connections.work]
        provider = "jira"
        base_url = "{work}"
        username = "{username}"
        api_token = "file:work.token"

        [connections.own]
        provider = "internal"
        database_url = "sqlite:{own}"
        "#,
        club = club.url(),
        work = work.url(),
        username = work.username(),
        own = folder.join("own.sqlite3").display(),
    );
    let path = folder.join("connections.toml");
    fs::write(&path, file).map_err(failed)?;
    Ok(Connections::none().file(path))
}

async fn plan(provider: &Arc<dyn PmProvider>, name: &str, tasks: &[(&str, u64)], today: NaiveDate) -> Result<()> {
    let key: String = name.chars().filter(char::is_ascii_alphabetic).take(4).collect();
    let project = provider.create_project(NewProject::new(name).key(key.to_uppercase())).await?;
    for (title, days) in tasks {
        provider.create_task(NewTask::new(&project.id, *title).due_date(today + Days::new(*days))).await?;
    }
    Ok(())
}

fn failed(error: std::io::Error) -> Error {
    Error::configuration(format!("the example cannot be set up: {error}")).with_source(error)
}
