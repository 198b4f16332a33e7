//! `spm connection test`.

use clap::Args;
use pm_core::{Connection, Error, Health, PMUser};
use serde::Serialize;

use crate::exit::Code;
use crate::failure::{Failure, Result};
use crate::output::{Cell, Column, FormatArgs, Tone, note, presented, show_rows};
use crate::session::Session;
use crate::settings::{builder_for, printable};

/// Which.
#[derive(Args, Debug)]
#[command(
    after_help = "With one connection the exit code says what is wrong: 4 not let in, 7 out of reach, 8 wrong settings. \
                  With several it is 9 if some are well and some are not."
)]
pub(crate) struct TestArgs {
    /// The connections; all if none is named
    #[arg(value_name = "NAME")]
    names: Vec<String>,
    #[command(flatten)]
    format: FormatArgs,
}

/// What became of one connection.
#[derive(Debug, Serialize)]
struct Answer {
    name: String,
    provider: Option<String>,
    well: bool,
    backend: Option<String>,
    user: Option<PMUser>,
    problem: Option<String>,
    #[serde(skip)]
    code: Code,
}

presented!(
    Answer,
    "answers",
    ["name", "provider", "well", "backend", "user", "problem"],
    [
        Column::fixed("NAME"),
        Column::fixed("PROVIDER"),
        Column::fixed("STATE"),
        Column::wide("BACKEND"),
        Column::fixed("USER")
    ],
    |answer| vec![
        Cell::text(Tone::Key, printable(&answer.name)),
        Cell::text(Tone::Plain, answer.provider.as_deref().map(printable).unwrap_or_default()),
        if answer.well { Cell::text(Tone::Good, "well") } else { Cell::text(Tone::Bad, "not well") },
        Cell::text(Tone::Plain, answer.backend.as_deref().map(printable).unwrap_or_default()),
        Cell::text(Tone::Plain, printable(answer.who())),
    ]
);

impl Answer {
    fn of(name: &str, provider: Option<&str>, health: Result<Health, Error>) -> Self {
        let (name, provider) = (name.to_owned(), provider.map(str::to_lowercase));
        match health {
            Ok(Health { backend, user, .. }) => {
                let (backend, code) = (Some(backend), Code::Success);
                Self { name, provider, well: true, backend, user, problem: None, code }
            }
            Err(error) => {
                let code = Code::from(&error);
                let problem = Some(Failure::from(error).to_string());
                Self { name, provider, well: false, backend: None, user: None, problem, code }
            }
        }
    }

    fn who(&self) -> &str {
        self.user.as_ref().map_or("", |user| user.login.as_deref().unwrap_or(&user.name))
    }
}

pub(super) async fn run(session: &Session, args: TestArgs) -> Result<Code> {
    args.format.read::<Answer>()?;
    let connections = session.sources.connections(&session.registry, &session.host)?;
    let mut answers = Vec::new();
    if args.names.is_empty() {
        for (name, connection) in connections.list().await? {
            answers.push(answer(session, &name, connection).await);
        }
    }
    for name in &args.names {
        answers.push(answer(session, name, connections.get(name).await).await);
    }
    let codes: Vec<_> = answers.iter().map(|answer| answer.code).collect();
    let problems: Vec<_> = answers.iter().filter_map(Answer::in_words).collect();
    show_rows(session, answers, &args.format).await?;
    problems.iter().for_each(note);
    Ok(outcome(&codes))
}

impl Answer {
    fn in_words(&self) -> Option<String> {
        self.problem.as_ref().map(|problem| format!("`{}`: {problem}", printable(&self.name)))
    }
}

fn outcome(codes: &[Code]) -> Code {
    match codes.iter().find(|code| **code != Code::Success) {
        None => Code::Success,
        Some(_) if codes.contains(&Code::Success) => Code::Partial,
        Some(first) => *first,
    }
}

async fn answer(session: &Session, name: &str, connection: Result<Connection, Error>) -> Answer {
    let provider = connection.as_ref().map(|connection| connection.provider().to_owned()).ok();
    let health = match connection {
        Ok(connection) => health(session, connection).await,
        Err(error) => Err(error),
    };
    Answer::of(name, provider.as_deref(), health)
}

/// Nothing is created on the way.
async fn health(session: &Session, connection: Connection) -> Result<Health, Error> {
    let builder = builder_for(connection, &session.registry, &session.host).create_missing(false);
    builder.build().await?.health_check().await
}
