//! Where things are: the address of the site, and its pages for people.

use url::Url;

/// What addresses of pages go on with behind that of the site: people copy them out of their browser.
const PAGES: [&str; 12] = [
    "/rest/",
    "/browse/",
    "/secure/",
    "/projects/",
    "/issues/",
    "/plugins/",
    "/jira/software/",
    "/jira/core/",
    "/jira/servicedesk/",
    "/jira/projects",
    "/jira/dashboards",
    "/jira/your-work",
];

/// The address of the site, without the page that people were on.
///
/// A server may live under a path of its own (`https://example.org/jira`), a site of Atlassian's never does.
pub(crate) fn site(given: &str) -> String {
    let address = given.trim();
    let address = address.split(['?', '#']).next().unwrap_or_default();
    let address = match Url::parse(address) {
        Ok(url) if crate::Flavor::of_address(&url).is_some() && !crate::flavor::is_gateway(&url) => {
            let start = address.find("://").map_or(0, |start| start + 3);
            let end = address[start..].find('/').map_or(address.len(), |end| start + end);
            &address[..end]
        }
        _ => address,
    };
    let slashed = format!("{}/", address.trim_end_matches('/'));
    let page = PAGES.iter().filter_map(|page| slashed.find(page)).min();
    slashed[..page.unwrap_or(slashed.len())].trim_end_matches('/').to_owned()
}

/// Makes addresses of pages from that of the site; none where that is not known.
#[derive(Clone, Debug, Default)]
pub(crate) struct Places {
    web: Option<String>,
}

impl Places {
    /// Starts from an address, which may have a path of its own.
    pub(crate) fn new(base: &Url) -> Self {
        let mut base = base.clone();
        // What people see is shown to people: no password may be in it.
        let is_stripped = base.set_username("").is_ok() && base.set_password(None).is_ok();
        base.set_query(None);
        base.set_fragment(None);
        Self { web: is_stripped.then(|| base.as_str().trim_end_matches('/').to_owned()) }
    }

    /// The page of an issue or a project, by its key.
    pub(crate) fn browse(&self, key: &str) -> Option<String> {
        Some(format!("{}/browse/{key}", self.web.as_ref()?))
    }

    /// The page of a board; newer sites lead on from there to a page of theirs.
    pub(crate) fn board(&self, board: u64) -> Option<String> {
        Some(format!("{}/secure/RapidBoard.jspa?rapidView={board}", self.web.as_ref()?))
    }

    /// The list of projects, where people can look for one.
    pub(crate) fn projects(&self) -> String {
        let web = self.web.as_deref().unwrap_or_default();
        format!("{web}/secure/BrowseProjects.jspa")
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn the_address_may_be_that_of_a_page() {
        for (given, address) in [
            ("https://example.atlassian.net/", "https://example.atlassian.net"),
            (
                "https://example.atlassian.net/jira/software/c/projects/WEB/boards/1?a=b",
                "https://example.atlassian.net",
            ),
            ("https://example.atlassian.net/browse/WEB-1", "https://example.atlassian.net"),
            ("https://api.atlassian.com/ex/jira/1b2c/rest/api/3/", "https://api.atlassian.com/ex/jira/1b2c"),
            (" https://example.org/jira/rest/api/2 ", "https://example.org/jira"),
            ("https://example.org/jira/secure/Dashboard.jspa", "https://example.org/jira"),
            ("https://example.org/jira/browse/WEB-1#top", "https://example.org/jira"),
            ("https://example.org/jira", "https://example.org/jira"),
            ("https://example.org/rest/api/2", "https://example.org"),
            ("nonsense", "nonsense"),
        ] {
            assert_eq!(site(given), address, "{given}");
        }
    }

    #[test]
    fn pages_show_no_password() {
        let places = Places::new(&"https://ann:s3cr3t@example.org/jira/".parse().unwrap());
        assert_eq!(places.browse("WEB-1").as_deref(), Some("https://example.org/jira/browse/WEB-1"));
    }
}
