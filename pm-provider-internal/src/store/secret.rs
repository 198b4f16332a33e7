//! Secrets are written down as references; a raw one never reaches the database.

use pm_provider::{Error, Result, SecretReference};
use sea_orm::ActiveValue;
use sea_orm::entity::prelude::Json;

use super::entity::{project_sync_mapping, provider_connection};

/// Parts of names under which people keep secrets; names are compared in lower case and without `-`, `_` and spaces.
const SECRET_WORDS: [&str; 14] = [
    "token",
    "secret",
    "password",
    "passwd",
    "passphrase",
    "pwd",
    "apikey",
    "accesskey",
    "privatekey",
    "signingkey",
    "encryptionkey",
    "credential",
    "authorization",
    "cookie",
];

/// Refuses a raw secret in a column that holds references, without repeating it.
pub(crate) fn check_reference(column: &str, value: Option<&str>) -> Result<()> {
    match value.map(str::parse::<SecretReference>) {
        Some(Err(_)) => Err(raw_secret(column)),
        Some(Ok(SecretReference::Command(_))) => Err(command(column)),
        _ => Ok(()),
    }
}

/// Whoever writes into a database must not make its readers run programs.
fn command(place: &str) -> Error {
    let message =
        format!("`{place}` names a program; allowed are `env:NAME`, `file:PATH`, `app:NAME` and `keyring:NAME`");
    Error::invalid_input(message).hint("programs are run for connections in the user's own file alone")
}

fn raw_secret(place: &str) -> Error {
    let variable = place.rsplit('.').next().unwrap_or(place).to_ascii_uppercase().replace('-', "_");
    Error::invalid_input(format!(
        "`{place}` holds a raw secret; allowed are references to secrets: `env:NAME`, `file:PATH`, `app:NAME`"
    ))
    .hint(format!("put the secret into an environment variable and write `env:{variable}`"))
}

/// Refuses an address with a secret in it: user name and password, or a telling parameter.
pub(crate) fn check_address(column: &str, value: Option<&str>) -> Result<()> {
    let Some(text) = value else { return Ok(()) };
    let holds_user = match clean_url(text) {
        Some(address) => url_holds_user(&address),
        None => text.contains('@'),
    };
    if holds_user { Err(user_in_address(column)) } else { check_parameters(column, text) }
}

/// Refuses what would be an address with a secret; mail addresses and sentences pass.
fn check_text(place: &str, text: &str) -> Result<()> {
    let holds_user = match clean_url(text) {
        Some(address) => url_holds_user(&address),
        None => text.contains("//") && text.contains('@') || text_holds_password(text),
    };
    if holds_user { Err(user_in_address(place)) } else { check_parameters(place, text) }
}

/// An address with a host: `me:pw@host` parses too, with the scheme `me`.
fn clean_url(text: &str) -> Option<url::Url> {
    url::Url::parse(text).ok().filter(url::Url::has_host)
}

fn url_holds_user(address: &url::Url) -> bool {
    address.password().is_some() || (!address.username().is_empty() && address.scheme().starts_with("http"))
}

/// `me:pw@host`, where `ada@example.org` and `mailto:ada@example.org` are none.
fn text_holds_password(text: &str) -> bool {
    let authority = text.split(['/', '?', '#']).next().unwrap_or(text);
    let Some((user, password)) = authority.rsplit_once('@').and_then(|(user, _)| user.split_once(':')) else {
        return false;
    };
    !password.is_empty() && !user.eq_ignore_ascii_case("mailto") && !authority.contains(char::is_whitespace)
}

fn user_in_address(place: &str) -> Error {
    let message = format!("`{place}` holds user name or password; allowed is an address without them");
    Error::invalid_input(message).hint("use the columns `username` and `api_token`, the latter as `env:NAME`")
}

/// Refuses `?access_token=…`.
fn check_parameters(place: &str, text: &str) -> Result<()> {
    let Some((_, parameters)) = text.split_once(['?', '#']) else { return Ok(()) };
    let parameters = parameters.replace(['?', '#'], "&");
    let mut parameters = url::form_urlencoded::parse(parameters.as_bytes());
    match parameters.find(|(name, value)| names_a_secret(name) && !value.is_empty()) {
        Some(_) => Err(Error::invalid_input(format!(
            "`{place}` holds a secret in a parameter; allowed is an address without it"
        ))
        .hint("use the columns `api_key` and `api_token`, with a reference: `env:NAME`")),
        None => Ok(()),
    }
}

