//! Redmine's provider against the community's description of Redmine.

use pm_contract::ContractServer;
use pm_contract::vendor::Vendor;
use pm_provider_redmine::RedmineProvider;
use pm_tests::remote;

use crate::contract::{assert_all_described, assert_all_seen_and_right, description};
use crate::contract_drive::{Ids, drive};

#[tokio::test]
async fn everything_that_it_sends_is_described() {
    let Some(description) = description(Vendor::Redmine) else { return };
    assert_all_described(&description, RedmineProvider::endpoints());
    let server = ContractServer::start(description, 0).await.unwrap();
    let provider = remote::open("redmine", &server.url(), "contract", &[]).await.unwrap();
    let wrong = drive(&provider, Ids::ones("1")).await;
    println!("{}", wrong.join("\n"));
    assert_all_seen_and_right(&server, RedmineProvider::endpoints());
    assert_eq!(wrong, Vec::<String>::new());
}
