//! People.

use serde::Deserialize;

/// A user, a bot, a mannequin, or an organisation.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct User {
    pub(crate) id: Option<u64>,
    pub(crate) node_id: Option<String>,
    pub(crate) login: Option<String>,
    /// The name that people see; only where one is asked for by name.
    pub(crate) name: Option<String>,
    /// Shown only where the person shows it, and only there.
    pub(crate) email: Option<String>,
    pub(crate) avatar_url: Option<String>,
    pub(crate) html_url: Option<String>,
    /// `User`, `Organization`, `Bot` or `Mannequin`.
    #[serde(rename = "type")]
    pub(crate) kind: Option<String>,
    pub(crate) suspended_at: Option<String>,
}

impl User {
    /// Says whether it is an organisation.
    pub(crate) fn is_organisation(&self) -> bool {
        self.kind.as_deref() == Some("Organization")
    }

    /// The name that people see.
    pub(crate) fn shown_name(&self) -> Option<&str> {
        let name = self.name.as_deref().filter(|name| !name.trim().is_empty());
        name.or(self.login.as_deref())
    }
}
