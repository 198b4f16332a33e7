//! Nothing is written.

use async_trait::async_trait;
use pm_provider::{Answered, Call, Capabilities, Error, ErrorKind, Interceptor, Next, Result};

/// Refuses every write with [`ErrorKind::ReadOnly`] before anything is sent: for shadow runs and for viewers.
///
/// The capabilities lose their writes as well, so that an application that looks at them offers none.
#[derive(Clone, Copy, Debug, Default)]
pub struct ReadOnlyLayer;

#[async_trait]
impl Interceptor for ReadOnlyLayer {
    async fn around<'a>(&'a self, call: &'a Call, next: Next<'a>) -> Result<Answered> {
        if call.writes {
            return Err(refuse(call));
        }
        next.await
    }

    fn capabilities(&self, inner: Capabilities) -> Capabilities {
        inner.read_only()
    }
}

fn refuse(call: &Call) -> Error {
    let message = format!("`{}` writes, and this provider is read-only", call.operation);
    let error = Error::new(ErrorKind::ReadOnly, message).in_provider(&call.provider).during(&call.operation);
    match &call.subject {
        Some(subject) => error.subject(subject),
        None => error,
    }
}
