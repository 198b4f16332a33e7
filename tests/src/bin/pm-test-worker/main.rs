//! A process of its own for tests: opens the embedded backend and works until it is done, told to stop, or killed.
//!
//! ```text
//! pm-test-worker first-start URL
//! pm-test-worker write URL PROJECT SHARED_TASK NUMBER SECONDS
//! pm-test-worker follow URL PAGE_SIZE
//! pm-test-worker batches URL PROJECT COUNT SIZE
//! pm-test-worker sync URL MAPPING PROJECT REDMINE_URL REDMINE_API_KEY REDMINE_PROJECT
//! ```
//!
//! Each says `ready` on standard output, waits for a line on standard input, and then says what it does: see
//! `pm_tests::protocol`. It ends with 1 when the provider gave an error.

mod batches;
mod first_start;
mod follower;
mod sync;
mod talk;
mod writer;

use std::process::ExitCode;

use pm_core::{Error, Result};
use pm_tests::protocol::Event;

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    let arguments: Vec<_> = std::env::args().skip(1).collect();
    let arguments: Vec<_> = arguments.iter().map(String::as_str).collect();
    match run(&arguments).await {
        Ok(()) => {
            talk::say(&Event::Finished);
            ExitCode::SUCCESS
        }
        Err(error) => {
            talk::say(&Event::Failed(format!("{:?}: {error}", error.kind())));
            ExitCode::FAILURE
        }
    }
}

async fn run(arguments: &[&str]) -> Result<()> {
    match arguments {
        ["first-start", url] => first_start::run(url).await,
        ["write", url, project, shared, number, seconds] => {
            let task = writer::Task { project, shared, number: parse(number)?, seconds: parse(seconds)? };
            writer::run(url, &task).await
        }
        ["follow", url, page_size] => follower::run(url, parse(page_size)?).await,
        ["batches", url, project, count, size] => batches::run(url, project, parse(count)?, parse(size)?).await,
        ["sync", url, mapping, project, redmine, key, there] => {
            sync::run(url, &sync::Task { mapping, project, redmine, key, there }).await
        }
        _ => Err(Error::invalid_input(format!("the arguments {arguments:?} make no sense"))),
    }
}

fn parse<T: std::str::FromStr>(argument: &str) -> Result<T> {
    argument.parse().map_err(|_| Error::invalid_input(format!("`{argument}` is no number")))
}
