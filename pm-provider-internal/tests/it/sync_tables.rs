//! Connections and mappings through their writers.

use pm_provider::ErrorKind;
use pm_provider_internal::store::Store;
use pm_provider_internal::store::connections::{self, NewConnection};
use pm_provider_internal::store::entity::{project, project_sync_mapping, provider_connection};
use pm_provider_internal::store::mappings::{self, NewMapping};
use sea_orm::{ActiveModelTrait, ActiveValue::Set, EntityTrait, PaginatorTrait};
use serde_json::json;

use crate::database::TestDatabase;

const TOKEN: &str = "glpat-4f9a8c7b6d5e";

fn jira() -> NewConnection {
    let mut connection = NewConnection::new("work", "jira");
    connection.base_url = Some("https://example.atlassian.net".to_owned());
    connection.api_token = Some("env:JIRA_TOKEN".to_owned());
    connection.username = Some("ada@example.org".to_owned());
    connection.additional_config = Some(json!({"page_size": 50, "labels": ["ä", "b"]}));
    connection
}

async fn project(store: &Store, id: &str) {
    let row = project::ActiveModel {
        id: Set(id.to_owned()),
        key: Set(id.to_owned()),
        name: Set(id.to_owned()),
        status_category: Set("active".to_owned()),
        status_name: Set("Active".to_owned()),
        visibility: Set("public".to_owned()),
        version: Set(1),
        created_at: Set(0),
        updated_at: Set(0),
        next_task_number: Set(1),
        next_sprint_number: Set(1),
        search_text: Set(String::new()),
        ..Default::default()
    };
    row.insert(store.connection()).await.unwrap();
}

