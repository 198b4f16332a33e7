//! What the registry knows of this backend.

use std::sync::Arc;

use async_trait::async_trait;
use pm_provider::{BuildContext, Capabilities, PmProvider, ProviderFactory, Result, SettingSpec};

use crate::capabilities::capabilities;
use crate::config::SETTINGS;
use crate::{JiraConfig, JiraProvider, NAME};

/// Builds providers of Jira sites and servers.
#[derive(Clone, Copy, Debug, Default)]
pub struct JiraFactory;

#[async_trait]
impl ProviderFactory for JiraFactory {
    fn name(&self) -> &str {
        NAME
    }

    fn summary(&self) -> &str {
        "Jira, Cloud by its REST API v3 and Data Center by v2"
    }

    fn settings(&self) -> &[SettingSpec] {
        SETTINGS
    }

    fn capabilities(&self) -> Capabilities {
        capabilities(None, true, crate::config::DEFAULT_INDEX_LAG)
    }

    async fn build(&self, context: BuildContext) -> Result<Arc<dyn PmProvider>> {
        let config = JiraConfig::from_context(&context).await.map_err(|error| error.in_provider(NAME))?;
        Ok(Arc::new(JiraProvider::new(config)?))
    }
}
