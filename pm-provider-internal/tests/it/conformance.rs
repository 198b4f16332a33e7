//! Every rule of the contract, on each database.

use std::sync::Arc;

use pm_provider::PmProvider;
use pm_provider_internal::{InternalConfig, InternalProvider};

#[cfg(feature = "sqlite")]
mod sqlite {
    use super::*;

    async fn provider() -> Arc<dyn PmProvider> {
        Arc::new(InternalProvider::open(&InternalConfig::new("sqlite::memory:").user("tester")).await.unwrap())
    }

    pm_testkit::conformance!(async { provider().await });
}

#[cfg(feature = "postgres")]
mod postgres {
    use std::sync::OnceLock;

    use super::*;
    use crate::database::TestDatabase;

    /// One database for all rules, side by side, as people use one.
    async fn provider() -> Option<Arc<dyn PmProvider>> {
        static DATABASE: OnceLock<Option<TestDatabase>> = OnceLock::new();
        let database = DATABASE.get_or_init(TestDatabase::postgres).as_ref()?;
        let config = InternalConfig::new(&database.url).user("tester");
        Some(Arc::new(InternalProvider::open(&config).await.unwrap()))
    }

    pm_testkit::conformance!(async { provider().await });
}
