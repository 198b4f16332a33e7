//! Who did what, when, to which item, and how it ended.

mod file;
mod record;

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;

use async_trait::async_trait;
use pm_provider::{Answered, Call, Clock, Error, Interceptor, Next, Result, SystemClock};

pub use self::file::JsonLines;
pub use self::record::{AuditFailure, AuditOutcome, AuditRecord};

/// Takes records: a file ([`JsonLines`]), a log, a table of the application's own.
pub trait AuditSink: fmt::Debug + Send + Sync + 'static {
    /// Takes one record. It is called where the call ends, also when its future is dropped: it has to be quick, and
    /// whoever writes to a database hands the record to a task of their own.
    ///
    /// # Errors
    /// Why the record is lost; the call that it tells of is not touched by that.
    fn record(&self, record: &AuditRecord) -> Result<()>;
}

/// Records every call that writes, of every ability: when, who, which operation, which item, how it ended, how long it took.
///
/// A call that failed is recorded with what it may have left behind, a batch with how many of its parts failed, a call that
/// was dropped half-way as cancelled: whether it was executed is not known then. What was written is in no record, and no
/// message of an error, which may quote it, unless [`with_messages`](Self::with_messages) says so.
///
/// A sink that fails never fails the call: an event of level error tells of it, and [`lost`](Self::lost) counts. Clones
/// share sink and count.
///
/// ```
/// use pm_core::PmProviderBuilder;
/// use pm_core::layers::{AuditLayer, JsonLines};
///
/// # fn example() -> pm_core::Result<()> {
/// let audit = AuditLayer::new(JsonLines::append("audit.jsonl")?).actor("nightly-import");
/// let builder = PmProviderBuilder::from_env().layer(audit);
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
#[must_use]
pub struct AuditLayer {
    sink: Arc<dyn AuditSink>,
    clock: Arc<dyn Clock>,
    actor: Option<Arc<str>>,
    reads: bool,
    messages: bool,
    lost: Arc<AtomicU64>,
}

impl AuditLayer {
    /// Records to a sink.
    pub fn new(sink: impl AuditSink) -> Self {
        Self {
            sink: Arc::new(sink),
            clock: Arc::new(SystemClock),
            actor: None,
            reads: false,
            messages: false,
            lost: Arc::default(),
        }
    }

    /// Says who acts, unless [`acting`] says otherwise for a call.
    pub fn actor(mut self, name: impl Into<String>) -> Self {
        self.actor = Some(name.into().into());
        self
    }

    /// Records calls that only read as well.
    pub fn with_reads(mut self) -> Self {
        self.reads = true;
        self
    }

    /// Records the messages of errors as well. They may quote what was written; secrets are in none.
    pub fn with_messages(mut self) -> Self {
        self.messages = true;
        self
    }

    /// Tells the time by another clock.
    pub fn clock(mut self, clock: Arc<dyn Clock>) -> Self {
        self.clock = clock;
        self
    }

    /// How many records the sink did not take so far.
    #[must_use]
    pub fn lost(&self) -> u64 {
        self.lost.load(Ordering::Relaxed)
    }

    fn begin(&self, call: &Call) -> Open<'_> {
        let actor = ACTOR.try_with(Arc::clone).ok().or_else(|| self.actor.clone());
        let record = AuditRecord {
            at: self.clock.now(),
            actor: actor.map(|name| name.to_string()),
            provider: call.provider.to_string(),
            operation: call.operation.clone(),
            item: call.subject.clone(),
            writes: call.writes,
            outcome: AuditOutcome::Cancelled,
            elapsed_ms: 0.0,
        };
        Open { layer: self, record, started: Instant::now(), is_open: true }
    }

    fn take(&self, record: &AuditRecord) {
        if let Err(error) = self.sink.record(record) {
            self.lost.fetch_add(1, Ordering::Relaxed);
            tracing::error!(
                provider = record.provider,
                operation = record.operation,
                subject = record.item,
                kind = ?error.kind(),
                error = error.message(),
                "an audit record is lost"
            );
        }
    }
}

#[async_trait]
impl Interceptor for AuditLayer {
    async fn around<'a>(&'a self, call: &'a Call, next: Next<'a>) -> Result<Answered> {
        if !call.writes && !self.reads {
            return next.await;
        }
        let open = self.begin(call);
        let answer = next.await;
        open.close(&answer);
        answer
    }
}

/// A call that is under way: it is recorded also when its future is dropped, or panics.
struct Open<'a> {
    layer: &'a AuditLayer,
    record: AuditRecord,
    started: Instant,
    is_open: bool,
}

impl Open<'_> {
    fn close(mut self, answer: &Result<Answered>) {
        match answer {
            Ok(answered) => self.done(answered),
            Err(error) => self.failed(error),
        }
        self.write();
    }

    fn done(&mut self, answered: &Answered) {
        if let Some(item) = answered.item() {
            self.record.item = Some(item.to_owned());
        }
        self.record.outcome = match answered.parts() {
            Some((done, failed)) if failed > 0 => AuditOutcome::Parts { done, failed },
            _ => AuditOutcome::Ok,
        };
    }

    fn failed(&mut self, error: &Error) {
        self.record.outcome = AuditOutcome::failed(error, self.layer.messages);
        // A create that got half-way knows its item.
        if let pm_provider::Effect::Partial { id, .. } = error.effect() {
            self.record.item.get_or_insert_with(|| id.clone());
        }
    }

    fn write(&mut self) {
        self.is_open = false;
        self.record.elapsed_ms = self.started.elapsed().as_secs_f64() * 1000.0;
        self.layer.take(&self.record);
    }
}

impl Drop for Open<'_> {
    fn drop(&mut self) {
        if self.is_open {
            if std::thread::panicking() {
                self.record.outcome = AuditOutcome::Panicked;
            }
            self.write();
        }
    }
}

tokio::task_local! {
    static ACTOR: Arc<str>;
}

/// Says who acts in the calls within, for a program that works for several people. Holds for this task alone, and not for
/// others that are spawned within.
///
/// ```no_run
/// # async fn example(provider: std::sync::Arc<dyn pm_core::PmProvider>) -> pm_core::Result<()> {
/// let patch = pm_core::TaskPatch::new().title("Paint the fence");
/// pm_core::layers::acting("ada", provider.update_task(&"42".into(), patch)).await?;
/// # Ok(())
/// # }
/// ```
pub async fn acting<F: Future>(who: impl Into<String>, work: F) -> F::Output {
    ACTOR.scope(who.into().into(), work).await
}
