//! Whether ClickUp is well, and who we are there.

use pm_provider::{Error, ErrorKind, Health, Result};

use crate::api::Api;
use crate::{ClickUpConfig, dto, endpoints, map};

impl Api {
    /// Asks who we are, and whether the Workspace is one of ours.
    pub(crate) async fn health(&self) -> Result<Health> {
        let me = self.fetch_me().await.map_err(|error| self.no_api(error))?;
        let teams: dto::Teams = self.get(&endpoints::LIST_TEAMS, &[]).await?;
        let named: Vec<_> = teams.teams.iter().map(|team| format!("`{}` ({})", team.name, team.id)).collect();
        let backend = match &self.config.team_id {
            Some(id) => match teams.teams.iter().find(|team| team.id == *id) {
                Some(team) => format!("ClickUp ({})", team.name),
                None => {
                    let message = format!("the token does not see the Workspace `{id}`, but {}", named.join(", "));
                    return Err(ClickUpConfig::nameless_team(message));
                }
            },
            None => match teams.teams.as_slice() {
                [team] => format!("ClickUp ({})", team.name),
                _ => return Err(self.team().await.err().unwrap_or_else(lost)),
            },
        };
        let health = Health::new(backend);
        Ok(map::user(me).into_iter().fold(health, Health::user))
    }

    /// ClickUp always answers this: what does not is none.
    fn no_api(&self, error: Error) -> Error {
        if error.http_status() != Some(404) {
            return error;
        }
        let message = format!("there is no API of ClickUp at `{}`", self.config.address());
        let wrong = Error::configuration(message).with_http_status(404);
        wrong.hint("check the address: CLICKUP_API_URL, or the setting `base_url`")
    }
}

fn lost() -> Error {
    Error::new(ErrorKind::InvalidResponse, "the Workspaces changed while they were read")
}
