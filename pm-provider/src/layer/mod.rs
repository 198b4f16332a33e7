//! Layers: what stands between an application and a provider.
//!
//! An [`Interceptor`] sees every call, those of the optional abilities included; [`intercept`] puts it in front of a
//! provider. Only what needs no backend goes past it: names, capabilities, facts, and the reading of webhook deliveries. `pm-core` has the ready-made ones: tracing, read-only, concurrency limit.

mod abilities;
mod call;
mod forward;

pub use call::{Answered, Call, Next};

use std::fmt::Debug;
use std::sync::Arc;

use async_trait::async_trait;

use crate::capability::Capabilities;
use crate::error::Result;
use crate::provider::PmProvider;

/// Sees every call to a provider and decides whether and how it goes through.
///
/// What it holds while it waits for `next` (a permit, a span) is dropped when the call ends, fails, panics or is
/// cancelled: there is no "after" hook that a dropped future could skip.
///
/// ```
/// use pm_provider::{Call, Answered, Error, Interceptor, Next, Result};
///
/// #[derive(Clone, Debug)]
/// struct OfficeHours;
///
/// #[async_trait::async_trait]
/// impl Interceptor for OfficeHours {
///     async fn around<'a>(&'a self, call: &'a Call, next: Next<'a>) -> Result<Answered> {
///         if call.writes {
///             return Err(Error::invalid_input("nothing is written at night"));
///         }
///         next.await
///     }
/// }
/// ```
#[async_trait]
pub trait Interceptor: Debug + Send + Sync + 'static {
    /// Stands around one call. [`Answered`] comes from `next` alone, so no call can be answered without being made.
    async fn around<'a>(&'a self, call: &'a Call, next: Next<'a>) -> Result<Answered>;

    /// Changes what the provider says that it can do, where the interceptor takes something away.
    fn capabilities(&self, inner: Capabilities) -> Capabilities {
        inner
    }
}

/// Wraps a provider into another one. Every [`Interceptor`] that is `Clone` does.
pub trait Layer: Debug + Send + Sync + 'static {
    /// Wraps the provider.
    fn wrap(&self, inner: Arc<dyn PmProvider>) -> Arc<dyn PmProvider>;
}

impl<I: Interceptor + Clone> Layer for I {
    fn wrap(&self, inner: Arc<dyn PmProvider>) -> Arc<dyn PmProvider> {
        intercept(inner, self.clone())
    }
}

/// Puts an interceptor in front of a provider and all of its abilities.
pub fn intercept(inner: Arc<dyn PmProvider>, interceptor: impl Interceptor) -> Arc<dyn PmProvider> {
    let capabilities = Arc::new(interceptor.capabilities(inner.capabilities().clone()));
    let name = Arc::from(inner.name());
    Arc::new(Intercepted { inner, gate: Gate { interceptor: Arc::new(interceptor), name }, capabilities })
}

/// A provider behind an interceptor.
#[derive(Debug)]
struct Intercepted {
    inner: Arc<dyn PmProvider>,
    gate: Gate,
    capabilities: Arc<Capabilities>,
}

/// The interceptor as the forwarding code uses it.
#[derive(Clone, Debug)]
struct Gate {
    interceptor: Arc<dyn Interceptor>,
    name: Arc<str>,
}
