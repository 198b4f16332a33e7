//! Whether Jira is well, and who we are there.

use pm_provider::{Error, Health, Result};

use crate::Flavor;
use crate::api::Api;

impl Api {
    /// Asks for the server's version and for ourselves.
    ///
    /// Only the second request tells whether the token is good: the first one answers anybody.
    pub(crate) async fn health(&self) -> Result<Health> {
        let info = self.server_info().await.map_err(|error| self.no_api(error))?;
        let me = self.my_user().await?;
        let (flavor, version) = (self.flavor().await?, info.version.unwrap_or_default());
        let name = match flavor {
            Flavor::Cloud => "Jira Cloud".to_owned(),
            Flavor::DataCenter => format!("Jira Data Center {version}").trim_end().to_owned(),
        };
        let title = info.server_title.filter(|title| !title.is_empty() && title != "Jira" && title != "JIRA");
        let title = title.map(|title| format!(" ({title})")).unwrap_or_default();
        Ok(Health::new(format!("{name}{title}")).user(me))
    }

    /// Every Jira tells what it is: what does not is none, or is somewhere else.
    fn no_api(&self, error: Error) -> Error {
        if error.http_status() != Some(404) {
            return error;
        }
        let message = format!("there is no Jira at `{}`", self.config.address());
        let wrong = Error::configuration(message).with_http_status(404);
        wrong.hint("check the address: `JIRA_URL`, or the setting `base_url`")
    }
}
