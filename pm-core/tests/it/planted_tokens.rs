//! Tokens are planted in every secret place, and looked for wherever something is shown.
//!
//! Traces show no contents either, so there the token is planted in titles and texts as well.

use std::fmt::Debug;
use std::sync::Arc;

use pm_core::layers::TracingLayer;
use pm_core::registry::SettingValue;
use pm_core::{
    BatchOperation, BatchOptions, Environment, EnvironmentSecrets, Layer, NewComment, NewProject, NewTask, PMTask,
    PmProvider, PmProviderBuilder, PmProviderExt, ProviderRegistry, RawData, Secret, SecretReference, SecretResolver,
    Settings, StatusCategory, TaskPatch, TaskQuery, WebhookDelivery,
};

use crate::support::{Tracker, environment, everything_shown, memory, record_traces, traces_with};

/// No other text of these tests has this in it.
pub(crate) const TOKEN: &str = "ghp_PlantedToken4711";

#[track_caller]
pub(crate) fn hides_it(shown: &str) {
    assert!(!shown.contains(TOKEN), "the token shows: {shown}");
    // Not as bytes either: `[103, 104, 112, …]`.
    assert!(!shown.contains("103, 104, 112"), "the token shows as bytes: {shown}");
}

#[track_caller]
fn debug_hides_it(value: &impl Debug) {
    hides_it(&format!("{value:?}\n{value:#?}"));
}

#[test]
fn secrets_and_settings_hide_it() {
    debug_hides_it(&Secret::new(TOKEN));
    debug_hides_it(&SettingValue::Secret(Secret::new(TOKEN)));
    debug_hides_it(&SettingValue::Text(TOKEN.to_owned()));
    let settings = Settings::new().set("token", TOKEN).set("base_url", TOKEN).secret("key", Secret::new(TOKEN));
    debug_hides_it(&settings);
    debug_hides_it(&PmProviderBuilder::new(ProviderRegistry::new()).settings(settings));
}

#[test]
fn a_raw_token_is_no_reference_and_is_not_repeated() {
    for text in [TOKEN.to_owned(), format!("Bearer {TOKEN}"), format!("token:{TOKEN}"), format!("env:{TOKEN}!")] {
        hides_it(&everything_shown(&text.parse::<SecretReference>().unwrap_err()));
    }
}

#[tokio::test]
async fn errors_about_settings_hide_it() {
    let registry = ProviderRegistry::new().with(Tracker::default());
    let with_url = Settings::new().set("base_url", "https://tracker.example.org");
    for settings in
        [with_url.clone().set("token", TOKEN), with_url.set("other", TOKEN), Settings::new().set("token", TOKEN)]
    {
        let builder = PmProviderBuilder::new(registry.clone()).provider("tracker").settings(settings);
        debug_hides_it(&builder);
        hides_it(&everything_shown(&builder.build().await.unwrap_err()));
    }
}

#[tokio::test]
async fn the_environment_hides_it() {
    let variables =
        [("PM_PROVIDER", "tracker"), ("TRACKER_URL", "https://x.org"), ("TRACKER_TOKEN", TOKEN), ("PM_DATA_DIR", "/d")];
    let environment = environment(&variables);
    debug_hides_it(&environment);
    debug_hides_it(&EnvironmentSecrets::new(environment.clone()));
    debug_hides_it(&environment.settings(&Tracker::default()).unwrap());

    // It does arrive where it belongs.
    let tracker = Tracker::default();
    let builder =
        PmProviderBuilder::from_environment(environment).registry(ProviderRegistry::new().with(tracker.clone()));
    debug_hides_it(&builder);
    let provider = builder.build().await.unwrap();
    debug_hides_it(&provider);
    assert_eq!(tracker.built()[0].token.as_deref(), Some(TOKEN));
}

#[cfg(unix)]
#[test]
fn a_token_that_is_no_unicode_is_not_repeated() {
    use std::ffi::OsString;
    use std::os::unix::ffi::OsStringExt;

    let value = OsString::from_vec([TOKEN.as_bytes(), b"\xff"].concat());
    let environment = Environment::from_lookup(move |_| Some(value.clone()));
    hides_it(&everything_shown(&environment.variable("TRACKER_TOKEN").unwrap_err()));
    hides_it(&everything_shown(&environment.settings(&Tracker::default()).unwrap_err()));
}

#[tokio::test]
async fn errors_about_files_of_secrets_hide_it() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("token");
    std::fs::write(&path, [TOKEN.as_bytes(), b"\xff"].concat()).unwrap();
    let reference = SecretReference::File(path.display().to_string());
    let secrets = EnvironmentSecrets::default();
    hides_it(&everything_shown(&secrets.resolve(&reference).await.unwrap_err()));

    std::fs::write(&path, TOKEN).unwrap();
    let secret = secrets.resolve(&reference).await.unwrap();
    debug_hides_it(&secret);
    assert_eq!(secret.expose(), TOKEN);
}

