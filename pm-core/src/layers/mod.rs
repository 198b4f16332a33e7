//! Layers that are ready to use. Each sees every call, those of the optional abilities included.
//!
//! ```
//! use pm_core::PmProviderBuilder;
//! use pm_core::layers::{ConcurrencyLimit, ReadOnlyLayer, TracingLayer};
//!
//! let builder = PmProviderBuilder::from_env()
//!     .layer(ConcurrencyLimit::new(8))
//!     .layer(ReadOnlyLayer)
//!     .layer(TracingLayer);
//! ```
//!
//! One of your own is an [`Interceptor`](crate::Interceptor).

mod audit;
#[cfg(feature = "cache")]
mod cache;
mod concurrency;
mod read_only;
mod tracing;

pub use self::audit::{AuditFailure, AuditLayer, AuditOutcome, AuditRecord, AuditSink, JsonLines, acting};
#[cfg(feature = "cache")]
pub use self::cache::{CacheKind, CacheLayer, fresh};
pub use self::concurrency::ConcurrencyLimit;
pub use self::read_only::ReadOnlyLayer;
pub use self::tracing::TracingLayer;
