//! People.

use std::collections::BTreeMap;

use serde::Deserialize;

/// A person, an app or a customer: by account id on Cloud, by key and name on Data Center.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(crate) struct User {
    pub(crate) account_id: Option<String>,
    /// `atlassian`, `app` or `customer`; Cloud only.
    pub(crate) account_type: Option<String>,
    /// What a user of Data Center keeps when renamed.
    pub(crate) key: Option<String>,
    /// What a user of Data Center signs in with; writes and queries want it.
    pub(crate) name: Option<String>,
    pub(crate) display_name: Option<String>,
    /// Hidden on Cloud unless the person shows it.
    pub(crate) email_address: Option<String>,
    pub(crate) active: Option<bool>,
    pub(crate) avatar_urls: BTreeMap<String, String>,
    pub(crate) time_zone: Option<String>,
}

impl User {
    /// What names the person for ever; `None` for nobody.
    pub(crate) fn id(&self) -> Option<&str> {
        let known = |id: &&str| !id.is_empty();
        self.account_id.as_deref().filter(known).or(self.key.as_deref().filter(known))
    }

    /// The name that people see.
    pub(crate) fn shown_name(&self) -> Option<&str> {
        self.display_name.as_deref().or(self.name.as_deref()).or(self.id())
    }
}
