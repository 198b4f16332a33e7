//! Builds the provider from settings.

use std::sync::Arc;

use async_trait::async_trait;
use pm_http::settings::parsed;
use pm_http::{SecretSource, TransportSettings, with_transport};
use pm_provider::{BuildContext, Capabilities, ConnectionColumn, PmProvider, ProviderFactory, Result, SettingSpec};

use crate::capabilities::capabilities;
use crate::{NAME, RedmineConfig, RedmineProvider, TextFormat};

const BASE_URL: SettingSpec =
    SettingSpec::new("base_url", "REDMINE_URL", "the server's address: https://projects.example.org").required();
const API_KEY: SettingSpec =
    SettingSpec::new("api_key", "REDMINE_API_KEY", "the API access key of a user (My account)")
        .required()
        .secret()
        .columns(&[ConnectionColumn::ApiToken]);
const STATUSES: SettingSpec = SettingSpec::new(
    "statuses",
    "REDMINE_STATUSES",
    "which statuses belong to which category: `Resolved=done,Feedback=in_progress`",
);
const PRIORITIES: SettingSpec =
    SettingSpec::new("priorities", "REDMINE_PRIORITIES", "which priorities belong to which level: `Blocker=urgent`");
const TASK_TYPE: SettingSpec = SettingSpec::new(
    "task_type",
    "REDMINE_TASK_TYPE",
    "the tracker of tasks that are created without a type; the first of the project if unset",
);
const TEXT_FORMAT: SettingSpec = SettingSpec::new(
    "text_format",
    "REDMINE_TEXT_FORMAT",
    "the server's text formatting: `markdown` (if unset) or `textile`",
);
const SETTINGS: &[SettingSpec] =
    with_transport!("REDMINE"; BASE_URL, API_KEY, STATUSES, PRIORITIES, TASK_TYPE, TEXT_FORMAT);

/// Builds [`RedmineProvider`]s; the provider's name is `redmine`.
#[derive(Clone, Copy, Debug, Default)]
pub struct RedmineFactory;

#[async_trait]
impl ProviderFactory for RedmineFactory {
    fn name(&self) -> &str {
        NAME
    }

    fn summary(&self) -> &str {
        "Redmine, 5.0 or newer, by its REST API"
    }

    fn settings(&self) -> &[SettingSpec] {
        SETTINGS
    }

    fn capabilities(&self) -> Capabilities {
        capabilities(TextFormat::default())
    }

    /// Reads the settings; sends no request.
    async fn build(&self, context: BuildContext) -> Result<Arc<dyn PmProvider>> {
        let config = read(&context).await.map_err(|error| error.in_provider(NAME))?;
        Ok(Arc::new(RedmineProvider::new(config)?))
    }
}

async fn read(context: &BuildContext) -> Result<RedmineConfig> {
    let base_url = context.required_text(&BASE_URL)?;
    let mut config = RedmineConfig::with_key(base_url, SecretSource::required(context, &API_KEY)?)
        .transport(TransportSettings::from_context(context).await?)
        .statuses(parsed(context, &STATUSES)?.unwrap_or_default())
        .priorities(parsed(context, &PRIORITIES)?.unwrap_or_default())
        .text_format(parsed(context, &TEXT_FORMAT)?.unwrap_or_default());
    config.task_type = context.text(TASK_TYPE.key).map(str::to_owned);
    Ok(config)
}
