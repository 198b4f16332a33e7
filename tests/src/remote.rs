//! Providers of servers, built from environment variables as applications build them.

use std::collections::HashMap;
use std::sync::Arc;

use pm_core::{Environment, PmProvider, PmProviderBuilder, ProviderRegistry, Result, builtin_registry};
use pm_provider_openproject::OpenProjectFactory;
use pm_provider_redmine::RedmineFactory;

/// Every provider of a server.
#[must_use]
pub fn registry() -> ProviderRegistry {
    builtin_registry().with(OpenProjectFactory).with(RedmineFactory)
}

/// Builds the provider of a server: `name` is also the beginning of its variables, such as `OPENPROJECT_URL`.
///
/// # Errors
/// What a person would read.
pub async fn open(name: &str, url: &str, api_key: &str, further: &[(&str, &str)]) -> Result<Arc<dyn PmProvider>> {
    let name = name.to_uppercase();
    let usual = [("URL", url), ("API_KEY", api_key)];
    let own = usual.iter().chain(further).map(|(key, value)| (format!("{name}_{key}"), (*value).to_owned()));
    let mut variables: HashMap<String, String> = own.collect();
    variables.insert("PM_PROVIDER".to_owned(), name.to_lowercase());
    let environment = Environment::from_lookup(move |variable| variables.get(variable).cloned());
    PmProviderBuilder::from_environment(environment).registry(registry()).build().await
}
