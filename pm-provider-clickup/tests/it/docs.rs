//! The provider's page in the documentation, and its table of requests.

use std::path::Path;

use pm_provider::ProviderFactory;
use pm_provider_clickup::{ClickUpFactory, ClickUpProvider};
use pm_testkit::ProviderPage;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn page() -> ProviderPage {
    ProviderPage::read(root().join("../docs/providers/clickup.md")).unwrap()
}

#[test]
fn the_table_of_capabilities_is_up_to_date() {
    page().check_table(&ClickUpFactory.capabilities()).unwrap();
}

#[test]
fn every_test_that_the_page_names_is_there() {
    let folders = ["src", "tests"].map(|folder| root().join(folder));
    assert!(page().check_tests(&folders).unwrap() > 10);
}

#[test]
fn every_setting_is_on_the_page() {
    page().check_settings(ClickUpFactory.settings()).unwrap();
}

#[test]
fn endpoints_are_listed_once() {
    let mut known = std::collections::BTreeSet::new();
    for endpoint in ClickUpProvider::endpoints() {
        assert!(endpoint.path.starts_with("api/v2/") || endpoint.path.starts_with("api/v3/"), "{endpoint:?}");
        assert!(known.insert((endpoint.method.as_str(), endpoint.path)), "{endpoint:?}");
    }
}
