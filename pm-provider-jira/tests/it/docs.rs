//! The provider's page in the documentation, and its table of requests.

use std::path::Path;

use pm_provider::ProviderFactory;
use pm_provider_jira::{JiraFactory, JiraProvider};
use pm_testkit::ProviderPage;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn page() -> ProviderPage {
    ProviderPage::read(root().join("../docs/providers/jira.md")).unwrap()
}

#[test]
fn the_table_of_capabilities_is_up_to_date() {
    page().check_table(&JiraFactory.capabilities()).unwrap();
}

#[test]
fn every_test_that_the_page_names_is_there() {
    let folders = ["src", "tests"].map(|folder| root().join(folder));
    assert!(page().check_tests(&folders).unwrap() > 20);
}

#[test]
fn every_setting_is_on_the_page() {
    page().check_settings(JiraFactory.settings()).unwrap();
}

#[test]
fn endpoints_are_listed_once() {
    let mut known = std::collections::BTreeSet::new();
    for endpoint in JiraProvider::endpoints() {
        let is_ours = [
            "rest/api/{version}/",
            "rest/api/2/serverInfo",
            "rest/agile/1.0/",
            "rest/webhooks/1.0/",
            "rest/jira-webhook/1.0/",
            "secure/attachment/",
        ];
        assert!(is_ours.iter().any(|start| endpoint.path.starts_with(start)), "{endpoint:?}");
        assert!(known.insert((endpoint.method.as_str(), endpoint.path)), "{endpoint:?}");
    }
}
