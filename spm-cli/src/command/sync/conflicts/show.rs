//! `spm sync conflicts show`.

use std::io::Write;

use clap::Args;
use serde_json::Value;

use super::super::desk::Desk;
use super::super::words;
use super::found::{Found, find};
use crate::failure::Result;
use crate::output::{Details, FormatArgs, moment, show_one};
use crate::session::Session;

/// Which.
#[derive(Args, Debug)]
pub(crate) struct ShowArgs {
    /// The conflict's id, or the end of it
    id: String,
    #[command(flatten)]
    format: FormatArgs,
}

pub(super) async fn run(session: &Session, args: ShowArgs) -> Result<()> {
    args.format.read::<Found>()?;
    let desk = Desk::open(session).await?;
    let (known, conflict) = find(&desk, &args.id).await?;
    let found = Found::of(&desk, &known, conflict).await;
    show_one(session, &found, &args.format, |output| {
        details(&found).print(output, session.style)?;
        output.flush().map_err(Into::into)
    })
}

fn details(found: &Found) -> Details {
    let of = found.field.as_deref().unwrap_or("the whole item");
    let title = found.title.as_deref().unwrap_or_default();
    let decided = match (found.winner, &found.decided_by) {
        (Some(winner), Some(by)) => format!("{winner}, by {by}"),
        (Some(winner), None) => winner.to_owned(),
        (None, _) => String::new(),
    };
    let details = Details::new(format!("{of} of {} {title}", found.item()))
        .fact("id", &found.id)
        .fact("mapping", format!("{} <-> {}", found.project, found.connection))
        .fact("cause", cause_in_words(&found.cause))
        .fact("found", moment(found.found_at))
        .fact("winner", decided)
        .fact("decided", found.resolved_at.map(moment).unwrap_or_default());
    let details = match found.base.internal == found.base.external {
        true => text(details, "Last agreed", &found.base.internal),
        false => {
            let details = text(details, "Last agreed, as the internal side has it", &found.base.internal);
            text(details, "Last agreed, as the external side has it", &found.base.external)
        }
    };
    let details = text(details, "Internal", &found.values.internal);
    text(details, &format!("External ({})", found.connection), &found.values.external)
}

fn text(details: Details, heading: &str, value: &Value) -> Details {
    let text = words::value(value);
    details.text(Some(heading.to_owned()), if text.is_empty() { "(nothing)" } else { &text })
}

/// What happened, for those who do not know the engine's words.
fn cause_in_words(cause: &str) -> &str {
    match cause {
        "both_edited" => "both sides changed it",
        "edited_copy" => "the copy was edited, which this mode does not take back",
        "never_agreed" => "both were there before they were mapped, and differ",
        "deleted_edited" => "one side deleted what the other one edited",
        "normalised" => "the other side stored something else than it was sent",
        "in_doubt" => "a write whose answer was lost may have overwritten it",
        other => other,
    }
}
