//! How a provider is chosen and built, and what is said when it cannot be.

use std::sync::Arc;

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use pm_core::layers::ReadOnlyLayer;
use pm_core::{
    Clock, ErrorKind, NewProject, PmProviderBuilder, ProviderRegistry, Result, Secret, SecretReference, SecretResolver,
    Settings, build_pm_provider_from, build_pm_provider_with, builtin_registry,
};

use crate::support::{Built, Tracker, environment, system_clock};

const URL: &str = "https://tracker.example.org";

fn from(variables: &[(&str, &str)], tracker: &Tracker) -> PmProviderBuilder {
    let environment = environment(variables).working_directory("/");
    PmProviderBuilder::from_environment(environment).registry(ProviderRegistry::new().with(tracker.clone()))
}

async fn refusal(builder: PmProviderBuilder) -> String {
    let error = builder.build().await.expect_err("nothing should be built from this");
    assert_eq!(error.kind(), ErrorKind::Configuration);
    error.to_string()
}

#[tokio::test]
async fn the_environment_chooses_and_configures_the_provider() {
    let tracker = Tracker::default();
    let variables = [("PM_PROVIDER", "Tracker"), ("TRACKER_URL", URL), ("TRACKER_TOKEN", "t0k3n")];
    let provider = from(&variables, &tracker).build().await.unwrap();
    assert_eq!(provider.name(), "memory");
    let built = Built { base_url: Some(URL.into()), token: Some("t0k3n".into()), clock: system_clock() };
    assert_eq!(tracker.built(), [built]);
}

#[tokio::test]
async fn what_the_program_says_wins_over_the_environment() {
    let tracker = Tracker::default();
    let variables =
        [("PM_PROVIDER", "nonsense"), ("TRACKER_URL", "https://other.example.org"), ("TRACKER_TOKEN", "t0k3n")];
    let settings = Settings::new().set("base_url", URL);
    from(&variables, &tracker).provider("tracker").settings(settings).build().await.unwrap();
    assert_eq!(tracker.built(), [Built { base_url: Some(URL.into()), token: None, clock: system_clock() }]);
}

#[tokio::test]
async fn a_program_can_do_without_the_environment() {
    let tracker = Tracker::default();
    let registry = ProviderRegistry::new().with(tracker.clone());
    let settings = Settings::new().set("base_url", URL).secret("token", Secret::new("t0k3n"));
    build_pm_provider_with(&registry, "tracker", &settings).await.unwrap();
    assert_eq!(tracker.built()[0].token.as_deref(), Some("t0k3n"));
}

#[derive(Debug)]
struct Vault;

#[async_trait]
impl SecretResolver for Vault {
    async fn resolve(&self, reference: &SecretReference) -> Result<Secret> {
        Ok(Secret::new(format!("the vault's {reference}")))
    }
}

#[derive(Debug)]
struct StoppedClock;

impl Clock for StoppedClock {
    fn now(&self) -> DateTime<Utc> {
        DateTime::UNIX_EPOCH
    }
}

#[tokio::test]
async fn a_vault_and_a_clock_of_ones_own_reach_the_factory() {
    let tracker = Tracker::default();
    let settings = Settings::new().set("base_url", URL).set("token", "app:tracker");
    let builder = PmProviderBuilder::new(ProviderRegistry::new().with(tracker.clone())).provider("tracker");
    builder.settings(settings).secrets(Arc::new(Vault)).clock(Arc::new(StoppedClock)).build().await.unwrap();
    assert_eq!(tracker.built()[0].token.as_deref(), Some("the vault's app:tracker"));
    assert_eq!(tracker.built()[0].clock, "StoppedClock");
}

#[tokio::test]
async fn layers_stand_around_the_provider() {
    let tracker = Tracker::default();
    let builder = from(&[("PM_PROVIDER", "tracker"), ("TRACKER_URL", URL)], &tracker);
    let provider = builder.layer(ReadOnlyLayer).build().await.unwrap();
    let error = provider.create_project(NewProject::new("Shed")).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::ReadOnly);
}