#[test]
fn deliveries_and_raw_data_hide_it() {
    let delivery = WebhookDelivery::new(TOKEN).with_header("Authorization", format!("Bearer {TOKEN}"));
    debug_hides_it(&delivery.url(format!("https://hooks.example.org/{TOKEN}")));
    let raw = RawData::from_json(format!(r#"{{"avatar": "https://x.org/?token={TOKEN}"}}"#)).unwrap();
    debug_hides_it(&PMTask::new("1", "2", "Paint it", StatusCategory::Todo).raw_data(raw));
}

/// Writes and reads the token as contents in every way that a provider has.
async fn write_and_read(provider: Arc<dyn PmProvider>) {
    let project = provider.create_project(NewProject::new(TOKEN).description(TOKEN)).await.unwrap();
    let new = NewTask::new(&project.id, TOKEN).description(TOKEN).labels([TOKEN]).idempotency_key(TOKEN);
    let task = provider.create_task(new).await.unwrap();
    provider.update_task(&task.id, TaskPatch::new().custom_field(TOKEN, TOKEN)).await.unwrap();
    let refused = provider.update_task(&task.id, TaskPatch::new().title(format!("{TOKEN}\0"))).await;
    hides_it(&everything_shown(&refused.unwrap_err()));
    // This error quotes what was written, to people; the traces must not.
    let quoted = provider.update_task(&task.id, TaskPatch::new().status(TOKEN)).await.unwrap_err();
    assert!(quoted.to_string().contains(TOKEN), "{quoted}");
    provider.list_tasks(TaskQuery::in_project(&project.id).text(TOKEN)).await.unwrap();
    provider.comments().unwrap().create_comment(NewComment::new(&task.id, TOKEN)).await.unwrap();
    provider.list_comments(&task.id).await.unwrap();
    let operations = vec![BatchOperation::from(NewTask::new(&project.id, TOKEN))];
    provider.batch().unwrap().apply_batch(operations, BatchOptions::new()).await.unwrap();
    let unknown = NewTask::new("nowhere-planted", TOKEN);
    provider.create_task(unknown).await.unwrap_err();
}

pub(crate) async fn traces_hide_it(provider: Arc<dyn PmProvider>) {
    record_traces();
    let name = provider.name().to_owned();
    write_and_read(TracingLayer.wrap(provider)).await;
    assert!(!traces_with(&name).is_empty(), "nothing was traced");
    assert_eq!(traces_with(TOKEN), [""; 0]);
}

#[tokio::test]
async fn traces_of_every_level_hide_it() {
    traces_hide_it(memory()).await;
}

#[cfg(feature = "internal")]
mod internal {
    use pm_core::internal::InternalConfig;

    use super::*;

    /// Addresses with the token as password, none of which leads to a database.
    fn addresses() -> [String; 5] {
        [
            format!("postgres://me:{TOKEN}@127.0.0.1:1/pm"),
            format!("postgres://me@127.0.0.1:1/pm?password={TOKEN}"),
            format!("postgres://me:{TOKEN}@127.0.0.1:no-port/pm"),
            format!("mysql://me:{TOKEN}@localhost/pm"),
            format!("me:{TOKEN}@localhost/pm"),
        ]
    }

    #[tokio::test]
    async fn errors_about_the_database_hide_its_password() {
        record_traces();
        for address in addresses() {
            let environment = environment(&[("PM_DATABASE_URL", &address), ("PM_DATA_DIR", "/nowhere")]);
            let builder = PmProviderBuilder::from_environment(environment).layer(TracingLayer);
            debug_hides_it(&builder);
            let error = builder.build().await.expect_err("nothing listens there");
            hides_it(&everything_shown(&error));
            debug_hides_it(&InternalConfig::new(address));
        }
        assert_eq!(traces_with(TOKEN), [""; 0]);
    }

    #[cfg(feature = "sqlite")]
    mod sqlite {
        use pm_core::internal::store::connections::{self, NewConnection};
        use pm_core::internal::store::{Store, StoreOptions};

        use super::*;

        async fn provider() -> Arc<dyn PmProvider> {
            let variables = [("PM_DATABASE_URL", "sqlite::memory:"), ("PM_DATA_DIR", "/nowhere")];
            PmProviderBuilder::from_environment(environment(&variables)).build().await.unwrap()
        }

        #[tokio::test]
        async fn traces_of_the_database_hide_it() {
            let provider = provider().await;
            debug_hides_it(&provider);
            traces_hide_it(provider).await;
            assert!(!traces_with("sqlx").is_empty(), "the database's own traces are looked through as well");
        }

        #[tokio::test]
        async fn raw_tokens_never_become_a_connection() {
            record_traces();
            let store = Store::open("sqlite::memory:", &StoreOptions::default()).await.unwrap();
            let text = Some(TOKEN.to_owned());
            let mut planted = [(); 4].map(|()| NewConnection::new("jira", "jira"));
            planted[0].api_key.clone_from(&text);
            planted[1].api_token = text;
            planted[2].base_url = Some(format!("https://me:{TOKEN}@jira.example.org"));
            planted[3].additional_config = Some(serde_json::json!({ "client_secret": TOKEN }));
            for connection in planted {
                debug_hides_it(&connection);
                hides_it(&everything_shown(&connections::save(&store, connection).await.unwrap_err()));
            }
            assert!(connections::list(&store).await.unwrap().is_empty());
            assert_eq!(traces_with(TOKEN), [""; 0]);
        }
    }
}
