//! Where things are: the two APIs, and the pages for people.

use url::{Host, Url};

/// The address of the REST API of github.com.
pub(crate) const GITHUB: &str = "https://api.github.com";

/// The address of the REST API, whatever page of the same GitHub people copied.
///
/// github.com has its API at a host of its own, and so has each enterprise with data residency (`octocorp.ghe.com`); a
/// GitHub Enterprise Server has it under `/api/v3`
/// (<https://docs.github.com/en/enterprise-server@latest/rest/using-the-rest-api/getting-started-with-the-rest-api>). An
/// address on this machine is taken as it is written: what is there is a proxy, or a server for tests.
pub(crate) fn api(given: &str) -> String {
    let given = given.trim();
    let given = if given.contains("://") { given.to_owned() } else { format!("https://{given}") };
    let Ok(url) = Url::parse(&given) else { return given };
    let origin = url.origin().ascii_serialization();
    match url.host() {
        // What is wrong with these is said where the address is read.
        _ if !url.username().is_empty() || url.password().is_some() => given,
        None => given,
        Some(host) if is_this_machine(&host) => given.split(['?', '#']).next().unwrap_or_default().to_owned(),
        Some(Host::Domain(host)) => match host.trim_end_matches('.') {
            "github.com" | "www.github.com" | "api.github.com" => GITHUB.to_owned(),
            host if host.ends_with(".ghe.com") => format!("https://api.{}", host.trim_start_matches("api.")),
            _ => format!("{origin}/api/v3"),
        },
        Some(_) => format!("{origin}/api/v3"),
    }
}

fn is_this_machine(host: &Host<&str>) -> bool {
    match host {
        Host::Ipv4(ip) => ip.is_loopback(),
        Host::Ipv6(ip) => ip.is_loopback(),
        Host::Domain(name) => *name == "localhost" || name.ends_with(".localhost"),
    }
}

/// The addresses that belong to one of the REST API.
#[derive(Clone, Debug)]
pub(crate) struct Places {
    /// Where GraphQL is, from the host on.
    graphql: String,
    /// Whether it is a GitHub Enterprise Server.
    is_server: bool,
    /// The first part of the addresses of pages for people, without a slash at its end.
    web: String,
}

impl Places {
    /// Starts from the address of the REST API.
    pub(crate) fn new(base: &Url) -> Self {
        let path = base.path().trim_end_matches('/');
        // On a server GraphQL stands beside `v3`, not below it.
        let is_server = path.ends_with("/api/v3");
        let graphql = format!("{}/graphql", path.strip_suffix("/v3").filter(|_| is_server).unwrap_or(path));
        let origin = base.origin().ascii_serialization();
        let web = match path.strip_suffix("/api/v3") {
            Some(path) => format!("{origin}{path}"),
            None => origin.replacen("://api.", "://", 1),
        };
        Self { graphql, is_server, web }
    }

    /// Where GraphQL is, for requests that follow a link.
    pub(crate) fn graphql(&self) -> &str {
        &self.graphql
    }

    /// Says whether it is a GitHub Enterprise Server.
    pub(crate) fn is_server(&self) -> bool {
        self.is_server
    }

    /// A page for people: `octo-org/web/milestones`.
    pub(crate) fn page(&self, path: &str) -> String {
        format!("{}/{path}", self.web)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn the_address_may_be_that_of_a_page() {
        for (given, address) in [
            ("https://api.github.com", GITHUB),
            ("https://api.github.com/graphql", GITHUB),
            ("https://github.com", GITHUB),
            ("github.com/octo-org/web", GITHUB),
            ("https://www.github.com/octo-org/web/issues?q=is%3Aopen#top", GITHUB),
            ("https://octocorp.ghe.com/octo-org", "https://api.octocorp.ghe.com"),
            ("https://api.octocorp.ghe.com/", "https://api.octocorp.ghe.com"),
            ("https://git.example.org", "https://git.example.org/api/v3"),
            ("git.example.org", "https://git.example.org/api/v3"),
            ("https://git.example.org:8443/api/v3/", "https://git.example.org:8443/api/v3"),
            (" https://git.example.org/api/graphql ", "https://git.example.org/api/v3"),
            ("https://git.example.org/octo-org/web/issues", "https://git.example.org/api/v3"),
            ("http://127.0.0.1:8080", "http://127.0.0.1:8080"),
            ("http://localhost:8080/api/v3", "http://localhost:8080/api/v3"),
        ] {
            assert_eq!(api(given), address, "{given}");
        }
    }

    #[test]
    fn a_password_is_left_to_be_refused() {
        assert_eq!(api("https://ann:s3cr3t@git.example.org"), "https://ann:s3cr3t@git.example.org");
    }

    #[test]
    fn graphql_stands_beside_rest() {
        let places = |base: &str| Places::new(&base.parse().unwrap());
        for (base, graphql, page) in [
            ("https://api.github.com/", "/graphql", "https://github.com/a/b"),
            ("https://api.octocorp.ghe.com/", "/graphql", "https://octocorp.ghe.com/a/b"),
            ("https://git.example.org/api/v3/", "/api/graphql", "https://git.example.org/a/b"),
            ("http://127.0.0.1:8080/", "/graphql", "http://127.0.0.1:8080/a/b"),
        ] {
            assert_eq!((places(base).graphql(), places(base).page("a/b").as_str()), (graphql, page), "{base}");
        }
        assert!(places("https://git.example.org/api/v3/").is_server());
    }
}
