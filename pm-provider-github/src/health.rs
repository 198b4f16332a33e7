//! Whether GitHub is well, and who we are there.

use pm_http::{Raw, unless_forbidden};
use pm_provider::{Error, Health, PMUser, Result};
use serde::Deserialize;

use crate::api::Api;
use crate::{dto, endpoints, map};

/// What a GitHub says of itself.
#[derive(Deserialize)]
struct Meta {
    /// Only a GitHub Enterprise Server tells it.
    #[serde(default)]
    installed_version: Option<String>,
}

impl Api {
    /// Asks who we are, and a server for its version. An installation of a GitHub App is nobody: for it, what is left of
    /// its limits tells that its token is good.
    pub(crate) async fn health(&self) -> Result<Health> {
        let user = self.my_user().await.map_err(|error| self.no_api(error))?;
        if user.is_none() {
            self.request(&endpoints::RATE_LIMIT, &[]).send().await?;
        }
        let health = Health::new(self.backend_name().await?);
        Ok(match user {
            Some(user) => health.user(user),
            None => health,
        })
    }

    /// Who we are, as a user of the contract; `None` for an installation of a GitHub App, which gets 403.
    pub(crate) async fn my_user(&self) -> Result<Option<PMUser>> {
        let me: Option<Raw<dto::User>> = unless_forbidden(self.get(&endpoints::ME, &[]).await)?;
        Ok(me.and_then(|me| {
            self.people.learn(&me.item);
            map::user(me)
        }))
    }

    async fn backend_name(&self) -> Result<String> {
        if !self.places.is_server() {
            return Ok("GitHub".to_owned());
        }
        let meta: Meta = self.get(&endpoints::META, &[]).await?;
        let version = meta.installed_version.unwrap_or_default();
        Ok(format!("GitHub Enterprise Server {version}").trim_end().to_owned())
    }

    /// Every GitHub answers this: what does not is none, or is somewhere else.
    fn no_api(&self, error: Error) -> Error {
        if error.http_status() != Some(404) {
            return error;
        }
        let message = format!("there is no API of GitHub at `{}`", self.config.address());
        let wrong = Error::configuration(message).with_http_status(404);
        wrong.hint("check the address: GITHUB_API_URL, or the setting `base_url`")
    }
}
