//! A span for each call.

use std::time::Instant;

use async_trait::async_trait;
use pm_provider::{Answered, Call, Error, Interceptor, Next, Result};
use tracing::{Instrument, Span, debug, info_span, warn};

/// Opens a span for each call, `pm_call` with `provider`, `operation` and `subject` (the item's id), and closes it with
/// an event that says how it ended and how long it took.
///
/// `outcome` is `ok` (level debug), `failed` with the error's `kind` (warn), `cancelled` or `panicked` (both debug). What
/// is written or read, messages of errors and secrets never show.
#[derive(Clone, Copy, Debug, Default)]
pub struct TracingLayer;

#[async_trait]
impl Interceptor for TracingLayer {
    async fn around<'a>(&'a self, call: &'a Call, next: Next<'a>) -> Result<Answered> {
        let span =
            info_span!("pm_call", provider = &*call.provider, operation = call.operation, subject = call.subject);
        let watch = Watch::start(&span);
        let answer = next.instrument(span).await;
        watch.stop(&answer);
        answer
    }
}

/// Tells how a call ended, also when its future is dropped half-way.
struct Watch {
    span: Span,
    started: Instant,
    running: bool,
}

impl Watch {
    fn start(span: &Span) -> Self {
        Self { span: span.clone(), started: Instant::now(), running: true }
    }

    fn stop(mut self, answer: &Result<Answered>) {
        self.running = false;
        match answer {
            Ok(_) => self.ended("ok"),
            Err(error) => self.failed(error),
        }
    }

    fn ended(&self, outcome: &str) {
        debug!(parent: &self.span, outcome, elapsed_ms = self.milliseconds(), "call ended");
    }

    /// The message stays out: it may quote what was written.
    fn failed(&self, error: &Error) {
        warn!(
            parent: &self.span,
            outcome = "failed",
            kind = ?error.kind(),
            http_status = error.http_status(),
            request_id = error.request_id(),
            elapsed_ms = self.milliseconds(),
            "call ended"
        );
    }

    fn milliseconds(&self) -> f64 {
        self.started.elapsed().as_secs_f64() * 1000.0
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        if self.running {
            self.ended(if std::thread::panicking() { "panicked" } else { "cancelled" });
        }
    }
}
