//! What the registry knows of this backend.

use std::sync::Arc;

use async_trait::async_trait;
use pm_provider::{BuildContext, Capabilities, PmProvider, ProviderFactory, Result, SettingSpec};

use crate::api::MAX_PAGE_SIZE;
use crate::capabilities::capabilities;
use crate::config::SETTINGS;
use crate::{NAME, OpenProjectConfig, OpenProjectProvider, SprintBackend};

/// Builds providers of OpenProject servers.
#[derive(Clone, Copy, Debug, Default)]
pub struct OpenProjectFactory;

#[async_trait]
impl ProviderFactory for OpenProjectFactory {
    fn name(&self) -> &str {
        NAME
    }

    fn summary(&self) -> &str {
        "OpenProject, by its API v3"
    }

    fn settings(&self) -> &[SettingSpec] {
        SETTINGS
    }

    fn capabilities(&self) -> Capabilities {
        capabilities(SprintBackend::Auto, MAX_PAGE_SIZE)
    }

    async fn build(&self, context: BuildContext) -> Result<Arc<dyn PmProvider>> {
        let config = OpenProjectConfig::from_context(&context).await.map_err(|error| error.in_provider(NAME))?;
        Ok(Arc::new(OpenProjectProvider::new(config)?))
    }
}
