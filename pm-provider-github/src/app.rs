//! GitHub Apps: the app signs a short token of its own (by octocrab), and exchanges it for that of an installation
//! (<https://docs.github.com/en/apps/creating-github-apps/authenticating-with-a-github-app/authenticating-as-a-github-app-installation>).

use std::time::Duration;

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use octocrab::EncodingKey;
use octocrab::models::AppId;
use pm_http::{Client, Credential, MadeSecret, MakeSecret, SecretSource};
use pm_provider::{Error, ErrorKind, Result, Secret};
use serde::Deserialize;

use crate::api::API_VERSION;
use crate::{GitHubConfig, NAME, endpoints};

/// How long a token of the app itself is used: octocrab's are good for nine minutes, of which the clocks may differ by one.
const SIGNED_FOR: Duration = Duration::from_secs(7 * 60);
/// How long before its end the token of an installation, good for an hour, is replaced.
const BEFORE_END: Duration = Duration::from_secs(60);

/// Which GitHub App signs in, for which installation.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct AppConfig {
    /// The app's id.
    pub id: u64,
    /// Where its private key comes from, in PEM form.
    pub private_key: SecretSource,
    /// The installation.
    pub installation: u64,
}

impl AppConfig {
    /// Names an app, its private key in PEM form, and an installation of it.
    #[must_use]
    pub fn new(id: u64, private_key: SecretSource, installation: u64) -> Self {
        Self { id, private_key, installation }
    }
}

/// Signs tokens of an app.
#[derive(Debug)]
struct Signer {
    id: u64,
    private_key: SecretSource,
}

#[async_trait]
impl MakeSecret for Signer {
    async fn make(&self) -> Result<MadeSecret> {
        let key = self.private_key.fetch().await?;
        // Line breaks in environment variables are often written out.
        let pem = key.expose().replace("\\n", "\n");
        let unreadable = |_| {
            let error = Error::configuration("the private key of the GitHub App is no RSA key in PEM form");
            error.hint("GITHUB_APP_PRIVATE_KEY is the content of the file that GitHub made, with its line breaks")
        };
        let key = EncodingKey::from_rsa_pem(pem.trim().as_bytes()).map_err(unreadable)?;
        let unsigned = |_| Error::new(ErrorKind::Internal, "the token of the GitHub App cannot be signed");
        let token = octocrab::auth::create_jwt(AppId(self.id), &key).map_err(unsigned)?;
        Ok(MadeSecret::new(Secret::new(token), SIGNED_FOR))
    }
}

/// Exchanges tokens of an app for those of an installation.
#[derive(Debug)]
struct Exchange {
    http: Client,
    installation: u64,
}

/// What the exchange gives.
#[derive(Deserialize)]
struct Installed {
    token: String,
    expires_at: DateTime<Utc>,
}

#[async_trait]
impl MakeSecret for Exchange {
    async fn make(&self) -> Result<MadeSecret> {
        let installation = self.installation.to_string();
        let reply = self.http.request(&endpoints::CREATE_INSTALLATION_TOKEN, &[&installation]).send().await;
        let reply = reply.map_err(|error| match error.kind() {
            ErrorKind::Unauthenticated => error.hint("check GITHUB_APP_ID and GITHUB_APP_PRIVATE_KEY, and the clock"),
            ErrorKind::NotFound => error.hint("check GITHUB_APP_INSTALLATION_ID"),
            _ => error,
        })?;
        let made: Installed = reply.json()?;
        let now = reply.server_time().unwrap_or_else(Utc::now);
        let left = made.expires_at.signed_duration_since(now).to_std().unwrap_or_default();
        Ok(MadeSecret::new(Secret::new(made.token), left.saturating_sub(BEFORE_END)))
    }
}

/// The token of an installation, got when it is first needed, and anew before it expires.
pub(crate) fn installation_token(config: &GitHubConfig, app: &AppConfig) -> Result<SecretSource> {
    let signer = Signer { id: app.id, private_key: app.private_key.clone() };
    let http = Client::builder(NAME, &config.address())
        .credential(Credential::bearer(SecretSource::made(signer)))
        .transport(config.named_transport())
        .errors(crate::error::read)
        .header("accept", "application/vnd.github+json")
        .header("x-github-api-version", API_VERSION)
        .build()?;
    Ok(SecretSource::made(Exchange { http, installation: app.installation }))
}