#[tokio::test]
async fn an_unknown_name_lists_the_known_ones_and_suggests_the_nearest() {
    let tracker = Tracker::default();
    assert_eq!(
        refusal(from(&[("PM_PROVIDER", "traker")], &tracker)).await,
        "unknown provider `traker`; allowed are `tracker`\nhint: did you mean `tracker`?"
    );
    assert_eq!(
        refusal(from(&[("PM_PROVIDER", "zzz")], &tracker)).await,
        "unknown provider `zzz`; allowed are `tracker`"
    );
}

#[tokio::test]
async fn a_backend_that_is_known_but_compiled_out_names_its_feature() {
    let mut registry = ProviderRegistry::new().with(Tracker::default());
    registry.leave_out("heavy", "heavy-backend");
    assert_eq!(
        refusal(PmProviderBuilder::new(registry).provider("heavy")).await,
        "provider `heavy` is not compiled into this program\n\
         hint: build it with the cargo feature `heavy-backend`"
    );
}

#[cfg(not(feature = "internal"))]
#[tokio::test]
async fn without_its_feature_the_default_provider_says_how_to_get_it() {
    assert_eq!(
        refusal(PmProviderBuilder::from_environment(environment(&[]))).await,
        "provider `internal` is not compiled into this program\nhint: build it with the cargo feature `internal`"
    );
    assert_eq!(builtin_registry().names().count(), 0);
}

#[cfg(feature = "internal")]
#[test]
fn the_default_provider_is_built_in() {
    assert!(builtin_registry().get("internal").is_ok());
}

#[tokio::test]
async fn a_missing_setting_names_its_variable() {
    assert_eq!(
        refusal(from(&[("PM_PROVIDER", "tracker")], &Tracker::default())).await,
        "tracker: setting `base_url` is missing: where it answers\nhint: set TRACKER_URL"
    );
}

#[tokio::test]
async fn an_unknown_setting_lists_the_known_ones_and_suggests_the_nearest() {
    let settings = Settings::new().set("base_url", URL).set("tokn", "env:TRACKER_TOKEN");
    let registry = ProviderRegistry::new().with(Tracker::default());
    assert_eq!(
        refusal(PmProviderBuilder::new(registry).provider("tracker").settings(settings)).await,
        "tracker: unknown setting `tokn`; allowed are `base_url`, `token`, `database_url`, `data_dir`\n\
         hint: did you mean `token`?"
    );
}

#[tokio::test]
async fn a_raw_secret_among_the_settings_is_refused() {
    let settings = Settings::new().set("base_url", URL).set("token", "t0k3n");
    let registry = ProviderRegistry::new().with(Tracker::default());
    assert_eq!(
        refusal(PmProviderBuilder::new(registry).provider("tracker").settings(settings)).await,
        "tracker: setting `token` is a secret: this is no reference to a secret; \
         allowed are `env:NAME`, `file:/path` and `app:NAME`\n\
         hint: put the secret itself into an environment variable or a file, and write down only where it is"
    );
}

#[tokio::test]
async fn a_secret_that_is_not_there_names_the_provider() {
    let variables = [("PM_PROVIDER", "tracker"), ("TRACKER_URL", URL), ("TRACKER_TOKEN_FILE", "/no/such/file")];
    let refusal = refusal(from(&variables, &Tracker::default())).await;
    assert!(refusal.starts_with("tracker: the secret `file:/no/such/file` cannot be read: "), "{refusal}");
}

#[tokio::test]
async fn the_process_chooses_out_of_a_registry_of_ones_own() {
    // Nothing is said of PM_PROVIDER in a test run, so the default is looked for and not found among these.
    let chosen = pm_core::Environment::of_process().provider_name().unwrap();
    let error = build_pm_provider_from(&ProviderRegistry::new().with(Tracker::default())).await.unwrap_err();
    assert!(error.to_string().contains(&format!("unknown provider `{chosen}`")), "{error}");
}
