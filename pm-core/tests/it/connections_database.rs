//! Named connections in the internal database.

use std::fs;

use pm_core::connections::{Connection, ConnectionSource, Connections};
use pm_core::internal::store::connections::{self, NewConnection};
use pm_core::internal::store::{Store, StoreOptions};
use pm_core::{Environment, ErrorKind, PmProviderBuilder};
use serde_json::json;

use crate::connections::Home;
use crate::planted_tokens::{TOKEN, hides_it};
use crate::support::everything_shown;

async fn memory() -> Store {
    Store::open("sqlite::memory:", &StoreOptions::default()).await.unwrap()
}

/// A row as another program writes it.
fn row() -> NewConnection {
    let mut row = NewConnection::new("work", "jira");
    row.base_url = Some("https://work.example".into());
    row.username = Some("ada@work.example".into());
    row.api_token = Some("env:JIRA_API_TOKEN".into());
    row.additional_config = Some(json!({ "flavor": "cloud", "page_size": 50, "notify": false }));
    row
}

fn settings(connection: &Connection) -> Vec<(&str, &str)> {
    connection.settings().collect()
}

const SAYS: [(&str, &str); 6] = [
    ("api_token", "env:JIRA_API_TOKEN"),
    ("base_url", "https://work.example"),
    ("flavor", "cloud"),
    ("notify", "false"),
    ("page_size", "50"),
    ("username", "ada@work.example"),
];

async fn refusal(connection: Connection, environment: &Environment) -> String {
    let error = PmProviderBuilder::from_environment(environment.clone()).connection(connection).build().await;
    let error = error.expect_err("this must not be built");
    assert_eq!(error.kind(), ErrorKind::Configuration);
    hides_it(&everything_shown(&error));
    error.to_string()
}

#[tokio::test]
async fn columns_are_settings_of_the_provider() {
    let (home, store) = (Home::new(""), memory().await);
    connections::save(&store, row()).await.unwrap();
    let connection = Connections::none().own_database(store).get("work").await.unwrap();
    assert_eq!(settings(&connection), SAYS);
    assert_eq!((connection.source(), connection.is_trusted()), (&ConnectionSource::Database, true));
    let builder = PmProviderBuilder::from_environment(home.environment()).connection(connection);
    assert_eq!(builder.build().await.unwrap().name(), "jira");
}

#[tokio::test]
async fn a_column_without_a_meaning_is_not_ignored() {
    let store = memory().await;
    let mut wrong = row();
    wrong.workspace_id = Some("7".into());
    connections::save(&store, wrong).await.unwrap();
    let mut two = row();
    two.name = "two".into();
    two.api_key = Some("env:JIRA_OTHER".into());
    connections::save(&store, two).await.unwrap();
    let connections = Connections::none().own_database(store);
    let error = connections.get("work").await.unwrap_err().to_string();
    assert_eq!(
        error,
        "connection `work` of the database: the column `workspace_id` means nothing to the provider `jira`; allowed are \
         `base_url`, `api_key`, `api_token`, `username` and `additional_config`"
    );
    let error = connections.get("two").await.unwrap_err().to_string();
    assert!(error.contains("`api_token` says something else of the setting `api_token`"), "{error}");
    assert_eq!(connections.list().await.unwrap().len(), 2);
}

#[tokio::test]
async fn a_row_counts_once_the_user_agreed_and_while_it_stays_the_same() {
    let home = Home::new("").with("JIRA_API_TOKEN", TOKEN);
    let store = memory().await;
    connections::save(&store, row()).await.unwrap();
    let all = Connections::of_environment(&home.environment()).unwrap().shared_database(store.clone());
    let found = all.get("work").await.unwrap();
    assert!(!found.is_trusted());
    let message = refusal(found, &home.environment()).await;
    assert!(
        message.starts_with("connection `work` comes from a database, where others may have written it"),
        "{message}"
    );
    assert!(message.contains("`api_token` = `env:JIRA_API_TOKEN`, `base_url` = `https://work.example`"), "{message}");
    assert!(message.ends_with("say `spm connection trust work`, or write it into your own file"), "{message}");

    all.trust(&all.get("work").await.unwrap()).unwrap();
    let found = all.get("work").await.unwrap();
    PmProviderBuilder::from_environment(home.environment()).connection(found).build().await.unwrap();

    // Whatever changes is looked at again: an address, a proxy, a certificate authority, another secret.
    for (column, config) in [
        ("https://evil.example", json!({ "flavor": "cloud", "page_size": 50, "notify": false })),
        (
            "https://work.example",
            json!({ "flavor": "cloud", "page_size": 50, "notify": false, "proxy": "http://evil" }),
        ),
        ("https://work.example", json!({ "flavor": "cloud", "page_size": 50, "notify": false, "ca_file": "/tmp/x" })),
    ] {
        let mut changed = row();
        changed.base_url = Some(column.into());
        changed.additional_config = Some(config);
        connections::save(&store, changed).await.unwrap();
        assert!(!all.get("work").await.unwrap().is_trusted(), "{column}");
    }
    connections::save(&store, row()).await.unwrap();
    assert!(all.get("work").await.unwrap().is_trusted());
    all.remove("work").await.unwrap();
    connections::save(&store, row()).await.unwrap();
    assert!(!all.get("work").await.unwrap().is_trusted(), "what is removed has to be agreed to again");
}

