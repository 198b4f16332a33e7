//! A backend of one's own: a file of tasks in the manner of todo.txt.
//!
//! `cargo run --example custom_provider`. The provider is in `todo_txt/`; here it is registered beside the built-in
//! ones and chosen as any other, by `PM_PROVIDER`. The last lines prove that it keeps the contract.
#![allow(clippy::print_stdout)]

mod todo_txt;

use std::process::ExitCode;
use std::sync::Arc;

use chrono::Utc;
use pm_core::{
    Environment, Error, PmProvider, PmProviderBuilder, PmProviderExt, ProjectQuery, Result, builtin_registry,
};
use pm_examples::{Board, PLAN, exit, find_or_plan};
use todo_txt::TodoTxtFactory;

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    exit(run().await)
}

async fn run() -> Result<()> {
    let environment = Environment::of_process();
    // PM_PROVIDER chooses among all of them; this program has a default of its own.
    let chosen = environment.variable("PM_PROVIDER")?.unwrap_or_else(|| todo_txt::NAME.to_owned());
    let registry = builtin_registry().with(TodoTxtFactory);
    let provider = PmProviderBuilder::from_env().registry(registry).provider(chosen).build().await?;
    fill(&provider).await?;
    if provider.name() == todo_txt::NAME {
        println!(
            "This is in {}. Change it with any editor and run this again.",
            todo_txt::path(&environment.data_dir()?)
        );
    }
    Ok(())
}

async fn fill(provider: &Arc<dyn PmProvider>) -> Result<()> {
    let projects = provider.list_projects(ProjectQuery::new()).await?;
    let project = projects.into_iter().next().ok_or_else(|| Error::invalid_input("there is no project yet"))?;
    for planned in PLAN {
        let new = planned.task(&project, None, &[], Utc::now().date_naive());
        find_or_plan(provider, new.status(planned.status)).await?;
    }
    println!("{}", Board::load(provider, project).await?);
    Ok(())
}

#[cfg(test)]
mod keeps_the_contract {
    #![allow(clippy::unwrap_used)]

    use pm_core::{Answered, Call, Interceptor, Layer, Next};
    use pm_testkit::conformance::Subject;

    use super::*;

    pm_testkit::conformance!(async { subject() });

    /// A file of its own for each rule.
    fn subject() -> Subject {
        let directory = tempfile::tempdir().unwrap();
        let provider = Arc::new(todo_txt::TodoTxt::new(directory.path().join("todo.txt")));
        Subject::new(Keep(Arc::new(directory)).wrap(provider)).project("todo")
    }

    /// Keeps a directory for as long as the provider lives.
    #[derive(Clone, Debug)]
    struct Keep(#[allow(dead_code, reason = "it is held, not read")] Arc<tempfile::TempDir>);

    #[async_trait::async_trait]
    impl Interceptor for Keep {
        async fn around<'a>(&'a self, _call: &'a Call, next: Next<'a>) -> Result<Answered> {
            next.await
        }
    }
}
