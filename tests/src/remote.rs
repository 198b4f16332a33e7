//! Providers of servers, built from environment variables as applications build them.

use std::collections::HashMap;
use std::sync::Arc;

use pm_core::{Environment, PmProvider, PmProviderBuilder, ProviderRegistry, Result, Secret, builtin_registry};
use pm_provider_clickup::ClickUpFactory;
use pm_provider_github::{Deleting, GitHubConfig, GitHubFactory, GitHubProvider, RepositoryWrites};
use pm_provider_jira::JiraFactory;
use pm_provider_openproject::OpenProjectFactory;
use pm_provider_redmine::RedmineFactory;
use pm_testkit::clickup::FakeClickUp;
use pm_testkit::github::FakeGitHub;
use pm_testkit::jira::{FakeJira, Flavor};

/// Every provider of a server.
#[must_use]
pub fn registry() -> ProviderRegistry {
    let registry = builtin_registry().with(ClickUpFactory).with(GitHubFactory).with(JiraFactory);
    registry.with(OpenProjectFactory).with(RedmineFactory)
}

/// Builds the provider of a server: `name` is also the beginning of its variables, such as `OPENPROJECT_URL`.
///
/// # Errors
/// What a person would read.
pub async fn open(name: &str, url: &str, api_key: &str, further: &[(&str, &str)]) -> Result<Arc<dyn PmProvider>> {
    let settings: Vec<_> = [("API_KEY", api_key)].iter().chain(further).copied().collect();
    build(name, url, &settings).await
}

/// Builds the provider of a fake Jira, which is reached at an address of its own or of a check before it.
///
/// # Errors
/// What a person would read.
pub async fn open_jira(url: &str, fake: &FakeJira, further: &[(&str, &str)]) -> Result<Arc<dyn PmProvider>> {
    let user = (fake.flavor() == Flavor::Cloud).then_some(("USERNAME", fake.username()));
    // Its index is a third of a second late.
    let usual = [("API_TOKEN", fake.api_token()), ("INDEX_LAG_SECONDS", "1")];
    let settings: Vec<_> = usual.into_iter().chain(user).chain(further.iter().copied()).collect();
    build("jira", url, &settings).await
}

/// Builds the provider of a fake GitHub, which is reached at an address of its own or of a check before it: one that may
/// make and delete repositories and delete issues, and that waits a thousandth of what GitHub asks for.
///
/// # Errors
/// What a person would read.
pub fn open_github(url: &str, fake: &FakeGitHub) -> Result<Arc<dyn PmProvider>> {
    Ok(Arc::new(GitHubProvider::new(github(url, fake))?))
}

/// The same for the repositories of one owner.
///
/// # Errors
/// What a person would read.
pub fn open_github_of(url: &str, fake: &FakeGitHub, owner: &str) -> Result<Arc<dyn PmProvider>> {
    Ok(Arc::new(GitHubProvider::new(github(url, fake).owner(owner))?))
}

fn github(url: &str, fake: &FakeGitHub) -> GitHubConfig {
    let config = GitHubConfig::new(Secret::new(fake.token())).base_url(url).pace(0.001);
    config.repositories(RepositoryWrites::CreateAndDelete).delete(Deleting::GraphQl)
}

/// Builds the provider of a fake ClickUp, which is reached at an address of its own or of a check before it: one that waits for
/// no limits.
///
/// # Errors
/// What a person would read.
pub async fn open_clickup(url: &str, fake: &FakeClickUp, further: &[(&str, &str)]) -> Result<Arc<dyn PmProvider>> {
    let (token, team) = (fake.token(), fake.workspace_id());
    let usual = [("API_KEY", token.as_str()), ("TEAM_ID", team.as_str()), ("PACE", "0")];
    let settings: Vec<_> = usual.iter().chain(further).copied().collect();
    build("clickup", url, &settings).await
}

/// Builds a provider of settings alone, each without the provider's name: `API_TOKEN`.
///
/// # Errors
/// What a person would read.
pub async fn build(name: &str, url: &str, settings: &[(&str, &str)]) -> Result<Arc<dyn PmProvider>> {
    let name = name.to_uppercase();
    let address = [(if ["CLICKUP", "GITHUB"].contains(&name.as_str()) { "API_URL" } else { "URL" }, url)];
    let own = address.iter().chain(settings).map(|(key, value)| (format!("{name}_{key}"), (*value).to_owned()));
    let mut variables: HashMap<String, String> = own.collect();
    variables.insert("PM_PROVIDER".to_owned(), name.to_lowercase());
    let environment = Environment::from_lookup(move |variable| variables.get(variable).cloned());
    PmProviderBuilder::from_environment(environment).registry(registry()).build().await
}
