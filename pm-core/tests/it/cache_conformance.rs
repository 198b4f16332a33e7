//! Every rule of the contract, through a memory that forgets nothing by itself.

use std::sync::Arc;
use std::time::Duration;

use pm_core::layers::{AuditLayer, AuditRecord, AuditSink, CacheKind, CacheLayer};
use pm_core::{Layer, PmProvider, Result};
use pm_testkit::MemoryProvider;

/// Takes everything and keeps nothing.
#[derive(Debug)]
struct Nowhere;

impl AuditSink for Nowhere {
    fn record(&self, record: &AuditRecord) -> Result<()> {
        assert!(record.writes && !record.operation.is_empty());
        Ok(())
    }
}

fn provider() -> Arc<dyn PmProvider> {
    let kinds = [
        CacheKind::Project,
        CacheKind::Schema,
        CacheKind::Task,
        CacheKind::Sprint,
        CacheKind::User,
        CacheKind::Comment,
        CacheKind::Relation,
    ];
    let day = Duration::from_secs(86_400);
    let cache = kinds.into_iter().fold(CacheLayer::new(), |cache, kind| cache.time_to_live(kind, day));
    let inner: Arc<dyn PmProvider> = Arc::new(MemoryProvider::new().user("tester"));
    AuditLayer::new(Nowhere).wrap(cache.stale_if_unavailable(day).wrap(inner))
}

pm_testkit::conformance!(async { provider() });
