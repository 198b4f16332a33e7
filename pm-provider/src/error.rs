//! The one error of the contract.

use std::error::Error as StdError;
use std::fmt;
use std::time::Duration;

use crate::capability::Field;

/// The result of every operation.
pub type Result<T, E = Error> = std::result::Result<T, E>;

type Source = Box<dyn StdError + Send + Sync + 'static>;

/// What went wrong, in the terms that a caller can act on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ErrorKind {
    /// The request can never succeed as it is: a bad value, a missing field, an unknown word.
    InvalidInput,
    /// There is no such item, or it is not shown to us.
    NotFound,
    /// The backend's present state forbids it: children, duplicates, an item deleted meanwhile.
    Conflict,
    /// Somebody changed the item since it was read (`if_version`): read again, then decide.
    VersionConflict,
    /// This backend cannot do it; said before any request was sent.
    Unsupported,
    /// Writing is switched off on this provider.
    ReadOnly,
    /// The backend does not know who we are: a missing, wrong or revoked credential.
    Unauthenticated,
    /// The backend knows who we are and refuses.
    PermissionDenied,
    /// Too many requests; [`Error::retry`] says when to come back.
    RateLimited,
    /// The backend cannot be reached or is out of order.
    Unavailable,
    /// No answer in time.
    Timeout,
    /// The backend answered something that cannot be understood.
    InvalidResponse,
    /// The settings are wrong or incomplete.
    Configuration,
    /// A fault of this library or of the machine that it runs on.
    Internal,
}

/// Whether and when the same call may be made again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Retry {
    /// Never as it is.
    Never,
    /// At once, or after a pause of the caller's choice.
    Now,
    /// Not before this time has passed.
    After(Duration),
}

/// What the failed call may have left behind.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Effect {
    /// Nothing was changed.
    NotExecuted,
    /// The change may have been made or not: look before doing it again.
    Unknown,
    /// Some of it was made.
    Partial {
        /// The item that was created or changed.
        id: String,
        /// What was applied.
        applied: Vec<String>,
        /// What was not.
        failed: Vec<String>,
    },
}

/// What is wrong with one field.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct FieldError {
    /// The field.
    pub field: Field,
    /// What is wrong with it.
    pub message: String,
}

/// What went wrong, whether to try again, and what was left behind.
///
/// `Display` prints the message, where it happened and a hint, never the source: that is for logs, by way of
/// [`std::error::Error::source`]. No secret is ever in any of it.
pub struct Error(Box<Inner>);

struct Inner {
    kind: ErrorKind,
    message: String,
    hint: Option<String>,
    retry: Retry,
    effect: Effect,
    provider: Option<String>,
    operation: Option<String>,
    subject: Option<String>,
    http_status: Option<u16>,
    request_id: Option<String>,
    field_errors: Vec<FieldError>,
    source: Option<Source>,
}

impl Error {
    /// Makes an error that left nothing behind; [`ErrorKind`] decides whether a retry makes sense.
    #[must_use]
    pub fn new(kind: ErrorKind, message: impl Into<String>) -> Self {
        let retry = match kind {
            ErrorKind::RateLimited | ErrorKind::Unavailable | ErrorKind::Timeout => Retry::Now,
            _ => Retry::Never,
        };
        Self(Box::new(Inner {
            kind,
            message: message.into(),
            hint: None,
            retry,
            effect: Effect::NotExecuted,
            provider: None,
            operation: None,
            subject: None,
            http_status: None,
            request_id: None,
            field_errors: Vec::new(),
            source: None,
        }))
    }

    /// Makes the error for a request that can never succeed as it is.
    #[must_use]
    pub fn invalid_input(message: impl Into<String>) -> Self {
        Self::new(ErrorKind::InvalidInput, message)
    }

    /// Makes the error for an item that is not there: `not_found("task", &id)`.
    #[must_use]
    pub fn not_found(what: &str, id: impl fmt::Display) -> Self {
        Self::new(ErrorKind::NotFound, format!("there is no {what} `{id}`")).subject(format!("{what} `{id}`"))
    }

    /// Makes the error for what a backend cannot do.
    #[must_use]
    pub fn unsupported(message: impl Into<String>) -> Self {
        Self::new(ErrorKind::Unsupported, message)
    }

    /// Makes the error for wrong or missing settings.
    #[must_use]
    pub fn configuration(message: impl Into<String>) -> Self {
        Self::new(ErrorKind::Configuration, message)
    }

