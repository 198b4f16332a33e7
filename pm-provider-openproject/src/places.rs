//! Where things are: pages for people, links for the API.

use url::Url;

/// Makes addresses from the base URL, which may have a path of its own: `https://example.org/openproject`.
#[derive(Clone, Debug)]
pub(crate) struct Places {
    web: String,
    prefix: String,
}

impl Places {
    /// Starts from the base URL.
    pub(crate) fn new(base: &Url) -> Self {
        let mut base = base.clone();
        // What people see is shown to people: no password may be in it.
        let stripped = base.set_username("").is_ok() && base.set_password(None).is_ok();
        base.set_query(None);
        base.set_fragment(None);
        let web = if stripped { base.as_str().trim_end_matches('/').to_owned() } else { String::new() };
        Self { web, prefix: base.path().trim_end_matches('/').to_owned() }
    }

    /// The page of an item.
    pub(crate) fn page(&self, kind: &str, id: impl std::fmt::Display) -> String {
        format!("{}/{kind}/{id}", self.web)
    }

    /// The link to a resource, as `_links` hold it: without the host, with the path that the server lives under.
    pub(crate) fn href(&self, kind: &str, id: impl std::fmt::Display) -> String {
        format!("{}/api/v3/{kind}/{id}", self.prefix)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn a_server_may_live_under_a_path() {
        let places = Places::new(&"https://example.org/openproject/".parse().unwrap());
        assert_eq!(places.page("work_packages", 12), "https://example.org/openproject/work_packages/12");
        assert_eq!(places.href("users", 5), "/openproject/api/v3/users/5");
        let places = Places::new(&"https://example.org".parse().unwrap());
        assert_eq!(places.href("users", 5), "/api/v3/users/5");
    }

    #[test]
    fn pages_show_no_password() {
        let places = Places::new(&"https://ann:s3cr3t@example.org".parse().unwrap());
        assert_eq!(places.page("projects", "web"), "https://example.org/projects/web");
    }
}
