//! `spm health`.

use std::io::Write;

use clap::Args;
use pm_core::PMUser;
use serde::Serialize;

use crate::exit::Code;
use crate::failure::Result;
use crate::output::{Cell, Column, Details, FormatArgs, Tone, presented, show_one};
use crate::session::Session;
use crate::settings::{in_one_line, printable};

/// How.
#[derive(Args, Debug)]
#[command(
    after_help = "The exit code says more: 0 all is well, 4 not let in, 7 out of reach, 8 settings are missing or wrong."
)]
pub(crate) struct HealthArgs {
    #[command(flatten)]
    format: FormatArgs,
}

/// A backend that is well.
#[derive(Debug, Serialize)]
struct Answer {
    provider: String,
    backend: String,
    user: Option<PMUser>,
    settings: String,
}

presented!(
    Answer,
    "answers",
    ["provider", "backend", "user", "settings"],
    [Column::fixed("PROVIDER"), Column::wide("BACKEND")],
    |answer| vec![Cell::text(Tone::Key, &answer.provider), Cell::text(Tone::Plain, &answer.backend)]
);

pub(crate) async fn run(session: &Session, args: HealthArgs) -> Result<Code> {
    args.format.read::<Answer>()?;
    let provider = session.reader().await?;
    let health = provider.health_check().await?;
    let loaded = session.sources.load(&session.registry, &session.host).await?;
    let choice = loaded.choice(&session.registry)?;
    let answer = Answer {
        provider: choice.factory.name().to_owned(),
        backend: health.backend,
        user: health.user,
        settings: in_one_line(&choice, &loaded.settings(&choice)?),
    };
    show_one(session, &answer, &args.format, |output| {
        let user =
            answer.user.as_ref().map_or("nobody in particular", |user| user.login.as_deref().unwrap_or(&user.name));
        Details::new(format!("{} is well", answer.provider))
            .fact("backend", printable(&answer.backend))
            .fact("user", printable(user))
            .fact("settings", printable(&answer.settings))
            .print(output, session.style)?;
        output.flush().map_err(Into::into)
    })?;
    Ok(Code::Success)
}
