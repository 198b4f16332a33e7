//! What each fault does to a call.

use pm_provider::{Answered, Call, Effect, Error, ErrorKind, Next, Result, Retry};

use super::Fault;

/// Makes the call as the fault has it.
pub(super) async fn answer(call: &Call, fault: Option<Fault>, next: Next<'_>) -> Result<Answered> {
    let error = match fault {
        None => return next.await,
        Some(Fault::FailBefore) => Error::new(ErrorKind::Unavailable, "the backend cannot be reached (injected)"),
        Some(Fault::Refuse(kind)) => Error::new(kind, "the backend refuses (injected)"),
        Some(Fault::RateLimit(pause)) => {
            Error::new(ErrorKind::RateLimited, "too many requests (injected)").with_retry(Retry::After(pause))
        }
        Some(Fault::FailAfter) => next.await.map(|_| lost_answer(call))?,
        Some(Fault::Partial { id, applied, failed }) => {
            let id = id.or_else(|| call.subject.clone()).unwrap_or_default();
            next.await.map(|_| half_done(Effect::Partial { id, applied, failed }))?
        }
        Some(Fault::Delay(time)) => {
            tokio::time::sleep(time).await;
            return next.await;
        }
        Some(Fault::Hang) => std::future::pending().await,
    };
    Err(error.in_provider(&call.provider).during(&call.operation))
}

/// A lost answer leaves a write in doubt, so that it must not simply be made again; a read leaves nothing behind.
fn lost_answer(call: &Call) -> Error {
    let error = Error::new(ErrorKind::Timeout, "the answer got lost (injected)");
    match call.writes {
        true => error.with_effect(Effect::Unknown).with_retry(Retry::Never),
        false => error,
    }
}

fn half_done(effect: Effect) -> Error {
    Error::new(ErrorKind::Unavailable, "the backend broke off half-way (injected)")
        .with_effect(effect)
        .with_retry(Retry::Never)
}