#[tokio::test]
async fn the_file_wins_over_the_database() {
    let home = Home::new("[connections.work]\nprovider = 'jira'\nbase_url = 'https://mine.example'\n");
    let store = memory().await;
    connections::save(&store, row()).await.unwrap();
    let all = Connections::of_environment(&home.environment()).unwrap().shared_database(store);
    let found = all.get("work").await.unwrap();
    assert_eq!((found.get("base_url"), found.is_trusted()), (Some("https://mine.example"), true));
    assert_eq!(all.list().await.unwrap().len(), 1);
    // What is removed is the one that counts; the other one counts from then on.
    assert_eq!(all.remove("work").await.unwrap(), Some(ConnectionSource::File(home.path())));
    assert_eq!(all.remove("work").await.unwrap(), Some(ConnectionSource::Database));
    assert_eq!(all.remove("work").await.unwrap(), None);
}

#[tokio::test]
async fn a_row_runs_nothing_and_reads_no_foreign_variable() {
    let (home, store) = (Home::new("").with("AWS_SECRET", TOKEN), memory().await);
    let all = Connections::none().own_database(store.clone());
    for (token, what) in
        [("env:AWS_SECRET", "may not be read for this"), ("file:relative", "is relative; allowed is an absolute one")]
    {
        let mut bad = row();
        bad.api_token = Some(token.into());
        connections::save(&store, bad).await.unwrap();
        let message = refusal(all.get("work").await.unwrap(), &home.environment()).await;
        assert!(message.contains(what), "{message}");
    }
    let mut bad = row();
    bad.api_token = Some("cmd:echo x".into());
    assert_eq!(connections::save(&store, bad).await.unwrap_err().kind(), ErrorKind::InvalidInput);
}

async fn round_trip(store: Store) {
    let home = Home::new("");
    let all = Connections::of_environment(&home.environment()).unwrap().shared_database(store.clone());
    let jira = SAYS.iter().fold(Connection::new("work", "Jira"), |built, (key, text)| built.set(*key, *text));
    all.save_in_database(&jira).await.unwrap();
    all.save_in_database(&jira).await.unwrap();
    let found = all.get("work").await.unwrap();
    assert_eq!((settings(&found), found.is_trusted()), (SAYS.to_vec(), true));
    let row = connections::find(&store, "work").await.unwrap().unwrap();
    assert_eq!(
        (row.provider_type.as_str(), row.base_url.as_deref(), row.api_token.as_deref(), row.username.as_deref()),
        ("jira", Some("https://work.example"), Some("env:JIRA_API_TOKEN"), Some("ada@work.example"))
    );
    assert_eq!(row.additional_config, Some(json!({ "flavor": "cloud", "notify": "false", "page_size": "50" })));
    let hub = Connection::new("hub", "github")
        .set("token", "env:PM_SECRET_HUB")
        .set("repo_owner", "ada")
        .set("webhook_secret", "env:PM_SECRET_HOOK");
    all.save_in_database(&hub).await.unwrap();
    let row = connections::find(&store, "hub").await.unwrap().unwrap();
    assert_eq!(
        (row.api_token.as_deref(), row.api_key.as_deref(), row.organization_id.as_deref()),
        (Some("env:PM_SECRET_HUB"), None, Some("ada"))
    );
    assert_eq!(row.additional_config, Some(json!({ "webhook_secret": "env:PM_SECRET_HOOK" })));
    hides_it(&fs::read_to_string(home.path()).unwrap());
    let refused = all.save_in_database(&hub.set("token", TOKEN)).await.unwrap_err();
    hides_it(&everything_shown(&refused));
}

#[tokio::test]
async fn what_is_saved_is_what_is_found_on_sqlite() {
    round_trip(memory().await).await;
}

#[cfg(feature = "postgres")]
#[tokio::test]
async fn what_is_saved_is_what_is_found_on_postgres() {
    let required = std::env::var("PM_TEST_REQUIRE").is_ok_and(|names| names.split(',').any(|name| name == "postgres"));
    let Some(server) = pm_testkit::postgres::require_or_skip(required).unwrap() else { return };
    let url = server.create_database().unwrap();
    round_trip(Store::open(&url, &StoreOptions::default()).await.unwrap()).await;
}
