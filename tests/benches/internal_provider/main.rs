//! The internal provider beside hand-written sqlx.
//!
//! One run measures both on the same machine state: the same statements (compared word by word in the end), the same
//! pragmas, the same commit unit, one connection each, in turns. What counts is the ratio, not the times.
//!
//! ```text
//! cargo bench -p pm-tests --bench internal_provider                         everything, some minutes
//! cargo bench -p pm-tests --bench internal_provider -- --sqlite --quick     a tenth of the tasks, one database
//! cargo bench -p pm-tests --bench internal_provider -- --check              exit code 1 where a gate fails
//! cargo bench -p pm-tests --bench internal_provider -- get list             some parts: batch, get, list, depth, memory
//! ```

#![allow(clippy::duplicate_mod, reason = "the reference is compiled once for each database")]
#![allow(clippy::print_stdout, clippy::print_stderr, reason = "a program whose output is its purpose")]

mod database;
mod measure;
mod memory;
mod provider;
mod reference;
mod scenarios;
mod side;
mod statements;
mod table;
mod tasks;

use std::process::ExitCode;

use database::{Postgres, Sqlite};
use scenarios::{PARTS, Sizes, Strictness};
use table::Row;

type Result<T, E = Box<dyn std::error::Error + Send + Sync>> = std::result::Result<T, E>;

/// What the command line asks for.
#[derive(Debug)]
struct Options {
    parts: Vec<&'static str>,
    check: bool,
    quick: bool,
    sqlite: bool,
    postgres: bool,
}

impl Options {
    /// `cargo bench` adds `--bench`; words that nobody knows are left alone, as other bench programs do.
    fn read(arguments: &[String]) -> Self {
        let has = |word: &str| arguments.iter().any(|argument| argument == word);
        let all = !has("--sqlite") && !has("--postgres");
        let named: Vec<_> = PARTS.into_iter().filter(|part| has(part)).collect();
        Self {
            parts: if named.is_empty() { PARTS.to_vec() } else { named },
            check: has("--check"),
            quick: has("--quick"),
            sqlite: all || has("--sqlite"),
            postgres: all || has("--postgres"),
        }
    }

    fn sizes(&self) -> Sizes {
        if self.quick { Sizes::quick() } else { Sizes::full() }
    }
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    let arguments: Vec<_> = std::env::args().skip(1).collect();
    let done = match (memory::Errand::read(&arguments), side::Errand::read(&arguments)) {
        (Some(errand), _) => errand.run().await.map(|()| true),
        (None, Some(errand)) if errand.url.starts_with("sqlite:") => errand.run::<Sqlite>().await.map(|()| true),
        (None, Some(errand)) => errand.run::<Postgres>().await.map(|()| true),
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
    let mut rows = Vec::new();
    let mut differences = Vec::new();
    let sqlite = if options.sqlite { Some(Sqlite::new()?) } else { None };
    let postgres = if options.postgres { Postgres::start()? } else { None };
    if let Some(database) = &sqlite {
        rows.extend(scenarios::run(database, &options.parts, options.sizes(), Strictness::Gates).await?);
    }
    if let Some(database) = &postgres {
        rows.extend(scenarios::run(database, &options.parts, options.sizes(), Strictness::Informational).await?);
    }
    // Listening to statements cannot be switched off again, so it comes after all that is timed.
    let statements = statements::listen()?;
    if let Some(database) = &sqlite {
        differences.extend(statements.compare(database).await?);
    }
    if let Some(database) = &postgres {
        differences.extend(statements.compare(database).await?);
    }
    Ok(report(&rows, &differences) || !options.check)
}

fn report(rows: &[Row], differences: &[String]) -> bool {
    println!("\n{}", table::markdown(rows));
    if differences.is_empty() {
        println!("both sides issue the same statements");
    } else {
        println!("the reference does not issue the provider's statements:\n{}", differences.join("\n"));
    }
    table::all_pass(rows) && differences.is_empty()
}
