//! Which of the two Jiras it is: Cloud and Data Center share their history, and differ in most details.

use url::{Host, Url};

use crate::dto::ServerInfo;

/// Which Jira it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Flavor {
    /// Atlassian's own: REST API v3, texts as documents (ADF), people by account id.
    Cloud,
    /// One's own: REST API v2, texts in wiki markup, people by user key and name.
    DataCenter,
}

/// The ends of host names that only Atlassian's own sites have.
const CLOUD_HOSTS: [&str; 4] = [".atlassian.net", ".jira.com", ".atlassian-us-gov-mod.net", ".atlassian-us-gov.net"];
/// Where OAuth and scoped tokens go, for every site: that of everybody, and that of the Government Cloud, which the
/// addresses that the Jira Cloud Migration Assistant needs name side by side.
const GATEWAYS: [&str; 2] = ["api.atlassian.com", "api.atlassian-us-gov-mod.com"];

impl Flavor {
    /// The version of the REST API, as it stands in paths.
    #[must_use]
    pub(crate) fn version(self) -> &'static str {
        match self {
            Self::Cloud => "3",
            Self::DataCenter => "2",
        }
    }

    /// Says whether it is Atlassian's own.
    #[must_use]
    pub(crate) fn is_cloud(self) -> bool {
        self == Self::Cloud
    }

    /// What an address tells; `None` where only the server can say.
    pub(crate) fn of_address(address: &Url) -> Option<Self> {
        let host = host(address)?;
        let is_cloud = GATEWAYS.contains(&&*host) || CLOUD_HOSTS.iter().any(|end| host.ends_with(end));
        is_cloud.then_some(Self::Cloud)
    }

    /// What `deploymentType` of `serverInfo` says: `Cloud`, or `Server`, which Data Center is as well. Old servers
    /// do not say it (unverified), but which version they are. `None` for what is no answer of a Jira's.
    pub(crate) fn of_server(info: &ServerInfo) -> Option<Self> {
        match info.deployment_type.as_deref() {
            Some(kind) if kind.eq_ignore_ascii_case("cloud") => Some(Self::Cloud),
            Some(_) => Some(Self::DataCenter),
            None => (info.version.is_some() || info.base_url.is_some()).then_some(Self::DataCenter),
        }
    }
}

/// Says whether requests go through the gateway: then the address is not that of the pages that people open.
pub(crate) fn is_gateway(address: &Url) -> bool {
    host(address).is_some_and(|host| GATEWAYS.contains(&&*host))
}

fn host(address: &Url) -> Option<String> {
    match address.host()? {
        Host::Domain(name) => Some(name.trim_end_matches('.').to_ascii_lowercase()),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use serde_json::json;

    use super::*;

    #[test]
    fn atlassians_hosts_are_known_without_a_request() {
        for (address, flavor) in [
            ("https://example.atlassian.net", Some(Flavor::Cloud)),
            ("https://EXAMPLE.jira.com/", Some(Flavor::Cloud)),
            ("https://api.atlassian.com/ex/jira/1b2c", Some(Flavor::Cloud)),
            ("https://example.atlassian-us-gov-mod.net", Some(Flavor::Cloud)),
            ("https://api.atlassian-us-gov-mod.com/ex/jira/1b2c", Some(Flavor::Cloud)),
            ("https://jira.example.org/atlassian.net", None),
            ("https://atlassian.net.example.org", None),
            ("http://127.0.0.1:8080", None),
        ] {
            assert_eq!(Flavor::of_address(&address.parse().unwrap()), flavor, "{address}");
        }
    }

    #[test]
    fn gateways_are_no_place_for_people() {
        for (address, is_one) in [
            ("https://api.atlassian.com/ex/jira/1b2c", true),
            ("https://api.atlassian-us-gov-mod.com/ex/jira/1b2c", true),
            ("https://example.atlassian.net", false),
        ] {
            assert_eq!(is_gateway(&address.parse().unwrap()), is_one, "{address}");
        }
    }

    #[test]
    fn a_server_says_what_it_is() {
        let flavor = |info: serde_json::Value| Flavor::of_server(&serde_json::from_value(info).unwrap());
        assert_eq!(flavor(json!({ "deploymentType": "Cloud" })), Some(Flavor::Cloud));
        for info in [
            json!({ "deploymentType": "Server" }),
            json!({ "deploymentType": "DataCenter" }),
            json!({ "version": "7.1.0" }),
            json!({ "baseUrl": "https://jira.example.org" }),
        ] {
            assert_eq!(flavor(info.clone()), Some(Flavor::DataCenter), "{info}");
        }
        for info in [json!({}), json!({ "status": "ok" })] {
            assert_eq!(flavor(info.clone()), None, "{info} is a proxy's");
        }
    }
}
