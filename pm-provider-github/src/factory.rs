//! What the registry knows of this backend.

use std::sync::Arc;

use async_trait::async_trait;
use pm_provider::{BuildContext, Capabilities, PmProvider, ProviderFactory, Result, SettingSpec};

use crate::capabilities::most;
use crate::config::SETTINGS;
use crate::{GitHubConfig, GitHubProvider, NAME};

/// Builds providers of GitHub and of GitHub Enterprise.
#[derive(Clone, Copy, Debug, Default)]
pub struct GitHubFactory;

#[async_trait]
impl ProviderFactory for GitHubFactory {
    fn name(&self) -> &str {
        NAME
    }

    fn summary(&self) -> &str {
        "GitHub by its REST and GraphQL APIs: repositories, and Projects v2"
    }

    fn settings(&self) -> &[SettingSpec] {
        SETTINGS
    }

    fn capabilities(&self) -> Capabilities {
        most()
    }

    async fn build(&self, context: BuildContext) -> Result<Arc<dyn PmProvider>> {
        let config = GitHubConfig::from_context(&context).await.map_err(|error| error.in_provider(NAME))?;
        Ok(Arc::new(GitHubProvider::new(config)?))
    }
}
