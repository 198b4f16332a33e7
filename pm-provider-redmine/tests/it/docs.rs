//! The provider's page in the documentation, and its table of requests.

use std::path::Path;

use pm_provider::ProviderFactory;
use pm_provider_redmine::{RedmineFactory, RedmineProvider};
use pm_testkit::ProviderPage;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn page() -> ProviderPage {
    ProviderPage::read(root().join("../docs/providers/redmine.md")).unwrap()
}

#[test]
fn the_table_of_capabilities_is_up_to_date() {
    page().check_table(&RedmineFactory.capabilities()).unwrap();
}

#[test]
fn every_test_that_the_page_names_is_there() {
    // Some need a real server.
    let folders = ["src", "tests", "../tests/tests/it"].map(|folder| root().join(folder));
    assert!(page().check_tests(&folders).unwrap() > 20);
}

#[test]
fn every_setting_is_on_the_page() {
    page().check_settings(RedmineFactory.settings()).unwrap();
}

#[test]
fn endpoints_are_listed_once() {
    let mut known = std::collections::BTreeSet::new();
    for endpoint in RedmineProvider::endpoints() {
        let is_file = endpoint.path.starts_with("attachments/download/");
        assert!(endpoint.path.ends_with(".json") || is_file, "{endpoint:?}");
        // A PUT that adds a note is not repeated, one that changes fields is.
        assert!(known.insert((endpoint.method.as_str(), endpoint.path, format!("{:?}", endpoint.repeat))));
    }
}
