//! What builds the provider by name.

use std::sync::Arc;

use async_trait::async_trait;
use pm_provider::{BuildContext, Capabilities, PmProvider, ProviderFactory, Result, SettingSpec};

use super::{MemoryProvider, NAME, capabilities};

/// Builds empty in-memory providers, for a registry: `PM_PROVIDER=memory`. There are no settings.
#[derive(Clone, Copy, Debug, Default)]
pub struct MemoryFactory;

#[async_trait]
impl ProviderFactory for MemoryFactory {
    fn name(&self) -> &str {
        NAME
    }

    fn summary(&self) -> &str {
        "keeps everything in memory, for tests and trials"
    }

    fn settings(&self) -> &[SettingSpec] {
        &[]
    }

    fn capabilities(&self) -> Capabilities {
        capabilities::full()
    }

    async fn build(&self, context: BuildContext) -> Result<Arc<dyn PmProvider>> {
        Ok(Arc::new(MemoryProvider::new().shared_clock(context.clock)))
    }
}
