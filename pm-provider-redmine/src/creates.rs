//! What creates need beside the plumbing's own: servers without a web server in front of them do not tell their time.

use std::future::Future;
use std::time::Duration;

use pm_http::Made;
use pm_provider::{Effect, Error, Result};

/// When a lost create is looked for: at once, and twice more, because the server may still be at it.
const LOOKS: [Duration; 3] = [Duration::ZERO, Duration::from_secs(1), Duration::from_secs(3)];

/// Looks for what a create made whose answer was lost, where something else than a time tells it apart: servers without
/// a web server in front of them send no `Date`.
pub(crate) async fn or_found<T, F, Answer>(sent: Result<Made<T>>, find: F) -> Result<Made<T>>
where
    F: Fn() -> Answer,
    Answer: Future<Output = Result<Vec<Made<T>>>>,
{
    let lost = match sent {
        Err(error) if *error.effect() == Effect::Unknown => error,
        other => return other,
    };
    for pause in LOOKS {
        tokio::time::sleep(pause).await;
        let Ok(mut found) = find().await else { continue };
        match (found.pop(), found.is_empty()) {
            (Some(made), true) => return Ok(made),
            (Some(_), false) => return Err(lost),
            (None, _) => {}
        }
    }
    Err(lost)
}

/// The error for a filter that the server does not know, and ignores: what has the mark cannot be found then, and would
/// be created a second time.
pub(crate) fn ignored(filter: &str) -> Error {
    let message =
        format!("the server ignores the filter `{filter}`, so that a create with a key cannot be found again");
    Error::unsupported(message).hint("it is older than Redmine 5.0; create without an idempotency key")
}
