//! Secrets are written down as references; a raw one never reaches the database.

use pm_provider::{Error, Result, SecretReference};
use sea_orm::ActiveValue;
use sea_orm::entity::prelude::Json;

use super::entity::provider_connection::ActiveModel;

/// Parts of names under which people keep secrets.
const SECRET_WORDS: [&str; 7] = ["token", "secret", "password", "passwd", "api_key", "apikey", "credential"];

/// Refuses a raw secret in a column that holds references, without repeating it.
pub(crate) fn check_reference(column: &str, value: Option<&str>) -> Result<()> {
    match value {
        Some(text) if text.parse::<SecretReference>().is_err() => Err(raw_secret(column)),
        _ => Ok(()),
    }
}

fn raw_secret(place: &str) -> Error {
    let variable = place.rsplit('.').next().unwrap_or(place).to_ascii_uppercase().replace('-', "_");
    Error::invalid_input(format!(
        "`{place}` holds a raw secret; allowed are references to secrets: `env:NAME`, `file:PATH`, `app:NAME`"
    ))
    .hint(format!("put the secret into an environment variable and write `env:{variable}`"))
}

/// Refuses an address with a password in it.
pub(crate) fn check_address(column: &str, value: Option<&str>) -> Result<()> {
    let Some(address) = value.and_then(|text| url::Url::parse(text).ok()) else { return Ok(()) };
    if address.password().is_none() && (address.username().is_empty() || !address.scheme().starts_with("http")) {
        return Ok(());
    }
    let message = format!("`{column}` holds user name or password; allowed is an address without them");
    Err(Error::invalid_input(message).hint("use the columns `username` and `api_token`, the latter as `env:NAME`"))
}

/// Refuses raw secrets under telling names in further settings.
pub(crate) fn check_config(column: &str, config: Option<&Json>) -> Result<()> {
    match config {
        None => Ok(()),
        Some(config @ Json::Object(_)) => check_members(column, config),
        Some(_) => {
            Err(Error::invalid_input(format!("`{column}` is not a JSON object; allowed is an object or nothing")))
        }
    }
}

fn check_members(place: &str, config: &Json) -> Result<()> {
    match config {
        Json::Object(members) => members.iter().try_for_each(|(name, value)| {
            let place = format!("{place}.{name}");
            match value {
                Json::String(text) if names_a_secret(name) => check_reference(&place, Some(text)),
                value => check_members(&place, value),
            }
        }),
        Json::Array(items) => items.iter().try_for_each(|item| check_members(place, item)),
        _ => Ok(()),
    }
}

fn names_a_secret(name: &str) -> bool {
    let name = name.to_ascii_lowercase().replace('-', "_");
    SECRET_WORDS.iter().any(|word| name.contains(word))
}

/// Checks every column that an active model is about to write.
pub(crate) fn check_active_model(model: &ActiveModel) -> Result<()> {
    check_reference("api_key", given(&model.api_key).map(String::as_str))?;
    check_reference("api_token", given(&model.api_token).map(String::as_str))?;
    check_address("base_url", given(&model.base_url).map(String::as_str))?;
    check_config("additional_config", given(&model.additional_config))
}

fn given<T>(value: &ActiveValue<Option<T>>) -> Option<&T>
where
    Option<T>: Into<sea_orm::Value>,
{
    match value {
        ActiveValue::Set(value) | ActiveValue::Unchanged(value) => value.as_ref(),
        ActiveValue::NotSet => None,
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

    use serde_json::json;

    use super::*;

    #[test]
    fn references_are_told_from_secrets() {
        for reference in ["env:JIRA_TOKEN", "file:/run/secrets/jira", "app:vault/jira"] {
            check_reference("api_key", Some(reference)).unwrap();
        }
        for secret in ["", "ghp_16C7e42F292c6912E7", "env:", "env:a-b", "file: ", "ENV:JIRA", "Bearer env:X"] {
            assert!(check_reference("api_key", Some(secret)).is_err(), "{secret}");
        }
    }

    #[test]
    fn a_raw_secret_is_refused_and_not_repeated() {
        let error = check_reference("api_token", Some("ghp_16C7e42F292c6912E7")).unwrap_err();
        assert!(!format!("{error} {error:?}").contains("ghp_"));
        assert!(
            error.to_string().contains("hint: put the secret into an environment variable and write `env:API_TOKEN`")
        );
    }

    #[test]
    fn further_settings_are_searched_for_secrets() {
        let nested = json!({"proxy": [{"client-secret": "s3cr3t"}]});
        let error = check_config("additional_config", Some(&nested)).unwrap_err();
        assert!(error.message().starts_with("`additional_config.proxy.client-secret` holds a raw secret"), "{error}");
        assert!(!error.to_string().contains("s3cr3t"));
        let fine = json!({"client_secret": "env:CLIENT_SECRET", "page": 3, "labels": ["a"]});
        check_config("additional_config", Some(&fine)).unwrap();
        assert!(check_config("additional_config", Some(&json!(["no", "object"]))).is_err());
    }

    #[test]
    fn an_address_with_a_password_is_refused() {
        for address in ["https://me:s3cr3t@example.org", "https://ghp_16C7@example.org"] {
            let error = check_address("base_url", Some(address)).unwrap_err();
            assert!(!error.to_string().contains("s3cr3t") && !error.to_string().contains("ghp_"));
        }
        check_address("base_url", Some("https://example.org/api")).unwrap();
    }
}
