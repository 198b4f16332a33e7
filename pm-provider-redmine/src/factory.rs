//! Builds the provider from settings.

use std::str::FromStr;
use std::sync::Arc;

use async_trait::async_trait;
use pm_http::{SecretSource, TransportSettings, with_transport};
use pm_provider::{BuildContext, Capabilities, Error, PmProvider, ProviderFactory, Result, SettingSpec};

use crate::capabilities::capabilities;
use crate::{NAME, RedmineConfig, RedmineProvider, TextFormat};

const BASE_URL: SettingSpec =
    SettingSpec::new("base_url", "REDMINE_URL", "the server's address: https://projects.example.org").required();
const API_KEY: SettingSpec =
    SettingSpec::new("api_key", "REDMINE_API_KEY", "the API access key of a user (My account)").required().secret();
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
        let base_url = context.required_text(&BASE_URL)?;
        let api_key = SecretSource::from_context(&context, API_KEY.key)
            .ok_or_else(|| Error::configuration("setting `api_key` is missing").hint("set REDMINE_API_KEY"))?;
        let mut config = RedmineConfig::with_key(base_url, api_key)
            .transport(TransportSettings::from_context(&context).await?)
            .statuses(parsed(&context, &STATUSES)?)
            .priorities(parsed(&context, &PRIORITIES)?)
            .text_format(parsed(&context, &TEXT_FORMAT)?);
        config.task_type = context.text(TASK_TYPE.key).map(str::to_owned);
        Ok(Arc::new(RedmineProvider::new(config)?))
    }
}

/// Reads a setting that may be left out.
fn parsed<T: FromStr<Err = Error> + Default>(context: &BuildContext, spec: &SettingSpec) -> Result<T> {
    let Some(text) = context.text(spec.key) else { return Ok(T::default()) };
    text.parse::<T>().map_err(|error| {
        Error::configuration(format!("setting `{}`: {}", spec.key, error.message()))
            .in_provider(NAME)
            .hint(format!("{} is {}", spec.env, spec.help))
    })
}