on_each_database! {
    async fn a_connection_comes_back_as_it_was(database: TestDatabase) {
        let store = database.store().await;
        let saved = connections::save(&store, jira()).await.unwrap();
        assert_eq!(connections::find(&store, "work").await.unwrap(), Some(saved.clone()));
        assert_eq!(saved.api_token.as_deref(), Some("env:JIRA_TOKEN"));
        assert_eq!(saved.additional_config, jira().additional_config);
        assert_eq!(saved.created_at, saved.updated_at);
        let mut changed = jira();
        changed.project_key = Some("PAY".to_owned());
        changed.username = None;
        let replaced = connections::save(&store, changed).await.unwrap();
        assert_eq!((replaced.id, replaced.created_at), (saved.id, saved.created_at));
        assert_eq!((replaced.project_key.as_deref(), replaced.username), (Some("PAY"), None));
        assert_eq!(connections::list(&store).await.unwrap().len(), 1);
        assert!(connections::remove(&store, "work").await.unwrap());
        assert!(!connections::remove(&store, "work").await.unwrap());
        assert_eq!(connections::find(&store, "work").await.unwrap(), None);
    }

    async fn a_raw_secret_never_reaches_the_table(database: TestDatabase) {
        let store = database.store().await;
        let mut in_key = jira();
        in_key.api_key = Some(TOKEN.to_owned());
        let mut in_token = jira();
        in_token.api_token = Some(TOKEN.to_owned());
        let mut in_address = jira();
        in_address.base_url = Some(format!("https://ada:{TOKEN}@example.org"));
        let mut in_config = jira();
        in_config.additional_config = Some(json!({"webhook_secret": TOKEN}));
        for connection in [in_key, in_token, in_address, in_config] {
            assert!(!format!("{connection:?}").contains(TOKEN));
            let error = connections::save(&store, connection).await.unwrap_err();
            assert_eq!(error.kind(), ErrorKind::InvalidInput);
            assert!(!format!("{error} {error:?}").contains(TOKEN), "{error:?}");
            assert!(error.to_string().contains("env:"), "{error}");
        }
        assert_eq!(provider_connection::Entity::find().count(store.connection()).await.unwrap(), 0);
    }

    async fn going_around_the_writer_meets_the_same_rule(database: TestDatabase) {
        let store = database.store().await;
        let saved = connections::save(&store, jira()).await.unwrap();
        let mut row: provider_connection::ActiveModel = saved.into();
        row.api_key = Set(Some(TOKEN.to_owned()));
        let error = row.update(store.connection()).await.unwrap_err();
        assert!(error.to_string().contains("`api_key` holds a raw secret") && !error.to_string().contains(TOKEN), "{error}");
        assert_eq!(connections::find(&store, "work").await.unwrap().unwrap().api_key, None);
        project(&store, "p1").await;
        let connection = connections::find(&store, "work").await.unwrap().unwrap();
        let saved = mappings::save(&store, &NewMapping::new("p1", &connection.id, "10001")).await.unwrap();
        let mut row: project_sync_mapping::ActiveModel = saved.into();
        row.sync_config = Set(Some(json!({"tokens": [TOKEN]})));
        let error = row.update(store.connection()).await.unwrap_err();
        assert!(error.to_string().contains("`sync_config.tokens` holds a raw secret"), "{error}");
        assert!(!error.to_string().contains(TOKEN), "{error}");
    }

    async fn what_came_past_the_checks_is_not_printed(database: TestDatabase) {
        let store = database.store().await;
        project(&store, "p1").await;
        let mut connection = connections::save(&store, jira()).await.unwrap();
        connection.base_url = Some(format!("https://ada:{TOKEN}@example.org"));
        connection.api_key = Some(TOKEN.to_owned());
        connection.additional_config = Some(json!({"token": TOKEN}));
        assert!(format!("{connection:?}").contains(&connection.id) && !format!("{connection:?}").contains(TOKEN));
        let mut new = NewMapping::new("p1", &connection.id, "10001");
        let mut mapping = mappings::save(&store, &new).await.unwrap();
        (new.sync_config, mapping.sync_config) = (Some(json!({"token": TOKEN})), Some(json!({"token": TOKEN})));
        assert!(format!("{mapping:?}").contains("10001") && !format!("{mapping:?} {new:?}").contains(TOKEN));
    }

    async fn the_last_sync_is_kept_to_the_microsecond(database: TestDatabase) {
        let store = database.store().await;
        project(&store, "p1").await;
        let connection = connections::save(&store, jira()).await.unwrap();
        let mapping = mappings::save(&store, &NewMapping::new("p1", &connection.id, "10001")).await.unwrap();
        let exact = chrono::DateTime::from_timestamp(1_795_000_000, 123_456_999).unwrap();
        mappings::set_last_sync(&store, &mapping.id, exact).await.unwrap();
        let found = mappings::find(&store, &connection.id, "10001").await.unwrap().unwrap();
        assert_eq!(found.last_sync_at, Some(pm_provider::value::micros(exact)));
    }

    async fn mappings_pair_projects(database: TestDatabase) {
        let store = database.store().await;
        project(&store, "p1").await;
        let connection = connections::save(&store, jira()).await.unwrap();
        let mut mapping = NewMapping::new("p1", &connection.id, "10001");
        mapping.sync_config = Some(json!({"direction": "both"}));
        let saved = mappings::save(&store, &mapping).await.unwrap();
        assert_eq!((saved.sync_enabled, saved.last_sync_at), (true, None));
        let at = chrono::DateTime::from_timestamp_micros(1_795_000_000_123_456).unwrap();
        mappings::set_last_sync(&store, &saved.id, at).await.unwrap();
        mapping.sync_enabled = false;
        let replaced = mappings::save(&store, &mapping).await.unwrap();
        assert_eq!((replaced.id.as_str(), replaced.sync_enabled, replaced.last_sync_at), (saved.id.as_str(), false, Some(at)));
        assert_eq!(mappings::find(&store, &connection.id, "10001").await.unwrap(), Some(replaced.clone()));
        assert_eq!(mappings::list(&store, Some(&connection.id)).await.unwrap(), [replaced]);
        assert_eq!(mappings::list(&store, Some("another")).await.unwrap(), []);
        assert_eq!(connections::remove(&store, "work").await.unwrap_err().kind(), ErrorKind::Conflict);
        assert!(mappings::remove(&store, &saved.id).await.unwrap());
        assert!(!mappings::remove(&store, &saved.id).await.unwrap());
        assert!(connections::remove(&store, "work").await.unwrap());
    }

    async fn a_mapping_needs_both_ends(database: TestDatabase) {
        let store = database.store().await;
        project(&store, "p1").await;
        let connection = connections::save(&store, jira()).await.unwrap();
        for (project, connection, part) in
            [("p2", connection.id.as_str(), "no project `p2`"), ("p1", "c2", "no connection with the id `c2`")]
        {
            let error = mappings::save(&store, &NewMapping::new(project, connection, "1")).await.unwrap_err();
            assert_eq!(error.kind(), ErrorKind::InvalidInput);
            assert!(error.message().contains(part), "{error}");
        }
        let error = mappings::set_last_sync(&store, "none", chrono::Utc::now()).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::NotFound);
    }
}