    /// Says what the user can do about it, printed on a line of its own.
    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.0.hint = Some(hint.into());
        self
    }

    /// Says whether and when to try again.
    #[must_use]
    pub fn with_retry(mut self, retry: Retry) -> Self {
        self.0.retry = retry;
        self
    }

    /// Says what was left behind.
    #[must_use]
    pub fn with_effect(mut self, effect: Effect) -> Self {
        self.0.effect = effect;
        self
    }

    /// Names the provider, unless it is named already.
    #[must_use]
    pub fn in_provider(mut self, provider: &str) -> Self {
        self.0.provider.get_or_insert_with(|| provider.to_owned());
        self
    }

    /// Names the operation, unless it is named already.
    #[must_use]
    pub fn during(mut self, operation: &str) -> Self {
        self.0.operation.get_or_insert_with(|| operation.to_owned());
        self
    }

    /// Names the item that the call was about.
    #[must_use]
    pub fn subject(mut self, subject: impl Into<String>) -> Self {
        self.0.subject = Some(subject.into());
        self
    }

    /// Keeps the HTTP status of the answer.
    #[must_use]
    pub fn with_http_status(mut self, status: u16) -> Self {
        self.0.http_status = Some(status);
        self
    }

    /// Keeps the id under which the backend's operators find the request.
    #[must_use]
    pub fn with_request_id(mut self, id: impl Into<String>) -> Self {
        self.0.request_id = Some(id.into());
        self
    }

    /// Adds what is wrong with one field.
    #[must_use]
    pub fn on_field(mut self, field: Field, message: impl Into<String>) -> Self {
        self.0.field_errors.push(FieldError { field, message: message.into() });
        self
    }

    /// Keeps the error underneath, for logs. It must not hold a secret.
    #[must_use]
    pub fn with_source(mut self, source: impl Into<Source>) -> Self {
        self.0.source = Some(source.into());
        self
    }

    /// What went wrong.
    #[must_use]
    pub fn kind(&self) -> ErrorKind {
        self.0.kind
    }

    /// The message alone, without provider, operation and hint.
    #[must_use]
    pub fn message(&self) -> &str {
        &self.0.message
    }

    /// What the user can do about it.
    #[must_use]
    pub fn hint_text(&self) -> Option<&str> {
        self.0.hint.as_deref()
    }

    /// Whether and when the same call may be made again.
    #[must_use]
    pub fn retry(&self) -> Retry {
        self.0.retry
    }

    /// What the failed call may have left behind.
    #[must_use]
    pub fn effect(&self) -> &Effect {
        &self.0.effect
    }

    /// The provider that failed.
    #[must_use]
    pub fn provider(&self) -> Option<&str> {
        self.0.provider.as_deref()
    }

    /// The operation that failed, by its name in the contract: `create_task`.
    #[must_use]
    pub fn operation(&self) -> Option<&str> {
        self.0.operation.as_deref()
    }

    /// The item that the call was about.
    #[must_use]
    pub fn subject_text(&self) -> Option<&str> {
        self.0.subject.as_deref()
    }

    /// The HTTP status of the answer.
    #[must_use]
    pub fn http_status(&self) -> Option<u16> {
        self.0.http_status
    }

    /// The id under which the backend's operators find the request.
    #[must_use]
    pub fn request_id(&self) -> Option<&str> {
        self.0.request_id.as_deref()
    }

    /// What is wrong with single fields.
    #[must_use]
    pub fn field_errors(&self) -> &[FieldError] {
        &self.0.field_errors
    }

    fn place(&self) -> String {
        let inner = &self.0;
        [inner.provider.as_deref(), inner.operation.as_deref()].into_iter().flatten().collect::<Vec<_>>().join(" ")
    }

    fn details(&self) -> Vec<String> {
        let inner = &self.0;
        let mut details = Vec::new();
        details.extend(inner.http_status.map(|status| format!("HTTP {status}")));
        details.extend(inner.request_id.as_ref().map(|id| format!("request {id}")));
        match &inner.effect {
            Effect::NotExecuted => {}
            Effect::Unknown => details.push("it may have been done all the same".to_owned()),
            Effect::Partial { id, applied, failed } => details.push(format!(
                "`{id}` was written in part: done {}; not done {}",
                applied.join(", "),
                failed.join(", ")
            )),
        }
        details
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let place = self.place();
        if !place.is_empty() {
            write!(f, "{place}: ")?;
        }
        f.write_str(&self.0.message)?;
        for error in &self.0.field_errors {
            write!(f, "; `{}`: {}", error.field, error.message)?;
        }
        let details = self.details();
        if !details.is_empty() {
            write!(f, " ({})", details.join("; "))?;
        }
        match &self.0.hint {
            Some(hint) => write!(f, "\nhint: {hint}"),
            None => Ok(()),
        }
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let inner = &self.0;
        f.debug_struct("Error")
            .field("kind", &inner.kind)
            .field("message", &inner.message)
            .field("retry", &inner.retry)
            .field("effect", &inner.effect)
            .field("provider", &inner.provider)
            .field("operation", &inner.operation)
            .field("subject", &inner.subject)
            .field("http_status", &inner.http_status)
            .field("request_id", &inner.request_id)
            .field("field_errors", &inner.field_errors)
            .field("hint", &inner.hint)
            .field("source", &inner.source)
            .finish()
    }
}

impl StdError for Error {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        self.0.source.as_deref().map(|source| source as &(dyn StdError + 'static))
    }
}
