//! What the registry knows of this backend.

use std::sync::Arc;

use async_trait::async_trait;
use pm_provider::{BuildContext, Capabilities, PmProvider, ProviderFactory, Result, SettingSpec};

use crate::capabilities::most;
use crate::config::SETTINGS;
use crate::{ClickUpConfig, ClickUpProvider, NAME};

/// Builds providers of ClickUp Workspaces.
#[derive(Clone, Copy, Debug, Default)]
pub struct ClickUpFactory;

#[async_trait]
impl ProviderFactory for ClickUpFactory {
    fn name(&self) -> &str {
        NAME
    }

    fn summary(&self) -> &str {
        "ClickUp, by its API v2 and v3"
    }

    fn settings(&self) -> &[SettingSpec] {
        SETTINGS
    }

    fn capabilities(&self) -> Capabilities {
        most()
    }

    async fn build(&self, context: BuildContext) -> Result<Arc<dyn PmProvider>> {
        let config = ClickUpConfig::from_context(&context).await.map_err(|error| error.in_provider(NAME))?;
        Ok(Arc::new(ClickUpProvider::new(config)?))
    }
}
