//! How providers are chosen and built: what the contract has for it, and the backends that are compiled in.

pub use pm_provider::registry::*;

/// Returns the backends that this build knows.
///
/// Those that are known but compiled out are noted with the cargo feature that brings them in, so that asking for one
/// of them says what to do. Add backends of your own to it:
///
/// ```
/// use pm_core::{PmProviderBuilder, ProviderFactory, builtin_registry};
///
/// fn with_mine(factory: impl ProviderFactory) -> PmProviderBuilder {
///     PmProviderBuilder::from_env().registry(builtin_registry().with(factory))
/// }
/// ```
#[must_use]
pub fn builtin_registry() -> ProviderRegistry {
    let mut registry = ProviderRegistry::new();
    #[cfg(feature = "clickup")]
    registry.register(std::sync::Arc::new(pm_provider_clickup::ClickUpFactory));
    #[cfg(feature = "github")]
    registry.register(std::sync::Arc::new(pm_provider_github::GitHubFactory));
    #[cfg(feature = "internal")]
    registry.register(std::sync::Arc::new(pm_provider_internal::InternalFactory));
    #[cfg(feature = "jira")]
    registry.register(std::sync::Arc::new(pm_provider_jira::JiraFactory));
    #[cfg(feature = "openproject")]
    registry.register(std::sync::Arc::new(pm_provider_openproject::OpenProjectFactory));
    #[cfg(feature = "redmine")]
    registry.register(std::sync::Arc::new(pm_provider_redmine::RedmineFactory));
    // Does nothing for a backend that is there.
    for (name, feature) in KNOWN {
        registry.leave_out(name, feature);
    }
    registry
}

/// Every backend of this project and its cargo feature.
const KNOWN: [(&str, &str); 6] = [
    ("clickup", "clickup"),
    ("github", "github"),
    ("internal", "internal"),
    ("jira", "jira"),
    ("openproject", "openproject"),
    ("redmine", "redmine"),
];
