//! Listing tasks over HTTP, beside a hand-written loop of reqwest and serde.
//!
//! One run measures both against the same local server, in turns. The server has tasks of 5 kB (Jira, GitHub and ClickUp: 6), as the products
//! send them; both sides parse every field that the contract knows and keep the JSON of each task.
//!
//! ```text
//! cargo bench -p pm-tests --bench http_listing                       everything, about two minutes
//! cargo bench -p pm-tests --bench http_listing -- --quick            a tenth of the tasks
//! cargo bench -p pm-tests --bench http_listing -- --check            exit code 1 where a gate fails
//! cargo bench -p pm-tests --bench http_listing -- list latency       some parts: list, latency, memory, rival, writes
//! ```

#![allow(clippy::print_stdout, clippy::print_stderr, reason = "a program whose output is its purpose")]

mod clickup;
mod github;
mod jira;
#[path = "../internal_provider/measure.rs"]
mod measure;
mod memory;
mod pace;
mod provider;
mod reference;
mod rival;
mod scenarios;
mod server;
#[path = "../internal_provider/table.rs"]
mod table;
mod tasks;
mod vendor;
mod writes;

use std::process::ExitCode;

use scenarios::{PARTS, Sizes};

type Result<T, E = Box<dyn std::error::Error + Send + Sync>> = std::result::Result<T, E>;

/// What the command line asks for.
#[derive(Debug)]
struct Options {
    parts: Vec<&'static str>,
    check: bool,
    sizes: Sizes,
}

impl Options {
    /// `cargo bench` adds `--bench`; words that nobody knows are left alone, as other bench programs do.
    fn read(arguments: &[String]) -> Self {
        let has = |word: &str| arguments.iter().any(|argument| argument == word);
        let named: Vec<_> = PARTS.into_iter().filter(|part| has(part)).collect();
        Self {
            parts: if named.is_empty() { PARTS.to_vec() } else { named },
            check: has("--check"),
            sizes: if has("--quick") { Sizes::quick() } else { Sizes::full() },
        }
    }
}

#[tokio::main]
async fn main() -> ExitCode {
    let arguments: Vec<_> = std::env::args().skip(1).collect();
    let done = match (memory::Errand::read(&arguments), server::Errand::read(&arguments)) {
        (Some(errand), _) => errand.run().await.map(|()| true),
        (None, Some(errand)) => errand.run().await.map(|()| true),
        (None, None) => compare(&Options::read(&arguments)).await,
    };
    match done {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

/// Measures, prints, and says whether the program may end well.
async fn compare(options: &Options) -> Result<bool> {
    let rows = scenarios::run(&options.parts, options.sizes).await?;
    println!("\n{}", table::markdown(&rows));
    Ok(table::all_pass(&rows) || !options.check)
}