/// Refuses raw secrets in further settings: under telling names, and in addresses.
pub(crate) fn check_config(column: &str, config: Option<&Json>) -> Result<()> {
    match config {
        None => Ok(()),
        Some(config @ Json::Object(_)) => check_members(column, config, false),
        Some(_) => {
            Err(Error::invalid_input(format!("`{column}` is not a JSON object; allowed is an object or nothing")))
        }
    }
}

/// `secret` holds for all that is below a telling name: `{"tokens": ["…"]}`, `{"token": {"value": "…"}}`.
fn check_members(place: &str, value: &Json, secret: bool) -> Result<()> {
    match value {
        Json::Object(members) => members.iter().try_for_each(|(name, value)| {
            check_members(&format!("{place}.{name}"), value, secret || names_a_secret(name))
        }),
        Json::Array(items) => items.iter().try_for_each(|item| check_members(place, item, secret)),
        Json::String(text) if secret => check_reference(place, Some(text)),
        Json::String(text) => check_text(place, text),
        _ => Ok(()),
    }
}

fn names_a_secret(name: &str) -> bool {
    let name = name.to_ascii_lowercase().replace(['-', '_', ' '], "");
    name == "pass" || SECRET_WORDS.iter().any(|word| name.contains(word))
}

/// Checks every column of a connection that an active model is about to write.
pub(crate) fn check_connection(model: &provider_connection::ActiveModel) -> Result<()> {
    check_reference("api_key", given(&model.api_key).map(String::as_str))?;
    check_reference("api_token", given(&model.api_token).map(String::as_str))?;
    check_address("base_url", given(&model.base_url).map(String::as_str))?;
    check_config("additional_config", given(&model.additional_config))
}

/// Checks the settings of a mapping that an active model is about to write.
pub(crate) fn check_mapping(model: &project_sync_mapping::ActiveModel) -> Result<()> {
    check_config("sync_config", given(&model.sync_config))
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
    fn a_program_is_refused() {
        let error = check_reference("api_token", Some("cmd:pass show s3cr3t")).unwrap_err().to_string();
        assert!(error.starts_with("`api_token` names a program; allowed are `env:NAME`"), "{error}");
        assert!(!error.contains("s3cr3t"), "{error}");
        check_reference("api_token", Some("keyring:work/jira")).unwrap();
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
    fn whatever_is_below_a_telling_name_is_a_reference() {
        for raw in [
            json!({"tokens": ["ghp_16C7"]}),
            json!({"token": {"value": "ghp_16C7"}}),
            json!({"headers": {"Authorization": "Bearer ghp_16C7"}}),
            json!({"private_key": "ghp_16C7"}),
            json!({"accessKey": [["ghp_16C7"]]}),
            json!({"passphrase": "ghp_16C7"}),
            json!({"pwd": "ghp_16C7"}),
            json!({"proxy": "http://u:ghp_16C7@host"}),
            json!({"proxies": ["u:ghp_16C7@host:3128"]}),
            json!({"webhook": "https://host/hook?token=ghp_16C7"}),
        ] {
            let error = check_config("additional_config", Some(&raw)).unwrap_err();
            assert!(!format!("{error} {error:?}").contains("ghp_16C7"), "{error:?}");
        }
        let fine = json!({
            "tokens": ["env:A", "env:B"], "token": {"value": "app:vault/a"}, "max_tokens": 3, "notify": "ada@example.org",
            "answer": "mailto:ada@example.org", "clone": "git@example.org:a/b.git", "note": "to: ada@example.org",
            "proxy": "http://proxy.example.org:3128", "package": "npm:@scope/name@1", "profile": "https://host/@ada",
        });
        check_config("additional_config", Some(&fine)).unwrap();
    }

    #[test]
    fn an_address_with_a_password_is_refused() {
        for address in [
            "https://me:s3cr3t@example.org",
            "https://ghp_16C7@example.org",
            "me:s3cr3t@example.org",
            "//me:s3cr3t@example.org",
            "https://me:s3/cr3t@example.org",
            "https://example.org/api?access_token=s3cr3t",
            "https://example.org/api#access_token=s3cr3t",
        ] {
            let error = check_address("base_url", Some(address)).unwrap_err();
            assert!(!error.to_string().contains("s3") && !error.to_string().contains("ghp_"), "{error}");
        }
        for address in
            ["https://example.org/api", "https://example.org/@ada?page=2", "ssh://git@example.org", "example.org"]
        {
            check_address("base_url", Some(address)).unwrap();
        }
    }
}
