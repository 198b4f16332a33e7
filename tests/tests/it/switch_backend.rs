//! The example `switch_backend` shows the same list on every backend; what one lacks is left out and said.

use std::sync::Arc;

use chrono::NaiveDate;
use pm_core::{PmProvider, Secret, Settings};
use pm_testkit::clickup::FakeClickUp;
use pm_testkit::github::FakeGitHub;
use pm_testkit::jira::FakeJira;
use pm_testkit::openproject::FakeOpenProject;
use pm_tests::redmine::redmine_server;
use pm_tests::{TestDatabase, built, remote};

/// The example itself, as users run it.
#[allow(dead_code)]
#[path = "../../../examples/examples/switch_backend.rs"]
mod example;

const EXPECTED: &str = "\
Website relaunch

[x] Choose a name           you · #idea · Relaunch
[ ] Draw the front page     #design · Relaunch · due 2026-11-23
[ ] Write the texts         you · #text · Relaunch · due 2026-11-25
[ ] Move the old articles   #text · Relaunch · due 2026-11-30
[ ] Tell everybody          #launch · Relaunch · due 2026-12-04
";

/// The expected list without what a backend lacks, which stands below it instead.
fn expected_without(lacking: &[&str]) -> String {
    let is_lacking = |detail: &str| {
        let what = match detail {
            "you" => "assignees",
            "Relaunch" => "sprints",
            label if label.starts_with('#') => "labels",
            _ => "due dates",
        };
        lacking.contains(&what)
    };
    let line = |line: &str| match line.split_at_checked(28) {
        Some((title, details)) => {
            let details: Vec<_> = details.split(" · ").filter(|detail| !is_lacking(detail)).collect();
            format!("{title}{}", details.join(" · ")).trim_end().to_owned() + "\n"
        }
        None => line.to_owned() + "\n",
    };
    let list: String = EXPECTED.lines().map(line).collect();
    if lacking.is_empty() { list } else { format!("{list}\nnot supported by this backend: {}\n", lacking.join(", ")) }
}

/// Runs the example twice: the second run finds what the first one made.
async fn shows_the_list(provider: Arc<dyn PmProvider>, lacking: &[&str]) {
    let today = NaiveDate::from_ymd_opt(2026, 11, 21).unwrap();
    for run in ["first", "second"] {
        let shown = example::planned(&provider, today).await.unwrap().to_string();
        assert_eq!(shown, expected_without(lacking), "{}, {run} run", provider.name());
    }
}

#[tokio::test]
async fn on_the_embedded_database() {
    let database = TestDatabase::sqlite();
    let settings = Settings::new().set("database_url", database.url()).set("user", "ada");
    shows_the_list(built("internal", settings).await.unwrap(), &[]).await;
}

#[tokio::test]
async fn on_openproject() {
    let seed = r#"{"labels": ["idea", "design", "text", "launch"]}"#.parse().unwrap();
    let server = FakeOpenProject::builder().everybody_is_member(true).labels(true).seed(seed).start().await.unwrap();
    let settings = Settings::new().set("base_url", server.url()).secret("api_key", Secret::new(server.api_key()));
    shows_the_list(built("openproject", settings).await.unwrap(), &[]).await;
}

#[tokio::test]
async fn on_an_openproject_without_labels() {
    let server = FakeOpenProject::builder().everybody_is_member(true).labels(false).start().await.unwrap();
    let settings = Settings::new().set("base_url", server.url()).secret("api_key", Secret::new(server.api_key()));
    shows_the_list(built("openproject", settings).await.unwrap(), &["labels"]).await;
}

#[tokio::test]
async fn on_a_jira_cloud() {
    let server = FakeJira::cloud().await.unwrap();
    let settings = Settings::new().set("base_url", server.url()).set("username", server.username());
    let settings = settings.secret("api_token", Secret::new(server.api_token()));
    shows_the_list(built("jira", settings).await.unwrap(), &[]).await;
}

#[tokio::test]
async fn on_a_jira_data_center() {
    let server = FakeJira::data_center().await.unwrap();
    let settings = Settings::new().set("base_url", server.url());
    let settings = settings.secret("api_token", Secret::new(server.api_token()));
    shows_the_list(built("jira", settings).await.unwrap(), &[]).await;
}

/// A repository's name has no blanks, and its issues have no dates.
#[tokio::test]
async fn on_github() {
    let server = FakeGitHub::start().await.unwrap();
    let provider = remote::open_github(&server.url(), &server).unwrap();
    let today = NaiveDate::from_ymd_opt(2026, 11, 21).unwrap();
    let expected = expected_without(&["due dates"]).replace("Website relaunch", "Website-relaunch");
    for run in ["first", "second"] {
        let shown = example::planned(&provider, today).await.unwrap().to_string();
        assert_eq!(shown, expected, "{run} run");
    }
}

/// A Space has no text that a mark could stand in: the one that is there is taken.
#[tokio::test]
async fn on_clickup() {
    let seed = r#"{ "spaces": [{ "name": "Website relaunch", "lists": [{ "name": "Tasks" }] }] }"#.parse().unwrap();
    let server = FakeClickUp::builder().seed(seed).start().await.unwrap();
    shows_the_list(remote::open_clickup(&server.url(), &server, &[]).await.unwrap(), &[]).await;
}

#[tokio::test]
async fn on_a_real_redmine() {
    let Some(server) = redmine_server() else { return };
    let api_key = Secret::new(server.api_key.as_str());
    let settings = Settings::new().set("base_url", server.url.as_str()).secret("api_key", api_key);
    shows_the_list(built("redmine", settings).await.unwrap(), &["labels"]).await;
}
