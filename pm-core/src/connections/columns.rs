//! Which setting of a provider each column of the table is: as the provider's own declarations say.

use pm_provider::{ConnectionColumn, Error, Result, SettingSpec};

/// The columns that hold a setting: the one that is called like it, then those that its provider names.
pub(super) fn columns_of(spec: &SettingSpec) -> impl Iterator<Item = ConnectionColumn> {
    let namesake = ConnectionColumn::ALL.into_iter().find(|column| column.name() == spec.key);
    namesake.into_iter().chain(spec.columns.iter().copied())
}

/// The setting that a column holds.
pub(super) fn setting_in<'a>(
    column: ConnectionColumn,
    provider: &str,
    specs: &'a [SettingSpec],
) -> Result<&'a SettingSpec> {
    let holds = |spec: &&SettingSpec| columns_of(spec).any(|held| held == column);
    specs.iter().find(holds).ok_or_else(|| {
        let used = ConnectionColumn::ALL
            .into_iter()
            .filter(|column| specs.iter().any(|spec| columns_of(spec).any(|held| held == *column)));
        let used: Vec<_> = used.map(|column| format!("`{}`", column.name())).collect();
        let message = format!(
            "the column `{}` means nothing to the provider `{provider}`; allowed are {} and `additional_config`",
            column.name(),
            used.join(", ")
        );
        Error::configuration(message).hint("leave the column empty")
    })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

    use std::collections::BTreeMap;

    use super::*;
    use crate::registry::builtin_registry;

    /// What the table means to each backend, in one place for whoever changes a declaration.
    const MEANING: [(&str, &[(&str, &str)]); 6] = [
        (
            "clickup",
            &[
                ("base_url", "base_url"),
                ("api_key", "api_key"),
                ("api_token", "api_key"),
                ("organization_id", "team_id"),
                ("project_key", "space_id"),
                ("workspace_id", "team_id"),
            ],
        ),
        (
            "github",
            &[
                ("base_url", "base_url"),
                ("api_key", "token"),
                ("api_token", "token"),
                ("organization_id", "repo_owner"),
                ("project_key", "repo_name"),
            ],
        ),
        (
            "internal",
            &[
                ("base_url", "database_url"),
                ("api_key", "database_password"),
                ("api_token", "database_password"),
                ("username", "user"),
            ],
        ),
        (
            "jira",
            &[("base_url", "base_url"), ("api_key", "api_token"), ("api_token", "api_token"), ("username", "username")],
        ),
        ("openproject", &[("base_url", "base_url"), ("api_key", "api_key"), ("api_token", "api_key")]),
        ("redmine", &[("base_url", "base_url"), ("api_key", "api_key"), ("api_token", "api_key")]),
    ];

    #[test]
    fn the_columns_mean_the_same_in_every_release() {
        for (provider, meaning) in MEANING {
            let registry = builtin_registry();
            let Ok(factory) = registry.get(provider) else { continue };
            let found: BTreeMap<_, _> = ConnectionColumn::ALL
                .into_iter()
                .filter_map(|column| Some((column.name(), setting_in(column, provider, factory.settings()).ok()?.key)))
                .collect();
            assert_eq!(found, meaning.iter().copied().collect(), "{provider}");
        }
    }

    #[test]
    fn no_column_holds_two_settings() {
        for factory in builtin_registry().factories() {
            for column in ConnectionColumn::ALL {
                let held = factory.settings().iter().filter(|spec| columns_of(spec).any(|held| held == column)).count();
                assert!(held <= 1, "{}: {}", factory.name(), column.name());
            }
        }
    }
}
